//! What happens on the thread of a call-out, and what was not said in time.

use crate::Instant;
use crate::callout::messages::Reader;
use crate::callout::updates::Expected;
use serde::{Deserialize, Serialize};

/// Somebody's phone has these messages, or they were on a screen in front of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessagesMarked {
    pub reader: Reader,
    /// Log position of the newest of them.
    pub up_to: i64,
}

/// Nobody was told, or nothing was heard, for as long as was agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpdateOverdue {
    pub expected: Expected,
    /// Since when there was nothing.
    pub since: Instant,
    /// Noticed later than it was due: no hub ran.
    #[serde(default)]
    pub late: bool,
}
