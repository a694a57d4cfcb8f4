//! What a council sets once and every page and report shows.

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
    /// When telephone calls are taken, and what callers are told at other times.
    #[serde(skip_serializing_if = "ServiceHours::is_default")]
    pub service_hours: ServiceHours,
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

/// The same start and end mean all day. The end is on the next day when it is not after the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceHours {
    pub start: String,
    pub end: String,
    /// What a caller is told outside these hours: "Leave it with the out-of-hours line". Empty: nothing is said.
    pub outside: String,
    /// The number that goes with it.
    pub telephone: String,
}

impl Default for ServiceHours {
    fn default() -> Self {
        Self { start: "16:00".into(), end: "03:00".into(), outside: String::new(), telephone: String::new() }
    }
}

impl ServiceHours {
    /// Left out of what is stored, so that what was stored before there were any is the same.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
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
            service_hours: ServiceHours::default(),
            demonstration: false,
        }
    }
}
