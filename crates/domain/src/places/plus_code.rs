//! Plus Codes (Open Location Code 1.0): a place in letters and figures that anybody can make and read offline.

use crate::geo::Point;

const ALPHABET: &[u8; 20] = b"23456789CFGHJMPQRVWX";
const BASE: i64 = 20;
const SEPARATOR: char = '+';
const SEPARATOR_AT: usize = 8;
/// Digits that come in pairs, latitude first; each one after them divides its cell into 5 rows and 4 columns.
const PAIR_DIGITS: usize = 10;
const DIGITS_MAX: usize = 15;
const ROWS: i64 = 5;
const COLUMNS: i64 = 4;
/// Whole numbers of the finest cells in a degree, so that nothing is lost by floating point.
const LAT_UNITS: i64 = 25_000_000;
const LON_UNITS: i64 = 8_192_000;

/// The cell a code names, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
    digits: usize,
}

impl Cell {
    pub fn centre(&self) -> Point {
        Point::new(((self.south + self.north) / 2.0).min(90.0), (self.west + self.east) / 2.0)
    }

    /// Height of the cell in metres.
    pub fn size_m(&self) -> f64 {
        (self.north - self.south) * super::coordinates::METRES_PER_DEGREE
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Full,
    /// Its first digits are left out: it means the nearest such cell to a place that both sides know.
    Short,
}

/// Whether this is a code, in letters of any case.
pub fn kind(code: &str) -> Option<Kind> {
    let (front, back) = code.split_once(SEPARATOR)?;
    let digit = |c: u8| ALPHABET.contains(&c.to_ascii_uppercase());
    let short = front.len() < SEPARATOR_AT;
    if front.len() > SEPARATOR_AT || !front.len().is_multiple_of(2) || back.len() == 1 || code.len() == 1 {
        return None;
    }
    let stem = front.trim_end_matches('0');
    let padding = front.len() - stem.len();
    // Padding comes in pairs, never at the start, and nothing follows it.
    if padding > 0 && (short || stem.is_empty() || !padding.is_multiple_of(2) || !back.is_empty()) {
        return None;
    }
    if !stem.bytes().chain(back.bytes()).all(digit) {
        return None;
    }
    if short {
        return Some(Kind::Short);
    }
    // The first pair counts cells of 20 degrees: 9 from pole to pole, 18 around.
    let (lat, lon) = (value(stem.as_bytes()[0]), value(stem.as_bytes()[1]));
    (lat * BASE < 180 && lon * BASE < 360).then_some(Kind::Full)
}

/// The code of the cell a point lies in. `digits` is 2, 4, 6, 8, or 10 to 15.
pub fn encode(point: Point, digits: usize) -> String {
    let digits = digits.clamp(2, DIGITS_MAX);
    let digits = if digits < PAIR_DIGITS { digits - digits % 2 } else { digits };
    let (mut lat, mut lon) = units(point);
    let mut code = [0u8; DIGITS_MAX];
    for slot in (PAIR_DIGITS..DIGITS_MAX).rev() {
        code[slot] = symbol(lat % ROWS * COLUMNS + lon % COLUMNS);
        (lat, lon) = (lat / ROWS, lon / COLUMNS);
    }
    for pair in (0..PAIR_DIGITS / 2).rev() {
        code[2 * pair] = symbol(lat % BASE);
        code[2 * pair + 1] = symbol(lon % BASE);
        (lat, lon) = (lat / BASE, lon / BASE);
    }
    let mut text: String = code[..digits].iter().map(|c| char::from(*c)).collect();
    while text.len() < SEPARATOR_AT {
        text.push('0');
    }
    text.insert(SEPARATOR_AT, SEPARATOR);
    text
}

/// The cell of a full code.
pub fn decode(code: &str) -> Option<Cell> {
    if kind(code)? != Kind::Full {
        return None;
    }
    let digits: Vec<i64> = code.bytes().filter(|c| !b"+0".contains(c)).take(DIGITS_MAX).map(value).collect();
    let (mut lat, mut lon) = (-90 * LAT_UNITS, -180 * LON_UNITS);
    let (mut height, mut width) = (LAT_UNITS * BASE * BASE, LON_UNITS * BASE * BASE);
    for pair in digits[..digits.len().min(PAIR_DIGITS)].chunks(2) {
        (height, width) = (height / BASE, width / BASE);
        lat += pair[0] * height;
        lon += pair[1] * width;
    }
    for digit in digits.iter().skip(PAIR_DIGITS) {
        (height, width) = (height / ROWS, width / COLUMNS);
        lat += digit / COLUMNS * height;
        lon += digit % COLUMNS * width;
    }
    let degrees = |units: i64, per_degree: i64| units as f64 / per_degree as f64;
    Some(Cell {
        south: degrees(lat, LAT_UNITS),
        west: degrees(lon, LON_UNITS),
        north: degrees(lat + height, LAT_UNITS),
        east: degrees(lon + width, LON_UNITS),
        digits: digits.len(),
    })
}

/// The full code that a short one means for somebody at `near`; a full one comes back in capitals.
pub fn recover(code: &str, near: Point) -> Option<String> {
    if kind(code)? == Kind::Full {
        return Some(code.to_ascii_uppercase());
    }
    let missing = SEPARATOR_AT - code.find(SEPARATOR)?;
    let near = Point::new(near.lat.clamp(-90.0, 90.0), around(near.lon));
    let cell = decode(&format!("{}{}", &encode(near, PAIR_DIGITS)[..missing], code.to_ascii_uppercase()))?;
    // How far the cells that the short code fits are apart.
    let apart = (BASE as f64).powi(2 - (missing / 2) as i32);
    let mut centre = cell.centre();
    if near.lat + apart / 2.0 < centre.lat && centre.lat - apart >= -90.0 {
        centre.lat -= apart;
    } else if near.lat - apart / 2.0 > centre.lat && centre.lat + apart <= 90.0 {
        centre.lat += apart;
    }
    if near.lon + apart / 2.0 < centre.lon {
        centre.lon -= apart;
    } else if near.lon - apart / 2.0 > centre.lon {
        centre.lon += apart;
    }
    Some(encode(centre, cell.digits))
}

/// Cells from the south pole and from 180° west; the pole itself belongs to the cell below it. A millionth of a cell is
/// the error of a decimal number in floating point: 129.7° lies on a cell's edge, and so must what stands for it.
fn units(point: Point) -> (i64, i64) {
    let cells = |degrees: f64, per_degree: i64| ((degrees * per_degree as f64 * 1e6).round() / 1e6).floor() as i64;
    let (lat, lon) = (cells(point.lat + 90.0, LAT_UNITS), cells(point.lon + 180.0, LON_UNITS));
    (lat.clamp(0, 180 * LAT_UNITS - 1), lon.rem_euclid(360 * LON_UNITS))
}

fn around(lon: f64) -> f64 {
    (lon + 180.0).rem_euclid(360.0) - 180.0
}

fn value(digit: u8) -> i64 {
    ALPHABET.iter().position(|c| *c == digit.to_ascii_uppercase()).unwrap_or(0) as i64
}

fn symbol(value: i64) -> u8 {
    ALPHABET[value.rem_euclid(BASE) as usize]
}
