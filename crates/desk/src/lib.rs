//! The desktop without its window: replica, outbox, hub client, alert policy and view models.
//!
//! [`Desk`] is all the window talks to. Every screen is made from the replica and what this desk did since, so a
//! dead link changes nothing but the banner and the ages. An action is decided here, by the domain's own rules, and
//! is on disk before [`Desk::act`] returns; what the hub says about it comes later, as a [`Patch`] or as a question.
//!
//! Inside: `state` owns replica and outbox and is the only writer; three tasks feed it: the *link* (the
//! hub's log stream), the *sender* (the outbox) and the *poll* (positions, and who we are). The *publisher* turns
//! every change into one patch and one set of alerts.

mod act;
mod calls;
mod conflict;
mod hub;
mod link;
mod media;
mod overlay;
mod people;
mod places;
mod poll;
mod publish;
mod reads;
mod register;
mod rows;
mod sender;
mod sse;
mod state;
mod subscribe;
pub mod view;
mod words;

pub use protocol::view::{Acted, AlarmRow, Board, CalloutDetail, Patch};
pub use subscribe::{Alert, Alerts, Patches};
pub use sync::Choice;
pub use view::Me;

use crate::hub::HubClient;
use crate::publish::Publisher;
use crate::state::{Core, Shown};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use std::time::{Duration, Instant as Steady};
use store::Key;
use store::desk::{DeskStore, DeskStoreError};
use sync::{HubClock, Link, LinkState};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Where a desk lives and whom it talks to.
#[derive(Clone)]
pub struct Config {
    /// The profile directory; made when it is not there.
    pub dir: PathBuf,
    /// The hub's address: `https://hub.example`, `http://127.0.0.1:8460`.
    pub hub: String,
    /// The bearer token of this desk's account. Never logged.
    pub token: String,
    /// Which desk this is: 2 for "Desk 2".
    pub desk_number: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("The profile directory {dir} cannot be made: {source}.")]
    Directory { dir: PathBuf, source: std::io::Error },
    #[error("The desk's own records cannot be opened: {0}.")]
    Store(#[from] DeskStoreError),
    #[error("A stored record cannot be read: {0}.")]
    Record(String),
    #[error("The hub's address “{0}” is not an address. It should look like https://hub.example.")]
    Address(String),
    #[error("The network part cannot start: {0}.")]
    Client(String),
}

/// The open desk. Clones share it; the last word is [`Desk::close`].
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

/// What the tasks share. Each lock guards one thing and is never held across the network.
pub(crate) struct Inner {
    pub config: Config,
    pub hub: HubClient,
    pub store: DeskStore,
    pub core: tokio::sync::Mutex<Core>,
    /// What the screens are made from; replaced whole.
    shown: RwLock<Arc<Shown>>,
    fixes: RwLock<Arc<view::Whereabouts>>,
    status: Mutex<Status>,
    pub publisher: Mutex<Publisher>,
    /// Something on the screen changed.
    pub dirty: Notify,
    /// The outbox has something new, or the link is back.
    pub send: Notify,
    /// The replica should be fetched anew.
    pub resync: Notify,
    pub stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    started: Steady,
    prefs: Mutex<BTreeMap<String, String>>,
    /// Addresses of tracking links made here, by the token's digest.
    links: Mutex<HashMap<String, String>>,
}

/// How the desk stands to its hub, and what is wrong, if anything.
struct Status {
    link: Link,
    clock: HubClock,
    heard_at: Option<domain::Instant>,
    since: Option<domain::Instant>,
    latency_ms: Option<u32>,
    link_problem: Option<String>,
    send_problem: Option<String>,
    store_problem: Option<String>,
    protocol_problem: Option<String>,
    keyring: Option<String>,
}

impl Desk {
    /// Opens the replica from this machine's own file and starts the tasks. Never waits for the network.
    pub async fn open(config: Config) -> Result<Desk, OpenError> {
        std::fs::create_dir_all(&config.dir)
            .map_err(|source| OpenError::Directory { dir: config.dir.clone(), source })?;
        let hub = HubClient::new(&config.hub, &config.token)?;
        let store = DeskStore::open(&config.dir, Key::None).await?;
        let loaded = store.load().await?;
        let positions: Vec<_> = loaded.positions.iter().filter_map(|p| serde_json::from_str(p).ok()).collect();
        let prefs = loaded.prefs.iter().cloned().collect();
        let links = loaded.links.iter().cloned().collect();
        let core = Core::load(loaded)?;
        let now = chrono::Utc::now();
        let inner = Arc::new(Inner {
            hub,
            store,
            shown: RwLock::new(Arc::new(core.shown(0))),
            core: tokio::sync::Mutex::new(core),
            fixes: RwLock::default(),
            status: Mutex::new(Status::new(now)),
            publisher: Mutex::default(),
            dirty: Notify::new(),
            send: Notify::new(),
            resync: Notify::new(),
            stop: watch::Sender::new(false),
            tasks: Mutex::default(),
            started: Steady::now(),
            prefs: Mutex::new(prefs),
            links: Mutex::new(links),
            config,
        });
        inner.put_positions(&positions, None);
        {
            let mut core = inner.core.lock().await;
            core.rebuild(&inner.fixes());
            inner.show(&core);
        }
        let tasks = vec![
            tokio::spawn(publish::run(inner.clone())),
            tokio::spawn(link::run(inner.clone())),
            tokio::spawn(sender::run(inner.clone())),
            tokio::spawn(poll::run(inner.clone())),
        ];
        *lock(&inner.tasks) = tasks;
        Ok(Desk { inner })
    }

    /// Stops the tasks and closes the file. What was done here is on disk already.
    pub async fn close(self) {
        self.inner.stop.send_replace(true);
        let tasks = std::mem::take(&mut *lock(&self.inner.tasks));
        for task in tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(CLOSE_PATIENCE, task).await.is_err() {
                abort.abort();
            }
        }
        self.inner.store.close().await;
    }

    /// Where the secrets are when the system keyring is not in use; shown where nothing else is chosen.
    pub fn note_keyring(&self, words: &str) {
        lock(&self.inner.status).keyring = Some(words.to_owned()).filter(|w| !w.is_empty());
        self.inner.dirty.notify_one();
    }
}

/// How long closing waits for each task before it is cut off.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// A panic elsewhere must not take the desk down with it: the state behind the lock is whole between statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Status {
    fn new(system: domain::Instant) -> Self {
        Self {
            link: Link::default(),
            clock: HubClock::new(system, Duration::ZERO),
            heard_at: None,
            since: Some(system),
            latency_ms: None,
            link_problem: None,
            send_problem: None,
            store_problem: None,
            protocol_problem: None,
            keyring: None,
        }
    }

    fn problem(&self) -> Option<String> {
        let problems = [&self.store_problem, &self.send_problem, &self.protocol_problem, &self.link_problem];
        problems.into_iter().flatten().next().cloned()
    }
}

impl Inner {
    pub fn steady(&self) -> Duration {
        self.started.elapsed()
    }

    /// The hub's time, as well as we know it.
    pub fn now(&self) -> domain::Instant {
        lock(&self.status).clock.now(self.steady())
    }

    pub fn link_state(&self) -> LinkState {
        lock(&self.status).link.state()
    }

    pub fn shown(&self) -> Arc<Shown> {
        self.shown.read().unwrap_or_else(|e| e.into_inner()).clone()
    }

    pub fn fixes(&self) -> Arc<view::Whereabouts> {
        self.fixes.read().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Puts a new state on the screens.
    pub fn show(&self, core: &Core) {
        let mut shown = self.shown.write().unwrap_or_else(|e| e.into_inner());
        *shown = Arc::new(core.shown(shown.revision + 1));
        drop(shown);
        self.dirty.notify_one();
    }

    pub fn stopped(&self) -> impl Future<Output = ()> + 'static {
        let mut stop = self.stop.subscribe();
        async move {
            // An error means the desk is gone, which is a stop too.
            let _ = stop.wait_for(|stopped| *stopped).await;
        }
    }

    pub fn set_store_problem(&self, problem: Option<String>) {
        let mut status = lock(&self.status);
        if status.store_problem != problem {
            status.store_problem = problem;
            drop(status);
            self.dirty.notify_one();
        }
    }
}
