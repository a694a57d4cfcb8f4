//! What people, devices and the hub itself may ask for. Every change is a command.

mod alarms;
mod assessment;
mod calls;
mod dispatch;
mod handover;
mod inspection;
mod keys;
mod on_scene;
mod partner;
mod register;
mod report;
mod talk;
mod thread;
mod writing;

pub use alarms::*;
pub use assessment::*;
pub use calls::*;
pub use dispatch::*;
pub use handover::*;
pub use inspection::*;
pub use keys::*;
pub use on_scene::*;
pub use partner::*;
pub use register::*;
pub use report::*;
pub use talk::*;
pub use thread::*;
pub use writing::*;

use crate::Instant;
use crate::id::{AccountId, AssignmentId, CommandId, OfficerId};
use crate::refusal::Refusal;
use crate::settings::Settings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who acts. It comes from the credential, never from the command's body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Author {
    pub account: AccountId,
    pub role: Role,
    pub officer: Option<OfficerId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Operator,
    Cctv,
    Supervisor,
    Officer,
    Supplier,
    Customer,
    Partner,
    Administrator,
    /// The hub itself: receivers and timers. No credential has it.
    System,
}

impl Role {
    /// Whoever sits in the control room and may work on a call-out there.
    pub fn is_desk(self) -> bool {
        matches!(self, Self::Operator | Self::Supervisor | Self::Administrator)
    }

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "operator" => Self::Operator,
            "cctv" => Self::Cctv,
            "supervisor" => Self::Supervisor,
            "officer" => Self::Officer,
            "supplier" => Self::Supplier,
            "customer" => Self::Customer,
            "partner" => Self::Partner,
            "administrator" => Self::Administrator,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Cctv => "cctv",
            Self::Supervisor => "supervisor",
            Self::Officer => "officer",
            Self::Supplier => "supplier",
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::Administrator => "administrator",
            Self::System => "system",
        }
    }
}

/// One request for a change, as it was made where the person acted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    pub id: CommandId,
    /// When it happened there, by that device's clock.
    pub at: Instant,
    pub kind: String,
    #[serde(default = "first_version")]
    pub v: u32,
    /// Id or reference of the aggregate it is about.
    pub target: String,
    /// Commands it builds on.
    #[serde(default)]
    pub after: Vec<CommandId>,
    /// The officer a controller speaks for: "accepted by voice".
    #[serde(default)]
    pub on_behalf_of: Option<OfficerId>,
    /// The device's clock when it sent the command.
    #[serde(default)]
    pub sent_at: Option<Instant>,
    /// How long ago the person acted when it was sent, by the device's steady clock, in milliseconds.
    #[serde(default)]
    pub age_ms: Option<u64>,
    #[serde(default)]
    pub body: Value,
}

fn first_version() -> u32 {
    1
}

/// An age or a clock further off than this is not believed; the time of recording is taken instead.
const BELIEVABLE: chrono::TimeDelta = chrono::TimeDelta::days(30);

impl Command {
    /// When it happened by the hub's clock: never later than `received`, and free of the device's wrong clock where
    /// the device told how long ago it was (its steady clock) or what its clock said when sending.
    pub fn corrected_at(&self, received: Instant) -> Instant {
        let by_age = self
            .age_ms
            .and_then(|ms| i64::try_from(ms).ok())
            .map(chrono::TimeDelta::milliseconds)
            .filter(|age| *age <= BELIEVABLE)
            .map(|age| received - age);
        // A clock far out of any calendar is told nothing by, not added to.
        let by_clock = || self.sent_at.and_then(|sent| self.at.checked_add_signed(received - sent));
        let told = by_age.or_else(by_clock).unwrap_or(self.at);
        if told > received || received - told > BELIEVABLE { received } else { told }
    }

    /// How far the device's clock is ahead of ours, if it told.
    pub fn clock_skew(&self, received: Instant) -> Option<chrono::TimeDelta> {
        self.sent_at.map(|sent| sent - received)
    }
}

macro_rules! command_bodies {
    ($($name:literal => $variant:ident($body:ty)),* $(,)?) => {
        /// Every command there is, with its typed body. The names are the contract; `docs/commands.md` shows each.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "body")]
        pub enum CommandBody {
            $(#[serde(rename = $name)] $variant($body),)*
        }

        impl CommandBody {
            pub const KINDS: &'static [&'static str] = &[$($name),*];

            /// Reads the body of a command of this kind.
            pub fn parse(kind: &str, v: u32, body: &Value) -> Result<Self, Refusal> {
                if v != 1 {
                    return Err(Refusal::new("unknown_version", format!("Version {v} of {kind} is not known here."))
                        .mend("Update the hub first, then the desks and phones."));
                }
                let empty = Value::Object(serde_json::Map::new());
                let body = if body.is_null() { &empty } else { body };
                match kind {
                    $($name => <$body>::deserialize(body).map(Self::$variant).map_err(Refusal::bad_body),)*
                    _ => Err(Refusal::new("unknown_kind", format!("There is no command “{kind}”."))
                        .mend("See docs/commands.md.")),
                }
            }

            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }
        }
    };
}

command_bodies! {
    // the register
    "settings.put" => SettingsPut(Settings),
    "managers.put" => ManagersPut(ManagersPut),
    "account.put" => AccountPut(AccountPut),
    "estate.put" => EstatePut(EstatePut),
    "site.put" => SitePut(SitePut),
    "officer.put" => OfficerPut(OfficerPut),
    "unit.put" => UnitPut(UnitPut),
    "panel.put" => PanelPut(PanelPut),
    "rams.put" => RamsPut(RamsPut),
    "checklist.put" => ChecklistPut(ChecklistPut),
    "checklist.invite" => ChecklistInvite(ChecklistInvite),
    "checklist.uninvite" => ChecklistUninvite(Nothing),
    "checklist.propose" => ChecklistPropose(ChecklistPropose),
    "checklist.return" => ChecklistReturn(ChecklistReturn),
    "person.erase" => PersonErase(PersonErase),
    "key.put" => KeyPut(KeyPut),
    "key.issue" => KeyIssue(KeyIssue),
    "key.return" => KeyReturn(KeyReturn),
    "key.lose" => KeyLose(Reason),
    "panel.police_call" => PanelPoliceCall(PanelPoliceCall),
    // shifts
    "shift.sign_on" => ShiftSignOn(ShiftSignOn),
    "shift.sign_off" => ShiftSignOff(Nothing),
    "officer.emergency" => OfficerEmergency(OfficerEmergency),
    // alarms
    "signal.receive" => SignalReceive(Box<SignalReceive>),
    "panel.silent" => PanelSilent(PanelSilent),
    "panel.heard" => PanelHeard(Nothing),
    "alarm.view" => AlarmView(Nothing),
    "alarm.take" => AlarmTake(AlarmTake),
    "alarm.shelve" => AlarmShelve(AlarmShelve),
    "alarm.close" => AlarmClose(Reason),
    "panel.on_test" => PanelOnTest(PanelOnTest),
    "panel.off_test" => PanelOffTest(Nothing),
    // call-outs
    "callout.create" => CalloutCreate(CalloutCreate),
    "callout.stand_down" => CalloutStandDown(StandDown),
    "callout.hold" => CalloutHold(CalloutHold),
    "callout.resume" => CalloutResume(Nothing),
    "callout.reopen" => CalloutReopen(Reason),
    "callout.own" => CalloutOwn(Nothing),
    "cancel.request" => CancelRequest(CancelRequest),
    "cancel.refuse" => CancelRefuse(Reason),
    "police.wait" => PoliceWait(PoliceWait),
    "assignment.offer" => AssignmentOffer(AssignmentOffer),
    "assignment.attend" => AssignmentAttend(AssignmentAttend),
    "assignment.delivered" => AssignmentDelivered(Nothing),
    "assignment.text" => AssignmentText(AssignmentText),
    "assignment.seen" => AssignmentSeen(Nothing),
    "assignment.accept" => AssignmentAccept(Accept),
    "assignment.decline" => AssignmentDecline(Reason),
    "assignment.withdraw" => AssignmentWithdraw(Reason),
    "assignment.release" => AssignmentRelease(AssignmentRelease),
    "assignment.leave" => AssignmentLeave(Nothing),
    "lead.hand_over" => LeadHandOver(LeadHandOver),
    "rams.acknowledge" => RamsAcknowledge(RamsAcknowledge),
    "rams.override" => RamsOverride(Reason),
    "location.confirm" => LocationConfirm(LocationConfirm),
    "assignment.en_route" => AssignmentEnRoute(Nothing),
    "assignment.arrive" => AssignmentArrive(Arrive),
    "assignment.notice" => AssignmentNotice(AssignmentNotice),
    "assignment.park" => AssignmentPark(Park),
    "checklist.answer" => ChecklistAnswer(ChecklistAnswer),
    "dra.record" => DraRecord(DraRecord),
    "inspection.record" => InspectionRecord(InspectionRecord),
    "forced_entry.record" => ForcedEntryRecord(ForcedEntryRecord),
    "premises.secure" => PremisesSecure(PremisesSecure),
    "stand_down.acknowledge" => StandDownAcknowledge(Nothing),
    "note.add" => NoteAdd(NoteAdd),
    "liaison.record" => LiaisonRecord(LiaisonRecord),
    "escalation.raise" => EscalationRaise(EscalationRaise),
    "escalation.stand_down" => EscalationStandDown(EscalationStandDown),
    "check_call.answer" => CheckCallAnswer(CheckCallAnswer),
    "step.answer" => StepAnswer(StepAnswer),
    "step.skip" => StepSkip(StepSkip),
    "report.submit" => ReportSubmit(ReportSubmit),
    "report.review" => ReportReview(ReportReview),
    "media.received" => MediaReceived(MediaReceived),
    "media.release" => MediaRelease(MediaRelease),
    "tracking.issue" => TrackingIssue(TrackingIssue),
    "tracking.revoke" => TrackingRevoke(Nothing),
    // telephone calls
    "call.progress" => CallProgress(CallProgress),
    "call.answer" => CallAnswer(Nothing),
    "call.put" => CallPut(CallPut),
    "call.grade" => CallGrade(CallGrade),
    "call.close" => CallClose(CallClose),
    "call.record" => CallRecord(CallRecord),
    // the thread of a call-out
    "message.delivered" => MessageDelivered(UpTo),
    "message.read" => MessageRead(UpTo),
    "contact.tried" => ContactTried(ContactTried),
    "manager.text" => ManagerText(ManagerText),
    "contacts.settle" => ContactsSettle(ContactsSettle),
    "escalation.plan" => EscalationPlan(EscalationPlan),
    "major.declare" => MajorDeclare(MajorDeclare),
    // from one operator to the next
    "handover.write" => HandoverWrite(HandoverWrite),
    "handover.sign" => HandoverSign(HandoverSign),
    "callout.request" => CalloutRequest(CalloutRequest),
    "rating.give" => RatingGive(RatingGive),
    "test.play" => TestPlay(TestPlay),
    "report.keep" => ReportKeep(ReportKeep),
    // time
    "timer.fire" => TimerFire(TimerFire),
}

/// For commands that say everything with their kind and target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Nothing {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub reason: String,
}

fn yes() -> bool {
    true
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimerFire {
    pub timer: crate::timers::TimerKind,
    pub due: Instant,
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
}
