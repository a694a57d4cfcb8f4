//! Panels that speak as fast as they are answered: one frame outstanding on each connection.

use crate::measure::Samples;
use chrono::Utc;
use feeds::dc09::compose::{Outgoing, is_whole};
use feeds::dc09::{Key, Panel};
use rand::RngExt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Every panel's key where frames are encrypted: AES-128, as most panels that encrypt.
pub const KEY: &str = "00112233445566778899AABBCCDDEEFF";
const WARM_UP: Duration = Duration::from_secs(1);
const SEQUENCES: u64 = 9999;

pub struct Load {
    pub samples: Samples,
    /// Of the measured time, without the warm-up.
    pub took: Duration,
}

/// The panels' accounts, the same in every run.
pub fn accounts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("F{n:07X}")).collect()
}

/// Opens the connections, warms up, and calls `measured` when the measured time begins and when it ends.
pub async fn run(
    dc09: SocketAddr,
    connections: usize,
    encrypted: bool,
    time: Duration,
    mut measured: impl FnMut(),
) -> anyhow::Result<Load> {
    let mut streams = Vec::new();
    for account in accounts(connections) {
        let stream = TcpStream::connect(dc09).await?;
        stream.set_nodelay(true)?;
        streams.push((account, stream));
    }
    let begin = Instant::now() + WARM_UP;
    let end = begin + time;
    let mut panels = JoinSet::new();
    for (account, stream) in streams {
        let key = encrypted.then(|| Key::parse_hex(KEY)).transpose()?;
        panels.spawn_local(speak(stream, Panel { key, ..Panel::new(account) }, begin, end));
    }
    tokio::time::sleep_until(begin.into()).await;
    measured();
    tokio::time::sleep_until(end.into()).await;
    measured();
    let mut samples = Samples::default();
    while let Some(done) = panels.join_next().await {
        samples.extend(done??);
    }
    Ok(Load { samples, took: time })
}

/// Unset reports of ever new users: no two frames are the same event.
async fn speak(mut stream: TcpStream, panel: Panel, begin: Instant, end: Instant) -> anyhow::Result<Samples> {
    let mut samples = Samples::default();
    let mut bytes = Vec::with_capacity(256);
    for count in 0u64.. {
        let pad: [u8; 16] = rand::rng().random();
        let seq = (count % SEQUENCES) as u16 + 1;
        let outgoing = Outgoing { seq, xdata: &[], timestamp: Some(Utc::now()), pad: &pad };
        let frame = panel.sia_dcs(&format!("Nri1/OP{}", count / SEQUENCES + 1), outgoing);
        let sent = Instant::now();
        if sent >= end {
            break;
        }
        stream.write_all(&frame).await?;
        bytes.clear();
        while !is_whole(&bytes) {
            anyhow::ensure!(stream.read_buf(&mut bytes).await? > 0, "the receiver closed the connection");
        }
        if sent >= begin {
            samples.push(sent.elapsed());
        }
        // Not read whole: pysiaalarm writes "None" where a panel has no receiver number.
        let is_ack = bytes[9..].starts_with(b"\"ACK\"") || bytes[9..].starts_with(b"\"*ACK\"");
        anyhow::ensure!(is_ack, "not acknowledged: {}", String::from_utf8_lossy(&bytes));
    }
    Ok(samples)
}
