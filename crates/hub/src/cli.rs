//! The command line: `serve`, and everything that is set up without a window.

use crate::cli_partner::{self, SafeCodeCmd, WebhookCmd};
use crate::clock::parse_setting;
use crate::config::Config;
use crate::import;
use crate::letters::Mail;
use crate::roads::RoadsLookup;
use crate::routes::admin;
use crate::serve::{self, Options};
use crate::state::{Around, Hub};
use crate::texts::Gateway;
use crate::words_lookup::WordsLookup;
use crate::{backup, clock::Clock, media::Media};
use anyhow::{Context, bail};
use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand};
use domain::command::Role;
use serde_json::json;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Store, Writer};
use uuid::Uuid;

/// What councils keep recordings for that nobody asked for.
const POSITIONS_DAYS: u16 = 31;

#[derive(Parser)]
#[command(name = "watchhouse-hub", version, about = "The hub of Watchhouse: receives, decides, keeps and serves.")]
struct Cli {
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Subcommand)]
enum Cmd {
    /// Receive alarms and positions and serve desks, phones and customers.
    Serve(Box<Serve>),
    /// Make a data directory.
    Init {
        #[arg(long)]
        data: PathBuf,
        /// Marked as a demonstration on every screen, page and report; only here may the clock be set.
        #[arg(long)]
        demonstration: bool,
    },
    /// People and programs that may sign in.
    Account {
        #[command(subcommand)]
        command: AccountCmd,
    },
    /// Alarm transmitters.
    Panel {
        #[command(subcommand)]
        command: PanelCmd,
    },
    /// Trackers that report positions.
    Device {
        #[command(subcommand)]
        command: DeviceCmd,
    },
    /// Tell customers' own systems what happens.
    Webhook {
        #[command(subcommand)]
        command: WebhookCmd,
    },
    /// The words by which somebody at a site cancels a call-out.
    SafeCode {
        #[command(subcommand)]
        command: SafeCodeCmd,
    },
    /// One-time codes for officers' phones.
    Enrol {
        #[arg(long)]
        data: PathBuf,
        /// The officer's reference.
        #[arg(long)]
        officer: String,
    },
    /// Load a register (our JSON, GeoJSON of places, CSV of sites, entrances, contacts, panels or keys) or an Asterisk
    /// exchange's list of calls (Master.csv).
    Import {
        #[arg(long)]
        data: PathBuf,
        file: PathBuf,
    },
    /// Write a part of the register to a file or, without one, to the terminal.
    Export {
        #[arg(long)]
        data: PathBuf,
        /// `sites`, `entrances`, `contacts`, `panels`, `keys` as CSV; `places` as GeoJSON.
        #[arg(long, value_parser = ["sites", "entrances", "contacts", "panels", "keys", "places"])]
        what: String,
        file: Option<PathBuf>,
    },
    /// Check the chain, rebuild everything from the log and compare.
    Verify {
        #[arg(long)]
        data: PathBuf,
    },
    /// Copy the data directory while the hub runs.
    Backup {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        to: PathBuf,
    },
    /// Put a backup into an empty directory.
    Restore {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        from: PathBuf,
        /// Also erase whoever was erased in this data directory or later backup; may be given several times.
        #[arg(long)]
        erased_in: Vec<PathBuf>,
    },
    /// Print the OpenAPI description.
    Openapi,
}

#[derive(Args)]
struct Serve {
    #[arg(long)]
    data: PathBuf,
    #[arg(long, default_value = "127.0.0.1:8480")]
    http: SocketAddr,
    /// TCP and UDP.
    #[arg(long, default_value = "127.0.0.1:8409")]
    dc09: SocketAddr,
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// PostgreSQL for several desks; not in this version.
    #[arg(long)]
    database: Option<String>,
    /// A TOML file: `hosts = ["name", …]`, `positions_days = 31`, `w3w_key_file = "FILE"`, `w3w_url = "https://…"`,
    /// `smtp_server = "smtps://…"`, `road_server = "osrm+https://…"`, `sms_url = "https://…"`
    /// and their kind (see the administrator's guide).
    #[arg(long)]
    config: Option<PathBuf>,
    /// A host name this hub answers to besides loopback; may be given several times.
    #[arg(long = "host")]
    hosts: Vec<String>,
    /// How long positions are kept; 31 when neither this nor the file says.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    positions_days: Option<u16>,
    /// A file with the key for what3words; without one nothing is looked up.
    #[arg(long)]
    w3w_key_file: Option<PathBuf>,
    /// Where what3words is served, when not by its maker.
    #[arg(long)]
    w3w_url: Option<String>,
    /// `START,RATE`: only with a demonstration directory.
    #[arg(long, value_parser = parse_setting)]
    clock: Option<(domain::Instant, f64)>,
    /// `https://push.example.net`: a push service of one's own, or of a test, that may be called although it is not on
    /// the public internet; may be given several times. Otherwise only public addresses are called, over HTTPS.
    #[arg(long = "push-service")]
    push_services: Vec<String>,
    /// Waits between tries of webhooks and mail times this, for whoever builds against them: 0.01 makes 10 s a tenth of a
    /// second.
    #[arg(long, default_value_t = 1.0)]
    retry_pace: f64,
    /// Write process and addresses to this file as JSON once everything listens.
    #[arg(long)]
    announce: Option<PathBuf>,
}

#[derive(Subcommand)]
enum AccountCmd {
    /// Make an account and print its API token on one line.
    Add {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        name: String,
        /// operator cctv supervisor officer supplier customer partner administrator
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Print a token.
        #[arg(long)]
        token: bool,
        /// The officer's reference, for the role officer; the account's name when left out.
        #[arg(long)]
        officer: Option<String>,
        /// A site that a partner or customer may see; may be given several times.
        #[arg(long = "site")]
        sites: Vec<String>,
    },
}

#[derive(Subcommand)]
enum PanelCmd {
    Add {
        #[arg(long)]
        data: PathBuf,
        /// 3 to 16 hexadecimal digits.
        #[arg(long)]
        account: String,
        /// AES key: 32, 48 or 64 hexadecimal digits, or 16, 24 or 32 characters.
        #[arg(long)]
        key: Option<String>,
        #[arg(long)]
        site: Option<String>,
        /// Take encrypted frames whatever their timestamp says.
        #[arg(long)]
        no_time_check: bool,
        /// Seconds between supervision messages; silence raises a line fault.
        #[arg(long)]
        supervision: Option<u32>,
        /// What the receiver does with accounts nobody registered: `duh` refuses them, else they are raised.
        #[arg(long, value_parser = ["raise", "duh"])]
        unknown_account: Option<String>,
    },
}

#[derive(Subcommand)]
enum DeviceCmd {
    /// Print `user password` for `POST /pub`.
    Add {
        #[arg(long)]
        data: PathBuf,
        /// The unit's call sign.
        #[arg(long)]
        unit: String,
    },
}

fn parse_role(name: &str) -> Result<Role, String> {
    Role::parse(name).ok_or_else(|| {
        "a role is one of: operator cctv supervisor officer supplier customer partner administrator".into()
    })
}

/// Runs the hub's command line; `arguments` start with the program's name.
pub fn main(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> std::process::ExitCode {
    let cli = Cli::parse_from(arguments);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error)),
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> std::process::ExitCode {
    let _ = writeln!(std::io::stderr(), "watchhouse-hub: {error:#}");
    std::process::ExitCode::FAILURE
}

/// One line on standard output: what scripts read.
pub(crate) fn say(line: impl std::fmt::Display) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("standard output is closed")
}

async fn run(cli: Cli) -> anyhow::Result<std::process::ExitCode> {
    match cli.command {
        Cmd::Serve(serve) => run_serve(*serve).await?,
        Cmd::Init { data, demonstration } => {
            Store::create(&data, store::Key::None, demonstration).await?;
            let kind = if demonstration { " for demonstration" } else { "" };
            say(format!("{} is ready{kind}.", data.display()))?;
        }
        Cmd::Account { command: AccountCmd::Add { data, name, role, token, officer, sites } } => {
            let line = match sites.is_empty() {
                true => with_hub(&data, async |hub| add_account(hub, &name, role, officer.as_deref()).await).await?,
                false => cli_partner::add_account(&data, &name, role, &sites).await?,
            };
            say(if token { line } else { "The account is there; add --token to print its API token.".into() })?;
        }
        Cmd::Panel { command } => add_panel(command).await?,
        Cmd::Device { command: DeviceCmd::Add { data, unit } } => {
            let line = with_hub(&data, async |hub| {
                if hub.world().unit(&unit).is_none() {
                    let body = json!({ "call_sign": unit, "kind": kind_by_name(&unit) });
                    taken(hub.act("unit.put", unit.clone(), body).await?)?;
                }
                let (user, password) = admin::add_device(hub, &unit).await.map_err(said)?;
                Ok(format!("{user} {password}"))
            })
            .await?;
            say(line)?;
        }
        Cmd::Webhook { command } => cli_partner::webhook(command).await?,
        Cmd::SafeCode { command } => cli_partner::safe_code(command).await?,
        Cmd::Enrol { data, officer } => {
            let line = with_hub(&data, async |hub| {
                let found = hub.world().officer(&officer).map(|o| o.id);
                let id = found.with_context(|| format!("there is no officer “{officer}”"))?;
                Ok(admin::new_code(hub, id).await.map_err(said)?.0)
            })
            .await?;
            say(line)?;
        }
        Cmd::Import { data, file } => return import_file(&data, &file).await,
        Cmd::Export { data, what, file } => export(&data, &what, file.as_deref()).await?,
        Cmd::Verify { data } => return verify(&data).await,
        Cmd::Backup { data, to } => {
            backup::make(&data, &to).await?;
            say(format!("A copy of {} is in {}.", data.display(), to.display()))?;
        }
        Cmd::Restore { data, from, erased_in } => {
            let restored = backup::restore(&data, &from, &erased_in).await?;
            if !restored.erased.is_empty() {
                with_hub(&data, async |hub| {
                    for erased in &restored.erased {
                        let body = json!({ "reason": erased.reason });
                        taken(hub.act("person.erase", erased.person.to_string(), body).await?)?;
                    }
                    Ok(())
                })
                .await?;
                say(format!("{} people who were erased since are erased here too.", restored.erased.len()))?;
            }
            say(format!("{} events are back in {}.", restored.events, data.display()))?;
        }
        Cmd::Openapi => say(crate::openapi::TEXT.trim_end())?,
    }
    Ok(std::process::ExitCode::SUCCESS)
}

async fn run_serve(serve: Serve) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    if serve.database.is_some() {
        bail!("--database: this version keeps its log in SQLite; PostgreSQL comes with shared hubs");
    }
    let config = serve.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)?;
    let positions_days = serve.positions_days.or(config.positions_days).unwrap_or(POSITIONS_DAYS);
    serve::install_crypto();
    let mail = Mail::configured(&config, serve.retry_pace)?;
    let texts = Gateway::configured(&config, serve.retry_pace)?;
    let roads_lookup = RoadsLookup::configured(&config)?;
    let words_lookup = match serve.w3w_key_file.or(config.w3w_key_file) {
        Some(file) => WordsLookup::with_key_in(&file, serve.w3w_url.or(config.w3w_url).as_deref())?,
        None => WordsLookup::off(),
    };
    let running = serve::start(Options {
        data: serve.data,
        http: serve.http,
        dc09: serve.dc09,
        tls: serve.tls_cert.zip(serve.tls_key),
        hosts: [serve.hosts, config.hosts].concat(),
        clock: serve.clock,
        keep_positions: TimeDelta::days(positions_days.into()),
        push_services: serve.push_services,
        retry_pace: serve.retry_pace,
        mail,
        texts,
        words_lookup,
        roads_lookup,
    })
    .await?;
    let scheme = if running.hub.tls { "https" } else { "http" };
    let address = |slot: &std::sync::OnceLock<SocketAddr>| slot.get().map_or_else(String::new, ToString::to_string);
    say(format!("http {scheme}://{}", address(&running.hub.http)))?;
    say(format!("dc09 {}", address(&running.hub.dc09)))?;
    if let Some(path) = &serve.announce {
        announce(path, &running.hub)?;
    }
    stop_signal().await?;
    running.stop().await;
    if let Some(path) = &serve.announce {
        let _ = std::fs::remove_file(path);
    }
    Ok(())
}

/// Whole or not at all, so that a reader never sees half of it.
fn announce(path: &Path, hub: &Hub) -> anyhow::Result<()> {
    let text = json!({ "pid": std::process::id(), "http": hub.http.get(), "dc09": hub.dc09.get() });
    let draft = path.with_extension("new");
    std::fs::write(&draft, text.to_string())
        .and_then(|()| std::fs::rename(&draft, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(unix)]
async fn stop_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn stop_signal() -> anyhow::Result<()> {
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")
}

/// A hub that does not listen: for one change from the command line, before or during `serve`.
pub(crate) async fn with_hub<T>(data: &Path, work: impl AsyncFnOnce(&Hub) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let store = Store::open(data, store::Key::None).await?;
    let (clock, media) = (Clock::system(), Media::new(data));
    let around = Arc::new(Around::new(clock.clone(), media.clone()));
    let writer = Writer::start(store.clone(), around.clone()).await?;
    let hub = Hub::idle(store, writer, around, clock, media);
    let result = work(&hub).await;
    hub.writer.clone().stop().await;
    result
}

/// A problem as the command line says it.
pub(crate) fn said(problem: crate::problem::Problem) -> anyhow::Error {
    anyhow::anyhow!("{problem}")
}

fn taken(answer: store::Answer) -> anyhow::Result<()> {
    match answer.refusal {
        Some(refusal) => bail!("{} {}", refusal.text, refusal.mend.unwrap_or_default()),
        None => Ok(()),
    }
}

fn kind_by_name(call_sign: &str) -> &'static str {
    if call_sign.to_ascii_uppercase().contains("HOT") { "hot_spot" } else { "vehicle" }
}

/// An officer's account belongs to an officer; one is registered under the account's name when there is none.
async fn add_account(hub: &Hub, name: &str, role: Role, officer: Option<&str>) -> anyhow::Result<String> {
    let officer = match (role, officer) {
        (Role::Officer, reference) => {
            let reference = reference.unwrap_or(name);
            if hub.world().officer(reference).is_none() {
                let body = json!({ "ref": reference, "name": name });
                taken(hub.act("officer.put", Uuid::now_v7().to_string(), body).await?)?;
            }
            hub.world().officer(reference).map(|o| o.id)
        }
        (_, Some(_)) => bail!("--officer goes with --role officer"),
        _ => None,
    };
    Ok(admin::add_account(hub, name, role, officer).await.map_err(said)?.1)
}

async fn add_panel(command: PanelCmd) -> anyhow::Result<()> {
    let PanelCmd::Add { data, account, key, site, no_time_check, supervision, unknown_account } = command;
    let line = with_hub(&data, async |hub| {
        let body = json!({
            "account": account, "site": site, "time_check": !no_time_check, "supervision_s": supervision,
            "refuse_unknown": unknown_account.as_deref() == Some("duh"),
        });
        admin::put_panel(hub, crate::state::system(), body, key.as_deref()).await.map_err(said)?;
        Ok(format!("Panel {} is registered.", account.to_ascii_uppercase()))
    })
    .await?;
    say(line)
}

async fn import_file(data: &Path, file: &Path) -> anyhow::Result<std::process::ExitCode> {
    let imported = with_hub(data, async |hub| {
        let (rows, unread) = import::read(file, &hub.world())?;
        let mut imported = import::load(&hub.writer, crate::state::system(), hub.clock.now(), rows).await?;
        imported.refused.extend(unread);
        imported.refused.sort_by_key(|(at, _, _)| *at);
        for (account, key) in &imported.keys {
            admin::keep_key(hub, account, key).await.map_err(said)?;
        }
        Ok(imported)
    })
    .await?;
    for (kind, count) in &imported.taken {
        say(format!("{kind}: {count} taken"))?;
    }
    for (kind, count) in &imported.known {
        say(format!("{kind}: {count} known already"))?;
    }
    for (_, name, reason) in &imported.refused {
        say(format!("refused {name}: {reason}"))?;
    }
    let all = imported.refused.is_empty();
    Ok(if all { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::from(2) })
}

async fn export(data: &Path, what: &str, file: Option<&Path>) -> anyhow::Result<()> {
    let world = with_hub(data, async |hub| Ok(hub.world())).await?;
    let text = match register::Table::parse(what) {
        Some(table) => register::csv(&world, table),
        None => register::geojson(&world),
    };
    match file {
        Some(file) => {
            std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))?;
            say(format!("The {what} are in {}.", file.display()))
        }
        None => say(text.trim_end()),
    }
}

async fn verify(data: &Path) -> anyhow::Result<std::process::ExitCode> {
    let store = Store::open(data, store::Key::None).await?;
    let found = store.verify().await?;
    say(format!("{} events, {} aggregates", found.events, found.aggregates))?;
    for problem in &found.problems {
        say(format!("problem: {problem}"))?;
    }
    say(if found.problems.is_empty() { "clean" } else { "NOT clean" })?;
    let clean = found.problems.is_empty();
    Ok(if clean { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE })
}
