//! The window's command line.

use anyhow::Context;
use clap::Parser;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "watchhouse", version, about = "The command centre of a council's central security team.")]
pub struct Options {
    /// Where this desk keeps its replica, its outbox and, alone, its hub.
    #[arg(long)]
    pub profile: Option<PathBuf>,
    /// A shared hub to join; without it the desk runs its own. (`--hub serve …` is the hub itself.)
    #[arg(long)]
    pub hub: Option<String>,
    /// A file with the API token for the shared hub; it moves to the system keyring.
    #[arg(long, requires = "hub")]
    pub token_file: Option<PathBuf>,
    /// WIDTHxHEIGHT of the window.
    #[arg(long, value_parser = parse_size)]
    pub size: Option<(f64, f64)>,
    /// Where the desk's own hub serves phones and links.
    #[arg(long, default_value = "127.0.0.1:8480")]
    pub own_http: SocketAddr,
    /// Where the desk's own hub receives panels.
    #[arg(long, default_value = "127.0.0.1:8409")]
    pub own_dc09: SocketAddr,
    /// The number this desk puts into provisional references: D2-0007.
    #[arg(long, default_value_t = 1)]
    pub desk: u32,
}

fn parse_size(text: &str) -> Result<(f64, f64), String> {
    let wrong = || "write it as WIDTHxHEIGHT, for example 1280x800".to_owned();
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let (width, height): (f64, f64) = (width.parse().map_err(|_| wrong())?, height.parse().map_err(|_| wrong())?);
    if (640.0..=7680.0).contains(&width) && (480.0..=4320.0).contains(&height) {
        Ok((width, height))
    } else {
        Err(wrong())
    }
}

/// Reads the command line. A driver that starts us cannot always pass options; it may set them in
/// `WATCHHOUSE_ARGUMENTS`, one a line.
pub fn parse(mut arguments: Vec<OsString>) -> anyhow::Result<Options> {
    if let Ok(more) = std::env::var("WATCHHOUSE_ARGUMENTS") {
        arguments.extend(more.lines().filter(|l| !l.is_empty()).map(OsString::from));
    }
    Options::try_parse_from(arguments).map_err(|e| {
        if e.use_stderr() {
            return anyhow::anyhow!("{e}");
        }
        e.exit()
    })
}

impl Options {
    pub fn profile(&self) -> anyhow::Result<PathBuf> {
        let profile = self.profile.clone().unwrap_or_else(crate::platform::default_profile);
        std::fs::create_dir_all(&profile)
            .with_context(|| format!("the profile {} cannot be made", profile.display()))?;
        Ok(profile.canonicalize()?)
    }
}
