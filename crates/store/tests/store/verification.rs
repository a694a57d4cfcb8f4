//! Verify finds what was changed behind the store's back; rebuild makes what follows from the log.

use crate::common::*;
use domain::command::Role;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use store::{Key, Store};

async fn tampered(dir: &Path, sql: &'static str) -> Vec<String> {
    let url = format!("sqlite://{}", dir.join("hub.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(changed.rows_affected() > 0, "{sql}");
    connection.close().await.unwrap();
    let store = Store::open(dir, Key::None).await.unwrap();
    let found = store.verify().await.unwrap().problems;
    store.close().await;
    found
}

async fn filled(dir: &Path) {
    let hub = hub(dir).await;
    hub.borough().await;
    let callout = hub.callout().await;
    hub.done(Role::Operator, "note.add", &callout, json!({"text": "A note", "about": id("witness")})).await;
    assert_sound(&hub.store).await;
    hub.end().await;
}

#[tokio::test]
async fn every_kind_of_change_is_found() {
    let changes = [
        ("UPDATE log SET body = replace(body, 'Ampthill', 'Amphtill') WHERE kind = 'site.put'", "chain breaks"),
        ("UPDATE log SET \"by\" = replace(\"by\", 'operator', 'customer') WHERE kind = 'alarm.taken'", "chain breaks"),
        ("UPDATE log SET personal = replace(personal, 'A note', 'B note') WHERE kind = 'note.added'", "personal part"),
        ("UPDATE log SET at = at - 1 WHERE seq = 3", "the chain breaks at event 3"),
        ("DELETE FROM log WHERE seq = 4", "events 4 to 4 are missing"),
        ("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", "the log ends at"),
        ("UPDATE aggregate SET state = replace(state, 'RSP-1', 'RSP-9') WHERE kind = 'unit'", "the state of unit-"),
        ("UPDATE aggregate SET open = 0 WHERE kind = 'incident'", "the state of incident-"),
        ("DELETE FROM aggregate WHERE kind = 'site'", "the state of site-"),
        (
            "INSERT INTO aggregate VALUES ('unit-00000000-0000-0000-0000-000000000001', 'unit', 1, 1, 1, '{}')",
            "no event",
        ),
        ("UPDATE callout_index SET open = 0", "the index row of callout-"),
        ("DELETE FROM alarm_index", "the index row of alarm-"),
        ("DELETE FROM assignment_index", "is not indexed"),
    ];
    let made = tempfile::tempdir().unwrap();
    filled(made.path()).await;
    for (sql, expected) in changes {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy(made.path().join("hub.db"), dir.path().join("hub.db")).unwrap();
        let found = tampered(dir.path(), sql).await;
        assert!(found.iter().any(|problem| problem.contains(expected)), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn rebuilding_mends_what_is_derived() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let url = format!("sqlite://{}", dir.path().join("hub.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    for sql in [
        "DELETE FROM aggregate",
        "DELETE FROM alarm_index",
        "DELETE FROM callout_index",
        "DELETE FROM assignment_index",
    ] {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let store = Store::open(dir.path(), Key::None).await.unwrap();
    assert!(!store.verify().await.unwrap().is_sound());
    store.rebuild().await.unwrap();
    assert_sound(&store).await;
    assert_eq!(store.callouts(true, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_backup_is_a_whole_store_of_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let callout = hub.callout().await;
    let now = hub.around.now_for_test();
    hub.store.begin_media(&[0xab; 32], 3, "image/jpeg", now).await.unwrap();
    hub.store.media_complete(&[0xab; 32], now).await.unwrap();
    let to = tempfile::tempdir().unwrap();
    hub.store.backup(to.path()).await.unwrap();
    hub.done(Role::Operator, "callout.stand_down", &callout, json!({"reason": "false alarm"})).await;
    let copy = Store::open(to.path(), Key::None).await.unwrap();
    assert_sound(&copy).await;
    assert_eq!(copy.callouts(true, None, 10).await.unwrap().len(), 1);
    let list = std::fs::read_to_string(to.path().join(store::MEDIA_LIST)).unwrap();
    assert_eq!(list, format!("media/ab/{}\n", "ab".repeat(31)));
    assert_eq!(hub.store.backup(to.path()).await.unwrap_err().code(), "file_error");
}

#[tokio::test]
async fn what_other_rules_made_of_the_log_is_made_anew_when_it_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let url = format!("sqlite://{}", dir.path().join("hub.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    // As a program of before left it: other states, and no number of rules.
    let sql = "UPDATE aggregate SET state = replace(state, 'RSP-1', 'RSP-9') WHERE kind = 'unit';
        DELETE FROM callout_index; DELETE FROM meta WHERE key = 'rules';";
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = Store::open(dir.path(), Key::None).await.unwrap();
    assert_sound(&store).await;
    store.close().await;
    // By these rules already: opening leaves everything as it lies, or tampering would be mended unseen.
    let sql = "UPDATE aggregate SET state = replace(state, 'RSP-1', 'RSP-9') WHERE kind = 'unit'";
    assert!(tampered(dir.path(), sql).await.iter().any(|problem| problem.contains("the state of unit-")));
}
