//! The outbox's rules as tables.

use domain::command::Command;
use domain::id::{AggregateKind, CommandId, Stream, derived};
use domain::{Instant, Refusal};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use sync::{BATCH_MAX, Change, LinkState, Next, Outbox, Pending, State, plan};

fn id(n: u64) -> CommandId {
    CommandId(derived("command", &[&n.to_be_bytes()]))
}

fn pending(n: u64, kind: &str, streams: &[u64], after: &[u64], body: Value) -> Pending {
    let command = Command {
        id: id(n),
        at: Instant::UNIX_EPOCH,
        kind: kind.into(),
        v: 1,
        target: String::new(),
        after: after.iter().map(|n| id(*n)).collect(),
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body,
    };
    let stream = |s: &u64| Stream::new(AggregateKind::Callout, derived("stream", &[&s.to_be_bytes()]));
    Pending::new(n as i64, command, streams.iter().map(stream).collect(), None)
}

fn note(n: u64, stream: u64, after: &[u64]) -> Pending {
    pending(n, "note.add", &[stream], after, json!({}))
}

fn check(outbox: &Outbox, expected: &[&[u64]]) {
    let expected: Vec<Vec<CommandId>> = expected.iter().map(|b| b.iter().map(|n| id(*n)).collect()).collect();
    assert_eq!(plan(outbox, LinkState::Live), expected);
}

#[test]
fn independent_actions_go_in_the_order_of_acting() {
    check(&Outbox::load([note(1, 1, &[]), note(2, 2, &[]), note(3, 1, &[])]), &[&[1, 2, 3]]);
}

#[test]
fn an_emergency_goes_first_and_takes_along_what_it_waits_for() {
    let emergency = pending(4, "escalation.raise", &[2], &[], json!({"level": 3}));
    let assist = pending(5, "escalation.raise", &[3], &[], json!({"level": 1}));
    let alarm = pending(6, "alarm.take", &[9], &[], json!({}));
    let outbox = Outbox::load([note(1, 1, &[]), note(2, 2, &[]), note(3, 1, &[]), emergency, assist, alarm]);
    check(&outbox, &[&[2, 4, 6, 1, 3, 5]]);
}

#[test]
fn what_builds_on_another_waits_for_its_answer_and_holds_its_aggregate() {
    let mut outbox = Outbox::load([note(1, 1, &[]), note(2, 1, &[1]), note(3, 1, &[]), note(4, 2, &[])]);
    check(&outbox, &[&[1, 4]]);
    outbox.mark_sent(&[id(1)]);
    check(&outbox, &[&[4]]);
    let changes = outbox.settle(10, &[(id(1), Next::Done { through: Some(12) })]);
    outbox.apply(&changes);
    assert_eq!(outbox.get(id(1)).unwrap().state, State::Answered { through: 12 });
    check(&outbox, &[&[2, 3, 4]]);
    let changes = outbox.reached(12, &BTreeSet::from([id(1)]));
    assert_eq!(changes, [Change::Remove(id(1))]);
}

#[test]
fn offline_nothing_is_planned_and_batches_are_bounded() {
    let outbox = Outbox::load((1..=120).map(|n| note(n, n, &[])));
    assert!(plan(&outbox, LinkState::Offline).is_empty());
    let sizes: Vec<usize> = plan(&outbox, LinkState::Live).iter().map(Vec::len).collect();
    assert_eq!(sizes, [BATCH_MAX, BATCH_MAX, 20]);
    assert!(plan(&outbox, LinkState::Degraded).iter().all(|b| b.len() == 10));
}

#[test]
fn a_long_action_travels_alone_but_travels() {
    let long = |n| pending(n, "note.add", &[n], &[], json!({"text": "x".repeat(600_000)}));
    check(&Outbox::load([note(1, 1, &[]), long(2), long(3), note(4, 4, &[])]), &[&[1], &[2], &[3], &[4]]);
}

#[test]
fn a_refusal_parks_what_builds_on_it_and_nothing_else() {
    let mut outbox = Outbox::load([note(1, 1, &[]), note(2, 1, &[1]), note(3, 1, &[2]), note(4, 1, &[])]);
    let refusal = Refusal::new("no", "No.");
    outbox.apply(&outbox.settle(0, &[(id(1), Next::Conflict(refusal.clone()))]));
    let conflicts = outbox.conflicts();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].refusal, &refusal);
    assert_eq!(conflicts[0].parked.iter().map(|p| p.id()).collect::<Vec<_>>(), [id(2), id(3)]);
    check(&outbox, &[&[4]]);
    assert_eq!(outbox.queued(), 1);
}

#[test]
fn redoing_keeps_the_place_and_frees_what_was_parked() {
    let mut outbox = Outbox::load([note(1, 1, &[]), note(2, 1, &[1]), note(3, 2, &[])]);
    outbox.apply(&outbox.settle(0, &[(id(1), Next::Conflict(Refusal::new("no", "No.")))]));
    let conflict = outbox.conflict(id(1)).unwrap();
    let command = outbox.redone(&conflict, id(9), Instant::UNIX_EPOCH);
    let redone = Pending { command, ..note(9, 1, &[]) };
    let changes = outbox.redo(&conflict, redone);
    outbox.apply(&changes);
    assert_eq!(outbox.get(id(9)).unwrap().pos, 1);
    assert_eq!(outbox.get(id(2)).unwrap().command.after, [id(9)]);
    assert!(outbox.conflicts().is_empty());
    check(&outbox, &[&[9, 3]]);
}

#[test]
fn letting_go_takes_the_whole_question_away() {
    let mut outbox = Outbox::load([note(1, 1, &[]), note(2, 1, &[1]), note(3, 1, &[])]);
    outbox.apply(&outbox.settle(0, &[(id(1), Next::Conflict(Refusal::new("no", "No.")))]));
    let changes = outbox.let_go(&outbox.conflict(id(1)).unwrap());
    outbox.apply(&changes);
    assert_eq!(outbox.iter().map(Pending::id).collect::<Vec<_>>(), [id(3)]);
}

#[test]
fn a_late_answer_changes_nothing() {
    let mut outbox = Outbox::load([note(1, 1, &[])]);
    outbox.apply(&outbox.settle(0, &[(id(1), Next::Conflict(Refusal::new("no", "No.")))]));
    assert!(
        outbox.settle(0, &[(id(1), Next::Done { through: None }), (id(7), Next::Done { through: None })]).is_empty()
    );
}

#[test]
fn erasing_a_person_empties_only_what_is_theirs() {
    let person = domain::id::PersonId(derived("person", &[]));
    let about = |who: domain::id::PersonId| {
        pending(1, "note.add", &[1], &[], json!({"text": "Mr Smith", "about": who})).command
    };
    assert!(sync::erase_from(&about(person), person, None).unwrap().body["text"] != "Mr Smith");
    let third = domain::id::PersonId(derived("somebody else", &[]));
    assert_eq!(sync::erase_from(&about(third), person, None), None);
}

#[test]
fn a_pending_site_put_forgets_the_contact_it_would_send_back() {
    let person = |name: &str| domain::id::PersonId(derived(name, &[]));
    let site: domain::site::Site = serde_json::from_value(json!({
        "id": derived("site", &[]), "ref": "ELM", "name": "Elm House", "address": "", "point": { "lat": 51.5, "lon": -0.1 }, "radius_m": 50.0,
        "contacts": [
            { "id": person("key"), "role": "keyholder", "name": "Ada Key", "telephone": "1", "email": "" },
            { "id": person("manager"), "role": "manager", "name": "Ada Key", "telephone": "2", "email": "" },
        ],
    }))
    .expect("a site");
    let put = pending(
        2,
        "site.put",
        &[1],
        &[],
        json!({ "contacts": [
        { "role": "keyholder", "name": "Ada Key", "telephone": "1" },
        { "role": "manager", "name": "Renamed", "id": person("manager"), "telephone": "2", "email": "a@b" },
        { "role": "warden", "name": "New Here", "telephone": "3" },
    ] }),
    )
    .command;
    // By the same name in the same role, by its id, and as the hub will name somebody new.
    let new = domain::id::PersonId(derived("contact", &[put.id.0.as_bytes(), &2usize.to_be_bytes()]));
    for (index, whom) in [person("key"), person("manager"), new].into_iter().enumerate() {
        let erased = sync::erase_from(&put, whom, Some(&site)).expect("it holds this one").body;
        for (other, contact) in put.body["contacts"].as_array().unwrap().iter().enumerate() {
            let left = &erased["contacts"][other];
            match other == index {
                true => assert_eq!((&left["name"], &left["telephone"]), (&json!(""), &json!(""))),
                false => assert_eq!(left, contact),
            }
        }
    }
    assert_eq!(sync::erase_from(&put, person("nobody here"), Some(&site)), None);
}
