//! What the operator's window shows: made by the desk from its replica, drawn by the page.
//!
//! Rows are narrow and made for the lists; [`CalloutDetail`] is the call-out panel. All times are RFC 3339 in UTC;
//! the page shows them in [`Board::zone`]. Ages and countdowns are the page's own, from [`LinkView::now`].

use crate::alarms::{AlarmRulesView, ConfirmationView, LoadView, PanelView};
use crate::call::{CallBehind, CallRow, HoursView};
use crate::handover::HandoverPrompt;
use crate::place::PinView;
use crate::register::UrnView;
use crate::thread::{AttentionView, LadderView, PlanView, ServiceCallView, ThreadMessage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the Live view needs at start. Afterwards only [`Patch`]es.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Board {
    pub service: ServiceView,
    pub zone: String,
    pub link: LinkView,
    pub me: MeView,
    pub shift: ShiftClock,
    pub alarms: Vec<AlarmRow>,
    pub callouts: Vec<CalloutRow>,
    /// Telephone calls that nobody has closed yet.
    pub calls: Vec<CallRow>,
    pub units: Vec<UnitRow>,
    pub officers: Vec<OfficerRow>,
    pub sites: Vec<SiteView>,
    pub estates: Vec<EstateView>,
    /// Questions that a refused action left for a person.
    pub conflicts: Vec<ConflictView>,
    pub panels: Vec<PanelView>,
    pub load: LoadView,
    pub alarm_rules: AlarmRulesView,
    pub handover: HandoverPrompt,
    /// Checklists that customers proposed and nobody has decided about; 0 for whoever may not.
    pub proposals: u32,
}

/// What changed since the last message. Rows replace rows of the same id; removed ids leave the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default)]
pub struct Patch {
    #[ts(optional)]
    pub service: Option<ServiceView>,
    #[ts(optional)]
    pub link: Option<LinkView>,
    #[ts(optional)]
    pub shift: Option<ShiftClock>,
    pub alarms: Vec<AlarmRow>,
    pub alarms_gone: Vec<String>,
    pub callouts: Vec<CalloutRow>,
    pub callouts_gone: Vec<String>,
    pub calls: Vec<CallRow>,
    pub calls_gone: Vec<String>,
    pub units: Vec<UnitRow>,
    pub units_gone: Vec<String>,
    pub officers: Vec<OfficerRow>,
    pub sites: Vec<SiteView>,
    pub estates: Vec<EstateView>,
    /// Call-outs whose detail is stale if it is open.
    pub details_changed: Vec<String>,
    #[ts(optional)]
    pub conflicts: Option<Vec<ConflictView>>,
    pub panels: Vec<PanelView>,
    #[ts(optional)]
    pub load: Option<LoadView>,
    #[ts(optional)]
    pub alarm_rules: Option<AlarmRulesView>,
    #[ts(optional)]
    pub handover: Option<HandoverPrompt>,
    #[ts(optional)]
    pub proposals: Option<u32>,
    /// Keys, documents, panels or sites are not what they were: an open register asks again.
    #[ts(optional)]
    pub register_changed: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceView {
    pub council: String,
    pub name: String,
    pub telephone: String,
    pub email: String,
    pub web: String,
    pub demonstration: bool,
    /// Nothing is registered yet: the first-run page.
    pub empty: bool,
    /// After how many minutes the customer and the control room are to hear something, by priority; 0 is never.
    pub customer_min: [u32; 4],
    pub control_min: [u32; 4],
    pub handover_prompt_min: u32,
    /// How call-outs go; for the control room only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub callouts: Option<CalloutRulesView>,
}

/// The clocks of call-outs for priority 1 to 4, and what operators may do without a supervisor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalloutRulesView {
    pub accept_s: [u32; 4],
    pub set_off_s: [u32; 4],
    pub arrive_min: [u32; 4],
    pub no_movement_min: [u32; 4],
    pub check_call_min: [u32; 4],
    pub police_min: [u32; 4],
    pub report_h: [u32; 4],
    /// Who is rung in an emergency, in this order.
    #[serde(default)]
    pub managers: Vec<ContactView>,
    pub operators_stand_down_p1: bool,
    pub operators_review: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MeView {
    pub account: String,
    pub name: String,
    pub role: String,
    /// "Desk 2".
    pub desk: String,
}

/// How the desk stands to its hub.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LinkView {
    /// `live`, `degraded`, `offline`.
    pub state: String,
    /// Round trip of the last exchange, in milliseconds.
    pub latency_ms: Option<u32>,
    /// Last time the hub was heard, RFC 3339.
    pub heard_at: Option<String>,
    /// Since when it is not live.
    pub since: Option<String>,
    /// Actions waiting in the outbox.
    pub queued: u32,
    /// The hub's clock now; in a demonstration it may be set, and run at another rate.
    pub now: String,
    pub clock_rate: f64,
    /// What is wrong, in a sentence, when something is.
    pub problem: Option<String>,
    /// Where the secrets are when the system keyring is not in use, in a sentence.
    pub keyring: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShiftClock {
    /// Civil times as set: "16:00", "03:00".
    pub start: String,
    pub end: String,
    /// The running or next shift as instants.
    pub starts_at: String,
    pub ends_at: String,
    /// When telephone calls are taken.
    pub hours: HoursView,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlarmRow {
    pub id: String,
    /// 1 to 4.
    pub priority: u8,
    /// "Hold-up"
    pub title: String,
    /// "Community office": the site, or what is known instead.
    pub place: String,
    /// "Ampthill Square"
    pub estate: String,
    /// "Zone 3 reception"
    pub zone: String,
    /// "SIA-DCS PA"
    pub signal: String,
    /// The code's meaning.
    pub text: String,
    /// `new`, `viewed`, `taken`, `shelved`, `closed`.
    pub state: String,
    pub raised_at: String,
    pub received_at: String,
    /// After how many seconds untouched the row ages once, and again.
    pub ages_after_s: [i32; 2],
    pub repeats: u32,
    pub restored_at: Option<String>,
    pub taken_at: Option<String>,
    pub taken_by: Option<String>,
    pub shelved_until: Option<String>,
    pub shelved_reason: Option<String>,
    pub callout: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub site: Option<String>,
    /// Who turns up at two in the morning: bells only, keyholder, police.
    pub response: String,
    /// Taking it opens a call-out and offers it.
    pub opens_callout: bool,
    /// Rings until somebody takes it.
    pub rings: bool,
    /// Not yet confirmed by the hub.
    pub pending: bool,
    /// The panel's account.
    pub account: String,
    /// None where the site asks for no confirmation.
    pub confirmation: Option<ConfirmationView>,
    /// Its detector goes off again and again: further ones are counted here and do not ring.
    pub flapping: bool,
    /// Somebody may be dying: a row of its own in any flood.
    pub life_safety: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalloutRow {
    pub id: String,
    /// `CO-26-01847`, or `D2-0007` until the hub has it.
    pub number: String,
    /// What a desk called it before, if the hub has numbered it since.
    pub provisional: Option<String>,
    pub priority: u8,
    pub title: String,
    pub place: String,
    pub estate: String,
    /// State of the call-out: `offering`, `on_scene` …
    pub state: String,
    /// "RSP-1 on site · step 6 of 12"
    pub line: String,
    /// One of `pending`, `current`, `done`, `skipped` a step.
    pub rail: Vec<String>,
    pub created_at: String,
    /// When it must have progressed, if a clock runs.
    pub due_at: Option<String>,
    /// Since when that clock runs: three quarters of it are worth a look.
    #[serde(default)]
    pub due_since: Option<String>,
    /// The registered site it is about.
    #[serde(default)]
    pub site: Option<String>,
    pub offer_expires_at: Option<String>,
    pub escalation: u8,
    /// Somebody at the desk must act: unresourced, aborted, not delivered, check call unanswered.
    pub needs_action: bool,
    /// What it rings for, until somebody at this desk has opened it as it stands.
    pub ring: Option<Ring>,
    pub lat: f64,
    pub lon: f64,
    pub unit: Option<String>,
    pub open: bool,
    pub pending: bool,
    /// Messages of officers and the customer that nobody in the control room has read.
    pub unread: u32,
    pub attention: Vec<AttentionView>,
}

/// Why a call-out rings. Another reason, or the same for another time, rings anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Ring {
    /// 1 for whoever may be in danger, whatever the call-out was opened with.
    pub priority: u8,
    /// "RSP-1 has not answered a check call"
    pub why: String,
    /// How often help has been called for.
    pub calls: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UnitRow {
    pub id: String,
    pub call_sign: String,
    /// `foot`, `vehicle`, `hot_spot`.
    pub kind: String,
    /// `available`, `offered`, `busy`, `off`.
    pub status: String,
    /// "On site · Ampthill Square"
    pub line: String,
    /// Names of the officers on it.
    pub officers: Vec<String>,
    pub callout: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub accuracy_m: Option<f64>,
    pub fix_at: Option<String>,
    pub battery_pct: Option<f64>,
    pub check_call_due: Option<String>,
    /// The phone's clock is off by this much, in seconds, when it matters.
    pub clock_skew_s: Option<i32>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OfficerRow {
    pub id: String,
    pub reference: String,
    pub name: String,
    pub unit: Option<String>,
    pub on_shift_since: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SiteView {
    pub id: String,
    pub reference: String,
    pub name: String,
    pub estate: String,
    pub address: String,
    pub lat: f64,
    pub lon: f64,
    pub radius_m: f64,
    pub hazards: Vec<String>,
    pub access: String,
    pub response: String,
    pub what3words: Option<String>,
    pub grid_reference: Option<String>,
    pub plus_code: String,
    pub contacts: Vec<ContactView>,
    pub entrances: Vec<EntranceView>,
    /// The police numbers of its panels, and how they stand today.
    #[serde(default)]
    pub urns: Vec<UrnView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ContactView {
    pub id: String,
    pub role: String,
    pub name: String,
    pub telephone: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EntranceView {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
    pub what3words: Option<String>,
    pub grid_reference: Option<String>,
    pub plus_code: String,
    pub parking: Option<String>,
    /// Where to leave the vehicle.
    pub parking_at: Option<PinView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EstateView {
    pub id: String,
    pub name: String,
    /// `[lat, lon]` corners; empty when only the centre is known.
    pub outline: Vec<[f64; 2]>,
    pub lat: f64,
    pub lon: f64,
}

/// The call-out panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalloutDetail {
    pub row: CalloutRow,
    pub site: Option<SiteView>,
    pub address: String,
    /// The place in any form as somebody gave it: three words, a grid reference.
    pub place: String,
    /// Telephone calls about it, the first one that it comes from.
    pub calls: Vec<CallBehind>,
    /// "raised 21:44:54 by alarm, taken in 6 s" without the formatting of times: what it came from.
    pub source: String,
    pub signal_at: String,
    pub taken_after_s: Option<i32>,
    pub text: String,
    pub steps: Vec<StepView>,
    /// The frozen procedure: what each step asks and waits for.
    #[serde(default)]
    pub gates: Vec<crate::procedure::GateView>,
    pub next: NextView,
    pub candidates: Vec<CandidateView>,
    /// Who is on it, the lead first.
    pub crew: Vec<CrewView>,
    /// Who works on it in the control room.
    pub owner: Option<OwnerView>,
    /// What it waits for beside its officers.
    pub waits: Vec<WaitView>,
    /// The call-outs that go back to it, and the one it goes back to.
    pub linked: Vec<LinkedView>,
    /// What to read out to the police or an ambulance, line by line.
    pub brief: Vec<BriefLine>,
    pub checklist: Vec<AnswerView>,
    /// Newest first.
    pub assessments: Vec<AssessmentView>,
    /// What the inspections found, numbered as on the plans and in the report.
    #[serde(default)]
    pub found: Vec<crate::found::FoundView>,
    /// "Outside walked, roof not checked: too dark": what was looked at and what was not, a line for each part.
    #[serde(default)]
    pub looked_at: Vec<String>,
    #[serde(default)]
    pub plans: Vec<crate::found::SitePlanView>,
    /// How the premises were left, a line for each thing that was said.
    #[serde(default)]
    pub left: Vec<LeftLine>,
    pub pictures: Vec<PictureView>,
    pub timeline: Vec<EntryView>,
    pub tracking: Option<TrackingView>,
    /// Which commands make sense now, by kind: the page shows only these.
    pub can: Vec<String>,
    pub report: Option<ReportView>,
    /// Oldest first.
    pub thread: Vec<ThreadMessage>,
    pub ladder: LadderView,
    /// Who is rung in an emergency; empty without one.
    #[serde(default)]
    pub managers: LadderView,
    pub services: Vec<ServiceCallView>,
    pub plan: Option<PlanView>,
    /// Since when a major incident is declared.
    #[serde(default)]
    pub major_at: Option<String>,
    pub grid_reference: Option<String>,
    pub plus_code: String,
    /// How the customer found it, once somebody said.
    pub rating: Option<RatingView>,
    /// Versions of the report that are kept, newest first.
    pub kept_reports: Vec<KeptReportView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RatingView {
    pub score: u8,
    pub comment: String,
    pub at: String,
}

/// One version of the report, as it was and stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeptReportView {
    pub version: u32,
    /// `submitted`, `approved`, `addendum`.
    pub of: String,
    /// Counts additions; 0 for the report itself.
    pub addendum: u32,
    pub at: String,
}

/// "Keys: left with the keyholder".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LeftLine {
    pub label: String,
    pub says: String,
}

/// One line of M/ETHANE.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BriefLine {
    pub letter: String,
    /// "Exact location"
    pub heading: String,
    pub says: String,
}

/// Who works on a call-out in the control room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OwnerView {
    pub name: String,
    /// It is whoever sits at this desk.
    pub me: bool,
}

/// Put off, waiting for the police, or a customer's wish.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WaitView {
    /// `hold`, `police`, `cancel`, `panel`.
    pub kind: String,
    /// The reason, or the police's reference.
    pub text: String,
    pub since: String,
    /// When it ends or has to be asked about.
    pub until: Option<String>,
    /// Somebody must act on it now.
    pub due: bool,
}

/// Another call-out about the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LinkedView {
    pub id: String,
    /// Empty while this desk does not have it.
    pub number: String,
    /// `follows`: this one goes back to that one. `followed_by`: the other way round.
    pub how: String,
}

/// One officer on a call-out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CrewView {
    pub officer: String,
    pub call_sign: String,
    /// `lead`, `support`.
    pub part: String,
    /// "On the way", "On site" …
    pub line: String,
    /// When the officer must be heard from: unanswered since, or the next time.
    pub check_call_due: Option<String>,
    /// A check call waits for an answer.
    pub unanswered: bool,
    /// Which commands make sense for this officer now, by kind.
    pub can: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StepView {
    pub n: u8,
    pub id: String,
    pub title: String,
    /// `pending`, `current`, `done`, `skipped`.
    pub state: String,
    pub at: Option<String>,
    pub detail: String,
}

/// The one thing to do or wait for, and by when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NextView {
    /// "RSP-1 is doing the dynamic risk assessment"
    pub text: String,
    /// "No answer by then raises a check call."
    pub then: String,
    pub due_at: Option<String>,
    /// `wait`, `act`, `danger`, `done`.
    pub tone: String,
}

/// A call-out of a site, as a desk lists what was there before. Nobody's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PastCallout {
    pub id: String,
    pub number: String,
    pub at: String,
    pub title: String,
    pub priority: u8,
    /// `open`, `closed`, `stood_down`.
    pub ended: String,
    /// `genuine`, `false`, `not_known`; empty where nobody has said.
    pub verdict: String,
    /// The cause in words: "equipment fault".
    pub cause: String,
}

impl From<&domain::callout::Callout> for PastCallout {
    fn from(callout: &domain::callout::Callout) -> Self {
        // The review's word stands over the report's.
        let reviewed = callout.reviews.iter().rev().find_map(|r| r.what.cause.as_deref());
        let reported = callout.report.as_ref().map_or("", |r| r.what.cause.as_str());
        let cause = reviewed.unwrap_or(reported);
        let verdict = match cause {
            "" => "",
            "unknown" => "not_known",
            cause if domain::urn::is_false(cause) => "false",
            _ => "genuine",
        };
        let ended = match (callout.stood_down.is_some(), callout.is_over()) {
            (true, _) => "stood_down",
            (false, true) => "closed",
            (false, false) => "open",
        };
        Self {
            id: callout.id.to_string(),
            number: callout.number.clone(),
            at: callout.created_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            title: callout.title.clone(),
            priority: callout.priority.into(),
            ended: ended.into(),
            verdict: verdict.into(),
            cause: if cause.is_empty() { String::new() } else { domain::urn::cause_word(cause).into() },
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CandidateView {
    pub officer: String,
    pub call_sign: String,
    pub distance_m: Option<f64>,
    pub travel_s: Option<f64>,
    /// A routing server said so; else it is reckoned from the straight line.
    pub by_road: bool,
    pub fix_age_s: Option<f64>,
    pub reasons: Vec<String>,
    /// Why not, when the ladder passes over the officer.
    pub excluded: Option<String>,
    /// On something less urgent, which would be handed back on acceptance.
    #[serde(default)]
    pub busy: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AnswerView {
    pub item: String,
    pub question: String,
    /// As in [`crate::officer::ItemView`].
    pub kind: String,
    /// "Rear, first floor".
    pub place: String,
    /// What can be chosen, for a form that records what is said.
    pub options: Vec<String>,
    pub assets: Vec<String>,
    pub unit: String,
    /// As a person reads it: "Yes", "23.5 °C", "not answered yet".
    pub answer: String,
    /// `done`, `issue`, `unable`, `open`.
    pub state: String,
    pub at: Option<String>,
    pub note: String,
    /// Digests.
    pub pictures: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AssessmentView {
    pub at: String,
    pub who: String,
    /// "Safe to go on", "Withdrew" …
    pub decision: String,
    pub hazards: Vec<String>,
    pub controls: Vec<String>,
    pub likelihood: u8,
    pub severity: u8,
    /// "Alone", "lighting poor": what the officer saw round about.
    #[serde(default)]
    pub about: Vec<String>,
    pub note: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PictureView {
    pub sha256: String,
    pub caption: String,
    pub taken_at: String,
    /// False while it is still on the officer's phone.
    pub here: bool,
    /// The customer may see it.
    pub share: bool,
    /// Meant for the customer once somebody has released it.
    #[serde(default)]
    pub waits: bool,
    pub item: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EntryView {
    pub seq: i32,
    pub at: String,
    pub recorded_at: String,
    pub who: String,
    pub text: String,
    pub pending: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrackingView {
    /// The whole address, when this desk made the link.
    pub url: Option<String>,
    pub expires_at: String,
    pub revoked: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReportView {
    pub submitted_at: String,
    pub narrative: String,
    pub signed_by: String,
    /// Comments of the last review, when it was returned.
    pub returned: Option<String>,
    pub missing_pictures: u32,
    /// "user error"; empty when nobody said.
    #[serde(default)]
    pub cause: String,
    /// "Board up the rear door · J. Marsh · by Mon 23 Nov"
    #[serde(default)]
    pub follow_ups: Vec<String>,
    #[serde(default)]
    pub exhibits: Vec<String>,
    /// Somebody was hurt, or nearly; empty: nobody.
    #[serde(default)]
    pub injury: String,
    /// A child or an adult at risk; empty: none was met.
    #[serde(default)]
    pub safeguarding: String,
}

/// An action the hub refused, and what was built on it: one question for a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConflictView {
    /// The refused command.
    pub id: String,
    pub kind: String,
    /// What it was about: a call-out's number, an alarm's place.
    pub about: String,
    pub at: String,
    /// What the operator did, in words.
    pub did: String,
    /// The hub's sentence and what to do about it.
    pub refusal: String,
    pub mend: Option<String>,
    /// Actions that build on it and wait with it.
    pub parked: u32,
}

/// What goes on while somebody leaves the desk: named before the window closes or its hub stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LeavingView {
    /// This desk runs its own hub, which may go on without the window or be stopped with it.
    pub own_hub: bool,
    /// Alarm panels that are registered.
    pub panels: u32,
    /// Call signs with somebody on them.
    pub shifts: Vec<String>,
    /// Numbers of the open call-outs.
    pub callouts: Vec<String>,
    /// Alarms that wait for somebody.
    pub alarms: u32,
    /// Actions that have not reached the hub.
    pub queued: u32,
}

impl LeavingView {
    /// Closing is worth a question: people or panels count on this desk, or something has not been sent.
    pub fn is_live(&self) -> bool {
        self.own_hub && (self.panels > 0 || !self.shifts.is_empty() || !self.callouts.is_empty() || self.alarms > 0)
            || self.queued > 0
    }
}

/// What the page asks the desk to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Act {
    pub kind: String,
    pub target: String,
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub body: serde_json::Value,
    /// The officer the operator speaks for.
    #[serde(default)]
    #[ts(optional)]
    pub on_behalf_of: Option<String>,
}

/// What the desk answers: done here, or refused here, with what to do about it. The hub's word comes later, as a
/// patch or a conflict.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Acted {
    pub command: String,
    /// The aggregate made by the command, if it made one.
    pub made: Option<String>,
    pub refusal: Option<RefusalView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefusalView {
    pub code: String,
    pub text: String,
    pub mend: Option<String>,
}
