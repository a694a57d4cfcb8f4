//! The page on which a customer writes a checklist, behind an expiring link. The token is the only secret in the
//! address and the whole right; it is never logged.

use super::media::{checked, disk, with_offset};
use super::pages;
use crate::auth::digest;
use crate::media::{Piece, Put, hex};
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use crate::views;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::command::{Author, Command, Role};
use domain::decide::{Ctx, decide};
use domain::documents::Checklist;
use domain::id::CommandId;
use domain::nearest::NoFixes;
use domain::writing::{PROPOSAL_BYTES_MAX, WritingLink};
use protocol::write::WriteState;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Submission;
use uuid::Uuid;

/// Every phone that gets the list loads it over its signal.
const HINT_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Pictures that one link takes: 100 MB at most.
const PICTURES_MAX: u32 = 20;
/// A proposal with every character escaped, and the rest of the JSON. What is longer is not read.
const REQUEST_BYTES_MAX: usize = 2 * PROPOSAL_BYTES_MAX;

/// `/w/{token}` the page; `/w/assets/…` its files; `/w/{token}/state` and `/pictures/{sha256}` its data.
pub async fn page_or_part(State(hub): State<Arc<Hub>>, Path(path): Path<String>) -> Answer<Response> {
    if let Some(file) = path.strip_prefix("assets/") {
        return Ok(pages::write_file(&format!("assets/{file}")));
    }
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [_token] => Ok(pages::write()),
        [token, "state"] => Ok(Json(Open::by(&hub, token)?.state(&hub).await?).into_response()),
        [token, "pictures", sha256] => picture(&hub, token, sha256).await,
        _ => Err(Problem::not_found("page")),
    }
}

/// `POST /w/{token}/proposal`
pub async fn posted(State(hub): State<Arc<Hub>>, Path(path): Path<String>, body: Bytes) -> Answer<Json<WriteState>> {
    match path.split_once('/') {
        Some((token, "proposal")) => propose(&hub, token, &body).await,
        _ => Err(Problem::not_found("page")),
    }
}

/// `PUT /w/{token}/pictures/{sha256}`
pub async fn put(State(hub): State<Arc<Hub>>, Path(path): Path<String>, bytes: Bytes) -> Answer<Response> {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [token, "pictures", sha256] => upload(&hub, token, sha256, bytes).await,
        _ => Err(Problem::not_found("page")),
    }
}

/// A list and the link by which it can be written now.
struct Open {
    list: Arc<Checklist>,
    link: WritingLink,
    token: [u8; 32],
}

impl Open {
    fn by(hub: &Hub, token: &str) -> Answer<Self> {
        let token = digest(token);
        let sha256 = hex(&token);
        let list = hub.world().writing(&sha256).cloned();
        let found = list.and_then(|list| Some((list.writing_link(&sha256)?.clone(), list)));
        let Some((link, list)) = found else {
            return Err(Problem::new(StatusCode::NOT_FOUND, "link_unknown", "This link leads nowhere.")
                .detail("Check that the whole address was copied."));
        };
        let gone = |code, title: &str| {
            Err(Problem::new(StatusCode::GONE, code, title).detail("Ask the service for a new one."))
        };
        match (link.ended_at, link.expires_at <= hub.clock.now()) {
            (Some(_), _) => gone("link_revoked", "This link has been withdrawn."),
            (None, true) => gone("link_expired", "This link has run out."),
            (None, false) => Ok(Self { list, link, token }),
        }
    }

    async fn state(&self, hub: &Hub) -> Answer<WriteState> {
        let kept = hub.store.writing_pictures(&self.token).await?.len();
        let left = PICTURES_MAX.saturating_sub(u32::try_from(kept).unwrap_or(u32::MAX));
        Ok(views::write::state(hub, &self.list, &self.link, left))
    }

    /// The pictures that whoever holds the link may see and name: those in force, and those sent through it.
    async fn pictures(&self, hub: &Hub) -> Answer<BTreeSet<String>> {
        let sent = hub.store.writing_pictures(&self.token).await?;
        let named = self.list.items.iter().filter_map(|item| item.help_picture.as_deref());
        Ok(named.map(str::to_ascii_lowercase).chain(sent.iter().map(|sha256| hex(sha256))).collect())
    }
}

#[derive(Deserialize)]
struct Proposed {
    /// Made on the page: sent twice it is one proposal.
    id: Uuid,
    title: String,
    items: Vec<Value>,
    from_version: u32,
    #[serde(default)]
    said: String,
}

async fn propose(hub: &Hub, token: &str, body: &[u8]) -> Answer<Json<WriteState>> {
    let open = Open::by(hub, token)?;
    if body.len() > REQUEST_BYTES_MAX {
        return Err(too_large());
    }
    let proposed: Proposed = serde_json::from_slice(body)
        .map_err(|e| Problem::bad_request("bad_json", "The list cannot be read.").detail(e.to_string()))?;
    if proposed.id.get_version_num() != 7 {
        return Err(Problem::bad_request("bad_id", "A proposal’s id is a UUIDv7."));
    }
    let Proposed { id, title, items, from_version, said } = proposed;
    must_be_here(hub, &open, &items).await?;
    let body = json!({ "title": title, "items": items, "from_version": from_version, "said": said });
    submit(hub, &open, id, body).await?;
    Ok(Json(Open::by(hub, token)?.state(hub).await?))
}

/// Refuses a picture that is not here, or that this link has nothing to do with.
async fn must_be_here(hub: &Hub, open: &Open, items: &[Value]) -> Answer<()> {
    let here = open.pictures(hub).await?;
    let strange = |item: &&Value| {
        let named = item.get("help_picture").and_then(Value::as_str).map(str::to_ascii_lowercase);
        named.is_some_and(|sha256| !here.contains(&sha256) || !hub.media.is_complete(&sha256))
    };
    let Some(item) = items.iter().find(strange) else { return Ok(()) };
    let text = item.get("text").and_then(Value::as_str).unwrap_or_default();
    let title = format!("The picture of “{text}” is not here.");
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_picture", title)
        .detail("Add it again, or take it away."))
}

async fn submit(hub: &Hub, open: &Open, id: Uuid, body: Value) -> Answer<()> {
    let now = hub.clock.now();
    let author = Author { account: open.link.account(), role: Role::Customer, officer: None };
    let command = Command {
        id: CommandId(id),
        at: now,
        kind: "checklist.propose".into(),
        v: 1,
        target: open.list.id.to_string(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body,
    };
    // Every answer is kept. Whoever holds a link must not fill the disk with refusals, nor with what changes nothing.
    if changes_nothing(hub, &command, &author)? {
        return Ok(());
    }
    let stored = hub.writer.submit(vec![Submission { command, author, received_at: now, once: None }]).await?;
    match stored.into_iter().next().and_then(|answer| answer.refusal) {
        None => Ok(()),
        Some(refusal) => Err(refused(refusal)),
    }
}

/// What the rules would say now, without anything being kept of it.
fn changes_nothing(hub: &Hub, command: &Command, author: &Author) -> Answer<bool> {
    let ctx = Ctx {
        author: author.clone(),
        now: command.at,
        at: command.at,
        fixes: &NoFixes,
        has_media: &|_| false,
        number: &|_| String::new(),
        can_offer: false,
    };
    Ok(decide(&hub.world(), command, &ctx).map_err(refused)?.is_empty())
}

fn refused(refusal: domain::Refusal) -> Problem {
    let status = match refusal.code.as_str() {
        "too_many_proposals" => StatusCode::TOO_MANY_REQUESTS,
        "list_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        // Ended between the question and the answer.
        "no_link" => StatusCode::GONE,
        "checklist_version" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let problem = Problem::new(status, &refusal.code, refusal.text);
    problem.detail(refusal.mend.unwrap_or_default())
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "list_too_large", "The list has too much text: more than 256 kB.")
        .detail("Shorten the hints, or make two lists of it.")
}

async fn upload(hub: &Hub, token: &str, sha256: &str, bytes: Bytes) -> Answer<Response> {
    let open = Open::by(hub, token)?;
    let sha256 = checked(sha256)?;
    if bytes.len() > HINT_BYTES_MAX {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "picture_too_large",
            "A picture may have 5 MB at most.",
        )
        .detail("Phones keep it: make it smaller."));
    }
    if hex(&digest_of(&bytes)) != sha256 {
        return Err(unfit("digest_mismatch", "The bytes are not the ones that were named.", "Send the picture again."));
    }
    let picture = digest_of(&bytes);
    if !hub.store.take_writing_picture(&open.token, &picture, PICTURES_MAX, hub.clock.now()).await? {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_pictures",
            "This link takes no more pictures.",
        )
        .detail("20 are kept for one link. Send the list, and ask the service for another link."));
    }
    let (media, total) = (hub.media.clone(), bytes.len() as u64);
    let put = tokio::task::spawn_blocking(move || media.put(&sha256, Piece { from: 0, total }, &bytes)).await;
    match put.map_err(anyhow::Error::from).and_then(|put| put.map_err(anyhow::Error::from)) {
        Ok(Put::Complete) => Ok(with_offset(StatusCode::CREATED, total)),
        other => {
            hub.store.drop_writing_picture(&open.token, &picture).await?;
            match other {
                Err(error) => Err(error.downcast::<std::io::Error>().map_or_else(Problem::from, disk)),
                Ok(_) => {
                    Err(unfit("not_a_picture", "The bytes are no JPEG, PNG or WebP picture.", "Choose a picture."))
                }
            }
        }
    }
}

fn digest_of(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

fn unfit(code: &str, title: &str, detail: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title).detail(detail)
}

/// A copy without metadata.
async fn picture(hub: &Hub, token: &str, sha256: &str) -> Answer<Response> {
    let open = Open::by(hub, token)?;
    let sha256 = checked(sha256)?;
    if !open.pictures(hub).await?.contains(&sha256) || !hub.media.is_complete(&sha256) {
        return Err(Problem::not_found("picture"));
    }
    let copy = hub.media.copy(&sha256, &hub.counters).await?.ok_or_else(|| Problem::not_found("picture"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    Ok((headers, copy).into_response())
}
