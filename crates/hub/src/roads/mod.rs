//! How long units take by road, asked of a routing server before anybody needs it.
//!
//! Nothing waits for an answer: who is nearest is decided with what is known (`Around::roads`), and where nothing is
//! known with the straight line, labelled as such. So this runs beside: whenever a call, an alarm or a call-out has a new
//! place, or a unit has moved, one table is asked for that place. Optional; without an address nobody is asked.

mod server;
mod wire;

use crate::config::Config;
use crate::state::{Around, Hub};
use domain::alarm::AlarmState;
use domain::geo::{Point, distance_m};
use domain::id::UnitId;
use domain::nearest::FIX_AGE_MAX;
use domain::people::UnitKind;
use domain::{Instant, World};
use serde_json::{Value, json};
use server::{Failure, Server};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

/// Places asked about at once, the most urgent and newest: more are not being looked at by people.
const PLACES_MAX: usize = 16;
/// Units in one table, the nearest: who is farther is not sent.
const UNITS_MAX: usize = 25;
/// Nobody is sent from farther off, and one place off its map makes a server refuse the whole table.
const FAR_M: f64 = 30_000.0;
/// A unit that has gone on by so much is asked about anew, well before its time stops counting.
const MOVED_M: f64 = 80.0;
/// A call that nobody has graded yet stands among the usual call-outs.
const CALL: u8 = 3;
/// Between two rounds of questions: positions come all the time.
const EVERY: Duration = Duration::from_secs(1);
/// After a failure, doubled up to the second: a server that is down is not asked with every position.
const REST: Duration = Duration::from_secs(2);
const REST_MAX: Duration = Duration::from_secs(60);

/// Whom to ask, and how that went.
#[derive(Default)]
pub struct RoadsLookup {
    driving: Option<Server>,
    walking: Option<Server>,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    answered_at: Option<Instant>,
    failed_at: Option<Instant>,
    /// Why the newest question has no answer; none when it has one.
    failure: Option<Failure>,
}

impl RoadsLookup {
    /// Nobody is asked where nothing is configured.
    pub fn configured(config: &Config) -> anyhow::Result<Self> {
        let key = config.road_key_file.as_deref();
        let profile = config.road_profile.as_deref();
        let driving = config.road_server.as_deref().map(|url| Server::new(url, profile, false, key)).transpose()?;
        // One OSRM server knows one profile and answers any other with it; so walking has to be named.
        let own = config.road_foot_server.as_deref();
        let same = || {
            let valhalla = driving.as_ref().is_some_and(|server| server.kind == server::Kind::Valhalla);
            config.road_server.as_deref().filter(|_| valhalla || config.road_foot_profile.is_some())
        };
        let foot = config.road_foot_profile.as_deref();
        let walking = own.or_else(same).map(|url| Server::new(url, foot, true, key)).transpose()?;
        Ok(Self { driving, walking, health: Mutex::default() })
    }

    fn server(&self, kind: UnitKind) -> Option<&Server> {
        match kind {
            UnitKind::Foot => self.walking.as_ref(),
            UnitKind::Vehicle | UnitKind::HotSpot => self.driving.as_ref(),
        }
    }

    fn is_off(&self) -> bool {
        self.driving.is_none() && self.walking.is_none()
    }

    /// For `/v1/status`: `off`, `waiting` until somebody was asked, `answers`, `no_answer`.
    pub fn status(&self) -> Value {
        let health = self.health();
        let state = match (self.is_off(), health.failure, health.answered_at) {
            (true, ..) => "off",
            (_, Some(_), _) => "no_answer",
            (_, None, Some(_)) => "answers",
            (_, None, None) => "waiting",
        };
        json!({
            "state": state,
            "driving": self.driving.as_ref().map(|s| s.kind.name()),
            "walking": self.walking.as_ref().map(|s| s.kind.name()),
            "answered_at": health.answered_at,
            "failed_at": health.failed_at,
            "text": health.failure.map(|f| format!(
                "The routing server {}. Travel times are straight lines, and say so.", f.words()
            )),
        })
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn note(&self, now: Instant, result: Result<(), Failure>) {
        let mut health = self.health();
        let before = health.failure;
        health.failure = result.err();
        match result {
            Ok(()) => health.answered_at = Some(now),
            Err(_) => health.failed_at = Some(now),
        }
        match (before, health.failure) {
            (None, Some(failure)) => {
                tracing::warn!("the routing server {}; travel times are straight lines", failure.words());
            }
            (Some(_), None) => tracing::info!("the routing server answers again"),
            (None, None) | (Some(_), Some(_)) => {}
        }
    }
}

/// Somebody may be sent to these: open call-outs, open alarms and calls, the most urgent and newest first.
fn places(world: &World) -> Vec<Point> {
    let mut found: Vec<(u8, Reverse<Instant>, Point)> = Vec::new();
    let callouts = world.callouts.values().filter(|c| c.is_open() && !c.test);
    found.extend(callouts.map(|c| (c.priority.into(), Reverse(c.created_at), c.point)));
    let site = |id: Option<domain::id::SiteId>| id.and_then(|id| world.sites.get(&id)).map(|s| s.point);
    let alarms = world.alarms.values().filter(|a| a.state != AlarmState::Closed && a.callout.is_none());
    found.extend(alarms.filter_map(|a| Some((a.priority.into(), Reverse(a.received_at), site(a.site)?))));
    let calls = world.calls.values().filter(|c| c.closed.is_none());
    found.extend(calls.filter_map(|c| Some((CALL, Reverse(c.opened_at), c.card.point.or_else(|| site(c.card.site))?))));
    found.sort_by_key(|(priority, at, _)| (*priority, *at));
    let mut places: Vec<Point> = Vec::new();
    for (_, _, point) in found {
        let new = point.is_valid() && !places.contains(&point);
        if new && places.len() < PLACES_MAX {
            places.push(point);
        }
    }
    places
}

/// On shift, and known where.
fn units(world: &World, around: &Around, now: Instant) -> HashMap<UnitId, (UnitKind, Point)> {
    let on_shift = world.officers.values().filter_map(|o| world.units.get(&o.shift.as_ref()?.unit));
    let placed = on_shift.filter_map(|unit| {
        let fix = around.live_fix(unit.id)?.fix;
        (now - fix.at <= FIX_AGE_MAX).then_some((unit.id, (unit.kind, fix.point)))
    });
    placed.collect()
}

/// One question: the units of one kind to one place.
struct Question<'a> {
    server: &'a Server,
    to: Point,
    from: Vec<(UnitId, Point)>,
}

/// What is not known yet, or was asked from too far away.
fn questions<'a>(lookup: &'a RoadsLookup, world: &World, around: &Around, now: Instant) -> Vec<Question<'a>> {
    let (places, units) = (places(world), units(world, around, now));
    around.keep_roads(|unit, road| places.contains(&road.to) && units.contains_key(&unit));
    let mut questions = Vec::new();
    for to in places {
        for on_foot in [false, true] {
            let of_kind = |kind: &UnitKind| (*kind == UnitKind::Foot) == on_foot;
            let kind = if on_foot { UnitKind::Foot } else { UnitKind::Vehicle };
            let Some(server) = lookup.server(kind) else { continue };
            let mut from: Vec<(UnitId, Point)> =
                units.iter().filter(|(_, (kind, _))| of_kind(kind)).map(|(id, (_, at))| (*id, *at)).collect();
            from.retain(|(_, at)| distance_m(*at, to) <= FAR_M);
            wire::by_distance(&mut from, to);
            from.truncate(UNITS_MAX);
            let known = |(unit, at): &(UnitId, Point)| {
                around.asked(*unit, to).is_some_and(|asked| distance_m(asked, *at) <= MOVED_M)
            };
            if !from.is_empty() && !from.iter().all(known) {
                questions.push(Question { server, to, from });
            }
        }
    }
    questions
}

async fn ask(hub: &Hub, question: Question<'_>) -> Result<(), Failure> {
    let from: Vec<Point> = question.from.iter().map(|(_, at)| *at).collect();
    let answer = question.server.ask(&from, question.to).await;
    let counter = if answer.is_ok() { "roads_answered" } else { "roads_failed" };
    hub.counters.add(counter, 1);
    hub.roads_lookup.note(hub.clock.now(), answer.as_ref().map(|_| ()).map_err(|f| *f));
    let times = match answer {
        Ok(times) => times,
        // The same question again would get the same answer; the next place may get a better one.
        Err(Failure::Refused) => vec![None; from.len()],
        Err(failure) => return Err(failure),
    };
    for ((unit, from), travel_s) in question.from.into_iter().zip(times) {
        hub.around.put_road(unit, from, question.to, travel_s);
    }
    Ok(())
}

/// Runs until the hub stops; ends at once where nobody is to be asked.
pub async fn run(hub: Arc<Hub>) {
    if hub.roads_lookup.is_off() {
        return;
    }
    let mut committed = hub.writer.committed();
    let mut positions = hub.positions.subscribe();
    let mut rest = REST;
    loop {
        let mut wait = EVERY;
        for question in questions(&hub.roads_lookup, &hub.world(), &hub.around, hub.clock.now()) {
            if hub.stopping.is_cancelled() {
                return;
            }
            if ask(&hub, question).await.is_err() {
                wait = rest;
                rest = (rest * 2).min(REST_MAX);
                break;
            }
            rest = REST;
        }
        let again = wait > EVERY;
        tokio::select! {
            () = sleep(wait) => {}
            () = hub.stopping.cancelled() => return,
        }
        if again {
            continue;
        }
        tokio::select! {
            () = hub.stopping.cancelled() => return,
            batch = committed.recv() => match batch {
                // What was on wheels may be on foot now.
                Ok(batch) if batch.events.iter().any(|e| e.kind == "unit.put") => hub.around.keep_roads(|_, _| false),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            moved = positions.recv() => if matches!(moved, Err(RecvError::Closed)) { return },
        }
        // What came in one breath is one reason to look.
        committed = committed.resubscribe();
        positions = positions.resubscribe();
    }
}
