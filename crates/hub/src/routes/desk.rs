//! What the control room reads: the log, snapshots, lists, reports, and how the hub is.

use crate::auth::Signed;
use crate::letters;
use crate::live;
use crate::problem::{Answer, Problem};
use crate::reports;
use crate::state::Hub;
use crate::views;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use domain::alarm::Alarm;
use domain::callout::Callout;
use domain::callout::steps::steps;
use domain::command::Role;
use protocol::PROTOCOL;
use protocol::api::{AlarmLine, Alarms, Positions, Snapshot};
use protocol::outside::OutsideView;
use report::Version;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Rows in one answer of a list.
const PAGE_MAX: u32 = 1000;
/// Messages to partners that were given up, in one answer; the command line shows all.
const DEAD_SHOWN: u32 = 20;

pub async fn healthz() -> &'static str {
    "ok\n"
}

/// 200 when everything listens and the store answers.
pub async fn readyz(State(hub): State<Arc<Hub>>) -> Response {
    let listening = hub.http.get().is_some() && hub.dc09.get().is_some() && !hub.stopping.is_cancelled();
    let store = hub.store.head().await.is_ok();
    let status = if listening && store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "listening": listening, "store": store }))).into_response()
}

pub async fn openapi() -> Response {
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (json, crate::openapi::TEXT).into_response()
}

#[derive(Deserialize)]
pub struct After {
    after: Option<i64>,
    limit: Option<u32>,
}

pub async fn log(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Answer<Response> {
    signed.must_be_staff()?;
    let resumed = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let after = resumed.or(query.after).unwrap_or(0);
    Ok(Sse::new(live::log(hub, after, signed)).into_response())
}

pub async fn snapshot(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<Snapshot>> {
    signed.must_be_staff()?;
    Ok(Json(hub.store.snapshot().await?))
}

pub async fn alarms(State(hub): State<Arc<Hub>>, signed: Signed, Query(query): Query<After>) -> Answer<Json<Alarms>> {
    signed.must_be_staff()?;
    let after = query.after.unwrap_or(0);
    let limit = query.limit.unwrap_or(100).clamp(1, PAGE_MAX);
    let found = hub.store.alarms_after(after, limit).await?;
    let world = hub.world();
    let site = |alarm: &Alarm| Some(world.sites.get(&alarm.site?)?.reference.clone());
    let next = found.last().map_or(after, |a| a.seq);
    let alarms = found
        .into_iter()
        .map(|a| AlarmLine {
            id: a.id,
            seq: a.seq,
            site: site(&a),
            account: a.source.account,
            protocol: a.source.protocol,
            code: a.source.code,
            qualifier: a.source.qualifier,
            zone: a.source.zone,
            partition: a.source.partition,
            text: a.text,
            priority: a.priority.into(),
            raised_at: a.raised_at,
            received_at: a.received_at,
            state: a.state,
            panel_seq: a.source.panel_seq,
            raw: a.source.raw,
        })
        .collect();
    Ok(Json(Alarms { alarms, next }))
}

#[derive(Deserialize)]
pub struct Listing {
    open: Option<bool>,
    before: Option<i64>,
    limit: Option<u32>,
    /// Tests of partners' systems too.
    tests: Option<bool>,
}

pub async fn callouts(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Query(query): Query<Listing>,
) -> Answer<Json<Value>> {
    signed.must_be_staff()?;
    let limit = query.limit.unwrap_or(100).clamp(1, PAGE_MAX);
    let rows = hub.store.callouts(query.open.unwrap_or(false), query.before, limit).await?;
    let wanted = |state: &Value| query.tests.unwrap_or(false) || state["test"] != true;
    let callouts: Vec<Value> = rows.into_iter().filter(wanted).filter_map(|state| callout_json(&hub, state)).collect();
    Ok(Json(json!({ "callouts": callouts })))
}

pub async fn callout(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
) -> Answer<Json<Value>> {
    signed.must_be_staff()?;
    let found = hub.store.callout_by_ref(&reference).await?.ok_or_else(|| Problem::not_found("call-out"))?;
    let value = callout_json(&hub, found.2).ok_or_else(|| anyhow::anyhow!("a stored call-out cannot be read"))?;
    Ok(Json(value))
}

/// The whole state, with the steps as they stand and the site's reference.
fn callout_json(hub: &Hub, mut state: Value) -> Option<Value> {
    let callout: Callout = serde_json::from_value(state.clone()).ok()?;
    let world = hub.world();
    let site = callout.site.and_then(|id| world.sites.get(&id)).map(|s| s.reference.clone());
    let fields = state.as_object_mut()?;
    fields.insert("steps".into(), serde_json::to_value(steps(&callout)).ok()?);
    fields.insert("site_ref".into(), json!(site));
    fields.insert("ref".into(), json!(callout.number));
    Some(state)
}

pub async fn report(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
    Query(asked): Query<ReportAsked>,
) -> Answer<Response> {
    signed.must_be_staff()?;
    let (_, _, state) = hub.store.callout_by_ref(&reference).await?.ok_or_else(|| Problem::not_found("call-out"))?;
    let callout: Callout = serde_json::from_value(state).map_err(anyhow::Error::from)?;
    let customer = match asked.copy.as_deref() {
        None | Some("full") => false,
        Some("customer") => true,
        Some(_) => return Err(Problem::bad_request("bad_request", "A copy is “full” or “customer”.")),
    };
    match asked.version {
        Some(version) => reports::kept(&hub, &callout, Some(version), customer).await,
        None => {
            let version = if customer { Version::Customer } else { Version::Full };
            let pdf = reports::render(&hub, &callout, version).await?;
            Ok(reports::answer(pdf, &format!("{}.pdf", callout.number))?)
        }
    }
}

#[derive(Deserialize)]
pub struct ReportAsked {
    /// One that was kept; as the record stands now when left out.
    version: Option<u32>,
    copy: Option<String>,
}

pub async fn sites(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<Value>> {
    signed.must_be_staff()?;
    let world = hub.world();
    let sites: Vec<&domain::site::Site> = world.sites.values().map(|s| &**s).collect();
    Ok(Json(json!({ "sites": sites })))
}

pub async fn positions(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<Positions>> {
    signed.must_be_staff()?;
    let positions = hub.world().units.keys().filter_map(|unit| hub.position(*unit)).collect();
    Ok(Json(Positions { positions, roads: hub.roads() }))
}

pub async fn status(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<Value>> {
    signed.must_be_staff()?;
    let world = hub.world();
    let head = hub.store.head().await?;
    Ok(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "protocol": PROTOCOL,
        "demonstration": hub.demonstration(),
        "now": hub.clock.now(),
        "clock_rate": hub.clock.rate(),
        "head": head.seq,
        "chain": crate::media::hex(&head.chain),
        "http": hub.http.get().map(ToString::to_string),
        "dc09": hub.dc09.get().map(ToString::to_string),
        "me": {
            "account": signed.author.account,
            "name": signed.name,
            "role": signed.author.role,
            "officer": signed.author.officer,
        },
        "alarms_open": world.alarms.len(),
        "callouts_open": world.callouts.values().filter(|c| c.is_open() && !c.test).count(),
        "webhooks": webhooks_json(&hub).await?,
        "roads": hub.roads_lookup.status(),
        "officers_on_shift": world.officers.values().filter(|o| o.shift.is_some()).count(),
        "panels": world.panels.len(),
        "counters": hub.counters.counts(),
        "diagnostics": hub.counters.recent(),
    })))
}

/// How the messages to partners stand; what was given up waits for an administrator.
async fn webhooks_json(hub: &Hub) -> Answer<Value> {
    let counts = hub.store.delivery_counts().await?;
    let dead = hub.store.dead_deliveries(DEAD_SHOWN).await?;
    let row = |d: &store::Delivery| {
        json!({
            "id": d.id,
            "webhook": d.webhook,
            "callout": crate::webhooks::callout_of(d),
            "event": d.event,
            "made_at": d.made_at,
            "tries": d.tries,
            "said": d.said,
        })
    };
    Ok(json!({
        "waiting": counts.waiting,
        "dead": counts.dead,
        "dead_first": dead.iter().map(row).collect::<Vec<_>>(),
    }))
}

/// What happened beside the log: what the customer looked at.
pub async fn outside(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
) -> Answer<Json<OutsideView>> {
    signed.must_be_staff()?;
    let found = hub.store.callout_by_ref(&reference).await?.ok_or_else(|| Problem::not_found("call-out"))?;
    let callout: Callout = serde_json::from_value(found.2).map_err(anyhow::Error::from)?;
    Ok(Json(views::outside::of(&hub, &callout).await?))
}

/// Sends again what was refused or given up.
pub async fn send_again(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
) -> Answer<Json<OutsideView>> {
    signed.must_be(&[Role::Operator, Role::Supervisor, Role::Administrator])?;
    let found = hub.store.callout_by_ref(&reference).await?.ok_or_else(|| Problem::not_found("call-out"))?;
    let callout: Callout = serde_json::from_value(found.2).map_err(anyhow::Error::from)?;
    letters::send_again(&hub, callout.id).await?;
    Ok(Json(views::outside::of(&hub, &callout).await?))
}

/// Prometheus text format. Behind a credential like every other read.
pub async fn metrics(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<String> {
    signed.must_be_staff()?;
    use std::fmt::Write as _;
    let mut text = String::new();
    for (name, count) in hub.counters.counts() {
        let _ = writeln!(text, "# TYPE watchhouse_{name}_total counter\nwatchhouse_{name}_total {count}");
    }
    let head = hub.store.head().await?.seq;
    let _ = writeln!(text, "# TYPE watchhouse_log_head gauge\nwatchhouse_log_head {head}");
    Ok(text)
}
