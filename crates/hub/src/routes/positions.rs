//! Positions from trackers: OwnTracks over HTTP.

use crate::auth::{basic, digest};
use crate::problem::{Answer, Problem};
use crate::state::{Hub, LiveFix};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::TimeDelta;
use domain::geo::Point;
use domain::id::UnitId;
use domain::nearest::Fix;
use feeds::owntracks::{self, Payload};
use serde_json::{Value, json};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// A fix further in the future than this is a broken clock and is not used at all.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(24);
/// A fix ahead of us by more than this counts as just now.
const AHEAD_BELIEVED: TimeDelta = TimeDelta::seconds(60);

/// `POST /pub`: HTTP Basic decides whose unit it is; the payload never does. Every 2xx empties the phone's queue, so
/// what can never be read is counted and answered 200 all the same.
pub async fn owntracks(State(hub): State<Arc<Hub>>, Device(unit): Device, body: Bytes) -> Answer<Json<Value>> {
    let nothing = || Ok(Json(json!([])));
    let location = match owntracks::parse(&body) {
        Ok(Payload::Location(location)) => location,
        Ok(_) => return nothing(),
        Err(error) => {
            hub.counters.add("owntracks_malformed", 1);
            tracing::debug!(%error, "an OwnTracks message could not be read");
            return nothing();
        }
    };
    // A background ping repeats the last fix under the present time; it says only that the phone lives.
    let fix =
        Fix { point: Point::new(location.lat, location.lon), accuracy_m: location.accuracy_m, at: location.fix_at };
    let battery = location.battery_pct.map(f64::from);
    keep(&hub, unit, fix, "owntracks", battery, location.speed_mps, location.course_deg).await?;
    nothing()
}

/// The unit of a known device. As an extractor it refuses the others before their body is read.
pub struct Device(UnitId);

impl FromRequestParts<Arc<Hub>> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Problem> {
        let refused = || {
            Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "This device is not known.")
                .detail("Make its user and password with `watchhouse-hub device add`.")
        };
        let (user, password) = basic(&parts.headers).ok_or_else(refused)?;
        let device = hub.store.device(&user).await?.ok_or_else(refused)?;
        let same: bool = device.digest.ct_eq(&digest(&password)).into();
        if same && device.revoked_at.is_none() { Ok(Self(device.unit)) } else { Err(refused()) }
    }
}

/// Keeps one fix: in the history, and as the newest if it is.
pub async fn keep(
    hub: &Hub,
    unit: UnitId,
    fix: Fix,
    source: &str,
    battery_pct: Option<f64>,
    speed_mps: Option<f64>,
    course_deg: Option<f64>,
) -> Answer<()> {
    let now = hub.clock.now();
    if !fix.point.is_valid() || fix.at > now + AHEAD_MAX {
        hub.counters.add("positions_refused", 1);
        return Ok(());
    }
    let at = if fix.at > now + AHEAD_BELIEVED { now } else { fix.at };
    let fix = Fix { at, ..fix };
    let row = store::FixRow {
        unit,
        at,
        point: fix.point,
        accuracy_m: fix.accuracy_m,
        speed_mps,
        course_deg,
        battery_pct,
        source: source.to_owned(),
        received_at: now,
    };
    hub.store.add_fixes(&[row]).await?;
    hub.counters.add("positions", 1);
    let live = LiveFix { fix, received_at: now, source: source.into(), battery_pct };
    if hub.around.put_fix(unit, live)
        && let Some(position) = hub.position(unit)
    {
        // Nobody listening is no failure.
        let _ = hub.positions.send(position);
    }
    Ok(())
}
