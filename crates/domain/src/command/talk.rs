//! Notes, liaison, escalation, pictures and the customer's link.

use crate::Instant;
use crate::geo::Point;
use crate::id::PersonId;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoteAdd {
    #[serde(default)]
    pub text: String,
    /// `control`, `officer`, `customer`; everybody on the call-out when left out.
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub pictures: Vec<String>,
    /// The customer may read it on the tracking page.
    #[serde(default)]
    pub share: bool,
    /// The person it is about, so that it can be erased with them.
    #[serde(default)]
    pub about: Option<PersonId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiaisonRecord {
    /// `police`, `ambulance`, `fire`, `boarding_up`, `locksmith`, `guard`, `customer`, `keyholder`, `control`, `arc`.
    pub whom: String,
    /// `telephone`, `radio`, `in_person`, `email`.
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub reference: String,
    /// `answered`, `no_reply`, `attending`, `arrived`, `done`.
    #[serde(default)]
    pub outcome: String,
    /// When they say they will be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
    /// Who agreed to pay for a contractor, as they said their name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authorised_by: String,
    /// The most that may be spent, in whole pounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_cap: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationRaise {
    /// 1 assist, 2 urgent, 3 emergency.
    pub level: u8,
    #[serde(default)]
    pub reason: String,
    /// The emergency button was held.
    #[serde(default)]
    pub emergency: bool,
    #[serde(default)]
    pub point: Option<Point>,
}

/// The emergency button of an officer who is on no call-out: on patrol, on the way home.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficerEmergency {
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub point: Option<Point>,
}

/// How it is known that the officer is safe. The word itself is written nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SafeBy {
    /// The agreed word was given.
    SafeWord,
    /// Heard by somebody who knows the voice.
    Voice,
    /// Seen by a colleague.
    Seen,
}

/// A major incident in the words of the joint doctrine: declared by a person, or taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MajorDeclare {
    pub on: bool,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationStandDown {
    #[serde(default)]
    pub reason: String,
    /// Confirmed, and how: see `confirmed_by`.
    pub officer_safe: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<SafeBy>,
    /// The log position up to which the person knew what had happened. What was raised after it stands.
    #[serde(default)]
    pub seen: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaReceived {
    pub sha256: String,
}

/// Lets the customer see a picture, or no longer. Whoever has seen it has seen it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaRelease {
    pub sha256: String,
    pub share: bool,
}

/// The client makes the token and keeps it; the log holds its digest only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackingIssue {
    /// SHA-256, in hex, of the token's text in `/t/{token}`.
    pub token_sha256: String,
    pub expires_at: Instant,
}
