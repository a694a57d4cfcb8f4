//! One row of the log as it is stored, byte for byte.

use crate::chain;
use crate::error::StoreError;
use crate::sql::{Columns, Values, blob};
use crate::{Digest, StoredEvent};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// The columns of `log` in the order of [`LogRow`].
pub(crate) const COLUMNS: &str = "seq, stream, version, event_id, command_id, kind, at, recorded_at, \"by\", body, \
                                  personal, salt, subject, personal_digest, chain";
pub(crate) const COLUMN_COUNT: usize = 15;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogRow {
    pub seq: i64,
    pub stream: String,
    pub version: i64,
    pub event_id: Uuid,
    pub command_id: Uuid,
    pub kind: String,
    /// Microseconds since 1970.
    pub at: i64,
    pub recorded_at: i64,
    pub by: String,
    pub body: String,
    pub personal: Option<String>,
    pub salt: Option<[u8; 16]>,
    pub subject: Option<Uuid>,
    pub personal_digest: Option<Digest>,
    pub chain: Digest,
}

impl LogRow {
    pub fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.int(0)?,
            stream: row.text(1)?,
            version: row.int(2)?,
            event_id: row.id(3)?,
            command_id: row.id(4)?,
            kind: row.text(5)?,
            at: row.int(6)?,
            recorded_at: row.int(7)?,
            by: row.text(8)?,
            body: row.text(9)?,
            personal: row.maybe_text(10)?,
            salt: row.maybe_bytes(11)?,
            subject: row.maybe_bytes(12)?.map(Uuid::from_bytes),
            personal_digest: row.maybe_bytes(13)?,
            chain: row.bytes(14)?,
        })
    }

    pub fn bind(self, values: &mut Values) {
        values.add(self.seq);
        values.add(self.stream);
        values.add(self.version);
        values.add(blob(self.event_id.as_bytes()));
        values.add(blob(self.command_id.as_bytes()));
        values.add(self.kind);
        values.add(self.at);
        values.add(self.recorded_at);
        values.add(self.by);
        values.add(self.body);
        values.add(self.personal);
        values.add(self.salt.as_ref().map(|salt| blob(salt)));
        values.add(self.subject.as_ref().map(|id| blob(id.as_bytes())));
        values.add(self.personal_digest.as_ref().map(|digest| blob(digest)));
        values.add(blob(&self.chain));
    }

    /// Puts the row behind `previous`: fills in `chain`.
    pub fn chained(mut self, previous: &Digest) -> Self {
        self.chain = chain::next(previous, &self);
        self
    }

    pub fn event(&self) -> Result<StoredEvent, StoreError> {
        StoredEvent::from_row(self)
    }
}
