//! The desk, killed while it takes actions, with and without its hub.

use crate::load::prepare;
use crate::log::Effects;
use crate::{random, some_moment_within};
use anyhow::{Context, ensure};
use desk::{Config, Desk};
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::HashSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use watchhouse_tests::client::Client;
use watchhouse_tests::programs::{Hub, hub_says, program};
use watchhouse_tests::{PATIENCE, eventually};

const KILLS: u32 = 60;
/// Without a hub from here to there: everything waits in the outbox.
const ALONE: std::ops::Range<u32> = 20..40;
/// Actions told done before a kill, at most.
const ACTIONS_MAX: u32 = 20;
/// After the last action waited for: about as long as one takes.
const ACTION: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_killed_again_and_again_brings_everything_it_called_done_to_the_hub_once() -> anyhow::Result<()> {
    let mut random = random("kill_desk");
    let dir = tempfile::tempdir()?;
    let (data, profile) = (dir.path().join("data"), dir.path().join("profile"));
    let token = prepare(&data, &[])?;
    let mut hub = Some(Hub::start(&data)?);
    let mut url = hub.as_ref().map(Hub::url).unwrap_or_default();
    let mut done = Vec::new();
    for kill in 0..KILLS {
        if kill == ALONE.start {
            // Dropping it kills it; the desk goes on with the address of a hub that is gone.
            hub = None;
        } else if kill == ALONE.end {
            url = hub.insert(Hub::start(&data)?).url();
        }
        done.extend(live_and_die(&profile, &url, &token, &mut random).await?);
    }
    send_what_waits(&profile, &url, &token).await?;

    let client = Client::new(&url, &token);
    let log = client.log().await?;
    let effects = Effects::of(&log);
    effects.assert_once(done.iter().map(|(id, event)| (id.as_str(), event.as_str())));
    assert!(done.len() > KILLS as usize, "the desk did little: {} actions", done.len());
    // Nor did a note come twice under another id.
    let notes: Vec<_> = log.iter().filter(|line| line["kind"] == "note.added").map(|line| &line["personal"]).collect();
    let texts: HashSet<_> = notes.iter().filter_map(|personal| personal["text"].as_str()).collect();
    assert_eq!(texts.len(), notes.len());

    drop(hub);
    let data = data.to_str().context("a path of this test is no text")?;
    assert!(hub_says(&["verify", "--data", data])?.ends_with("clean"));
    Ok(())
}

/// One life of the desk: command and event of each action it said is done.
async fn live_and_die(
    profile: &Path,
    url: &str,
    token: &str,
    random: &mut StdRng,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut command = Command::new(program("headless-desk"));
    command.arg(profile).args([url, token, "BOILER"]);
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?);
    let mut done = Vec::new();
    for _ in 0..random.random_range(0..=ACTIONS_MAX) {
        let said = tokio::time::timeout(PATIENCE, next(&mut lines)).await.context("the desk does nothing")??;
        done.push(said.context("the desk ended by itself")?);
    }
    some_moment_within(ACTION, random).await;
    child.kill().await?;
    // What it said before it died counts too.
    while let Some(said) = next(&mut lines).await? {
        done.push(said);
    }
    Ok(done)
}

/// The next whole line. What was cut off by the kill was said to nobody.
async fn next(lines: &mut BufReader<tokio::process::ChildStdout>) -> anyhow::Result<Option<(String, String)>> {
    let mut line = String::new();
    lines.read_line(&mut line).await?;
    let Some(whole) = line.strip_suffix('\n') else { return Ok(None) };
    let (command, event) = whole.split_once(' ').with_context(|| format!("the desk said “{whole}”"))?;
    Ok(Some((command.to_owned(), event.to_owned())))
}

async fn send_what_waits(profile: &Path, url: &str, token: &str) -> anyhow::Result<()> {
    let config = Config { dir: profile.to_owned(), hub: url.to_owned(), token: token.to_owned(), desk_number: 2 };
    let desk = Desk::open(config).await?;
    eventually("an empty outbox", async || {
        let board = desk.board();
        (board.link.state == "live" && board.link.queued == 0).then_some(())
    })
    .await;
    let conflicts = desk.board().conflicts;
    ensure!(conflicts.is_empty(), "the hub refused something: {conflicts:?}");
    desk.close().await;
    Ok(())
}
