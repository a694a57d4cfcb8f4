//! Reading the current state: all that is open, one aggregate, a page of call-outs or alarms.

use crate::Store;
use crate::error::StoreError;
use crate::event::stream;
use crate::log::{Position, position};
use crate::sql::{Columns, Values, blob};
use domain::alarm::Alarm;
use domain::command::{Author, Role};
use domain::event::{EventBody, PersonErased, Recorded};
use domain::id::{AccountId, AggregateKind, CommandId, EventId, PersonId, Stream};
use domain::{Instant, World};
use protocol::api::{Snapshot, SnapshotAggregate};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, SqliteConnection};
use std::sync::Arc;
use uuid::Uuid;

/// One call-out of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Callout {
    /// Log position of its opening: pass the last one as `before` for the next page.
    pub created_seq: i64,
    pub version: i64,
    pub state: Value,
}

pub(crate) struct Aggregate {
    pub stream: Stream,
    pub version: i64,
    pub state: Value,
}

impl Aggregate {
    /// From `stream, version, state`.
    pub fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self { stream: stream(&row.text(0)?)?, version: row.int(1)?, state: serde_json::from_str(&row.text(2)?)? })
    }

    pub fn load_into(&self, world: &mut World) -> Result<(), StoreError> {
        if self.state.is_null() {
            reach_version(world, self.stream, self.version);
            return Ok(());
        }
        Ok(world.load(self.stream, self.version, &self.state)?)
    }
}

/// A stream with a history and no state (a person, a panel nobody registered) still counts its versions. An erasure is
/// the event that changes nothing wherever it stands.
fn reach_version(world: &mut World, stream: Stream, version: i64) {
    let nobody = Author { account: AccountId(Uuid::nil()), role: Role::System, officer: None };
    world.evolve(&Recorded {
        seq: 0,
        stream,
        version,
        id: EventId(Uuid::nil()),
        command_id: CommandId(Uuid::nil()),
        at: Instant::UNIX_EPOCH,
        recorded_at: Instant::UNIX_EPOCH,
        by: nobody,
        body: EventBody::PersonErased(PersonErased { person: PersonId(Uuid::nil()), reason: String::new() }),
    });
}

/// The register and all that is open, with the position they stand at. One read transaction.
pub(crate) async fn world_at_head(
    connection: &mut SqliteConnection,
    demonstration: bool,
) -> Result<(World, Position), StoreError> {
    let mut read = connection.begin().await?;
    let world = world_here(&mut read, demonstration).await?;
    let position = position(&mut read).await?;
    read.commit().await?;
    Ok((world, position))
}

/// The same inside a transaction that is open already.
pub(crate) async fn world_here(connection: &mut SqliteConnection, demonstration: bool) -> Result<World, StoreError> {
    let mut world = World::default();
    Arc::make_mut(&mut world.settings).demonstration = demonstration;
    let rows =
        sqlx::query("SELECT stream, version, state FROM aggregate WHERE open = 1").fetch_all(&mut *connection).await?;
    for row in &rows {
        Aggregate::read(row)?.load_into(&mut world)?;
    }
    // Closed call-outs are not loaded, yet the next number follows theirs. A desk's provisional numbers do not count.
    let last: Option<String> = sqlx::query_scalar(
        "SELECT number FROM callout_index WHERE number LIKE 'CO-%' ORDER BY created_seq DESC LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    world.seen_number(last.as_deref().unwrap_or_default());
    Ok(world)
}

impl Store {
    /// The register and every open alarm, call-out and incident as they stand at the head.
    pub async fn load_world(&self) -> Result<World, StoreError> {
        Ok(world_at_head(&mut *self.reader().await?, self.demonstration()).await?.0)
    }

    /// What a desk starts from: the register and all that is open, at one log position.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let mut connection = self.reader().await?;
        let mut read = connection.begin().await?;
        let seq = position(&mut read).await?.head.seq;
        let rows = sqlx::query("SELECT stream, version, state FROM aggregate WHERE open = 1 AND state <> 'null'")
            .fetch_all(&mut *read)
            .await?;
        read.commit().await?;
        let aggregates = rows.iter().map(|row| {
            Ok(SnapshotAggregate {
                stream: row.text(0)?,
                version: row.int(1)?,
                state: serde_json::from_str(&row.text(2)?)?,
            })
        });
        Ok(Snapshot { seq, schema: protocol::PROTOCOL, aggregates: aggregates.collect::<Result<_, StoreError>>()? })
    }

    /// One aggregate, open or closed: its version and state.
    pub async fn aggregate(&self, stream: Stream) -> Result<Option<(i64, Value)>, StoreError> {
        let sql = "SELECT stream, version, state FROM aggregate WHERE stream = ?";
        let row = self.row(sql, Values::default().and(stream.to_string())).await?;
        Ok(row.as_ref().map(Aggregate::read).transpose()?.map(|a| (a.version, a.state)))
    }

    /// A call-out by id, by number or by the id of one of its assignments; open or closed.
    pub async fn callout_by_ref(&self, id_or_number: &str) -> Result<Option<(Stream, i64, Value)>, StoreError> {
        let row = match Uuid::try_parse(id_or_number) {
            Ok(id) => {
                let sql = "SELECT stream, version, state FROM aggregate WHERE stream = ?1
                     OR stream = (SELECT callout FROM assignment_index WHERE assignment = ?2)";
                let name = Stream::new(AggregateKind::Callout, id).to_string();
                self.row(sql, Values::default().and(name).and(blob(id.as_bytes()))).await?
            }
            Err(_) => {
                let sql = "SELECT a.stream, a.version, a.state FROM callout_index c
                     JOIN aggregate a ON a.stream = c.stream WHERE c.number = ?";
                self.row(sql, Values::default().and(id_or_number.to_owned())).await?
            }
        };
        Ok(row.as_ref().map(Aggregate::read).transpose()?.map(|a| (a.stream, a.version, a.state)))
    }

    /// A page of call-outs, newest first, opened before a log position.
    pub async fn callouts(&self, open_only: bool, before: Option<i64>, limit: u32) -> Result<Vec<Value>, StoreError> {
        Ok(self.callout_page(open_only, before, limit).await?.into_iter().map(|c| c.state).collect())
    }

    /// The same with what the next page needs.
    pub async fn callout_page(
        &self,
        open_only: bool,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Callout>, StoreError> {
        let sql = match open_only {
            true => {
                "SELECT c.created_seq, a.version, a.state FROM callout_index c JOIN aggregate a ON a.stream = c.stream
                     WHERE c.open = 1 AND c.created_seq < ? ORDER BY c.created_seq DESC LIMIT ?"
            }
            false => {
                "SELECT c.created_seq, a.version, a.state FROM callout_index c JOIN aggregate a ON a.stream = c.stream
                     WHERE c.created_seq < ? ORDER BY c.created_seq DESC LIMIT ?"
            }
        };
        let rows = self.rows(sql, Values::default().and(before.unwrap_or(i64::MAX)).and(limit)).await?;
        let page = rows.iter().map(|row| {
            let state = serde_json::from_str(&row.text(2)?)?;
            Ok(Callout { created_seq: row.int(0)?, version: row.int(1)?, state })
        });
        page.collect()
    }

    /// Call-outs that are over and still wait for a picture: for this one, by its digest in hex, or for any.
    pub async fn callouts_over_awaiting(
        &self,
        sha256: Option<&str>,
    ) -> Result<Vec<domain::callout::Callout>, StoreError> {
        // In the words of the index, which holds few.
        let sql = "SELECT state FROM aggregate
             WHERE kind = 'callout' AND open = 0 AND instr(state, '\"received_at\":null') > 0
                 AND (?1 IS NULL OR instr(state, ?1) > 0)";
        let rows = self.rows(sql, Values::default().and(sha256.map(str::to_ascii_lowercase))).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.text(0)?)?)).collect()
    }

    /// Alarms raised after a log position, oldest first, as they stand now.
    pub async fn alarms_after(&self, after: i64, limit: u32) -> Result<Vec<Alarm>, StoreError> {
        let sql = "SELECT a.state FROM alarm_index i JOIN aggregate a ON a.stream = i.stream
             WHERE i.seq > ? ORDER BY i.seq LIMIT ?";
        let rows = self.rows(sql, Values::default().and(after).and(limit)).await?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.text(0)?)?)).collect()
    }
}
