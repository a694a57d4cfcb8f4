//! Tracking links: which call-out one leads to, and how often a customer pressed "show".

use crate::sql::{Columns, Values, assembled, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::callout::Callout;
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;

/// One press of a person behind a link.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackingView {
    pub at: Instant,
    /// `page`, or the digest of a picture in hex.
    pub what: String,
    /// How far the call-out was.
    pub stage: String,
}

impl Store {
    /// A person pressed: for the page, or for one picture.
    pub async fn note_tracking_view(&self, token_sha256: &Digest, view: &TrackingView) -> Result<(), StoreError> {
        let sql = "INSERT INTO tracking_view (token_sha256, at, what, stage) VALUES (?, ?, ?, ?)";
        let values = Values::default()
            .and(blob(token_sha256))
            .and(micros(view.at))
            .and(view.what.clone())
            .and(view.stage.clone());
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// What was looked at behind these links, newest first.
    pub async fn tracking_views_of(&self, links: &[Digest], limit: u32) -> Result<Vec<TrackingView>, StoreError> {
        let mut values = Values::default();
        links.iter().for_each(|link| values.add(blob(link)));
        values.add(limit);
        let sql = assembled(format!(
            "SELECT at, what, stage FROM tracking_view WHERE token_sha256 IN ({}) ORDER BY at DESC, rowid DESC LIMIT ?",
            vec!["?"; links.len()].join(",")
        ));
        let rows = sqlx::query_with(sql, values.0).fetch_all(&mut *self.reader().await?).await?;
        let view = |row: &SqliteRow| Ok(TrackingView { at: row.instant(0)?, what: row.text(1)?, stage: row.text(2)? });
        rows.iter().map(view).collect()
    }

    pub async fn tracking_views(&self, token_sha256: &Digest) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM tracking_view WHERE token_sha256 = ? AND what = 'page'";
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
