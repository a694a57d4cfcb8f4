//! Samples, the processor and memory a process used, and the result as a table and as JSON.

use anyhow::Context;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Clock ticks of `/proc/PID/stat` in a second, on every Linux we run on.
const TICKS_PER_S: f64 = 100.0;

/// Durations in milliseconds, to be ranked.
#[derive(Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn push(&mut self, took: Duration) {
        self.push_ms(took.as_secs_f64() * 1e3);
    }

    pub fn push_ms(&mut self, ms: f64) {
        self.0.push(ms);
    }

    pub fn extend(&mut self, other: Samples) {
        self.0.extend(other.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest value that this part of the samples does not exceed; 0 without samples.
    pub fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = ((sorted.len() as f64 * part).ceil() as usize).max(1) - 1;
        sorted.get(rank).copied().unwrap_or(0.0)
    }

    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }
}

/// User and system time of a process so far, in seconds.
pub fn cpu_s(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces; the 12th and 13th fields after it are the times.
    let times = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_PER_S
}

/// Resident memory of a process, in MiB.
pub fn resident_mib(pid: u32) -> f64 {
    kib(&format!("/proc/{pid}/status"), "VmRSS:") / 1024.0
}

/// What a process holds of the machine's memory, its part of shared pages included, in MiB.
pub fn proportional_mib(pid: u32) -> f64 {
    kib(&format!("/proc/{pid}/smaps_rollup"), "Pss:") / 1024.0
}

/// A line of a table of the kernel; 0 for a process that is gone.
fn kib(table: &str, name: &str) -> f64 {
    let text = std::fs::read_to_string(table).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0)
}

/// The machine's own floor: 4 KiB appended to a file and flushed, again and again.
pub fn flushes(dir: &Path, time: Duration) -> anyhow::Result<Row> {
    let path = dir.join("fdatasync");
    let mut file = std::fs::File::create(&path)?;
    let mut samples = Samples::default();
    let (cpu, start) = (cpu_s(std::process::id()), Instant::now());
    while start.elapsed() < time {
        let turn = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        samples.push(turn.elapsed());
    }
    let cpu = cpu_s(std::process::id()) - cpu;
    let row = Row::of("fdatasync, 4 KiB", &samples, start.elapsed(), samples.len(), Some(cpu));
    std::fs::remove_file(path)?;
    Ok(row)
}

/// One line of the table.
#[derive(Clone, Default)]
pub struct Row {
    pub name: String,
    pub per_s: Option<f64>,
    pub median_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub cpu_s_per_1000: Option<f64>,
    /// Against the row it is held to, by the column the benchmark says.
    pub ratio: Option<f64>,
    pub samples: usize,
    pub note: String,
}

impl Row {
    /// `count` things done in `took`, each after one of `samples`.
    pub fn of(name: impl Into<String>, samples: &Samples, took: Duration, count: usize, cpu_s: Option<f64>) -> Self {
        Self {
            per_s: Some(count as f64 / took.as_secs_f64()),
            cpu_s_per_1000: cpu_s.map(|s| s / count.max(1) as f64 * 1e3),
            ..Self::latency(name, samples)
        }
    }

    pub fn latency(name: impl Into<String>, samples: &Samples) -> Self {
        Self {
            name: name.into(),
            median_ms: Some(samples.median()),
            p99_ms: Some(samples.p99()),
            samples: samples.len(),
            ..Self::default()
        }
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub fn against(mut self, ratio: Option<f64>) -> Self {
        self.ratio = ratio;
        self
    }

    /// How much faster than another row, by throughput.
    pub fn rate_over(&self, floor: &Row) -> Option<f64> {
        Some(self.per_s? / floor.per_s?)
    }

    pub fn p99_over(&self, floor: &Row) -> Option<f64> {
        Some(self.p99_ms? / floor.p99_ms?)
    }

    fn json(&self) -> Value {
        json!({"name": self.name, "per_s": self.per_s, "median_ms": self.median_ms, "p99_ms": self.p99_ms,
            "cpu_s_per_1000": self.cpu_s_per_1000, "ratio": self.ratio, "samples": self.samples, "note": self.note})
    }
}

/// One promise and what came of it.
pub struct Target {
    pub what: String,
    pub value: f64,
    pub limit: f64,
    at_least: bool,
}

impl Target {
    pub fn at_least(what: impl Into<String>, value: f64, limit: f64) -> Self {
        Self { what: what.into(), value, limit, at_least: true }
    }

    pub fn at_most(what: impl Into<String>, value: f64, limit: f64) -> Self {
        Self { what: what.into(), value, limit, at_least: false }
    }

    pub fn met(&self) -> bool {
        if self.at_least { self.value >= self.limit } else { self.value <= self.limit }
    }

    fn sign(&self) -> &'static str {
        if self.at_least { "at least" } else { "at most" }
    }
}

/// What one benchmark found.
#[derive(Default)]
pub struct Report {
    pub rows: Vec<Row>,
    pub targets: Vec<Target>,
    /// What a reader must know to read the rows.
    pub notes: Vec<String>,
    pub more: Map<String, Value>,
}

impl Report {
    /// Prints the table and writes `NAME.json`.
    pub fn finish(&self, name: &str, dir: &Path) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        write!(out, "{}", self.table())?;
        let targets: Vec<Value> = self
            .targets
            .iter()
            .map(|t| json!({"what": t.what, "value": t.value, t.sign(): t.limit, "met": t.met()}))
            .collect();
        let all = json!({"benchmark": name, "at": chrono::Utc::now(), "cores": std::thread::available_parallelism()?,
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(), "targets": targets, "notes": self.notes,
            "more": self.more});
        let path = dir.join(format!("{name}.json"));
        std::fs::write(&path, serde_json::to_string_pretty(&all)?).context("the result cannot be written")?;
        writeln!(out, "\n{}", path.display())?;
        Ok(())
    }

    fn table(&self) -> String {
        let number = |value: Option<f64>, digits: usize| value.map_or(String::new(), |v| format!("{v:.digits$}"));
        let mut text = format!(
            "{:<44}{:>10}{:>11}{:>10}{:>12}{:>8}\n",
            "", "a second", "median ms", "p99 ms", "CPU s/1,000", "ratio"
        );
        for row in &self.rows {
            let _ = write!(
                text,
                "{:<44}{:>10}{:>11}{:>10}{:>12}{:>8}",
                row.name,
                number(row.per_s, 0),
                number(row.median_ms, 3),
                number(row.p99_ms, 3),
                number(row.cpu_s_per_1000, 4),
                number(row.ratio, 2),
            );
            let note = if row.note.is_empty() { String::new() } else { format!("  {}", row.note) };
            let _ = writeln!(text, "{note}");
        }
        text.push('\n');
        for target in &self.targets {
            let word = if target.met() { "met   " } else { "MISSED" };
            let _ = writeln!(text, "{word} {}: {:.3}, {} {}", target.what, target.value, target.sign(), target.limit);
        }
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_ranked_by_the_share_that_does_not_exceed_them() {
        let mut samples = Samples::default();
        (1..=200).rev().for_each(|ms| samples.push(Duration::from_millis(ms)));
        assert_eq!((samples.median(), samples.p99(), samples.at(1.0)), (100.0, 198.0, 200.0));
        assert_eq!(Samples::default().p99(), 0.0);
    }

    #[test]
    fn a_target_is_met_at_its_limit_and_missed_beyond_it() {
        assert!(Target::at_least("", 0.7, 0.7).met() && !Target::at_least("", 0.69, 0.7).met());
        assert!(Target::at_most("", 1.5, 1.5).met() && !Target::at_most("", 1.51, 1.5).met());
    }
}
