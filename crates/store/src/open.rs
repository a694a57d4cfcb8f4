//! Opening a data directory.

use crate::checkpoint;
use crate::sql::{Columns, Values};
use crate::{Key, OpenError, StoreError, private};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlStr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The database's name in the data directory.
pub const DATABASE: &str = "hub.db";
/// The folder of media bytes in the data directory.
pub const MEDIA: &str = "media";

/// Readers at once. Each has its own page cache; more than the cores of a small server gains nothing.
const READERS_MAX: u32 = 4;
/// How long to wait for another process's transaction: far longer than a commit on a bad disk, far shorter than a
/// person's patience.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept: the batch writer has one for each size and mix of tables.
const STATEMENTS_MAX: usize = 200;
/// Two processes that open a new directory at the same moment both try to migrate; one loses and looks again.
const MIGRATION_TRIES: u32 = 10;
const MIGRATION_RETRY: Duration = Duration::from_millis(100);

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/hub/sqlite");

/// An open data directory. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub dir: PathBuf,
    pub demonstration: bool,
    pub readers: SqlitePool,
    /// Every write of this process goes through this one connection, in turn. SQLite has one writer anyway; waiting
    /// here is first come, first served, where waiting in SQLite's busy handler is sleeping and trying again. The small
    /// tables are not sent through the [`Writer`](crate::Writer)'s queue, because commands of the operator would then
    /// wait behind them in a batch, and a command line that adds an account needs no writer at all.
    pub write: Mutex<SqliteConnection>,
    pub written: Arc<checkpoint::Written>,
}

impl Store {
    /// Makes a data directory. Fails when there is a database in it.
    pub async fn create(dir: &Path, key: Key, demonstration: bool) -> Result<Self, OpenError> {
        refuse_encryption(&key)?;
        directory(dir)?;
        let file = dir.join(DATABASE);
        std::fs::File::create_new(&file).and_then(|_| private::file(&file)).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => OpenError::Exists(dir.display().to_string()),
            _ => OpenError::Directory { path: file.display().to_string(), source },
        })?;
        Self::start(dir, demonstration).await
    }

    /// Opens a data directory; makes an ordinary one when there is none.
    pub async fn open(dir: &Path, key: Key) -> Result<Self, OpenError> {
        refuse_encryption(&key)?;
        directory(dir)?;
        Self::start(dir, false).await
    }

    /// Whether the directory was made for demonstration data. It stays what it was made as.
    pub fn demonstration(&self) -> bool {
        self.inner.demonstration
    }

    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    pub fn media_dir(&self) -> PathBuf {
        self.inner.dir.join(MEDIA)
    }

    /// Where the bytes of a digest belong: `media/ab/cdef…`.
    pub fn media_path(&self, sha256: &crate::Digest) -> PathBuf {
        let hex: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        self.media_dir().join(&hex[..2]).join(&hex[2..])
    }

    /// Closes the readers: clones of this store answer nothing more. The write connection goes with the last of them.
    pub async fn close(&self) {
        self.inner.readers.close().await;
    }

    /// Lets the database grow to so many pages only, which reports its end as a full disk does.
    #[doc(hidden)]
    pub async fn limit_size_for_test(&self, pages: u32) -> Result<(), StoreError> {
        let sql = crate::sql::assembled(format!("PRAGMA max_page_count = {pages}"));
        let mut connection = self.inner.write.lock().await;
        sqlx::query(sql).fetch_one(&mut *connection).await?;
        Ok(())
    }

    async fn start(dir: &Path, demonstration: bool) -> Result<Self, OpenError> {
        let written = Arc::new(checkpoint::Written::new(&dir.join(DATABASE)));
        let options = options(&dir.join(DATABASE)).create_if_missing(true);
        let mut write = migrated(&options).await?;
        sqlx::query(
            "INSERT OR IGNORE INTO meta (key, value) VALUES ('demonstration', ?),
                 ('created_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
        )
        .bind(if demonstration { "1" } else { "0" })
        .execute(&mut write)
        .await
        .map_err(StoreError::from)?;
        let demonstration: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'demonstration'")
            .fetch_one(&mut write)
            .await
            .map_err(StoreError::from)?;
        crate::rebuild::follow_the_rules(&mut write).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .min_connections(1)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(StoreError::from)?;
        let inner = Inner {
            dir: dir.to_owned(),
            demonstration: demonstration == "1",
            readers,
            write: Mutex::new(write),
            written,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// One statement, or one text with its own `BEGIN` and `COMMIT`, outside the log. On disk when it returns.
    ///
    /// It runs to its end even when the caller goes away: a request that was cut off must not leave a transaction open.
    pub(crate) async fn write(&self, sql: SqlStr, values: Values) -> Result<u64, StoreError> {
        let inner = self.inner.clone();
        let task = tokio::spawn(async move {
            let mut connection = inner.write.lock().await;
            let done = sqlx::query_with(sql, values.0).execute(&mut *connection).await;
            inner.written.note();
            match done {
                Ok(done) => Ok(done.rows_affected()),
                Err(error) => {
                    roll_back(&mut connection).await;
                    Err(error.into())
                }
            }
        });
        task.await.map_err(|_| StoreError::Stopped)?
    }

    /// One statement that changes something and tells about it.
    pub(crate) async fn write_returning(
        &self,
        sql: &'static str,
        values: Values,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let inner = self.inner.clone();
        let task = tokio::spawn(async move {
            let mut connection = inner.write.lock().await;
            let rows = sqlx::query_with(sql, values.0).fetch_all(&mut *connection).await;
            inner.written.note();
            rows.map_err(StoreError::from)
        });
        task.await.map_err(|_| StoreError::Stopped)?
    }

    pub(crate) async fn rows(&self, sql: &'static str, values: Values) -> Result<Vec<SqliteRow>, StoreError> {
        Ok(sqlx::query_with(sql, values.0).fetch_all(&self.inner.readers).await?)
    }

    pub(crate) async fn row(&self, sql: &'static str, values: Values) -> Result<Option<SqliteRow>, StoreError> {
        Ok(sqlx::query_with(sql, values.0).fetch_optional(&self.inner.readers).await?)
    }

    pub(crate) async fn count(&self, sql: &'static str, values: Values) -> Result<i64, StoreError> {
        self.row(sql, values).await?.map_or(Ok(0), |row| row.int(0))
    }
}

/// After a failed transaction. There may be none left: SQLite ends it itself when the disk is full.
pub(crate) async fn roll_back(connection: &mut SqliteConnection) {
    if let Err(error) = sqlx::query("ROLLBACK").execute(connection).await {
        tracing::debug!(%error, "nothing to roll back");
    }
}

fn refuse_encryption(key: &Key) -> Result<(), OpenError> {
    match key {
        Key::None => Ok(()),
        Key::Bytes(_) => Err(OpenError::EncryptionNotBuilt),
    }
}

/// Panel keys and personal text lie here in the clear: nobody else may look in.
fn directory(dir: &Path) -> Result<(), OpenError> {
    private::directory(&dir.join(MEDIA))
        .and_then(|()| private::close_to_others(dir, 0o700))
        .map_err(|source| OpenError::Directory { path: dir.display().to_string(), source })
}

/// `FULL` makes every commit wait for the disk. `secure_delete` overwrites what is deleted, so that erased text is not
/// left in free pages. Checkpoints are the [`checkpoint`] task's, off the commit path.
pub(crate) fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "0")
        .pragma("cache_size", "-16000")
        // What a statement of many rows may have to take back. Beyond 64 KiB SQLite writes it to a temporary file: 11 % of
        // the hub's processor time under load, 4 % in memory.
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging()
}

async fn migrated(options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
    let mut tries = 0;
    loop {
        let mut connection = options.connect().await.map_err(StoreError::from)?;
        match MIGRATIONS.run(&mut connection).await {
            Ok(()) => return Ok(connection),
            Err(MigrateError::VersionMissing(version)) => return Err(OpenError::NewerProgram(version)),
            Err(error) if tries >= MIGRATION_TRIES => return Err(OpenError::Migration(error)),
            Err(error) => {
                tracing::info!(%error, "somebody else migrates; looking again");
                tries += 1;
                connection.close().await.map_err(StoreError::from)?;
                tokio::time::sleep(MIGRATION_RETRY).await;
            }
        }
    }
}
