//! Ordnance Survey National Grid references from WGS 84 and back, by the seven-parameter Helmert transformation.
//!
//! Within about 5 m anywhere in Great Britain: good enough to send somebody, not for a boundary. A reference is
//! derived and never the only truth about a place.

use crate::geo::Point;

/// Semi-axes in metres: WGS 84 / GRS 80, and Airy 1830 on which the grid is drawn.
const WGS84: (f64, f64) = (6_378_137.0, 6_356_752.314_1);
const AIRY: (f64, f64) = (6_377_563.396, 6_356_256.909);
/// WGS 84 to OSGB36: metres, parts per million, seconds of arc.
const SHIFT_M: [f64; 3] = [-446.448, 125.157, -542.060];
const SCALE_PPM: f64 = 20.4894;
const TURN_S: [f64; 3] = [-0.1502, -0.2470, -0.8421];
/// The projection: scale on the central meridian, true origin 49° N 2° W, false origin in metres.
const F0: f64 = 0.999_601_271_7;
const ORIGIN: (f64, f64) = (49.0, -2.0);
const FALSE_ORIGIN_M: (f64, f64) = (400_000.0, -100_000.0);

/// The alphabet of the grid's squares.
const LETTERS: &[u8; 25] = b"ABCDEFGHJKLMNOPQRSTUVWXYZ";

/// The ten-figure reference of the 1 m square a point lies in: `TQ 28931 83924`. None outside the grid.
pub fn grid_reference(point: Point) -> Option<String> {
    let (easting, northing) = easting_northing(point)?;
    let (e, n) = (easting.floor() as u32, northing.floor() as u32);
    let (e1, n1) = (e / 100_000, n / 100_000);
    // Letters run from the north-west corner of a square of 2,500 km; I is left out.
    let first = (19 - n1) - (19 - n1) % 5 + (e1 + 10) / 5;
    let second = ((19 - n1) * 5) % 25 + e1 % 5;
    let letter = |index: u32| char::from(LETTERS[index as usize]);
    // Truncated, not rounded: a reference names the square's south-west corner.
    Some(format!("{}{} {:05} {:05}", letter(first), letter(second), e % 100_000, n % 100_000))
}

/// Metres east and north on the National Grid, if the point lies on it.
pub fn easting_northing(point: Point) -> Option<(f64, f64)> {
    if !point.is_valid() {
        return None;
    }
    let at = grid_metres(point);
    on_grid(at).then_some(at)
}

fn grid_metres(point: Point) -> (f64, f64) {
    let (lat, lon) = geodetic(helmert(cartesian(point.lat.to_radians(), point.lon.to_radians(), WGS84)), AIRY);
    project(lat, lon)
}

fn on_grid((easting, northing): (f64, f64)) -> bool {
    (0.0..700_000.0).contains(&easting) && (0.0..1_300_000.0).contains(&northing)
}

/// The square that a reference names.
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    /// In capitals, with spaces between letters, easting and northing.
    pub reference: String,
    pub centre: Point,
    /// 10 km for two figures down to 1 m for ten.
    pub size_m: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOnGrid {
    #[error("A grid reference has as many figures for east as for north: two to ten in all.")]
    Figures,
    #[error("These letters are no square of the National Grid.")]
    Letters,
}

/// Reads `TQ 28931 83924`, `tq2893183924`, `TQ 289 839`. None for what is no grid reference at all.
pub fn parse(text: &str) -> Option<Result<Square, NotOnGrid>> {
    let mut letters = text.trim().chars();
    let pair = [letters.next()?, letters.next()?].map(|c| c.to_ascii_uppercase());
    let rest = letters.as_str();
    let figures: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let is_one =
        pair.iter().all(char::is_ascii_uppercase) && !figures.is_empty() && figures.chars().all(|c| c.is_ascii_digit());
    is_one.then(|| square(pair, &figures))
}

fn square(pair: [char; 2], figures: &str) -> Result<Square, NotOnGrid> {
    if !figures.len().is_multiple_of(2) || figures.len() > 10 {
        return Err(NotOnGrid::Figures);
    }
    let index = |c: char| LETTERS.iter().position(|l| char::from(*l) == c).map(|i| i as i32).ok_or(NotOnGrid::Letters);
    let (first, second) = (index(pair[0])?, index(pair[1])?);
    // Letters run west to east and north to south, in squares of 500 km and then of 100 km.
    let east = first % 5 * 5 + second % 5 - 10;
    let north = 19 - first / 5 * 5 - second / 5;
    let (e, n) = figures.split_at(figures.len() / 2);
    let size_m = 10f64.powi(5 - e.len() as i32);
    let metres = |figures: &str| figures.parse::<f64>().map(|v| v * size_m).map_err(|_| NotOnGrid::Figures);
    let corner = (f64::from(east) * 100_000.0 + metres(e)?, f64::from(north) * 100_000.0 + metres(n)?);
    if !on_grid(corner) {
        return Err(NotOnGrid::Letters);
    }
    let centre = point_at((corner.0 + size_m / 2.0, corner.1 + size_m / 2.0));
    let [a, b] = pair;
    Ok(Square { reference: format!("{a}{b} {e} {n}"), centre, size_m })
}

/// Where a place of the grid is on WGS 84: steps towards it until the way there is gone. The grid is turned against
/// north by less than 6 degrees, so each step leaves less than a tenth.
pub fn point_at((easting, northing): (f64, f64)) -> Point {
    const STEPS: usize = 14;
    let mut point = Point::new(ORIGIN.0 + (northing - FALSE_ORIGIN_M.1) / 111_200.0, ORIGIN.1);
    for _ in 0..STEPS {
        let (e, n) = grid_metres(point);
        point.lat += (northing - n) / 111_200.0;
        point.lon += (easting - e) / (111_320.0 * point.lat.to_radians().cos());
    }
    point
}

fn eccentricity2((a, b): (f64, f64)) -> f64 {
    1.0 - (b * b) / (a * a)
}

fn cartesian(lat: f64, lon: f64, ellipsoid: (f64, f64)) -> [f64; 3] {
    let e2 = eccentricity2(ellipsoid);
    let nu = ellipsoid.0 / (1.0 - e2 * lat.sin().powi(2)).sqrt();
    [nu * lat.cos() * lon.cos(), nu * lat.cos() * lon.sin(), nu * (1.0 - e2) * lat.sin()]
}

fn helmert([x, y, z]: [f64; 3]) -> [f64; 3] {
    let scale = 1.0 + SCALE_PPM * 1e-6;
    let [rx, ry, rz] = TURN_S.map(|s| (s / 3600.0).to_radians());
    [
        SHIFT_M[0] + x * scale - rz * y + ry * z,
        SHIFT_M[1] + rz * x + y * scale - rx * z,
        SHIFT_M[2] - ry * x + rx * y + z * scale,
    ]
}

fn geodetic([x, y, z]: [f64; 3], ellipsoid: (f64, f64)) -> (f64, f64) {
    let e2 = eccentricity2(ellipsoid);
    let p = x.hypot(y);
    let mut lat = z.atan2(p * (1.0 - e2));
    // Converges to far below a millimetre in Great Britain.
    for _ in 0..8 {
        let nu = ellipsoid.0 / (1.0 - e2 * lat.sin().powi(2)).sqrt();
        lat = (z + e2 * nu * lat.sin()).atan2(p);
    }
    (lat, y.atan2(x))
}

/// Transverse Mercator as in the OS guide "Transformations and OSGM15", annex C.
fn project(lat: f64, lon: f64) -> (f64, f64) {
    let (a, b) = AIRY;
    let e2 = eccentricity2(AIRY);
    let (sin, cos, tan) = (lat.sin(), lat.cos(), lat.tan());
    let nu = a * F0 / (1.0 - e2 * sin * sin).sqrt();
    let rho = a * F0 * (1.0 - e2) / (1.0 - e2 * sin * sin).powf(1.5);
    let eta2 = nu / rho - 1.0;
    let (t2, t4) = (tan.powi(2), tan.powi(4));
    let i = meridian_arc(lat, b) + FALSE_ORIGIN_M.1;
    let ii = nu / 2.0 * sin * cos;
    let iii = nu / 24.0 * sin * cos.powi(3) * (5.0 - t2 + 9.0 * eta2);
    let iiia = nu / 720.0 * sin * cos.powi(5) * (61.0 - 58.0 * t2 + t4);
    let iv = nu * cos;
    let v = nu / 6.0 * cos.powi(3) * (nu / rho - t2);
    let vi = nu / 120.0 * cos.powi(5) * (5.0 - 18.0 * t2 + t4 + 14.0 * eta2 - 58.0 * t2 * eta2);
    let d = lon - ORIGIN.1.to_radians();
    let northing = i + ii * d.powi(2) + iii * d.powi(4) + iiia * d.powi(6);
    let easting = FALSE_ORIGIN_M.0 + iv * d + v * d.powi(3) + vi * d.powi(5);
    (easting, northing)
}

fn meridian_arc(lat: f64, b: f64) -> f64 {
    let n = (AIRY.0 - AIRY.1) / (AIRY.0 + AIRY.1);
    let (n2, n3) = (n * n, n * n * n);
    let origin = ORIGIN.0.to_radians();
    let (minus, plus) = (lat - origin, lat + origin);
    b * F0
        * ((1.0 + n + 1.25 * n2 + 1.25 * n3) * minus
            - (3.0 * n + 3.0 * n2 + 21.0 / 8.0 * n3) * minus.sin() * plus.cos()
            + (15.0 / 8.0 * n2 + 15.0 / 8.0 * n3) * (2.0 * minus).sin() * (2.0 * plus).cos()
            - 35.0 / 24.0 * n3 * (3.0 * minus).sin() * (3.0 * plus).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_places_have_their_eastings_and_northings() {
        // facts/locations.md section 2; Helmert flavours differ by up to 0.2 m.
        for (lat, lon, e, n) in [
            (52.658_007_833, 1.716_073_973, 651_411.22, 313_180.60),
            (51.5395, -0.1423, 528_931.89, 183_924.10),
            (51.4778, -0.0014, 538_890.10, 177_320.50),
            (50.0661, -5.7148, 134_257.35, 25_055.21),
            (55.9486, -3.1999, 325_163.84, 673_490.65),
            (51.411_831, 0.178_871, 551_626.02, 170_342.03),
        ] {
            let (easting, northing) = easting_northing(Point::new(lat, lon)).unwrap();
            assert!((easting - e).abs() < 0.02 && (northing - n).abs() < 0.02, "{lat} {lon}: {easting} {northing}");
        }
    }

    #[test]
    fn the_projection_alone_matches_the_worked_example() {
        let degrees = |d: f64, m: f64, s: f64| (d + m / 60.0 + s / 3600.0).to_radians();
        let (e, n) = project(degrees(52.0, 39.0, 27.2531), degrees(1.0, 43.0, 4.5177));
        assert!((e - 651_409.903).abs() < 0.002 && (n - 313_177.270).abs() < 0.002, "{e} {n}");
    }

    #[test]
    fn a_reference_has_two_letters_and_ten_figures() {
        assert_eq!(grid_reference(Point::new(51.5395, -0.1423)).unwrap(), "TQ 28931 83924");
        assert_eq!(grid_reference(Point::new(52.658_007_833, 1.716_073_973)).unwrap(), "TG 51411 13180");
        assert_eq!(grid_reference(Point::new(0.0, 0.0)), None);
        assert_eq!(grid_reference(Point::new(40.7, -74.0)), None);
        assert_eq!(grid_reference(Point::new(f64::NAN, 0.0)), None);
    }

    #[test]
    fn a_reference_names_the_middle_of_its_square() {
        for (text, reference, east, north, size) in [
            ("TG 51409 13177", "TG 51409 13177", 651_409.0, 313_177.0, 1.0),
            ("tq2893183924", "TQ 28931 83924", 528_931.0, 183_924.0, 1.0),
            ("TQ 2893 8392", "TQ 2893 8392", 528_930.0, 183_920.0, 10.0),
            ("TQ 289 839", "TQ 289 839", 528_900.0, 183_900.0, 100.0),
            ("NJ 94251 06376", "NJ 94251 06376", 394_251.0, 806_376.0, 1.0),
            ("SV 00000 00000", "SV 00000 00000", 0.0, 0.0, 1.0),
            ("TA 1 5", "TA 1 5", 510_000.0, 450_000.0, 10_000.0),
            ("TA1256", "TA 12 56", 512_000.0, 456_000.0, 1_000.0),
            ("SV9055710820", "SV 90557 10820", 90_557.0, 10_820.0, 1.0),
        ] {
            let square = parse(text).unwrap().unwrap();
            assert_eq!((square.reference.as_str(), square.size_m), (reference, size), "{text}");
            let (e, n) = grid_metres(square.centre);
            let (e, n) = (e - size / 2.0, n - size / 2.0);
            assert!((e - east).abs() < 0.001 && (n - north).abs() < 0.001, "{text}: {e} {n}");
        }
    }

    #[test]
    fn what_is_no_reference_is_told_apart_from_a_wrong_one() {
        for text in ["", "T", "TQ", "TQ 28x", "51.5395, -0.1423", "Rowley Way", "N51 W0", "filled.count.soap"] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["TQ 289 8392", "TQ 1", "TQ 289318 839245"] {
            assert_eq!(parse(text), Some(Err(NotOnGrid::Figures)), "{text}");
        }
        // I is no letter of the grid; WE and AA lie in the sea around it.
        for text in ["IQ 28 83", "WE950950", "AA 10 10"] {
            assert_eq!(parse(text), Some(Err(NotOnGrid::Letters)), "{text}");
        }
    }
}
