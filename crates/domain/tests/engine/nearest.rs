//! Who is asked first.

use crate::kit::{At, Play, SITE, Who, dra, north, officer, play_at, s, sign, unit};
use domain::alarm::Priority;
use domain::nearest::{Candidate, Fix, Road, rank};
use serde_json::json;

fn ladder(play: &Play) -> Vec<Candidate> {
    rank(&play.world, &(&play.fixes, &play.roads), SITE, Priority::P2, &[], None, play.now)
}

/// What a routing server said of the unit where it stands now.
fn by_road(play: &mut Play, n: u8, travel_s: f64) {
    let from = play.fixes[&unit(n)].point;
    play.roads.put(unit(n), Road { from, to: SITE, travel_s });
}

/// The order of the officers, by number, as `1 2 3`.
#[track_caller]
fn check(play: &Play, order: &str) {
    let signs: Vec<String> = ladder(play).iter().map(|c| c.call_sign.replace("RSP-", "")).collect();
    assert_eq!(signs.join(" "), order);
}

#[test]
fn the_shortest_travel_time_comes_first() {
    let mut play = Play::with_officers(4);
    check(&play, "1 2 3 4");
    play.place(4, 10.0);
    check(&play, "4 1 2 3");
    // 400 m on foot takes longer than 2 km by car.
    play.ok(Who::Administrator, "unit.put", "new", json!({"call_sign": sign(4), "kind": "foot"}));
    play.place(4, 400.0);
    check(&play, "1 2 3 4");
    play.place(4, 200.0);
    check(&play, "1 2 4 3");
}

#[test]
fn of_two_equally_near_the_one_idle_longest_comes_first() {
    let mut play = Play::with_officers(2);
    play.place(1, 300.0);
    play.place(2, 300.0);
    // Officer 1 signs on anew, and so has been idle for less long.
    let id = officer(1).to_string();
    play.pass(60);
    play.ok(Who::Officer(1), "shift.sign_off", &id, json!({}));
    play.ok(Who::Officer(1), "shift.sign_on", &id, json!({"unit": sign(1)}));
    check(&play, "2 1");
    // Whoever has just left a site has been idle since then.
    let mut play = play_at(At::Secured);
    play.does(Who::Officer(1), "report.submit", json!({"narrative": "x", "signature": {"name": "A"}}));
    for n in 1..=3 {
        play.place(n, 300.0);
    }
    let order: Vec<_> = ladder(&play).into_iter().map(|c| c.call_sign).collect();
    assert_eq!(order[2], "RSP-1");
}

#[test]
fn old_and_unknown_positions_come_last_but_not_never() {
    let mut play = Play::with_officers(4);
    play.fixes.insert(unit(1), Fix { point: SITE, accuracy_m: None, at: play.now - s(301) });
    play.fixes.remove(&unit(2));
    let order = ladder(&play);
    check(&play, "3 4 1 2");
    assert_eq!(order[2].reasons, ["position 5 min old"]);
    assert_eq!(order[3].reasons, ["position unknown"]);
    assert!(order.iter().all(|c| c.excluded.is_none()));
    // Five minutes are still good; a fix from a clock ahead of ours is new.
    play.fixes.insert(unit(1), Fix { point: SITE, accuracy_m: None, at: play.now - s(300) });
    check(&play, "1 3 4 2");
    play.fixes.insert(unit(1), Fix { point: SITE, accuracy_m: None, at: play.now + s(30) });
    check(&play, "1 3 4 2");
    play.fixes.clear();
    play.open(2);
    assert!(play.callout().open_offer().is_some(), "a place without any fix still gets somebody");
}

#[test]
fn busy_officers_are_passed_over_and_it_says_why() {
    let mut play = Play::with_officers(3);
    play.open(2);
    let offered = ladder(&play);
    assert_eq!(offered[2].excluded.as_deref(), Some("has an offer of CO-26-00001"));
    play.does(Who::Officer(1), "assignment.accept", json!({}));
    check(&play, "2 3 1");
    assert_eq!(ladder(&play)[2].excluded.as_deref(), Some("on CO-26-00001"));
    let for_emergency = rank(&play.world, &play.fixes, SITE, Priority::P1, &[], None, play.now);
    assert_eq!((for_emergency[2].excluded.as_deref(), for_emergency[2].busy), (None, true));
    assert_eq!(for_emergency[2].reasons.last().unwrap(), "on CO-26-00001, priority 2");
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
    check(&play, "1 2 3");
}

#[test]
fn whoever_writes_the_report_is_free_to_go() {
    let mut play = play_at(At::Secured);
    for n in 1..=3 {
        play.place(n, 500.0 * f64::from(n));
    }
    check(&play, "1 2 3");
    play.open(1);
    assert_eq!(play.callout().open_offer().unwrap().call_sign, "RSP-1");
}

#[test]
fn passed_officers_come_after_all_others() {
    let play = Play::with_officers(3);
    let order = rank(&play.world, &play.fixes, SITE, Priority::P2, &[officer(1)], None, play.now);
    let signs: Vec<_> = order.iter().map(|c| c.call_sign.as_str()).collect();
    assert_eq!(signs, ["RSP-2", "RSP-3", "RSP-1"]);
    assert_eq!(order[2].excluded.as_deref(), Some("was asked already"));
}

#[test]
fn whoever_withdrew_from_it_is_passed_over_there_and_only_there() {
    let mut play = play_at(At::Parked);
    play.does(Who::Officer(1), "dra.record", dra("withdraw"));
    for n in 1..=3 {
        play.place(n, 500.0 * f64::from(n));
    }
    let here = rank(&play.world, &play.fixes, SITE, Priority::P2, &[], Some(play.callout_id()), play.now);
    assert_eq!(here[2].excluded.as_deref(), Some("withdrew from it for safety"));
    check(&play, "2 3 1");
    play.does(Who::Officer(1), "check_call.answer", json!({"ok": true}));
    check(&play, "1 2 3");
}

#[test]
fn off_shift_is_no_candidate_and_two_in_one_unit_are_two() {
    let mut play = Play::with_officers(3);
    play.ok(Who::Officer(3), "shift.sign_off", &officer(3).to_string(), json!({}));
    check(&play, "1 2");
    play.ok(Who::Officer(3), "shift.sign_on", &officer(3).to_string(), json!({"unit": sign(1)}));
    check(&play, "1 1 2");
}

#[test]
fn distance_is_in_words_a_person_reads() {
    let mut play = Play::with_officers(1);
    for (metres, words) in [(5.0, "10 m"), (500.0, "700 m"), (1000.0, "1.4 km")] {
        play.fixes.insert(unit(1), Fix { point: north(metres), accuracy_m: None, at: play.now - s(7) });
        let reasons = ladder(&play).remove(0).reasons;
        assert!(reasons[0].starts_with(words), "{reasons:?}");
        assert_eq!(reasons[1], "position 7 s old");
    }
}

#[test]
fn a_routed_time_counts_instead_of_the_straight_line_and_says_so() {
    let mut play = Play::with_officers(3);
    check(&play, "1 2 3");
    // The river is between: near is not soon.
    by_road(&mut play, 1, 1500.0);
    by_road(&mut play, 2, 200.0);
    check(&play, "2 3 1");
    let order = ladder(&play);
    assert_eq!(
        (order[0].by_road, order[0].travel_s, order[0].reasons[0].as_str()),
        (true, Some(200.0), "4 min by road")
    );
    assert!(!order[1].by_road && order[1].reasons[0].ends_with("straight line"), "{order:?}");
    play.ok(Who::Administrator, "unit.put", "new", json!({"call_sign": sign(2), "kind": "foot"}));
    let reasons = &ladder(&play)[0].reasons;
    assert_eq!(reasons[0], "4 min by road, on foot");
}

#[test]
fn an_offer_keeps_on_record_how_its_time_was_reckoned() {
    let mut play = Play::with_officers(2);
    by_road(&mut play, 1, 1500.0);
    by_road(&mut play, 2, 200.0);
    play.open(2);
    let offer = play.callout().open_offer().unwrap();
    assert_eq!((offer.call_sign.as_str(), offer.by_road, offer.travel_s), ("RSP-2", true, Some(200.0)));
    play.does(Who::Officer(2), "assignment.accept", json!({}));
    let steps = domain::callout::steps::steps(play.callout());
    let told = steps.iter().find(|step| step.detail.contains("RSP-2")).expect("a step names who accepted");
    assert!(told.detail.ends_with("4 min by road"), "{}", told.detail);
}

#[test]
fn what_no_routing_server_can_mean_is_as_if_none_had_been_asked() {
    for (travel_s, moved) in [(f64::NAN, 0.0), (f64::INFINITY, 0.0), (-60.0, 0.0), (22_000.0, 0.0), (200.0, 250.0)] {
        let mut play = Play::with_officers(2);
        by_road(&mut play, 2, travel_s);
        let metres = domain::geo::distance_m(play.fixes[&unit(2)].point, SITE);
        play.place(2, metres + moved);
        check(&play, "1 2");
        let second = &ladder(&play)[1];
        assert!(!second.by_road && second.reasons[0].ends_with("straight line"), "{travel_s} {moved}: {second:?}");
    }
    // A map of another town puts everybody on one road.
    let mut play = Play::with_officers(1);
    play.place(1, 3000.0);
    by_road(&mut play, 1, 0.0);
    assert!(!ladder(&play)[0].by_road);
    // Next door it is no fault.
    play.place(1, 100.0);
    by_road(&mut play, 1, 0.0);
    assert!(ladder(&play)[0].by_road);
    // An old position is no position, whatever was asked of it.
    play.pass(301);
    assert_eq!((ladder(&play)[0].by_road, ladder(&play)[0].travel_s), (false, None));
}

#[test]
fn a_time_to_another_place_says_nothing_of_this_one() {
    let mut play = Play::with_officers(2);
    let from = play.fixes[&unit(2)].point;
    play.roads.put(unit(2), Road { from, to: north(5000.0), travel_s: 1.0 });
    check(&play, "1 2");
    play.roads.put(unit(2), Road { from, to: SITE, travel_s: 500.0 });
    play.roads.put(unit(2), Road { from, to: SITE, travel_s: 30.0 });
    check(&play, "2 1");
    play.roads.keep(|_, road| road.to != SITE);
    check(&play, "1 2");
    assert_eq!(play.roads.iter().count(), 1);
}

/// Officers 1 and 2 are on call-outs of these priorities.
fn on_work(first: u8, second: u8) -> Play {
    let mut play = Play::with_officers(2);
    for (n, priority) in [(1, first), (2, second)] {
        let id = play.fresh_id().to_string();
        play.ok(Who::Operator, "callout.create", &id, json!({"site": "HALL", "priority": priority, "offer": false}));
        let body = json!({"officer": format!("O{n}"), "reason": "the only one"});
        play.ok(Who::Operator, "assignment.offer", &id, body);
        play.ok(Who::Officer(n), "assignment.accept", &id, json!({}));
    }
    play
}

#[test]
fn for_a_first_priority_whoever_is_on_something_less_urgent_is_asked_when_nobody_is_free() {
    let mut play = on_work(1, 4);
    let others = play.callout_id().to_string();
    play.open(1);
    let offer = play.callout().open_offer().expect("a break-in does not wait beside a noise complaint").clone();
    assert_eq!(
        (offer.call_sign.as_str(), offer.reasons.last().unwrap().as_str()),
        ("RSP-2", "on CO-26-00002, priority 4")
    );
    let noise = |play: &Play| play.world.callout(&others).unwrap().clone();
    assert!(noise(&play).active_lead().is_some(), "an offer takes nobody away");
    play.does(Who::Officer(2), "assignment.decline", json!({"reason": "with a child"}));
    assert!(noise(&play).active_lead().is_some());
    assert_eq!(play.callout().unresourced.as_ref().unwrap().reason, "everybody on shift is busy or was asked");

    play.does(Who::Operator, "assignment.offer", json!({}));
    play.does(Who::Officer(2), "assignment.accept", json!({}));
    let noise = noise(&play);
    assert!(noise.active_lead().is_none());
    assert_eq!(noise.next().text, "RSP-2 is no longer on it: offer it to somebody else", "handed back, and it says so");
}

#[test]
fn whoever_is_free_is_asked_before_anybody_is_taken_from_other_work() {
    let mut play = on_work(4, 4);
    play.add_officer(3);
    play.place(3, 20_000.0);
    play.open(1);
    let offer = play.callout().open_offer().unwrap();
    assert_eq!((offer.call_sign.as_str(), &offer.then[..]), ("RSP-3", &["RSP-1".to_owned(), "RSP-2".to_owned()][..]));
}

#[test]
fn for_all_else_busy_officers_are_for_a_person_to_choose_and_stand_before_the_rest() {
    let mut play = on_work(2, 4);
    let order = rank(&play.world, &play.fixes, SITE, Priority::P3, &[], None, play.now);
    let seen: Vec<_> = order.iter().map(|c| (c.call_sign.as_str(), c.excluded.as_deref().unwrap())).collect();
    assert_eq!(seen, [("RSP-2", "on CO-26-00002, priority 4"), ("RSP-1", "on CO-26-00001")]);
    play.open(3);
    assert!(play.callout().unresourced.is_some(), "nobody is taken from other work by itself");
    let refusal = play.may_not(Who::Operator, "assignment.offer", json!({"officer": "O2"}), "reason_needed");
    assert_eq!(refusal.text, "RSP-2 is on CO-26-00002, priority 4.");
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O2", "reason": "the noise can wait"}));
    assert_eq!(play.callout().open_offer().unwrap().call_sign, "RSP-2");
}

#[test]
fn whoever_has_called_for_help_is_taken_from_nothing() {
    let mut play = on_work(4, 4);
    let one = play.world.callouts.values().find(|c| c.number == "CO-26-00001").unwrap().id.to_string();
    play.ok(Who::Operator, "escalation.raise", &one, json!({"level": 1}));
    let order = rank(&play.world, &play.fixes, SITE, Priority::P1, &[], None, play.now);
    let passed = order.iter().find(|c| c.call_sign == "RSP-1").unwrap();
    assert_eq!(passed.excluded.as_deref(), Some("on CO-26-00001"));
}
