//! Which media are here, by digest. The bytes are files and the hub's business.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;

#[derive(Clone, Debug, PartialEq)]
pub struct MediaRow {
    pub sha256: Digest,
    pub bytes_total: i64,
    pub mime: String,
    /// How many are in the `.part` file, on disk.
    pub received_bytes: i64,
    /// When all were here and the digest was right.
    pub complete_at: Option<Instant>,
    pub created_at: Instant,
}

impl MediaRow {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            sha256: row.bytes(0)?,
            bytes_total: row.int(1)?,
            mime: row.text(2)?,
            received_bytes: row.int(3)?,
            complete_at: row.maybe_instant(4)?,
            created_at: row.instant(5)?,
        })
    }
}

impl Store {
    /// Begins an upload. One that was begun before is left as it is; answers how it stands.
    pub async fn begin_media(
        &self,
        sha256: &Digest,
        bytes_total: i64,
        mime: &str,
        at: Instant,
    ) -> Result<MediaRow, StoreError> {
        let sql = "INSERT INTO media (sha256, bytes_total, mime, created_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (sha256) DO UPDATE SET created_at = created_at
             RETURNING sha256, bytes_total, mime, received_bytes, complete_at, created_at";
        let values = Values::default().and(blob(sha256)).and(bytes_total).and(mime.to_owned()).and(micros(at));
        let rows = self.write_returning(sql, values).await?;
        rows.first().map_or_else(|| Err(StoreError::Unreadable("no media row".into())), MediaRow::read)
    }

    pub async fn media(&self, sha256: &Digest) -> Result<Option<MediaRow>, StoreError> {
        let sql = "SELECT sha256, bytes_total, mime, received_bytes, complete_at, created_at
             FROM media WHERE sha256 = ?";
        self.row(sql, Values::default().and(blob(sha256))).await?.as_ref().map(MediaRow::read).transpose()
    }

    /// So many bytes are on disk now.
    pub async fn media_received(&self, sha256: &Digest, received_bytes: i64) -> Result<(), StoreError> {
        let sql = "UPDATE media SET received_bytes = ? WHERE sha256 = ? AND complete_at IS NULL";
        self.write(SqlStr::from_static(sql), Values::default().and(received_bytes).and(blob(sha256))).await.map(drop)
    }

    /// All bytes are here and the digest is right.
    pub async fn media_complete(&self, sha256: &Digest, at: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE media SET received_bytes = bytes_total, complete_at = coalesce(complete_at, ?)
             WHERE sha256 = ?";
        self.write(SqlStr::from_static(sql), Values::default().and(micros(at)).and(blob(sha256))).await.map(drop)
    }

    /// Forgets an upload, so that it can begin again: the digest was wrong, or it was given up.
    pub async fn forget_media(&self, sha256: &Digest) -> Result<bool, StoreError> {
        let sql = "DELETE FROM media WHERE sha256 = ? AND complete_at IS NULL";
        Ok(self.write(SqlStr::from_static(sql), Values::default().and(blob(sha256))).await? > 0)
    }

    /// Digests of everything that is complete, for the hub's memory.
    pub async fn complete_media(&self) -> Result<Vec<Digest>, StoreError> {
        let sql = "SELECT sha256 FROM media WHERE complete_at IS NOT NULL ORDER BY sha256";
        self.rows(sql, Values::default()).await?.iter().map(|row| row.bytes(0)).collect()
    }
}
