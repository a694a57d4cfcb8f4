//! `watchhouse-simulate`: an evening, or a load, through the hub's public interfaces.

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};
use clap::{Args, Parser, Subcommand};
use simulate::{load, play};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;

/// Plays a council's evening into a demonstration hub, or puts one under load. Everything it says is invented.
#[derive(Parser)]
#[command(name = "watchhouse-simulate", version)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Plays the patrol's evening: first what has happened, as fast as the hub takes it, then on in life's speed.
    Evening(Evening),
    /// Sends events from many panels and measures the acknowledgements.
    Load(Load),
}

#[derive(Args)]
struct Connection {
    /// Address of the hub, for example http://127.0.0.1:8080
    #[arg(long)]
    hub: String,
    /// File with an administrator's token
    #[arg(long)]
    token_file: PathBuf,
    /// Where the hub listens for alarm panels; it says so itself when left out
    #[arg(long)]
    dc09: Option<SocketAddr>,
}

#[derive(Args)]
struct Evening {
    #[command(flatten)]
    connection: Connection,
    /// Civil time the evening begins
    #[arg(long, default_value = "16:00")]
    from: String,
    /// Civil time the operator sits down: everything before has happened then
    #[arg(long, default_value = "21:40")]
    live_from: String,
    /// Civil time the shift ends; on the next day when it is before the beginning
    #[arg(long, default_value = "03:00")]
    until: String,
    /// Speed of the clock from then on
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// Date of the evening; the hub's own when left out
    #[arg(long)]
    date: Option<NaiveDate>,
    /// Another number tells another evening
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds of the evening an alarm may wait for you before the second operator takes it; 0 leaves everything to you
    #[arg(long, default_value_t = 600)]
    patience: i64,
    /// File to write when the past has been played
    #[arg(long)]
    once_ready: Option<PathBuf>,
}

#[derive(Args)]
struct Load {
    #[command(flatten)]
    connection: Connection,
    /// Panels, each with a connection of its own
    #[arg(long, default_value_t = 100)]
    panels: u32,
    /// Events a minute of each panel
    #[arg(long, default_value_t = 3.0)]
    rate: f64,
    /// For how long
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Intruder alarms and restores instead of test reports
    #[arg(long)]
    alarms: bool,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().what {
        What::Evening(evening) => play::play(evening.options()?).await,
        What::Load(load) => {
            let summary = simulate::load::run(&load.options()?).await?;
            let json = serde_json::to_string(&summary)?;
            writeln!(std::io::stdout(), "{summary}\n{json}").context("writing the summary")
        }
    }
}

fn token(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text.trim().to_owned())
}

impl Evening {
    fn options(self) -> anyhow::Result<play::Options> {
        anyhow::ensure!(self.rate > 0.0 && self.rate <= 600.0, "--rate goes up to 600");
        Ok(play::Options {
            token: token(&self.connection.token_file)?,
            hub: self.connection.hub,
            dc09: self.connection.dc09,
            from: self.from,
            live_from: self.live_from,
            until: self.until,
            rate: self.rate,
            date: self.date,
            seed: self.seed,
            patience: TimeDelta::seconds(self.patience.clamp(0, 86_400)),
            once_ready: self.once_ready,
        })
    }
}

impl Load {
    fn options(self) -> anyhow::Result<load::Options> {
        Ok(load::Options {
            token: token(&self.connection.token_file)?,
            hub: self.connection.hub,
            dc09: self.connection.dc09,
            panels: self.panels,
            rate: self.rate,
            seconds: self.seconds,
            alarms: self.alarms,
            seed: self.seed,
        })
    }
}
