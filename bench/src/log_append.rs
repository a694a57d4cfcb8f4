//! `log-append`: how fast the log takes events, beside what the disk and SQLite can do.
//!
//! - *fdatasync*: 4 KiB appended to a file and flushed, again and again. The floor under anything durable.
//! - *raw SQLite*: rows of the log's shape with the chain, and nothing else: no decision, no state, no idempotency. Many
//!   transactions go in one text, so that it does not pay for sqlx's way to its thread.
//! - *ours*: `Writer::submit` with signals of registered panels: decided, chained, stored with the panel's state and the
//!   command's answer, told, answered.

use crate::measure::{Report, Row, Samples, Target, cpu_s, flushes};
use domain::command::{Author, Command, Role};
use domain::id::{AccountId, CommandId, UnitId};
use domain::nearest::Fix;
use domain::{Instant, geo::Point};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};
use std::path::Path;
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

/// Runs `step` for a time; each stores `events`. The times are of one step: one flush and what goes with it.
async fn measure<F: AsyncFnMut() -> anyhow::Result<()>>(
    name: &'static str,
    events: usize,
    time: Duration,
    mut step: F,
) -> anyhow::Result<Row> {
    let warm = Steady::now();
    while warm.elapsed() < time / 10 {
        step().await?;
    }
    let (pid, mut samples) = (std::process::id(), Samples::default());
    let (cpu, start) = (cpu_s(pid), Steady::now());
    while start.elapsed() < time {
        let turn = Steady::now();
        step().await?;
        samples.push(turn.elapsed());
    }
    let count = samples.len() * events;
    Ok(Row::of(name, &samples, start.elapsed(), count, Some(cpu_s(pid) - cpu)))
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

async fn raw_sqlite(dir: &Path, time: Duration) -> anyhow::Result<(Row, Row)> {
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

async fn ours(dir: &Path, time: Duration) -> anyhow::Result<([Row; 4], f64)> {
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
    Ok(([one, grouped, together, fixes], verified))
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

pub async fn run(dir: &Path, time: Duration) -> anyhow::Result<Report> {
    let before = flushes(dir, time)?;
    let (raw_one, raw_group) = raw_sqlite(dir, time).await?;
    let ([one, grouped, together, fixes], verified) = ours(&dir.join("hub"), time).await?;
    let after = flushes(dir, time)?;
    // The disk's speed moves while we measure: the floor is the mean of before and after.
    let mean = before.per_s.zip(after.per_s).map(|(before, after)| (before + after) / 2.0);
    let flush = Row { per_s: mean, ..before.clone() };
    let ratio = |row: &Row, floor: &Row| row.rate_over(floor).unwrap_or(0.0);
    let targets = vec![
        Target::at_least("one row / fdatasync", ratio(&one, &flush), 0.8),
        Target::at_least("groups of 64 / raw SQLite in groups of 64", ratio(&grouped, &raw_group), 0.6),
        Target::at_least("verified events/s", verified, 1_000_000.0),
    ];
    let held = |row: Row, floor: &Row| row.clone().against(row.rate_over(floor));
    let rows = vec![
        before,
        held(raw_one.clone(), &flush).note("of fdatasync"),
        raw_group.clone(),
        held(one.clone(), &flush).note(format!("of fdatasync; of raw SQLite {:.2}", ratio(&one, &raw_one))),
        held(grouped, &raw_group).note("of raw SQLite, 64"),
        held(together, &raw_group).note("of raw SQLite, 64"),
        held(fixes, &raw_group).note("of raw SQLite, 64"),
        after,
        Row { name: "verify".into(), per_s: Some(verified), ..Row::default() },
    ];
    let notes =
        vec![format!("{PANELS} panels are registered. Times are of one transaction, or of 256 callers' answers.")];
    Ok(Report { rows, targets, notes, ..Report::default() })
}
