//! Reading the log and its head.

use crate::row::{COLUMNS, LogRow};
use crate::sql::{Columns, Values, assembled};
use crate::{Digest, Store, StoreError, StoredEvent};
use domain::id::Stream;
use sqlx::SqliteConnection;

/// The end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// 0 for an empty log.
    pub seq: i64,
    pub chain: Digest,
}

/// The head and how often anything was written, which tells a writer that it is not alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub head: Head,
    pub batch: i64,
}

pub(crate) async fn position(connection: &mut SqliteConnection) -> Result<Position, StoreError> {
    let row = sqlx::query("SELECT seq, chain, batch FROM head").fetch_one(connection).await?;
    Ok(Position { head: Head { seq: row.int(0)?, chain: row.bytes(1)? }, batch: row.int(2)? })
}

pub(crate) async fn rows_after(
    connection: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<LogRow>, StoreError> {
    let sql = assembled(format!("SELECT {COLUMNS} FROM log WHERE seq > ? ORDER BY seq LIMIT ?"));
    let rows = sqlx::query(sql).bind(after).bind(limit).fetch_all(connection).await?;
    rows.iter().map(LogRow::read).collect()
}

pub(crate) async fn rows_of(connection: &mut SqliteConnection, stream: &str) -> Result<Vec<LogRow>, StoreError> {
    let sql = assembled(format!("SELECT {COLUMNS} FROM log WHERE stream = ? ORDER BY version"));
    let rows = sqlx::query(sql).bind(stream).fetch_all(connection).await?;
    rows.iter().map(LogRow::read).collect()
}

impl Store {
    pub async fn head(&self) -> Result<Head, StoreError> {
        Ok(position(&mut *self.reader().await?).await?.head)
    }

    /// Events after a log position, oldest first.
    pub async fn log_after(&self, after: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = rows_after(&mut *self.reader().await?, after, i64::from(limit)).await?;
        rows.iter().map(LogRow::event).collect()
    }

    /// Everything that happened to one aggregate, oldest first.
    pub async fn events_of(&self, stream: Stream) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = rows_of(&mut *self.reader().await?, &stream.to_string()).await?;
        rows.iter().map(LogRow::event).collect()
    }

    pub(crate) async fn reader(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>, StoreError> {
        Ok(self.inner.readers.acquire().await?)
    }

    /// What stands under a key of `meta`.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = self.row("SELECT value FROM meta WHERE key = ?", Values::default().and(key.to_owned())).await?;
        row.map(|row| row.text(0)).transpose()
    }
}
