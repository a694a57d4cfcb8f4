//! What the operator's window shows of alarms beside their rows: panels, the load, the rules they are shown by.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether a second detector has said the same (BS 8243).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConfirmationView {
    pub confirmed: bool,
    /// Until when a second detector may confirm it.
    pub until: Option<String>,
    /// The other detector: "Zone 6 hall".
    pub place: String,
}

/// One alarm panel: whether it is set, heard and on test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PanelView {
    pub id: String,
    pub account: String,
    /// Id of the site it protects.
    pub site: Option<String>,
    /// "Community office", or the account.
    pub place: String,
    /// One for each part that has said so; empty while nothing is known.
    pub armed: Vec<ArmedView>,
    pub line_fault_since: Option<String>,
    pub test: Option<TestView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ArmedView {
    /// None: the panel as a whole.
    pub partition: Option<String>,
    /// `set`, `part_set`, `unset`.
    pub how: String,
    pub since: String,
}

/// A panel on test: what it sends is logged and counted, and does not ring.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TestView {
    pub by: String,
    pub reason: String,
    pub from: String,
    pub until: String,
    /// Empty for the whole panel.
    pub zones: Vec<String>,
    /// Hold-up, fire and medical are tested too.
    pub also_life_safety: bool,
    pub count: u32,
    pub last_at: Option<String>,
    /// Zones that went off and have not restored.
    pub standing: Vec<String>,
}

/// How many alarms come, against a yardstick from the process industry (EEMUA 191).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LoadView {
    pub minute: u32,
    pub ten_minutes: u32,
    pub hour: u32,
    /// Who took alarms in the last hour; 1 when nobody did.
    pub operators: u32,
    /// Of the last hour, by priority 1 to 4.
    pub by_priority: [u32; 4],
    /// Since when alarms come in a flood: the queue is grouped by site.
    pub flood_since: Option<String>,
    /// What made noise in the last hour and led to nothing, most first.
    pub nuisances: Vec<NuisanceView>,
}

/// A source whose alarms were shelved, or closed without a call-out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NuisanceView {
    /// "Intruder · Community office · Zone 3"
    pub what: String,
    pub site: Option<String>,
    pub count: u32,
}

/// The settings of alarms, for the form that changes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlarmRulesView {
    /// After how many seconds untouched a row ages once, and again; priority 1 first.
    pub ageing_s: [[u32; 2]; 4],
    pub flap_times: u32,
    pub flap_minutes: u32,
    pub flap_quiet_minutes: u32,
    pub flood_begins: u32,
    pub flood_ends: u32,
}
