//! The report and its review.

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
