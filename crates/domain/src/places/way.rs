//! Distances and directions as a person says them.

use crate::geo::{Point, distance_m};

/// `8 m`, `about 340 m`, `about 2.3 km`, `about 41 km`.
pub fn distance_words(metres: f64) -> String {
    match metres {
        m if m < 10.0 => format!("{:.0} m", m.max(0.0)),
        m if m < 100.0 => format!("about {:.0} m", m),
        m if m < 995.0 => format!("about {:.0} m", (m / 10.0).round() * 10.0),
        m if m < 9_950.0 => format!("about {:.1} km", m / 1000.0),
        m => format!("about {:.0} km", m / 1000.0),
    }
}

/// How to get from one place to the other: `about 2.3 km south-west`.
pub fn way_words(from: Point, to: Point) -> String {
    let metres = distance_m(from, to);
    match metres < 10.0 {
        true => distance_words(metres),
        false => format!("{} {}", distance_words(metres), direction(from, to)),
    }
}

fn direction(from: Point, to: Point) -> &'static str {
    const NAMES: [&str; 8] = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    let north = to.lat - from.lat;
    let east = (to.lon - from.lon) * from.lat.to_radians().cos();
    let turn = east.atan2(north).to_degrees().rem_euclid(360.0);
    NAMES[((turn + 22.5) / 45.0) as usize % NAMES.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_as_exact_as_somebody_would_say_them() {
        for (metres, words) in [
            (0.0, "0 m"),
            (7.6, "8 m"),
            (43.2, "about 43 m"),
            (337.0, "about 340 m"),
            (994.0, "about 990 m"),
            (2_340.0, "about 2.3 km"),
            (41_300.0, "about 41 km"),
        ] {
            assert_eq!(distance_words(metres), words);
        }
    }

    #[test]
    fn a_way_has_one_of_eight_directions() {
        let here = Point::new(51.5, -0.1);
        for (lat, lon, name) in [
            (51.6, -0.1, "north"),
            (51.5, 0.0, "east"),
            (51.4, -0.1, "south"),
            (51.5, -0.2, "west"),
            (51.5623, 0.0, "north-east"),
            (51.4377, -0.2, "south-west"),
        ] {
            assert!(way_words(here, Point::new(lat, lon)).ends_with(&format!("km {name}")), "{lat} {lon}");
        }
        assert_eq!(way_words(here, Point::new(51.50001, -0.1)), "1 m");
    }
}
