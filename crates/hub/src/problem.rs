//! Errors outside the results of commands, as `application/problem+json` (RFC 9457) with a stable code.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use futures_util::StreamExt;

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    title: String,
    detail: Option<String>,
}

pub type Answer<T> = Result<T, Problem>;

impl Problem {
    pub fn new(status: StatusCode, code: &str, title: impl Into<String>) -> Self {
        Self { status, code: code.into(), title: title.into(), detail: None }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no {what} here, or not for you."))
    }

    pub fn bad_request(code: &str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title)
    }

    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first.")
            .detail("Send a bearer token, or enrol this phone again with a code from control.")
    }

    /// A mistake of ours; whoever makes this answer has logged it.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The hub made a mistake.")
            .detail("It has been written to the hub's log. Try again, or call the administrator.")
    }

    pub fn forbidden(title: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not_allowed", title)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.detail {
            Some(detail) => write!(f, "{} {detail}", self.title),
            None => f.write_str(&self.title),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = protocol::api::Problem {
            status: self.status.as_u16(),
            code: self.code,
            title: self.title,
            detail: self.detail,
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM);
        response
    }
}

/// The longest body that is read only to be refused.
const THROWN_AWAY_MAX: usize = 64 * 1024 * 1024;

/// A body announced longer than `max` is refused after it was read. A sender that is still writing when the answer
/// comes finds its connection reset, never learns why, and tries again for ever.
pub async fn too_large(max: usize, request: Request) -> Result<Request, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_none_or(|bytes: usize| bytes <= max) {
        return Ok(request);
    }
    let mut body = request.into_body().into_data_stream();
    let mut left = THROWN_AWAY_MAX;
    while let Some(Ok(piece)) = body.next().await
        && left > 0
    {
        left = left.saturating_sub(piece.len());
    }
    let title = format!("A request may have {} MB at most.", max / 1024 / 1024);
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", title))
}

/// What is refused before a handler runs, because the body is too long or the request is not of the handler's shape,
/// takes the form of every other error.
pub async fn early_refusals(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let (code, title) = match status {
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => {
            ("bad_request", "The request cannot be read.")
        }
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not take this method."),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The request is too large."),
        _ => return response,
    };
    if response.headers().get(header::CONTENT_TYPE) == Some(&PROBLEM) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let mut problem = Problem::new(status, code, title);
    // The framework's words, one line.
    let words = to_bytes(body, 4096).await.unwrap_or_default();
    if !words.is_empty() {
        problem = problem.detail(String::from_utf8_lossy(&words));
    }
    let mut response = problem.into_response();
    if let Some(allow) = parts.headers.get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    response
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.code.as_str() {
            "not_found" => StatusCode::NOT_FOUND,
            "not_allowed" => StatusCode::FORBIDDEN,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self { status, code: refusal.code, title: refusal.text, detail: refusal.mend }
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        // Logged here, once, where it is handled; the client learns only whether trying again can help.
        tracing::error!(%error, "the store could not answer");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "The hub's store did not answer.")
            .detail("Nothing was lost that was confirmed. Try again in a moment.")
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a request failed");
        Self::internal()
    }
}
