//! The desk's own hub: a child of the same binary that goes on receiving when the window closes or dies.

use crate::options::Options;
use crate::platform;
use anyhow::{bail, Context};
use serde::Deserialize;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A hub on a slow disk with a long log takes seconds to open; longer than this and something is wrong.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Between two looks at the hub. A panel tries again for longer than the hub is away.
const WATCH_EVERY: Duration = Duration::from_secs(2);

/// How long one look waits for a word.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// So many looks without a word, and the hub hangs: panels get no answer from it and cannot get one.
const SILENT_LOOKS_MAX: u32 = 5;

/// How a hub stands, seen from outside.
#[derive(Debug, PartialEq)]
enum Look {
    /// It says something, even that it is not ready: it knows best what to do.
    Answers,
    /// It listens and says nothing.
    Silent,
    Gone,
}

/// What the hub writes once it listens.
#[derive(Clone, Copy, Deserialize)]
pub struct Announced {
    pub pid: u32,
    pub http: SocketAddr,
    pub dc09: SocketAddr,
}

#[derive(Clone)]
pub struct Embedded {
    profile: PathBuf,
}

impl Embedded {
    pub fn new(profile: &Path) -> Self {
        Self { profile: profile.to_owned() }
    }

    fn data(&self) -> PathBuf {
        self.profile.join("hub")
    }

    /// The key for what3words and the file of settings, where an administrator put them.
    fn settings(&self) -> Vec<std::ffi::OsString> {
        let files = [("--w3w-key-file", "w3w.key"), ("--config", "hub.toml")];
        let found = files.into_iter().map(|(option, name)| (option, self.profile.join(name)));
        found.filter(|(_, file)| file.is_file()).flat_map(|(option, file)| [option.into(), file.into()]).collect()
    }

    fn announcement(&self) -> PathBuf {
        self.profile.join("hub.json")
    }

    /// Joins the running hub of this profile, or starts one.
    pub fn start(&self, options: &Options) -> anyhow::Result<Announced> {
        match self.running() {
            Some(running) => Ok(running),
            None => self.start_at(free(options.own_http), free(options.own_dc09)),
        }
    }

    /// Starts the hub again whenever it has died, where panels and phones know it. A hub that was asked to stop is gone
    /// together with this window, before anybody looks.
    pub fn watch(&self, announced: Announced) {
        let embedded = self.clone();
        let mut silent = 0;
        std::thread::spawn(move || loop {
            std::thread::sleep(WATCH_EVERY);
            match embedded.announced().map(|hub| (look(hub.http), hub)) {
                Some((Look::Answers, _)) => {
                    silent = 0;
                    continue;
                }
                Some((Look::Silent, hub)) => {
                    silent += 1;
                    if silent < SILENT_LOOKS_MAX {
                        continue;
                    }
                    tracing::error!("the desk's own hub hangs; it is ended and started again");
                    if let Err(error) = platform::end(hub.pid) {
                        tracing::error!(%error, "it could not be ended");
                    }
                }
                Some((Look::Gone, _)) | None => {
                    tracing::warn!("the desk's own hub is gone; starting it again");
                }
            }
            silent = 0;
            if let Err(error) = embedded.start_at(announced.http, announced.dc09) {
                tracing::error!(error = format!("{error:#}"), "the hub could not be started again");
            }
        });
    }

    /// Asks the hub to end.
    pub fn stop(&self) -> std::io::Result<()> {
        self.running().map_or(Ok(()), |running| platform::stop(running.pid))
    }

    fn start_at(&self, http: SocketAddr, dc09: SocketAddr) -> anyhow::Result<Announced> {
        let _ = std::fs::remove_file(self.announcement());
        let log_path = self.profile.join("hub.log");
        // What a hub that died said last is worth keeping.
        let log = std::fs::File::options().create(true).append(true).open(&log_path)?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--hub", "serve", "--data"])
            .arg(self.data())
            .args(["--http", &http.to_string(), "--dc09", &dc09.to_string()])
            .arg("--announce")
            .arg(self.announcement())
            .args(self.settings())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        platform::detach(&mut command);
        let mut child = command.spawn().context("the hub could not be started")?;
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            if let Some(running) = self.running() {
                return Ok(running);
            }
            if let Some(status) = child.try_wait()? {
                let mut said = String::new();
                let _ = std::fs::File::open(&log_path).and_then(|mut f| f.read_to_string(&mut said));
                bail!("the hub stopped at once ({status}): {}", said.lines().last().unwrap_or("it said nothing"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the hub did not start within {} s; see {}", START_LIMIT.as_secs(), log_path.display())
    }

    fn announced(&self) -> Option<Announced> {
        let text = std::fs::read_to_string(self.announcement()).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The hub that is there, also when it says nothing just now: a second one beside it could not open its data.
    fn running(&self) -> Option<Announced> {
        self.announced().filter(|hub| look(hub.http) != Look::Gone)
    }

    /// A token for this desk, made by the same command line an administrator would use.
    pub fn new_token(&self) -> anyhow::Result<String> {
        let output = Command::new(std::env::current_exe()?)
            .args(["--hub", "account", "add", "--data"])
            .arg(self.data())
            .args(["--name", "Control room", "--role", "supervisor", "--token"])
            .stdin(Stdio::null())
            .output()
            .context("an account for this desk could not be made")?;
        let token = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || token.is_empty() {
            bail!("an account for this desk could not be made: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(token)
    }
}

/// The address asked for, or any port when somebody else has it.
fn free(wanted: SocketAddr) -> SocketAddr {
    match std::net::TcpListener::bind(wanted) {
        Ok(_) => wanted,
        Err(_) => SocketAddr::new(wanted.ip(), 0),
    }
}

/// Asks the hub for a word, whatever it is.
fn look(http: SocketAddr) -> Look {
    let Ok(mut stream) = TcpStream::connect_timeout(&http, Duration::from_millis(300)) else {
        return Look::Gone;
    };
    let mut ask = || -> std::io::Result<()> {
        stream.set_read_timeout(Some(LOOK_LIMIT))?;
        stream.set_write_timeout(Some(LOOK_LIMIT))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n")?;
        stream.read_exact(&mut [0; 5])
    };
    match ask() {
        Ok(()) => Look::Answers,
        Err(_) => Look::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_hub_that_listens_and_says_nothing_hangs() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        assert_eq!(look(address), Look::Silent);
        drop(silent);
        assert_eq!(look(address), Look::Gone);

        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = busy.local_addr().unwrap();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = busy.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap();
        });
        assert_eq!(look(address), Look::Answers, "not ready, and there all the same");
        answering.join().unwrap();
    }
}
