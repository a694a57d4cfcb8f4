//! Whether somebody on the way is there, by their own unit's positions: a suggestion that a person confirms.

use crate::callout::Callout;
use crate::geo::{Point, distance_m};
use crate::id::{AssignmentId, CalloutId, OfficerId, UnitId};
use crate::nearest::Fix;
use crate::{Instant, World};
use chrono::TimeDelta;
use std::collections::HashMap;

/// A circle larger than this around a fix says nothing of arriving (facts, section 4).
pub const ACCURACY_MAX_M: f64 = 50.0;
/// An older position is where the unit was.
pub const FRESH: TimeDelta = TimeDelta::seconds(60);
/// Inside for so long, by two fixes at least: whoever drives past is out again by then.
pub const DWELL: TimeDelta = TimeDelta::seconds(10);
/// Around a place that is no registered site.
pub const RADIUS_M: f64 = 75.0;

/// Since when units on the way have been inside, without a fix outside in between. Beside the log: after a restart two
/// more fixes are waited for.
#[derive(Debug, Default)]
pub struct Watch(HashMap<AssignmentId, Instant>);

/// Somebody seems to be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    pub callout: CalloutId,
    pub officer: OfficerId,
    pub point: Point,
}

impl Watch {
    /// A new fix of a unit, in the order of their times.
    pub fn seen(&mut self, world: &World, unit: UnitId, fix: &Fix, now: Instant) -> Vec<Sighting> {
        self.forget(world);
        let good = is_good(fix, now);
        let mut sightings = Vec::new();
        // A poor one says neither that the unit is inside nor that it has gone.
        for (callout, assignment, officer, _) in on_the_way(world).filter(|(.., of)| good && *of == unit) {
            if !is_within(world, callout, fix.point, radius_of(world, callout)) {
                self.0.remove(&assignment);
                continue;
            }
            let since = *self.0.entry(assignment).or_insert(fix.at);
            if fix.at - since >= DWELL {
                sightings.push(Sighting { callout: callout.id, officer, point: fix.point });
            }
        }
        sightings
    }

    /// Whoever is not on the way any more, or is known to be there.
    fn forget(&mut self, world: &World) {
        self.0.retain(|id, _| on_the_way(world).any(|(_, assignment, ..)| assignment == *id));
    }
}

fn on_the_way(world: &World) -> impl Iterator<Item = (&Callout, AssignmentId, OfficerId, UnitId)> {
    world.callouts.values().filter(|c| c.is_open() && !c.test).flat_map(|callout| {
        let on_the_way = |a: &&crate::callout::Assignment| a.is_on_the_way() && a.arrived.is_none();
        callout.assignments.iter().filter(on_the_way).map(|a| (&**callout, a.id, a.officer, a.unit))
    })
}

/// Says where the unit is now.
pub(crate) fn is_good(fix: &Fix, now: Instant) -> bool {
    fix.accuracy_m.is_some_and(|a| a <= ACCURACY_MAX_M) && now - fix.at <= FRESH
}

pub(crate) fn radius_of(world: &World, callout: &Callout) -> f64 {
    callout.site.and_then(|id| world.sites.get(&id)).map_or(RADIUS_M, |s| s.radius_m)
}

/// So near to its place, the call-out's pin or one of the entrances.
pub(crate) fn is_within(world: &World, callout: &Callout, point: Point, radius_m: f64) -> bool {
    let site = callout.site.and_then(|id| world.sites.get(&id));
    let of_site = site.into_iter().flat_map(|s| s.entrances.iter().map(|e| e.point));
    std::iter::once(callout.point).chain(of_site).any(|place| distance_m(place, point) <= radius_m)
}
