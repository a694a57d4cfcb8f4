//! Which RAMS a call-out gets, and what happens when they have expired.

use crate::kit::{Play, Who, s};
use chrono::{TimeZone, Utc};
use domain::rams::choose;
use serde_json::{Value, json};

fn put(play: &mut Play, reference: &str, what: Value) {
    let mut body = json!({"ref": reference, "title": reference, "first": "Look first."});
    for (name, value) in what.as_object().unwrap() {
        body[name] = value.clone();
    }
    play.ok(Who::Supervisor, "rams.put", "new", body);
}

/// What is chosen for the hall, which names no RAMS itself, and why.
fn chosen(play: &Play, about: &str, hour: u32) -> Option<(String, String)> {
    let at = Utc.with_ymd_and_hms(2026, 11, 22, hour, 0, 0).unwrap();
    let site = play.world.site("HALL").cloned();
    choose(&play.world, site.as_deref(), about, at).map(|c| (c.rams.reference.clone(), c.why))
}

#[test]
fn the_most_specific_wins_and_says_why() {
    let mut play = Play::new();
    assert_eq!(chosen(&play, "intruder", 22), None, "RAMS-1 is for who names it");
    put(&mut play, "NIGHT", json!({"hours": {"from": "22:00", "to": "06:00"}}));
    assert_eq!(chosen(&play, "intruder", 22).unwrap(), ("NIGHT".into(), "for 22:00 to 06:00".into()));
    assert_eq!(chosen(&play, "intruder", 5).unwrap().0, "NIGHT");
    assert_eq!(chosen(&play, "intruder", 6), None, "the end is not within");
    put(&mut play, "INTRUDER", json!({"kinds": ["intruder"]}));
    assert_eq!(chosen(&play, "intruder", 22).unwrap().0, "INTRUDER", "the work weighs more than the hour");
    assert_eq!(chosen(&play, "flood", 22).unwrap().0, "NIGHT");
    put(&mut play, "BOTH", json!({"kinds": ["intruder"], "hours": {"from": "22:00", "to": "06:00"}}));
    assert_eq!(chosen(&play, "intruder", 23).unwrap(), ("BOTH".into(), "for Intruder, 22:00 to 06:00".into()));
    assert_eq!(chosen(&play, "intruder", 12).unwrap().0, "INTRUDER");
    put(&mut play, "HALL", json!({"sites": ["hall"]}));
    assert_eq!(chosen(&play, "intruder", 23).unwrap(), ("HALL".into(), "for this site".into()));
    put(&mut play, "HALL-FLOOD", json!({"sites": ["HALL"], "kinds": ["flood"]}));
    assert_eq!(chosen(&play, "flood", 12).unwrap().0, "HALL-FLOOD");
    assert_eq!(chosen(&play, "intruder", 12).unwrap().0, "HALL");
}

#[test]
fn the_hour_is_the_one_on_the_wall_clock() {
    let mut play = Play::new();
    put(&mut play, "NIGHT", json!({"hours": {"from": "22:00", "to": "06:00"}}));
    let site = play.world.site("HALL").cloned();
    let at = Utc.with_ymd_and_hms(2026, 7, 1, 21, 30, 0).unwrap();
    assert!(choose(&play.world, site.as_deref(), "intruder", at).is_some(), "21:30 in UTC is 22:30 in July");
}

#[test]
fn of_equals_the_one_still_valid_is_taken() {
    let mut play = Play::new();
    put(&mut play, "A", json!({"kinds": ["intruder"], "valid_until": "2026-01-01T00:00:00Z"}));
    put(&mut play, "B", json!({"kinds": ["intruder"]}));
    assert_eq!(chosen(&play, "intruder", 12).unwrap().0, "B");
    put(&mut play, "A", json!({"kinds": ["intruder"]}));
    assert_eq!(chosen(&play, "intruder", 12).unwrap().0, "A", "else the first by reference");
}

#[test]
fn a_call_out_keeps_why_it_got_its_rams() {
    let mut play = Play::new();
    play.open(2);
    assert_eq!(play.callout().rams_why, "for this site");
}

#[test]
fn expired_rams_are_signed_by_nobody_until_a_supervisor_answers_for_them() {
    let mut play = Play::new();
    let until = json!({"valid_until": play.now + s(3600)});
    put(&mut play, "RAMS-1", until);
    play.place(1, 500.0);
    play.open(2);
    play.does(Who::Officer(1), "assignment.accept", json!({}));
    play.may_not(Who::Supervisor, "rams.override", json!({"reason": "x"}), "rams_valid");
    play.pass(3600);
    play.may_not(Who::Officer(1), "rams.acknowledge", json!({"version": 2}), "rams_expired");
    play.may_not(Who::Operator, "rams.override", json!({"reason": "x"}), "not_allowed");
    play.may_not(Who::Supervisor, "rams.override", json!({"reason": " "}), "missing");
    play.does(Who::Supervisor, "rams.override", json!({"reason": "Reviewed by telephone"}));
    assert_eq!(play.callout().rams_override.as_ref().unwrap().reason, "Reviewed by telephone");
    assert!(play.does(Who::Supervisor, "rams.override", json!({"reason": "again"})).is_empty());
    play.does(Who::Officer(1), "rams.acknowledge", json!({"version": 2}));
}

#[test]
fn what_was_signed_before_it_expired_counts_although_it_comes_later() {
    let mut play = Play::new();
    let until = json!({"valid_until": play.now + s(3600)});
    put(&mut play, "RAMS-1", until);
    play.open(2);
    play.does(Who::Officer(1), "assignment.accept", json!({}));
    let target = play.callout_id().to_string();
    let mut signed = play.command("rams.acknowledge", &target, json!({"version": 2}));
    signed.at = play.now + s(3500);
    play.pass(3700);
    signed.sent_at = Some(play.now);
    play.send(Who::Officer(1), &signed).unwrap();
}

#[test]
fn hours_and_documents_are_checked_when_put() {
    let mut play = Play::new();
    let body =
        |what: Value| json!({"ref": "R", "title": "T", "first": "F", "hours": what["hours"], "pdf": what["pdf"]});
    let bad = body(json!({"hours": {"from": "25:00", "to": "06:00"}}));
    play.refused(Who::Supervisor, "rams.put", "new", bad, "bad_time");
    let bad = body(json!({"pdf": {"sha256": "abc"}}));
    play.refused(Who::Supervisor, "rams.put", "new", bad, "bad_digest");
}

/// The officer goes to the site once more and signs; what the record says of it.
fn signs(play: &mut Play, version: u32) -> (Option<chrono::DateTime<Utc>>, String) {
    play.open(2);
    play.does(Who::Officer(1), "assignment.accept", json!({}));
    play.does(Who::Officer(1), "rams.acknowledge", json!({"version": version, "opened_ms": 21_000}));
    let callout = play.callout();
    let signed = callout.assignments[0].rams.clone().unwrap();
    assert_eq!((signed.version, signed.opened_ms), (version, Some(21_000)));
    let line = callout.timeline.iter().find(|e| e.step.as_deref() == Some("rams")).unwrap().text.clone();
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "restored"}));
    (signed.again, line)
}

#[test]
fn what_an_officer_signed_within_thirty_days_is_confirmed_again_and_marked_so_and_a_new_version_is_read_anew() {
    let mut play = Play::new();
    let first = play.now;
    assert_eq!(signs(&mut play, 1), (None, "RAMS version 1 read and signed".into()));
    play.pass(86_400 * 29);
    let (again, line) = signs(&mut play, 1);
    assert!((again.unwrap() - first).num_minutes() < 5);
    assert_eq!(line, "RAMS version 1 confirmed again, unchanged");
    play.pass(86_400 * 31);
    assert_eq!(signs(&mut play, 1).0, None, "after 30 days it is read again");
    put(&mut play, "RAMS-1", json!({"hazards": ["A new pit"]}));
    assert_eq!(signs(&mut play, 2), (None, "RAMS version 2 read and signed".into()), "another version is another text");
    assert!(signs(&mut play, 2).0.is_some());
    // What the register says of the officer later takes nothing of it away.
    play.ok(Who::Administrator, "officer.put", "O1", json!({"ref": "O1", "name": "Renamed"}));
    assert!(signs(&mut play, 2).0.is_some());
}
