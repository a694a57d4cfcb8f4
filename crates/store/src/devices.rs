//! Trackers that post positions with a user and a password of ours.

use crate::sql::{Columns, Values, blob, micros};
use crate::{Digest, Store, StoreError};
use domain::Instant;
use domain::id::UnitId;
use sqlx::SqlStr;
use sqlx::sqlite::SqliteRow;

#[derive(Clone, Debug, PartialEq)]
pub struct DeviceLogin {
    pub user: String,
    /// SHA-256 of the password, which is random.
    pub digest: Digest,
    pub unit: UnitId,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
}

impl DeviceLogin {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            user: row.text(0)?,
            digest: row.bytes(1)?,
            unit: UnitId(row.id(2)?),
            created_at: row.instant(3)?,
            revoked_at: row.maybe_instant(4)?,
        })
    }
}

impl Store {
    pub async fn add_device(&self, device: &DeviceLogin) -> Result<(), StoreError> {
        let sql = "INSERT INTO device (user, digest, unit, created_at, revoked_at) VALUES (?, ?, ?, ?, ?)";
        let values = Values::default()
            .and(device.user.clone())
            .and(blob(&device.digest))
            .and(blob(device.unit.0.as_bytes()))
            .and(micros(device.created_at))
            .and(device.revoked_at.map(micros));
        self.write(SqlStr::from_static(sql), values).await.map(drop)
    }

    /// The login of this user, also when it is revoked.
    pub async fn device(&self, user: &str) -> Result<Option<DeviceLogin>, StoreError> {
        let sql = "SELECT user, digest, unit, created_at, revoked_at FROM device WHERE user = ?";
        let row = self.row(sql, Values::default().and(user.to_owned())).await?;
        row.as_ref().map(DeviceLogin::read).transpose()
    }

    pub async fn devices(&self) -> Result<Vec<DeviceLogin>, StoreError> {
        let sql = "SELECT user, digest, unit, created_at, revoked_at FROM device ORDER BY user";
        self.rows(sql, Values::default()).await?.iter().map(DeviceLogin::read).collect()
    }

    /// False when there is none, or it was revoked before.
    pub async fn revoke_device(&self, user: &str, at: Instant) -> Result<bool, StoreError> {
        let sql = "UPDATE device SET revoked_at = ? WHERE user = ? AND revoked_at IS NULL";
        let values = Values::default().and(micros(at)).and(user.to_owned());
        Ok(self.write(SqlStr::from_static(sql), values).await? > 0)
    }
}
