//! Fires what becomes due. The domain says which timers an aggregate has; here they wait on the one clock.

use crate::state::{Hub, system};
use domain::id::{AggregateKind, Stream};
use domain::timers::{self, Timer};
use domain::{Instant, World};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use store::Submission;
use tokio::sync::broadcast::error::RecvError;

/// Timers waiting, in order of their time; and those of each stream, to replace them when it changes.
#[derive(Default)]
struct Waiting {
    by_time: BTreeMap<(Instant, u64), (Stream, Timer)>,
    of_stream: HashMap<Stream, Vec<(Instant, u64)>>,
    count: u64,
}

impl Waiting {
    fn set(&mut self, stream: Stream, timers: Vec<Timer>) {
        for place in self.of_stream.remove(&stream).unwrap_or_default() {
            self.by_time.remove(&place);
        }
        let places: Vec<_> = timers
            .into_iter()
            .map(|timer| {
                self.count += 1;
                let place = (timer.due, self.count);
                self.by_time.insert(place, (stream, timer));
                place
            })
            .collect();
        if !places.is_empty() {
            self.of_stream.insert(stream, places);
        }
    }

    fn refresh(&mut self, world: &World, stream: Stream) {
        match stream.kind {
            AggregateKind::Alarm => {
                let found = world.alarms.get(&domain::id::AlarmId(stream.id));
                self.set(stream, found.map_or_else(Vec::new, |a| timers::of_alarm(a)));
            }
            AggregateKind::Callout => {
                let found = world.callouts.get(&domain::id::CalloutId(stream.id));
                self.set(stream, found.map_or_else(Vec::new, |c| timers::of_callout(c)));
            }
            AggregateKind::Panel => {
                let found = world.panels.get(&domain::id::PanelId(stream.id));
                self.set(stream, found.map_or_else(Vec::new, |p| timers::of_panel(p)));
            }
            AggregateKind::Key => {
                let found = world.keys.get(&domain::id::KeyId(stream.id));
                self.set(stream, found.map_or_else(Vec::new, |k| timers::of_key(k)));
            }
            _ => {}
        }
    }

    fn refresh_all(&mut self, world: &World) {
        *self = Self::default();
        for id in world.alarms.keys() {
            self.refresh(world, Stream::new(AggregateKind::Alarm, *id));
        }
        for id in world.panels.keys() {
            self.refresh(world, Stream::new(AggregateKind::Panel, *id));
        }
        for id in world.callouts.keys() {
            self.refresh(world, Stream::new(AggregateKind::Callout, *id));
        }
        for id in world.keys.keys() {
            self.refresh(world, Stream::new(AggregateKind::Key, *id));
        }
    }

    fn take_due(&mut self, now: Instant) -> Vec<(Stream, Timer)> {
        let later = self.by_time.split_off(&(now, u64::MAX));
        let due: Vec<_> = std::mem::replace(&mut self.by_time, later).into_values().collect();
        for (stream, _) in &due {
            if let Some(places) = self.of_stream.get_mut(stream) {
                places.retain(|place| self.by_time.contains_key(place));
            }
        }
        due
    }
}

/// A full or busy disk gets this much time before a timer is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Runs until the hub stops. What became due while no hub ran fires at once.
pub async fn run(hub: Arc<Hub>) {
    let mut committed = hub.writer.committed();
    let mut changes = hub.clock.changes();
    let mut waiting = Waiting::default();
    waiting.refresh_all(&hub.world());
    loop {
        let now = hub.clock.now();
        let mut lost = false;
        for (stream, timer) in waiting.take_due(now) {
            lost |= !fire(&hub, stream, &timer).await;
        }
        if lost {
            // The state still says what is due; nothing that the disk refused is forgotten.
            tokio::select! {
                () = tokio::time::sleep(RETRY_AFTER) => {}
                () = hub.stopping.cancelled() => return,
            }
            waiting.refresh_all(&hub.world());
            continue;
        }
        let next = waiting.by_time.keys().next().map(|(due, _)| *due);
        let sleep = async {
            match next {
                Some(due) => hub.clock.sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = sleep => {}
            _ = changes.changed() => {}
            () = hub.stopping.cancelled() => return,
            batch = committed.recv() => match batch {
                Ok(batch) => {
                    let world = hub.world();
                    for event in &batch.events {
                        waiting.refresh(&world, event.stream);
                    }
                }
                // Too many at once to follow one by one: look at everything again.
                Err(RecvError::Lagged(_)) => waiting.refresh_all(&hub.world()),
                Err(RecvError::Closed) => return,
            },
        }
    }
}

/// False when it could not be stored and is due still.
async fn fire(hub: &Hub, stream: Stream, timer: &Timer) -> bool {
    let command = timer.command(stream);
    let submission = Submission { command, author: system(), received_at: hub.clock.now(), once: None };
    let stored = hub.writer.submit(vec![submission]).await;
    if let Err(error) = &stored {
        tracing::error!(%error, kind = ?timer.kind, "a timer could not be recorded; it is tried again");
    }
    stored.is_ok()
}
