//! Identities: UUIDv7 newtypes, so that an alarm's id can never be passed where a call-out's is meant.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// Somebody or something that may send commands: a person's sign-in, a device, a program.
    AccountId,
    AlarmId,
    /// One officer on one call-out.
    AssignmentId,
    /// One telephone call.
    CallId,
    CalloutId,
    ChecklistId,
    CommandId,
    EstateId,
    EventId,
    HandoverId,
    IncidentId,
    /// One key or bunch under one number.
    KeyId,
    OfficerId,
    /// One alarm transmitter account at the receiver.
    PanelId,
    /// Somebody whose personal data we hold: an officer, a contact, a caller.
    PersonId,
    RamsId,
    SiteId,
    UnitId,
}

/// An id that follows from what it is about, so that deciding the same thing twice names the same thing.
///
/// Version 8 (RFC 9562 section 5.8) over SHA-256 of the length-prefixed parts.
pub fn derived(namespace: &str, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in std::iter::once(namespace.as_bytes()).chain(parts.iter().copied()) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The kinds of stream in the log; each stream is one aggregate's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateKind {
    Account,
    Alarm,
    Call,
    Callout,
    Checklist,
    Estate,
    Handover,
    Incident,
    Key,
    Officer,
    Panel,
    Person,
    Rams,
    Settings,
    Site,
    Unit,
}

impl AggregateKind {
    pub const ALL: [Self; 16] = [
        Self::Account,
        Self::Alarm,
        Self::Call,
        Self::Callout,
        Self::Checklist,
        Self::Estate,
        Self::Handover,
        Self::Incident,
        Self::Key,
        Self::Officer,
        Self::Panel,
        Self::Person,
        Self::Rams,
        Self::Settings,
        Self::Site,
        Self::Unit,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Alarm => "alarm",
            Self::Call => "call",
            Self::Callout => "callout",
            Self::Checklist => "checklist",
            Self::Estate => "estate",
            Self::Handover => "handover",
            Self::Incident => "incident",
            Self::Key => "key",
            Self::Officer => "officer",
            Self::Panel => "panel",
            Self::Person => "person",
            Self::Rams => "rams",
            Self::Settings => "settings",
            Self::Site => "site",
            Self::Unit => "unit",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The name of one stream: `callout-0193…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    pub kind: AggregateKind,
    pub id: Uuid,
}

impl Stream {
    pub fn new(kind: AggregateKind, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once('-')?;
        Some(Self { kind: AggregateKind::parse(kind)?, id: Uuid::parse_str(id).ok()? })
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind.name(), self.id)
    }
}

macro_rules! into_uuid {
    ($($name:ident),*) => {$(impl From<$name> for Uuid { fn from(id: $name) -> Uuid { id.0 } })*};
}
into_uuid!(
    AccountId,
    AlarmId,
    AssignmentId,
    CallId,
    CalloutId,
    ChecklistId,
    CommandId,
    EstateId,
    EventId,
    HandoverId,
    IncidentId,
    KeyId,
    OfficerId,
    PanelId,
    PersonId,
    RamsId,
    SiteId,
    UnitId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_depends_on_every_part_and_on_nothing_else() {
        let a = derived("offer", &[b"x", b"yz"]);
        assert_eq!(a, derived("offer", &[b"x", b"yz"]));
        assert_ne!(a, derived("offer", &[b"xy", b"z"]));
        assert_ne!(a, derived("timer", &[b"x", b"yz"]));
        assert_eq!(a.get_version_num(), 8);
    }

    #[test]
    fn a_stream_name_reads_back() {
        let stream = Stream::new(AggregateKind::Callout, derived("t", &[]));
        assert_eq!(Stream::parse(&stream.to_string()), Some(stream));
        assert_eq!(Stream::parse("nonsense-1"), None);
    }
}
