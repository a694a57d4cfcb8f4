//! The writer task: takes what waits, stores it, answers.

use super::draft::{Draft, Start, Undecided};
use super::known::Known;
use super::{Answer, Committed, GROUP_MAX, Shared, Submission, Surroundings, catch_up, lookup};
use crate::aggregates::{Aggregate, world_here};
use crate::log::{Position, position};
use crate::open::roll_back;
use crate::program::{Failure, Move, Programs};
use crate::sql::micros;
use crate::{Store, StoreError, checkpoint, erase};
use domain::World;
use domain::id::Stream;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant as Steady, MissedTickBehavior};

/// How often an idle writer looks whether another process appended: a command line's change is on the screens within
/// half a second.
const LOOK_AROUND: Duration = Duration::from_millis(500);
/// How often keys that no longer count are removed from the table.
const PRUNE: Duration = Duration::from_secs(60);
/// Deciding again because a stream turned out to exist already. Once suffices; more is our mistake.
const REDECIDE_MAX: usize = 3;

pub(super) type Reply = oneshot::Sender<Result<Vec<Answer>, StoreError>>;

pub(super) enum Message {
    Submit(Vec<Submission>, Reply),
    Stop(oneshot::Sender<()>),
}

pub(super) struct Task {
    store: Store,
    around: Arc<dyn Surroundings>,
    shared: Arc<Shared>,
    world: Arc<World>,
    position: Position,
    known: Known,
    programs: Programs,
    /// The last write failed in a way that leaves open what is on disk: look before deciding.
    look_first: bool,
    pruned: Steady,
}

/// A caller who waits for the answers of a batch.
struct Waiting {
    answers: Vec<Answer>,
    left: usize,
    failed: Option<StoreError>,
    reply: Reply,
}

impl Task {
    pub fn new(
        store: Store,
        around: Arc<dyn Surroundings>,
        shared: Arc<Shared>,
        world: Arc<World>,
        position: Position,
    ) -> Self {
        let (known, programs) = (Known::default(), Programs::default());
        Self { store, around, shared, world, position, known, programs, look_first: false, pruned: Steady::now() }
    }

    pub async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut tick = tokio::time::interval(LOOK_AROUND);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopping = vec![];
        loop {
            let first = tokio::select! {
                biased;
                message = messages.recv() => message,
                _ = tick.tick() => {
                    self.idle().await;
                    continue;
                }
            };
            let Some(first) = first else { break };
            let mut batches = vec![];
            let mut count = 0;
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Submit(batch, reply) => {
                        count += batch.len();
                        batches.push((batch, reply));
                    }
                    Message::Stop(done) => {
                        messages.close();
                        stopping.push(done);
                    }
                }
                next = if count < GROUP_MAX { messages.try_recv().ok() } else { None };
            }
            self.batches(batches).await;
            // Under steady load there is no idle moment.
            if self.pruned.elapsed() >= PRUNE {
                self.idle().await;
            }
        }
        checkpoint::finish(&self.store).await;
        for done in stopping {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
    }

    async fn batches(&mut self, batches: Vec<(Vec<Submission>, Reply)>) {
        let mut waiting: Vec<Option<Waiting>> = vec![];
        let mut all = vec![];
        for (batch, reply) in batches {
            let place = waiting.len();
            waiting.push(Some(Waiting { answers: vec![], left: batch.len(), failed: None, reply }));
            all.extend(batch.into_iter().map(|submission| (place, submission)));
        }
        let (places, submissions): (Vec<usize>, Vec<Submission>) = all.into_iter().unzip();
        let mut from = 0;
        while from < submissions.len() {
            let to = from + group_length(&submissions[from..]);
            let answers = self.group(&submissions[from..to]).await;
            for (place, answer) in places[from..to].iter().zip(answers) {
                Waiting::take(&mut waiting[*place], answer);
            }
            from = to;
        }
    }

    /// One answer for each of the group.
    async fn group(&mut self, group: &[Submission]) -> Vec<Result<Answer, StoreError>> {
        match self.store_group(group).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            // One of them may be what the database refuses; the others must not suffer for it.
            Err(error) if group.len() > 1 && !error.is_transient() => {
                tracing::error!(%error, commands = group.len(), "a group could not be stored; storing one by one");
                let mut answers = Vec::with_capacity(group.len());
                for one in group {
                    answers
                        .push(self.store_group(std::slice::from_ref(one)).await.map(|mut answers| answers.remove(0)));
                }
                answers
            }
            Err(error) => {
                tracing::error!(%error, commands = group.len(), "nothing of a group was stored");
                group.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }

    async fn store_group(&mut self, group: &[Submission]) -> Result<Vec<Answer>, StoreError> {
        let inner = self.store.inner.clone();
        let mut connection = inner.write.lock().await;
        let erasing = group.iter().any(is_erasure);
        if !erasing && !self.look_first {
            match self.unlocked(&mut connection, group).await {
                Ok(answers) => return Ok(answers),
                Err(Failure::Stale) => roll_back(&mut connection).await,
                Err(Failure::Store(error)) => {
                    roll_back(&mut connection).await;
                    self.look_first = true;
                    return Err(error);
                }
            }
        }
        match self.locked(&mut connection, group, erasing).await {
            Ok(answers) => {
                self.look_first = false;
                Ok(answers)
            }
            Err(error) => {
                roll_back(&mut connection).await;
                self.look_first = true;
                Err(error)
            }
        }
    }

    /// Decides on the state in memory and stores under the condition that it is still the newest.
    async fn unlocked(
        &mut self,
        connection: &mut SqliteConnection,
        group: &[Submission],
    ) -> Result<Vec<Answer>, Failure> {
        let loads = lookup::loads(connection, &self.world, group).await?;
        let mut draft = self.decide(&loads, group)?;
        let rows = std::mem::take(&mut draft.rows);
        if !rows.is_empty() {
            let step = Move { from: self.position, to: draft.position };
            self.programs.commit(connection, rows, step).await?;
        }
        Ok(self.settle(draft))
    }

    /// Takes the log's lock, reads on to its head, decides there, stores.
    async fn locked(
        &mut self,
        connection: &mut SqliteConnection,
        group: &[Submission],
        erasing: bool,
    ) -> Result<Vec<Answer>, StoreError> {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        self.read_on(connection).await?;
        let ids: Vec<_> = group.iter().map(|s| s.command.id).collect();
        let keys: Vec<_> = group.iter().filter_map(|s| s.once.map(|once| once.key)).collect();
        self.known.look_up(connection, &ids, &keys).await?;
        let mut loads = lookup::loads(connection, &self.world, group).await?;
        let mut draft = self.decide(&loads, group)?;
        for _ in 0..REDECIDE_MAX {
            let overlooked = overlooked(connection, &draft.begun).await?;
            if overlooked.is_empty() {
                break;
            }
            loads.extend(overlooked);
            draft = self.decide(&loads, group)?;
        }
        let rows = std::mem::take(&mut draft.rows);
        if !rows.is_empty() {
            let step = Move { from: self.position, to: draft.position };
            self.programs.write(connection, rows, step).await?;
        }
        if erasing {
            erase::apply(connection, &mut self.programs, &draft.recorded).await?;
            draft.world = world_here(connection, self.store.demonstration()).await?;
        }
        sqlx::query("COMMIT").execute(&mut *connection).await?;
        if erasing {
            self.known.clear();
            checkpoint::after_erasure(&self.store);
        }
        Ok(self.settle(draft))
    }

    /// Decides, leaving out what makes the program panic.
    fn decide(&self, loads: &[Aggregate], group: &[Submission]) -> Result<Draft, StoreError> {
        let mut poisoned = BTreeSet::new();
        loop {
            let start = Start {
                world: &self.world,
                position: self.position,
                known: &self.known,
                around: &*self.around,
                loads,
                poisoned: &poisoned,
            };
            match Draft::decide(&start, group) {
                Ok(draft) => return Ok(draft),
                Err(Undecided::Store(error)) => return Err(error),
                Err(Undecided::Panicked(place)) => {
                    let command = &group[place].command;
                    tracing::error!(command = %command.id, kind = %command.kind, "deciding a command panicked");
                    poisoned.insert(place);
                }
            }
        }
    }

    /// What was decided is on disk: it becomes the state, and everybody hears of it.
    fn settle(&mut self, draft: Draft) -> Vec<Answer> {
        self.store.inner.written.note();
        self.known.absorb(draft.learned);
        self.position = draft.position;
        self.world = Arc::new(draft.world);
        self.shared.publish(self.world.clone());
        if !draft.events.is_empty() {
            let head = self.position.head.seq;
            self.shared.tell(Committed { events: draft.events, recorded: draft.recorded, head });
        }
        draft.answers
    }

    /// Brings the state to the head on disk, which another process may have moved.
    async fn read_on(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let now = position(connection).await?;
        if now == self.position {
            return Ok(());
        }
        if now.head != self.position.head {
            let demonstration = self.store.demonstration();
            let (world, committed) =
                catch_up::catch_up(connection, &self.world, self.position, now, demonstration).await?;
            self.world = Arc::new(world);
            self.shared.publish(self.world.clone());
            if let Some(committed) = committed {
                self.shared.tell(committed);
            }
        }
        self.position = now;
        Ok(())
    }

    async fn idle(&mut self) {
        if let Err(error) = self.look_around().await {
            tracing::warn!(%error, "an idle look at the log failed");
        }
    }

    async fn look_around(&mut self) -> Result<(), StoreError> {
        let inner = self.store.inner.clone();
        let mut connection = inner.write.lock().await;
        if position(&mut connection).await? != self.position {
            sqlx::query("BEGIN").execute(&mut *connection).await?;
            let done = self.read_on(&mut connection).await;
            roll_back(&mut connection).await;
            done?;
        }
        if self.pruned.elapsed() >= PRUNE {
            self.pruned = Steady::now();
            let now = micros(self.around.now());
            sqlx::query("DELETE FROM once WHERE until < ?").bind(now).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

impl Waiting {
    fn take(slot: &mut Option<Self>, answer: Result<Answer, StoreError>) {
        let Some(waiting) = slot else { return };
        match answer {
            Ok(answer) => waiting.answers.push(answer),
            Err(error) => waiting.failed = Some(error),
        }
        waiting.left -= 1;
        if waiting.left == 0
            && let Some(waiting) = slot.take()
        {
            let result = waiting.failed.map_or(Ok(waiting.answers), Err);
            // A caller who went away has its answer in the table.
            let _ = waiting.reply.send(result);
        }
    }
}

/// How many of these go together. An erasure goes alone: it changes what everything before it left behind.
fn group_length(submissions: &[Submission]) -> usize {
    let waiting = &submissions[..submissions.len().min(GROUP_MAX)];
    match waiting.iter().position(is_erasure) {
        Some(0) => 1,
        Some(before) => before,
        None => waiting.len(),
    }
}

fn is_erasure(submission: &Submission) -> bool {
    submission.command.kind == "person.erase"
}

/// Streams that memory took for new and the table knows.
async fn overlooked(connection: &mut SqliteConnection, begun: &[Stream]) -> Result<Vec<Aggregate>, StoreError> {
    match begun {
        [] => Ok(vec![]),
        begun => lookup::by_stream(connection, begun).await,
    }
}
