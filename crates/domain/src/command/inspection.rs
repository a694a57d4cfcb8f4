//! What was looked at, and the forced-entry inspection.

use crate::Instant;
use crate::documents::Elevation;
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

/// Several of one `what`, at different places, may stand in one record. A later record of the section takes the place of
/// all findings of each `what` that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `doors`, `windows`, `roof` …; [`WALKED`] for a side or a floor as a whole.
    pub what: String,
    pub result: FindingResult,
    /// Only of an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub pictures: Vec<String>,
}

/// The `what` of a side of the building, or a floor, that was walked along as a whole.
pub const WALKED: &str = "walked";

/// How much an issue matters, as who stands before it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Can wait for the working day.
    Low,
    /// Somebody must see to it soon.
    Medium,
    /// The place is open, or somebody can be hurt.
    High,
}

/// Where at the site, as exactly as somebody said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Elevation>,
    /// 0 is the ground floor, -1 the basement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PlanPin>,
}

/// A point on a site plan, as a share of its width and height from the upper left corner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanPin {
    /// The plan's picture, by its digest: what the pin was set on, whatever plan the site has later.
    pub plan: String,
    pub x: f64,
    pub y: f64,
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
    /// Somebody could walk in again now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still_insecure: Option<bool>,
    /// Tools, footprints or blood left behind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub marks: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub missing: String,
    /// What they looked like and which way they went. Not for the customer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
    /// What to look at on the cameras.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cameras: Option<CameraWindow>,
    #[serde(default)]
    pub note: String,
}

/// The time in which it happened, for whoever looks through the recordings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CameraWindow {
    pub from: Instant,
    pub to: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// `door`, `window`, `roof`, `shutter`, `lock`.
    pub what: String,
    pub result: OpeningResult,
    /// `levered`, `kicked`, `smashed` …: how it was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
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
