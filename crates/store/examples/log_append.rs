//! How fast the log takes events, beside what the disk and SQLite can do, in one run.
//!
//! `cargo run --release -p store --example log_append -- [RESULT.json] [SECONDS] [DIR]`
//!
//! - *fdatasync*: 4 KiB appended to a file and flushed, again and again. The floor under anything durable.
//! - *raw SQLite*: rows of the log's shape with the chain, and nothing else: no decision, no state, no idempotency. Many
//!   transactions go in one text, so that it does not pay for sqlx's way to its thread.
//! - *ours*: `Writer::submit` with signals of registered panels: decided, chained, stored with the panel's state and the
//!   command's answer, told, answered.
#![allow(clippy::print_stdout)]

use anyhow::Context;
use domain::command::{Author, Command, Role};
use domain::id::{AccountId, CommandId, UnitId};
use domain::nearest::Fix;
use domain::{Instant, geo::Point};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant as Steady, SystemTime};
use store::{FixRow, Key, Outcome, Store, Submission, Surroundings, Writer};
use uuid::Uuid;

/// A borough's panels, so that the state in memory has its real size.
const PANELS: usize = 2_000;
const GROUP: usize = 64;
const DEVICES: usize = 1_000;

struct Around;

impl Surroundings for Around {
    fn now(&self) -> Instant {
        now()
    }
    fn fix(&self, _: UnitId) -> Option<Fix> {
        None
    }
    fn has_media(&self, _: &str) -> bool {
        false
    }
}

fn now() -> Instant {
    SystemTime::now().into()
}

/// What was measured of one way of storing.
struct Measured {
    name: &'static str,
    /// Events a second.
    rate: f64,
    /// Of one flush and what goes with it, in milliseconds.
    median_ms: f64,
    p99_ms: f64,
    cpu_s_per_1000: f64,
}

/// Runs `step` for a time; each stores `events`.
async fn measure<F: AsyncFnMut() -> anyhow::Result<()>>(
    name: &'static str,
    events: usize,
    time: Duration,
    mut step: F,
) -> anyhow::Result<Measured> {
    let warm = Steady::now();
    while warm.elapsed() < time / 10 {
        step().await?;
    }
    let (cpu, start, mut turns) = (cpu_s(), Steady::now(), vec![]);
    while start.elapsed() < time {
        let turn = Steady::now();
        step().await?;
        turns.push(turn.elapsed().as_secs_f64() * 1e3);
    }
    let count = (turns.len() * events) as f64;
    let rate = count / start.elapsed().as_secs_f64();
    let cpu_s_per_1000 = (cpu_s() - cpu) / count * 1e3;
    turns.sort_by(f64::total_cmp);
    let at = |part: f64| turns[((turns.len() - 1) as f64 * part) as usize];
    Ok(Measured { name, rate, median_ms: at(0.5), p99_ms: at(0.99), cpu_s_per_1000 })
}

/// User and system time of this process, from Linux; 0 elsewhere.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> =
        stat.rsplit(") ").next().unwrap_or("").split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
    // Clock ticks are 1/100 s on every Linux we run on.
    if fields.len() > 12 { (fields[11] + fields[12]) / 100.0 } else { 0.0 }
}

async fn flushes(dir: &Path, time: Duration) -> anyhow::Result<Measured> {
    let mut file = std::fs::File::create(dir.join("floor"))?;
    measure("fdatasync", 1, time, async || {
        file.write_all(&[7; 4096])?;
        Ok(file.sync_data()?)
    })
    .await
}

struct Raw {
    connection: SqliteConnection,
    chain: [u8; 32],
    seq: i64,
}

impl Raw {
    async fn new(dir: &Path, name: &str) -> anyhow::Result<Self> {
        let mut connection = SqliteConnectOptions::new()
            .filename(dir.join(name))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging()
            .connect()
            .await?;
        let table = "CREATE TABLE log (seq INTEGER PRIMARY KEY, stream TEXT, version INTEGER, event_id BLOB,
            command_id BLOB, kind TEXT, at INTEGER, recorded_at INTEGER, author TEXT, body TEXT, chain BLOB) STRICT";
        sqlx::query(table).execute(&mut connection).await?;
        Ok(Self { connection, chain: [0; 32], seq: 0 })
    }

    /// So many transactions of so many rows, in one text.
    async fn store(&mut self, sql: &Arc<str>, rows: usize, body: &str) -> anyhow::Result<()> {
        let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
        for _ in 0..rows {
            self.seq += 1;
            let mut hash = Sha256::new();
            hash.update(self.chain);
            hash.update(self.seq.to_be_bytes());
            hash.update(Sha256::digest(body.as_bytes()));
            self.chain = hash.finalize().into();
            query = query
                .bind(self.seq)
                .bind("panel-019ab3c4-0000-7000-8000-000000000000")
                .bind(self.seq)
                .bind(vec![1; 16])
                .bind(vec![2; 16])
                .bind("signal.logged")
                .bind(1_795_000_000_000_000_i64)
                .bind(1_795_000_000_000_000_i64)
                .bind("{\"account\":\"00000000-0000-0000-0000-000000000000\",\"officer\":null,\"role\":\"system\"}")
                .bind(body)
                .bind(self.chain.to_vec());
        }
        query.execute(&mut self.connection).await?;
        Ok(())
    }
}

async fn raw_sqlite(dir: &Path, time: Duration) -> anyhow::Result<(Measured, Measured)> {
    let body = signal_body(1).to_string();
    let row = "(?,?,?,?,?,?,?,?,?,?,?)";
    let one: Arc<str> = format!("INSERT INTO log VALUES {row};\n").repeat(16).into();
    let mut raw = Raw::new(dir, "raw-one.db").await?;
    let single = measure("raw SQLite, one", 16, time, async || raw.store(&one, 16, &body).await).await?;
    let values = vec![row; GROUP].join(",");
    let group: Arc<str> = format!("BEGIN IMMEDIATE; INSERT INTO log VALUES {values}; COMMIT;\n").repeat(4).into();
    let mut raw = Raw::new(dir, "raw-group.db").await?;
    let grouped =
        measure("raw SQLite, 64", 4 * GROUP, time, async || raw.store(&group, 4 * GROUP, &body).await).await?;
    Ok((single, grouped))
}

fn account(panel: usize) -> String {
    format!("{panel:04X}")
}

fn signal_body(panel: usize) -> Value {
    json!({"source": {"protocol": "SIA-DCS", "account": account(panel), "code": "OP", "qualifier": "status",
        "partition": "1", "zone": null, "user": "12", "panel_seq": 7, "raw": "\"SIA-DCS\"0007L0#0001[#0001|Nri1/OP12]",
        "remote": "192.0.2.7", "panel_at": null, "point": null}, "meaning": {"is": "signal"}, "text": "Unset by user",
        "known_account": true})
}

fn submission(kind: &str, target: String, body: Value) -> Submission {
    let now = now();
    let command = Command {
        id: CommandId(Uuid::from_u128(rand::random())),
        at: now,
        kind: kind.into(),
        v: 1,
        target,
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body,
    };
    let author = Author { account: AccountId(Uuid::nil()), role: Role::System, officer: None };
    Submission { command, author, received_at: now, once: None }
}

fn signal(turn: usize) -> Submission {
    let panel = turn % PANELS;
    submission("signal.receive", account(panel), signal_body(panel))
}

async fn accept(writer: &Writer, batch: Vec<Submission>) -> anyhow::Result<()> {
    let answers = writer.submit(batch).await?;
    anyhow::ensure!(answers.iter().all(|a| a.outcome == Outcome::Accepted), "{answers:?}");
    Ok(())
}

async fn ours(dir: &Path, time: Duration) -> anyhow::Result<(Vec<Measured>, f64)> {
    let store = Store::open(dir, Key::None).await?;
    let writer = Writer::start(store.clone(), Arc::new(Around)).await?;
    let panels = (0..PANELS).map(|panel| submission("panel.put", account(panel), json!({"account": account(panel)})));
    accept(&writer, panels.collect()).await?;
    let mut turn = 0;
    let one = measure("ours, one", 1, time, async || {
        turn += 1;
        accept(&writer, vec![signal(turn)]).await
    })
    .await?;
    let grouped = measure("ours, 64 a batch", GROUP, time, async || {
        turn += GROUP;
        accept(&writer, (turn..turn + GROUP).map(signal).collect()).await
    })
    .await?;
    let together = measure("ours, 256 callers", 256, time, async || {
        turn += 256;
        let calls: Vec<_> = (turn..turn + 256)
            .map(|turn| {
                let writer = writer.clone();
                tokio::spawn(async move { accept(&writer, vec![signal(turn)]).await })
            })
            .collect();
        for call in calls {
            call.await??;
        }
        Ok(())
    })
    .await?;
    let mut second = 0;
    let fixes = measure("fixes, 64 a batch", GROUP, time, async || {
        let batch: Vec<FixRow> = (0..GROUP).map(|i| fix(second + i)).collect();
        second += GROUP;
        Ok(store.add_fixes(&batch).await?)
    })
    .await?;
    let start = Steady::now();
    let found = store.verify().await?;
    anyhow::ensure!(found.is_sound(), "{:?}", found.problems);
    let verified = found.events as f64 / start.elapsed().as_secs_f64();
    writer.stop().await;
    Ok((vec![one, grouped, together, fixes], verified))
}

fn fix(number: usize) -> FixRow {
    let at = now() + chrono::TimeDelta::seconds((number / DEVICES) as i64);
    FixRow {
        unit: UnitId(Uuid::from_u128((number % DEVICES) as u128)),
        at,
        point: Point::new(51.5 + number as f64 * 1e-7, -0.1),
        accuracy_m: Some(8.0),
        speed_mps: Some(1.5),
        course_deg: None,
        battery_pct: Some(80.0),
        source: "owntracks".into(),
        received_at: at,
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let result = arguments.next().map(PathBuf::from);
    let seconds: f64 = arguments.next().map_or(Ok(5.0), |text| text.parse()).context("SECONDS")?;
    let parent = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = parent.join(format!("log-append-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let time = Duration::from_secs_f64(seconds);
    let before = flushes(&dir, time).await?;
    let (raw_one, raw_group) = raw_sqlite(&dir, time).await?;
    let (ours, verified) = ours(&dir.join("hub"), time).await?;
    let after = flushes(&dir, time).await?;
    std::fs::remove_dir_all(&dir)?;
    // The disk's speed moves while we measure: the floor is the mean of before and after.
    let flush = (before.rate + after.rate) / 2.0;
    let floors = [flush, raw_group.rate, raw_group.rate, raw_group.rate];
    println!("{:<20}{:>12}{:>12}{:>12}{:>14}", "", "events/s", "median ms", "p99 ms", "CPU s/1,000");
    for m in [&before, &after, &raw_one, &raw_group].into_iter().chain(&ours) {
        println!("{:<20}{:>12.0}{:>12.3}{:>12.3}{:>14.4}", m.name, m.rate, m.median_ms, m.p99_ms, m.cpu_s_per_1000);
    }
    println!("verify{:>26.0} events/s", verified);
    println!("one / fdatasync      {:.2}   (target 0.8; raw SQLite {:.2})", ours[0].rate / flush, raw_one.rate / flush);
    println!("one / raw SQLite     {:.2}", ours[0].rate / raw_one.rate);
    println!("64 / raw SQLite 64   {:.2}   (target 0.6)", ours[1].rate / raw_group.rate);
    println!("256 callers / raw 64 {:.2}", ours[2].rate / raw_group.rate);
    let json = |m: &Measured, floor: Option<f64>| {
        json!({"name": m.name, "events_per_s": m.rate, "median_ms": m.median_ms, "p99_ms": m.p99_ms,
            "cpu_s_per_1000": m.cpu_s_per_1000, "ratio_to_floor": floor.map(|floor| m.rate / floor)})
    };
    let measured: Vec<Value> = [&before, &after, &raw_one, &raw_group].into_iter().map(|m| json(m, None)).collect();
    let of_ours: Vec<Value> = ours.iter().zip(floors).map(|(m, floor)| json(m, Some(floor))).collect();
    let all = json!({"benchmark": "log-append", "seconds": seconds, "panels": PANELS, "floors": measured, "ours": of_ours,
        "verify_events_per_s": verified});
    if let Some(path) = result {
        std::fs::write(path, serde_json::to_string_pretty(&all)?)?;
    }
    Ok(())
}
