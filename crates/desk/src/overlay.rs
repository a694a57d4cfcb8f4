//! What the operator sees: the replica with this desk's own unconfirmed actions on top.
//!
//! Pending commands are decided again, in order, whenever the replica moves on. One that the new state refuses has
//! no effect here any more; it still goes to the hub, whose word counts.

use crate::view::Me;
use domain::command::Command;
use domain::decide::{Ctx, decide};
use domain::event::Recorded;
use domain::id::{EventId, Stream, derived};
use domain::nearest::Fixes;
use domain::{Event, Refusal, World};
use std::collections::HashSet;
use sync::{Outbox, Replica, State};

#[derive(Clone, Debug, Default)]
pub struct Overlay {
    pub world: World,
    /// Aggregates that look as they do only because of what is not confirmed.
    pub touched: HashSet<Stream>,
    /// Last provisional position given; continues the replica's head.
    seq: i64,
}

/// What the domain says to a command here. Decided as of when the person acted, so that deciding it again later
/// says the same.
pub fn decide_here(
    world: &World,
    command: &Command,
    me: &Me,
    fixes: &dyn Fixes,
    number: &str,
    reachable: bool,
) -> Result<Vec<Event>, Refusal> {
    let ctx = Ctx {
        author: me.author(),
        now: command.at,
        at: command.at,
        fixes,
        // The log says which bytes arrived; the desk holds none.
        has_media: &|_| false,
        number: &|_| number.to_owned(),
        // Only an offer that the operator asks for himself is shown before the hub has made it; the ladder is the
        // hub's to climb.
        can_offer: reachable && command.kind == "assignment.offer",
    };
    decide(world, command, &ctx)
}

impl Overlay {
    pub fn build(replica: &Replica, outbox: &Outbox, me: &Me, fixes: &dyn Fixes) -> Self {
        let mut overlay = Self { world: replica.world.clone(), touched: HashSet::new(), seq: replica.head };
        for pending in outbox.iter().filter(|p| !p.in_log) {
            match pending.state {
                State::Waiting | State::Sent | State::Answered { .. } => {}
                State::Refused { .. } | State::Parked { .. } => continue,
            }
            let number = pending.number.as_deref().unwrap_or_default();
            if let Ok(events) = decide_here(&overlay.world, &pending.command, me, fixes, number, true) {
                overlay.add(&events, &pending.command, me);
            }
        }
        overlay
    }

    /// Shows what a command decided here would do.
    pub fn add(&mut self, events: &[Event], command: &Command, me: &Me) {
        for event in events {
            self.seq += 1;
            let id = derived("provisional", &[command.id.0.as_bytes(), &self.seq.to_be_bytes()]);
            self.world.evolve(&Recorded {
                seq: self.seq,
                stream: event.stream,
                version: self.world.version(event.stream) + 1,
                id: EventId(id),
                command_id: command.id,
                at: command.at,
                recorded_at: command.at,
                by: me.author(),
                body: event.body.clone(),
            });
            self.touched.insert(event.stream);
        }
    }
}
