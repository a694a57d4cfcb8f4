//! A copy of the database while it is in use.

use crate::open::{DATABASE, MEDIA, options};
use crate::sql::Columns;
use crate::{Store, StoreError, private};
use sqlx::{ConnectOptions, Connection};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Name of the list of media files in a backup: one path a line, relative to the data directory.
pub const MEDIA_LIST: &str = "media.txt";

impl Store {
    /// Writes `hub.db`, whole and of one moment, and `media.txt`, the media files it names, into a directory. Copying
    /// those files is the caller's: they never change once complete, so they may be copied after. Fails when there is a
    /// database in the directory already. Only its owner can read what is written.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        private::directory(to)?;
        let file = to.join(DATABASE);
        if file.exists() {
            return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into());
        }
        let mut connection = options(&self.inner.dir.join(DATABASE)).connect().await?;
        // SQLite fills an empty file as it would make one.
        private::file(&file)?;
        let name = file.to_string_lossy().into_owned();
        let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await;
        if let Err(error) = copied {
            // Half a backup is none, and stands in the way of the next.
            std::fs::remove_file(&file)?;
            return Err(error.into());
        }
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
        Ok(private::file(&to.join(MEDIA_LIST))?.write_all(list.as_bytes())?)
    }
}
