//! Duty managers are told of an emergency by SMS: the first at once, the next one two minutes later while nobody has
//! answered.
//!
//! The domain says whom and when; the log says that one is about to go before it goes, so that nobody gets a second.
//! The text names no place and no person.

use super::{Gateway, RETRY_AFTER, TextFailure, TextState};
use crate::state::{Hub, system};
use crate::texts::gateway::Told;
use domain::Instant;
use domain::id::{CalloutId, PersonId};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// Whoever cannot be reached by then is passed over: the next has been told.
const TRIES: u32 = 4;

struct Due {
    callout: CalloutId,
    number: String,
    manager: PersonId,
    telephone: String,
    at: Instant,
}

/// Runs until the hub stops; ends at once where no gateway is configured.
pub async fn run(hub: Arc<Hub>) {
    let Some(gateway) = hub.texts.clone() else { return };
    let mut committed = hub.writer.committed();
    loop {
        let next = next(&hub);
        let wait = async {
            match &next {
                Some(due) => hub.clock.sleep_until(due.at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => {}
            batch = committed.recv() => match batch {
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
            () = hub.stopping.cancelled() => return,
        }
        let Some(due) = next else { continue };
        let Some(number) = gateway.number(&due.telephone) else {
            if !record(&hub, &due, TextState::Failed, Some(TextFailure::NoNumber)).await {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            continue;
        };
        if !record(&hub, &due, TextState::Sending, None).await {
            tokio::time::sleep(RETRY_AFTER).await;
            continue;
        }
        // One that is slow to be taken must not keep the next manager waiting.
        let (hub, gateway) = (hub.clone(), gateway.clone());
        tokio::spawn(async move {
            let failure = send(&hub, &gateway, &due, &number).await.err();
            let state = if failure.is_none() { TextState::Sent } else { TextState::Failed };
            hub.counters.add(if failure.is_none() { "texts_sent" } else { "texts_failed" }, 1);
            record(&hub, &due, state, failure).await;
        });
    }
}

fn next(hub: &Hub) -> Option<Due> {
    let world = hub.world();
    let managers = &world.settings.managers;
    let due = world.callouts.values().filter_map(|c| {
        let (manager, at) = c.manager_to_text(managers)?;
        let (number, telephone) = (c.number.clone(), manager.telephone.clone());
        Some(Due { callout: c.id, number, manager: manager.id, telephone, at })
    });
    due.min_by_key(|due| due.at)
}

async fn send(hub: &Hub, gateway: &Gateway, due: &Due, number: &str) -> Result<(), TextFailure> {
    let marked = if hub.world().settings.demonstration { "Demonstration: " } else { "" };
    let text = format!("{marked}Emergency on call-out {}. Ring the control room now.", due.number);
    let mut wait = super::FIRST_WAIT;
    for _ in 0..TRIES {
        hub.counters.add("texts_tried", 1);
        match gateway.send(number, &text, &format!("{} {}", due.callout, due.manager)).await {
            Told::Sent => return Ok(()),
            Told::Failed(failure) => return Err(failure),
            Told::Again(after) => tokio::time::sleep(after.unwrap_or(wait).mul_f64(gateway.pace)).await,
        }
        wait = (wait * 2).min(super::WAIT_MAX);
    }
    Err(TextFailure::NotReached)
}

/// False when it could not be stored or the domain refuses it: over, answered or told already.
async fn record(hub: &Hub, due: &Due, state: TextState, failure: Option<TextFailure>) -> bool {
    let body = json!({ "contact": due.manager, "state": state, "failure": failure });
    match hub.act_as(system(), "manager.text", due.callout.to_string(), body, None).await {
        Ok(answer) => answer.refusal.is_none(),
        Err(error) => {
            tracing::error!(%error, "an SMS to a duty manager could not be recorded");
            false
        }
    }
}
