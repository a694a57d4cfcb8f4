//! The receivers measured beside the hub, each a process of its own: its processor time and memory can be told apart.

use anyhow::Context;
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use watchhouse_tests::programs::repository;

/// A receiver that runs until it is dropped.
pub struct Peer {
    child: Child,
    pub dc09: SocketAddr,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("a peer did not start")?;
        let lines = BufReader::new(child.stdout.take().context("a peer has no output")?).lines();
        let mut peer = Self { child, dc09: ([127, 0, 0, 1], 0).into(), lines };
        peer.dc09 = peer.address()?;
        Ok(peer)
    }

    fn address(&mut self) -> anyhow::Result<SocketAddr> {
        Ok(self.lines.next().context("a peer ended before it listened")??.parse()?)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The durable floor, and where it tells what it has stored.
    pub fn floor(dir: &Path) -> anyhow::Result<(Self, SocketAddr)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("floor").arg(dir.join("floor.log"));
        let mut peer = Self::start(command)?;
        let followers = peer.address()?;
        Ok((peer, followers))
    }
}

/// pysiaalarm, in the virtual environment that `scripts/bench` makes.
pub struct PySiaAlarm {
    pub peer: Peer,
    handled: PathBuf,
}

impl PySiaAlarm {
    /// Knows these accounts, and those with a key.
    pub fn start(dir: &Path, plain: &[String], keyed: &[(&str, &str)]) -> anyhow::Result<Self> {
        let python = std::env::var_os("WATCHHOUSE_PEER_PYTHON").context("WATCHHOUSE_PEER_PYTHON is not set")?;
        let handled = dir.join("pysiaalarm.handled");
        let keyed: Vec<String> = keyed.iter().map(|(account, key)| format!("{account}={key}")).collect();
        let mut command = Command::new(python);
        command.arg(repository().join("bench/pysiaalarm_receiver.py"));
        command.arg(plain.join(",")).arg(keyed.join(",")).arg(&handled);
        Ok(Self { peer: Peer::start(command)?, handled })
    }

    /// Events handed to its user so far.
    pub fn handled(&self) -> u64 {
        std::fs::metadata(&self.handled).map_or(0, |file| file.len())
    }
}
