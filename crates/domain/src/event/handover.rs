//! What happens to a handover.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverWritten {
    #[serde(default)]
    pub watch_outs: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandoverSigned {
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub to: String,
    pub read_at: i64,
    #[serde(default)]
    pub text: String,
}
