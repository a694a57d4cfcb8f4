//! What happens to signals, alarms and incidents.

use crate::Instant;
use crate::alarm::{AlarmKind, Confirmation, Priority, SignalSource};
use crate::id::{AlarmId, CallId, CalloutId, IncidentId, SiteId};
use crate::panel::Told;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalLogged {
    pub source: SignalSource,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// The row that stands for it, while its detector flaps: it is on record, and no row of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_on: Option<AlarmId>,
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

/// A detector of a known panel went off, for what follows from how often and beside which others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelActivated {
    pub source: SignalSource,
    pub kind: AlarmKind,
    /// The alarm that stands for it.
    pub alarm: AlarmId,
    pub flapping: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelOnTest {
    pub from: Instant,
    pub until: Instant,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub zones: Vec<String>,
    #[serde(default)]
    pub also_life_safety: bool,
}

/// A second detector said the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmConfirmed {
    pub with: AlarmId,
    pub place: String,
    pub priority: Priority,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmFlapping {
    pub quiet_s: u32,
    /// It must not ring: its detector flapped before the row was raised.
    pub silent: bool,
}

/// What the panel says of how the officer left it, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelWord {
    pub text: String,
}
