//! Plus Codes against the vectors that come with their definition.

use domain::geo::Point;
use domain::places::plus_code::{Kind, decode, encode, kind, recover};
use std::path::PathBuf;

#[test]
fn known_places_have_their_codes() {
    for (lat, lon, digits, code) in [
        (20.370_112_5, 2.782_234_375, 11, "7FG49QCJ+2VX"),
        (47.000_062_5, 8.000_062_5, 10, "8FVC2222+22"),
        (-41.273_062_5, 174.785_937_5, 10, "4VCPPQGP+Q9"),
        (0.5, -179.5, 4, "62G20000+"),
        (90.0, 1.0, 10, "CFX3X2X2+X2"),
        (1.2, 3.4, 10, "6FH56C22+22"),
        (20.370_113_5, 362.782_235_351_56, 13, "7FG49QCJ+2VXGJ"),
    ] {
        assert_eq!(encode(Point::new(lat, lon), digits), code, "{lat} {lon}");
    }
}

#[test]
fn a_code_names_its_cell() {
    for (code, south, west, north, east) in
        [("7FG49QCJ+2V", 20.37, 2.782_125, 20.370_125, 2.782_25), ("8FVC2222+22", 47.0, 8.0, 47.000_125, 8.000_125)]
    {
        let cell = decode(code).unwrap();
        let found = [cell.south, cell.west, cell.north, cell.east];
        let close = found.iter().zip([south, west, north, east]).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(close, "{code}: {found:?}");
    }
    assert!((decode("8FVC2222+22").unwrap().size_m() - 13.9).abs() < 0.1);
}

#[test]
fn a_short_code_is_the_nearest_such_place() {
    for (near, short, full) in [
        ((51.370_112_5, -1.217_010_625), "CJ+2VX", "9C3W9QCJ+2VX"),
        ((51.385_212_5, -1.217_765_625), "9QCJ+2VX", "9C3W9QCJ+2VX"),
        ((42.899, 9.012), "22+", "8FJFW222+"),
        ((51.5395, -0.1423), "9c3xgvhc+xq", "9C3XGVHC+XQ"),
    ] {
        assert_eq!(recover(short, Point::new(near.0, near.1)).as_deref(), Some(full), "{short}");
    }
}

#[test]
fn a_code_is_told_from_what_is_none() {
    for (code, expected) in [
        ("8FWC2345+G6G", Some(Kind::Full)),
        ("8fwc2345+", Some(Kind::Full)),
        ("8FWCX400+", Some(Kind::Full)),
        ("+G6", Some(Kind::Short)),
        ("2345+G6", Some(Kind::Short)),
        ("G+", None),
        ("+", None),
        ("8FWC2345+G", None),
        ("8FWC2_45+G6", None),
        ("8FWC2345G6+", None),
        ("8FWC2300+G6", None),
        ("WC2300+", None),
        ("84900000+", None),
        ("00000000+", None),
        // Beyond the pole, and once around too far.
        ("F2222222+", None),
        ("2W222222+", None),
        ("é345+G6", None),
    ] {
        assert_eq!(kind(code), expected, "{code}");
    }
}

/// The rows of a file of the shared data, without comments; none, with the reason, when the folder is not there.
fn rows(file: &str) -> Vec<Vec<String>> {
    let folder = std::env::var_os("WATCHHOUSE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    // The variable may name `shared` or `shared/data`.
    let path = [folder.join("olc"), folder.join("data/olc")].into_iter().find(|path| path.is_dir());
    let Some(path) = path else {
        eprintln!("skipped: no shared data at {}", folder.display());
        return vec![];
    };
    let text = std::fs::read_to_string(path.join(file)).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<_> = lines.map(|line| line.split(',').map(str::to_owned).collect()).collect();
    assert!(rows.len() > 10, "{file} has no rows");
    rows
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn every_published_encoding_comes_out() {
    for row in rows("encoding.csv") {
        let digits = number(&row[4]) as usize;
        assert_eq!(encode(Point::new(number(&row[0]), number(&row[1])), digits), row[5], "{row:?}");
    }
}

#[test]
fn every_published_code_decodes() {
    for row in rows("decoding.csv") {
        let cell = decode(&row[0]).unwrap_or_else(|| panic!("{row:?}"));
        let found = [cell.south, cell.west, cell.north, cell.east];
        let close = found.iter().zip(&row[2..]).all(|(a, b)| (a - number(b)).abs() < 1e-9);
        assert!(close, "{row:?}: {found:?}");
    }
}

#[test]
fn every_published_code_is_valid_or_not() {
    for row in rows("validityTests.csv") {
        let expected = match (row[1].as_str(), row[2].as_str()) {
            ("true", "true") => Some(Kind::Short),
            ("true", _) => Some(Kind::Full),
            _ => None,
        };
        assert_eq!(kind(&row[0]), expected, "{row:?}");
    }
}

#[test]
fn every_published_short_code_is_recovered() {
    for row in rows("shortCodeTests.csv").iter().filter(|row| row[4] != "S") {
        let near = Point::new(number(&row[1]), number(&row[2]));
        assert_eq!(recover(&row[3], near).as_deref(), Some(row[0].as_str()), "{row:?}");
    }
}
