//! OwnTracks bodies: real samples, units, and what is refused.

use feeds::fix::Fix;
use feeds::owntracks::{BODY_BYTES_MAX, Location, Malformed, Payload, parse};
use serde_json::Value;

use super::{shared_data, support::at};

fn location(body: &str) -> Location {
    match parse(body.as_bytes()) {
        Ok(Payload::Location(location)) => *location,
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn a_full_location_is_read_with_its_units_converted() {
    let found = location(
        r#"{"cog":271,"lon":2.29513,"acc":5,"vel":61,"vac":21,"lat":48.85833,"tst":1497349316,"alt":167,"_type":"location","tid":"JJ","t":"u","batt":67,"bs":2,"conn":"m","_id":"a1","created_at":1497349320,"topic":"owntracks/u/d"}"#,
    );
    assert_eq!((found.lat, found.lon), (48.85833, 2.29513));
    assert_eq!(found.fix_at, at("2017-06-13T10:21:56Z"));
    assert_eq!(found.created_at, Some(at("2017-06-13T10:22:00Z")));
    assert!((found.speed_mps.expect("vel") - 16.944).abs() < 0.001);
    assert_eq!((found.accuracy_m, found.altitude_m, found.course_deg), (Some(5.0), Some(167.0), Some(271.0)));
    assert_eq!((found.battery_pct, found.charging), (Some(67), Some(true)));
    assert_eq!((found.trigger.as_deref(), found.network.as_deref()), (Some("u"), Some("mobile")));
    assert_eq!(
        (found.id.as_deref(), found.tid.as_deref(), found.topic.as_deref()),
        (Some("a1"), Some("JJ"), Some("owntracks/u/d"))
    );
    let fix = Fix::from(&found);
    assert_eq!((fix.lat, fix.speed_mps, fix.fix_at), (found.lat, found.speed_mps, found.fix_at));
}

#[test]
fn what_a_phone_leaves_out_stays_unknown() {
    let found = location(r#"{"lat":48.85,"lon":2.295,"_type":"location","tid":"JJ","tst":1497476456}"#);
    assert_eq!((found.accuracy_m, found.altitude_m, found.speed_mps, found.course_deg), (None, None, None, None));
    assert_eq!((found.battery_pct, found.charging, found.trigger, found.network), (None, None, None, None));
    let odd = location(
        r#"{"lat":1,"lon":2,"_type":"location","tst":1497476456.7,"acc":0,"vel":-1,"cog":-1,"batt":101,"bs":0,"conn":"x","alt":-3}"#,
    );
    assert_eq!(
        (odd.accuracy_m, odd.speed_mps, odd.course_deg, odd.battery_pct, odd.charging),
        (None, None, None, None, None)
    );
    assert_eq!((odd.altitude_m, odd.network.as_deref()), (Some(-3.0), Some("x")));
    assert_eq!(odd.fix_at, at("2017-06-14T21:40:56Z"));
}

#[test]
fn other_payloads_are_told_apart() {
    assert_eq!(parse(b""), Ok(Payload::Empty));
    assert_eq!(parse(b" \r\n"), Ok(Payload::Empty));
    assert_eq!(
        parse(br#"{"_type":"lwt","tst":1497476456}"#),
        Ok(Payload::Lwt { connected_at: Some(at("2017-06-14T21:40:56Z")) })
    );
    assert_eq!(parse(br#"{"_type":"status","iOS":{}}"#), Ok(Payload::Status));
    assert_eq!(parse(br#"{"_type":"card","tid":"x"}"#), Ok(Payload::Other("card".into())));
    let Ok(Payload::Transition(found)) = parse(br#"{"_type":"transition","event":"leave","tst":1497476456,"wtst":1497000000,"acc":10,"desc":"Depot","lat":0,"lon":0,"t":"c"}"#) else { panic!() };
    assert!(!found.entered);
    assert_eq!((found.name.as_deref(), found.place, found.accuracy_m), (Some("Depot"), None, Some(10.0)));
    assert_eq!(found.waypoint_created_at, Some(at("2017-06-09T09:20:00Z")));
}

#[test]
fn malformed_bodies_say_why() {
    for (body, expected) in [
        (r#"{"_type":"location","lat":91,"lon":0,"tst":1}"#, Malformed::Implausible),
        (r#"{"_type":"location","lat":0,"lon":0,"tst":1}"#, Malformed::Implausible),
        (r#"{"_type":"location","lat":1,"lon":-180.1,"tst":1}"#, Malformed::Implausible),
        (r#"{"_type":"location","lon":1,"tst":1}"#, Malformed::Field { field: "lat" }),
        (r#"{"_type":"location","lat":"1","lon":1,"tst":1}"#, Malformed::Field { field: "lat" }),
        (r#"{"_type":"location","lat":1,"lon":1}"#, Malformed::Field { field: "tst" }),
        (r#"{"_type":"location","lat":1,"lon":1,"tst":0}"#, Malformed::Field { field: "tst" }),
        (r#"{"_type":"location","lat":1,"lon":1,"tst":9e18}"#, Malformed::Field { field: "tst" }),
        (r#"{"_type":"transition","event":"jump","tst":1}"#, Malformed::Field { field: "event" }),
        (r#"{"lat":1,"lon":1,"tst":1}"#, Malformed::NoType),
        (r#"[]"#, Malformed::NoType),
        (r#"{"_type":"#, Malformed::NotJson { line: 1, column: 9 }),
    ] {
        assert_eq!(parse(body.as_bytes()), Err(expected), "{body}");
    }
    let long = vec![b' '; BODY_BYTES_MAX + 1];
    assert_eq!(parse(&long), Err(Malformed::TooLong { bytes: BODY_BYTES_MAX + 1 }));
    assert!(parse(&[b'['; 100_000]).is_err(), "deep nesting is refused, not followed");
}

#[test]
fn every_owntracks_sample_of_the_shared_data_is_understood() {
    let Some(rows) = shared_data::read("gps/tracker_payloads.jsonl") else {
        return;
    };
    let mut locations = 0;
    for line in rows.lines() {
        let row: Value = serde_json::from_str(line).expect("a row of JSON");
        let Some(body) = row["body"].as_str().filter(|_| row["protocol"] == "OwnTracks") else {
            continue;
        };
        match parse(body.as_bytes()) {
            Ok(Payload::Location(_)) => locations += 1,
            Ok(_) => {}
            Err(error) => panic!("{body}: {error}"),
        }
    }
    assert!(locations > 0);
}
