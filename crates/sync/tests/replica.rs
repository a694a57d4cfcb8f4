//! Log lines into the replica: in order, once, and what to do about the rest.

use domain::command::{Author, Role};
use domain::id::{AccountId, AggregateKind, CommandId, Stream, UnitId, derived};
use domain::people::Unit;
use protocol::api::{LogLine, Snapshot, SnapshotAggregate};
use serde_json::{Value, json};
use sync::{Gap, Replica};
use uuid::Uuid;

fn line(seq: i64, kind: &str, stream: &str, version: i64, body: Value) -> LogLine {
    let at = domain::Instant::UNIX_EPOCH;
    LogLine {
        seq,
        stream: stream.into(),
        version,
        kind: kind.into(),
        at,
        recorded_at: at,
        by: Author { account: AccountId(Uuid::nil()), role: Role::System, officer: None },
        event_id: derived("event", &[&seq.to_be_bytes()]),
        command_id: derived("command", &[&seq.to_be_bytes()]),
        body,
        personal: None,
    }
}

fn unit(seq: i64, call_sign: &str) -> LogLine {
    let id = Unit::id_of(call_sign);
    let body = json!({"id": id, "call_sign": call_sign, "kind": "foot"});
    line(seq, "unit.put", &Stream::new(AggregateKind::Unit, id).to_string(), 1, body)
}

#[test]
fn lines_apply_once_and_in_order() {
    let mut replica = Replica::default();
    let lines = [unit(1, "RSP-1"), unit(2, "RSP-2"), unit(3, "RSP-3")];
    let applied = replica.apply(&lines[..2]);
    assert_eq!((applied.changed.len(), applied.commands.len(), applied.gap), (2, 2, None));
    let applied = replica.apply(&lines);
    assert_eq!(applied.changed.len(), 1, "known positions are skipped");
    assert_eq!(applied.commands, [CommandId(lines[2].command_id)].into());
    assert_eq!((replica.head, replica.world.units.len()), (3, 3));
}

#[test]
fn a_gap_ends_the_batch_and_keeps_what_came_before() {
    let mut replica = Replica::default();
    let applied = replica.apply(&[unit(1, "RSP-1"), unit(3, "RSP-3")]);
    assert_eq!(applied.gap, Some(Gap { expected: 2, got: 3 }));
    assert_eq!((replica.head, replica.world.units.len()), (1, 1));
}

#[test]
fn what_this_program_cannot_read_is_kept_raw_and_marks_its_stream() {
    let mut replica = Replica::default();
    let strange = [
        line(1, "moon.landed", "unit-0193c0de-0000-7000-8000-000000000001", 1, json!({})),
        line(2, "unit.put", "unit-0193c0de-0000-7000-8000-000000000002", 1, json!({"call_sign": 7})),
        line(3, "unit.put", "lunar-1", 1, json!({})),
        unit(4, "RSP-1"),
    ];
    let applied = replica.apply(&strange);
    assert_eq!(applied.unknown, strange[..3]);
    assert_eq!((replica.newer.len(), replica.head, replica.world.units.len()), (3, 4, 1));
    assert_eq!(replica.newer_kinds()["lunar"], 1);
}

#[test]
fn a_late_word_on_what_was_over_before_is_let_pass() {
    let mut replica = Replica::default();
    let closed = Stream::new(AggregateKind::Callout, derived("c", &[]));
    let late = line(1, "note.added", &closed.to_string(), 40, json!({"text": "late"}));
    assert_eq!(replica.wanted(std::slice::from_ref(&late)), [closed.to_string()].into());
    let applied = replica.apply(&[late]);
    assert!(applied.changed.is_empty() && applied.unknown.is_empty());
    assert_eq!(replica.head, 1);
}

#[test]
fn a_snapshot_names_what_it_could_not_give() {
    let id = UnitId(derived("u", &[]));
    let good = SnapshotAggregate {
        stream: Stream::new(AggregateKind::Unit, id).to_string(),
        version: 4,
        state: json!({"id": id, "call_sign": "RSP-1", "kind": "vehicle"}),
    };
    let bad = SnapshotAggregate { stream: "lunar-1".into(), version: 1, state: json!({}) };
    let (replica, failed) = Replica::from_snapshot(&Snapshot { seq: 9, schema: 1, aggregates: vec![good, bad] });
    assert_eq!((replica.head, replica.world.units.len()), (9, 1));
    assert_eq!(failed[0].stream, "lunar-1");
    assert!(replica.newer.contains("lunar-1"));
}
