//! The handover from one operator to the next: made by the desk from its replica, read and signed on it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandoverView {
    /// The one that is open; empty when nothing was written yet.
    pub id: String,
    /// Log position of all this: what is signed is what stood here.
    pub read_at: i32,
    pub writes: u32,
    pub watch_outs: String,
    pub written_by: String,
    pub written_at: Option<String>,
    pub sections: Vec<HandoverSection>,
    /// All of it as text, to print or to keep.
    pub text: String,
    /// What happened after the log position that was asked about.
    pub changed: Vec<HandoverLine>,
    /// Signed ones, newest first.
    pub earlier: Vec<SignedHandover>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandoverSection {
    /// `callouts`, `alarms`, `shelved`, `silent`, `on_scene`, `held`, `unread`.
    pub kind: String,
    pub title: String,
    /// What to say when there are none.
    pub none: String,
    pub lines: Vec<HandoverLine>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandoverLine {
    /// "CO-26-01847 Intruder alarm · Boiler house"
    pub head: String,
    pub text: String,
    pub at: Option<String>,
    /// Somebody may be in danger, or nobody has it.
    pub warn: bool,
    /// To open it.
    pub callout: Option<String>,
    pub alarm: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignedHandover {
    pub id: String,
    pub at: String,
    pub from: String,
    pub to: String,
    /// Whose sign-in was used to sign.
    pub account: String,
    pub read_at: i32,
    pub watch_outs: String,
    pub text: String,
}

/// Whether the handover should be brought up now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandoverPrompt {
    pub due: bool,
    pub ends_at: String,
    /// The newest signature.
    pub signed_at: Option<String>,
}
