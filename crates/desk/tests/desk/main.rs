//! The desk against a small hub over real HTTP.

mod calls;
mod hub;
mod journeys;
mod places;
mod trouble;

use crate::hub::Hub;
use desk::{Config, Desk};
use protocol::view::{Act, Acted};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

/// Long enough for a busy machine; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn open(dir: &Path, hub: &Hub) -> Desk {
    let config = Config { dir: dir.to_owned(), hub: hub.url(), token: "token".into(), desk_number: 2 };
    Desk::open(config).await.unwrap()
}

/// A desk that has caught up and knows who it is.
pub async fn live(dir: &Path, hub: &Hub) -> Desk {
    let desk = open(dir, hub).await;
    until("the desk is live", || desk.board().link.state == "live" && desk.board().me.name == "Desk").await;
    let sites = hub.state().world.sites.len();
    until("it has the register", || desk.board().sites.len() == sites).await;
    desk
}

/// Looks again and again until it holds.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn act(desk: &Desk, kind: &str, target: &str, body: Value) -> Acted {
    desk.act(Act { kind: kind.into(), target: target.into(), body, on_behalf_of: None }).await
}

/// Acts and insists that it was done.
pub async fn done(desk: &Desk, kind: &str, target: &str, body: Value) -> Acted {
    let acted = act(desk, kind, target, body).await;
    assert_eq!(acted.refusal, None, "{kind}");
    acted
}
