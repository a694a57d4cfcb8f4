//! False calls to the police, counted over twelve months.

use crate::kit::{At, Play, Who, go_to};
use chrono::{NaiveDate, TimeZone, Utc};
use domain::urn::{PoliceCall, PoliceLevel, Standing, Urn, UrnKind, check_number, counts_until, standing};
use serde_json::{Value, json};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn urn(kind: UrnKind) -> Urn {
    Urn { kind, number: "1234/56".into(), force: String::new(), level: PoliceLevel::Level1 }
}

fn call(kind: UrnKind, on: &str, cause: &str) -> PoliceCall {
    let at = Utc.from_utc_datetime(&day(on).and_hms_opt(12, 0, 0).unwrap());
    PoliceCall { at, kind, callout: None, number: String::new(), cause: cause.into() }
}

/// How many of these calls count on this day, and how the number stands.
#[track_caller]
fn check(kind: UrnKind, calls: &[(&str, &str)], today: &str, expected: (usize, Standing)) {
    let calls: Vec<PoliceCall> = calls.iter().map(|(on, cause)| call(kind, on, cause)).collect();
    let stands = standing(&urn(kind), &calls, "Europe/London", day(today));
    assert_eq!((stands.false_calls.len(), stands.standing), expected, "{today}: {}", stands.words);
}

#[test]
fn two_false_calls_in_twelve_months_warn_and_three_withdraw() {
    let false_call = |on: &'static str| (on, "user_error");
    let (a, b, c) = (false_call("2026-01-10"), false_call("2026-06-10"), false_call("2026-11-10"));
    check(UrnKind::Intruder, &[], "2026-11-22", (0, Standing::Full));
    check(UrnKind::Intruder, &[a], "2026-11-22", (1, Standing::Full));
    check(UrnKind::Intruder, &[a, b], "2026-11-22", (2, Standing::Warned));
    check(UrnKind::Intruder, &[a, b, c], "2026-11-22", (3, Standing::Withdrawn));
    check(UrnKind::HoldUp, &[a], "2026-11-22", (1, Standing::Warned));
    check(UrnKind::HoldUp, &[a, b], "2026-11-22", (2, Standing::Withdrawn));
}

#[test]
fn a_call_counts_to_the_eve_of_its_anniversary() {
    let one = [("2026-03-10", "equipment_fault")];
    check(UrnKind::Intruder, &one, "2026-03-09", (0, Standing::Full));
    check(UrnKind::Intruder, &one, "2026-03-10", (1, Standing::Full));
    check(UrnKind::Intruder, &one, "2027-03-09", (1, Standing::Full));
    check(UrnKind::Intruder, &one, "2027-03-10", (0, Standing::Full));
}

#[test]
fn a_call_of_the_leap_day_counts_to_the_end_of_the_next_february() {
    assert_eq!(counts_until(day("2028-02-29")), day("2029-03-01"));
    assert_eq!(counts_until(day("2028-02-28")), day("2029-02-28"));
    assert_eq!(counts_until(day("2027-02-28")), day("2028-02-28"));
    assert_eq!(counts_until(day("2027-03-01")), day("2028-03-01"));
    let leap = [("2028-02-29", "unknown")];
    check(UrnKind::Intruder, &leap, "2029-02-28", (1, Standing::Full));
    check(UrnKind::Intruder, &leap, "2029-03-01", (0, Standing::Full));
}

#[test]
fn the_day_is_the_one_on_the_wall_clock() {
    // Half past eleven at night in UTC is the next day in a British summer.
    let mut late = call(UrnKind::Intruder, "2026-07-01", "user_error");
    late.at = Utc.with_ymd_and_hms(2026, 7, 1, 23, 30, 0).unwrap();
    let counted = |today| standing(&urn(UrnKind::Intruder), std::slice::from_ref(&late), "Europe/London", day(today));
    assert_eq!(counted("2027-07-01").false_calls.len(), 1);
    assert_eq!(counted("2027-07-02").false_calls.len(), 0);
}

#[test]
fn only_a_crime_is_no_false_call() {
    for (cause, count) in
        [("genuine", 0), ("attempted", 0), ("user_error", 1), ("unknown", 1), ("test", 1), ("something new", 1)]
    {
        check(UrnKind::Intruder, &[("2026-11-01", cause)], "2026-11-22", (count, Standing::Full));
    }
    let hold_up = call(UrnKind::HoldUp, "2026-11-01", "user_error");
    let intruder = standing(&urn(UrnKind::Intruder), &[hold_up], "Europe/London", day("2026-11-22"));
    assert!(intruder.false_calls.is_empty(), "each number has a count of its own");
}

#[test]
fn what_the_police_withdrew_is_withdrawn_whatever_the_count() {
    let level3 = Urn { level: PoliceLevel::Level3, ..urn(UrnKind::Intruder) };
    let stands = standing(&level3, &[], "Europe/London", day("2026-11-22"));
    assert_eq!(stands.standing, Standing::Withdrawn);
    assert!(stands.words.contains("withdrawn"));
}

#[test]
fn a_urn_is_written_as_in_the_letter_and_a_blank_is_named() {
    for good in ["1234", "CAM-20417/3", "20417/3"] {
        check_number(good).unwrap();
    }
    for bad in ["", "   ", "12", "CAM", "-1234", "12345678901234567890-", "1234\u{1F600}", "/1234"] {
        assert_eq!(check_number(bad).unwrap_err().code, "bad_urn", "{bad}");
    }
    for stray in [" 20417/3", "20417/3 ", "20417 /3", "20417/3\t", "20417\u{a0}/3"] {
        assert_eq!(check_number(stray).unwrap_err().mend.unwrap(), "Write 20417/3.", "{stray:?}");
    }
}

/// A panel with a number, its alarm taken, worked through to the report.
fn reported(cause: Value, police: bool) -> Play {
    let mut play = Play::new();
    let urns = json!([{"number": "20417/3"}]);
    play.ok(Who::Supervisor, "panel.put", "1234", json!({"account": "1234", "site": "BOILER", "urns": urns}));
    alarm_to_report(&mut play, cause, police);
    play
}

fn alarm_to_report(play: &mut Play, cause: Value, police: bool) {
    play.ok(Who::System, "signal.receive", "1234", crate::events::full("signal.receive"));
    let alarm = play.log.last().unwrap().stream.id.to_string();
    play.ok(Who::Operator, "alarm.take", &alarm, json!({}));
    go_to(play, At::Offered, At::Secured);
    if police {
        play.does(Who::Operator, "liaison.record", json!({"whom": "police", "reference": "CAD 1"}));
    }
    let mut report = json!({"narrative": "A door was left open.", "signature": {"name": "A Officer"}});
    report["cause"] = cause;
    play.does(Who::Officer(1), "report.submit", report);
}

fn calls(play: &Play) -> Vec<(String, String)> {
    let panel = play.world.panel("1234").unwrap();
    panel.police_calls.iter().map(|c| (c.number.clone(), c.cause.clone())).collect()
}

#[test]
fn approving_a_report_counts_the_call_to_the_police() {
    let mut play = reported(json!("user_error"), true);
    play.does(Who::Supervisor, "report.review", json!({"approve": true, "without_pictures": "test"}));
    assert_eq!(calls(&play), [("CO-26-00001".to_owned(), "user_error".to_owned())]);
}

#[test]
fn without_the_police_nothing_counts() {
    let mut play = reported(json!("user_error"), false);
    play.does(Who::Supervisor, "report.review", json!({"approve": true, "without_pictures": "test"}));
    assert!(calls(&play).is_empty());
}

#[test]
fn whoever_approves_must_say_what_it_was_and_may_say_otherwise() {
    let mut play = reported(json!(""), true);
    let approve = |cause: Value| json!({"approve": true, "without_pictures": "test", "cause": cause});
    play.may_not(Who::Supervisor, "report.review", approve(Value::Null), "cause_missing");
    play.may_not(Who::Supervisor, "report.review", approve(json!("ghosts")), "bad_cause");
    play.does(Who::Supervisor, "report.review", approve(json!("genuine")));
    assert_eq!(calls(&play)[0].1, "genuine");
}

#[test]
fn a_supervisor_puts_the_count_right() {
    let mut play = reported(json!("user_error"), true);
    play.does(Who::Supervisor, "report.review", json!({"approve": true, "without_pictures": "test"}));
    let correct = json!({"at": play.now, "callout": "CO-26-00001", "cause": "genuine", "reason": "police report"});
    play.ok(Who::Supervisor, "panel.police_call", "1234", correct);
    let unknown = json!({"at": play.now, "callout": "CO-26-09999", "cause": "genuine", "reason": "x"});
    play.refused(Who::Supervisor, "panel.police_call", "1234", unknown, "not_found");
    let older = json!({"at": "2026-05-02T22:10:00Z", "cause": "user_error", "reason": "letter of 12 May"});
    play.ok(Who::Supervisor, "panel.police_call", "1234", older.clone());
    play.ok(Who::Supervisor, "panel.police_call", "1234", older);
    let future = json!({"at": "2099-05-02T22:10:00Z", "cause": "user_error", "reason": "x"});
    play.refused(Who::Supervisor, "panel.police_call", "1234", future, "bad_time");
    assert_eq!(calls(&play).len(), 2, "the same call is not counted twice");
}

#[test]
fn registering_the_panel_again_keeps_its_numbers_and_its_calls() {
    let mut play = reported(json!("user_error"), true);
    play.does(Who::Supervisor, "report.review", json!({"approve": true, "without_pictures": "test"}));
    play.ok(Who::Supervisor, "panel.put", "1234", json!({"account": "1234", "site": "BOILER"}));
    let panel = play.world.panel("1234").unwrap();
    assert_eq!((panel.urns.len(), panel.police_calls.len()), (1, 1));
    let blank = json!({"account": "1234", "urns": [{"number": "20417/3 "}]});
    play.refused(Who::Supervisor, "panel.put", "1234", blank, "bad_urn");
    let twice = json!({"account": "1234", "urns": [{"number": "20417/3"}, {"number": "20417/4"}]});
    play.refused(Who::Supervisor, "panel.put", "1234", twice, "bad_urn");
}
