//! The hub, killed in the middle of load.

use crate::load::{Load, accounts, frames_of, prepare};
use crate::log::Effects;
use crate::{random, some_moment_within};
use anyhow::{Context, ensure};
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use watchhouse_tests::client::Client;
use watchhouse_tests::programs::{Hub, hub_says, program};
use watchhouse_tests::{PATIENCE, eventually};

/// About a minute on two cores: each start is a quarter of a second of work, most of it reading the program in.
const KILLS: u32 = 200;
const PANELS: usize = 12;
/// One life in so many ends while it starts, and one in so many during a checkpoint, which comes after a second.
const STARTING_EVERY: u32 = 8;
const CHECKPOINT_EVERY: u32 = 25;
/// Frames acknowledged before an ordinary kill, at most.
const FRAMES_MAX: u64 = 40;
/// After the last frame waited for: some commits long.
const COMMITS: Duration = Duration::from_millis(12);
/// After the database file began to change: about as long as a checkpoint takes.
const CHECKPOINT: Duration = Duration::from_millis(30);

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_kills_under_load_lose_nothing_acknowledged_and_make_nothing_twice() -> anyhow::Result<()> {
    let mut random = random("kill");
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let accounts = accounts('A', PANELS);
    let token = prepare(&data, &accounts)?;
    let load = Load::start(&accounts).with_operator(&token);
    let mut takes = Duration::ZERO;
    for kill in 1..=KILLS {
        if kill % STARTING_EVERY == 0 {
            die_starting(&data, takes, &mut random).await?;
            continue;
        }
        let started = Instant::now();
        let hub = Hub::start(&data)?;
        takes = started.elapsed();
        load.goes_on_at(&hub);
        if kill % CHECKPOINT_EVERY == 0 {
            begins_a_checkpoint(&data).await?;
            some_moment_within(CHECKPOINT, &mut random).await;
        } else {
            load.acknowledges(random.random_range(0..FRAMES_MAX)).await?;
            some_moment_within(COMMITS, &mut random).await;
        }
        hub.kill();
    }
    let hub = Hub::start(&data)?;
    load.goes_on_at(&hub);
    let done = load.finish().await?;

    let client = Client::new(hub.url(), token);
    let alarms = frames_of(&client.alarms().await?)?;
    let distinct: HashSet<_> = alarms.iter().collect();
    let lost: Vec<_> = done.frames.iter().filter(|frame| !distinct.contains(frame)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert_eq!(distinct.len(), alarms.len(), "a resend became an alarm of its own");
    assert_eq!(alarms.len(), done.frames.len(), "there are alarms that nobody sent");
    assert!(done.frames.len() > KILLS as usize, "there was no load: {} frames", done.frames.len());

    let effects = Effects::of(&client.log().await?);
    effects.assert_once(done.closed.iter().map(|id| (id.as_str(), "alarm.closed")));
    assert_eq!(effects.count("alarm.closed"), done.closed.len());
    assert!(done.closed.len() > KILLS as usize, "the operator did little: {} commands", done.closed.len());

    hub.kill();
    let data = data.to_str().context("a path of this test is no text")?;
    assert!(hub_says(&["verify", "--data", data])?.ends_with("clean"));
    Ok(())
}

/// In this file's mode the database changes only when a checkpoint brings the write-ahead log into it.
async fn begins_a_checkpoint(data: &Path) -> anyhow::Result<()> {
    let file = data.join("hub.db");
    let changed = || -> anyhow::Result<SystemTime> { Ok(std::fs::metadata(&file)?.modified()?) };
    let (before, deadline) = (changed()?, Instant::now() + PATIENCE);
    while changed()? == before {
        ensure!(Instant::now() < deadline, "no checkpoint in {} s", PATIENCE.as_secs());
        // Finer than `eventually` looks: it is over quickly.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// A hub that is killed before or just after it listens, while it takes over what the last one left.
async fn die_starting(data: &Path, takes: Duration, random: &mut StdRng) -> anyhow::Result<()> {
    let mut command = Command::new(program("watchhouse-hub"));
    command.args(["serve", "--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.stdout(Stdio::null()).spawn()?;
    some_moment_within(takes, random).await;
    child.kill()?;
    eventually("the end of a killed hub", async || child.try_wait().ok().flatten()).await;
    Ok(())
}
