//! What an officer must read and answer: risk assessments with method statements (RAMS) and site checklists.
//!
//! Both are versioned. A call-out freezes the version it started with; a later version never changes it.

use crate::Instant;
use crate::id::{ChecklistId, RamsId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rams {
    pub id: RamsId,
    #[serde(rename = "ref")]
    pub reference: String,
    pub version: u32,
    pub title: String,
    /// The one paragraph that matters, read first.
    pub first: String,
    #[serde(default)]
    pub hazards: Vec<String>,
    #[serde(default)]
    pub controls: Vec<String>,
    #[serde(default)]
    pub ppe: Vec<String>,
    #[serde(default)]
    pub no_go: Vec<String>,
    /// First aid, defibrillator, nearest emergency department.
    #[serde(default)]
    pub emergency: String,
    #[serde(default)]
    pub minimum_crew: u8,
    #[serde(default)]
    pub owner: String,
    pub valid_until: Option<Instant>,
    /// Sites by reference, and kinds of work, that it is for. None of either: only where a site names it.
    #[serde(default)]
    pub sites: Vec<String>,
    #[serde(default)]
    pub kinds: Vec<String>,
    #[serde(default)]
    pub hours: Option<DayHours>,
    #[serde(default)]
    pub pdf: Option<RamsPdf>,
}

/// Civil times of the service's zone, `22:00` to `06:00`; over midnight when the second is the earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayHours {
    pub from: String,
    pub to: String,
}

/// The signed document itself, kept beside the log by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsPdf {
    pub sha256: String,
    #[serde(default)]
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checklist {
    pub id: ChecklistId,
    #[serde(rename = "ref")]
    pub reference: String,
    pub version: u32,
    pub title: String,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Stable within the checklist: `door-closed`.
    pub id: String,
    #[serde(default)]
    pub section: Section,
    pub text: String,
    #[serde(flatten)]
    pub kind: ItemKind,
    #[serde(default = "yes")]
    pub mandatory: bool,
    /// Only asked when another item has this answer.
    #[serde(default)]
    pub show_if: Option<ShowIf>,
    #[serde(default)]
    pub gate: Gate,
    #[serde(default)]
    pub help: String,
    /// The customer sees the answer as it is given.
    #[serde(default = "yes")]
    pub share: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    #[default]
    General,
    Outside,
    /// Locked while the assessment says outside only.
    Inside,
}

/// Whether the item may be answered before the dynamic risk assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    BeforeDra,
    #[default]
    AfterDra,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShowIf {
    pub item: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ItemKind {
    /// Something to do; answered by pressing "done".
    Instruction,
    YesNo {
        /// The answer that must have a picture with it: usually `no`.
        #[serde(default)]
        picture_if: Option<String>,
    },
    Choice {
        options: Vec<String>,
    },
    Number {
        #[serde(default)]
        unit: String,
        #[serde(default)]
        min: Option<f64>,
        #[serde(default)]
        max: Option<f64>,
    },
    Text,
    Photo {
        #[serde(default = "one")]
        min: u32,
    },
}

fn one() -> u32 {
    1
}

/// The longest text an answer, note or narrative may have, in characters. Enough for a statement; small enough that
/// one command stays under the hub's limit for a request.
pub const TEXT_CHARS_MAX: usize = 20_000;
