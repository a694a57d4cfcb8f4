//! Deciding a group of commands, one on the outcome of the other, without touching the disk.

use super::known::{CommandAnswer, Known, KnownKey, digest};
use super::{Answer, Outcome, Submission, Surroundings};
use crate::aggregates::Aggregate;
use crate::index::{AggregateRow, AlarmRow, AssignmentRow, CalloutRow};
use crate::log::Position;
use crate::program::{OnceRow, Rows};
use crate::row::LogRow;
use crate::sql::{micros, whole_micros};
use crate::{Digest, StoreError, StoredEvent, chain};
use domain::decide::{Ctx, decide};
use domain::event::{Event, EventBody, Personal, Recorded};
use domain::geo::Point;
use domain::id::{AggregateKind, CalloutId, EventId, Stream, UnitId, derived};
use domain::nearest::{Fix, Fixes, Road};
use domain::{Instant, Refusal, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What deciding starts from.
pub(super) struct Start<'a> {
    pub world: &'a World,
    pub position: Position,
    pub known: &'a Known,
    pub around: &'a dyn Surroundings,
    /// Closed aggregates that the commands name.
    pub loads: &'a [Aggregate],
    /// Places in the group whose command made the program panic: refused without deciding.
    pub poisoned: &'a BTreeSet<usize>,
}

/// The outcome of a group, ready to be stored.
pub(super) struct Draft {
    pub world: World,
    pub position: Position,
    pub rows: Rows,
    pub events: Vec<Arc<StoredEvent>>,
    pub recorded: Vec<Recorded>,
    pub answers: Vec<Answer>,
    pub learned: Known,
    /// Streams begun here, as far as memory knows.
    pub begun: Vec<Stream>,
    touched: BTreeMap<Stream, i64>,
}

pub(super) enum Undecided {
    /// The command at this place made the program panic half-way.
    Panicked(usize),
    Store(StoreError),
}

impl From<StoreError> for Undecided {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Positions<'a>(&'a dyn Surroundings);

impl Fixes for Positions<'_> {
    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.0.fix(unit)
    }

    fn road(&self, unit: UnitId, place: Point) -> Option<Road> {
        self.0.road(unit, place)
    }
}

/// An event in its two stored parts, and whole again as every reader will see it.
struct Prepared {
    event: Event,
    body: Value,
    personal: Option<Personal>,
}

impl Draft {
    pub fn decide(start: &Start, group: &[Submission]) -> Result<Self, Undecided> {
        let mut draft = Self {
            world: start.world.clone(),
            position: start.position,
            rows: Rows::default(),
            events: vec![],
            recorded: vec![],
            answers: Vec::with_capacity(group.len()),
            learned: Known::default(),
            begun: vec![],
            touched: BTreeMap::new(),
        };
        for aggregate in start.loads {
            aggregate.load_into(&mut draft.world)?;
        }
        let now = whole_micros(start.around.now());
        for (place, submission) in group.iter().enumerate() {
            // A mistake of ours in one command must not stop the log for all.
            let answer = catch_unwind(AssertUnwindSafe(|| draft.submission(start, place, submission, now)))
                .map_err(|_| Undecided::Panicked(place))?;
            draft.answers.push(answer);
        }
        draft.finish(start)?;
        if !draft.rows.is_empty() {
            draft.position.batch += 1;
        }
        Ok(draft)
    }

    fn submission(&mut self, start: &Start, place: usize, submission: &Submission, now: Instant) -> Answer {
        let command = &submission.command;
        let received_at = whole_micros(submission.received_at);
        let digest = digest(command);
        if let Some(known) = self.learned.command(command.id).or_else(|| start.known.command(command.id)) {
            return known.again(&digest);
        }
        if let Some(once) = &submission.once
            && let Some(first) = self.learned.key(once, received_at).or_else(|| start.known.key(once, received_at))
        {
            return first;
        }
        let recorded_at = now.max(received_at);
        let decided = match start.poisoned.contains(&place) {
            true => Err(internal("This command cannot be decided.")),
            false => self.events(start, submission, recorded_at),
        };
        let answer = match decided {
            Ok(events) => self.append(events, submission, recorded_at, digest),
            Err(refusal) => CommandAnswer { digest, seq: None, refusal: Some(refusal) },
        };
        self.remember(submission, &answer, received_at, recorded_at);
        let outcome = if answer.refusal.is_some() { Outcome::Refused } else { Outcome::Accepted };
        Answer { outcome, seq: answer.seq, refusal: answer.refusal }
    }

    fn events(&self, start: &Start, submission: &Submission, now: Instant) -> Result<Vec<Prepared>, Refusal> {
        let ctx = Ctx {
            author: submission.author.clone(),
            now,
            at: happened_at(submission),
            fixes: &Positions(start.around),
            has_media: &|sha256| start.around.has_media(sha256),
            number: &|world| world.next_number(now),
            can_offer: true,
        };
        let events = decide(&self.world, &submission.command, &ctx)?;
        events.into_iter().map(Prepared::new).collect()
    }

    fn append(
        &mut self,
        events: Vec<Prepared>,
        submission: &Submission,
        recorded_at: Instant,
        digest: Digest,
    ) -> CommandAnswer {
        let first = self.position.head.seq + 1;
        let by = serde_json::to_string(&submission.author).expect("an author is plain data");
        for (index, prepared) in events.into_iter().enumerate() {
            self.event(prepared, index, submission, recorded_at, &by);
        }
        let last = self.position.head.seq;
        CommandAnswer { digest, seq: (last >= first).then_some([first, last]), refusal: None }
    }

    fn event(&mut self, prepared: Prepared, index: usize, submission: &Submission, recorded_at: Instant, by: &str) {
        let Prepared { event, body, personal } = prepared;
        let stream = event.stream;
        let command_id = submission.command.id;
        let version = self.world.version(stream) + 1;
        if version == 1 {
            self.begun.push(stream);
        }
        let at = happened_at(submission).min(recorded_at);
        let id = derived("event", &[command_id.0.as_bytes(), &index.to_be_bytes()]);
        let personal_text = personal.as_ref().map(|p| serde_json::to_string(p).expect("a map of JSON values"));
        let salt: Option<[u8; 16]> = personal_text.as_ref().map(|_| rand::random());
        let row = LogRow {
            seq: self.position.head.seq + 1,
            stream: stream.to_string(),
            version,
            event_id: id,
            command_id: command_id.0,
            kind: event.body.kind().to_owned(),
            at: micros(at),
            recorded_at: micros(recorded_at),
            by: by.to_owned(),
            body: body.to_string(),
            subject: event.subject.map(|person| person.0),
            personal_digest: personal_text
                .as_ref()
                .zip(salt)
                .map(|(text, salt)| chain::personal(&salt, text.as_bytes())),
            personal: personal_text,
            salt,
            chain: chain::START,
        }
        .chained(&self.position.head.chain);
        (self.position.head.seq, self.position.head.chain) = (row.seq, row.chain);
        let recorded = Recorded {
            seq: row.seq,
            stream,
            version,
            id: EventId(id),
            command_id,
            at,
            recorded_at,
            by: submission.author.clone(),
            body: event.body,
        };
        self.world.evolve(&recorded);
        self.touched.insert(stream, row.seq);
        self.events.push(Arc::new(StoredEvent {
            seq: row.seq,
            stream,
            version,
            id: EventId(id),
            command_id,
            kind: row.kind.clone(),
            at,
            recorded_at,
            by: submission.author.clone(),
            body,
            personal,
            subject: event.subject,
            chain: row.chain,
        }));
        self.recorded.push(recorded);
        self.rows.log.push(row);
    }

    fn remember(&mut self, submission: &Submission, answer: &CommandAnswer, received_at: Instant, now: Instant) {
        let id = submission.command.id;
        self.rows.commands.push(answer.row(id, now));
        self.learned.learn_command(id, answer.clone());
        if let Some(once) = &submission.once {
            let until = received_at + once.window;
            let row = OnceRow { key: once.key, at: micros(received_at), until: micros(until), command: id.0 };
            self.rows.once.push(row);
            self.learned.learn_key(once.key, KnownKey { until, first: answer.clone() });
        }
    }

    /// The current state of everything touched, once each, and forgetting what is closed.
    fn finish(&mut self, start: &Start) -> Result<(), StoreError> {
        let mut seen_closed: Vec<Stream> = start.loads.iter().map(|a| a.stream).collect();
        let mut changed = self.touched.clone();
        for incident in self.incidents_that_close_or_open(start.world) {
            changed.entry(incident).or_insert(0);
        }
        for (stream, seq) in changed {
            self.rows.aggregates.push(AggregateRow::of(&self.world, stream, seq)?);
            self.rows.alarms.extend(AlarmRow::of(&self.world, stream));
            self.rows.callouts.extend(CalloutRow::of(&self.world, stream));
            seen_closed.push(stream);
        }
        for recorded in &self.recorded {
            if let EventBody::Offered(offered) = &recorded.body {
                let row = AssignmentRow { assignment: offered.assignment.0, callout: recorded.stream.to_string() };
                self.rows.assignments.push(row);
            }
        }
        for stream in seen_closed {
            if !self.world.is_open(stream) {
                self.world.forget(stream);
            }
        }
        Ok(())
    }

    /// An incident is open while one of its call-outs is, so it may close without an event of its own.
    fn incidents_that_close_or_open(&self, before: &World) -> Vec<Stream> {
        let callouts = self.touched.keys().filter(|stream| stream.kind == AggregateKind::Callout);
        callouts
            .filter_map(|stream| self.world.callouts.get(&CalloutId(stream.id)))
            .map(|callout| callout.incident)
            .filter(|incident| self.world.incidents.contains_key(incident))
            .map(|incident| Stream::new(AggregateKind::Incident, incident))
            .filter(|stream| before.is_open(*stream) != self.world.is_open(*stream))
            .collect()
    }
}

impl Prepared {
    /// The state must be the same whether it comes from the events as decided or from the log, so the event is read
    /// back from its parts before it is applied.
    fn new(event: Event) -> Result<Self, Refusal> {
        let (body, personal) = event.split().map_err(internal)?;
        let whole = EventBody::join(event.body.kind(), &body, personal.as_ref())
            .ok_or_else(|| internal("an event of an unknown kind"))?
            .map_err(internal)?;
        Ok(Self { event: Event { body: whole, ..event }, body, personal })
    }
}

/// When it happened, in what the log can keep; never later than received.
fn happened_at(submission: &Submission) -> Instant {
    whole_micros(submission.command.corrected_at(submission.received_at))
}

fn internal(reason: impl std::fmt::Display) -> Refusal {
    Refusal::new("internal", format!("The hub could not do this: {reason}."))
        .mend("Tell whoever looks after the hub; its log says more.")
}
