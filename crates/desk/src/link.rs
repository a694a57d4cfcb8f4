//! The link task: a snapshot when there is none or a gap, then the hub's log stream for as long as it lasts.

use crate::hub::HubError;
use crate::sse::{SseEvent, SseParser};
use crate::{Inner, lock};
use futures_util::{FutureExt, StreamExt};
use protocol::PROTOCOL;
use protocol::api::{LogLine, Ping, Position};
use std::sync::Arc;
use std::time::Duration;
use sync::{LinkState, reconnect_after};

/// How often silence is looked at.
const TICK: Duration = Duration::from_secs(1);
/// Lines applied in one transaction. Larger is slower to show and no faster to write.
const LINES_MAX: usize = 500;

/// The hub sends the lines of one command in one breath; on a slow link they come in pieces.
const REST_OF_COMMAND: Duration = Duration::from_millis(10);

/// Why a connection ended.
enum End {
    /// The replica does not fit the log: a snapshot is needed.
    Resync,
    Lost(String),
}

pub async fn run(inner: Arc<Inner>) {
    let mut attempt = 0;
    loop {
        let end = tokio::select! {
            () = inner.stopped() => return,
            end = connect(&inner, &mut attempt) => end,
        };
        match end {
            End::Resync => {}
            End::Lost(problem) => lost(&inner, problem),
        }
        attempt += 1;
        tokio::select! {
            () = inner.stopped() => return,
            () = tokio::time::sleep(reconnect_after(attempt, rand::random())) => {}
        }
    }
}

fn lost(inner: &Inner, problem: String) {
    let now = inner.now();
    let mut status = lock(&inner.status);
    if status.link.lost() || status.since.is_none() {
        tracing::info!(problem, "the link to the hub is gone");
        status.since.get_or_insert(now);
    }
    status.link_problem = Some(problem);
    drop(status);
    inner.dirty.notify_one();
}

/// A sign of life: a heartbeat, or lines.
fn heard(inner: &Inner) {
    let (steady, now) = (inner.steady(), inner.now());
    let mut status = lock(&inner.status);
    status.heard_at = Some(now);
    let changed = status.link.heard(steady);
    if changed {
        tracing::info!("the link to the hub is live");
        status.since = None;
        status.link_problem = None;
        // Whatever stopped the outbox may be mended; trying once more shows it.
        status.send_problem = None;
    }
    drop(status);
    if changed {
        inner.send.notify_one();
        inner.dirty.notify_one();
    }
}

/// One connection, from opening to its end.
async fn connect(inner: &Arc<Inner>, attempt: &mut u32) -> End {
    if inner.core.lock().await.resync
        && let Err(end) = resync(inner).await
    {
        return end;
    }
    let head = inner.core.lock().await.replica.head;
    let response = match inner.hub.log(head).await {
        Ok(response) => response,
        // The hub's log ends before our head, or does not reach back to it.
        Err(HubError::Status { status: 409 | 410 | 416, .. }) => return force_resync(inner).await,
        Err(error) => return End::Lost(error.to_string()),
    };
    heard(inner);
    let mut stream = response.bytes_stream();
    let mut parser = SseParser::default();
    let mut follow = Follow::default();
    loop {
        let next = tokio::select! {
            () = inner.resync.notified() => return End::Resync,
            next = tokio::time::timeout(TICK, stream.next()) => next,
        };
        let bytes = match next {
            Err(_) => match tick(inner) {
                Some(end) => return end,
                None => continue,
            },
            Ok(None) => return End::Lost("The hub closed the connection.".into()),
            Ok(Some(Err(_))) => return End::Lost(HubError::Broken.to_string()),
            Ok(Some(Ok(bytes))) => bytes,
        };
        let mut incoming = Incoming::default();
        if let Err(problem) = incoming.add(&mut parser, &bytes) {
            return End::Lost(problem);
        }
        if let Err(problem) = incoming.add_what_is_here(inner, &mut parser, &mut stream).await {
            return End::Lost(problem);
        }
        if incoming.any {
            *attempt = 0;
        }
        if let Some(end) = take(inner, incoming, &mut follow).await {
            return end;
        }
    }
}

/// What has come in since the last transaction.
#[derive(Default)]
struct Incoming {
    any: bool,
    lines: Vec<LogLine>,
    positions: Vec<Position>,
    ping: Option<Ping>,
}

impl Incoming {
    fn add(&mut self, parser: &mut SseParser, bytes: &[u8]) -> Result<(), String> {
        let events = parser.feed(bytes).map_err(|e| format!("The hub's stream cannot be read: {e}."))?;
        for event in events {
            self.any = true;
            self.add_event(&event)?;
        }
        Ok(())
    }

    fn add_event(&mut self, event: &SseEvent) -> Result<(), String> {
        match event.event.as_str() {
            "log" => {
                let line = serde_json::from_str(&event.data).map_err(|error| {
                    tracing::error!(%error, id = event.id, "a log line cannot be read");
                    "A line of the hub's log cannot be read; it may need a newer program.".to_owned()
                })?;
                self.lines.push(line);
            }
            "ping" => match serde_json::from_str(&event.data) {
                Ok(beat) => self.ping = Some(beat),
                Err(error) => tracing::warn!(%error, "a heartbeat cannot be read"),
            },
            "position" => self.positions.extend(serde_json::from_str::<Position>(&event.data)),
            // Kinds of events that later hubs add.
            _ => {}
        }
        Ok(())
    }

    /// What has come already belongs into the same transaction and the same patch. Lines of our own commands wait a
    /// moment for the rest of theirs, so that what the operator did never shows half.
    async fn add_what_is_here<B: AsRef<[u8]>>(
        &mut self,
        inner: &Inner,
        parser: &mut SseParser,
        stream: &mut (impl futures_util::Stream<Item = reqwest::Result<B>> + Unpin),
    ) -> Result<(), String> {
        let me = inner.shown().me.account;
        while self.lines.len() < LINES_MAX {
            let ours = self.ping.is_none() && self.lines.last().is_some_and(|l| l.by.account == me);
            let next = match stream.next().now_or_never() {
                None if ours => tokio::time::timeout(REST_OF_COMMAND, stream.next()).await.ok(),
                here => here,
            };
            match next {
                Some(Some(Ok(bytes))) => self.add(parser, bytes.as_ref())?,
                // An end or an error shows again at the next turn of the loop.
                Some(Some(Err(_)) | None) | None => break,
            }
        }
        Ok(())
    }
}

/// Heartbeats that contradict the replica; one may be a race, two are not.
#[derive(Default)]
struct Follow {
    behind: u32,
    ahead: u32,
}

fn tick(inner: &Inner) -> Option<End> {
    let (steady, now) = (inner.steady(), inner.now());
    let mut status = lock(&inner.status);
    let changed = status.link.tick(steady);
    if changed {
        status.since.get_or_insert(now);
    }
    let offline = status.link.state() == LinkState::Offline && status.heard_at.is_some();
    drop(status);
    if changed {
        inner.dirty.notify_one();
    }
    (changed && offline).then(|| End::Lost("The hub has gone silent.".into()))
}

async fn take(inner: &Arc<Inner>, incoming: Incoming, follow: &mut Follow) -> Option<End> {
    let Incoming { lines, positions, ping, .. } = incoming;
    heard(inner);
    if !positions.is_empty() {
        inner.put_positions(&positions, None);
    }
    if !lines.is_empty()
        && let Some(end) = apply(inner, &lines).await
    {
        return Some(end);
    }
    match ping {
        Some(ping) => beat(inner, &ping, follow).await,
        None => None,
    }
}

async fn apply(inner: &Arc<Inner>, lines: &[LogLine]) -> Option<End> {
    let now = inner.now();
    let mut core = inner.core.lock().await;
    let took = core.take(&inner.store, lines, &inner.fixes(), now).await;
    match took {
        Ok(took) => {
            inner.set_store_problem(None);
            inner.show(&core);
            inner.send.notify_one();
            if let Some(gap) = took.gap {
                tracing::warn!(expected = gap.expected, got = gap.got, "the log stream has a gap");
            }
            took.resync.then_some(End::Resync)
        }
        Err(error) => {
            tracing::error!(%error, "log lines cannot be written");
            inner.set_store_problem(Some(format!("This desk cannot write its own records: {error}.")));
            Some(End::Lost("This desk cannot write its own records.".into()))
        }
    }
}

async fn beat(inner: &Arc<Inner>, ping: &Ping, follow: &mut Follow) -> Option<End> {
    set_clock(inner, ping);
    let head = inner.core.lock().await.replica.head;
    follow.behind = if head < ping.head { follow.behind + 1 } else { 0 };
    follow.ahead = if head > ping.head { follow.ahead + 1 } else { 0 };
    if follow.ahead >= 2 {
        // The hub was restored from a backup, or it is another hub.
        tracing::warn!(head, hub = ping.head, "the hub's log ends before this desk's replica");
        return Some(force_resync(inner).await);
    }
    (follow.behind >= 2).then(|| End::Lost("The hub's stream leaves lines out.".into()))
}

fn set_clock(inner: &Inner, ping: &Ping) {
    let steady = inner.steady();
    let mut status = lock(&inner.status);
    status.clock.beat(ping.now, ping.clock_rate, steady);
    status.heard_at = Some(status.clock.now(steady));
    status.protocol_problem = (ping.protocol > PROTOCOL)
        .then(|| "The hub speaks a newer version than this program. Update this desk.".to_owned());
    drop(status);
    inner.dirty.notify_one();
}

async fn force_resync(inner: &Arc<Inner>) -> End {
    let mut core = inner.core.lock().await;
    core.resync = true;
    if let Err(error) = inner.store.mark_resync().await {
        tracing::error!(%error, "the need of a snapshot cannot be written");
    }
    End::Resync
}

async fn resync(inner: &Arc<Inner>) -> Result<(), End> {
    let snapshot = inner.hub.snapshot().await.map_err(|error| End::Lost(error.to_string()))?;
    tracing::info!(seq = snapshot.seq, aggregates = snapshot.aggregates.len(), "replica fetched anew");
    let now = inner.now();
    let mut core = inner.core.lock().await;
    let replaced = core.replace(&inner.store, &snapshot, &inner.fixes(), now).await;
    replaced.map_err(|error| {
        tracing::error!(%error, "a snapshot cannot be written");
        inner.set_store_problem(Some(format!("This desk cannot write its own records: {error}.")));
        End::Lost("This desk cannot write its own records.".into())
    })?;
    inner.set_store_problem(None);
    inner.show(&core);
    Ok(())
}
