//! Telephone calls as the operator sees them: one row each, with its card, and what helps while it is written down.

use crate::place::PinView;
use domain::call::{Card, thrive};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One call that nobody has closed yet, with all that its panel shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CallRow {
    pub id: String,
    /// The number to ring back; empty when it was withheld.
    pub number: String,
    /// The number that was rung.
    pub to: String,
    /// `ringing`, `answered`, `missed`, `ended`.
    pub phase: String,
    pub began_at: String,
    pub answered_at: Option<String>,
    pub ended_at: Option<String>,
    /// From ringing to answering, in seconds.
    pub answer_s: Option<i32>,
    /// Who has it.
    pub taken_by: Option<String>,
    pub mine: bool,
    /// Written down without an exchange.
    pub by_hand: bool,
    /// It rings, or was missed, and nobody has it.
    pub waits: bool,
    pub card: CallCard,
    /// The newest grading.
    pub grade: Option<GradeView>,
    /// How often it was graded.
    pub graded: u32,
    pub pending: bool,
}

/// What was written down; all as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct CallCard {
    pub caller: String,
    pub number: String,
    pub about: String,
    pub address: String,
    pub place: String,
    pub point: Option<PinView>,
    /// By id.
    pub site: Option<String>,
    pub text: String,
}

impl From<&Card> for CallCard {
    fn from(card: &Card) -> Self {
        let card = card.clone();
        Self {
            caller: card.caller,
            number: card.number,
            about: card.about,
            address: card.address,
            place: card.place,
            point: card.point.map(|p| PinView { lat: p.lat, lon: p.lon }),
            site: card.site.map(|id| id.to_string()),
            text: card.text,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct AspectView {
    /// `none`, `some`, `high`, `unknown`; nothing while it was not asked.
    pub level: Option<String>,
    pub note: String,
}

/// The six questions of THRIVE as answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct ThriveView {
    pub threat: AspectView,
    pub harm: AspectView,
    pub risk: AspectView,
    pub investigation: AspectView,
    pub vulnerability: AspectView,
    pub engagement: AspectView,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GradeView {
    pub thrive: ThriveView,
    /// What the operator decided.
    pub priority: u8,
    pub at: String,
}

/// What a card says at this moment, typed or chosen and not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct CallQuestion {
    pub call: Option<String>,
    pub site: Option<String>,
    pub pin: Option<PinView>,
    pub address: String,
    pub place: String,
    pub number: String,
    pub thrive: ThriveView,
}

/// What helps with it: offered, never applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CallHelp {
    pub likely: Vec<LikelyView>,
    /// The priority that the answers point to; none when too little was asked.
    pub suggested: Option<u8>,
    /// The same in a sentence, with why.
    pub suggestion: String,
    /// Calls are taken at this hour.
    pub service: bool,
    /// `16:00–03:00`
    pub hours: String,
    /// What to tell a caller at other hours; empty when nothing was set.
    pub alternative: String,
}

/// Something the call may be about already.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LikelyView {
    /// `callout` or `call`.
    pub kind: String,
    pub id: String,
    pub what: String,
    pub began_at: String,
    pub open: bool,
    pub reasons: Vec<String>,
}

/// When calls are taken, and what callers are told at other times; for the form that sets it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HoursView {
    pub start: String,
    pub end: String,
    pub outside: String,
    pub telephone: String,
}

/// A telephone call behind a call-out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CallBehind {
    pub id: String,
    pub at: String,
    pub caller: String,
    pub number: String,
    /// From ringing to answering, in seconds.
    pub answer_s: Option<i32>,
}

impl ThriveView {
    /// What cannot be read was not asked.
    pub fn read(&self) -> thrive::Thrive {
        serde_json::to_value(self).ok().and_then(|answers| serde_json::from_value(answers).ok()).unwrap_or_default()
    }
}

impl From<&thrive::Thrive> for ThriveView {
    fn from(thrive: &thrive::Thrive) -> Self {
        let view = |aspect: &thrive::Aspect| AspectView {
            level: aspect.level.map(|level| level_word(level).to_owned()),
            note: aspect.note.clone(),
        };
        Self {
            threat: view(&thrive.threat),
            harm: view(&thrive.harm),
            risk: view(&thrive.risk),
            investigation: view(&thrive.investigation),
            vulnerability: view(&thrive.vulnerability),
            engagement: view(&thrive.engagement),
        }
    }
}

fn level_word(level: thrive::Level) -> &'static str {
    match level {
        thrive::Level::None => "none",
        thrive::Level::Some => "some",
        thrive::Level::High => "high",
        thrive::Level::Unknown => "unknown",
    }
}
