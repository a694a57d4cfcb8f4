//! What goes in and out of the desk's file, free of how the desk thinks about it.

use domain::Instant;

/// One aggregate as it stood at the replica's head.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateRow {
    pub stream: String,
    pub kind: String,
    pub version: i64,
    pub open: bool,
    /// JSON of the domain type.
    pub state: String,
}

/// One action waiting for the hub.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    pub pos: i64,
    pub id: String,
    /// JSON of the whole command.
    pub command: String,
    pub state: OutboxState,
    /// Its events are in the replica already.
    pub in_log: bool,
    /// Streams it touches.
    pub streams: Vec<String>,
    pub number: Option<String>,
    pub created_at: Instant,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OutboxState {
    Waiting,
    /// Confirmed, with events up to this log position.
    Answered {
        through: i64,
    },
    /// JSON of the refusal.
    Refused {
        refusal: String,
    },
    /// The id of the refused command it builds on.
    Parked {
        because: String,
    },
}

/// A log line this program cannot read.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownRow {
    pub seq: i64,
    pub stream: String,
    pub kind: String,
    pub raw: String,
}

/// A refused action that a person answered.
#[derive(Clone, Debug, PartialEq)]
pub struct SettledRow {
    pub id: String,
    pub command: String,
    pub how: &'static str,
    pub reason: String,
    pub settled_at: Instant,
}

/// What one transaction changes in the outbox.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutboxWrite {
    /// Inserted, or replaced by position.
    pub put: Vec<OutboxRow>,
    /// Command ids.
    pub removed: Vec<String>,
    pub settled: Vec<SettledRow>,
    pub provisional_next: Option<i64>,
}

impl OutboxWrite {
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.removed.is_empty() && self.settled.is_empty() && self.provisional_next.is_none()
    }
}

/// One batch of log lines, applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogWrite {
    pub head: i64,
    pub aggregates: Vec<AggregateRow>,
    pub unknown: Vec<UnknownRow>,
    pub outbox: OutboxWrite,
    /// The replica must be fetched anew: somebody's personal data was erased.
    pub resync: bool,
}

/// Values the desk keeps by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    pub head: i64,
    pub snapshot_seq: i64,
    /// The version of the rules that made the replica; 0 before it was written.
    pub rules: i64,
    pub hub_id: Option<String>,
    pub resync: bool,
    /// The next provisional call-out number of this desk.
    pub provisional_next: i64,
    /// Who this desk's token belongs to, JSON.
    pub me: Option<String>,
}

/// All that a start needs: the register and what is open, never the history.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    pub meta: Meta,
    pub aggregates: Vec<AggregateRow>,
    pub outbox: Vec<OutboxRow>,
    /// Streams with events this program could not read, and the kinds.
    pub unknown: Vec<(String, String)>,
    pub prefs: Vec<(String, String)>,
    /// Digest and address.
    pub links: Vec<(String, String)>,
    pub positions: Vec<String>,
}
