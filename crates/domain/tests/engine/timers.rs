//! Timers: late, twice, or settled meanwhile.

use crate::kit::{At, Play, Who, dra, kinds, play_at, s};
use domain::command::Command;
use domain::id::Stream;
use domain::timers::{Timer, TimerKind};
use serde_json::json;

fn timer(play: &Play, kind: TimerKind) -> (Stream, Timer) {
    play.timers().into_iter().find(|(_, t)| t.kind == kind).unwrap_or_else(|| panic!("no {kind:?}"))
}

fn fire(play: &mut Play, command: &Command) -> Vec<&'static str> {
    kinds(&play.send(Who::System, command).expect("a timer is never refused"))
}

#[test]
fn a_timer_fired_by_two_hubs_is_one_command() {
    let play = play_at(At::Offered);
    let (stream, expires) = timer(&play, TimerKind::OfferExpires);
    assert_eq!(expires.command(stream), expires.clone().command(stream));
    let ids: std::collections::BTreeSet<_> = play.timers().iter().map(|(stream, t)| t.command(*stream).id).collect();
    assert_eq!(ids.len(), play.timers().len(), "and no two timers share an id");
}

#[test]
fn fired_late_it_takes_effect_now_and_is_dated_when_it_was_due() {
    let mut play = play_at(At::Offered);
    let (stream, expires) = timer(&play, TimerKind::OfferExpires);
    play.pass(3600);
    let command = expires.command(stream);
    let events = play.send(Who::System, &command).unwrap();
    assert_eq!(kinds(&events), ["assignment.expired", "callout.unresourced"], "nobody is asked an hour late");
    assert_eq!(events[0].at, expires.due);
}

#[test]
fn fired_twice_or_settled_meanwhile_it_does_nothing() {
    type Settle = fn(&mut Play);
    let table: [(&str, At, TimerKind, Settle); 7] = [
        ("accepted", At::Offered, TimerKind::OfferExpires, |p| {
            p.does(Who::Officer(1), "assignment.accept", json!({}));
        }),
        ("declined", At::Offered, TimerKind::OfferExpires, |p| {
            p.does(Who::Officer(1), "assignment.decline", json!({"reason": "x"}));
        }),
        ("delivered", At::Offered, TimerKind::OfferUndelivered, |p| {
            p.does(Who::Officer(1), "assignment.delivered", json!({}));
        }),
        ("stood down", At::Offered, TimerKind::OfferExpires, |p| {
            p.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
        }),
        ("heard from", At::Arrived, TimerKind::CheckCall, |p| {
            p.pass(1);
            p.does(Who::Officer(1), "check_call.answer", json!({"ok": true}));
        }),
        ("assessed again", At::Assessed, TimerKind::AssessAgain, |p| {
            p.pass(1);
            p.does(Who::Officer(1), "dra.record", dra("wait"));
        }),
        ("withdrew", At::Assessed, TimerKind::CheckCall, |p| {
            p.does(Who::Officer(1), "dra.record", dra("withdraw"));
        }),
    ];
    for (what, at, kind, settle) in table {
        let mut play = play_at(at);
        let (stream, due) = timer(&play, kind);
        settle(&mut play);
        play.now = due.due + s(1);
        let before = play.callout().clone();
        assert_eq!(fire(&mut play, &due.command(stream)), Vec::<&str>::new(), "{what}");
        assert_eq!(*play.callout(), before);
    }
    for (at, kind) in [
        (At::Offered, TimerKind::OfferExpires),
        (At::Arrived, TimerKind::CheckCall),
        (At::Assessed, TimerKind::AssessAgain),
    ] {
        let mut play = play_at(at);
        let (stream, due) = timer(&play, kind);
        play.now = due.due;
        assert!(!fire(&mut play, &due.command(stream)).is_empty());
        // Another program of another version may name it otherwise: the state itself says it is done.
        let mut again = due.command(stream);
        again.id = play.command("x", "x", json!({})).id;
        assert_eq!(fire(&mut play, &again), Vec::<&str>::new(), "{kind:?}");
    }
}

#[test]
fn a_shelf_that_ends_late_twice_or_for_a_taken_alarm() {
    let shelved = || {
        let mut play = Play::new();
        let alarm = crate::alarms::raise(&mut play, "1234", "130", "5", "intruder");
        let until = play.now + s(600);
        play.ok(Who::Operator, "alarm.shelve", &alarm, json!({"until": until, "reason": "engineer on site"}));
        let (stream, due) = timer(&play, TimerKind::ShelfEnds);
        (play, alarm, due.command(stream))
    };
    let (mut play, _, command) = shelved();
    play.pass(7200);
    assert_eq!(fire(&mut play, &command), ["alarm.unshelved"]);
    let again = Command { id: play.command("x", "x", json!({})).id, ..command };
    assert_eq!(fire(&mut play, &again), Vec::<&str>::new());
    for settle in ["alarm.take", "alarm.close"] {
        let (mut play, alarm, command) = shelved();
        play.ok(Who::Operator, settle, &alarm, json!({"reason": "x"}));
        play.pass(600);
        assert_eq!(fire(&mut play, &command), Vec::<&str>::new(), "{settle}");
    }
}

#[test]
fn what_is_over_has_no_timers() {
    for at in [At::Closed, At::Reported] {
        assert_eq!(play_at(at).timers(), [], "{at:?}");
    }
    let left: Vec<TimerKind> = play_at(At::Secured).timers().into_iter().map(|(_, t)| t.kind).collect();
    assert_eq!(left, [TimerKind::ReportDue], "only the report is left");
}

#[test]
fn a_withdrawal_that_nobody_decides_about_in_two_minutes_asks_louder() {
    let mut play = play_at(At::Assessed);
    play.pass(5);
    play.does(Who::Officer(1), "dra.record", dra("withdraw"));
    assert_eq!(play.callout().next().due, Some(play.now + s(120)), "the desk sees the time run");
    play.live(119);
    assert!(play.callout().attention(None).iter().all(|a| a.kind != "undecided"));
    let before = play.callout().next().text;
    play.live(1);
    let attention = play.callout().attention(None);
    assert_eq!(attention[0].text, "Nobody has decided what now");
    assert_ne!(play.callout().next().text, before, "another reason rings anew");
    play.does(Who::Operator, "assignment.offer", json!({}));
    assert!(play.callout().attention(None).iter().all(|a| a.kind != "undecided"));
    // Decided in time, nothing is said.
    let mut play = play_at(At::Assessed);
    play.pass(5);
    play.does(Who::Officer(1), "dra.record", dra("withdraw"));
    play.does(Who::Operator, "assignment.offer", json!({}));
    assert!(play.timers().iter().all(|(_, t)| t.kind != TimerKind::Undecided));
}

#[test]
fn a_council_sets_the_clocks_and_a_call_out_keeps_those_it_was_opened_with() {
    let times = json!({"accept_s": [20, 20, 20, 20], "set_off_s": [60, 60, 60, 60], "arrive_min": [10, 10, 10, 10],
        "no_movement_min": [2, 2, 2, 2], "check_call_min": [6, 6, 6, 6], "police_min": [5, 5, 5, 0],
        "report_h": [2, 2, 2, 2]});
    let set = |times: serde_json::Value| json!({"service_name": "Patrol", "callouts": {"times": times}});
    let mut play = Play::new();
    play.open(2);
    play.ok(Who::Administrator, "settings.put", "settings", set(times));
    let offer = play.callout().open_offer().unwrap();
    assert_eq!(offer.expires_at - offer.offered_at, s(45), "a clock that runs goes on");
    let events = play.does(Who::Officer(1), "assignment.decline", json!({"reason": "x"}));
    assert_eq!(kinds(&events), ["assignment.declined", "assignment.offered"]);
    assert_eq!(play.callout().times().accept(play.callout().priority), s(45));

    play.open(2);
    let offer = play.callout().open_offer().unwrap();
    assert_eq!(offer.expires_at - offer.offered_at, s(20));
    let who = Who::Officer((1..=3).find(|n| crate::kit::officer(*n) == offer.officer).unwrap());
    play.does(who, "assignment.accept", json!({}));
    assert_eq!(timer(&play, TimerKind::NotSetOff).1.due, play.now + s(60));
    play.does(Who::Operator, "police.wait", json!({"on": true}));
    assert_eq!(timer(&play, TimerKind::PoliceCallBack).1.due, play.now + s(300));
    // Left out, they stay.
    play.ok(Who::Administrator, "settings.put", "settings", json!({"service_name": "Patrol"}));
    assert_eq!(play.world.settings.callouts().times.check_call_min, [6; 4]);
    for (name, bad) in [
        ("accept_s", 5),
        ("accept_s", 601),
        ("arrive_min", 0),
        ("check_call_min", 61),
        ("police_min", 3),
        ("report_h", 0),
        ("set_off_s", 1),
        ("no_movement_min", 1),
    ] {
        let who = Who::Administrator;
        play.refused(who, "settings.put", "settings", set(json!({name: [bad, bad, bad, bad]})), "bad_callout_times");
    }
}
