//! What an officer's phone is called for. Pure: an event in, calls out.

use super::message::{Message, What};
use chrono::TimeDelta;
use domain::callout::AssignmentState;
use domain::event::{EventBody as E, Recorded};
use domain::id::{AssignmentId, CalloutId, OfficerId};
use domain::timers::UNANSWERED_AFTER;
use domain::{Instant, World};
use std::collections::HashMap;

/// Somebody on the same call-out needs help: after this the officer has heard it otherwise, or help is there.
const ESCALATION_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Silences a phone that still shows what is over; later nobody looks at it.
const OVER_LIFE: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, PartialEq)]
pub struct Call {
    pub officer: OfficerId,
    pub message: Message,
    /// By the hub's clock: after this it says nothing any more.
    pub until: Instant,
}

/// Remembers who has an offer: when it ends, its call-out may have left the world already.
#[derive(Default)]
pub struct Calls {
    offers: HashMap<AssignmentId, OfficerId>,
}

impl Calls {
    /// After a start, or when events were missed: every offer that no phone has yet, every check call that waits.
    pub fn start_over(&mut self, world: &World) -> Vec<Call> {
        self.offers.clear();
        let mut calls = Vec::new();
        for callout in world.callouts.values() {
            for a in &callout.assignments {
                if a.state == AssignmentState::Offered {
                    self.offers.insert(a.id, a.officer);
                    if a.delivered_at.is_none() {
                        let what = What::Offer { callout: callout.id, priority: callout.priority };
                        calls.push(Call { officer: a.officer, message: Message::new(a.id, what), until: a.expires_at });
                    }
                }
                if let Some(due) = a.check_call_due.filter(|_| a.is_engaged() && a.unanswered_at.is_none()) {
                    let message = Message::new(a.id, What::CheckCall);
                    calls.push(Call { officer: a.officer, message, until: due + UNANSWERED_AFTER });
                }
            }
        }
        calls
    }

    pub fn of(&mut self, world: &World, event: &Recorded) -> Vec<Call> {
        let callout = || world.callouts.get(&CalloutId(event.stream.id));
        // Who did it knows it.
        let own = |officer: OfficerId| event.by.officer == Some(officer);
        let call = |officer, assignment, what, life| Call {
            officer,
            message: Message::new(assignment, what),
            until: event.recorded_at + life,
        };
        match &event.body {
            E::Offered(offered) => {
                self.offers.insert(offered.assignment, offered.officer);
                let Some(callout) = callout() else { return vec![] };
                let what = What::Offer { callout: callout.id, priority: callout.priority };
                let message = Message::new(offered.assignment, what);
                vec![Call { officer: offered.officer, message, until: offered.expires_at }]
            }
            E::Expired(of) => self.over(of.assignment, What::Expired, event),
            E::Withdrawn(ended) | E::Declined(ended) => self.over(ended.assignment, What::Withdrawn, event),
            E::Accepted(accepted) => self.over(accepted.assignment, What::Accepted, event),
            E::CheckCallDue(of) => {
                let officer = callout().and_then(|c| c.assignment(of.assignment)).map(|a| a.officer);
                officer.map(|id| call(id, of.assignment, What::CheckCall, UNANSWERED_AFTER)).into_iter().collect()
            }
            E::CheckCallAnswered(answered) => {
                let officer = callout().and_then(|c| c.assignment(answered.assignment)).map(|a| a.officer);
                let others = officer.filter(|id| !own(*id));
                others.map(|id| call(id, answered.assignment, What::Answered, OVER_LIFE)).into_iter().collect()
            }
            E::EscalationRaised(raised) => {
                let on_it = callout().into_iter().flat_map(|c| &c.assignments);
                let on_it = on_it.filter(|a| a.is_engaged() && !own(a.officer));
                on_it
                    .map(|a| call(a.officer, a.id, What::Escalation { level: raised.level }, ESCALATION_LIFE))
                    .collect()
            }
            _ => vec![],
        }
    }

    fn over(&mut self, assignment: AssignmentId, what: What, event: &Recorded) -> Vec<Call> {
        let told = self.offers.remove(&assignment).filter(|id| event.by.officer != Some(*id));
        let call =
            |officer| Call { officer, message: Message::new(assignment, what), until: event.recorded_at + OVER_LIFE };
        told.map(call).into_iter().collect()
    }
}
