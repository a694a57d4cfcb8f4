//! `alarm-to-screen`: from a panel's frame to the painted row in the real window and to the desktop notification, quiet
//! and in storms. The page itself says when a row was on the glass (`painted`); all clocks are this machine's.

use crate::hub::{Registered, with_panels};
use crate::measure::{Report, Row, Samples, Target};
use crate::panels::accounts;
use crate::peers::Peer;
use anyhow::Context;
use feeds::dc09::{CrcForm, enclose};
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use watchhouse_tests::client::{Client, Line};
use watchhouse_tests::eventually;
use watchhouse_tests::notifications::Notifications;
use watchhouse_tests::programs::{borough, program, token};

/// The panel whose alarms are timed. A panic alarm: it stands at the top of the queue whatever else comes.
const ACCOUNT: &str = "1A01";
const FLOOR_SAMPLES: usize = 500;
/// Enough for one in a hundred to be seen.
const SAMPLES: u16 = 120;
/// Between two alarms, so that they meet the frame at any phase.
const PAUSE: Duration = Duration::from_millis(97);
/// How often we look for the row and the notification: the error of the latter.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// An alarm that takes longer is counted as this long.
const LOST_AFTER: Duration = Duration::from_secs(5);
const FRAME_MS: f64 = 1000.0 / 60.0;
const STORM_PANELS: usize = 2_000;
const STORM_RATE: &str = "3";
/// Longer than the samples of one phase can take; the storm is ended with them.
const STORM_SECONDS: &str = "600";
/// Events after which all panels of a storm are at work.
const STORM_RISEN: i64 = 1_500;

/// A program of ours that is ended with the benchmark.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The window, its hub, and where both tell what they show.
struct Scene {
    registered: Registered,
    operator: Client,
    bus: Notifications,
    painted: PathBuf,
    line: Line,
    seq: u16,
    after: i64,
    _window: Program,
}

/// What one phase measured.
#[derive(Default)]
struct Phase {
    acknowledged: Samples,
    painted: Samples,
    notified: Samples,
}

fn now_ms() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1e3
}

fn frame(seq: u16) -> Vec<u8> {
    enclose(format!("\"SIA-DCS\"{seq:04}L0#{ACCOUNT}[#{ACCOUNT}|Nri1/PA1]").as_bytes(), CrcForm::Ascii)
}

impl Scene {
    async fn open(dir: &Path) -> anyhow::Result<Self> {
        let bus = Notifications::serve().await.context("no session bus: scripts/bench runs this in a session")?;
        let data = dir.join("hub");
        borough(&data)?;
        let mut known = accounts(STORM_PANELS);
        known.push(ACCOUNT.into());
        let registered = with_panels(&data, &known, None).await?;
        let operator = Client::new(registered.hub.url(), token(&data, "Desk", "operator")?);
        let (token_file, painted) = (dir.join("token"), dir.join("painted"));
        std::fs::write(&token_file, &operator.token)?;
        let mut window = Command::new(program("watchhouse"));
        window.arg("--profile").arg(dir.join("profile")).args(["--hub", &operator.base, "--size", "1280x800"]);
        window.arg("--token-file").arg(&token_file).env("WATCHHOUSE_PAINTED", &painted);
        let window = Program(window.spawn().context("the window did not start")?);
        let line = Line::open(registered.hub.dc09).await?;
        let mut scene = Self { registered, operator, bus, painted, line, seq: 0, after: 0, _window: window };
        // The window is up when it paints.
        eventually("the first painted alarm", async || {
            let sample = scene.sample(&mut Phase::default(), true).await;
            sample.ok()?.then_some(())
        })
        .await;
        Ok(scene)
    }

    fn painted_at(&self, alarm: &str) -> Option<f64> {
        let text = std::fs::read_to_string(&self.painted).ok()?;
        text.lines().find_map(|line| line.strip_prefix(alarm))?.trim().parse().ok()
    }

    fn notified(&self, before: usize) -> bool {
        self.bus.shown().iter().skip(before).any(|shown| format!("{} {}", shown.summary, shown.body).contains(ACCOUNT))
    }

    /// The id the hub gave our newest alarm.
    async fn alarm(&mut self) -> anyhow::Result<String> {
        loop {
            let page = self.operator.get(&format!("/v1/alarms?after={}&limit=1000", self.after)).await?;
            self.after = page["next"].as_i64().context("no next")?;
            let rows = page["alarms"].as_array().context("no alarms")?;
            let ours = rows.iter().find(|row| row["account"] == ACCOUNT && row["panel_seq"] == self.seq);
            if let Some(id) = ours.and_then(|row| row["id"].as_str()) {
                return Ok(id.to_owned());
            }
            anyhow::ensure!(!rows.is_empty(), "the hub does not know alarm {}", self.seq);
        }
    }

    /// One alarm, from its frame to the glass; closed again afterwards. False when something did not come in time.
    async fn sample(&mut self, phase: &mut Phase, notifies: bool) -> anyhow::Result<bool> {
        self.seq += 1;
        let before = self.bus.shown().len();
        let (sent, steady) = (now_ms(), Instant::now());
        self.line.ask(&frame(self.seq)).await?;
        phase.acknowledged.push(steady.elapsed());
        let alarm = self.alarm().await?;
        let (mut painted, mut notified) = (None, None);
        let all = |painted: Option<f64>, notified: Option<f64>| painted.is_some() && (notified.is_some() || !notifies);
        while steady.elapsed() < LOST_AFTER && !all(painted, notified) {
            painted = painted.or_else(|| self.painted_at(&alarm));
            notified = notified.or_else(|| self.notified(before).then(now_ms));
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let late = sent + LOST_AFTER.as_secs_f64() * 1e3;
        phase.painted.push_ms(painted.unwrap_or(late) - sent);
        if notifies {
            phase.notified.push_ms(notified.unwrap_or(late) - sent);
        }
        self.operator.must("alarm.close", &alarm, json!({ "reason": "Benchmark" })).await?;
        Ok(all(painted, notified))
    }

    async fn phase(&mut self, notifies: bool) -> anyhow::Result<Phase> {
        let mut phase = Phase::default();
        for _ in 0..SAMPLES {
            self.sample(&mut phase, notifies).await?;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(phase)
    }

    async fn head(&self) -> anyhow::Result<i64> {
        self.operator.get("/v1/status").await?["head"].as_i64().context("no head")
    }

    /// 2,000 panels at work; returns when they all are.
    async fn storm(&self, dir: &Path, more: &[&str]) -> anyhow::Result<Program> {
        let file = dir.join("simulator.token");
        std::fs::write(&file, &self.registered.token)?;
        let mut load = Command::new(program("watchhouse-simulate"));
        load.args(["load", "--hub", &self.operator.base, "--token-file"]).arg(&file);
        load.args(["--panels", &STORM_PANELS.to_string(), "--rate", STORM_RATE, "--seconds", STORM_SECONDS]).args(more);
        let load = Program(load.stdout(Stdio::null()).env("RUST_LOG", "warn").spawn()?);
        // It registers its panels first, which is in the log too.
        let from = self.head().await? + STORM_PANELS as i64;
        eventually("the storm", async || (self.head().await.ok()? > from + STORM_RISEN).then_some(())).await;
        Ok(load)
    }
}

/// A frame to the floor and, once it is on disk, to one follower.
async fn floor(dir: &Path) -> anyhow::Result<Samples> {
    let (peer, followers) = Peer::floor(dir)?;
    let mut told = BufReader::new(TcpStream::connect::<SocketAddr>(followers).await?).lines();
    let mut line = Line::open(peer.dc09).await?;
    let mut samples = Samples::default();
    // The follower has joined when it hears something.
    let mut joined = false;
    for seq in 1..=FLOOR_SAMPLES as u16 {
        let sent = Instant::now();
        line.ask(&frame(seq)).await?;
        while !joined {
            line.ask(&frame(seq)).await?;
            joined = tokio::time::timeout(PAUSE, told.next_line()).await.is_ok();
        }
        while told.next_line().await?.is_some_and(|text| !text.contains(&format!("{seq:04}L0"))) {}
        samples.push(sent.elapsed());
    }
    Ok(samples)
}

pub async fn run(dir: &Path) -> anyhow::Result<Report> {
    let floor = floor(dir).await?;
    let glass = floor.p99() + FRAME_MS;
    let mut report = Report::default();
    report.rows.push(Row::latency("durable floor: frame to a follower", &floor));
    let mut scene = Scene::open(dir).await?;
    let quiet = scene.phase(true).await?;
    let events = {
        let _storm = scene.storm(dir, &[]).await?;
        scene.phase(true).await?
    };
    let alarms = {
        let _storm = scene.storm(dir, &["--alarms"]).await?;
        // Only the first 20 make a desktop notification; the storm's own are among them.
        scene.phase(false).await?
    };
    for (name, phase) in [("quiet", &quiet), ("storm of events", &events), ("storm of alarms", &alarms)] {
        let ratio = |samples: &Samples| Some(samples.p99() / glass);
        report.rows.push(Row::latency(format!("{name}: frame to ACK"), &phase.acknowledged));
        report.rows.push(Row::latency(format!("{name}: painted row"), &phase.painted).against(ratio(&phase.painted)));
        if phase.notified.len() > 0 {
            let row = Row::latency(format!("{name}: notification"), &phase.notified);
            report.rows.push(row.against(ratio(&phase.notified)));
        }
    }
    report.targets = vec![
        Target::at_most("painted, quiet, p99 ms", quiet.painted.p99(), 35.0),
        Target::at_most("painted, storm of events, p99 ms", events.painted.p99(), 100.0),
        Target::at_most("painted, storm of alarms, p99 ms", alarms.painted.p99(), 100.0),
        Target::at_most("notification, quiet, p99 ms", quiet.notified.p99(), 50.0),
        Target::at_most("notification, storm of events, p99 ms", events.notified.p99(), 50.0),
    ];
    report.notes = vec![
        format!("Ratio: p99 against {glass:.1} ms, the floor's p99 and one frame at 60 a second."),
        format!("A storm: {STORM_PANELS} panels, {STORM_RATE} events a minute each; of alarms: half of them alarms."),
        "In a storm of alarms only the first 20 make a desktop notification, so none are timed there.".into(),
    ];
    Ok(report)
}
