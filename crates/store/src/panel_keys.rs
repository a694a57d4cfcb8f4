//! AES keys of panels, needed in the clear to decrypt what they send.

use crate::sql::{Columns, Values};
use crate::{Store, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlStr};
use zeroize::Zeroizing;

/// How the key was written at the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    Hex,
    Ascii,
}

#[derive(Clone, PartialEq)]
pub struct PanelKey {
    pub account: String,
    pub form: KeyForm,
    /// 16, 24 or 32 bytes.
    pub key: Zeroizing<Vec<u8>>,
}

/// Never the key: debug output ends up in logs.
impl std::fmt::Debug for PanelKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PanelKey").field("account", &self.account).field("form", &self.form).finish_non_exhaustive()
    }
}

impl PanelKey {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let form = match row.text(1)?.as_str() {
            "hex" => KeyForm::Hex,
            "ascii" => KeyForm::Ascii,
            other => return Err(StoreError::Unreadable(format!("“{other}” is no form of a key"))),
        };
        Ok(Self { account: row.text(0)?, form, key: Zeroizing::new(row.try_get(2)?) })
    }
}

impl Store {
    /// Adds or replaces the key of an account.
    pub async fn put_panel_key(&self, key: &PanelKey) -> Result<(), StoreError> {
        let sql = "INSERT INTO panel_key (account, form, key) VALUES (?, ?, ?)
             ON CONFLICT (account) DO UPDATE SET form = excluded.form, key = excluded.key";
        let form = match key.form {
            KeyForm::Hex => "hex",
            KeyForm::Ascii => "ascii",
        };
        let values = Values::default().and(key.account.to_ascii_uppercase()).and(form).and(key.key.to_vec());
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    pub async fn panel_key(&self, account: &str) -> Result<Option<PanelKey>, StoreError> {
        let sql = "SELECT account, form, key FROM panel_key WHERE account = ?";
        let row = self.row(sql, Values::default().and(account.to_ascii_uppercase())).await?;
        row.as_ref().map(PanelKey::read).transpose()
    }

    /// All of them, for the receiver at its start.
    pub async fn panel_keys(&self) -> Result<Vec<PanelKey>, StoreError> {
        let sql = "SELECT account, form, key FROM panel_key ORDER BY account";
        self.rows(sql, Values::default()).await?.iter().map(PanelKey::read).collect()
    }

    /// False when there was none.
    pub async fn remove_panel_key(&self, account: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM panel_key WHERE account = ?";
        let values = Values::default().and(account.to_ascii_uppercase());
        Ok(self.write(SqlStr::from_static(sql), values).await? > 0)
    }
}
