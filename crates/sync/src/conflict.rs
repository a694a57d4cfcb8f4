//! An action the hub refused, what was built on it, and the person's answer.

use crate::outbox::{Change, Outbox, Pending, State};
use domain::id::CommandId;
use domain::{Command, Instant, Refusal};
use std::collections::{HashMap, HashSet};

/// What a person may do about a refused action. Nothing is chosen for him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Send it again as a new command against the state as it is now.
    Redo,
    /// Keep what was done as a note on the call-out.
    Keep,
    /// Let it go, with a reason.
    Drop,
}

/// One question for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict<'a> {
    pub refused: &'a Pending,
    pub refusal: &'a Refusal,
    /// What builds on it, in order.
    pub parked: Vec<&'a Pending>,
}

impl Outbox {
    /// Every open question, oldest first.
    pub fn conflicts(&self) -> Vec<Conflict<'_>> {
        self.iter().filter_map(|p| self.question(p)).collect()
    }

    pub fn conflict(&self, id: CommandId) -> Option<Conflict<'_>> {
        self.question(self.get(id)?)
    }

    fn question<'a>(&'a self, refused: &'a Pending) -> Option<Conflict<'a>> {
        let State::Refused { refusal } = &refused.state else {
            return None;
        };
        let because = refused.id();
        let parked = self.iter().filter(|p| p.state == State::Parked { because }).collect();
        Some(Conflict { refused, refusal, parked })
    }

    /// The same action as a new command: the hub remembers the old id's refusal for ever.
    pub fn redone(&self, conflict: &Conflict, id: CommandId, at: Instant) -> Command {
        let unsettled = |after: &CommandId| self.get(*after).is_some();
        let mut command = Command { id, at, sent_at: None, age_ms: None, ..conflict.refused.command.clone() };
        command.after.retain(unsettled);
        command
    }

    /// Puts the redone command in the refused one's place and lets what was parked with it go on.
    pub fn redo(&self, conflict: &Conflict, redone: Pending) -> Vec<Change> {
        let old = conflict.refused.id();
        let renamed = HashMap::from([(old, redone.id())]);
        let mut changes = vec![Change::Remove(old), Change::put(Pending { pos: conflict.refused.pos, ..redone })];
        changes.extend(conflict.parked.iter().map(|parked| {
            let mut freed = Pending { state: State::Waiting, ..(*parked).clone() };
            for after in &mut freed.command.after {
                *after = renamed.get(after).copied().unwrap_or(*after);
            }
            Change::put(freed)
        }));
        changes
    }

    /// Takes the question and everything parked with it out of the outbox: kept as a note, or dropped.
    pub fn let_go(&self, conflict: &Conflict) -> Vec<Change> {
        let gone = || std::iter::once(conflict.refused).chain(conflict.parked.iter().copied()).map(Pending::id);
        let ids: HashSet<CommandId> = gone().collect();
        let mut changes: Vec<Change> = gone().map(Change::Remove).collect();
        // Nobody else may wait for what is gone. There should be nobody: such a command would have been parked.
        changes.extend(self.iter().filter(|p| !ids.contains(&p.id())).filter_map(|p| {
            let builds = p.command.after.iter().any(|after| ids.contains(after));
            builds.then(|| {
                let mut freed = p.clone();
                freed.command.after.retain(|after| !ids.contains(after));
                Change::put(freed)
            })
        }));
        changes
    }
}
