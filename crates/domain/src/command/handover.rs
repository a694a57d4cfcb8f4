//! One operator hands the control room over to the next.

use serde::{Deserialize, Serialize};

/// What the one who leaves wants the next to watch. Writing again replaces it until it is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverWrite {
    pub watch_outs: String,
}

/// The next operator has read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverSign {
    /// Who leaves, and who takes over, by name: a desk's account may be shared.
    pub from: String,
    pub to: String,
    /// Log position of what was on the screen.
    pub read_at: i64,
    /// Which writing of the watch-outs was on the screen, counted from 1; 0 when there was none.
    #[serde(default)]
    pub writes: u32,
    /// The handover as it was read.
    #[serde(default)]
    pub text: String,
}
