//! Whether the log is what was written, and whether everything derived from it follows from it.

use crate::event::stream;
use crate::fold::{Folded, OpenCallouts, Streams, Unfoldable, fold};
use crate::index::{AggregateRow, AlarmRow, AssignmentRow, CalloutRow};
use crate::log::{position, rows_after};
use crate::row::LogRow;
use crate::sql::{Columns, assembled};
use crate::{Store, StoreError, chain};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Rows of the log read at once.
const PAGE: i64 = 2000;
/// A file full of mistakes need not list each.
const PROBLEMS_MAX: usize = 200;

/// What a check found. Sound when there are no problems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    pub events: u64,
    pub aggregates: u64,
    /// One sentence each.
    pub problems: Vec<String>,
}

impl Verification {
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, text: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(text);
        }
    }

    fn compare<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        name: &str,
        expected: Option<&T>,
        stored: Option<&T>,
    ) {
        match (expected, stored) {
            (Some(expected), Some(stored)) if expected == stored => {}
            (None, None) => {}
            (Some(_), Some(_)) => self.problem(format!("{what} of {name} does not follow from the log")),
            (Some(_), None) => self.problem(format!("{what} of {name} is missing")),
            (None, Some(_)) => self.problem(format!("{what} of {name} has no event in the log")),
        }
    }
}

impl Store {
    /// Checks the chain, the order, and every aggregate and index against the log. One consistent view; writing goes on.
    pub async fn verify(&self) -> Result<Verification, StoreError> {
        let mut connection = self.reader().await?;
        let mut read = connection.begin().await?;
        let mut found = Verification::default();
        the_log(&mut read, &mut found).await?;
        what_follows(&mut read, &mut found).await?;
        read.commit().await?;
        Ok(found)
    }
}

async fn the_log(connection: &mut SqliteConnection, found: &mut Verification) -> Result<(), StoreError> {
    let head = position(connection).await?.head;
    let (mut seq, mut chain) = (0, chain::START);
    loop {
        let rows = rows_after(connection, seq, PAGE).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != seq + 1 {
                found.problem(format!("events {} to {} are missing", seq + 1, row.seq - 1));
            }
            let personal = row.personal.as_ref().zip(row.salt);
            if let Some((text, salt)) = personal
                && Some(chain::personal(&salt, text.as_bytes())) != row.personal_digest
            {
                found.problem(format!("the personal part of event {} was changed", row.seq));
            }
            if chain::next(&chain, &row) != row.chain {
                found.problem(format!("the chain breaks at event {}", row.seq));
            }
            found.events += 1;
            (seq, chain) = (row.seq, row.chain);
        }
    }
    if head.seq != seq {
        found.problem(format!("the head says {} and the log ends at {seq}", head.seq));
    } else if head.chain != chain {
        found.problem("the head's chain is not that of the last event".to_owned());
    }
    Ok(())
}

/// What is stored for a run of streams.
#[derive(Default)]
struct Stored {
    aggregates: BTreeMap<String, AggregateRow>,
    alarms: BTreeMap<String, AlarmRow>,
    callouts: BTreeMap<String, CalloutRow>,
}

async fn what_follows(connection: &mut SqliteConnection, found: &mut Verification) -> Result<(), StoreError> {
    let mut streams = Streams::default();
    let mut open = OpenCallouts::default();
    let mut assignments = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = streams.next(connection).await?;
        // A name after every other one: `unit-…` is the last kind.
        let to = page.last().map_or("~".to_owned(), |rows| rows[0].stream.clone());
        let mut stored = Stored::between(connection, &after, &to).await?;
        for rows in &page {
            versions(rows, found);
            match fold(rows) {
                Ok(mut folded) => {
                    open.settle(&mut folded);
                    assignments.extend(folded.assignments.iter().cloned());
                    stored.check(&rows[0].stream, &folded, found);
                }
                Err(Unfoldable::UnknownKind(_)) => stored.forget(&rows[0].stream),
                Err(Unfoldable::Store(error)) => {
                    stored.forget(&rows[0].stream);
                    found.problem(format!("{} cannot be read: {error}", rows[0].stream));
                }
            }
            found.aggregates += 1;
        }
        stored.left_over(found);
        if page.is_empty() {
            break;
        }
        after = to;
    }
    assignment_index(connection, assignments, found).await
}

fn versions(rows: &[LogRow], found: &mut Verification) {
    for (row, expected) in rows.iter().zip(1..) {
        if row.version != expected {
            found.problem(format!("{} has version {} where {expected} belongs", row.stream, row.version));
            return;
        }
    }
}

impl Stored {
    async fn between(connection: &mut SqliteConnection, after: &str, to: &str) -> Result<Self, StoreError> {
        let mut stored = Self::default();
        let columns = "stream, version, seq, open, state";
        for row in in_range(connection, columns, "aggregate", after, to).await? {
            let name = row.text(0)?;
            let aggregate = AggregateRow {
                stream: stream(&name)?,
                version: row.int(1)?,
                seq: row.int(2)?,
                open: row.int(3)? == 1,
                state: serde_json::from_str(&row.text(4)?)?,
            };
            stored.aggregates.insert(name, aggregate);
        }
        let columns = "stream, seq, account, site, kind, priority, open, raised_at";
        for row in in_range(connection, columns, "alarm_index", after, to).await? {
            let alarm = AlarmRow {
                stream: row.text(0)?,
                seq: row.int(1)?,
                account: row.text(2)?,
                site: row.maybe_bytes(3)?.map(Uuid::from_bytes),
                kind: row.text(4)?,
                priority: row.int(5)?,
                open: row.int(6)? == 1,
                raised_at: row.int(7)?,
            };
            stored.alarms.insert(alarm.stream.clone(), alarm);
        }
        let columns = "stream, created_seq, number, site, priority, open, created_at";
        for row in in_range(connection, columns, "callout_index", after, to).await? {
            let callout = CalloutRow {
                stream: row.text(0)?,
                created_seq: row.int(1)?,
                number: row.text(2)?,
                site: row.maybe_bytes(3)?.map(Uuid::from_bytes),
                priority: row.int(4)?,
                open: row.int(5)? == 1,
                created_at: row.int(6)?,
            };
            stored.callouts.insert(callout.stream.clone(), callout);
        }
        Ok(stored)
    }

    fn check(&mut self, name: &str, folded: &Folded, found: &mut Verification) {
        let (aggregate, alarm) = (self.aggregates.remove(name), self.alarms.remove(name));
        found.compare("the state", name, Some(&folded.aggregate), aggregate.as_ref());
        found.compare("the index row", name, folded.alarm.as_ref(), alarm.as_ref());
        found.compare("the index row", name, folded.callout.as_ref(), self.callouts.remove(name).as_ref());
    }

    fn forget(&mut self, name: &str) {
        self.aggregates.remove(name);
        self.alarms.remove(name);
        self.callouts.remove(name);
    }

    fn left_over(self, found: &mut Verification) {
        for name in self.aggregates.keys() {
            found.compare::<AggregateRow>("the state", name, None, self.aggregates.get(name));
        }
        for name in self.alarms.keys().chain(self.callouts.keys()) {
            found.problem(format!("the index row of {name} has no event in the log"));
        }
    }
}

async fn in_range(
    connection: &mut SqliteConnection,
    columns: &'static str,
    table: &'static str,
    after: &str,
    to: &str,
) -> Result<Vec<SqliteRow>, StoreError> {
    let sql = assembled(format!("SELECT {columns} FROM {table} WHERE stream > ? AND stream <= ? ORDER BY stream"));
    Ok(sqlx::query(sql).bind(after).bind(to).fetch_all(connection).await?)
}

async fn assignment_index(
    connection: &mut SqliteConnection,
    mut expected: BTreeSet<AssignmentRow>,
    found: &mut Verification,
) -> Result<(), StoreError> {
    let mut after = vec![];
    loop {
        let sql = "SELECT assignment, callout FROM assignment_index WHERE assignment > ? ORDER BY assignment LIMIT ?";
        let rows = sqlx::query(sql).bind(after).bind(PAGE).fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { break };
        after = last.bytes::<16>(0)?.to_vec();
        for row in &rows {
            let row = AssignmentRow { assignment: row.id(0)?, callout: row.text(1)? };
            if !expected.remove(&row) {
                found.problem(format!("assignment {} is indexed and not in the log", row.assignment));
            }
        }
    }
    for row in expected {
        found.problem(format!("assignment {} of {} is not indexed", row.assignment, row.callout));
    }
    Ok(())
}
