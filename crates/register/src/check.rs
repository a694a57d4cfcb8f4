//! What would become of the rows, without doing anything.

use crate::{Read, Refused, Row};
use domain::command::{Author, Command};
use domain::decide::{Ctx, decide};
use domain::id::{CommandId, EventId, derived};
use domain::nearest::NoFixes;
use domain::{Instant, Recorded, World};

#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Rows that will be taken, in order.
    pub taken: Vec<Row>,
    /// How many of them change nothing that is known.
    pub same: usize,
    pub refused: Vec<Refused>,
}

/// Decides the rows in turn on a copy of the state, so that a later row may build on an earlier one.
pub fn check(world: &World, author: &Author, now: Instant, read: Read) -> Checked {
    let mut world = world.clone();
    let mut checked = Checked { refused: read.refused, ..Checked::default() };
    for (index, row) in read.rows.into_iter().enumerate() {
        let command = Command {
            id: CommandId(derived("check", &[&index.to_be_bytes()])),
            at: now,
            kind: row.kind.into(),
            v: 1,
            target: row.target.clone(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body: row.body.clone(),
        };
        let ctx = Ctx {
            author: author.clone(),
            now,
            at: now,
            fixes: &NoFixes,
            has_media: &|_| false,
            number: &|_| String::new(),
            can_offer: false,
        };
        match decide(&world, &command, &ctx) {
            Err(refusal) => {
                let why = [Some(refusal.text), refusal.mend].into_iter().flatten().collect::<Vec<_>>().join(" ");
                checked.refused.push(Refused { at: row.at, place: row.place, name: row.name, why });
            }
            Ok(events) => {
                let state = |world: &World, stream| world.snapshot(stream).and_then(Result::ok);
                let before: Vec<_> = events.iter().map(|e| (e.stream, state(&world, e.stream))).collect();
                for (n, event) in events.into_iter().enumerate() {
                    let version = world.version(event.stream) + 1;
                    world.evolve(&Recorded {
                        seq: 0,
                        stream: event.stream,
                        version,
                        id: EventId(derived("check-event", &[&index.to_be_bytes(), &n.to_be_bytes()])),
                        command_id: command.id,
                        at: now,
                        recorded_at: now,
                        by: author.clone(),
                        body: event.body,
                    });
                }
                checked.same += usize::from(before.into_iter().all(|(stream, old)| state(&world, stream) == old));
                checked.taken.push(row);
            }
        }
    }
    // As in the file, whoever refused it.
    checked.refused.sort_by_key(|refused| refused.at);
    checked
}
