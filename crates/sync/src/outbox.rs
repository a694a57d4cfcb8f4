//! What people did here and the hub has not confirmed and shown back.

use crate::answer::Next;
use domain::id::{CommandId, Stream};
use domain::{Command, Refusal};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One action and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Order of acting. A redone command keeps the place of the refused one.
    pub pos: i64,
    pub command: Command,
    /// The aggregates it touches; commands that share one are sent in order.
    pub streams: BTreeSet<Stream>,
    /// The number a call-out it opens is spoken by until the hub gives one.
    pub number: Option<String>,
    pub state: State,
    /// Its events are in the replica, so it is no longer shown on top of it.
    pub in_log: bool,
    /// About how long it is on the wire.
    pub bytes: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Waiting,
    /// On the wire. Never written to disk: after a crash it is sent again, which is harmless.
    Sent,
    /// Confirmed with events up to this log position, which the replica has not reached.
    Answered {
        through: i64,
    },
    Refused {
        refusal: Refusal,
    },
    /// Builds on this refused command and waits with it.
    Parked {
        because: CommandId,
    },
}

/// One step of the outbox: written to disk, then applied here.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Inserted, or replaced by position.
    Put(Box<Pending>),
    Remove(CommandId),
}

/// Every pending command, by position.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    by_pos: BTreeMap<i64, Pending>,
    positions: HashMap<CommandId, i64>,
}

impl Pending {
    pub fn new(pos: i64, command: Command, streams: BTreeSet<Stream>, number: Option<String>) -> Self {
        let bytes = serde_json::to_string(&command).map_or(0, |text| text.len());
        Self { pos, command, streams, number, state: State::Waiting, in_log: false, bytes }
    }

    pub fn id(&self) -> CommandId {
        self.command.id
    }

    /// Neither confirmed nor waiting for a person.
    pub fn is_queued(&self) -> bool {
        matches!(self.state, State::Waiting | State::Sent)
    }

    fn with(&self, state: State) -> Change {
        Change::put(Self { state, ..self.clone() })
    }
}

impl Change {
    pub fn put(pending: Pending) -> Self {
        Self::Put(Box::new(pending))
    }
}

impl Outbox {
    pub fn load(rows: impl IntoIterator<Item = Pending>) -> Self {
        let mut outbox = Self::default();
        outbox.apply(&rows.into_iter().map(Change::put).collect::<Vec<_>>());
        outbox
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        self.by_pos.values()
    }

    pub fn get(&self, id: CommandId) -> Option<&Pending> {
        self.by_pos.get(self.positions.get(&id)?)
    }

    pub fn len(&self) -> usize {
        self.by_pos.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_pos.is_empty()
    }

    /// Actions the hub has not heard of, as far as we know.
    pub fn queued(&self) -> usize {
        self.iter().filter(|p| p.is_queued()).count()
    }

    pub fn next_pos(&self) -> i64 {
        self.by_pos.last_key_value().map_or(1, |(pos, _)| pos + 1)
    }

    /// The newest queued commands on any of these aggregates, oldest first: what a new action there may build on.
    pub fn touching(&self, streams: &BTreeSet<Stream>) -> Vec<CommandId> {
        let mut wanted = streams.clone();
        let mut found = Vec::new();
        for pending in self.by_pos.values().rev().filter(|p| p.is_queued() && !p.in_log) {
            if wanted.is_empty() {
                break;
            }
            if pending.streams.iter().any(|s| wanted.contains(s)) {
                wanted.retain(|s| !pending.streams.contains(s));
                found.push(pending.id());
            }
        }
        found.reverse();
        found
    }

    pub fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Put(pending) => {
                    if let Some(old) = self.by_pos.insert(pending.pos, (**pending).clone()) {
                        self.positions.remove(&old.id());
                    }
                    self.positions.insert(pending.id(), pending.pos);
                }
                Change::Remove(id) => {
                    if let Some(pos) = self.positions.remove(id) {
                        self.by_pos.remove(&pos);
                    }
                }
            }
        }
    }

    /// Marks commands as on the wire; memory only.
    pub fn mark_sent(&mut self, ids: &[CommandId]) {
        for id in ids {
            let pending = self.positions.get(id).and_then(|pos| self.by_pos.get_mut(pos));
            if let Some(pending) = pending.filter(|p| p.state == State::Waiting) {
                pending.state = State::Sent;
            }
        }
    }

    /// What was on the wire waits again; memory only, as being on the wire is.
    pub fn unmark_sent(&mut self) {
        for pending in self.by_pos.values_mut().filter(|p| p.state == State::Sent) {
            pending.state = State::Waiting;
        }
    }

    /// What the hub's word on commands changes. `head` is how far the replica is.
    pub fn settle(&self, head: i64, answers: &[(CommandId, Next)]) -> Vec<Change> {
        let mut changes = Vec::new();
        for (id, next) in answers {
            // A late answer about what a person has settled meanwhile says nothing new.
            let Some(pending) = self.get(*id).filter(|p| p.is_queued()) else {
                continue;
            };
            match next {
                Next::Done { through: Some(through) } if *through > head => {
                    changes.push(pending.with(State::Answered { through: *through }));
                }
                Next::Done { .. } => changes.push(Change::Remove(*id)),
                Next::Conflict(refusal) => {
                    changes.push(pending.with(State::Refused { refusal: refusal.clone() }));
                    changes.extend(self.building_on(*id).map(|p| p.with(State::Parked { because: *id })));
                }
                Next::RetryAfter(_) | Next::SendAlone | Next::GiveUpUntilPersonActs(_) => {}
            }
        }
        changes
    }

    /// What the replica reaching `head`, with events of these commands among the new ones, changes.
    pub fn reached(&self, head: i64, commands: &BTreeSet<CommandId>) -> Vec<Change> {
        let mut changes = Vec::new();
        for pending in self.iter() {
            match pending.state {
                State::Answered { through } if through <= head => changes.push(Change::Remove(pending.id())),
                _ if !pending.in_log && commands.contains(&pending.id()) => {
                    changes.push(Change::put(Pending { in_log: true, ..pending.clone() }));
                }
                _ => {}
            }
        }
        changes
    }

    /// Queued commands that build on this one, directly or through others, in order.
    pub(crate) fn building_on(&self, id: CommandId) -> impl Iterator<Item = &Pending> {
        let mut standing = BTreeSet::from([id]);
        self.iter().filter(move |p| {
            let builds = p.is_queued() && p.command.after.iter().any(|after| standing.contains(after));
            if builds {
                standing.insert(p.id());
            }
            builds
        })
    }
}
