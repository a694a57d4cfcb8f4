//! The report and its review.

use super::{Decided, Decision, event, required};
use crate::callout::checks::{check_digest, check_text};
use crate::callout::{Assignment, AssignmentState, Callout, URGENT};
use crate::command::{ReportKeep, ReportReview, ReportSubmit};
use crate::event::{EventBody as E, ReportKept, ReportOf};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;
use crate::urn::CAUSES;

impl Decision<'_> {
    pub(super) fn report_submit(&self, submit: &ReportSubmit) -> Decided {
        let callout = self.callout()?;
        if callout.stood_down.is_some() {
            return self.short_report(callout, submit);
        }
        callout.must_be_open()?;
        let assignment = self.acting_assignment(callout)?;
        let may = matches!(assignment.state, AssignmentState::Clear | AssignmentState::Finished);
        callout.gate("report", assignment)?;
        self.must_lead(callout, assignment)?;
        if !may {
            return Err(Refusal::new("gate_closed", "The report is written after leaving the site.")
                .mend("Record how the premises were left first."));
        }
        required(&submit.narrative, "What happened, in your own words")?;
        required(&submit.signature.name, "The signature")?;
        check_report(submit)?;
        if callout.awaits_review() {
            return Err(Refusal::new("already_submitted", "The report is with the supervisor already.")
                .mend("Add a note; it is kept beside the report."));
        }
        self.on_callout(callout, E::ReportSubmitted(submit.clone()))
    }

    /// What whoever had arrived saw and did before it was stood down. It opens nothing again and waits for nobody.
    fn short_report(&self, callout: &Callout, submit: &ReportSubmit) -> Decided {
        let arrived = |a: &Assignment| a.arrived.is_some();
        let assignment = self.acting_assignment(callout).ok().filter(|a| arrived(a));
        let Some(assignment) = assignment else {
            callout.must_be_open()?;
            return Ok(vec![]);
        };
        if callout.lead().is_some_and(arrived) {
            self.must_lead_or_have_led(callout, assignment)?;
        }
        required(&submit.narrative, "What happened, in your own words")?;
        if callout.report.is_some() {
            return Err(Refusal::new("already_submitted", "There is a report already.")
                .mend("Add a note; it is kept beside the report."));
        }
        self.on_callout(callout, E::ReportSubmitted(submit.clone()))
    }

    fn must_lead_or_have_led(&self, callout: &Callout, assignment: &Assignment) -> Result<(), Refusal> {
        if callout.lead == Some(assignment.id) {
            return Ok(());
        }
        let sign = callout.lead().map_or("somebody else", |lead| lead.call_sign.as_str());
        Err(Refusal::new("not_lead", format!("{sign} led {}.", callout.number)).mend("Add a note instead."))
    }

    pub(super) fn report_review(&self, review: &ReportReview) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        if !self.world.settings.callouts().operators_review {
            self.must_supervise("reviews a report")?;
        }
        if !callout.awaits_review() {
            return Err(
                Refusal::new("no_report", "There is no report to review.").mend("Wait for the officer's report.")
            );
        }
        if !review.approve {
            required(&review.comments, "What has to change")?;
            return self.on_callout(callout, E::ReportReviewed(review.clone()));
        }
        if callout.escalation_level() >= URGENT {
            return Err(Refusal::new("escalation_open", "Somebody may still be in danger: the escalation stands.")
                .mend("Speak to the officer and stand the escalation down first."));
        }
        if let Some(a) = callout.assignments.iter().find(|a| a.is_unsafe()) {
            return Err(Refusal::new(
                "officer_not_safe",
                format!("{} withdrew and is not known to be safe.", a.call_sign),
            )
            .mend("Speak to the officer and record the check call first."));
        }
        if let Some(a) = callout.supports().next() {
            return Err(Refusal::new("officer_there", format!("{} is still on it as back-up.", a.call_sign))
                .mend("Let the officer leave, or release the officer first."));
        }
        let missing = callout.missing_media().filter(|sha256| !(self.ctx.has_media)(sha256)).count();
        let excused = review.without_pictures.as_deref().is_some_and(|r| !r.trim().is_empty());
        if missing > 0 && !excused {
            return Err(Refusal::new(
                "pictures_missing",
                match missing {
                    1 => "1 picture is still on the officer's phone.".to_owned(),
                    n => format!("{n} pictures are still on the officer's phone."),
                },
            )
            .mend("Wait for them, or close with the reason why they will not come."));
        }
        let calls = self.police_calls_of(callout, review)?;
        let mut events = self.not_needed(callout);
        events.push(event(K::Callout, callout.id, E::ReportReviewed(review.clone())));
        events.extend(calls);
        events.extend(self.close_alarms_of(callout, &format!("{} closed", callout.number)));
        Ok(events)
    }

    /// Each submission, approval and addition is kept once, in order.
    pub(super) fn report_keep(&self, keep: &ReportKeep) -> Decided {
        let callout = self.callout()?;
        std::iter::once(&keep.full).chain(&keep.customer).try_for_each(|digest| check_digest(digest))?;
        if !callout.reports_due().contains(&(keep.of, keep.of_seq)) {
            return Ok(vec![]);
        }
        let additions = callout.reports.iter().filter(|r| r.what.of == ReportOf::Addendum).count() as u32;
        let kept = ReportKept {
            version: callout.reports.len() as u32 + 1,
            of: keep.of,
            addendum: if keep.of == ReportOf::Addendum { additions + 1 } else { 0 },
            of_seq: keep.of_seq,
            full: keep.full.to_ascii_lowercase(),
            customer: keep.customer.as_deref().map(str::to_ascii_lowercase),
        };
        self.on_callout(callout, E::ReportKept(kept))
    }
}

/// More lines than any report had, few enough for one command.
const LINES_MAX: usize = 50;

fn check_report(submit: &ReportSubmit) -> Result<(), Refusal> {
    let bad = |text: &str, mend: &str| Err(Refusal::new("bad_report", text).mend(mend));
    let cause = submit.cause.as_str();
    if !cause.is_empty() && !CAUSES.iter().any(|(code, _, _)| *code == cause) {
        let known: Vec<&str> = CAUSES.iter().map(|(code, _, _)| *code).collect();
        return bad(&format!("“{cause}” is no cause."), &format!("Use one of: {}.", known.join(", ")));
    }
    if submit.follow_ups.len() > LINES_MAX || submit.exhibits.len() > LINES_MAX {
        return bad("There are too many lines.", "Give 50 follow-ups and 50 exhibits at most; say the rest in words.");
    }
    if submit.follow_ups.iter().any(|f| f.what.trim().is_empty()) {
        return bad("A follow-up does not say what is to be done.", "Write it, or take the line away.");
    }
    if submit.exhibits.iter().any(|e| e.reference.trim().is_empty() || e.what.trim().is_empty()) {
        return bad("An exhibit has no reference or does not say what it is.", "Write both, or take the line away.");
    }
    if submit.injury.as_ref().is_some_and(|i| i.text.trim().is_empty()) {
        return bad("It is not said who was hurt, or nearly, and how.", "Write it.");
    }
    let lines = submit.follow_ups.iter().flat_map(|f| [&f.what, &f.owner]);
    let lines = lines.chain(submit.exhibits.iter().flat_map(|e| [&e.reference, &e.what, &e.held]));
    let lines = lines.chain(submit.injury.iter().map(|i| &i.text)).chain([&submit.safeguarding]);
    lines.into_iter().try_for_each(|text| check_text(text))
}
