//! Telephone calls: what an exchange tells, what the operator writes down, and what came of it.

use super::{Decided, Decision, about, event, required};
use crate::Instant;
use crate::alarm::Priority;
use crate::call::hours::{alternative, is_service};
use crate::call::record::reading;
use crate::call::{Call, Card, Outcome, Phase, Progress, number};
use crate::callout::Callout;
use crate::callout::checks::check_text;
use crate::civil;
use crate::command::{CallClose, CallGrade, CallProgress, CallPut, CallRecord, CalloutCreate};
use crate::event::{
    CallClosed, CallDescribed, CallGraded, CallJoined, CallOpened, CallProgressed, CallTaken, Event, EventBody as E,
    IncidentOpened,
};
use crate::id::{AggregateKind as K, CallId, CalloutId, IncidentId};
use crate::refusal::Refusal;
use chrono::{Datelike, TimeDelta};
use std::sync::Arc;

/// Names that exchanges give calls are short; what is longer is something else.
const ID_CHARS_MAX: usize = 200;
/// A missed call from an exchange's list is rung back within a day; what is older is history.
const RING_BACK_WITHIN: TimeDelta = TimeDelta::hours(24);
/// An exchange that believes it is earlier than this has lost its clock.
const FIRST_YEAR: i32 = 2000;

impl<'a> Decision<'a> {
    /// By its id, or by the name the exchange gave it.
    fn known_call(&self) -> Option<&'a Arc<Call>> {
        self.world.call(self.target())
    }

    fn call(&self) -> Result<&'a Arc<Call>, Refusal> {
        let call = self.known_call().ok_or_else(|| Refusal::not_found("call", self.target()))?;
        must_be_open(call)?;
        Ok(call)
    }

    /// Told again, late or in another order it changes nothing but what was not known: a time that is kept stays, and
    /// nothing opens again.
    pub(super) fn call_progress(&self, progress: &CallProgress) -> Decided {
        named(&progress.id)?;
        check_text(&progress.from)?;
        check_text(&progress.to)?;
        let id = Call::id_of(&progress.id);
        let known = self.world.calls.get(&id);
        if known.is_some_and(|call| call.told(progress.state).is_some()) {
            return Ok(vec![]);
        }
        let mut events = Vec::new();
        if known.is_none() {
            events.push(on_call(id, E::CallOpened(CallOpened { exchange: Some(progress.id.clone()) })));
        }
        let progressed = CallProgressed {
            state: progress.state,
            from: number::shown(&progress.from).to_owned(),
            to: progress.to.trim().to_owned(),
            happened_at: None,
        };
        events.push(on_call(id, E::CallProgressed(progressed)));
        Ok(events)
    }

    pub(super) fn call_answer(&self) -> Decided {
        let call = self.call()?;
        if let Some(taken) = &call.taken {
            if taken.by == self.ctx.author.account {
                return Ok(vec![]);
            }
            let name = self.world.accounts.get(&taken.by).map_or("somebody else", |a| a.name.as_str());
            return Err(Refusal::new("already_answered", format!("This call is with {name} already."))
                .mend("Speak to them, or answer the next one."));
        }
        Ok(vec![take(call.id, call.phase())])
    }

    pub(super) fn call_put(&self, put: &CallPut) -> Decided {
        let card = self.card(put)?;
        let Some(call) = self.known_call() else {
            let id = CallId(self.target_id()?);
            return Ok(vec![
                on_call(id, E::CallOpened(CallOpened { exchange: None })),
                take(id, Phase::Answered),
                on_call(id, E::CallDescribed(CallDescribed { card })),
            ]);
        };
        must_be_open(call)?;
        let mut events: Vec<Event> = call.taken.is_none().then(|| take(call.id, call.phase())).into_iter().collect();
        if call.card != card {
            events.push(on_call(call.id, E::CallDescribed(CallDescribed { card })));
        }
        Ok(events)
    }

    fn card(&self, put: &CallPut) -> Result<Card, Refusal> {
        [&put.caller, &put.number, &put.about, &put.address, &put.place, &put.text]
            .into_iter()
            .try_for_each(|text| check_text(text))?;
        if put.point.is_some_and(|point| !point.is_valid()) {
            return Err(Refusal::new("bad_place", "The point is no place on Earth.").mend("Set the pin again."));
        }
        let site = match put.site.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => Some(self.world.site(name).ok_or_else(|| Refusal::not_found("site", name))?.id),
            None => None,
        };
        let put = put.clone();
        Ok(Card {
            caller: put.caller,
            number: put.number,
            about: put.about,
            address: put.address,
            place: put.place,
            point: put.point,
            site,
            text: put.text,
        })
    }

    /// Each grading is kept; the newest counts. The same once more is no new one.
    pub(super) fn call_grade(&self, grade: &CallGrade) -> Decided {
        let call = self.call()?;
        grade.thrive.aspects().iter().try_for_each(|(_, aspect)| check_text(&aspect.note))?;
        let same = call
            .grade()
            .is_some_and(|given| given.what.thrive == grade.thrive && given.what.priority == grade.priority);
        if same {
            return Ok(vec![]);
        }
        let graded = CallGraded { thrive: grade.thrive.clone(), priority: grade.priority };
        Ok(vec![on_call(call.id, E::CallGraded(graded))])
    }

    pub(super) fn call_close(&self, close: &CallClose) -> Decided {
        let call = self.call()?;
        check_text(&close.note)?;
        check_text(&close.told)?;
        let mut closed = CallClosed {
            outcome: close.outcome,
            told: close.told.clone(),
            note: close.note.clone(),
            callout: None,
            same_as: None,
            incident: None,
            out_of_hours: String::new(),
        };
        let mut joined = None;
        match close.outcome {
            Outcome::Advice => required(&close.note, "The advice that was given")?,
            Outcome::PassedOn => required(&close.told, "Whom it was passed to")?,
            Outcome::OutOfHours if close.note.trim().is_empty() => {
                closed.note = alternative(&self.world.settings.service_hours).unwrap_or_default();
                required(&closed.note, "What the caller was told")?;
            }
            Outcome::Duplicate => joined = self.repeated(call, close, &mut closed)?,
            Outcome::CallOut | Outcome::Recorded => {
                return Err(Refusal::new("bad_outcome", "Nobody says this of a call by hand.")
                    .mend("Open the call-out from the call, or choose what came of it."));
            }
            Outcome::OutOfHours | Outcome::NoReply | Outcome::Nuisance | Outcome::Test => {}
        }
        let mut events = vec![on_call(call.id, E::CallClosed(closed))];
        events.extend(joined.map(|callout| join(call.id, callout)).into_iter().flatten());
        Ok(events)
    }

    /// What a repeated call is about: a call-out, or an earlier call.
    fn repeated(
        &self,
        call: &Call,
        close: &CallClose,
        closed: &mut CallClosed,
    ) -> Result<Option<&'a Arc<Callout>>, Refusal> {
        if let Some(name) = &close.callout {
            let callout = self.world.callout(name).ok_or_else(|| Refusal::not_found("call-out", name))?;
            closed.callout = Some(callout.id);
            closed.incident = Some(callout.incident);
            return Ok(Some(callout));
        }
        let Some(name) = &close.same_as else {
            return Err(Refusal::new("missing", "What it repeats is missing.")
                .mend("Name the call-out or the earlier call that it is about."));
        };
        let earlier = self.world.call(name).ok_or_else(|| Refusal::not_found("call", name))?;
        if earlier.id == call.id {
            return Err(Refusal::new("bad_outcome", "A call does not repeat itself.").mend("Name the earlier call."));
        }
        closed.same_as = Some(earlier.id);
        // Where that one led, this one belongs.
        let led_to = earlier.closed.as_ref().and_then(|c| c.callout).and_then(|id| self.world.callouts.get(&id));
        closed.callout = led_to.map(|c| c.id);
        closed.incident = led_to.map(|c| c.incident);
        Ok(led_to)
    }

    /// A line of the exchange's list: adds what was not known. A call of which nobody heard here is only recorded, unless
    /// somebody still waits to be rung back.
    pub(super) fn call_record(&self, record: &CallRecord) -> Decided {
        named(&record.id)?;
        check_text(&record.from)?;
        check_text(&record.to)?;
        let zone = civil::zone(&self.world.settings);
        let bad = |what: &str, text: &str| {
            Refusal::new("bad_time", format!("The {what} of the call is not a time: “{text}”."))
                .mend("Write it as 2026-11-22 21:14:05, or in RFC 3339.")
        };
        let read = reading(&record.start, zone, &record.id).ok_or_else(|| bad("start", &record.start))?;
        let time = |what: &str, text: &str| -> Result<Option<Instant>, Refusal> {
            match text.trim() {
                "" => Ok(None),
                text => read(text).map(Some).ok_or_else(|| bad(what, text)),
            }
        };
        let started = time("start", &record.start)?.unwrap_or(self.ctx.now);
        let ended = time("end", &record.end)?.unwrap_or(started);
        let answered = match record.disposition.trim().eq_ignore_ascii_case("ANSWERED") {
            false => None,
            true => Some(time("answer", &record.answer)?.ok_or_else(|| {
                Refusal::new("missing", "The call was answered, and nothing says when.")
                    .mend("Add the time of the answer.")
            })?),
        };
        if [Some(started), Some(ended), answered].into_iter().flatten().any(|at| at > self.ctx.now)
            || started.year() < FIRST_YEAR
        {
            return Err(Refusal::new(
                "bad_time",
                "The exchange’s clock was wrong: the call would be in no time it can have been in.",
            )
            .mend("Set the exchange’s clock, and correct the line."));
        }
        let id = Call::id_of(&record.id);
        let known = self.world.calls.get(&id);
        let last = match answered {
            Some(at) => vec![(Progress::Answered, at), (Progress::Ended, ended)],
            None => vec![(Progress::Missed, ended), (Progress::Ended, ended)],
        };
        let times = std::iter::once((Progress::Ringing, started)).chain(last);
        let from = number::shown(&record.from);
        let progressed = |(state, at): (Progress, Instant)| {
            let (from, to) = (from.to_owned(), record.to.trim().to_owned());
            on_call(id, E::CallProgressed(CallProgressed { state, from, to, happened_at: Some(at) }))
        };
        // What an exchange told live stands: a list may be kept to the second only.
        let unknown = times.filter(|(state, _)| known.is_none_or(|call| call.told(*state).is_none()));
        let added: Vec<Event> = unknown.map(progressed).collect();
        if known.is_some() {
            return Ok(added);
        }
        let mut events = vec![on_call(id, E::CallOpened(CallOpened { exchange: Some(record.id.clone()) }))];
        events.extend(added);
        let waits = answered.is_none() && self.ctx.now - started < RING_BACK_WITHIN && self.is_from_outside(from);
        if !waits {
            events.push(on_call(id, E::CallClosed(closed_as(Outcome::Recorded))));
        }
        Ok(events)
    }

    /// Not from an extension, and not the service's own number ringing somebody.
    fn is_from_outside(&self, from: &str) -> bool {
        let own = number::comparable(&self.world.settings.contact.telephone);
        from.is_empty() || number::comparable(from).is_some_and(|from| Some(from) != own)
    }

    /// The call a new call-out comes from, if it comes from one.
    pub(super) fn call_behind(&self, create: &CalloutCreate) -> Result<Option<&'a Arc<Call>>, Refusal> {
        let Some(id) = create.call else {
            return Ok(None);
        };
        let call = self.world.calls.get(&id).ok_or_else(|| Refusal::not_found("call", &id.to_string()))?;
        must_be_open(call)?;
        check_text(&create.out_of_hours)?;
        let settings = &self.world.settings;
        let closed = !is_service(settings, self.ctx.at) && alternative(&settings.service_hours).is_some();
        let emergency = create.priority.or(call.grade().map(|g| g.what.priority)) == Some(Priority::P1);
        if closed && !emergency && create.out_of_hours.trim().is_empty() {
            return Err(Refusal::new("out_of_hours", "The service is closed at this time.")
                .mend("Give the caller the alternative, or say why it is taken all the same."));
        }
        Ok(Some(call))
    }

    /// The call has led to this.
    pub(super) fn call_led_to(&self, call: &Call, callout: CalloutId, incident: IncidentId, why_now: &str) -> Event {
        let closed = CallClosed {
            callout: Some(callout),
            incident: Some(incident),
            out_of_hours: why_now.trim().to_owned(),
            ..closed_as(Outcome::CallOut)
        };
        on_call(call.id, E::CallClosed(closed))
    }
}

fn must_be_open(call: &Call) -> Result<(), Refusal> {
    match &call.closed {
        None => Ok(()),
        Some(closed) => Err(Refusal::new("call_closed", format!("This call is closed: {}.", closed.outcome.words()))
            .mend("It stays as it was closed. Write down a new call, or a note on the call-out.")),
    }
}

fn named(id: &str) -> Result<(), Refusal> {
    required(id, "The exchange’s name for the call")?;
    if id.chars().count() > ID_CHARS_MAX {
        return Err(Refusal::new("text_too_long", format!("A call’s name has at most {ID_CHARS_MAX} characters."))
            .mend("Send the name that the exchange gives the call, nothing else."));
    }
    Ok(())
}

/// Every event of a call is about its caller: erased as one person under the call's own id.
fn on_call(id: CallId, body: E) -> Event {
    about(event(K::Call, id, body), id)
}

fn take(id: CallId, phase: Phase) -> Event {
    on_call(id, E::CallTaken(CallTaken { while_ringing: phase == Phase::Ringing }))
}

fn join(call: CallId, callout: &Callout) -> Vec<Event> {
    let opened = IncidentOpened { id: callout.incident, alarm: None, callout: None, call: Some(call) };
    vec![
        event(K::Incident, callout.incident, E::IncidentOpened(opened)),
        event(K::Callout, callout.id, E::CallJoined(CallJoined { call })),
    ]
}

fn closed_as(outcome: Outcome) -> CallClosed {
    CallClosed {
        outcome,
        told: String::new(),
        note: String::new(),
        callout: None,
        same_as: None,
        incident: None,
        out_of_hours: String::new(),
    }
}
