//! A customer's own system: asks for a call-out, follows it, cancels it with a code, says how it was.

use crate::auth::Signed;
use crate::partner::{Given, TEST_PAIR, judge, plain};
use crate::problem::{Answer, Problem};
use crate::reports;
use crate::state::Hub;
use crate::views;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::callout::Callout;
use domain::command::Role;
use domain::id::{AggregateKind, CalloutId, Stream};
use domain::people::Account;
use protocol::partner::{PartnerCallout, PartnerCancel, PartnerPlay, PartnerRating, PartnerRequest};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Every answer to a cancellation leaves so long after it came, whatever came of it: longer than the slowest of them takes
/// on a busy machine, and short for a person.
const CANCEL_TAKES: Duration = Duration::from_millis(600);

fn must_be_partner(signed: &Signed) -> Answer<()> {
    signed.must_be(&[Role::Partner, Role::Customer])
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Answer<T> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text)
        .map_err(|e| Problem::bad_request("bad_json", "The request cannot be read.").detail(e.to_string()))
}

/// `POST /v1/partner/callouts`: 201 for a new one, 200 for the one that is open at the site.
pub async fn request(State(hub): State<Arc<Hub>>, signed: Signed, body: Bytes) -> Answer<Response> {
    must_be_partner(&signed)?;
    let request: PartnerRequest = read(&body)?;
    let id = Uuid::now_v7();
    let (site, test) = (request.site.clone(), request.test);
    send(&hub, &signed, "callout.request", id.to_string(), serde_json::to_value(request).map_err(anyhow::Error::from)?)
        .await?;
    let world = hub.world();
    let site = world.site(&site).map(|s| s.id);
    if let Some(new) = world.callouts.get(&CalloutId(id)) {
        return Ok((StatusCode::CREATED, Json(views::partner::callout(&world, new))).into_response());
    }
    let standing = world.callouts.values().rev().find(|c| c.site == site && c.test == test && c.is_coming());
    match standing {
        Some(open) => Ok(Json(views::partner::callout(&world, open)).into_response()),
        // It ended between the decision and this look.
        None => Err(Problem::new(StatusCode::CONFLICT, "over_meanwhile", "The open call-out has just ended.")
            .detail("Ask again for a new one.")),
    }
}

/// `GET /v1/partner/callouts/{ref}`
pub async fn follow(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
) -> Answer<Json<PartnerCallout>> {
    must_be_partner(&signed)?;
    let callout = own(&hub, &signed, &reference).await?;
    Ok(Json(views::partner::callout(&hub.world(), &callout)))
}

/// `POST /v1/partner/callouts/{ref}/cancel`: a wish, which the control room grants or not.
pub async fn cancel(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
    body: Bytes,
) -> Answer<Response> {
    must_be_partner(&signed)?;
    let at = tokio::time::Instant::now() + CANCEL_TAKES;
    let answer = cancelled(&hub, &signed, &reference, &body).await;
    tokio::time::sleep_until(at).await;
    answer.map(|callout| (StatusCode::ACCEPTED, Json(callout)).into_response()).or_else(|refused| match refused {
        Refused::Problem(problem) => Err(problem),
        Refused::TooMany(wait) => Ok(too_many_tries(wait)),
    })
}

enum Refused {
    Problem(Problem),
    TooMany(Duration),
}

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

async fn cancelled(hub: &Hub, signed: &Signed, reference: &str, body: &Bytes) -> Result<PartnerCallout, Refused> {
    let cancel: PartnerCancel = read(body)?;
    let callout = own(hub, signed, reference).await?;
    callout.must_be_open()?;
    let account = signed.author.account;
    let site = callout.site.ok_or_else(|| Problem::not_found("call-out"))?;
    if let Some(wait) = hub.code_tries.wait(account, site) {
        return Err(Refused::TooMany(wait));
    }
    let given = given(hub, &callout, cancel.safe_code).await?;
    if given == Given::Neither {
        hub.code_tries.wrong(account, site);
        hub.counters.add("safe_code_wrong", 1);
        tracing::warn!(callout = callout.number, "a wrong safe code was given");
        return Err(Refused::Problem(
            Problem::new(StatusCode::FORBIDDEN, "wrong_code", "This is not the safe code of the site.").detail(
                "Try again, or telephone the control room. After five wrong codes nothing is tried for 15 minutes.",
            ),
        ));
    }
    let body = json!({ "reason": cancel.reason, "duress": given == Given::Duress });
    let target = callout.id.to_string();
    send(hub, signed, "cancel.request", target.clone(), body).await?;
    let callout = own(hub, signed, &target).await?;
    Ok(views::partner::callout(&hub.world(), &callout))
}

async fn given(hub: &Hub, callout: &Callout, code: String) -> Answer<Given> {
    if callout.test {
        let is = |wanted: &str| plain(&code) == wanted;
        return Ok(match (is(TEST_PAIR.safe), is(TEST_PAIR.duress)) {
            (true, _) => Given::Safe,
            (_, true) => Given::Duress,
            _ => Given::Neither,
        });
    }
    let kept = match callout.site {
        Some(site) => hub.store.safe_code(site).await?,
        None => None,
    };
    let kept = kept.ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "no_safe_code", "No safe code is set for this site.")
            .detail("Telephone the control room to cancel; ask for a code to be set.")
    })?;
    let judged = tokio::task::spawn_blocking(move || judge(&kept, &code)).await;
    Ok(judged.map_err(anyhow::Error::from)?)
}

fn too_many_tries(wait: Duration) -> Response {
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "Too many wrong codes.")
        .detail("Telephone the control room, or try again later.");
    let mut response = problem.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    response
}

/// `GET /v1/partner/callouts/{ref}/report.pdf`: the approved report, with what was added since.
pub async fn report(State(hub): State<Arc<Hub>>, signed: Signed, Path(reference): Path<String>) -> Answer<Response> {
    must_be_partner(&signed)?;
    let callout = own(&hub, &signed, &reference).await?;
    reports::kept(&hub, &callout, None, true).await
}

/// `POST /v1/partner/callouts/{ref}/rating`
pub async fn rate(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
    body: Bytes,
) -> Answer<Json<PartnerCallout>> {
    must_be_partner(&signed)?;
    let rating: PartnerRating = read(&body)?;
    on_own(&hub, &signed, &reference, "rating.give", json!({ "score": rating.score, "comment": rating.comment })).await
}

/// `POST /v1/partner/callouts/{ref}/play`: moves a test on.
pub async fn play(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Path(reference): Path<String>,
    body: Bytes,
) -> Answer<Json<PartnerCallout>> {
    must_be_partner(&signed)?;
    let play: PartnerPlay = read(&body)?;
    on_own(&hub, &signed, &reference, "test.play", json!({ "to": play.to })).await
}

async fn on_own(hub: &Hub, signed: &Signed, reference: &str, kind: &str, body: Value) -> Answer<Json<PartnerCallout>> {
    let target = own(hub, signed, reference).await?.id.to_string();
    send(hub, signed, kind, target.clone(), body).await?;
    let callout = own(hub, signed, &target).await?;
    Ok(Json(views::partner::callout(&hub.world(), &callout)))
}

async fn send(hub: &Hub, signed: &Signed, kind: &str, target: String, body: Value) -> Answer<()> {
    match hub.act_as(signed.author.clone(), kind, target, body, None).await?.refusal {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// A call-out at one of this account's sites, open or closed. All others do not exist.
async fn own(hub: &Hub, signed: &Signed, reference: &str) -> Answer<Callout> {
    let world = hub.world();
    let open = world.callout(reference).map(|c| (**c).clone());
    let found = match open {
        Some(open) => Some(open),
        None => {
            let stored = hub.store.callout_by_ref(reference).await?;
            stored.map(|(_, _, state)| serde_json::from_value(state)).transpose().map_err(anyhow::Error::from)?
        }
    };
    let sites = match world.accounts.get(&signed.author.account) {
        Some(account) => account.sites.clone(),
        // The command line has just made it.
        None => {
            let stored = hub.store.aggregate(Stream::new(AggregateKind::Account, signed.author.account)).await?;
            stored.and_then(|(_, state)| serde_json::from_value::<Account>(state).ok()).map_or(vec![], |a| a.sites)
        }
    };
    let own = found.filter(|c: &Callout| c.site.is_some_and(|site| sites.contains(&site)));
    own.ok_or_else(|| Problem::not_found("call-out"))
}
