//! One event of the log, read.

use crate::Digest;
use crate::error::StoreError;
use crate::row::LogRow;
use crate::sql::instant;
use domain::event::{EventBody, Personal, Recorded};
use domain::id::{CommandId, EventId, PersonId, Stream};
use domain::{Author, Instant};
use protocol::api::LogLine;
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    pub seq: i64,
    pub stream: Stream,
    /// 1 for the first event of the stream.
    pub version: i64,
    pub id: EventId,
    pub command_id: CommandId,
    pub kind: String,
    pub at: Instant,
    pub recorded_at: Instant,
    pub by: Author,
    pub body: Value,
    /// None when there is nothing personal, or when it was erased.
    pub personal: Option<Personal>,
    /// The person the personal part is about, if it is one person's.
    pub subject: Option<PersonId>,
    pub chain: Digest,
}

impl StoredEvent {
    pub(crate) fn from_row(row: &LogRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.seq,
            stream: stream(&row.stream)?,
            version: row.version,
            id: EventId(row.event_id),
            command_id: CommandId(row.command_id),
            kind: row.kind.clone(),
            at: instant(row.at)?,
            recorded_at: instant(row.recorded_at)?,
            by: serde_json::from_str(&row.by)?,
            body: serde_json::from_str(&row.body)?,
            personal: row.personal.as_deref().map(serde_json::from_str).transpose()?,
            subject: row.subject.map(PersonId),
            chain: row.chain,
        })
    }

    /// The event as the domain knows it. None for a kind that a newer program wrote.
    pub fn to_recorded(&self) -> Option<serde_json::Result<Recorded>> {
        let body = EventBody::join(&self.kind, &self.body, self.personal.as_ref())?;
        Some(body.map(|body| Recorded {
            seq: self.seq,
            stream: self.stream,
            version: self.version,
            id: self.id,
            command_id: self.command_id,
            at: self.at,
            recorded_at: self.recorded_at,
            by: self.by.clone(),
            body,
        }))
    }

    /// The event as the log stream sends it.
    pub fn to_line(&self) -> LogLine {
        LogLine {
            seq: self.seq,
            stream: self.stream.to_string(),
            version: self.version,
            kind: self.kind.clone(),
            at: self.at,
            recorded_at: self.recorded_at,
            by: self.by.clone(),
            event_id: self.id.0,
            command_id: self.command_id.0,
            body: self.body.clone(),
            personal: self.personal.clone(),
        }
    }
}

pub(crate) fn stream(text: &str) -> Result<Stream, StoreError> {
    Stream::parse(text).ok_or_else(|| StoreError::Unreadable(format!("“{text}” names no stream")))
}
