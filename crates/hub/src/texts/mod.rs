//! An offer that no phone has is told by SMS, once.
//!
//! Follows the log: the domain says when no phone has an offer. Before a request leaves, the log says that it is about to;
//! so whenever the hub is killed, no offer gets a second SMS. What came of it is recorded and shown to the operator, in our
//! words. The text names no place and no person.

mod gateway;
pub mod managers;

use crate::state::{Hub, system};
use crate::words::Civil;
use domain::callout::{Assignment, AssignmentState, Callout};
use domain::command::{TextFailure, TextState};
use domain::event::EventBody as E;
use domain::id::{AssignmentId, CalloutId};
use domain::{Instant, World};
pub use gateway::Gateway;
use gateway::Told;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;

/// The waits between tries, doubled: the shortest offer lives 30 s.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(8);
/// At once; more offers than these in a minute are a fault that must not become a bill.
const UNDER_WAY_MAX: usize = 16;
/// A busy disk gets this much time before a result is recorded again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// An offer that no phone has.
#[derive(Clone, Copy)]
struct Waiting {
    callout: CalloutId,
    assignment: AssignmentId,
}

/// Runs until the hub stops; ends at once where no gateway is configured.
pub async fn run(hub: Arc<Hub>) {
    let Some(gateway) = hub.texts.clone() else { return };
    let mut committed = hub.writer.committed();
    let places = Arc::new(Semaphore::new(UNDER_WAY_MAX));
    // What a hub before this one began: nobody knows whether it went, so it is not sent again.
    for waiting in all(&hub.world(), |a| a.text.as_ref().is_some_and(|t| t.what.state == TextState::Sending)) {
        record(&hub, waiting, TextState::Failed, Some(TextFailure::NotKnown)).await;
    }
    let start = |waiting: Vec<Waiting>| {
        for waiting in waiting {
            let (hub, gateway, places) = (hub.clone(), gateway.clone(), places.clone());
            tokio::spawn(async move {
                let Ok(_place) = places.acquire().await else { return };
                let stopping = hub.stopping.clone();
                tokio::select! {
                    () = tell(&hub, &gateway, waiting) => {}
                    () = stopping.cancelled() => {}
                }
            });
        }
    };
    start(all(&hub.world(), |a| a.not_delivered_at.is_some() && waits(a)));
    loop {
        let batch = tokio::select! {
            batch = committed.recv() => batch,
            () = hub.stopping.cancelled() => return,
        };
        match batch {
            Ok(batch) => {
                let undelivered = batch.recorded.iter().filter_map(|event| match &event.body {
                    E::NotDelivered(of) => {
                        Some(Waiting { callout: CalloutId(event.stream.id), assignment: of.assignment })
                    }
                    _ => None,
                });
                start(undelivered.collect());
            }
            // Whatever is told twice is refused the second time.
            Err(RecvError::Lagged(_)) => start(all(&hub.world(), |a| a.not_delivered_at.is_some() && waits(a))),
            Err(RecvError::Closed) => return,
        }
    }
}

fn all(world: &World, wanted: impl Fn(&Assignment) -> bool) -> Vec<Waiting> {
    let of = |c: &Callout| {
        let id = c.id;
        let wanted = c.assignments.iter().filter(|a| wanted(a));
        wanted.map(|a| Waiting { callout: id, assignment: a.id }).collect::<Vec<_>>()
    };
    world.callouts.values().flat_map(|c| of(c)).collect()
}

/// Still on offer, on no phone, and without an SMS.
fn waits(a: &Assignment) -> bool {
    is_asked(a) && a.text.is_none()
}

fn is_asked(a: &Assignment) -> bool {
    a.state == AssignmentState::Offered && a.delivered_at.is_none()
}

async fn tell(hub: &Hub, gateway: &Gateway, waiting: Waiting) {
    let Some(offer) = find(hub, waiting) else { return };
    hub.clock.sleep_until(offer.offered_at + gateway.after).await;
    let world = hub.world();
    let Some((callout, offer)) = world.callouts.get(&waiting.callout).zip(find(hub, waiting)) else { return };
    if !waits(&offer) {
        return;
    }
    let written = world.officers.get(&offer.officer).map_or("", |o| o.telephone.as_str());
    let Some(number) = gateway.number(written) else {
        record(hub, waiting, TextState::Failed, Some(TextFailure::NoNumber)).await;
        return;
    };
    if !record(hub, waiting, TextState::Sending, None).await {
        return;
    }
    let text = words(&world, &callout.number, offer.expires_at);
    let failure = send(hub, gateway, waiting, &number, &text, offer.expires_at).await.err();
    let (state, counter) = match failure {
        None => (TextState::Sent, "texts_sent"),
        Some(_) => (TextState::Failed, "texts_failed"),
    };
    hub.counters.add(counter, 1);
    if let Some(failure) = failure {
        tracing::warn!(callout = callout.number, "an SMS about an offer failed: {}", failure.words());
    }
    record(hub, waiting, state, failure).await;
}

/// Neither place nor person: it lies on a locked screen.
fn words(world: &World, number: &str, until: Instant) -> String {
    let marked = if world.settings.demonstration { "Demonstration: " } else { "" };
    let until = Civil::new(&world.settings.zone).clock(until);
    format!("{marked}Call-out {number} offered until {until}. Open Watchhouse or ring control.")
}

async fn send(
    hub: &Hub,
    gateway: &Gateway,
    waiting: Waiting,
    number: &str,
    text: &str,
    until: Instant,
) -> Result<(), TextFailure> {
    let mut wait = FIRST_WAIT;
    loop {
        hub.counters.add("texts_tried", 1);
        let after = match gateway.send(number, text, &waiting.assignment.to_string()).await {
            Told::Sent => return Ok(()),
            Told::Failed(failure) => return Err(failure),
            Told::Again(after) => after.unwrap_or(wait),
        };
        let pause = after.mul_f64(gateway.pace);
        if hub.clock.until(until).is_some_and(|left| left <= pause) {
            return Err(TextFailure::NotReached);
        }
        tokio::time::sleep(pause).await;
        wait = (wait * 2).min(WAIT_MAX);
        if !find(hub, waiting).is_some_and(|offer| is_asked(&offer)) {
            return Err(TextFailure::OfferOver);
        }
    }
}

fn find(hub: &Hub, waiting: Waiting) -> Option<Assignment> {
    hub.world().callouts.get(&waiting.callout)?.assignment(waiting.assignment).cloned()
}

/// False when the domain refuses it: the offer is over, or has its SMS.
async fn record(hub: &Hub, waiting: Waiting, state: TextState, failure: Option<TextFailure>) -> bool {
    let body: Value = json!({ "assignment": waiting.assignment, "state": state, "failure": failure });
    loop {
        match hub.act_as(system(), "assignment.text", waiting.callout.to_string(), body.clone(), None).await {
            Ok(answer) => return answer.refusal.is_none(),
            Err(error) => tracing::error!(%error, "what came of an SMS could not be recorded; it is tried again"),
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
}
