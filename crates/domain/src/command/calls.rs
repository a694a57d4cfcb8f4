//! Telephone calls: what an exchange tells, and what the operator writes down.

use crate::alarm::Priority;
use crate::call::{Outcome, Progress, Thrive};
use crate::geo::Point;
use serde::{Deserialize, Serialize};

/// From an exchange, in any order and more than once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallProgress {
    /// The exchange's own name for the call. With it the target may be anything.
    pub id: String,
    pub state: Progress,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub to: String,
}

/// The operator's card. It is replaced whole; for a call that nobody knows yet it is written down by hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallPut {
    pub caller: String,
    pub number: String,
    pub about: String,
    /// Where, as typed. Never rewritten by a look-up.
    pub address: String,
    /// Three words or any other form, as typed.
    pub place: String,
    pub point: Option<Point>,
    /// Site by id or reference.
    pub site: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallGrade {
    #[serde(flatten)]
    pub thrive: Thrive,
    /// What the operator decided, whatever was suggested.
    pub priority: Priority,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallClose {
    pub outcome: Outcome,
    /// Whom it was passed to.
    #[serde(default)]
    pub told: String,
    #[serde(default)]
    pub note: String,
    /// The call-out it is about, by id or number.
    #[serde(default)]
    pub callout: Option<String>,
    /// The earlier call it repeats, by id.
    #[serde(default)]
    pub same_as: Option<String>,
}

/// One line of an exchange's list of calls. Times are civil, `2026-11-22 21:14:05`, or instants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallRecord {
    /// The exchange's own name for the call; the same as in what it told live.
    pub id: String,
    pub from: String,
    pub to: String,
    pub start: String,
    /// Empty when nobody answered.
    pub answer: String,
    pub end: String,
    /// `ANSWERED`, `NO ANSWER`, `BUSY`, `FAILED`, `CONGESTION`.
    pub disposition: String,
}
