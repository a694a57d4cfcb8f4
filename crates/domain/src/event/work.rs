//! What an officer does, or what is done about one, on one assignment.

use crate::Instant;
use crate::callout::Part;
use crate::command::{ArrivalSource, NoticedWhat, SafeBy, TextFailure, TextState};
use crate::geo::Point;
use crate::id::{AssignmentId, OfficerId, RamsId, UnitId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfAssignment {
    pub assignment: AssignmentId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offered {
    pub assignment: AssignmentId,
    #[serde(default)]
    pub part: Part,
    pub officer: OfficerId,
    pub unit: UnitId,
    pub call_sign: String,
    pub expires_at: Instant,
    /// Place in the ranking, 1 for the nearest, and how many there were.
    pub rank: u32,
    pub of: u32,
    pub distance_m: Option<f64>,
    pub travel_s: Option<f64>,
    /// The time is a routing server's; a straight line's in logs from before these were asked.
    #[serde(default)]
    pub by_road: bool,
    /// Why this officer, in words.
    pub reasons: Vec<String>,
    /// Who comes next, by call sign.
    pub then: Vec<String>,
    #[serde(default)]
    pub override_reason: Option<String>,
}

/// How the SMS about an offer stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Texted {
    pub assignment: AssignmentId,
    pub state: TextState,
    /// Why it failed.
    #[serde(default)]
    pub failure: Option<TextFailure>,
}

impl Texted {
    pub fn why(&self) -> &'static str {
        self.failure.map_or("the reason is not known", TextFailure::words)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    pub assignment: AssignmentId,
    /// The officer said so over the radio and the operator recorded it.
    pub by_voice: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndedOffer {
    pub assignment: AssignmentId,
    #[serde(default)]
    pub reason: String,
}

/// The hub's word from positions, which a person confirms or answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noticed {
    pub assignment: AssignmentId,
    pub what: NoticedWhat,
    pub point: Option<Point>,
}

/// Officers nearby have been told that somebody needs help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alerted {
    pub level: u8,
    /// Nearest first.
    pub officers: Vec<AlertedOfficer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertedOfficer {
    pub officer: OfficerId,
    pub call_sign: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationEnded {
    #[serde(default)]
    pub reason: String,
    /// Log positions of the escalations that end: those the person knew of, and none raised after. None in logs from
    /// before these were written: all that had been raised by then.
    #[serde(default)]
    pub ends: Option<Vec<i64>>,
    /// How it was known that the officer is safe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<SafeBy>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The assignment that leads from now on.
    pub to: AssignmentId,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsAcknowledged {
    pub assignment: AssignmentId,
    pub version: u32,
    pub opened_ms: Option<u64>,
    /// When the officer signed the same version before, where that still holds: confirmed again, not read anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Instant>,
}

/// The same, told to the officer's own stream: what is asked next time follows from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficerRamsSigned {
    pub rams: RamsId,
    pub version: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrived {
    pub assignment: AssignmentId,
    pub source: ArrivalSource,
    pub point: Option<Point>,
    /// From the site's point when the position was known, in metres.
    pub distance_m: Option<f64>,
    #[serde(default)]
    pub reason: Option<String>,
}

/// Something an officer did as told, on one assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done<T> {
    pub assignment: AssignmentId,
    pub what: T,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckCallAnswered {
    pub assignment: AssignmentId,
    pub ok: bool,
    #[serde(default)]
    pub note: String,
}
