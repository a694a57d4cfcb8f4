//! Escalation: possible in every open state, never lost, ended by a person only.

use crate::kit::{At, Who, dra, play_at};
use domain::alarm::{AlarmKind, Priority};
use domain::callout::next::Tone;
use serde_json::json;

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
    let mut unresourced = crate::kit::Play::with_officers(0);
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
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "false alarm"}));
    assert!(play.callout().is_open());
    play.does(Who::Operator, "liaison.record", json!({"whom": "ambulance", "outcome": "attending"}));
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "safe", "officer_safe": true}));
    assert!(!play.callout().is_open());
}

#[test]
fn an_emergency_after_the_end_rings_as_an_alarm() {
    let mut play = play_at(At::Closed);
    let events = play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true, "point": crate::kit::SITE}));
    assert_eq!(crate::kit::kinds(&events), ["alarm.raised"]);
    let alarm = play.world.alarms.values().next().unwrap();
    assert_eq!((alarm.kind, alarm.priority, alarm.rings()), (AlarmKind::OfficerEmergency, Priority::P1, true));
    assert_eq!(alarm.text, "Emergency from RSP-1 after CO-26-00001 was over");
    assert_eq!(alarm.site, play.callout().site);
    assert_eq!(play.callout().escalations, [], "the closed record stays as it was");
}

#[test]
fn the_step_list_shows_what_stands_and_what_stood() {
    let step = |play: &crate::kit::Play| {
        let step = domain::callout::procedure::steps(play.callout()).remove(10);
        (step.state, step.detail)
    };
    use domain::callout::procedure::StepState as T;
    let mut play = play_at(At::Reported);
    assert_eq!(step(&play), (T::Skipped, "not needed".into()));
    play.does(ONE, "escalation.raise", json!({"level": 1}));
    assert_eq!(step(&play), (T::Pending, "level 1".into()));
    play.does(Who::Supervisor, "report.review", json!({"approve": true, "without_pictures": "x"}));
    assert_eq!(step(&play), (T::Skipped, "level 1".into()), "never called off, never called not needed");
}
