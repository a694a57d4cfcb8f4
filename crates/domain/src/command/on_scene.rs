//! What the officer does from the acceptance to leaving, but assessing and inspecting.

use super::is_false;
use crate::geo::Point;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsAcknowledge {
    pub version: u32,
    /// How long the document was open, in milliseconds.
    #[serde(default)]
    pub opened_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocationConfirm {
    /// `pin`, `grid`, `what3words`, `address`.
    pub method: String,
    #[serde(default)]
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arrive {
    #[serde(default)]
    pub source: ArrivalSource,
    #[serde(default)]
    pub point: Option<Point>,
    /// Asked for when the tap comes from more than 300 m away.
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalSource {
    #[default]
    Manual,
    /// Arrived, unconfirmed: starts the check calls, stops no clock, opens no gate.
    Geofence,
    Voice,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Park {
    pub exit_clear: bool,
    pub obstructs: bool,
    pub facing_out: bool,
    #[serde(default)]
    pub point: Option<Point>,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    pub item: String,
    /// `yes`, `no`, an option, several between `; `, a number as text, free text, a name, `21:45`, what a tag says,
    /// `done`. None with [`ChecklistAnswer::unable`].
    #[serde(default)]
    pub value: Option<String>,
    /// Digests of pictures, SHA-256 in hex.
    #[serde(default)]
    pub pictures: Vec<String>,
    /// Why it cannot be answered.
    #[serde(default)]
    pub unable: Option<String>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub point: Option<Point>,
    /// Which meter or part of the place it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Read by a camera or a reader, not typed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scanned: bool,
    /// The value is free text, which erasure may remove. Deciding sets it from the item; what a client says is not
    /// looked at.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_words: bool,
}

/// The answer to the question of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepAnswer {
    /// Id of the step in the call-out's procedure.
    pub step: String,
    /// Ids of the chosen options.
    pub choices: Vec<String>,
    #[serde(default)]
    pub note: String,
    /// Digests of pictures, SHA-256 in hex.
    #[serde(default)]
    pub pictures: Vec<String>,
    #[serde(default)]
    pub point: Option<Point>,
}

/// A step is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepSkip {
    pub step: String,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PremisesSecure {
    pub status: SecureStatus,
    /// `set`, `part_set`, `unset_agreed`, `faulty`, `cannot_set`, `no_alarm`.
    pub alarm: String,
    /// Who reset it: `user`, `officer`, `engineer`, `remote`. Codes are never written down.
    #[serde(default)]
    pub reset_by: Option<String>,
    /// What protects the place when it could not be re-armed: boarding-up, guard, revisit.
    #[serde(default)]
    pub cover: String,
    /// Who was told.
    #[serde(default)]
    pub told: String,
    #[serde(default)]
    pub keys: String,
    /// The zones that were left out, when it is part set.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub omitted: String,
    /// Water, gas or electricity that was turned off, or left on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub utilities: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<HandedOver>,
}

/// Somebody took the place over from the officer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandedOver {
    /// `police`, `keyholder`, `customer`, `contractor`.
    pub to: String,
    /// Their name or number. Personal data.
    #[serde(default)]
    pub name: String,
    /// Who they are was seen on a card.
    #[serde(default)]
    pub id_checked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecureStatus {
    Secure,
    SecureTemporary,
    InsecureCustomerAware,
    InsecurePoliceOnScene,
    NotAccessible,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckCallAnswer {
    pub ok: bool,
    #[serde(default)]
    pub note: String,
}
