//! The register as the window shows and edits it. `put` is the body of the command that would leave the record as it is:
//! a form changes what it asks about and sends the rest back untouched.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// What is no site of its own: keys, documents, and panels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RegisterView {
    pub keys: Vec<KeyRecord>,
    pub rams: Vec<RamsRecord>,
    pub checklists: Vec<ChecklistRecord>,
    pub panels: Vec<PanelRecord>,
    /// What the alarms of a site may follow.
    pub procedures: Vec<ProcedureChoice>,
    /// This account may change it.
    pub may_edit: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProcedureChoice {
    pub id: String,
    pub title: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SiteRecord {
    pub id: String,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
    /// Changed here and not yet confirmed by the hub.
    pub pending: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PanelRecord {
    pub account: String,
    pub site: Option<String>,
    pub line_fault_since: Option<String>,
    pub urns: Vec<UrnView>,
    pub police_calls: Vec<PoliceCallView>,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
}

/// A police number and how it stands today.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UrnView {
    pub account: String,
    /// `intruder`, `hold_up`.
    pub kind: String,
    pub number: String,
    pub force: String,
    /// `level1`, `level3`.
    pub level: String,
    /// `full`, `warned`, `withdrawn`.
    pub standing: String,
    pub words: String,
    /// The false calls that count.
    pub false_calls: u32,
    /// The day on which the oldest counts no more, `2027-03-01`.
    pub eases_on: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PoliceCallView {
    pub at: String,
    pub kind: String,
    /// The call-out, or empty for one told by letter.
    pub number: String,
    pub cause: String,
    pub cause_word: String,
    pub is_false: bool,
    /// It counts today.
    pub counts: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeyRecord {
    pub id: String,
    pub number: String,
    pub site: Option<String>,
    pub site_name: String,
    pub opens: String,
    pub seal: String,
    pub kept: String,
    /// `in`, `out`, `overdue`, `lost`.
    pub state: String,
    /// Who has it, or had it last.
    pub holder: String,
    pub since: Option<String>,
    pub due: Option<String>,
    pub why: String,
    pub history: Vec<KeyMoveView>,
    pub pending: bool,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeyMoveView {
    pub at: String,
    pub by: String,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RamsRecord {
    pub id: String,
    pub reference: String,
    pub version: u32,
    pub title: String,
    pub first: String,
    pub owner: String,
    pub valid_until: Option<String>,
    /// Whole days it is still valid; negative when it has expired.
    pub days_left: Option<i32>,
    /// "2 sites · Intruder · 22:00 to 06:00".
    pub used_for: String,
    /// Sites that name it or that it names.
    pub sites: Vec<String>,
    /// The signed document, by its digest, and its name.
    pub pdf: Option<String>,
    pub pdf_name: String,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChecklistRecord {
    pub id: String,
    pub reference: String,
    /// The approved version; 0 while there is only a draft.
    pub version: u32,
    pub title: String,
    pub items: Vec<ChecklistLine>,
    pub sites: Vec<String>,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
    /// What is being written; officers get the approved version until it is approved.
    pub draft: Option<ChecklistDraft>,
    /// The last link by which the customer could write it; for those who may approve.
    pub writing: Option<WritingView>,
    /// What the customer sent last, waiting or settled; for those who may approve.
    pub proposal: Option<ProposalView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WritingView {
    /// The whole address, when this desk made the link.
    pub url: Option<String>,
    /// Who got it, as the supervisor called them.
    pub to: String,
    pub message: String,
    /// Who gave it out.
    pub by: String,
    pub expires_at: String,
    /// Somebody ended it, or gave out another.
    pub ended: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProposalView {
    pub number: u32,
    pub at: String,
    /// Who got the link it came through; empty when nobody said.
    pub from: String,
    /// The customer's words.
    pub said: String,
    pub title: String,
    /// The version it was made from.
    pub from_version: u32,
    pub items: Vec<ChecklistLine>,
    /// What is otherwise than in the version in force.
    pub changes: Vec<ChangeView>,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
    /// `waiting`, `approved`, `returned`.
    pub state: String,
    pub settled_at: Option<String>,
    pub settled_by: String,
    pub comment: String,
    /// The version it became.
    pub version: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangeView {
    /// `title`, `added`, `removed`, `changed`, `order`.
    pub what: String,
    /// The item's words; of a title the one before.
    pub text: String,
    /// "the words, the proof"
    pub detail: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChecklistDraft {
    pub title: String,
    pub items: Vec<ChecklistLine>,
    #[ts(type = "Record<string, unknown>")]
    pub put: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChecklistLine {
    pub id: String,
    pub section: String,
    pub text: String,
    pub kind: String,
    pub mandatory: bool,
    /// "only when “board” is “damaged”", "before the assessment".
    pub notes: Vec<String>,
}

/// What would become of a file, row by row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportPreview {
    /// What is wrong with the whole file, when something is.
    pub problem: Option<String>,
    pub taken: Vec<ImportRow>,
    /// How many of the taken change nothing.
    pub same: u32,
    pub refused: Vec<ImportRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportRow {
    /// "line 7".
    pub place: String,
    pub name: String,
    /// What it becomes (`site.put`), or why nothing.
    pub what: String,
}
