//! Tokens, cookies and enrolled devices, by digest.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::id::AccountId;
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A program's bearer token.
    Token,
    /// A browser's session.
    Cookie,
    /// An officer's enrolled phone.
    Device,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// SHA-256 of the random token, which only its owner has.
    pub digest: Digest,
    pub account: AccountId,
    pub kind: CredentialKind,
    /// What a person calls it.
    pub label: String,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

impl CredentialKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cookie => "cookie",
            Self::Device => "device",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        match name {
            "token" => Ok(Self::Token),
            "cookie" => Ok(Self::Cookie),
            "device" => Ok(Self::Device),
            other => Err(StoreError::Unreadable(format!("“{other}” is no kind of credential"))),
        }
    }
}

impl Credential {
    /// Whether it opens anything at this moment.
    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            digest: row.bytes(0)?,
            account: AccountId(row.id(1)?),
            kind: CredentialKind::parse(&row.text(2)?)?,
            label: row.text(3)?,
            created_at: row.instant(4)?,
            expires_at: row.maybe_instant(5)?,
            revoked_at: row.maybe_instant(6)?,
        })
    }
}

impl Store {
    pub async fn add_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        let sql = "INSERT INTO credential (digest, account, kind, label, created_at, expires_at, revoked_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)";
        let values = Values::default()
            .and(blob(&credential.digest))
            .and(blob(credential.account.0.as_bytes()))
            .and(credential.kind.name())
            .and(credential.label.clone())
            .and(micros(credential.created_at))
            .and(credential.expires_at.map(micros))
            .and(credential.revoked_at.map(micros));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// The credential with this digest, also when it is revoked or has expired.
    pub async fn credential(&self, digest: &Digest) -> Result<Option<Credential>, StoreError> {
        let sql = "SELECT digest, account, kind, label, created_at, expires_at, revoked_at
             FROM credential WHERE digest = ?";
        self.row(sql, Values::default().and(blob(digest))).await?.as_ref().map(Credential::read).transpose()
    }

    /// All of one account, or of everybody; oldest first.
    pub async fn credentials(&self, account: Option<AccountId>) -> Result<Vec<Credential>, StoreError> {
        let sql = "SELECT digest, account, kind, label, created_at, expires_at, revoked_at
             FROM credential WHERE ?1 IS NULL OR account = ?1 ORDER BY created_at";
        let values = Values::default().and(account.map(|id| blob(id.0.as_bytes())));
        self.rows(sql, values).await?.iter().map(Credential::read).collect()
    }

    /// False when there is none, or it was revoked before.
    pub async fn revoke_credential(&self, digest: &Digest, at: Instant) -> Result<bool, StoreError> {
        let sql = "UPDATE credential SET revoked_at = ? WHERE digest = ? AND revoked_at IS NULL";
        let values = Values::default().and(micros(at)).and(blob(digest));
        Ok(self.write(SqlStr::from_static(sql), values).await? > 0)
    }

    /// Revokes all of an account; how many there were.
    pub async fn revoke_credentials_of(&self, account: AccountId, at: Instant) -> Result<u64, StoreError> {
        let sql = "UPDATE credential SET revoked_at = ? WHERE account = ? AND revoked_at IS NULL";
        let values = Values::default().and(micros(at)).and(blob(account.0.as_bytes()));
        self.write(SqlStr::from_static(sql), values).await
    }
}
