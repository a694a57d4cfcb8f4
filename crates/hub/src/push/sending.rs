//! One message on its way to one phone: tried again while it still says something, and no longer.

use super::Push;
use super::encrypt::{PhoneKeys, encrypt};
use super::message::Message;
use super::services::origin_of;
use crate::counters::Diagnostic;
use crate::state::Hub;
use domain::Instant;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use std::time::Duration;
use store::PushSubscription;

/// One request. A service that hangs leaves time for another try within the shortest offer, 30 s.
const TRY_LIMIT: Duration = Duration::from_secs(8);
const FIRST_WAIT: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(15);
/// A clock of a demonstration may stand still; then nothing runs out, and a message lives so long.
const STANDING_CLOCK: Duration = Duration::from_secs(60);

enum Told {
    Sent,
    /// The service does not know the address any more (RFC 8030, section 7.3).
    Gone,
    /// Trying again changes nothing.
    Refused(String),
    Again(String, Option<Duration>),
}

pub(super) async fn send(hub: &Hub, push: &Push, to: &PushSubscription, message: &Message, until: Instant) {
    let life = hub.clock.until(until).unwrap_or(STANDING_CLOCK);
    let end = tokio::time::Instant::now() + life;
    let text = message.text(hub.demonstration());
    let mut wait = FIRST_WAIT;
    let mut noted = false;
    loop {
        let left = end.saturating_duration_since(tokio::time::Instant::now());
        if left.is_zero() {
            return hub.counters.add("push_late", 1);
        }
        // The officer may have signed off since.
        match still_there(hub, to).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a push subscription could not be read"),
        }
        let limit = TRY_LIMIT.min(left);
        let told = match tokio::time::timeout(limit, attempt(hub, push, to, message, &text, left)).await {
            Ok(Ok(told)) => told,
            Ok(Err(error)) => Told::Refused(format!("{error:#}")),
            Err(_) => Told::Again(format!("no answer within {} s", limit.as_secs()), None),
        };
        match told {
            Told::Sent => return hub.counters.add("push_sent", 1),
            Told::Gone => {
                hub.counters.add("push_gone", 1);
                if let Err(error) = hub.store.forget_push_endpoint(&to.endpoint).await {
                    tracing::warn!(%error, "a push subscription could not be removed");
                }
                return;
            }
            Told::Refused(why) => return note(hub, push, to, "push_refused", why),
            Told::Again(why, after) => {
                // Once: a service that is away for an hour must not hide what else is odd.
                match std::mem::replace(&mut noted, true) {
                    false => note(hub, push, to, "push_failed", why),
                    true => hub.counters.add("push_failed", 1),
                }
                tokio::time::sleep(after.unwrap_or(wait).min(left)).await;
                wait = (wait * 2).min(WAIT_MAX);
            }
        }
    }
}

async fn still_there(hub: &Hub, to: &PushSubscription) -> Result<bool, store::StoreError> {
    let known = hub.store.push_subscriptions(Some(to.officer), hub.clock.now()).await?;
    Ok(known.iter().any(|s| s.endpoint == to.endpoint && s.credential == to.credential))
}

async fn attempt(
    hub: &Hub,
    push: &Push,
    to: &PushSubscription,
    message: &Message,
    text: &[u8],
    left: Duration,
) -> anyhow::Result<Told> {
    let Some(url) = push.services.allowed(&to.endpoint) else {
        return Ok(Told::Refused("this push service may not be called".into()));
    };
    let body = encrypt(PhoneKeys { p256dh: &to.p256dh, auth: &to.auth }, text)
        .map_err(|_| anyhow::anyhow!("the phone's key is no key"))?;
    let authorization = push.key.authorization(&origin_of(&url), &subject(hub), chrono::Utc::now().timestamp())?;
    let request = push
        .client
        .post(url)
        .header(AUTHORIZATION, authorization)
        .header(CONTENT_ENCODING, "aes128gcm")
        .header(CONTENT_TYPE, "application/octet-stream")
        .header("ttl", left.as_secs().to_string())
        .header("urgency", "high")
        .header("topic", message.topic())
        .body(body);
    Ok(match request.send().await {
        Ok(answer) => told(answer.status(), answer.headers()),
        // Its text names the address, which is a secret.
        Err(error) => Told::Again(error.without_url().to_string(), None),
    })
}

fn told(status: StatusCode, headers: &HeaderMap) -> Told {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Told::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Told::Again(status.to_string(), after(headers)),
        _ if status.is_success() => Told::Sent,
        _ if status.is_server_error() => Told::Again(status.to_string(), after(headers)),
        _ => Told::Refused(status.to_string()),
    }
}

fn after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Whom the push service may write to about us (RFC 8292, section 2.1).
fn subject(hub: &Hub) -> String {
    let email = hub.world().settings.contact.email.clone();
    match hub.hosts.first() {
        _ if email.contains('@') => format!("mailto:{email}"),
        Some(host) => format!("https://{host}"),
        None => "https://localhost".into(),
    }
}

/// Names the service, never the address.
fn note(hub: &Hub, push: &Push, to: &PushSubscription, counter: &'static str, text: String) {
    let remote = push.services.allowed(&to.endpoint).map(|url| origin_of(&url)).unwrap_or_default();
    tracing::warn!(remote, text, counter, "a phone could not be called");
    hub.counters.note(Diagnostic { at: hub.clock.now(), counter, remote, account: None, text });
}
