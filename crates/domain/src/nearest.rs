//! Who to send: officers on shift ranked by travel time, each with the reasons in words.
//!
//! Travel time is a straight line times a street factor over an assumed speed, and says so; a routing server can
//! replace it later without changing the ranking.

use crate::Instant;
use crate::alarm::Priority;
use crate::callout::facts::spell_distance;
use crate::callout::{AssignmentState, Callout};
use crate::geo::{Point, distance_m};
use crate::id::{CalloutId, OfficerId, UnitId};
use crate::world::World;
use chrono::TimeDelta;
use std::sync::Arc;

/// Where a unit was, by its newest trustworthy fix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    pub point: Point,
    /// None: unknown, which is not zero.
    pub accuracy_m: Option<f64>,
    pub at: Instant,
}

/// The newest position of each unit; held outside the log.
pub trait Fixes {
    fn fix(&self, unit: UnitId) -> Option<Fix>;
}

impl Fixes for std::collections::HashMap<UnitId, Fix> {
    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.get(&unit).copied()
    }
}

/// Nobody's position is known.
pub struct NoFixes;

impl Fixes for NoFixes {
    fn fix(&self, _: UnitId) -> Option<Fix> {
        None
    }
}

/// Streets are longer than the straight line.
const STREET_FACTOR: f64 = 1.4;
/// A position older than this says little about where a unit is now.
pub const FIX_AGE_MAX: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub officer: OfficerId,
    pub unit: UnitId,
    pub call_sign: String,
    pub distance_m: Option<f64>,
    pub travel_s: Option<f64>,
    pub fix_age: Option<TimeDelta>,
    pub reasons: Vec<String>,
    /// Why the ladder passes over this officer; the operator may still choose them.
    pub excluded: Option<String>,
    idle_since: Instant,
}

/// Everybody on shift, best first. An officer whose position is old or unknown comes after all whose position is
/// known, but before nobody: a place without a fix must not leave a door unanswered.
pub fn rank(
    world: &World,
    fixes: &dyn Fixes,
    place: Point,
    priority: Priority,
    passed: &[OfficerId],
    this: Option<CalloutId>,
    now: Instant,
) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = world
        .officers
        .values()
        .filter_map(|officer| {
            let shift = officer.shift.as_ref()?;
            let unit = world.units.get(&shift.unit)?;
            let fix = fixes.fix(unit.id);
            let fix_age = fix.map(|f| (now - f.at).max(TimeDelta::zero()));
            let fresh = fix.filter(|_| fix_age.is_some_and(|age| age <= FIX_AGE_MAX));
            let distance = fresh.map(|f| distance_m(f.point, place) * STREET_FACTOR);
            let travel_s = distance.map(|d| d / unit.kind.speed_mps());
            let mut reasons = Vec::new();
            match (distance, travel_s, fix_age) {
                (Some(d), Some(t), Some(age)) => {
                    reasons.push(format!("{}, about {} min, straight line", spell_distance(d), minutes(t)));
                    reasons.push(format!("position {} s old", age.num_seconds()));
                }
                (_, _, Some(age)) => reasons.push(format!("position {} min old", age.num_minutes())),
                _ => reasons.push("position unknown".into()),
            }
            let excluded = exclusion(world, officer.id, priority, passed, this);
            reasons.extend(excluded.clone());
            Some(Candidate {
                officer: officer.id,
                unit: unit.id,
                call_sign: unit.call_sign.clone(),
                distance_m: distance,
                travel_s,
                fix_age,
                reasons,
                excluded,
                idle_since: idle_since(world, officer.id, shift.since),
            })
        })
        .collect();
    candidates.sort_by(|a, b| {
        let key = |c: &Candidate| (c.excluded.is_some(), c.travel_s.is_none());
        key(a)
            .cmp(&key(b))
            .then(a.travel_s.unwrap_or(0.0).total_cmp(&b.travel_s.unwrap_or(0.0)))
            .then(a.idle_since.cmp(&b.idle_since))
            .then(a.officer.cmp(&b.officer))
    });
    candidates
}

/// Since when somebody has had nothing to do: the end of the last work still in memory, or the start of the shift.
fn idle_since(world: &World, officer: OfficerId, signed_on: Instant) -> Instant {
    let assignments = world.callouts.values().flat_map(|c| &c.assignments).filter(|a| a.officer == officer);
    assignments.filter_map(|a| a.left_at).fold(signed_on, Instant::max)
}

fn minutes(seconds: f64) -> i64 {
    (seconds / 60.0).ceil().max(1.0) as i64
}

fn exclusion(
    world: &World,
    officer: OfficerId,
    priority: Priority,
    passed: &[OfficerId],
    this: Option<CalloutId>,
) -> Option<String> {
    if passed.contains(&officer) {
        return Some("was asked already".into());
    }
    let withdrew =
        |c: &Arc<Callout>| c.assignments.iter().any(|a| a.officer == officer && a.state == AssignmentState::Aborted);
    if this.and_then(|id| world.callouts.get(&id)).is_some_and(withdrew) {
        return Some("withdrew from it for safety".into());
    }
    world.callouts.values().filter(|c| c.is_open() && Some(c.id) != this).find_map(|c| {
        c.assignments.iter().filter(|a| a.officer == officer).find_map(|a| {
            if a.is_engaged() {
                let more_urgent = if c.priority <= priority { "" } else { ", which is less urgent" };
                Some(format!("on {}{more_urgent}", c.number))
            } else if a.state == AssignmentState::Offered {
                Some(format!("has an offer of {}", c.number))
            } else {
                None
            }
        })
    })
}
