//! The register: what may be put, and what a second put means.

use crate::kit::{Play, Who, officer, sign};
use serde_json::{Value, json};

/// The refusal of putting this, or None.
#[track_caller]
fn check(kind: &str, body: Value, expected: Option<&str>) {
    let mut play = Play::new();
    let command = play.command(kind, "new", body.clone());
    let outcome = play.send(Who::Administrator, &command);
    if let Err(refusal) = &outcome {
        crate::kit::assert_words(refusal);
    }
    assert_eq!(outcome.err().map(|r| r.code).as_deref(), expected, "{kind} {body}");
}

#[test]
fn what_may_be_put_and_what_not() {
    let place = |lat: f64, lon: f64| json!({"ref": "X", "name": "X", "address": "", "lat": lat, "lon": lon});
    check("site.put", place(51.5, -0.1), None);
    check("site.put", place(0.0, 0.0), Some("bad_place"));
    check("site.put", place(91.0, 0.0), Some("bad_place"));
    check(
        "site.put",
        json!({"ref": "X", "name": "X", "address": "", "lat": 51.5, "lon": 0.0, "radius_m": 4.0}),
        Some("bad_radius"),
    );
    check(
        "site.put",
        json!({"ref": "X", "name": "X", "address": "", "lat": 51.5, "lon": 0.0, "rams": "NONE"}),
        Some("not_found"),
    );
    check("site.put", json!({"ref": " ", "name": "X", "address": "", "lat": 51.5, "lon": 0.0}), Some("missing"));
    let words = |site: &str, entrance: &str| {
        let mut body = place(51.5, -0.1);
        body["what3words"] = json!(site);
        let point = json!({"lat": 51.5, "lon": -0.1});
        body["entrances"] = json!([{"name": "Rear", "point": point, "what3words": entrance}]);
        body
    };
    check("site.put", words("filled.count.soap", "///Filled.Count.Soap"), None);
    check("site.put", words("filled.count", "filled.count.soap"), Some("bad_words"));
    check("site.put", words("filled.count.soap", "filled.count.5oap"), Some("bad_words"));
    check("panel.put", json!({"account": "12"}), Some("bad_account"));
    check("panel.put", json!({"account": "12G4"}), Some("bad_account"));
    check("panel.put", json!({"account": "ffff"}), None);
    check("panel.put", json!({"account": "ffff", "site": "NONE"}), Some("not_found"));
    check("settings.put", json!({"shift_start": "25:00"}), Some("bad_time"));
    check("settings.put", json!({"service_name": ""}), Some("missing"));
    check("officer.put", json!({"ref": "O9", "name": ""}), Some("missing"));
    check("unit.put", json!({"call_sign": "", "kind": "foot"}), Some("missing"));
    check("rams.put", json!({"ref": "R", "title": "T", "first": ""}), Some("missing"));
    check("estate.put", json!({"ref": "E", "name": "E", "centre": {"lat": 200.0, "lon": 0.0}}), Some("bad_place"));
    check("account.put", json!({"name": "x", "role": "operator"}), Some("bad_target"));
    check("person.erase", json!({"reason": "x"}), Some("bad_target"));
}

#[test]
fn putting_again_keeps_the_id_and_counts_the_version() {
    let mut play = Play::new();
    let before = play.world.rams("RAMS-1").unwrap().clone();
    play.ok(Who::Supervisor, "rams.put", "new", json!({"ref": "rams-1", "title": "T", "first": "F"}));
    let after = play.world.rams("RAMS-1").unwrap();
    assert_eq!((after.id, after.version), (before.id, before.version + 1));
    let site = play.world.site("boiler").unwrap().id;
    play.ok(Who::Supervisor, "site.put", "new", crate::kit::register()[4].1.clone());
    assert_eq!(play.world.site("BOILER").unwrap().id, site);
}

#[test]
fn contacts_keep_their_ids_and_never_lend_them() {
    let mut play = Play::new();
    let put = |play: &mut Play, names: &[&str]| {
        let mut site = crate::kit::register()[4].1.clone();
        site["contacts"] = names.iter().map(|name| json!({"role": "Keyholder", "name": name})).collect();
        let events = play.ok(Who::Administrator, "site.put", "new", site);
        crate::kit::kinds(&events)
    };
    let ids = |play: &Play| {
        let contacts = &play.world.site("BOILER").unwrap().contacts;
        contacts.iter().map(|c| (c.name.clone(), c.id)).collect::<std::collections::BTreeMap<_, _>>()
    };
    put(&mut play, &["Ann", "Bob"]);
    let first = ids(&play);
    assert_eq!(put(&mut play, &["Ann", "Bob"]), ["site.put"], "nothing changed");
    assert_eq!(put(&mut play, &["Bob"]), ["site.put", "contact.removed"]);
    assert_eq!(ids(&play)["Bob"], first["Bob"], "Bob is not Ann now");
    put(&mut play, &["Cat", "Bob"]);
    assert_ne!(ids(&play)["Cat"], first["Ann"]);
    assert_eq!(ids(&play).len(), 2);
}

#[test]
fn a_second_put_of_an_officer_leaves_the_shift_alone() {
    let mut play = Play::new();
    play.ok(Who::Administrator, "officer.put", "new", json!({"ref": "o1", "name": "New Name"}));
    let one = &play.world.officers[&officer(1)];
    assert_eq!((one.name.as_str(), one.shift.is_some(), play.world.officers.len()), ("New Name", true, 3));
}

#[test]
fn signing_on_twice_is_once_and_changing_units_needs_free_hands() {
    let mut play = Play::new();
    let id = officer(1).to_string();
    assert!(play.ok(Who::Officer(1), "shift.sign_on", &id, json!({"unit": sign(1)})).is_empty());
    play.refused(Who::Officer(1), "shift.sign_on", &id, json!({"unit": "NOTHING"}), "not_found");
    play.open(2);
    play.does(Who::Officer(1), "assignment.accept", json!({}));
    play.refused(Who::Officer(1), "shift.sign_on", &id, json!({"unit": sign(2)}), "on_callout");
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
    play.ok(Who::Officer(1), "shift.sign_on", &id, json!({"unit": sign(2)}));
    assert!(play.ok(Who::Operator, "shift.sign_off", "O1", json!({})).len() == 1);
    assert!(play.ok(Who::Operator, "shift.sign_off", "O1", json!({})).is_empty());
}

#[test]
fn only_whoever_makes_the_directory_makes_a_demonstration() {
    let mut play = Play::new();
    play.ok(Who::Administrator, "settings.put", "x", json!({"demonstration": true}));
    assert!(!play.world.settings.demonstration);
    play.ok(Who::System, "settings.put", "x", json!({"demonstration": true}));
    play.ok(Who::Administrator, "settings.put", "x", json!({"demonstration": false}));
    assert!(play.world.settings.demonstration);
}

#[test]
fn numbers_of_call_outs_follow_each_other_and_begin_anew_each_year() {
    let mut play = Play::with_officers(0);
    let number = |play: &Play| play.callout().number.clone();
    play.open(2);
    play.open(2);
    assert_eq!(number(&play), "CO-26-00002");
    play.pass(40 * 86_400);
    play.open(2);
    assert_eq!(number(&play), "CO-27-00001");
    for odd in ["", "CO-", "CO-2147483647-1", "CO-27-99999999999", "D2-0007", "CO-27"] {
        play.world.seen_number(odd);
    }
    play.open(2);
    assert_eq!(number(&play), "CO-27-00002");
}
