//! What a customer's own system has to do with a call-out: its requests, its rating, and tests.
//!
//! A test is a call-out that nobody is sent to. It plays through the stages of a real one by itself, so that whoever
//! builds a system against ours sees everything happen. It has a number of its own kind, no assignments, and no place in
//! lists or figures.

use super::{Callout, CalloutState};
use crate::Instant;
use crate::id::CalloutId;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How far a test has been played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestStage {
    Owned,
    Offered,
    Accepted,
    EnRoute,
    Arrived,
    Securing,
    Left,
    Reported,
    Closed,
}

/// Long enough to look at a stage, short enough to wait for the end.
pub const TEST_STEP: TimeDelta = TimeDelta::seconds(10);

/// Requests for one call-out that are kept; a program that asks more often is broken.
pub const ASKED_MAX: usize = 50;

impl TestStage {
    pub const ALL: [Self; 9] = [
        Self::Owned,
        Self::Offered,
        Self::Accepted,
        Self::EnRoute,
        Self::Arrived,
        Self::Securing,
        Self::Left,
        Self::Reported,
        Self::Closed,
    ];

    /// The state of a real call-out at this stage.
    pub fn state(self) -> CalloutState {
        match self {
            Self::Owned => CalloutState::Triaged,
            Self::Offered => CalloutState::Offering,
            Self::Accepted => CalloutState::Accepted,
            Self::EnRoute => CalloutState::EnRoute,
            Self::Arrived => CalloutState::OnScene,
            Self::Securing => CalloutState::Securing,
            Self::Left => CalloutState::Reporting,
            Self::Reported => CalloutState::Review,
            Self::Closed => CalloutState::Closed,
        }
    }

    /// As a line of the timeline says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Owned => "Test: the control room works on it",
            Self::Offered => "Test: offered to an officer",
            Self::Accepted => "Test: an officer accepted",
            Self::EnRoute => "Test: the officer is on the way",
            Self::Arrived => "Test: the officer arrived",
            Self::Securing => "Test: the officer secures the site",
            Self::Left => "Test: the officer has left",
            Self::Reported => "Test: the report is in",
            Self::Closed => "Test: closed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Played {
    pub stage: TestStage,
    pub at: Instant,
}

/// `TEST-3F9A2C81D0`: nobody takes it for a call-out's number, and it uses none up.
pub fn test_number(id: CalloutId) -> String {
    let text = id.0.simple().to_string().to_uppercase();
    format!("TEST-{}", &text[text.len() - 10..])
}

impl Callout {
    /// Somebody is coming or there, or should be: whoever asks again is told of this one. When the officer has left, a
    /// new request is a new call-out.
    pub fn is_coming(&self) -> bool {
        !self.is_over() && !matches!(self.state, CalloutState::Reporting | CalloutState::Review)
    }

    /// The stages that a test still has before it.
    pub fn test_ahead(&self) -> impl Iterator<Item = TestStage> {
        let at = self.played.as_ref().map(|p| p.stage);
        let more = self.test && !self.is_over();
        TestStage::ALL.into_iter().filter(move |stage| more && Some(*stage) > at)
    }

    /// When a test goes on by itself.
    pub fn test_goes_on_at(&self) -> Option<Instant> {
        self.test_ahead().next()?;
        Some(self.played.as_ref().map_or(self.created_at, |p| p.at) + TEST_STEP)
    }

    /// When it reached a stage, for a test's times.
    pub fn test_reached(&self, stage: TestStage) -> Option<Instant> {
        self.timeline.iter().find(|e| self.test && e.text == stage.words()).map(|e| e.at)
    }
}
