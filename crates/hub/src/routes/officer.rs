//! The officer's phone: enrol once, follow one's own state, tell where one is.

use super::positions;
use crate::auth::{Signed, digest, new_token, set_cookie};
use crate::live;
use crate::problem::{Answer, Problem};
use crate::reached::Reached;
use crate::state::Hub;
use crate::views;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use domain::Instant;
use domain::command::Role;
use domain::geo::Point;
use domain::id::{AccountId, OfficerId};
use domain::nearest::Fix;
use futures_util::FutureExt;
use protocol::officer::OfficerState;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::{Credential, CredentialKind};
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Enrol {
    code: String,
}

/// Letters and digits count; how the code was spaced or hyphened does not.
pub fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase()
}

pub async fn enrol(State(hub): State<Arc<Hub>>, reached: Reached, Json(enrol): Json<Enrol>) -> Answer<Response> {
    if !hub.enrol_guard.allow() {
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "Too many codes were tried.")
            .detail("Wait a minute, then ask control for a new code."));
    }
    let code = digest(&plain_code(&enrol.code));
    // Whether a code never was or is spent is told by nothing but the letters; a guesser learns neither.
    let Some(officer) = hub.store.take_enrol_code(&code, hub.clock.now()).await? else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "enrol_code_unknown", "This code is wrong, used or too old.")
            .detail("Check the letters, or ask control for a new code."));
    };
    let account = account_of(&hub, officer).await?;
    let (token, digest) = new_token();
    keep_credential(&hub, digest, account, CredentialKind::Device, "phone").await?;
    let cookie = HeaderValue::from_str(&set_cookie(&reached, &token)).map_err(anyhow::Error::from)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(json!({ "token": token, "officer": officer }))).into_response())
}

pub async fn keep_credential(
    hub: &Hub,
    digest: [u8; 32],
    account: AccountId,
    kind: CredentialKind,
    label: &str,
) -> Answer<()> {
    let created_at = hub.clock.now();
    let credential =
        Credential { digest, account, kind, label: label.into(), created_at, expires_at: None, revoked_at: None };
    Ok(hub.store.add_credential(&credential).await?)
}

/// The officer's own account; one is made the first time a phone enrols.
pub async fn account_of(hub: &Hub, officer: OfficerId) -> Answer<AccountId> {
    let world = hub.world();
    let known = world.accounts.values().find(|a| a.officer == Some(officer) && a.role == Role::Officer && !a.disabled);
    if let Some(account) = known {
        return Ok(account.id);
    }
    let officer = world.officers.get(&officer).ok_or_else(|| Problem::not_found("officer"))?;
    let id = Uuid::now_v7();
    let body = json!({ "name": officer.reference, "role": "officer", "officer": officer.id });
    let answer = hub.act("account.put", id.to_string(), body).await?;
    match answer.refusal {
        Some(refusal) => Err(refusal.into()),
        None => Ok(AccountId(id)),
    }
}

pub(super) fn officer_of(signed: &Signed) -> Answer<OfficerId> {
    signed.must_be(&[Role::Officer])?;
    signed.author.officer.ok_or_else(|| Problem::forbidden("This sign-in belongs to no officer."))
}

pub async fn state(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<OfficerState>> {
    let officer = officer_of(&signed)?;
    views::officer::state(&hub, officer).map(Json).ok_or_else(|| Problem::not_found("officer"))
}

pub async fn live(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Response> {
    let officer = officer_of(&signed)?;
    let make = move |hub: &Hub| {
        let (store, world, now, signed) = (hub.store.clone(), hub.world(), hub.clock.now(), signed.clone());
        let state = views::officer::state(hub, officer);
        async move {
            // A phone that was signed out elsewhere, or whose account was closed, stops hearing at once.
            let holds = signed.still_holds(&store, &world, now).await;
            holds.then(|| serde_json::to_string(&state?).ok()).flatten()
        }
        .boxed()
    };
    Ok(Sse::new(live::states(hub, make)).into_response())
}

#[derive(Deserialize)]
pub struct Here {
    lat: f64,
    lon: f64,
    accuracy_m: Option<f64>,
    at: Instant,
}

/// A page's own fix, while it is open.
pub async fn position(State(hub): State<Arc<Hub>>, signed: Signed, Json(here): Json<Here>) -> Answer<StatusCode> {
    let officer = officer_of(&signed)?;
    let world = hub.world();
    // Where an officer is off shift is nobody's business.
    let shift = world.officers.get(&officer).and_then(|o| o.shift.clone());
    let Some(shift) = shift else {
        return Err(Problem::new(StatusCode::CONFLICT, "off_shift", "Positions are taken on shift only."));
    };
    let at = here.at.min(hub.clock.now());
    let fix = Fix { point: Point::new(here.lat, here.lon), accuracy_m: here.accuracy_m, at };
    positions::keep(&hub, shift.unit, fix, "page", None, None, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets this phone.
pub async fn sign_out(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Response> {
    hub.store.revoke_credential(&signed.digest, hub.clock.now()).await?;
    crate::push::revoke(&hub, &signed.digest).await?;
    let gone = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", crate::auth::COOKIE);
    let cookie = HeaderValue::from_str(&gone).map_err(anyhow::Error::from)?;
    Ok(([(header::SET_COOKIE, cookie)], StatusCode::NO_CONTENT).into_response())
}
