//! `window-memory`: what the window holds of the machine's memory while the whole demonstration evening passes through it
//! and an operator opens one call-out after another with its pictures, beside an empty Tauri window.

use crate::hub::with_panels;
use crate::measure::{Report, Row, Target, proportional_mib};
use anyhow::Context;
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use watchhouse_tests::driver::{Browser, Page};
use watchhouse_tests::eventually;
use watchhouse_tests::notifications::Notifications;
use watchhouse_tests::programs::{borough, program, token};

const LIMIT_MIB: f64 = 350.0;
/// The evening's seconds in one of ours: from 21:40 to 03:00 in 80 s. The past before that comes as fast as it can.
const RATE: f64 = 240.0;
/// Seconds of the evening from 21:40 to each full hour that is printed.
const HOURS: [(&str, f64); 5] =
    [("22:00", 1_200.0), ("23:00", 4_800.0), ("00:00", 8_400.0), ("01:00", 12_000.0), ("02:00", 15_600.0)];
/// After this a window that was just opened has drawn itself, and one that was busy has rested.
const SETTLES: Duration = Duration::from_secs(5);
/// How often the memory is looked at, and how often the operator turns to something else.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The list's rows in turn; in every other look the first picture of the open one, large. The page's own elements are
/// pressed by a script: a driver that is handed elements keeps them alive.
const OPERATOR: &str = "
    const close = document.querySelector('dialog [data-autofocus]');
    if (close) return close.click();
    const picture = document.querySelector('aside .pictures button');
    if (arguments[0] % 2 && picture) return picture.click();
    const rows = [...document.querySelectorAll('[data-list=\"callouts\"] [data-main]')];
    rows[Math.floor(arguments[0] / 2) % rows.length]?.click();";

/// A program of ours and all it started, which end with the benchmark.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processes of a window, by what they are.
#[derive(Clone, Default)]
struct Memory {
    window: f64,
    network: f64,
    page: f64,
}

impl Memory {
    fn of(window: u32) -> Self {
        let mut memory = Self { window: proportional_mib(window), ..Self::default() };
        for (pid, name) in children(window) {
            match name.as_str() {
                name if name.starts_with("WebKitNetwork") => memory.network += proportional_mib(pid),
                _ => memory.page += proportional_mib(pid),
            }
        }
        memory
    }

    fn all(&self) -> f64 {
        self.window + self.network + self.page
    }

    fn row(&self, name: &str, empty: &Self) -> Row {
        let Self { window, network, page } = self;
        let parts = format!("{:.0} MiB: window {window:.0}, network {network:.0}, page {page:.0}", self.all());
        Row { name: name.into(), samples: 1, ..Row::default() }.against(Some(self.all() / empty.all())).note(parts)
    }
}

/// The direct children of a process, with their names.
fn children(parent: u32) -> Vec<(u32, String)> {
    let is_child = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let name = stat.split_once('(')?.1.rsplit_once(')')?.0.to_owned();
        let its_parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()?;
        (its_parent == parent).then_some((pid, name))
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| is_child(entry.file_name().to_str()?.parse().ok()?)).collect()
}

/// The process that runs this program below us.
fn running(name: &str) -> Option<u32> {
    let mut below = children(std::process::id());
    while let Some((pid, _)) = below.pop() {
        if std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program(name)) {
            return Some(pid);
        }
        below.extend(children(pid));
    }
    None
}

async fn empty_window() -> anyhow::Result<Memory> {
    let window = Program(Command::new(program("empty-window")).spawn().context("the empty window did not start")?);
    let pid = window.0.id();
    eventually("the empty window's page", async || (Memory::of(pid).page > 0.0).then_some(())).await;
    tokio::time::sleep(SETTLES).await;
    Ok(Memory::of(pid))
}

/// The evening from its beginning; the hub has its past when the file `ready` is there.
fn evening(hub: &str, token: &Path, ready: &Path) -> anyhow::Result<Program> {
    let mut evening = Command::new(program("watchhouse-simulate"));
    evening.args(["evening", "--hub", hub, "--rate", &RATE.to_string(), "--token-file"]).arg(token);
    evening.arg("--once-ready").arg(ready).env("RUST_LOG", "warn").stdout(Stdio::null());
    Ok(Program(evening.spawn().context("the evening did not start")?))
}

/// An operator at a window, and what it held at its highest.
struct Desk {
    page: Page,
    pid: u32,
    highest: Memory,
    looks: usize,
}

impl Desk {
    /// One look at the memory; with `busy` also the operator's next press.
    async fn look(&mut self, busy: bool) -> anyhow::Result<Memory> {
        tokio::time::sleep(LOOK_EVERY).await;
        if busy {
            self.page.0.execute(OPERATOR, vec![json!(self.looks)]).await?;
            self.looks += 1;
        }
        let memory = Memory::of(self.pid);
        if memory.all() > self.highest.all() {
            self.highest = memory.clone();
        }
        Ok(memory)
    }
}

pub async fn run(dir: &Path) -> anyhow::Result<Report> {
    let empty = empty_window().await?;
    let _bus = Notifications::serve().await.context("no session bus: scripts/bench runs this in a session")?;
    let data = dir.join("hub");
    borough(&data)?;
    let registered = with_panels(&data, &[], None).await?;
    let hub = registered.hub.url();
    let [desk_token, play_token, ready] = ["desk.token", "play.token", "ready"].map(|name| dir.join(name));
    std::fs::write(&desk_token, token(&data, "Desk", "operator")?)?;
    std::fs::write(&play_token, &registered.token)?;

    let browser = Browser::webkit().await?;
    let desk_token = desk_token.to_str().context("a path of this benchmark is no text")?;
    let options = ["--hub", &hub, "--token-file", desk_token, "--size", "1280x800"];
    let page = browser.window(&dir.join("profile"), &options).await?;
    page.body("data-ready", "true").await;
    let pid = running("watchhouse").context("the window does not run")?;
    let mut desk = Desk { page, pid, highest: Memory::default(), looks: 0 };
    tokio::time::sleep(SETTLES).await;
    let mut rows = vec![empty.row("an empty Tauri window", &empty)];
    let start = desk.look(false).await?;
    rows.push(start.row("ours at the start", &empty));

    let mut evening = evening(&hub, &play_token, &ready)?;
    while !ready.exists() {
        anyhow::ensure!(evening.0.try_wait()?.is_none(), "the evening ended before it was ready");
        desk.look(true).await?;
    }
    rows.push(desk.look(true).await?.row("ours at 21:40, the past in it", &empty));
    let begun = Instant::now();
    let mut hours = HOURS.into_iter().peekable();
    while evening.0.try_wait()?.is_none() {
        let memory = desk.look(true).await?;
        if let Some((hour, _)) = hours.next_if(|(_, at)| begun.elapsed().as_secs_f64() * RATE >= *at) {
            rows.push(memory.row(&format!("ours at {hour}"), &empty));
        }
    }
    tokio::time::sleep(SETTLES).await;
    let end = desk.look(false).await?;
    rows.push(end.row("ours after the evening", &empty));
    rows.push(desk.highest.row("ours at its highest", &empty));
    desk.page.close().await;

    let targets = vec![
        Target::at_most("after the evening, MiB", end.all(), LIMIT_MIB),
        Target::at_most("at its highest, MiB", desk.highest.all(), LIMIT_MIB),
    ];
    let notes = vec![
        "Proportional set size of the window and its WebKit processes, without the hub; what they share with other \
         programs counts in part. Ratio: against the empty window, measured before ours."
            .into(),
        format!(
            "The evening's last five hours at {RATE} times life's speed; the operator presses {} times.",
            desk.looks
        ),
    ];
    Ok(Report { rows, targets, notes, ..Report::default() })
}
