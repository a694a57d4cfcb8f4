//! Replica and outbox: the one writer. Everything is written to disk first, then shown.

use crate::OpenError;
use crate::overlay::Overlay;
use crate::view::{Me, Whereabouts};
use crate::words;
use domain::id::{CommandId, Stream};
use domain::{Command, Instant, World};
use protocol::api::{LogLine, Snapshot};
use protocol::view::ConflictView;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;
use store::desk::{
    AggregateRow, DeskStore, DeskStoreError, Loaded, LogWrite, OutboxRow, OutboxState, OutboxWrite, UnknownRow,
};
use sync::{Change, Gap, Outbox, Pending, Replica, State, erase_from};

pub struct Core {
    pub replica: Replica,
    pub outbox: Outbox,
    pub overlay: Overlay,
    pub me: Me,
    pub hub_id: Option<String>,
    /// The replica must be fetched anew before the stream goes on.
    pub resync: bool,
    pub provisional_next: i64,
    /// Steady time at which each command of this run was made: its age by a clock nobody sets.
    pub made: HashMap<CommandId, Duration>,
    /// Changes whenever the plan for sending may.
    pub revision: u64,
}

/// What the screens are made from: one consistent state, shared and never changed.
#[derive(Default)]
pub struct Shown {
    pub revision: u64,
    pub world: World,
    pub confirmed: World,
    pub head: i64,
    pub touched: HashSet<Stream>,
    pub newer: BTreeSet<String>,
    pub newer_words: Option<String>,
    pub conflicts: Vec<ConflictView>,
    pub queued: u32,
    pub me: Me,
}

/// What a batch of lines came to.
pub struct Took {
    pub gap: Option<Gap>,
    pub resync: bool,
}

impl Core {
    pub fn load(loaded: Loaded) -> Result<Self, OpenError> {
        let mut replica = Replica::at(loaded.meta.head);
        for row in &loaded.aggregates {
            let state = serde_json::from_str(&row.state).map_err(|e| OpenError::Record(e.to_string()))?;
            if let Err(failed) = replica.load(&row.stream, row.version, &state) {
                replica.newer.insert(failed.stream);
            }
        }
        let known = |kind: &str| domain::EventBody::KINDS.contains(&kind);
        // This program is newer than the one that kept them: the snapshot has what they say.
        let readable_now = loaded.unknown.iter().any(|(_, kind)| known(kind));
        replica.newer.extend(loaded.unknown.into_iter().map(|(stream, _)| stream));
        let outbox = loaded.outbox.into_iter().map(pending_of).collect::<Result<Vec<_>, _>>()?;
        let me = loaded.meta.me.as_deref().and_then(|me| serde_json::from_str(me).ok()).unwrap_or_default();
        // Another version of the rules made it: the hub has it made anew, and work goes on with this one until then.
        let other_rules = loaded.meta.rules != i64::from(domain::RULES);
        let never = loaded.meta.snapshot_seq == 0 && loaded.meta.head == 0;
        Ok(Self {
            resync: loaded.meta.resync || never || readable_now || other_rules,
            replica,
            outbox: Outbox::load(outbox),
            overlay: Overlay::default(),
            me,
            hub_id: loaded.meta.hub_id,
            provisional_next: loaded.meta.provisional_next,
            made: HashMap::new(),
            revision: 0,
        })
    }

    pub fn rebuild(&mut self, fixes: &Whereabouts) {
        self.overlay = Overlay::build(&self.replica, &self.outbox, &self.me, fixes);
    }

    pub fn shown(&self, revision: u64) -> Shown {
        Shown {
            revision,
            world: self.overlay.world.clone(),
            confirmed: self.replica.world.clone(),
            head: self.replica.head,
            touched: self.overlay.touched.clone(),
            newer: self.replica.newer.clone(),
            newer_words: words::newer(&self.replica),
            conflicts: self.outbox.conflicts().iter().map(|c| words::conflict(c, &self.overlay.world)).collect(),
            queued: self.outbox.queued() as u32,
            me: self.me.clone(),
        }
    }

    /// Writes changes of the outbox, then makes them here.
    pub async fn change(
        &mut self,
        store: &DeskStore,
        changes: &[Change],
        mut write: OutboxWrite,
        now: Instant,
    ) -> Result<(), DeskStoreError> {
        add_changes(&mut write, changes, now);
        if !write.is_empty() {
            store.write_outbox(&write).await?;
        }
        if let Some(next) = write.provisional_next {
            self.provisional_next = next;
        }
        self.applied(changes);
        Ok(())
    }

    fn applied(&mut self, changes: &[Change]) {
        self.outbox.apply(changes);
        for change in changes {
            if let Change::Remove(id) = change {
                self.made.remove(id);
            }
        }
        self.revision += 1;
    }

    /// Applies log lines: memory and disk together, or neither.
    pub async fn take(
        &mut self,
        store: &DeskStore,
        lines: &[LogLine],
        fixes: &Whereabouts,
        now: Instant,
    ) -> Result<Took, DeskStoreError> {
        let mut replica = self.replica.clone();
        for stream in replica.wanted(lines) {
            if let Some(row) = store.aggregate(&stream).await? {
                load_row(&mut replica, &row);
            }
        }
        let applied = replica.apply(lines);
        let mut changes = self.outbox.reached(replica.head, &applied.commands);
        for person in &applied.erased {
            let erased = self.outbox.iter().filter_map(|p| {
                // As it was before: the new one has forgotten the name already.
                let site = self.replica.world.site(&p.command.target);
                Some(Change::put(Pending {
                    command: erase_from(&p.command, *person, site.map(|s| &**s))?,
                    ..p.clone()
                }))
            });
            changes.extend(erased);
        }
        let resync = !applied.erased.is_empty();
        let mut write = LogWrite { head: replica.head, resync, ..LogWrite::default() };
        write.aggregates = applied.changed.iter().filter_map(|s| row_of(&replica, *s)).collect();
        write.unknown = applied.unknown.iter().map(unknown_row).collect();
        add_changes(&mut write.outbox, &changes, now);
        if replica.head > self.replica.head {
            store.write_log(&write).await?;
        }
        let had_pending = !self.outbox.is_empty();
        self.replica = replica;
        self.applied(&changes);
        self.resync |= resync || applied.gap.is_some();
        if had_pending {
            self.rebuild(fixes);
        } else {
            self.overlay = Overlay::build(&self.replica, &self.outbox, &self.me, &domain::nearest::NoFixes);
        }
        Ok(Took { gap: applied.gap, resync: self.resync })
    }

    /// Puts a snapshot in the replica's place.
    pub async fn replace(
        &mut self,
        store: &DeskStore,
        snapshot: &Snapshot,
        fixes: &Whereabouts,
        now: Instant,
    ) -> Result<(), DeskStoreError> {
        let (replica, failed) = Replica::from_snapshot(snapshot);
        let unreadable: HashMap<&str, &str> = failed.iter().map(|f| (f.stream.as_str(), f.reason.as_str())).collect();
        for failure in &failed {
            tracing::warn!(stream = failure.stream, "a record of the snapshot needs a newer program");
        }
        let rows: Vec<AggregateRow> = snapshot
            .aggregates
            .iter()
            .map(|a| AggregateRow {
                stream: a.stream.clone(),
                kind: a.stream.split('-').next().unwrap_or_default().to_owned(),
                version: a.version,
                open: unreadable.contains_key(a.stream.as_str())
                    || Stream::parse(&a.stream).is_some_and(|s| replica.world.is_open(s)),
                state: a.state.to_string(),
            })
            .collect();
        let changes = self.outbox.reached(replica.head, &BTreeSet::new());
        let mut write = OutboxWrite::default();
        add_changes(&mut write, &changes, now);
        store.replace_replica(snapshot.seq, &rows, &write).await?;
        self.replica = replica;
        self.resync = false;
        self.applied(&changes);
        self.rebuild(fixes);
        Ok(())
    }

    /// Brings a closed call-out back into memory, if this desk has it on disk. True when it did.
    pub async fn recall(&mut self, store: &DeskStore, target: &str) -> Result<bool, DeskStoreError> {
        let row = match uuid::Uuid::try_parse(target) {
            Ok(id) => {
                let callout = store.aggregate(&format!("callout-{id}")).await?;
                if callout.is_some() { callout } else { store.aggregate(&format!("alarm-{id}")).await? }
            }
            Err(_) => store.callout_numbered(target).await?,
        };
        Ok(row.is_some_and(|row| load_row(&mut self.replica, &row)))
    }
}

fn load_row(replica: &mut Replica, row: &AggregateRow) -> bool {
    serde_json::from_str(&row.state).is_ok_and(|state| replica.load(&row.stream, row.version, &state).is_ok())
}

fn row_of(replica: &Replica, stream: Stream) -> Option<AggregateRow> {
    let state = match replica.world.snapshot(stream)? {
        Ok(state) => state.to_string(),
        Err(error) => {
            tracing::error!(%stream, %error, "an aggregate cannot be written down");
            return None;
        }
    };
    Some(AggregateRow {
        stream: stream.to_string(),
        kind: stream.kind.name().to_owned(),
        version: replica.world.version(stream),
        open: replica.world.is_open(stream),
        state,
    })
}

fn unknown_row(line: &LogLine) -> UnknownRow {
    UnknownRow {
        seq: line.seq,
        stream: line.stream.clone(),
        kind: line.kind.clone(),
        raw: serde_json::to_string(line).unwrap_or_default(),
    }
}

/// The rows that changes of the outbox come to. The last change of a command counts.
fn add_changes(write: &mut OutboxWrite, changes: &[Change], now: Instant) {
    let mut puts: BTreeMap<i64, OutboxRow> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Put(pending) => drop(puts.insert(pending.pos, row_of_pending(pending, now))),
            Change::Remove(id) => {
                let id = id.to_string();
                puts.retain(|_, row| row.id != id);
                write.removed.push(id);
            }
        }
    }
    write.put.extend(puts.into_values());
}

fn row_of_pending(pending: &Pending, now: Instant) -> OutboxRow {
    OutboxRow {
        pos: pending.pos,
        id: pending.id().to_string(),
        command: serde_json::to_string(&pending.command).unwrap_or_default(),
        state: match &pending.state {
            State::Waiting | State::Sent => OutboxState::Waiting,
            State::Answered { through } => OutboxState::Answered { through: *through },
            State::Refused { refusal } => {
                OutboxState::Refused { refusal: serde_json::to_string(refusal).unwrap_or_default() }
            }
            State::Parked { because } => OutboxState::Parked { because: because.to_string() },
        },
        in_log: pending.in_log,
        streams: pending.streams.iter().map(Stream::to_string).collect(),
        number: pending.number.clone(),
        created_at: now,
    }
}

fn pending_of(row: OutboxRow) -> Result<Pending, OpenError> {
    let bad = |what: &str, why: String| OpenError::Record(format!("outbox row {}: {what}: {why}", row.pos));
    let command: Command = serde_json::from_str(&row.command).map_err(|e| bad("command", e.to_string()))?;
    let streams = row.streams.iter().filter_map(|s| Stream::parse(s)).collect();
    let state = match &row.state {
        OutboxState::Waiting => State::Waiting,
        OutboxState::Answered { through } => State::Answered { through: *through },
        OutboxState::Refused { refusal } => {
            State::Refused { refusal: serde_json::from_str(refusal).map_err(|e| bad("refusal", e.to_string()))? }
        }
        OutboxState::Parked { because } => {
            let id = uuid::Uuid::try_parse(because).map_err(|e| bad("parked by", e.to_string()))?;
            State::Parked { because: CommandId(id) }
        }
    };
    Ok(Pending { state, in_log: row.in_log, ..Pending::new(row.pos, command, streams, row.number.clone()) })
}
