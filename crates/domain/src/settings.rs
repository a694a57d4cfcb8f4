//! What a council sets once and every page and report shows.

use crate::alarm::Priority;
use crate::callout::updates::UpdatePolicy;
use crate::site::Contact;
use crate::times::CalloutTimes;
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
    /// How often customers and the control room are to hear something, where a site has no word of its own.
    pub updates: UpdatePolicy,
    /// So long before the shift ends the handover is brought up, in minutes.
    pub handover_prompt_min: u32,
    /// Set when the data directory was made; never by a command.
    pub demonstration: bool,
    /// How alarms are shown and counted. A command that leaves it out changes nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<AlarmSettings>,
    /// How call-outs go. A command that leaves it out changes nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callouts: Option<CalloutSettings>,
    /// Who is rung in an emergency, in this order. They come and go by events of their own, one person each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managers: Vec<Contact>,
}

/// How call-outs go: the clocks, and what an operator may do without a supervisor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CalloutSettings {
    pub times: CalloutTimes,
    /// May stand down a call-out of priority 1.
    pub operators_stand_down_p1: bool,
    /// May approve reports, and return them.
    pub operators_review: bool,
}

/// How alarms are shown and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlarmSettings {
    /// After how many seconds untouched a row ages once, and again; priority 1 first.
    pub ageing_s: [[u32; 2]; 4],
    pub flap: FlapRule,
    pub flood: FloodRule,
}

/// A detector that goes off more than so many times in so many minutes is *flapping*, until it has been quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlapRule {
    pub times: u32,
    pub minutes: u32,
    pub quiet_minutes: u32,
}

/// More alarms than `begins` in a minute are a flood; it is over after a minute with no more than `ends`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloodRule {
    pub begins: u32,
    pub ends: u32,
}

impl Default for FlapRule {
    fn default() -> Self {
        Self { times: 5, minutes: 10, quiet_minutes: 10 }
    }
}

impl Default for FloodRule {
    fn default() -> Self {
        Self { begins: 10, ends: 4 }
    }
}

impl Default for AlarmSettings {
    fn default() -> Self {
        let ageing_s = [Priority::P1, Priority::P2, Priority::P3, Priority::P4].map(Priority::ageing_s);
        Self { ageing_s, flap: FlapRule::default(), flood: FloodRule::default() }
    }
}

impl AlarmSettings {
    pub fn ageing_of(&self, priority: Priority) -> [u32; 2] {
        self.ageing_s[usize::from(u8::from(priority)) - 1]
    }

    /// What is wrong with it, if anything.
    pub fn fault(&self) -> Option<&'static str> {
        let in_order = |[first, second]: &[u32; 2]| *first >= 1 && first < second && *second <= 86_400;
        let FlapRule { times, minutes, quiet_minutes } = self.flap;
        if !self.ageing_s.iter().all(in_order) {
            return Some("A row ages first and then again, within a day.");
        }
        if !(2..=20).contains(&times) || !(1..=60).contains(&minutes) || !(1..=120).contains(&quiet_minutes) {
            return Some("Flapping is 2 to 20 times in 1 to 60 minutes, and over after 1 to 120 quiet minutes.");
        }
        if !(2..=1_000).contains(&self.flood.begins) || self.flood.ends >= self.flood.begins {
            return Some("A flood begins with 2 to 1,000 alarms in a minute and ends with fewer than that.");
        }
        None
    }
}

impl Settings {
    pub fn callouts(&self) -> CalloutSettings {
        self.callouts.clone().unwrap_or_default()
    }

    pub fn alarms(&self) -> AlarmSettings {
        self.alarms.clone().unwrap_or_default()
    }
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
            updates: UpdatePolicy::default(),
            handover_prompt_min: 30,
            demonstration: false,
            alarms: None,
            callouts: None,
            managers: vec![],
        }
    }
}
