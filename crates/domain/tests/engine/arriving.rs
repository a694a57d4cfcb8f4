//! What becomes of an activation: blackout, duplicate, correlate, create, in that order.

use crate::alarms::signal;
use crate::kit::{At, Play, Who, go_to, kinds, s};
use domain::alarm::{Alarm, AlarmState as A, Confirmation, Priority as P};
use domain::event::Recorded;
use serde_json::{Value, json};

/// One signal of panel 1234.
pub fn tell(play: &mut Play, zone: &str, meaning: Value) -> Vec<Recorded> {
    play.ok(Who::System, "signal.receive", "1234", signal("1234", "130", zone, meaning))
}

fn goes_off(play: &mut Play, zone: &str, kind: &str) -> Vec<Recorded> {
    tell(play, zone, json!({"is": "alarm", "kind": kind}))
}

/// The row that the last activation made or was counted on.
fn row(play: &Play, events: &[Recorded]) -> Alarm {
    let on_a_row = |e: &&Recorded| play.world.alarms.contains_key(&domain::id::AlarmId(e.stream.id));
    let found = events.iter().rev().find(on_a_row).expect("a row");
    (*play.world.alarms[&domain::id::AlarmId(found.stream.id)]).clone()
}

fn confirming(window_minutes: u32) -> Play {
    let mut play = Play::new();
    put_policy(&mut play, json!({"confirmation": {"sequential": {"window_minutes": window_minutes}}}));
    play
}

fn put_policy(play: &mut Play, policy: Value) {
    let mut site = crate::kit::register()[4].1.clone();
    site["policy"] = policy;
    play.ok(Who::Administrator, "site.put", "new", site);
}

fn on_test(play: &mut Play, seconds: i64, more: Value) -> Vec<Recorded> {
    let mut body = json!({"until": play.now + s(seconds), "reason": "engineer on site"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    play.ok(Who::Operator, "panel.on_test", "1234", body)
}

// The order.

#[test]
fn an_activation_is_tested_before_it_is_counted_before_it_confirms_before_it_is_raised() {
    let mut play = confirming(60);
    // Created and correlated.
    let first = goes_off(&mut play, "5", "intruder");
    assert_eq!(kinds(&first), ["panel.activated", "alarm.raised"]);
    assert_eq!(row(&play, &first).priority, P::P3);
    for _ in 0..4 {
        goes_off(&mut play, "5", "intruder");
    }
    // Duplicate goes before correlate: what is counted on a row confirms nothing anew.
    let confirmed = goes_off(&mut play, "6", "intruder");
    assert!(kinds(&confirmed).contains(&"alarm.confirmed"));
    let again = goes_off(&mut play, "5", "intruder");
    assert_eq!(kinds(&again), ["panel.activated", "alarm.raised", "alarm.repeated", "alarm.flapping"]);
    // Blackout goes before duplicate.
    on_test(&mut play, 600, json!({}));
    assert_eq!(kinds(&goes_off(&mut play, "5", "intruder")), ["signal.logged"]);
    assert_eq!(kinds(&goes_off(&mut play, "7", "intruder")), ["signal.logged"]);
    let test = play.world.panel("1234").unwrap().state.on_test.clone().unwrap();
    assert_eq!((test.count, test.standing), (2, vec!["5".to_owned(), "7".to_owned()]));
}

// Confirmation (BS 8243).

#[test]
fn one_detector_is_unconfirmed_and_less_urgent_until_another_says_the_same() {
    let mut play = confirming(60);
    let first = goes_off(&mut play, "5", "intruder");
    let alone = row(&play, &first);
    assert_eq!(alone.priority, P::P3);
    assert_eq!(alone.confirmation, Some(Confirmation::Unconfirmed { until: play.now + s(3600) }));
    play.pass(3600);
    let events = goes_off(&mut play, "6", "intruder");
    assert_eq!(kinds(&events), ["panel.activated", "alarm.confirmed", "alarm.raised"]);
    let second = row(&play, &events);
    let first = play.world.alarms[&alone.id].clone();
    assert_eq!((first.priority, second.priority), (P::P1, P::P1));
    let place = |alarm: &Alarm| match &alarm.confirmation {
        Some(Confirmation::Confirmed { place, with }) => (place.clone(), *with),
        other => panic!("{other:?}"),
    };
    assert_eq!(place(&first), ("Zone 6".into(), second.id));
    assert_eq!(place(&second), ("Zone 5 Back door".into(), first.id));
    assert!(first.rings() && second.rings());
    // A third within the window belongs to them.
    let third = goes_off(&mut play, "7", "intruder");
    assert!(row(&play, &third).is_confirmed());
}

#[test]
fn only_another_detector_within_the_window_confirms() {
    // Seconds later, zone before and after, whether it confirms.
    let table = [
        (3600, "5", "6", true),
        (3601, "5", "6", false),
        (10, "5", "5", false),
        (10, "5", "005", false),
        (10, "", "", false),
        (10, "", "5", false),
    ];
    for (seconds, before, after, confirms) in table {
        let mut play = confirming(60);
        goes_off(&mut play, before, "intruder");
        play.pass(seconds);
        let events = goes_off(&mut play, after, "intruder");
        assert_eq!(row(&play, &events).is_confirmed(), confirms, "{before:?} then {after:?} after {seconds} s");
    }
}

#[test]
fn life_safety_and_sites_without_the_policy_wait_for_no_confirmation() {
    for kind in ["hold_up", "panic", "fire", "medical", "gas"] {
        let mut play = confirming(60);
        let events = goes_off(&mut play, "5", kind);
        let alarm = row(&play, &events);
        assert_eq!((alarm.priority, alarm.confirmation.clone(), alarm.rings()), (P::P1, None, true), "{kind}");
        let after = goes_off(&mut play, "6", "intruder");
        assert!(!row(&play, &after).is_confirmed(), "{kind} is no second intruder");
    }
    let mut play = Play::new();
    let events = goes_off(&mut play, "5", "intruder");
    assert_eq!((row(&play, &events).priority, row(&play, &events).confirmation.clone()), (P::P2, None));
    put_policy(&mut play, json!({"confirmation": {"sequential": {"lower_unconfirmed": false}}}));
    let mut fresh = play;
    let events = goes_off(&mut fresh, "5", "intruder");
    assert_eq!(row(&fresh, &events).priority, P::P2, "the policy may leave the priority as it is");
}

#[test]
fn a_first_activation_that_was_put_aside_comes_back_when_it_is_confirmed() {
    let mut play = confirming(60);
    let events = goes_off(&mut play, "5", "intruder");
    let first = row(&play, &events).id.to_string();
    let until = play.now + s(600);
    play.ok(Who::Operator, "alarm.shelve", &first, json!({"until": until, "reason": "spider"}));
    let events = goes_off(&mut play, "6", "intruder");
    assert_eq!(kinds(&events), ["panel.activated", "alarm.confirmed", "alarm.unshelved", "alarm.raised"]);
    let alarm = play.world.alarm(&first).unwrap();
    assert!(alarm.rings() && alarm.priority == P::P1);
    let until = json!(play.now + s(60));
    play.refused(Who::Operator, "alarm.shelve", &first, json!({"until": until, "reason": "x"}), "not_shelvable");
}

#[test]
fn an_activation_that_was_closed_still_counts_as_the_first() {
    let mut play = confirming(60);
    let events = goes_off(&mut play, "5", "intruder");
    let first = row(&play, &events).id.to_string();
    play.ok(Who::Operator, "alarm.close", &first, json!({"reason": "no cause found"}));
    let stream = domain::id::Stream::new(domain::id::AggregateKind::Alarm, play.world.alarm(&first).unwrap().id);
    play.world.forget(stream);
    play.reread.forget(stream);
    let events = goes_off(&mut play, "6", "intruder");
    assert!(row(&play, &events).is_confirmed());
}

#[test]
fn a_window_nobody_could_mean_is_refused() {
    let mut play = Play::new();
    for minutes in [0, 1_441] {
        let mut site = crate::kit::register()[4].1.clone();
        site["policy"] = json!({"confirmation": {"sequential": {"window_minutes": minutes}}});
        play.refused(Who::Administrator, "site.put", "new", site, "bad_window");
    }
}

// Flapping.

#[test]
fn a_detector_that_goes_off_again_and_again_is_one_row_and_rings_no_more() {
    let mut play = Play::new();
    let mut last = vec![];
    for n in 1..=5 {
        last = goes_off(&mut play, "5", "tamper");
        assert_eq!(kinds(&last), ["panel.activated", "alarm.raised"], "{n}");
        play.pass(60);
    }
    let fifth = row(&play, &last).id;
    play.ok(Who::Operator, "alarm.take", &fifth.to_string(), json!({}));
    let sixth = goes_off(&mut play, "05", "tamper");
    assert_eq!(kinds(&sixth), ["panel.activated", "alarm.raised", "alarm.repeated", "alarm.flapping"]);
    // On record by itself, and no row.
    let counted = play.world.alarms.values().find(|a| a.counted_on == Some(fifth)).unwrap();
    assert!(!counted.is_open() && !counted.rings());
    tell(&mut play, "5", json!({"is": "restore"}));
    play.pass(300);
    let seventh = goes_off(&mut play, "5", "tamper");
    assert_eq!(kinds(&seventh), ["panel.activated", "alarm.raised", "alarm.repeated"]);
    let alarm = play.world.alarms[&fifth].clone();
    assert_eq!((alarm.repeats, alarm.rings(), alarm.restored_at), (2, false, None), "what came again is not over");
    // Another detector is another matter.
    let row_of_its_own = ["panel.activated", "alarm.raised"];
    assert_eq!(kinds(&goes_off(&mut play, "6", "tamper")), row_of_its_own);
    // It ends by itself, when it has been quiet.
    assert!(play.live(599).iter().all(|e| e.body.kind() != "alarm.flap_ended"));
    assert!(kinds(&play.live(2)).contains(&"alarm.flap_ended"));
    assert_eq!(play.world.alarms[&fifth].flapping, None);
    assert_eq!(kinds(&goes_off(&mut play, "5", "tamper")), row_of_its_own);
}

#[test]
fn what_is_done_to_an_activation_that_was_counted_is_done_to_its_row() {
    let mut play = Play::new();
    let mut events = vec![];
    for _ in 0..6 {
        events = goes_off(&mut play, "5", "tamper");
    }
    let row = row(&play, &events).id;
    let counted = play.world.alarms.values().find(|a| a.counted_on == Some(row)).unwrap().id.to_string();
    let taken = play.ok(Who::Operator, "alarm.take", &counted, json!({}));
    assert_eq!(taken[0].stream.id, row.0);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
    assert!(!play.world.alarms[&row].is_open(), "closed with its call-out");
    assert!(play.ok(Who::Operator, "alarm.close", &counted, json!({"reason": "x"})).is_empty(), "it went with its row");
    play.refused(Who::Operator, "alarm.take", &counted, json!({}), "alarm_closed");
}

#[test]
fn a_row_closed_while_its_detector_flaps_comes_back_in_silence_and_rings_if_nobody_takes_it() {
    let mut play = Play::new();
    for _ in 0..6 {
        goes_off(&mut play, "5", "tamper");
    }
    for id in play.world.alarms.values().filter(|a| a.is_open()).map(|a| a.id.to_string()).collect::<Vec<_>>() {
        play.ok(Who::Operator, "alarm.close", &id, json!({"reason": "known fault"}));
    }
    let again = goes_off(&mut play, "5", "tamper");
    assert_eq!(kinds(&again), ["panel.activated", "alarm.raised", "alarm.flapping"]);
    let alarm = row(&play, &again);
    assert_eq!((alarm.state, alarm.rings()), (A::New, false));
    play.live(601);
    assert!(play.world.alarms[&alarm.id].rings(), "it is over, and still nobody has looked at it");
}

#[test]
fn five_within_the_time_are_no_flapping_and_life_safety_never_is() {
    let mut play = Play::new();
    for _ in 0..12 {
        assert_eq!(kinds(&goes_off(&mut play, "5", "tamper")), ["panel.activated", "alarm.raised"]);
        play.pass(150);
    }
    for kind in ["panic", "fire", "hold_up", "medical"] {
        for n in 0..12 {
            assert_eq!(kinds(&goes_off(&mut play, "9", kind)), ["alarm.raised"], "{kind} {n}");
        }
    }
}

#[test]
fn c7_each_setting_of_alarms_does_what_it_says() {
    let mut play = Play::new();
    let settings = |alarms: Value| json!({"service_name": "Patrol", "alarms": alarms});
    let flap = json!({"flap": {"times": 2, "minutes": 1, "quiet_minutes": 1}, "ageing_s": [[5, 6], [7, 8], [9, 10], [11, 12]]});
    play.ok(Who::Supervisor, "settings.put", "settings", settings(flap));
    goes_off(&mut play, "5", "tamper");
    goes_off(&mut play, "5", "tamper");
    assert!(kinds(&goes_off(&mut play, "5", "tamper")).contains(&"alarm.flapping"));
    assert!(kinds(&play.live(60)).contains(&"alarm.flap_ended"));
    assert_eq!(play.world.settings.alarms().ageing_of(P::P2), [7, 8]);
    // What names the service only, leaves them alone.
    play.ok(Who::Supervisor, "settings.put", "settings", json!({"service_name": "Another name"}));
    assert_eq!(play.world.settings.alarms().flap.times, 2);
    for wrong in [
        json!({"flap": {"times": 1}}),
        json!({"flap": {"minutes": 0}}),
        json!({"ageing_s": [[5, 5], [7, 8], [9, 10], [11, 12]]}),
        json!({"flood": {"begins": 5, "ends": 5}}),
    ] {
        play.refused(Who::Supervisor, "settings.put", "settings", settings(wrong), "bad_alarm_settings");
    }
}

// On test.

#[test]
fn what_a_panel_on_test_sends_is_logged_and_counted_and_never_rings() {
    let mut play = Play::new();
    let before = play.world.alarms.len();
    on_test(&mut play, 600, json!({}));
    for kind in ["intruder", "tamper", "power", "access"] {
        assert_eq!(kinds(&goes_off(&mut play, "5", kind)), ["signal.logged"], "{kind}");
    }
    assert_eq!(play.world.alarms.len(), before);
    assert_eq!(play.world.panel("1234").unwrap().state.on_test.as_ref().unwrap().count, 4);
    // Somebody may be dying, and a code that nobody knows may be anything.
    for kind in ["hold_up", "panic", "fire", "medical", "gas", "unknown_code"] {
        let events = goes_off(&mut play, "5", kind);
        assert!(row(&play, &events).rings(), "{kind}");
    }
    on_test(&mut play, 600, json!({"also_life_safety": true}));
    assert_eq!(kinds(&goes_off(&mut play, "5", "fire")), ["signal.logged"], "the engineer tests just that");
    assert!(kinds(&goes_off(&mut play, "5", "unknown_code")).contains(&"alarm.raised"));
}

#[test]
fn a_test_has_an_owner_a_reason_and_an_end_and_ends_by_itself() {
    let mut play = Play::new();
    let who = Who::Operator;
    let body = |seconds: i64, reason: &str, now| json!({"until": now + s(seconds), "reason": reason});
    let now = play.now;
    play.refused(who, "panel.on_test", "1234", body(600, " ", now), "missing");
    for seconds in [0, -5, 7 * 86_400 + 1] {
        play.refused(who, "panel.on_test", "1234", body(seconds, "x", now), "bad_test_time");
    }
    play.refused(who, "panel.on_test", "7777", body(600, "x", now), "not_found");
    play.refused(who, "panel.on_test", "HALL", body(600, "x", now), "no_panel");
    let zones = json!({"until": now + s(600), "reason": "x", "zones": ["5", " "]});
    play.refused(who, "panel.on_test", "1234", zones, "bad_zones");
    play.refused(Who::Officer(1), "panel.on_test", "1234", body(600, "x", now), "not_allowed");
    // By the name of the site, for some zones, from later on.
    let later = json!({"until": now + s(900), "from": now + s(300), "reason": "works", "zones": ["05"]});
    play.ok(who, "panel.on_test", "BOILER", later);
    let test = play.world.panel("1234").unwrap().state.on_test.clone().unwrap();
    assert_eq!((test.by, test.reason.as_str(), test.zones), (who.author().account, "works", vec!["5".to_owned()]));
    assert!(kinds(&goes_off(&mut play, "5", "tamper")).contains(&"alarm.raised"), "not yet");
    play.live(300);
    assert_eq!(kinds(&goes_off(&mut play, "5", "tamper")), ["signal.logged"]);
    assert!(kinds(&goes_off(&mut play, "6", "tamper")).contains(&"alarm.raised"), "another zone");
    tell(&mut play, "5", json!({"is": "restore"}));
    assert_eq!(kinds(&play.live(600)), ["panel.test_ended"]);
    assert!(kinds(&goes_off(&mut play, "5", "tamper")).contains(&"alarm.raised"));
}

#[test]
fn what_has_not_restored_when_the_test_ends_is_raised_then() {
    let mut play = Play::new();
    on_test(&mut play, 600, json!({}));
    for zone in ["5", "6", "7"] {
        goes_off(&mut play, zone, "intruder");
    }
    tell(&mut play, "06", json!({"is": "restore"}));
    let silent = json!({"since": play.now});
    assert_eq!(kinds(&play.ok(Who::System, "panel.silent", "1234", silent)), ["panel.line_fault"]);
    let ended = play.ok(Who::Operator, "panel.off_test", "1234", json!({}));
    assert_eq!(kinds(&ended), ["panel.test_ended", "alarm.raised", "alarm.raised"]);
    let texts: Vec<_> = play.world.alarms.values().map(|a| a.text.as_str()).collect();
    assert!(texts.contains(&"The test is over and these zones have not restored: 5, 7"), "{texts:?}");
    assert!(texts.contains(&"The panel has gone silent"), "{texts:?}");
    assert!(play.world.alarms.values().all(|a| a.rings()));
    assert!(play.ok(Who::Operator, "panel.off_test", "1234", json!({})).is_empty(), "it is not on test");
    assert!(play.live(900).is_empty(), "the time of a test that was ended brings nothing");
}

#[test]
fn a_test_that_is_prolonged_goes_on_counting_and_ends_later() {
    let mut play = Play::new();
    on_test(&mut play, 600, json!({}));
    goes_off(&mut play, "5", "tamper");
    on_test(&mut play, 1200, json!({}));
    assert_eq!(play.world.panel("1234").unwrap().state.on_test.as_ref().unwrap().count, 1);
    assert!(play.live(1199).is_empty());
    assert_eq!(kinds(&play.live(1)), ["panel.test_ended", "alarm.raised"]);
}

#[test]
fn registering_a_panel_again_keeps_what_it_told() {
    let mut play = Play::new();
    on_test(&mut play, 600, json!({}));
    tell(&mut play, "", json!({"is": "armed", "how": "set"}));
    let before = play.world.panel("1234").unwrap().state.clone();
    play.ok(Who::Administrator, "panel.put", "1234", json!({"account": "1234", "site": "HALL"}));
    assert_eq!(play.world.panel("1234").unwrap().state, before);
}

// Set, unset, and what an officer recorded of it.

#[test]
fn a_panel_is_as_set_as_its_last_word_for_each_part() {
    let mut play = Play::new();
    let mut say = |partition: Value, how: &str| {
        let mut body = signal("1234", "401", "", json!({"is": "armed", "how": how}));
        body["source"]["partition"] = partition;
        play.ok(Who::System, "signal.receive", "1234", body);
        let parts = &play.world.panel("1234").unwrap().state.armed;
        parts.iter().map(|p| json!([p.partition, p.how])).collect::<Vec<_>>()
    };
    assert_eq!(say(json!("1"), "set"), [json!(["1", "set"])]);
    assert_eq!(say(json!("2"), "part_set"), [json!(["1", "set"]), json!(["2", "part_set"])]);
    assert_eq!(say(json!("01"), "unset"), [json!(["2", "part_set"]), json!(["01", "unset"])]);
    assert_eq!(say(Value::Null, "set"), [json!([null, "set"])], "the whole panel speaks for its parts");
}

/// A call-out of an alarm, left by its officer with the alarm in this state.
fn left(said_before: Option<&str>, recorded: &str) -> Play {
    let mut play = Play::new();
    if let Some(how) = said_before {
        tell(&mut play, "", json!({"is": "armed", "how": how}));
    }
    let events = goes_off(&mut play, "5", "intruder");
    let alarm = row(&play, &events).id.to_string();
    play.ok(Who::Operator, "alarm.take", &alarm, json!({}));
    go_to(&mut play, At::Offered, At::ForcedEntry);
    let body = json!({"status": "secure", "alarm": recorded, "cover": "a guard", "told": "the keyholder"});
    play.does(Who::Officer(1), "premises.secure", body);
    play
}

fn word(play: &Play) -> Option<(bool, String)> {
    play.callout().panel_word.as_ref().map(|w| (w.agrees, w.text.clone()))
}

#[test]
fn what_the_officer_recorded_is_held_against_the_panels_own_word() {
    // Said before, recorded, then said or restored, and what stands ten minutes after leaving.
    let agrees = |text: &str| Some((true, text.to_owned()));
    let not = |text: &str| Some((false, text.to_owned()));
    let table = [
        (Some("set"), "set", "", agrees("it is set")),
        (Some("unset"), "set", "set", agrees("it is set")),
        (Some("unset"), "set", "", not("The panel says that it is unset")),
        (Some("part_set"), "set", "", not("The panel says that it is set in part only")),
        (Some("part_set"), "part_set", "", agrees("it is set in part")),
        (Some("unset"), "unset_agreed", "", agrees("it is unset")),
        (Some("set"), "unset_agreed", "", not("The panel says that it is set")),
        (None, "unset_agreed", "", not("The panel has not said that it is unset")),
        (None, "set", "restore", agrees("every alarm is restored")),
        (None, "set", "", not("The panel has sent no restore")),
        (Some("unset"), "faulty", "", None),
        (None, "no_alarm", "", None),
    ];
    for (before, recorded, then, stands) in table {
        let mut play = left(before, recorded);
        play.pass(30);
        match then {
            "" => {}
            "restore" => drop(tell(&mut play, "5", json!({"is": "restore"}))),
            how => drop(tell(&mut play, "", json!({"is": "armed", "how": how}))),
        }
        play.live(601);
        assert_eq!(word(&play), stands, "{before:?}, {recorded}, then {then:?}");
        let point = play.callout().panel_disagrees().is_some();
        assert_eq!(point, stands.is_some_and(|(agrees, _)| !agrees));
    }
}

#[test]
fn a_panel_that_speaks_late_settles_the_point() {
    let mut play = left(Some("unset"), "set");
    assert_eq!(word(&play), None, "it has its exit time");
    assert!(kinds(&play.live(600)).contains(&"callout.panel_not_agreed"));
    assert!(play.callout().timeline.iter().any(|e| e.text == "The panel says that it is unset"));
    let events = tell(&mut play, "", json!({"is": "armed", "how": "set"}));
    assert_eq!(kinds(&events), ["signal.logged", "callout.panel_agreed"]);
    assert!(play.callout().panel_disagrees().is_none());
    assert_eq!(kinds(&tell(&mut play, "", json!({"is": "armed", "how": "set"}))), ["signal.logged"], "once");
    // It never stood in the way of the report.
    let mut waiting = left(Some("unset"), "set");
    waiting.live(600);
    go_to(&mut waiting, At::Secured, At::Closed);
    assert!(waiting.callout().panel_disagrees().is_none(), "over is over");
}
