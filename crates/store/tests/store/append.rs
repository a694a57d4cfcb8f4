//! Appending, reading back, and having the effect of once.

use crate::common::*;
use chrono::TimeDelta;
use domain::command::Role;
use domain::id::{AggregateKind, AlarmId, Stream};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Key, OpenError, Outcome, Store, Writer};

#[tokio::test]
async fn what_was_answered_is_in_the_log_and_in_the_state() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    let head = hub.store.head().await.unwrap();
    let log = hub.store.log_after(0, 1000).await.unwrap();
    assert_eq!(log.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=head.seq).collect::<Vec<_>>());
    assert_eq!(log.last().unwrap().chain, head.chain);
    let (stream, version, state) = hub.store.callout_by_ref(&callout).await.unwrap().unwrap();
    assert_eq!(state["number"], "CO-26-00001");
    assert_eq!(hub.store.events_of(stream).await.unwrap().len() as i64, version);
    let (by_number, _, _) = hub.store.callout_by_ref("co-26-00001").await.unwrap().unwrap();
    assert_eq!(by_number, stream);
    let assignment = state["assignments"][0]["id"].as_str().unwrap();
    assert_eq!(hub.store.callout_by_ref(assignment).await.unwrap().unwrap().0, stream);
    assert_eq!(hub.store.callouts(true, None, 10).await.unwrap(), vec![state]);
    let alarms = hub.store.alarms_after(0, 10).await.unwrap();
    assert_eq!(alarms.len(), 1);
    assert!(hub.store.alarms_after(alarms[0].seq, 10).await.unwrap().is_empty());
    assert_sound(&hub.store).await;
}

#[tokio::test]
async fn an_event_reads_back_as_it_was_told() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let mut told = hub.writer.committed();
    hub.borough().await;
    hub.callout().await;
    let log = hub.store.log_after(0, 1000).await.unwrap();
    let mut heard = vec![];
    while let Ok(committed) = told.try_recv() {
        assert_eq!(committed.head, committed.events.last().unwrap().seq);
        heard.extend(committed.events.iter().map(|e| (**e).clone()));
        for (event, recorded) in committed.events.iter().zip(&committed.recorded) {
            assert_eq!(&event.to_recorded().unwrap().unwrap(), recorded);
        }
    }
    assert_eq!(heard, log);
    let site = log.iter().find(|e| e.kind == "contact.put").unwrap();
    assert!(!site.body.to_string().contains("Marguerite"));
    assert_eq!(site.personal.as_ref().unwrap()["contact.name"], "Marguerite Oyelaran");
    assert_eq!(site.to_line().stream, site.stream.to_string());
}

#[tokio::test]
async fn a_snapshot_is_the_register_and_what_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    let snapshot = hub.store.snapshot().await.unwrap();
    assert_eq!(snapshot.seq, hub.store.head().await.unwrap().seq);
    let mut world = domain::World::default();
    for aggregate in &snapshot.aggregates {
        world.load(Stream::parse(&aggregate.stream).unwrap(), aggregate.version, &aggregate.state).unwrap();
    }
    let now = hub.around.now_for_test();
    assert_eq!(whole(&world, now), whole(&hub.world(), now));
    hub.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    let snapshot = hub.store.snapshot().await.unwrap();
    let streams: Vec<_> = snapshot.aggregates.iter().map(|a| a.stream.split('-').next().unwrap()).collect();
    assert!(!streams.contains(&"callout") && !streams.contains(&"alarm") && !streams.contains(&"incident"));
}

#[tokio::test]
async fn a_command_sent_twice_has_the_effect_of_once_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub(dir.path()).await;
    one.borough().await;
    let good = one.signal("1234", json!({"is": "alarm", "kind": "intruder"}));
    let bad = one.submission(Role::Operator, one.command("alarm.take", id("nothing"), json!({})));
    let accepted = one.send(good.clone()).await;
    let refused = one.send(bad.clone()).await;
    assert_eq!((accepted.outcome, refused.outcome), (Outcome::Accepted, Outcome::Refused));
    // Twice in one batch, and with another age.
    let mut later = good.clone();
    later.command.sent_at = Some(later.command.at + TimeDelta::seconds(3));
    later.command.age_ms = Some(3000);
    let again = one.writer.submit(vec![later, bad.clone(), bad.clone()]).await.unwrap();
    for (answer, first) in again.iter().zip([&accepted, &refused, &refused]) {
        assert_eq!(answer.outcome, Outcome::Duplicate);
        assert_eq!((answer.seq, &answer.refusal), (first.seq, &first.refusal));
    }
    let head = one.store.head().await.unwrap();
    one.end().await;
    let two = hub(dir.path()).await;
    let answer = two.send(good.clone()).await;
    assert_eq!((answer.outcome, answer.seq), (Outcome::Duplicate, accepted.seq));
    assert_eq!(two.send(bad).await.refusal, refused.refusal);
    let mut other = good;
    other.command.body["text"] = json!("another text");
    let reused = two.send(other).await;
    assert_eq!(reused.outcome, Outcome::Refused);
    assert_eq!(reused.refusal.unwrap().code, "command_id_reused");
    assert_eq!(two.store.head().await.unwrap(), head);
    assert_sound(&two.store).await;
}

#[tokio::test]
async fn the_same_command_twice_in_one_batch_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let signal = hub.signal("1234", json!({"is": "signal"}));
    let answers = hub.writer.submit(vec![signal.clone(), signal]).await.unwrap();
    assert_eq!(answers.iter().map(|a| a.outcome).collect::<Vec<_>>(), [Outcome::Accepted, Outcome::Duplicate]);
    assert_eq!(answers[0].seq, answers[1].seq);
    assert_eq!(hub.store.head().await.unwrap().seq, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_go_together_and_every_answer_is_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let before = hub.store.head().await.unwrap().seq;
    let mut told = hub.writer.committed();
    let mut tasks = vec![];
    for _ in 0..500 {
        let (writer, signal) = (hub.writer.clone(), hub.signal("1234", json!({"is": "signal"})));
        tasks.push(tokio::spawn(async move { writer.submit(vec![signal]).await.unwrap().remove(0) }));
    }
    let mut places = BTreeSet::new();
    for task in tasks {
        let answer = task.await.unwrap();
        assert_eq!(answer.outcome, Outcome::Accepted);
        places.insert(answer.seq.unwrap()[0]);
    }
    assert_eq!(places, (before + 1..=before + 500).collect());
    let mut commits = 0;
    while told.try_recv().is_ok() {
        commits += 1;
    }
    assert!(commits < 250, "{commits} commits for 500 commands");
    // Another connection sees what a crash would leave: nothing was closed.
    let other = Store::open(dir.path(), Key::None).await.unwrap();
    let log = other.log_after(before, 1000).await.unwrap();
    assert_eq!(log.iter().map(|e| e.seq).collect::<BTreeSet<_>>(), places);
    assert_sound(&other).await;
}

#[tokio::test]
async fn a_batch_larger_than_a_group_is_answered_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let batch: Vec<_> = (0..300).map(|i| hub.signal(&format!("{i:04}"), json!({"is": "signal"}))).collect();
    let answers = hub.writer.submit(batch).await.unwrap();
    let seqs: Vec<_> = answers.iter().map(|a| a.seq.unwrap()[0]).collect();
    assert_eq!(seqs, (1..=300).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_group_with_more_events_than_one_statement_holds_is_stored_whole() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let contact = |i: usize| json!({"role": "keyholder", "name": format!("Name {i}")});
    let batch: Vec<_> = (0..40)
        .map(|n| {
            let contacts: Vec<_> = (0..10).map(contact).collect();
            let body = json!({"ref": format!("ST-{n}"), "name": "A site", "address": "", "lat": 51.5, "lon": -0.1,
                "contacts": contacts});
            hub.submission(Role::Administrator, hub.command("site.put", id(&format!("site {n}")), body))
        })
        .collect();
    let answers = hub.writer.submit(batch).await.unwrap();
    assert_eq!(answers.last().unwrap().seq, Some([430, 440]));
    assert_sound(&hub.store).await;
}

#[tokio::test]
async fn a_closed_call_out_is_found_again_by_id_number_and_assignment() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub(dir.path()).await;
    one.borough().await;
    let callout = one.callout().await;
    let assignment = one.world().callout(&callout).unwrap().assignments[0].id;
    one.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    assert!(one.world().callouts.is_empty() && one.world().alarms.is_empty() && one.world().incidents.is_empty());
    for name in [callout.clone(), "CO-26-00001".into()] {
        one.done(Role::Operator, "note.add", &name, json!({"text": "Told the keyholder in the morning."})).await;
    }
    let answer = one.act(Role::Operator, "assignment.accept", assignment, json!({})).await;
    assert_ne!(answer.refusal.unwrap().code, "not_found");
    let again = one.act(Role::Operator, "callout.create", &callout, json!({"site": "ST-1"})).await;
    assert_eq!(again.refusal.unwrap().code, "exists");
    assert!(one.world().callouts.is_empty());
    one.end().await;
    let two = hub_named(dir.path(), "two").await;
    let next = two.done_named(Role::Operator, "callout.create", id("second"), json!({"site": "ST-1"})).await;
    let (_, _, state) = two.store.callout_by_ref(&next).await.unwrap().unwrap();
    assert_eq!(state["number"], "CO-26-00002");
    assert_eq!(two.store.callouts(false, None, 10).await.unwrap().len(), 2);
    assert_eq!(two.store.callouts(true, None, 10).await.unwrap().len(), 1);
    let page = two.store.callout_page(false, None, 1).await.unwrap();
    let rest = two.store.callout_page(false, Some(page[0].created_seq), 10).await.unwrap();
    assert_eq!((page[0].state["number"].as_str(), rest.len()), (Some("CO-26-00002"), 1));
    assert_sound(&two.store).await;
}

#[tokio::test]
async fn a_second_call_out_for_an_alarm_joins_its_incident_although_that_was_closed() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let site = json!({"ref": "ST-1", "name": "Ampthill office", "address": "", "lat": 51.531, "lon": -0.137});
    hub.done(Role::Administrator, "site.put", id("site"), site).await;
    let callout = hub.callout().await;
    let alarm = hub.world().alarms.keys().next().copied().unwrap();
    let incident = hub.world().incidents.keys().next().copied().unwrap();
    hub.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    let body = json!({"alarm": alarm, "site": "ST-1"});
    hub.done(Role::Operator, "callout.create", id("second"), body).await;
    let stream = Stream::new(AggregateKind::Incident, incident);
    let (version, state) = hub.store.aggregate(stream).await.unwrap().unwrap();
    assert_eq!((version, state["callouts"].as_array().unwrap().len()), (2, 2));
    assert!(hub.world().incidents.contains_key(&incident));
    assert!(!hub.world().alarms.contains_key(&AlarmId(alarm.0)), "the alarm closed with the first");
    assert_sound(&hub.store).await;
}

#[tokio::test]
async fn versions_of_a_stream_without_a_state_go_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub(dir.path()).await;
    one.send(one.signal("9999", json!({"is": "signal"}))).await;
    one.end().await;
    let two = hub_named(dir.path(), "two").await;
    assert_eq!(two.send(two.signal("9999", json!({"is": "signal"}))).await.outcome, Outcome::Accepted);
    assert_sound(&two.store).await;
}

#[tokio::test]
async fn a_demonstration_stays_one_and_is_made_only_where_nothing_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), Key::None, true).await.unwrap();
    assert!(store.demonstration());
    assert!(store.load_world().await.unwrap().settings.demonstration);
    assert!(matches!(Store::create(dir.path(), Key::None, false).await, Err(OpenError::Exists(_))));
    store.close().await;
    assert!(Store::open(dir.path(), Key::None).await.unwrap().demonstration());
    let key = Key::Bytes(zeroize::Zeroizing::new([1; 32]));
    assert!(matches!(Store::open(dir.path(), key).await, Err(OpenError::EncryptionNotBuilt)));
}

#[tokio::test]
async fn a_stopped_writer_answered_what_waited_and_takes_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    let other: Writer = hub.writer.clone();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (writer, signal) = (hub.writer.clone(), hub.signal("1234", json!({"is": "signal"})));
            tokio::spawn(async move { writer.submit(vec![signal]).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let late = hub.signal("1234", json!({"is": "signal"}));
    hub.writer.clone().stop().await;
    let mut stored = 0;
    for task in waiting {
        stored += i64::from(task.await.unwrap().is_ok());
    }
    assert_eq!(hub.store.head().await.unwrap().seq, stored);
    assert!(stored > 0);
    let error = other.submit(vec![late]).await.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("store_stopped", true));
    let wal = std::fs::metadata(dir.path().join("hub.db-wal")).map_or(0, |m| m.len());
    assert_eq!(wal, 0);
}
