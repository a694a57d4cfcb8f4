//! OwnTracks JSON (owntracks/booklet `docs/tech/json.md`), one object per HTTP request or MQTT message.
//!
//! Identity is not read from the payload: `tid` is a display label, and who is reporting is decided by
//! the credentials. `topic` is given back so that a mismatch can be refused.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::fix::{Fix, plausible};

/// Longest body taken. A location has some hundred bytes; the rest is room for a `card` with a face.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

const KMH_PER_MPS: f64 = 3.6;

/// What a phone sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    Location(Box<Location>),
    Transition(Transition),
    /// The broker lost the client. `connected_at` is when the client first connected, **not** when it
    /// was lost: use the time of receipt for that.
    Lwt {
        connected_at: Option<DateTime<Utc>>,
    },
    /// The phone's permissions and power saving.
    Status,
    /// A zero-length body: a friend was deleted. Answer 200 and ignore.
    Empty,
    /// A known or unknown `_type` that brings no position.
    Other(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    pub lat: f64,
    pub lon: f64,
    /// `tst`: when the position was measured. For trigger `p` it is the time of the ping instead.
    pub fix_at: DateTime<Utc>,
    /// When the message was built, if it differs from `fix_at`: the phone was offline.
    pub created_at: Option<DateTime<Utc>>,
    /// `None` when missing: unknown, not perfect.
    pub accuracy_m: Option<f64>,
    pub altitude_m: Option<f64>,
    /// From `vel`, which is km/h.
    pub speed_mps: Option<f64>,
    pub course_deg: Option<f64>,
    pub battery_pct: Option<u8>,
    pub charging: Option<bool>,
    /// `t` as sent.
    pub trigger: Option<String>,
    /// `wifi`, `mobile` or `offline`, else as sent.
    pub network: Option<String>,
    /// `_id` (Android), a good key against duplicates.
    pub id: Option<String>,
    pub tid: Option<String>,
    pub topic: Option<String>,
}

/// A phone entered or left one of its own regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    pub entered: bool,
    pub at: DateTime<Utc>,
    /// `wtst`: the stable link to the waypoint.
    pub waypoint_created_at: Option<DateTime<Utc>>,
    pub name: Option<String>,
    pub place: Option<(f64, f64)>,
    pub accuracy_m: Option<f64>,
    pub trigger: Option<String>,
}

/// Why a body is not a payload. Sending it again cannot help: answer 200 and count it, because some
/// versions of the app repeat a refused body for ever.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("{bytes} bytes; at most {BODY_BYTES_MAX} are taken")]
    TooLong { bytes: usize },
    #[error("not JSON at line {line}, column {column}")]
    NotJson { line: usize, column: usize },
    #[error("not a JSON object with a _type")]
    NoType,
    #[error("{field} is missing or not usable")]
    Field { field: &'static str },
    #[error("not a place on earth")]
    Implausible,
}

impl From<&Location> for Fix {
    fn from(location: &Location) -> Fix {
        Fix {
            lat: location.lat,
            lon: location.lon,
            accuracy_m: location.accuracy_m,
            altitude_m: location.altitude_m,
            speed_mps: location.speed_mps,
            course_deg: location.course_deg,
            battery_pct: location.battery_pct,
            charging: location.charging,
            fix_at: location.fix_at,
            trigger: location.trigger.clone(),
            network: location.network.clone(),
        }
    }
}

/// Reads one body.
pub fn parse(body: &[u8]) -> Result<Payload, Malformed> {
    if body.len() > BODY_BYTES_MAX {
        return Err(Malformed::TooLong { bytes: body.len() });
    }
    if body.trim_ascii().is_empty() {
        return Ok(Payload::Empty);
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Malformed::NotJson { line: error.line(), column: error.column() })?;
    let Value::Object(object) = value else {
        return Err(Malformed::NoType);
    };
    match text(&object, "_type").ok_or(Malformed::NoType)?.as_str() {
        "location" => location(&object).map(|found| Payload::Location(Box::new(found))),
        "transition" => transition(&object).map(Payload::Transition),
        "lwt" => Ok(Payload::Lwt { connected_at: instant(&object, "tst") }),
        "status" => Ok(Payload::Status),
        other => Ok(Payload::Other(other.to_owned())),
    }
}

fn location(object: &Map<String, Value>) -> Result<Location, Malformed> {
    let (lat, lon) = (required(object, "lat")?, required(object, "lon")?);
    if !plausible(lat, lon) {
        return Err(Malformed::Implausible);
    }
    Ok(Location {
        lat,
        lon,
        fix_at: instant(object, "tst").ok_or(Malformed::Field { field: "tst" })?,
        created_at: instant(object, "created_at"),
        accuracy_m: number(object, "acc").filter(|&accuracy| accuracy > 0.0),
        altitude_m: number(object, "alt"),
        speed_mps: number(object, "vel").filter(|&speed| speed >= 0.0).map(|speed| speed / KMH_PER_MPS),
        course_deg: number(object, "cog").filter(|course| (0.0..=360.0).contains(course)),
        battery_pct: number(object, "batt").and_then(percent),
        charging: number(object, "bs").and_then(charging),
        trigger: text(object, "t"),
        network: text(object, "conn").map(network),
        id: text(object, "_id"),
        tid: text(object, "tid"),
        topic: text(object, "topic"),
    })
}

fn transition(object: &Map<String, Value>) -> Result<Transition, Malformed> {
    let event = text(object, "event");
    let place = number(object, "lat").zip(number(object, "lon"));
    Ok(Transition {
        entered: match event.as_deref() {
            Some("enter") => true,
            Some("leave") => false,
            Some(_) | None => return Err(Malformed::Field { field: "event" }),
        },
        at: instant(object, "tst").ok_or(Malformed::Field { field: "tst" })?,
        waypoint_created_at: instant(object, "wtst"),
        name: text(object, "desc"),
        place: place.filter(|&(lat, lon)| plausible(lat, lon)),
        accuracy_m: number(object, "acc").filter(|&accuracy| accuracy > 0.0),
        trigger: text(object, "t"),
    })
}

fn required(object: &Map<String, Value>, field: &'static str) -> Result<f64, Malformed> {
    number(object, field).ok_or(Malformed::Field { field })
}

fn number(object: &Map<String, Value>, field: &str) -> Option<f64> {
    object.get(field)?.as_f64().filter(|number| number.is_finite())
}

fn text(object: &Map<String, Value>, field: &str) -> Option<String> {
    object.get(field)?.as_str().map(str::to_owned)
}

/// UNIX seconds after 1970; a tracker without time sends 0.
fn instant(object: &Map<String, Value>, field: &str) -> Option<DateTime<Utc>> {
    let value = object.get(field)?;
    let seconds = match value.as_i64() {
        Some(seconds) => seconds,
        // Some clients send a fraction; the whole second is enough. The cast saturates.
        None => value.as_f64().filter(|seconds| seconds.is_finite())? as i64,
    };
    (seconds > 0).then(|| DateTime::from_timestamp(seconds, 0)).flatten()
}

fn percent(number: f64) -> Option<u8> {
    // In range, so the cast is exact up to rounding.
    (0.0..=100.0).contains(&number).then(|| number.round() as u8)
}

/// `bs`: 0 unknown, 1 unplugged, 2 charging, 3 full, which is only reached on the charger.
fn charging(state: f64) -> Option<bool> {
    if state == 1.0 {
        Some(false)
    } else if state == 2.0 || state == 3.0 {
        Some(true)
    } else {
        None
    }
}

fn network(code: String) -> String {
    match code.as_str() {
        "w" => "wifi".to_owned(),
        "m" => "mobile".to_owned(),
        "o" => "offline".to_owned(),
        _ => code,
    }
}
