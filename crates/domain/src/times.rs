//! How long each thing about a call-out may take, by priority 1 to 4 (facts, section 4). A council sets them once; a
//! call-out keeps those it was opened with, so that a change ends no clock that runs.

use crate::alarm::Priority;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CalloutTimes {
    /// To answer an offer, in seconds.
    pub accept_s: [u32; 4],
    /// From the acceptance to setting off, in seconds.
    pub set_off_s: [u32; 4],
    /// From the acceptance to being there, in minutes.
    pub arrive_min: [u32; 4],
    /// Standing still on the way, in minutes.
    pub no_movement_min: [u32; 4],
    /// How long an officer on scene may be silent, in minutes.
    pub check_call_min: [u32; 4],
    /// How long the police may be silent before they are rung back, in minutes; 0 is never.
    pub police_min: [u32; 4],
    /// For the report after leaving, in hours.
    pub report_h: [u32; 4],
}

impl Default for CalloutTimes {
    fn default() -> Self {
        Self {
            accept_s: [30, 45, 90, 90],
            set_off_s: [90, 180, 300, 300],
            arrive_min: [20, 30, 60, 60],
            no_movement_min: [3, 5, 10, 10],
            check_call_min: [10, 10, 20, 20],
            police_min: [15, 30, 0, 0],
            report_h: [12, 24, 24, 24],
        }
    }
}

fn of(all: &[u32; 4], priority: Priority) -> i64 {
    i64::from(all[usize::from(u8::from(priority)) - 1])
}

impl CalloutTimes {
    pub fn accept(&self, priority: Priority) -> TimeDelta {
        TimeDelta::seconds(of(&self.accept_s, priority))
    }

    pub fn set_off(&self, priority: Priority) -> TimeDelta {
        TimeDelta::seconds(of(&self.set_off_s, priority))
    }

    pub fn arrive(&self, priority: Priority) -> TimeDelta {
        TimeDelta::minutes(of(&self.arrive_min, priority))
    }

    pub fn no_movement(&self, priority: Priority) -> TimeDelta {
        TimeDelta::minutes(of(&self.no_movement_min, priority))
    }

    pub fn check_call(&self, priority: Priority) -> TimeDelta {
        TimeDelta::minutes(of(&self.check_call_min, priority))
    }

    /// None: the police are not rung back by the clock.
    pub fn police(&self, priority: Priority) -> Option<TimeDelta> {
        Some(of(&self.police_min, priority)).filter(|minutes| *minutes > 0).map(TimeDelta::minutes)
    }

    pub fn report(&self, priority: Priority) -> TimeDelta {
        TimeDelta::hours(of(&self.report_h, priority))
    }

    /// What is wrong with it, if anything. Shorter, it would do nothing but ring; longer, nobody would be missed.
    pub fn fault(&self) -> Option<&'static str> {
        let within = |all: &[u32; 4], from: u32, to: u32| all.iter().all(|n| (from..=to).contains(n));
        let police = self.police_min.iter().all(|n| *n == 0 || (5..=240).contains(n));
        [
            (within(&self.accept_s, 15, 600), "An offer is answered within 15 to 600 seconds."),
            (within(&self.set_off_s, 30, 3_600), "Officers set off within 30 to 3,600 seconds."),
            (within(&self.arrive_min, 5, 1_440), "Officers are there within 5 to 1,440 minutes."),
            (within(&self.no_movement_min, 2, 120), "Standing still is noticed after 2 to 120 minutes."),
            (within(&self.check_call_min, 5, 60), "Officers on scene are heard from every 5 to 60 minutes."),
            (police, "The police are rung back after 5 to 240 minutes, or never (0)."),
            (within(&self.report_h, 1, 72), "A report is in within 1 to 72 hours."),
        ]
        .into_iter()
        .find_map(|(fine, why)| (!fine).then_some(why))
    }
}
