//! Errors outside the results of commands, as `application/problem+json` (RFC 9457) with a stable code.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Refusal;

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
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
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
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The hub made a mistake.")
            .detail("It has been written to the hub's log. Try again, or call the administrator.")
    }
}
