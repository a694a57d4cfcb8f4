//! The words by which somebody at a site ends a call-out, hashed.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::id::SiteId;
use sqlx::SqlStr;

/// What is kept of a site's two codes. How they are hashed is the caller's business.
#[derive(Clone, PartialEq, Eq)]
pub struct SafeCode {
    pub site: SiteId,
    pub salt: [u8; 16],
    pub rounds: u32,
    pub safe: Digest,
    /// Of the word that means: I am being made to say this.
    pub duress: Digest,
    pub set_at: Instant,
}

impl Store {
    pub async fn put_safe_code(&self, code: &SafeCode) -> Result<(), StoreError> {
        let sql =
            "INSERT OR REPLACE INTO safe_code (site, salt, rounds, safe, duress, set_at) VALUES (?, ?, ?, ?, ?, ?)";
        let values = Values::default()
            .and(blob(code.site.0.as_bytes()))
            .and(blob(&code.salt))
            .and(code.rounds)
            .and(blob(&code.safe))
            .and(blob(&code.duress))
            .and(micros(code.set_at));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    pub async fn safe_code(&self, site: SiteId) -> Result<Option<SafeCode>, StoreError> {
        let sql = "SELECT site, salt, rounds, safe, duress, set_at FROM safe_code WHERE site = ?";
        let row = self.row(sql, Values::default().and(blob(site.0.as_bytes()))).await?;
        row.map(|row| {
            Ok(SafeCode {
                site: SiteId(row.id(0)?),
                salt: row.bytes(1)?,
                rounds: u32::try_from(row.int(2)?).unwrap_or(1),
                safe: row.bytes(3)?,
                duress: row.bytes(4)?,
                set_at: row.instant(5)?,
            })
        })
        .transpose()
    }

    /// False when there was none.
    pub async fn remove_safe_code(&self, site: SiteId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM safe_code WHERE site = ?";
        Ok(self.write(SqlStr::from_static(sql), Values::default().and(blob(site.0.as_bytes()))).await? > 0)
    }
}
