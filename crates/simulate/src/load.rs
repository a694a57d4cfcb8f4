//! Many panels at once: how many events the hub acknowledges, and how fast.

use crate::hub::Hub;
use crate::panel::{PanelClient, Signal};
use anyhow::{Context, bail};
use chrono::TimeDelta;
use domain::Instant;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// More than any one receiver is meant for; each panel holds a connection.
pub const PANELS_MAX: u32 = 4000;
pub const SECONDS_MAX: u32 = 3600;
/// Events a minute of one panel.
pub const RATE_MAX: f64 = 600.0;
/// Panels registered at the same time.
const REGISTERING: usize = 8;

#[derive(Clone, Debug)]
pub struct Options {
    pub hub: String,
    pub token: String,
    pub dc09: Option<SocketAddr>,
    pub panels: u32,
    pub rate: f64,
    pub seconds: u32,
    /// Intruder alarms and restores instead of test reports.
    pub alarms: bool,
    pub seed: u64,
}

/// What came of it. Latencies are from a frame's write to its whole acknowledgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub panels: u32,
    pub seconds: f64,
    pub sent: u64,
    pub acknowledged: u64,
    pub failed: u64,
    /// Acknowledged only at a second or third try.
    pub retried: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}

pub async fn run(options: &Options) -> anyhow::Result<Summary> {
    check(options)?;
    let admin = Hub::new(&options.hub)?.session(&options.token);
    let status = admin.status().await.context("the hub did not answer")?;
    let dc09 = match (options.dc09, status.dc09.as_deref()) {
        (Some(address), _) => address,
        (None, Some(address)) => address.parse()?,
        (None, None) => bail!("the hub does not say where it listens for alarm panels; give --dc09"),
    };
    let accounts: Vec<String> = (0..options.panels).map(|n| format!("F{n:07X}")).collect();
    let slots = Arc::new(Semaphore::new(REGISTERING));
    let mut registering = JoinSet::new();
    for account in accounts.clone() {
        let (admin, slots) = (admin.clone(), slots.clone());
        registering.spawn(async move {
            let _slot = slots.acquire_owned().await;
            admin.add_panel(&account, None).await
        });
    }
    for done in registering.join_all().await {
        done.context("registering a panel")?;
    }
    tracing::info!(panels = options.panels, "registered; sending");
    let started = Moment::now();
    let mut sending = JoinSet::new();
    for (n, account) in accounts.into_iter().enumerate() {
        let panel = PanelClient::new(dc09, &account, None, options.seed.wrapping_add(n as u64));
        sending.spawn(send_all(panel, options.clone(), status.now, started, n as u64));
    }
    let mut all = Counts::default();
    for counts in sending.join_all().await {
        all.add(counts);
    }
    Ok(all.summary(options.panels, started.elapsed()))
}

fn check(options: &Options) -> anyhow::Result<()> {
    if !(1..=PANELS_MAX).contains(&options.panels) {
        bail!("--panels goes from 1 to {PANELS_MAX}");
    }
    if !(1..=SECONDS_MAX).contains(&options.seconds) {
        bail!("--seconds goes from 1 to {SECONDS_MAX}");
    }
    if !(options.rate > 0.0 && options.rate <= RATE_MAX) {
        bail!("--rate goes up to {RATE_MAX} events a minute for each panel");
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    sent: u64,
    failed: u64,
    retried: u64,
    took: Vec<Duration>,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.failed += other.failed;
        self.retried += other.retried;
        self.took.extend(other.took);
    }

    fn summary(mut self, panels: u32, elapsed: Duration) -> Summary {
        self.took.sort_unstable();
        let at = |part: f64| {
            let index = ((self.took.len() as f64 * part).ceil() as usize).clamp(1, self.took.len().max(1)) - 1;
            self.took.get(index).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
        };
        let seconds = elapsed.as_secs_f64();
        Summary {
            panels,
            seconds,
            sent: self.sent,
            acknowledged: self.took.len() as u64,
            failed: self.failed,
            retried: self.retried,
            per_second: self.took.len() as f64 / seconds.max(0.001),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            max_ms: at(1.0),
        }
    }
}

/// One panel at its own pace, each with its own beginning so that they do not all speak at once.
async fn send_all(mut panel: PanelClient, options: Options, hub_now: Instant, started: Moment, n: u64) -> Counts {
    let every = Duration::from_secs_f64(60.0 / options.rate);
    let mut random = StdRng::seed_from_u64(options.seed ^ n);
    let end = Duration::from_secs(u64::from(options.seconds));
    let mut due = every.mul_f64(random.random_range(0.0..1.0));
    let mut counts = Counts::default();
    while due < end {
        tokio::time::sleep(due.saturating_sub(started.elapsed())).await;
        let signal = match (options.alarms, counts.sent % 2) {
            (false, _) => Signal::Sia("Nri0/RP0".into()),
            (true, 0) => Signal::Sia("Nri1/BA1".into()),
            (true, _) => Signal::Sia("Nri1/BR1".into()),
        };
        let now = hub_now + TimeDelta::from_std(started.elapsed()).unwrap_or_default();
        counts.sent += 1;
        match panel.send(&signal, now).await {
            Ok(acknowledged) => {
                counts.retried += u64::from(acknowledged.tries > 1);
                counts.took.push(acknowledged.took);
            }
            Err(error) => {
                counts.failed += 1;
                tracing::debug!(%error, account = panel.account(), "not acknowledged");
            }
        }
        due += every;
    }
    counts
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{} panels, {:.1} s: {} sent, {} acknowledged ({:.0} a second), {} failed, {} only at a second try",
            self.panels, self.seconds, self.sent, self.acknowledged, self.per_second, self.failed, self.retried
        )?;
        write!(
            f,
            "acknowledged after: median {:.2} ms, 99 of 100 within {:.2} ms, slowest {:.2} ms",
            self.p50_ms, self.p99_ms, self.max_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_and_ranks() {
        let took = (1..=100).map(Duration::from_millis).collect();
        let summary = Counts { sent: 102, failed: 2, retried: 1, took }.summary(4, Duration::from_secs(10));
        assert_eq!((summary.acknowledged, summary.failed), (100, 2));
        assert_eq!((summary.p50_ms, summary.p99_ms, summary.max_ms), (50.0, 99.0, 100.0));
        assert_eq!(summary.per_second, 10.0);
        let none = Counts::default().summary(1, Duration::from_secs(1));
        assert_eq!((none.acknowledged, none.p99_ms), (0, 0.0));
    }
}
