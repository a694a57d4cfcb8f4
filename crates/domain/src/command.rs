//! What people, devices and the hub itself may ask for. Every change is a command.

use crate::Instant;
use crate::alarm::{AlarmKind, Priority, SignalSource};
use crate::documents::Item;
use crate::geo::Point;
use crate::id::{AccountId, AlarmId, AssignmentId, CommandId, OfficerId, PersonId};
use crate::people::UnitKind;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::site::{Entrance, SitePolicy, Zone};
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
    "account.put" => AccountPut(AccountPut),
    "estate.put" => EstatePut(EstatePut),
    "site.put" => SitePut(SitePut),
    "officer.put" => OfficerPut(OfficerPut),
    "unit.put" => UnitPut(UnitPut),
    "panel.put" => PanelPut(PanelPut),
    "rams.put" => RamsPut(RamsPut),
    "checklist.put" => ChecklistPut(ChecklistPut),
    "person.erase" => PersonErase(PersonErase),
    // shifts
    "shift.sign_on" => ShiftSignOn(ShiftSignOn),
    "shift.sign_off" => ShiftSignOff(Nothing),
    // alarms
    "signal.receive" => SignalReceive(Box<SignalReceive>),
    "panel.silent" => PanelSilent(PanelSilent),
    "panel.heard" => PanelHeard(Nothing),
    "alarm.view" => AlarmView(Nothing),
    "alarm.take" => AlarmTake(AlarmTake),
    "alarm.shelve" => AlarmShelve(AlarmShelve),
    "alarm.close" => AlarmClose(Reason),
    // call-outs
    "callout.create" => CalloutCreate(CalloutCreate),
    "callout.stand_down" => CalloutStandDown(StandDown),
    "assignment.offer" => AssignmentOffer(AssignmentOffer),
    "assignment.delivered" => AssignmentDelivered(Nothing),
    "assignment.seen" => AssignmentSeen(Nothing),
    "assignment.accept" => AssignmentAccept(Accept),
    "assignment.decline" => AssignmentDecline(Reason),
    "assignment.withdraw" => AssignmentWithdraw(Reason),
    "rams.acknowledge" => RamsAcknowledge(RamsAcknowledge),
    "location.confirm" => LocationConfirm(LocationConfirm),
    "assignment.en_route" => AssignmentEnRoute(Nothing),
    "assignment.arrive" => AssignmentArrive(Arrive),
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
    "report.submit" => ReportSubmit(ReportSubmit),
    "report.review" => ReportReview(ReportReview),
    "media.received" => MediaReceived(MediaReceived),
    "tracking.issue" => TrackingIssue(TrackingIssue),
    "tracking.revoke" => TrackingRevoke(Nothing),
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountPut {
    #[serde(default)]
    pub name: String,
    pub role: Role,
    #[serde(default)]
    pub officer: Option<OfficerId>,
    #[serde(default)]
    pub disabled: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstatePut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    #[serde(default)]
    pub outline: Vec<Point>,
    pub centre: Point,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SitePut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    /// Estate by id or reference.
    #[serde(default)]
    pub estate: Option<String>,
    pub address: String,
    pub lat: f64,
    pub lon: f64,
    #[serde(default = "site_radius_m")]
    pub radius_m: f64,
    #[serde(default)]
    pub customer: Option<String>,
    #[serde(default)]
    pub entrances: Vec<Entrance>,
    #[serde(default)]
    pub zones: Vec<Zone>,
    #[serde(default)]
    pub hazards: Vec<String>,
    #[serde(default)]
    pub access: String,
    #[serde(default)]
    pub keys: Vec<String>,
    #[serde(default)]
    pub response: String,
    #[serde(default)]
    pub what3words: Option<String>,
    /// RAMS by id or reference.
    #[serde(default)]
    pub rams: Option<String>,
    /// Checklist by id or reference.
    #[serde(default)]
    pub checklist: Option<String>,
    #[serde(default)]
    pub contacts: Vec<ContactPut>,
    #[serde(default)]
    pub policy: SitePolicy,
}

fn site_radius_m() -> f64 {
    75.0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactPut {
    #[serde(default)]
    pub id: Option<PersonId>,
    pub role: String,
    pub name: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficerPut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub employer: String,
    #[serde(default)]
    pub skills: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitPut {
    pub call_sign: String,
    pub kind: UnitKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelPut {
    pub account: String,
    /// Site by id or reference.
    #[serde(default)]
    pub site: Option<String>,
    #[serde(default = "yes")]
    pub time_check: bool,
    #[serde(default)]
    pub supervision_s: Option<u32>,
    /// Frames under accounts nobody registered are refused (DUH) instead of raised.
    #[serde(default)]
    pub refuse_unknown: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsPut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub title: String,
    pub first: String,
    #[serde(default)]
    pub hazards: Vec<String>,
    #[serde(default)]
    pub controls: Vec<String>,
    #[serde(default)]
    pub ppe: Vec<String>,
    #[serde(default)]
    pub no_go: Vec<String>,
    #[serde(default)]
    pub emergency: String,
    #[serde(default)]
    pub minimum_crew: u8,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub valid_until: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistPut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub title: String,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonErase {
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftSignOn {
    /// Call sign or id of the unit.
    pub unit: String,
}

/// One event from a panel, already decoded and mapped by the receiver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalReceive {
    pub source: SignalSource,
    pub meaning: SignalMeaning,
    pub text: String,
    /// False when no panel is registered for the account.
    pub known_account: bool,
}

/// What a receiver makes of a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SignalMeaning {
    /// A person must act.
    Alarm { kind: AlarmKind },
    /// The cause of an earlier alarm of the same zone is gone.
    Restore,
    /// Set, unset, test, bypass …: kept, never rings.
    Signal,
    /// The user cancelled what the panel sent before.
    Cancel,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelSilent {
    pub since: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmShelve {
    pub until: Instant,
    pub reason: String,
}

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
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmTake {
    /// What the desk called the call-out it opens until the hub gave it a number: `D2-0007`.
    #[serde(default)]
    pub provisional: Option<String>,
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
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accept {
    /// The offer that was on the screen. Without it the officer's only open offer on this call-out is meant.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsAcknowledge {
    pub version: u32,
    /// How long the document was open, in milliseconds.
    #[serde(default)]
    pub opened_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocationConfirm {
    /// `pin`, `grid`, `what3words`, `address`.
    pub method: String,
    #[serde(default)]
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Arrive {
    #[serde(default)]
    pub source: ArrivalSource,
    #[serde(default)]
    pub point: Option<Point>,
    /// Asked for when the tap comes from more than 300 m away.
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalSource {
    #[default]
    Manual,
    /// Arrived, unconfirmed: starts the check calls, stops no clock, opens no gate.
    Geofence,
    Voice,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Park {
    pub exit_clear: bool,
    pub obstructs: bool,
    pub facing_out: bool,
    #[serde(default)]
    pub point: Option<Point>,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    pub item: String,
    /// `yes`, `no`, an option, a number as text, free text, `done`. None with [`ChecklistAnswer::unable`].
    #[serde(default)]
    pub value: Option<String>,
    /// Digests of pictures, SHA-256 in hex.
    #[serde(default)]
    pub pictures: Vec<String>,
    /// Why it cannot be answered.
    #[serde(default)]
    pub unable: Option<String>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub point: Option<Point>,
    /// The value is free text, which erasure may remove. Deciding sets it from the item; what a client says is not
    /// looked at.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_words: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Dynamic risk assessment, made on the spot before anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraRecord {
    #[serde(default)]
    pub people: String,
    #[serde(default)]
    pub lighting: String,
    #[serde(default)]
    pub ground: String,
    #[serde(default)]
    pub weather: String,
    #[serde(default)]
    pub alone: bool,
    #[serde(default)]
    pub hazards: Vec<Hazard>,
    #[serde(default)]
    pub controls: Vec<String>,
    /// What remains with the controls in place.
    pub residual: Risk,
    pub decision: DraDecision,
    #[serde(default)]
    pub note: String,
    /// With `withdraw`: the officer is somewhere safe.
    #[serde(default)]
    pub safe_place: bool,
    #[serde(default)]
    pub point: Option<Point>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hazard {
    /// `persons_present`, `weapon`, `intruder_on_site`, `dog` … (facts, section 7).
    pub kind: String,
    #[serde(flatten)]
    pub risk: Risk,
}

/// Likelihood 1–5 times severity 1–5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    pub likelihood: u8,
    pub severity: u8,
}

impl Risk {
    pub fn score(self) -> u8 {
        self.likelihood.saturating_mul(self.severity)
    }

    pub fn is_valid(self) -> bool {
        (1..=5).contains(&self.likelihood) && (1..=5).contains(&self.severity)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraDecision {
    Proceed,
    ProceedWithControls,
    ExternalOnly,
    Wait,
    Withdraw,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InspectionRecord {
    pub section: InspectionSection,
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Inside was not entered, and why.
    #[serde(default)]
    pub not_entered: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectionSection {
    Outside,
    Inside,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `doors`, `windows`, `roof` …
    pub what: String,
    pub result: FindingResult,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub pictures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingResult {
    Ok,
    Issue,
    NotChecked,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForcedEntryRecord {
    #[serde(default)]
    pub openings: Vec<Opening>,
    pub verdict: EntryVerdict,
    /// Asked for whenever the verdict is not `none`.
    #[serde(default)]
    pub police: Option<PoliceInformed>,
    #[serde(default)]
    pub scene_preserved: Option<bool>,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// `door`, `window`, `roof`, `shutter`, `lock`.
    pub what: String,
    pub result: OpeningResult,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub pictures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningResult {
    Intact,
    Attempted,
    Forced,
    NotChecked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryVerdict {
    None,
    Attempted,
    Entry,
    CannotTell,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceInformed {
    pub informed: bool,
    #[serde(default)]
    pub reference: String,
    /// Why not, when they were not.
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PremisesSecure {
    pub status: SecureStatus,
    /// `set`, `part_set`, `unset_agreed`, `faulty`, `cannot_set`, `no_alarm`.
    pub alarm: String,
    /// Who reset it: `user`, `officer`, `engineer`, `remote`. Codes are never written down.
    #[serde(default)]
    pub reset_by: Option<String>,
    /// What protects the place when it could not be re-armed: boarding-up, guard, revisit.
    #[serde(default)]
    pub cover: String,
    /// Who was told.
    #[serde(default)]
    pub told: String,
    #[serde(default)]
    pub keys: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecureStatus {
    Secure,
    SecureTemporary,
    InsecureCustomerAware,
    InsecurePoliceOnScene,
    NotAccessible,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoteAdd {
    #[serde(default)]
    pub text: String,
    /// `control`, `officer`, `customer`; everybody on the call-out when left out.
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub pictures: Vec<String>,
    /// The customer may read it on the tracking page.
    #[serde(default)]
    pub share: bool,
    /// The person it is about, so that it can be erased with them.
    #[serde(default)]
    pub about: Option<PersonId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiaisonRecord {
    /// `police`, `ambulance`, `fire`, `customer`, `keyholder`, `control`, `arc`.
    pub whom: String,
    /// `telephone`, `radio`, `in_person`, `email`.
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub reference: String,
    /// `answered`, `no_reply`, `attending`, `arrived`.
    #[serde(default)]
    pub outcome: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationRaise {
    /// 1 assist, 2 urgent, 3 emergency.
    pub level: u8,
    #[serde(default)]
    pub reason: String,
    /// The emergency button was held.
    #[serde(default)]
    pub emergency: bool,
    #[serde(default)]
    pub point: Option<Point>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EscalationStandDown {
    #[serde(default)]
    pub reason: String,
    /// Confirmed by voice or in person.
    pub officer_safe: bool,
    /// The log position up to which the person knew what had happened. What was raised after it stands.
    #[serde(default)]
    pub seen: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckCallAnswer {
    pub ok: bool,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportSubmit {
    #[serde(default)]
    pub narrative: String,
    #[serde(default)]
    pub signature: Signature,
    /// `genuine`, `attempted`, `user_error`, `equipment_fault`, `unknown` …
    #[serde(default)]
    pub cause: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    #[serde(default)]
    pub name: String,
    /// Pen strokes in a box 300 wide and 100 high.
    #[serde(default)]
    pub strokes: Vec<Vec<(f32, f32)>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportReview {
    /// True closes the call-out; false returns the report with comments.
    pub approve: bool,
    #[serde(default)]
    pub comments: String,
    /// Closes although a picture never arrived, and why.
    #[serde(default)]
    pub without_pictures: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaReceived {
    pub sha256: String,
}

/// The client makes the token and keeps it; the log holds its digest only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackingIssue {
    /// SHA-256, in hex, of the token's text in `/t/{token}`.
    pub token_sha256: String,
    pub expires_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimerFire {
    pub timer: crate::timers::TimerKind,
    pub due: Instant,
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
}
