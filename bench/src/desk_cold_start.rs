//! `desk-cold-start`: from the start of the process to the usable window, beside an empty Tauri window, and from opening
//! the desk's own file to the board's data. With 1,000 and with 1,000,000 call-outs on the desk's disk.

use crate::hub::{Registered, with_panels};
use crate::measure::{Report, Row, Samples, Target};
use anyhow::Context;
use desk::{Config, Desk};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::Key;
use store::desk::{AggregateRow, DeskStore, OutboxWrite};
use thirtyfour::{Capabilities, WebDriver};
use uuid::Uuid;
use watchhouse_tests::client::Client;
use watchhouse_tests::eventually;
use watchhouse_tests::programs::{borough, program};

const FEW: usize = 1_000;
const MANY: usize = 1_000_000;
const BOARD_RUNS: usize = 20;
const WINDOW_RUNS: usize = 12;
/// How often the page is asked whether it is ready: the error of one run.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Opens a profile's replica and prints how long it took until the board's data was there, in a process of its own.
pub fn print_board_ms(profile: &Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let config = Config { dir: profile.into(), hub: "http://127.0.0.1:9".into(), token: "none".into(), desk_number: 1 };
    let start = Instant::now();
    let desk = runtime.block_on(Desk::open(config))?;
    let board = desk.board();
    let took = start.elapsed();
    anyhow::ensure!(!board.service.empty, "the replica is empty");
    writeln!(std::io::stdout(), "{}", took.as_secs_f64() * 1e3)?;
    Ok(())
}

fn board(profile: &Path) -> anyhow::Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..BOARD_RUNS {
        let output = Command::new(std::env::current_exe()?).arg("board").arg(profile).output()?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        samples.push_ms(String::from_utf8(output.stdout)?.trim().parse()?);
    }
    Ok(samples)
}

/// A profile that has followed the hub to its head and has so many closed call-outs besides.
async fn profile(dir: &Path, name: &str, hub: &Registered, closed: usize) -> anyhow::Result<PathBuf> {
    let profile = dir.join(name);
    std::fs::create_dir_all(&profile)?;
    let api = Client::new(hub.hub.url(), &hub.token);
    let snapshot = api.get("/v1/snapshot").await?;
    let seq = snapshot["seq"].as_i64().context("no seq")?;
    let mut rows = Vec::new();
    for aggregate in snapshot["aggregates"].as_array().context("no aggregates")? {
        rows.push(row(aggregate, true)?);
    }
    let template = rows.iter().find(|row| row.kind == "callout").context("no call-out")?.clone();
    let state: Value = serde_json::from_str(&template.state)?;
    let number = state["number"].as_str().context("a call-out without a number")?;
    for n in 0..closed {
        let id = Uuid::now_v7();
        let state = template.state.replace(number, &format!("C-{n:07}"));
        rows.push(AggregateRow { stream: format!("callout-{id}"), open: false, state, ..template.clone() });
    }
    let store = DeskStore::open(&profile, Key::None).await?;
    store.replace_replica(seq, &rows, &OutboxWrite::default()).await?;
    store.close().await;
    Ok(profile)
}

fn row(aggregate: &Value, open: bool) -> anyhow::Result<AggregateRow> {
    let stream = aggregate["stream"].as_str().context("no stream")?.to_owned();
    let kind = stream.split('-').next().unwrap_or_default().to_owned();
    let version = aggregate["version"].as_i64().context("no version")?;
    Ok(AggregateRow { stream, kind, version, open, state: aggregate["state"].to_string() })
}

/// WebKitWebDriver, for windows of any program.
struct Driver {
    child: Child,
    url: String,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Driver {
    async fn start() -> anyhow::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .envs([("TAURI_AUTOMATION", "true"), ("TAURI_WEBVIEW_AUTOMATION", "true")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("WebKitWebDriver is not installed")?;
        let address = format!("127.0.0.1:{port}");
        eventually("WebKitWebDriver", async || tokio::net::TcpStream::connect(&address).await.ok()).await;
        Ok(Self { child, url: format!("http://{address}") })
    }

    /// From the start of the process to a page that says it is ready.
    async fn start_of(&self, program: &Path, arguments: &[String]) -> anyhow::Result<Start> {
        let mut capabilities = Capabilities::new();
        capabilities.set("webkitgtk:browserOptions", json!({ "binary": program, "args": arguments }))?;
        let window = WebDriver::new(&self.url, capabilities).await?;
        loop {
            let ready = window.execute("return document.body?.dataset.ready === 'true'", vec![]).await;
            if ready.is_ok_and(|ready| ready.json() == &Value::Bool(true)) {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let took = age(program)?;
        let page = window.execute("return Date.now() - performance.timeOrigin", vec![]).await?;
        let page = Duration::from_secs_f64(page.json().as_f64().unwrap_or(0.0) / 1e3);
        window.quit().await?;
        Ok(Start { took, before_page: took.saturating_sub(page) })
    }
}

/// One start of a program.
struct Start {
    took: Duration,
    /// Until the page began to load.
    before_page: Duration,
}

/// How long ago the newest process of a program was started. Linux says so in hundredths of a second.
fn age(program: &Path) -> anyhow::Result<Duration> {
    let uptime = std::fs::read_to_string("/proc/uptime")?;
    let uptime: f64 = uptime.split(' ').next().unwrap_or_default().parse()?;
    let mut newest = 0.0_f64;
    for process in std::fs::read_dir("/proc")?.flatten() {
        if std::fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == program) {
            let stat = std::fs::read_to_string(process.path().join("stat"))?;
            let started = stat.rsplit(") ").next().unwrap_or_default().split(' ').nth(19).unwrap_or_default();
            newest = newest.max(started.parse::<f64>()? / 100.0);
        }
    }
    anyhow::ensure!(newest > 0.0, "{} does not run", program.display());
    Ok(Duration::from_secs_f64((uptime - newest).max(0.0)))
}

pub async fn run(dir: &Path) -> anyhow::Result<Report> {
    let data = dir.join("hub");
    borough(&data)?;
    let hub = with_panels(&data, &[], None).await?;
    let api = Client::new(hub.hub.url(), &hub.token);
    let body = json!({ "site": first_site(&api).await?, "type": "intruder", "priority": 2, "offer": false });
    api.must("callout.create", &Uuid::now_v7().to_string(), body).await?;
    let token = dir.join("token");
    std::fs::write(&token, &hub.token)?;

    let few = profile(dir, "few", &hub, FEW).await?;
    let many = profile(dir, "many", &hub, MANY).await?;
    let (few_data, many_data) = (board(&few)?, board(&many)?);
    let driver = Driver::start().await?;
    let mut times = [Samples::default(), Samples::default(), Samples::default()];
    let mut before_page = times.clone();
    let arguments = |profile: &Path| -> Vec<String> {
        let text = |path: &Path| path.display().to_string();
        let [hub, token] = [("--hub", hub.hub.url()), ("--token-file", text(&token))];
        let options = [("--profile", text(profile)), hub, token, ("--size", "1280x800".into())];
        options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
    };
    let runs = [
        (program("empty-window"), vec![]),
        (program("watchhouse"), arguments(&few)),
        (program("watchhouse"), arguments(&many)),
    ];
    // In turns: the machine's moods meet all three alike. The first round warms the caches.
    for round in 0..=WINDOW_RUNS {
        for (run, (program, arguments)) in runs.iter().enumerate() {
            let start = driver.start_of(program, arguments).await?;
            if round > 0 {
                times[run].push(start.took);
                before_page[run].push(start.before_page);
            }
        }
    }
    let [empty, few, many] = &times;
    let ratio = |a: &Samples, b: &Samples| a.median() / b.median();
    let until_page = |run: usize| format!("{:.0} ms before the page", before_page[run].median());
    let rows = vec![
        Row::latency("an empty Tauri window", empty).note(until_page(0)),
        Row::latency("ours, 1,000 call-outs on disk", few).against(Some(ratio(few, empty))).note(until_page(1)),
        Row::latency("ours, 1,000,000 call-outs on disk", many).against(Some(ratio(many, empty))).note(until_page(2)),
        Row::latency("data of the board, 1,000", &few_data),
        Row::latency("data of the board, 1,000,000", &many_data).against(Some(ratio(&many_data, &few_data))),
    ];
    let targets = vec![
        Target::at_most("data, 1,000 call-outs, median ms", few_data.median(), 10.0),
        Target::at_most("data, 1,000,000 call-outs, median ms", many_data.median(), 10.0),
        Target::at_most("window / empty window", ratio(few, empty), 1.15),
        Target::at_most("window with 1,000,000 / with 1,000", ratio(many, few), 1.05),
    ];
    let notes = vec![
        "Window: from the start of the process to data-ready, all three under the same WebDriver. Ratio: medians."
            .into(),
        "Data: a fresh process opens the desk's file and asks for the board, without a hub.".into(),
    ];
    Ok(Report { rows, targets, notes, ..Report::default() })
}

async fn first_site(api: &Client) -> anyhow::Result<String> {
    let sites = api.get("/v1/sites").await?;
    let site = sites["sites"].get(0).and_then(|site| site["ref"].as_str().or(site["reference"].as_str()));
    Ok(site.context("no site in the borough")?.to_owned())
}
