//! The key register: what is kept, given out, brought back.

use crate::Instant;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyPut {
    /// What stands on the tag: a number, no address.
    pub number: String,
    /// Site by id or reference.
    #[serde(default)]
    pub site: Option<String>,
    #[serde(default)]
    pub opens: String,
    #[serde(default)]
    pub seal: String,
    #[serde(default)]
    pub kept: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyIssue {
    /// Officer by id, reference or call sign.
    #[serde(default)]
    pub officer: Option<String>,
    /// Somebody else: name and company.
    #[serde(default)]
    pub name: String,
    pub why: String,
    /// When it is to be back.
    pub due: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyReturn {
    /// Who took it back; left out, whoever records it.
    #[serde(default)]
    pub to: String,
    /// Asked for of a sealed key.
    #[serde(default)]
    pub seal_intact: Option<bool>,
    /// The number of its new seal, when it got one.
    #[serde(default)]
    pub seal: Option<String>,
    #[serde(default)]
    pub note: String,
}
