//! One routing server for one way of going about.

use super::wire;
use anyhow::{Context, ensure};
use domain::geo::Point;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// A ranking is made without it meanwhile; an answer that takes longer is asked for again, not waited for.
const WITHIN: Duration = Duration::from_millis(800);
/// Twenty-five cells take some kilobytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why there is no time; each is told to the administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Late,
    NotReached,
    /// Not now: too many questions, or a fault of its own.
    Busy,
    /// This question, however often it is asked: no such profile, a place off its map.
    Refused,
    Unreadable,
}

impl Failure {
    pub fn words(self) -> &'static str {
        match self {
            Self::Late => "did not answer within 800 ms",
            Self::NotReached => "cannot be reached",
            Self::Busy => "is in trouble of its own",
            Self::Refused => "refused to answer",
            Self::Unreadable => "gave an answer that cannot be read",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Osrm,
    Valhalla,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Osrm => "OSRM",
            Self::Valhalla => "Valhalla",
        }
    }

    pub fn driving(self) -> &'static str {
        match self {
            Self::Osrm => "driving",
            Self::Valhalla => "auto",
        }
    }

    pub fn walking(self) -> &'static str {
        match self {
            Self::Osrm => "foot",
            Self::Valhalla => "pedestrian",
        }
    }
}

#[derive(Clone)]
pub struct Server {
    http: Client,
    base: Url,
    pub kind: Kind,
    profile: String,
}

impl Server {
    /// `osrm+https://…` or `valhalla+https://…`; plain HTTP to this machine only, for positions of people go there.
    pub fn new(address: &str, profile: Option<&str>, walking: bool, key: Option<&Path>) -> anyhow::Result<Self> {
        let (kind, url) = match address.trim().split_once('+') {
            Some(("osrm", url)) => (Kind::Osrm, url),
            Some(("valhalla", url)) => (Kind::Valhalla, url),
            _ => anyhow::bail!("the address of a routing server starts with osrm+https:// or valhalla+https://"),
        };
        let base = Url::parse(&format!("{}/", url.trim_end_matches('/')));
        let base = base.ok().filter(crate::words_lookup::is_private).context(
            "the address of a routing server is https://…; plain http:// is for this machine only, for positions go there",
        )?;
        let usual = if walking { kind.walking() } else { kind.driving() };
        let profile = profile.unwrap_or(usual);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        ensure!(!profile.is_empty() && profile.chars().all(plain), "a profile of a routing server is one plain word");
        let mut headers = HeaderMap::new();
        if let Some(file) = key {
            let key = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            let key = Some(key.trim()).filter(|key| !key.is_empty());
            let key = key.and_then(|key| HeaderValue::from_str(&format!("Bearer {key}")).ok());
            let mut key = key.with_context(|| format!("{} holds no key", file.display()))?;
            key.set_sensitive(true);
            headers.insert(AUTHORIZATION, key);
        }
        let http = Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("watchhouse-hub/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(reqwest::Error::without_url)?;
        Ok(Self { http, base, kind, profile: profile.to_owned() })
    }

    /// Seconds from each place, in the order given; none where there is no way.
    pub async fn ask(&self, from: &[Point], to: Point) -> Result<Vec<Option<f64>>, Failure> {
        timeout(WITHIN, self.answer(from, to)).await.unwrap_or(Err(Failure::Late))
    }

    async fn answer(&self, from: &[Point], to: Point) -> Result<Vec<Option<f64>>, Failure> {
        let request = match self.kind {
            Kind::Osrm => {
                let path = wire::osrm_path(&self.profile, from, to);
                self.http.get(self.base.join(&path).map_err(|_| Failure::Unreadable)?)
            }
            Kind::Valhalla => {
                let url = self.base.join("sources_to_targets").map_err(|_| Failure::Unreadable)?;
                self.http.post(url).json(&wire::valhalla_question(&self.profile, from, to))
            }
        };
        // An error of the client would name the address, and with it where people are: only that there was one is kept.
        let mut response = request.send().await.map_err(|_| Failure::NotReached)?;
        match response.status() {
            status if status.is_success() => {}
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => return Err(Failure::Busy),
            status if status.is_client_error() => return Err(Failure::Refused),
            _ => return Err(Failure::Busy),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Failure::NotReached)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Failure::Unreadable);
            }
            body.extend_from_slice(&chunk);
        }
        match self.kind {
            Kind::Osrm => wire::osrm_answer(&body, from.len()),
            Kind::Valhalla => wire::valhalla_answer(&body, from.len()),
        }
    }
}
