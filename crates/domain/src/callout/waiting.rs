//! What a call-out waits for beside its officers: a later hour, the police, a word about a cancellation.

use super::Callout;
use crate::Instant;
use crate::command::Author;
use serde::{Deserialize, Serialize};

/// Put off, with an owner, a reason and an end. Nobody is asked meanwhile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    pub at: Instant,
    pub by: Author,
    pub reason: String,
    pub until: Instant,
}

/// The police were called and are not there yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceWait {
    pub at: Instant,
    pub by: Author,
    /// CAD or incident number, as given.
    pub reference: String,
    /// When they were last spoken to.
    pub spoken_at: Instant,
    /// Since when they should be rung back.
    pub call_back_due: Option<Instant>,
}

/// A customer wants nobody any more. A person rings back before anything is stood down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CancelRequest {
    pub at: Instant,
    pub by: Author,
    pub reason: String,
    /// The word given means: I am being made to say this.
    pub duress: bool,
}

impl Callout {
    /// When the police should be rung back next. None while that is due already, or without a clock.
    pub fn police_call_back_at(&self) -> Option<Instant> {
        let wait = self.police.as_ref().filter(|wait| wait.call_back_due.is_none() && !self.is_over())?;
        Some(wait.spoken_at + self.times().police(self.priority)?)
    }

    /// When what was put off comes back.
    pub fn hold_ends_at(&self) -> Option<Instant> {
        self.hold.as_ref().filter(|_| !self.is_over()).map(|hold| hold.until)
    }
}
