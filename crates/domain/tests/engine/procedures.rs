//! The shorter procedures: questions, branches, steps left out for a reason.

use crate::kit::{At, Play, Who, commands_to, digest, dra, go_to, kinds, play_at};
use domain::callout::CalloutState as S;
use domain::callout::steps::{StepState, steps};
use serde_json::{Value, json};

const ONE: Who = Who::Officer(1);

/// A call-out of that kind with the first officer parked at it.
fn parked(about: &str) -> Play {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &id, json!({"site": "BOILER", "type": about, "priority": 3}));
    go_to(&mut play, At::Offered, At::Parked);
    play
}

fn on_site(about: &str) -> Play {
    let mut play = parked(about);
    play.does(ONE, "dra.record", dra("proceed"));
    play
}

fn answer(step: &str, choices: &[&str]) -> Value {
    json!({"step": step, "choices": choices, "note": "as seen", "pictures": [digest(9)]})
}

#[track_caller]
fn stands(play: &Play, expected: &[(&str, StepState)]) {
    let all = steps(play.callout());
    for (id, state) in expected {
        let step = all.iter().find(|s| s.id == *id).unwrap_or_else(|| panic!("no step {id}"));
        assert_eq!(step.state, *state, "{id}: {}", step.detail);
    }
}

#[test]
fn a_noise_complaint_ends_with_the_report_when_nothing_is_heard() {
    use StepState as T;
    let mut play = on_site("noise_nuisance");
    assert_eq!(play.state(), S::Inspecting);
    stands(&play, &[("heard", T::Current), ("spoken", T::Pending), ("evidence", T::Pending), ("outcome", T::Pending)]);
    play.may_not(ONE, "step.answer", answer("outcome", &["not_found"]), "gate_closed");
    play.does(ONE, "step.answer", json!({"step": "heard", "choices": ["nothing"]}));
    stands(&play, &[("heard", T::Done), ("spoken", T::Skipped), ("evidence", T::Skipped), ("outcome", T::Current)]);
    assert_eq!(play.state(), S::Securing, "nothing is left but to leave it");
    play.does(ONE, "step.answer", json!({"step": "outcome", "choices": ["not_found"]}));
    assert_eq!(play.state(), S::Reporting);
    play.may_not(ONE, "step.answer", answer("outcome", &["stopped"]), "gate_closed");
    go_to(&mut play, At::Secured, At::Closed);
    assert_eq!(play.state(), S::Closed);
    stands(&play, &[("spoken", T::Skipped), ("report", T::Done), ("escalate", T::Skipped)]);
}

#[test]
fn the_answers_decide_which_steps_follow() {
    use StepState as T;
    let mut play = on_site("noise_nuisance");
    let all = steps(play.callout());
    assert_eq!(all[6].detail, "if “Loud: would disturb a home” or “Heard, but not loud”");
    play.may_not(ONE, "step.answer", answer("spoken", &["agreed"]), "gate_closed");
    play.does(ONE, "step.answer", answer("heard", &["loud"]));
    stands(&play, &[("spoken", T::Current), ("evidence", T::Pending)]);
    play.does(ONE, "step.answer", answer("spoken", &["refused"]));
    stands(&play, &[("evidence", T::Current), ("outcome", T::Pending)]);
    play.may_not(ONE, "step.answer", answer("outcome", &["goes_on"]), "gate_closed");
    // They think better of it: what the first answer opened is not needed any more.
    play.does(ONE, "step.answer", answer("spoken", &["agreed"]));
    stands(&play, &[("evidence", T::Skipped), ("outcome", T::Current)]);
    play.may_not(ONE, "step.answer", answer("evidence", &["log"]), "not_needed");
    assert_eq!(play.callout().step_answers["spoken"].len(), 2, "both answers stay on record");
    play.does(ONE, "step.answer", answer("outcome", &["stopped"]));
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn an_answer_fits_its_question() {
    let mut play = on_site("noise_nuisance");
    for (body, code) in [
        (json!({"step": "heard", "choices": []}), "bad_answer"),
        (json!({"step": "heard", "choices": ["loud", "moderate"], "note": "x"}), "bad_answer"),
        (json!({"step": "heard", "choices": ["thunder"], "note": "x"}), "bad_answer"),
        (json!({"step": "heard", "choices": ["loud"], "note": "  "}), "bad_answer"),
        (
            json!({"step": "heard", "choices": ["loud"], "note": "x".repeat(domain::documents::TEXT_CHARS_MAX + 1)}),
            "text_too_long",
        ),
        (json!({"step": "heard", "choices": ["nothing"], "pictures": ["no digest"]}), "bad_digest"),
        (json!({"step": "sung", "choices": ["loud"]}), "unknown_step"),
        (json!({"step": "dra", "choices": ["loud"]}), "no_question"),
    ] {
        play.may_not(ONE, "step.answer", body, code);
    }
    let mut found = on_site("patrol_find");
    let bare = json!({"step": "found", "choices": ["open"], "note": "kicked in"});
    found.may_not(ONE, "step.answer", bare, "bad_answer");
    let long = "🚪 “kicked in” \u{202e}אבג ".repeat(400);
    found.does(
        ONE,
        "step.answer",
        json!({"step": "found", "choices": ["open"], "note": long, "pictures": [digest(1)]}),
    );
}

#[test]
fn no_question_is_answered_before_a_risk_assessment_of_that_officer() {
    for about in ["noise_nuisance", "youth_disorder", "rough_sleeping", "drugs", "harassment", "anti_social_behaviour"]
    {
        let mut play = parked(about);
        let first = play.callout().known_procedure().unwrap().steps[5].clone();
        let choice = first.ask.unwrap().options[0].id.clone();
        play.may_not(ONE, "step.answer", answer(&first.id, &[&choice]), "gate_closed");
        play.does(ONE, "dra.record", dra("wait"));
        play.may_not(ONE, "step.answer", answer(&first.id, &[&choice]), "gate_closed");
    }
}

#[test]
fn an_answer_that_means_danger_calls_for_help_by_itself() {
    let mut play = on_site("rough_sleeping");
    play.does(ONE, "step.answer", answer("seen", &["person"]));
    let events = play.does(ONE, "step.answer", answer("welfare", &["no_response"]));
    assert_eq!(kinds(&events)[..2], ["step.answered", "escalation.raised"]);
    assert_eq!(play.callout().escalation_level(), 2);
    assert_eq!(play.callout().priority, domain::alarm::Priority::P1);
    // What stands already is not raised again.
    let again = play.does(ONE, "step.answer", answer("welfare", &["young"]));
    assert_eq!(kinds(&again), ["step.answered"]);
}

#[test]
fn more_than_one_answer_is_taken_where_the_question_takes_many_and_each_opens_its_branch() {
    let mut play = on_site("drugs");
    play.does(ONE, "step.answer", answer("seen", &["traces", "dealing", "traces"]));
    assert_eq!(play.callout().step_answer("seen").unwrap().what.choices, ["dealing", "traces"]);
    stands(&play, &[("sharps", StepState::Current), ("person", StepState::Skipped), ("police", StepState::Pending)]);
}

#[test]
fn what_a_procedure_does_not_ask_for_is_recorded_behind_the_risk_assessment_and_leaves_nothing() {
    let mut play = parked("noise_nuisance");
    let (inspection, look) = commands_to(At::InspectedOutside).remove(0);
    let (secure, left) = commands_to(At::Secured).remove(0);
    play.may_not(ONE, inspection, look.clone(), "gate_closed");
    play.does(ONE, "dra.record", dra("proceed"));
    play.does(ONE, inspection, look);
    play.may_not(ONE, secure, left, "not_needed");
}

#[test]
fn a_door_found_open_is_inspected_like_an_alarm() {
    let mut play = on_site("patrol_find");
    play.does(ONE, "step.answer", answer("found", &["open"]));
    play.may_not(ONE, "step.answer", answer("outcome", &["safe"]), "gate_closed");
    go_to(&mut play, At::ChecklistDone, At::InspectedInside);
    let police = json!({"informed": true, "reference": "CAD 9"});
    let broken = json!({"verdict": "entry", "scene_preserved": true, "police": police,
        "openings": [{"what": "door", "result": "forced", "pictures": [digest(2)]}]});
    play.does(ONE, "forced_entry.record", broken);
    play.does(ONE, "step.answer", answer("told", &["police", "owner"]));
    play.does(ONE, "step.answer", answer("outcome", &["cordoned"]));
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn a_step_is_left_out_for_a_reason_and_what_waits_for_it_goes_on() {
    let mut play = play_at(At::Assessed);
    play.may_not(ONE, "step.skip", json!({"step": "inspection", "reason": " "}), "missing");
    play.may_not(ONE, "step.skip", json!({"step": "dra", "reason": "in a hurry"}), "may_not_skip");
    play.may_not(ONE, "step.skip", json!({"step": "secure", "reason": "in a hurry"}), "may_not_skip");
    play.may_not(ONE, "step.skip", json!({"step": "nothing", "reason": "x"}), "unknown_step");
    for step in ["checklist", "inspection", "forced_entry"] {
        let reason = json!({"step": step, "reason": "The keyholder met me; false alarm"});
        assert_eq!(kinds(&play.does(ONE, "step.skip", reason.clone())), ["step.skipped"]);
        assert_eq!(play.does(ONE, "step.skip", reason).len(), 0, "twice is once");
        stands(&play, &[(step, StepState::Skipped)]);
    }
    let left_out = steps(play.callout()).into_iter().find(|s| s.id == "inspection").unwrap();
    assert_eq!(left_out.detail, "left out: The keyholder met me; false alarm");
    assert_eq!(play.state(), S::Securing);
    for (kind, body) in commands_to(At::Secured) {
        play.does(ONE, kind, body);
    }
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn a_step_left_out_and_then_done_counts_as_done() {
    let mut play = play_at(At::Assessed);
    play.does(ONE, "step.skip", json!({"step": "forced_entry", "reason": "too dark"}));
    for (kind, body) in commands_to(At::ForcedEntry) {
        play.does(ONE, kind, body);
    }
    stands(&play, &[("forced_entry", StepState::Done)]);
}

#[test]
fn the_control_room_answers_for_an_officer_whose_phone_is_dead() {
    let mut play = on_site("welfare_check");
    play.does(Who::Operator, "step.answer", answer("answer", &["well"]));
    play.does(Who::Operator, "step.answer", answer("outcome", &["well"]));
    assert_eq!(play.state(), S::Reporting);
    // Nothing said over the radio has a picture: words stand for it.
    let mut found = on_site("patrol_find");
    let said = |note: &str| json!({"step": "found", "choices": ["vehicle"], "note": note});
    found.may_not(ONE, "step.answer", said("white van, no plates"), "bad_answer");
    found.may_not(Who::Operator, "step.answer", said(""), "bad_answer");
    found.does(Who::Operator, "step.answer", said("white van, no plates"));
}

#[test]
fn locking_up_ends_with_alarm_and_keys_on_record() {
    let mut play = on_site("lock_unlock");
    play.does(ONE, "step.skip", json!({"step": "checklist", "reason": "done on paper"}));
    for (kind, body) in commands_to(At::Secured) {
        play.may_not(ONE, kind, body.clone(), "gate_closed");
        play.does(ONE, "step.answer", answer("walked", &["clear"]));
        play.does(ONE, kind, body);
    }
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn every_procedure_can_be_walked_to_closed_whichever_answer_is_given_first() {
    for about in [
        "noise_nuisance",
        "youth_disorder",
        "rough_sleeping",
        "drugs",
        "harassment",
        "anti_social_behaviour",
        "welfare_check",
        "lock_unlock",
        "patrol_find",
    ] {
        for pick in 0..6 {
            let mut play = on_site(about);
            for _ in 0..40 {
                let Some((kind, body)) = next_command(&play, pick) else { break };
                play.does(ONE, kind, body);
            }
            assert_eq!(play.state(), S::Reporting, "{about} with answer {pick}");
            let lead = play.callout().lead().unwrap().id;
            if play.callout().escalation_level() > 0 {
                let calm = json!({"reason": "spoken to", "officer_safe": true});
                play.does(Who::Operator, "escalation.stand_down", calm);
            }
            go_to(&mut play, At::Secured, At::Reported);
            if play.callout().missing_media().next().is_some() {
                play.does(Who::System, "media.received", json!({"sha256": digest(9)}));
            }
            go_to(&mut play, At::Reported, At::Closed);
            assert_eq!((play.state(), play.callout().lead), (S::Closed, Some(lead)), "{about}");
        }
    }
}

/// What the officer does next: the first step that is open, its question answered with the option of that number.
fn next_command(play: &Play, pick: usize) -> Option<(&'static str, Value)> {
    let callout = play.callout();
    let lead = callout.lead()?;
    let procedure = callout.known_procedure().ok()?;
    let open = procedure.steps.iter().find(|step| {
        !matches!(step.id.as_str(), "inform" | "escalate" | "report")
            && callout.needs(procedure, step) == Some(true)
            && !callout.settled(procedure, step, Some(lead))
    })?;
    if let Some(ask) = &open.ask {
        let option = &ask.options[pick.min(ask.options.len() - 1)];
        return Some(("step.answer", answer(&open.id, &[&option.id])));
    }
    match open.id.as_str() {
        "secure" => commands_to(At::Secured).into_iter().next(),
        id => Some(("step.skip", json!({"step": id, "reason": "for this test"}))),
    }
}

#[test]
fn a_site_chooses_the_procedure_of_its_alarms_and_an_open_call_out_keeps_its_own() {
    let site = |procedure: Value| {
        json!({"ref": "BOILER", "name": "Boiler house", "address": "1 Elm Road", "lat": 51.55, "lon": -0.14,
               "policy": {"procedure": procedure}})
    };
    let mut play = Play::new();
    play.open(2);
    let opened = play.callout().procedure.clone();
    play.ok(Who::Supervisor, "site.put", "BOILER", site(json!("patrol_find")));
    assert_eq!(play.callout().procedure, opened);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "test"}));
    play.open(2);
    assert_eq!(play.callout().procedure.id, "patrol_find");
    let noise = play.fresh_id().to_string();
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "test"}));
    play.ok(Who::Operator, "callout.create", &noise, json!({"site": "BOILER", "type": "noise_nuisance"}));
    assert_eq!(play.callout().procedure.id, "noise_nuisance", "what has a procedure of its own keeps it");
    let command = play.command("site.put", "BOILER", site(json!("dance")));
    let refusal = play.send(Who::Supervisor, &command).map(drop).unwrap_err();
    assert_eq!(refusal.code, "unknown_procedure");
    assert!(refusal.mend.unwrap().contains("alarm_response, "));
}
