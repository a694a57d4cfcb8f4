//! One-time codes that enrol an officer's phone.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::id::OfficerId;
use sqlx::SqlStr;

impl Store {
    /// A code by its digest. The code itself is shown once and kept nowhere.
    pub async fn add_enrol_code(
        &self,
        digest: &Digest,
        officer: OfficerId,
        expires_at: Instant,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO enrol_code (digest, officer, expires_at) VALUES (?, ?, ?)";
        let values = Values::default().and(blob(digest)).and(blob(officer.0.as_bytes())).and(micros(expires_at));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// Uses a code up. None when it is unknown, has expired or was used; of two who try at once, one gets it.
    pub async fn take_enrol_code(&self, digest: &Digest, now: Instant) -> Result<Option<OfficerId>, StoreError> {
        let take = "UPDATE enrol_code SET used_at = ?1, tries = tries + 1
             WHERE digest = ?2 AND used_at IS NULL AND expires_at > ?1 RETURNING officer";
        let taken = self.write_returning(take, Values::default().and(micros(now)).and(blob(digest))).await?;
        if let Some(row) = taken.first() {
            return Ok(Some(OfficerId(row.id(0)?)));
        }
        // Who tries a spent code is worth knowing about.
        let count = "UPDATE enrol_code SET tries = tries + 1 WHERE digest = ?";
        self.write(SqlStr::from_static(count), Values::default().and(blob(digest))).await?;
        Ok(None)
    }

    /// Removes codes that expired before.
    pub async fn prune_enrol_codes(&self, before: Instant) -> Result<u64, StoreError> {
        let sql = "DELETE FROM enrol_code WHERE expires_at < ?";
        self.write(SqlStr::from_static(sql), Values::default().and(micros(before))).await
    }
}
