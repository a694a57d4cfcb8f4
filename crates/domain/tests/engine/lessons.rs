//! What users of other systems paid to learn, each lesson as a test. The letter and number are those of
//! docs/coverage.md.

use crate::kit::{At, Play, Who, commands_to, dra, kinds, officer, play_at, s};
use domain::alarm::AlarmState;
use domain::callout::next::Tone;
use domain::callout::{AssignmentState as A, CalloutState as S};
use serde_json::json;

const ONE: Who = Who::Officer(1);
const TWO: Who = Who::Officer(2);
const DESK: Who = Who::Operator;

#[test]
fn c1_whoever_is_signed_off_when_it_is_sent_is_not_asked() {
    let mut play = Play::new();
    play.ok(ONE, "shift.sign_off", &officer(1).to_string(), json!({}));
    play.open(2);
    assert_eq!(play.callout().open_offer().unwrap().call_sign, "RSP-2");
    // And who signs off with the offer on the screen gives it to the next at once.
    let events = play.ok(TWO, "shift.sign_off", &officer(2).to_string(), json!({}));
    assert!(kinds(&events).contains(&"assignment.offered"));
    assert_eq!(play.callout().open_offer().unwrap().call_sign, "RSP-3");
}

#[test]
fn c2_an_officer_off_shift_gets_no_critical_call_either() {
    let mut play = Play::new();
    for n in 1..=3 {
        play.ok(Who::Officer(n), "shift.sign_off", &officer(n).to_string(), json!({}));
    }
    play.open(1);
    assert_eq!((play.state(), play.callout().open_offer()), (S::Unresourced, None));
    assert_eq!(play.callout().next().tone, Tone::Danger, "the desk is told instead");
    play.may_not(DESK, "assignment.offer", json!({"officer": "O1", "reason": "please"}), "off_shift");
}

#[test]
fn c3_what_was_typed_stays_as_typed_beside_the_pin() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    let typed = "Flat 3b, the blue door behind No. 14 — NOT Elm Road";
    let pin = json!({"lat": 51.5437, "lon": -0.1493});
    play.ok(DESK, "callout.create", &id, json!({"address": typed, "point": pin, "type": "noise_nuisance"}));
    let callout = play.callout();
    assert_eq!(callout.address, typed);
    assert_eq!((callout.point.lat, callout.point.lon), (51.5437, -0.1493));
}

#[test]
fn c5_a_welfare_timer_runs_for_each_officer_and_each_reset_is_on_record() {
    let mut play = play_at(At::Assessed);
    play.does(DESK, "assignment.offer", json!({"support": true}));
    play.does(TWO, "assignment.accept", json!({}));
    for at in [At::RamsSigned, At::Located, At::EnRoute, At::Arrived] {
        for (kind, body) in commands_to(at) {
            play.does(TWO, kind, body);
        }
    }
    play.pass(540);
    play.does(TWO, "check_call.answer", json!({"ok": true, "note": "at the gate"}));
    play.live(120);
    let due = |n: u8| play.callout().assignment_of(officer(n)).unwrap().check_call_due.is_some();
    assert!(due(1) && !due(2), "one officer's word is not another's");
    let said: Vec<&str> = play.callout().timeline.iter().map(|e| e.text.as_str()).collect();
    assert!(said.contains(&"RSP-2 is well: at the gate"), "{said:?}");
}

#[test]
fn c6_a_second_call_out_takes_nothing_from_the_first_but_the_officer_and_says_so() {
    let mut play = play_at(At::ChecklistDone);
    let first = play.callout_id();
    let before = play.callout().clone();
    let second = play.fresh_id().to_string();
    play.ok(DESK, "callout.create", &second, json!({"site": "HALL", "priority": 1, "offer": false}));
    play.ok(DESK, "assignment.offer", &second, json!({"officer": "O1", "reason": "hold-up"}));
    let on_first = &play.world.callouts[&first];
    assert_eq!((on_first.state, &on_first.answers), (before.state, &before.answers), "an offer changes nothing");
    play.ok(ONE, "assignment.accept", &second, json!({}));
    let on_first = &play.world.callouts[&first];
    assert_eq!((&on_first.answers, on_first.assignments[0].state), (&before.answers, A::Released));
    assert!(on_first.next().text.contains("offer it to somebody else"));
    play.ok(ONE, "location.confirm", &second, json!({"method": "pin"}));
    assert_eq!(play.world.callouts[&first].assignments[0].location, before.assignments[0].location);
}

#[test]
fn c7_each_setting_of_a_site_does_what_it_says() {
    for callout_on_take in [true, false] {
        let mut play = Play::new();
        let mut site = crate::kit::register()[4].1.clone();
        site["policy"] = json!({"callout_on_take": callout_on_take});
        let target = play.world.site("BOILER").unwrap().id.to_string();
        play.ok(Who::Supervisor, "site.put", &target, site);
        let alarm = crate::alarms::raise(&mut play, "1234", "130", "5", "intruder");
        play.ok(DESK, "alarm.take", &alarm, json!({}));
        assert_eq!(play.world.callouts.len(), usize::from(callout_on_take));
    }
}

#[test]
fn c8_what_is_for_later_sends_nobody_now() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(DESK, "callout.create", &id, json!({"site": "HALL", "type": "lock_unlock", "offer": false}));
    let tonight = play.now + s(6 * 3600);
    play.does(DESK, "callout.hold", json!({"reason": "lock up at midnight", "until": tonight}));
    play.live(3600);
    assert!(play.callout().assignments.is_empty());
    assert_eq!(play.callout().hold.as_ref().unwrap().until, tonight, "with its own time");
}

#[test]
fn c13_an_emergency_that_is_over_leaves_the_screen_and_stays_on_record() {
    let mut play = Play::new();
    let target = officer(1).to_string();
    play.ok(ONE, "officer.emergency", &target, json!({}));
    let alarm = play.world.alarms.keys().next().unwrap().to_string();
    play.ok(DESK, "alarm.take", &alarm, json!({}));
    play.ok(DESK, "alarm.close", &alarm, json!({"reason": "pressed by mistake, spoken to"}));
    let alarm = play.world.alarms.values().next().unwrap();
    assert_eq!((alarm.state, alarm.is_open(), alarm.rings()), (AlarmState::Closed, false, false));
    assert!(play.log.iter().any(|e| e.body.kind() == "alarm.raised"));
}

#[test]
fn c14_an_emergency_never_ends_by_itself() {
    let mut play = play_at(At::EnRoute);
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    play.live(3 * 86_400);
    assert_eq!(play.callout().escalation_level(), 3);
    play.may_not(DESK, "escalation.stand_down", json!({"reason": "", "officer_safe": true}), "missing");
    assert!(play.callout().is_open());
}

#[test]
fn c19_taking_an_alarm_silences_it_everywhere_and_an_old_offer_never_rings_again() {
    let mut play = Play::new();
    let alarm = crate::alarms::raise(&mut play, "1234", "130", "5", "intruder");
    assert!(play.world.alarm(&alarm).unwrap().rings());
    play.ok(DESK, "alarm.take", &alarm, json!({}));
    assert!(!play.world.alarm(&alarm).unwrap().rings());
    play.does(ONE, "assignment.accept", json!({}));
    play.live(30 * 86_400);
    let lead = play.callout().lead().unwrap();
    assert_eq!((play.callout().open_offer(), lead.officer), (None, officer(1)));
    let offers = play.log.iter().filter(|e| e.body.kind() == "assignment.offered").count();
    let escalated = play.log.iter().filter(|e| e.body.kind() == "escalation.raised").count();
    assert!(escalated == 1 && offers <= 4, "a month later: {escalated} escalations, {offers} offers");
    let mut late = play.command("assignment.accept", &play.callout_id().to_string(), json!({}));
    late.at = crate::kit::start();
    assert!(play.send(Who::Officer(3), &late).is_err(), "an answer from June does nothing in October");
}

#[test]
fn the_officers_own_words_decide_and_not_a_second_risk_assessment_by_somebody_else() {
    let mut play = play_at(At::Parked);
    play.does(DESK, "assignment.offer", json!({"support": true}));
    play.does(TWO, "assignment.accept", json!({}));
    play.does(ONE, "dra.record", dra("wait"));
    for at in [At::RamsSigned, At::Located, At::EnRoute, At::Arrived, At::Parked] {
        for (kind, body) in commands_to(at) {
            play.does(TWO, kind, body);
        }
    }
    play.does(TWO, "dra.record", dra("proceed"));
    let inspection = json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]});
    play.may_not(ONE, "inspection.record", inspection.clone(), "gate_closed");
    play.does(TWO, "inspection.record", inspection);
}
