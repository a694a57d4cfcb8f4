//! Files in and out: broken ones are told apart row by row, and what is exported comes back the same.

use domain::command::{Author, Role};
use domain::id::{AccountId, AggregateKind, Stream};
use domain::{Instant, World};
use proptest::prelude::*;
use register::{Checked, Read, Table, check, csv, geojson, read};
use serde_json::{Value, json};
use uuid::Uuid;

fn now() -> Instant {
    "2026-11-22T21:00:00Z".parse().unwrap()
}

fn admin() -> Author {
    Author { account: AccountId(Uuid::nil()), role: Role::Administrator, officer: None }
}

/// Applies what is taken.
fn apply(world: &mut World, read: Read) -> Checked {
    let checked = check(world, &admin(), now(), read);
    for row in &checked.taken {
        put(world, row.kind, &row.target, row.body.clone());
    }
    checked
}

fn put(world: &mut World, kind: &str, target: &str, body: Value) {
    use domain::decide::{Ctx, decide};
    let id = domain::id::derived("test", &[kind.as_bytes(), target.as_bytes(), body.to_string().as_bytes()]);
    let command = domain::Command {
        id: domain::id::CommandId(id),
        at: now(),
        kind: kind.into(),
        v: 1,
        target: target.into(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body,
    };
    let ctx = Ctx {
        author: admin(),
        now: now(),
        at: now(),
        fixes: &domain::nearest::NoFixes,
        has_media: &|_| false,
        number: &|_| String::new(),
        can_offer: false,
    };
    let events = decide(world, &command, &ctx).unwrap_or_else(|r| panic!("{kind}: {r}"));
    for event in events {
        let version = world.version(event.stream) + 1;
        world.evolve(&domain::Recorded {
            seq: version,
            stream: event.stream,
            version,
            id: domain::id::EventId(Uuid::nil()),
            command_id: command.id,
            at: now(),
            recorded_at: now(),
            by: admin(),
            body: event.body,
        });
    }
}

fn borough() -> World {
    let mut world = World::default();
    put(&mut world, "estate.put", "E", json!({"ref": "ELM", "name": "Elm", "centre": {"lat": 51.5, "lon": -0.1}}));
    for (reference, name) in [("OFFICE", "Community office"), ("HALL", "Tenants' hall")] {
        let body = json!({"ref": reference, "name": name, "address": "1 High St, NW1", "lat": 51.5, "lon": -0.1,
            "estate": "ELM", "contacts": [{"role": "Keyholder", "name": "Ann", "telephone": "+44 7700 900001"}]});
        put(&mut world, "site.put", reference, body);
    }
    put(&mut world, "panel.put", "1234", json!({"account": "1234", "site": "OFFICE", "urns": [{"number": "20417/3"}]}));
    put(&mut world, "key.put", "K-1", json!({"number": "K-1", "site": "OFFICE", "kept": "hook 4"}));
    world
}

/// What is refused, as "place: why".
fn refusals(world: &World, text: &str) -> Vec<String> {
    let checked = check(world, &admin(), now(), read(text.as_bytes(), world).unwrap());
    checked.refused.iter().map(|r| format!("{}: {}", r.place, r.why)).collect()
}

#[track_caller]
fn check_refused(text: &str, expected: &[&str]) {
    let refused = refusals(&borough(), text);
    assert_eq!(refused.len(), expected.len(), "{refused:?}");
    for (said, wanted) in refused.iter().zip(expected) {
        assert!(said.contains(wanted), "“{said}” does not say “{wanted}”");
    }
}

#[test]
fn a_right_row_is_taken_beside_a_wrong_one_and_each_wrong_one_says_why() {
    check_refused(
        "ref,name,address,lat,lon,estate\nA,A,x,51.5,-0.1,ELM\nB,B,x,north,-0.1,\nC,C,x,51.5,-0.1,NONE\nD,,x,51.5,-0.1,\n,E,x,51.5,-0.1,\na,A,x,51.5,-0.1,\nF,F,x,95,0,",
        &[
            "line 3: “north” in lat",
            "line 4: There is no estate “NONE”",
            "line 5: The site's name is missing",
            "line 6: The reference is empty",
            "line 7: “a” is in this file twice",
            "line 8: 95, 0 is no place",
        ],
    );
    check_refused(
        "site,entrance,lat,lon,parking_lat,parking_lon\nOFFICE,Rear,51.5,-0.1,,\nNONE,Rear,51.5,-0.1,,\nOFFICE,Rear,51.5,-0.1,,\nOFFICE,Side,51.5,-0.1,51.5,",
        &[
            "line 3: There is no site “NONE”",
            "line 4: “OFFICE Rear” is in this file twice",
            "line 5: Of the parking place",
        ],
    );
    check_refused(
        "account,site,urn,urn_level\n1234,OFFICE,20417/3 ,1\n12,OFFICE,,\nABCD,OFFICE,20417/3,2\nBBBB,NONE,,",
        &[
            "line 2: The URN “20417/3 ” has a blank",
            "line 3: “12” is not a panel account",
            "line 4: “2” in urn_level is no level",
            "line 5: There is no site “NONE”",
        ],
    );
    check_refused(
        "number,site\nK-2,OFFICE\nCommunity office,OFFICE\nk-2,HALL\n",
        &["line 3: “Community office” on a tag", "line 4: “k-2” is in this file twice"],
    );
    check_refused(
        "site,role,name\nOFFICE,Keyholder,\nOFFICE,Keyholder,Bea,a,b,c\n",
        &["line 2: name is empty", "line 3: It has 6 cells for 3 columns"],
    );
}

#[test]
fn a_file_that_cannot_be_read_at_all_says_why_in_one_sentence() {
    let world = borough();
    let says = |bytes: &[u8]| read(bytes, &world).unwrap_err();
    assert!(says(b"").contains("empty"));
    assert!(says(b"\xEF\xBB\xBF \r\n").contains("empty"));
    assert!(says(b"ref,name,address,lat\nA,A,x,51.5\n").contains("The columns lon are missing for sites"));
    assert!(says(b"colour,shape\nred,round\n").contains("names no table"));
    assert!(says(b"ref,name,address,lat,lon,colour\n").contains("no column “colour”"));
    assert!(says(b"ref,name,address,lat,lon,lon\n").contains("lon is there twice"));
    assert!(says(b"ref,name\nA,Caf\xE9\n").contains("Line 2 is not UTF-8"));
    assert!(says(b"{\"type\": \"Feature").contains("GeoJSON"));
    assert!(says(&vec![b'a'; register::FILE_BYTES_MAX + 1]).contains("Split it"));
}

#[test]
fn what_spreadsheets_do_to_a_file_is_read_all_the_same() {
    let mut world = borough();
    let text = "\u{feff}REF, Name ,address,lat,lon,hazards\r\nA,\"The \"\"Old\"\" hall, rear\",\"1 High St\r\nNW1\", 51.5 ,-0.1,dog; dark \r\n,,,,,\r\n";
    let file = read(text.as_bytes(), &world).unwrap();
    let checked = apply(&mut world, file);
    assert!(checked.refused.is_empty(), "{:?}", checked.refused);
    let site = world.site("A").unwrap();
    assert_eq!(site.name, "The \"Old\" hall, rear");
    assert_eq!(site.address, "1 High St\r\nNW1", "as typed");
    assert_eq!(site.hazards, ["dog", "dark"]);
}

#[test]
fn forty_megabytes_are_read() {
    let world = borough();
    let mut text = String::from("ref,name,address,lat,lon\n");
    while text.len() < register::FILE_BYTES_MAX - 2_000 {
        let n = text.len();
        text.push_str(&format!("S{n},Name,{},51.5,-0.1\n", "x".repeat(1_000)));
    }
    let read = read(text.as_bytes(), &world).unwrap();
    assert!(read.rows.len() > 39_000 && read.refused.is_empty());
}

#[test]
fn a_column_that_is_not_there_leaves_what_is_known() {
    let mut world = borough();
    let text = "ref,name,address,lat,lon\nOFFICE,New name,2 Low St,51.6,-0.2\n";
    let file = read(text.as_bytes(), &world).unwrap();
    apply(&mut world, file);
    let site = world.site("OFFICE").unwrap();
    assert_eq!((site.name.as_str(), site.contacts.len(), site.estate.is_some()), ("New name", 1, true));
    let file = read(b"account,site\n1234,HALL\n", &world).unwrap();
    apply(&mut world, file);
    assert_eq!(world.panel("1234").unwrap().urns[0].number, "20417/3");
    let file = read(b"account,urn\n1234,\n", &world).unwrap();
    apply(&mut world, file);
    assert!(world.panel("1234").unwrap().urns.is_empty(), "an empty cell empties");
}

#[test]
fn a_formula_leaves_as_text() {
    let mut world = borough();
    let body = json!({"ref": "X", "name": "=cmd|' /C calc'!A0", "address": "@home", "lat": 51.5, "lon": -0.1});
    put(&mut world, "site.put", "X", body);
    let text = csv(&world, Table::Sites);
    assert!(text.contains("'=cmd|' /C calc'!A0") && text.contains("'@home"), "{text}");
    assert!(text.contains(",51.5,-0.1,"), "a number stays one: {text}");
    assert!(csv(&world, Table::Contacts).contains("'+44 7700 900001"));
}

#[test]
fn estates_sites_and_entrances_come_from_geojson() {
    let mut world = borough();
    let feature = |kind: &str, coordinates: Value, properties: Value| {
        let mut properties = properties;
        properties["kind"] = json!(kind);
        let geometry = json!({"type": if kind == "estate" { "Polygon" } else { "Point" }, "coordinates": coordinates});
        json!({"type": "Feature", "properties": properties, "geometry": geometry})
    };
    let ring = json!([[[0.0, 51.0], [0.1, 51.0], [0.1, 51.1], [0.0, 51.0]]]);
    let features = [
        feature("estate", ring, json!({"name": "Test Estate"})),
        feature("site", json!([-0.12, 51.51]), json!({"ref": "NEW", "name": "New", "address": "x"})),
        feature("site", json!([51.51, -95.0]), json!({"ref": "SWAPPED", "name": "Swapped", "address": "x"})),
        feature("entrance", json!([-0.1, 51.5]), json!({"site": "OFFICE", "name": "Rear"})),
        feature("entrance", json!([-0.1, 51.5]), json!({"site": "NONE", "name": "Rear"})),
        feature("moon", json!([-0.1, 51.5]), json!({})),
        feature("site", json!([-0.12, 51.51]), json!({"ref": "new", "name": "New", "address": "x"})),
    ];
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    let file = read(text.as_bytes(), &world).unwrap();
    let checked = apply(&mut world, file);
    let why: Vec<_> = checked.refused.iter().map(|r| r.place.as_str()).collect();
    assert_eq!(why, ["feature 3", "feature 5", "feature 6", "feature 7"], "{:?}", checked.refused);
    assert_eq!(world.estate("TEST-ESTATE").unwrap().outline.len(), 3);
    assert_eq!(world.site("OFFICE").unwrap().entrances[0].name, "Rear");
    assert_eq!(world.site("OFFICE").unwrap().contacts.len(), 1);
}

#[test]
fn a_site_and_its_entrances_in_one_file_are_one_change() {
    let mut world = borough();
    let at = json!({"type": "Point", "coordinates": [-0.2, 51.6]});
    let entrance = json!({"kind": "entrance", "site": "office", "name": "Rear"});
    let site = json!({"kind": "site", "ref": "OFFICE", "name": "Renamed"});
    let new = json!({"kind": "site", "ref": "NEW", "name": "New", "address": "x"});
    let door = json!({"kind": "entrance", "site": "NEW", "name": "Door"});
    let features: Vec<Value> = [entrance, site, door, new]
        .into_iter()
        .map(|properties| json!({"type": "Feature", "properties": properties, "geometry": at}))
        .collect();
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    let file = read(text.as_bytes(), &world).unwrap();
    let checked = apply(&mut world, file);
    assert!(checked.refused.is_empty(), "{:?}", checked.refused);
    let office = world.site("OFFICE").unwrap();
    assert_eq!((office.name.as_str(), office.entrances.len(), office.contacts.len()), ("Renamed", 1, 1));
    assert_eq!(world.site("NEW").unwrap().entrances[0].name, "Door");
}

fn states(world: &World) -> Vec<(Stream, Value)> {
    let all = world.sites.keys().map(|id| Stream::new(AggregateKind::Site, *id));
    let all = all.chain(world.panels.keys().map(|id| Stream::new(AggregateKind::Panel, *id)));
    let all = all.chain(world.keys.keys().map(|id| Stream::new(AggregateKind::Key, *id)));
    let all = all.chain(world.estates.keys().map(|id| Stream::new(AggregateKind::Estate, *id)));
    all.map(|stream| (stream, world.snapshot(stream).unwrap().unwrap())).collect()
}

/// Free text as people and their spreadsheets make it.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ,;\"'=+@-]{1,24}",
        "[ -~\\t\\r\\n]{0,12}[a-z]",
        Just("=cmd|' /C calc'!A0".to_owned()),
        Just("שער אחורי 🔑".to_owned()),
        Just("'quoted'".to_owned()),
    ]
    .prop_filter("not blank", |text| !text.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exported_comes_back_the_same(
        texts in proptest::collection::vec(words(), 12),
        lat in 50.0f64..52.0, lon in -1.0f64..1.0, radius in 5u32..5000, flags in any::<[bool; 4]>(),
    ) {
        let t = |n: usize| texts[n].clone();
        let mut world = borough();
        put(&mut world, "site.put", "X", json!({"ref": "X", "name": t(0), "address": t(1), "lat": lat, "lon": lon,
            "radius_m": radius, "customer": "Council", "hazards": [t(2), t(3)], "access": t(4), "keys": [t(5)],
            "response": t(6), "zones": [{"zone": "5", "name": t(7)}], "what3words": "filled.count.soap",
            "policy": {"callout_on_take": flags[0], "acknowledge_en_route": flags[1], "keys_needed": flags[2],
                "pictures_at_once": flags[3]},
            "entrances": [{"name": t(8), "point": {"lat": lat, "lon": lon}, "what3words": "filled.count.soap",
                "parking": {"point": {"lat": lat, "lon": lon}, "note": t(9)}}],
            "contacts": [{"role": t(10), "name": t(11), "telephone": "+44 20 7946 0000", "email": "a@example.org"}]}));
        put(&mut world, "panel.put", "BEEF", json!({"account": "BEEF", "site": "X", "supervision_s": 300,
            "time_check": flags[0], "urns": [{"number": "1234/5", "force": t(3), "level": "level3"}]}));
        put(&mut world, "key.put", "K-2", json!({"number": "K-2", "site": "X", "opens": t(2), "seal": "S", "kept": t(4)}));
        // Into the same register: nothing changes.
        for table in Table::ALL {
            let file = csv(&world, table);
            let checked = check(&world, &admin(), now(), read(file.as_bytes(), &world).unwrap());
            prop_assert!(checked.refused.is_empty(), "{}: {:?}\n{file}", table.name(), checked.refused);
            prop_assert_eq!(checked.same, checked.taken.len(), "{}\n{}", table.name(), file);
        }
        let places = geojson(&world);
        let checked = check(&world, &admin(), now(), read(places.as_bytes(), &world).unwrap());
        prop_assert!(checked.refused.is_empty(), "{:?}", checked.refused);
        prop_assert_eq!(checked.same, checked.taken.len());
        // Into an empty one: the same files come out again.
        let mut other = World::default();
        put(&mut other, "estate.put", "E", json!({"ref": "ELM", "name": "Elm", "centre": {"lat": 51.5, "lon": -0.1}}));
        for table in Table::ALL {
            let file = csv(&world, table);
            let file = read(file.as_bytes(), &other).unwrap();
            let checked = apply(&mut other, file);
            prop_assert!(checked.refused.is_empty(), "{:?}", checked.refused);
        }
        for table in Table::ALL {
            prop_assert_eq!(csv(&other, table), csv(&world, table));
        }
        prop_assert_eq!(states(&world).len(), states(&other).len());
    }
}
