//! `POST /v1/commands`: one answer for each command, in the same order.

use crate::arrivals;
use crate::auth::Signed;
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use domain::Refusal;
use domain::command::{Command, Role};
use protocol::api::{CommandResult, CommandsAnswer, Outcome};
use serde_json::Value;
use std::sync::Arc;
use store::{Outcome as Stored, Submission};

/// Commands in one request; a phone's whole night without signal fits.
const COMMANDS_MAX: usize = 200;
/// Only people's commands come in here.
const HUB_ONLY: &[&str] = &[
    "signal.receive",
    "panel.silent",
    "panel.heard",
    "media.received",
    "timer.fire",
    "report.keep",
    "assignment.text",
];

pub async fn post(State(hub): State<Arc<Hub>>, signed: Signed, body: Bytes) -> Answer<Json<CommandsAnswer>> {
    let request: Value = serde_json::from_slice(&body)
        .map_err(|e| Problem::bad_request("bad_json", "The request is not JSON.").detail(e.to_string()))?;
    let commands = request
        .get("commands")
        .and_then(Value::as_array)
        .ok_or_else(|| Problem::bad_request("bad_request", "The request has no list “commands”."))?;
    if commands.len() > COMMANDS_MAX {
        return Err(Problem::bad_request(
            "too_many_commands",
            format!("Send at most {COMMANDS_MAX} commands at once."),
        ));
    }
    let now = hub.clock.now();
    let mut results: Vec<CommandResult> = Vec::with_capacity(commands.len());
    let mut submissions = Vec::new();
    let mut places = Vec::new();
    for raw in commands {
        let id = raw.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        match read(raw, &signed) {
            Ok(command) => {
                places.push(results.len());
                submissions.push(Submission { command, author: signed.author.clone(), received_at: now, once: None });
                results.push(CommandResult { id, outcome: Outcome::Accepted, seq: None, refusal: None });
            }
            Err(refusal) => {
                results.push(CommandResult { id, outcome: Outcome::Refused, seq: None, refusal: Some(refusal) });
            }
        }
    }
    let named: Vec<(String, Vec<String>)> =
        submissions.iter().map(|s| (s.command.target.clone(), pictures(&s.command.body))).collect();
    if !submissions.is_empty() {
        let answers = hub.writer.submit(submissions).await?;
        for (place, answer) in places.into_iter().zip(answers) {
            let result = &mut results[place];
            result.outcome = match answer.outcome {
                Stored::Accepted => Outcome::Accepted,
                Stored::Duplicate => Outcome::Duplicate,
                Stored::Refused => Outcome::Refused,
            };
            result.seq = answer.seq;
            result.refusal = answer.refusal;
        }
    }
    for (target, digests) in named {
        for sha256 in digests.iter().filter(|d| hub.media.is_complete(d)) {
            arrivals::tell(&hub, &target, sha256).await;
        }
    }
    Ok(Json(CommandsAnswer { results }))
}

fn read(raw: &Value, signed: &Signed) -> Result<Command, Refusal> {
    let command: Command = serde_json::from_value(raw.clone()).map_err(Refusal::bad_body)?;
    if command.id.0.get_version_num() != 7 {
        return Err(Refusal::new("bad_id", "A command's id is a UUIDv7.").mend("Make it where the person acted."));
    }
    if HUB_ONLY.contains(&command.kind.as_str()) || signed.author.role == Role::System {
        return Err(Refusal::new("not_allowed", format!("Only the hub itself sends {}.", command.kind))
            .mend("Send it through the receiver it belongs to."));
    }
    if command.kind == "cancel.request" && matches!(signed.author.role, Role::Customer | Role::Partner) {
        return Err(Refusal::new("not_allowed", "Cancelling takes the site's safe code.")
            .mend("Send it to /v1/partner/callouts/{ref}/cancel."));
    }
    Ok(command)
}

/// The digests a body names, wherever they stand.
fn pictures(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut stack = vec![body];
    while let Some(value) = stack.pop() {
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    if name == "pictures" {
                        found.extend(
                            inner.as_array().into_iter().flatten().filter_map(|v| v.as_str()).map(str::to_owned),
                        );
                    }
                    stack.push(inner);
                }
            }
            Value::Array(items) => stack.extend(items),
            _ => {}
        }
    }
    found.retain(|d| d.len() == 64 && d.bytes().all(|b| b.is_ascii_hexdigit()));
    found
}
