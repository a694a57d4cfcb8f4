//! What was found, where it was, and what of it a person, a plan and a report show.

use crate::kit::{At, Play, Who, digest, go_to, play_at};
use domain::callout::findings::FoundKind;
use domain::command::{InspectionSection, OpeningResult, Severity};
use serde_json::{Value, json};

const ONE: Who = Who::Officer(1);

fn issue(what: &str, extra: Value) -> Value {
    let mut finding = json!({"what": what, "result": "issue", "note": "seen"});
    for (key, value) in extra.as_object().unwrap() {
        finding[key] = value.clone();
    }
    finding
}

fn outside(findings: Value) -> Value {
    json!({"section": "outside", "findings": findings})
}

fn numbers(play: &Play) -> Vec<(u32, String, String)> {
    let found = play.callout().found();
    found.iter().map(|f| (f.n, f.what.to_owned(), f.place.map_or_else(String::new, |p| p.words()))).collect()
}

#[test]
fn several_of_one_kind_stand_at_different_places_and_a_new_round_takes_their_place() {
    let mut play = play_at(At::Assessed);
    let rear = issue("windows", json!({"place": {"side": "rear", "floor": 1}, "severity": "high"}));
    let front = issue("windows", json!({"place": {"side": "front"}}));
    let roof = issue("roof", json!({}));
    play.does(ONE, "inspection.record", outside(json!([rear, front, roof, {"what": "doors", "result": "ok"}])));
    let named = |n: u32, what: &str, place: &str| (n, what.to_owned(), place.to_owned());
    assert_eq!(
        numbers(&play),
        [named(1, "windows", "Rear, first floor"), named(2, "windows", "Front"), named(3, "roof", "")]
    );
    let first = play.callout().found()[0].kind;
    assert_eq!(first, FoundKind::Issue(InspectionSection::Outside, Some(Severity::High)));

    let again = outside(json!([{"what": "windows", "result": "ok"}]));
    play.does(ONE, "inspection.record", again);
    assert_eq!(numbers(&play), [named(1, "roof", "")], "what another round did not look at stays");
}

#[test]
fn openings_that_show_force_are_numbered_after_the_issues() {
    let mut play = play_at(At::Assessed);
    play.does(ONE, "inspection.record", outside(json!([issue("lighting", json!({}))])));
    play.does(ONE, "inspection.record", json!({"section": "inside", "not_entered": "left for the police"}));
    let pin = json!({"plan": digest(7), "x": 0.5, "y": 0.25});
    let record = json!({"verdict": "entry", "police": {"informed": true, "reference": "CAD 7"}, "still_insecure": true,
        "seen": "two, on foot, to the canal", "openings": [
            {"what": "window", "result": "intact"},
            {"what": "door", "result": "forced", "methods": ["levered", "kicked"], "pictures": [digest(4)],
             "place": {"side": "rear", "pin": pin}}]});
    play.does(ONE, "forced_entry.record", record);
    let callout = play.callout();
    let found = callout.found();
    assert_eq!(found.iter().map(|f| (f.n, f.what)).collect::<Vec<_>>(), [(1, "lighting"), (2, "door")]);
    assert_eq!(found[1].kind, FoundKind::Opening(OpeningResult::Forced));
    let told = callout.services();
    assert_eq!(told.iter().map(|s| (s.whom, s.reference.as_str())).collect::<Vec<_>>(), [("police", "CAD 7")]);
    assert!(callout.has_pin_on(&digest(7).to_uppercase()));
    assert!(!callout.has_pin_on(&digest(8)));
    let lines = callout.forced_entry.as_ref().unwrap().what.lines(&found, |_| String::new());
    let says: Vec<String> = lines.iter().map(|l| format!("{}: {}", l.label, l.says)).collect();
    assert!(says.contains(&"2 · door: forced, rear, levered, kicked".to_owned()), "{says:?}");
    assert!(says.contains(&"window: intact".to_owned()), "{says:?}");
    let inside: Vec<&str> = lines.iter().filter(|l| l.inside).map(|l| l.label.as_str()).collect();
    assert_eq!(inside, ["Persons seen"], "who was seen is not for the customer");
}

#[test]
fn what_was_looked_at_says_which_sides_were_walked_and_what_was_not_seen() {
    let mut play = play_at(At::Assessed);
    let walked = |side: &str, result: &str, note: &str| json!({"what": "walked", "result": result, "note": note, "place": {"side": side}});
    let round = [
        walked("front", "ok", ""),
        walked("rear", "not_checked", "gate locked"),
        json!({"what": "doors", "result": "ok"}),
    ];
    play.does(ONE, "inspection.record", outside(json!(round)));
    play.does(ONE, "inspection.record", json!({"section": "inside", "not_entered": "no keys"}));
    let lines = play.callout().looked_at();
    assert_eq!(
        lines,
        ["Outside in order: front, doors", "Outside, rear not checked: gate locked", "Inside not entered: no keys"]
    );
}

#[test]
fn a_finding_says_what_it_is_and_stands_somewhere_in_the_building() {
    let on = |x: f64, y: f64, plan: &str| json!({"place": {"pin": {"plan": plan, "x": x, "y": y}}});
    let here = digest(7);
    let table = [
        (json!({"what": "roof", "result": "issue"}), Some("bad_inspection")),
        (json!({"what": "roof", "result": "issue", "note": "😀 שלום \"”"}), None),
        (json!({"what": "roof", "result": "ok", "severity": "low"}), Some("bad_inspection")),
        (json!({"what": "walked", "result": "ok"}), Some("bad_inspection")),
        (json!({"what": "walked", "result": "ok", "place": {"floor": 3}}), None),
        (issue("rooms", json!({"place": {"floor": 61}})), Some("bad_inspection")),
        (issue("rooms", json!({"place": {"floor": -11}})), Some("bad_inspection")),
        (issue("rooms", on(0.0, 1.0, &here)), None),
        (issue("rooms", on(-0.01, 1.0, &here)), Some("bad_inspection")),
        (issue("rooms", on(0.0, 1.01, &here)), Some("bad_inspection")),
        (issue("rooms", on(0.5, 0.5, "plan")), Some("bad_digest")),
    ];
    for (finding, refused) in table {
        let mut play = play_at(At::Assessed);
        match refused {
            None => drop(play.does(ONE, "inspection.record", outside(json!([finding])))),
            Some(code) => drop(play.may_not(ONE, "inspection.record", outside(json!([finding])), code)),
        }
    }
}

#[test]
fn the_time_for_the_cameras_and_the_way_in_are_what_they_can_be() {
    let at = crate::kit::start();
    let police = json!({"informed": true});
    let door =
        |methods: Value| json!([{"what": "door", "result": "forced", "pictures": [digest(4)], "methods": methods}]);
    let window = |from: i64, to: i64| json!({"from": at + crate::kit::s(from), "to": at + crate::kit::s(to)});
    let with = |openings: Value, cameras: Value| json!({"verdict": "entry", "police": police, "openings": openings, "cameras": cameras});
    play_at(At::InspectedInside).may_not(
        ONE,
        "forced_entry.record",
        with(door(json!([])), window(0, -1)),
        "bad_inspection",
    );
    play_at(At::InspectedInside).may_not(
        ONE,
        "forced_entry.record",
        with(door(json!(["magic"])), window(0, 0)),
        "bad_inspection",
    );
    play_at(At::InspectedInside).does(ONE, "forced_entry.record", with(door(json!(["cut"])), window(0, 900)));
}

#[test]
fn leaving_tells_nobody_a_code_and_hands_over_to_somebody_who_can_have_it() {
    let left = |extra: Value| {
        let mut body = json!({"status": "secure", "alarm": "set"});
        for (key, value) in extra.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    for text in ["code 4711", "Key safe: CODE is 0815", "the PIN (123456) works", "keysafe 4711"] {
        play_at(At::ForcedEntry).may_not(ONE, "premises.secure", left(json!({"keys": text})), "code_in_text");
    }
    // A year beside the word is refused too: leaving it out costs a word, a code in the record costs more.
    play_at(At::ForcedEntry).may_not(ONE, "premises.secure", left(json!({"keys": "code since 2026"})), "code_in_text");
    for text in ["postcode NW1 4711", "seal 0412, back in the safe", "zone code 4"] {
        play_at(At::ForcedEntry).does(ONE, "premises.secure", left(json!({"keys": text})));
    }
    let over = |to: &str| left(json!({"handed_over": {"to": to, "name": "PC 4411", "id_checked": true}}));
    play_at(At::ForcedEntry).may_not(ONE, "premises.secure", over("neighbour"), "bad_hand_over");
    let mut play = play_at(At::ForcedEntry);
    play.does(ONE, "premises.secure", over("police"));
    let lines = play.callout().secured.as_ref().unwrap().what.lines();
    let over = lines.iter().find(|l| l.label == "Handed over to").unwrap();
    assert_eq!((over.says.as_str(), over.inside), ("police, PC 4411, card seen", true));

    let open = json!({"status": "insecure_customer_aware", "alarm": "set"});
    play_at(At::ForcedEntry).may_not(ONE, "premises.secure", open, "cover_needed");
}

#[test]
fn a_report_says_what_is_still_to_be_done_and_by_whom() {
    let report = |extra: Value| {
        let mut body = json!({"narrative": "I attended.", "signature": {"name": "One"}, "cause": "genuine"});
        for (key, value) in extra.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let many: Vec<Value> = (0..51).map(|n| json!({"what": format!("thing {n}")})).collect();
    for bad in [
        json!({"cause": "power"}),
        json!({"follow_ups": [{"what": " "}]}),
        json!({"follow_ups": many}),
        json!({"exhibits": [{"reference": "", "what": "crowbar"}]}),
        json!({"exhibits": [{"reference": "AB/1", "what": ""}]}),
        json!({"injury": {"near_miss": true, "text": ""}}),
    ] {
        play_at(At::Secured).may_not(ONE, "report.submit", report(bad), "bad_report");
    }
    let long = "x".repeat(20_001);
    play_at(At::Secured).may_not(ONE, "report.submit", report(json!({"safeguarding": long})), "text_too_long");
    let mut play = play_at(At::Secured);
    let due = crate::kit::start() + crate::kit::s(86_400);
    let whole = json!({"follow_ups": [{"what": "Mend the door", "owner": "Repairs", "due": due}],
        "exhibits": [{"reference": "AB/1", "what": "crowbar", "held": "police"}],
        "injury": {"near_miss": true, "riddor": true, "text": "slipped"}, "safeguarding": "child alone, duty team told"});
    play.does(ONE, "report.submit", report(whole));
    let submitted = &play.callout().report.as_ref().unwrap().what;
    assert_eq!(submitted.injury_words(), "near miss, RIDDOR to be looked at: slipped");
    assert_eq!(submitted.follow_ups[0].due, Some(due));
    go_to(&mut play, At::Reported, At::Closed);
}

#[test]
fn a_site_has_floors_that_a_building_has_and_plans_that_can_be_told_apart() {
    let site = |extra: Value| {
        let mut body =
            json!({"ref": "PLAN", "name": "Planned", "address": "1 Test Street", "lat": 51.53, "lon": -0.14});
        for (key, value) in extra.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let plan = |n: u8, name: &str| json!({"sha256": digest(n), "name": name, "floor": 0});
    let many: Vec<Value> = (0..13).map(|n| plan(n, "Floor")).collect();
    for (bad, code) in [
        (json!({"floors": {"lowest": 2, "highest": 1}}), "bad_floors"),
        (json!({"floors": {"lowest": -11, "highest": 1}}), "bad_floors"),
        (json!({"plans": [plan(1, " ")]}), "bad_plan"),
        (json!({"plans": [plan(1, "a"), plan(1, "b")]}), "bad_plan"),
        (json!({"plans": many}), "bad_plan"),
        (json!({"plans": [{"sha256": digest(1), "name": "a", "floor": 99}]}), "bad_plan"),
        (json!({"plans": [{"sha256": "x", "name": "a"}]}), "bad_digest"),
    ] {
        let mut play = Play::new();
        let id = play.fresh_id().to_string();
        play.refused(Who::Supervisor, "site.put", &id, site(bad), code);
    }
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    let good =
        json!({"floors": {"lowest": -1, "highest": 3}, "plans": [plan(1, "Ground floor"), plan(2, "Site from above")]});
    play.ok(Who::Supervisor, "site.put", &id, site(good));
    let kept = play.world.site("PLAN").unwrap().clone();
    assert_eq!(kept.plans.len(), 2);
    assert_eq!(domain::command::SitePut::of(&play.world, &kept).plans, kept.plans, "the form gets back what it put");
}
