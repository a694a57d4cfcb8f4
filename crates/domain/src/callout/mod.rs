//! The response to an incident: where, how urgent, by which frozen procedure, and what each officer did.
//!
//! Status belongs to the pair of officer and call-out, the [`Assignment`]. From `accepted` to `reporting` the
//! call-out's own state is derived from its lead assignment.

pub mod answers;
pub mod assignment;
pub mod attention;
pub mod brief;
pub mod checks;
pub mod contacts;
mod evolve;
pub mod facts;
pub mod findings;
pub mod managers;
pub mod messages;
pub mod next;
pub mod partner;
pub mod procedure;
pub mod recorded;
pub mod reports;
pub mod reset;
pub mod services;
pub mod steps;
mod timeline;
pub mod updates;
pub mod waiting;

pub use assignment::{Assignment, AssignmentState, Part};

use crate::Instant;
use crate::alarm::Priority;
use crate::command::{
    Author, ChecklistAnswer, ContactTried, ContactsSettle, DraDecision, EscalationPlan, EscalationRaise,
    ForcedEntryRecord, InspectionSection, LiaisonRecord, MajorDeclare, ManagerText, NoteAdd, PremisesSecure,
    ReportReview, ReportSubmit, StepAnswer, StepSkip,
};
use crate::documents::{Checklist, Item, Rams};
use crate::event::{Alerted, Asked, Rated, ReportKept};
use crate::geo::Point;
use crate::id::{AccountId, AlarmId, AssignmentId, CallId, CalloutId, IncidentId, OfficerId, SiteId};
use crate::times::CalloutTimes;
use procedure::ProcedureRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalloutState {
    /// Place or priority still unknown.
    New,
    Triaged,
    Offering,
    Accepted,
    EnRoute,
    OnScene,
    Assessing,
    Inspecting,
    Securing,
    Reporting,
    Review,
    Closed,
    StoodDown,
    /// The officer withdrew for safety; somebody must decide what now.
    Aborted,
    /// Nobody accepted; somebody must decide what now.
    Unresourced,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Callout {
    pub id: CalloutId,
    pub number: String,
    /// What a desk on its own called it before the hub numbered it.
    #[serde(default)]
    pub provisional: Option<String>,
    pub state: CalloutState,
    pub incident: IncidentId,
    pub alarm: Option<AlarmId>,
    /// Further alarms of the site that it answers.
    #[serde(default)]
    pub joined: Vec<AlarmId>,
    pub site: Option<SiteId>,
    pub point: Point,
    pub address: String,
    /// The place in any form as somebody gave it: three words, a grid reference. Never rewritten.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    pub about: String,
    pub title: String,
    pub priority: Priority,
    pub text: String,
    pub procedure: ProcedureRef,
    pub rams: Option<Rams>,
    /// Why these RAMS and no others.
    #[serde(default)]
    pub rams_why: String,
    /// A supervisor allowed RAMS that had expired.
    #[serde(default)]
    pub rams_override: Option<Stamp>,
    pub checklist: Option<Checklist>,
    pub signal_at: Instant,
    pub created_at: Instant,
    pub created_by: Author,
    #[serde(default)]
    pub assignments: Vec<Assignment>,
    /// The assignment whose progress is the call-out's.
    pub lead: Option<AssignmentId>,
    /// Officers the ladder passed over: declined, timed out, withdrawn.
    #[serde(default)]
    pub passed: Vec<OfficerId>,
    pub unresourced: Option<Stamp>,
    /// Since when officers have been asked without a person stepping in.
    #[serde(default)]
    pub asking_since: Option<Instant>,
    /// Every answer of every item, newest last; earlier ones stay.
    #[serde(default)]
    pub answers: BTreeMap<String, Vec<Answer>>,
    /// Every answer to the question of a step, newest last.
    #[serde(default)]
    pub step_answers: BTreeMap<String, Vec<Given<StepAnswer>>>,
    /// Steps that were left out, with the reason.
    #[serde(default)]
    pub skipped: BTreeMap<String, Given<StepSkip>>,
    #[serde(default)]
    pub inspections: BTreeMap<InspectionSection, Inspection>,
    pub forced_entry: Option<Given<ForcedEntryRecord>>,
    pub secured: Option<Given<PremisesSecure>>,
    #[serde(default)]
    pub notes: Vec<Given<NoteAdd>>,
    #[serde(default)]
    pub liaison: Vec<Given<LiaisonRecord>>,
    #[serde(default)]
    pub escalations: Vec<Escalation>,
    /// Who was told nearby that somebody needs help.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerted: Vec<Given<Alerted>>,
    pub report: Option<Given<ReportSubmit>>,
    #[serde(default)]
    pub reviews: Vec<Given<ReportReview>>,
    pub stood_down: Option<Stamp>,
    /// The account of the control room that works on it.
    #[serde(default)]
    pub owner: Option<AccountId>,
    #[serde(default)]
    pub hold: Option<waiting::Hold>,
    #[serde(default)]
    pub police: Option<waiting::PoliceWait>,
    #[serde(default)]
    pub cancel: Option<waiting::CancelRequest>,
    /// The call-out this one goes back to, and those that went back to this one.
    #[serde(default)]
    pub follows: Option<CalloutId>,
    #[serde(default)]
    pub followed_by: Vec<CalloutId>,
    /// Telephone calls about it, the first one that it comes from if it comes from one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallId>,
    #[serde(default)]
    pub media: BTreeMap<String, Media>,
    #[serde(default)]
    pub tracking: Vec<TrackingLink>,
    #[serde(default)]
    pub timeline: Vec<Entry>,
    /// What the panel says of how the officer left it.
    #[serde(default)]
    pub panel_word: Option<reset::PanelWord>,
    /// Who has and who has read the messages.
    #[serde(default)]
    pub marks: Vec<messages::Marks>,
    #[serde(default)]
    pub contacts_tried: Vec<Given<ContactTried>>,
    #[serde(default)]
    pub contacts_settled: Vec<Given<ContactsSettle>>,
    /// The SMS to duty managers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managers_texted: Vec<Given<ManagerText>>,
    /// Where everybody meets, and when the next word is due, while it is escalated.
    #[serde(default)]
    pub plan: Option<Given<EscalationPlan>>,
    /// Whether a major incident was declared, or that it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major: Option<Given<MajorDeclare>>,
    #[serde(default)]
    pub updates: Option<updates::UpdatePolicy>,
    /// How long things may take, where the council has set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<CalloutTimes>,
    /// Pictures of shared checklist items wait for a person's release.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pictures_wait: bool,
    /// What was asked for because nobody had said or heard anything.
    #[serde(default)]
    pub chased: Vec<updates::Chased>,
    /// Nobody goes there: it plays by itself for whoever builds against us.
    #[serde(default, skip_serializing_if = "is_false")]
    pub test: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub played: Option<partner::Played>,
    /// Every request for it from a customer's own system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Given<Asked>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Given<Rated>>,
    /// Versions of the report that are kept, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Given<ReportKept>>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// When, by whom and why, for what needs no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    pub at: Instant,
    pub by: Author,
    pub reason: String,
    pub seq: i64,
}

/// Something said or recorded, with when, by whom and where in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given<T> {
    pub at: Instant,
    pub recorded_at: Instant,
    pub by: Author,
    pub seq: i64,
    #[serde(flatten)]
    pub what: T,
}

pub type Answer = Given<ChecklistAnswer>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    pub at: Instant,
    pub by: Author,
    pub seq: i64,
    /// The newest finding for each thing looked at.
    pub findings: Vec<crate::command::Finding>,
    pub not_entered: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    pub raised: Given<EscalationRaise>,
    pub stood_down: Option<Stamp>,
}

/// A picture by its digest. The bytes live in the media store; until they arrive they are on the officer's phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Media {
    pub caption: String,
    /// The checklist item it answers, if it does.
    pub item: Option<String>,
    pub taken_at: Instant,
    pub by: Author,
    pub seq: i64,
    pub received_at: Option<Instant>,
    /// The customer may see it.
    pub share: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackingLink {
    pub token_sha256: String,
    pub issued_at: Instant,
    pub expires_at: Instant,
    pub revoked_at: Option<Instant>,
}

/// One line of what happened, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: i64,
    pub at: Instant,
    /// Later than `at` when the phone had no signal.
    pub recorded_at: Instant,
    /// Who, as a person reads it: a call sign, "control room", "the system".
    pub who: String,
    pub text: String,
    /// The step it belongs to, if one.
    pub step: Option<String>,
    /// The customer may see it.
    pub share: bool,
}

/// The level of escalation from which somebody may be in danger; only a person ends it.
pub const URGENT: u8 = 2;

impl Callout {
    /// Whether people call it that: its number, or what a desk called it before.
    pub fn is_called(&self, number: &str) -> bool {
        let same = |own: &str| own.eq_ignore_ascii_case(number);
        same(&self.number) || self.provisional.as_deref().is_some_and(same)
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state, CalloutState::Closed | CalloutState::StoodDown)
    }

    /// Whether it still belongs on the operator's screen. Standing it down does not hide an officer who needs help.
    pub fn is_open(&self) -> bool {
        !self.is_over() || self.awaits_stand_down() || self.escalation_level() >= URGENT
    }

    /// Stood down while an officer is there who has not acknowledged it yet.
    pub fn awaits_stand_down(&self) -> bool {
        self.state == CalloutState::StoodDown && self.assignments.iter().any(Assignment::is_watched)
    }

    /// Stood down while this officer was on it, who has not said that it was heard: without signal the work goes on.
    pub fn may_not_know(&self, a: &Assignment) -> bool {
        self.state == CalloutState::StoodDown
            && (a.state.is_busy() || a.state == AssignmentState::Finished)
            && a.accepted_at.is_some()
            && a.stand_down_heard_at.is_none()
            && a.left_at.is_none()
    }

    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.iter().find(|a| a.id == id)
    }

    pub fn lead(&self) -> Option<&Assignment> {
        self.assignment(self.lead?)
    }

    /// The lead, while that officer has it and is not done with it.
    pub fn active_lead(&self) -> Option<&Assignment> {
        self.lead().filter(|a| a.state.is_active())
    }

    /// Back-up that is on its way or there.
    pub fn supports(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|a| Some(a.id) != self.lead && a.state.is_busy())
    }

    /// The offer that waits for an answer.
    pub fn open_offer(&self) -> Option<&Assignment> {
        self.assignments.iter().rev().find(|a| a.state == AssignmentState::Offered)
    }

    /// The assignment of this officer that counts: active before ended, newest first.
    pub fn assignment_of(&self, officer: OfficerId) -> Option<&Assignment> {
        let mine = || self.assignments.iter().rev().filter(move |a| a.officer == officer);
        mine().find(|a| a.state.is_active()).or_else(|| mine().next())
    }

    /// Level 0 to 3 of the escalation that stands.
    pub fn escalation_level(&self) -> u8 {
        self.escalations.iter().filter(|e| e.stood_down.is_none()).map(|e| e.raised.what.level).max().unwrap_or(0)
    }

    pub fn times(&self) -> CalloutTimes {
        self.times.clone().unwrap_or_default()
    }

    /// By when the control room decides what becomes of it after the officer withdrew. None once it was asked for.
    pub fn decide_by(&self) -> Option<Instant> {
        let lead = self.lead().filter(|a| self.state == CalloutState::Aborted && a.undecided_at.is_none())?;
        let withdrew = lead.assessments.iter().rev().find(|dra| dra.what.decision == DraDecision::Withdraw)?;
        Some(withdrew.recorded_at + crate::timers::DECIDE_WITHIN)
    }

    pub fn is_major(&self) -> bool {
        self.major.as_ref().is_some_and(|major| major.what.on)
    }

    /// What this officer was told nearby, while it holds. Whoever has come knows more than that.
    pub fn alert_to(&self, officer: OfficerId) -> Option<&Given<Alerted>> {
        if self.assignments.iter().any(|a| a.officer == officer && a.is_engaged()) {
            return None;
        }
        let told = self.alerted.iter().rev().find(|a| a.what.officers.iter().any(|o| o.officer == officer))?;
        let raised = self.escalations.iter().rev().find(|e| e.raised.seq < told.seq)?;
        raised.stood_down.is_none().then_some(told)
    }

    pub fn tracking_link(&self, token_sha256: &str) -> Option<&TrackingLink> {
        self.tracking.iter().find(|t| t.token_sha256.eq_ignore_ascii_case(token_sha256))
    }

    /// Pictures that are named but not here yet.
    pub fn missing_media(&self) -> impl Iterator<Item = &str> {
        self.media.iter().filter(|(_, m)| m.received_at.is_none()).map(|(sha256, _)| sha256.as_str())
    }

    /// A picture of a shared item, where the site says that a person looks at it before the customer does.
    pub fn waits_for_release(&self, picture: &Media) -> bool {
        let item = picture.item.as_ref().and_then(|id| self.item(id));
        self.pictures_wait && !picture.share && item.is_some_and(Item::shows_pictures)
    }

    pub(crate) fn why_over(&self) -> String {
        match &self.stood_down {
            Some(stamp) => format!("stood down: {}", stamp.reason),
            None => "not done".into(),
        }
    }
}
