//! The report and its review.

use crate::event::ReportOf;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportSubmit {
    #[serde(default)]
    pub narrative: String,
    #[serde(default)]
    pub signature: Signature,
    /// `genuine`, `attempted`, `user_error`, `equipment_fault`, `unknown` …
    #[serde(default)]
    pub cause: String,
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
