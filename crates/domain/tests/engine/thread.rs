//! One thread: who a message is for, who has read it; the ladder of contacts; silence that is too long.

use crate::kit::{At, Play, Who, digest, kinds, play_at, s};
use domain::callout::messages::Reader;
use domain::callout::updates::Expected;
use domain::command::Reached;
use serde_json::{Value, json};

const ONE: Who = Who::Officer(1);
const DESK: Who = Who::Operator;
const LINK: Who = Who::Link(6);

/// A call-out with an officer at the door and a link for the customer.
fn with_link() -> Play {
    let mut play = play_at(At::Parked);
    let expires_at = play.now + s(7200);
    play.does(DESK, "tracking.issue", json!({"token_sha256": digest(6), "expires_at": expires_at}));
    play
}

fn unread(play: &Play, reader: Reader) -> Vec<String> {
    play.callout().unread(reader).map(|n| n.what.text.clone()).collect()
}

fn officer_reader() -> Reader {
    Reader::Officer(crate::kit::officer(1))
}

fn attention(play: &Play) -> Vec<(&'static str, u32)> {
    let site = play.world.site("BOILER").map(|s| &**s);
    play.callout().attention(site).into_iter().map(|a| (a.kind, a.times)).collect()
}

#[test]
fn a_message_is_unread_by_those_it_is_for_until_they_have_read_it() {
    let mut play = with_link();
    play.does(ONE, "note.add", json!({"text": "at the door", "to": "control"}));
    play.does(DESK, "note.add", json!({"text": "keyholder is coming", "to": "officer"}));
    play.does(DESK, "note.add", json!({"text": "we are at your site", "to": "customer"}));
    play.does(DESK, "note.add", json!({"text": "all of us"}));
    assert_eq!(unread(&play, Reader::Control), ["at the door"]);
    assert_eq!(unread(&play, officer_reader()), ["keyholder is coming", "all of us"]);
    assert_eq!(unread(&play, Reader::Customer), ["we are at your site"]);
    let first = play.callout().unread(officer_reader()).next().unwrap().clone();
    assert_eq!(play.callout().readers_of(&first), [officer_reader()]);
    assert_eq!(play.callout().delivered_at(officer_reader(), first.seq), None);
    play.pass(5);
    assert_eq!(kinds(&play.does(ONE, "message.delivered", json!({"up_to": first.seq}))), ["message.delivered"]);
    let delivered = play.now;
    assert_eq!(play.callout().delivered_at(officer_reader(), first.seq), Some(delivered));
    assert_eq!(play.callout().read_at(officer_reader(), first.seq), None);
    play.pass(60);
    assert_eq!(kinds(&play.does(ONE, "message.read", json!({"up_to": i64::MAX}))), ["message.read"]);
    assert_eq!(play.callout().read_at(officer_reader(), first.seq), Some(play.now));
    assert_eq!(play.callout().delivered_at(officer_reader(), first.seq), Some(delivered));
    assert!(play.does(ONE, "message.read", json!({"up_to": i64::MAX})).is_empty(), "read once is read");
    play.does(DESK, "note.add", json!({"text": "one more", "to": "officer"}));
    assert_eq!(unread(&play, officer_reader()), ["one more"], "what comes after a far mark is unread all the same");
    let entries = play.callout().timeline.len();
    play.does(Who::Supervisor, "message.read", json!({"up_to": i64::MAX}));
    assert_eq!(unread(&play, Reader::Control), Vec::<String>::new(), "one of the control room reads for all of it");
    play.does(LINK, "message.read", json!({"up_to": i64::MAX}));
    assert_eq!(unread(&play, Reader::Customer), Vec::<String>::new());
    play.may_not(Who::Officer(2), "message.read", json!({"up_to": 1}), "not_on_callout");
    play.may_not(Who::Customer, "message.read", json!({"up_to": 1}), "no_link");
    assert_eq!(play.callout().timeline.len(), entries, "reading is no entry of the log that people read");
}

#[test]
fn what_was_read_without_signal_counts_from_when_it_was_read() {
    let mut play = with_link();
    let note = play.does(DESK, "note.add", json!({"text": "mind the dog", "to": "officer"}))[0].clone();
    play.pass(600);
    let target = play.callout_id().to_string();
    let mut late = play.command("message.read", &target, json!({"up_to": note.seq}));
    late.age_ms = Some(540_000);
    play.send(ONE, &late).unwrap();
    assert_eq!(play.callout().read_at(officer_reader(), note.seq), Some(note.at + s(60)));
}

#[test]
fn a_customer_writes_through_a_link_and_the_desk_must_look() {
    let mut play = with_link();
    let said =
        json!({"text": "My son is inside 👦 — “blue coat”", "to": "officer", "share": false, "pictures": [digest(1)]});
    play.does(LINK, "note.add", said);
    let note = play.callout().notes.last().unwrap().clone();
    assert_eq!((note.what.to.as_deref(), note.what.share, note.what.pictures.len()), (Some("control"), true, 0));
    assert_eq!(unread(&play, officer_reader()), Vec::<String>::new(), "to the control room and nobody else");
    assert_eq!(attention(&play), [("customer_message", 1)]);
    play.does(LINK, "note.add", json!({"text": "please answer"}));
    assert_eq!(attention(&play), [("customer_message", 2)], "a second one is another reason to ring");
    play.does(DESK, "message.read", json!({"up_to": note.seq}));
    assert_eq!(attention(&play), [("customer_message", 1)]);
    play.does(DESK, "message.read", json!({"up_to": i64::MAX}));
    assert_eq!(attention(&play), []);
}

#[test]
fn nobody_writes_as_the_customer_without_a_link_that_opens() {
    let mut play = with_link();
    let hello = || json!({"text": "hello"});
    play.may_not(Who::Customer, "note.add", hello(), "no_link");
    play.may_not(Who::Link(7), "note.add", hello(), "no_link");
    for (text, code) in [(" ".to_owned(), "missing"), ("x".repeat(2_001), "text_too_long")] {
        play.may_not(LINK, "note.add", json!({"text": text}), code);
    }
    play.does(LINK, "note.add", json!({"text": "é".repeat(2_000)}));
    for _ in 0..9 {
        play.does(LINK, "note.add", hello());
    }
    play.may_not(LINK, "note.add", hello(), "too_many_messages");
    play.pass(601);
    play.does(LINK, "note.add", hello());
    play.does(DESK, "tracking.revoke", json!({}));
    play.may_not(LINK, "note.add", hello(), "no_link");
    let mut late = with_link();
    late.pass(7200);
    late.may_not(LINK, "note.add", hello(), "no_link");
    let mut over = with_link();
    over.does(DESK, "callout.stand_down", json!({"reason": "nobody there"}));
    over.does(ONE, "stand_down.acknowledge", json!({}));
    over.may_not(LINK, "note.add", hello(), "callout_over");
}

/// A site with three contacts, one of them without a number.
fn with_contacts() -> (Play, Vec<String>) {
    let mut play = Play::new();
    let mut site = crate::kit::register()[4].1.clone();
    site["contacts"] = json!([
        {"role": "Keyholder", "name": "Ann", "telephone": "07700 900001"},
        {"role": "Caretaker", "name": "Ben", "telephone": "07700 900002"},
        {"role": "Office", "name": "Cat", "telephone": ""}
    ]);
    play.ok(Who::Administrator, "site.put", "new", site);
    play.open(2);
    let ids = play.world.site("BOILER").unwrap().contacts.iter().map(|c| c.id.to_string()).collect();
    (play, ids)
}

fn next(play: &Play) -> Option<String> {
    let site = play.world.site("BOILER").unwrap();
    play.callout().ladder(site, play.now).into_iter().find(|r| r.next).map(|r| r.contact.name.clone())
}

fn tried(contact: &str, outcome: &str) -> Value {
    json!({"contact": contact, "outcome": outcome})
}

#[test]
fn contacts_are_rung_in_order_and_again_after_a_while() {
    let (mut play, ids) = with_contacts();
    assert_eq!(next(&play).as_deref(), Some("Ann"));
    play.does(DESK, "contact.tried", tried(&ids[0], "no_reply"));
    assert_eq!(next(&play).as_deref(), Some("Ben"));
    play.does(DESK, "contact.tried", tried(&ids[1], "left_message"));
    assert_eq!(next(&play), None, "both have just been rung, and nobody can ring the third");
    play.pass(300);
    assert_eq!(next(&play).as_deref(), Some("Ann"));
    play.does(DESK, "contact.tried", tried(&ids[0], "no_reply"));
    play.pass(599);
    assert_eq!(next(&play), None, "twice as long the second time");
    play.pass(1);
    assert_eq!(next(&play).as_deref(), Some("Ben"), "the message has been on the machine for a quarter of an hour");
    play.does(DESK, "contact.tried", tried(&ids[1], "wrong_number"));
    assert_eq!(next(&play).as_deref(), Some("Ann"), "a wrong number is not rung again");
    play.does(DESK, "contact.tried", tried(&ids[0], "answered"));
    assert_eq!(next(&play), None);
    play.pass(7200);
    assert_eq!(next(&play), None, "somebody answered");
    let nobody = play.fresh_id().to_string();
    play.may_not(DESK, "contact.tried", tried(&nobody, "answered"), "not_found");
    let entry = &play.log.iter().rev().find(|e| e.body.kind() == "contact.tried").unwrap().body;
    let domain::EventBody::ContactTried(last) = entry else { panic!() };
    assert_eq!(last.outcome, Reached::Answered);
}

#[test]
fn when_nobody_answers_a_person_decides() {
    let (mut play, ids) = with_contacts();
    assert!(play.does(DESK, "contacts.settle", json!({"decision": "try_again"})).is_empty(), "nothing to settle");
    play.does(DESK, "contact.tried", tried(&ids[0], "no_reply"));
    assert_eq!(attention(&play), []);
    play.does(DESK, "contact.tried", tried(&ids[1], "wrong_number"));
    assert_eq!(attention(&play), [("contacts", 2)]);
    play.may_not(DESK, "contacts.settle", json!({"decision": "go_on_without"}), "missing");
    play.does(DESK, "contacts.settle", json!({"decision": "try_again"}));
    assert_eq!((attention(&play), next(&play).as_deref()), (vec![], Some("Ann")));
    play.does(DESK, "contact.tried", tried(&ids[0], "no_reply"));
    play.does(DESK, "contact.tried", tried(&ids[1], "no_reply"));
    assert_eq!(attention(&play), [("contacts", 4)]);
    play.does(DESK, "contacts.settle", json!({"decision": "go_on_without", "reason": "police have the key"}));
    assert_eq!(attention(&play), []);
}

fn overdue(play: &Play, expected: Expected) -> Option<u32> {
    play.callout().overdue(expected).map(|c| c.times)
}

/// Lets time pass with the officer well and something new to hear.
fn quiet(play: &mut Play, minutes: i64) {
    for _ in 0..minutes {
        play.live(60);
        if play.callout().lead().is_some_and(|a| a.check_call_due.is_some()) {
            play.does(ONE, "check_call.answer", json!({"ok": true}));
        }
    }
}

#[test]
fn a_customer_who_is_told_nothing_is_asked_for_again_and_again() {
    let mut play = play_at(At::EnRoute);
    quiet(&mut play, 19);
    assert_eq!(play.callout().chase_at(Expected::Customer), None, "nobody is on scene yet");
    play.does(ONE, "assignment.arrive", json!({}));
    quiet(&mut play, 29);
    assert_eq!(overdue(&play, Expected::Customer), None);
    quiet(&mut play, 1);
    assert_eq!(overdue(&play, Expected::Customer), Some(1));
    assert!(attention(&play).contains(&("customer_update", 1)));
    quiet(&mut play, 30);
    assert_eq!(overdue(&play, Expected::Customer), Some(2), "it comes again");
    play.does(DESK, "liaison.record", json!({"whom": "customer", "outcome": "no_reply"}));
    assert_eq!(overdue(&play, Expected::Customer), Some(2), "nobody answered");
    play.does(DESK, "note.add", json!({"text": "still looking", "to": "customer"}));
    assert_eq!(overdue(&play, Expected::Customer), None);
    quiet(&mut play, 30);
    assert_eq!(overdue(&play, Expected::Customer), Some(1), "and it is armed again");
    play.does(DESK, "liaison.record", json!({"whom": "customer", "outcome": "answered"}));
    assert_eq!(overdue(&play, Expected::Customer), None);
}

#[test]
fn how_often_is_the_sites_word_before_the_services() {
    let mut play = Play::new();
    let policy = |customer: [u32; 4]| json!({"customer_min": customer, "control_min": [0, 0, 0, 0]});
    let settings = |updates: Value| json!({"service_name": "Patrol", "updates": updates});
    play.refused(Who::Administrator, "settings.put", "settings", settings(policy([4, 0, 0, 0])), "bad_interval");
    play.refused(Who::Administrator, "settings.put", "settings", settings(policy([1441, 0, 0, 0])), "bad_interval");
    let soon = json!({"service_name": "Patrol", "handover_prompt_min": 241});
    play.refused(Who::Administrator, "settings.put", "settings", soon, "bad_interval");
    play.ok(Who::Administrator, "settings.put", "settings", settings(policy([5, 10, 0, 0])));
    play.open(2);
    assert_eq!(play.callout().updates.as_ref().unwrap().customer_min, [5, 10, 0, 0]);
    assert_eq!(play.callout().chase_at(Expected::News), None, "0 is never");
    let mut site = crate::kit::register()[4].1.clone();
    site["policy"] = json!({"updates": policy([0, 1, 0, 0])});
    play.refused(Who::Administrator, "site.put", "new", site.clone(), "bad_interval");
    site["policy"] = json!({"updates": policy([0, 45, 0, 0])});
    play.ok(Who::Administrator, "site.put", "new", site);
    assert_eq!(
        play.callout().updates.as_ref().unwrap().customer_min,
        [5, 10, 0, 0],
        "what is open goes on as it began"
    );
    play.open(2);
    assert_eq!(play.callout().updates.as_ref().unwrap().customer_min, [0, 45, 0, 0]);
}

#[test]
fn nothing_new_is_something_new_to_act_on() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(DESK, "callout.create", &id, json!({"site": "BOILER", "priority": 1, "offer": false}));
    let opened = play.now;
    assert_eq!(kinds(&play.live(899)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(1)), ["update.overdue"]);
    assert_eq!(attention(&play), [("news", 1)]);
    assert_eq!(play.callout().overdue(Expected::News).unwrap().since, opened);
    assert_eq!(kinds(&play.live(900)), ["update.overdue"]);
    assert_eq!(attention(&play), [("news", 2)], "the system's own entries are no news");
    play.does(DESK, "note.add", json!({"text": "rang the caretaker", "to": "control"}));
    assert_eq!(attention(&play), []);
    let until = play.now + s(7_000);
    play.does(DESK, "callout.hold", json!({"reason": "caretaker comes at nine", "until": until}));
    assert_eq!(play.callout().chase_at(Expected::News), None, "what is put off has a time of its own");
}

#[test]
fn what_was_due_while_no_hub_ran_is_asked_for_at_once_and_marked() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    play.ok(DESK, "callout.create", &id, json!({"site": "BOILER", "priority": 1, "offer": false}));
    play.pass(4 * 3600);
    assert_eq!(kinds(&play.fire_due()), ["update.overdue"], "once, however many times were missed");
    let domain::EventBody::UpdateOverdue(overdue) = &play.log.last().unwrap().body else { panic!() };
    assert!(overdue.late);
    assert!(play.callout().timeline.last().is_none_or(|e| !e.text.is_empty()));
    assert!(play.callout().timeline.iter().any(|e| e.text == "Nothing new has been heard, noticed late"));
    assert_eq!(play.callout().chase_at(Expected::News), Some(play.now + s(900)));
    assert_eq!(kinds(&play.live(900)), ["update.overdue"]);
    let domain::EventBody::UpdateOverdue(overdue) = &play.log.last().unwrap().body else { panic!() };
    assert!(!overdue.late);
}

#[test]
fn an_escalated_call_out_has_a_meeting_point_and_a_time_for_the_next_word() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "escalation.raise", json!({"level": 3, "emergency": true}));
    let soon = play.now + s(600);
    for at in [play.now, play.now + s(86_401)] {
        play.may_not(DESK, "escalation.plan", json!({"next_update_at": at}), "bad_update_time");
    }
    let nowhere = json!({"point": {"lat": 91.0, "lon": 0.0}});
    play.may_not(DESK, "escalation.plan", nowhere, "bad_place");
    let plan = json!({"rendezvous": "Corner of Elm Road", "cordon": "Back yard", "next_update_at": soon});
    play.does(DESK, "escalation.plan", plan.clone());
    assert!(play.does(DESK, "escalation.plan", plan).is_empty());
    play.live(599);
    assert_eq!(overdue(&play, Expected::Planned), None);
    play.live(1);
    assert_eq!(overdue(&play, Expected::Planned), Some(1));
    play.live(600);
    assert_eq!(overdue(&play, Expected::Planned), Some(2));
    let later = play.now + s(600);
    play.does(DESK, "escalation.plan", json!({"rendezvous": "Corner of Elm Road", "next_update_at": later}));
    assert_eq!(overdue(&play, Expected::Planned), None);
}

#[test]
fn each_service_has_its_times_and_its_reference() {
    let mut play = play_at(At::Parked);
    let start = play.now;
    for (seconds, whom, outcome, reference) in [
        (0, "police", "answered", "CAD 4471"),
        (60, "fire", "no_reply", ""),
        (0, "police", "attending", ""),
        (240, "police", "arrived", ""),
        (0, "ambulance", "attending", "AMB 7"),
    ] {
        play.pass(seconds);
        play.does(DESK, "liaison.record", json!({"whom": whom, "outcome": outcome, "reference": reference}));
    }
    let services = play.callout().services();
    let told: Vec<_> =
        services.iter().map(|s| (s.whom, s.reference.as_str(), s.outcome.as_str(), s.arrived_at)).collect();
    assert_eq!(
        told,
        [
            ("police", "CAD 4471", "arrived", Some(start + crate::kit::s(300))),
            ("ambulance", "AMB 7", "attending", None),
            ("fire", "", "no_reply", None),
        ]
    );
    assert_eq!((services[0].called_at, services[0].attending_at), (start, Some(start + crate::kit::s(60))));
}

#[test]
fn a_contractor_is_expected_agreed_to_and_done() {
    let mut play = Play::new();
    play.open(2);
    let (start, due) = (play.now, play.now + crate::kit::s(1_800));
    let terms = json!({"whom": "boarding_up", "outcome": "attending", "reference": "J-2210", "due_at": due,
                       "authorised_by": "J. Marsh", "cost_cap": 400});
    play.does(DESK, "liaison.record", terms.clone());
    for outcome in ["arrived", "done"] {
        play.pass(900);
        play.does(DESK, "liaison.record", json!({"whom": "boarding_up", "outcome": outcome}));
    }
    let [boarding] = &play.callout().services()[..] else { panic!("{:?}", play.callout().services()) };
    assert_eq!(
        (boarding.due_at, boarding.cost_cap, boarding.authorised_by.as_str()),
        (Some(due), Some(400), "J. Marsh")
    );
    assert_eq!((boarding.arrived_at, boarding.done_at), (Some(start + crate::kit::s(900)), Some(due)));
    let said = |text: &str| play.callout().timeline.iter().any(|e| e.text == text);
    assert!(said("Boarding-up attending, reference J-2210, agreed by J. Marsh, up to £400"));
    play.may_not(DESK, "liaison.record", json!({"whom": "guard", "due_at": start + crate::kit::s(700_000)}), "bad_due");
    play.may_not(DESK, "liaison.record", json!({"whom": "police", "cost_cap": 1}), "not_a_contractor");
}
