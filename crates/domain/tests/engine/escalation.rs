//! Escalation: possible in every open state, never lost, ended by a person only.

use crate::kit::{At, Play, Who, dra, kinds, play_at};
use domain::alarm::{AlarmKind, Priority};
use domain::callout::next::Tone;
use serde_json::{Value, json};

const ONE: Who = Who::Officer(1);

#[test]
fn level_3_is_possible_in_every_open_state_and_never_runs_out() {
    for at in At::ALL.into_iter().filter(|at| *at != At::Closed) {
        let mut play = play_at(at);
        let who = if at == At::Offered { Who::Operator } else { ONE };
        play.does(who, "escalation.raise", json!({"level": 3, "emergency": true}));
        play.live(12 * 3600);
        assert_eq!(play.callout().escalation_level(), 3, "{at:?}");
        let next = play.callout().next();
        assert_eq!(
            (next.tone, next.text.as_str()),
            (
                Tone::Danger,
                if at == At::Offered { "Emergency: speak to the officer now" } else { "Emergency: speak to RSP-1 now" }
            )
        );
    }
    for decision in ["wait", "withdraw"] {
        let mut play = play_at(At::Parked);
        play.does(ONE, "dra.record", dra(decision));
        play.does(ONE, "escalation.raise", json!({"level": 3}));
        assert_eq!(play.callout().escalation_level(), 3, "{decision}");
    }
    let mut unresourced = Play::with_officers(0);
    unresourced.open(1);
    unresourced.does(Who::Cctv, "escalation.raise", json!({"level": 3}));
    let mut awaiting = play_at(At::Parked);
    awaiting.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
    awaiting.does(ONE, "escalation.raise", json!({"level": 3}));
    assert_eq!(awaiting.callout().next().tone, Tone::Danger);
}

#[test]
fn only_the_control_room_ends_it_and_only_with_the_officer_safe() {
    let mut play = play_at(At::Parked);
    let calm = json!({"reason": "spoke to them", "officer_safe": true});
    assert!(play.does(Who::Operator, "escalation.stand_down", calm.clone()).is_empty(), "nothing stands");
    play.does(ONE, "escalation.raise", json!({"level": 2}));
    play.does(ONE, "escalation.raise", json!({"level": 3}));
    play.may_not(ONE, "escalation.stand_down", calm.clone(), "not_allowed");
    play.may_not(
        Who::Operator,
        "escalation.stand_down",
        json!({"reason": "x", "officer_safe": false}),
        "officer_not_safe",
    );
    play.may_not(Who::Operator, "escalation.stand_down", json!({"reason": " ", "officer_safe": true}), "missing");
    play.does(Who::Operator, "escalation.stand_down", calm);
    assert_eq!(play.callout().escalation_level(), 0);
    assert!(play.callout().escalations.iter().all(|e| e.stood_down.is_some()));
}

#[test]
fn levels_are_1_to_3() {
    for (level, fine) in [(0, false), (1, true), (2, true), (3, true), (4, false), (255, false)] {
        let mut play = play_at(At::Parked);
        if fine {
            play.does(ONE, "escalation.raise", json!({"level": level}));
        } else {
            play.may_not(ONE, "escalation.raise", json!({"level": level}), "bad_level");
        }
    }
}

#[test]
fn standing_a_call_out_down_does_not_hide_who_needs_help() {
    let mut play = play_at(At::EnRoute);
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    play.does(Who::Supervisor, "callout.stand_down", json!({"reason": "false alarm"}));
    assert!(play.callout().is_open());
    play.does(Who::Operator, "liaison.record", json!({"whom": "ambulance", "outcome": "attending"}));
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "safe", "officer_safe": true}));
    assert!(!play.callout().is_open());
}

#[test]
fn an_emergency_after_the_end_rings_as_an_alarm() {
    let mut play = play_at(At::Closed);
    let events = play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true, "point": crate::kit::SITE}));
    assert_eq!(kinds(&events), ["alarm.raised"]);
    let alarm = play.world.alarms.values().next().unwrap();
    assert_eq!((alarm.kind, alarm.priority, alarm.rings()), (AlarmKind::OfficerEmergency, Priority::P1, true));
    assert_eq!(alarm.text, "Emergency from RSP-1 after CO-26-00001 was over");
    assert_eq!(alarm.site, play.callout().site);
    assert_eq!(play.callout().escalations, [], "the closed record stays as it was");
}

#[test]
fn the_step_list_shows_what_stands_and_what_stood() {
    let step = |play: &Play| {
        let step = domain::callout::steps::steps(play.callout()).remove(10);
        (step.state, step.detail)
    };
    use domain::callout::steps::StepState as T;
    let mut play = play_at(At::Reported);
    assert_eq!(step(&play), (T::Skipped, "not needed".into()));
    play.does(ONE, "escalation.raise", json!({"level": 1}));
    assert_eq!(step(&play), (T::Pending, "level 1".into()));
    play.does(Who::Supervisor, "report.review", json!({"approve": true, "without_pictures": "x"}));
    assert_eq!(step(&play), (T::Skipped, "level 1".into()), "never called off, never called not needed");
}

#[test]
fn standing_an_escalation_down_never_reaches_one_raised_after_it() {
    let calm = |seen: Value| json!({"reason": "spoke to them", "officer_safe": true, "seen": seen});
    let older = |play: &mut Play, seen: Value, at: domain::Instant| {
        let target = play.callout_id().to_string();
        let mut command = play.command("escalation.stand_down", &target, calm(seen));
        command.at = at;
        play.send(Who::Operator, &command)
    };
    // By its time, from a desk that says no more.
    let mut play = play_at(At::Parked);
    play.does(ONE, "escalation.raise", json!({"level": 2}));
    let said = play.now + crate::kit::s(5);
    play.pass(60);
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    play.pass(60);
    older(&mut play, Value::Null, said).unwrap();
    assert_eq!(play.callout().escalation_level(), 3, "the first is over, the emergency stands");
    let refusal = older(&mut play, Value::Null, said).unwrap_err();
    assert_eq!(refusal.code, "escalation_newer");
    // By what the desk knew: pressed before, but nobody had heard of it.
    let mut play = play_at(At::Parked);
    let known = play.log.len() as i64;
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    play.pass(60);
    let now = play.now;
    assert_eq!(older(&mut play, json!(known), now).unwrap_err().code, "escalation_newer");
    assert_eq!(play.callout().escalation_level(), 3);
    older(&mut play, json!(known + 1), now).unwrap();
    assert_eq!(play.callout().escalation_level(), 0);
    // What this desk raised itself it knew, whatever position it has got since.
    let mut play = play_at(At::Parked);
    let known = play.log.len() as i64;
    play.does(Who::Operator, "escalation.raise", json!({"level": 2}));
    let now = play.now;
    older(&mut play, json!(known), now).unwrap();
    assert_eq!(play.callout().escalation_level(), 0);
}

#[test]
fn a_check_call_unanswered_for_two_minutes_escalates_by_itself() {
    let mut play = play_at(At::Assessed);
    assert_eq!(kinds(&play.live(600)), ["check_call.due"]);
    assert_eq!(kinds(&play.live(119)), Vec::<&str>::new());
    let help = kinds(&play.live(1));
    assert_eq!(
        help,
        ["check_call.unanswered", "escalation.raised", "assessment.due", "escalation.alerted", "assignment.offered"],
        "and somebody is asked to look"
    );
    assert_eq!(play.callout().escalation_level(), 3);
    let after = kinds(&play.live(1000));
    assert!(!after.contains(&"escalation.raised"), "once is enough; only a person ends it: {after:?}");
    assert_eq!(play.callout().escalation_level(), 3);
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "radio was off", "officer_safe": true}));
    let lead = play.callout().lead().unwrap();
    assert_eq!((lead.check_call_due, lead.unanswered_at), (None, None), "known to be safe is the answer");
    assert!(kinds(&play.live(600)).contains(&"check_call.due"), "and the next silence counts again");
    play.does(ONE, "check_call.answer", json!({"ok": true}));
    assert!(!kinds(&play.live(599)).contains(&"check_call.due"));
}

#[test]
fn an_officer_who_withdrew_is_checked_on_until_known_to_be_safe() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "dra.record", dra("withdraw"));
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O2", "reason": "back-up"}));
    play.does(Who::Officer(2), "assignment.accept", json!({}));
    assert!(kinds(&play.live(300)).contains(&"check_call.due"));
    assert_eq!(play.callout().next().text, "RSP-1 has not answered a check call");
    assert!(kinds(&play.live(120)).starts_with(&["check_call.unanswered", "escalation.raised"]));
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "back at the car", "officer_safe": true}));
    let first = &play.callout().assignments[0];
    assert!(!first.is_unsafe() && first.left_at.is_some());
    assert!(play.timers().iter().all(|(_, t)| t.assignment != Some(first.id)), "nobody has to ask any more");
}

#[test]
fn ending_the_escalation_of_an_officer_who_withdrew_is_to_know_them_safe() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "dra.record", dra("withdraw"));
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "in the car", "officer_safe": true}));
    assert!(!play.callout().lead().unwrap().is_unsafe());
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "the police have it"}));
    assert!(!play.callout().is_open());
}

#[test]
fn a_report_is_not_approved_while_somebody_who_withdrew_may_be_in_danger() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "dra.record", dra("withdraw"));
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O2", "reason": "back-up"}));
    for at in At::ALL.into_iter().filter(|at| *at > At::Offered && *at <= At::Reported) {
        for (kind, body) in crate::kit::commands_to(at) {
            play.does(Who::Officer(2), kind, body);
        }
    }
    let approve = json!({"approve": true, "without_pictures": "x"});
    play.may_not(Who::Supervisor, "report.review", approve.clone(), "officer_not_safe");
    play.does(ONE, "check_call.answer", json!({"ok": true}));
    play.does(Who::Supervisor, "report.review", approve);
    assert!(!play.callout().is_open());
}

#[test]
fn an_officer_who_is_not_on_a_call_out_records_nothing_on_it_but_an_emergency() {
    let mut play = play_at(At::Parked);
    let two = Who::Officer(2);
    play.may_not(two, "note.add", json!({"text": "x"}), "not_on_callout");
    play.may_not(two, "liaison.record", json!({"whom": "police"}), "not_on_callout");
    play.may_not(two, "escalation.raise", json!({"level": 2}), "not_on_callout");
    play.does(two, "escalation.raise", json!({"level": 3, "emergency": true}));
    let mut play = play_at(At::Closed);
    play.does(ONE, "note.add", json!({"text": "the gate was open as I drove past"}));
}

#[test]
fn an_officer_on_no_call_out_calls_for_help_too() {
    let mut play = Play::new();
    let target = crate::kit::officer(1).to_string();
    let body = json!({"reason": "", "point": crate::kit::SITE});
    let events = play.ok(ONE, "officer.emergency", &target, body.clone());
    assert_eq!(kinds(&events), ["alarm.raised"]);
    let alarm = play.world.alarms.values().next().unwrap();
    assert_eq!((alarm.kind, alarm.priority, alarm.rings()), (AlarmKind::OfficerEmergency, Priority::P1, true));
    assert_eq!(alarm.text, "Emergency from RSP-1, on no call-out");
    assert_eq!(alarm.source.point, Some(crate::kit::SITE));
    play.live(12 * 3600);
    assert!(play.world.alarms.values().next().unwrap().rings(), "nothing but a person ends it");
    play.refused(Who::Officer(2), "officer.emergency", &target, body.clone(), "not_allowed");
    // On a call-out it belongs there, and back-up is asked.
    let mut play = play_at(At::EnRoute);
    let events = play.ok(ONE, "officer.emergency", &target, body);
    assert_eq!(kinds(&events), ["escalation.raised", "escalation.alerted", "assignment.offered"]);
    assert_eq!(play.callout().escalation_level(), 3);
}

#[test]
fn the_brief_for_the_police_is_made_from_the_record_and_says_what_is_not_known() {
    let brief = |play: &Play| {
        let callout = play.callout();
        let site = callout.site.and_then(|id| play.world.sites.get(&id)).map(|s| &**s);
        let lines = callout.brief(site, play.world.estate_name(site), "Europe/London");
        lines.into_iter().map(|l| (l.letter, l.says)).collect::<Vec<_>>()
    };
    let mut play = play_at(At::Parked);
    let letters = |play: &Play| brief(play).into_iter().map(|(letter, _)| letter).collect::<String>();
    assert_eq!(letters(&play), "ETHANE");
    let lines = brief(&play);
    assert!(lines[0].1.starts_with("Boiler house, ") && lines[0].1.contains("grid TQ "), "{:?}", lines[0]);
    assert_eq!(lines[4].1, "not known");
    assert_eq!(lines[5].1, "ours on site: RSP-1");
    let mut seen = dra("wait");
    seen["hazards"] = json!([{"kind": "weapon", "likelihood": 3, "severity": 5}]);
    seen["people"] = json!("two men in the yard");
    play.does(ONE, "dra.record", seen);
    play.does(Who::Operator, "liaison.record", json!({"whom": "police", "outcome": "attending"}));
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    assert_eq!(letters(&play), "METHANE");
    let lines = brief(&play);
    assert!(lines[2].1.contains("officer's emergency button pressed"), "{:?}", lines[2]);
    assert!(lines[3].1.starts_with("weapon"), "what was seen comes before what is on file: {:?}", lines[3]);
    assert_eq!(lines[5].1, "not known, people: two men in the yard");
    assert_eq!(lines[6].1, "ours on site: RSP-1, police attending");
}

#[test]
fn an_escalation_asks_whoever_is_on_site_to_assess_the_risk_again() {
    let mut play = play_at(At::Assessed);
    play.pass(60);
    let events = play.does(Who::Operator, "escalation.raise", json!({"level": 1, "reason": "a second call"}));
    assert_eq!(kinds(&events), ["escalation.raised", "assessment.due", "assignment.offered"]);
    let lead = play.callout().lead().unwrap();
    assert_eq!(lead.assessment_due_at(), Some(play.now), "due now, not in half an hour");
    play.pass(5);
    let again = play.does(Who::Operator, "escalation.raise", json!({"level": 1}));
    assert!(!kinds(&again).contains(&"assessment.due"), "asked already");
    play.does(ONE, "dra.record", dra("proceed"));
    assert_eq!(play.callout().lead().unwrap().assessment_due_at(), Some(play.now + crate::kit::s(30 * 60)));
}

#[test]
fn an_assessment_that_escalates_by_itself_is_not_asked_for_again() {
    let mut play = play_at(At::Assessed);
    play.pass(60);
    let mut risky = dra("wait");
    risky["hazards"] = json!([{"kind": "weapon", "likelihood": 3, "severity": 5}]);
    let events = play.does(ONE, "dra.record", risky);
    assert_eq!(kinds(&events)[..2], ["dra.recorded", "escalation.raised"]);
    assert!(!kinds(&events).contains(&"assessment.due"));
    let lead = play.callout().lead().unwrap();
    assert_eq!(lead.assessment_due_at(), Some(play.now + crate::kit::s(5 * 60)), "whoever waits looks again soon");
}

#[test]
fn from_level_2_on_every_officer_nearby_is_told_and_still_one_is_asked() {
    let mut play = Play::with_officers(5);
    play.open(2);
    play.does(ONE, "assignment.accept", json!({}));
    // RSP-2 is near, RSP-3 on something as urgent, RSP-4 on something less urgent, RSP-5 an hour away.
    let busy = |play: &mut Play, n: u8, priority: u8| {
        let id = play.fresh_id().to_string();
        play.ok(Who::Operator, "callout.create", &id, json!({"site": "HALL", "priority": priority, "offer": false}));
        let body = json!({"officer": format!("O{n}"), "reason": "dice"});
        play.ok(Who::Operator, "assignment.offer", &id, body);
        play.ok(Who::Officer(n), "assignment.accept", &id, json!({}));
    };
    let callout = play.callout_id().to_string();
    busy(&mut play, 3, 1);
    busy(&mut play, 4, 4);
    play.place(5, 30_000.0);
    let level = |level: u8| json!({"level": level, "reason": "threatened"});
    let first = play.ok(ONE, "escalation.raise", &callout, level(1));
    assert_eq!(kinds(&first), ["escalation.raised", "assignment.offered"], "an assist alerts nobody else");
    let events = play.ok(ONE, "escalation.raise", &callout, level(2));
    assert_eq!(kinds(&events), ["escalation.raised", "escalation.alerted"]);
    let id = domain::id::CalloutId(callout.parse().unwrap());
    let told = |play: &Play, n: u8| play.world.callouts[&id].alert_to(crate::kit::officer(n)).is_some();
    assert_eq!([1, 2, 3, 4, 5].map(|n| told(&play, n)), [false, true, false, true, false]);
    assert_eq!(play.world.callouts[&id].timeline.last().unwrap().text, "Alerted RSP-2, RSP-4");
    let asked = play.world.callouts[&id].open_offer().map(|o| o.call_sign.clone());
    assert_eq!(asked.as_deref(), Some("RSP-2"), "the offer stays as it is");

    let again = play.ok(ONE, "escalation.raise", &callout, level(2));
    assert_eq!(kinds(&again), ["escalation.raised"], "who was told is not told twice");
    let worse = play.ok(ONE, "escalation.raise", &callout, level(3));
    assert_eq!(kinds(&worse), ["escalation.raised", "escalation.alerted"]);
    play.ok(Who::Officer(2), "assignment.accept", &callout, json!({}));
    assert!(!told(&play, 2), "whoever comes knows more");
    let calm = json!({"reason": "safe", "officer_safe": true});
    play.ok(Who::Operator, "escalation.stand_down", &callout, calm);
    assert!(!told(&play, 4));
}

#[test]
fn an_officer_whose_position_is_not_known_is_told_too_and_nobody_of_a_duress() {
    let mut play = Play::with_officers(2);
    play.open(2);
    play.does(ONE, "assignment.accept", json!({}));
    play.fixes.remove(&crate::kit::unit(2));
    play.does(Who::Operator, "cancel.request", json!({"reason": "", "duress": true}));
    assert_eq!(play.callout().escalation_level(), 2);
    assert!(play.callout().alerted.is_empty(), "it stays in the control room");
    play.does(ONE, "escalation.raise", json!({"level": 3}));
    assert!(play.callout().alert_to(crate::kit::officer(2)).is_some());
}

#[test]
fn how_an_officer_is_known_to_be_safe_is_on_record_and_the_word_is_not() {
    for (by, says) in [
        (json!("safe_word"), "Escalation stood down, safe word given: spoke to them"),
        (json!("voice"), "Escalation stood down, officer heard: spoke to them"),
        (json!("seen"), "Escalation stood down, officer seen by a colleague: spoke to them"),
        (Value::Null, "Escalation stood down: spoke to them"),
    ] {
        let mut play = play_at(At::Parked);
        play.does(ONE, "escalation.raise", json!({"level": 2}));
        let body = json!({"reason": "spoke to them", "officer_safe": true, "confirmed_by": by});
        play.does(Who::Operator, "escalation.stand_down", body);
        assert!(play.callout().timeline.iter().any(|e| e.text == says), "{says}");
    }
    let mut play = play_at(At::Parked);
    play.does(ONE, "escalation.raise", json!({"level": 2}));
    let body = json!({"reason": "x", "officer_safe": true, "confirmed_by": "bluebird"});
    play.may_not(Who::Operator, "escalation.stand_down", body, "bad_body");
}

#[test]
fn a_major_incident_is_declared_by_a_person_and_taken_back_with_a_reason() {
    let first = |play: &Play| {
        let callout = play.callout();
        let line = callout.brief(None, "", "Europe/London").remove(0);
        (line.letter, line.says)
    };
    let mut play = play_at(At::Parked);
    let declare = json!({"on": true, "reason": "the roof has come down"});
    play.may_not(Who::Operator, "major.declare", declare.clone(), "not_an_emergency");
    play.may_not(ONE, "major.declare", declare.clone(), "not_allowed");
    play.does(ONE, "escalation.raise", json!({"level": 3}));
    assert_eq!(first(&play), ('M', "not declared".into()));
    play.does(Who::Operator, "major.declare", declare.clone());
    assert!(play.does(Who::Operator, "major.declare", declare).is_empty(), "declared already");
    let clock = domain::civil::local("Europe/London", play.now).format("%H:%M");
    assert_eq!(first(&play), ('M', format!("declared at {clock}")));
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "safe", "officer_safe": true}));
    assert_eq!(first(&play).0, 'M', "it stands until somebody takes it back");
    play.may_not(Who::Operator, "major.declare", json!({"on": false}), "missing");
    play.does(Who::Operator, "major.declare", json!({"on": false, "reason": "scaled down by the fire service"}));
    assert_eq!(first(&play).0, 'E');
    assert_eq!(
        play.callout().timeline.last().unwrap().text,
        "Major incident taken back: scaled down by the fire service"
    );
}

/// Ann and Ben, in this order.
fn with_managers(play: &mut Play) -> Vec<String> {
    let all = json!({"managers": [{"name": "Ann", "telephone": "07700 900201"}, {"name": "Ben", "telephone": "07700 900202"}]});
    play.ok(Who::Supervisor, "managers.put", "settings", all);
    play.world.settings.managers.iter().map(|m| m.id.to_string()).collect()
}

#[test]
fn an_emergency_has_a_call_tree_with_who_was_rung_and_who_is_next() {
    let mut play = play_at(At::Parked);
    let ids = with_managers(&mut play);
    let next = |play: &Play| {
        let managers = &play.world.settings.managers;
        let tree = play.callout().call_tree(managers, play.now);
        tree.into_iter().find(|r| r.next).map(|r| r.contact.name.clone())
    };
    let tried = |who: &str, outcome: &str| json!({"contact": who, "outcome": outcome});
    play.does(ONE, "escalation.raise", json!({"level": 2}));
    assert_eq!(next(&play), None, "level 2 wakes no manager");
    play.does(ONE, "escalation.raise", json!({"level": 3}));
    assert_eq!(next(&play).as_deref(), Some("Ann"));
    play.does(Who::Operator, "contact.tried", tried(&ids[0], "no_reply"));
    assert_eq!(next(&play).as_deref(), Some("Ben"));
    assert_eq!(play.callout().timeline.last().unwrap().text, "Duty manager rung, no reply");
    let told = play.callout().customer_told_at();
    play.does(Who::Operator, "contact.tried", tried(&ids[1], "answered"));
    assert_eq!(next(&play), None);
    assert_eq!(play.callout().customer_told_at(), told, "a manager is not the customer");
    let gone = play.fresh_id().to_string();
    play.may_not(Who::Operator, "contact.tried", tried(&gone, "answered"), "not_found");
    // A later emergency begins the tree anew.
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "safe", "officer_safe": true}));
    assert_eq!(next(&play), None);
    play.pass(60);
    play.does(ONE, "escalation.raise", json!({"level": 3}));
    assert_eq!(next(&play).as_deref(), Some("Ann"));
}

#[test]
fn the_first_manager_gets_an_sms_at_once_and_the_next_two_minutes_later_while_nobody_answers() {
    let mut play = play_at(At::Parked);
    let ids = with_managers(&mut play);
    let due = |play: &Play| {
        let found = play.callout().manager_to_text(&play.world.settings.managers);
        found.map(|(m, at)| (m.name.clone(), (at - play.now).num_seconds()))
    };
    let sms = |who: &str, state: &str| json!({"contact": who, "state": state});
    play.may_not(Who::System, "manager.text", sms(&ids[0], "sending"), "not_an_emergency");
    play.does(ONE, "escalation.raise", json!({"level": 3}));
    assert_eq!(due(&play), Some(("Ann".into(), 0)));
    play.may_not(Who::System, "manager.text", sms(&ids[0], "sent"), "not_sending");
    play.does(Who::System, "manager.text", sms(&ids[0], "sending"));
    assert_eq!(due(&play), Some(("Ben".into(), 120)));
    play.may_not(Who::System, "manager.text", sms(&ids[0], "sending"), "texted_already");
    play.does(Who::System, "manager.text", sms(&ids[0], "sent"));
    play.does(Who::Operator, "contact.tried", json!({"contact": ids[0], "outcome": "no_reply"}));
    assert_eq!(due(&play), Some(("Ben".into(), 120)));
    play.does(Who::Operator, "contact.tried", json!({"contact": ids[0], "outcome": "answered"}));
    assert_eq!(due(&play), None);
}

#[test]
fn managers_keep_their_order_and_are_erased_like_anybody() {
    let mut play = Play::new();
    let ids = with_managers(&mut play);
    let names = |play: &Play| play.world.settings.managers.iter().map(|m| m.name.clone()).collect::<Vec<_>>();
    let put = |names: &[&str]| {
        let all: Vec<Value> = names.iter().map(|n| json!({"name": n, "telephone": "07700 900201"})).collect();
        json!({"managers": all})
    };
    play.ok(Who::Supervisor, "managers.put", "settings", put(&["Ben", "Cy", "Ann"]));
    assert_eq!(names(&play), ["Ben", "Cy", "Ann"]);
    assert_eq!(play.world.settings.managers[2].id.to_string(), ids[0], "who moves stays who it is");
    assert!(play.ok(Who::Supervisor, "managers.put", "settings", put(&["Ben", "Cy", "Ann"])).len() <= 1);
    play.ok(Who::Administrator, "settings.put", "settings", json!({"service_name": "Patrol"}));
    assert_eq!(names(&play).len(), 3, "other settings leave them");
    play.ok(Who::Administrator, "person.erase", &ids[0], json!({"reason": "left the council"}));
    assert_eq!(names(&play), ["Ben", "Cy", ""]);
    let who = Who::Supervisor;
    let one = json!({"id": ids[1], "name": "Ben", "telephone": "07700 900202"});
    play.refused(who, "managers.put", "settings", json!({"managers": [one, one]}), "named_twice");
    play.refused(who, "managers.put", "settings", put(&[" "]), "missing");
    play.refused(who, "managers.put", "settings", put(&["x"; 11]), "too_many_managers");
}
