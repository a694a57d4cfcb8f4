//! Where officers' phones are called while their page is closed.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::id::{AccountId, OfficerId};
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;

#[derive(Clone, PartialEq)]
pub struct PushSubscription {
    /// Whoever knows it may ring the phone: it belongs in no log.
    pub endpoint: String,
    /// Digest of the phone's own credential.
    pub credential: Digest,
    pub account: AccountId,
    pub officer: OfficerId,
    /// The phone's public key, an uncompressed point of P-256.
    pub p256dh: [u8; 65],
    pub auth: [u8; 16],
    pub created_at: Instant,
}

impl PushSubscription {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            endpoint: row.text(0)?,
            credential: row.bytes(1)?,
            account: AccountId(row.id(2)?),
            officer: OfficerId(row.id(3)?),
            p256dh: row.bytes(4)?,
            auth: row.bytes(5)?,
            created_at: row.instant(6)?,
        })
    }
}

impl Store {
    /// Keeps the one subscription of a phone; an earlier one of this phone, or of this address, goes.
    pub async fn put_push_subscription(&self, subscription: &PushSubscription) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO push_subscription
             (endpoint, credential, account, officer, p256dh, auth, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
        let values = Values::default()
            .and(subscription.endpoint.clone())
            .and(blob(&subscription.credential))
            .and(blob(subscription.account.0.as_bytes()))
            .and(blob(subscription.officer.0.as_bytes()))
            .and(blob(&subscription.p256dh))
            .and(blob(&subscription.auth))
            .and(micros(subscription.created_at));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// Of one officer, or of everybody; only of phones whose sign-in still holds.
    pub async fn push_subscriptions(
        &self,
        officer: Option<OfficerId>,
        now: Instant,
    ) -> Result<Vec<PushSubscription>, StoreError> {
        let sql = "SELECT p.endpoint, p.credential, p.account, p.officer, p.p256dh, p.auth, p.created_at
             FROM push_subscription p JOIN credential c ON c.digest = p.credential
             WHERE (?1 IS NULL OR p.officer = ?1)
               AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ?2)
             ORDER BY p.created_at";
        let values = Values::default().and(officer.map(|id| blob(id.0.as_bytes()))).and(micros(now));
        self.rows(sql, values).await?.iter().map(PushSubscription::read).collect()
    }

    /// Whether this phone is called.
    pub async fn has_push_subscription(&self, credential: &Digest) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM push_subscription WHERE credential = ?";
        Ok(self.count(sql, Values::default().and(blob(credential))).await? > 0)
    }

    /// False when there was none.
    pub async fn remove_push_subscription(&self, credential: &Digest) -> Result<bool, StoreError> {
        let sql = "DELETE FROM push_subscription WHERE credential = ?";
        Ok(self.write(SqlStr::from_static(sql), Values::default().and(blob(credential))).await? > 0)
    }

    /// All of them, of everybody.
    pub async fn forget_push_subscriptions(&self) -> Result<u64, StoreError> {
        self.write(SqlStr::from_static("DELETE FROM push_subscription"), Values::default()).await
    }

    /// The push service does not know this address any more. A phone that has another one by now keeps that.
    pub async fn forget_push_endpoint(&self, endpoint: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM push_subscription WHERE endpoint = ?";
        Ok(self.write(SqlStr::from_static(sql), Values::default().and(endpoint.to_owned())).await? > 0)
    }
}
