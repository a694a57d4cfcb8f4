//! What happens to telephone calls.

use crate::Instant;
use crate::alarm::Priority;
use crate::call::{Card, Outcome, Progress, Thrive};
use crate::id::{CallId, CalloutId, IncidentId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallOpened {
    /// The exchange's own name for it; none for one written down by hand.
    pub exchange: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallProgressed {
    pub state: Progress,
    #[serde(default)]
    pub from: String,
    pub to: String,
    /// From a list made later: when it happened. Otherwise the event's own time is it.
    #[serde(default)]
    pub happened_at: Option<Instant>,
}

/// Somebody in the control room has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallTaken {
    pub while_ringing: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallDescribed {
    pub card: Card,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallGraded {
    #[serde(flatten)]
    pub thrive: Thrive,
    pub priority: Priority,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallClosed {
    pub outcome: Outcome,
    #[serde(default)]
    pub told: String,
    #[serde(default)]
    pub note: String,
    pub callout: Option<CalloutId>,
    pub same_as: Option<CallId>,
    pub incident: Option<IncidentId>,
    #[serde(default)]
    pub out_of_hours: String,
}

/// A further call about what a call-out answers already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallJoined {
    pub call: CallId,
}
