//! Alarms: raised, grouped, taken, shelved, restored, closed.

use crate::kit::{At, Play, Who, go_to, kinds, s};
use domain::alarm::{Alarm, AlarmState as A};
use domain::callout::CalloutState as S;
use serde_json::{Value, json};

pub fn signal(account: &str, code: &str, zone: &str, meaning: Value) -> Value {
    let zone = (!zone.is_empty()).then_some(zone);
    json!({"source": {"protocol": "ADM-CID", "account": account, "code": code, "qualifier": "new", "partition": null,
           "zone": zone, "user": null, "panel_seq": 1, "raw": "", "remote": null, "panel_at": null, "point": null},
           "meaning": meaning, "text": "Burglary", "known_account": true})
}

/// Raises an alarm and gives its id.
pub fn raise(play: &mut Play, account: &str, code: &str, zone: &str, kind: &str) -> String {
    let body = signal(account, code, zone, json!({"is": "alarm", "kind": kind}));
    play.ok(Who::System, "signal.receive", account, body).last().unwrap().stream.id.to_string()
}

fn restore(play: &mut Play, account: &str, code: &str, zone: &str) -> Vec<&'static str> {
    kinds(&play.ok(Who::System, "signal.receive", account, signal(account, code, zone, json!({"is": "restore"}))))
}

fn alarm<'a>(play: &'a Play, id: &str) -> &'a Alarm {
    play.world.alarm(id).unwrap()
}

#[test]
fn taking_an_alarm_opens_the_call_out_and_offers_it_in_one_breath() {
    let mut play = Play::new();
    let id = raise(&mut play, "1234", "130", "005", "intruder");
    assert_eq!(alarm(&play, &id).zone_name.as_deref(), Some("Back door"));
    let events = play.ok(Who::Operator, "alarm.take", &id, json!({}));
    assert_eq!(
        kinds(&events),
        ["alarm.taken", "incident.opened", "callout.created", "alarm.linked", "assignment.offered"]
    );
    assert_eq!((play.state(), play.callout().alarm), (S::Offering, Some(alarm(&play, &id).id)));
    assert!(play.ok(Who::Operator, "alarm.take", &id, json!({})).is_empty(), "mine already");
    play.refused(Who::Supervisor, "alarm.take", &id, json!({}), "already_taken");
    play.refused(Who::Operator, "alarm.close", &id, json!({"reason": "x"}), "callout_open");
    go_to(&mut play, At::Offered, At::Closed);
    assert_eq!(alarm(&play, &id).state, A::Closed, "it closes with its call-out");
    play.refused(Who::Operator, "alarm.take", &id, json!({}), "alarm_closed");
}

#[test]
fn an_alarm_that_needs_nobody_there_opens_nothing() {
    let mut play = Play::new();
    let id = raise(&mut play, "1234", "301", "", "power");
    assert_eq!(kinds(&play.ok(Who::Operator, "alarm.take", &id, json!({}))), ["alarm.taken"]);
    play.ok(Who::Operator, "alarm.close", &id, json!({"reason": "mains work in the street"}));
    play.refused(Who::Operator, "alarm.close", &id, json!({"reason": "x"}), "alarm_closed");
}

#[test]
fn an_alarm_is_viewed_once_and_shelved_for_a_while_with_a_reason() {
    let mut play = Play::new();
    let who = Who::Operator;
    let id = raise(&mut play, "1234", "130", "5", "intruder");
    play.ok(Who::Cctv, "alarm.view", &id, json!({}));
    assert!(play.ok(who, "alarm.view", &id, json!({})).is_empty());
    let until = |play: &Play, seconds: i64| json!(play.now + s(seconds));
    for seconds in [0, -1, 86_401] {
        let body = json!({"until": until(&play, seconds), "reason": "engineer"});
        play.refused(who, "alarm.shelve", &id, body, "bad_shelf_time");
    }
    let body = json!({"until": until(&play, 60), "reason": " "});
    play.refused(who, "alarm.shelve", &id, body, "missing");
    let body = json!({"until": until(&play, 60), "reason": "engineer"});
    play.ok(who, "alarm.shelve", &id, body);
    assert!(!alarm(&play, &id).rings());
    assert_eq!(kinds(&play.live(60)), ["alarm.unshelved"]);
    assert!(alarm(&play, &id).rings());
    let panic = raise(&mut play, "1234", "120", "", "panic");
    let body = json!({"until": until(&play, 60), "reason": "x"});
    play.refused(who, "alarm.shelve", &panic, body, "not_shelvable");
}

#[test]
fn a_call_out_for_a_shelved_alarm_takes_it_from_the_shelf() {
    let mut play = Play::new();
    let id = raise(&mut play, "1234", "130", "5", "intruder");
    let until = play.now + s(600);
    play.ok(Who::Operator, "alarm.shelve", &id, json!({"until": until, "reason": "engineer"}));
    let callout = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &callout, json!({"alarm": id}));
    assert_eq!(alarm(&play, &id).state, A::Taken);
    assert!(play.live(700).iter().all(|e| e.body.kind() != "alarm.unshelved"));
    let second = play.fresh_id().to_string();
    play.refused(Who::Operator, "callout.create", &second, json!({"alarm": id}), "exists");
}

#[test]
fn another_call_out_may_answer_an_alarm_whose_first_one_is_over() {
    let mut play = Play::new();
    let id = raise(&mut play, "1234", "130", "5", "intruder");
    play.ok(Who::Operator, "alarm.take", &id, json!({}));
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "mistaken"}));
    let second = play.fresh_id().to_string();
    // Whether the first one is still in memory makes no difference.
    play.ok(Who::Operator, "callout.create", &second, json!({"alarm": id}));
    assert_eq!(play.state(), S::Offering);
    let incident = play.world.incidents.values().next().unwrap();
    assert_eq!((incident.callouts.len(), incident.alarms.len(), play.world.incidents.len()), (2, 1, 1));
}

#[test]
fn a_restore_ends_the_cause_of_its_own_alarm_only() {
    // Codes of alarm and restore, zones, and whether the one ends the other.
    let table = [
        (("130", "5"), ("130", "005"), true),
        (("130", "5"), ("130", "6"), false),
        (("130", "5"), ("131", "5"), false),
        (("120", ""), ("301", ""), false),
        (("301", ""), ("301", ""), true),
        (("BA", "5"), ("BR", "5"), true),
        (("BA", "5"), ("BH", "5"), true),
        (("PA", ""), ("AR", ""), false),
        (("AT", ""), ("AR", ""), true),
        (("BA", "5"), ("130", "5"), false),
    ];
    for ((code, zone), (other, other_zone), ends) in table {
        let mut play = Play::new();
        let id = raise(&mut play, "1234", code, zone, "intruder");
        restore(&mut play, "1234", other, other_zone);
        assert_eq!(alarm(&play, &id).restored_at.is_some(), ends, "{code} {zone} by {other} {other_zone}");
        assert!(alarm(&play, &id).is_open(), "a restore never closes");
    }
    let mut play = Play::new();
    let id = raise(&mut play, "1234", "130", "5", "intruder");
    assert_eq!(restore(&mut play, "1235", "130", "5"), ["signal.logged"], "another panel's");
    assert_eq!(restore(&mut play, "1234", "130", "5"), ["signal.logged", "alarm.restored"]);
    assert_eq!(restore(&mut play, "1234", "130", "5"), ["signal.logged"], "once");
    assert!(alarm(&play, &id).restored_at.is_some());
}

#[test]
fn unknown_accounts_are_one_row_for_each_account_and_address() {
    let mut play = Play::new();
    let unknown = |remote: &str, account: &str| {
        let mut body = signal(account, "130", "1", json!({"is": "alarm", "kind": "unknown_account"}));
        body["source"]["remote"] = json!(remote);
        body
    };
    let mut send =
        |remote: &str, account: &str| kinds(&play.ok(Who::System, "signal.receive", account, unknown(remote, account)));
    assert_eq!(send("10.0.0.1", "9ABC"), ["alarm.raised"]);
    assert_eq!(send("10.0.0.1", "9ABC"), ["alarm.repeated"]);
    assert_eq!(send("10.0.0.1", "9abc"), ["alarm.repeated"], "capitals mean nothing");
    assert_eq!(send("10.0.0.2", "9ABC"), ["alarm.raised"]);
    assert_eq!(send("10.0.0.1", "9ABD"), ["alarm.raised"]);
    let first = play.world.open_alarms_of("9abc").find(|a| a.repeats == 2).unwrap().id.to_string();
    play.ok(Who::Operator, "alarm.close", &first, json!({"reason": "a stranger"}));
    let again = play.ok(Who::System, "signal.receive", "9ABC", unknown("10.0.0.1", "9ABC"));
    assert_eq!(kinds(&again), ["alarm.raised"], "a closed row is not revived");
}

#[test]
fn receiver_faults_are_one_row_for_each_cause() {
    let mut play = Play::new();
    let mut send = |code: &str| {
        let mut body = signal("1234", code, "", json!({"is": "alarm", "kind": "receiver_fault"}));
        body["source"]["remote"] = json!("10.0.0.1");
        kinds(&play.ok(Who::System, "signal.receive", "1234", body))
    };
    assert_eq!(send("clock_outside_window"), ["alarm.raised"]);
    assert_eq!(send("undecryptable"), ["alarm.raised"], "a wrong key does not hide behind a wrong clock");
    assert_eq!(send("clock_outside_window"), ["alarm.repeated"]);
    assert_eq!(send("undecryptable"), ["alarm.repeated"]);
}

#[test]
fn a_known_panels_activations_are_each_their_own() {
    let mut play = Play::new();
    assert_ne!(raise(&mut play, "1234", "130", "5", "intruder"), raise(&mut play, "1234", "130", "5", "intruder"));
}

#[test]
fn a_silent_panel_is_an_alarm_until_it_is_heard() {
    let mut play = Play::new();
    let system = Who::System;
    let silent = json!({"since": play.now});
    assert_eq!(kinds(&play.ok(system, "panel.silent", "1234", silent.clone())), ["panel.line_fault", "alarm.raised"]);
    assert!(play.ok(system, "panel.silent", "1234", silent.clone()).is_empty());
    assert_eq!(kinds(&play.ok(system, "panel.heard", "1234", json!({}))), ["panel.line_restored", "alarm.restored"]);
    assert!(play.ok(system, "panel.heard", "1234", json!({})).is_empty());
    play.refused(system, "panel.silent", "7777", silent, "not_found");
}

#[test]
fn a_panels_time_is_believed_when_it_can_be() {
    for (ahead, believed) in [(-60, true), (0, true), (1, false), (-86_399, true), (-86_400, false)] {
        let mut play = Play::new();
        let mut body = signal("1234", "130", "5", json!({"is": "alarm", "kind": "intruder"}));
        let told = play.now + s(ahead);
        body["source"]["panel_at"] = json!(told);
        let id = play.ok(Who::System, "signal.receive", "1234", body).last().unwrap().stream.id.to_string();
        assert_eq!(alarm(&play, &id).raised_at, if believed { told } else { play.now }, "{ahead} s");
    }
}

#[test]
fn a_signal_with_ten_thousand_open_alarms_looks_at_its_own_panels_only() {
    let mut play = Play::new();
    for n in 0..10_000u32 {
        let body = signal(&format!("{:05X}", n % 2_000), "130", "1", json!({"is": "alarm", "kind": "intruder"}));
        let command = play.command("signal.receive", "x", body);
        play.send(Who::System, &command).unwrap();
    }
    assert_eq!(play.world.open_alarms_of("00000").count(), 5);
    assert_eq!(restore(&mut play, "00000", "130", "1").len(), 6);
    // The index follows closing, forgetting and loading.
    let open = play.world.open_alarms_of("00001").next().unwrap().clone();
    play.ok(Who::Operator, "alarm.close", &open.id.to_string(), json!({"reason": "x"}));
    assert_eq!(play.world.open_alarms_of("00001").count(), 4);
    let stream = domain::id::Stream::new(
        domain::id::AggregateKind::Alarm,
        play.world.open_alarms_of("00002").next().unwrap().id,
    );
    let (state, version) = (play.world.snapshot(stream).unwrap().unwrap(), play.world.version(stream));
    play.world.forget(stream);
    assert_eq!(play.world.open_alarms_of("00002").count(), 4);
    play.world.load(stream, version, &state).unwrap();
    assert_eq!(play.world.open_alarms_of("00002").count(), 5);
}

#[test]
fn a_second_alarm_of_a_site_joins_its_open_call_out() {
    let mut play = Play::new();
    let first = raise(&mut play, "1234", "130", "5", "intruder");
    play.ok(Who::Operator, "alarm.take", &first, json!({}));
    let second = raise(&mut play, "1234", "122", "5", "panic");
    let events = play.ok(Who::Operator, "alarm.take", &second, json!({}));
    assert_eq!(kinds(&events), ["alarm.taken", "incident.opened", "callout.alarm_joined", "alarm.linked"]);
    assert_eq!(play.world.callouts.len(), 1);
    assert_eq!(play.callout().priority, domain::alarm::Priority::P1, "as urgent as the most urgent");
    assert_eq!(play.callout().timeline.last().unwrap().text, "Another alarm here: Panic, Back door");
    go_to(&mut play, At::Offered, At::Secured);
    // Nobody is there any more: a third needs somebody again.
    let third = raise(&mut play, "1234", "130", "5", "intruder");
    assert!(kinds(&play.ok(Who::Operator, "alarm.take", &third, json!({}))).contains(&"callout.created"));
    let target =
        play.world.callouts.values().find(|c| c.alarm == Some(alarm(&play, &first).id)).unwrap().id.to_string();
    play.ok(Who::Supervisor, "callout.stand_down", &target, json!({"reason": "done"}));
    assert_eq!((alarm(&play, &first).state, alarm(&play, &second).state), (A::Closed, A::Closed));
    assert!(alarm(&play, &third).is_open());
}

fn unknown(account: &str, code: &str) -> Value {
    let mut body = signal(account, code, "", json!({"is": "alarm", "kind": "unknown_account"}));
    body["source"]["remote"] = json!("192.0.2.7");
    body
}

#[test]
fn another_code_from_an_unknown_account_rings_though_the_first_was_taken() {
    let mut play = Play::new();
    let rows = |play: &Play| play.world.alarms.values().filter(|a| a.is_open()).count();
    play.ok(Who::System, "signal.receive", "77", unknown("77", "602"));
    play.ok(Who::System, "signal.receive", "77", unknown("77", "130"));
    assert_eq!(rows(&play), 1, "while it rings, one row says it all");
    let id = play.log.last().unwrap().stream.id.to_string();
    play.ok(Who::Operator, "alarm.take", &id, json!({}));
    assert_eq!(kinds(&play.ok(Who::System, "signal.receive", "77", unknown("77", "602"))), ["alarm.repeated"]);
    assert_eq!(kinds(&play.ok(Who::System, "signal.receive", "77", unknown("77", "110"))), ["alarm.raised"]);
    assert_eq!(rows(&play), 2);
}

#[test]
fn one_address_with_many_made_up_accounts_is_a_bounded_number_of_rows() {
    let mut play = Play::new();
    let open = |play: &Play| play.world.alarms.values().filter(|a| a.is_open()).cloned().collect::<Vec<_>>();
    for n in 0..200 {
        let account = format!("A{n}");
        play.ok(Who::System, "signal.receive", &account, unknown(&account, "130"));
    }
    let rows = open(&play);
    assert_eq!(rows.len(), 11);
    let many = rows.iter().find(|a| a.repeats > 0).unwrap();
    assert_eq!((many.repeats, many.text.as_str()), (189, "Many unknown accounts call from 192.0.2.7; the last is A10"));
    play.ok(Who::Operator, "alarm.take", &many.id.to_string(), json!({}));
    play.ok(Who::System, "signal.receive", "B", unknown("B", "130"));
    assert!(open(&play).iter().any(|a| a.rings() && a.text.ends_with("the last is B")), "and the next rings again");
    // A known panel and another address are rows of their own.
    raise(&mut play, "1234", "130", "5", "intruder");
    let mut other = unknown("A7", "130");
    other["source"]["remote"] = json!("192.0.2.8");
    assert_eq!(kinds(&play.ok(Who::System, "signal.receive", "A7", other)), ["alarm.raised"]);
}
