//! A checklist that its customer writes: the link, the proposal, the answer to it.

use crate::Instant;
use crate::documents::Item;
use serde::{Deserialize, Serialize};

/// The client makes the token and keeps it; the log holds its digest only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistInvite {
    /// SHA-256, in hex, of the token's text in `/w/{token}`.
    pub token_sha256: String,
    pub expires_at: Instant,
    /// Who gets it: "Oak House, estates team".
    #[serde(default)]
    pub to: String,
    /// A line to them.
    #[serde(default)]
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistPropose {
    pub title: String,
    pub items: Vec<Item>,
    /// The version it was made from; 0 for none.
    pub from_version: u32,
    /// Words to the supervisor.
    #[serde(default)]
    pub said: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistReturn {
    /// The proposal that was read.
    pub proposal: u32,
    pub comment: String,
}
