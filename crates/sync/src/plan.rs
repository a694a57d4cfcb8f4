//! What to send next, in which order.

use crate::link::LinkState;
use crate::outbox::{Outbox, Pending, State};
use domain::id::{CommandId, Stream};
use std::collections::HashSet;

/// Commands in one request. Group commit is best near 64 rows; a command makes one or two.
pub const BATCH_MAX: usize = 50;
/// On a link that answers late, small requests let an emergency go out between them.
const BATCH_MAX_DEGRADED: usize = 10;
/// Bytes in one request, well below what a hub takes. A single longer command still goes, alone.
pub const BATCH_BYTES_MAX: usize = 512 * 1024;
/// Batches planned ahead; after them, or after anything new, the next plan is made.
const PLANNED_MAX: usize = 64;

/// Emergencies and alarms go before everything else.
pub fn is_urgent(command: &domain::Command) -> bool {
    let emergency =
        || command.kind == "escalation.raise" && command.body.get("level").and_then(|l| l.as_u64()) == Some(3);
    command.kind.starts_with("alarm.") || emergency()
}

/// Batches to send one after the other, each waiting for the answer to the one before.
///
/// Commands that share an aggregate keep their order. A command that builds on another is held until that one is
/// confirmed. Emergencies and alarms come first, and what they wait for with them.
pub fn plan(outbox: &Outbox, link: LinkState) -> Vec<Vec<CommandId>> {
    let batch_max = match link {
        LinkState::Offline => return Vec::new(),
        LinkState::Degraded => BATCH_MAX_DEGRADED,
        LinkState::Live => BATCH_MAX,
    };
    let urgent = urgent(outbox);
    let (first, then): (Vec<&Pending>, Vec<&Pending>) =
        sendable(outbox).into_iter().partition(|p| urgent.contains(&p.id()));
    let mut batches: Vec<Vec<CommandId>> = Vec::new();
    let mut bytes = 0;
    for pending in first.into_iter().chain(then) {
        bytes += pending.bytes;
        let planned = batches.len();
        match batches.last_mut().filter(|b| b.len() < batch_max && bytes <= BATCH_BYTES_MAX) {
            Some(batch) => batch.push(pending.id()),
            None if planned == PLANNED_MAX => break,
            None => {
                bytes = pending.bytes;
                batches.push(vec![pending.id()]);
            }
        }
    }
    batches
}

/// Waiting commands with nothing before them that must be answered first.
fn sendable(outbox: &Outbox) -> Vec<&Pending> {
    let mut held: HashSet<Stream> = HashSet::new();
    let mut sendable = Vec::new();
    for pending in outbox.iter() {
        let unanswered = |after: &CommandId| {
            outbox.get(*after).is_some_and(|p| p.pos < pending.pos && !matches!(p.state, State::Answered { .. }))
        };
        match pending.state {
            State::Waiting
                if !pending.command.after.iter().any(unanswered)
                    && !pending.streams.iter().any(|s| held.contains(s)) =>
            {
                sendable.push(pending);
            }
            State::Waiting | State::Sent => held.extend(&pending.streams),
            // Waits for a person; what does not build on it goes on.
            State::Answered { .. } | State::Refused { .. } | State::Parked { .. } => {}
        }
    }
    sendable
}

/// Urgent commands, and whatever stands before one on the same aggregates.
fn urgent(outbox: &Outbox) -> HashSet<CommandId> {
    let mut streams: HashSet<Stream> = HashSet::new();
    let mut urgent: HashSet<CommandId> = HashSet::new();
    for pending in outbox.iter().rev().filter(|p| p.is_queued()) {
        let before_urgent = urgent.contains(&pending.id()) || pending.streams.iter().any(|s| streams.contains(s));
        if before_urgent || is_urgent(&pending.command) {
            urgent.insert(pending.id());
            urgent.extend(&pending.command.after);
            streams.extend(&pending.streams);
        }
    }
    urgent
}
