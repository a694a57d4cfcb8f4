//! The thread of a call-out: what was seen of it, whom the ladder of contacts reached, and the plan while it is escalated.

use super::{TextFailure, TextState};
use crate::Instant;
use crate::geo::Point;
use crate::id::PersonId;
use serde::{Deserialize, Serialize};

/// Which messages: all up to this log position that are addressed to whoever sends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpTo {
    pub up_to: i64,
}

/// What came of ringing somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    Answered,
    NoReply,
    LeftMessage,
    WrongNumber,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactTried {
    /// One of the site's contacts, or a duty manager.
    pub contact: PersonId,
    pub outcome: Reached,
    #[serde(default)]
    pub note: String,
    /// A duty manager and nobody of the site; set by the hub.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub manager: bool,
}

/// How the SMS to a duty manager stands; at most one each for one emergency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagerText {
    pub contact: PersonId,
    pub state: TextState,
    /// Why it failed.
    #[serde(default)]
    pub failure: Option<TextFailure>,
}

/// What to do when nobody of the ladder answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// All are rung again, from the first.
    TryAgain,
    /// It goes on without them.
    GoOnWithout,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactsSettle {
    pub decision: Settlement,
    #[serde(default)]
    pub reason: String,
}

/// Where everybody meets, what is closed off, and when the next word is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationPlan {
    #[serde(default)]
    pub rendezvous: String,
    #[serde(default)]
    pub point: Option<Point>,
    #[serde(default)]
    pub cordon: String,
    #[serde(default)]
    pub next_update_at: Option<Instant>,
}
