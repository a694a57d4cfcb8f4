//! What was done and why it was refused, in words a person reads.

use domain::World;
use domain::command::Command;
use domain::id::OfficerId;
use protocol::view::ConflictView;
use sync::{Conflict, Replica};

pub fn conflict(conflict: &Conflict, world: &World) -> ConflictView {
    let command = &conflict.refused.command;
    ConflictView {
        id: command.id.to_string(),
        kind: command.kind.clone(),
        about: about(command, conflict.refused.number.as_deref(), world),
        at: crate::view::instant(command.at),
        did: did(command, world),
        refusal: conflict.refusal.text.clone(),
        mend: conflict.refusal.mend.clone(),
        parked: conflict.parked.len() as u32,
    }
}

/// A call-out's number, an alarm's place, or the reference as given.
fn about(command: &Command, number: Option<&str>, world: &World) -> String {
    let target = command.target.as_str();
    if let Some(callout) = world.callout(target) {
        return callout.number.clone();
    }
    if let Some(alarm) = world.alarm(target) {
        let site = alarm.site.and_then(|id| world.sites.get(&id));
        let place = site.map_or_else(|| format!("account {}", alarm.source.account), |s| s.name.clone());
        return format!("{}, {place}", alarm.kind.title());
    }
    if let Some(call) = world.call(target) {
        let from = call.ring_back();
        return if from.is_empty() { "a call from a withheld number".into() } else { format!("a call from {from}") };
    }
    let named = |name: &str| command.body.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    number
        .map(str::to_owned)
        .or_else(|| world.site(target).map(|s| s.name.clone()))
        .or_else(|| world.officer(target).map(|o| o.reference.clone()))
        .or_else(|| world.checklist(target).map(|list| list.title.clone()))
        .or_else(|| named("ref"))
        .or_else(|| named("call_sign"))
        .or_else(|| named("account"))
        .unwrap_or_else(|| target.to_owned())
}

/// "Recorded for RSP-1: arrived", "Added a note: “…”".
pub fn did(command: &Command, world: &World) -> String {
    let text = |field: &str| command.body.get(field).and_then(|v| v.as_str()).unwrap_or_default().trim().to_owned();
    let with = |what: &str, field: &str| match text(field).as_str() {
        "" => what.to_owned(),
        said => format!("{what}: “{said}”"),
    };
    let done = match command.kind.as_str() {
        "alarm.view" => "Looked at the alarm".into(),
        "alarm.take" => "Took the alarm".into(),
        "alarm.shelve" => with("Shelved the alarm", "reason"),
        "alarm.close" => with("Closed the alarm", "reason"),
        "panel.on_test" => with("Put a panel on test", "reason"),
        "panel.off_test" => "Ended a panel's test".into(),
        "callout.create" => with("Opened a call-out", "text"),
        "callout.stand_down" => with("Stood the call-out down", "reason"),
        "assignment.offer" => match text("officer").as_str() {
            "" => "Offered it to the nearest officer".into(),
            officer => format!("Offered it to {}", officer_words(officer, world)),
        },
        "assignment.withdraw" => with("Withdrew the offer", "reason"),
        "assignment.accept" => "Accepted by voice".into(),
        "assignment.decline" => with("Declined by voice", "reason"),
        "assignment.en_route" => "Set off".into(),
        "assignment.arrive" => "Arrived".into(),
        "assignment.park" => with("Parked", "note"),
        "rams.acknowledge" => "Read and signed the RAMS".into(),
        "location.confirm" => with("Confirmed the location", "value"),
        "checklist.answer" => match text("unable").as_str() {
            "" => with(&format!("Answered “{}”", text("item")), "value"),
            _ => with(&format!("Could not answer “{}”", text("item")), "unable"),
        },
        "checklist.put" => with("Changed a checklist", "title"),
        "checklist.invite" => with("Asked a customer to write a checklist", "to"),
        "checklist.uninvite" => "Ended the link to write a checklist".into(),
        "checklist.return" => with("Returned a customer's checklist", "comment"),
        "dra.record" => with("Recorded a dynamic risk assessment", "note"),
        "inspection.record" => format!("Recorded the inspection {}", text("section")),
        "forced_entry.record" => with("Recorded the forced-entry inspection", "note"),
        "premises.secure" => "Recorded how the premises were left".into(),
        "check_call.answer" => with("Answered a check call", "note"),
        "assignment.release" => with("Released an officer", "reason"),
        "assignment.leave" => "Left".into(),
        "assignment.attend" => with("Recorded that an officer came unasked", "reason"),
        "lead.hand_over" => with("Handed the lead over", "reason"),
        "callout.hold" => with("Put it off", "reason"),
        "callout.resume" => "Brought it back".into(),
        "callout.reopen" => with("Went back to it", "reason"),
        "callout.own" => "Took it over".into(),
        "cancel.request" => with("Recorded the customer's wish to cancel", "reason"),
        "cancel.refuse" => with("Let it go on", "reason"),
        "police.wait" => with("Waited for the police", "reference"),
        "officer.emergency" => with("Called for help", "reason"),
        "media.release" => "Released a picture, or took it back".into(),
        "note.add" => with("Added a note", "text"),
        "liaison.record" => with(&format!("Spoke to {}", text("whom")), "summary"),
        "escalation.raise" => {
            let level = command.body.get("level").and_then(|l| l.as_u64()).unwrap_or(0);
            with(&format!("Escalated to level {level}"), "reason")
        }
        "escalation.stand_down" => with("Stood the escalation down", "reason"),
        "stand_down.acknowledge" => "Acknowledged the stand-down".into(),
        "message.read" | "message.delivered" => "Read the messages".into(),
        "contact.tried" => with("Rang a contact", "note"),
        "contacts.settle" => with("Decided what to do without an answer", "reason"),
        "managers.put" => "Changed who is rung in an emergency".into(),
        "major.declare" => match command.body.get("on").and_then(|on| on.as_bool()) {
            Some(true) => with("Declared a major incident", "reason"),
            _ => with("Took the major incident back", "reason"),
        },
        "escalation.plan" => with("Set the meeting point", "rendezvous"),
        "handover.write" => with("Wrote the watch-outs", "watch_outs"),
        "handover.sign" => with("Signed the handover", "to"),
        "report.submit" => "Submitted the report".into(),
        "report.review" => match command.body.get("approve").and_then(|a| a.as_bool()) {
            Some(true) => "Approved the report".into(),
            _ => with("Returned the report", "comments"),
        },
        "tracking.issue" => "Made a tracking link".into(),
        "tracking.revoke" => "Revoked the tracking link".into(),
        "shift.sign_on" => format!("Signed on to {}", text("unit")),
        "shift.sign_off" => "Signed off".into(),
        "call.answer" => "Answered the telephone".into(),
        "call.put" => with("Wrote a telephone call down", "text"),
        "call.grade" => "Graded a telephone call".into(),
        "call.close" => with("Closed a telephone call", "note"),
        other => format!("Sent “{other}”"),
    };
    match command.on_behalf_of {
        Some(officer) => format!("For {}: {done}", officer_words(&officer.to_string(), world)),
        None => done,
    }
}

/// By call sign when on shift, by reference otherwise; never by name.
fn officer_words(target: &str, world: &World) -> String {
    let officer = world.officer(target);
    let sign = |id: OfficerId| {
        let unit = world.officers.get(&id)?.shift.as_ref()?.unit;
        world.units.get(&unit).map(|u| u.call_sign.clone())
    };
    officer.map_or_else(|| target.to_owned(), |o| sign(o.id).unwrap_or_else(|| o.reference.clone()))
}

/// What of the replica this program cannot read, for the link banner.
pub fn newer(replica: &Replica) -> Option<String> {
    let all: usize = replica.newer_kinds().values().sum();
    (all > 0).then(|| {
        let records = if all == 1 { "1 record needs".to_owned() } else { format!("{all} records need") };
        format!("{records} a newer program. What you do here is still sent.")
    })
}
