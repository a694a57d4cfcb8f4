//! What three words stand for, for desks. Always an answer: that nobody was asked, or that nobody said anything, too.

use crate::auth::Signed;
use crate::problem::{Answer, Problem};
use crate::state::{Hub, valid_point};
use axum::Json;
use axum::extract::{Query, State};
use domain::geo::Point;
use domain::places::ThreeWords;
use protocol::place::PlaceLookup;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct OfWords {
    q: String,
    /// Around where suggestions are wanted.
    lat: Option<f64>,
    lon: Option<f64>,
}

pub async fn of_words(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Query(query): Query<OfWords>,
) -> Answer<Json<PlaceLookup>> {
    signed.must_be_staff()?;
    let words = ThreeWords::parse(&query.q).map_err(|why| Problem::bad_request("bad_words", why.to_string()))?;
    let near = query.lat.zip(query.lon).map(|(lat, lon)| place(lat, lon)).transpose()?;
    let answer = hub.words_lookup.place_of(&words, near).await;
    Ok(Json(answered(&hub, answer)))
}

#[derive(Deserialize)]
pub struct At {
    lat: f64,
    lon: f64,
}

pub async fn words_at(State(hub): State<Arc<Hub>>, signed: Signed, Query(at): Query<At>) -> Answer<Json<PlaceLookup>> {
    signed.must_be_staff()?;
    let answer = hub.words_lookup.words_of(place(at.lat, at.lon)?).await;
    Ok(Json(answered(&hub, answer)))
}

fn place(lat: f64, lon: f64) -> Answer<Point> {
    valid_point(lat, lon).ok_or_else(|| Problem::bad_request("bad_place", "The point is no place on Earth."))
}

fn answered(hub: &Hub, answer: PlaceLookup) -> PlaceLookup {
    let counter = match answer.state.as_str() {
        "found" | "unknown" => "words_lookup_answered",
        "off" => "words_lookup_off",
        "refused" => "words_lookup_refused",
        _ => "words_lookup_unanswered",
    };
    hub.counters.add(counter, 1);
    PlaceLookup { asked_at: hub.clock.now().to_rfc3339(), ..answer }
}
