//! Clocks of devices: a command is never refused for its clock, and never happens in the future.

use crate::kit::{Play, s, start};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// When a command is taken to have happened, in seconds before it was received.
#[track_caller]
fn check(at: TimeDelta, sent_at: Option<TimeDelta>, age_ms: Option<u64>, expected_s: i64) {
    let received = start();
    let mut command = Play::empty().command("note.add", "x", json!({}));
    command.at = received + at;
    command.sent_at = sent_at.map(|t| received + t);
    command.age_ms = age_ms;
    let corrected = command.corrected_at(received);
    assert!(corrected <= received, "never later than received");
    assert_eq!((received - corrected).num_seconds(), expected_s);
}

#[test]
fn a_device_says_when_it_happened_and_we_believe_what_can_be_believed() {
    let (hours, years) = (TimeDelta::hours, |n: i64| TimeDelta::days(365 * n));
    // Nothing but the time: believed.
    check(s(0), None, None, 0);
    check(s(-90), None, None, 90);
    // Two hours fast or slow, with the clock told on sending.
    check(hours(2) - s(60), Some(hours(2)), None, 60);
    check(hours(-2) - s(60), Some(hours(-2)), None, 60);
    // The steady clock wins over a clock that was set meanwhile.
    check(hours(2), Some(hours(-1)), Some(60_000), 60);
    check(hours(-9), None, Some(0), 0);
    // The future is now.
    check(s(5), None, None, 0);
    check(hours(2), Some(hours(1)), None, 0);
    // Forty years ago: without more to go by, now; with the clock told on sending, what follows from it.
    check(years(-40), None, None, 0);
    check(years(-40) - s(60), Some(years(-40)), None, 60);
    // An age nobody believes gives way to the clock.
    check(s(-60), None, Some(u64::MAX), 60);
    check(s(-60), None, Some(31 * 86_400_000), 60);
    check(TimeDelta::days(-30), None, None, 30 * 86_400);
    check(TimeDelta::days(-31), None, None, 0);
}

#[test]
fn a_clock_at_the_end_of_the_calendar_breaks_nothing() {
    let received = start();
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, received];
    for at in ends {
        for sent in ends {
            let mut command = Play::empty().command("note.add", "x", json!({}));
            command.at = at;
            command.sent_at = Some(sent);
            assert!(command.corrected_at(received) <= received);
            let _ = command.clock_skew(received);
        }
    }
    // Such a time reaches us as text.
    let text = r#"{"id":"00000000-0000-7000-8000-000000000001","at":"+262142-12-31T23:59:59Z","kind":"note.add",
        "target":"x","sent_at":"-262143-01-01T00:00:00Z"}"#;
    if let Ok(command) = serde_json::from_str::<domain::Command>(text) {
        assert_eq!(command.corrected_at(received), received);
    }
}

#[test]
fn a_late_acceptance_stands_at_its_own_time_and_was_recorded_later() {
    let mut play = crate::kit::play_at(crate::kit::At::Offered);
    play.pass(20);
    let target = play.callout_id().to_string();
    let mut command = play.command("assignment.accept", &target, json!({}));
    command.age_ms = Some(12_000);
    let events = play.send(crate::kit::Who::Officer(1), &command).unwrap();
    assert_eq!(events[0].recorded_at - events[0].at, s(12));
    assert_eq!(play.callout().lead().unwrap().accepted_at, Some(play.now - s(12)));
}
