//! Tells partners' systems what happens on call-outs at their sites.
//!
//! [`make`] says which events of the log make which message, [`address`] where messages may go, [`send`] brings one there.
//! What was made lies on disk with the log position it was made up to, so a hub that is killed makes each message once.
//! Nothing waits for a partner's system: messages are made from the log after it is written, and sent by tasks of their own.

pub mod address;
mod make;
mod send;

use crate::counters::Diagnostic;
use crate::state::Hub;
use chrono::{TimeDelta, Utc};
use make::Maker;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Delivery, StoreError, Webhook};
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

/// Events read from the log at once while catching up.
const PAGE: u32 = 500;
/// What the command line has put back in the queue is seen within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Messages looked at in one round; more wait for the next.
const ROUND_MAX: u32 = 1000;
/// Messages on their way at once to one webhook. One that hangs holds up no other partner.
const UNDER_WAY_MAX: usize = 4;

/// The waits between tries: 10 s, doubled up to 6 h, for a day in all.
const FIRST_WAIT: Duration = Duration::from_secs(10);
const WAIT_MAX: Duration = Duration::from_secs(6 * 3600);
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 3600);

pub struct Webhooks {
    client: reqwest::Client,
    /// Something new waits, or a place is free.
    look: Notify,
    under_way: Mutex<HashMap<(Uuid, domain::id::CalloutId), ()>>,
    /// All waits times this: 1, or less for a test.
    pace: f64,
}

impl Webhooks {
    pub fn new(pace: f64) -> anyhow::Result<Self> {
        anyhow::ensure!(pace > 0.0 && pace <= 1.0, "--retry-pace is more than 0 and at most 1");
        Ok(Self { client: send::client()?, look: Notify::new(), under_way: Mutex::default(), pace })
    }

    fn wait_after(&self, tries: u32, asked: Option<Duration>) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << tries.min(20)).min(WAIT_MAX);
        doubled.max(asked.unwrap_or_default().min(WAIT_MAX)).mul_f64(self.pace)
    }

    fn given_up_after(&self) -> TimeDelta {
        TimeDelta::from_std(GIVEN_UP_AFTER.mul_f64(self.pace)).unwrap_or(TimeDelta::MAX)
    }

    /// True when there is a place for it, which is then its.
    fn start(&self, delivery: &Delivery) -> bool {
        let mut under_way = self.under_way.lock().unwrap_or_else(|e| e.into_inner());
        let subject = (delivery.webhook, delivery.callout);
        let busy = under_way.keys().filter(|(webhook, _)| *webhook == delivery.webhook).count();
        if busy >= UNDER_WAY_MAX || under_way.contains_key(&subject) {
            return false;
        }
        under_way.insert(subject, ());
        true
    }

    fn end(&self, delivery: &Delivery) {
        self.under_way.lock().unwrap_or_else(|e| e.into_inner()).remove(&(delivery.webhook, delivery.callout));
        self.look.notify_one();
    }
}

/// Makes messages from the log until the hub stops.
pub async fn follow(hub: Arc<Hub>) {
    let Some(webhooks) = hub.webhooks.clone() else { return };
    let mut committed = hub.writer.committed();
    let mut position = loop {
        match start_position(&hub).await {
            Ok(position) => break position,
            Err(error) => tracing::error!(%error, "where the messages to partners stand could not be read; again"),
        }
        if stopped_within(&hub, RETRY_AFTER).await {
            return;
        }
    };
    loop {
        match catch_up(&hub, &mut position).await {
            Ok(0) => {}
            Ok(_) => webhooks.look.notify_one(),
            Err(error) => {
                tracing::error!(%error, "messages to partners could not be made; it is tried again");
                if stopped_within(&hub, RETRY_AFTER).await {
                    return;
                }
                continue;
            }
        }
        // Most of what happens is nothing that a partner is told: the file is not even read for it.
        loop {
            let batch = tokio::select! {
                batch = committed.recv() => batch,
                () = hub.stopping.cancelled() => return,
            };
            match batch {
                Ok(batch) => {
                    let next = batch.events.first().is_some_and(|e| e.seq == position + 1);
                    if batch.head <= position {
                        continue;
                    }
                    if !next || batch.recorded.iter().any(|e| make::may_tell(&e.body)) {
                        break;
                    }
                    position = batch.head;
                }
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// Where it stopped; the head for a hub that never told anybody anything.
async fn start_position(hub: &Hub) -> Result<i64, StoreError> {
    if let Some(position) = hub.store.webhook_position().await? {
        return Ok(position);
    }
    let head = hub.store.head().await?.seq;
    hub.store.add_deliveries(&[], head).await?;
    Ok(head)
}

/// Makes what the log holds after the position. How many messages there were.
async fn catch_up(hub: &Hub, position: &mut i64) -> Result<usize, StoreError> {
    let mut made = 0;
    loop {
        let events = hub.store.log_after(*position, PAGE).await?;
        let Some(last) = events.last().map(|e| e.seq) else { return Ok(made) };
        let hooks = hub.store.webhooks().await?;
        let deliveries = match hooks.is_empty() {
            true => vec![],
            false => Maker::new(hub, hooks).messages(&events).await?,
        };
        // A position alone is worth writing once in a while: read again, these events make nothing again.
        if !deliveries.is_empty() || events.len() == PAGE as usize {
            hub.store.add_deliveries(&deliveries, last).await?;
        }
        made += deliveries.len();
        *position = last;
    }
}

/// Sends what waits until the hub stops.
pub async fn run(hub: Arc<Hub>) {
    let Some(webhooks) = hub.webhooks.clone() else { return };
    loop {
        let next = match start_due(&hub, &webhooks).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, "the messages to partners could not be read; it is tried again");
                RETRY_AFTER
            }
        };
        tokio::select! {
            () = webhooks.look.notified() => {}
            () = tokio::time::sleep(next) => {}
            () = hub.stopping.cancelled() => return,
        }
    }
}

/// Starts what can start now, and says when to look again.
async fn start_due(hub: &Arc<Hub>, webhooks: &Arc<Webhooks>) -> Result<Duration, StoreError> {
    let due = hub.store.due_deliveries(Utc::now(), ROUND_MAX).await?;
    if !due.is_empty() {
        let hooks: HashMap<Uuid, Webhook> = hub.store.webhooks().await?.into_iter().map(|w| (w.id, w)).collect();
        for delivery in due {
            let Some(hook) = hooks.get(&delivery.webhook).cloned() else { continue };
            if webhooks.start(&delivery) {
                let (hub, webhooks) = (hub.clone(), webhooks.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = deliver(&hub, &webhooks, &hook, &delivery) => {}
                        () = hub.stopping.cancelled() => {}
                    }
                    webhooks.end(&delivery);
                });
            }
        }
    }
    let next = hub.store.next_delivery_at().await?;
    let until = next.map_or(LOOK_AGAIN, |at| (at - Utc::now()).to_std().unwrap_or(LOOK_AGAIN));
    Ok(until.min(LOOK_AGAIN))
}

async fn deliver(hub: &Hub, webhooks: &Webhooks, hook: &Webhook, delivery: &Delivery) {
    let told = send::attempt(&webhooks.client, hook, delivery).await;
    let kept = match told {
        send::Told::Taken(said) => {
            hub.counters.add("webhook_sent", 1);
            hub.store.delivery_sent(delivery.id, &said).await
        }
        send::Told::Not { said, again, after } => {
            hub.counters.add("webhook_failed", 1);
            let now = Utc::now();
            let wait = webhooks.wait_after(delivery.tries, after);
            let next = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
            let next = Some(next).filter(|next| again && *next <= delivery.made_at + webhooks.given_up_after());
            if next.is_none() {
                let text = format!("{} about {} was given up: {said}", delivery.event, callout_of(delivery));
                tracing::error!(webhook = %hook.id, text, "a message to a partner's system was given up");
                let remote = address::origin(&hook.url);
                let note = Diagnostic { at: hub.clock.now(), counter: "webhook_dead", remote, account: None, text };
                hub.counters.note(note);
            }
            hub.store.delivery_failed(delivery.id, &said, next).await
        }
    };
    if let Err(error) = kept {
        // It is sent again under the same id, and whoever has it already sees that.
        tracing::error!(%error, "what came of a message to a partner could not be kept");
        tokio::time::sleep(RETRY_AFTER).await;
    }
}

/// The call-out's number, as the message has it.
pub fn callout_of(delivery: &Delivery) -> String {
    let body: serde_json::Value = serde_json::from_str(&delivery.body).unwrap_or_default();
    body["callout"].as_str().unwrap_or_default().to_owned()
}

async fn stopped_within(hub: &Hub, time: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => false,
        () = hub.stopping.cancelled() => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_ten_seconds_to_six_hours() {
        crate::serve::install_crypto();
        let webhooks = Webhooks::new(1.0).unwrap();
        let waits: Vec<u64> = (0..14).map(|tries| webhooks.wait_after(tries, None).as_secs()).collect();
        assert_eq!(waits[..4], [10, 20, 40, 80]);
        assert_eq!((waits[11], waits[12], waits[13]), (20_480, 21_600, 21_600));
        assert_eq!(webhooks.wait_after(0, Some(Duration::from_secs(120))).as_secs(), 120, "as the receiver asked");
        assert_eq!(webhooks.wait_after(0, Some(Duration::from_secs(999_999))), WAIT_MAX);
        assert!(Webhooks::new(0.0).is_err() && Webhooks::new(2.0).is_err());
        assert_eq!(Webhooks::new(0.001).unwrap().wait_after(0, None), Duration::from_millis(10));
    }
}
