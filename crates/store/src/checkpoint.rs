//! Moving what is committed from the write-ahead log into the database file, off the commit path.
//!
//! A passive checkpoint runs beside readers and the writer. Under steady load it never catches up with the writer, so
//! when the WAL has grown to [`WAL_PAGES_MAX`] the writer is held for the moment the rest takes and the WAL starts again
//! from its beginning. Its file keeps its length: writing over blocks that exist flushes faster than growing a file.

use crate::Store;
use crate::StoreError;
use crate::open::{DATABASE, Inner, options};
use crate::sql::Columns;
use sqlx::{ConnectOptions, SqliteConnection};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// Writes between two passive checkpoints.
const EVERY: u64 = 256;
/// 32 MiB at 4 KiB a page: seconds of full load, and a start after a crash still reads it at once.
const WAL_PAGES_MAX: i64 = 8192;
/// How long a checkpoint that holds the writer waits for readers to finish.
const READERS_TIME: Duration = Duration::from_millis(100);
/// How often an erasure that could not yet be wiped from the WAL is tried again, and a quiet database is tidied.
const RETRY: Duration = Duration::from_secs(1);

/// Another process's checkpoint makes ours fail at once, without waiting; it is over soon.
const LAST_TRIES: u32 = 10;
const LAST_RETRY: Duration = Duration::from_millis(50);

/// Counts writes and wakes the task.
pub(crate) struct Written {
    writes: AtomicU64,
    running: AtomicBool,
    /// Erased text may still stand in the WAL's old frames.
    wipe: AtomicBool,
    wake: Notify,
    /// Of two checkpoints at once SQLite refuses one, so ours take turns. Held before the write connection.
    turn: Mutex<()>,
}

impl Written {
    /// A process that was killed after an erasure may have left text in the WAL: what it left is emptied first.
    pub fn new(database: &Path) -> Self {
        let mut wal = database.as_os_str().to_owned();
        wal.push("-wal");
        let left_over = std::fs::metadata(wal).is_ok_and(|file| file.len() > 0);
        Self {
            writes: AtomicU64::new(0),
            running: AtomicBool::new(false),
            wipe: AtomicBool::new(left_over),
            wake: Notify::new(),
            turn: Mutex::new(()),
        }
    }

    pub fn note(&self) {
        if self.writes.fetch_add(1, Ordering::Relaxed) % EVERY == EVERY - 1 {
            self.wake.notify_one();
        }
    }
}

/// Runs until the store is gone. A second one beside it ends at once.
pub(crate) async fn run(store: Weak<Inner>) {
    let Some((written, file)) = store.upgrade().map(|inner| (inner.written.clone(), inner.dir.join(DATABASE))) else {
        return;
    };
    if written.running.swap(true, Ordering::Relaxed) {
        return;
    }
    let mut connection = match options(&file).busy_timeout(READERS_TIME).connect().await {
        Ok(connection) => connection,
        Err(error) => {
            tracing::error!(%error, "no connection for checkpoints: the write-ahead log will grow");
            return;
        }
    };
    loop {
        let waited = tokio::time::timeout(RETRY, written.wake.notified()).await;
        let Some(inner) = store.upgrade() else { return };
        if waited.is_err() && !written.wipe.load(Ordering::Relaxed) {
            continue;
        }
        if let Err(error) = once(&inner, &written, &mut connection).await {
            tracing::warn!(%error, "a checkpoint failed; it will be tried again");
        }
    }
}

async fn once(inner: &Arc<Inner>, written: &Written, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let _turn = written.turn.lock().await;
    let passive = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut *connection).await?;
    let wipe = written.wipe.load(Ordering::Relaxed);
    if wipe || passive.int(1)? > WAL_PAGES_MAX {
        let _writer_waits = inner.write.lock().await;
        let mode = if wipe { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "PRAGMA wal_checkpoint(RESTART)" };
        let done = sqlx::query(mode).fetch_one(connection).await?;
        if wipe && done.int(0)? == 0 {
            written.wipe.store(false, Ordering::Relaxed);
        }
    }
    Ok(())
}

/// The erased text is gone from the database's pages but not from the WAL's older ones: the WAL is emptied as soon as no
/// reader needs it.
pub(crate) fn after_erasure(store: &Store) {
    store.inner.written.wipe.store(true, Ordering::Relaxed);
    store.inner.written.wake.notify_one();
}

/// At the end: everything into the database file, and an empty WAL.
pub(crate) async fn finish(store: &Store) {
    let _turn = store.inner.written.turn.lock().await;
    let mut connection = store.inner.write.lock().await;
    for _ in 0..LAST_TRIES {
        match sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await {
            Ok(done) if done.int(0).is_ok_and(|busy| busy == 0) => return,
            Ok(_) => tokio::time::sleep(LAST_RETRY).await,
            Err(error) => {
                tracing::warn!(%error, "the last checkpoint failed; the next start does it");
                return;
            }
        }
    }
    tracing::warn!("another program kept the last checkpoint from ending; the next start does it");
}
