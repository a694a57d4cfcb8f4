//! More than one officer on a call-out: back-up, handing the lead over, taking somebody off it.

use super::{Decided, Decision, event, required};
use crate::alarm::Priority;
use crate::callout::{Assignment, AssignmentState, Callout, Part, URGENT};
use crate::command::{ArrivalSource, AssignmentAttend, AssignmentRelease, LeadHandOver};
use crate::event::{Accepted, Arrived, EndedOffer, Event, EventBody as E, HandedOver, OfAssignment};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;

impl<'a> Decision<'a> {
    /// Only the lead says how the premises were left and writes the report.
    pub(super) fn must_lead(&self, callout: &Callout, assignment: &Assignment) -> Result<(), Refusal> {
        match callout.lead() {
            Some(lead) if lead.id == assignment.id => Ok(()),
            Some(lead) if lead.state.is_active() => {
                Err(Refusal::new("not_lead", format!("{} leads {}.", lead.call_sign, callout.number))
                    .mend("Tell the lead, or have control hand the lead over."))
            }
            // Where somebody has just withdrawn, a person decides who goes on.
            Some(lead) if lead.state == AssignmentState::Aborted => Err(Refusal::new(
                "not_lead",
                format!("{} withdrew; nobody leads {} now.", lead.call_sign, callout.number),
            )
            .mend("Have control say who leads on.")),
            _ => Ok(()),
        }
    }

    /// Somebody named, or the only one it can be.
    fn one_of(
        &self,
        callout: &'a Callout,
        named: Option<&str>,
        mut may: impl FnMut(&&Assignment) -> bool,
    ) -> Result<&'a Assignment, Refusal> {
        let nobody = || {
            Refusal::new("not_on_callout", format!("No such officer is on {}.", callout.number))
                .mend("Look who is on it.")
        };
        let Some(named) = named else {
            let mut able = callout.assignments.iter().filter(|a| may(a));
            return match (able.next(), able.next()) {
                (Some(one), None) => Ok(one),
                (None, _) => Err(nobody()),
                (Some(_), Some(_)) => Err(Refusal::new("which_officer", "More than one officer can be meant.")
                    .mend("Name the officer or the call sign.")),
            };
        };
        let officer = self.world.officer(named).map(|o| o.id);
        let same = |a: &&Assignment| Some(a.officer) == officer || a.call_sign.eq_ignore_ascii_case(named);
        callout.assignments.iter().rev().find(|a| same(a) && may(a)).ok_or_else(nobody)
    }

    pub(super) fn release(&self, release: &AssignmentRelease) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&release.reason, "The reason")?;
        let lead = callout.active_lead().map(|a| a.call_sign.as_str());
        let released = self.one_of(callout, release.officer.as_deref().or(lead), |a| a.state.is_busy())?;
        Ok(self.release_from(callout, released, &release.reason))
    }

    /// Takes an officer off it. Back-up that is there leads on; else somebody else must be asked.
    pub(super) fn release_from(&self, callout: &Callout, released: &Assignment, reason: &str) -> Vec<Event> {
        let ended = EndedOffer { assignment: released.id, reason: reason.into() };
        let mut events = vec![event(K::Callout, callout.id, E::Released(ended))];
        if callout.lead == Some(released.id)
            && let Some(next) = callout.supports().max_by_key(|a| (a.arrival_confirmed(), a.arrived.is_some()))
        {
            let handed = HandedOver { to: next.id, reason: format!("{} was taken off it", released.call_sign) };
            events.push(event(K::Callout, callout.id, E::LeadHandedOver(handed)));
        }
        events
    }

    /// Back-up that is not needed any more goes; whoever leads says how the premises were left instead.
    pub(super) fn leave(&self) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        let assignment = self.acting_assignment(callout)?;
        if callout.lead == Some(assignment.id) {
            return Err(Refusal::new("is_lead", format!("{} leads {}.", assignment.call_sign, callout.number))
                .mend("Record how the premises were left, or have control hand the lead over."));
        }
        if !assignment.state.is_busy() {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::Left(OfAssignment { assignment: assignment.id }))
    }

    /// Who is still being asked to come need not.
    pub(super) fn not_needed(&self, callout: &Callout) -> Vec<Event> {
        let asked = callout.open_offer().map(|offer| offer.id);
        let ended = asked.map(|assignment| EndedOffer { assignment, reason: "no longer needed".into() });
        ended.map(|ended| event(K::Callout, callout.id, E::Withdrawn(ended))).into_iter().collect()
    }

    pub(super) fn hand_over(&self, hand_over: &LeadHandOver) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&hand_over.reason, "The reason")?;
        // Whoever has left writes the report: that is not handed over.
        if callout.lead().is_some_and(|a| a.state == AssignmentState::Clear) {
            return Err(Refusal::new("gate_closed", "The site has been left; only the report is open.")
                .mend("Open a new call-out to send somebody again."));
        }
        let supports = |a: &&Assignment| Some(a.id) != callout.lead && a.state.is_busy();
        let to = self.one_of(callout, hand_over.officer.as_deref(), supports)?;
        let handed = HandedOver { to: to.id, reason: hand_over.reason.clone() };
        let mut events = self.not_needed(callout);
        events.push(event(K::Callout, callout.id, E::LeadHandedOver(handed)));
        Ok(events)
    }

    /// An officer was there before anybody was asked. It counts as accepted and arrived by voice, and says so.
    pub(super) fn attend(&self, attend: &AssignmentAttend) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&attend.reason, "The reason")?;
        let officer =
            self.world.officer(&attend.officer).ok_or_else(|| Refusal::not_found("officer", &attend.officer))?;
        if callout.assignments.iter().any(|a| a.officer == officer.id && a.is_engaged()) {
            return Err(Refusal::new("has_it", format!("{} is on it already.", officer.reference))
                .mend("Record the arrival instead."));
        }
        let ladder = self.ladder(callout, &[]);
        let candidate = ladder.iter().find(|c| c.officer == officer.id).ok_or_else(|| {
            Refusal::new("off_shift", format!("{} is not signed on to a shift.", officer.reference))
                .mend("Sign the officer on first.")
        })?;
        let part = if callout.active_lead().is_some() { Part::Support } else { Part::Lead };
        let mut events = self.not_needed(callout);
        events.extend(self.release_from_others(callout, officer.id));
        let reason = format!("came unasked: {}", attend.reason);
        let offered = self.offer_to(callout.id, callout.priority, part, candidate, &[], Some(reason));
        let E::Offered(offer) = &offered else { return Ok(vec![]) };
        let assignment = offer.assignment;
        let arrived = Arrived { assignment, source: ArrivalSource::Voice, point: None, distance_m: None, reason: None };
        events.push(event(K::Callout, callout.id, offered));
        events.push(event(K::Callout, callout.id, E::Accepted(Accepted { assignment, by_voice: true })));
        events.push(event(K::Callout, callout.id, E::Arrived(arrived)));
        Ok(events)
    }

    /// Help was called for: the nearest free officer is asked to come too. Nothing when somebody is asked or coming.
    pub(super) fn back_up(&self, callout: &Callout, level: u8) -> Option<Event> {
        let alone = callout.active_lead().is_some_and(|a| a.state.is_busy())
            && callout.supports().next().is_none()
            && callout.open_offer().is_none();
        // Of what has been stood down nobody can be asked; whoever needs help there rings until a person acts.
        if !alone || callout.is_over() || !self.ctx.can_offer {
            return None;
        }
        let passed: Vec<_> = callout.assignments.iter().filter(|a| a.is_engaged()).map(|a| a.officer).collect();
        // The escalation that asks makes it as urgent as anything; the state here is from before it.
        let priority = if level >= URGENT { Priority::P1 } else { callout.priority };
        let ladder = self.ladder_for(callout, priority, &passed);
        Some(self.offer_next(callout.id, priority, Part::Support, &ladder))
    }
}
