//! What a council sets once and every page and report shows.

use crate::callout::updates::UpdatePolicy;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The council: "London Borough of Camden".
    pub council: String,
    /// What the service is called on pages, links and reports: "Responsive Security Patrol".
    pub service_name: String,
    pub contact: ContactCard,
    /// Civil time the shift starts and ends, `HH:MM` in [`Settings::zone`]; the end is on the next day when it is
    /// not after the start.
    pub shift_start: String,
    pub shift_end: String,
    /// IANA time zone of every civil time.
    pub zone: String,
    /// How often customers and the control room are to hear something, where a site has no word of its own.
    pub updates: UpdatePolicy,
    /// So long before the shift ends the handover is brought up, in minutes.
    pub handover_prompt_min: u32,
    /// Set when the data directory was made; never by a command.
    pub demonstration: bool,
}

/// How the public reaches the service; printed on every customer-facing page and report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactCard {
    pub telephone: String,
    pub email: String,
    pub web: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            council: String::new(),
            service_name: "Responsive Security Patrol".into(),
            contact: ContactCard::default(),
            shift_start: "16:00".into(),
            shift_end: "03:00".into(),
            zone: "Europe/London".into(),
            updates: UpdatePolicy::default(),
            handover_prompt_min: 30,
            demonstration: false,
        }
    }
}
