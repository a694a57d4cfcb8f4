//! A desk without its window, for tests that kill it: it acts as fast as it can, and prints every action it was told is
//! done.
//!
//! `headless-desk PROFILE HUB TOKEN SITE`. Each line is a command's id and the kind of event it makes.

use anyhow::{Context, ensure};
use desk::{Config, Desk};
use protocol::view::Act;
use serde_json::{Value, json};
use std::io::Write;
use uuid::Uuid;
use watchhouse_tests::eventually;

/// Notes on one call-out before the next is opened: enough that they wait for each other in the outbox.
const NOTES: u32 = 6;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, hub, token, site] = &arguments[..] else { anyhow::bail!("usage: headless-desk PROFILE HUB TOKEN SITE") };
    let config = Config { dir: dir.into(), hub: hub.clone(), token: token.clone(), desk_number: 2 };
    let desk = Desk::open(config).await?;
    eventually("the register and who we are", async || {
        let board = desk.board();
        let known = board.sites.iter().any(|s| s.reference == *site) && !board.me.name.is_empty();
        known.then_some(())
    })
    .await;
    loop {
        let body = json!({ "site": site, "offer": false, "text": "A test opened this." });
        let callout = act(&desk, "callout.create", &Uuid::now_v7().to_string(), body, "callout.created").await?;
        for _ in 0..NOTES {
            act(&desk, "note.add", &callout, json!({ "text": Uuid::now_v7().to_string() }), "note.added").await?;
        }
    }
}

/// Acts, prints it once the desk says that it is done, and gives what it was done to.
async fn act(desk: &Desk, kind: &str, target: &str, body: Value, event: &str) -> anyhow::Result<String> {
    let acted = desk.act(Act { kind: kind.into(), target: target.into(), body, on_behalf_of: None }).await;
    ensure!(acted.refusal.is_none(), "{kind}: {:?}", acted.refusal);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} {event}", acted.command).and_then(|()| out.flush()).context("nobody listens any more")?;
    Ok(target.to_owned())
}
