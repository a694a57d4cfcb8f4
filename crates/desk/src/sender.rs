//! The sender: empties the outbox, oldest first, emergencies before all, one request at a time.

use crate::{Inner, lock};
use domain::Command;
use domain::id::CommandId;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use store::desk::OutboxWrite;
use sync::{Answer, LinkState, Next, plan, read_results};

/// Somebody acting may cut a wait short, but not below this.
const PAUSE_MIN: Duration = Duration::from_millis(500);

/// What the sender remembers between requests.
#[derive(Default)]
struct Sending {
    planned: VecDeque<Vec<CommandId>>,
    revision: Option<u64>,
    /// Requests in a row that brought nothing.
    attempt: u32,
    /// Sent one by one, to find what the hub cannot read.
    alone: VecDeque<CommandId>,
}

/// What to do after a request.
enum After {
    Go,
    /// Wait this long; somebody acting cuts it short unless the hub asked for it.
    Wait {
        wait: Duration,
        asked: bool,
    },
    /// Until the link is new or somebody acts.
    Stand,
}

pub async fn run(inner: Arc<Inner>) {
    let mut sending = Sending::default();
    loop {
        let after = tokio::select! {
            () = inner.stopped() => return,
            after = step(&inner, &mut sending) => after,
        };
        let wait = async {
            match after {
                After::Go => {}
                After::Wait { wait, asked: true } => tokio::time::sleep(wait).await,
                After::Wait { wait, asked: false } => {
                    tokio::time::sleep(PAUSE_MIN.min(wait)).await;
                    let _ = tokio::time::timeout(wait.saturating_sub(PAUSE_MIN), inner.send.notified()).await;
                }
                After::Stand => inner.send.notified().await,
            }
        };
        tokio::select! {
            () = inner.stopped() => return,
            () = wait => {}
        }
    }
}

/// One request, if there is anything to send and anybody to send it to.
async fn step(inner: &Arc<Inner>, sending: &mut Sending) -> After {
    let Some(batch) = next_batch(inner, sending).await else {
        return After::Stand;
    };
    let commands = stamped(inner, &batch).await;
    if commands.is_empty() {
        return After::Go;
    }
    let ids: Vec<CommandId> = commands.iter().map(|c| c.id).collect();
    let names: Vec<String> = ids.iter().map(CommandId::to_string).collect();
    let answers = match inner.hub.send(commands).await {
        Ok(answer) => read_results(&names, answer),
        Err(error) => {
            let answer = Answer::from(error);
            vec![answer; ids.len()]
        }
    };
    settle(inner, sending, ids, answers).await
}

async fn next_batch(inner: &Arc<Inner>, sending: &mut Sending) -> Option<Vec<CommandId>> {
    let link = inner.link_state();
    if link == LinkState::Offline {
        return None;
    }
    if let Some(id) = sending.alone.pop_front() {
        return Some(vec![id]);
    }
    let core = inner.core.lock().await;
    if sending.planned.is_empty() || sending.revision != Some(core.revision) {
        sending.planned = plan(&core.outbox, link).into();
        sending.revision = Some(core.revision);
    }
    sending.planned.pop_front()
}

/// The commands as they go on the wire, with how old they are by a clock that nobody sets.
async fn stamped(inner: &Arc<Inner>, ids: &[CommandId]) -> Vec<Command> {
    let (steady, now) = (inner.steady(), inner.now());
    let mut core = inner.core.lock().await;
    core.outbox.mark_sent(ids);
    let clock = lock(&inner.status).clock.clone();
    let commands = ids.iter().filter_map(|id| {
        let pending = core.outbox.get(*id).filter(|p| p.is_queued())?;
        let mut command = pending.command.clone();
        command.sent_at = Some(now);
        command.age_ms = core.made.get(id).map(|made| clock.age(*made, steady).as_millis() as u64);
        Some(command)
    });
    commands.collect()
}

async fn settle(inner: &Arc<Inner>, sending: &mut Sending, ids: Vec<CommandId>, answers: Vec<Answer>) -> After {
    let alone = ids.len() == 1;
    let attempt = sending.attempt + 1;
    let nexts: Vec<(CommandId, Next)> =
        ids.into_iter().zip(&answers).map(|(id, answer)| (id, answer.next(alone, attempt, rand::random()))).collect();
    let now = inner.now();
    let mut core = inner.core.lock().await;
    core.outbox.unmark_sent();
    let changes = core.outbox.settle(core.replica.head, &nexts);
    let refused = nexts.iter().any(|(_, next)| matches!(next, Next::Conflict(_)));
    if !changes.is_empty() {
        let known = core.revision;
        if let Err(error) = core.change(&inner.store, &changes, OutboxWrite::default(), now).await {
            // Not written, so not believed: it is sent again and the hub says the same.
            tracing::error!(%error, "the hub's answers cannot be written");
            inner.set_store_problem(Some(format!("This desk cannot write its own records: {error}.")));
            return After::Wait { wait: sync::back_off(attempt, rand::random()), asked: false };
        }
        inner.set_store_problem(None);
        // What is planned stays right when all that happened is that commands were confirmed.
        if sending.revision == Some(known) && !refused {
            sending.revision = Some(core.revision);
        }
        // A confirmed command without anything new in the log, or a refused one, changes what is shown.
        core.rebuild(&inner.fixes());
        inner.show(&core);
    }
    drop(core);
    after(inner, sending, &nexts, &answers)
}

/// The most cautious of what the answers ask for.
fn after(inner: &Inner, sending: &mut Sending, nexts: &[(CommandId, Next)], answers: &[Answer]) -> After {
    let mut wait: Option<Duration> = None;
    let mut problem = None;
    for (id, next) in nexts {
        match next {
            Next::Done { .. } | Next::Conflict(_) => {}
            Next::RetryAfter(after) => wait = wait.max(Some(*after)),
            Next::SendAlone => sending.alone.push_back(*id),
            Next::GiveUpUntilPersonActs(why) => problem = Some(why.clone()),
        }
    }
    let stands = problem.is_some();
    set_problem(inner, problem);
    if stands {
        sending.planned.clear();
        return After::Stand;
    }
    let Some(wait) = wait else {
        sending.attempt = 0;
        return After::Go;
    };
    sending.planned.clear();
    sending.attempt += 1;
    let asked = answers.iter().any(|a| matches!(a, Answer::Status { retry_after: Some(_), .. }));
    After::Wait { wait, asked }
}

fn set_problem(inner: &Inner, problem: Option<String>) {
    let mut status = lock(&inner.status);
    if status.send_problem != problem {
        status.send_problem = problem;
        drop(status);
        inner.dirty.notify_one();
    }
}
