//! What an officer must read and answer: risk assessments with method statements (RAMS) and site checklists.
//!
//! Both are versioned. A call-out freezes the version it started with; a later version never changes it.

use crate::Instant;
use crate::id::{ChecklistId, RamsId};
use crate::writing::Writing;
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
    /// What is being written and no officer is given: the approved version above stays in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// How its customer writes it, once somebody was asked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writing: Option<Writing>,
}

impl Checklist {
    /// Whether a version of it may be given to officers. What was put before there were drafts is.
    pub fn is_approved(&self) -> bool {
        self.version > 0
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub title: String,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Stable within the checklist: `door-closed`.
    pub id: String,
    #[serde(default)]
    pub section: Section,
    /// Which side of the building, when the section does not say enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elevation: Option<Elevation>,
    /// 0 is the ground floor, -1 the basement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i8>,
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
    /// A picture of what good looks like, by its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_picture: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
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

/// The sides as somebody in front of the main door has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elevation {
    Front,
    Rear,
    Left,
    Right,
    Roof,
    Perimeter,
}

/// What must come with an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// At least so many pictures.
    #[serde(default = "one")]
    pub pictures: u32,
    /// Words in the note.
    #[serde(default)]
    pub note: bool,
    /// Only with this answer: `no`, an option, a state, [`OUT_OF_RANGE`]. None: with every one.
    #[serde(default)]
    pub when: Option<String>,
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
    /// A line between items; nothing to answer.
    Heading,
    /// Something to do; answered by pressing "done".
    Instruction,
    YesNo {
        /// The answer that must have a picture with it: usually `no`.
        #[serde(default)]
        picture_if: Option<String>,
        /// The answer that tells of something wrong. None: the one that needs a picture, else `no`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fail: Option<String>,
    },
    Choice {
        options: Vec<String>,
    },
    /// Several of them, kept as one text: `Lights on; Door open`.
    MultiChoice {
        options: Vec<String>,
        #[serde(default = "one")]
        min: u32,
        #[serde(default)]
        max: Option<u32>,
    },
    Number {
        #[serde(default)]
        unit: String,
        #[serde(default)]
        min: Option<f64>,
        #[serde(default)]
        max: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
        /// A reading outside of the range is taken and stands out, instead of being refused.
        #[serde(default, skip_serializing_if = "is_false")]
        warn: bool,
    },
    Text {
        /// Characters at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
    },
    Photo {
        #[serde(default = "one")]
        min: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
    },
    /// A picture of a name written by hand or by keys; the answer is the signer's name.
    Signature {
        /// Who is asked to sign: "Keyholder".
        #[serde(default)]
        role: String,
    },
    /// A civil time read off something: `21:45`.
    Time,
    /// What a tag, a QR code or a bar code says.
    Scan {
        /// What the tags of this place say. None: any is taken.
        #[serde(default)]
        tags: Vec<String>,
    },
    /// What a named meter shows. What is outside of the range is taken and stands out.
    Meter {
        #[serde(default)]
        assets: Vec<String>,
        #[serde(default)]
        unit: String,
        #[serde(default)]
        min: Option<f64>,
        #[serde(default)]
        max: Option<f64>,
    },
    /// How a named thing of the place is.
    Asset {
        assets: Vec<String>,
        states: Vec<String>,
    },
}

fn is_false(value: &bool) -> bool {
    !value
}

fn one() -> u32 {
    1
}

/// The "answer" of a reading that is not within its range, for conditions and evidence.
pub const OUT_OF_RANGE: &str = "out_of_range";
/// Between the chosen options of one answer.
pub const BETWEEN: &str = "; ";
/// More than anybody answers at a site in one night.
pub const ITEMS_MAX: usize = 200;
/// Options, states, assets or tags of one item.
pub const OPTIONS_MAX: usize = 50;
/// What a code says, in characters: longer than any tag on a wall.
pub const SCAN_CHARS_MAX: usize = 200;

/// The longest text an answer, note or narrative may have, in characters. Enough for a statement; small enough that
/// one command stays under the hub's limit for a request.
pub const TEXT_CHARS_MAX: usize = 20_000;
