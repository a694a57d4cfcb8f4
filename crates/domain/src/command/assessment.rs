//! The dynamic risk assessment.

use crate::geo::Point;
use serde::{Deserialize, Serialize};

/// Dynamic risk assessment, made on the spot before anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraRecord {
    #[serde(default)]
    pub people: String,
    #[serde(default)]
    pub lighting: String,
    #[serde(default)]
    pub ground: String,
    #[serde(default)]
    pub weather: String,
    #[serde(default)]
    pub alone: bool,
    #[serde(default)]
    pub hazards: Vec<Hazard>,
    #[serde(default)]
    pub controls: Vec<String>,
    /// What remains with the controls in place.
    pub residual: Risk,
    pub decision: DraDecision,
    #[serde(default)]
    pub note: String,
    /// With `withdraw`: the officer is somewhere safe.
    #[serde(default)]
    pub safe_place: bool,
    #[serde(default)]
    pub point: Option<Point>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hazard {
    /// `persons_present`, `weapon`, `intruder_on_site`, `dog` … (facts, section 7).
    pub kind: String,
    #[serde(flatten)]
    pub risk: Risk,
}

/// Likelihood 1–5 times severity 1–5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    pub likelihood: u8,
    pub severity: u8,
}

impl Risk {
    pub fn score(self) -> u8 {
        self.likelihood.saturating_mul(self.severity)
    }

    pub fn is_valid(self) -> bool {
        (1..=5).contains(&self.likelihood) && (1..=5).contains(&self.severity)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraDecision {
    Proceed,
    ProceedWithControls,
    ExternalOnly,
    Wait,
    Withdraw,
}
