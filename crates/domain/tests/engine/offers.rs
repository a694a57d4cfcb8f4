//! From the call-out to somebody who goes: offers, answers, the ladder, nobody left.

use crate::kit::{At, Play, Who, go_to, kinds, officer, play_at, s, sign, start};
use domain::callout::next::Tone;
use domain::callout::{AssignmentState, CalloutState as S};
use serde_json::json;

fn offered_to(play: &Play) -> Option<String> {
    play.callout().open_offer().map(|a| a.call_sign.clone())
}

#[test]
fn a_new_call_out_is_offered_to_the_nearest_at_once_and_says_why() {
    let mut play = Play::new();
    play.open(2);
    let offer = play.callout().open_offer().unwrap();
    assert_eq!((offer.call_sign.as_str(), offer.rank, offer.of), ("RSP-1", 1, 3));
    assert_eq!(offer.expires_at, start() + s(45));
    assert_eq!(offer.then, ["RSP-2", "RSP-3"]);
    assert_eq!(offer.reasons[0], "700 m, about 2 min, straight line");
    let next = play.callout().next();
    assert_eq!((next.text.as_str(), next.then.as_str()), ("Offered to RSP-1", "then RSP-2"));
}

#[test]
fn one_tap_accepts_and_a_second_tap_says_so() {
    let mut play = play_at(At::Offered);
    let events = play.does(Who::Officer(1), "assignment.accept", json!({}));
    assert_eq!(kinds(&events), ["assignment.accepted"]);
    play.may_not(Who::Officer(1), "assignment.accept", json!({}), "already_accepted");
}

#[test]
fn sending_the_same_acceptance_twice_has_the_effect_of_once() {
    let mut play = play_at(At::Offered);
    let target = play.callout_id().to_string();
    let command = play.command("assignment.accept", &target, json!({}));
    let first = play.send(Who::Officer(1), &command);
    let (log, before) = (play.log.len(), play.callout().clone());
    assert_eq!(play.send(Who::Officer(1), &command), first);
    assert_eq!((play.log.len(), play.callout()), (log, &before));
    for event in play.log.clone() {
        play.world.evolve(&event);
    }
    assert_eq!(*play.callout(), before, "an event applied again changes nothing");
}

#[test]
fn of_two_officers_who_accept_one_wins_and_the_other_is_told() {
    let mut play = play_at(At::Offered);
    play.pass(46);
    play.fire_due();
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-2"));
    play.may_not(Who::Officer(1), "assignment.accept", json!({}), "offer_expired");
    play.may_not(Who::Officer(3), "assignment.accept", json!({}), "no_offer");
    play.does(Who::Officer(2), "assignment.accept", json!({}));
    play.may_not(Who::Officer(1), "assignment.accept", json!({}), "offer_expired");
    assert_eq!(play.callout().lead().unwrap().call_sign, "RSP-2");
}

#[test]
fn an_acceptance_after_the_offer_ran_out_changes_nothing() {
    let mut play = play_at(At::Offered);
    play.now = start() + s(45);
    let mut on_time = play_at(At::Offered);
    on_time.pass(45);
    on_time.does(Who::Officer(1), "assignment.accept", json!({}));
    play.pass(1);
    let before = play.callout().clone();
    play.may_not(Who::Officer(1), "assignment.accept", json!({}), "offer_expired");
    assert_eq!(*play.callout(), before);
    // Pressed in time without signal, known too late: an offer is not accepted backwards.
    let target = play.callout_id().to_string();
    let mut late = play.command("assignment.accept", &target, json!({}));
    late.age_ms = Some(30_000);
    assert_eq!(play.send(Who::Officer(1), &late).unwrap_err().code, "offer_expired");
}

#[test]
fn the_offer_on_the_screen_is_the_one_that_is_accepted() {
    let mut play = play_at(At::Offered);
    let first = play.callout().open_offer().unwrap().id;
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O1"}));
    let again = play.callout().open_offer().unwrap().id;
    assert_ne!(first, again);
    play.may_not(Who::Officer(1), "assignment.accept", json!({"assignment": first}), "offer_withdrawn");
    let never = play.fresh_id();
    play.may_not(Who::Officer(1), "assignment.accept", json!({"assignment": never}), "no_offer");
    play.may_not(Who::Officer(2), "assignment.accept", json!({"assignment": again}), "not_yours");
    play.does(Who::Officer(1), "assignment.accept", json!({"assignment": again}));
}

#[test]
fn a_declined_offer_goes_to_the_next_nearest_in_the_same_breath() {
    let mut play = play_at(At::Offered);
    play.may_not(Who::Officer(1), "assignment.decline", json!({"reason": " "}), "missing");
    let events = play.does(Who::Officer(1), "assignment.decline", json!({"reason": "on a break"}));
    assert_eq!(kinds(&events), ["assignment.declined", "assignment.offered"]);
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-2"));
    assert_eq!(play.state(), S::Offering);
    play.may_not(Who::Officer(1), "assignment.accept", json!({}), "offer_declined");
    play.may_not(Who::Officer(1), "assignment.decline", json!({"reason": "again"}), "no_offer");
}

#[test]
fn when_all_decline_somebody_at_the_desk_must_act() {
    let mut play = play_at(At::Offered);
    for n in 1..=3 {
        play.pass(5);
        play.does(Who::Officer(n), "assignment.decline", json!({"reason": "busy"}));
    }
    assert_eq!(play.state(), S::Unresourced);
    let next = play.callout().next();
    assert_eq!((next.tone, next.text.as_str()), (Tone::Danger, "Nobody has taken it"));
    assert!(play.now - start() <= s(300));
}

#[test]
fn when_nobody_answers_it_is_unresourced_within_the_limit() {
    for (priority, limit) in [(1, 300), (2, 600), (4, 600)] {
        let mut play = Play::with_officers(30);
        play.open(priority);
        while play.state() == S::Offering {
            play.live(1);
        }
        assert_eq!(play.state(), S::Unresourced);
        let took = (play.now - start()).num_seconds();
        let one_offer = play.callout().times().accept(play.callout().priority).num_seconds();
        assert!((limit..=limit + one_offer).contains(&took), "P{priority}: {took} s");
        assert!(play.callout().passed.len() < 30, "the ladder was not at its end");
    }
}

#[test]
fn nobody_on_shift_is_unresourced_from_the_start() {
    let mut play = Play::with_officers(0);
    play.open(1);
    assert_eq!(play.state(), S::Unresourced);
    assert_eq!(play.callout().next().then, "nobody is signed on to a shift");
}

#[test]
fn asking_again_begins_a_new_round_in_which_everybody_counts() {
    let mut play = play_at(At::Offered);
    for n in 1..=3 {
        play.does(Who::Officer(n), "assignment.decline", json!({"reason": "busy"}));
    }
    play.does(Who::Operator, "assignment.offer", json!({}));
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-1"));
    play.does(Who::Officer(1), "assignment.decline", json!({"reason": "still busy"}));
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-2"), "the second round goes on down the ladder");
    play.does(Who::Officer(2), "assignment.accept", json!({}));
    assert_eq!(play.state(), S::Accepted);
}

#[test]
fn an_unresourced_call_out_may_be_stood_down() {
    let mut play = Play::with_officers(0);
    play.open(1);
    play.does(Who::Supervisor, "callout.stand_down", json!({"reason": "the police took it", "told": "keyholder"}));
    assert_eq!(play.state(), S::StoodDown);
    assert!(!play.callout().is_open());
}

#[test]
fn the_operator_offers_to_somebody_else_with_a_reason() {
    let mut play = play_at(At::Offered);
    play.may_not(Who::Operator, "assignment.offer", json!({"officer": "O3"}), "reason_needed");
    let events = play.does(Who::Operator, "assignment.offer", json!({"officer": "O3", "reason": "has the key"}));
    assert_eq!(kinds(&events), ["assignment.withdrawn", "assignment.offered"]);
    play.may_not(Who::Officer(1), "assignment.accept", json!({}), "offer_withdrawn");
    assert_eq!(play.callout().open_offer().unwrap().override_reason.as_deref(), Some("has the key"));
    play.may_not(Who::Operator, "assignment.offer", json!({"officer": "O9"}), "not_found");
    play.does(Who::Operator, "assignment.offer", json!({"officer": sign(2), "reason": "by call sign"}));
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-2"));
}

#[test]
fn taking_an_officer_from_other_work_needs_a_reason_even_when_nobody_is_free() {
    let mut play = Play::with_officers(1);
    play.open(3);
    play.does(Who::Officer(1), "assignment.accept", json!({}));
    play.open(2);
    assert_eq!(play.state(), S::Unresourced);
    let refusal = play.may_not(Who::Operator, "assignment.offer", json!({"officer": "O1"}), "reason_needed");
    assert_eq!(refusal.text, "RSP-1 is on CO-26-00001, priority 3.");
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O1", "reason": "hold-up"}));
}

#[test]
fn somebody_off_shift_is_offered_nothing() {
    let mut play = play_at(At::Offered);
    let id = officer(3).to_string();
    play.ok(Who::Officer(3), "shift.sign_off", &id, json!({}));
    play.may_not(Who::Operator, "assignment.offer", json!({"officer": "O3", "reason": "x"}), "off_shift");
}

#[test]
fn signing_off_leaves_no_offer_waiting() {
    let mut play = play_at(At::Offered);
    let id = officer(1).to_string();
    let events = play.ok(Who::Officer(1), "shift.sign_off", &id, json!({}));
    assert_eq!(kinds(&events), ["shift.signed_off", "assignment.declined", "assignment.offered"]);
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-2"));
    let mut at_work = play_at(At::Accepted);
    at_work.refused(Who::Officer(1), "shift.sign_off", &id, json!({}), "on_callout");
}

#[test]
fn a_withdrawn_offer_waits_for_the_operator() {
    let mut play = play_at(At::Offered);
    play.may_not(Who::Operator, "assignment.withdraw", json!({"reason": ""}), "missing");
    play.does(Who::Operator, "assignment.withdraw", json!({"reason": "keyholder is there already"}));
    assert_eq!((play.state(), play.callout().next().tone), (S::Triaged, Tone::Act));
    play.may_not(Who::Operator, "assignment.withdraw", json!({"reason": "twice"}), "no_offer");
    play.does(Who::Operator, "assignment.offer", json!({}));
    assert_eq!(play.state(), S::Offering);
}

#[test]
fn a_call_out_with_a_lead_is_not_offered_again() {
    for at in [At::Accepted, At::EnRoute, At::Parked, At::ForcedEntry, At::Secured, At::Reported] {
        let mut play = play_at(at);
        let before = play.state();
        play.may_not(Who::Operator, "assignment.offer", json!({"officer": "O2", "reason": "more hands"}), "has_lead");
        assert_eq!(play.state(), before, "{at:?}");
    }
}

#[test]
fn whoever_withdrew_for_safety_is_not_the_nearest_again() {
    let mut play = play_at(At::Parked);
    play.does(Who::Officer(1), "dra.record", crate::kit::dra("withdraw"));
    assert_eq!(play.state(), S::Aborted);
    play.does(Who::Operator, "assignment.offer", json!({}));
    assert_eq!(offered_to(&play).as_deref(), Some("RSP-2"));
    play.does(Who::Operator, "assignment.accept", json!({}));
    assert_eq!(play.callout().lead().unwrap().call_sign, "RSP-2", "the radio word is that of the officer asked now");
    let states: Vec<_> = play.callout().assignments.iter().map(|a| a.state).collect();
    assert_eq!(states, [AssignmentState::Aborted, AssignmentState::Accepted]);
    // The second officer makes an assessment of their own.
    for at in [At::RamsSigned, At::Located, At::EnRoute, At::Arrived, At::Parked] {
        for (kind, body) in crate::kit::commands_to(at) {
            play.does(Who::Officer(2), kind, body);
        }
    }
    assert_eq!(play.state(), S::OnScene);
    let look = json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]});
    play.may_not(Who::Officer(2), "inspection.record", look, "gate_closed");
    play.may_not(Who::Officer(1), "dra.record", crate::kit::dra("proceed"), "not_on_callout");
}

#[test]
fn a_desk_without_its_hub_asks_nobody() {
    let mut play = Play::new();
    play.can_offer = false;
    play.open(2);
    assert_eq!((play.state(), play.callout().number.as_str()), (S::Triaged, "D1-0001"));
    play.may_not(Who::Operator, "assignment.offer", json!({}), "no_hub");
    play.can_offer = true;
    play.does(Who::Operator, "assignment.offer", json!({}));
    play.can_offer = false;
    let events = play.does(Who::Operator, "assignment.decline", json!({"reason": "by radio"}));
    assert_eq!(kinds(&events), ["assignment.declined"]);
    assert_eq!(play.state(), S::Triaged);
}

#[test]
fn an_offer_that_reaches_no_phone_asks_for_the_radio() {
    let mut play = play_at(At::Offered);
    let fired = play.live(10);
    assert_eq!(kinds(&fired), ["assignment.not_delivered"]);
    let next = play.callout().next();
    assert_eq!((next.tone, next.text.as_str()), (Tone::Act, "RSP-1 has not got the offer: use the radio"));
    play.does(Who::Officer(1), "assignment.seen", json!({}));
    assert_eq!(play.callout().next().text, "RSP-1 is reading the offer");
    assert!(play.does(Who::Officer(1), "assignment.delivered", json!({})).is_empty());
}

#[test]
fn a_delivered_offer_says_so() {
    let mut play = play_at(At::Offered);
    play.does(Who::Officer(1), "assignment.delivered", json!({}));
    assert_eq!(play.callout().next().text, "Offered to RSP-1, on the phone");
    assert!(play.live(11).is_empty());
    play.does(Who::Officer(1), "assignment.seen", json!({}));
    assert!(play.does(Who::Officer(1), "assignment.seen", json!({})).is_empty());
}

#[test]
fn a_call_out_needs_a_place_and_an_id_of_its_own() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    let who = Who::Operator;
    play.refused(who, "callout.create", "not an id", json!({"site": "BOILER"}), "bad_target");
    play.refused(who, "callout.create", &id, json!({}), "no_place");
    play.refused(who, "callout.create", &id, json!({"site": "NOWHERE"}), "not_found");
    play.refused(who, "callout.create", &id, json!({"point": {"lat": 91.0, "lon": 0.0}}), "bad_place");
    play.refused(who, "callout.create", &id, json!({"alarm": officer(1)}), "not_found");
    play.refused(who, "callout.create", &id, json!({"site": "BOILER", "text": "x".repeat(20_001)}), "text_too_long");
    play.ok(
        who,
        "callout.create",
        &id,
        json!({"point": crate::kit::SITE, "address": "Bridge", "type": "noise_nuisance"}),
    );
    assert_eq!((play.callout().title.as_str(), play.callout().number.as_str()), ("Noise nuisance", "CO-26-00001"));
    play.refused(who, "callout.create", &id, json!({"site": "BOILER"}), "exists");
}

#[test]
fn an_assignment_names_its_call_out() {
    let mut play = play_at(At::Offered);
    let offer = play.callout().open_offer().unwrap().id.to_string();
    play.ok(Who::Officer(1), "assignment.seen", &offer, json!({}));
    play.ok(Who::Officer(1), "assignment.accept", "co-26-00001", json!({}));
    go_to(&mut play, At::Accepted, At::Located);
}

#[test]
fn an_officer_who_was_never_asked_can_do_nothing_on_it() {
    let mut play = play_at(At::Parked);
    for (kind, body) in [("dra.record", crate::kit::dra("proceed")), ("assignment.arrive", json!({}))] {
        play.may_not(Who::Officer(2), kind, body, "not_on_callout");
    }
    let mut nobody = Play::with_officers(0);
    nobody.open(2);
    nobody.may_not(Who::Operator, "assignment.arrive", json!({}), "no_officer");
}

#[test]
fn an_offer_made_late_counts_from_when_it_was_made() {
    let mut play = Play::new();
    play.open(2);
    let target = play.callout_id().to_string();
    let mut decline = play.command("assignment.decline", &target, json!({"reason": "no signal down there"}));
    decline.at = play.now + s(5);
    play.pass(40);
    play.send(Who::Officer(1), &decline).unwrap();
    let offer = play.callout().open_offer().unwrap();
    assert_eq!((offer.call_sign.as_str(), offer.offered_at), ("RSP-2", play.now));
    assert_eq!(offer.expires_at, play.now + s(45));
    assert_eq!(kinds(&play.live(9)), Vec::<&str>::new(), "ten seconds to reach the phone, from now");
}

#[test]
fn a_call_out_whose_officer_was_sent_elsewhere_says_so() {
    let mut play = play_at(At::Parked);
    let first = play.callout_id();
    let second = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &second, json!({"site": "HALL", "priority": 1, "offer": false}));
    play.ok(Who::Operator, "assignment.offer", &second, json!({"officer": "O1", "reason": "hold-up next door"}));
    play.ok(Who::Officer(1), "assignment.accept", &second, json!({}));
    let left = &play.world.callouts[&first];
    assert_eq!(left.state, S::Triaged);
    let next = left.next();
    assert_eq!(next.text, "RSP-1 is no longer on it: offer it to somebody else");
    assert_eq!((next.tone, next.then.as_str()), (Tone::Danger, "sent to CO-26-00002"));
    let target = first.to_string();
    play.refused(Who::Officer(1), "dra.record", &target, crate::kit::dra("proceed"), "not_on_callout");
    play.ok(Who::Operator, "assignment.offer", &target, json!({"officer": "O2", "reason": "nearest"}));
}

#[test]
fn a_provisional_number_finds_its_call_out_after_the_hub_numbered_it() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &id, json!({"site": "BOILER", "provisional": "D2-0007", "offer": false}));
    for name in ["CO-26-00001", "D2-0007", "d2-0007"] {
        assert_eq!(play.world.callout(name).map(|c| c.id.to_string()), Some(id.clone()), "{name}");
    }
    // Nothing but such a number is kept: it is text from outside in the body of an event.
    for odd in ["CO-26-00009", "Mrs Smith", "D2-", "D-7", "D2-12345678"] {
        let id = play.fresh_id().to_string();
        play.ok(Who::Operator, "callout.create", &id, json!({"site": "BOILER", "provisional": odd, "offer": false}));
        assert_eq!(play.world.callout(&id).unwrap().provisional, None, "{odd}");
    }
}

#[test]
fn an_offer_gets_one_sms_and_the_operator_reads_what_came_of_it() {
    let mut play = play_at(At::Offered);
    play.may_not(Who::System, "assignment.text", json!({"state": "sent"}), "not_sending");
    play.live(10);
    play.does(Who::System, "assignment.text", json!({"state": "sending"}));
    assert_eq!(play.callout().next().text, "RSP-1 has not got the offer, an SMS is on its way: use the radio");
    play.may_not(Who::System, "assignment.text", json!({"state": "sending"}), "texted_already");
    play.does(Who::System, "assignment.text", json!({"state": "sent"}));
    assert_eq!(play.callout().next().text, "RSP-1 has not got the offer, an SMS is sent: use the radio");
    for state in ["sending", "sent", "failed"] {
        play.may_not(Who::System, "assignment.text", json!({"state": state}), "texted_already");
    }
    let told = play.callout().timeline.last().unwrap().text.clone();
    assert_eq!(told, "SMS to RSP-1 about the offer sent");
    play.does(Who::Officer(1), "assignment.seen", json!({}));
    assert_eq!(play.callout().next().text, "RSP-1 is reading the offer");
}

#[test]
fn a_failed_sms_says_why_and_to_ring() {
    let mut play = play_at(At::Offered);
    play.live(10);
    play.does(Who::System, "assignment.text", json!({"state": "failed", "failure": "no_number"}));
    let next = play.callout().next();
    let words = "RSP-1 has not got the offer, SMS failed (no mobile number in the register): ring them";
    assert_eq!((next.tone, next.text.as_str()), (Tone::Act, words));
    let told = play.callout().timeline.last().unwrap().text.clone();
    assert_eq!(told, "SMS to RSP-1 failed: no mobile number in the register, ring them");
}

#[test]
fn no_sms_is_begun_for_an_offer_that_waits_for_none_but_its_end_is_told_whenever_it_comes() {
    let mut play = play_at(At::Offered);
    play.does(Who::Officer(1), "assignment.delivered", json!({}));
    play.may_not(Who::System, "assignment.text", json!({"state": "sending"}), "no_offer");

    let mut play = play_at(At::Offered);
    play.live(10);
    let offer = play.callout().open_offer().unwrap().id;
    play.does(Who::System, "assignment.text", json!({"state": "sending", "assignment": offer}));
    play.live(60);
    assert!(play.callout().open_offer().is_none_or(|o| o.id != offer), "it ran out");
    play.does(Who::System, "assignment.text", json!({"state": "sent", "assignment": offer}));
    let stands = play.callout().assignment(offer).unwrap().text.clone().unwrap();
    assert_eq!(stands.what.state, domain::command::TextState::Sent);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
    play.may_not(Who::System, "assignment.text", json!({"state": "sending"}), "no_offer");
}
