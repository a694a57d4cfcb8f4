//! Starts everything, and stops it without losing anything.

use crate::certificate::Certificate;
use crate::clock::Clock;
use crate::guard::Guard;
use crate::letters::Mail;
use crate::media::{Media, hex};
use crate::places::{Places, ask_for_files, places_max};
use crate::push::{Push, Services};
use crate::receivers::dc09;
use crate::receivers::panels::Panels;
use crate::roads::RoadsLookup;
use crate::routes;
use crate::state::{Around, Hub, LiveFix};
use crate::texts::Gateway;
use crate::webhooks::Webhooks;
use crate::words_lookup::WordsLookup;
use crate::{arrivals, housekeeping, letters, nearby, push, reports, roads, supervise, texts, timers, web, webhooks};
use anyhow::Context;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::RustlsAcceptor;
use chrono::TimeDelta;
use feeds::dc09::Key;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{KeyForm, Store, Writer};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::broadcast::error::RecvError;

/// How long requests under way may take once we are told to stop; the whole stop stays under 5 s.
const GRACE: Duration = Duration::from_secs(2);
/// Tries of one-time codes a minute, for everybody together.
const ENROL_TRIES: u32 = 30;

pub struct Options {
    pub data: PathBuf,
    pub http: SocketAddr,
    pub dc09: SocketAddr,
    pub tls: Option<(PathBuf, PathBuf)>,
    pub hosts: Vec<String>,
    pub clock: Option<(domain::Instant, f64)>,
    /// A position older than this is removed.
    pub keep_positions: TimeDelta,
    /// Origins of push services that may be called besides those of the public internet.
    pub push_services: Vec<String>,
    pub words_lookup: WordsLookup,
    pub roads_lookup: RoadsLookup,
    /// Waits between tries of webhooks times this.
    pub retry_pace: f64,
    pub mail: Option<Mail>,
    pub texts: Option<Gateway>,
}

/// A hub that listens. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    pub hub: Arc<Hub>,
    handle: Handle<SocketAddr>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

/// One TLS provider for the whole program; a second call is no harm.
pub fn install_crypto() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

pub async fn start(options: Options) -> anyhow::Result<Running> {
    install_crypto();
    if options.tls.is_none() && !is_loopback(options.http.ip()) {
        anyhow::bail!(
            "plain HTTP is served on loopback only: give --tls-cert and --tls-key, or listen on 127.0.0.1 \
             behind a reverse proxy named in `hosts`"
        );
    }
    let push_services = Services::new(&options.push_services)?;
    let webhooks = Webhooks::new(options.retry_pace)?;
    let store = Store::open(&options.data, store::Key::None)
        .await
        .with_context(|| format!("the data directory {} cannot be opened", options.data.display()))?;
    let clock = Clock::system();
    if let Some((at, rate)) = options.clock {
        anyhow::ensure!(store.demonstration(), "--clock works only with a directory made by `init --demonstration`");
        clock.set(at, rate);
    }
    let media = Media::new(&options.data);
    let around = Arc::new(Around::new(clock.clone(), media.clone()));
    for row in store.latest_fixes().await? {
        let (fix, received_at, source, battery_pct) = (row.fix(), row.received_at, row.source, row.battery_pct);
        around.put_fix(row.unit, LiveFix { fix, received_at, source, battery_pct });
    }
    let writer = Writer::start(store.clone(), around.clone()).await?;
    let push = Push::open(&options.data, push_services)
        // Without it everything else works, and pages say that they must stay open.
        .inspect_err(|error| tracing::error!("phones cannot be called while their page is closed: {error:#}"));
    let mut hosts = options.hosts;
    hosts.extend(["localhost".into(), "127.0.0.1".into(), "::1".into(), options.http.ip().to_string()]);
    let hub = Arc::new(Hub {
        panels: Arc::new(Panels::default()),
        enrol_guard: Guard::new(ENROL_TRIES),
        push: push.ok().map(Arc::new),
        webhooks: Some(Arc::new(webhooks)),
        mail: options.mail.map(Arc::new),
        texts: options.texts.map(Arc::new),
        words_lookup: options.words_lookup,
        roads_lookup: options.roads_lookup,
        hosts,
        tls: options.tls.is_some(),
        positions: tokio::sync::broadcast::channel(1024).0,
        ..Hub::idle(store, writer, around, clock, media)
    });
    if let Some(push) = &hub.push {
        push.forget_strangers(&hub.store).await?;
    }
    hub.head.store(hub.store.head().await?.seq, Ordering::Relaxed);
    mark_demonstration(&hub).await?;
    load_keys(&hub).await?;
    let mut running = listen(hub, options.http, options.dc09, options.tls).await?;
    running.tasks.push(tokio::spawn(housekeeping::run(running.hub.clone(), options.keep_positions)));
    Ok(running)
}

/// A small frame leaves when it is written: gathering it with a next one costs a new alarm 40 ms.
const AT_ONCE: NoDelayAcceptor = NoDelayAcceptor;

async fn listen(
    hub: Arc<Hub>,
    http: SocketAddr,
    dc09: SocketAddr,
    tls: Option<(PathBuf, PathBuf)>,
) -> anyhow::Result<Running> {
    let panels = TcpListener::bind(dc09).await.with_context(|| format!("cannot listen for panels on {dc09}"))?;
    let dc09 = panels.local_addr()?;
    let datagrams = UdpSocket::bind(dc09).await.with_context(|| format!("cannot listen for panels on UDP {dc09}"))?;
    let listener = std::net::TcpListener::bind(http).with_context(|| format!("cannot listen for HTTP on {http}"))?;
    listener.set_nonblocking(true)?;
    let http = listener.local_addr()?;
    ask_for_files();
    let places = || Places::new(places_max());
    let handle = Handle::new();
    let app = routes::router(hub.clone()).into_make_service();
    let mut tasks = vec![
        tokio::spawn(dc09::serve_tcp(hub.clone(), hub.panels.clone(), panels, places())),
        tokio::spawn(dc09::serve_udp(hub.clone(), hub.panels.clone(), datagrams)),
        tokio::spawn(timers::run(hub.clone())),
        tokio::spawn(supervise::run(hub.clone(), hub.panels.clone())),
        tokio::spawn(push::run(hub.clone())),
        tokio::spawn(roads::run(hub.clone())),
        tokio::spawn(nearby::run(hub.clone())),
        tokio::spawn(texts::run(hub.clone())),
        tokio::spawn(texts::managers::run(hub.clone())),
        tokio::spawn(webhooks::follow(hub.clone())),
        tokio::spawn(webhooks::run(hub.clone())),
        tokio::spawn(reports::run(hub.clone())),
        tokio::spawn(letters::run(hub.clone())),
        tokio::spawn(follow(hub.clone())),
        tokio::spawn(arrivals::catch_up(hub.clone())),
    ];
    match tls {
        None => {
            let server = web::server(listener, AT_ONCE, hub.clone(), places(), handle.clone())?;
            tasks.push(tokio::spawn(async move {
                if let Err(error) = server.serve(app).await {
                    tracing::error!(%error, "the HTTP listener failed");
                }
            }));
        }
        Some((cert, key)) => {
            let certificate = Certificate::read(cert, key).await?;
            let acceptor = RustlsAcceptor::new(certificate.config.clone()).acceptor(AT_ONCE);
            let server = web::server(listener, acceptor, hub.clone(), places(), handle.clone())?;
            tasks.push(tokio::spawn(certificate.follow(hub.clone())));
            tasks.push(tokio::spawn(async move {
                if let Err(error) = server.serve(app).await {
                    tracing::error!(%error, "the HTTPS listener failed");
                }
            }));
        }
    }
    let _ = hub.http.set(http);
    let _ = hub.dc09.set(dc09);
    Ok(Running { hub, handle, tasks })
}

impl Running {
    /// Takes nothing new, finishes what is under way, and closes the log.
    pub async fn stop(self) {
        self.hub.stopping.cancel();
        self.handle.graceful_shutdown(Some(GRACE));
        for task in self.tasks {
            let _ = tokio::time::timeout(GRACE, task).await;
        }
        self.hub.writer.clone().stop().await;
    }
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.is_loopback()
}

/// The directory says whether this is a demonstration; every page learns it from the settings.
async fn mark_demonstration(hub: &Hub) -> anyhow::Result<()> {
    let settings = hub.world().settings.clone();
    if settings.demonstration != hub.demonstration() {
        let marked = domain::settings::Settings { demonstration: hub.demonstration(), ..(*settings).clone() };
        hub.act("settings.put", "settings".into(), serde_json::to_value(marked)?).await?;
    }
    Ok(())
}

/// Reads the panels' keys, which live beside the log.
pub async fn load_keys(hub: &Hub) -> Result<(), store::StoreError> {
    let mut keys = HashMap::new();
    for stored in hub.store.panel_keys().await? {
        let key = match stored.form {
            KeyForm::Hex => Key::parse_hex(&hex(&stored.key)),
            KeyForm::Ascii => Key::parse_ascii(&String::from_utf8_lossy(&stored.key)),
        };
        match key {
            Ok(key) => drop(keys.insert(stored.account, key)),
            Err(error) => tracing::error!(%error, account = stored.account, "a stored panel key cannot be read"),
        }
    }
    hub.panels.set_keys(keys);
    Ok(())
}

/// Keeps what follows from the log but is not in the world: the head, and keys of panels that the command line
/// registered while we serve.
async fn follow(hub: Arc<Hub>) {
    let mut committed = hub.writer.committed();
    loop {
        let batch = tokio::select! {
            batch = committed.recv() => batch,
            () = hub.stopping.cancelled() => return,
        };
        let panels = match &batch {
            Ok(batch) => {
                hub.head.fetch_max(batch.head, Ordering::Relaxed);
                batch.events.iter().any(|e| e.kind == "panel.put")
            }
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => return,
        };
        if panels && let Err(error) = load_keys(&hub).await {
            tracing::warn!(%error, "panel keys could not be read");
        }
    }
}
