//! What happened. Events are kept for ever; kinds and fields are only ever added.
//!
//! In memory an event is whole. On the log it is two parts: the *body*, all that [`World::evolve`] needs, and the
//! *personal* part, names, numbers and free text by field path, which erasure by law removes. An event read back
//! without its personal part evolves just the same, with empty texts.
//!
//! [`World::evolve`]: crate::World::evolve

mod alarms;
mod callouts;
mod calls;
mod handover;
mod keys;
mod partner;
mod register;
mod thread;
mod work;
mod writing;

pub use alarms::*;
pub use callouts::*;
pub use calls::*;
pub use handover::*;
pub use keys::*;
pub use partner::*;
pub use register::*;
pub use thread::*;
pub use work::*;
pub use writing::*;

use crate::Instant;
use crate::command::{
    AccountPut, Author, ChecklistAnswer, ChecklistInvite, ContactTried, ContactsSettle, DraRecord, EscalationPlan,
    EscalationRaise, ForcedEntryRecord, InspectionRecord, LiaisonRecord, LocationConfirm, MajorDeclare, ManagerText,
    NoteAdd, Park, PremisesSecure, ReportReview, ReportSubmit, StepAnswer, StepSkip,
};
use crate::documents::{Checklist, Rams};
use crate::id::{AccountId, CommandId, EventId, PersonId, Stream};
use crate::people::{Officer, Unit};
use crate::settings::Settings;
use crate::site::{Estate, Panel, Site};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Names, numbers and free text by field path (`note`, `findings.0.note`).
pub type Personal = Map<String, Value>;

/// An event as decided, before the log gives it a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub stream: Stream,
    pub body: EventBody,
    /// Whose personal data the personal part is, if it is one person's.
    pub subject: Option<PersonId>,
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub seq: i64,
    pub stream: Stream,
    /// 1 for the first event of the stream.
    pub version: i64,
    pub id: EventId,
    pub command_id: CommandId,
    /// When it happened, corrected for the device's clock; never later than recorded.
    pub at: Instant,
    pub recorded_at: Instant,
    pub by: Author,
    pub body: EventBody,
}

macro_rules! event_bodies {
    ($($name:literal => $variant:ident($body:ty) $([$($path:literal),*])?),* $(,)?) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "body")]
        #[allow(clippy::large_enum_variant)]
        pub enum EventBody {
            $(#[serde(rename = $name)] $variant($body),)*
        }

        impl EventBody {
            pub const KINDS: &'static [&'static str] = &[$($name),*];

            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            fn body(&self) -> serde_json::Result<Value> {
                match self { $(Self::$variant(body) => serde_json::to_value(body),)* }
            }

            /// The field paths that hold names, numbers and free text; `*` stands for every element of a list.
            pub fn personal_paths(kind: &str) -> &'static [&'static str] {
                match kind { $($name => &[$($($path),*)?],)* _ => &[] }
            }

            /// Puts the two parts of a logged event together. None for a kind this program does not know yet.
            pub fn join(kind: &str, body: &Value, personal: Option<&Personal>) -> Option<serde_json::Result<Self>> {
                let mut whole = body.clone();
                for (path, text) in personal.into_iter().flatten() {
                    put_at(&mut whole, path, text.clone());
                }
                match kind {
                    $($name => Some(serde_json::from_value::<$body>(whole).map(Self::$variant)),)*
                    _ => None,
                }
            }
        }
    };
}

event_bodies! {
    "settings.put" => SettingsPut(Settings),
    "account.put" => AccountPut(AccountPut) ["name"],
    "estate.put" => EstatePut(Estate),
    "site.put" => SitePut(Box<Site>),
    "contact.put" => ContactPut(ContactPut) ["contact.name", "contact.telephone", "contact.email"],
    "contact.removed" => ContactRemoved(ContactRemoved),
    "officer.put" => OfficerPut(Officer) ["name", "telephone"],
    "unit.put" => UnitPut(Unit),
    "panel.put" => PanelPut(Panel),
    "rams.put" => RamsPut(Rams),
    "checklist.put" => ChecklistPut(Checklist),
    "checklist.invited" => ChecklistInvited(ChecklistInvite) ["to", "message"],
    "checklist.uninvited" => ChecklistUninvited(Empty),
    "checklist.proposed" => ChecklistProposed(ChecklistProposed) ["title", "items", "said"],
    "checklist.returned" => ChecklistReturned(ChecklistReturned) ["comment"],
    "checklist.proposal_approved" => ProposalApproved(ProposalApproved),
    "person.erased" => PersonErased(PersonErased) ["reason"],
    "shift.signed_on" => ShiftSignedOn(ShiftChanged),
    "shift.signed_off" => ShiftSignedOff(ShiftChanged),
    "officer.rams_signed" => OfficerRamsSigned(OfficerRamsSigned),
    "signal.logged" => SignalLogged(SignalLogged),
    "panel.line_fault" => LineFault(LineFault),
    "panel.line_restored" => LineRestored(Empty),
    "alarm.raised" => AlarmRaised(Box<AlarmRaised>),
    "alarm.repeated" => AlarmRepeated(AlarmRepeated),
    "alarm.restored" => AlarmRestored(Empty),
    "alarm.viewed" => AlarmViewed(Empty),
    "alarm.taken" => AlarmTaken(Empty),
    "alarm.shelved" => AlarmShelved(AlarmShelved) ["reason"],
    "alarm.unshelved" => AlarmUnshelved(Empty),
    "alarm.closed" => AlarmClosed(Reasoned) ["reason"],
    "alarm.linked" => AlarmLinked(AlarmLinked),
    "alarm.confirmed" => AlarmConfirmed(AlarmConfirmed),
    "alarm.flapping" => AlarmFlapping(AlarmFlapping),
    "alarm.flap_ended" => AlarmFlapEnded(Empty),
    "panel.activated" => PanelActivated(Box<PanelActivated>),
    "panel.on_test" => PanelOnTest(PanelOnTest) ["reason"],
    "panel.test_ended" => PanelTestEnded(Empty),
    "incident.opened" => IncidentOpened(IncidentOpened),
    "callout.created" => CalloutCreated(Box<CalloutCreated>) ["text", "address", "place"],
    "callout.held" => CalloutHeld(Held) ["reason"],
    "callout.resumed" => CalloutResumed(Empty),
    "callout.followed" => CalloutFollowed(Followed),
    "callout.owned" => CalloutOwned(Empty),
    "cancel.requested" => CancelRequested(CancelRequested) ["reason"],
    "cancel.refused" => CancelRefused(Reasoned) ["reason"],
    "police.awaited" => PoliceAwaited(PoliceAwaited) ["reference"],
    "police.await_ended" => PoliceAwaitEnded(Empty),
    "police.call_back_due" => PoliceCallBackDue(Empty),
    "assignment.undecided" => Undecided(OfAssignment),
    "assignment.noticed" => Noticed(Noticed),
    "assignment.not_set_off" => NotSetOff(OfAssignment),
    "report.due" => ReportDue(OfAssignment),
    "callout.alarm_joined" => AlarmJoined(AlarmJoined),
    "callout.unresourced" => CalloutUnresourced(Reasoned),
    "callout.stood_down" => CalloutStoodDown(StoodDown) ["reason", "told"],
    "stand_down.acknowledged" => StandDownAcknowledged(OfAssignment),
    "assignment.offered" => Offered(Box<Offered>) ["override_reason"],
    "assignment.delivered" => Delivered(OfAssignment),
    "assignment.seen" => Seen(OfAssignment),
    "assignment.not_delivered" => NotDelivered(OfAssignment),
    "assignment.texted" => Texted(Texted),
    "assignment.accepted" => Accepted(Accepted),
    "assignment.declined" => Declined(EndedOffer) ["reason"],
    "assignment.expired" => Expired(OfAssignment),
    "assignment.withdrawn" => Withdrawn(EndedOffer) ["reason"],
    "assignment.released" => Released(EndedOffer) ["reason"],
    "assignment.left" => Left(OfAssignment),
    "lead.handed_over" => LeadHandedOver(HandedOver) ["reason"],
    "rams.acknowledged" => RamsAcknowledged(RamsAcknowledged),
    "location.confirmed" => LocationConfirmed(Done<LocationConfirm>) ["what.value"],
    "assignment.en_route" => EnRoute(OfAssignment),
    "assignment.arrived" => Arrived(Arrived) ["reason"],
    "assignment.parked" => Parked(Done<Park>) ["what.note"],
    "checklist.answered" => Answered(Done<ChecklistAnswer>) ["what.note", "what.unable"],
    "dra.recorded" => Assessed(Done<DraRecord>)
        ["what.people", "what.lighting", "what.ground", "what.weather", "what.controls", "what.note"],
    "inspection.recorded" => Inspected(Done<InspectionRecord>) ["what.findings.*.note", "what.not_entered"],
    "forced_entry.recorded" => ForcedEntry(Done<ForcedEntryRecord>)
        ["what.note", "what.openings.*.note", "what.police.reason", "what.marks", "what.missing", "what.seen"],
    "premises.secured" => Secured(Done<PremisesSecure>)
        ["what.cover", "what.told", "what.keys", "what.reset_by", "what.omitted", "what.utilities", "what.handed_over.name"],
    "step.answered" => StepAnswered(Done<StepAnswer>) ["what.note"],
    "step.skipped" => StepSkipped(StepSkip) ["reason"],
    "note.added" => NoteAdded(NoteAdd) ["text"],
    "liaison.recorded" => LiaisonRecorded(LiaisonRecord) ["summary", "authorised_by"],
    "escalation.raised" => EscalationRaised(EscalationRaise) ["reason"],
    "escalation.alerted" => Alerted(Alerted),
    "escalation.stood_down" => EscalationStoodDown(EscalationEnded) ["reason"],
    "check_call.due" => CheckCallDue(OfAssignment),
    "check_call.unanswered" => CheckCallUnanswered(OfAssignment),
    "check_call.answered" => CheckCallAnswered(CheckCallAnswered) ["note"],
    "report.submitted" => ReportSubmitted(ReportSubmit)
        ["narrative", "signature.name", "signature.strokes", "follow_ups.*.what", "follow_ups.*.owner",
         "exhibits.*.what", "exhibits.*.held", "injury.text", "safeguarding"],
    "report.reviewed" => ReportReviewed(ReportReview) ["comments", "without_pictures"],
    "media.received" => MediaArrived(MediaArrived),
    "media.released" => MediaReleased(MediaReleased),
    "tracking.issued" => TrackingIssued(TrackingIssued),
    "tracking.revoked" => TrackingRevoked(Empty),
    "assessment.due" => AssessmentDue(OfAssignment),
    "callout.panel_agreed" => PanelAgreed(PanelWord),
    "callout.panel_not_agreed" => PanelNotAgreed(PanelWord),
    "call.opened" => CallOpened(CallOpened),
    "call.progressed" => CallProgressed(CallProgressed) ["from"],
    "call.taken" => CallTaken(CallTaken),
    "call.described" => CallDescribed(CallDescribed)
        ["card.caller", "card.number", "card.address", "card.place", "card.text"],
    "call.graded" => CallGraded(CallGraded)
        ["threat.note", "harm.note", "risk.note", "investigation.note", "vulnerability.note", "engagement.note"],
    "call.closed" => CallClosed(CallClosed) ["told", "note", "out_of_hours"],
    "callout.call_joined" => CallJoined(CallJoined),
    "message.delivered" => MessageDelivered(MessagesMarked),
    "message.read" => MessageRead(MessagesMarked),
    "contact.tried" => ContactTried(ContactTried) ["note"],
    "manager.texted" => ManagerTexted(ManagerText),
    "contacts.settled" => ContactsSettled(ContactsSettle) ["reason"],
    "major.declared" => MajorDeclared(MajorDeclare) ["reason"],
    "escalation.planned" => EscalationPlanned(EscalationPlan) ["rendezvous", "cordon"],
    "update.overdue" => UpdateOverdue(UpdateOverdue),
    "handover.written" => HandoverWritten(HandoverWritten) ["watch_outs"],
    "handover.signed" => HandoverSigned(HandoverSigned) ["from", "to", "text"],
    "key.put" => KeyPut(KeyPut),
    "key.issued" => KeyIssued(KeyIssued) ["to.name", "why"],
    "key.returned" => KeyReturned(KeyReturned) ["to", "note"],
    "key.lost" => KeyLost(Reasoned) ["reason"],
    "key.overdue" => KeyOverdue(Empty),
    "panel.police_called" => PoliceCalled(PoliceCalled) ["reason"],
    "rams.overridden" => RamsOverridden(Reasoned) ["reason"],
    "callout.asked" => CalloutAsked(Asked) ["reason"],
    "cancel.duress" => DuressGiven(Empty),
    "rating.given" => Rated(Rated) ["comment"],
    "test.played" => TestPlayed(TestPlayed),
    "report.kept" => ReportKept(ReportKept),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Empty {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reasoned {
    #[serde(default)]
    pub reason: String,
}

impl Event {
    /// The two parts for the log: body and personal. The personal part is None when there is nothing personal.
    pub fn split(&self) -> serde_json::Result<(Value, Option<Personal>)> {
        let mut body = self.body.body()?;
        let mut personal = Personal::new();
        // Whether an answer is free text hangs on the item, not on the kind of event.
        let in_words = matches!(&self.body, EventBody::Answered(done) if done.what.in_words);
        let also: &[&str] = if in_words { &["what.value"] } else { &[] };
        for path in EventBody::personal_paths(self.body.kind()).iter().chain(also) {
            let steps: Vec<&str> = path.split('.').collect();
            take_at(&mut body, &steps, &mut String::new(), &mut personal);
        }
        Ok((body, (!personal.is_empty()).then_some(personal)))
    }
}

/// Moves what stands at `path` out of `value` into `personal`, leaving the field out. An empty text says nothing
/// about anybody and stays, so that the two parts give back exactly what was split.
fn take_at(value: &mut Value, path: &[&str], walked: &mut String, personal: &mut Personal) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    let length = walked.len();
    let descend = |value: &mut Value, name: &str, walked: &mut String, personal: &mut Personal| {
        if !walked.is_empty() {
            walked.push('.');
        }
        walked.push_str(name);
        take_at(value, rest, walked, personal);
        walked.truncate(length);
    };
    match (value, *step) {
        (Value::Array(items), "*") => {
            for (index, item) in items.iter_mut().enumerate() {
                descend(item, &index.to_string(), walked, personal);
            }
        }
        (Value::Object(fields), name) if rest.is_empty() => {
            let found = fields.get(name).is_some_and(|text| !is_blank(text));
            if let Some(text) = found.then(|| fields.remove(name)).flatten() {
                let path = if walked.is_empty() { name.to_owned() } else { format!("{walked}.{name}") };
                personal.insert(path, text);
            }
        }
        (Value::Object(fields), name) => {
            if let Some(inner) = fields.get_mut(name) {
                descend(inner, name, walked, personal);
            }
        }
        _ => {}
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn put_at(value: &mut Value, path: &str, text: Value) {
    let mut at = value;
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let last = steps.peek().is_none();
        at = match at {
            Value::Array(items) => match step.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                Some(item) => item,
                None => return,
            },
            Value::Object(fields) if last => {
                fields.insert(step.to_owned(), text);
                return;
            }
            Value::Object(fields) => match fields.get_mut(step) {
                Some(inner) => inner,
                None => return,
            },
            _ => return,
        };
    }
}

/// Whose account acted, for a log line.
pub fn by_line(author: &Author) -> (AccountId, &'static str) {
    (author.account, author.role.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Finding, FindingResult, InspectionSection};
    use crate::id::{AggregateKind, AssignmentId, derived};

    fn inspection() -> Event {
        let finding = |note: &str| Finding {
            severity: None,
            place: None,
            what: "doors".into(),
            result: FindingResult::Issue,
            note: note.into(),
            pictures: vec![],
        };
        Event {
            stream: Stream::new(AggregateKind::Callout, derived("c", &[])),
            body: EventBody::Inspected(Done {
                assignment: AssignmentId(derived("a", &[])),
                what: InspectionRecord {
                    section: InspectionSection::Outside,
                    findings: vec![finding("Mr Smith says the door was open"), finding("")],
                    not_entered: None,
                },
            }),
            subject: None,
        }
    }

    #[test]
    fn free_text_leaves_the_body_and_comes_back_with_the_personal_part() {
        let event = inspection();
        let (body, personal) = event.split().unwrap();
        assert!(!body.to_string().contains("Smith"));
        let personal = personal.unwrap();
        assert_eq!(personal["what.findings.0.note"], "Mr Smith says the door was open");
        let whole = EventBody::join("inspection.recorded", &body, Some(&personal)).unwrap().unwrap();
        assert_eq!(whole, event.body);
    }

    #[test]
    fn an_event_reads_back_without_its_personal_part() {
        let (body, _) = inspection().split().unwrap();
        let EventBody::Inspected(done) = EventBody::join("inspection.recorded", &body, None).unwrap().unwrap() else {
            panic!("another kind")
        };
        assert_eq!(done.what.findings[0].note, "");
        assert_eq!(done.what.findings[0].result, FindingResult::Issue);
    }

    #[test]
    fn an_unknown_kind_is_none_not_an_error() {
        assert!(EventBody::join("moon.landed", &Value::Null, None).is_none());
    }
}
