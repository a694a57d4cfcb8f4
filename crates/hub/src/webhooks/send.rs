//! One message on its way to one partner's system.

use super::address;
use crate::push::PublicOnly;
use anyhow::Context;
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER, USER_AGENT};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use store::{Delivery, Webhook};

/// Whoever needs longer to say that it has the message works on it before answering.
const TRY_LIMIT: Duration = Duration::from_secs(10);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

const DELIVERY: HeaderName = HeaderName::from_static("watchhouse-delivery");
const SIGNATURE: HeaderName = HeaderName::from_static("watchhouse-signature");

pub enum Told {
    Taken(String),
    Not { said: String, again: bool, after: Option<Duration> },
}

pub fn client() -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_LIMIT)
        // A redirection or a proxy would lead where the check of the address has not looked.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(PublicOnly::except(["localhost".to_owned()])))
        .build()
        .context("no client for webhooks")
}

pub async fn attempt(client: &reqwest::Client, hook: &Webhook, delivery: &Delivery) -> Told {
    let Ok(url) = address::check(&hook.url) else {
        return Told::Not { said: "the address may not be called".into(), again: false, after: None };
    };
    let request = client
        .post(url)
        .timeout(TRY_LIMIT)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("watchhouse-hub/", env!("CARGO_PKG_VERSION")))
        .header(DELIVERY, delivery.id.to_string())
        .header(SIGNATURE, signature(&hook.secret, Utc::now().timestamp(), &delivery.body))
        .body(delivery.body.clone());
    // The answer's head says all; its body is not read.
    match request.send().await {
        Ok(answer) => told(answer.status(), answer.headers()),
        Err(error) if error.is_timeout() => {
            Told::Not { said: format!("no answer within {} s", TRY_LIMIT.as_secs()), again: true, after: None }
        }
        Err(error) => Told::Not { said: root_of(&error.without_url()), again: true, after: None },
    }
}

fn told(status: StatusCode, headers: &HeaderMap) -> Told {
    let after = headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
    match status {
        _ if status.is_success() => Told::Taken(status.to_string()),
        StatusCode::GONE => Told::Not { said: status.to_string(), again: false, after: None },
        _ if status.is_redirection() => {
            Told::Not { said: format!("{status}: redirections are not followed"), again: true, after: None }
        }
        // Also what looks final: a receiver that is being mended says anything.
        _ => Told::Not { said: status.to_string(), again: true, after },
    }
}

/// `t=UNIX,v1=HEX`: HMAC-SHA256 over time, dot and body.
fn signature(secret: &str, unix: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(format!("{unix}.{body}").as_bytes());
    format!("t={unix},v1={}", crate::media::hex(&mac.finalize().into_bytes()))
}

fn root_of(error: &dyn std::error::Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_hmac_of_time_and_body() {
        // printf '1764115200.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=1764115200,v1=3988fef2c0fd27f3402b864c8f5de54b8b6d4accdc6a5de5cc167492e94447b1";
        assert_eq!(signature("whsec_test", 1_764_115_200, "{\"a\":1}"), expected);
    }
}
