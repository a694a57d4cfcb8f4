//! Our programs as a user starts them.

use anyhow::{Context, bail};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The folder the tests' own binary was built into, which holds the programs too.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.ancestors().nth(2).expect("target/debug/deps/test");
    let path = folder.join(name);
    assert!(path.is_file(), "{} is not built: run `cargo build --workspace` first", path.display());
    path
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// Runs the hub's command line once and gives what it printed.
pub fn hub_says(arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program("watchhouse-hub")).args(arguments).output()?;
    if !output.status.success() {
        bail!("watchhouse-hub {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A running hub. Dropping it kills it, as a power cut would.
pub struct Hub {
    pub data: PathBuf,
    pub http: SocketAddr,
    pub dc09: SocketAddr,
    pub child: Child,
}

impl Hub {
    pub fn start(data: &Path) -> anyhow::Result<Self> {
        Self::start_with(data, &[])
    }

    pub fn start_with(data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(program("watchhouse-hub"));
        command.args(["serve", "--data"]).arg(data);
        if !more.contains(&"--http") {
            command.args(["--http", "127.0.0.1:0"]);
        }
        if !more.contains(&"--dc09") {
            command.args(["--dc09", "127.0.0.1:0"]);
        }
        command.args(more);
        Self::spawn(command, data)
    }

    /// Starts a prepared command that prints the addresses as `serve` does.
    pub fn spawn(mut command: Command, data: &Path) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("the hub did not start")?;
        let mut lines = BufReader::new(child.stdout.take().context("the hub has no output")?).lines();
        let mut address = |name: &str| -> anyhow::Result<SocketAddr> {
            let line = lines.next().with_context(|| format!("the hub ended before it listened ({name})"))??;
            let text = line.strip_prefix(name).with_context(|| format!("the hub printed “{line}”"))?.trim();
            Ok(text.rsplit('/').next().unwrap_or(text).parse()?)
        };
        let (http, dc09) = (address("http ")?, address("dc09 ")?);
        Ok(Self { data: data.to_owned(), http, dc09, child })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// `kill -9`, and gone.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and how long it took.
    pub fn stop(mut self) -> anyhow::Result<std::time::Duration> {
        let asked = std::time::Instant::now();
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the hub ended with {status}");
        Ok(asked.elapsed())
    }

    pub fn token(&self, name: &str, role: &str) -> anyhow::Result<String> {
        token(&self.data, name, role)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn token(data: &Path, name: &str, role: &str) -> anyhow::Result<String> {
    let data = data.to_str().context("a path of this test is no text")?;
    hub_says(&["account", "add", "--data", data, "--name", name, "--role", role, "--token"])
}

/// A demonstration directory with the borough of `docs/examples` in it.
pub fn borough(data: &Path) -> anyhow::Result<()> {
    let data = data.to_str().context("a path of this test is no text")?;
    hub_says(&["init", "--data", data, "--demonstration"])?;
    let file = repository().join("docs/examples/borough.json");
    hub_says(&["import", "--data", data, file.to_str().context("a path of the repository is no text")?])?;
    Ok(())
}
