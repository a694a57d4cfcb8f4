//! `POST /v1/calls`: what a telephone exchange tells about a call, in any order and as often as it likes.

use crate::auth::Signed;
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use domain::Instant;
use domain::call::{Call, Progress};
use domain::command::{CallProgress, Command, Role};
use domain::id::CommandId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Submission;
use uuid::Uuid;

/// Who may tell: the exchange has an account of its own, and a partner's is the one that may do least.
const TELLS: &[Role] = &[Role::Partner, Role::Operator, Role::Supervisor, Role::Administrator];

#[derive(Deserialize)]
struct Told {
    /// The exchange's own name for the call, as text or as a number.
    id: Name,
    state: Progress,
    /// Left out, `null` or `anonymous`: the number was withheld.
    #[serde(default)]
    from: Option<Name>,
    #[serde(default)]
    to: Option<Name>,
    /// When it happened by the exchange's clock; now when left out.
    #[serde(default)]
    at: Option<Instant>,
}

/// Exchanges write extensions and ids as numbers, too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Text(String),
    Number(serde_json::Number),
}

impl Name {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

#[derive(Serialize)]
pub struct Kept {
    /// What the call is called here.
    call: String,
    /// Whether this said anything that was not known.
    new: bool,
}

pub async fn told(State(hub): State<Arc<Hub>>, signed: Signed, body: Bytes) -> Answer<Json<Kept>> {
    signed.must_be(TELLS)?;
    let told: Told = serde_json::from_slice(&body).map_err(|error| {
        let problem = Problem::bad_request("bad_request", "The call could not be read.");
        problem.detail(format!("{error}. Send id, state (ringing, answered, missed, ended), from, to and at."))
    })?;
    let now = hub.clock.now();
    let id = told.id.text();
    let call = Call::id_of(&id);
    let text = |name: Option<Name>| name.map(Name::text).unwrap_or_default();
    let progress = CallProgress { id, state: told.state, from: text(told.from), to: text(told.to) };
    let command = Command {
        id: CommandId(Uuid::now_v7()),
        at: told.at.unwrap_or(now),
        kind: "call.progress".into(),
        v: 1,
        target: call.to_string(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body: serde_json::to_value(progress).map_err(anyhow::Error::from)?,
    };
    let submission = Submission { command, author: signed.author, received_at: now, once: None };
    let answer = hub.writer.submit(vec![submission]).await?.pop();
    let answer = answer.ok_or_else(|| anyhow::anyhow!("the store gave no answer"))?;
    match answer.refusal {
        Some(refusal) => Err(refusal.into()),
        None => Ok(Json(Kept { call: call.to_string(), new: answer.seq.is_some() })),
    }
}
