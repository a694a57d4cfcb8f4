//! One batch as SQL.
//!
//! All tables are written by one text of a few multi-row statements, and one round trip to SQLite. To keep the texts few
//! enough to stay prepared, a text has room for 1, 4, 16, 64 or 256 rows of each table it names; room that is not
//! needed is bound to null and filtered out.

use crate::Digest;
use crate::error::StoreError;
use crate::index::{AggregateRow, AlarmRow, AssignmentRow, CalloutRow};
use crate::log::Position;
use crate::row::{self, LogRow};
use crate::sql::{Values, assembled, blob, places};
use sqlx::{SqlStr, SqliteConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows of one table in one text. 256 rows of 15 columns are far below SQLite's 32,766 values.
const ROOM: [usize; 5] = [1, 4, 16, 64, 256];
const ROOM_MAX: usize = 256;

#[derive(Clone, Debug)]
pub(crate) struct CommandRow {
    pub id: Uuid,
    pub digest: Digest,
    pub seq: Option<[i64; 2]>,
    pub refusal: Option<String>,
    pub answered_at: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct OnceRow {
    pub key: Digest,
    pub at: i64,
    pub until: i64,
    pub command: Uuid,
}

/// Everything one batch writes.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub log: Vec<LogRow>,
    pub aggregates: Vec<AggregateRow>,
    pub alarms: Vec<AlarmRow>,
    pub callouts: Vec<CalloutRow>,
    pub assignments: Vec<AssignmentRow>,
    pub commands: Vec<CommandRow>,
    pub once: Vec<OnceRow>,
}

/// The tables of a batch, in the order they are written.
#[derive(Clone, Copy)]
enum Table {
    Log,
    Aggregate,
    Alarm,
    Callout,
    Assignment,
    Command,
    Once,
}

const TABLES: [Table; 7] =
    [Table::Log, Table::Aggregate, Table::Alarm, Table::Callout, Table::Assignment, Table::Command, Table::Once];

impl Table {
    fn columns(self) -> usize {
        match self {
            Self::Log => row::COLUMN_COUNT,
            Self::Aggregate => 6,
            Self::Alarm => 8,
            Self::Callout => 7,
            Self::Assignment => 2,
            Self::Command => 6,
            Self::Once => 4,
        }
    }

    /// What comes before the values, and after them.
    fn sql(self) -> (String, &'static str) {
        let (into, conflict) = match self {
            Self::Log => return (format!("INSERT INTO log ({}) SELECT * FROM (VALUES ", row::COLUMNS), ""),
            Self::Aggregate => (
                "aggregate (stream, kind, version, seq, open, state)",
                " ON CONFLICT (stream) DO UPDATE SET version = excluded.version, seq = max(seq, excluded.seq),
                     open = excluded.open, state = excluded.state",
            ),
            Self::Alarm => (
                "alarm_index (seq, stream, account, site, kind, priority, open, raised_at)",
                " ON CONFLICT (seq) DO UPDATE SET site = excluded.site, kind = excluded.kind,
                     priority = excluded.priority, open = excluded.open, raised_at = excluded.raised_at",
            ),
            Self::Callout => (
                "callout_index (created_seq, stream, number, site, priority, open, created_at)",
                " ON CONFLICT (created_seq) DO UPDATE SET site = excluded.site, priority = excluded.priority,
                     open = excluded.open",
            ),
            Self::Assignment => ("assignment_index (assignment, callout)", " ON CONFLICT DO NOTHING"),
            Self::Command => ("command (id, digest, first_seq, last_seq, refusal, answered_at)", ""),
            // A key that still counts makes `until` null, which the table refuses: the writer looks again, locked.
            Self::Once => (
                "once (key, at, until, command)",
                " ON CONFLICT (key) DO UPDATE SET at = excluded.at, command = excluded.command,
                     until = CASE WHEN once.until <= excluded.at THEN excluded.until END",
            ),
        };
        (format!("INSERT INTO {into} SELECT * FROM (VALUES "), conflict)
    }
}

/// From where to where the head moves.
#[derive(Clone, Copy)]
pub(crate) struct Move {
    pub from: Position,
    pub to: Position,
}

/// The texts made so far: which tables, how much room, with its own transaction or inside one.
#[derive(Default)]
pub(crate) struct Programs {
    texts: HashMap<(u8, usize, bool), SqlStr>,
}

impl Programs {
    /// Writes a batch and moves the head, in a transaction of its own: one round trip where it fits.
    ///
    /// A head that is not where `step` starts, a known command id or a key that still counts is a constraint error, and
    /// nothing is written.
    pub async fn commit(
        &mut self,
        connection: &mut SqliteConnection,
        rows: Rows,
        step: Move,
    ) -> Result<(), sqlx::Error> {
        if rows.longest() <= ROOM_MAX {
            let (sql, values) = self.next(&mut Cursor::new(rows), Some(step), true);
            sqlx::query_with(sql, values.0).execute(connection).await?;
            return Ok(());
        }
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        self.write(connection, rows, step).await?;
        sqlx::query("COMMIT").execute(connection).await?;
        Ok(())
    }

    /// The same inside a transaction that is open already.
    pub async fn write(
        &mut self,
        connection: &mut SqliteConnection,
        rows: Rows,
        step: Move,
    ) -> Result<(), sqlx::Error> {
        let mut cursor = Cursor::new(rows);
        let mut step = Some(step);
        while step.is_some() || cursor.longest() > 0 {
            let (sql, values) = self.next(&mut cursor, step.take(), false);
            sqlx::query_with(sql, values.0).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Derived rows only, without moving the head.
    pub async fn write_derived(&mut self, connection: &mut SqliteConnection, rows: Rows) -> Result<(), sqlx::Error> {
        let mut cursor = Cursor::new(rows);
        while cursor.longest() > 0 {
            let (sql, values) = self.next(&mut cursor, None, false);
            sqlx::query_with(sql, values.0).execute(&mut *connection).await?;
        }
        Ok(())
    }

    fn next(&mut self, cursor: &mut Cursor, step: Option<Move>, own_transaction: bool) -> (SqlStr, Values) {
        let longest = cursor.longest();
        let room = ROOM.into_iter().find(|room| *room >= longest).unwrap_or(ROOM_MAX);
        let lengths = cursor.lengths();
        let mut mask = u8::from(step.is_some()) << 7;
        let mut columns = 4;
        for (bit, table) in TABLES.into_iter().enumerate() {
            if lengths[bit] > 0 {
                mask |= 1 << bit;
                columns += table.columns() * room;
            }
        }
        let text = self.texts.entry((mask, room, own_transaction)).or_insert_with(|| text(mask, room, own_transaction));
        let mut values = Values::with_capacity(columns);
        if let Some(step) = step {
            values.add(step.from.batch);
            values.add(step.to.batch);
            values.add(step.to.head.seq);
            values.add(blob(&step.to.head.chain));
        }
        for (bit, table) in TABLES.into_iter().enumerate() {
            if mask & (1 << bit) != 0 {
                let bound = cursor.bind(table, room, &mut values);
                values.nulls((room - bound) * table.columns());
            }
        }
        (text.clone(), values)
    }
}

fn text(mask: u8, room: usize, own_transaction: bool) -> SqlStr {
    let mut text = String::new();
    if own_transaction {
        text.push_str("BEGIN IMMEDIATE;\n");
    }
    if mask & (1 << 7) != 0 {
        // Null is refused: nobody appends to a log that has moved on.
        text.push_str("UPDATE head SET batch = CASE WHEN batch = ? THEN ? END, seq = ?, chain = ?;\n");
    }
    for (bit, table) in TABLES.into_iter().enumerate() {
        if mask & (1 << bit) != 0 {
            let (before, after) = table.sql();
            text.push_str(&before);
            text.push_str(&places(room, table.columns()));
            text.push_str(") WHERE column1 IS NOT NULL");
            text.push_str(after);
            text.push_str(";\n");
        }
    }
    if own_transaction {
        text.push_str("COMMIT;");
    }
    assembled(text)
}

impl Rows {
    fn lengths(&self) -> [usize; 7] {
        [
            self.log.len(),
            self.aggregates.len(),
            self.alarms.len(),
            self.callouts.len(),
            self.assignments.len(),
            self.commands.len(),
            self.once.len(),
        ]
    }

    fn longest(&self) -> usize {
        self.lengths().into_iter().max().unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.longest() == 0
    }
}

/// What is left to write.
struct Cursor {
    log: std::vec::IntoIter<LogRow>,
    aggregates: std::vec::IntoIter<AggregateRow>,
    alarms: std::vec::IntoIter<AlarmRow>,
    callouts: std::vec::IntoIter<CalloutRow>,
    assignments: std::vec::IntoIter<AssignmentRow>,
    commands: std::vec::IntoIter<CommandRow>,
    once: std::vec::IntoIter<OnceRow>,
}

impl Cursor {
    fn new(rows: Rows) -> Self {
        Self {
            log: rows.log.into_iter(),
            aggregates: rows.aggregates.into_iter(),
            alarms: rows.alarms.into_iter(),
            callouts: rows.callouts.into_iter(),
            assignments: rows.assignments.into_iter(),
            commands: rows.commands.into_iter(),
            once: rows.once.into_iter(),
        }
    }

    fn lengths(&self) -> [usize; 7] {
        [
            self.log.len(),
            self.aggregates.len(),
            self.alarms.len(),
            self.callouts.len(),
            self.assignments.len(),
            self.commands.len(),
            self.once.len(),
        ]
    }

    fn longest(&self) -> usize {
        self.lengths().into_iter().max().unwrap_or(0)
    }

    fn bind(&mut self, table: Table, room: usize, values: &mut Values) -> usize {
        fn each<T>(rows: &mut std::vec::IntoIter<T>, room: usize, mut bind: impl FnMut(T)) -> usize {
            rows.by_ref().take(room).map(&mut bind).count()
        }
        match table {
            Table::Log => each(&mut self.log, room, |row| row.bind(values)),
            Table::Aggregate => each(&mut self.aggregates, room, |row| row.bind(values)),
            Table::Alarm => each(&mut self.alarms, room, |row| row.bind(values)),
            Table::Callout => each(&mut self.callouts, room, |row| row.bind(values)),
            Table::Assignment => each(&mut self.assignments, room, |row| row.bind(values)),
            Table::Command => each(&mut self.commands, room, |row| row.bind(values)),
            Table::Once => each(&mut self.once, room, |row| row.bind(values)),
        }
    }
}

impl CommandRow {
    fn bind(self, values: &mut Values) {
        values.add(blob(self.id.as_bytes()));
        values.add(blob(&self.digest));
        values.add(self.seq.map(|seq| seq[0]));
        values.add(self.seq.map(|seq| seq[1]));
        values.add(self.refusal);
        values.add(self.answered_at);
    }
}

impl OnceRow {
    fn bind(self, values: &mut Values) {
        values.add(blob(&self.key));
        values.add(self.at);
        values.add(self.until);
        values.add(blob(self.command.as_bytes()));
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why a batch was not written.
pub(crate) enum Failure {
    /// Decided on an older state than the one on disk: look again under the lock.
    Stale,
    Store(StoreError),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match crate::error::is_constraint(&error) {
            true => Self::Stale,
            false => Self::Store(error.into()),
        }
    }
}
