//! The answers of what3words, version 3 of its interface.

use domain::geo::Point;
use protocol::place::PlaceSuggestion;
use serde::Deserialize;

/// Of `convert-to-coordinates` and `convert-to-3wa`.
#[derive(Deserialize)]
pub struct Square {
    coordinates: Coordinates,
    pub words: String,
    #[serde(default, rename = "nearestPlace")]
    pub nearest_place: String,
}

#[derive(Deserialize)]
struct Coordinates {
    lat: f64,
    lng: f64,
}

impl Square {
    pub fn point(&self) -> Point {
        Point::new(self.coordinates.lat, self.coordinates.lng)
    }
}

/// Of `autosuggest`: words without a place.
#[derive(Deserialize)]
pub struct Suggestions {
    pub suggestions: Vec<Suggestion>,
}

#[derive(Deserialize)]
pub struct Suggestion {
    words: String,
    #[serde(default, rename = "nearestPlace")]
    nearest_place: String,
    #[serde(default, rename = "distanceToFocusKm")]
    distance_km: Option<f64>,
}

impl From<Suggestion> for PlaceSuggestion {
    fn from(from: Suggestion) -> Self {
        Self { words: from.words, near: from.nearest_place, distance_km: from.distance_km }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    Off,
    /// The key or the quota was refused a while ago.
    Resting,
    Refused(Refused),
    NoSuchAddress,
    Late,
    NotReached,
    Busy,
    Unreadable,
}

/// Asking again soon helps nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Key,
    Suspended,
    Quota,
}

impl Refused {
    /// As the service says it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Key => "InvalidKey",
            Self::Suspended => "SuspendedKey",
            Self::Quota => "QuotaExceeded",
        }
    }
}

#[derive(Deserialize)]
struct Problem {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    code: String,
}

/// What an answer other than 2xx says. The code counts: which status goes with it is written nowhere.
pub fn failure(body: &[u8]) -> Failure {
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else { return Failure::Unreadable };
    let refusals = [Refused::Key, Refused::Suspended, Refused::Quota];
    match refusals.into_iter().find(|refused| refused.code() == problem.error.code) {
        Some(refused) => Failure::Refused(refused),
        None if problem.error.code == "BadWords" => Failure::NoSuchAddress,
        None => Failure::Unreadable,
    }
}
