//! Who must hear something, and how often: the customer once an officer is on scene, the control room always, and
//! everybody at the time an escalation's plan names. Silence is itself something to act on.

use super::{Callout, CalloutState};
use crate::Instant;
use crate::alarm::Priority;
use crate::command::{Reached, Role};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How often, in minutes, by priority 1 to 4; 0 is never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdatePolicy {
    /// The customer is told something, once an officer is on scene.
    pub customer_min: [u32; 4],
    /// The control room hears something new, or records something.
    pub control_min: [u32; 4],
}

impl Default for UpdatePolicy {
    fn default() -> Self {
        Self { customer_min: [30, 30, 0, 0], control_min: [15, 30, 60, 120] }
    }
}

impl UpdatePolicy {
    fn of(minutes: &[u32; 4], priority: Priority) -> Option<TimeDelta> {
        let minutes = minutes[usize::from(u8::from(priority)) - 1];
        (minutes > 0).then(|| TimeDelta::minutes(i64::from(minutes)))
    }

    /// Below five minutes it would do nothing but ring, above a day nothing at all.
    pub fn is_believable(&self) -> bool {
        self.customer_min.iter().chain(&self.control_min).all(|m| *m == 0 || (5..=1_440).contains(m))
    }
}

/// What was to be said or heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The customer was to be told something.
    Customer,
    /// Something new was to be heard or recorded.
    News,
    /// The time for the next word that the escalation's plan names.
    Planned,
}

impl Expected {
    pub const ALL: [Self; 3] = [Self::Customer, Self::News, Self::Planned];
}

/// That it was asked for, and for which silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chased {
    pub expected: Expected,
    pub since: Instant,
    /// When it was last asked for.
    pub at: Instant,
    /// How often, for this silence.
    pub times: u32,
}

/// A plan that nobody keeps up is asked for again after this.
const PLAN_AGAIN: TimeDelta = TimeDelta::minutes(10);

impl Callout {
    /// Since when there is silence, and how long it may last. None where nobody need hear anything.
    fn silence(&self, expected: Expected) -> Option<(Instant, TimeDelta)> {
        if self.is_over() || matches!(self.state, CalloutState::Reporting | CalloutState::Review) {
            return None;
        }
        match expected {
            Expected::Customer => {
                self.site?;
                let there = self.assignments.iter().filter_map(|a| a.arrived.as_ref()?.confirmed_at).min()?;
                let since = self.customer_told_at().map_or(there, |told| told.max(there));
                Some((since, UpdatePolicy::of(&self.updates.as_ref()?.customer_min, self.priority)?))
            }
            // What is put off has a time of its own.
            Expected::News if self.hold.is_some() => None,
            Expected::News => {
                Some((self.news_at(), UpdatePolicy::of(&self.updates.as_ref()?.control_min, self.priority)?))
            }
            Expected::Planned => {
                let plan = self.plan.as_ref()?;
                let due = plan.what.next_update_at?;
                Some((plan.at, due - plan.at))
            }
        }
    }

    /// When it is asked for next.
    pub fn chase_at(&self, expected: Expected) -> Option<Instant> {
        let (since, lasts) = self.silence(expected)?;
        let again = if expected == Expected::Planned { PLAN_AGAIN } else { lasts };
        Some(self.chased_for(expected, since).map_or(since + lasts, |chased| chased.at + again))
    }

    /// What was asked for and has not come since.
    pub fn overdue(&self, expected: Expected) -> Option<&Chased> {
        let (since, _) = self.silence(expected)?;
        self.chased_for(expected, since)
    }

    /// Since when there is silence, for the event that asks.
    pub(crate) fn silent_since(&self, expected: Expected) -> Option<Instant> {
        self.silence(expected).map(|(since, _)| since)
    }

    fn chased_for(&self, expected: Expected, since: Instant) -> Option<&Chased> {
        self.chased.iter().find(|c| c.expected == expected && c.since == since)
    }

    /// When the customer was last told something by a person: a message, a call, a contact who answered.
    pub fn customer_told_at(&self) -> Option<Instant> {
        let messages = self.notes.iter().filter(|n| n.what.share && n.by.role != Role::Customer).map(|n| n.at);
        let calls = self.liaison.iter().filter(|l| l.what.whom == "customer" && l.what.outcome != "no_reply");
        let contacts = self.contacts_tried.iter().filter(|t| t.what.outcome == Reached::Answered && !t.what.manager);
        messages.chain(calls.map(|l| l.at)).chain(contacts.map(|t| t.at)).max()
    }

    /// When the control room last heard something, or somebody recorded something.
    fn news_at(&self) -> Instant {
        self.timeline
            .iter()
            .filter(|entry| entry.who != super::evolve::SYSTEM)
            .map(|entry| entry.recorded_at)
            .max()
            .unwrap_or(self.created_at)
    }

    pub(super) fn chase(&mut self, expected: Expected, since: Instant, at: Instant) {
        let times = self.chased_for(expected, since).map_or(0, |c| c.times) + 1;
        self.chased.retain(|c| c.expected != expected);
        self.chased.push(Chased { expected, since, at, times });
    }
}
