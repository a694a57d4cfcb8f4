//! Web Push (RFC 8030, 8291, 8292): a locked phone rings.
//!
//! Follows the log; [`calls`] says which events call a phone, [`message`] what is said, [`sending`] brings one message
//! to one phone. Nothing waits for a push service, and nothing here can fail a command: what did not get through is
//! counted, and the operator hears from the domain that no phone has the offer.

mod calls;
mod encrypt;
mod key;
mod message;
mod sending;
mod services;

use crate::state::Hub;
use anyhow::Context;
use calls::{Call, Calls};
use domain::World;
use domain::event::EventBody;
use encrypt::{PhoneKeys, encrypt};
use key::Key;
use message::Message;
pub use services::{PublicOnly, Services};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Digest, PushSubscription, Store, StoreError};
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// Messages on their way at once: every phone of a large service with two, even when no service answers.
const QUEUE_MAX: usize = 256;
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a try that the officer asked for may take.
const TRY_LIFE: chrono::TimeDelta = chrono::TimeDelta::minutes(1);
/// A busy disk gets this much time before revoking is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub struct Push {
    key: Key,
    services: Services,
    client: reqwest::Client,
    places: Arc<Semaphore>,
    /// What is on its way to each phone, by topic; a newer message ends the tries of the one it replaces.
    under_way: Mutex<HashMap<(Digest, String), CancellationToken>>,
}

impl Push {
    pub fn open(data: &Path, services: Services) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            // A redirection or a proxy would lead where the check of the address has not looked.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(services.resolver()))
            .build()
            .context("no client for push services")?;
        let places = Arc::new(Semaphore::new(QUEUE_MAX));
        Ok(Self { key: Key::of_directory(data)?, services, client, places, under_way: Mutex::default() })
    }

    /// A directory that was restored from a backup has subscriptions and no key: they could never be used, and a phone
    /// must not go on believing that it rings.
    pub async fn forget_strangers(&self, store: &Store) -> Result<(), StoreError> {
        match self.key.is_new {
            true => store.forget_push_subscriptions().await.map(drop),
            false => Ok(()),
        }
    }

    pub fn public_key(&self) -> String {
        self.key.public()
    }

    /// Whether a phone's subscription can be used at all.
    pub fn accepts(&self, endpoint: &str, p256dh: &[u8; 65], auth: &[u8; 16]) -> bool {
        self.services.allowed(endpoint).is_some() && encrypt(PhoneKeys { p256dh, auth }, b"").is_ok()
    }

    /// Lets the officer hear that it works.
    pub fn try_out(self: &Arc<Self>, hub: &Arc<Hub>, to: PushSubscription) {
        let call = Call { officer: to.officer, message: Message::a_try(), until: hub.clock.now() + TRY_LIFE };
        self.start(hub, to, call.message, call.until);
    }

    fn start(self: &Arc<Self>, hub: &Arc<Hub>, to: PushSubscription, message: Message, until: domain::Instant) {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            tracing::error!("too many push messages are on their way; one was dropped");
            return hub.counters.add("push_dropped", 1);
        };
        let subject = (to.credential, message.topic());
        let token = CancellationToken::new();
        let mut under_way = self.lock();
        if let Some(older) = under_way.insert(subject.clone(), token.clone()) {
            older.cancel();
        }
        drop(under_way);
        let (hub, push) = (hub.clone(), self.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = sending::send(&hub, &push, &to, &message, until) => {}
                () = token.cancelled() => {}
                () = hub.stopping.cancelled() => {}
            }
            // One that was replaced leaves the place to its successor.
            let mut under_way = push.lock();
            if !token.is_cancelled() {
                under_way.remove(&subject);
            }
            drop((under_way, place));
        });
    }

    /// Ends what is on its way to a phone.
    fn silence(&self, phone: &Digest) {
        self.lock().retain(|(to, _), token| {
            if to == phone {
                token.cancel();
            }
            to != phone
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Digest, String), CancellationToken>> {
        self.under_way.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Runs until the hub stops.
pub async fn run(hub: Arc<Hub>) {
    let Some(push) = hub.push.clone() else { return };
    let mut committed = hub.writer.committed();
    let mut calls = Calls::default();
    // A shift may have ended while no hub ran.
    let mut sweep = true;
    start_all(&hub, &push, calls.start_over(&hub.world())).await;
    loop {
        if sweep && let Err(error) = revoke_all(&hub).await {
            tracing::error!(%error, "push subscriptions could not be revoked; it is tried again");
        } else {
            sweep = false;
        }
        let batch = tokio::select! {
            batch = committed.recv() => batch,
            () = tokio::time::sleep(RETRY_AFTER), if sweep => continue,
            () = hub.stopping.cancelled() => return,
        };
        let world = hub.world();
        match batch {
            Ok(batch) => {
                for event in &batch.recorded {
                    sweep |= matches!(event.body, EventBody::ShiftSignedOff(_) | EventBody::AccountPut(_));
                    start_all(&hub, &push, calls.of(&world, event)).await;
                }
            }
            Err(RecvError::Lagged(_)) => {
                sweep = true;
                start_all(&hub, &push, calls.start_over(&world)).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn start_all(hub: &Arc<Hub>, push: &Arc<Push>, calls: Vec<Call>) {
    for call in calls {
        match hub.store.push_subscriptions(Some(call.officer), hub.clock.now()).await {
            Ok(phones) => {
                for to in phones.into_iter().filter(|to| may_ring(&hub.world(), to)) {
                    push.start(hub, to, call.message.clone(), call.until);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the phones to call could not be read");
                hub.counters.add("push_unread", 1);
            }
        }
    }
}

/// On shift, with an account that is not closed. An account the command line has just made may not be known here yet.
pub fn may_ring(world: &World, to: &PushSubscription) -> bool {
    let on_shift = world.officers.get(&to.officer).is_some_and(|o| o.shift.is_some());
    on_shift && world.accounts.get(&to.account).is_none_or(|a| !a.disabled)
}

/// Forgets the phones of shifts that ended and of accounts that were closed.
async fn revoke_all(hub: &Hub) -> Result<(), StoreError> {
    let world = hub.world();
    for to in hub.store.push_subscriptions(None, hub.clock.now()).await? {
        if !may_ring(&world, &to) {
            revoke(hub, &to.credential).await?;
        }
    }
    Ok(())
}

/// When it returns, this phone is not called any more.
pub async fn revoke(hub: &Hub, phone: &Digest) -> Result<(), StoreError> {
    hub.store.remove_push_subscription(phone).await?;
    if let Some(push) = &hub.push {
        push.silence(phone);
    }
    Ok(())
}
