//! Erasing a person: the text is gone from every byte, the chain is whole.

use crate::common::*;
use domain::command::Role;
use domain::id::{AggregateKind, Stream};
use serde_json::json;
use std::path::Path;
use store::Outcome;

const NAME: &str = "Marguerite Oyelaran";
const NOTE: &str = "Seen shouting at Wilhelmina Abernathy in the yard";

fn bytes_contain(dir: &Path, text: &str) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && std::fs::read(&path).unwrap().windows(text.len()).any(|w| w == text.as_bytes()) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}

#[tokio::test]
async fn an_erased_person_is_in_no_byte_of_any_file_and_the_chain_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub(dir.path()).await;
    one.borough().await;
    let callout = one.callout().await;
    let note = json!({"text": NOTE, "about": id("witness")});
    one.done(Role::Operator, "note.add", &callout, note).await;
    // Enough before and after that pages split and are filled again.
    for turn in 0..200 {
        one.done(Role::Operator, "note.add", &callout, json!({"text": format!("note {turn}")})).await;
    }
    let head = one.store.head().await.unwrap();
    assert!(!bytes_contain(dir.path(), NOTE).is_empty());
    for person in ["contact", "witness"] {
        one.done(Role::Administrator, "person.erase", id(person), json!({"reason": "asked for it"})).await;
    }
    let world = one.world();
    assert_eq!(world.site("ST-1").unwrap().contacts[0].name, "");
    let state = serde_json::to_string(&**world.callout(&callout).unwrap()).unwrap();
    assert!(!state.contains("Abernathy") && state.contains("note 7"));
    let log = one.store.log_after(0, 10_000).await.unwrap();
    let text = format!("{log:?}");
    assert!(!text.contains("Abernathy") && !text.contains("Marguerite"));
    assert_eq!(log.iter().find(|e| e.seq == head.seq).unwrap().chain, head.chain);
    assert_sound(&one.store).await;
    one.end().await;
    assert_eq!(bytes_contain(dir.path(), "Abernathy"), Vec::<String>::new());
    assert_eq!(bytes_contain(dir.path(), NAME), Vec::<String>::new());
    let two = hub(dir.path()).await;
    two.store.rebuild().await.unwrap();
    assert_sound(&two.store).await;
}

#[tokio::test]
async fn a_closed_call_out_forgets_the_person_too() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    hub.done(Role::Operator, "note.add", &callout, json!({"text": NOTE, "about": id("witness")})).await;
    hub.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    hub.done(Role::Administrator, "person.erase", id("witness"), json!({"reason": "asked for it"})).await;
    let stream = Stream::new(AggregateKind::Callout, uuid::Uuid::parse_str(&callout).unwrap());
    let (_, state) = hub.store.aggregate(stream).await.unwrap().unwrap();
    assert!(!state.to_string().contains("Abernathy"));
    assert!(hub.world().callouts.is_empty());
    hub.done(Role::Operator, "note.add", &callout, json!({"text": "added later"})).await;
    assert_sound(&hub.store).await;
}

#[tokio::test]
async fn a_call_forgets_its_caller_while_it_is_open_and_when_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    for (call, closed) in [("open call", false), ("closed call", true)] {
        let body = json!({"caller": "Abernathy", "text": "Abernathy heard it"});
        hub.done(Role::Operator, "call.put", id(call), body).await;
        if closed {
            hub.done(Role::Operator, "call.close", id(call), json!({"outcome": "advice", "note": "Abernathy waits"}))
                .await;
        }
        hub.done(Role::Administrator, "person.erase", id(call), json!({"reason": "asked for it"})).await;
        let (_, state) = hub.store.aggregate(Stream::new(AggregateKind::Call, id(call))).await.unwrap().unwrap();
        assert!(!state.to_string().contains("Abernathy"), "{state}");
    }
    // What comes later about the closed one finds it, and its words stay gone.
    hub.done(Role::Partner, "call.progress", "x", json!({"id": "x", "state": "ended"})).await;
    assert_sound(&hub.store).await;
    hub.writer.clone().stop().await;
    assert_eq!(bytes_contain(dir.path(), "Abernathy"), Vec::<String>::new());
}

#[tokio::test]
async fn a_refusal_that_named_the_person_no_longer_does() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let account = author(Role::Supervisor).account;
    let put = json!({"name": "Persephone Quillfeather", "role": "supervisor"});
    hub.done(Role::Administrator, "account.put", account, put).await;
    hub.send(hub.signal("1234", json!({"is": "alarm", "kind": "technical"}))).await;
    let alarm = hub.world().alarms.keys().next().copied().unwrap();
    hub.done(Role::Supervisor, "alarm.take", alarm, json!({})).await;
    let taken = hub.submission(Role::Operator, hub.command("alarm.take", alarm, json!({})));
    let refusal = hub.send(taken.clone()).await.refusal.unwrap();
    assert!(refusal.text.contains("Quillfeather"), "{refusal}");
    hub.done(Role::Administrator, "person.erase", account, json!({"reason": "left the council"})).await;
    let again = hub.send(taken).await;
    assert_eq!(again.outcome, Outcome::Duplicate);
    assert!(!again.refusal.unwrap().text.contains("Quillfeather"));
    hub.writer.clone().stop().await;
    assert_eq!(bytes_contain(dir.path(), "Quillfeather"), Vec::<String>::new());
}

#[tokio::test]
async fn an_erasure_among_other_commands_keeps_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    let note = |text: &str| {
        let body = json!({"text": text, "about": id("witness")});
        hub.submission(Role::Operator, hub.command("note.add", &callout, body))
    };
    let erase = hub.command("person.erase", id("witness"), json!({"reason": "asked for it"}));
    let batch = vec![note("before Abernathy"), hub.submission(Role::Administrator, erase), note("after Abernathy")];
    let answers = hub.writer.submit(batch).await.unwrap();
    let seqs: Vec<i64> = answers.iter().map(|a| a.seq.unwrap()[0]).collect();
    assert_eq!(seqs, (seqs[0]..seqs[0] + 3).collect::<Vec<_>>());
    let state = serde_json::to_string(&**hub.world().callout(&callout).unwrap()).unwrap();
    assert!(!state.contains("before Abernathy") && state.contains("after Abernathy"));
    assert_sound(&hub.store).await;
}

#[tokio::test]
async fn another_process_lets_go_of_the_erased_text() {
    let dir = tempfile::tempdir().unwrap();
    let one = hub_named(dir.path(), "one").await;
    let two = hub_named(dir.path(), "two").await;
    one.borough().await;
    two.done(Role::Administrator, "person.erase", id("contact"), json!({"reason": "asked for it"})).await;
    one.send(one.signal("1234", json!({"is": "signal"}))).await;
    assert_eq!(one.world().site("ST-1").unwrap().contacts[0].name, "");
}
