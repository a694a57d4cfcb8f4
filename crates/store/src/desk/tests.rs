use super::*;
use std::path::Path;

fn row(pos: i64, state: OutboxState) -> OutboxRow {
    OutboxRow {
        pos,
        id: format!("id-{pos}"),
        command: "{}".into(),
        state,
        in_log: false,
        streams: vec!["callout-1".into()],
        number: Some("D2-0001".into()),
        created_at: "2026-11-22T21:44:54Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let aggregate = |stream: &str, open| AggregateRow {
        stream: stream.into(),
        kind: "callout".into(),
        version: 3,
        open,
        state: r#"{"number":"CO-26-00001"}"#.into(),
    };
    let rows = [
        row(1, OutboxState::Waiting),
        row(2, OutboxState::Answered { through: 9 }),
        row(3, OutboxState::Refused { refusal: "{}".into() }),
        row(4, OutboxState::Parked { because: "id-3".into() }),
    ];
    let store = DeskStore::open(dir.path(), Key::None).await.unwrap();
    let outbox = OutboxWrite { put: rows.to_vec(), provisional_next: Some(2), ..OutboxWrite::default() };
    store
        .write_log(&LogWrite {
            head: 7,
            aggregates: vec![aggregate("callout-a", true), aggregate("callout-b", false)],
            unknown: vec![UnknownRow { seq: 6, stream: "x-1".into(), kind: "moon.landed".into(), raw: "{}".into() }],
            outbox,
            resync: false,
        })
        .await
        .unwrap();
    store.put_pref("sound", "true").await.unwrap();
    store.put_tracking_link("ab", "callout-a", "https://hub/t/x").await.unwrap();
    store.put_positions(&[("RSP-1".into(), "{}".into())]).await.unwrap();
    store.close().await;

    let store = DeskStore::open(dir.path(), Key::None).await.unwrap();
    let loaded = store.load().await.unwrap();
    assert_eq!((loaded.meta.head, loaded.meta.provisional_next), (7, 2));
    assert_eq!(loaded.aggregates, [aggregate("callout-a", true)]);
    assert_eq!(loaded.outbox, rows);
    assert_eq!(loaded.unknown, [("x-1".to_owned(), "moon.landed".to_owned())]);
    assert_eq!(loaded.prefs, [("sound".to_owned(), "true".to_owned())]);
    assert_eq!(loaded.links.len(), 1);
    assert_eq!(loaded.positions, ["{}"]);
    assert_eq!(store.aggregate("callout-b").await.unwrap(), Some(aggregate("callout-b", false)));
    assert!(store.callout_numbered("co-26-00001").await.unwrap().is_some());
}

#[tokio::test]
async fn a_redone_command_takes_the_place_of_the_refused_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = DeskStore::open(dir.path(), Key::None).await.unwrap();
    let put = vec![row(1, OutboxState::Refused { refusal: "{}".into() })];
    store.write_outbox(&OutboxWrite { put, ..OutboxWrite::default() }).await.unwrap();
    let again = OutboxRow { id: "new".into(), ..row(1, OutboxState::Waiting) };
    let write = OutboxWrite { put: vec![again.clone()], removed: vec!["id-1".into()], ..OutboxWrite::default() };
    store.write_outbox(&write).await.unwrap();
    assert_eq!(store.load().await.unwrap().outbox, [again]);
}

#[tokio::test]
async fn a_replaced_replica_leaves_no_erased_text_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = DeskStore::open(dir.path(), Key::None).await.unwrap();
    let aggregate = |state: &str| AggregateRow {
        stream: "officer-1".into(),
        kind: "officer".into(),
        version: 1,
        open: true,
        state: state.into(),
    };
    let head = |aggregates| LogWrite { head: 1, aggregates, resync: true, ..LogWrite::default() };
    store.write_log(&head(vec![aggregate(r#"{"name":"Wilhelmina Featherstone"}"#)])).await.unwrap();
    assert!(store.load().await.unwrap().meta.resync);
    store.replace_replica(5, &[aggregate(r#"{"name":""}"#)], &OutboxWrite::default()).await.unwrap();
    let meta = store.load().await.unwrap().meta;
    assert_eq!((meta.head, meta.snapshot_seq, meta.resync), (5, 5, false));
    assert_eq!(meta.rules, i64::from(domain::RULES), "what the hub has made is by this program's rules");
    store.close().await;
    assert!(!is_in_a_file(dir.path(), "Featherstone"));
}

fn is_in_a_file(dir: &Path, word: &str) -> bool {
    let mut files = std::fs::read_dir(dir).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.any(|bytes| bytes.windows(word.len()).any(|w| w == word.as_bytes()))
}

#[tokio::test]
async fn a_settled_command_keeps_no_personal_text() {
    for through_a_snapshot in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let store = DeskStore::open(dir.path(), Key::None).await.unwrap();
        let row = |id: &str, command: &str| SettledRow {
            id: id.into(),
            command: command.into(),
            how: "dropped",
            reason: "Featherstone rang again".into(),
            settled_at: "2026-11-22T21:44:54Z".parse().unwrap(),
        };
        let note = r#"{"kind":"note.add","body":{"text":"Wilhelmina Featherstone let us in"}}"#;
        let settled = vec![row("a", note), row("b", "Featherstone, and no JSON")];
        store.write_outbox(&OutboxWrite { settled, ..OutboxWrite::default() }).await.unwrap();
        match through_a_snapshot {
            true => store.replace_replica(5, &[], &OutboxWrite::default()).await.unwrap(),
            false => store.write_log(&LogWrite { head: 1, resync: true, ..LogWrite::default() }).await.unwrap(),
        }
        store.close().await;
        assert!(!is_in_a_file(dir.path(), "Featherstone"), "through a snapshot: {through_a_snapshot}");
        assert!(is_in_a_file(dir.path(), "note.add"), "that it was there, and what became of it, stays");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_a_profile() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let _store = DeskStore::open(dir.path(), Key::None).await.unwrap();
    for path in [dir.path().to_owned(), dir.path().join("desk.db")] {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
    }
}
