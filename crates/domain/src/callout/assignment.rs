//! One officer on one call-out, from the offer to leaving.

use super::Given;
use crate::Instant;
use crate::command::{ArrivalSource, DraDecision, DraRecord, LocationConfirm, Park};
use crate::event::Texted;
use crate::geo::Point;
use crate::id::{AssignmentId, OfficerId, UnitId};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    Offered,
    Declined,
    Expired,
    /// Taken back by the controller, or by another officer's acceptance.
    Withdrawn,
    Accepted,
    EnRoute,
    Arrived,
    /// Left; only the report remains.
    Clear,
    /// Done with this call-out altogether.
    Finished,
    /// Withdrew for safety.
    Aborted,
    /// Sent to another call-out before this one was done.
    Released,
}

impl AssignmentState {
    /// The officer has it and is not done with it.
    pub fn is_active(self) -> bool {
        match self {
            Self::Accepted | Self::EnRoute | Self::Arrived | Self::Clear => true,
            Self::Offered
            | Self::Declined
            | Self::Expired
            | Self::Withdrawn
            | Self::Finished
            | Self::Aborted
            | Self::Released => false,
        }
    }

    /// The officer cannot be sent elsewhere without taking him from this.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Accepted | Self::EnRoute | Self::Arrived)
    }
}

/// What an officer is on a call-out for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Whose progress is the call-out's; one at a time.
    #[default]
    Lead,
    /// Back-up: works beside the lead, leaves without closing anything.
    Support,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub id: AssignmentId,
    #[serde(default)]
    pub part: Part,
    pub officer: OfficerId,
    pub unit: UnitId,
    pub call_sign: String,
    pub state: AssignmentState,
    pub offered_at: Instant,
    pub expires_at: Instant,
    pub rank: u32,
    pub of: u32,
    pub distance_m: Option<f64>,
    pub travel_s: Option<f64>,
    /// The time is a routing server's, not a straight line's.
    #[serde(default)]
    pub by_road: bool,
    pub reasons: Vec<String>,
    pub then: Vec<String>,
    pub override_reason: Option<String>,
    pub delivered_at: Option<Instant>,
    pub seen_at: Option<Instant>,
    /// Ten seconds passed and no phone had it: use the radio.
    pub not_delivered_at: Option<Instant>,
    /// The SMS that was sent because of that.
    #[serde(default)]
    pub text: Option<Given<Texted>>,
    pub accepted_at: Option<Instant>,
    #[serde(default)]
    pub by_voice: bool,
    /// Why it ended before work began.
    #[serde(default)]
    pub ended_reason: String,
    pub rams: Option<RamsSigned>,
    pub location: Option<Given<LocationConfirm>>,
    pub en_route_at: Option<Instant>,
    pub arrived: Option<Arrival>,
    pub parked: Option<Given<Park>>,
    /// Every assessment, newest last.
    #[serde(default)]
    pub assessments: Vec<Given<DraRecord>>,
    /// Since when a check call is unanswered.
    pub check_call_due: Option<Instant>,
    /// When the officer was last known to be well: something recorded, or a check call answered.
    pub last_contact_at: Option<Instant>,
    /// Since when the assessment should be made again.
    #[serde(default)]
    pub assess_due: Option<Instant>,
    /// Since when nobody has answered a check call for so long that help was called.
    #[serde(default)]
    pub unanswered_at: Option<Instant>,
    /// By position: has set off and has not said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seems_en_route_at: Option<Instant>,
    /// By position: stands still on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_moving_at: Option<Instant>,
    /// By position: is no longer on the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seems_left_at: Option<Instant>,
    /// Reminded to set off.
    #[serde(default)]
    pub not_set_off_at: Option<Instant>,
    /// Reminded of the report.
    #[serde(default)]
    pub report_due_at: Option<Instant>,
    /// Withdrew, and since when it should have been decided what now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided_at: Option<Instant>,
    /// Left the site, or known to be safe after withdrawing.
    pub left_at: Option<Instant>,
    /// When the officer said that the stand-down was heard.
    #[serde(default)]
    pub stand_down_heard_at: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsSigned {
    pub at: Instant,
    pub version: u32,
    pub opened_ms: Option<u64>,
    /// When the same version was signed before: this was only confirmed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Instant>,
    pub seq: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// When the officer was first known to be there.
    pub at: Instant,
    pub source: ArrivalSource,
    /// A tap or a voice; a geofence alone opens no gate.
    pub confirmed_at: Option<Instant>,
    pub point: Option<Point>,
    pub distance_m: Option<f64>,
    pub reason: Option<String>,
    pub seq: i64,
}

impl Assignment {
    pub fn assessment(&self) -> Option<&Given<DraRecord>> {
        self.assessments.last()
    }

    /// Whether the newest assessment of this officer lets the inspection go on.
    pub fn may_go_on(&self) -> bool {
        self.assessment().is_some_and(|dra| match dra.what.decision {
            DraDecision::Proceed | DraDecision::ProceedWithControls | DraDecision::ExternalOnly => true,
            DraDecision::Wait | DraDecision::Withdraw => false,
        })
    }

    /// When the risk should be assessed again: five minutes after "wait", else after half an hour (facts, section 7).
    pub fn assess_again_at(&self) -> Option<Instant> {
        let newest = self.assessment().filter(|_| self.state == AssignmentState::Arrived)?;
        let again = match newest.what.decision {
            DraDecision::Wait => TimeDelta::minutes(5),
            _ => TimeDelta::minutes(30),
        };
        Some(self.assess_due.map_or(newest.at, |reminded| reminded.max(newest.at)) + again)
    }

    /// From when on the phone asks for it: reminded already, or at the time that holds.
    pub fn assessment_due_at(&self) -> Option<Instant> {
        let again = self.assess_again_at()?;
        Some(self.assess_due.map_or(again, |reminded| reminded.min(again)))
    }

    /// Inside is locked while the newest assessment says outside only.
    pub fn outside_only(&self) -> bool {
        self.assessment().is_some_and(|dra| dra.what.decision == DraDecision::ExternalOnly)
    }

    /// No check call waits for an answer any more, and what the positions asked is answered.
    pub(super) fn answered(&mut self) {
        (self.check_call_due, self.unanswered_at) = (None, None);
        (self.not_moving_at, self.seems_left_at) = (None, None);
    }

    /// On the way, as the officer or the positions say.
    pub fn is_on_the_way(&self) -> bool {
        match self.state {
            AssignmentState::EnRoute => true,
            AssignmentState::Accepted => self.seems_en_route_at.is_some(),
            _ => false,
        }
    }

    /// Withdrew for safety, and nobody has heard since that the officer is well.
    pub fn is_unsafe(&self) -> bool {
        self.state == AssignmentState::Aborted && self.left_at.is_none()
    }

    /// On site, or not known to be safe: somebody must hear from the officer again and again.
    pub fn is_watched(&self) -> bool {
        self.is_unsafe() || self.state.is_busy() && self.arrived.is_some()
    }

    /// Cannot be sent elsewhere without taking the officer from this.
    pub fn is_engaged(&self) -> bool {
        self.is_unsafe() || self.state.is_busy()
    }

    pub fn arrival_confirmed(&self) -> bool {
        self.arrived.as_ref().is_some_and(|a| a.confirmed_at.is_some())
    }
}
