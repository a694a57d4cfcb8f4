//! What a customer's own system did, and how its tests went.

use crate::callout::partner::TestStage;
use serde::{Deserialize, Serialize};

/// Somebody asked for this call-out, or asked again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    pub score: u8,
    #[serde(default)]
    pub comment: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestPlayed {
    pub stage: TestStage,
}
