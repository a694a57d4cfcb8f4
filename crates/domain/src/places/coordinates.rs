//! Latitude and longitude as people type them, and as they are shown.

use crate::geo::Point;

/// A degree of latitude, near enough for the size of what somebody typed.
pub(super) const METRES_PER_DEGREE: f64 = 111_320.0;
/// Fewer decimals say which county, not where.
const DECIMALS_MIN: u32 = 2;

#[derive(Debug, PartialEq)]
pub(super) enum Typed {
    At {
        point: Point,
        size_m: f64,
    },
    /// Longitude came first, by all appearances; this is what was meant.
    Swapped(Point),
    TooCoarse,
}

/// Five decimals, a metre, with a real minus.
pub fn format(point: Point) -> String {
    format!("{:.5}, {:.5}", point.lat, point.lon).replace('-', "−")
}

/// `51.5395, -0.1423`, `51.5395N 0.1423W`, `N51 32.370 W0 8.538`, `51° 32′ 22.2″ N, 0° 8′ 32.3″ W`, `geo:51.5,-0.1`.
pub(super) fn parse(text: &str) -> Option<Typed> {
    let tokens = tokens(text)?;
    let numbers = tokens.iter().filter(|t| matches!(t, Token::Number(_))).count();
    if !matches!(numbers, 2 | 4 | 6) {
        return None;
    }
    let (first, second) = halves(&tokens, numbers / 2)?;
    let (a, b) = (Angle::of(&first)?, Angle::of(&second)?);
    let size_m = a.size_m.max(b.size_m);
    let (lat, lon) = match (a.axis, b.axis) {
        (None, None) | (Some(Axis::Lat), Some(Axis::Lon)) => (a.degrees, b.degrees),
        (Some(Axis::Lon), Some(Axis::Lat)) => (b.degrees, a.degrees),
        _ => return None,
    };
    // To a tenth of a metre: what follows it was made by a calculator.
    let point = Point::new((lat * 1e6).round() / 1e6, (lon * 1e6).round() / 1e6);
    if !point.is_valid() {
        return None;
    }
    if a.axis.is_none() && looks_swapped(point) {
        return Some(Typed::Swapped(Point::new(lon, lat)));
    }
    if size_m > METRES_PER_DEGREE / f64::from(10u32.pow(DECIMALS_MIN)) * 1.01 {
        return Some(Typed::TooCoarse);
    }
    Some(Typed::At { point, size_m })
}

/// Great Britain and Ireland lie at 49 to 61 north and 11 west to 2 east, and nothing is at both.
fn looks_swapped(point: Point) -> bool {
    (-11.0..2.5).contains(&point.lat) && (49.0..61.5).contains(&point.lon)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    Lat,
    Lon,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// As typed, with its sign.
    Number(String),
    Hemisphere(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let lower = text.trim().to_lowercase();
    // A geo: address may carry its uncertainty and a zoom after the place.
    let lower = lower.strip_prefix("geo:").map_or(lower.as_str(), |rest| rest.split([';', '?']).next().unwrap_or(""));
    let mut tokens = Vec::new();
    let mut chars = lower.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '0'..='9' | '.' | '-' | '−' | '–' | '+' => {
                let mut number = String::from(if matches!(c, '−' | '–') { '-' } else { c });
                while let Some(next) = chars.next_if(|next| next.is_ascii_digit() || *next == '.') {
                    number.push(next);
                }
                tokens.push(Token::Number(number));
            }
            'a'..='z' => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(char::is_ascii_lowercase) {
                    word.push(next);
                }
                match word.as_str() {
                    "n" | "s" | "e" | "w" => tokens.push(Token::Hemisphere(c)),
                    "north" | "south" | "east" | "west" => tokens.push(Token::Hemisphere(c)),
                    "lat" | "latitude" | "lon" | "lng" | "long" | "longitude" | "deg" => {}
                    _ => return None,
                }
            }
            ' ' | '\t' | '\u{A0}' | ',' | ';' | '/' | ':' | '=' | '(' | ')' => {}
            '°' | 'º' | '\'' | '"' | '′' | '″' | '’' | '”' | '“' | '‘' => {}
            _ => return None,
        }
    }
    Some(tokens)
}

/// The tokens of each angle: as many numbers each, and the hemisphere before or after them.
fn halves(tokens: &[Token], numbers: usize) -> Option<(Vec<Token>, Vec<Token>)> {
    let letter = |t: &Token| matches!(t, Token::Hemisphere(_));
    let leads = tokens.first().is_some_and(letter);
    let cut = match tokens.iter().filter(|t| letter(t)).count() {
        0 => numbers,
        2 if leads || tokens.last().is_some_and(letter) => numbers + 1,
        _ => return None,
    };
    let (first, second) = tokens.split_at(cut);
    let whole = |half: &[Token]| half.iter().filter(|t| !letter(t)).count() == numbers;
    let edge = |half: &[Token]| half.iter().all(|t| !letter(t)) || half.first().is_some_and(letter) == leads;
    (whole(first) && whole(second) && edge(first) && edge(second)).then(|| (first.to_vec(), second.to_vec()))
}

struct Angle {
    degrees: f64,
    axis: Option<Axis>,
    size_m: f64,
}

impl Angle {
    fn of(tokens: &[Token]) -> Option<Self> {
        let mut numbers = Vec::new();
        let mut hemisphere = None;
        for token in tokens {
            match token {
                Token::Number(text) => numbers.push(text.as_str()),
                Token::Hemisphere(c) => hemisphere = Some(*c),
            }
        }
        let (last, whole) = numbers.split_last()?;
        // Only the last of degrees, minutes and seconds has decimals, and only the first a sign.
        if whole.iter().any(|n| n.contains('.')) || numbers.iter().skip(1).any(|n| n.starts_with(['-', '+'])) {
            return None;
        }
        let values = numbers.iter().map(|n| n.parse::<f64>().ok()).collect::<Option<Vec<_>>>()?;
        if values.iter().skip(1).any(|v| !(0.0..60.0).contains(v)) {
            return None;
        }
        let size: f64 = values.iter().rev().fold(0.0, |sum, v| sum / 60.0 + v.abs());
        let negative = numbers[0].starts_with('-');
        if negative && hemisphere.is_some() {
            return None;
        }
        let degrees = if negative || matches!(hemisphere, Some('s' | 'w')) { -size } else { size };
        let axis = hemisphere.map(|c| if matches!(c, 'n' | 's') { Axis::Lat } else { Axis::Lon });
        let decimals = last.split_once('.').map_or(0, |(_, d)| d.len().min(9)) as i32;
        let unit = 60f64.powi(whole.len() as i32) * 10f64.powi(decimals);
        Some(Self { degrees, axis, size_m: METRES_PER_DEGREE / unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> (f64, f64) {
        match parse(text) {
            Some(Typed::At { point, .. }) => (point.lat, point.lon),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn coordinates_are_read_as_people_type_them() {
        for text in [
            "51.5395, -0.1423",
            "51.5395 -0.1423",
            "51.5395,-0.1423",
            "51.5395, −0.1423",
            "(51.5395; -0.1423)",
            "51.5395N 0.1423W",
            "51.5395° N, 0.1423° W",
            "N51.5395 W0.1423",
            "0.1423 W, 51.5395 N",
            "lat 51.5395 lon -0.1423",
            "Latitude: 51.5395, Longitude: -0.1423",
            "geo:51.5395,-0.1423;u=35",
            "N51 32.370 W0 8.538",
            "51° 32′ 22.2″ N, 0° 8′ 32.28″ W",
            "51 32 22.2 -0 8 32.28",
        ] {
            let (lat, lon) = at(text);
            assert!((lat - 51.5395).abs() < 1e-6 && (lon + 0.1423).abs() < 1e-6, "{text}: {lat} {lon}");
        }
    }

    #[test]
    fn what_is_no_pair_of_angles_is_not_read_as_one() {
        for text in [
            "",
            "51.5395",
            "51,5395 -0,1423",
            "12 Robert Street",
            "51.5395N 0.1423N",
            "51.5395 N 0.1423",
            "-51.5395N 0.1423W",
            "51.5.3 0.1",
            "51 61.0 N 0 8.0 W",
            "51.5 30 N 0.1 8 W",
            "91.12, 0.12",
            "0.00, 0.00",
            "51.53, --0.14",
            "N W 51.53 0.14",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_longitude_that_comes_first_is_told_and_not_taken() {
        assert_eq!(parse("-0.1423, 51.5395"), Some(Typed::Swapped(Point::new(51.5395, -0.1423))));
    }

    #[test]
    fn few_decimals_are_a_large_place_and_fewer_are_none() {
        let size = |text: &str| match parse(text) {
            Some(Typed::At { size_m, .. }) => size_m.round(),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!((size("51.53, -0.14"), size("51.5395, -0.1423")), (1113.0, 11.0));
        assert_eq!(size("51° 32′ 22″ N, 0° 8′ 32″ W"), 31.0);
        assert_eq!(parse("51, 0"), Some(Typed::TooCoarse));
        assert_eq!(parse("51.5, -0.1"), Some(Typed::TooCoarse));
    }
}
