//! Times by road, against a routing server that speaks as OSRM or Valhalla does, and a real one where there is one.

use crate::scene::{OFFICER, SITE, Scene, UNIT};
use crate::service::{Said, Server};
use chrono::Utc;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use uuid::Uuid;
use watchhouse_tests::client::Client;
use watchhouse_tests::programs::{self, Hub};
use watchhouse_tests::{eventually, skip};

const KEY: &str = "ROADKEY42";
/// The site of the borough, and two officers near it.
const PLACE: (f64, f64) = (51.5312, -0.1395);
const NEAR: (f64, f64) = (51.5330, -0.1395);
const FAR: (f64, f64) = (51.5400, -0.1395);
const SECOND: &str = "OF-02";
const SECOND_UNIT: &str = "RSP-2";

/// How many places a table was asked from.
fn sources(asked: &str) -> usize {
    asked.split("sources=").nth(1).map_or(0, |rest| rest.split('&').next().unwrap().split(';').count())
}

/// Whoever stands at `NEAR` takes 20 minutes round the canal, everybody else three.
fn round_the_canal(asked: &str) -> Said {
    let places = asked.split("/driving/").nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
    let times =
        places.split(';').take(sources(asked)).map(|place| if place.ends_with(",51.533000") { 1200.0 } else { 180.0 });
    Said::Json(200, json!({ "code": "Ok", "durations": times.map(|t| [t]).collect::<Vec<_>>() }).to_string())
}

fn config(dir: &TempDir, lines: &str) -> String {
    let file = dir.path().join("hub.toml");
    std::fs::write(&file, lines).unwrap();
    file.to_str().unwrap().to_owned()
}

fn osrm(server: &Server) -> (Scene, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = config(&dir, &format!("road_server = \"osrm+{}\"\n", server.origin));
    (Scene::start_with(&["--config", &file]), dir)
}

/// Two officers on shift in cars: the first nearer in a straight line. The site stands where both were measured to.
async fn two_cars(scene: &Scene) -> (Client, Client) {
    two_at(scene, PLACE, NEAR, FAR).await
}

async fn two_at(scene: &Scene, place: (f64, f64), near: (f64, f64), far: (f64, f64)) -> (Client, Client) {
    let site = json!({ "ref": SITE, "name": "Office", "address": "Hampstead Road", "lat": place.0, "lon": place.1 });
    scene.admin.must("site.put", SITE, site).await.unwrap();
    let mut clients = Vec::new();
    for (officer, unit, at) in [(OFFICER, UNIT, near), (SECOND, SECOND_UNIT, far)] {
        scene.admin.must("unit.put", unit, json!({ "call_sign": unit, "kind": "vehicle" })).await.unwrap();
        let client = scene.admin.account(officer, "officer", Some(officer)).await.unwrap();
        client.must("shift.sign_on", officer, json!({ "unit": unit })).await.unwrap();
        stands(&client, at).await;
        clients.push(client);
    }
    let second = clients.pop().unwrap();
    (clients.pop().unwrap(), second)
}

async fn stands(officer: &Client, (lat, lon): (f64, f64)) {
    let here = json!({ "lat": lat, "lon": lon, "accuracy_m": 8.0, "at": Utc::now() });
    let answer = officer.post("/v1/officer/position", &here).await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// An alarm that nobody has taken yet, or a call-out that nobody is asked for: what the hub asks about before it is needed.
async fn waiting_callout(scene: &Scene) -> String {
    let id = Uuid::now_v7().to_string();
    let body = json!({ "site": SITE, "type": "intruder", "priority": 2, "text": "Glass.", "offer": false });
    scene.admin.must("callout.create", &id, body).await.unwrap();
    id
}

async fn offered(scene: &Scene, callout: &str) -> Value {
    scene.admin.must("assignment.offer", callout, json!({})).await.unwrap();
    scene.callout_now(callout).await["assignments"].as_array().unwrap().last().unwrap().clone()
}

async fn known_roads(scene: &Scene, count: usize) -> Vec<Value> {
    eventually("times by road", async || {
        let roads = scene.admin.get("/v1/positions").await.ok()?["roads"].as_array()?.clone();
        (roads.len() == count).then_some(roads)
    })
    .await
}

async fn state(scene: &Scene, wanted: &str) -> Value {
    eventually(wanted, async || {
        let roads = scene.admin.get("/v1/status").await.ok()?["roads"].clone();
        (roads["state"] == wanted).then_some(roads)
    })
    .await
}

fn straight_line(assignment: &Value) {
    assert_eq!((assignment["call_sign"].as_str(), &assignment["by_road"]), (Some(UNIT), &json!(false)), "{assignment}");
    assert!(assignment["reasons"][0].as_str().unwrap().ends_with("straight line"), "{assignment}");
}

#[tokio::test]
async fn who_is_nearest_by_road_is_asked_and_everybody_reads_so() {
    let server = Server::start(round_the_canal).await;
    let (scene, _dir) = osrm(&server);
    let (_first, second) = two_cars(&scene).await;
    let callout = waiting_callout(&scene).await;
    let roads = known_roads(&scene, 2).await;
    let told = |unit: &str| roads.iter().find(|r| r["unit"] == unit).unwrap()["travel_s"].clone();
    assert_eq!((told(UNIT), told(SECOND_UNIT)), (json!(1200.0), json!(180.0)));
    let offer = offered(&scene, &callout).await;
    assert_eq!((offer["call_sign"].as_str(), &offer["by_road"]), (Some(SECOND_UNIT), &json!(true)));
    assert_eq!((&offer["travel_s"], &offer["reasons"][0]), (&json!(180.0), &json!("3 min by road")));
    let phone = second.get("/v1/officer/state").await.unwrap();
    assert_eq!((&phone["offer"]["travel_s"], &phone["offer"]["by_road"]), (&json!(180.0), &json!(true)), "{phone}");
    let lines = server.lines();
    assert_eq!(lines.len(), 1, "one table for the place: {lines:?}");
    assert!(lines[0].contains("/table/v1/driving/") && lines[0].contains("&annotations=duration "), "{lines:?}");
    assert_eq!(state(&scene, "answers").await["driving"], "OSRM");
    assert_eq!(scene.admin.metric("watchhouse_roads_answered_total").await.unwrap(), 1);
}

#[tokio::test]
async fn a_unit_that_drives_on_is_asked_about_anew_and_one_that_stands_is_not() {
    let server = Server::start(round_the_canal).await;
    let (scene, _dir) = osrm(&server);
    let (first, second) = two_cars(&scene).await;
    waiting_callout(&scene).await;
    known_roads(&scene, 2).await;
    stands(&second, (FAR.0 + 0.0001, FAR.1)).await;
    stands(&first, (51.5350, NEAR.1)).await;
    eventually("another table", async || (server.lines().len() == 2).then_some(())).await;
    let road = async || {
        let roads = known_roads(&scene, 2).await;
        let road = roads.iter().find(|r| r["unit"] == UNIT)?;
        (road["travel_s"] == json!(180.0)).then_some(())
    };
    eventually("the time from there", road).await;
    assert_eq!(server.lines().len(), 2, "{:?}", server.lines());
}

type Answer = Box<dyn Fn() -> Said + Send + Sync>;

#[tokio::test]
async fn whatever_goes_wrong_the_offer_is_made_at_once_by_the_straight_line() {
    let big = || Said::Json(200, format!("{{\"code\":\"Ok\",\"durations\":[{}]}}", "[1],".repeat(2_500_000)));
    let text = |status, text: &str| {
        let text = text.to_owned();
        move || Said::Json(status, text.clone())
    };
    let cases: Vec<(&str, Answer)> = vec![
        ("did not answer within 800 ms", Box::new(|| Said::Nothing)),
        ("is in trouble", Box::new(text(500, "{}"))),
        ("refused", Box::new(text(400, r#"{"code":"InvalidOptions"}"#))),
        ("cannot be read", Box::new(text(200, r#"{"code":"Ok","durations":[[NaN],[NaN]]}"#))),
        ("cannot be read", Box::new(text(200, r#"{"code":"Ok","durations":[[1]]}"#))),
        ("cannot be read", Box::new(text(200, "<html>Welcome</html>"))),
        ("cannot be read", Box::new(big)),
    ];
    let server = Server::start(|_| Said::Nothing).await;
    for (words, says) in cases {
        server.now_says(move |_| says());
        let (scene, _dir) = osrm(&server);
        two_cars(&scene).await;
        let callout = waiting_callout(&scene).await;
        let told = state(&scene, "no_answer").await;
        assert!(told["text"].as_str().unwrap().contains(words), "{words}: {told}");
        let asked = Instant::now();
        straight_line(&offered(&scene, &callout).await);
        assert!(asked.elapsed() < Duration::from_millis(700), "{words}: {:?}", asked.elapsed());
    }
    // Nobody listens there any more.
    let (scene, _dir) = osrm(&Server::gone());
    two_cars(&scene).await;
    let callout = waiting_callout(&scene).await;
    assert!(state(&scene, "no_answer").await["text"].as_str().unwrap().contains("cannot be reached"));
    straight_line(&offered(&scene, &callout).await);
}

#[tokio::test]
async fn nonsense_in_one_cell_is_a_straight_line_for_that_unit_only() {
    for (first, second) in [(json!(null), json!(180.0)), (json!(-5.0), json!(180.0))] {
        let server = Server::start(move |asked: &str| {
            let places = asked.split("/driving/").nth(1).unwrap().split('?').next().unwrap();
            let cells = places.split(';').take(sources(asked));
            let cells =
                cells.map(|place| [if place.ends_with(",51.533000") { &first } else { &second }].map(Value::clone));
            Said::Json(200, json!({ "code": "Ok", "durations": cells.collect::<Vec<_>>() }).to_string())
        })
        .await;
        let (scene, _dir) = osrm(&server);
        two_cars(&scene).await;
        let callout = waiting_callout(&scene).await;
        assert_eq!(known_roads(&scene, 1).await[0]["unit"], SECOND_UNIT);
        straight_line(&offered(&scene, &callout).await);
    }
    // A second for every way: within half a mile that may be, from a mile and more it is the map of somewhere else.
    let server = Server::start(|asked| {
        Said::Json(200, json!({ "code": "Ok", "durations": vec![[1.0]; sources(asked)] }).to_string())
    })
    .await;
    let (scene, _dir) = osrm(&server);
    two_at(&scene, PLACE, FAR, (51.5500, -0.1395)).await;
    let callout = waiting_callout(&scene).await;
    known_roads(&scene, 2).await;
    straight_line(&offered(&scene, &callout).await);
}

#[tokio::test]
async fn a_server_that_is_back_is_believed_again() {
    let server = Server::start(|_| Said::Json(503, String::new())).await;
    let (scene, _dir) = osrm(&server);
    two_cars(&scene).await;
    let callout = waiting_callout(&scene).await;
    state(&scene, "no_answer").await;
    server.now_says(round_the_canal);
    state(&scene, "answers").await;
    known_roads(&scene, 2).await;
    assert_eq!(offered(&scene, &callout).await["call_sign"], SECOND_UNIT);
}

#[tokio::test]
async fn an_alarm_that_waits_is_asked_about_before_it_is_taken() {
    let server = Server::start(round_the_canal).await;
    let (scene, _dir) = osrm(&server);
    two_cars(&scene).await;
    scene.wire(&crate::scene::burglary(crate::scene::PANEL, 1)).await;
    known_roads(&scene, 2).await;
    let alarms = scene.admin.get("/v1/alarms").await.unwrap();
    let alarm = alarms["alarms"][0]["id"].as_str().unwrap();
    scene.admin.must("alarm.take", alarm, json!({})).await.unwrap();
    let callouts = scene.admin.get("/v1/callouts?open=true").await.unwrap();
    let offer = &callouts["callouts"][0]["assignments"][0];
    assert_eq!((offer["call_sign"].as_str(), &offer["by_road"]), (Some(SECOND_UNIT), &json!(true)), "{offer}");
}

#[tokio::test]
async fn units_on_foot_are_asked_about_only_where_a_server_knows_walking() {
    let dir = tempfile::tempdir().unwrap();
    let walks = Server::start(|asked| {
        let count = asked.matches("\"lat\"").count() - 1;
        Said::Json(
            200,
            json!({ "sources_to_targets": vec![[json!({ "time": 540, "distance": 0.7 })]; count] }).to_string(),
        )
    })
    .await;
    let drives = Server::start(round_the_canal).await;
    let key = dir.path().join("road.key");
    std::fs::write(&key, format!("{KEY}\n")).unwrap();
    let lines = format!(
        "road_server = \"osrm+{}\"\nroad_foot_server = \"valhalla+{}\"\nroad_key_file = {key:?}\n",
        drives.origin, walks.origin
    );
    let scene = Scene::start_with(&["--config", &config(&dir, &lines)]);
    let (first, _second) = two_cars(&scene).await;
    scene.admin.must("unit.put", UNIT, json!({ "call_sign": UNIT, "kind": "foot" })).await.unwrap();
    stands(&first, NEAR).await;
    let callout = waiting_callout(&scene).await;
    known_roads(&scene, 2).await;
    let offer = offered(&scene, &callout).await;
    assert_eq!((&offer["call_sign"], &offer["travel_s"]), (&json!(SECOND_UNIT), &json!(180.0)));
    let (line, body, authorization) = walks.asked.lock().unwrap()[0].clone();
    assert_eq!((line.as_str(), authorization.as_str()), ("POST /sources_to_targets HTTP/1.1", "Bearer ROADKEY42"));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["costing"], body["sources"].as_array().unwrap().len()), (&json!("pedestrian"), 1));
    assert!(drives.lines().iter().all(|line| sources(line) == 1 && !line.contains(KEY)), "{:?}", drives.lines());
    drop(scene);

    // One OSRM server drives only: whoever walks is reckoned by the straight line.
    let (scene, _dir) = osrm(&drives);
    let (first, _second) = two_cars(&scene).await;
    scene.admin.must("unit.put", UNIT, json!({ "call_sign": UNIT, "kind": "foot" })).await.unwrap();
    stands(&first, NEAR).await;
    waiting_callout(&scene).await;
    assert_eq!(known_roads(&scene, 1).await[0]["unit"], SECOND_UNIT);
}

#[tokio::test]
async fn positions_and_key_go_nowhere_in_plain_text_and_are_never_logged() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    programs::borough(&data).unwrap();
    let key = dir.path().join("road.key");
    std::fs::write(&key, format!("{KEY}\n")).unwrap();
    let serve = |lines: &str| {
        let mut command = Command::new(programs::program("watchhouse-hub"));
        command.args(["serve", "--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0", "--data"]).arg(&data);
        command
            .args(["--config", &config(&dir, &format!("{lines}\nroad_key_file = {key:?}\n"))])
            .env("RUST_LOG", "debug");
        command
    };
    for (lines, says) in [
        ("road_server = \"osrm+http://roads.example\"", "https://"),
        ("road_server = \"https://roads.example\"", "osrm+https://"),
        ("road_server = \"osrm+https://roads.example\"\nroad_profile = \"a/../b\"", "plain word"),
    ] {
        let refused = serve(lines).output().unwrap();
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && text.contains(says) && !text.contains(KEY), "{lines}: {text}");
    }
    let server = Server::start(|_| Said::Json(500, String::new())).await;
    let log = dir.path().join("log");
    let mut command = serve(&format!("road_server = \"osrm+{}\"", server.origin));
    command.stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
    let token = programs::token(&data, "Admin", "administrator").unwrap();
    let hub = Hub::spawn(command, &data).unwrap();
    let admin = Client::new(hub.url(), token);
    let scene = Scene { dir, hub, admin };
    two_at(&scene, PLACE, (51.533217, -0.1395), FAR).await;
    waiting_callout(&scene).await;
    state(&scene, "no_answer").await;
    let Scene { dir: _dir, hub, .. } = scene;
    hub.stop().unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("the routing server is in trouble"), "the administrator is told: {log}");
    for secret in [KEY, "51.533217"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

/// `WATCHHOUSE_ROAD_SERVER="valhalla+http://127.0.0.1:8002"` and, when its map is not of London,
/// `WATCHHOUSE_ROAD_PLACES="43.7315,7.4147 43.7396,7.4270 43.7330,7.4170"`: a site, two cars.
#[tokio::test]
async fn a_real_routing_server_gives_times_that_can_be() {
    let name = "a_real_routing_server_gives_times_that_can_be";
    let Ok(address) = std::env::var("WATCHHOUSE_ROAD_SERVER") else {
        skip(name, "WATCHHOUSE_ROAD_SERVER names no OSRM or Valhalla server");
        return;
    };
    let places = std::env::var("WATCHHOUSE_ROAD_PLACES")
        .unwrap_or_else(|_| "51.5312,-0.1395 51.5330,-0.1395 51.5400,-0.1395".into());
    let point = |text: &str| {
        let (lat, lon) = text.split_once(',').expect("LAT,LON");
        (lat.parse().unwrap(), lon.parse().unwrap())
    };
    let places: Vec<(f64, f64)> = places.split(' ').map(point).collect();
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene::start_with(&["--config", &config(&dir, &format!("road_server = \"{address}\"\n"))]);
    let (first, _second) = two_at(&scene, places[0], places[1], places[2]).await;
    let callout = waiting_callout(&scene).await;
    for road in known_roads(&scene, 2).await {
        let seconds = road["travel_s"].as_f64().unwrap();
        assert!((1.0..3600.0).contains(&seconds), "{road}");
    }
    let offer = offered(&scene, &callout).await;
    assert!(offer["by_road"] == true && offer["reasons"][0].as_str().unwrap().ends_with("by road"), "{offer}");
    if address.starts_with("valhalla") {
        scene.admin.must("unit.put", UNIT, json!({ "call_sign": UNIT, "kind": "foot" })).await.unwrap();
        stands(&first, places[1]).await;
        let walked = async || {
            let roads = scene.admin.get("/v1/positions").await.ok()?["roads"].as_array()?.clone();
            roads.iter().find(|r| r["unit"] == UNIT)?["travel_s"].as_f64()
        };
        let seconds = eventually("a walk", walked).await;
        assert!((30.0..7200.0).contains(&seconds), "{seconds} s on foot");
    }
}
