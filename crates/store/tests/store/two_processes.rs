//! Two writers on one directory, as a hub and a command line are.

use crate::common::*;
use domain::command::Role;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::Outcome;

#[tokio::test(flavor = "multi_thread")]
async fn they_interleave_without_loss_or_gap() {
    let dir = tempfile::tempdir().unwrap();
    let one = Arc::new(hub_named(dir.path(), "one").await);
    let two = Arc::new(hub_named(dir.path(), "two").await);
    one.borough().await;
    let before = one.store.head().await.unwrap().seq;
    let mut tasks = vec![];
    for hub in [&one, &two] {
        for worker in 0..4 {
            let hub = hub.clone();
            tasks.push(tokio::spawn(async move {
                let mut places = vec![];
                for turn in 0..25 {
                    // Alarms of the same account race for the same streams' versions; unknown accounts are grouped.
                    let account = if (worker + turn) % 2 == 0 { "1234" } else { "9999" };
                    let kind = if account == "1234" { "intruder" } else { "unknown_account" };
                    let answer = hub.send(hub.signal(account, json!({"is": "alarm", "kind": kind}))).await;
                    assert_eq!(answer.outcome, Outcome::Accepted);
                    let [first, last] = answer.seq.unwrap();
                    places.extend(first..=last);
                }
                places
            }));
        }
    }
    let mut places = BTreeSet::new();
    for task in tasks {
        for place in task.await.unwrap() {
            assert!(places.insert(place), "two events at {place}");
        }
    }
    let head = one.store.head().await.unwrap().seq;
    assert_eq!(places, (before + 1..=head).collect());
    let unknown = one.store.alarms_after(0, 1000).await.unwrap().into_iter().filter(|a| a.source.account == "9999");
    assert_eq!(unknown.map(|a| a.repeats).collect::<Vec<_>>(), [99]);
    assert_sound(&one.store).await;
}

#[tokio::test]
async fn one_knows_what_the_other_decided_before_it_decides() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub_named(dir.path(), "one").await;
    let two = hub_named(dir.path(), "two").await;
    one.borough().await;
    let callout = one.callout().await;
    let second = two.done_named(Role::Operator, "callout.create", id("second"), json!({"site": "ST-1"})).await;
    assert_eq!(two.world().callout(&second).unwrap().number, "CO-26-00002");
    two.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    let late = one.act(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    assert_eq!(late.outcome, Outcome::Refused);
    let now = one.around.now_for_test();
    assert_eq!(whole(&one.world(), now), whole(&two.world(), now));
    assert_eq!(whole(&one.world(), now), whole(&one.store.load_world().await.unwrap(), now));
    assert_sound(&one.store).await;
}

#[tokio::test]
async fn a_command_answered_by_one_is_a_duplicate_at_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub_named(dir.path(), "one").await;
    let two = hub_named(dir.path(), "two").await;
    let refused = one.submission(Role::Operator, one.command("alarm.take", id("nothing"), json!({})));
    let signal = one.signal_once("1234", [3; 32], chrono::TimeDelta::seconds(60));
    let first = one.send(refused.clone()).await;
    let stored = one.send(signal.clone()).await;
    let again = two.send(refused).await;
    assert_eq!((again.outcome, again.refusal), (Outcome::Duplicate, first.refusal));
    assert_eq!(two.send(signal).await.seq, stored.seq);
    let same_content = two.send(two.signal_once("1234", [3; 32], chrono::TimeDelta::seconds(60))).await;
    assert_eq!((same_content.outcome, same_content.seq), (Outcome::Duplicate, stored.seq));
}

#[tokio::test]
async fn an_idle_writer_tells_what_another_process_appended() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub_named(dir.path(), "one").await;
    let two = hub_named(dir.path(), "two").await;
    let mut told = one.writer.committed();
    let [first, last] =
        two.done(Role::Administrator, "unit.put", "HS-1", json!({"call_sign": "HS-1", "kind": "hot_spot"})).await;
    let heard = tokio::time::timeout(Duration::from_secs(20), told.recv()).await.unwrap().unwrap();
    assert_eq!((heard.events[0].seq, heard.head), (first, last));
    assert!(one.world().unit("HS-1").is_some());
}
