//! A telephone call: rung, answered, by whom, what about, what it led to.
//!
//! Two things go on apart from each other. The telephone rings, is answered and ends, as an exchange tells, in any order
//! and more than once; and somebody in the control room writes down what is wanted and says what came of it. A call stays
//! on the screen until a person has said that, whatever the telephone does.

pub mod duplicates;
mod evolve;
pub mod hours;
pub mod number;
pub mod record;
pub mod thrive;

pub use thrive::Thrive;

use crate::Instant;
use crate::callout::Given;
use crate::geo::Point;
use crate::id::{AccountId, CallId, CalloutId, IncidentId, SiteId};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// What an exchange tells about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    Ringing,
    Answered,
    Missed,
    Ended,
}

/// How the telephone stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Ringing,
    Answered,
    /// Nobody answered: somebody is to ring back.
    Missed,
    /// Answered, and over.
    Ended,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub id: CallId,
    /// What the exchange calls it; none for one written down by hand.
    pub exchange: Option<String>,
    /// Number of the caller; empty when it was withheld or is not known.
    #[serde(default)]
    pub from: String,
    /// The number that was rung.
    #[serde(default)]
    pub to: String,
    /// When this system first heard of it.
    pub opened_at: Instant,
    pub seq: i64,
    pub rung_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    pub missed_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub taken: Option<Taken>,
    #[serde(default)]
    pub card: Card,
    /// Every grading, newest last.
    #[serde(default)]
    pub grades: Vec<Given<Grade>>,
    pub closed: Option<Closed>,
}

/// Somebody in the control room has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    pub by: AccountId,
    pub at: Instant,
    /// It rang at that moment: an exchange that tells no answering was answered then.
    pub while_ringing: bool,
}

/// What the caller says. Everything as typed; nothing here is rewritten by a look-up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    pub caller: String,
    /// Where to ring back, when it is not the number that rang.
    pub number: String,
    /// What it is about: `noise_nuisance` …; empty while not known.
    pub about: String,
    pub address: String,
    /// A place in any form as somebody gave it: three words, a grid reference.
    pub place: String,
    pub point: Option<Point>,
    pub site: Option<SiteId>,
    pub text: String,
}

/// One grading: what was asked, and the priority the operator decided on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    #[serde(flatten)]
    pub thrive: Thrive,
    pub priority: crate::alarm::Priority,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody was sent.
    CallOut,
    Advice,
    /// To somebody else, who is named.
    PassedOn,
    /// The alternative for the time when the service is closed was given.
    OutOfHours,
    /// About something that is known already.
    Duplicate,
    /// Rung back, and nobody answered.
    NoReply,
    Nuisance,
    Test,
    /// Only recorded, from the exchange's list.
    Recorded,
}

impl Outcome {
    pub fn words(self) -> &'static str {
        match self {
            Self::CallOut => "a call-out was opened",
            Self::Advice => "advice given",
            Self::PassedOn => "passed on",
            Self::OutOfHours => "out-of-hours alternative given",
            Self::Duplicate => "about something known already",
            Self::NoReply => "rung back, no reply",
            Self::Nuisance => "nuisance call",
            Self::Test => "test call",
            Self::Recorded => "recorded from the exchange’s list",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    pub by: AccountId,
    pub at: Instant,
    pub outcome: Outcome,
    /// Whom it was passed to.
    #[serde(default)]
    pub told: String,
    #[serde(default)]
    pub note: String,
    /// The call-out it led to or is about.
    pub callout: Option<CalloutId>,
    /// The earlier call that it repeats.
    #[serde(default)]
    pub same_as: Option<CallId>,
    pub incident: Option<IncidentId>,
    /// Why it was taken although the service is closed.
    #[serde(default)]
    pub out_of_hours: String,
}

impl Call {
    /// An exchange's own name for a call always means the same call, however often it is told.
    pub fn id_of(exchange: &str) -> CallId {
        CallId(crate::id::derived("call", &[exchange.as_bytes()]))
    }

    /// Until a person has said what came of it.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// The same whatever order the exchange told it in.
    pub fn phase(&self) -> Phase {
        let answered = self.answered().is_some();
        match (self.ended_at.is_some(), answered) {
            (true, true) => Phase::Ended,
            (false, true) => Phase::Answered,
            (true, false) => Phase::Missed,
            (false, false) if self.missed_at.is_some() => Phase::Missed,
            (false, false) => Phase::Ringing,
        }
    }

    /// When somebody answered. An exchange that says so knows better than the press in the window; one that says *missed*
    /// does too: the press came too late.
    pub fn answered(&self) -> Option<Instant> {
        let pressed = self.taken.as_ref().filter(|t| t.while_ringing && self.missed_at.is_none());
        self.answered_at.or(pressed.map(|t| t.at))
    }

    /// From ringing to answering. None for a call that was not answered or was never heard to ring.
    pub fn time_to_answer(&self) -> Option<TimeDelta> {
        Some((self.answered()? - self.rung_at?).max(TimeDelta::zero()))
    }

    /// When it came in, as far as anybody knows.
    pub fn began_at(&self) -> Instant {
        self.rung_at.unwrap_or(self.opened_at)
    }

    /// The number to ring back: what the caller gave goes before what the exchange showed.
    pub fn ring_back(&self) -> &str {
        if self.card.number.trim().is_empty() { &self.from } else { &self.card.number }
    }

    /// When this was told by the exchange before, if it was.
    pub fn told(&self, progress: Progress) -> Option<Instant> {
        match progress {
            Progress::Ringing => self.rung_at,
            Progress::Answered => self.answered_at,
            Progress::Missed => self.missed_at,
            Progress::Ended => self.ended_at,
        }
    }

    pub fn grade(&self) -> Option<&Given<Grade>> {
        self.grades.last()
    }
}
