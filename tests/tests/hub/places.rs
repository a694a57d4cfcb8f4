//! Look-ups of three words, against a service that speaks as what3words does.

use crate::scene::{OFFICER, Scene};
use desk::{Config, Desk};
use protocol::place::PinView;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;
use watchhouse_tests::client::{Client, problem};
use watchhouse_tests::programs::{self, Hub};

const KEY: &str = "SECRETKEY7";
/// What the hub gives a desk at most, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the service says to each of its calls; to a call that is not there it never says anything.
type Answers = HashMap<&'static str, (u16, Value)>;

struct Service {
    url: String,
    /// First line and key of every request.
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Service {
    async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v3", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, answers) = (asked.clone(), Arc::new(answers));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (seen, answers) = (seen.clone(), answers.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        match stream.read_u8().await {
                            Ok(byte) => head.push(byte),
                            Err(_) => return,
                        }
                    }
                    let head = String::from_utf8(head).unwrap();
                    let line = head.lines().next().unwrap().to_owned();
                    let key = head.lines().find_map(|l| l.strip_prefix("x-api-key: ")).unwrap_or_default().to_owned();
                    let call = line.split(['/', '?']).nth(2).unwrap_or_default().to_owned();
                    seen.lock().unwrap().push((line, key));
                    let Some((status, body)) = answers.get(call.as_str()) else {
                        // Held open until the hub has had enough of it.
                        let _ = stream.read_u8().await;
                        return;
                    };
                    let body = body.to_string();
                    let head = format!(
                        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                         connection: close\r\n\r\n",
                        body.len()
                    );
                    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                });
            }
        });
        Self { url, asked }
    }

    fn lines(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }

    fn scene(&self) -> (Scene, TempDir) {
        let (dir, file) = key_file();
        (Scene::start_with(&["--w3w-key-file", file.to_str().unwrap(), "--w3w-url", &self.url]), dir)
    }
}

fn key_file() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("w3w.key");
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    (dir, file)
}

/// As the vendor's own tests have it.
fn home() -> (u16, Value) {
    let body = json!({
        "country": "GB",
        "square": {
            "southwest": { "lng": -0.203607, "lat": 51.521241 },
            "northeast": { "lng": -0.203575, "lat": 51.521261 }
        },
        "nearestPlace": "Bayswater, London",
        "coordinates": { "lng": -0.203586, "lat": 51.521251 },
        "words": "index.home.raft",
        "language": "en",
        "map": "https://w3w.co/index.home.raft"
    });
    (200, body)
}

fn error(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "error": { "code": code, "message": "Said for people." } }))
}

fn others() -> (u16, Value) {
    let one = |words: &str, km: Option<f64>| json!({ "country": "GB", "nearestPlace": "Camden, London", "words": words, "distanceToFocusKm": km, "rank": 1, "language": "en" });
    (200, json!({ "suggestions": [one("index.homes.raft", Some(0.4)), one("index.home.raft", None)] }))
}

async fn look_up(client: &Client, query: &str) -> Value {
    client.get(&format!("/v1/places{query}")).await.unwrap()
}

#[tokio::test]
async fn words_are_looked_up_both_ways_and_labelled() {
    let service = Service::start(HashMap::from([("convert-to-coordinates", home()), ("convert-to-3wa", home())])).await;
    let (scene, _key) = service.scene();
    let found = look_up(&scene.admin, "?q=///Index.Home.Raft").await;
    assert_eq!((found["state"].as_str(), found["source"].as_str()), (Some("found"), Some("what3words")));
    assert_eq!((found["at"]["lat"].as_f64(), found["at"]["lon"].as_f64()), (Some(51.521251), Some(-0.203586)));
    assert_eq!(found["at"]["grid_reference"], "TQ 24731 81788");
    assert_eq!(
        (found["near"].as_str(), found["suggestions"].as_array().unwrap().len()),
        (Some("Bayswater, London"), 0)
    );
    chrono::DateTime::parse_from_rfc3339(found["asked_at"].as_str().unwrap()).expect("the time it was said");
    let back = look_up(&scene.admin, "/words?lat=51.521251&lon=-0.203586").await;
    assert_eq!((back["state"].as_str(), back["words"].as_str()), (Some("found"), Some("index.home.raft")));
    let asked = service.asked.lock().unwrap().clone();
    assert_eq!(asked[0].0, "GET /v3/convert-to-coordinates?words=index.home.raft HTTP/1.1");
    assert!(asked[1].0.starts_with("GET /v3/convert-to-3wa?coordinates=51.521251%2C-0.203586&"), "{asked:?}");
    assert!(asked.iter().all(|(line, key)| key == KEY && !line.contains(KEY)), "{asked:?}");
}

#[tokio::test]
async fn an_answer_is_asked_for_again_and_never_kept() {
    let service = Service::start(HashMap::from([("convert-to-coordinates", home())])).await;
    let (scene, _key) = service.scene();
    for _ in 0..2 {
        look_up(&scene.admin, "?q=index.home.raft").await;
    }
    assert_eq!(service.lines().len(), 2);
}

#[tokio::test]
async fn wrong_words_are_told_with_others_that_are_near() {
    let answers = HashMap::from([("convert-to-coordinates", error(400, "BadWords")), ("autosuggest", others())]);
    let service = Service::start(answers).await;
    let (scene, _key) = service.scene();
    let answer = look_up(&scene.admin, "?q=index.home.raft&lat=51.53&lon=-0.14").await;
    assert_eq!(answer["state"], "unknown");
    assert!(answer["at"].is_null(), "{answer}");
    let expected = json!([{ "words": "index.homes.raft", "near": "Camden, London", "distance_km": 0.4 }]);
    assert_eq!(answer["suggestions"], expected);
    let asked = service.lines().pop().unwrap();
    assert!(
        asked.contains("autosuggest?input=index.home.raft") && asked.contains("focus=51.530000%2C-0.140000"),
        "{asked}"
    );
}

#[tokio::test]
async fn words_that_are_far_away_come_with_others_that_are_near() {
    let service = Service::start(HashMap::from([("convert-to-coordinates", home()), ("autosuggest", others())])).await;
    let (scene, _key) = service.scene();
    let near = look_up(&scene.admin, "?q=index.home.raft&lat=51.525&lon=-0.2").await;
    assert_eq!(near["suggestions"], json!([]));
    let far = look_up(&scene.admin, "?q=index.home.raft&lat=51.60&lon=-0.05").await;
    assert_eq!(
        (far["state"].as_str(), far["suggestions"][0]["words"].as_str()),
        (Some("found"), Some("index.homes.raft"))
    );
}

#[tokio::test]
async fn a_place_that_was_found_does_not_wait_for_suggestions() {
    let service = Service::start(HashMap::from([("convert-to-coordinates", home())])).await;
    let (scene, _key) = service.scene();
    let asked = Instant::now();
    let answer = look_up(&scene.admin, "?q=index.home.raft&lat=51.60&lon=-0.05").await;
    assert_eq!((answer["state"].as_str(), answer["suggestions"].as_array().unwrap().len()), (Some("found"), 0));
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    assert_eq!(service.lines().len(), 2, "suggestions were asked for");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_given_up() {
    let service = Service::start(HashMap::new()).await;
    let (scene, _key) = service.scene();
    let asked = Instant::now();
    let answer = look_up(&scene.admin, "?q=index.home.raft").await;
    assert_eq!(
        (answer["state"].as_str(), answer["text"].as_str()),
        (Some("no_answer"), Some("what3words did not answer in time."))
    );
    assert!((Duration::from_millis(1500)..PATIENCE).contains(&asked.elapsed()), "{:?}", asked.elapsed());
    // It may answer the next time.
    assert_eq!(look_up(&scene.admin, "?q=index.home.raft").await["state"], "no_answer");
    assert_eq!(service.lines().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_none_is_told() {
    for answer in [error(500, "InternalServerError"), (200, json!({ "words": 3 })), (502, json!("no JSON object"))] {
        let service = Service::start(HashMap::from([("convert-to-coordinates", answer)])).await;
        let (scene, _key) = service.scene();
        let answer = look_up(&scene.admin, "?q=index.home.raft").await;
        assert_eq!((answer["state"].as_str(), answer["at"].is_null()), (Some("no_answer"), true), "{answer}");
    }
    // Nobody listens there any more.
    let gone = Service { url: "http://127.0.0.1:9/v3".into(), asked: Arc::default() };
    let (scene, _key) = gone.scene();
    assert_eq!(look_up(&scene.admin, "?q=index.home.raft").await["text"], "what3words cannot be reached.");
}

#[tokio::test]
async fn a_refused_key_or_a_spent_quota_is_told_and_not_asked_again() {
    for (status, code) in [(401, "InvalidKey"), (402, "QuotaExceeded"), (403, "SuspendedKey")] {
        let service = Service::start(HashMap::from([("convert-to-coordinates", error(status, code))])).await;
        let (scene, _key) = service.scene();
        for _ in 0..2 {
            let answer = look_up(&scene.admin, "?q=index.home.raft").await;
            assert_eq!(answer["state"], "refused", "{code}");
            assert!(answer["text"].as_str().unwrap().contains("Tell the administrator"), "{answer}");
        }
        assert_eq!(service.lines().len(), 1, "{code}");
        assert_eq!(scene.admin.metric("watchhouse_words_lookup_refused_total").await.unwrap(), 2);
    }
}

#[tokio::test]
async fn without_a_key_the_hub_says_that_nobody_is_asked() {
    let scene = Scene::start();
    let answer = look_up(&scene.admin, "?q=index.home.raft").await;
    assert_eq!(answer["state"], "off");
    assert!(answer["text"].as_str().unwrap().contains("no key"), "{answer}");
    let supplier = scene.client("supplier").await;
    let answer = supplier.request(Method::GET, "/v1/places?q=a.b.c").send().await.unwrap();
    assert_eq!(problem(answer).await.unwrap(), (403, "not_allowed".into()));
    for (query, code) in [
        ("?q=index.home", "bad_words"),
        ("?q=51.5", "bad_words"),
        ("?q=a.b.c&lat=95&lon=0", "bad_place"),
        ("/words?lat=0&lon=0", "bad_place"),
    ] {
        let answer = scene.admin.request(Method::GET, &format!("/v1/places{query}")).send().await.unwrap();
        assert_eq!(problem(answer).await.unwrap(), (400, code.into()), "{query}");
    }
}

#[tokio::test]
async fn a_key_is_sent_nowhere_in_plain_text_and_never_told() {
    let (dir, file) = key_file();
    let data = dir.path().join("data");
    programs::borough(&data).unwrap();
    let serve = |url: &str| {
        let mut command = Command::new(programs::program("watchhouse-hub"));
        command.args(["serve", "--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0", "--data"]).arg(&data);
        command.arg("--w3w-key-file").arg(&file).args(["--w3w-url", url]).env("RUST_LOG", "debug");
        command
    };
    let refused = serve("http://w3w.example/v3").output().unwrap();
    let says = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && says.contains("https://") && !says.contains(KEY), "{says}");

    let service = Service::start(HashMap::from([("convert-to-coordinates", error(401, "InvalidKey"))])).await;
    let log = dir.path().join("log");
    let mut command = serve(&service.url);
    command.stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
    let token = programs::token(&data, "Admin", "administrator").unwrap();
    let hub = Hub::spawn(command, &data).unwrap();
    let admin = Client::new(hub.url(), token);
    assert_eq!(look_up(&admin, "?q=index.home.raft&lat=51.531234&lon=-0.14").await["state"], "refused");
    hub.stop().unwrap();
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("InvalidKey"), "the administrator is told: {log}");
    for secret in [KEY, "index.home", "51.531234"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[tokio::test]
async fn a_desk_gets_what_the_hub_was_told() {
    let service = Service::start(HashMap::from([("convert-to-coordinates", home()), ("convert-to-3wa", home())])).await;
    let (scene, _key) = service.scene();
    let dir = tempfile::tempdir().unwrap();
    let token = scene.client("operator").await.token;
    let config = Config { dir: dir.path().into(), hub: scene.hub.url(), token, desk_number: 2 };
    let desk = Desk::open(config).await.unwrap();
    let found = desk.look_up_words("///Index.Home.Raft", None).await;
    assert_eq!((found.state.as_str(), found.near.as_str()), ("found", "Bayswater, London"));
    let at = found.at.unwrap();
    let back = desk.words_at(PinView { lat: at.lat, lon: at.lon }).await;
    assert_eq!((back.state.as_str(), back.words.as_str()), ("found", "index.home.raft"));
    assert_eq!(desk.look_up_words("index.home", None).await.state, "unknown");
    assert_eq!(service.lines().len(), 2);
    // Other alphabets survive the way there.
    desk.look_up_words("погода.тихая.река", None).await;
    assert!(service.lines()[2].contains("words=%D0%BF%D0%BE%D0%B3"), "{:?}", service.lines());
    desk.close().await;
}

#[tokio::test]
async fn an_officer_reads_what_was_typed_and_only_the_words_of_that_very_place() {
    let scene = Scene::start();
    let officer = scene.officer().await;
    let (lat, lon) = (51.5326, -0.1378);
    let site = json!({
        "ref": "HALL", "name": "Hall", "address": "Robert Street", "lat": lat, "lon": lon,
        "what3words": "filled.count.soap",
        "entrances": [{ "name": "Rear", "point": { "lat": 51.5329, "lon": lon }, "what3words": "///index.home.raft",
            "parking": { "point": { "lat": 51.533, "lon": lon }, "note": "Bay 3" } }],
    });
    scene.admin.must("site.put", "HALL", site).await.unwrap();
    for (point, address, reads, words) in [
        (Value::Null, Value::Null, "Robert Street", json!("filled.count.soap")),
        (
            json!({ "lat": 51.5329, "lon": lon }),
            json!("Block C, rear stairs"),
            "Block C, rear stairs",
            json!("///index.home.raft"),
        ),
        (json!({ "lat": 51.5331, "lon": lon }), Value::Null, "Robert Street", Value::Null),
    ] {
        let callout = Uuid::now_v7().to_string();
        let body = json!({ "site": "HALL", "type": "intruder", "priority": 2, "point": point, "address": address });
        scene.admin.must("callout.create", &callout, body).await.unwrap();
        let state = officer.get("/v1/officer/state").await.unwrap();
        assert_eq!(state["offer"]["address"], reads, "{state}");
        let assignment = state["offer"]["assignment"].as_str().unwrap();
        officer.must("assignment.accept", assignment, json!({})).await.unwrap();
        let state = officer.get("/v1/officer/state").await.unwrap();
        let shown = &state["callout"];
        assert_eq!((&shown["address"], &shown["what3words"]), (&json!(reads), &words), "{shown}");
        assert!(shown["plus_code"].as_str().unwrap().starts_with("9C3XGV"), "{shown}");
        let entrance = &shown["entrances"][0];
        assert_eq!((&entrance["parking"], entrance["parking_at"]["lat"].as_f64()), (&json!("Bay 3"), Some(51.533)));
        let report = scene.admin.get(&format!("/v1/callouts/{callout}")).await.unwrap();
        assert_eq!(report["address"], json!(address.as_str().unwrap_or_default()));
        scene.admin.must("callout.stand_down", &callout, json!({ "reason": "Done.", "told": OFFICER })).await.unwrap();
    }
}
