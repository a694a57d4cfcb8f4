//! What happens to a checklist that its customer writes.

use crate::documents::Item;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistProposed {
    pub number: u32,
    pub from_version: u32,
    // Whatever a customer writes goes when they are erased; what was approved of it is a list of its own.
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub items: Vec<Item>,
    #[serde(default)]
    pub said: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistReturned {
    pub number: u32,
    #[serde(default)]
    pub comment: String,
}

/// The proposal became this version, perhaps changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalApproved {
    pub number: u32,
    pub version: u32,
}
