//! Who to send: officers on shift ranked by travel time, each with the reasons in words.
//!
//! Travel time is a straight line times a street factor over an assumed speed, and says so. Where somebody has asked a
//! routing server already, its time counts instead, and says so too. Nothing here asks anybody.

use crate::Instant;
use crate::alarm::Priority;
use crate::callout::facts::spell_distance;
use crate::callout::{AssignmentState, Callout};
use crate::geo::{Point, distance_m};
use crate::id::{CalloutId, OfficerId, UnitId};
use crate::people::UnitKind;
use crate::world::World;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::Arc;

/// Where a unit was, by its newest trustworthy fix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    pub point: Point,
    /// None: unknown, which is not zero.
    pub accuracy_m: Option<f64>,
    pub at: Instant,
}

/// What a routing server said: how long one unit takes from where it was then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Road {
    pub from: Point,
    pub to: Point,
    pub travel_s: f64,
}

/// The unit has gone on by so much, and the time still says something: half a minute by car.
pub const ROAD_MOVED_MAX_M: f64 = 200.0;
/// Two places nearer than this are the same to a routing server.
const ROAD_SAME_M: f64 = 30.0;
/// A longer way is none that anybody is sent.
const ROAD_S_MAX: f64 = 6.0 * 3600.0;
/// Faster than this in a straight line, 144 km/h, is a fault: a map of another town puts everybody on one road.
const ROAD_SPEED_MAX_MPS: f64 = 40.0;

impl Road {
    /// Whether it says anything of a unit that is here now, and of this place.
    pub fn holds(&self, here: Point, place: Point) -> bool {
        let far = distance_m(here, place);
        self.travel_s.is_finite()
            && (0.0..=ROAD_S_MAX).contains(&self.travel_s)
            && far <= ROAD_MOVED_MAX_M + self.travel_s * ROAD_SPEED_MAX_MPS
            && distance_m(self.from, here) <= ROAD_MOVED_MAX_M
            && distance_m(self.to, place) <= ROAD_SAME_M
    }
}

/// Times by road that somebody asked for, of each unit; held outside the log like positions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roads(HashMap<UnitId, Vec<Road>>);

impl Roads {
    /// Takes the place of an earlier one of this unit to the same place.
    pub fn put(&mut self, unit: UnitId, road: Road) {
        let known = self.0.entry(unit).or_default();
        known.retain(|other| distance_m(other.to, road.to) > ROAD_SAME_M);
        known.push(road);
    }

    pub fn of(&self, unit: UnitId, place: Point) -> Option<Road> {
        self.0.get(&unit)?.iter().find(|road| distance_m(road.to, place) <= ROAD_SAME_M).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (UnitId, Road)> {
        self.0.iter().flat_map(|(unit, roads)| roads.iter().map(|road| (*unit, *road)))
    }

    /// Forgets what nobody needs any more.
    pub fn keep(&mut self, wanted: impl Fn(UnitId, &Road) -> bool) {
        self.0.retain(|unit, roads| {
            roads.retain(|road| wanted(*unit, road));
            !roads.is_empty()
        });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The newest position of each unit; held outside the log.
pub trait Fixes {
    fn fix(&self, unit: UnitId) -> Option<Fix>;

    /// By road to a place, as a routing server said; none where none was asked or it said nothing.
    fn road(&self, _unit: UnitId, _place: Point) -> Option<Road> {
        None
    }
}

impl Fixes for HashMap<UnitId, Fix> {
    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.get(&unit).copied()
    }
}

/// Positions and times by road together.
impl<F: Fixes> Fixes for (&F, &Roads) {
    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.0.fix(unit)
    }

    fn road(&self, unit: UnitId, place: Point) -> Option<Road> {
        self.1.of(unit, place)
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
    /// The time is a routing server's, not a straight line's.
    pub by_road: bool,
    pub fix_age: Option<TimeDelta>,
    pub reasons: Vec<String>,
    /// Why the ladder passes over this officer; the operator may still choose them.
    pub excluded: Option<String>,
    /// On something less urgent, which would be handed back on acceptance: comes after everybody who is free, and is
    /// asked without a person's word for a first priority only.
    pub busy: bool,
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
            let road = fresh.and_then(|f| fixes.road(unit.id, place).filter(|road| road.holds(f.point, place)));
            let travel_s = road.map(|r| r.travel_s).or(distance.map(|d| d / unit.kind.speed_mps()));
            let mut reasons = Vec::new();
            match (distance, travel_s, fix_age) {
                (Some(d), Some(t), Some(age)) => {
                    reasons.push(match (road, unit.kind) {
                        (None, _) => format!("{}, about {} min, straight line", spell_distance(d), minutes(t)),
                        (Some(_), UnitKind::Foot) => format!("{} min by road, on foot", minutes(t)),
                        (Some(_), UnitKind::Vehicle | UnitKind::HotSpot) => format!("{} min by road", minutes(t)),
                    });
                    reasons.push(format!("position {} s old", age.num_seconds()));
                }
                (_, _, Some(age)) => reasons.push(format!("position {} min old", age.num_minutes())),
                _ => reasons.push("position unknown".into()),
            }
            let standing = standing(world, officer.id, priority, passed, this);
            let busy = matches!(standing, Standing::LessUrgent(_));
            let excluded = match standing {
                Standing::Free => None,
                // Nobody for a break-in while somebody is at a noise complaint: then that one is asked.
                Standing::LessUrgent(on) if priority == Priority::P1 => {
                    reasons.push(on);
                    None
                }
                Standing::LessUrgent(why) | Standing::PassedOver(why) => Some(why),
            };
            reasons.extend(excluded.clone());
            Some(Candidate {
                officer: officer.id,
                unit: unit.id,
                call_sign: unit.call_sign.clone(),
                distance_m: distance,
                travel_s,
                by_road: road.is_some(),
                fix_age,
                reasons,
                excluded,
                busy,
                idle_since: idle_since(world, officer.id, shift.since),
            })
        })
        .collect();
    candidates.sort_by(|a, b| {
        // Free, then busy with something less urgent, then whoever is passed over for another reason.
        let class = |c: &Candidate| if c.busy { 1 } else { 2 * u8::from(c.excluded.is_some()) };
        let key = |c: &Candidate| (class(c), c.travel_s.is_none());
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

enum Standing {
    Free,
    /// "on CO-26-00012, priority 4"
    LessUrgent(String),
    PassedOver(String),
}

fn standing(
    world: &World,
    officer: OfficerId,
    priority: Priority,
    passed: &[OfficerId],
    this: Option<CalloutId>,
) -> Standing {
    if passed.contains(&officer) {
        return Standing::PassedOver("was asked already".into());
    }
    let withdrew =
        |c: &Arc<Callout>| c.assignments.iter().any(|a| a.officer == officer && a.state == AssignmentState::Aborted);
    if this.and_then(|id| world.callouts.get(&id)).is_some_and(withdrew) {
        return Standing::PassedOver("withdrew from it for safety".into());
    }
    let mut less_urgent = None;
    for c in world.callouts.values().filter(|c| c.is_open() && Some(c.id) != this) {
        for a in c.assignments.iter().filter(|a| a.officer == officer) {
            if a.state == AssignmentState::Offered {
                return Standing::PassedOver(format!("has an offer of {}", c.number));
            }
            if !a.is_engaged() {
                continue;
            }
            // Whoever has called for help, or is not known to be safe, is taken from nothing.
            if c.priority <= priority || c.escalation_level() > 0 || a.is_unsafe() || c.is_over() {
                return Standing::PassedOver(format!("on {}", c.number));
            }
            less_urgent = Some(format!("on {}, priority {}", c.number, u8::from(c.priority)));
        }
    }
    less_urgent.map_or(Standing::Free, Standing::LessUrgent)
}
