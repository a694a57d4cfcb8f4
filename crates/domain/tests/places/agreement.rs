//! Whether site, pin, typed place, three words and address mean one place, and what is said when they do not.

use domain::geo::Point;
use domain::places::{Check, Claims, Reading, Register, Source, check, read};
use domain::site::{Estate, Site};
use serde_json::json;
use uuid::Uuid;

const HALL: Point = Point::new(51.5287, -0.1434);
/// On the same estate, 240 m from the hall.
const COURT: Point = Point::new(51.5308, -0.1440);
/// Ten kilometres away.
const ELSEWHERE: Point = Point::new(51.60, -0.05);

struct Borough {
    site: Site,
    park: Estate,
    bourne: Estate,
}

impl Borough {
    fn new() -> Self {
        let estate = |n: u128, name: &str, (lat, lon): (f64, f64)| -> Estate {
            let corners = [(-0.003, -0.004), (0.003, -0.004), (0.003, 0.004), (-0.003, 0.004)];
            let outline = corners.map(|(a, b)| json!({"lat": lat + a, "lon": lon + b}));
            serde_json::from_value(json!({
                "id": Uuid::from_u128(n), "ref": name, "name": name, "outline": outline,
                "centre": {"lat": lat, "lon": lon},
            }))
            .unwrap()
        };
        let site = serde_json::from_value(json!({
            "id": Uuid::from_u128(1), "ref": "HALL", "name": "Tenants’ hall", "estate": Uuid::from_u128(2),
            "address": "Robert Street, NW1", "point": HALL, "radius_m": 75.0,
        }))
        .unwrap();
        Self {
            site,
            park: estate(2, "Regent’s Park", (51.5291, -0.1442)),
            bourne: estate(3, "Bourne", (51.5209, -0.1119)),
        }
    }

    fn check(&self, claims: &Claims<'_>) -> Check {
        check(claims, &Register { sites: vec![&self.site], estates: vec![&self.park, &self.bourne] })
    }

    fn at_the_hall(&self) -> Claims<'_> {
        Claims { site: Some(&self.site), ..Claims::default() }
    }
}

fn between(check: &Check) -> Vec<(Source, Source)> {
    check.disagreements.iter().map(|d| d.between).collect()
}

#[test]
fn what_means_one_place_is_said_to_agree() {
    let borough = Borough::new();
    let Reading::Place(typed) = read("TQ 28853 82725", None) else { panic!("no grid reference") };
    let claims = Claims {
        pin: Some(Point::new(51.52875, -0.1433)),
        typed: Some(&typed),
        words: Some(Point::new(51.52868, -0.14335)),
        address: "Hall, Regent's Park Estate",
        ..borough.at_the_hall()
    };
    let found = borough.check(&claims);
    assert_eq!(found.disagreements, []);
    assert_eq!(found.compared, [Source::Site, Source::Pin, Source::Typed, Source::Words]);
    assert_eq!((found.advice.as_str(), found.near.as_str()), ("", "On Regent’s Park, at Tenants’ hall."));
}

#[test]
fn one_against_one_is_a_question_for_the_caller() {
    let borough = Borough::new();
    let found = borough.check(&Claims { words: Some(ELSEWHERE), ..borough.at_the_hall() });
    assert_eq!(between(&found), [(Source::Words, Source::Site), (Source::Words, Source::Register)]);
    assert_eq!(found.disagreements[0].text, "The three words are about 10 km north-east of Tenants’ hall.");
    assert!((found.disagreements[0].distance_m - 10_230.0).abs() < 50.0, "{:?}", found.disagreements[0]);
    assert_eq!(found.disagreements[1].text, "The three words are about 9.4 km from the nearest place in the register.");
    assert!(found.advice.starts_with("Read it back to the caller"), "{}", found.advice);
}

#[test]
fn two_that_agree_outvote_the_third() {
    let borough = Borough::new();
    let found =
        borough.check(&Claims { pin: Some(HALL), words: Some(Point::new(51.5487, -0.1434)), ..borough.at_the_hall() });
    assert_eq!(between(&found), [(Source::Words, Source::Site), (Source::Words, Source::Pin)]);
    assert_eq!(
        found.advice,
        "The site and the pin agree. Doubt the three words: have it said again, letter by letter."
    );
}

#[test]
fn three_that_all_differ_are_not_settled_by_a_vote() {
    let borough = Borough::new();
    let claims = Claims { pin: Some(Point::new(51.5487, -0.1434)), words: Some(ELSEWHERE), ..borough.at_the_hall() };
    let found = borough.check(&claims);
    assert!(found.advice.starts_with("Read it back"), "{}", found.advice);
}

#[test]
fn another_part_of_the_estate_is_told_as_that() {
    let borough = Borough::new();
    let found = borough.check(&Claims { pin: Some(COURT), ..borough.at_the_hall() });
    assert_eq!(between(&found), [(Source::Pin, Source::Site)]);
    let text = "The pin is about 240 m north of Tenants’ hall. It may be another part of the estate.";
    assert_eq!(found.disagreements[0].text, text);
    // Two kilometres off is no part of any estate.
    let far = borough.check(&Claims { pin: Some(Point::new(51.5467, -0.1434)), ..borough.at_the_hall() });
    assert_eq!(far.disagreements[0].text, "The pin is about 2.0 km north of Tenants’ hall.");
}

#[test]
fn a_pin_outside_the_estate_that_the_address_names_is_told() {
    let borough = Borough::new();
    for (address, fits) in [
        ("4 Rowley Way, Bourne estate", false),
        ("Bourne, rear of the shops", false),
        ("12 Bourne Road", true),
        ("4 Rowley Way", true),
        ("Regents Park, block C", true),
        ("flat 3 regent’s park estate", true),
        ("", true),
    ] {
        let found = borough.check(&Claims { pin: Some(COURT), address, ..Claims::default() });
        let expected = if fits { vec![] } else { vec![(Source::Pin, Source::Address)] };
        assert_eq!(between(&found), expected, "{address}");
        if !fits {
            assert!(found.disagreements[0].text.ends_with(" of Bourne, which the address names."), "{found:?}");
        }
    }
}

#[test]
fn the_address_of_another_site_is_told() {
    let borough = Borough::new();
    let claims = Claims { pin: Some(Point::new(51.5209, -0.1119)), address: "robert street nw1", ..Claims::default() };
    assert_eq!(between(&borough.check(&claims)), [(Source::Pin, Source::Address)]);
}

#[test]
fn a_rough_place_is_held_to_no_more_than_it_says() {
    let borough = Borough::new();
    // The 1 km square is about the hall; its middle is 480 m away.
    let Reading::Place(rough) = read("TQ 28 82", None) else { panic!("no grid reference") };
    assert_eq!(borough.check(&Claims { typed: Some(&rough), ..borough.at_the_hall() }).disagreements, []);
    let Reading::Place(exact) = read("TQ 28500 82500", None) else { panic!("no grid reference") };
    let found = borough.check(&Claims { typed: Some(&exact), ..borough.at_the_hall() });
    assert_eq!(between(&found), [(Source::Typed, Source::Site)]);
}

#[test]
fn nothing_said_is_nothing_to_compare() {
    let borough = Borough::new();
    assert_eq!(borough.check(&Claims::default()), Check::default());
    let empty = Register { sites: vec![], estates: vec![] };
    let alone = check(&Claims { pin: Some(HALL), ..Claims::default() }, &empty);
    assert_eq!((alone.disagreements.len(), alone.near.as_str()), (0, ""));
}
