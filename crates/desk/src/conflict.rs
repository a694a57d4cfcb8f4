//! Questions that a refused action left, and what a person makes of them.

use crate::act::{Replacing, refused};
use crate::state::Core;
use crate::{Desk, Inner, words};
use domain::command::Command;
use domain::id::CommandId;
use domain::{Instant, Refusal};
use protocol::view::Acted;
use std::sync::Arc;
use store::desk::{OutboxWrite, SettledRow};
use sync::{Change, Choice, Pending};
use uuid::Uuid;

impl Desk {
    /// Answers a conflict. `reason` is needed to drop it and kept with a note.
    pub async fn resolve(&self, conflict: &str, choice: Choice, reason: &str) -> Acted {
        let (inner, conflict, reason) = (self.inner.clone(), conflict.to_owned(), reason.trim().to_owned());
        let resolving = tokio::spawn(async move { inner.resolve(&conflict, choice, &reason).await });
        resolving.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an answer to a conflict broke off");
            refused(String::new(), &Refusal::new("desk_fault", "This desk made a mistake; nothing was done."))
        })
    }
}

impl Inner {
    async fn resolve(self: Arc<Self>, conflict: &str, choice: Choice, reason: &str) -> Acted {
        let id = Uuid::try_parse(conflict).map(CommandId).ok();
        let mut core = self.core.lock().await;
        let Some(id) = id.filter(|id| core.outbox.conflict(*id).is_some()) else {
            let gone = Refusal::new("no_conflict", "This question is answered already.").mend("Look at the board.");
            return refused(conflict.to_owned(), &gone);
        };
        let answered = match choice {
            Choice::Redo => self.redo(&mut core, id).await,
            Choice::Keep => self.keep(&mut core, id, reason).await,
            Choice::Drop => self.drop_it(&mut core, id, reason).await,
        };
        answered.unwrap_or_else(|refusal| refused(conflict.to_owned(), &refusal))
    }

    /// A new command with the same body, decided on the state as it is.
    async fn redo(&self, core: &mut Core, id: CommandId) -> Result<Acted, Refusal> {
        let Some(question) = core.outbox.conflict(id) else {
            return Err(answered_already());
        };
        let command = core.outbox.redone(&question, CommandId(Uuid::now_v7()), self.now());
        let settled = vec![settled(&question.refused.command, "redone", "", self.now())];
        let make = move |core: &Core, mut redone: Pending| match core.outbox.conflict(id) {
            Some(question) => {
                // It may only build on what stands before its place.
                redone.command.after.retain(|a| core.outbox.get(*a).is_some_and(|p| p.pos < question.refused.pos));
                core.outbox.redo(&question, redone)
            }
            None => vec![],
        };
        self.commit(core, command, Some(Replacing { make: Box::new(make), settled })).await
    }

    /// What was done becomes a note on the call-out, in words.
    async fn keep(&self, core: &mut Core, id: CommandId, reason: &str) -> Result<Acted, Refusal> {
        self.let_go(core, id, "kept", reason).await?.ok_or_else(|| {
            Refusal::new("no_callout", "There is no call-out to keep this on as a note.")
                .mend("Redo it, or drop it with the reason.")
        })
    }

    /// Let go, with the reason on the call-out's record when there is one and in this desk's own in any case.
    async fn drop_it(&self, core: &mut Core, id: CommandId, reason: &str) -> Result<Acted, Refusal> {
        if reason.is_empty() {
            return Err(Refusal::new("missing", "The reason is missing.").mend("Write why this is dropped."));
        }
        if let Some(acted) = self.let_go(core, id, "dropped", reason).await? {
            return Ok(acted);
        }
        let now = self.now();
        let Some(question) = core.outbox.conflict(id) else {
            return Err(answered_already());
        };
        let changes = core.outbox.let_go(&question);
        let settled = all(&question).map(|p| settled(&p.command, "dropped", reason, now)).collect();
        let write = OutboxWrite { settled, ..OutboxWrite::default() };
        core.change(&self.store, &changes, write, now).await.map_err(|error| {
            Refusal::new("desk_store", format!("Nothing was done: this desk cannot write its own records ({error})."))
        })?;
        core.rebuild(&self.fixes());
        self.show(core);
        self.send.notify_one();
        Ok(Acted { command: id.to_string(), made: None, refusal: None })
    }

    /// None when there is no call-out to write a note on.
    async fn let_go(
        &self,
        core: &mut Core,
        id: CommandId,
        how: &'static str,
        reason: &str,
    ) -> Result<Option<Acted>, Refusal> {
        let Some(question) = core.outbox.conflict(id) else {
            return Err(answered_already());
        };
        let world = &core.overlay.world;
        let alarm = world.alarm(&question.refused.command.target);
        let callout = world
            .callout(&question.refused.command.target)
            .or_else(|| alarm.and_then(|a| a.callout).and_then(|c| world.callouts.get(&c)));
        let Some(target) = callout.map(|c| c.id.to_string()) else {
            return Ok(None);
        };
        let text = note_text(&question, how, reason, world);
        let now = self.now();
        let settled = all(&question).map(|p| settled(&p.command, how, reason, now)).collect();
        let note = Command {
            id: CommandId(Uuid::now_v7()),
            at: now,
            kind: "note.add".into(),
            v: 1,
            target,
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body: serde_json::json!({"text": text, "to": "control"}),
        };
        let make = move |core: &Core, note: Pending| {
            let mut changes = core.outbox.conflict(id).map_or_else(Vec::new, |q| core.outbox.let_go(&q));
            changes.push(Change::put(note));
            changes
        };
        self.commit(core, note, Some(Replacing { make: Box::new(make), settled })).await.map(Some)
    }
}

fn all<'a>(question: &'a sync::Conflict<'a>) -> impl Iterator<Item = &'a Pending> {
    std::iter::once(question.refused).chain(question.parked.iter().copied())
}

/// Both versions stay readable: what was done here, and what the hub said to it.
fn note_text(question: &sync::Conflict, how: &str, reason: &str, world: &domain::World) -> String {
    let at = |command: &Command| command.at.format("%H:%M:%S UTC").to_string();
    let refused = &question.refused.command;
    let mut text = format!("{} at {}, refused: {}", words::did(refused, world), at(refused), question.refusal.text);
    for parked in &question.parked {
        text += &format!(" {} at {}, waiting on it.", words::did(&parked.command, world), at(&parked.command));
    }
    text += if how == "kept" { " Kept as a note." } else { " Dropped." };
    if !reason.is_empty() {
        text += &format!(" Reason: {reason}");
    }
    text.chars().take(domain::documents::TEXT_CHARS_MAX).collect()
}

fn settled(command: &Command, how: &'static str, reason: &str, now: Instant) -> SettledRow {
    SettledRow {
        id: command.id.to_string(),
        command: serde_json::to_string(command).unwrap_or_default(),
        how,
        reason: reason.to_owned(),
        settled_at: now,
    }
}

fn answered_already() -> Refusal {
    Refusal::new("no_conflict", "This question is answered already.").mend("Look at the board.")
}
