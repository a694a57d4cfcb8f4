//! What an administrator sets up over HTTP: accounts, phones, trackers, panels, a demonstration's clock.

use super::officer::{keep_credential, plain_code};
use crate::auth::{Signed, digest, new_token};
use crate::clock::RATE_MAX;
use crate::problem::{Answer, Problem};
use crate::reached::Reached;
use crate::state::Hub;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use domain::Instant;
use domain::command::{AccountPut, Author, Role};
use domain::id::{AccountId, OfficerId};
use feeds::dc09::Key;
use qrcode::QrCode;
use qrcode::render::svg;
use rand::RngExt;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{CredentialKind, DeviceLogin, KeyForm, PanelKey};
use uuid::Uuid;

/// How long a phone's one-time code is good for.
const CODE_LIFE: TimeDelta = TimeDelta::hours(12);

#[derive(Deserialize)]
pub struct NewAccount {
    name: String,
    role: Role,
    #[serde(default)]
    officer: Option<String>,
    /// What a partner or customer may see, by reference or id.
    #[serde(default)]
    sites: Vec<String>,
}

pub async fn account(State(hub): State<Arc<Hub>>, signed: Signed, Json(new): Json<NewAccount>) -> Answer<Json<Value>> {
    signed.must_be(&[Role::Administrator])?;
    let officer = match &new.officer {
        Some(name) => Some(hub.world().officer(name).ok_or_else(|| Problem::not_found("officer"))?.id),
        None => None,
    };
    let (account, token) = add_account_with(&hub, &new.name, new.role, officer, &new.sites).await?;
    Ok(Json(json!({ "account": account, "token": token })))
}

/// Makes an account and its first token.
pub async fn add_account(hub: &Hub, name: &str, role: Role, officer: Option<OfficerId>) -> Answer<(AccountId, String)> {
    add_account_with(hub, name, role, officer, &[]).await
}

/// The same, kept to sites: for a partner or customer.
pub async fn add_account_with(
    hub: &Hub,
    name: &str,
    role: Role,
    officer: Option<OfficerId>,
    sites: &[String],
) -> Answer<(AccountId, String)> {
    if role == Role::System {
        return Err(Problem::bad_request("bad_role", "No credential has this role."));
    }
    let id = Uuid::now_v7();
    let body =
        serde_json::to_value(AccountPut { name: name.into(), role, officer, disabled: false, sites: sites.to_vec() })
            .map_err(anyhow::Error::from)?;
    if let Some(refusal) = hub.act("account.put", id.to_string(), body).await?.refusal {
        return Err(refusal.into());
    }
    let (token, digest) = new_token();
    keep_credential(hub, digest, AccountId(id), CredentialKind::Token, name).await?;
    Ok((AccountId(id), token))
}

#[derive(Deserialize)]
pub struct ForOfficer {
    officer: String,
}

pub async fn enrol_code(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    reached: Reached,
    Json(asked): Json<ForOfficer>,
) -> Answer<Json<Value>> {
    signed.must_be(&[Role::Operator, Role::Supervisor, Role::Administrator])?;
    let officer = hub.world().officer(&asked.officer).ok_or_else(|| Problem::not_found("officer"))?.id;
    let (code, expires_at) = new_code(&hub, officer).await?;
    let url = format!("{}/officer#code={code}", reached.base_url());
    let qr = QrCode::new(url.as_bytes()).map_err(|e| anyhow::anyhow!("the QR code could not be made: {e}"))?;
    let qr_svg = qr.render::<svg::Color>().min_dimensions(240, 240).quiet_zone(true).build();
    Ok(Json(json!({ "code": code, "url": url, "qr_svg": qr_svg, "expires_at": expires_at })))
}

/// A one-time code: eight letters and digits that cannot be mistaken for one another.
pub async fn new_code(hub: &Hub, officer: OfficerId) -> Answer<(String, Instant)> {
    const LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let text: String = (0..8).map(|_| LETTERS[rand::rng().random_range(0..LETTERS.len())] as char).collect();
    let code = format!("{}-{}", &text[..4], &text[4..]);
    let expires_at = hub.clock.now() + CODE_LIFE;
    hub.store.add_enrol_code(&digest(&plain_code(&code)), officer, expires_at).await?;
    Ok((code, expires_at))
}

#[derive(Deserialize)]
pub struct ForUnit {
    unit: String,
}

pub async fn device(State(hub): State<Arc<Hub>>, signed: Signed, Json(asked): Json<ForUnit>) -> Answer<Json<Value>> {
    signed.must_be(&[Role::Supervisor, Role::Administrator])?;
    let (user, password) = add_device(&hub, &asked.unit).await?;
    Ok(Json(json!({ "user": user, "password": password })))
}

pub async fn add_device(hub: &Hub, unit: &str) -> Answer<(String, String)> {
    let unit = hub.world().unit(unit).ok_or_else(|| Problem::not_found("unit"))?.clone();
    let (password, digest) = new_token();
    let call_sign: String = unit.call_sign.chars().filter(char::is_ascii_alphanumeric).collect();
    let user = format!("{}-{:04x}", call_sign.to_ascii_lowercase(), rand::rng().random_range(0..0x10000));
    let created_at = hub.clock.now();
    let login = DeviceLogin { user: user.clone(), digest, unit: unit.id, created_at, revoked_at: None };
    hub.store.add_device(&login).await?;
    Ok((user, password))
}

/// A panel's registration is a command like any other; its key goes beside the log.
pub async fn panel(State(hub): State<Arc<Hub>>, signed: Signed, Json(mut body): Json<Value>) -> Answer<Response> {
    signed.must_be(&[Role::Supervisor, Role::Administrator])?;
    let key = body.as_object_mut().and_then(|b| b.remove("key"));
    let key = key.as_ref().and_then(Value::as_str).filter(|k| !k.is_empty()).map(str::to_owned);
    let answer = put_panel(&hub, signed.author, body, key.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

pub async fn put_panel(hub: &Hub, author: Author, body: Value, key: Option<&str>) -> Answer<Value> {
    let account = body.get("account").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    let before = hub.store.panel_key(&account).await?;
    // The key first: whoever hears of the panel finds it.
    if let Some(key) = key {
        keep_key(hub, &account, key).await?;
    }
    if let Some(refusal) = hub.act_as(author, "panel.put", account.clone(), body, None).await?.refusal {
        match before {
            Some(before) => hub.store.put_panel_key(&before).await?,
            None => drop(hub.store.remove_panel_key(&account).await?),
        }
        return Err(refusal.into());
    }
    crate::serve::load_keys(hub).await?;
    Ok(json!({ "account": account, "panel": domain::site::Panel::id_of(&account) }))
}

/// Keeps a panel's key beside the log, in the form it was given.
pub async fn keep_key(hub: &Hub, account: &str, text: &str) -> Answer<()> {
    Key::parse(text).map_err(|e| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_key", "This is no AES key.").detail(e.to_string())
    })?;
    let (form, key) = match bytes_of_hex(text).filter(|bytes| bytes.len() >= 16) {
        Some(bytes) => (KeyForm::Hex, bytes),
        None => (KeyForm::Ascii, text.as_bytes().to_vec()),
    };
    let key = PanelKey { account: account.to_ascii_uppercase(), form, key: key.into() };
    Ok(hub.store.put_panel_key(&key).await?)
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

pub async fn clock(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<Value>> {
    signed.must_be_staff()?;
    Ok(Json(json!({ "now": hub.clock.now(), "rate": hub.clock.rate() })))
}

#[derive(Deserialize)]
pub struct SetClock {
    now: Option<Instant>,
    rate: Option<f64>,
}

pub async fn set_clock(State(hub): State<Arc<Hub>>, signed: Signed, Json(set): Json<SetClock>) -> Answer<Json<Value>> {
    signed.must_be(&[Role::Administrator])?;
    if !hub.demonstration() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "not_a_demonstration",
            "The clock of a real service is never set.",
        )
        .detail("Make a demonstration directory with `watchhouse-hub init --demonstration`."));
    }
    let rate = set.rate.unwrap_or_else(|| hub.clock.rate());
    if !(0.0..=RATE_MAX).contains(&rate) {
        return Err(Problem::bad_request("bad_rate", format!("The rate goes from 0 to {RATE_MAX}.")));
    }
    hub.clock.set(set.now.unwrap_or_else(|| hub.clock.now()), rate);
    Ok(Json(json!({ "now": hub.clock.now(), "rate": rate })))
}
