//! The customer's page behind an expiring link. The token is the only secret in the address; it is never logged.

use super::{pages, track_thread};
use crate::auth::digest;
use crate::live;
use crate::media::hex;
use crate::problem::{Answer, Problem};
use crate::state::Hub;
use crate::views;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use domain::callout::{Callout, Media};
use futures_util::FutureExt;
use protocol::partner::PartnerRating;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::TrackingView;

/// `/t/{token}` the page; `/t/assets/…` its files; `/t/{token}/state`, `/live` and `/media/{sha256}` its data.
pub async fn page_or_part(State(hub): State<Arc<Hub>>, Path(path): Path<String>) -> Answer<Response> {
    if let Some(file) = path.strip_prefix("assets/") {
        return Ok(pages::track_file(&format!("assets/{file}")));
    }
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [_token] => Ok(pages::track()),
        [token, "state"] => {
            let state = state(&hub, token).await?;
            Ok(Json(state).into_response())
        }
        [token, "live"] => {
            state(&hub, token).await?;
            let token = (*token).to_owned();
            let make = move |hub: &Hub| {
                let (store, now, token) = (hub.store.clone(), hub.clock.now(), token.clone());
                let world = hub.world();
                let views = views::track::Maker::new(hub);
                async move {
                    let callout = callout_of(&store, &world, &token).await.ok()??;
                    let link = callout.tracking_link(&hex(&digest(&token)))?;
                    let alive = link.revoked_at.is_none() && link.expires_at > now;
                    alive.then(|| serde_json::to_string(&views.state(&callout, link.expires_at)).ok()).flatten()
                }
                .boxed()
            };
            Ok(Sse::new(live::states(hub, make)).into_response())
        }
        [token, "media", sha256] => picture(&hub, token, sha256).await,
        _ => Err(Problem::not_found("page")),
    }
}

/// What a person does on the page: `POST /t/{token}/view`, a press on “Show” or on a picture; `/messages` and `/read`,
/// what the customer says and has read; `/rating`.
pub async fn pressed(State(hub): State<Arc<Hub>>, Path(path): Path<String>, body: Bytes) -> Answer<StatusCode> {
    match path.split_once('/') {
        Some((token, "view")) => viewed(&hub, token, &body).await,
        Some((token, "messages")) => track_thread::said(&hub, token, &body).await,
        Some((token, "read")) => track_thread::seen(&hub, token, &body).await,
        Some((token, "rating")) => rated(&hub, token, &body).await,
        _ => Err(Problem::not_found("page")),
    }
}

/// Only that it was looked at, when, and how far the call-out was; never by whom.
async fn viewed(hub: &Hub, token: &str, body: &Bytes) -> Answer<StatusCode> {
    let (callout, _) = alive(hub, token).await?;
    let view: Viewed = match body.is_empty() {
        true => Viewed::default(),
        false => serde_json::from_slice(body)
            .map_err(|e| Problem::bad_request("bad_json", "The request cannot be read.").detail(e.to_string()))?,
    };
    let what = match view.picture {
        None => "page".to_owned(),
        Some(sha256) => {
            released(&callout, &sha256).ok_or_else(|| Problem::not_found("picture"))?;
            sha256.to_ascii_lowercase()
        }
    };
    let view = TrackingView { at: hub.clock.now(), what, stage: views::track::stage(&callout).0.into() };
    hub.store.note_tracking_view(&digest(token), &view).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rated(hub: &Hub, token: &str, body: &Bytes) -> Answer<StatusCode> {
    let (callout, _) = alive(hub, token).await?;
    let rating: PartnerRating = serde_json::from_slice(body)
        .map_err(|e| Problem::bad_request("bad_json", "The request cannot be read.").detail(e.to_string()))?;
    let body = json!({ "score": rating.score, "comment": rating.comment });
    match hub.act("rating.give", callout.id.to_string(), body).await?.refusal {
        Some(refusal) => Err(refusal.into()),
        None => Ok(StatusCode::NO_CONTENT),
    }
}

#[derive(Default, Deserialize)]
struct Viewed {
    #[serde(default)]
    picture: Option<String>,
}

fn released<'a>(callout: &'a Callout, sha256: &str) -> Option<&'a Media> {
    callout.media.get(&sha256.to_ascii_lowercase()).filter(|m| m.share && m.received_at.is_some())
}

async fn callout_of(
    store: &store::Store,
    world: &domain::World,
    token: &str,
) -> Result<Option<Callout>, store::StoreError> {
    let sha256 = hex(&digest(token));
    if let Some(open) = world.callouts.values().find(|c| c.tracking_link(&sha256).is_some()) {
        return Ok(Some((**open).clone()));
    }
    store.callout_by_tracking(&sha256).await
}

/// The call-out behind a link that is alive.
pub(super) async fn alive(hub: &Hub, token: &str) -> Answer<(Callout, domain::Instant)> {
    let callout = callout_of(&hub.store, &hub.world(), token).await?;
    let found = callout.and_then(|c| {
        let link = c.tracking_link(&hex(&digest(token)))?.clone();
        Some((c, link))
    });
    let Some((callout, link)) = found else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "link_unknown", "This link leads nowhere.")
            .detail("Check that the whole address was copied."));
    };
    if link.revoked_at.is_some() {
        return Err(Problem::new(StatusCode::GONE, "link_revoked", "This link has been withdrawn.")
            .detail("Call the service for a new one."));
    }
    if link.expires_at <= hub.clock.now() {
        return Err(Problem::new(StatusCode::GONE, "link_expired", "This link has run out.")
            .detail("Call the service for a new one."));
    }
    Ok((callout, link.expires_at))
}

async fn state(hub: &Hub, token: &str) -> Answer<protocol::track::TrackState> {
    let (callout, expires_at) = alive(hub, token).await?;
    Ok(views::track::Maker::new(hub).state(&callout, expires_at))
}

/// A copy without metadata, of a picture that is released.
async fn picture(hub: &Hub, token: &str, sha256: &str) -> Answer<Response> {
    let (callout, _) = alive(hub, token).await?;
    if released(&callout, sha256).is_none() || !hub.media.is_complete(sha256) {
        return Err(Problem::not_found("picture"));
    }
    let copy = hub.media.copy(sha256, &hub.counters).await?.ok_or_else(|| Problem::not_found("picture"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    Ok((headers, copy).into_response())
}
