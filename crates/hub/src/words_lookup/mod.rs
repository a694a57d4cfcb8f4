//! Asks what3words what three words stand for, and which words a point has. Optional: without a key nobody is asked.
//!
//! The licence of the service bars keeping its answers in place of asking again, so none are kept here: a desk shows an
//! answer with its time, and stores only what a person confirms. The key travels in a header and never in an address.

mod wire;

use anyhow::Context;
use domain::geo::{Point, distance_m};
use domain::places::ThreeWords;
use protocol::place::{PlaceLookup, PlaceSuggestion};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use wire::{Failure, Refused, Square, Suggestions};

const SOURCE: &str = "what3words";
const MAKER: &str = "https://api.what3words.com/v3/";
const KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");
/// In all, with suggestions: an operator has gone on by then.
const WITHIN: Duration = Duration::from_millis(1500);
/// After the key or the quota was refused nobody asks for so long; an administrator may have mended it by then.
const REST: Duration = Duration::from_secs(3600);
/// Desks ask once a call; more at a time is a fault of ours that must not become a bill.
const ASKING_MAX: usize = 8;
/// Farther than this from where it is expected, the words may be others that sound alike.
const ALIKE_BEYOND_M: f64 = 1_000.0;
const ANSWER_BYTES_MAX: usize = 64 * 1024;
const SUGGESTIONS: &str = "3";
/// Councils are in Great Britain.
const COUNTRY: &str = "GB";

pub struct WordsLookup {
    service: Option<Service>,
    resting_until: Mutex<Option<Instant>>,
    asking: Semaphore,
}

struct Service {
    http: Client,
    base: Url,
}

impl WordsLookup {
    /// Nobody is asked.
    pub fn off() -> Self {
        Self { service: None, resting_until: Mutex::default(), asking: Semaphore::new(ASKING_MAX) }
    }

    pub fn with_key_in(file: &Path, url: Option<&str>) -> anyhow::Result<Self> {
        let key = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let service = Service::new(key.trim(), url.unwrap_or(MAKER)).with_context(|| file.display().to_string())?;
        Ok(Self { service: Some(service), ..Self::off() })
    }

    /// Where the words are; other words too when there is no such place or it is far from `near`.
    pub async fn place_of(&self, words: &ThreeWords, near: Option<Point>) -> PlaceLookup {
        let deadline = Instant::now() + WITHIN;
        let text = words.to_string();
        let asked = self.ask::<Square>(deadline, "convert-to-coordinates", &[("words", text.clone())]).await;
        match asked {
            Ok(square) => {
                let point = square.point();
                let far = near.is_some_and(|near| distance_m(near, point) > ALIKE_BEYOND_M);
                let suggestions = if far { self.suggestions(deadline, &text, near).await } else { vec![] };
                PlaceLookup { suggestions, ..found(square) }
            }
            Err(Failure::NoSuchAddress) => {
                let suggestions = self.suggestions(deadline, &text, near).await;
                let text = format!("There is no place ///{text}. Ask the caller to spell it.");
                PlaceLookup { suggestions, ..said("unknown", text) }
            }
            Err(failure) => failed(failure),
        }
    }

    /// Which words a point has.
    pub async fn words_of(&self, point: Point) -> PlaceLookup {
        let at = [("coordinates", pair(point)), ("language", "en".into())];
        self.ask::<Square>(Instant::now() + WITHIN, "convert-to-3wa", &at).await.map_or_else(failed, found)
    }

    /// Words that sound alike and are near. Without an answer there are none: they are help and no more.
    async fn suggestions(&self, deadline: Instant, words: &str, near: Option<Point>) -> Vec<PlaceSuggestion> {
        let mut query =
            vec![("input", words.to_owned()), ("n-results", SUGGESTIONS.into()), ("clip-to-country", COUNTRY.into())];
        query.extend(near.map(|near| ("focus", pair(near))));
        let answer = self.ask::<Suggestions>(deadline, "autosuggest", &query).await;
        let others = answer.map_or_else(|_| vec![], |answer| answer.suggestions);
        others.into_iter().map(PlaceSuggestion::from).filter(|other| other.words != words).collect()
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        deadline: Instant,
        what: &str,
        query: &[(&str, String)],
    ) -> Result<T, Failure> {
        let service = self.service.as_ref().ok_or(Failure::Off)?;
        if self.resting().is_some_and(|until| until > Instant::now()) {
            return Err(Failure::Resting);
        }
        let _place = self.asking.try_acquire().map_err(|_| Failure::Busy)?;
        let answer = timeout_at(deadline, service.get(what, query)).await.unwrap_or(Err(Failure::Late));
        if let Err(Failure::Refused(refused)) = &answer {
            *self.resting() = Some(Instant::now() + REST);
            tracing::warn!(code = refused.code(), "{SOURCE} refuses this hub; nothing is looked up for an hour");
        }
        answer
    }

    fn resting(&self) -> MutexGuard<'_, Option<Instant>> {
        self.resting_until.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Service {
    fn new(key: &str, url: &str) -> anyhow::Result<Self> {
        let mut key = HeaderValue::from_str(key).ok().filter(|k| !k.is_empty()).context("this is no key")?;
        key.set_sensitive(true);
        let base = format!("{}/", url.trim().trim_end_matches('/'));
        let base = Url::parse(&base).ok().filter(is_private).context(
            "the address of what3words starts with https://; plain http:// is for this machine only, for the key goes there",
        )?;
        let http = Client::builder()
            .default_headers(HeaderMap::from_iter([(KEY_HEADER, key)]))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("watchhouse-hub/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(reqwest::Error::without_url)?;
        Ok(Self { http, base })
    }

    async fn get<T: DeserializeOwned>(&self, what: &str, query: &[(&str, String)]) -> Result<T, Failure> {
        let mut url = self.base.join(what).map_err(|_| Failure::Unreadable)?;
        url.query_pairs_mut().extend_pairs(query);
        // An error of the client would name the address, and with it the place: only that there was one is kept.
        let mut response = self.http.get(url).send().await.map_err(|_| Failure::NotReached)?;
        let good = response.status().is_success();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Failure::NotReached)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Failure::Unreadable);
            }
            body.extend_from_slice(&chunk);
        }
        match good {
            true => serde_json::from_slice(&body).map_err(|_| Failure::Unreadable),
            false => Err(wire::failure(&body)),
        }
    }
}

/// Over TLS, or no farther than this machine.
pub fn is_private(url: &Url) -> bool {
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

fn pair(point: Point) -> String {
    format!("{:.6},{:.6}", point.lat, point.lon)
}

fn said(state: &str, text: impl Into<String>) -> PlaceLookup {
    PlaceLookup { state: state.into(), text: text.into(), source: SOURCE.into(), ..PlaceLookup::default() }
}

fn found(square: Square) -> PlaceLookup {
    let at = square.point();
    let near = square.nearest_place;
    let text = format!("///{} is near {}.", square.words, if near.is_empty() { "no named place" } else { &near });
    PlaceLookup { words: square.words, at: Some(at.into()), near, ..said("found", text) }
}

fn failed(failure: Failure) -> PlaceLookup {
    match failure {
        Failure::Off => said("off", "Three words are not looked up: no key for what3words is set up."),
        Failure::Resting => {
            said("refused", "Three words are not looked up now: what3words refused this hub. Tell the administrator.")
        }
        Failure::Refused(refused) => {
            let why = match refused {
                Refused::Key => "does not accept this hub’s key",
                Refused::Suspended => "has suspended this hub’s key",
                Refused::Quota => "has no more look-ups for this hub",
            };
            said("refused", format!("{SOURCE} {why}. Tell the administrator."))
        }
        Failure::Late => said("no_answer", "what3words did not answer in time."),
        Failure::NotReached => said("no_answer", "what3words cannot be reached."),
        Failure::Busy => said("no_answer", "Too many look-ups at once. Try again."),
        Failure::NoSuchAddress => said("unknown", "There is no such place."),
        Failure::Unreadable => said("no_answer", "The answer of what3words could not be read."),
    }
}
