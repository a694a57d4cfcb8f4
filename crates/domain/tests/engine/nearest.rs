//! Who is asked first.

use crate::kit::{At, Play, SITE, Who, dra, north, officer, play_at, s, sign, unit};
use domain::alarm::Priority;
use domain::nearest::{Candidate, Fix, rank};
use serde_json::json;

fn ladder(play: &Play) -> Vec<Candidate> {
    rank(&play.world, &play.fixes, SITE, Priority::P2, &[], None, play.now)
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
    assert_eq!(for_emergency[2].excluded.as_deref(), Some("on CO-26-00001, which is less urgent"));
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
