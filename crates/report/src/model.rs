//! What a report says: plain data, already decided and already worded by the caller.
//!
//! Times are civil times with their zone, as text ("21:45:09 GMT"), because the caller knows the
//! zone and the crate has no clock. Every text field may hold anything a person can type.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One call-out's report. [`Report::new`] makes an empty one; fill in what is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    pub service: Service,
    /// The call-out's number, as spoken: `CO-26-01847`.
    pub reference: String,
    /// The type of call-out: "Intruder alarm, confirmed".
    pub title: String,
    /// The priority in words: "P1, immediate".
    pub priority: String,
    /// The name of the site.
    pub site: String,
    /// The address as it was typed, line breaks kept.
    pub address: String,
    pub place: Place,
    /// The civil date on which the call-out was raised: "Sunday 22 November 2026".
    pub date: String,
    /// What raised the call-out: "Alarm receiving centre, signal BA zone 4, account 4471".
    pub source: String,
    /// How it ended, in a sentence.
    pub outcome: String,
    pub version: Version,
    /// Not yet signed and reviewed: marked on every page.
    pub draft: bool,
    pub log: LogRange,
    /// When the report was made; the date in the file's properties.
    pub made_at: DateTime<Utc>,
    /// `made_at` as civil time with its zone. Empty: `made_at` is printed as UTC.
    pub made_at_text: String,
    /// What the caller left out of this version, in words: "officers' names". Printed under
    /// "How this report was made", so that a reader knows that something was withheld.
    pub left_out: Vec<String>,
    pub times: Vec<TimeRow>,
    /// Agreed targets and how the call-out did against them.
    pub targets: Vec<TargetRow>,
    pub attendance: Vec<Attendance>,
    /// The twelve steps of the response.
    pub steps: Vec<Step>,
    /// The officer's own account. Blank lines separate paragraphs.
    pub narrative: String,
    pub checklists: Vec<Checklist>,
    /// Dynamic risk assessments, oldest first.
    pub assessments: Vec<Assessment>,
    /// What it was, and what the officer said beside the account: cause, injury.
    pub conclusions: Vec<LabelValue>,
    pub findings: Vec<Finding>,
    /// Site plans with what was found on them.
    pub plans: Vec<Plan>,
    /// `None`: no forced-entry inspection was recorded.
    pub forced_entry: Option<ForcedEntry>,
    /// `None`: how the site was left is not recorded.
    pub securing: Option<Securing>,
    pub liaison: Vec<LiaisonEntry>,
    pub escalations: Vec<Escalation>,
    pub notes: Vec<Note>,
    pub follow_ups: Vec<FollowUp>,
    /// Exhibits and body-worn video, by reference.
    pub exhibits: Vec<Exhibit>,
    pub pictures: Vec<Picture>,
    /// Pictures whose digest is in the log but whose bytes have not arrived.
    pub missing_pictures: Vec<MissingPicture>,
    pub signature: Option<Signature>,
    pub review: Option<Review>,
    /// Corrections and additions made after closing, oldest first. Nothing is overwritten.
    pub addenda: Vec<Note>,
}

impl Report {
    /// A report that knows only its call-out's number and when it was made.
    pub fn new(reference: impl Into<String>, made_at: DateTime<Utc>) -> Self {
        Self { reference: reference.into(), made_at, ..Self::default() }
    }
}

/// Whose report it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// "Responsive Security Patrol".
    pub name: String,
    pub council: String,
    /// How to reach the service, in one line.
    pub contact: String,
    /// Made-up data: every page says so.
    pub demonstration: bool,
}

/// For whom the report was made. The caller filters; the report only says which it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    #[default]
    Full,
    Customer,
}

/// Where it was, each already as text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// "51.53921, -0.14261".
    pub lat_lon: String,
    /// "TQ 28876 84011".
    pub grid_reference: String,
    /// "///slips.deal.hired", only where the customer has a licence for it.
    pub what3words: Option<String>,
    /// In any form, as somebody gave it; what was typed is never rewritten.
    pub given: String,
}

/// The stretch of the log the report was made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogRange {
    pub from: i64,
    pub to: i64,
    /// The first hex digits of the log's chain value at `to`.
    pub chain_head: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeRow {
    /// "Officer on scene".
    pub label: String,
    /// Civil time with its zone: "21:45:09 GMT".
    pub at: String,
    /// Seconds since the call-out was raised; negative for what came before. `None`: not printed.
    pub elapsed_s: Option<i64>,
    pub detail: String,
    /// The log position that recorded it.
    pub seq: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetRow {
    /// "Arrive on scene".
    pub label: String,
    /// "within 20 min".
    pub target: String,
    /// "16 min 48 s".
    pub actual: String,
    /// "met", "missed", "excluded", "not measured".
    pub result: String,
    /// Why it was missed or excluded.
    pub note: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attendance {
    pub call_sign: String,
    pub officer: String,
    pub role: Role,
    /// Civil times; empty where it did not happen.
    pub accepted: String,
    pub arrived: String,
    pub clear: String,
    /// "RAMS version 3 read and signed 21:46:31 GMT, open for 38 s". Empty where there are none.
    pub rams: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Lead,
    Support,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// 1 to 12.
    pub n: u8,
    pub title: String,
    pub state: StepState,
    pub when: String,
    /// What was done, or why it was skipped.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Done,
    Skipped,
    #[default]
    Pending,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checklist {
    pub title: String,
    /// The version of the checklist that was answered.
    pub version: String,
    pub items: Vec<ChecklistItem>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChecklistItem {
    /// The item's own name; empty for a question of the procedure.
    pub id: String,
    /// A line between items, with nothing to answer.
    pub heading: bool,
    /// "Rear, first floor"; empty when it says nothing of that.
    pub place: String,
    pub question: String,
    /// Empty: not answered.
    pub answer: String,
    pub when: String,
    pub by: String,
    pub note: String,
    /// Ids of pictures in [`Report::pictures`] or [`Report::missing_pictures`].
    pub pictures: Vec<String>,
    /// Earlier answers, oldest first.
    pub corrected: Vec<EarlierAnswer>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EarlierAnswer {
    pub answer: String,
    pub when: String,
    pub by: String,
}

/// One version of the dynamic risk assessment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assessment {
    pub version: u32,
    pub when: String,
    pub by: String,
    /// In words: "proceed with controls".
    pub decision: String,
    pub hazards: Vec<Hazard>,
    /// "Alone, lighting: poor": what was seen beside the hazards.
    pub seen: String,
    pub note: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hazard {
    pub hazard: String,
    /// 1 to 5.
    pub likelihood: u8,
    /// 1 to 5.
    pub severity: u8,
    pub score: u8,
    /// The score in a word: "medium".
    pub band: String,
    pub controls: String,
    /// What remains with the controls: "4, low".
    pub residual: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// The number it has on the plan and in the text. None: in order.
    pub n: Option<u32>,
    pub side: Side,
    /// "Rear, ground floor". Empty: the side says enough.
    pub place: String,
    /// What was looked at: "Fire exit, rear".
    pub what: String,
    /// "OK", "issue", "not checked".
    pub result: String,
    /// Empty where there is no issue.
    pub severity: String,
    pub note: String,
    /// Ids of pictures.
    pub pictures: Vec<String>,
}

/// A drawing of the site with numbered pins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// "Ground floor".
    pub name: String,
    /// A JPEG, PNG or WebP file. Not part of the JSON form, where the digest stands for it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// The digest of `bytes` in hex.
    pub sha256: String,
    pub pins: Vec<Pin>,
}

/// As a share of the drawing's width and height, from its upper left corner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pin {
    pub n: u32,
    pub x: f64,
    pub y: f64,
    /// What it is, for readers who cannot see the drawing: "doors, rear".
    pub what: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    #[default]
    Outside,
    Inside,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForcedEntry {
    /// In words: "Forced entry found".
    pub verdict: String,
    /// Point of entry, method, police informed, reference and so on, in order.
    pub rows: Vec<LabelValue>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Securing {
    /// In words: "Secure, temporary".
    pub final_status: String,
    pub rows: Vec<LabelValue>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelValue {
    pub label: String,
    pub value: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LiaisonEntry {
    pub when: String,
    pub whom: String,
    /// "Telephone", "Radio".
    pub channel: String,
    /// "outgoing", "incoming".
    pub direction: String,
    pub summary: String,
    /// The other side's reference: a CAD number.
    pub reference: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Escalation {
    pub when: String,
    pub by: String,
    /// "Level 2, supervisor and police".
    pub level: String,
    pub reason: String,
    /// What came of it.
    pub outcome: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    pub when: String,
    pub by: String,
    pub text: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUp {
    pub what: String,
    pub owner: String,
    pub due: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exhibit {
    pub reference: String,
    pub what: String,
    /// Where it is kept, or with whom it was left.
    pub held: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Picture {
    pub id: String,
    /// A JPEG, PNG or WebP file. Not part of the JSON form, where the digest stands for it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    pub caption: String,
    pub taken_at: String,
    pub by: String,
    /// The digest of `bytes` in hex.
    pub sha256: String,
    /// What the picture shows, for readers who cannot see it. Empty: the caption is used.
    pub alt: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MissingPicture {
    pub id: String,
    pub caption: String,
    pub taken_at: String,
    pub by: String,
    pub sha256: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signature {
    pub name: String,
    pub when: String,
    /// The pen's strokes: x to the right, y downwards, in any unit.
    pub strokes: Vec<Vec<(f32, f32)>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    pub by: String,
    pub when: String,
    /// In words: "Accepted".
    pub outcome: String,
    pub comments: String,
}
