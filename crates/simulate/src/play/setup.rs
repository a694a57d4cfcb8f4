//! From a command line to a play that may begin: the hub, the evening, accounts, phones and trackers.

use super::clock::PlayClock;
use super::desk::Desk;
use super::field::{Officer, Unit};
use super::{Job, Player};
use crate::borough::Borough;
use crate::evening::{Evening, RELIEF, UNITS, script};
use crate::hub::{Hub, HubError, Sending, Session, Status};
use crate::streets::junction;
use crate::tracker::Tracker;
use anyhow::{Context, bail};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use domain::Instant;
use domain::command::{Role, SitePut};
use domain::geo::Point;
use domain::site::SitePlan;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::task::JoinSet;

/// What `watchhouse-simulate evening` is told.
#[derive(Clone, Debug)]
pub struct Options {
    pub hub: String,
    /// An administrator's token.
    pub token: String,
    /// The hub says it itself when left out.
    pub dc09: Option<SocketAddr>,
    pub from: String,
    pub live_from: String,
    pub until: String,
    pub rate: f64,
    /// The hub's own date when left out.
    pub date: Option<NaiveDate>,
    pub seed: u64,
    /// How long an alarm may wait for the real operator before the second one takes it; zero: for ever.
    pub patience: TimeDelta,
    /// Written when the past has been played.
    pub once_ready: Option<PathBuf>,
}

pub(super) async fn prepare(options: Options) -> anyhow::Result<Player> {
    let hub = Hub::new(&options.hub)?;
    let admin = hub.session(&options.token);
    let status = admin.status().await.with_context(|| format!("the hub at {} did not answer", options.hub))?;
    if !status.demonstration {
        bail!(
            "this hub serves a real control room; an evening is only played into a demonstration directory \
               (`watchhouse-hub init --data DIR --demonstration`)"
        );
    }
    let borough = Borough::demonstration();
    let again = admin.has_callouts().await?;
    let evening = evening(&options, &borough, &status, again)?;
    let inside = (evening.from..evening.until).contains(&status.now);
    if again && !inside {
        bail!(
            "this hub has call-outs already and its clock ({}) is outside the evening from {} to {}; \
               start with a fresh demonstration directory, or set its clock into the evening to go on",
            status.now.format("%F %H:%M"),
            evening.from.format("%F %H:%M"),
            evening.until.format("%F %H:%M")
        );
    }
    let dc09 = match (options.dc09, &status.dc09) {
        (Some(address), _) => address,
        (None, Some(address)) => address.parse().with_context(|| format!("the hub's DC-09 address {address}"))?,
        (None, None) => bail!("the hub does not say where it listens for alarm panels; give --dc09"),
    };
    let clock = match again {
        true => {
            tracing::info!(now = %status.now, "this hub has its evening already: going on from where its clock is");
            let now = admin.set_clock(None, options.rate).await?;
            PlayClock::running(now, options.rate)
        }
        false => {
            let now = admin.set_clock(Some(evening.from), 0.0).await?;
            PlayClock::standing(now, options.rate)
        }
    };
    if !again {
        plans(&admin, &borough, clock.now()).await?;
    }
    let desk = desk(&admin, &options, again).await?;
    let (officers, units) = field(&hub, &admin, &borough, &evening, clock.now()).await?;
    let mut player = Player {
        evening,
        borough,
        hub,
        admin,
        dc09,
        clock,
        desk,
        officers,
        units,
        panels: HashMap::new(),
        down: HashSet::new(),
        queue: BTreeMap::new(),
        count: 0,
        manners: HashMap::new(),
        of_callout: HashMap::new(),
        tags: HashMap::new(),
        expected: HashMap::new(),
        uploads: JoinSet::new(),
        head: -1,
        failures: 0,
    };
    let now = player.clock.now();
    player.push_beats(script(&evening).into_iter().filter(|b| !again || b.at > now).collect());
    match again {
        true => player.sign_on_the_missing().await?,
        false => player.push(evening.from + TimeDelta::seconds(2), Job::Desk(super::Chore::ClearAway)),
    }
    Ok(player)
}

fn evening(options: &Options, borough: &Borough, status: &Status, again: bool) -> anyhow::Result<Evening> {
    let zone: Tz =
        borough.settings.zone.parse().map_err(|_| anyhow::anyhow!("{} is no time zone", borough.settings.zone))?;
    let on = |date| Evening::on(date, &options.from, &options.live_from, &options.until, zone, options.seed);
    let today = status.now.with_timezone(&zone).date_naive();
    let date = options.date.unwrap_or(today);
    let evening = on(date)?;
    // After midnight the evening is yesterday's.
    if again && options.date.is_none() && status.now < evening.from {
        return Ok(on(today - TimeDelta::days(1))?);
    }
    Ok(evening)
}

/// Gives every site with a checklist a plan of its ground floor: somebody works there.
async fn plans(admin: &Session, borough: &Borough, now: Instant) -> anyhow::Result<()> {
    for (seed, site) in (1..).zip(borough.sites.iter().filter(|s| s.checklist.is_some())) {
        let picture = crate::plan::draw(seed);
        admin.upload(&picture).await?;
        let plan = SitePlan { sha256: picture.sha256, name: "Ground floor".into(), floor: Some(0) };
        let put = SitePut { plans: vec![plan], ..site.clone() };
        let body = serde_json::to_value(&put)?;
        let target = uuid::Uuid::now_v7().to_string();
        admin.command(Sending { kind: "site.put", target: &target, at: now, body }).await?;
    }
    Ok(())
}

async fn desk(admin: &Session, options: &Options, again: bool) -> anyhow::Result<Desk> {
    let suffix = if again { ", again" } else { "" };
    let operator = admin.add_account(&format!("Second operator (simulated{suffix})"), Role::Operator).await?;
    let supervisor = admin.add_account(&format!("Duty supervisor (simulated{suffix})"), Role::Supervisor).await?;
    Ok(Desk::new(operator, supervisor, options.patience, options.seed))
}

type Field = (BTreeMap<&'static str, Officer>, BTreeMap<&'static str, Unit>);

async fn field(
    hub: &Hub,
    admin: &Session,
    borough: &Borough,
    evening: &Evening,
    now: Instant,
) -> anyhow::Result<Field> {
    let mut officers = BTreeMap::new();
    for (n, officer) in UNITS.iter().map(|u| u.1).chain([RELIEF]).enumerate() {
        let session = enrol(hub, admin, officer).await.with_context(|| format!("enrolling {officer}"))?;
        officers.insert(officer, Officer::new(session, evening.seed.wrapping_add(n as u64)));
    }
    let mut units = BTreeMap::new();
    // A fresh hub knows none.
    let seen = admin.positions().await?;
    for (n, (call_sign, _, round)) in UNITS.iter().enumerate() {
        let known = borough.units.iter().find(|u| u.call_sign == *call_sign).context("a unit of the story")?;
        let device = admin.add_device(call_sign).await?;
        let round = round.iter().filter_map(|j| junction(j)).collect();
        let seed = evening.seed.wrapping_mul(31).wrapping_add(n as u64);
        let mut tracker = Tracker::new(call_sign, known.kind, round, now, seed);
        if let Some(position) = seen.iter().find(|p| p.unit == *call_sign) {
            tracker.put_down(Point::new(position.lat, position.lon), now);
        }
        units.insert(*call_sign, Unit::new(tracker, device));
    }
    Ok((officers, units))
}

async fn enrol(hub: &Hub, admin: &Session, officer: &str) -> Result<Session, HubError> {
    let code = admin.enrol_code(officer).await?;
    hub.enrol(&code).await
}
