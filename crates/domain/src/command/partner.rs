//! What a customer's own system asks for: somebody to come, a word at the end, and tests that play by themselves.

use super::is_false;
use crate::callout::partner::TestStage;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalloutRequest {
    /// Site by id or reference.
    pub site: String,
    pub reason: String,
    /// What it is about: `intruder`, `welfare_check` …; `customer_request` when left out.
    #[serde(default, rename = "type")]
    pub about: Option<String>,
    /// Plays through its states by itself and asks no officer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub test: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RatingGive {
    /// 1 to 5, 5 the best.
    pub score: u8,
    #[serde(default)]
    pub comment: String,
}

/// A test does not wait for its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestPlay {
    /// How far; the next stage when left out.
    #[serde(default)]
    pub to: Option<TestStage>,
}
