//! What a customer sees behind a tracking link: stage, times, ticks and released pictures. Never notes, never the
//! risk assessment, never anybody's name.

use crate::view::ServiceView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrackState {
    pub service: ServiceView,
    pub zone: String,
    pub now: String,
    pub number: String,
    pub title: String,
    pub place: String,
    pub estate: String,
    /// `received`, `finding`, `accepted`, `on_the_way`, `at_site`, `securing`, `left`, `closed`, `stood_down`.
    pub stage: String,
    /// "An officer is at your site"
    pub headline: String,
    /// One of `pending`, `current`, `done`, `skipped` a step.
    pub rail: Vec<String>,
    pub times: Vec<TrackTime>,
    pub ticks: Vec<TickView>,
    pub ticks_done: u32,
    pub ticks_all: u32,
    /// Digests of released pictures, oldest first.
    pub pictures: Vec<TrackPicture>,
    /// Only between acceptance and leaving.
    pub officer_position: Option<TrackPosition>,
    pub lat: f64,
    pub lon: f64,
    pub expires_at: String,
    /// Messages to and from the customer, oldest first.
    pub messages: Vec<TrackMessage>,
    /// The customer may write.
    pub may_write: bool,
    /// How the site was left, once it is.
    pub outcome: Option<String>,
    /// A test of a partner's system: nobody goes there.
    pub test: bool,
    /// What it was rated, 1 to 5, once it is.
    pub rating: Option<u8>,
    /// The officer has left, and nobody has rated it yet.
    pub may_rate: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrackMessage {
    /// Log position: what is read is read up to one.
    pub seq: i32,
    pub at: String,
    pub text: String,
    pub mine: bool,
    /// Of the customer's own: the control room has read it. Of ours: this page has shown it.
    pub read: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrackTime {
    pub label: String,
    pub at: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TickView {
    pub item: String,
    pub text: String,
    pub done: bool,
    /// As a person reads it, when shared.
    pub answer: String,
    pub at: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrackPicture {
    pub sha256: String,
    pub caption: String,
    pub taken_at: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrackPosition {
    pub lat: f64,
    pub lon: f64,
    pub at: String,
}
