//! Putting a call-out off, waiting for the police, a customer's wish to cancel, going back to one that is over.

use super::{Decided, Decision, event, required};
use crate::callout::AssignmentState;
use crate::callout::checks::check_text;
use crate::command::{CalloutHold, CancelRequest, EscalationRaise, PoliceWait, Reason};
use crate::event::{CancelRequested, Empty, Event, EventBody as E, Followed, Held, PoliceAwaited};
use crate::id::{AggregateKind as K, CalloutId};
use crate::refusal::Refusal;
use chrono::TimeDelta;

/// What is put off longer is no call-out but an appointment.
const HOLD_MAX: TimeDelta = TimeDelta::days(2);

impl Decision<'_> {
    pub(super) fn hold(&self, hold: &CalloutHold) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&hold.reason, "The reason")?;
        if let Some(lead) = callout.active_lead() {
            return Err(Refusal::new("has_lead", format!("{} is on it.", lead.call_sign))
                .mend("Release the officer first, or note what is waited for."));
        }
        if callout.lead().is_some_and(|a| a.state == AssignmentState::Aborted) {
            return Err(Refusal::new("officer_withdrew", "An officer withdrew from it for safety.")
                .mend("Decide what happens now: send others, tell the police, or stand it down."));
        }
        let length = hold.until - self.ctx.now;
        if length <= TimeDelta::zero() || length > HOLD_MAX {
            return Err(Refusal::new("bad_hold_time", "A call-out is put off until a time within two days.")
                .mend("Choose a later or nearer time."));
        }
        let mut events = self.not_needed(callout);
        let held = Held { reason: hold.reason.clone(), until: hold.until };
        events.push(event(K::Callout, callout.id, E::CalloutHeld(held)));
        Ok(events)
    }

    pub(super) fn resume(&self) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        match callout.hold {
            Some(_) => self.on_callout(callout, E::CalloutResumed(Empty {})),
            None => Ok(vec![]),
        }
    }

    pub(super) fn police_wait(&self, wait: &PoliceWait) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        self.must_take_part(callout)?;
        check_text(&wait.reference)?;
        match (wait.on, &callout.police) {
            (true, Some(known)) if known.reference == wait.reference => Ok(vec![]),
            (true, _) => {
                self.on_callout(callout, E::PoliceAwaited(PoliceAwaited { reference: wait.reference.clone() }))
            }
            (false, Some(_)) => self.on_callout(callout, E::PoliceAwaitEnded(Empty {})),
            (false, None) => Ok(vec![]),
        }
    }

    /// A wish, never an order: somebody may be standing beside the customer.
    pub(super) fn cancel_request(&self, request: &CancelRequest) -> Decided {
        let callout = self.callout()?;
        self.must_see(callout)?;
        callout.must_be_open()?;
        check_text(&request.reason)?;
        let requested = CancelRequested { reason: request.reason.clone(), duress: request.duress };
        let body = match &callout.cancel {
            None => E::CancelRequested(requested),
            // Said a second time, it looks to everybody outside as if nothing new had been said.
            Some(known) if request.duress && !known.duress => E::DuressGiven(Empty {}),
            Some(_) => return Ok(vec![]),
        };
        let mut events = self.on_callout(callout, body)?;
        if request.duress && callout.escalation_level() < 2 && !callout.test {
            let reason = "the word for duress was given".to_owned();
            let raised = EscalationRaise { level: 2, reason, emergency: false, point: None };
            events.push(event(K::Callout, callout.id, E::EscalationRaised(raised)));
        }
        Ok(events)
    }

    pub(super) fn cancel_refuse(&self, refuse: &Reason) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&refuse.reason, "The reason")?;
        match callout.cancel {
            Some(_) => {
                let reason = refuse.reason.clone();
                self.on_callout(callout, E::CancelRefused(crate::event::Reasoned { reason }))
            }
            None => Ok(vec![]),
        }
    }

    /// A new call-out about the same; what is over stays as it was closed.
    pub(super) fn reopen(&self, reopen: &Reason) -> Decided {
        let callout = self.callout()?;
        required(&reopen.reason, "The reason")?;
        if callout.is_open() {
            return Err(
                Refusal::new("not_over", format!("{} is still open.", callout.number)).mend("Work on that one.")
            );
        }
        let id = CalloutId(self.derived("callout"));
        let mut events = self.open_again(id, callout, &reopen.reason)?;
        events.push(followed(callout.id, id));
        Ok(events)
    }
}

fn followed(old: CalloutId, by: CalloutId) -> Event {
    event(K::Callout, old, E::CalloutFollowed(Followed { by }))
}
