//! What an officer's phone is called for. Pure: an event in, calls out.

use super::message::{Message, What};
use chrono::TimeDelta;
use domain::callout::AssignmentState;
use domain::command::NoticedWhat;
use domain::event::{Done, EventBody as E, OfAssignment, Recorded};
use domain::id::{AssignmentId, CalloutId, OfficerId};
use domain::timers::UNANSWERED_AFTER;
use domain::{Instant, World};
use std::collections::{BTreeSet, HashMap};

/// Whoever did not look within this has heard it otherwise.
const NEWS_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Silences a phone that still shows what is over; later nobody looks at it.
const OVER_LIFE: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, PartialEq)]
pub struct Call {
    pub officer: OfficerId,
    pub message: Message,
    /// By the hub's clock: after this it says nothing any more.
    pub until: Instant,
}

/// Remembers who has an offer or a call-out: when that ends, the call-out may have left the world already.
#[derive(Default)]
pub struct Calls {
    seats: HashMap<AssignmentId, Seat>,
}

struct Seat {
    callout: CalloutId,
    officer: OfficerId,
    accepted: bool,
}

impl Calls {
    /// After a start, or when events were missed: every offer that no phone has yet, every check call that waits.
    pub fn start_over(&mut self, world: &World) -> Vec<Call> {
        self.seats.clear();
        let mut calls = Vec::new();
        for callout in world.callouts.values() {
            for a in &callout.assignments {
                let offered = a.state == AssignmentState::Offered;
                if offered || a.is_engaged() {
                    let seat = Seat { callout: callout.id, officer: a.officer, accepted: !offered };
                    self.seats.insert(a.id, seat);
                }
                if offered && a.delivered_at.is_none() {
                    let what = What::Offer { callout: callout.id, priority: callout.priority };
                    calls.push(Call { officer: a.officer, message: Message::new(a.id, what), until: a.expires_at });
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
        let id = CalloutId(event.stream.id);
        let callout = || world.callouts.get(&id);
        let officer_of = |assignment| callout().and_then(|c| c.assignment(assignment)).map(|a| a.officer);
        // Who did it knows it.
        let others = |officer: &OfficerId| event.by.officer != Some(*officer);
        let call = |officer, assignment, what, life| Call {
            officer,
            message: Message::new(assignment, what),
            until: event.recorded_at + life,
        };
        match &event.body {
            E::Offered(offered) => {
                let seat = Seat { callout: id, officer: offered.officer, accepted: false };
                self.seats.insert(offered.assignment, seat);
                let Some(callout) = callout() else { return vec![] };
                let what = What::Offer { callout: id, priority: callout.priority };
                let message = Message::new(offered.assignment, what);
                vec![Call { officer: offered.officer, message, until: offered.expires_at }]
            }
            E::Accepted(accepted) => {
                let seat = self.seats.get_mut(&accepted.assignment).map(|seat| {
                    seat.accepted = true;
                    seat.officer
                });
                let told = seat.filter(others);
                told.map(|officer| call(officer, accepted.assignment, What::Accepted, OVER_LIFE)).into_iter().collect()
            }
            E::Expired(of) => self.ends(of.assignment, What::Expired, event),
            E::Withdrawn(ended) | E::Declined(ended) => self.ends(ended.assignment, What::Withdrawn, event),
            E::Released(ended) => self.ends(ended.assignment, What::Released, event),
            // Gone by himself: what becomes of the call-out after that rings nobody.
            E::Left(OfAssignment { assignment }) | E::Secured(Done { assignment, .. }) => {
                self.seats.remove(assignment);
                vec![]
            }
            E::CalloutStoodDown(_) => {
                let gone: Vec<_> = self.seats.extract_if(|_, seat| seat.callout == id).collect();
                let gone = gone.into_iter().filter(|(_, seat)| others(&seat.officer));
                let told = gone.map(|(assignment, seat)| match seat.accepted {
                    true => call(seat.officer, assignment, What::StoodDown, NEWS_LIFE),
                    // No event of its own takes the offer back.
                    false => call(seat.officer, assignment, What::Withdrawn, OVER_LIFE),
                });
                told.collect()
            }
            E::NotSetOff(of) => {
                let officer = officer_of(of.assignment);
                officer.map(|officer| call(officer, of.assignment, What::NotSetOff, NEWS_LIFE)).into_iter().collect()
            }
            E::Noticed(noticed) => {
                let what = match noticed.what {
                    NoticedWhat::NotMoving => What::NotMoving,
                    NoticedWhat::LeftSite => What::SeemsLeft,
                    NoticedWhat::SetOff | NoticedWhat::Moving | NoticedWhat::BackOnSite => return vec![],
                };
                let officer = officer_of(noticed.assignment);
                officer.map(|officer| call(officer, noticed.assignment, what, NEWS_LIFE)).into_iter().collect()
            }
            E::CheckCallDue(of) => {
                let officer = officer_of(of.assignment);
                let due = officer.map(|officer| call(officer, of.assignment, What::CheckCall, UNANSWERED_AFTER));
                due.into_iter().collect()
            }
            E::CheckCallAnswered(answered) => {
                let told = officer_of(answered.assignment).filter(others);
                told.map(|officer| call(officer, answered.assignment, What::Answered, OVER_LIFE)).into_iter().collect()
            }
            E::AssessmentDue(of) => {
                let told = officer_of(of.assignment).filter(others);
                told.map(|officer| call(officer, of.assignment, What::AssessAgain, NEWS_LIFE)).into_iter().collect()
            }
            E::Alerted(alerted) => {
                let what = What::Nearby { callout: id, level: alerted.level };
                let told = alerted.officers.iter().map(|o| o.officer).filter(others);
                told.map(|officer| elsewhere(event, officer, what.clone(), NEWS_LIFE)).collect()
            }
            // Whoever was told must not set off for nothing.
            E::EscalationStoodDown(_) => {
                let over = callout().filter(|c| c.escalation_level() == 0);
                let told = over.into_iter().flat_map(|c| &c.alerted).flat_map(|a| &a.what.officers);
                let told: BTreeSet<OfficerId> = told.map(|o| o.officer).collect();
                let what = What::NearbyOver { callout: id };
                told.into_iter().map(|officer| elsewhere(event, officer, what.clone(), OVER_LIFE)).collect()
            }
            E::EscalationRaised(raised) => {
                let on_it = callout().into_iter().flat_map(|c| &c.assignments);
                let on_it = on_it.filter(|a| a.is_engaged() && others(&a.officer));
                on_it.map(|a| call(a.officer, a.id, What::Escalation { level: raised.level }, NEWS_LIFE)).collect()
            }
            _ => vec![],
        }
    }

    fn ends(&mut self, assignment: AssignmentId, what: What, event: &Recorded) -> Vec<Call> {
        let told = self.seats.remove(&assignment).filter(|seat| event.by.officer != Some(seat.officer));
        let life = if what == What::Released { NEWS_LIFE } else { OVER_LIFE };
        let call = |seat: Seat| Call {
            officer: seat.officer,
            message: Message::new(assignment, what),
            until: event.recorded_at + life,
        };
        told.map(call).into_iter().collect()
    }
}

/// About a call-out that the officer is not on.
fn elsewhere(event: &Recorded, officer: OfficerId, what: What, life: TimeDelta) -> Call {
    Call { officer, message: Message::elsewhere(what), until: event.recorded_at + life }
}
