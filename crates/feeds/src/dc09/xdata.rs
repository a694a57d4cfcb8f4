//! Extended data: `[` letter value `]` (DC-09).

use chrono::{DateTime, Utc};

use super::message::LatLon;
use super::{text, timestamp};
use crate::fix::plausible;

/// One extended-data block. The standard's length limits are not enforced: coordinates longer than
/// 12 characters are common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XData {
    pub letter: char,
    pub value: String,
}

impl XData {
    pub fn new(letter: char, value: impl Into<String>) -> XData {
        XData { letter, value: value.into() }
    }

    /// Reads a block without its brackets. An empty block says nothing.
    pub(crate) fn parse(block: &[u8]) -> Option<XData> {
        let block = text::decode(block);
        let mut characters = block.chars();
        let letter = characters.next()?;
        Some(XData::new(letter, characters.as_str()))
    }
}

pub(crate) fn value_of(blocks: &[XData], letter: char) -> Option<&str> {
    blocks.iter().find(|block| block.letter == letter).map(|block| block.value.as_str())
}

/// Where the panel says it is: `X` and `Y`, or one vendor's `G` with "lat,lon".
pub(crate) fn position(blocks: &[XData]) -> Option<LatLon> {
    let (lat, lon) = match (value_of(blocks, 'Y'), value_of(blocks, 'X')) {
        (Some(lat), Some(lon)) => (coordinate(lat, 'N', 'S')?, coordinate(lon, 'E', 'W')?),
        _ => {
            let (lat, lon) = value_of(blocks, 'G')?.split_once(',')?;
            (decimal(lat)?, decimal(lon)?)
        }
    };
    plausible(lat, lon).then_some(LatLon(lat, lon))
}

/// When the event happened by the panel's clock (`H`).
pub(crate) fn happened_at(blocks: &[XData]) -> Option<DateTime<Utc>> {
    let value = value_of(blocks, 'H')?;
    timestamp::parse(format!("_{}", value.trim_start_matches('_')).as_bytes())
}

/// Degrees, hemisphere letter, minutes (`051N32.37`); or plain decimal degrees when there is no
/// letter, as one dialler library writes them.
fn coordinate(value: &str, positive: char, negative: char) -> Option<f64> {
    let value = value.trim();
    let Some(at) = value.find([positive, negative]) else {
        return decimal(value);
    };
    let degrees = unsigned(&value[..at])?;
    let minutes = match &value[at + 1..] {
        "" => 0.0,
        minutes => unsigned(minutes)?,
    };
    if minutes >= 60.0 {
        return None;
    }
    let magnitude = degrees + minutes / 60.0;
    Some(if value[at..].starts_with(negative) { -magnitude } else { magnitude })
}

fn decimal(value: &str) -> Option<f64> {
    let value = value.trim();
    match value.strip_prefix('-') {
        Some(magnitude) => unsigned(magnitude).map(|magnitude| -magnitude),
        None => unsigned(value),
    }
}

/// Digits and a point only: Rust would also read "inf", "nan" and exponents.
fn unsigned(value: &str) -> Option<f64> {
    let allowed = value.chars().all(|character| character.is_ascii_digit() || character == '.');
    if allowed { value.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(blocks: &[(char, &str)]) -> Option<LatLon> {
        let blocks: Vec<XData> = blocks.iter().map(|&(letter, value)| XData::new(letter, value)).collect();
        position(&blocks)
    }

    #[test]
    fn coordinates_are_read_in_every_form_seen() {
        let cases = [
            ("006E07.7777777", "49N06.6666666", 49.111_111, 6.129_630),
            ("000W08.5380", "51N32.3700", 51.539_500, -0.142_300),
            ("012W34.1", "045N12.2", 45.203_333, -12.568_333),
            ("5.9699", "52.21", 52.21, 5.9699),
            ("-0.1423", "51.5395", 51.5395, -0.1423),
        ];
        for (lon_text, lat_text, lat, lon) in cases {
            let LatLon(found_lat, found_lon) = place(&[('X', lon_text), ('Y', lat_text)]).expect(lon_text);
            assert!((found_lat - lat).abs() < 1e-6, "{lat_text}: {found_lat}");
            assert!((found_lon - lon).abs() < 1e-6, "{lon_text}: {found_lon}");
        }
        let LatLon(lat, lon) = place(&[('G', "50.4501,30.5234")]).expect("vendor form");
        assert!((lat - 50.4501).abs() < 1e-9 && (lon - 30.5234).abs() < 1e-9);
    }

    #[test]
    fn nonsense_coordinates_give_no_position() {
        for (lon, lat) in [
            ("inf", "nan"),
            ("000E60.0", "51N00"),
            ("181E00", "51N00"),
            ("000E00", "00N00"),
            ("", ""),
            ("1e2", "1"),
            ("ÄE1", "51N1"),
        ] {
            assert_eq!(place(&[('X', lon), ('Y', lat)]), None, "{lon} {lat}");
        }
        assert_eq!(place(&[('X', "000E01")]), None, "half a position");
    }
}
