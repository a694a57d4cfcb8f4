//! A copy of the database while it is in use.

use crate::open::{DATABASE, MEDIA, options};
use crate::sql::Columns;
use crate::{Store, StoreError};
use sqlx::{ConnectOptions, Connection};
use std::fmt::Write as _;
use std::path::Path;

/// Name of the list of media files in a backup: one path a line, relative to the data directory.
pub const MEDIA_LIST: &str = "media.txt";

impl Store {
    /// Writes `hub.db`, whole and of one moment, and `media.txt`, the media files it names, into a directory. Copying
    /// those files is the caller's: they never change once complete, so they may be copied after. Fails when there is a
    /// database in the directory already.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        std::fs::create_dir_all(to)?;
        let file = to.join(DATABASE);
        if file.exists() {
            return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into());
        }
        let mut connection = options(&self.inner.dir.join(DATABASE)).connect().await?;
        let name = file.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await?;
        connection.close().await?;
        std::fs::File::open(&file)?.sync_all()?;
        let mut copy = options(&file).connect().await?;
        let rows = sqlx::query("SELECT lower(hex(sha256)) FROM media WHERE complete_at IS NOT NULL ORDER BY sha256")
            .fetch_all(&mut copy)
            .await?;
        copy.close().await?;
        let mut list = String::new();
        for row in &rows {
            let hex = row.text(0)?;
            let _ = writeln!(list, "{MEDIA}/{}/{}", &hex[..2], &hex[2..]);
        }
        Ok(std::fs::write(to.join(MEDIA_LIST), list)?)
    }
}
