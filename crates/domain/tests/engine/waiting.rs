//! Put off, waiting for the police, a wish to cancel, going back; who works on it; reminders.

use crate::kit::{At, Play, Who, go_to, kinds, play_at, s};
use domain::callout::next::Tone;
use domain::callout::{CalloutState as S, Part};
use serde_json::json;

const ONE: Who = Who::Officer(1);
const DESK: Who = Who::Operator;

#[test]
fn what_is_put_off_asks_nobody_and_comes_back_by_itself() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(DESK, "callout.create", &id, json!({"site": "BOILER", "offer": false}));
    let until = play.now + s(1200);
    for (body, code) in [
        (json!({"reason": " ", "until": until}), "missing"),
        (json!({"reason": "x", "until": play.now}), "bad_hold_time"),
        (json!({"reason": "x", "until": play.now + s(3 * 86_400)}), "bad_hold_time"),
    ] {
        play.may_not(DESK, "callout.hold", body, code);
    }
    play.does(DESK, "callout.hold", json!({"reason": "caretaker opens at eight", "until": until}));
    let next = play.callout().next();
    assert_eq!(
        (next.tone, next.text.as_str(), next.due),
        (Tone::Wait, "Put off: caretaker opens at eight", Some(until))
    );
    assert_eq!(kinds(&play.live(1199)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(1)), ["callout.resumed"]);
    assert_eq!((play.callout().next().tone, play.state()), (Tone::Act, S::Triaged));
    // Offering it before is coming back too; an offer that is out is taken back when it is put off.
    let until = play.now + s(600);
    play.does(DESK, "assignment.offer", json!({}));
    let events = play.does(DESK, "callout.hold", json!({"reason": "wait for the key", "until": until}));
    assert_eq!(kinds(&events), ["assignment.withdrawn", "callout.held"]);
    play.does(DESK, "assignment.offer", json!({}));
    assert_eq!(play.callout().hold, None);
    play.does(ONE, "assignment.accept", json!({}));
    play.may_not(DESK, "callout.hold", json!({"reason": "x", "until": until}), "has_lead");
}

#[test]
fn police_who_are_waited_for_are_rung_back_and_no_longer_once_they_are_there() {
    let mut play = play_at(At::Assessed);
    play.does(ONE, "police.wait", json!({"on": true, "reference": "CAD 4471"}));
    assert!(play.does(ONE, "police.wait", json!({"on": true, "reference": "CAD 4471"})).is_empty());
    let due = |play: &mut Play| kinds(&play.live(1800)).contains(&"police.call_back_due");
    assert!(due(&mut play), "half an hour at priority 2");
    play.does(DESK, "check_call.answer", json!({"ok": true}));
    play.does(DESK, "escalation.stand_down", json!({"reason": "well", "officer_safe": true}));
    let next = play.callout().next();
    assert_eq!((next.tone, next.text.as_str()), (Tone::Act, "Ring the police back: CAD 4471"));
    play.does(DESK, "liaison.record", json!({"whom": "police", "outcome": "no_reply"}));
    assert!(play.callout().police.as_ref().unwrap().call_back_due.is_some(), "nobody answered");
    play.does(DESK, "liaison.record", json!({"whom": "police", "outcome": "attending"}));
    assert_eq!(play.callout().police.as_ref().unwrap().call_back_due, None);
    play.does(ONE, "liaison.record", json!({"whom": "police", "outcome": "arrived"}));
    assert_eq!(play.callout().police, None);
}

#[test]
fn a_customer_who_cancels_makes_a_question_and_the_word_for_duress_a_threat() {
    let mut play = play_at(At::EnRoute);
    play.may_not(Who::Customer, "cancel.request", json!({}), "not_found");
    play.does(Who::System, "cancel.request", json!({"reason": "it was me"}));
    assert_eq!(
        (play.state(), play.callout().next().text.as_str()),
        (S::EnRoute, "The customer asks to cancel: ring back")
    );
    assert!(play.does(Who::System, "cancel.request", json!({"reason": "again"})).is_empty());
    play.does(DESK, "cancel.refuse", json!({"reason": "no answer on the telephone"}));
    assert_eq!(play.callout().next().tone, Tone::Wait);

    let shown =
        |play: &Play| play.callout().timeline.iter().filter(|e| e.share).map(|e| e.text.clone()).collect::<Vec<_>>();
    let mut forced = play_at(At::EnRoute);
    let mut free = play_at(At::EnRoute);
    forced.does(Who::System, "cancel.request", json!({"reason": "it was me", "duress": true}));
    free.does(Who::System, "cancel.request", json!({"reason": "it was me"}));
    assert_eq!(shown(&forced), shown(&free), "whoever looks on reads the same");
    assert_eq!((forced.callout().escalation_level(), forced.callout().next().tone), (2, Tone::Danger));
    assert_eq!(forced.state(), S::EnRoute, "the officer goes on");
}

#[test]
fn what_is_over_stays_closed_and_is_gone_back_to_with_a_call_out_of_its_own() {
    let mut play = play_at(At::Assessed);
    play.may_not(DESK, "callout.reopen", json!({"reason": "x"}), "not_over");
    let mut play = play_at(At::Closed);
    let old = play.callout_id();
    let before = play.callout().clone();
    let events = play.ok(DESK, "callout.reopen", &old.to_string(), json!({"reason": "the window was left open"}));
    assert_eq!(kinds(&events), ["incident.opened", "callout.created", "callout.followed"]);
    let new = play.world.callouts.values().find(|c| c.id != old).unwrap().clone();
    assert_eq!((new.follows, new.incident, new.site), (Some(old), before.incident, before.site));
    assert_eq!(new.state, S::Triaged);
    let old = &play.world.callouts[&old];
    assert_eq!((old.state, &old.followed_by), (S::Closed, &vec![new.id]));
    assert_eq!((&old.answers, &old.reviews, &old.assignments), (&before.answers, &before.reviews, &before.assignments));
    // A stood-down one too.
    let mut play = play_at(At::EnRoute);
    play.does(DESK, "callout.stand_down", json!({"reason": "false alarm"}));
    let target = play.callout_id().to_string();
    play.ok(DESK, "callout.reopen", &target, json!({"reason": "it was none"}));
}

#[test]
fn whoever_works_on_it_is_known_and_may_change() {
    let mut play = play_at(At::Offered);
    assert_eq!(play.callout().owner, Some(DESK.author().account));
    assert!(play.does(DESK, "callout.own", json!({})).is_empty());
    play.does(Who::Supervisor, "callout.own", json!({}));
    assert_eq!(play.callout().owner, Some(Who::Supervisor.author().account));
    play.may_not(ONE, "callout.own", json!({}), "not_allowed");
}

#[test]
fn an_officer_who_was_there_unasked_is_on_it_with_the_time_and_the_reason() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(DESK, "callout.create", &id, json!({"site": "BOILER", "offer": false}));
    play.pass(300);
    let mut attend =
        play.command("assignment.attend", &id, json!({"officer": "RSP-3", "reason": "heard it from next door"}));
    attend.at = play.now - s(120);
    let events = play.send(DESK, &attend).unwrap();
    assert_eq!(kinds(&events), ["assignment.offered", "assignment.accepted", "assignment.arrived"]);
    assert_eq!(play.state(), S::OnScene);
    let lead = play.callout().lead().unwrap();
    assert_eq!(lead.override_reason.as_deref(), Some("came unasked: heard it from next door"));
    assert_eq!((lead.part, lead.arrived.as_ref().unwrap().at), (Part::Lead, play.now - s(120)), "when it was");
    let target = play.callout_id().to_string();
    play.refused(DESK, "assignment.attend", &target, json!({"officer": "RSP-3", "reason": "x"}), "has_it");
    // Beside a lead it is back-up.
    play.does(DESK, "assignment.attend", json!({"officer": "RSP-2", "reason": "passing by"}));
    assert_eq!(play.callout().supports().count(), 1);
}

#[test]
fn whoever_accepts_and_does_not_set_off_is_asked_and_a_late_report_too() {
    let mut play = play_at(At::Located);
    let accepted = play.callout().lead().unwrap().accepted_at.unwrap();
    let until = (accepted + s(180) - play.now).num_seconds();
    assert_eq!(kinds(&play.live(until - 1)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(1)), ["assignment.not_set_off"]);
    assert_eq!(play.callout().next().text, "RSP-1 has not set off: ask");
    assert_eq!(kinds(&play.live(600)), Vec::<&str>::new(), "once");
    play.does(ONE, "assignment.en_route", json!({}));
    assert_eq!(play.callout().next().tone, Tone::Wait);
    go_to(&mut play, At::EnRoute, At::Secured);
    assert_eq!(kinds(&play.live(86_399)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(1)), ["report.due"]);
    assert_eq!(play.callout().next().text, "The report of RSP-1 is overdue");
    go_to(&mut play, At::Secured, At::Reported);
    assert_eq!(play.state(), S::Review);
}
