//! What a call may be about already, and calls from an exchange's list.

use crate::kit::{Play, SITE, Who, north, s};
use domain::call::duplicates::{Asked, Likely, Which, likely};
use domain::call::{Call, Phase};
use domain::id::CallId;
use serde_json::{Value, json};

fn known(play: &Play, asked: &Asked<'_>) -> Vec<Likely> {
    likely(&play.world, asked, play.now)
}

fn reasons(found: &[Likely]) -> Vec<&str> {
    found.iter().flat_map(|l| l.reasons.iter().map(String::as_str)).collect()
}

#[test]
fn what_is_near_at_the_same_address_or_from_the_same_number_is_offered_with_reasons() {
    let mut play = Play::new();
    let call = play.fresh_id().to_string();
    let card =
        json!({"number": "+44 20 7946 0111", "address": "4 Rowley Way", "place": "filled.count.soap", "point": SITE});
    play.ok(Who::Operator, "call.put", &call, card);
    let at = |metres: f64| Asked { point: Some(north(metres)), ..Asked::default() };
    assert_eq!(reasons(&known(&play, &at(60.0))), ["about 60 m away"]);
    assert_eq!(reasons(&known(&play, &at(0.0))), ["the same pin"]);
    assert!(known(&play, &at(260.0)).is_empty());
    let number = Asked { number: "(020) 7946 0111", ..Asked::default() };
    assert_eq!(reasons(&known(&play, &number)), ["the same number"]);
    let typed = Asked { address: "4, rowley way", place: "///Filled.Count.Soap", ..Asked::default() };
    assert_eq!(reasons(&known(&play, &typed)), ["the same address", "the same place as typed"]);
    let itself = Asked { call: play.world.call(&call).map(|c| c.id), ..number };
    assert!(known(&play, &itself).is_empty(), "a call does not repeat itself");
}

#[test]
fn a_call_that_led_to_a_call_out_is_offered_as_that() {
    let mut play = Play::new();
    let call = play.fresh_id().to_string();
    play.ok(Who::Operator, "call.put", &call, json!({"number": "020 7946 0111", "site": "BOILER"}));
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &id, json!({"call": call, "type": "noise_nuisance", "offer": false}));
    let asked = Asked { number: "020 7946 0111", site: play.callout().site, ..Asked::default() };
    let found = known(&play, &asked);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].which, Which::Callout(play.callout_id()));
    assert_eq!(found[0].reasons, ["the same site, Boiler house", "the same number rang about it"]);
    assert!(found[0].what.contains("Noise nuisance"), "{}", found[0].what);
}

#[test]
fn what_is_long_over_is_not_offered_and_what_has_most_in_common_comes_first() {
    let mut play = Play::new();
    play.open(3);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "nobody there"}));
    let asked = Asked { site: play.callout().site, address: "9 Elm Road", ..Asked::default() };
    assert_eq!(known(&play, &asked).len(), 1);
    play.pass(3 * 3600);
    play.open(3);
    let second = play.fresh_id().to_string();
    play.ok(Who::Operator, "call.put", &second, json!({"site": "BOILER", "address": "9 Elm Road"}));
    let found = known(&play, &asked);
    assert!(matches!(found[0].which, Which::Call(_)) && found[0].reasons.len() == 2);
    assert_eq!(found.len(), 3);
    play.pass(2 * 3600);
    assert!(known(&play, &asked).iter().all(|l| l.open), "what was over five hours ago is gone");
    play.pass(24 * 3600);
    assert!(known(&play, &asked).is_empty());
}

#[test]
fn one_word_alone_is_no_address_and_nothing_in_common_is_nothing() {
    let mut play = Play::new();
    for body in [json!({"address": "Elm"}), json!({}), json!({"address": "🚨"})] {
        let id = play.fresh_id().to_string();
        play.ok(Who::Operator, "call.put", &id, body);
    }
    let asked = Asked { address: "Elm", place: "🚨", number: "anonymous", ..Asked::default() };
    assert!(known(&play, &asked).is_empty());
}

#[test]
fn no_more_than_four_are_offered() {
    let mut play = Play::new();
    for _ in 0..9 {
        let id = play.fresh_id().to_string();
        play.ok(Who::Operator, "call.put", &id, json!({"point": SITE}));
    }
    assert_eq!(known(&play, &Asked { point: Some(SITE), ..Asked::default() }).len(), 4);
}

/// A line of an exchange's list, in the kit's evening of 22 November 2026.
fn record(play: &mut Play, line: Value) -> CallId {
    let id = line["id"].as_str().unwrap().to_owned();
    play.ok(Who::System, "call.record", "new", line);
    Call::id_of(&id)
}

#[test]
fn a_line_of_the_list_is_recorded_once_and_adds_to_what_was_told_live() {
    let mut play = Play::new();
    let line = json!({"id": "1795377600.7", "from": "020 7946 0111", "to": "20", "start": "2026-11-22 20:00:00",
                      "answer": "2026-11-22 20:00:12", "end": "2026-11-22 20:03:00", "disposition": "ANSWERED"});
    let id = record(&mut play, line.clone());
    let call = &play.world.calls[&id];
    assert_eq!((call.phase(), call.time_to_answer(), call.is_open()), (Phase::Ended, Some(s(12)), false));
    assert_eq!(play.ok(Who::System, "call.record", "new", line.clone()).len(), 0, "a second time it is nothing new");
    // One that was live: only what nobody told is added, and the card stays open.
    play.ok(Who::Partner, "call.progress", "x", json!({"id": "live", "state": "ringing"}));
    let mut live = line;
    live["id"] = json!("live");
    let id = record(&mut play, live);
    let call = &play.world.calls[&id];
    assert_eq!((call.rung_at, call.phase(), call.is_open()), (Some(play.now), Phase::Ended, true));
    assert_eq!(call.from, "020 7946 0111");
}

#[test]
fn only_a_call_from_outside_missed_within_a_day_waits_to_be_rung_back() {
    for (start, from, waits) in [
        ("2026-11-22 20:00:00", "020 7946 0111", true),
        ("2026-11-22 20:00:00", "anonymous", true),
        ("2026-11-20 20:00:00", "020 7946 0111", false),
        ("2026-11-22 20:00:00", "2001", false),
        ("2026-11-22 20:00:00", "+44 20 7946 0000", false),
    ] {
        let mut play = Play::new();
        let mut settings = crate::kit::register()[0].1.clone();
        settings["contact"] = json!({"telephone": "020 7946 0000"});
        play.ok(Who::Supervisor, "settings.put", "settings", settings);
        let line = json!({"id": "1", "from": from, "start": start, "end": start, "disposition": "NO ANSWER"});
        let id = record(&mut play, line);
        let call = &play.world.calls[&id];
        assert_eq!((call.phase(), call.is_open()), (Phase::Missed, waits), "{start} {from}");
    }
}

#[test]
fn civil_times_of_a_list_are_read_in_the_councils_zone_or_as_the_calls_own_id_says() {
    // 1785535200 is 22:00 UTC on 31 July 2026, 23:00 in London; 1792889100 is 00:45 UTC on the night with an hour more.
    for (unique, civil, utc) in [
        ("a", "2026-07-31 23:00:00", "2026-07-31T22:00:00Z"),
        ("1785535200.1", "2026-07-31 23:00:00", "2026-07-31T22:00:00Z"),
        ("pbx-1785535200.1", "2026-07-31 22:00:02", "2026-07-31T22:00:02Z"),
        ("1792889100.1", "2026-10-25 01:45:00", "2026-10-25T00:45:00Z"),
        ("1792892700.1", "2026-10-25 01:45:00", "2026-10-25T01:45:00Z"),
        ("b", "2026-07-31T22:00:00Z", "2026-07-31T22:00:00Z"),
    ] {
        let mut play = Play::new();
        let line = json!({"id": unique, "start": civil, "end": civil, "disposition": "BUSY"});
        let id = record(&mut play, line);
        assert_eq!(play.world.calls[&id].rung_at, Some(utc.parse().unwrap()), "{unique} {civil}");
    }
}

#[test]
fn a_line_that_cannot_be_is_refused_in_words() {
    let mut play = Play::new();
    let line = json!({"id": "1", "start": "2026-11-22 20:00:00", "end": "2026-11-22 20:00:09", "disposition": "BUSY"});
    for (field, value, code) in [
        ("id", "", "missing"),
        ("start", "yesterday", "bad_time"),
        ("start", "", "bad_time"),
        ("end", "25:00", "bad_time"),
        ("end", "2026-12-24 20:00:00", "bad_time"),
        ("start", "1970-01-01 00:00:07", "bad_time"),
        ("disposition", "ANSWERED", "missing"),
    ] {
        let mut broken = line.clone();
        broken[field] = json!(value);
        play.refused(Who::System, "call.record", "new", broken, code);
    }
    assert!(play.world.calls.is_empty());
}
