//! Tracking links: which call-out one leads to, and how often a customer pressed "show".

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::callout::Callout;
use sqlx::SqlStr;

impl Store {
    pub async fn count_tracking_view(&self, token_sha256: &Digest, at: Instant) -> Result<(), StoreError> {
        let sql = "INSERT INTO tracking_view (token_sha256, at) VALUES (?, ?)";
        self.write(SqlStr::from_static(sql), Values::default().and(blob(token_sha256)).and(micros(at))).await.map(drop)
    }

    pub async fn tracking_views(&self, token_sha256: &Digest) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM tracking_view WHERE token_sha256 = ?";
        self.count(sql, Values::default().and(blob(token_sha256))).await
    }

    /// The call-out a link leads to, open or closed, by the digest of its token in hex.
    pub async fn callout_by_tracking(&self, token_sha256: &str) -> Result<Option<Callout>, StoreError> {
        let sql = "SELECT a.state FROM log l JOIN aggregate a ON a.stream = l.stream
             WHERE l.kind = 'tracking.issued' AND json_extract(l.body, '$.token_sha256') = ? LIMIT 1";
        let row = self.row(sql, Values::default().and(token_sha256.to_ascii_lowercase())).await?;
        row.map(|row| Ok(serde_json::from_str(&row.text(0)?)?)).transpose()
    }
}
