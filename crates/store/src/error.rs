//! What can go wrong with a file, and whether trying again can help.

use std::sync::Arc;

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("there is a database in {0} already")]
    Exists(String),
    #[error("the directory {path} cannot be used: {source}")]
    Directory { path: String, source: std::io::Error },
    #[error("this program cannot encrypt its store yet; open it without a key")]
    EncryptionNotBuilt,
    #[error("the database was written by a newer program (migration {0}); update this one")]
    NewerProgram(i64),
    #[error("the database could not be brought up to date: {0}")]
    Migration(sqlx::migrate::MigrateError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the store did not do what it was asked. Cloned to everybody who waited for the same write.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing of the batch was stored.
    #[error("the disk is full; nothing was stored")]
    Full,
    /// Another process held the database for longer than the time limit.
    #[error("another program is using the database; nothing was stored")]
    Busy,
    #[error("the disk did not do what it was asked; nothing was stored: {0}")]
    Disk(Arc<sqlx::Error>),
    /// The writer has been stopped.
    #[error("the store is closing; nothing was stored")]
    Stopped,
    /// Our file says something our code cannot read.
    #[error("the store holds something unreadable: {0}")]
    Unreadable(String),
    #[error("the database file is damaged: {0}")]
    Damaged(Arc<sqlx::Error>),
    /// A mistake of ours, or a database changed by other hands.
    #[error("the database refused: {0}")]
    Database(Arc<sqlx::Error>),
    #[error("a file could not be written: {0}")]
    File(Arc<std::io::Error>),
}

impl StoreError {
    /// Whether the same request may succeed later without anybody mending anything else.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Full | Self::Busy | Self::Disk(_) | Self::Stopped => true,
            Self::Unreadable(_) | Self::Damaged(_) | Self::Database(_) | Self::File(_) => false,
        }
    }

    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Full => "disk_full",
            Self::Busy => "store_busy",
            Self::Disk(_) => "disk_error",
            Self::Stopped => "store_stopped",
            Self::Unreadable(_) => "store_unreadable",
            Self::Damaged(_) => "store_damaged",
            Self::Database(_) => "store_error",
            Self::File(_) => "file_error",
        }
    }
}

/// Primary result codes (<https://www.sqlite.org/rescode.html>); the extended ones keep them in the low byte.
mod code {
    pub const BUSY: i64 = 5;
    pub const LOCKED: i64 = 6;
    pub const IO: i64 = 10;
    pub const CORRUPT: i64 = 11;
    pub const FULL: i64 = 13;
    pub const CONSTRAINT: i64 = 19;
    pub const NOT_A_DATABASE: i64 = 26;
}

fn primary(error: &sqlx::Error) -> Option<i64> {
    let code: i64 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Whether a row was refused because another one stands in its place.
pub(crate) fn is_constraint(error: &sqlx::Error) -> bool {
    primary(error) == Some(code::CONSTRAINT)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match primary(&error) {
            Some(code::FULL) => Self::Full,
            Some(code::BUSY | code::LOCKED) => Self::Busy,
            Some(code::IO) => Self::Disk(Arc::new(error)),
            Some(code::CORRUPT | code::NOT_A_DATABASE) => Self::Damaged(Arc::new(error)),
            _ => match error {
                sqlx::Error::PoolTimedOut => Self::Busy,
                sqlx::Error::PoolClosed => Self::Stopped,
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Unreadable(error.to_string()),
                error => Self::Database(Arc::new(error)),
            },
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::File(Arc::new(error))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}
