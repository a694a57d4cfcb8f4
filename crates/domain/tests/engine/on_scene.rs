//! Safety on scene: assessments, check calls, late facts, standing down.

use crate::kit::{At, Play, Who, digest, dra, go_to, kinds, play_at, s};
use domain::callout::next::Tone;
use domain::callout::{AssignmentState, CalloutState as S};
use serde_json::{Value, json};

const ONE: Who = Who::Officer(1);

/// What an assessment with this risk, these hazards and controls allows: for each decision the refusal, or None.
#[track_caller]
fn check(likelihood: u8, severity: u8, hazard: Option<&str>, controls: &[&str], allowed: &[&str]) {
    for decision in ["proceed", "proceed_with_controls", "external_only", "wait", "withdraw"] {
        let mut play = play_at(At::Parked);
        let hazards: Vec<Value> =
            hazard.iter().map(|kind| json!({"kind": kind, "likelihood": 2, "severity": 2})).collect();
        let body = json!({"residual": {"likelihood": likelihood, "severity": severity}, "hazards": hazards,
                          "controls": controls, "decision": decision, "safe_place": true});
        let target = play.callout_id().to_string();
        let command = play.command("dra.record", &target, body);
        let outcome = play.send(ONE, &command);
        assert_eq!(
            outcome.is_ok(),
            allowed.contains(&decision),
            "{decision} at {likelihood} × {severity}: {outcome:?}"
        );
        let state = match decision {
            _ if outcome.is_err() => S::OnScene,
            "wait" => S::Assessing,
            "withdraw" => S::Aborted,
            _ => S::Inspecting,
        };
        assert_eq!(play.state(), state, "{decision}");
        if let Err(refusal) = outcome {
            assert_eq!(refusal.code, "bad_assessment");
            crate::kit::assert_words(&refusal);
        }
    }
}

#[test]
fn the_remaining_risk_says_what_may_be_decided() {
    let all = ["proceed", "proceed_with_controls", "external_only", "wait", "withdraw"];
    check(3, 3, None, &["torch"], &all);
    check(3, 3, None, &[], &["proceed", "external_only", "wait", "withdraw"]);
    check(2, 5, None, &[], &["wait", "withdraw"]);
    check(2, 5, None, &["two_person"], &all);
    check(3, 5, None, &["two_person"], &all);
    check(4, 4, None, &["two_person"], &["wait", "withdraw"]);
    check(5, 5, None, &["two_person"], &["wait", "withdraw"]);
    check(1, 1, Some("weapon"), &["police"], &["external_only", "wait", "withdraw"]);
    check(1, 1, Some("intruder_on_site"), &["police"], &["external_only", "wait", "withdraw"]);
    check(1, 1, Some("dog"), &["torch"], &all);
    check(0, 3, None, &["torch"], &[]);
    check(3, 6, None, &["torch"], &[]);
}

#[test]
fn withdrawing_waits_for_no_parking_form() {
    let mut play = play_at(At::Arrived);
    play.may_not(ONE, "dra.record", dra("proceed"), "gate_closed");
    play.does(ONE, "dra.record", dra("withdraw"));
    assert_eq!(play.state(), S::Aborted);
}

#[test]
fn blank_words_are_no_controls() {
    let mut play = play_at(At::Parked);
    let mut body = dra("proceed_with_controls");
    body["controls"] = json!(["  "]);
    play.may_not(ONE, "dra.record", body, "bad_assessment");
}

#[test]
fn withdrawing_needs_a_safe_place_first() {
    let mut play = play_at(At::Parked);
    let mut body = dra("withdraw");
    body["safe_place"] = json!(false);
    play.may_not(ONE, "dra.record", body, "bad_assessment");
}

#[test]
fn an_assessment_escalates_by_itself() {
    let cases = [
        (json!({"residual": {"likelihood": 1, "severity": 1}, "decision": "proceed"}), 0),
        (
            json!({"residual": {"likelihood": 2, "severity": 5}, "decision": "proceed_with_controls", "controls": ["police"]}),
            1,
        ),
        (dra("withdraw"), 1),
        (
            json!({"residual": {"likelihood": 1, "severity": 1}, "decision": "wait",
                "hazards": [{"kind": "weapon", "likelihood": 3, "severity": 5}]}),
            2,
        ),
    ];
    for (body, level) in cases {
        let mut play = play_at(At::Parked);
        play.does(ONE, "dra.record", body.clone());
        assert_eq!(play.callout().escalation_level(), level, "{body}");
        assert_eq!(play.does(Who::Operator, "note.add", json!({"text": "seen"})).len(), 1);
    }
    // What stands already is not raised again.
    let mut play = play_at(At::Parked);
    play.does(ONE, "escalation.raise", json!({"level": 2}));
    assert_eq!(kinds(&play.does(ONE, "dra.record", dra("withdraw"))), ["dra.recorded"]);
}

#[test]
fn after_withdrawing_nothing_is_inspected_and_the_desk_must_act() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "dra.record", dra("withdraw"));
    let inspection = json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]});
    play.may_not(ONE, "inspection.record", inspection, "not_on_callout");
    play.may_not(ONE, "checklist.answer", json!({"item": "door", "value": "yes"}), "not_on_callout");
    let next = play.callout().next();
    assert_eq!((next.tone, next.text.as_str()), (Tone::Danger, "RSP-1 withdrew for safety"));
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "police have it"}));
    assert!(play.callout().awaits_stand_down(), "whoever withdrew may not be safe yet");
    play.does(ONE, "stand_down.acknowledge", json!({}));
    assert!(!play.callout().is_open());
}

#[test]
fn waiting_keeps_assessing_and_reminds_every_five_minutes() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "dra.record", dra("wait"));
    let began = play.now;
    assert_eq!(play.state(), S::Assessing);
    assert_eq!(play.callout().next().due, Some(began + s(300)));
    assert_eq!(kinds(&play.live(299)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(1)), ["assessment.due"]);
    assert_eq!(play.state(), S::Assessing);
    play.does(ONE, "check_call.answer", json!({"ok": true}));
    assert_eq!(kinds(&play.live(300)), ["assessment.due"]);
    play.does(ONE, "dra.record", dra("proceed"));
    assert_eq!(play.callout().lead().unwrap().assess_due, None);
    let due = play.callout().lead().unwrap().assess_again_at();
    assert_eq!(due, Some(play.now + s(1800)), "and every half hour while going on");
}

#[test]
fn a_new_hazard_sends_the_inspection_back_to_the_assessment() {
    let mut play = play_at(At::InspectedOutside);
    play.does(ONE, "dra.record", dra("wait"));
    assert_eq!(play.state(), S::Assessing);
    play.may_not(ONE, "inspection.record", json!({"section": "inside", "not_entered": "x"}), "gate_closed");
    play.does(ONE, "dra.record", dra("proceed"));
    assert_eq!(play.state(), S::Inspecting);
    assert_eq!(play.callout().lead().unwrap().assessments.len(), 3);
}

#[test]
fn a_late_assessment_from_before_does_not_override_a_newer_one() {
    let mut play = play_at(At::Parked);
    let earlier = play.now;
    play.pass(60);
    play.does(Who::Operator, "dra.record", dra("wait"));
    play.pass(60);
    let target = play.callout_id().to_string();
    let mut late = play.command("dra.record", &target, dra("proceed"));
    late.at = earlier;
    play.send(ONE, &late).unwrap();
    assert_eq!(play.state(), S::Assessing);
}

#[test]
fn an_officer_not_heard_from_gets_a_check_call() {
    let mut play = play_at(At::Arrived);
    let fired = play.live(600);
    assert_eq!(kinds(&fired), ["check_call.due"]);
    let next = play.callout().next();
    assert_eq!((next.tone, next.text.as_str()), (Tone::Danger, "RSP-1 has not answered a check call"));
    play.does(ONE, "check_call.answer", json!({"ok": true}));
    assert_eq!(play.callout().next().tone, Tone::Wait);
    assert_eq!(kinds(&play.live(600)), ["check_call.due"]);
}

#[test]
fn whatever_an_officer_records_on_scene_starts_the_check_call_again() {
    let mut play = play_at(At::EnRoute);
    play.does(ONE, "assignment.arrive", json!({"source": "geofence"}));
    play.pass(480);
    play.does(ONE, "assignment.arrive", json!({}));
    for (kind, body) in [At::Parked, At::Assessed, At::ChecklistDone, At::InspectedOutside, At::ForcedEntry]
        .into_iter()
        .flat_map(crate::kit::commands_to)
    {
        assert!(play.live(480).iter().all(|e| e.body.kind() != "check_call.due"), "before {kind}");
        play.does(ONE, kind, body);
        assert_eq!(play.callout().lead().unwrap().last_contact_at, Some(play.now), "{kind}");
    }
}

#[test]
fn a_late_fact_from_before_the_last_contact_answers_no_check_call() {
    let mut play = play_at(At::Assessed);
    let heard = play.now;
    assert_eq!(kinds(&play.live(600)), ["check_call.due"]);
    let target = play.callout_id().to_string();
    let mut late = play.command("checklist.answer", &target, json!({"item": "bell", "value": "yes"}));
    late.at = heard - s(30);
    play.send(ONE, &late).unwrap();
    assert!(play.callout().lead().unwrap().check_call_due.is_some(), "nobody has spoken to the officer since");
    // One from after it does, and starts a new one.
    let mut later = play.command("checklist.answer", &target, json!({"item": "bell", "value": "no"}));
    later.at = heard + s(240);
    play.send(ONE, &later).unwrap();
    assert_eq!(play.callout().lead().unwrap().check_call_due, None);
    assert_eq!(kinds(&play.live(240)), ["check_call.due"]);
}

#[test]
fn a_check_call_answered_late_never_turns_the_clock_back() {
    let mut play = play_at(At::Assessed);
    let heard = play.now;
    let target = play.callout_id().to_string();
    play.pass(60);
    let mut late = play.command("check_call.answer", &target, json!({"ok": true}));
    late.at = heard - s(30);
    play.send(ONE, &late).unwrap();
    assert_eq!(play.callout().lead().unwrap().last_contact_at, Some(heard));
}

#[test]
fn an_officer_who_is_not_well_is_escalated() {
    let mut play = play_at(At::Arrived);
    let events = play.does(ONE, "check_call.answer", json!({"ok": false, "note": "twisted ankle"}));
    assert_eq!(
        kinds(&events),
        ["check_call.answered", "escalation.raised", "escalation.alerted", "assignment.offered"]
    );
    assert_eq!((play.callout().escalation_level(), play.callout().next().tone), (2, Tone::Danger));
}

#[test]
fn an_arrival_without_signal_keeps_its_time_and_shows_the_delay() {
    let mut play = play_at(At::EnRoute);
    let there = play.now + s(60);
    play.pass(15 * 60);
    let target = play.callout_id().to_string();
    let mut late = play.command("assignment.arrive", &target, json!({}));
    // The phone's clock is two hours ahead; it told how long ago the tap was.
    late.at = there + s(7200);
    late.sent_at = Some(play.now + s(7200));
    late.age_ms = Some(14 * 60 * 1000);
    play.send(ONE, &late).unwrap();
    let arrival = play.callout().lead().unwrap().arrived.clone().unwrap();
    assert_eq!((arrival.at, arrival.confirmed_at), (there, Some(there)));
    let entry = play.callout().timeline.iter().find(|e| e.text == "RSP-1 arrived").unwrap();
    assert_eq!((entry.at, entry.recorded_at - entry.at), (there, s(14 * 60)));
    assert_eq!(late.clock_skew(play.now), Some(s(7200)));
}

#[test]
fn the_timeline_keeps_late_facts_where_they_happened() {
    let mut play = play_at(At::Arrived);
    let then = play.now + s(10);
    play.pass(60);
    play.does(Who::Operator, "note.add", json!({"text": "keyholder rings back"}));
    let target = play.callout_id().to_string();
    let mut late = play.command("note.add", &target, json!({"text": "gate was open"}));
    late.at = then;
    play.send(ONE, &late).unwrap();
    let said: Vec<&str> = play.callout().timeline.iter().rev().take(2).map(|e| e.text.as_str()).collect();
    assert_eq!(said, ["Note: keyholder rings back", "Note: gate was open"]);
    assert!(play.callout().timeline.is_sorted_by_key(|e| e.at));
}

#[test]
fn stood_down_on_scene_keeps_the_evidence_and_waits_for_the_officer() {
    let mut play = play_at(At::ChecklistDone);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "cancelled by the customer"}));
    assert_eq!(play.state(), S::StoodDown);
    let callout = play.callout();
    assert!(callout.is_open() && callout.awaits_stand_down());
    assert_eq!(callout.answers.len(), 6);
    assert_eq!(callout.lead().unwrap().assessments.len(), 1);
    assert_eq!(callout.missing_media().collect::<Vec<_>>(), [digest(1)]);
    assert_eq!(callout.next().text, "RSP-1 must acknowledge the stand-down");
    play.does(ONE, "note.add", json!({"text": "front door was warm"}));
    play.may_not(Who::Operator, "dra.record", dra("proceed"), "callout_over");
    play.does(ONE, "dra.record", dra("wait"));
    assert_eq!((play.state(), play.callout().lead().unwrap().assessments.len()), (S::StoodDown, 2));
    play.does(ONE, "stand_down.acknowledge", json!({}));
    play.may_not(ONE, "dra.record", dra("proceed"), "callout_over");
    assert!(!play.callout().is_open());
    assert!(play.does(ONE, "stand_down.acknowledge", json!({})).is_empty());
    assert_eq!(play.callout().next().tone, Tone::Done);
    assert_eq!(play.callout().answers.len(), 6);
}

#[test]
fn an_officer_stood_down_on_scene_is_still_checked_on() {
    let mut play = play_at(At::Assessed);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
    assert!(kinds(&play.live(3600)).contains(&"check_call.due"));
    play.does(ONE, "check_call.answer", json!({"ok": true, "note": "packing up"}));
    assert_eq!(play.callout().lead().unwrap().check_call_due, None);
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    assert_eq!(play.callout().escalation_level(), 3);
    play.does(ONE, "stand_down.acknowledge", json!({}));
    assert!(play.callout().is_open(), "an emergency stays on the screen until a person ends it");
    assert_eq!(play.callout().next().tone, Tone::Danger);
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "spoke to them", "officer_safe": true}));
    assert!(!play.callout().is_open());
}

#[test]
fn whoever_has_not_arrived_or_has_left_acknowledges_nothing() {
    for at in [At::Offered, At::Accepted, At::EnRoute, At::Secured, At::Reported] {
        let mut play = play_at(at);
        play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
        assert_eq!((play.state(), play.callout().is_open()), (S::StoodDown, false), "{at:?}");
        assert!(!play.callout().assignments.iter().any(|a| a.state.is_active() || a.state == AssignmentState::Offered));
    }
    // By geofence there, unconfirmed: there all the same.
    let mut play = play_at(At::EnRoute);
    play.does(ONE, "assignment.arrive", json!({"source": "geofence"}));
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
    assert!(play.callout().awaits_stand_down());
}

#[test]
fn what_goes_on_cannot_be_acknowledged_as_stood_down() {
    play_at(At::Parked).may_not(ONE, "stand_down.acknowledge", json!({}), "not_stood_down");
    play_at(At::Parked).may_not(Who::Operator, "callout.stand_down", json!({"reason": ""}), "missing");
}

#[test]
fn every_point_of_the_main_path_may_be_stood_down_but_the_end() {
    for at in At::ALL {
        let mut play = play_at(at);
        if at == At::Closed {
            play.may_not(Who::Operator, "callout.stand_down", json!({"reason": "x"}), "callout_over");
        } else {
            play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
            play.may_not(Who::Operator, "callout.stand_down", json!({"reason": "x"}), "callout_over");
        }
    }
}

#[test]
fn the_going_on_is_the_same_after_a_late_arrival() {
    let mut play = play_at(At::EnRoute);
    play.pass(600);
    let target = play.callout_id().to_string();
    let mut late = play.command("assignment.arrive", &target, json!({}));
    late.age_ms = Some(500_000);
    play.send(ONE, &late).unwrap();
    go_to(&mut play, At::Arrived, At::Closed);
    assert_eq!(play.state(), S::Closed);
}

/// What an officer without signal did, arriving later.
fn late(play: &mut Play, kind: &str, body: Value, at: domain::Instant) -> crate::kit::Outcome {
    let target = play.callout_id().to_string();
    let mut command = play.command(kind, &target, body);
    command.at = at;
    play.send(ONE, &command)
}

#[test]
fn an_officer_who_arrived_unheard_before_the_stand_down_is_still_there() {
    // Before it was said, and after: without signal nobody hears of it either way.
    for after in [-60, 60] {
        let mut play = play_at(At::EnRoute);
        play.pass(300);
        let arrived = play.now + s(after);
        play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
        assert!(!play.callout().is_open());
        play.pass(600);
        late(&mut play, "assignment.arrive", json!({"source": "manual"}), arrived).unwrap();
        assert!(play.callout().is_open() && play.callout().awaits_stand_down());
        assert_eq!(play.callout().next().text, "RSP-1 must acknowledge the stand-down");
        let parked = json!({"exit_clear": true, "obstructs": false, "facing_out": true});
        late(&mut play, "assignment.park", parked, arrived + s(20)).unwrap();
        late(&mut play, "dra.record", dra("wait"), arrived + s(40)).unwrap();
        let ladder = domain::nearest::rank(
            &play.world,
            &play.fixes,
            crate::kit::SITE,
            domain::alarm::Priority::P2,
            &[],
            None,
            play.now,
        );
        assert!(ladder.iter().any(|c| c.call_sign == "RSP-1" && c.excluded.is_some()), "and not free");
        assert!(play.timers().iter().any(|(_, t)| t.kind == domain::timers::TimerKind::CheckCall));
        play.does(ONE, "stand_down.acknowledge", json!({}));
        assert!(!play.callout().is_open());
        assert_eq!(play.callout().lead().unwrap().assessments.len(), 1, "the evidence stays");
    }
    // The geofence alone says so too.
    let mut play = play_at(At::EnRoute);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
    play.does(ONE, "assignment.arrive", json!({"source": "geofence"}));
    assert!(play.callout().awaits_stand_down());
    // Whoever has heard of it is done.
    let mut play = play_at(At::EnRoute);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
    play.does(ONE, "stand_down.acknowledge", json!({}));
    play.may_not(ONE, "assignment.arrive", json!({"source": "manual"}), "callout_over");
}

#[test]
fn an_old_stand_down_becomes_a_question_when_somebody_has_arrived() {
    let old = |play: &mut Play, seen: Option<i64>, at| {
        let target = play.callout_id().to_string();
        let mut command = play.command("callout.stand_down", &target, json!({"reason": "cancelled", "seen": seen}));
        command.at = at;
        play.send(Who::Operator, &command)
    };
    let mut play = play_at(At::EnRoute);
    let (said, known) = (play.now + s(1), play.log.len() as i64);
    go_to(&mut play, At::EnRoute, At::Arrived);
    let now = play.now + s(60);
    play.now = now;
    assert_eq!(old(&mut play, None, said).unwrap_err().code, "arrived_meanwhile");
    assert_eq!(old(&mut play, Some(known), now).unwrap_err().code, "arrived_meanwhile");
    assert_eq!(play.state(), S::OnScene);
    let known = play.log.len() as i64;
    old(&mut play, Some(known), now).unwrap();
    assert_eq!(play.state(), S::StoodDown);
}

#[test]
fn an_officer_not_there_by_the_target_gets_a_check_call() {
    // Priority 2: half an hour from the acceptance.
    let mut play = play_at(At::EnRoute);
    let accepted = play.callout().lead().unwrap().accepted_at.unwrap();
    let due = accepted + s(1800);
    assert_eq!(play.callout().next().due, Some(due));
    let until = (due - play.now).num_seconds();
    assert_eq!(kinds(&play.live(until - 1)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(1)), ["check_call.due"]);
    assert_eq!(play.callout().next().text, "RSP-1 has not answered a check call and is not there yet");
    play.does(ONE, "check_call.answer", json!({"ok": true, "note": "bridge is closed"}));
    assert_eq!(kinds(&play.live(599)), Vec::<&str>::new());
    assert_eq!(
        kinds(&play.live(121)),
        ["check_call.due", "check_call.unanswered", "escalation.raised", "escalation.alerted", "assignment.offered"]
    );
    assert_eq!(play.callout().escalation_level(), 2);
}

#[test]
fn what_was_recorded_before_leaving_is_kept_when_it_arrives_after() {
    let mut play = play_at(At::ForcedEntry);
    let before = play.now + s(1);
    go_to(&mut play, At::ForcedEntry, At::Secured);
    play.pass(60);
    late(&mut play, "checklist.answer", json!({"item": "bell", "value": "no"}), before).unwrap();
    late(
        &mut play,
        "inspection.record",
        json!({"section": "outside", "findings": [{"what": "gate", "result": "ok"}]}),
        before,
    )
    .unwrap();
    late(&mut play, "dra.record", dra("withdraw"), before).unwrap();
    assert_eq!(play.state(), S::Reporting, "it takes nobody back to the site");
    let now = play.now;
    let after = late(&mut play, "checklist.answer", json!({"item": "bell", "value": "yes"}), now);
    assert_eq!(after.unwrap_err().code, "gate_closed");
}

#[test]
fn a_hazard_outside_the_list_is_refused() {
    let mut play = play_at(At::Parked);
    for kind in ["knife", "Weapon", ""] {
        let mut body = dra("proceed");
        body["hazards"] = json!([{"kind": kind, "likelihood": 2, "severity": 2}]);
        let refusal = play.may_not(ONE, "dra.record", body, "bad_assessment");
        assert!(refusal.mend.unwrap().contains("intruder_on_site"));
    }
}
