//! What one client can use up, and what it costs everybody else.

use crate::scene::{PANEL, Scene, burglary};
use std::net::SocketAddr;
use std::process::Command;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use watchhouse_tests::client::{Client, Line};
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
