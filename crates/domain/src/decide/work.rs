//! What the officer does between the acceptance and leaving.

use super::{Decided, Decision, event};
use crate::callout::checks::{
    check_assessment, check_findings, check_forced_entry, check_secure, check_text, must_be_active,
};
use crate::callout::{Assignment, AssignmentState, Callout};
use crate::command::{
    ArrivalSource, Arrive, AssignmentNotice, CheckCallAnswer, ChecklistAnswer, DraDecision, DraRecord, EscalationRaise,
    ForcedEntryRecord, InspectionRecord, InspectionSection, LocationConfirm, NoticedWhat, Park, PremisesSecure,
    RamsAcknowledge, Role,
};
use crate::documents::Item;
use crate::event::{
    Arrived, CheckCallAnswered, Done, EventBody as E, Noticed, OfAssignment, OfficerRamsSigned, RamsAcknowledged,
};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;

/// A tap from further away than this asks for a reason (facts, section 4).
const FAR_M: f64 = 300.0;

impl<'a> Decision<'a> {
    /// The call-out and the acting officer's assignment, both still going.
    pub(super) fn at_work(&self) -> Result<(&'a Callout, &'a Assignment), Refusal> {
        let callout: &Callout = self.callout()?;
        // What an officer without signal did before hearing of the stand-down has happened, and may be a danger.
        if self.ctx.author.role == Role::Officer
            && let Ok(assignment) = self.acting_assignment(callout)
            && callout.may_not_know(assignment)
            // Whoever has taken another since has heard of it.
            && self.world.callout_of(assignment.officer).is_none_or(|other| other.id == callout.id)
        {
            return Ok((callout, assignment));
        }
        callout.must_be_open()?;
        let assignment = self.acting_assignment(callout)?;
        must_be_active(callout, assignment)?;
        Ok((callout, assignment))
    }

    /// The same for what can only be seen there: whoever has left looks at nothing any more. What was seen before and
    /// arrives after is kept.
    pub(super) fn on_site(&self) -> Result<(&'a Callout, &'a Assignment), Refusal> {
        let (callout, assignment) = self.at_work()?;
        if assignment.left_at.is_some_and(|left| self.ctx.at >= left) {
            return Err(
                Refusal::new("gate_closed", "The site has been left.").mend("Write it into the report instead.")
            );
        }
        Ok((callout, assignment))
    }

    pub(super) fn rams_acknowledge(&self, given: &RamsAcknowledge) -> Decided {
        let (callout, assignment) = self.at_work()?;
        let rams = callout.rams.as_ref().ok_or_else(|| {
            Refusal::new("no_rams", "There are no RAMS for this site.").mend("Go on with the next step.")
        })?;
        if rams.version != given.version {
            return Err(Refusal::new(
                "rams_version",
                format!("This call-out uses version {} of the RAMS.", rams.version),
            )
            .mend("Read that version and sign it."));
        }
        if assignment.rams.as_ref().is_some_and(|r| r.version == given.version) {
            return Ok(vec![]);
        }
        if rams.has_expired(self.ctx.at) && callout.rams_override.is_none() {
            return Err(Refusal::new("rams_expired", format!("The RAMS “{}” have expired.", rams.title))
                .mend("Call control: a supervisor has to allow them, or send somebody else."));
        }
        let officer = self.world.officers.get(&assignment.officer);
        let signed = RamsAcknowledged {
            assignment: assignment.id,
            version: given.version,
            opened_ms: given.opened_ms,
            again: officer.and_then(|o| o.still_knows(rams, self.ctx.at)),
        };
        let known = OfficerRamsSigned { rams: rams.id, version: given.version };
        Ok(vec![
            event(K::Callout, callout.id, E::RamsAcknowledged(signed)),
            event(K::Officer, assignment.officer, E::OfficerRamsSigned(known)),
        ])
    }

    pub(super) fn location_confirm(&self, location: &LocationConfirm) -> Decided {
        let (callout, assignment) = self.at_work()?;
        if !matches!(location.method.as_str(), "pin" | "grid" | "what3words" | "address") {
            return Err(Refusal::new("bad_method", format!("“{}” is no way to confirm a place.", location.method))
                .mend("Use pin, grid, what3words or address."));
        }
        check_text(location.value.as_deref().unwrap_or(""))?;
        self.on_callout(callout, E::LocationConfirmed(Done { assignment: assignment.id, what: location.clone() }))
    }

    pub(super) fn en_route(&self) -> Decided {
        let (callout, assignment) = self.at_work()?;
        if assignment.en_route_at.is_some() {
            return Ok(vec![]);
        }
        self.may_set_off(callout, assignment)?;
        self.on_callout(callout, E::EnRoute(OfAssignment { assignment: assignment.id }))
    }

    /// RAMS signed and place confirmed, unless the site lets a first-priority officer sign on the way.
    fn may_set_off(&self, callout: &Callout, assignment: &Assignment) -> Result<(), Refusal> {
        let site = callout.site.and_then(|id| self.world.sites.get(&id));
        let on_the_way = site.is_some_and(|s| s.policy.acknowledge_en_route)
            && callout.priority == crate::alarm::Priority::P1
            && assignment.location.is_some();
        if on_the_way { Ok(()) } else { callout.gate("arrive", assignment) }
    }

    pub(super) fn arrive(&self, arrive: &Arrive) -> Decided {
        let (callout, assignment) = self.at_work()?;
        if self.ctx.author.role == Role::System && arrive.source != ArrivalSource::Geofence {
            return Err(Refusal::new("not_allowed", "The hub only suggests an arrival.").mend("A person confirms it."));
        }
        if assignment.arrival_confirmed() || assignment.arrived.is_some() && arrive.source == ArrivalSource::Geofence {
            return Ok(vec![]);
        }
        if arrive.source != ArrivalSource::Geofence {
            self.may_set_off(callout, assignment)?;
        }
        let source = match (arrive.source, self.ctx.author.role) {
            (ArrivalSource::Manual, role) if role != Role::Officer => ArrivalSource::Voice,
            (source, _) => source,
        };
        let distance_m = arrive.point.filter(|p| p.is_valid()).map(|p| crate::geo::distance_m(p, callout.point));
        let far = distance_m.is_some_and(|d| d > FAR_M) && source == ArrivalSource::Manual;
        if far && arrive.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
            return Err(Refusal::new("far_away", format!("Your phone is {:.0} m away.", distance_m.unwrap_or(0.0)))
                .mend("Write why you are there all the same."));
        }
        check_text(arrive.reason.as_deref().unwrap_or(""))?;
        let arrived = Arrived {
            assignment: assignment.id,
            source,
            point: arrive.point.filter(|p| p.is_valid()),
            distance_m,
            reason: arrive.reason.clone(),
        };
        self.on_callout(callout, E::Arrived(arrived))
    }

    /// What is so already, or no longer matters, is no news.
    pub(super) fn notice(&self, notice: &AssignmentNotice) -> Decided {
        let callout = self.callout()?;
        let named = notice.assignment.or(callout.lead).and_then(|id| callout.assignment(id));
        let Some(a) = named.filter(|_| !callout.is_over()) else {
            return Ok(vec![]);
        };
        let news = {
            let arriving = a.is_on_the_way() && a.arrived.is_none();
            match notice.what {
                NoticedWhat::SetOff => a.state == AssignmentState::Accepted && a.arrived.is_none() && !arriving,
                NoticedWhat::NotMoving => arriving && a.not_moving_at.is_none(),
                NoticedWhat::Moving => arriving && a.not_moving_at.is_some(),
                NoticedWhat::LeftSite => a.state == AssignmentState::Arrived && a.seems_left_at.is_none(),
                NoticedWhat::BackOnSite => a.state == AssignmentState::Arrived && a.seems_left_at.is_some(),
            }
        };
        if !news {
            return Ok(vec![]);
        }
        let point = notice.point.filter(|p| p.is_valid());
        self.on_callout(callout, E::Noticed(Noticed { assignment: a.id, what: notice.what, point }))
    }

    pub(super) fn park(&self, park: &Park) -> Decided {
        let (callout, assignment) = self.on_site()?;
        self.must_have_arrived(assignment)?;
        check_text(&park.note)?;
        self.on_callout(callout, E::Parked(Done { assignment: assignment.id, what: park.clone() }))
    }

    fn must_have_arrived(&self, assignment: &Assignment) -> Result<(), Refusal> {
        if assignment.arrival_confirmed() {
            return Ok(());
        }
        Err(Refusal::new("gate_closed", "You have not confirmed that you arrived.").mend("Confirm the arrival first."))
    }

    pub(super) fn answer(&self, answer: &ChecklistAnswer) -> Decided {
        let (callout, assignment) = self.at_work()?;
        callout.check_answer(assignment, answer, self.ctx.at)?;
        if callout.is_read_again(answer, self.ctx.at) {
            return Ok(vec![]);
        }
        let item = callout.item(&answer.item);
        let mut what = answer.clone();
        what.in_words = item.is_some_and(Item::is_in_words);
        if let (Some([only]), Some(_)) = (item.map(Item::assets), &what.value) {
            what.asset.get_or_insert_with(|| only.clone());
        }
        self.on_callout(callout, E::Answered(Done { assignment: assignment.id, what }))
    }

    pub(super) fn assess(&self, dra: &DraRecord) -> Decided {
        let (callout, assignment) = self.on_site()?;
        if !assignment.arrival_confirmed() {
            return Err(
                Refusal::new("gate_closed", "The assessment is made on site.").mend("Confirm the arrival first.")
            );
        }
        // Stepping back from danger waits for no form.
        if !matches!(dra.decision, DraDecision::Withdraw | DraDecision::Wait) {
            callout.gate("dra", assignment)?;
        }
        check_assessment(dra)?;
        let mut events =
            self.on_callout(callout, E::Assessed(Done { assignment: assignment.id, what: dra.clone() }))?;
        let (level, reason) = dra.escalates_to();
        if level > callout.escalation_level() {
            let raised = EscalationRaise { level, reason: reason.into(), emergency: false, point: dra.point };
            events.extend(self.escalated(callout, raised, Some(assignment.id)));
            // Where somebody has just withdrawn, a person decides who goes next.
            if dra.decision != DraDecision::Withdraw {
                events.extend(self.back_up(callout, level));
            }
        }
        Ok(events)
    }

    pub(super) fn inspect(&self, inspection: &InspectionRecord) -> Decided {
        let (callout, assignment) = self.on_site()?;
        callout.gate("inspection", assignment)?;
        check_findings(&inspection.findings)?;
        match (inspection.section, &inspection.not_entered) {
            (InspectionSection::Inside, None) if assignment.outside_only() && !inspection.findings.is_empty() => {
                return Err(Refusal::new("gate_closed", "The risk assessment says outside only.")
                    .mend("Assess again before going inside."));
            }
            (InspectionSection::Outside, Some(_)) => {
                return Err(Refusal::new("bad_inspection", "Outside is always inspected.")
                    .mend("Record what could not be checked as not checked, with the reason."));
            }
            (_, Some(why)) if why.trim().is_empty() => {
                return Err(
                    Refusal::new("bad_inspection", "There is no reason why inside was not entered.").mend("Write why.")
                );
            }
            (_, Some(why)) => check_text(why)?,
            (_, None) if inspection.findings.is_empty() => {
                return Err(
                    Refusal::new("bad_inspection", "Nothing was looked at.").mend("Record at least one finding.")
                );
            }
            _ => {}
        }
        self.on_callout(callout, E::Inspected(Done { assignment: assignment.id, what: inspection.clone() }))
    }

    pub(super) fn forced_entry(&self, record: &ForcedEntryRecord) -> Decided {
        let (callout, assignment) = self.on_site()?;
        callout.gate("forced_entry", assignment)?;
        check_forced_entry(record)?;
        self.on_callout(callout, E::ForcedEntry(Done { assignment: assignment.id, what: record.clone() }))
    }

    pub(super) fn secure(&self, secure: &PremisesSecure) -> Decided {
        let (callout, assignment) = self.at_work()?;
        if callout.secured.is_some() {
            return Err(Refusal::new("already_secured", "How the site was left is on record already.")
                .mend("Add a note if something changed."));
        }
        self.must_lead(callout, assignment)?;
        callout.gate("secure", assignment)?;
        if !assignment.may_go_on() {
            return Err(Refusal::new("gate_closed", "The last risk assessment says wait.")
                .mend("Assess the risk again before leaving, or withdraw."));
        }
        check_secure(secure)?;
        let mut events = self.not_needed(callout);
        let secured = E::Secured(Done { assignment: assignment.id, what: secure.clone() });
        events.push(super::event(K::Callout, callout.id, secured));
        events.extend(self.panel_word_at_once(callout, &secure.alarm));
        Ok(events)
    }

    /// Also while a stand-down waits to be acknowledged: the officer is still there.
    pub(super) fn check_call_answer(&self, answer: &CheckCallAnswer) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        let assignment = self.acting_assignment(callout)?;
        if !assignment.is_unsafe() {
            must_be_active(callout, assignment)?;
        }
        check_text(&answer.note)?;
        let answered = CheckCallAnswered { assignment: assignment.id, ok: answer.ok, note: answer.note.clone() };
        let mut events = self.on_callout(callout, E::CheckCallAnswered(answered))?;
        if !answer.ok && callout.escalation_level() < 2 {
            let reason = "the officer is not well".to_owned();
            let raised = EscalationRaise { level: 2, reason, emergency: false, point: None };
            events.extend(self.escalated(callout, raised, None));
            events.extend(self.back_up(callout, 2));
        }
        Ok(events)
    }
}
