//! Every kind of event through the log and back, with and without its personal part.

use crate::kit::{At, Play, SITE, Who, digest, evolved, officer, sign, snapshots};
use domain::callout::Callout;
use domain::callout::steps::steps;
use domain::command::CommandBody;
use domain::event::{EventBody, Recorded};
use domain::{Event, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Stands in every field where somebody may write what they like.
const MARK: &str = "MARK Mr Smith of flat 4, 07700 900123";

/// One body of every command with every field filled; whatever is free text is the mark.
pub fn full_bodies() -> Vec<(&'static str, Value)> {
    let id = officer(1);
    let source = json!({"protocol": "ADM-CID", "account": "1234", "code": "130", "qualifier": "new", "partition": "01",
        "zone": "005", "user": null, "panel_seq": 77, "raw": "[#1234|1130 01 005]", "remote": null, "panel_at": null,
        "point": SITE});
    let spot = json!({"side": "rear", "floor": -1, "pin": {"plan": digest(7), "x": 0.25, "y": 1.0}});
    let opening = json!({"what": "door", "result": "forced", "methods": ["levered", "no_force"], "place": spot,
        "note": MARK, "pictures": [digest(3)]});
    let hazard = json!({"kind": "weapon", "likelihood": 3, "severity": 5});
    let finding = |note: &str| json!({"what": "doors", "result": "issue", "severity": "high", "place": spot, "note": note, "pictures": [digest(2)]});
    let aspect = json!({"level": "some", "note": MARK});
    let grade = json!({"threat": aspect, "harm": aspect, "risk": aspect, "investigation": aspect,
        "vulnerability": aspect, "engagement": aspect, "priority": 2});
    let mut site = crate::kit::register()[4].1.clone();
    site["floors"] = json!({"lowest": -1, "highest": 2});
    site["plans"] = json!([{"sha256": digest(7), "name": "Ground floor", "floor": 0}]);
    site["contacts"] = json!([{"role": "Keyholder", "name": MARK, "telephone": MARK, "email": "mark.smith@example.invalid", "reports": "full"}]);
    vec![
        (
            "settings.put",
            json!({"council": "Testing", "service_name": "Patrol", "shift_start": "16:00",
            "updates": {"customer_min": [30, 30, 0, 0]}, "handover_prompt_min": 30}),
        ),
        ("account.put", json!({"name": MARK, "role": "officer", "officer": id, "disabled": false})),
        ("estate.put", crate::kit::register()[1].1.clone()),
        ("site.put", site),
        (
            "officer.put",
            json!({"ref": "O1", "name": MARK, "telephone": MARK, "employer": "Testing", "skills": ["dog"]}),
        ),
        ("unit.put", json!({"call_sign": sign(1), "kind": "hot_spot"})),
        (
            "panel.put",
            json!({"account": "1234", "site": "BOILER", "time_check": true, "supervision_s": 300, "refuse_unknown": false,
            "urns": [{"kind": "intruder", "number": "URN-1234/56", "force": "Testshire", "level": "level1"}]}),
        ),
        ("rams.put", {
            let mut rams = crate::kit::register()[2].1.clone();
            rams["sites"] = json!(["BOILER"]);
            rams["kinds"] = json!(["intruder", "noise_nuisance"]);
            rams["hours"] = json!({"from": "06:00", "to": "06:00"});
            rams["pdf"] = json!({"sha256": digest(9), "name": "rams.pdf"});
            rams
        }),
        ("checklist.put", {
            let mut list = crate::kit::checklist();
            (list["from_version"], list["proposal"]) = (json!(1), json!(1));
            list
        }),
        (
            "checklist.invite",
            json!({"token_sha256": digest(7), "expires_at": crate::kit::start() + crate::kit::s(86_400), "to": MARK,
                   "message": MARK}),
        ),
        ("checklist.uninvite", json!({})),
        (
            "checklist.propose",
            json!({"title": MARK, "items": [{"id": "q1", "text": MARK, "type": "yes_no", "help": MARK}],
                   "from_version": 1, "said": MARK}),
        ),
        ("checklist.return", json!({"proposal": 1, "comment": MARK})),
        ("person.erase", json!({"reason": MARK})),
        ("shift.sign_on", json!({"unit": sign(1)})),
        ("shift.sign_off", json!({})),
        ("officer.emergency", json!({"reason": MARK, "point": SITE})),
        (
            "signal.receive",
            json!({"source": source, "meaning": {"is": "alarm", "kind": "intruder"}, "text": "Burglary", "known_account": true}),
        ),
        ("panel.silent", json!({"since": crate::kit::start()})),
        ("panel.heard", json!({})),
        ("alarm.view", json!({})),
        ("alarm.take", json!({"provisional": "D2-0007"})),
        ("alarm.shelve", json!({"until": crate::kit::start() + crate::kit::s(3600), "reason": MARK})),
        ("alarm.close", json!({"reason": MARK})),
        (
            "panel.on_test",
            json!({"until": crate::kit::start() + crate::kit::s(3600), "reason": MARK, "from": crate::kit::start(),
            "zones": ["5"], "also_life_safety": true}),
        ),
        ("panel.off_test", json!({})),
        (
            "callout.create",
            json!({"site": "BOILER", "point": SITE, "address": MARK, "type": "noise_nuisance", "priority": 3, "text": MARK, "offer": true, "provisional": "D2-0008",
                   "place": MARK, "out_of_hours": MARK}),
        ),
        ("callout.stand_down", json!({"reason": MARK, "told": MARK, "seen": null})),
        ("callout.hold", json!({"reason": MARK, "until": crate::kit::start() + crate::kit::s(3600)})),
        ("callout.resume", json!({})),
        ("callout.reopen", json!({"reason": MARK})),
        ("callout.own", json!({})),
        ("cancel.request", json!({"reason": MARK, "duress": false})),
        ("cancel.refuse", json!({"reason": MARK})),
        ("police.wait", json!({"on": true, "reference": MARK})),
        ("assignment.attend", json!({"officer": "O2", "reason": MARK})),
        ("assignment.offer", json!({"officer": "O3", "reason": MARK, "support": false})),
        ("assignment.release", json!({"officer": "O1", "reason": MARK})),
        ("assignment.leave", json!({})),
        ("lead.hand_over", json!({"officer": "O2", "reason": MARK})),
        ("assignment.delivered", json!({})),
        ("assignment.text", json!({"state": "failed", "failure": "refused"})),
        ("assignment.notice", json!({"assignment": null, "what": "set_off", "point": SITE})),
        ("assignment.seen", json!({})),
        ("assignment.accept", json!({})),
        ("assignment.decline", json!({"reason": MARK})),
        ("assignment.withdraw", json!({"reason": MARK})),
        ("rams.acknowledge", json!({"version": 1, "opened_ms": 20_000})),
        ("location.confirm", json!({"method": "address", "value": MARK})),
        ("assignment.en_route", json!({})),
        ("assignment.arrive", json!({"source": "manual", "point": crate::kit::north(812.3), "reason": MARK})),
        (
            "assignment.park",
            json!({"exit_clear": true, "obstructs": true, "facing_out": false, "point": SITE, "note": MARK}),
        ),
        (
            "checklist.answer",
            json!({"item": "seen", "value": MARK, "pictures": [digest(4)], "unable": null, "note": MARK, "point": SITE}),
        ),
        (
            "dra.record",
            json!({"people": MARK, "lighting": MARK, "ground": MARK, "weather": MARK, "alone": true,
            "hazards": [hazard], "controls": [MARK], "residual": {"likelihood": 2, "severity": 4},
            "decision": "external_only", "note": MARK, "safe_place": true, "point": SITE}),
        ),
        (
            "inspection.record",
            json!({"section": "outside", "findings": [finding(MARK), finding("")], "not_entered": null}),
        ),
        (
            "forced_entry.record",
            json!({"openings": [opening], "verdict": "entry", "scene_preserved": true, "note": MARK, "still_insecure": false,
            "marks": MARK, "missing": MARK, "seen": MARK,
            "cameras": {"from": crate::kit::start(), "to": crate::kit::start() + crate::kit::s(60)},
            "police": {"informed": false, "reference": "CAD 1", "reason": MARK}}),
        ),
        (
            "premises.secure",
            json!({"status": "secure_temporary", "alarm": "faulty", "reset_by": MARK, "cover": MARK,
            "told": MARK, "keys": MARK, "omitted": MARK, "utilities": MARK,
            "handed_over": {"to": "keyholder", "name": MARK, "id_checked": true}}),
        ),
        ("stand_down.acknowledge", json!({})),
        ("note.add", json!({"text": MARK, "to": "customer", "pictures": [digest(5)], "share": true, "about": id})),
        (
            "liaison.record",
            json!({"whom": "boarding_up", "channel": "telephone", "summary": MARK, "reference": "CAD 1",
                   "outcome": "attending", "due_at": null, "authorised_by": MARK, "cost_cap": 400}),
        ),
        ("escalation.raise", json!({"level": 3, "reason": MARK, "emergency": true, "point": SITE})),
        (
            "escalation.stand_down",
            json!({"reason": MARK, "officer_safe": true, "seen": null, "confirmed_by": "safe_word"}),
        ),
        ("major.declare", json!({"on": true, "reason": MARK})),
        ("managers.put", json!({"managers": [{"id": null, "name": MARK, "telephone": MARK}]})),
        ("manager.text", json!({"contact": id, "state": "failed", "failure": "refused"})),
        ("check_call.answer", json!({"ok": true, "note": MARK})),
        (
            "step.answer",
            json!({"step": "walked", "choices": ["damage"], "note": MARK, "pictures": [digest(7)], "point": SITE}),
        ),
        ("step.skip", json!({"step": "checklist", "reason": MARK})),
        (
            "report.submit",
            json!({"narrative": MARK, "signature": {"name": MARK, "strokes": [[[1.1, 2.2], [3.3, 4.4]]]}, "cause": "genuine",
            "follow_ups": [{"what": MARK, "owner": MARK, "due": crate::kit::start()}],
            "exhibits": [{"reference": "OF/1", "what": MARK, "held": MARK}],
            "injury": {"near_miss": true, "riddor": true, "text": MARK}, "safeguarding": MARK}),
        ),
        ("report.review", json!({"approve": false, "comments": MARK, "without_pictures": MARK, "cause": "user_error"})),
        ("media.received", json!({"sha256": digest(1)})),
        ("media.release", json!({"sha256": digest(2), "share": true})),
        (
            "tracking.issue",
            json!({"token_sha256": digest(6), "expires_at": crate::kit::start() + crate::kit::s(86_400)}),
        ),
        ("tracking.revoke", json!({})),
        ("call.progress", json!({"id": "17", "state": "ringing", "from": MARK, "to": "020 7946 0000"})),
        ("call.answer", json!({})),
        (
            "call.put",
            json!({"caller": MARK, "number": MARK, "about": "noise_nuisance", "address": MARK, "place": MARK,
                   "point": SITE, "site": "BOILER", "text": MARK}),
        ),
        ("call.grade", grade),
        ("call.close", json!({"outcome": "advice", "told": MARK, "note": MARK, "callout": null, "same_as": null})),
        (
            "call.record",
            json!({"id": "18", "from": MARK, "to": "020 7946 0000", "start": "2026-11-22 20:00:00", "answer": "",
                   "end": "2026-11-22 20:00:20", "disposition": "NO ANSWER"}),
        ),
        ("message.delivered", json!({"up_to": 900_000})),
        ("message.read", json!({"up_to": 900_000})),
        ("contact.tried", json!({"contact": id, "outcome": "no_reply", "note": MARK})),
        ("contacts.settle", json!({"decision": "go_on_without", "reason": MARK})),
        ("escalation.plan", json!({"rendezvous": MARK, "point": SITE, "cordon": MARK, "next_update_at": null})),
        ("handover.write", json!({"watch_outs": MARK})),
        ("handover.sign", json!({"from": MARK, "to": "the next", "read_at": 7, "writes": 1, "text": MARK})),
        (
            "key.put",
            json!({"number": "K-114", "site": "BOILER", "opens": "front door", "seal": "S-1", "kept": "cabinet A, hook 4"}),
        ),
        (
            "key.issue",
            json!({"officer": "O1", "name": MARK, "why": MARK, "due": crate::kit::start() + crate::kit::s(3600)}),
        ),
        ("key.return", json!({"to": MARK, "seal_intact": false, "seal": "S-2", "note": MARK})),
        ("key.lose", json!({"reason": MARK})),
        (
            "panel.police_call",
            json!({"at": crate::kit::start(), "callout": null, "kind": "intruder", "cause": "user_error", "reason": MARK}),
        ),
        ("rams.override", json!({"reason": MARK})),
        ("timer.fire", json!({"timer": "check_call", "due": crate::kit::start()})),
        ("callout.request", json!({"site": "HALL", "reason": MARK, "type": "welfare_check", "test": false})),
        ("rating.give", json!({"score": 4, "comment": MARK})),
        ("test.play", json!({"to": "arrived"})),
        ("report.keep", json!({"of": "approved", "of_seq": 1, "full": digest(7), "customer": digest(8)})),
    ]
}

pub fn full(kind: &str) -> Value {
    let bodies = full_bodies();
    bodies.into_iter().find(|(k, _)| *k == kind).unwrap_or_else(|| panic!("{kind} has no sample")).1
}

fn with(kind: &str, changes: Value) -> Value {
    let mut body = full(kind);
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// An evening in which every kind of event happens.
fn evening() -> Play {
    let mut play = Play::new();
    let (admin, operator, system, one) = (Who::Administrator, Who::Operator, Who::System, Who::Officer(1));
    let account = play.fresh_id().to_string();
    play.ok(admin, "account.put", &account, full("account.put"));
    play.ok(admin, "officer.put", &officer(1).to_string(), full("officer.put"));
    play.ok(admin, "site.put", "new", full("site.put"));
    // alarms
    let signal = |is: Value, zone: &str| {
        let mut body = full("signal.receive");
        body["meaning"] = is;
        body["source"]["zone"] = json!(zone);
        body
    };
    let mut unknown = signal(json!({"is": "alarm", "kind": "unknown_account"}), "1");
    unknown["source"]["account"] = json!("9999");
    play.ok(system, "signal.receive", "9999", unknown.clone());
    play.ok(system, "signal.receive", "9999", unknown);
    play.ok(system, "signal.receive", "1234", full("signal.receive"));
    let alarm = play.log.last().unwrap().stream.id.to_string();
    play.ok(system, "signal.receive", "1234", signal(json!({"is": "restore"}), "5"));
    play.ok(system, "signal.receive", "1234", signal(json!({"is": "signal"}), "5"));
    play.ok(system, "panel.silent", "1234", full("panel.silent"));
    let silent = play.log.last().unwrap().stream.id.to_string();
    play.ok(system, "panel.heard", "1234", json!({}));
    play.ok(operator, "alarm.close", &silent, full("alarm.close"));
    play.ok(operator, "alarm.view", &alarm, json!({}));
    play.ok(operator, "alarm.shelve", &alarm, full("alarm.shelve"));
    play.live(3600);
    play.ok(operator, "alarm.take", &alarm, json!({}));
    // a call-out that nobody takes at first
    for n in 1..=3 {
        play.place(n, 500.0 * f64::from(n));
    }
    play.does(system, "assignment.text", full("assignment.text"));
    play.does(one, "assignment.delivered", json!({}));
    play.does(one, "assignment.seen", json!({}));
    play.does(one, "assignment.decline", full("assignment.decline"));
    play.live(60);
    play.does(operator, "assignment.withdraw", full("assignment.withdraw"));
    play.does(operator, "assignment.offer", full("assignment.offer"));
    play.does(Who::Officer(3), "assignment.decline", full("assignment.decline"));
    while play.callout().open_offer().is_some() {
        play.live(30);
    }
    play.does(operator, "assignment.offer", json!({"officer": "O1", "reason": MARK}));
    // the work
    for kind in [
        "assignment.accept",
        "rams.acknowledge",
        "location.confirm",
        "assignment.en_route",
        "assignment.arrive",
        "assignment.park",
    ] {
        play.pass(30);
        play.does(one, kind, full(kind));
    }
    play.does(one, "dra.record", with("dra.record", json!({"decision": "wait"})));
    play.live(800);
    play.does(one, "check_call.answer", full("check_call.answer"));
    play.does(one, "dra.record", full("dra.record"));
    play.does(one, "checklist.answer", full("checklist.answer"));
    for (kind, body) in crate::kit::commands_to(At::ChecklistDone) {
        if body["item"] == "bell" {
            play.does(one, kind, json!({"item": "bell", "unable": MARK}));
        } else if body["item"] != "meter" && body["item"] != "panel" {
            play.does(one, kind, body);
        }
    }
    play.does(one, "inspection.record", full("inspection.record"));
    play.does(one, "inspection.record", json!({"section": "inside", "not_entered": MARK}));
    for kind in ["forced_entry.record", "premises.secure", "note.add", "liaison.record", "escalation.raise"] {
        play.does(one, kind, full(kind));
    }
    play.does(operator, "escalation.stand_down", full("escalation.stand_down"));
    play.live(24 * 3600);
    play.does(
        operator,
        "tracking.issue",
        with("tracking.issue", json!({"expires_at": play.now + crate::kit::s(3600)})),
    );
    play.does(operator, "tracking.revoke", json!({}));
    play.does(system, "media.received", full("media.received"));
    play.does(operator, "media.release", full("media.release"));
    play.does(one, "report.submit", full("report.submit"));
    play.does(Who::Supervisor, "report.review", full("report.review"));
    play.does(one, "report.submit", full("report.submit"));
    play.does(Who::Supervisor, "report.review", with("report.review", json!({"approve": true})));
    for (of, of_seq) in play.callout().reports_due() {
        play.does(system, "report.keep", with("report.keep", json!({"of": of, "of_seq": of_seq})));
    }
    play.does(operator, "rating.give", full("rating.give"));
    // one that is stood down on scene
    for n in 1..=3 {
        play.place(n, 500.0 * f64::from(n));
    }
    let id = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &id, full("callout.create"));
    crate::kit::go_to(&mut play, At::Offered, At::Arrived);
    play.does(Who::Supervisor, "callout.stand_down", full("callout.stand_down"));
    play.does(one, "stand_down.acknowledge", json!({}));
    // one whose officer is sent to another, and that answers two alarms
    for n in 1..=3 {
        play.place(n, 500.0 * f64::from(n));
    }
    let id = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &id, full("callout.create"));
    play.does(one, "assignment.accept", json!({}));
    play.ok(system, "signal.receive", "1234", full("signal.receive"));
    let second = play.log.last().unwrap().stream.id.to_string();
    play.ok(operator, "alarm.take", &second, json!({}));
    let elsewhere = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &elsewhere, json!({"site": "HALL", "offer": false}));
    play.ok(operator, "assignment.offer", &elsewhere, json!({"officer": "O1", "reason": MARK}));
    play.ok(one, "assignment.accept", &elsewhere, json!({}));
    play.ok(Who::Supervisor, "callout.stand_down", &elsewhere, full("callout.stand_down"));
    // one with back-up that takes over
    let shared = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &shared, json!({"site": "HALL", "priority": 1, "offer": false}));
    play.ok(operator, "assignment.offer", &shared, json!({"officer": "O2", "reason": MARK}));
    play.ok(Who::Officer(2), "assignment.accept", &shared, json!({}));
    play.ok(operator, "assignment.offer", &shared, json!({"officer": "O3", "reason": MARK, "support": true}));
    play.ok(Who::Officer(3), "assignment.accept", &shared, json!({}));
    play.ok(operator, "lead.hand_over", &shared, with("lead.hand_over", json!({"officer": "O3"})));
    play.ok(Who::Officer(2), "assignment.leave", &shared, json!({}));
    play.ok(operator, "police.wait", &shared, full("police.wait"));
    play.live(3000);
    let calm = json!({"reason": MARK, "officer_safe": true});
    play.ok(operator, "escalation.stand_down", &shared, calm);
    play.ok(operator, "police.wait", &shared, json!({"on": false}));
    play.ok(operator, "cancel.request", &shared, full("cancel.request"));
    play.ok(operator, "cancel.request", &shared, with("cancel.request", json!({"duress": true})));
    play.ok(operator, "cancel.refuse", &shared, full("cancel.refuse"));
    play.ok(operator, "escalation.stand_down", &shared, json!({"reason": MARK, "officer_safe": true}));
    play.ok(Who::Supervisor, "callout.own", &shared, json!({}));
    play.ok(Who::Supervisor, "callout.stand_down", &shared, full("callout.stand_down"));
    play.ok(operator, "callout.reopen", &shared, full("callout.reopen"));
    let again = play.log.iter().rev().find(|e| e.body.kind() == "callout.created").unwrap().stream.id.to_string();
    let until = play.now + crate::kit::s(600);
    play.ok(operator, "callout.hold", &again, with("callout.hold", json!({"until": until})));
    play.live(700);
    play.ok(operator, "assignment.attend", &again, full("assignment.attend"));
    play.ok(Who::Supervisor, "callout.stand_down", &again, full("callout.stand_down"));
    play.ok(Who::Officer(2), "stand_down.acknowledge", &again, json!({}));
    // one with a short procedure
    let short = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &short, with("callout.create", json!({"type": "lock_unlock", "offer": false})));
    play.ok(operator, "assignment.attend", &short, full("assignment.attend"));
    play.ok(Who::Officer(2), "assignment.park", &short, full("assignment.park"));
    play.ok(Who::Officer(2), "dra.record", &short, crate::kit::dra("proceed"));
    play.ok(Who::Officer(2), "step.skip", &short, full("step.skip"));
    play.ok(Who::Officer(2), "step.answer", &short, full("step.answer"));
    play.ok(Who::Supervisor, "callout.stand_down", &short, full("callout.stand_down"));
    play.ok(Who::Officer(2), "stand_down.acknowledge", &short, json!({}));
    many_signals(&mut play, &full("panel.on_test"), &full("alarm.close"));
    // the telephone
    for state in ["ringing", "answered"] {
        play.ok(Who::Partner, "call.progress", "17", with("call.progress", json!({"state": state})));
    }
    for kind in ["call.answer", "call.put", "call.grade"] {
        play.ok(operator, kind, "17", full(kind));
    }
    let from_call = play.fresh_id().to_string();
    let id = domain::call::Call::id_of("17");
    play.ok(operator, "callout.create", &from_call, with("callout.create", json!({"call": id, "offer": false})));
    play.ok(system, "call.record", "new", full("call.record"));
    let advised = play.fresh_id().to_string();
    play.ok(operator, "call.put", &advised, full("call.put"));
    play.ok(operator, "call.close", &advised, full("call.close"));
    let again = play.fresh_id().to_string();
    play.ok(operator, "call.put", &again, full("call.put"));
    play.ok(operator, "call.close", &again, json!({"outcome": "duplicate", "callout": from_call}));
    // one with a thread, contacts who do not answer, a plan, and silence
    let talk = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &talk, json!({"site": "BOILER", "priority": 1, "offer": false}));
    play.ok(Who::Cctv, "note.add", &talk, json!({"text": MARK, "to": "control"}));
    play.ok(operator, "assignment.attend", &talk, full("assignment.attend"));
    play.ok(Who::Officer(2), "note.add", &talk, json!({"text": MARK, "to": "control"}));
    play.ok(operator, "message.delivered", &talk, full("message.delivered"));
    play.ok(operator, "message.read", &talk, full("message.read"));
    let contact = play.world.site("BOILER").unwrap().contacts[0].id;
    play.ok(operator, "contact.tried", &talk, with("contact.tried", json!({"contact": contact})));
    play.ok(operator, "contacts.settle", &talk, full("contacts.settle"));
    play.ok(operator, "escalation.plan", &talk, full("escalation.plan"));
    // By position the officer has left; withdrawing from another, nobody decides.
    play.ok(system, "assignment.notice", &talk, json!({"what": "left_site"}));
    play.live(1800);
    play.ok(operator, "major.declare", &talk, full("major.declare"));
    play.ok(admin, "managers.put", "settings", full("managers.put"));
    let manager = play.world.settings.managers[0].id;
    play.ok(system, "manager.text", &talk, with("manager.text", json!({"contact": manager})));
    play.ok(operator, "escalation.stand_down", &talk, json!({"reason": MARK, "officer_safe": true}));
    play.ok(Who::Supervisor, "callout.stand_down", &talk, full("callout.stand_down"));
    play.ok(Who::Officer(2), "stand_down.acknowledge", &talk, json!({}));
    let night = play.fresh_id().to_string();
    play.ok(operator, "handover.write", &night, full("handover.write"));
    play.ok(Who::Supervisor, "handover.sign", &night, full("handover.sign"));
    // keys, and what the police say
    play.ok(admin, "key.put", "new", full("key.put"));
    let due = play.now + crate::kit::s(600);
    play.ok(operator, "key.issue", "K-114", with("key.issue", json!({"officer": null, "due": due})));
    play.live(700);
    play.ok(operator, "key.return", "K-114", full("key.return"));
    play.ok(operator, "key.lose", "K-114", full("key.lose"));
    play.ok(admin, "panel.put", "1234", full("panel.put"));
    play.ok(admin, "panel.police_call", "1234", full("panel.police_call"));
    // RAMS that had expired
    play.ok(admin, "rams.put", "new", with("rams.put", json!({"valid_until": play.now})));
    let id = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &id, json!({"site": "BOILER", "type": "intruder", "offer": false}));
    play.ok(Who::Supervisor, "rams.override", &id, full("rams.override"));
    play.ok(Who::Supervisor, "callout.stand_down", &id, full("callout.stand_down"));
    // a list that its customer writes: returned, then approved
    let list = "CL-1";
    let until = play.now + crate::kit::s(86_400);
    play.ok(admin, "checklist.invite", list, with("checklist.invite", json!({"expires_at": until})));
    play.ok(Who::Writer(7), "checklist.propose", list, full("checklist.propose"));
    play.ok(Who::Supervisor, "checklist.return", list, full("checklist.return"));
    play.ok(Who::Writer(7), "checklist.propose", list, full("checklist.propose"));
    let version = play.world.checklist(list).unwrap().version;
    let approve = with("checklist.put", json!({"proposal": 2, "from_version": version}));
    play.ok(Who::Supervisor, "checklist.put", "new", approve);
    play.ok(Who::Supervisor, "checklist.uninvite", list, json!({}));
    // one that its officer withdrew from, and nobody decides
    let left = play.fresh_id().to_string();
    play.ok(operator, "callout.create", &left, json!({"site": "HALL", "offer": false}));
    play.ok(operator, "assignment.attend", &left, full("assignment.attend"));
    play.ok(Who::Officer(2), "dra.record", &left, crate::kit::dra("withdraw"));
    play.live(200);
    play.ok(Who::Officer(2), "check_call.answer", &left, json!({"ok": true}));
    play.ok(Who::Supervisor, "callout.stand_down", &left, full("callout.stand_down"));
    // a partner system's test
    let test = play.fresh_id().to_string();
    play.ok(operator, "callout.request", &test, with("callout.request", json!({"test": true})));
    play.ok(operator, "test.play", &test, json!({}));
    // the end of the shift
    play.ok(one, "shift.sign_off", &officer(1).to_string(), json!({}));
    play.ok(admin, "site.put", "new", crate::kit::register()[4].1.clone());
    play.ok(admin, "person.erase", &officer(1).to_string(), full("person.erase"));
    play
}

/// A panel on test, two detectors that confirm each other, one that flaps, and a panel that says how it was left.
fn many_signals(play: &mut Play, on_test: &Value, close: &Value) {
    let operator = Who::Operator;
    let (until, from) = (json!(play.now + crate::kit::s(600)), Value::Null);
    let mut test = on_test.clone();
    (test["until"], test["from"]) = (until, from);
    play.ok(operator, "panel.on_test", "1234", test.clone());
    crate::arriving::tell(play, "5", json!({"is": "alarm", "kind": "intruder"}));
    play.ok(operator, "panel.off_test", "1234", json!({}));
    let mut site = crate::kit::register()[4].1.clone();
    site["policy"] = json!({"confirmation": {"sequential": {}}});
    play.ok(Who::Administrator, "site.put", "new", site);
    let first = crate::arriving::tell(play, "5", json!({"is": "alarm", "kind": "intruder"}));
    crate::arriving::tell(play, "6", json!({"is": "alarm", "kind": "intruder"}));
    for _ in 0..8 {
        crate::arriving::tell(play, "7", json!({"is": "alarm", "kind": "tamper"}));
    }
    play.live(700);
    for n in 1..=3 {
        play.place(n, 500.0 * f64::from(n));
    }
    // A call-out of its own: nobody is at the site any more.
    let open: Vec<_> = play.world.callouts.values().filter(|c| !c.is_over()).map(|c| c.id.to_string()).collect();
    for id in open {
        play.ok(Who::Supervisor, "callout.stand_down", &id, json!({"reason": MARK}));
    }
    play.ok(operator, "alarm.take", &first.last().unwrap().stream.id.to_string(), json!({}));
    crate::arriving::tell(play, "", json!({"is": "armed", "how": "unset"}));
    let asked = play.callout().open_offer().expect("somebody is asked").officer;
    let who = Who::Officer((1..=3).find(|n| officer(*n) == asked).unwrap());
    for at in At::ALL.into_iter().filter(|at| *at > At::Offered && *at <= At::Secured) {
        for (kind, body) in crate::kit::commands_to(at) {
            play.does(who, kind, body);
        }
    }
    play.live(700);
    crate::arriving::tell(play, "", json!({"is": "armed", "how": "set"}));
    play.does(Who::Supervisor, "callout.stand_down", json!({"reason": MARK}));
    let open: Vec<_> = play.world.alarms.values().filter(|a| a.is_open()).map(|a| a.id.to_string()).collect();
    for id in open {
        play.ok(operator, "alarm.close", &id, close.clone());
    }
}

fn event_of(recorded: &Recorded) -> Event {
    Event { stream: recorded.stream, body: recorded.body.clone(), subject: None }
}

#[test]
fn every_kind_of_event_happens_in_the_evening_and_comes_back_from_the_log() {
    // The kit compares each event with what the log gives back.
    let play = evening();
    let seen: BTreeSet<&str> = play.log.iter().map(|e| e.body.kind()).collect();
    let all: BTreeSet<&str> = EventBody::KINDS.iter().copied().collect();
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn every_command_has_a_full_sample() {
    let sampled: BTreeSet<&str> = full_bodies().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(sampled, CommandBody::KINDS.iter().copied().collect());
    for (kind, body) in full_bodies() {
        let parsed = CommandBody::parse(kind, 1, &body).unwrap();
        assert_eq!(parsed.kind(), kind);
        // Filled means filled: nothing that the command can hold is missing from the sample.
        let Value::Object(whole) = serde_json::to_value(&parsed).unwrap()["body"].clone() else { panic!() };
        let optional = [
            "id",
            "entrances",
            "zones",
            "outline",
            "policy",
            "access",
            "keys",
            "response",
            "what3words",
            "customer",
            "radius_m",
            "no_go",
            "emergency",
            "owner",
            "valid_until",
            "zone",
            "contact",
            "demonstration",
            "shift_end",
            "alarm",
            "assignment",
            "estate",
            "alarms",
            "callouts",
            "call",
            "service_hours",
            "reports",
            "sites",
        ];
        for name in whole.keys().filter(|name| !optional.contains(&name.as_str())) {
            assert!(body.get(name).is_some(), "{kind} has no {name} in its sample");
        }
    }
}

/// Words of a list, references, codes: not free text, whatever their type.
const WORDS_OF_A_LIST: &[&str] = &[
    "account",
    "alarm",
    "call_sign",
    "cause",
    "channel",
    "code",
    "confirmed_by",
    "contact",
    "decision",
    "due",
    "employer",
    "expires_at",
    "is",
    "item",
    "kind",
    "method",
    "officer",
    "outcome",
    "protocol",
    "qualifier",
    "raw",
    "ref",
    "reference",
    "result",
    "role",
    "section",
    "sha256",
    "since",
    "site",
    "skills",
    "source",
    "status",
    "step",
    "side",
    "plan",
    "methods",
    "severity",
    "reference",
    "choices",
    "text",
    "timer",
    "to",
    "token_sha256",
    "type",
    "unit",
    "until",
    "verdict",
    "what",
    "whom",
    "about",
    "at",
    "number",
    "seal",
    "pictures",
    "partition",
    "zone",
    "provisional",
    "from",
    "zones",
    "id",
    "state",
    "start",
    "end",
    "disposition",
    "failure",
    "level",
    "of",
    "full",
    "customer",
];

/// What the council itself publishes: names of places and documents are nobody's personal data.
const DOCUMENTS: &[&str] =
    &["settings.put", "estate.put", "site.put", "unit.put", "panel.put", "rams.put", "checklist.put", "key.put"];

#[test]
fn every_free_text_of_every_sample_carries_the_mark() {
    fn walk(kind: &str, name: &str, value: &Value) {
        match value {
            Value::String(text) if text == MARK || text.is_empty() => {}
            Value::String(text) => {
                let free = kind == "note.add" && name == "text" || !WORDS_OF_A_LIST.contains(&name);
                assert!(!free, "{kind} {name}: “{text}” is not marked");
            }
            Value::Array(items) => items.iter().for_each(|item| walk(kind, name, item)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(kind, name, value)),
            _ => {}
        }
    }
    for (kind, body) in full_bodies().iter().filter(|(kind, _)| !DOCUMENTS.contains(kind)) {
        walk(kind, "", body);
    }
}

#[test]
fn no_body_in_the_log_holds_what_somebody_wrote() {
    let play = evening();
    let mut marked = 0;
    for event in &play.log {
        let (body, personal) = event_of(event).split().unwrap();
        assert!(!body.to_string().contains("MARK"), "{}: {body}", event.body.kind());
        marked += usize::from(personal.is_some_and(|p| Value::Object(p).to_string().contains("MARK")));
    }
    assert!(marked > 30, "{marked}");
    // The samples do carry the mark into the log: every kind with personal paths has had something personal.
    for kind in EventBody::KINDS.iter().filter(|kind| !EventBody::personal_paths(kind).is_empty()) {
        let any = play.log.iter().filter(|e| e.body.kind() == *kind).any(|e| event_of(e).split().unwrap().1.is_some());
        assert!(any, "{kind} never had a personal part");
    }
}

/// All that rules and screens branch on, without words.
fn bones(callout: &Callout) -> Value {
    let gates =
        ["accept", "rams", "location", "arrive", "checklist", "dra", "inspection", "forced_entry", "secure", "report"];
    let gate = |id: &&str| callout.lead().is_some_and(|lead| callout.gate(id, lead).is_ok());
    let timers = domain::timers::of_callout(callout);
    json!({
        "state": callout.state,
        "steps": steps(callout).iter().map(|s| json!([s.id, s.state, s.at])).collect::<Vec<_>>(),
        "gates": gates.iter().map(gate).collect::<Vec<_>>(),
        "assignments": callout.assignments.iter().map(|a| json!([a.officer, a.state, a.may_go_on(), a.arrived.is_some()])).collect::<Vec<_>>(),
        "unanswered": callout.unanswered().len(),
        "escalation": callout.escalation_level(),
        "open": callout.is_open(),
        "passed": callout.passed,
        "timers": timers.iter().map(|t| json!([t.kind, t.due])).collect::<Vec<_>>(),
        "missing": callout.missing_media().count(),
        "next": callout.next().due,
    })
}

#[test]
fn without_the_personal_parts_everything_stands_as_it_stood() {
    let play = evening();
    let (mut whole, mut bare) = (World::default(), World::default());
    for event in &play.log {
        let (body, _) = event_of(event).split().unwrap();
        let erased = EventBody::join(event.body.kind(), &body, None).unwrap();
        let erased = erased.unwrap_or_else(|error| panic!("{} without its personal part: {error}", event.body.kind()));
        whole.evolve(event);
        bare.evolve(&Recorded { body: erased, ..event.clone() });
        if let Some(callout) = whole.callouts.get(&domain::id::CalloutId(event.stream.id)) {
            assert_eq!(bones(callout), bones(&bare.callouts[&callout.id]), "after {}", event.body.kind());
        }
        if let Some(alarm) = whole.alarms.get(&domain::id::AlarmId(event.stream.id)) {
            let other = &bare.alarms[&alarm.id];
            assert_eq!(
                (alarm.state, alarm.restored_at, alarm.callout),
                (other.state, other.restored_at, other.callout)
            );
        }
    }
    let text = |world: &World| {
        snapshots(world, &play.log)
            .into_iter()
            .map(|(_, state)| state.map_or(String::new(), |s| s.to_string()))
            .collect::<String>()
    };
    assert!(text(&whole).contains("MARK"));
    assert!(!text(&bare).contains("MARK"), "a snapshot of the erased log holds nothing personal");
}

#[test]
fn blank_and_missing_texts_come_back_as_they_were() {
    let mut play = crate::kit::play_at(At::EnRoute);
    let one = Who::Officer(1);
    // An empty string where there may be nothing: the kit compares the live event with the one from the log.
    play.does(one, "assignment.arrive", json!({"reason": ""}));
    play.does(one, "location.confirm", json!({"method": "pin", "value": ""}));
    play.does(one, "assignment.park", json!({"exit_clear": true, "obstructs": false, "facing_out": true, "note": ""}));
}

#[test]
fn a_distance_comes_back_from_the_log_to_the_last_bit() {
    let mut play = Play::with_officers(1);
    let mut dice = crate::kit::Dice(7);
    for _ in 0..300 {
        play.place(1, (dice.below(1_000_000) as f64) / 997.0);
        play.open(3);
        play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
    }
    assert_eq!(snapshots(&play.world, &play.log), snapshots(&play.reread, &play.log));
}

#[test]
fn an_erased_person_is_gone_from_the_register() {
    let mut play = Play::new();
    let ann = play.world.site("BOILER").unwrap().contacts[0].id;
    play.ok(Who::Administrator, "person.erase", &ann.to_string(), json!({"reason": "asked by letter"}));
    let contact = play.world.site("BOILER").unwrap().contacts[0].clone();
    assert_eq!((contact.id, contact.name.as_str(), contact.telephone.as_str()), (ann, "", ""));
    play.ok(Who::Administrator, "person.erase", &officer(1).to_string(), json!({"reason": "left the service"}));
    assert_eq!(play.world.officers[&officer(1)].name, "");
    assert_eq!(play.world.officers[&officer(2)].name, "Officer 2");
    play.refused(Who::Administrator, "person.erase", &officer(1).to_string(), json!({"reason": ""}), "missing");
}

#[test]
fn the_same_evening_evolves_into_the_same_world_every_time() {
    let play = evening();
    let again = evolved(&play.log);
    assert_eq!(snapshots(&again, &play.log), snapshots(&play.world, &play.log));
    for (stream, state) in snapshots(&play.world, &play.log) {
        let Some(state) = state else { continue };
        let mut loaded = World::default();
        loaded.load(stream, 1, &state).unwrap();
        assert_eq!(loaded.snapshot(stream).unwrap().unwrap(), state, "{stream}");
    }
}

#[test]
fn an_end_of_an_escalation_from_before_positions_were_written_ends_all_that_stood() {
    let mut play = crate::kit::play_at(At::Parked);
    play.does(Who::Officer(1), "escalation.raise", json!({"level": 3, "emergency": true}));
    let mut old = play.log.last().unwrap().clone();
    let body = EventBody::join("escalation.stood_down", &json!({"officer_safe": true, "reason": "x"}), None);
    (old.body, old.seq, old.version) = (body.unwrap().unwrap(), old.seq + 1, old.version + 1);
    play.world.evolve(&old);
    assert_eq!(play.callout().escalation_level(), 0);
}
