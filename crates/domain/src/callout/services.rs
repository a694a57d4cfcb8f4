//! Those who come from outside, as the liaison log tells of them: called, attending, there, done.

use super::Callout;
use crate::Instant;
use crate::command::LiaisonRecord;

/// Police, ambulance and fire, then who protects the place afterwards.
pub const SERVICES: [&str; 6] = ["police", "ambulance", "fire", "boarding_up", "locksmith", "guard"];

/// Whether it is somebody who sends a bill.
pub fn is_contractor(whom: &str) -> bool {
    matches!(whom, "boarding_up" | "locksmith" | "guard")
}

#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub whom: &'static str,
    pub called_at: Instant,
    pub attending_at: Option<Instant>,
    pub arrived_at: Option<Instant>,
    pub done_at: Option<Instant>,
    /// When they last said they would be there.
    pub due_at: Option<Instant>,
    pub authorised_by: String,
    /// In whole pounds.
    pub cost_cap: Option<u32>,
    /// The newest reference they gave.
    pub reference: String,
    /// The newest outcome: `answered`, `no_reply`, `attending`, `arrived`, `done`.
    pub outcome: String,
}

impl Callout {
    /// Those that were called, each with its times.
    pub fn services(&self) -> Vec<Service> {
        SERVICES.into_iter().filter_map(|whom| self.service(whom)).collect()
    }

    /// The police an officer told at the scene, where no call of their own is on record.
    fn police_told(&self) -> Option<Service> {
        let record = self.forced_entry.as_ref()?;
        let police = record.what.police.as_ref().filter(|p| p.informed)?;
        Some(Service {
            whom: "police",
            called_at: record.at,
            attending_at: None,
            arrived_at: None,
            done_at: None,
            due_at: None,
            authorised_by: String::new(),
            cost_cap: None,
            reference: police.reference.clone(),
            outcome: "answered".into(),
        })
    }

    fn service(&self, whom: &'static str) -> Option<Service> {
        let mut calls: Vec<_> = self.liaison.iter().filter(|l| l.what.whom == whom).collect();
        calls.sort_by_key(|call| (call.at, call.seq));
        let first = |outcome: &str| calls.iter().find(|l| l.what.outcome == outcome).map(|l| l.at);
        let Some(newest) = calls.last() else {
            return (whom == "police").then(|| self.police_told()).flatten();
        };
        let text = |of: fn(&LiaisonRecord) -> &str| {
            calls.iter().rev().map(|l| of(&l.what).trim()).find(|t| !t.is_empty()).unwrap_or_default().to_owned()
        };
        Some(Service {
            whom,
            called_at: calls.first()?.at,
            attending_at: first("attending"),
            arrived_at: first("arrived"),
            done_at: first("done"),
            due_at: calls.iter().rev().find_map(|l| l.what.due_at),
            authorised_by: text(|l| &l.authorised_by),
            cost_cap: calls.iter().rev().find_map(|l| l.what.cost_cap),
            reference: match text(|l| &l.reference) {
                none if none.is_empty() && whom == "police" => self.police_told().map_or(none, |told| told.reference),
                reference => reference,
            },
            outcome: newest.what.outcome.clone(),
        })
    }
}
