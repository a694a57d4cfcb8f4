//! The hub's state as this desk has it: a snapshot at a named log position, then the log, line by line.

use domain::event::Recorded;
use domain::id::{AggregateKind, CommandId, EventId, PersonId, Stream};
use domain::{EventBody, World};
use protocol::api::{LogLine, Snapshot};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Closed alarms and call-outs kept in memory, so that a panel that shows one need not be taken away. A busy shift
/// closes about a hundred.
const CLOSED_KEPT: usize = 500;

/// The replica in memory. Cheap to clone: lines are applied to a copy, the copy is written, then it takes the place.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    pub world: World,
    /// The last log position applied.
    pub head: i64,
    /// Streams with events this program cannot read, by name.
    pub newer: BTreeSet<String>,
    closed: VecDeque<Stream>,
}

/// A line that does not follow on what we have: only a snapshot helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub expected: i64,
    pub got: i64,
}

/// What a batch of lines changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    pub changed: BTreeSet<Stream>,
    /// Commands that had events in it.
    pub commands: BTreeSet<CommandId>,
    /// Lines this program cannot read, kept raw.
    pub unknown: Vec<LogLine>,
    /// People whose personal data is to vanish.
    pub erased: Vec<PersonId>,
    /// Where the lines stopped following on each other; those before are applied.
    pub gap: Option<Gap>,
}

/// A stored aggregate that this program cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadFailed {
    pub stream: String,
    pub reason: String,
}

impl Replica {
    /// An empty replica at a log position, for stored aggregates to be put back into.
    pub fn at(head: i64) -> Self {
        Self { head, ..Self::default() }
    }

    /// A replica from a snapshot. What cannot be read is named, not fatal: it needs a newer program.
    pub fn from_snapshot(snapshot: &Snapshot) -> (Self, Vec<LoadFailed>) {
        let mut replica = Self::at(snapshot.seq);
        let failed = snapshot
            .aggregates
            .iter()
            .filter_map(|a| replica.load(&a.stream, a.version, &a.state).err())
            .collect::<Vec<_>>();
        replica.newer.extend(failed.iter().map(|f| f.stream.clone()));
        (replica, failed)
    }

    /// Puts one stored aggregate back.
    pub fn load(&mut self, name: &str, version: i64, state: &serde_json::Value) -> Result<Stream, LoadFailed> {
        let failed = |reason: String| LoadFailed { stream: name.to_owned(), reason };
        let stream = Stream::parse(name).ok_or_else(|| failed("an unknown kind of record".into()))?;
        self.world.load(stream, version, state).map_err(|e| failed(e.to_string()))?;
        if !self.world.is_open(stream) {
            self.closed.push_back(stream);
        }
        Ok(stream)
    }

    /// Streams these lines go on with that are not in memory: closed ones, to be loaded first if they are on disk.
    pub fn wanted(&self, lines: &[LogLine]) -> BTreeSet<String> {
        let mut made: BTreeSet<&str> = BTreeSet::new();
        let mut wanted = BTreeSet::new();
        for line in lines.iter().filter(|l| l.seq > self.head) {
            let Some(stream) = Stream::parse(&line.stream) else {
                continue;
            };
            if creates(&line.kind) {
                made.insert(&line.stream);
            } else if !self.is_loaded(stream) && !made.contains(line.stream.as_str()) {
                wanted.insert(line.stream.clone());
            }
        }
        wanted
    }

    /// Applies lines in order: known positions are skipped, a gap ends it.
    pub fn apply(&mut self, lines: &[LogLine]) -> Applied {
        let mut applied = Applied::default();
        for line in lines {
            if line.seq <= self.head {
                continue;
            }
            let expected = self.head + 1;
            if line.seq != expected {
                applied.gap = Some(Gap { expected, got: line.seq });
                break;
            }
            self.apply_line(line, &mut applied);
            self.head = line.seq;
        }
        self.forget_old();
        applied
    }

    fn apply_line(&mut self, line: &LogLine, applied: &mut Applied) {
        applied.commands.insert(CommandId(line.command_id));
        let stream = Stream::parse(&line.stream);
        let body = EventBody::join(&line.kind, &line.body, line.personal.as_ref());
        let (Some(stream), Some(Ok(body))) = (stream, body) else {
            self.newer.insert(line.stream.clone());
            applied.unknown.push(line.clone());
            return;
        };
        if let EventBody::PersonErased(erased) = &body {
            applied.erased.push(erased.person);
        }
        // Something late about what was over before this desk first looked: nothing here shows it.
        if !self.is_loaded(stream) && !creates(&line.kind) {
            return;
        }
        let event = Recorded {
            seq: line.seq,
            stream,
            version: line.version,
            id: EventId(line.event_id),
            command_id: CommandId(line.command_id),
            at: line.at,
            recorded_at: line.recorded_at,
            by: line.by.clone(),
            body,
        };
        let was_open = self.world.is_open(stream);
        self.world.evolve(&event);
        if was_open && !self.world.is_open(stream) {
            self.closed.push_back(stream);
            // An incident is over with its last call-out, without an event of its own.
            let incident = self.world.callouts.get(&domain::id::CalloutId(stream.id)).map(|c| c.incident);
            let incident = incident.map(|id| Stream::new(AggregateKind::Incident, id));
            if let Some(over) = incident.filter(|i| self.is_loaded(*i) && !self.world.is_open(*i)) {
                self.closed.push_back(over);
                applied.changed.insert(over);
            }
        }
        applied.changed.insert(stream);
    }

    fn is_loaded(&self, stream: Stream) -> bool {
        macro_rules! has {
            ($field:ident, $id:ident) => {
                self.world.$field.contains_key(&domain::id::$id(stream.id))
            };
        }
        match stream.kind {
            AggregateKind::Account => has!(accounts, AccountId),
            AggregateKind::Alarm => has!(alarms, AlarmId),
            AggregateKind::Call => has!(calls, CallId),
            AggregateKind::Callout => has!(callouts, CalloutId),
            AggregateKind::Checklist => has!(checklists, ChecklistId),
            AggregateKind::Estate => has!(estates, EstateId),
            AggregateKind::Handover => has!(handovers, HandoverId),
            AggregateKind::Incident => has!(incidents, IncidentId),
            AggregateKind::Key => has!(keys, KeyId),
            AggregateKind::Officer => has!(officers, OfficerId),
            AggregateKind::Panel => has!(panels, PanelId),
            AggregateKind::Rams => has!(rams, RamsId),
            AggregateKind::Site => has!(sites, SiteId),
            AggregateKind::Unit => has!(units, UnitId),
            AggregateKind::Settings | AggregateKind::Person => true,
        }
    }

    fn forget_old(&mut self) {
        while self.closed.len() > CLOSED_KEPT {
            if let Some(stream) = self.closed.pop_front() {
                self.world.forget(stream);
            }
        }
    }

    /// How the streams that need a newer program are called and how many of each.
    pub fn newer_kinds(&self) -> BTreeMap<&str, usize> {
        let mut kinds = BTreeMap::new();
        for name in &self.newer {
            *kinds.entry(name.split('-').next().unwrap_or("record")).or_insert(0) += 1;
        }
        kinds
    }
}

/// Whether an event of this kind makes its aggregate, whatever came before.
fn creates(kind: &str) -> bool {
    kind.ends_with(".put") && kind != "contact.put"
        || kind.starts_with("handover.")
        || matches!(kind, "alarm.raised" | "call.opened" | "callout.created" | "incident.opened" | "person.erased")
}
