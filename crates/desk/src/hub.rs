//! The hub as this desk reaches it over HTTP. Addresses and tokens stay out of every error.

use crate::OpenError;
use domain::Command;
use protocol::api::{CommandsAnswer, CommandsRequest, Positions, Problem, Snapshot};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// A hub on the same network connects in milliseconds; one that does not in this time will not.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// For an answer that is made at once.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// For something long: a snapshot, a report, a picture.
const LONG_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest answer that is read into memory: a picture is at most 25 MB, a report is smaller.
const BODY_MAX: usize = 64 * 1024 * 1024;

pub struct HubClient {
    http: Client,
    base: String,
}

/// Why there is no answer. Every one reads as a sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HubError {
    #[error("The hub cannot be reached.")]
    NotReached,
    #[error("The hub did not answer in time.")]
    Timeout,
    #[error("The connection to the hub broke.")]
    Broken,
    #[error("{}", status_words(*.status, .title.as_deref()))]
    Status { status: u16, code: Option<String>, title: Option<String>, retry_after: Option<Duration> },
    #[error("The hub's answer cannot be read: {0}.")]
    Unreadable(String),
}

fn status_words(status: u16, title: Option<&str>) -> String {
    match (status, title) {
        (401, _) => "The hub does not accept this desk's token.".into(),
        (_, Some(title)) => title.to_owned(),
        (status, None) => format!("The hub answered with HTTP {status}."),
    }
}

impl HubClient {
    pub fn new(address: &str, token: &str) -> Result<Self, OpenError> {
        let base = address.trim().trim_end_matches('/').to_owned();
        let url = reqwest::Url::parse(&base).map_err(|_| OpenError::Address(base.clone()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(OpenError::Address(base));
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| OpenError::Client("the token has characters that no token has".into()))?;
        bearer.set_sensitive(true);
        // One provider in the whole program; the first to come installs it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = Client::builder()
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .connect_timeout(CONNECT_TIMEOUT)
            // A token must not follow a redirection to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("watchhouse-desk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| OpenError::Client(e.without_url().to_string()))?;
        Ok(Self { http, base })
    }

    /// The hub's address, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    pub async fn snapshot(&self) -> Result<Snapshot, HubError> {
        self.get("/v1/snapshot", LONG_TIMEOUT).await
    }

    pub async fn positions(&self) -> Result<Positions, HubError> {
        self.get("/v1/positions", ANSWER_TIMEOUT).await
    }

    pub async fn status(&self) -> Result<Value, HubError> {
        self.get("/v1/status", ANSWER_TIMEOUT).await
    }

    /// The log from the line after `after`, as it comes, for as long as it comes.
    pub async fn log(&self, after: i64) -> Result<Response, HubError> {
        let request = self.http.get(format!("{}/v1/log?after={after}", self.base)).header(ACCEPT, "text/event-stream");
        let response = tokio::time::timeout(ANSWER_TIMEOUT, request.send()).await.map_err(|_| HubError::Timeout)?;
        checked(response.map_err(named)?).await
    }

    pub async fn send(&self, commands: Vec<Command>) -> Result<CommandsAnswer, HubError> {
        let body = CommandsRequest { commands };
        let request = self.http.post(format!("{}/v1/commands", self.base)).json(&body).timeout(ANSWER_TIMEOUT);
        read(checked(request.send().await.map_err(named)?).await?).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, HubError> {
        let request = self.http.post(format!("{}{path}", self.base)).json(body).timeout(ANSWER_TIMEOUT);
        let response = checked(request.send().await.map_err(named)?).await?;
        if response.status() == StatusCode::NO_CONTENT { Ok(Value::Null) } else { read(response).await }
    }

    /// A whole file in one piece.
    pub async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), HubError> {
        let request = self.http.put(format!("{}{path}", self.base)).body(bytes).timeout(LONG_TIMEOUT);
        checked(request.send().await.map_err(named)?).await.map(drop)
    }

    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, HubError> {
        let request = self.http.get(format!("{}{path}", self.base)).timeout(LONG_TIMEOUT);
        let mut response = checked(request.send().await.map_err(named)?).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(named)? {
            if bytes.len() + chunk.len() > BODY_MAX {
                return Err(HubError::Unreadable("it is too long".into()));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, timeout: Duration) -> Result<T, HubError> {
        let request = self.http.get(format!("{}{path}", self.base)).timeout(timeout);
        read(checked(request.send().await.map_err(named)?).await?).await
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, HubError> {
    let bytes = response.bytes().await.map_err(named)?;
    serde_json::from_slice(&bytes).map_err(|e| HubError::Unreadable(e.to_string()))
}

async fn checked(response: Response) -> Result<Response, HubError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let seconds = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
    let problem: Option<Problem> = response.json().await.ok();
    let (code, title) = match problem {
        Some(p) => (Some(p.code), Some(p.detail.filter(|d| !d.is_empty()).unwrap_or(p.title))),
        None => (None, None),
    };
    let retry_after = seconds.map(Duration::from_secs);
    Err(HubError::Status { status: status.as_u16(), code, title, retry_after })
}

fn named(error: reqwest::Error) -> HubError {
    if error.is_connect() {
        HubError::NotReached
    } else if error.is_timeout() {
        HubError::Timeout
    } else if error.is_decode() {
        HubError::Unreadable(error.without_url().to_string())
    } else {
        HubError::Broken
    }
}

impl From<HubError> for sync::Answer {
    fn from(error: HubError) -> Self {
        match error {
            HubError::NotReached => Self::NotReached,
            HubError::Timeout => Self::Timeout,
            HubError::Broken => Self::Broken,
            HubError::Status { status, code, title, retry_after } => Self::Status { status, code, title, retry_after },
            HubError::Unreadable(_) => Self::Garbled,
        }
    }
}
