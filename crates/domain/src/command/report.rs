//! The report and its review.

use crate::Instant;
use crate::event::ReportOf;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportSubmit {
    #[serde(default)]
    pub narrative: String,
    #[serde(default)]
    pub signature: Signature,
    /// One of [`crate::urn::CAUSES`], or empty where it cannot be said.
    #[serde(default)]
    pub cause: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<FollowUp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exhibits: Vec<Exhibit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injury: Option<Injury>,
    /// A child or an adult at risk was met: what was seen and who was told. Never for the customer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub safeguarding: String,
}

/// What is still to be done, by whom, by when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    #[serde(default)]
    pub what: String,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub due: Option<Instant>,
}

/// A thing or a recording that may be evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Exhibit reference such as `OF/1`, or the id of a body-worn video.
    pub reference: String,
    #[serde(default)]
    pub what: String,
    /// Where it is held, and by whom.
    #[serde(default)]
    pub held: String,
}

/// Somebody was hurt, or nearly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Injury {
    pub near_miss: bool,
    /// The officer thinks that RIDDOR 2013 asks for a report; the service decides.
    #[serde(default)]
    pub riddor: bool,
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    #[serde(default)]
    pub name: String,
    /// Pen strokes in a box 300 wide and 100 high.
    #[serde(default)]
    pub strokes: Vec<Vec<(f32, f32)>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportReview {
    /// True closes the call-out; false returns the report with comments.
    pub approve: bool,
    #[serde(default)]
    pub comments: String,
    /// Closes although a picture never arrived, and why.
    #[serde(default)]
    pub without_pictures: Option<String>,
    /// What it was, where the supervisor knows better than the report.
    #[serde(default)]
    pub cause: Option<String>,
}

/// The hub has rendered a version of the report and keeps its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportKeep {
    pub of: ReportOf,
    /// Log position of the submission, approval or note that made it.
    pub of_seq: i64,
    /// SHA-256, in hex, of the whole report, and of the one for the customer, who gets none that is not approved.
    pub full: String,
    #[serde(default)]
    pub customer: Option<String>,
}
