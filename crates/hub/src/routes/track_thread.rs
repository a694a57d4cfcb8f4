//! What a customer says and has read on the page behind the link. Whoever holds the link is the author.

use super::track::alive;
use crate::auth::digest;
use crate::media::hex;
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use axum::http::StatusCode;
use domain::callout::Callout;
use domain::callout::messages::{CUSTOMER_MESSAGES_MAX, CUSTOMER_WITHIN, Reader, customer_account};
use domain::command::{Author, Command, Role};
use domain::id::CommandId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::Submission;
use uuid::Uuid;

/// Two thousand characters, each escaped at its longest, and the rest of the JSON.
const MESSAGE_BYTES_MAX: usize = 32 * 1024;

#[derive(Deserialize)]
struct Said {
    /// Made on the page: sent twice it is one message.
    id: Uuid,
    text: String,
}

#[derive(Deserialize)]
struct Seen {
    up_to: i64,
}

/// `POST /t/{token}/messages`
pub async fn said(hub: &Hub, token: &str, body: &[u8]) -> Answer<StatusCode> {
    let (callout, _) = alive(hub, token).await?;
    let said: Said = read(body)?;
    if said.id.get_version_num() != 7 {
        return Err(Problem::bad_request("bad_id", "A message's id is a UUIDv7."));
    }
    // Asked before anything is stored: whoever holds a link must not fill the disk with refusals.
    let account = customer_account(&hex(&digest(token)));
    let known = callout.notes.iter().any(|n| n.by.account == account && n.what.text == said.text);
    let recent = callout.customer_messages_since(account, hub.clock.now() - CUSTOMER_WITHIN);
    if recent >= CUSTOMER_MESSAGES_MAX && !known {
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_messages", "Please wait some minutes.")
            .detail("That are many messages in a short time. Ring if it is urgent."));
    }
    submit(hub, token, &callout, said.id, "note.add", json!({"text": said.text})).await
}

/// `POST /t/{token}/read`: the messages up to here were on the screen.
pub async fn seen(hub: &Hub, token: &str, body: &[u8]) -> Answer<StatusCode> {
    let (callout, _) = alive(hub, token).await?;
    let seen: Seen = read(body)?;
    if !callout.unread(Reader::Customer).any(|note| note.seq <= seen.up_to) {
        return Ok(StatusCode::NO_CONTENT);
    }
    submit(hub, token, &callout, Uuid::now_v7(), "message.read", json!({"up_to": seen.up_to})).await
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    if body.len() > MESSAGE_BYTES_MAX {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The message is too long."));
    }
    serde_json::from_slice(body)
        .map_err(|e| Problem::bad_request("bad_json", "The message cannot be read.").detail(e.to_string()))
}

async fn submit(hub: &Hub, token: &str, callout: &Callout, id: Uuid, kind: &str, body: Value) -> Answer<StatusCode> {
    let now = hub.clock.now();
    let author = Author { account: customer_account(&hex(&digest(token))), role: Role::Customer, officer: None };
    let command = Command {
        id: CommandId(id),
        at: now,
        kind: kind.into(),
        v: 1,
        target: callout.id.to_string(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body,
    };
    let stored = hub.writer.submit(vec![Submission { command, author, received_at: now, once: None }]).await?;
    // A duplicate of what was refused is refused again.
    match stored.into_iter().next().and_then(|answer| answer.refusal) {
        None => Ok(StatusCode::NO_CONTENT),
        Some(refusal) => {
            let status = match refusal.code.as_str() {
                "too_many_messages" => StatusCode::TOO_MANY_REQUESTS,
                "callout_over" => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let detail = refusal.mend.clone().unwrap_or_default();
            Err(Problem::new(status, &refusal.code, refusal.text).detail(detail))
        }
    }
}
