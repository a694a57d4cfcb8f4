//! The telephone: what an exchange tells in any order, what the operator writes down, what came of it.

use crate::kit::{Dice, Play, SITE, Who, kinds, s, start};
use domain::call::{Call, Outcome, Phase};
use domain::id::{CallId, CalloutId};
use serde_json::{Value, json};
use std::sync::Arc;

const NUMBER: &str = "020 7946 0111";

/// The exchange says this of call `x1`, now.
fn told(play: &mut Play, state: &str) -> usize {
    let body = json!({"id": "x1", "state": state, "from": NUMBER, "to": "020 7946 0000"});
    play.ok(Who::Partner, "call.progress", "x1", body).len()
}

fn x1(play: &Play) -> Arc<Call> {
    play.world.calls[&Call::id_of("x1")].clone()
}

fn by_hand(play: &mut Play, body: Value) -> CallId {
    let id = play.fresh_id();
    play.ok(Who::Operator, "call.put", &id.to_string(), body);
    CallId(id)
}

#[test]
fn a_call_rings_is_answered_and_ends_and_the_time_to_answer_is_kept() {
    let mut play = Play::new();
    told(&mut play, "ringing");
    assert_eq!((x1(&play).phase(), x1(&play).from.as_str()), (Phase::Ringing, NUMBER));
    play.pass(14);
    told(&mut play, "answered");
    play.pass(90);
    told(&mut play, "ended");
    let call = x1(&play);
    assert_eq!((call.phase(), call.time_to_answer()), (Phase::Ended, Some(s(14))));
    assert!(call.is_open(), "what came of it, only a person says");
}

#[test]
fn what_is_told_late_twice_or_in_another_order_never_goes_backwards() {
    let mut dice = Dice(11);
    for _ in 0..200 {
        let mut play = Play::new();
        let mut states = vec!["ringing", "answered", "ended"];
        states.extend(["ringing", "answered", "ended"].iter().filter(|_| dice.one_in(2)));
        for at in (1..states.len()).rev() {
            states.swap(at, dice.below(at + 1));
        }
        let mut was_over = false;
        for state in &states {
            play.pass(10);
            told(&mut play, state);
            let over = matches!(x1(&play).phase(), Phase::Ended | Phase::Missed);
            assert!(over || !was_over, "{states:?} opened it again");
            was_over = over;
        }
        let call = x1(&play);
        assert_eq!(call.phase(), Phase::Ended, "{states:?}");
        let first = |wanted: &str| {
            let place = states.iter().position(|s| *s == wanted).unwrap() as i64;
            Some(start() + s(10 * (place + 1)))
        };
        assert_eq!((call.rung_at, call.answered_at), (first("ringing"), first("answered")), "the first time is kept");
    }
}

#[test]
fn an_answer_told_after_the_end_keeps_its_time_and_opens_nothing() {
    let mut play = Play::new();
    told(&mut play, "ringing");
    play.pass(60);
    told(&mut play, "ended");
    assert_eq!(x1(&play).phase(), Phase::Missed);
    let mut late = play.command("call.progress", "x1", json!({"id": "x1", "state": "answered"}));
    late.age_ms = Some(50_000);
    play.send(Who::Partner, &late).unwrap();
    let call = x1(&play);
    assert_eq!((call.phase(), call.time_to_answer()), (Phase::Ended, Some(s(10))));
    assert_eq!(told(&mut play, "answered"), 0, "told again it changes nothing");
}

#[test]
fn a_timestamp_forty_years_old_is_taken_as_now() {
    let mut play = Play::new();
    let mut old = play.command("call.progress", "x1", json!({"id": "x1", "state": "ringing"}));
    old.at -= chrono::TimeDelta::days(40 * 365);
    play.send(Who::Partner, &old).unwrap();
    assert_eq!(x1(&play).rung_at, Some(play.now));
    let mut ahead = play.command("call.progress", "x1", json!({"id": "x1", "state": "answered"}));
    ahead.at += chrono::TimeDelta::days(2);
    play.send(Who::Partner, &ahead).unwrap();
    assert_eq!(x1(&play).time_to_answer(), Some(s(0)), "nothing happens in the future");
}

#[test]
fn a_missed_call_waits_until_somebody_has_dealt_with_it() {
    let mut play = Play::new();
    told(&mut play, "ringing");
    told(&mut play, "missed");
    told(&mut play, "ended");
    play.live(8 * 3600);
    assert!(x1(&play).is_open() && x1(&play).phase() == Phase::Missed);
    play.ok(Who::Operator, "call.answer", "x1", json!({}));
    assert_eq!(x1(&play).phase(), Phase::Missed, "ringing back is not answering");
    play.ok(Who::Operator, "call.close", "x1", json!({"outcome": "no_reply"}));
    assert!(!x1(&play).is_open());
}

#[test]
fn of_several_telephones_one_that_missed_it_does_not_hide_the_one_that_answered() {
    for order in [["missed", "answered"], ["answered", "missed"]] {
        let mut play = Play::new();
        told(&mut play, "ringing");
        for state in order {
            told(&mut play, state);
        }
        assert_eq!(x1(&play).phase(), Phase::Answered, "{order:?}");
    }
}

#[test]
fn an_exchange_that_tells_no_answering_is_answered_by_the_press_in_the_window() {
    let mut play = Play::new();
    told(&mut play, "ringing");
    play.pass(9);
    play.ok(Who::Operator, "call.answer", "x1", json!({}));
    assert_eq!((x1(&play).phase(), x1(&play).time_to_answer()), (Phase::Answered, Some(s(9))));
    // The press came too late: the exchange knows better.
    told(&mut play, "missed");
    assert_eq!(x1(&play).phase(), Phase::Missed);
}

#[test]
fn a_call_is_with_one_operator_and_another_is_told_so() {
    let mut play = Play::new();
    told(&mut play, "ringing");
    play.ok(Who::Operator, "call.answer", "x1", json!({}));
    assert_eq!(play.ok(Who::Operator, "call.answer", "x1", json!({})).len(), 0);
    play.refused(Who::Supervisor, "call.answer", "x1", json!({}), "already_answered");
    // Whoever sits beside may write it down all the same.
    play.ok(Who::Supervisor, "call.put", "x1", json!({"text": "the dog is back"}));
    assert_eq!(x1(&play).taken.as_ref().unwrap().by, Who::Operator.author().account);
}

#[test]
fn a_call_by_hand_works_without_an_exchange_and_without_the_hub() {
    let mut play = Play::new();
    play.can_offer = false;
    let id = by_hand(&mut play, json!({"caller": "A neighbour", "address": "Block C", "point": SITE}));
    let call = play.world.calls[&id].clone();
    assert_eq!((call.phase(), call.exchange.as_deref()), (Phase::Answered, None));
    let callout = play.fresh_id();
    let body = json!({"call": id, "type": "noise_nuisance", "provisional": "D1-0001"});
    play.ok(Who::Operator, "callout.create", &callout.to_string(), body);
    assert_eq!(play.callout().address, "Block C");
    assert_eq!(play.world.calls[&id].phase(), Phase::Ended);
}

#[test]
fn a_call_out_from_a_call_and_the_call_know_each_other_and_share_the_incident() {
    let mut play = Play::new();
    told(&mut play, "ringing");
    play.pass(30);
    let card = json!({"caller": "Ann", "about": "noise_nuisance", "address": "4 Rowley Way", "place": "///filled.count.soap",
                      "point": SITE, "text": "Drums since nine."});
    play.ok(Who::Operator, "call.put", "x1", card);
    play.ok(Who::Operator, "call.grade", "x1", json!({"priority": 2}));
    let id = play.fresh_id();
    let events =
        play.ok(Who::Operator, "callout.create", &id.to_string(), json!({"call": Call::id_of("x1"), "offer": false}));
    assert_eq!(kinds(&events), ["incident.opened", "callout.created", "call.closed"]);
    let (callout, call) = (play.callout().clone(), x1(&play));
    let closed = call.closed.as_ref().unwrap();
    assert_eq!((closed.outcome, closed.callout), (Outcome::CallOut, Some(CalloutId(id))));
    assert_eq!((closed.incident, callout.calls.as_slice()), (Some(callout.incident), &[call.id][..]));
    assert_eq!(play.world.incidents[&callout.incident].calls, [call.id]);
    let brought = (callout.about.as_str(), callout.address.as_str(), callout.text.as_str(), u8::from(callout.priority));
    assert_eq!(brought, ("noise_nuisance", "4 Rowley Way", "Drums since nine.", 2));
    assert_eq!(callout.place, "///filled.count.soap", "the three words stay as typed");
    assert_eq!(callout.signal_at, start(), "it began when the telephone rang");
    let again = play.fresh_id().to_string();
    let body = json!({"call": call.id, "site": "HALL"});
    play.refused(Who::Operator, "callout.create", &again, body, "call_closed");
}

#[test]
fn three_words_typed_for_a_call_out_without_a_site_are_kept() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    let body = json!({"point": SITE, "address": "behind the garages", "place": "filled count soap", "offer": false});
    play.ok(Who::Operator, "callout.create", &id, body);
    assert_eq!(play.callout().place, "filled count soap");
}

#[test]
fn a_repeated_call_joins_the_call_out_it_is_about() {
    let mut play = Play::new();
    let callout = play.open(3);
    let id = by_hand(&mut play, json!({"text": "the same noise"}));
    play.ok(Who::Operator, "call.close", &id.to_string(), json!({"outcome": "duplicate", "callout": callout}));
    assert_eq!(play.callout().calls, [id]);
    assert_eq!(play.world.incidents[&play.callout().incident].calls, [id]);
    assert!(play.callout().timeline.iter().any(|e| e.text == "Another telephone call about the same"));
    // A third one about the second is about the same call-out.
    let third = by_hand(&mut play, json!({"text": "still"}));
    play.ok(Who::Operator, "call.close", &third.to_string(), json!({"outcome": "duplicate", "same_as": id}));
    assert_eq!(play.callout().calls, [id, third]);
}

#[test]
fn each_outcome_asks_for_what_it_needs() {
    let mut play = Play::new();
    let id = by_hand(&mut play, json!({})).to_string();
    for (body, code) in [
        (json!({"outcome": "advice"}), "missing"),
        (json!({"outcome": "passed_on", "note": "x"}), "missing"),
        (json!({"outcome": "out_of_hours"}), "missing"),
        (json!({"outcome": "duplicate"}), "missing"),
        (json!({"outcome": "duplicate", "callout": "CO-99-00001"}), "not_found"),
        (json!({"outcome": "duplicate", "same_as": id}), "bad_outcome"),
        (json!({"outcome": "call_out"}), "bad_outcome"),
        (json!({"outcome": "recorded"}), "bad_outcome"),
        (json!({"outcome": "banana"}), "bad_body"),
    ] {
        play.refused(Who::Operator, "call.close", &id, body, code);
    }
    play.ok(Who::Operator, "call.close", &id, json!({"outcome": "passed_on", "told": "Police, 101"}));
    for (kind, body) in [
        ("call.close", json!({"outcome": "test"})),
        ("call.put", json!({"text": "more"})),
        ("call.grade", json!({"priority": 1})),
        ("call.answer", json!({})),
    ] {
        play.refused(Who::Operator, kind, &id, body, "call_closed");
    }
}

#[test]
fn whoever_withholds_the_number_is_a_caller_like_others() {
    let mut play = Play::new();
    let body = json!({"id": "x1", "state": "ringing", "from": "Anonymous"});
    play.ok(Who::Partner, "call.progress", "x1", body);
    assert_eq!(x1(&play).ring_back(), "");
    play.ok(Who::Operator, "call.put", "x1", json!({"number": "07700 900100"}));
    assert_eq!(x1(&play).ring_back(), "07700 900100");
}

#[test]
fn every_field_takes_what_people_type_and_no_more_than_it_can_hold() {
    let mut play = Play::new();
    let long = "m".repeat(10_000);
    for text in ["🚨👩🏽‍🚒", "שלום — مرحبا", "O'Brien \"the 'quote'\" \\ <b>", long.as_str()] {
        let card = json!({"caller": text, "number": text, "about": text, "address": text, "place": text, "text": text});
        let id = by_hand(&mut play, card);
        assert_eq!(play.world.calls[&id].card.text, text);
        let aspect = json!({"level": "unknown", "note": text});
        play.ok(Who::Operator, "call.grade", &id.to_string(), json!({"harm": aspect, "priority": 3}));
        play.ok(
            Who::Operator,
            "call.close",
            &id.to_string(),
            json!({"outcome": "passed_on", "told": text, "note": text}),
        );
        play.ok(
            Who::Partner,
            "call.progress",
            "x",
            json!({"id": text.chars().next(), "state": "ringing", "from": text, "to": text}),
        );
    }
    let too_long = "m".repeat(20_001);
    let id = play.fresh_id().to_string();
    for field in ["caller", "number", "address", "place", "text"] {
        play.refused(Who::Operator, "call.put", &id, json!({field: too_long}), "text_too_long");
    }
    play.refused(Who::Operator, "call.put", &id, json!({"point": {"lat": 91.0, "lon": 0.0}}), "bad_place");
    play.refused(Who::Operator, "call.put", &id, json!({"site": "NOWHERE"}), "not_found");
    play.refused(Who::Operator, "call.put", "x9", json!({}), "bad_target");
    play.refused(Who::Operator, "call.close", "x9", json!({"outcome": "test"}), "not_found");
    let body = json!({"id": "m".repeat(201), "state": "ringing"});
    play.refused(Who::Partner, "call.progress", "x", body, "text_too_long");
    play.refused(Who::Partner, "call.progress", "x", json!({"id": " ", "state": "ringing"}), "missing");
    play.refused(Who::Partner, "call.progress", "x", json!({"id": "1", "state": "humming"}), "bad_body");
}

#[test]
fn every_word_of_a_caller_is_erased_with_the_caller() {
    let mut play = Play::new();
    let word = "Ann Able";
    let card = json!({"caller": word, "number": word, "address": word, "place": word, "text": word, "site": "BOILER"});
    let id = by_hand(&mut play, card);
    let aspect = json!({"level": "high", "note": word});
    play.ok(Who::Operator, "call.grade", &id.to_string(), json!({"harm": aspect, "risk": aspect, "priority": 2}));
    let closed = json!({"outcome": "passed_on", "told": word, "note": word});
    play.ok(Who::Operator, "call.close", &id.to_string(), closed);
    play.ok(Who::Administrator, "person.erase", &id.to_string(), json!({"reason": "asked by letter"}));
    let call = &play.world.calls[&id];
    assert!(!format!("{call:?}").contains(word), "{call:?}");
    assert!(call.card.site.is_some() && call.closed.as_ref().unwrap().outcome == Outcome::PassedOn);
}
