//! What one client can use up, and what it costs everybody else.

use crate::scene::{PANEL, Scene, UNIT, burglary};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::process::Command;
use store::{Key, Store};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use watchhouse_tests::client::{Client, Line};
use watchhouse_tests::eventually;
use watchhouse_tests::programs::{self, Hub};

/// Files the hub may open in these tests: far fewer than one client of a machine can ask for.
const FILES: &str = "160";
/// Connections that hold on to the hub's files: more than it has.
const IDLE: usize = 150;

/// A hub that runs out of files soon.
fn with_few_files() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    programs::borough(&data).unwrap();
    let token = programs::token(&data, "Admin", "administrator").unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {FILES} && exec \"$0\" \"$@\"")]);
    command.arg(programs::program("watchhouse-hub")).args(["serve", "--data"]).arg(&data);
    command.args(["--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0"]);
    let hub = Hub::spawn(command, &data).unwrap();
    let admin = Client::new(hub.url(), token);
    Scene { dir, hub, admin }
}

/// A connection from another address of this machine.
async fn from_elsewhere(to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

#[tokio::test]
async fn idle_connections_of_one_address_keep_no_panel_out() {
    let scene = with_few_files();
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(from_elsewhere(scene.hub.dc09).await);
        let mut web = from_elsewhere(scene.hub.http).await;
        web.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
        idle.push(web);
    }
    assert!(scene.wire(&burglary(PANEL, 1)).await.ends_with("\"ACK\"0001L0#1A02[]"));
    assert_eq!(scene.admin.alarms().await.unwrap().len(), 1, "and the control room sees it");

    let mut same = Line(from_elsewhere(scene.hub.dc09).await);
    let answer = same.ask(&burglary(PANEL, 2)).await.unwrap();
    assert!(answer.ends_with("\"ACK\"0002L0#1A02[]"), "a panel behind the same address: {answer}");
    assert!(scene.admin.metric("watchhouse_dc09_gave_way_total").await.unwrap() > 0, "the silent ones gave way");
    drop(idle);
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_half_of_it_is_not_waited_for() {
    let scene = Scene::start();
    let mut panel = Line::open(scene.hub.dc09).await.unwrap();
    let mut lines = Vec::new();
    for said in ["", "PRI * HT", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"] {
        let mut line = Line::open(scene.hub.http).await.unwrap();
        line.write(said.as_bytes()).await.unwrap();
        lines.push((said, line));
    }
    let mut half_a_frame = Line::open(scene.hub.dc09).await.unwrap();
    half_a_frame.write(&burglary(PANEL, 1)[..20]).await.unwrap();
    for (said, mut line) in lines {
        line.closed().await.unwrap_or_else(|error| panic!("after {said:?}: {error}"));
    }
    panel.closed().await.expect("a panel that says nothing");
    half_a_frame.closed().await.expect("a panel that says half a frame");
}

#[tokio::test]
async fn a_body_is_bounded_before_anybody_is_known() {
    let scene = Scene::start();
    // Announced and not sent: who is refused by the head alone is answered at once.
    let (long, unannounced) = ("Content-Length: 20000000", "Transfer-Encoding: chunked");
    for (path, length, status) in [
        ("/v1/enrol", long, "413"),
        ("/pub", long, "413"),
        ("/pub", unannounced, "401"),
        ("/v1/commands", long, "401"),
        ("/v1/commands", unannounced, "401"),
        ("/v1/accounts", unannounced, "401"),
    ] {
        let mut line = Line::open(scene.hub.http).await.unwrap();
        let kind = "Content-Type: application/json";
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{kind}\r\n{length}\r\n\r\n");
        line.write(head.as_bytes()).await.unwrap();
        let answer = line.reply().await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path} with {length}: {answer}");
    }
    // Not announced: a code longer than any is not read to its end.
    let mut line = Line::open(scene.hub.http).await.unwrap();
    line.write(b"POST /v1/enrol HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n").await.unwrap();
    line.write(b"Transfer-Encoding: chunked\r\n\r\n1000\r\n").await.unwrap();
    line.write(&[b' '; 0x1000]).await.unwrap();
    assert!(line.reply().await.unwrap().starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn one_link_cannot_make_the_hub_decode_without_end() {
    let scene = Scene::start();
    let callout = scene.callout().await;
    let mut jpeg = std::io::Cursor::new(Vec::new());
    let photograph = image::RgbImage::from_fn(2000, 1500, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    photograph.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let no_picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 5000]].concat();
    let mut names = Vec::new();
    for bytes in [jpeg.into_inner(), no_picture] {
        let name = hex(&bytes);
        let sent = scene.admin.request(reqwest::Method::PUT, &format!("/v1/media/{name}")).body(bytes);
        assert_eq!(sent.send().await.unwrap().status(), 201);
        names.push(name);
    }
    let note = json!({ "text": "The front", "pictures": names, "share": true });
    scene.admin.must("note.add", &callout, note).await.unwrap();
    let until = Utc::now() + TimeDelta::hours(2);
    let link = json!({ "token_sha256": hex(b"link"), "expires_at": until });
    scene.admin.must("tracking.issue", &callout, link).await.unwrap();

    let customer = &scene.admin.http;
    let look = |name: &String| customer.get(format!("{}/t/link/media/{name}", scene.hub.url())).send();
    let mut looks = tokio::task::JoinSet::new();
    for name in std::iter::repeat_n(&names, 20).flatten() {
        looks.spawn(look(name));
    }
    let mut copies = Vec::new();
    while let Some(answer) = looks.join_next().await {
        let answer = answer.unwrap().unwrap();
        match answer.status().as_u16() {
            200 => copies.push(answer.bytes().await.unwrap()),
            status => assert_eq!(status, 404, "what cannot be decoded is not shown"),
        }
    }
    assert_eq!(copies.len(), 20);
    assert!(copies.iter().all(|copy| *copy == copies[0] && copy.starts_with(&[0xFF, 0xD8, 0xFF])));
    assert_eq!(scene.admin.metric("watchhouse_pictures_decoded_total").await.unwrap(), 2, "each once, good or bad");
}

#[tokio::test]
async fn positions_older_than_their_retention_are_gone() {
    let scene = Scene::start_with(&["--positions-days", "14"]);
    let login: Value = scene.admin.post("/v1/devices", &json!({ "unit": UNIT })).await.unwrap().json().await.unwrap();
    let start = Utc::now();
    let set = async |days: i64| {
        let now = json!({ "now": start + TimeDelta::days(days), "rate": 0.0 });
        assert_eq!(scene.admin.post("/v1/clock", &now).await.unwrap().status(), 200);
    };
    for day in [0, 5, 13] {
        set(day).await;
        let tst = (start + TimeDelta::days(day)).timestamp();
        let fix = json!({ "_type": "location", "lat": 51.53, "lon": -0.14, "tst": tst });
        let request = scene.admin.http.post(format!("{}/pub", scene.hub.url())).json(&fix);
        let (user, password) = (login["user"].as_str().unwrap(), login["password"].as_str());
        assert_eq!(request.basic_auth(user, password).send().await.unwrap().status(), 200);
    }
    let store = Store::open(scene.data(), Key::None).await.unwrap();
    let unit = store.latest_fixes().await.unwrap()[0].unit;
    let days = async || -> Vec<i64> {
        let kept = store.fixes_of(unit, start - TimeDelta::days(1), start + TimeDelta::days(99), 9).await.unwrap();
        kept.iter().map(|fix| (fix.at.timestamp() - start.timestamp()) / 86_400).collect()
    };
    assert_eq!(days().await, [0, 5, 13]);
    set(15).await;
    eventually("the oldest to go", async || (days().await == [5, 13]).then_some(())).await;
    set(60).await;
    eventually("all to go", async || days().await.is_empty().then_some(())).await;
    assert_eq!(store.latest_fixes().await.unwrap().len(), 1, "where a vehicle was left is still known");
}

/// What names a picture, or a link's token.
fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
