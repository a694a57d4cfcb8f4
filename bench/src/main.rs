//! Benchmarks of the whole, each beside its peer or physical floor in the same run. `scripts/bench` starts them; none is
//! a test, and none says anything about another machine. docs/performance.md says how to read them.

mod alarm_to_screen;
mod dc09_ingest;
mod dc09_robust;
mod desk_cold_start;
mod floor;
mod hub;
mod log_append;
mod measure;
mod panels;
mod peers;
mod window_memory;

use anyhow::{Context, bail};
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::LocalSet;

/// Seconds each thing is measured for, unless `WATCHHOUSE_BENCH_SECONDS` says otherwise.
const SECONDS: f64 = 5.0;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        // Parts of a benchmark that run as processes of their own.
        ["floor", file] => floor::run(file.as_ref()),
        ["board", profile] => desk_cold_start::print_board_ms(profile.as_ref()),
        [name, results] => measure(name, results.into()),
        _ => bail!("scripts/bench starts this"),
    }
}

/// One thread sends: what is left of the processor is the receivers'.
fn measure(name: &str, results: PathBuf) -> anyhow::Result<()> {
    let seconds = std::env::var("WATCHHOUSE_BENCH_SECONDS").map_or(Ok(SECONDS), |text| text.parse());
    let time = Duration::from_secs_f64(seconds.context("WATCHHOUSE_BENCH_SECONDS")?);
    // Beside the results: on the disk that is measured, not in memory.
    let dir = tempfile::Builder::new().prefix(name).tempdir_in(&results)?;
    let runtime = match name {
        // The log's writer and its callers are threads of this process.
        "log-append" => tokio::runtime::Builder::new_multi_thread().enable_all().build()?,
        _ => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
    };
    let report = LocalSet::new().block_on(&runtime, async {
        match name {
            "alarm-to-screen" => alarm_to_screen::run(dir.path()).await,
            "dc09-ingest" => dc09_ingest::run(dir.path(), time).await,
            "dc09-robust" => dc09_robust::run(dir.path()).await,
            "desk-cold-start" => desk_cold_start::run(dir.path()).await,
            "log-append" => log_append::run(dir.path(), time).await,
            "window-memory" => window_memory::run(dir.path()).await,
            other => bail!("there is no benchmark {other}"),
        }
    })?;
    report.finish(name, &results)
}
