//! THRIVE and the hours of service: what is suggested, and that nothing is forced.

use crate::kit::{Play, Who, register};
use chrono::{TimeZone, Utc};
use domain::alarm::Priority;
use domain::call::hours::is_service;
use domain::call::thrive::{Thrive, suggest};
use domain::settings::{ServiceHours, Settings};
use serde_json::{Value, json};

fn suggested(answers: Value) -> (Option<u8>, String) {
    let given = answers.as_object().unwrap().iter().map(|(name, level)| (name.clone(), json!({"level": level})));
    let thrive: Thrive = serde_json::from_value(given.collect()).unwrap();
    let suggestion = suggest(&thrive);
    (suggestion.priority.map(u8::from), suggestion.text)
}

#[test]
fn the_most_urgent_answer_decides_what_is_suggested() {
    for (answers, priority) in [
        (json!({}), None),
        (json!({"threat": "none", "harm": "none"}), Some(4)),
        (json!({"engagement": "high"}), Some(4)),
        (json!({"risk": "some"}), Some(3)),
        (json!({"investigation": "high"}), Some(3)),
        (json!({"harm": "unknown"}), Some(3)),
        (json!({"risk": "high"}), Some(2)),
        (json!({"threat": "some", "risk": "some"}), Some(2)),
        (json!({"harm": "high", "threat": "none"}), Some(1)),
        (json!({"threat": "high"}), Some(1)),
        // One more urgent than without.
        (json!({"vulnerability": "high"}), Some(3)),
        (json!({"vulnerability": "high", "risk": "some"}), Some(2)),
        (json!({"vulnerability": "high", "threat": "some"}), Some(1)),
    ] {
        assert_eq!(suggested(answers.clone()).0, priority, "{answers}");
    }
}

#[test]
fn a_suggestion_says_why_in_words() {
    assert_eq!(suggested(json!({})).1, "Nothing has been asked yet.");
    assert_eq!(suggested(json!({"threat": "none"})).1, "Priority 4, routine: nothing urgent was said.");
    let both = suggested(json!({"harm": "some", "risk": "high"})).1;
    assert_eq!(both, "Priority 2, urgent: something has come to harm; it will get worse soon.");
    assert!(suggested(json!({"threat": "high"})).1.ends_with("somebody is threatened now. Ring 999 as well."));
}

#[test]
fn grading_again_keeps_what_was_graded_before() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "call.put", &id, json!({}));
    let first = json!({"risk": {"level": "some", "note": "getting louder"}, "priority": 3});
    play.ok(Who::Operator, "call.grade", &id, first.clone());
    assert_eq!(play.ok(Who::Operator, "call.grade", &id, first).len(), 0, "the same is no new version");
    // Against what is suggested: the operator decides.
    play.ok(Who::Operator, "call.grade", &id, json!({"threat": {"level": "high"}, "priority": 4}));
    let call = play.world.call(&id).unwrap();
    let graded: Vec<Priority> = call.grades.iter().map(|g| g.what.priority).collect();
    assert_eq!(graded, [Priority::P3, Priority::P4]);
    assert_eq!(call.grades[0].what.thrive.risk.note, "getting louder");
    play.refused(Who::Operator, "call.grade", &id, json!({"priority": 5}), "bad_body");
}

#[test]
fn the_service_is_open_from_four_to_three_across_midnight_and_the_change_of_clocks() {
    let settings = Settings::default();
    for (at, open) in [
        ("2026-11-22T15:59:59Z", false),
        ("2026-11-22T16:00:00Z", true),
        ("2026-11-23T00:00:00Z", true),
        ("2026-11-23T02:59:59Z", true),
        ("2026-11-23T03:00:00Z", false),
        // Summer time: four o'clock is 15:00 UTC, three is 02:00.
        ("2026-07-01T14:59:59Z", false),
        ("2026-07-01T15:00:00Z", true),
        ("2026-07-02T01:59:59Z", true),
        ("2026-07-02T02:00:00Z", false),
        // The night with an hour more, and the one with an hour less.
        ("2026-10-25T02:59:59Z", true),
        ("2026-10-25T03:00:00Z", false),
        ("2027-03-28T01:59:59Z", true),
        ("2027-03-28T02:00:00Z", false),
    ] {
        assert_eq!(is_service(&settings, at.parse().unwrap()), open, "{at}");
    }
    let in_the_double_hour = Settings {
        service_hours: ServiceHours { end: "01:30".into(), ..ServiceHours::default() },
        ..Settings::default()
    };
    for (at, open) in [
        ("2026-10-25T00:15:00Z", true),
        ("2026-10-25T00:45:00Z", true),
        ("2026-10-25T01:15:00Z", true),
        ("2026-10-25T01:30:00Z", false),
    ] {
        assert_eq!(is_service(&in_the_double_hour, at.parse().unwrap()), open, "{at}");
    }
    let all_day = ServiceHours { start: "00:00".into(), end: "00:00".into(), ..ServiceHours::default() };
    let all_day = Settings { service_hours: all_day, ..Settings::default() };
    assert!(is_service(&all_day, "2026-11-22T12:00:00Z".parse().unwrap()));
}

/// At noon, with this said outside the hours.
fn at_noon(outside: &str) -> (Play, String) {
    let mut play = Play::new();
    let mut settings = register()[0].1.clone();
    settings["service_hours"] = json!({"outside": outside, "telephone": "020 7946 0999"});
    if outside.is_empty() {
        settings["service_hours"]["telephone"] = json!("");
    }
    play.ok(Who::Supervisor, "settings.put", "settings", settings);
    play.now = Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap();
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "call.put", &id, json!({"site": "BOILER"}));
    (play, id)
}

#[test]
fn outside_the_hours_a_call_is_taken_with_a_reason_and_an_emergency_without() {
    let (mut play, call) = at_noon("Leave it with the out-of-hours line.");
    let id = play.fresh_id().to_string();
    play.refused(Who::Operator, "callout.create", &id, json!({"call": call}), "out_of_hours");
    let why = json!({"call": call, "priority": 4, "out_of_hours": "a patrol is there anyway"});
    play.ok(Who::Operator, "callout.create", &id, why);
    assert_eq!(play.world.call(&call).unwrap().closed.as_ref().unwrap().out_of_hours, "a patrol is there anyway");
    let (mut play, call) = at_noon("Leave it with the out-of-hours line.");
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &id, json!({"call": call, "priority": 1}));
    // Without a call, and where nothing was set to be said, the hours ask nothing.
    let (mut play, call) = at_noon("");
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &id, json!({"call": call}));
}

#[test]
fn what_a_caller_is_told_outside_the_hours_is_on_the_record() {
    let (mut play, call) = at_noon("Leave it with the out-of-hours line:");
    play.ok(Who::Operator, "call.close", &call, json!({"outcome": "out_of_hours"}));
    let note = play.world.call(&call).unwrap().closed.as_ref().unwrap().note.clone();
    assert_eq!(note, "Leave it with the out-of-hours line: 020 7946 0999");
}

#[test]
fn hours_that_are_no_times_are_refused() {
    let mut play = Play::new();
    let mut settings = register()[0].1.clone();
    settings["service_hours"] = json!({"start": "4 pm"});
    play.refused(Who::Supervisor, "settings.put", "settings", settings, "bad_time");
}
