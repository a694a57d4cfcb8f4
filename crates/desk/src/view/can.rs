//! What makes sense now on a call-out: the same rules as everywhere, tried without doing anything.

use super::Scene;
use chrono::TimeDelta;
use domain::callout::Callout;
use domain::command::Command;
use domain::decide::{Ctx, decide};
use domain::id::CommandId;
use serde_json::{Value, json};

/// The kinds of commands the domain would take now, tried with a plain body. A kind is left out when it would change
/// nothing, or is done already. What follows a space says in which way.
pub fn can(scene: &Scene, callout: &Callout) -> Vec<String> {
    let over = callout.is_over();
    probes(scene, callout)
        .into_iter()
        .filter(|(kind, _)| {
            !over
                || matches!(
                    *kind,
                    "note.add"
                        | "message.read"
                        | "stand_down.acknowledge"
                        | "escalation.stand_down"
                        | "callout.reopen"
                        | "major.declare off"
                )
        })
        .filter(|(kind, _)| !is_done(callout, kind))
        .filter(|(kind, body)| would_do(scene, callout, kind.split(' ').next().unwrap_or(kind), body))
        .map(|(kind, _)| kind.to_owned())
        .collect()
}

fn would_do(scene: &Scene, callout: &Callout, kind: &str, body: &Value) -> bool {
    let command = Command {
        id: CommandId(uuid::Uuid::nil()),
        at: scene.now,
        kind: kind.to_owned(),
        v: 1,
        target: callout.id.to_string(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body: body.clone(),
    };
    let ctx = Ctx {
        author: scene.shown.me.author(),
        now: scene.now,
        at: scene.now,
        fixes: scene,
        has_media: &|_| false,
        number: &|_| String::new(),
        can_offer: scene.reachable,
    };
    decide(scene.world(), &command, &ctx).is_ok_and(|events| !events.is_empty())
}

/// Recorded already, and recording it again would only be noise.
fn is_done(callout: &Callout, kind: &str) -> bool {
    let lead = callout.lead();
    match kind {
        "location.confirm" => lead.is_some_and(|a| a.location.is_some()),
        "assignment.park" => lead.is_some_and(|a| a.parked.is_some()),
        "check_call.answer" => !lead.is_some_and(|a| {
            a.is_watched() || a.is_engaged() && (a.check_call_due.is_some() || a.not_moving_at.is_some())
        }),
        "escalation.stand_down" => callout.escalation_level() == 0,
        _ => false,
    }
}

fn contact(scene: &Scene, callout: &Callout) -> String {
    let site = callout.site.and_then(|id| scene.world().sites.get(&id));
    site.and_then(|s| s.contacts.first()).map_or_else(String::new, |c| c.id.to_string())
}

/// Each command with the plainest body that has what it asks for.
fn probes(scene: &Scene, callout: &Callout) -> Vec<(&'static str, Value)> {
    let reason = json!({"reason": "-"});
    let rams = callout.rams.as_ref().map_or(0, |r| r.version);
    let unanswered = callout.visible_items().find(|i| i.asks()).map_or("", |i| i.id.as_str());
    let (question, option) = open_question(callout).unwrap_or_default();
    vec![
        ("assignment.offer", json!({"reason": "-"})),
        ("assignment.offer support", json!({"support": true})),
        ("assignment.withdraw", reason.clone()),
        ("assignment.accept", json!({})),
        ("assignment.decline", reason.clone()),
        ("rams.acknowledge", json!({"version": rams})),
        ("rams.override", reason.clone()),
        ("location.confirm", json!({"method": "address"})),
        ("assignment.en_route", json!({})),
        ("assignment.arrive", json!({"source": "voice"})),
        ("assignment.park", json!({"exit_clear": true, "obstructs": false, "facing_out": true})),
        ("checklist.answer", json!({"item": unanswered, "unable": "-"})),
        ("dra.record", json!({"residual": {"likelihood": 1, "severity": 1}, "decision": "proceed"})),
        ("inspection.record", json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]})),
        ("forced_entry.record", json!({"verdict": "none"})),
        ("premises.secure", json!({"status": "secure", "alarm": "set"})),
        ("step.answer", json!({"step": question, "choices": [option], "note": "-", "pictures": ["0".repeat(64)]})),
        ("step.skip", json!({"step": skippable(callout).unwrap_or_default(), "reason": "-"})),
        ("check_call.answer", json!({"ok": true})),
        ("report.submit", json!({"narrative": "-", "signature": {"name": "-"}})),
        ("report.review", json!({"approve": false, "comments": "-"})),
        ("note.add", json!({"text": "-"})),
        ("liaison.record", json!({"whom": "police"})),
        ("escalation.raise", json!({"level": 1})),
        ("escalation.stand_down", json!({"reason": "-", "officer_safe": true})),
        ("callout.own", json!({})),
        ("callout.hold", json!({"reason": "-", "until": scene.now + TimeDelta::hours(1)})),
        ("callout.resume", json!({})),
        ("callout.reopen", reason.clone()),
        ("cancel.request", json!({})),
        ("cancel.refuse", reason.clone()),
        ("police.wait on", json!({"on": true, "reference": "-"})),
        ("police.wait off", json!({"on": false})),
        ("callout.stand_down", reason),
        ("stand_down.acknowledge", json!({})),
        ("tracking.issue", json!({"token_sha256": "0".repeat(64), "expires_at": scene.now + TimeDelta::hours(1)})),
        ("tracking.revoke", json!({})),
        ("message.read", json!({"up_to": i64::MAX})),
        ("contact.tried", json!({"contact": contact(scene, callout), "outcome": "no_reply"})),
        ("contacts.settle", json!({"decision": "try_again"})),
        ("escalation.plan", json!({"rendezvous": "-"})),
        ("major.declare on", json!({"on": true})),
        ("major.declare off", json!({"on": false, "reason": "-"})),
    ]
}

/// The first question that is open, and an answer to it.
fn open_question(callout: &Callout) -> Option<(&str, &str)> {
    let procedure = callout.known_procedure().ok()?;
    let open = procedure.steps.iter().find(|step| {
        step.ask.is_some()
            && callout.needs(procedure, step) == Some(true)
            && !callout.settled(procedure, step, callout.lead())
    })?;
    Some((open.id.as_str(), open.ask.as_ref()?.options.first()?.id.as_str()))
}

/// The first step that could still be left out.
fn skippable(callout: &Callout) -> Option<&str> {
    let procedure = callout.known_procedure().ok()?;
    let open = |s: &&domain::callout::procedure::Step| {
        s.may_skip && callout.needs(procedure, s) == Some(true) && !callout.settled(procedure, s, callout.lead())
    };
    Some(procedure.steps.iter().find(open)?.id.as_str())
}
