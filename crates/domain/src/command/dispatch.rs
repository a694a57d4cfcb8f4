//! Opening a call-out, asking officers, standing down.

use super::yes;
use crate::Instant;
use crate::alarm::Priority;
use crate::geo::Point;
use crate::id::{AlarmId, AssignmentId, CallId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalloutCreate {
    #[serde(default)]
    pub alarm: Option<AlarmId>,
    /// Site by id or reference; not needed with an alarm that has one.
    #[serde(default)]
    pub site: Option<String>,
    /// Where, when it is not a registered site.
    #[serde(default)]
    pub point: Option<Point>,
    /// Address as typed, when it is not a registered site.
    #[serde(default)]
    pub address: Option<String>,
    /// What it is about: `intruder`, `noise_nuisance` …; from the alarm when left out.
    #[serde(default, rename = "type")]
    pub about: Option<String>,
    #[serde(default)]
    pub priority: Option<Priority>,
    #[serde(default)]
    pub text: String,
    /// False keeps it for the operator to offer.
    #[serde(default = "yes")]
    pub offer: bool,
    /// What the desk called it until the hub gave it a number: `D2-0007`.
    #[serde(default)]
    pub provisional: Option<String>,
    /// The telephone call it comes from; place, kind, priority and text from its card when left out here.
    #[serde(default)]
    pub call: Option<CallId>,
    /// The place in any form as somebody gave it: three words, a grid reference.
    #[serde(default)]
    pub place: String,
    /// Why it is taken although the service is closed at this time.
    #[serde(default)]
    pub out_of_hours: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandDown {
    pub reason: String,
    #[serde(default)]
    pub told: String,
    /// The log position up to which the person knew what had happened. Who arrived after it makes this a question.
    #[serde(default)]
    pub seen: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssignmentOffer {
    /// Officer by id or reference, or a call sign; the nearest when left out.
    #[serde(default)]
    pub officer: Option<String>,
    /// Why not the nearest.
    #[serde(default)]
    pub reason: Option<String>,
    /// As back-up for the officer who has it.
    #[serde(default)]
    pub support: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accept {
    /// The offer that was on the screen. Without it the officer's only open offer on this call-out is meant.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
}

/// Takes an officer off a call-out that goes on; what was recorded stays that officer's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssignmentRelease {
    /// Officer by id or reference, or a call sign; the lead when left out.
    #[serde(default)]
    pub officer: Option<String>,
    pub reason: String,
}

/// Makes a back-up officer the lead; the lead becomes back-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadHandOver {
    /// Officer by id or reference, or a call sign; the one back-up officer when left out.
    #[serde(default)]
    pub officer: Option<String>,
    pub reason: String,
}

/// An officer was there before anybody was asked; the command's `at` is when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssignmentAttend {
    /// Officer by id or reference, or a call sign.
    pub officer: String,
    pub reason: String,
}

/// Puts a call-out off that nobody is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalloutHold {
    pub reason: String,
    pub until: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceWait {
    /// Whether they are waited for.
    pub on: bool,
    /// CAD or incident number, as given.
    #[serde(default)]
    pub reference: String,
}

/// What a customer wishes; only the control room stands down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CancelRequest {
    #[serde(default)]
    pub reason: String,
    /// The word for duress was given. Whoever asked is told what everybody is told.
    #[serde(default)]
    pub duress: bool,
}

/// How the SMS about an offer stands; at most one for each offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextState {
    /// The hub is about to send it. Without this it sends none, so that no restart sends a second.
    Sending,
    /// A gateway took it; whether a phone has it is not known.
    Sent,
    Failed,
}

/// In our words, never in a gateway's: those may name a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFailure {
    NoNumber,
    /// The gateway will not send it, however often it is asked.
    Refused,
    /// Nobody answered until the offer was over.
    NotReached,
    /// The gateway was asked and gave no answer: asking again might send a second one.
    NotKnown,
    /// Answered, taken back or run out before it could be sent.
    OfferOver,
}

impl TextFailure {
    pub fn words(self) -> &'static str {
        match self {
            Self::NoNumber => "no mobile number in the register",
            Self::Refused => "the gateway refused it",
            Self::NotReached => "the gateway could not be reached",
            Self::NotKnown => "the gateway did not say whether it went",
            Self::OfferOver => "the offer ended first",
        }
    }
}

/// What the positions of a unit say of the officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticedWhat {
    /// Is on the way and has not said so.
    SetOff,
    /// Stands still on the way.
    NotMoving,
    Moving,
    /// Is no longer on the site and has not said how it was left.
    LeftSite,
    BackOnSite,
}

/// The hub's word from positions: a suggestion that a person confirms or answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssignmentNotice {
    /// The lead's when left out.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
    pub what: NoticedWhat,
    #[serde(default)]
    pub point: Option<Point>,
}

/// An offer that no phone has is told by SMS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssignmentText {
    /// The open offer when left out.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
    pub state: TextState,
    /// Why it failed.
    #[serde(default)]
    pub failure: Option<TextFailure>,
}
