//! What happens to keys, and to what the police make of a panel's calls.

use crate::Instant;
use crate::id::{KeyId, SiteId};
use crate::keys::Holder;
use crate::urn::PoliceCall;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyPut {
    pub id: KeyId,
    pub number: String,
    pub site: Option<SiteId>,
    #[serde(default)]
    pub opens: String,
    #[serde(default)]
    pub seal: String,
    #[serde(default)]
    pub kept: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyIssued {
    pub to: Holder,
    #[serde(default)]
    pub why: String,
    pub due: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyReturned {
    #[serde(default)]
    pub to: String,
    pub seal_intact: Option<bool>,
    /// Its new seal.
    #[serde(default)]
    pub seal: Option<String>,
    #[serde(default)]
    pub note: String,
}

/// The police were called, and what it was. The same call-out or time again puts the earlier word right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceCalled {
    pub call: PoliceCall,
    /// Why it was put right.
    #[serde(default)]
    pub reason: String,
}
