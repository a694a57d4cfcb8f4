//! `dc09-ingest`: how many alarms a second are acknowledged, beside the durable floor and pysiaalarm.

use crate::hub::with_panels;
use crate::measure::{Report, Row, Target, cpu_s, flushes, resident_mib};
use crate::panels::{self, KEY, accounts};
use crate::peers::{Peer, PySiaAlarm};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

const CONNECTIONS: [usize; 4] = [1, 16, 200, 2_000];
/// At this many the cost of AES is compared.
const AES_AT: usize = 200;
/// At this many resident memory has a target.
const MEMORY_AT: usize = 2_000;

/// What one receiver did under one load.
struct Measured {
    row: Row,
    memory_mib: f64,
}

impl Measured {
    fn cpu(&self) -> f64 {
        self.row.cpu_s_per_1000.unwrap_or(f64::MAX)
    }
}

/// One round: so many connections, each kept busy for the time.
struct Round<'a> {
    dir: &'a Path,
    connections: usize,
    time: Duration,
}

impl Round<'_> {
    async fn measure(&self, name: &str, pid: u32, dc09: SocketAddr, encrypted: bool) -> anyhow::Result<Measured> {
        let (mut cpu, mut memory_mib) = (vec![], 0.0_f64);
        let load = panels::run(dc09, self.connections, encrypted, self.time, || {
            cpu.push(cpu_s(pid));
            memory_mib = memory_mib.max(resident_mib(pid));
        })
        .await?;
        let used = cpu.last().zip(cpu.first()).map(|(after, before)| after - before);
        let name = format!("{}: {name}", self.connections);
        let row = Row::of(name, &load.samples, load.took, load.samples.len(), used);
        Ok(Measured { row: row.note(format!("{memory_mib:.0} MiB")), memory_mib })
    }

    async fn floor(&self) -> anyhow::Result<Measured> {
        let (peer, _) = Peer::floor(self.dir)?;
        self.measure("durable floor", peer.pid(), peer.dc09, false).await
    }

    /// A real hub in a fresh directory.
    async fn ours(&self, name: &str, key: Option<&str>) -> anyhow::Result<Measured> {
        let dir = tempfile::tempdir_in(self.dir)?;
        let registered = with_panels(dir.path(), &accounts(self.connections), key).await?;
        let hub = &registered.hub;
        self.measure(name, hub.child.id(), hub.dc09, key.is_some()).await
    }

    async fn python(&self) -> anyhow::Result<Measured> {
        let python = PySiaAlarm::start(self.dir, &accounts(self.connections), &[])?;
        self.measure("pysiaalarm, not durable", python.peer.pid(), python.peer.dc09, false).await
    }

    async fn run(&self, report: &mut Report) -> anyhow::Result<()> {
        let floor = self.floor().await?;
        let ours = self.ours("ours", None).await?;
        let aes = if self.connections == AES_AT { Some(self.ours("ours, AES-128", Some(KEY)).await?) } else { None };
        let python = self.python().await?;

        let at = format!("{} connections", self.connections);
        let over = |ratio: Option<f64>| ratio.unwrap_or(f64::NAN);
        report.targets.extend([
            Target::at_least(format!("{at}: throughput / floor"), over(ours.row.rate_over(&floor.row)), 0.7),
            Target::at_most(format!("{at}: p99 / floor's"), over(ours.row.p99_over(&floor.row)), 1.5),
            Target::at_most(format!("{at}: CPU s/1,000"), ours.cpu(), 0.025),
        ]);
        if let Some(aes) = &aes {
            report.targets.push(Target::at_most(format!("{at}: CPU of AES-128 / plain"), aes.cpu() / ours.cpu(), 1.2));
        }
        if self.connections == MEMORY_AT {
            report.targets.push(Target::at_most(format!("{at}: resident MiB"), ours.memory_mib, 64.0));
        }
        report.rows.push(floor.row.clone());
        for Measured { row, .. } in [Some(ours), aes, Some(python)].into_iter().flatten() {
            let ratio = row.rate_over(&floor.row);
            report.rows.push(row.against(ratio));
        }
        Ok(())
    }
}

pub async fn run(dir: &Path, time: Duration) -> anyhow::Result<Report> {
    let mut report = Report::default();
    report.rows.push(flushes(dir, time / 2)?);
    for connections in CONNECTIONS {
        Round { dir, connections, time }.run(&mut report).await?;
    }
    report.rows.push(flushes(dir, time / 2)?);
    report.notes.push("Ratio: throughput against the durable floor. Sender and receiver share the processor.".into());
    report.notes.push("pysiaalarm acknowledges without keeping anything and does not see what came twice.".into());
    Ok(report)
}
