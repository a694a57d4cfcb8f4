//! Every address the hub answers to, grouped by who calls it. Handlers parse, call, answer.

pub mod admin;
mod calls;
mod commands;
mod desk;
mod documents;
mod media;
mod officer;
mod pages;
mod partner;
mod places;
mod positions;
mod push;
mod track;
mod track_thread;
mod write;

use crate::auth::own_names_and_pages;
use crate::problem::{Problem, early_refusals, too_large};
use crate::state::Hub;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, extract::Request, middleware::Next};
use feeds::owntracks;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// One request body: a batch of commands, or one piece of a picture.
const BODY_BYTES_MAX: usize = 26 * 1024 * 1024;
/// What an administrator fills in.
const FORM_BYTES_MAX: usize = 256 * 1024;
/// An enrolment code. Whoever sends it is not known yet.
const CODE_BYTES_MAX: usize = 1024;

pub fn router(hub: Arc<Hub>) -> Router {
    let open = Router::new()
        .route("/healthz", get(desk::healthz))
        .route("/readyz", get(desk::readyz))
        .route("/openapi.json", get(desk::openapi))
        .route("/officer", get(pages::officer))
        .route("/officer/", get(pages::officer))
        .route("/officer/documents/{sha256}", get(documents::read))
        .route("/officer/{*path}", get(pages::officer_file))
        .route("/t/{*path}", get(track::page_or_part).post(track::pressed))
        .route("/w/{*path}", get(write::page_or_part).post(write::posted).put(write::put));

    let anybody_signed_in = Router::new()
        .route("/v1/commands", post(commands::post))
        .route("/v1/documents/{sha256}", get(documents::read).put(documents::upload))
        .route("/v1/media/{sha256}", get(media::read).head(media::offset).put(media::upload));

    let control_room = Router::new()
        .route("/v1/log", get(desk::log))
        .route("/v1/snapshot", get(desk::snapshot))
        .route("/v1/alarms", get(desk::alarms))
        .route("/v1/callouts", get(desk::callouts))
        .route("/v1/callouts/{reference}", get(desk::callout))
        .route("/v1/callouts/{reference}/report.pdf", get(desk::report))
        .route("/v1/callouts/{reference}/outside", get(desk::outside))
        .route("/v1/callouts/{reference}/letters", post(desk::send_again))
        .route("/v1/sites", get(desk::sites))
        .route("/v1/positions", get(desk::positions))
        .route("/v1/places", get(places::of_words))
        .route("/v1/places/words", get(places::words_at))
        .route("/v1/status", get(desk::status))
        .route("/metrics", get(desk::metrics));

    let administration = Router::new()
        .route("/v1/accounts", post(admin::account))
        .route("/v1/enrol-codes", post(admin::enrol_code))
        .route("/v1/devices", post(admin::device))
        .route("/v1/panels", post(admin::panel))
        .route("/v1/clock", get(admin::clock).post(admin::set_clock))
        .layer(RequestBodyLimitLayer::new(FORM_BYTES_MAX));

    let telephone = Router::new().route("/v1/calls", post(calls::told));

    let phones = Router::new()
        .route("/v1/enrol", post(officer::enrol).layer(RequestBodyLimitLayer::new(CODE_BYTES_MAX)))
        .route("/v1/officer/state", get(officer::state))
        .route("/v1/officer/live", get(officer::live))
        .route("/v1/officer/position", post(officer::position))
        .route("/v1/officer/push", get(push::state).post(push::subscribe).delete(push::unsubscribe))
        .route("/v1/officer/sign_out", post(officer::sign_out))
        .route("/pub", post(positions::owntracks))
        .layer(RequestBodyLimitLayer::new(owntracks::BODY_BYTES_MAX));

    let partners = Router::new()
        .route("/v1/partner/callouts", post(partner::request))
        .route("/v1/partner/callouts/{reference}", get(partner::follow))
        .route("/v1/partner/callouts/{reference}/cancel", post(partner::cancel))
        .route("/v1/partner/callouts/{reference}/report.pdf", get(partner::report))
        .route("/v1/partner/callouts/{reference}/rating", post(partner::rate))
        .route("/v1/partner/callouts/{reference}/play", post(partner::play))
        .layer(RequestBodyLimitLayer::new(FORM_BYTES_MAX));

    Router::new()
        .merge(open)
        .merge(anybody_signed_in)
        .merge(control_room)
        .merge(administration)
        .merge(phones)
        .merge(telephone)
        .merge(partners)
        .fallback(|| async { Problem::not_found("address") })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(early_refusals))
        .layer(map_request(|request| too_large(BODY_BYTES_MAX, request)))
        .layer(from_fn(private_by_default))
        .layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::overriding(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static("content-security-policy"),
            HeaderValue::from_static(
                "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; \
                 connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            ),
        ))
        .layer(from_fn_with_state(hub.clone(), own_names_and_pages))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .with_state(hub)
}

/// Nothing is kept by caches on the way unless the handler says so.
async fn private_by_default(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
