//! What a customer's version of a report leaves out, and says so.

use domain::callout::Callout;
use domain::callout::procedure::{Fact, Procedure};
use domain::documents::ItemKind;
use report::{Report, StepState, Version};
use std::collections::BTreeSet;

const LEFT_OUT: [&str; 5] = [
    "names of officers and of the control room",
    "risk assessments, and whether officers asked for help",
    "notes and calls of the service that were not shared",
    "pictures that were not released",
    "answers that are not shared with customers",
];

/// The same report without what is only for the service. Whether help was called for, and the priority that follows from
/// it, would tell that a word for duress was given.
pub fn for_customer(report: &mut Report, callout: &Callout) {
    report.version = Version::Customer;
    report.left_out = LEFT_OUT.map(str::to_owned).into();
    report.priority = String::new();
    report.targets.clear();
    report.assessments.clear();
    report.escalations.clear();
    report.exhibits.clear();
    report.liaison.clear();
    (report.place.what3words, report.place.given) = (None, String::new());
    report.notes.retain(|note| shared_text(callout, &note.text));
    report.addenda.retain(|note| shared_text(callout, &note.text));
    if callout.alarm.is_some() || !callout.calls.is_empty() {
        report.source = callout.title.clone();
    }
    let shared: BTreeSet<i64> = callout.timeline.iter().filter(|e| e.share).map(|e| e.seq).collect();
    report.times.retain(|row| row.seq.is_some_and(|seq| shared.contains(&seq)));
    for came in &mut report.attendance {
        came.officer.clear();
        came.rams.clear();
    }
    let of_fact = |fact| {
        let steps = Procedure::find(&callout.procedure).map_or(&[][..], |p| &p.steps);
        steps.iter().find(|s| s.done_when == fact).map(|s| s.n)
    };
    let (silent, assessed) = (of_fact(Fact::EscalationSettled), of_fact(Fact::AssessmentAllows));
    for step in report.steps.iter_mut() {
        if Some(step.n) == silent {
            (step.state, step.when, step.detail) = (StepState::Skipped, String::new(), String::new());
        }
        if Some(step.n) == assessed {
            step.detail.clear();
        }
    }
    let released = |id: &String| callout.media.get(id).is_some_and(|m| m.share);
    report.pictures.retain(|p| released(&p.id));
    report.missing_pictures.retain(|p| released(&p.id));
    for finding in &mut report.findings {
        finding.pictures.retain(released);
    }
    let shared: BTreeSet<&str> = callout.visible_items().filter(|i| i.share).map(|i| i.text.as_str()).collect();
    for checklist in &mut report.checklists {
        checklist.items.retain(|item| shared.contains(item.question.as_str()));
        for item in &mut checklist.items {
            let signed = callout.visible_items().find(|i| i.id == item.id);
            if signed.is_some_and(|i| matches!(i.kind, ItemKind::Signature { .. })) && !item.answer.is_empty() {
                item.answer = "Signed".into();
                item.corrected.clear();
            }
            item.note.clear();
            item.pictures.retain(released);
        }
    }
    if let Some(signature) = &mut report.signature {
        signature.name = callout.lead().map_or_else(|| "the officer".into(), |a| a.call_sign.clone());
        signature.strokes.clear();
    }
    if let Some(review) = &mut report.review {
        review.by = "the service".into();
        review.comments.clear();
    }
}

/// Of two notes of the same words, one shared, both are.
fn shared_text(callout: &Callout, text: &str) -> bool {
    callout.notes.iter().any(|n| n.what.share && n.what.text == text)
}
