//! What holds for every place and every text.

use domain::geo::{Point, distance_m};
use domain::grid;
use domain::places::plus_code::{decode, encode, recover};
use domain::places::{Reading, coordinates, fuzzing, read};
use proptest::prelude::*;

/// Somewhere in Great Britain or in the sea around it.
fn in_britain() -> impl Strategy<Value = Point> {
    (50.0..58.0f64, -5.5..1.5f64).prop_map(|(lat, lon)| Point::new(lat, lon))
}

fn anywhere() -> impl Strategy<Value = Point> {
    (-90.0..90.0f64, -180.0..180.0f64).prop_map(|(lat, lon)| Point::new(lat, lon))
}

proptest! {
    #[test]
    fn a_code_holds_the_point_it_was_made_from(point in anywhere(), digits in 10usize..=15) {
        let cell = decode(&encode(point, digits)).unwrap();
        let nothing = 1e-9;
        prop_assert!(cell.south - nothing <= point.lat && point.lat <= cell.north + nothing);
        prop_assert!(cell.west - nothing <= point.lon && point.lon <= cell.east + nothing);
    }

    #[test]
    fn a_short_code_means_its_place_to_everybody_near(point in in_britain(), north in -0.2..0.2f64, east in -0.2..0.2f64) {
        let code = encode(point, 10);
        let near = Point::new(point.lat + north, point.lon + east);
        prop_assert_eq!(recover(&code[4..], near), Some(code));
    }

    #[test]
    fn a_grid_reference_leads_back_to_its_metre(point in in_britain()) {
        let reference = grid::grid_reference(point).unwrap();
        let square = grid::parse(&reference).unwrap().unwrap();
        prop_assert_eq!(&square.reference, &reference);
        prop_assert!(distance_m(square.centre, point) < 0.8);
        prop_assert_eq!(grid::grid_reference(square.centre), Some(reference));
    }

    #[test]
    fn shown_coordinates_are_read_as_the_same_place(point in in_britain()) {
        let Reading::Place(place) = read(&coordinates(point), None) else { panic!("{}", coordinates(point)) };
        prop_assert!(distance_m(place.point, point) < 1.0);
    }

    #[test]
    fn no_text_panics_and_what_is_understood_reads_back(text in "\\PC{0,60}") {
        fuzzing::typed(text.as_bytes());
    }

    #[test]
    fn nothing_like_a_place_panics(text in "[0-9NSEWnsewTQ2-9CFGHJMPQRVWX+., °'/-]{0,24}") {
        fuzzing::typed(text.as_bytes());
    }
}
