//! The one way into the log.
//!
//! One task per process takes the commands that wait, up to [`GROUP_MAX`], decides them one after another, writes the
//! outcome of all in one transaction with one flush of the disk, and answers. How many go together is decided by what is
//! waiting, never by a timer: alone, a command waits for nobody.
//!
//! Another process may append to the same file. Deciding therefore comes before the lock only on the condition that the
//! head has not moved when the lock is held (`UPDATE head … CASE WHEN batch = ?`, in the transaction that stores the
//! outcome): nothing decided on an older state is ever stored. When the head has moved, or a command id or key turns out
//! to be known, the group is taken back and decided again with the lock held, reading on from the log first.

mod catch_up;
mod draft;
mod known;
mod lookup;
mod task;

pub use known::CommandAnswer;

use crate::aggregates::world_at_head;
use crate::{Digest, Store, StoreError, StoredEvent};
use chrono::TimeDelta;
use domain::command::{Author, Command};
use domain::event::Recorded;
use domain::geo::Point;
use domain::id::UnitId;
use domain::nearest::{Fix, Road};
use domain::{Instant, Refusal, World};
use std::sync::{Arc, RwLock};
use task::{Message, Task};
use tokio::sync::{broadcast, mpsc, oneshot};

/// Commands in one transaction. Measured: larger groups are slower, and everybody in a group waits for all of it.
pub const GROUP_MAX: usize = 64;
/// Batches that may wait. At 64 commands a flush of 5 ms this is seconds of work; more only hides an overload.
pub const QUEUE_MAX: usize = 256;
/// Commits a slow listener may fall behind before it has to read the log instead.
const COMMITTED_MAX: usize = 1024;

/// What deciding needs from outside the log.
pub trait Surroundings: Send + Sync + 'static {
    fn now(&self) -> Instant;
    /// The newest position of a unit.
    fn fix(&self, unit: UnitId) -> Option<Fix>;
    /// By road from a unit to a place, where a routing server has said it already. Must not wait for anything.
    fn road(&self, _unit: UnitId, _place: Point) -> Option<Road> {
        None
    }
    /// Whether a picture's bytes are here; the digest in hex.
    fn has_media(&self, sha256: &str) -> bool;
}

/// A command as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    pub command: Command,
    pub author: Author,
    pub received_at: Instant,
    pub once: Option<Once>,
}

/// Stored once within a time, whatever the command id: the same key again gets the answer of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    pub key: Digest,
    pub window: TimeDelta,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// Known already; the answer is the one it had.
    Duplicate,
    Refused,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub outcome: Outcome,
    /// First and last log position of its events; None when it had none.
    pub seq: Option<[i64; 2]>,
    /// Why it was refused; also with a duplicate of a refused command.
    pub refusal: Option<Refusal>,
}

/// What one transaction added, told after it is on disk.
#[derive(Clone, Debug)]
pub struct Committed {
    pub events: Vec<Arc<StoredEvent>>,
    /// The same as the domain knows them; without those of a kind only a newer program knows.
    pub recorded: Vec<Recorded>,
    pub head: i64,
}

/// A handle to the writer task. Cheap to clone; the task ends when it is stopped or the last handle is gone.
#[derive(Clone)]
pub struct Writer {
    inbox: mpsc::Sender<Message>,
    shared: Arc<Shared>,
}

struct Shared {
    world: RwLock<Arc<World>>,
    committed: broadcast::Sender<Arc<Committed>>,
}

impl Writer {
    pub async fn start(store: Store, around: Arc<dyn Surroundings>) -> Result<Self, StoreError> {
        let (world, position) = world_at_head(&mut *store.reader().await?, store.demonstration()).await?;
        let world = Arc::new(world);
        let (inbox, messages) = mpsc::channel(QUEUE_MAX);
        let shared =
            Arc::new(Shared { world: RwLock::new(world.clone()), committed: broadcast::Sender::new(COMMITTED_MAX) });
        tokio::spawn(crate::checkpoint::run(Arc::downgrade(&store.inner)));
        tokio::spawn(Task::new(store, around, shared.clone(), world, position).run(messages));
        Ok(Self { inbox, shared })
    }

    /// Decides and stores commands in order. Returns when their events are on disk. Waits while [`QUEUE_MAX`] others do.
    ///
    /// An error stands for the whole batch; parts of it may be stored when it is larger than [`GROUP_MAX`]. Sending the
    /// same commands again is always right.
    pub async fn submit(&self, batch: Vec<Submission>) -> Result<Vec<Answer>, StoreError> {
        if batch.is_empty() {
            return Ok(vec![]);
        }
        let (answer, answered) = oneshot::channel();
        self.inbox.send(Message::Submit(batch, answer)).await.map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }

    /// The state after the last commit.
    pub fn world(&self) -> Arc<World> {
        self.shared.world.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Everything committed from now on, also by other processes. Who lags reads the log from where it stopped.
    pub fn committed(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.shared.committed.subscribe()
    }

    /// Answers what waits, then ends the task and brings the database file up to date.
    pub async fn stop(self) {
        let (done, ended) = oneshot::channel();
        if self.inbox.send(Message::Stop(done)).await.is_ok() {
            // An error means that the task is gone already.
            let _ = ended.await;
        }
    }
}

impl Shared {
    fn publish(&self, world: Arc<World>) {
        *self.world.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = world;
    }

    fn tell(&self, committed: Committed) {
        // Nobody listening is no failure.
        let _ = self.committed.send(Arc::new(committed));
    }
}
