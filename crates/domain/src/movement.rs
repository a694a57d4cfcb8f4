//! What the positions of an officer's own unit say between the acceptance and leaving, besides arriving: has set off,
//! stands still, has left. A suggestion each; a person confirms or answers.

use crate::callout::{Assignment, AssignmentState, Callout};
use crate::command::NoticedWhat;
use crate::geo::{Point, distance_m};
use crate::geofence::{DWELL, is_good, is_within, radius_of};
use crate::id::{AssignmentId, CalloutId, UnitId};
use crate::nearest::Fix;
use crate::{Instant, World};
use std::collections::HashMap;

/// So much nearer than at the furthest since the acceptance: has set off (facts, section 3).
pub const TOWARDS_M: f64 = 150.0;
/// Less than this away from where it stood is not moving: a fix in a street jumps by half of it.
pub const PROGRESS_M: f64 = 100.0;
/// Further than this from the site is not on it (facts, section 4).
pub const LEFT_M: f64 = 150.0;

/// Beside the log: after a restart it begins anew, and says what it saw a little later.
#[derive(Debug, Default)]
pub struct Movements(HashMap<AssignmentId, Track>);

#[derive(Clone, Copy, Debug)]
struct Track {
    /// The furthest from the place since the acceptance.
    furthest_m: f64,
    /// Where it stood, and since when.
    anchor: Point,
    since: Instant,
    was_there: bool,
    outside_since: Option<Instant>,
    told_left: bool,
}

/// What was seen of one officer on one call-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noticed {
    pub callout: CalloutId,
    pub assignment: AssignmentId,
    pub what: NoticedWhat,
    pub point: Point,
}

impl Movements {
    /// A new fix of a unit, in the order of their times.
    pub fn seen(&mut self, world: &World, unit: UnitId, fix: &Fix, now: Instant) -> Vec<Noticed> {
        self.0.retain(|id, _| watched(world).any(|(_, a)| a.id == *id));
        if !is_good(fix, now) {
            return vec![];
        }
        let of_unit = watched(world).filter(|(_, a)| a.unit == unit);
        let seen = of_unit.filter_map(|(callout, a)| {
            let away = distance_m(fix.point, callout.point);
            let track = self.0.entry(a.id).or_insert(Track {
                furthest_m: away,
                anchor: fix.point,
                since: fix.at,
                was_there: false,
                outside_since: None,
                told_left: false,
            });
            track.furthest_m = track.furthest_m.max(away);
            let what = match a.state {
                AssignmentState::Arrived => track.on_site(world, callout, a, fix),
                _ => track.on_the_way(world, callout, a, fix, away),
            };
            Some(Noticed { callout: callout.id, assignment: a.id, what: what?, point: fix.point })
        });
        seen.collect()
    }
}

impl Track {
    fn on_the_way(
        &mut self,
        world: &World,
        callout: &Callout,
        a: &Assignment,
        fix: &Fix,
        away: f64,
    ) -> Option<NoticedWhat> {
        if !a.is_on_the_way() {
            return (self.furthest_m - away > TOWARDS_M).then_some(NoticedWhat::SetOff);
        }
        if distance_m(self.anchor, fix.point) >= PROGRESS_M {
            (self.anchor, self.since) = (fix.point, fix.at);
            return a.not_moving_at.map(|_| NoticedWhat::Moving);
        }
        // Whoever has just been heard from is asked again only after as long.
        let set_off = a.en_route_at.max(a.seems_en_route_at);
        let since = self.since.max(a.last_contact_at.unwrap_or(self.since)).max(set_off.unwrap_or(self.since));
        let still = fix.at - since >= callout.times().no_movement(callout.priority);
        // Whoever stands at the door is there.
        let there = is_within(world, callout, fix.point, radius_of(world, callout));
        (still && !there && a.not_moving_at.is_none()).then_some(NoticedWhat::NotMoving)
    }

    fn on_site(&mut self, world: &World, callout: &Callout, a: &Assignment, fix: &Fix) -> Option<NoticedWhat> {
        if is_within(world, callout, fix.point, radius_of(world, callout).max(LEFT_M)) {
            self.was_there = true;
            self.outside_since = None;
            self.told_left = false;
            return a.seems_left_at.map(|_| NoticedWhat::BackOnSite);
        }
        let since = *self.outside_since.get_or_insert(fix.at);
        // A vehicle that was never seen there says nothing of the officer who was.
        if !self.was_there || self.told_left || fix.at - since < DWELL {
            return None;
        }
        self.told_left = true;
        Some(NoticedWhat::LeftSite)
    }
}

/// Whoever has accepted and has not left.
fn watched(world: &World) -> impl Iterator<Item = (&Callout, &Assignment)> {
    let open = world.callouts.values().filter(|c| !c.is_over() && !c.test);
    open.flat_map(|callout| {
        let arriving = |a: &&Assignment| a.arrived.is_none() || a.state == AssignmentState::Arrived;
        callout.assignments.iter().filter(|a| a.state.is_busy()).filter(arriving).map(|a| (&**callout, a))
    })
}
