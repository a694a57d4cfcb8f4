//! The one thing to do or to wait for on a call-out.

use super::procedure::Fact;
use super::steps::{StepState, steps};
use super::{Assignment, AssignmentState, Callout, CalloutState};
use crate::Instant;
use crate::command::{DraDecision, TextState};
use crate::documents::Gate;
use crate::timers::{UNANSWERED_AFTER, next_check_call};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The officer is at work.
    Wait,
    /// The operator must act.
    Act,
    /// Somebody may be in danger.
    Danger,
    Done,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    pub text: String,
    /// What happens when nothing does.
    pub then: String,
    pub due: Option<Instant>,
    pub tone: Tone,
}

impl Callout {
    pub fn next(&self) -> Next {
        let next = |tone, text: String, then: &str, due| Next { text, then: then.into(), due, tone };
        if let Some(due) = self.test_goes_on_at() {
            return next(
                Tone::Wait,
                "A test of a partner system: nobody goes there".into(),
                "It plays to its end by itself.",
                Some(due),
            );
        }
        let lead = self.lead();
        let sign = lead.map_or("the officer", |a| a.call_sign.as_str());
        if self.escalation_level() >= 3 {
            return next(
                Tone::Danger,
                format!("Emergency: speak to {sign} now"),
                "Only a person stands an emergency down.",
                None,
            );
        }
        // The escalation that comes with it speaks of an officer; here it is the customer who is in danger.
        if self.cancel.as_ref().is_some_and(|c| c.duress) {
            return next(
                Tone::Danger,
                "The word for duress was given: treat it as a threat".into(),
                "Do not ring back openly; send officers, tell the police.",
                None,
            );
        }
        if self.escalation_level() >= super::URGENT {
            return next(
                Tone::Danger,
                format!("{sign} needs help: send back-up, call the police or an ambulance"),
                "Stand the escalation down once the officer is known to be safe.",
                None,
            );
        }
        if self.cancel.is_some() {
            return next(
                Tone::Act,
                "The customer asks to cancel: ring back".into(),
                "Then stand it down, or say why it goes on.",
                None,
            );
        }
        let asked = self.assignments.iter().find(|a| a.is_engaged() && a.check_call_due.is_some());
        if let Some((a, due)) = asked.and_then(|a| Some((a, a.check_call_due?))) {
            let there = if a.is_watched() { "" } else { " and is not there yet" };
            return next(
                Tone::Danger,
                format!("{} has not answered a check call{there}", a.call_sign),
                "Call by radio. Without an answer by then help is called by itself.",
                Some(due + UNANSWERED_AFTER).filter(|_| a.unanswered_at.is_none()),
            );
        }
        if self.unresourced.is_some() && self.escalation_level() > 0 && self.active_lead().is_some() {
            return next(
                Tone::Danger,
                format!("Nobody is free to back up {sign}"),
                "Take somebody off another call-out, or ask the police.",
                None,
            );
        }
        if let Some(wait) = self.police.as_ref().filter(|wait| wait.call_back_due.is_some()) {
            let reference = if wait.reference.is_empty() { "no reference".into() } else { wait.reference.clone() };
            return next(Tone::Act, format!("Ring the police back: {reference}"), "They have not been heard of.", None);
        }
        match self.state {
            CalloutState::Triaged | CalloutState::Unresourced if self.hold.is_some() => {
                let why = self.hold.as_ref().map_or("", |hold| hold.reason.as_str());
                next(Tone::Wait, format!("Put off: {why}"), "Then it must be offered.", self.hold_ends_at())
            }
            CalloutState::New => next(Tone::Act, "Say where it is and how urgent".into(), "", None),
            CalloutState::Triaged if lead.is_some_and(|a| a.state == AssignmentState::Released) => {
                let why = lead.map_or("", |a| a.ended_reason.as_str());
                next(Tone::Danger, format!("{sign} is no longer on it: offer it to somebody else"), why, None)
            }
            CalloutState::Triaged => {
                next(Tone::Act, "Offer it to an officer".into(), "Nobody has been asked yet.", None)
            }
            CalloutState::Offering => self.next_of_offer(),
            CalloutState::Unresourced => {
                let why = self.unresourced.as_ref().map_or("", |u| u.reason.as_str());
                next(Tone::Danger, "Nobody has taken it".into(), why, None)
            }
            CalloutState::Aborted if let Some(other) = self.supports().next() => next(
                Tone::Danger,
                format!("{sign} withdrew for safety: say whether {} leads on", other.call_sign),
                match lead.is_some_and(Assignment::is_unsafe) {
                    true => "Hear that the officer is safe; send more, call the police, or stand it down.",
                    false => "Send more, call the police, or stand it down.",
                },
                self.decide_by().or(lead.and_then(|a| next_check_call(self, a))),
            ),
            CalloutState::Aborted => next(
                Tone::Danger,
                match lead.is_some_and(|a| a.undecided_at.is_some()) {
                    true => format!("{sign} withdrew for safety and nobody has decided: decide what now"),
                    false => format!("{sign} withdrew for safety"),
                },
                match lead.is_some_and(Assignment::is_unsafe) {
                    true => "Hear that the officer is safe; send back-up, call the police, or stand it down.",
                    false => "Send back-up, call the police, or stand it down.",
                },
                self.decide_by().or(lead.and_then(|a| next_check_call(self, a))),
            ),
            CalloutState::Accepted if lead.is_some_and(|a| a.not_set_off_at.is_some()) => {
                let due = lead.and_then(|a| next_check_call(self, a));
                next(
                    Tone::Act,
                    format!("{sign} has not set off: ask"),
                    "Release the officer if somebody else is nearer.",
                    due,
                )
            }
            CalloutState::Accepted | CalloutState::EnRoute => {
                let due = lead.and_then(|a| next_check_call(self, a));
                let doing = self.current_step().unwrap_or_else(|| "on the way".into());
                let text = match lead.map(|a| a.state) {
                    Some(AssignmentState::EnRoute) => format!("{sign} is on the way"),
                    Some(_) if lead.is_some_and(Assignment::is_on_the_way) => format!("{sign} seems to be on the way"),
                    _ => format!("{sign}: {doing}"),
                };
                if lead.is_some_and(|a| a.arrived.is_some() && !a.arrival_confirmed()) {
                    let text = format!("{sign} seems to be there");
                    return next(
                        Tone::Wait,
                        text,
                        "Ask by radio and record the arrival, or wait for the officer’s tap.",
                        due,
                    );
                }
                next(Tone::Wait, text, "Not there by then raises a check call.", due)
            }
            CalloutState::Assessing if self.waits() => {
                let due = lead.and_then(Assignment::assess_again_at);
                next(
                    Tone::Wait,
                    format!("{sign} waits and assesses the risk again"),
                    "Asked again every five minutes.",
                    due,
                )
            }
            CalloutState::OnScene | CalloutState::Assessing | CalloutState::Inspecting | CalloutState::Securing => {
                let due = lead.and_then(|a| next_check_call(self, a));
                let doing = self.current_step().unwrap_or_else(|| "on site".into());
                next(Tone::Wait, format!("{sign}: {doing}"), "No answer by then raises a check call.", due)
            }
            CalloutState::Reporting if lead.is_some_and(|a| a.report_due_at.is_some()) => {
                next(Tone::Act, format!("The report of {sign} is overdue"), "Ask for it.", None)
            }
            CalloutState::Reporting => next(Tone::Wait, format!("{sign} is writing the report"), "", None),
            CalloutState::Review => {
                let missing = self.missing_media().count();
                let pictures = match missing {
                    0 => String::new(),
                    1 => "1 picture is still on the phone.".into(),
                    n => format!("{n} pictures are still on the phone."),
                };
                let left_out: Vec<&str> = self.left_out().map(|(step, _)| step.title.as_str()).collect();
                let then = match (left_out.is_empty(), pictures.is_empty()) {
                    (true, _) => pictures,
                    (false, true) => format!("Left out: {}.", left_out.join(", ")),
                    (false, false) => format!("Left out: {}. {pictures}", left_out.join(", ")),
                };
                next(Tone::Act, "Read the report and close or return it".into(), &then, None)
            }
            CalloutState::Closed => next(Tone::Done, "Closed".into(), "", None),
            CalloutState::StoodDown if self.awaits_stand_down() => next(
                Tone::Act,
                format!("{sign} must acknowledge the stand-down"),
                "The officer is still on site.",
                None,
            ),
            CalloutState::StoodDown => next(Tone::Done, "Stood down".into(), "", None),
        }
    }

    fn next_of_offer(&self) -> Next {
        let Some(offer) = self.open_offer() else {
            return Next { text: "Offer it to an officer".into(), then: String::new(), due: None, tone: Tone::Act };
        };
        let after = offer.then.first().map_or("nobody else is free".to_owned(), |n| format!("then {n}"));
        let (text, tone) = match (offer.not_delivered_at, offer.seen_at, offer.delivered_at) {
            (Some(_), None, None) => (not_delivered(offer), Tone::Act),
            (_, Some(_), _) => (format!("{} is reading the offer", offer.call_sign), Tone::Wait),
            (_, None, Some(_)) => (format!("Offered to {}, on the phone", offer.call_sign), Tone::Wait),
            (None, None, None) => (format!("Offered to {}", offer.call_sign), Tone::Wait),
        };
        Next { text, then: after, due: Some(offer.expires_at), tone }
    }

    /// Since when the clock runs that [`Callout::next`] counts down: so that three quarters of it can be told.
    pub fn due_since(&self) -> Option<Instant> {
        if let Some(offer) = self.open_offer().filter(|_| self.state == CalloutState::Offering) {
            return Some(offer.offered_at);
        }
        let lead = self.lead()?;
        match self.state {
            CalloutState::Accepted | CalloutState::EnRoute => lead.accepted_at,
            CalloutState::OnScene | CalloutState::Assessing | CalloutState::Inspecting | CalloutState::Securing => {
                lead.last_contact_at
            }
            _ => None,
        }
    }

    fn waits(&self) -> bool {
        self.lead().and_then(Assignment::assessment).is_some_and(|dra| dra.what.decision == DraDecision::Wait)
    }

    /// What the officer does now. The checklist comes first on paper; while all that is left of it waits for the
    /// assessment, the assessment is what is being done.
    fn current_step(&self) -> Option<String> {
        let steps = steps(self);
        let current = steps.iter().find(|s| s.state == StepState::Current)?;
        let locked = current.id == "checklist"
            && !self.holds(Fact::AssessmentAllows)
            && self.unanswered().iter().all(|item| item.gate == Gate::AfterDra);
        let doing = steps.iter().find(|s| locked && s.id == "dra").unwrap_or(current);
        Some(within_sentence(&doing.title))
    }
}

/// A title as it stands inside a sentence; an abbreviation keeps its capitals.
fn within_sentence(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if second.is_none_or(char::is_lowercase) => first.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

/// No phone has it: the radio is sure, an SMS is not.
fn not_delivered(offer: &Assignment) -> String {
    let sign = &offer.call_sign;
    match offer.text.as_ref().map(|t| (t.what.state, t.what.why())) {
        None => format!("{sign} has not got the offer: use the radio"),
        Some((TextState::Sending, _)) => format!("{sign} has not got the offer, an SMS is on its way: use the radio"),
        Some((TextState::Sent, _)) => format!("{sign} has not got the offer, an SMS is sent: use the radio"),
        Some((TextState::Failed, why)) => format!("{sign} has not got the offer, SMS failed ({why}): ring them"),
    }
}
