//! Places as operators type them, what they mean, and what somebody else knows about three words.

use crate::view::EntranceView;
use domain::geo::Point;
use domain::site::Entrance;
use domain::{grid, places};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PinView {
    pub lat: f64,
    pub lon: f64,
}

/// What a draft says about where it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlaceQuestion {
    /// The site that was chosen, by id.
    pub site: Option<String>,
    /// As typed.
    pub address: String,
    pub pin: Option<PinView>,
    /// The place in any form, as typed.
    pub typed: String,
    /// Where the typed three words are, once somebody has answered.
    pub words_at: Option<PinView>,
}

/// One point in every form that works without a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlaceForms {
    pub lat: f64,
    pub lon: f64,
    pub coordinates: String,
    /// None outside Great Britain.
    pub grid_reference: Option<String>,
    pub plus_code: String,
}

/// What the typed place means, and whether all that is known fits together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlaceView {
    /// `empty`, `words` (their form is right; where they are takes a look-up), `place`, `unclear`.
    pub kind: String,
    /// `grid reference`, `Plus Code`, `coordinates`, `three words`.
    pub form: String,
    /// What was understood.
    pub canonical: String,
    /// Where the typed place is; for three words only once it was looked up.
    pub at: Option<PlaceForms>,
    /// Side of the square it names.
    pub size_m: f64,
    /// What is wrong with the text, or should be known about it.
    pub note: String,
    /// What the caller should hear, letter by letter.
    pub read_back: String,
    /// Where this is by the register.
    pub near: String,
    pub pin: Option<PlaceForms>,
    /// How many claims about the place were compared.
    pub compared: usize,
    /// One sentence for each disagreement.
    pub warnings: Vec<String>,
    /// Which to trust; empty when all agrees.
    pub advice: String,
}

/// What a look-up outside said. It is offered and never applied by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlaceLookup {
    /// `found`, `unknown` (no such address), `off` (not configured), `no_answer`, `refused` (key or quota).
    pub state: String,
    /// A sentence for the operator.
    pub text: String,
    pub words: String,
    pub at: Option<PlaceForms>,
    /// The nearest named place: `Bayswater, London`.
    pub near: String,
    pub suggestions: Vec<PlaceSuggestion>,
    /// Who says so.
    pub source: String,
    pub asked_at: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlaceSuggestion {
    pub words: String,
    pub near: String,
    /// From the site or pin, where there is one.
    pub distance_km: Option<f64>,
}

/// 10 figures name 1 m of the grid, 10 digits some 14 m of a Plus Code: what a phone's map takes.
const PLUS_DIGITS: usize = 10;

impl From<Point> for PlaceForms {
    fn from(point: Point) -> Self {
        // A tenth of a metre: a place computed from a grid has digits that mean nothing.
        let tenth = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let point = Point::new(tenth(point.lat), tenth(point.lon));
        Self {
            lat: point.lat,
            lon: point.lon,
            coordinates: places::coordinates(point),
            grid_reference: grid::grid_reference(point),
            plus_code: plus_code(point),
        }
    }
}

pub fn plus_code(point: Point) -> String {
    places::plus_code::encode(point, PLUS_DIGITS)
}

impl From<PinView> for Point {
    fn from(pin: PinView) -> Self {
        Self::new(pin.lat, pin.lon)
    }
}

impl From<&Entrance> for EntranceView {
    fn from(entrance: &Entrance) -> Self {
        let parking = entrance.parking.as_ref();
        Self {
            name: entrance.name.clone(),
            lat: entrance.point.lat,
            lon: entrance.point.lon,
            what3words: entrance.what3words.clone(),
            grid_reference: grid::grid_reference(entrance.point),
            plus_code: plus_code(entrance.point),
            parking: parking.map(|p| p.note.clone()),
            parking_at: parking.map(|p| PinView { lat: p.point.lat, lon: p.point.lon }),
        }
    }
}
