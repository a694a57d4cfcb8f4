//! Help is called for: what follows from that besides the escalation itself.

use super::{Decision, event};
use crate::alarm::Priority;
use crate::callout::{AssignmentState, Callout, URGENT};
use crate::command::EscalationRaise;
use crate::event::{Alerted, AlertedOfficer, Event, EventBody as E, OfAssignment};
use crate::id::{AggregateKind as K, AssignmentId, OfficerId};
use crate::nearest::{Candidate, rank};

/// Nearer than this by travel time is nearby: whoever is further away comes after the police would, whose own target
/// for an immediate call is a quarter of an hour, and would leave a district empty for nothing.
pub const ALERT_WITHIN_S: f64 = 15.0 * 60.0;

impl Decision<'_> {
    /// Escalates. Whoever is on site assesses the risk again, except whoever has just done so, and from level 2 on
    /// officers nearby hear of it. Asking somebody to come is [`Decision::back_up`].
    pub(super) fn escalated(
        &self,
        callout: &Callout,
        raised: EscalationRaise,
        just_assessed: Option<AssignmentId>,
    ) -> Vec<Event> {
        let level = raised.level;
        let mut events = vec![event(K::Callout, callout.id, E::EscalationRaised(raised))];
        let again = callout.assignments.iter().filter(|a| {
            a.state == AssignmentState::Arrived
                && Some(a.id) != just_assessed
                && a.assess_due.is_none()
                && a.assessment().is_some_and(|dra| dra.at < self.ctx.at)
        });
        let due = |assignment| event(K::Callout, callout.id, E::AssessmentDue(OfAssignment { assignment }));
        events.extend(again.filter(|_| !callout.is_over()).map(|a| due(a.id)));
        events.extend(self.alert_nearby(callout, level));
        events
    }

    /// An alert is no offer: it tells, and somebody is asked beside it. A level that stands already has been told.
    fn alert_nearby(&self, callout: &Callout, level: u8) -> Option<Event> {
        if level < URGENT || level <= callout.escalation_level() || callout.test || !self.ctx.can_offer {
            return None;
        }
        let near = rank(self.world, self.ctx.fixes, callout.point, Priority::P1, &[], Some(callout.id), self.ctx.now);
        let mine = self.ctx.author.officer;
        let officers: Vec<AlertedOfficer> = near
            .into_iter()
            .filter(|c| is_near(c) && Some(c.officer) != mine && self.may_be_told(callout, c.officer))
            .map(|c| AlertedOfficer { officer: c.officer, call_sign: c.call_sign })
            .collect();
        let alerted = E::Alerted(Alerted { level, officers });
        matches!(&alerted, E::Alerted(a) if !a.officers.is_empty()).then(|| event(K::Callout, callout.id, alerted))
    }

    /// Whoever is on it knows; whoever is on something as urgent must not be drawn away.
    fn may_be_told(&self, callout: &Callout, officer: OfficerId) -> bool {
        !self.world.callouts.values().filter(|c| c.is_open()).any(|c| {
            let urgent = c.id == callout.id || c.priority == Priority::P1;
            c.assignments.iter().any(|a| a.officer == officer && a.is_engaged() && (urgent || a.is_unsafe()))
        })
    }
}

/// Somebody whose position is not known may be around the corner: better told for nothing than not at all.
fn is_near(candidate: &Candidate) -> bool {
    candidate.travel_s.is_none_or(|travel| travel <= ALERT_WITHIN_S)
}
