//! Police, ambulance and fire as the liaison log tells of them: called, attending, there.

use super::Callout;
use crate::Instant;

pub const SERVICES: [&str; 3] = ["police", "ambulance", "fire"];

#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub whom: &'static str,
    pub called_at: Instant,
    pub attending_at: Option<Instant>,
    pub arrived_at: Option<Instant>,
    /// The newest reference they gave.
    pub reference: String,
    /// The newest outcome: `answered`, `no_reply`, `attending`, `arrived`.
    pub outcome: String,
}

impl Callout {
    /// Those that were called, each with its times.
    pub fn services(&self) -> Vec<Service> {
        SERVICES.into_iter().filter_map(|whom| self.service(whom)).collect()
    }

    fn service(&self, whom: &'static str) -> Option<Service> {
        let mut calls: Vec<_> = self.liaison.iter().filter(|l| l.what.whom == whom).collect();
        calls.sort_by_key(|call| (call.at, call.seq));
        let first = |outcome: &str| calls.iter().find(|l| l.what.outcome == outcome).map(|l| l.at);
        let newest = calls.last()?;
        Some(Service {
            whom,
            called_at: calls.first()?.at,
            attending_at: first("attending"),
            arrived_at: first("arrived"),
            reference: calls
                .iter()
                .rev()
                .map(|l| l.what.reference.trim())
                .find(|r| !r.is_empty())
                .unwrap_or_default()
                .to_owned(),
            outcome: newest.what.outcome.clone(),
        })
    }
}
