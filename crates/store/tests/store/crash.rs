//! What a crash leaves: everything answered, nothing half.

use crate::common::*;
use domain::command::Role;
use serde_json::json;
use std::path::Path;
use store::{Key, Outcome, Store};

fn copy(from: &Path, to: &Path) {
    for name in ["hub.db", "hub.db-wal"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// A commit that was being written when the power went: its last page is cut off or holds anything.
#[tokio::test]
async fn a_torn_tail_of_the_wal_loses_nothing_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    let answered = hub.store.head().await.unwrap();
    let wal_answered = std::fs::metadata(dir.path().join("hub.db-wal")).unwrap().len();
    let before = tempfile::tempdir().unwrap();
    copy(dir.path(), before.path());
    hub.done(Role::Operator, "note.add", &callout, json!({"text": "being written when it happened"})).await;
    let full = std::fs::read(dir.path().join("hub.db-wal")).unwrap();
    assert!(full.len() as u64 > wal_answered);
    let torn = [full.len() - 1, full.len() - 2000, full.len() - 4096 - 24];
    for (turn, cut) in torn.into_iter().enumerate() {
        for garbled in [false, true] {
            let crash = tempfile::tempdir().unwrap();
            copy(before.path(), crash.path());
            let mut wal = full[..cut].to_vec();
            if garbled {
                wal.extend((cut..full.len()).map(|i| (i * 31 + turn) as u8));
            }
            std::fs::write(crash.path().join("hub.db-wal"), wal).unwrap();
            let store = Store::open(crash.path(), Key::None).await.unwrap();
            assert_eq!(store.head().await.unwrap(), answered);
            assert_sound(&store).await;
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_moment_keeps_every_answer() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    for turn in 0..5 {
        let mut last = [0, 0];
        for _ in 0..3 {
            last = hub.send(hub.signal("1234", json!({"is": "signal"}))).await.seq.unwrap();
        }
        let crash = tempfile::tempdir().unwrap();
        copy(dir.path(), crash.path());
        let store = Store::open(crash.path(), Key::None).await.unwrap();
        assert_eq!(store.head().await.unwrap().seq, last[1], "turn {turn}");
        assert_sound(&store).await;
    }
}

/// The database as a full disk or a broken file makes it: the answer is an error, and later all goes on.
#[tokio::test]
async fn what_the_database_refuses_is_told_and_the_writer_goes_on() {
    use sqlx::{Connection, SqliteConnection};
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let head = hub.store.head().await.unwrap();
    let url = format!("sqlite://{}", dir.path().join("hub.db").display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    let trap =
        "CREATE TRIGGER trap BEFORE INSERT ON log WHEN new.body LIKE '%9999%' BEGIN SELECT raise(FAIL, 'no'); END";
    sqlx::query(trap).execute(&mut other).await.unwrap();
    let good = hub.signal("1234", json!({"is": "signal"}));
    let bad = hub.signal("9999", json!({"is": "signal"}));
    let error = hub.writer.submit(vec![bad.clone()]).await.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("store_error", false));
    assert_eq!(hub.store.head().await.unwrap(), head);
    // One that cannot be stored does not take the others of its group with it.
    let (writer, also) = (hub.writer.clone(), bad.clone());
    let refused = tokio::spawn(async move { writer.submit(vec![also]).await });
    let stored = hub.writer.submit(vec![good.clone()]).await.unwrap();
    assert_eq!(stored[0].outcome, Outcome::Accepted);
    assert!(refused.await.unwrap().is_err());
    sqlx::query("DROP TRIGGER trap").execute(&mut other).await.unwrap();
    assert_eq!(hub.send(bad).await.outcome, Outcome::Accepted);
    assert_eq!(hub.send(good).await.outcome, Outcome::Duplicate);
    assert_sound(&hub.store).await;
}

/// The limit of pages stands for the end of the disk: SQLite reports both the same way.
#[tokio::test]
async fn a_full_disk_is_a_clear_transient_error_and_nothing_is_half_done() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    hub.store.limit_size_for_test(40).await.unwrap();
    let mut answered = hub.store.head().await.unwrap().seq;
    let error = loop {
        match hub.writer.submit(vec![hub.signal("1234", json!({"is": "alarm", "kind": "intruder"}))]).await {
            Ok(answers) => answered = answers[0].seq.unwrap()[1],
            Err(error) => break error,
        }
        assert!(answered < 2000, "the limit was never reached");
    };
    assert_eq!((error.code(), error.is_transient()), ("disk_full", true));
    assert_eq!(hub.store.head().await.unwrap().seq, answered);
    assert_sound(&hub.store).await;
    hub.store.limit_size_for_test(1_000_000).await.unwrap();
    assert_eq!(hub.send(hub.signal("1234", json!({"is": "signal"}))).await.seq, Some([answered + 1, answered + 1]));
    assert_sound(&hub.store).await;
}
