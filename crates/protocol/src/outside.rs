//! What happened around a call-out beside the log, which only the hub knows: what its customer looked at, and where its
//! report went.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OutsideView {
    /// Presses on “Follow this call-out” behind any of its links.
    pub opened: u32,
    /// What was looked at, newest first; the newest hundred.
    pub views: Vec<LookView>,
    /// Where the report was sent, oldest version first.
    pub letters: Vec<LetterView>,
    /// Why nothing can be sent, when nothing can.
    pub no_mail: Option<String>,
}

/// A person pressed. By whom is not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LookView {
    pub at: String,
    /// "the page", or the caption of a picture.
    pub what: String,
    pub picture: bool,
    /// How far the call-out was: `at_site`.
    pub stage: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LetterView {
    /// "Keyholder"
    pub to: String,
    /// Empty when the person was erased.
    pub address: String,
    pub version: u32,
    /// Counts additions; 0 for the report itself.
    pub addendum: u32,
    /// `customer` or `full`.
    pub copy: String,
    /// `queued`, `sent`, `refused`, `failed`.
    pub state: String,
    /// When it was sent, refused or given up; when it was queued until then.
    pub at: String,
    pub tries: u32,
    /// The server's words.
    pub said: String,
}
