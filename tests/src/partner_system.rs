//! A partner's own system: takes webhooks on a port, checks each signature as our page for partners says, and behaves as
//! badly as a test asks.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    Answer(u16),
    /// Takes it, and answers only when the hub has given up waiting.
    Hang,
    /// Sends the caller elsewhere.
    Redirect,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Told {
    pub delivery: String,
    pub signature: String,
    pub text: String,
    pub body: Value,
    /// What was answered; 0 while it hangs.
    pub status: u16,
}

pub struct PartnerSystem {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    /// What it does with the next requests; after the last it takes everything.
    behaviours: VecDeque<Behaviour>,
    told: Vec<Told>,
    elsewhere: usize,
}

impl PartnerSystem {
    pub async fn start() -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").await.expect("a free port")).await
    }

    /// On a port that was free before, for a system that comes back.
    pub async fn start_at(port: u16) -> Self {
        Self::listen(TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free again")).await
    }

    async fn listen(listener: TcpListener) -> Self {
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let inner = Arc::new(Mutex::new(Inner::default()));
        let app =
            Router::new().route("/hook", post(take)).route("/elsewhere", post(elsewhere)).with_state(inner.clone());
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Self { url, inner, serving }
    }

    pub fn behave(&self, behaviours: &[Behaviour]) {
        self.lock().behaviours = behaviours.iter().copied().collect();
    }

    /// Every request so far, in order.
    pub fn told(&self) -> Vec<Told> {
        self.lock().told.clone()
    }

    /// The names of what it has taken, in order.
    pub fn events(&self) -> Vec<String> {
        let taken = self.told().into_iter().filter(|t| t.status == 200);
        taken.map(|t| t.body["event"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Requests at the address it redirected to.
    pub fn elsewhere(&self) -> usize {
        self.lock().elsewhere
    }

    /// Waits until it has taken a message of this name.
    pub async fn heard(&self, event: &str) -> Told {
        crate::eventually(event, async || self.told().into_iter().find(|t| t.status == 200 && t.body["event"] == event))
            .await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics in here")
    }
}

impl Drop for PartnerSystem {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(inner): State<Arc<Mutex<Inner>>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let body = serde_json::from_str(&text).expect("JSON");
    let behaviour = {
        let mut inner = inner.lock().expect("no test panics in here");
        let behaviour = inner.behaviours.pop_front().unwrap_or(Behaviour::Answer(200));
        let status = match behaviour {
            Behaviour::Answer(status) => status,
            Behaviour::Hang => 0,
            Behaviour::Redirect => 302,
        };
        let (delivery, signature) = (header("watchhouse-delivery"), header("watchhouse-signature"));
        inner.told.push(Told { delivery, signature, text, body, status });
        behaviour
    };
    match behaviour {
        Behaviour::Answer(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Redirect => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
    }
}

async fn elsewhere(State(inner): State<Arc<Mutex<Inner>>>) -> StatusCode {
    inner.lock().expect("no test panics in here").elsewhere += 1;
    StatusCode::OK
}

/// Whether a message was signed with this secret, by the words of the guide alone.
pub fn is_signed(told: &Told, secret: &str) -> bool {
    let parts: Vec<(&str, &str)> = told.signature.split(',').filter_map(|part| part.split_once('=')).collect();
    let part = |name: &str| parts.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| *value);
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, format!("{}.{}", part("t"), told.text).as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let age = chrono::Utc::now().timestamp() - part("t").parse::<i64>().unwrap_or_default();
    hex == part("v1") && (0..300).contains(&age)
}
