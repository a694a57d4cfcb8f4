//! The data directory as a power cut would leave it, at many moments of a hub under load.

use crate::disk::{Disk, Flush};
use crate::load::{Frame, Load, accounts, frames_of, prepare};
use crate::random;
use crate::trace::{Call, Traced, acknowledgements, impossible};
use anyhow::Context;
use rand::RngExt;
use std::collections::HashSet;
use std::path::Path;
use watchhouse_tests::client::{Client, Line};
use watchhouse_tests::programs::{Hub, hub_says};
use watchhouse_tests::{eventually, skip};

const PANELS: usize = 8;
/// Before and after the checkpoint; each is some dozens of transactions.
const FRAMES: u64 = 120;
const CUTS: usize = 45;
/// How much of what is at risk survives: all of it in order but the last, any half of it, or nothing.
const KEPT: [f64; 3] = [1.0, 0.5, 0.0];

/// A hub's work, with what was on the disk before it.
struct Recorded<'a> {
    before: Disk<'a>,
    calls: &'a [Call],
    token: String,
    /// Acknowledged before the trace began.
    earlier: Vec<Frame>,
    /// With the line of the trace at which each ACK began to leave.
    acknowledged: Vec<(Frame, usize)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_at_any_moment_leaves_every_acknowledged_alarm() -> anyhow::Result<()> {
    if let Some(why) = impossible() {
        skip("power_cut", &why);
        return Ok(());
    }
    let mut random = random("power_cut");
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let (old, new) = (accounts('B', PANELS), accounts('A', PANELS));
    let token = prepare(&data, &[old.clone(), new.clone()].concat())?;
    let earlier = earlier(&data, &old).await?;
    let before = Disk::of(&data)?;
    let calls = traced(&data, &new).await?;
    let acknowledged = acknowledgements(&calls)?;
    let run = Recorded { before, calls: &calls, token, earlier, acknowledged };

    let moments = moments(&run, &data)?;
    let mut at_risk = 0;
    for cut in 0..CUTS {
        let kind = &moments[cut % moments.len()];
        let line = kind[random.random_range(0..kind.len())];
        let kept = KEPT[cut / moments.len() % KEPT.len()];
        let disk = Disk::at(&run.before, run.calls, line, Flush::Works)?;
        at_risk += disk.at_risk();
        let left = dir.path().join(format!("cut-{cut}"));
        disk.leave(&left, kept, &mut random)?;
        let what = format!("cut {cut} at line {line}, with {kept} of the writes at risk");
        let lost = lost(&run, &left, line).await.context(what.clone())?;
        assert!(lost.is_empty(), "{what}, lost {lost:?}");
        std::fs::remove_dir_all(&left)?;
    }
    assert!(at_risk > CUTS, "hardly a cut came between a write and its flush: {at_risk} writes");

    // The same look at the same work, had its flushes done nothing.
    let line = run.acknowledged.last().context("nothing was acknowledged")?.1;
    let left = dir.path().join("lies");
    Disk::at(&run.before, run.calls, line, Flush::Lies)?.leave(&left, 0.0, &mut random)?;
    assert!(!lost(&run, &left, line).await?.is_empty(), "nothing would be lost without a flush");
    Ok(())
}

/// Lines of the trace to cut at, of three kinds: any; just as an ACK begins to leave, when the disk has least behind
/// what is promised; while a checkpoint changes the database file.
fn moments(run: &Recorded<'_>, data: &Path) -> anyhow::Result<[Vec<usize>; 3]> {
    let database = data.join("hub.db");
    let database = database.to_str().context("a path of this test is no text")?;
    let any = (0..=run.calls.last().context("an empty trace")?.began).collect();
    let acknowledging = run.acknowledged.iter().map(|(_, line)| *line).collect();
    let checkpoint = run.calls.iter().filter(|call| call.writes(database)).map(|call| call.began).collect();
    let moments: [Vec<usize>; 3] = [any, acknowledging, checkpoint];
    anyhow::ensure!(moments.iter().all(|lines| !lines.is_empty()), "no ACK or no checkpoint in the trace");
    Ok(moments)
}

/// Alarms of a hub that was killed: the next one starts from a log that was not brought into the database.
async fn earlier(data: &Path, accounts: &[String]) -> anyhow::Result<Vec<Frame>> {
    let hub = Hub::start(data)?;
    let load = Load::start(accounts);
    load.goes_on_at(&hub);
    load.acknowledges(FRAMES).await?;
    let done = load.finish().await?;
    hub.kill();
    Ok(done.frames)
}

/// Load across a checkpoint, in which the log is brought into the database and begins anew.
async fn traced(data: &Path, accounts: &[String]) -> anyhow::Result<Vec<Call>> {
    let wal = data.join("hub.db-wal");
    let length = || std::fs::metadata(&wal).map(|file| file.len());
    let before = length()?;
    let traced = Traced::start(data)?;
    let load = Load::start(accounts);
    load.goes_on_at(&traced.hub);
    load.acknowledges(FRAMES).await?;
    eventually("a shorter log", async || length().ok().filter(|now| *now < before)).await;
    load.acknowledges(FRAMES).await?;
    load.finish().await?;
    traced.end().await
}

/// Starts a hub on what is left; gives what was acknowledged before the cut and is not there.
async fn lost(run: &Recorded<'_>, left: &Path, cut: usize) -> anyhow::Result<Vec<Frame>> {
    let hub = Hub::start(left)?;
    let alarms = frames_of(&Client::new(hub.url(), &run.token).alarms().await?)?;
    let there: HashSet<&Frame> = alarms.iter().collect();
    anyhow::ensure!(there.len() == alarms.len(), "an alarm came twice");
    // It is a hub like any other.
    let frame = Frame { account: "A001".into(), seq: 9999 };
    let reply = Line::open(hub.dc09).await?.ask(&frame.bytes()).await?;
    anyhow::ensure!(reply.contains("\"ACK\""), "after the cut a panel was answered “{reply}”");
    hub.kill();
    let said = hub_says(&["verify", "--data", left.to_str().context("a path of this test is no text")?])?;
    anyhow::ensure!(said.ends_with("clean"), "{said}");
    let promised = run.acknowledged.iter().filter(|(_, left)| *left <= cut).map(|(frame, _)| frame);
    Ok(run.earlier.iter().chain(promised).filter(|frame| !there.contains(frame)).cloned().collect())
}
