//! The desk's own SQLite file, `desk.db` in its profile: replica, outbox, preferences.
//!
//! Every write is one transaction and on disk (`synchronous=FULL`) before it returns: an action is safe when the
//! screen says it is done. What the rows mean is the desk's business; this module knows only SQL.

mod read;
mod rows;
mod write;

pub use rows::{AggregateRow, Loaded, LogWrite, Meta, OutboxRow, OutboxState, OutboxWrite, SettledRow, UnknownRow};

use crate::{Key, private};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

/// How long another program may hold the file before a write gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum DeskStoreError {
    /// The directory or file cannot be made or opened: a person must act.
    #[error("the desk's file cannot be opened: {0}")]
    Open(#[source] sqlx::Error),
    /// Written by a newer program, or not ours.
    #[error("the desk's file does not fit this program: {0}")]
    Schema(#[source] sqlx::migrate::MigrateError),
    #[error("the desk's file cannot be read or written: {0}")]
    Query(#[from] sqlx::Error),
    #[error("a row of the desk's file cannot be read: {0}")]
    Row(String),
}

type Stored<T> = Result<T, DeskStoreError>;

/// The open file. Clones share it.
#[derive(Clone)]
pub struct DeskStore {
    pool: SqlitePool,
}

impl DeskStore {
    /// Opens or makes `desk.db` in `dir`, which must exist. It is the desk's own: pictures and reports lie in it too, and
    /// nobody else may look in.
    pub async fn open(dir: &Path, _key: Key) -> Stored<Self> {
        let file = dir.join("desk.db");
        private::close_to_others(dir, 0o700)
            .and_then(|()| private::file(&file))
            .map_err(|error| DeskStoreError::Open(sqlx::Error::Io(error)))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What the law erases must not stay in free pages.
            .pragma("secure_delete", "ON")
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        // One connection: the desk has one writer, and reads at run time come from memory.
        let pool =
            SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(DeskStoreError::Open)?;
        sqlx::migrate!("../../migrations/desk").run(&pool).await.map_err(DeskStoreError::Schema)?;
        Ok(Self { pool })
    }

    /// Waits for what is being written and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests;
