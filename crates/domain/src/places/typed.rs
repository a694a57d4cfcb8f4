//! What somebody typed as a place, in whatever form it is.

use super::coordinates::{self, Typed};
use super::three_words::ThreeWords;
use super::{TYPED_CHARS_MAX, plus_code};
use crate::geo::Point;
use crate::grid;

#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Empty,
    /// The form is right. Where it is, and whether it is anywhere, takes a look-up.
    Words(ThreeWords),
    Place(Located),
    /// A sentence that says why, and what would be read.
    Unclear(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    pub form: Form,
    /// What was understood, to show and to read back.
    pub canonical: String,
    /// The middle of what was named.
    pub point: Point,
    /// Side of the square that was named, in metres.
    pub size_m: f64,
    /// What the reader should know about it; empty mostly.
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    GridReference,
    PlusCode,
    Coordinates,
}

impl Form {
    pub fn name(self) -> &'static str {
        match self {
            Self::GridReference => "grid reference",
            Self::PlusCode => "Plus Code",
            Self::Coordinates => "coordinates",
        }
    }
}

/// Reads a place in any form. `near` is where a short Plus Code is meant.
pub fn read(text: &str, near: Option<Point>) -> Reading {
    let text = text.trim();
    if text.is_empty() {
        return Reading::Empty;
    }
    if text.chars().count() > TYPED_CHARS_MAX {
        return unclear("This is too long for a place.");
    }
    if ThreeWords::is_meant(text) {
        return ThreeWords::parse(text).map_or_else(|why| unclear(why.to_string()), Reading::Words);
    }
    plus(text, near)
        .or_else(|| grid_reference(text))
        .or_else(|| numbers(text))
        .or_else(|| ThreeWords::parse(text).ok().map(Reading::Words))
        .unwrap_or_else(|| {
            unclear(
                "This is not a place yet. Type three words with dots, a grid reference, a Plus Code, or latitude and \
                 longitude.",
            )
        })
}

fn unclear(text: impl Into<String>) -> Reading {
    Reading::Unclear(text.into())
}

/// `9C3XGVHC+XQ`, or `GVHC+XQ` with or without the town after it.
fn plus(text: &str, near: Option<Point>) -> Option<Reading> {
    let (code, town) = text.split_once([' ', ',']).unwrap_or((text, ""));
    let kind = plus_code::kind(code)?;
    let full = match (kind, near) {
        (plus_code::Kind::Full, _) => code.to_ascii_uppercase(),
        (plus_code::Kind::Short, Some(near)) => plus_code::recover(code, near)?,
        (plus_code::Kind::Short, None) => {
            return Some(unclear("This Plus Code is short. Choose a site first, or ask for the whole code."));
        }
    };
    let cell = plus_code::decode(&full)?;
    let town = town.trim_matches([' ', ',']);
    let note = match (kind, town) {
        (plus_code::Kind::Full, _) => String::new(),
        (plus_code::Kind::Short, "") => "A short code: the nearest such place was taken.".into(),
        (plus_code::Kind::Short, town) => {
            format!("A short code: the nearest such place was taken. Whether it is in {town} was not looked up.")
        }
    };
    let (point, size_m) = (cell.centre(), cell.size_m());
    Some(Reading::Place(Located { form: Form::PlusCode, canonical: full, point, size_m, note }))
}

fn grid_reference(text: &str) -> Option<Reading> {
    let square = match grid::parse(text)? {
        Ok(square) => square,
        Err(why) => return Some(unclear(why.to_string())),
    };
    Some(Reading::Place(Located {
        form: Form::GridReference,
        canonical: square.reference,
        point: square.centre,
        size_m: square.size_m,
        note: String::new(),
    }))
}

fn numbers(text: &str) -> Option<Reading> {
    Some(match coordinates::parse(text)? {
        Typed::At { point, size_m } => {
            let canonical = shown(point, size_m);
            Reading::Place(Located { form: Form::Coordinates, canonical, point, size_m, note: String::new() })
        }
        Typed::Swapped(meant) => {
            let meant = coordinates::format(meant);
            unclear(format!("Latitude comes first. If longitude was typed first, this is {meant}."))
        }
        Typed::TooCoarse => unclear("These coordinates name a county. Ask for at least two decimals, or minutes."),
    })
}

/// With as many decimals as were meant: more would be a promise nobody made.
fn shown(point: Point, size_m: f64) -> String {
    let decimals = (coordinates::METRES_PER_DEGREE / size_m).log10().ceil().clamp(2.0, 6.0) as usize;
    format!("{:.decimals$}, {:.decimals$}", point.lat, point.lon).replace('-', "−")
}
