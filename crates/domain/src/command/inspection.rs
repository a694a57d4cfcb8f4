//! What was looked at, and the forced-entry inspection.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InspectionRecord {
    pub section: InspectionSection,
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Inside was not entered, and why.
    #[serde(default)]
    pub not_entered: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectionSection {
    Outside,
    Inside,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `doors`, `windows`, `roof` …
    pub what: String,
    pub result: FindingResult,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub pictures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingResult {
    Ok,
    Issue,
    NotChecked,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForcedEntryRecord {
    #[serde(default)]
    pub openings: Vec<Opening>,
    pub verdict: EntryVerdict,
    /// Asked for whenever the verdict is not `none`.
    #[serde(default)]
    pub police: Option<PoliceInformed>,
    #[serde(default)]
    pub scene_preserved: Option<bool>,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// `door`, `window`, `roof`, `shutter`, `lock`.
    pub what: String,
    pub result: OpeningResult,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub pictures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningResult {
    Intact,
    Attempted,
    Forced,
    NotChecked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryVerdict {
    None,
    Attempted,
    Entry,
    CannotTell,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceInformed {
    pub informed: bool,
    #[serde(default)]
    pub reference: String,
    /// Why not, when they were not.
    #[serde(default)]
    pub reason: String,
}
