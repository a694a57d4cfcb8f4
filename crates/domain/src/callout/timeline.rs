//! One plain sentence for each thing that happened on a call-out.

use super::evolve::who;
use super::facts::secure_words;
use super::procedure::Procedure;
use super::updates::Expected;
use super::{Callout, Entry, Part};
use crate::command::{
    ArrivalSource, DraDecision, EntryVerdict, InspectionSection, NoticedWhat, Reached, SafeBy, Settlement, TextFailure,
    TextState,
};
use crate::documents::ItemKind;
use crate::event::{EventBody as E, Recorded, ReportOf};
use crate::id::AssignmentId;

impl Callout {
    pub(super) fn note_in_timeline(&mut self, event: &Recorded) {
        let Some((step, share, text)) = self.sentence(event) else {
            return;
        };
        let entry = Entry {
            seq: event.seq,
            at: event.at,
            recorded_at: event.recorded_at,
            who: who(self, &event.by),
            text,
            step: (!step.is_empty()).then(|| step.to_owned()),
            share,
        };
        // A late fact stands where it happened; facts of the same moment keep the log's order.
        let place = self.timeline.iter().rposition(|e| e.at <= entry.at).map_or(0, |before| before + 1);
        self.timeline.insert(place, entry);
    }

    fn sentence(&self, event: &Recorded) -> Option<(&'static str, bool, String)> {
        let call_sign = |id: AssignmentId| self.assignment(id).map_or("an officer", |a| a.call_sign.as_str());
        let with_reason = |text: String, reason: &str| {
            if reason.is_empty() { text } else { format!("{text}: {reason}") }
        };
        Some(match &event.body {
            E::CalloutCreated(created) => ("", true, format!("Call-out {} opened: {}", created.number, created.title)),
            E::CalloutHeld(h) => ("", false, with_reason("Put off".into(), &h.reason)),
            E::CalloutResumed(_) => ("", false, "No longer put off".into()),
            E::CalloutFollowed(_) => ("", false, "Somebody goes back to it with a new call-out".into()),
            E::CalloutOwned(_) => ("", false, "Works on it now".into()),
            // Whoever stands beside the customer reads the same either way; the escalation says the rest, here only.
            E::CancelRequested(c) => ("", true, with_reason("The customer asks to cancel".into(), &c.reason)),
            E::DuressGiven(_) => ("", false, "The word for duress was given".into()),
            E::CalloutAsked(a) => ("", false, with_reason("Asked for".into(), &a.reason)),
            E::Rated(r) => ("", false, with_reason(format!("Rated {} of 5", r.score), &r.comment)),
            E::TestPlayed(p) => ("", true, p.stage.words().into()),
            E::ReportKept(k) => {
                let what = match k.of {
                    ReportOf::Submitted => format!("Report version {} kept", k.version),
                    ReportOf::Approved => format!("Approved report kept as version {}", k.version),
                    ReportOf::Addendum => format!("Addendum {} kept as version {}", k.addendum, k.version),
                };
                ("", false, what)
            }
            E::CancelRefused(r) => ("", true, with_reason("It goes on".into(), &r.reason)),
            E::PoliceAwaited(p) => ("", false, with_reason("Waits for the police".into(), &p.reference)),
            E::PoliceAwaitEnded(_) => ("", false, "Waits for the police no longer".into()),
            E::PoliceCallBackDue(_) => ("", false, "The police should be rung back".into()),
            E::Noticed(n) => {
                let sign = call_sign(n.assignment);
                let text = match n.what {
                    NoticedWhat::SetOff => format!("{sign} seems to be on the way, not confirmed"),
                    NoticedWhat::NotMoving => format!("{sign} does not move"),
                    NoticedWhat::Moving => format!("{sign} moves again"),
                    NoticedWhat::LeftSite => format!("{sign} seems to have left the site"),
                    NoticedWhat::BackOnSite => format!("{sign} is back on the site"),
                };
                ("", false, text)
            }
            E::Undecided(_) => ("escalate", false, "Nobody has decided what now".into()),
            E::NotSetOff(of) => ("", false, format!("{} has not set off", call_sign(of.assignment))),
            E::ReportDue(of) => ("report", false, format!("The report of {} is overdue", call_sign(of.assignment))),
            E::AlarmJoined(joined) => {
                let place = joined.place.as_deref().map_or(String::new(), |place| format!(", {place}"));
                ("", false, format!("Another alarm here: {}{place}", joined.kind.title()))
            }
            E::CallJoined(_) => ("", false, "Another telephone call about the same".into()),
            E::CalloutUnresourced(r) => ("accept", false, format!("Nobody to send: {}", r.reason)),
            E::CalloutStoodDown(d) => ("", true, with_reason("Stood down".into(), &d.reason)),
            E::StandDownAcknowledged(of) => {
                ("", false, format!("{} acknowledged the stand-down", call_sign(of.assignment)))
            }
            E::Offered(o) => {
                let why = o.override_reason.as_deref().filter(|r| !r.is_empty());
                let as_what = if o.part == Part::Support { " as back-up" } else { "" };
                let text = match why {
                    Some(reason) => format!("Offered to {}{as_what} by choice: {reason}", o.call_sign),
                    None => format!("Offered to {}{as_what}: {}", o.call_sign, o.reasons.join(", ")),
                };
                ("accept", false, text)
            }
            E::Delivered(of) => ("accept", false, format!("Offer reached the phone of {}", call_sign(of.assignment))),
            E::Seen(of) => ("accept", false, format!("{} has the offer on the screen", call_sign(of.assignment))),
            E::NotDelivered(of) => {
                ("accept", false, format!("Offer has not reached {}: use the radio", call_sign(of.assignment)))
            }
            E::Texted(t) => {
                let sign = call_sign(t.assignment);
                let text = match t.state {
                    TextState::Sending => format!("SMS to {sign} about the offer is being sent"),
                    TextState::Sent => format!("SMS to {sign} about the offer sent"),
                    TextState::Failed => format!("SMS to {sign} failed: {}, ring them", t.why()),
                };
                ("accept", false, text)
            }
            E::Accepted(a) => {
                let how = if a.by_voice { " by voice" } else { "" };
                ("accept", true, format!("{} accepted{how}", call_sign(a.assignment)))
            }
            E::Declined(e) => {
                ("accept", false, with_reason(format!("{} declined", call_sign(e.assignment)), &e.reason))
            }
            E::Expired(of) => ("accept", false, format!("{} did not answer in time", call_sign(of.assignment))),
            E::Withdrawn(e) => {
                ("accept", false, with_reason(format!("Offer to {} withdrawn", call_sign(e.assignment)), &e.reason))
            }
            E::Released(e) => {
                ("accept", false, with_reason(format!("{} released", call_sign(e.assignment)), &e.reason))
            }
            E::LeadHandedOver(h) => ("accept", false, with_reason(format!("{} leads now", call_sign(h.to)), &h.reason)),
            E::Left(of) => ("", true, format!("{} has left", call_sign(of.assignment))),
            E::RamsOverridden(r) => ("rams", false, with_reason("Expired RAMS allowed".into(), &r.reason)),
            E::RamsAcknowledged(r) => (
                "rams",
                false,
                match r.again {
                    Some(_) => format!("RAMS version {} confirmed again, unchanged", r.version),
                    None => format!("RAMS version {} read and signed", r.version),
                },
            ),
            E::LocationConfirmed(d) => {
                let value = d.what.value.clone().unwrap_or_else(|| d.what.method.clone());
                ("location", false, format!("Location confirmed: {value}"))
            }
            E::EnRoute(of) => ("arrive", true, format!("{} is on the way", call_sign(of.assignment))),
            E::Arrived(a) => {
                let unit = call_sign(a.assignment);
                let text = match a.source {
                    ArrivalSource::Geofence => format!("{unit} is near the site, not confirmed"),
                    ArrivalSource::Manual => format!("{unit} arrived"),
                    ArrivalSource::Voice => format!("{unit} arrived, by voice"),
                };
                ("arrive", a.source != ArrivalSource::Geofence, text)
            }
            E::Parked(d) => {
                let mut text = "Parked".to_owned();
                if !d.what.exit_clear {
                    text += ", exit not clear";
                }
                if d.what.obstructs {
                    text += ", obstructs";
                }
                ("arrive", false, with_reason(text, &d.what.note))
            }
            E::Answered(d) => {
                let item = self.item(&d.what.item);
                let question = item.map_or(d.what.item.as_str(), |i| i.text.as_str());
                let answer = match (&d.what.unable, &d.what.value) {
                    (Some(why), _) => format!("unable, {why}"),
                    // The name stands with the answer.
                    (None, _) if item.is_some_and(|i| matches!(i.kind, ItemKind::Signature { .. })) => "signed".into(),
                    (None, Some(value)) => match &d.what.asset {
                        Some(asset) => format!("{asset}: {value}"),
                        None => value.clone(),
                    },
                    (None, None) => match d.what.pictures.len() {
                        // Its words have been erased.
                        0 => "answered".into(),
                        1 => "1 picture".into(),
                        n => format!("{n} pictures"),
                    },
                };
                ("checklist", item.is_some_and(|i| i.share), format!("{question} {answer}"))
            }
            E::Assessed(d) => {
                let decision = match d.what.decision {
                    DraDecision::Proceed => "safe to go on",
                    DraDecision::ProceedWithControls => "go on with controls",
                    DraDecision::ExternalOnly => "outside only",
                    DraDecision::Wait => "wait",
                    DraDecision::Withdraw => "withdraw and call for back-up",
                };
                let r = d.what.residual;
                ("dra", false, format!("Risk assessed {} × {} = {}: {decision}", r.likelihood, r.severity, r.score()))
            }
            E::Inspected(d) => {
                let name = match d.what.section {
                    InspectionSection::Outside => "Outside",
                    InspectionSection::Inside => "Inside",
                };
                let issues =
                    d.what.findings.iter().filter(|f| f.result == crate::command::FindingResult::Issue).count();
                let text = match (&d.what.not_entered, issues) {
                    (Some(why), _) => format!("{name} not entered: {why}"),
                    (None, 0) => format!("{name} inspected, in order"),
                    (None, n) => format!("{name} inspected, {n} to note"),
                };
                ("inspection", true, text)
            }
            E::ForcedEntry(d) => {
                let verdict = match d.what.verdict {
                    EntryVerdict::None => "no sign of forced entry",
                    EntryVerdict::Attempted => "somebody tried to get in",
                    EntryVerdict::Entry => "somebody got in",
                    EntryVerdict::CannotTell => "cannot tell",
                };
                ("forced_entry", true, format!("Forced-entry inspection: {verdict}"))
            }
            E::Secured(d) => ("secure", true, format!("Left {}", secure_words(d.what.status))),
            E::StepAnswered(d) => {
                let step = Procedure::find(&self.procedure).and_then(|p| p.step(&d.what.step));
                let title = step.map_or(d.what.step.as_str(), |s| s.title.as_str());
                let said = step
                    .and_then(|s| s.ask.as_ref())
                    .map_or_else(|| d.what.choices.join(", "), |ask| ask.words(&d.what.choices));
                (step.map_or("", |s| s.id.as_str()), false, with_reason(format!("{title}: {said}"), &d.what.note))
            }
            E::StepSkipped(s) => {
                let step = Procedure::find(&self.procedure).and_then(|p| p.step(&s.step));
                let title = step.map(|s| s.title.as_str());
                (
                    step.map_or("", |s| s.id.as_str()),
                    false,
                    with_reason(format!("“{}” left out", title.unwrap_or(&s.step)), &s.reason),
                )
            }
            E::NoteAdded(note) => {
                let to = note.to.as_deref().map_or(String::new(), |to| format!(" to {to}"));
                ("inform", note.share, format!("Note{to}: {}", note.text))
            }
            E::LiaisonRecorded(l) => {
                let mut text = format!("{} {}", capital(&l.whom.replace('_', "-")), l.outcome.replace('_', " "));
                if !l.reference.is_empty() {
                    text += &format!(", reference {}", l.reference);
                }
                if !l.authorised_by.is_empty() {
                    text += &format!(", agreed by {}", l.authorised_by);
                }
                if let Some(cap) = l.cost_cap {
                    text += &format!(", up to £{cap}");
                }
                ("inform", false, with_reason(text.trim_end().into(), &l.summary))
            }
            E::ContactTried(t) => {
                let outcome = match t.outcome {
                    Reached::Answered => "answered",
                    Reached::NoReply => "no reply",
                    Reached::LeftMessage => "left a message",
                    Reached::WrongNumber => "wrong number",
                };
                let who = if t.manager { "Duty manager" } else { "Contact" };
                ("inform", false, with_reason(format!("{who} rung, {outcome}"), &t.note))
            }
            E::ManagerTexted(t) => {
                let text = match t.state {
                    TextState::Sending => "SMS to a duty manager is being sent".into(),
                    TextState::Sent => "SMS to a duty manager sent".into(),
                    TextState::Failed => {
                        let why = t.failure.map_or("the reason is not known", TextFailure::words);
                        format!("SMS to a duty manager failed: {why}, ring them")
                    }
                };
                ("escalate", false, text)
            }
            E::ContactsSettled(s) => {
                let what = match s.decision {
                    Settlement::TryAgain => "Nobody answered: the contacts are rung again",
                    Settlement::GoOnWithout => "Nobody answered: it goes on without the contacts",
                };
                ("inform", false, with_reason(what.into(), &s.reason))
            }
            E::EscalationPlanned(p) => {
                let mut text = with_reason("Rendezvous".into(), &p.rendezvous);
                if !p.cordon.is_empty() {
                    text += &format!(", cordon: {}", p.cordon);
                }
                ("escalate", false, text)
            }
            E::UpdateOverdue(o) => {
                let what = match o.expected {
                    Expected::Customer => "The customer has not been told anything",
                    Expected::News => "Nothing new has been heard",
                    Expected::Planned => "The next update of the plan is due",
                };
                let late = if o.late { ", noticed late" } else { "" };
                ("inform", false, format!("{what}{late}"))
            }
            E::EscalationRaised(e) => {
                let what =
                    if e.emergency { "EMERGENCY button".into() } else { format!("Escalated to level {}", e.level) };
                ("escalate", false, with_reason(what, &e.reason))
            }
            E::Alerted(a) => {
                let signs: Vec<&str> = a.officers.iter().map(|o| o.call_sign.as_str()).collect();
                ("escalate", false, format!("Alerted {}", signs.join(", ")))
            }
            E::EscalationStoodDown(e) => {
                let how = match e.confirmed_by {
                    None => "",
                    Some(SafeBy::SafeWord) => ", safe word given",
                    Some(SafeBy::Voice) => ", officer heard",
                    Some(SafeBy::Seen) => ", officer seen by a colleague",
                };
                ("escalate", false, with_reason(format!("Escalation stood down{how}"), &e.reason))
            }
            E::MajorDeclared(m) => {
                let what = if m.on { "Major incident declared" } else { "Major incident taken back" };
                ("escalate", false, with_reason(what.into(), &m.reason))
            }
            E::CheckCallDue(of) => ("", false, format!("Check call to {} is due", call_sign(of.assignment))),
            E::CheckCallUnanswered(of) => {
                ("escalate", false, format!("{} does not answer the check call", call_sign(of.assignment)))
            }
            E::CheckCallAnswered(c) => {
                let well = if c.ok { "is well" } else { "is NOT well" };
                ("", false, with_reason(format!("{} {well}", call_sign(c.assignment)), &c.note))
            }
            E::AssessmentDue(of) => {
                ("dra", false, format!("{} should assess the risk again", call_sign(of.assignment)))
            }
            E::ReportSubmitted(_) => ("report", true, "Report submitted".into()),
            E::ReportReviewed(r) if r.approve => ("report", true, "Report approved, call-out closed".into()),
            E::ReportReviewed(r) => ("report", false, with_reason("Report returned".into(), &r.comments)),
            E::MediaArrived(_) => return None,
            E::MediaReleased(r) if r.share => ("inform", false, "Picture released to the customer".into()),
            E::MediaReleased(_) => ("inform", false, "Picture no longer shown to the customer".into()),
            E::TrackingIssued(_) => ("inform", false, "Tracking link made for the customer".into()),
            E::PanelAgreed(word) => ("secure", false, format!("The panel agrees: {}", word.text)),
            E::PanelNotAgreed(word) => ("secure", false, word.text.clone()),
            E::TrackingRevoked(_) => ("inform", false, "Tracking link revoked".into()),
            _ => return None,
        })
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
