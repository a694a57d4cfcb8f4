//! Signals from equipment, and what operators do with alarms.

use crate::Instant;
use crate::alarm::{AlarmKind, SignalSource};
use serde::{Deserialize, Serialize};

/// One event from a panel, already decoded and mapped by the receiver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalReceive {
    pub source: SignalSource,
    pub meaning: SignalMeaning,
    pub text: String,
    /// False when no panel is registered for the account.
    pub known_account: bool,
}

/// What a receiver makes of a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SignalMeaning {
    /// A person must act.
    Alarm { kind: AlarmKind },
    /// The cause of an earlier alarm of the same zone is gone.
    Restore,
    /// Set, unset, test, bypass …: kept, never rings.
    Signal,
    /// Set, part set or unset: kept, and held against what an officer recorded.
    Armed { how: crate::panel::Armed },
    /// The user cancelled what the panel sent before.
    Cancel,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelSilent {
    pub since: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmShelve {
    pub until: Instant,
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmTake {
    /// What the desk called the call-out it opens until the hub gave it a number: `D2-0007`.
    #[serde(default)]
    pub provisional: Option<String>,
}

/// Somebody works on the panel: what it sends is logged and counted, and does not ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelOnTest {
    pub until: Instant,
    pub reason: String,
    /// From a later time on; now when it is left out.
    #[serde(default)]
    pub from: Option<Instant>,
    /// Only these zones; the whole panel when it is empty.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Hold-up, fire and medical are tested too, and do not ring either.
    #[serde(default)]
    pub also_life_safety: bool,
}
