//! What a customer sees behind a writing link: the list as it is in force, and what became of what they sent. Never
//! another customer's words, never a draft, nothing of any call-out.

use crate::view::ServiceView;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WriteState {
    pub service: ServiceView,
    pub zone: String,
    pub now: String,
    pub expires_at: String,
    pub reference: String,
    pub title: String,
    /// The version in force; 0 while there is none.
    pub version: u32,
    /// Its items, as `checklist.put` takes them.
    #[ts(type = "Record<string, unknown>[]")]
    pub items: Vec<Value>,
    /// Names of the sites that use it.
    pub sites: Vec<String>,
    /// The supervisor's line to whoever got the link.
    pub message: String,
    /// What was sent through this link last.
    pub sent: Option<SentProposal>,
    /// How many pictures the link still takes.
    pub pictures_left: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SentProposal {
    pub number: u32,
    pub at: String,
    pub from_version: u32,
    pub title: String,
    #[ts(type = "Record<string, unknown>[]")]
    pub items: Vec<Value>,
    pub said: String,
    /// `waiting`, `approved`, `returned`, `erased`.
    pub state: String,
    pub settled_at: Option<String>,
    /// Why it came back.
    pub comment: String,
    /// The version it became.
    pub version: Option<u32>,
}
