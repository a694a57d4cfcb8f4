//! Writing links: which pictures came through one.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use sqlx::SqlStr;

impl Store {
    /// Takes a place for a picture, of so many that a link has. False: it has none left.
    pub async fn take_writing_picture(
        &self,
        link: &Digest,
        picture: &Digest,
        max: u32,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO writing_picture (token_sha256, sha256, at)
             SELECT ?, ?, ? WHERE (SELECT count(*) FROM writing_picture WHERE token_sha256 = ?) < ?
             ON CONFLICT DO NOTHING";
        let values = Values::default().and(blob(link)).and(blob(picture)).and(micros(at)).and(blob(link)).and(max);
        let taken = self.write(SqlStr::from_static(sql), values).await?;
        Ok(taken > 0 || self.writing_pictures(link).await?.contains(picture))
    }

    /// Gives the place back: the picture did not come.
    pub async fn drop_writing_picture(&self, link: &Digest, picture: &Digest) -> Result<(), StoreError> {
        let sql = "DELETE FROM writing_picture WHERE token_sha256 = ? AND sha256 = ?";
        let values = Values::default().and(blob(link)).and(blob(picture));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    pub async fn writing_pictures(&self, link: &Digest) -> Result<Vec<Digest>, StoreError> {
        let sql = "SELECT sha256 FROM writing_picture WHERE token_sha256 = ? ORDER BY at, sha256";
        let rows = sqlx::query(sql).bind(blob(link)).fetch_all(&mut *self.reader().await?).await?;
        rows.iter().map(|row| row.bytes(0)).collect()
    }
}
