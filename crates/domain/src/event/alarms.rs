//! What happens to signals, alarms and incidents.

use crate::Instant;
use crate::alarm::{AlarmKind, Priority, SignalSource};
use crate::id::{AlarmId, CallId, CalloutId, IncidentId, SiteId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalLogged {
    pub source: SignalSource,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineFault {
    pub since: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmRaised {
    pub id: AlarmId,
    pub kind: AlarmKind,
    pub priority: Priority,
    pub source: SignalSource,
    pub text: String,
    pub site: Option<SiteId>,
    pub zone_name: Option<String>,
    pub raised_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmRepeated {
    pub source: SignalSource,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmShelved {
    pub until: Instant,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmLinked {
    pub callout: CalloutId,
    pub incident: IncidentId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentOpened {
    pub id: IncidentId,
    pub alarm: Option<AlarmId>,
    pub callout: Option<CalloutId>,
    #[serde(default)]
    pub call: Option<CallId>,
}
