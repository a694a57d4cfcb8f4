//! Server-sent events: catch-up from the log, then live, with a heartbeat. Never compressed, one frame for every
//! event since the last one.

use crate::auth::Signed;
use crate::state::Hub;
use axum::response::sse::Event;
use futures_util::future::BoxFuture;
use protocol::PROTOCOL;
use protocol::api::Ping;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// How often a client hears that we are there.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
/// Frames waiting for one client. A slower one is cut off and resumes from its last event.
const CLIENT_QUEUE: usize = 256;
/// Events read from the log at once while catching up.
const PAGE: u32 = 500;

type Frame = Result<Event, Infallible>;

pub fn ping(hub: &Hub, head: i64) -> Event {
    let ping = Ping { head, protocol: PROTOCOL, now: hub.clock.now(), clock_rate: hub.clock.rate() };
    Event::default().event("ping").data(serde_json::to_string(&ping).unwrap_or_default())
}

/// The log from `after` on, for as long as the client listens and may; positions as they come.
pub fn log(hub: Arc<Hub>, after: i64, signed: Signed) -> ReceiverStream<Frame> {
    let (frames, stream) = mpsc::channel(CLIENT_QUEUE);
    tokio::spawn(async move {
        // A closed channel is a client that left; nothing is lost, it resumes from its last event.
        let _ = feed(&hub, after, &signed, &frames).await;
    });
    ReceiverStream::new(stream)
}

async fn feed(hub: &Hub, mut sent: i64, signed: &Signed, frames: &mpsc::Sender<Frame>) -> Result<(), Gone> {
    let mut committed = hub.writer.committed();
    let mut positions = hub.positions.subscribe();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    sent = catch_up(hub, sent, frames).await?;
    loop {
        tokio::select! {
            // Whoever may no longer listen does not even hear that.
            batch = committed.recv() => match batch {
                Ok(_) | Err(RecvError::Lagged(_)) if !signed.account_holds(&hub.world()) => return Err(Gone),
                Ok(batch) if batch.events.first().is_some_and(|e| e.seq > sent + 1) => {
                    sent = catch_up(hub, sent, frames).await?;
                }
                Ok(batch) => {
                    for event in batch.events.iter().filter(|e| e.seq > sent) {
                        frames.send(Ok(line(event))).await?;
                    }
                    sent = batch.head.max(sent);
                }
                Err(RecvError::Lagged(_)) => sent = catch_up(hub, sent, frames).await?,
                Err(RecvError::Closed) => return Err(Gone),
            },
            position = positions.recv() => {
                if let Ok(position) = position {
                    let data = serde_json::to_string(&position).unwrap_or_default();
                    frames.send(Ok(Event::default().event("position").data(data))).await?;
                }
            }
            _ = heartbeat.tick() => {
                if !signed.still_holds(&hub.store, &hub.world(), hub.clock.now()).await {
                    return Err(Gone);
                }
                frames.send(Ok(ping(hub, sent))).await?;
            }
            () = hub.stopping.cancelled() => return Err(Gone),
        }
    }
}

async fn catch_up(hub: &Hub, mut sent: i64, frames: &mpsc::Sender<Frame>) -> Result<i64, Gone> {
    loop {
        let page = hub.store.log_after(sent, PAGE).await.map_err(|error| {
            tracing::error!(%error, "the log could not be read for a stream");
            Gone
        })?;
        let Some(last) = page.last() else { return Ok(sent) };
        sent = last.seq;
        for event in &page {
            frames.send(Ok(line(event))).await?;
        }
    }
}

fn line(event: &store::StoredEvent) -> Event {
    let data = serde_json::to_string(&event.to_line()).unwrap_or_default();
    Event::default().id(event.seq.to_string()).event("log").data(data)
}

/// A stream of whole states: made again whenever something in the log or a position may have changed it, sent only
/// when it did.
pub fn states<F>(hub: Arc<Hub>, make: F) -> ReceiverStream<Frame>
where
    F: Fn(&Hub) -> BoxFuture<'static, Option<String>> + Send + Sync + 'static,
{
    let (frames, stream) = mpsc::channel(8);
    tokio::spawn(async move {
        let _ = feed_states(&hub, &make, &frames).await;
    });
    ReceiverStream::new(stream)
}

async fn feed_states<F>(hub: &Hub, make: &F, frames: &mpsc::Sender<Frame>) -> Result<(), Gone>
where
    F: Fn(&Hub) -> BoxFuture<'static, Option<String>> + Send + Sync,
{
    let mut committed = hub.writer.committed();
    let mut positions = hub.positions.subscribe();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    let mut last = 0u64;
    loop {
        let Some(state) = make(hub).await else { return Err(Gone) };
        let digest = fingerprint(&state);
        if digest != last {
            last = digest;
            frames.send(Ok(Event::default().event("state").data(state))).await?;
        }
        loop {
            tokio::select! {
                batch = committed.recv() => match batch {
                    Ok(_) | Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return Err(Gone),
                },
                position = positions.recv() => {
                    if !matches!(position, Err(RecvError::Closed)) { break }
                }
                _ = heartbeat.tick() => frames.send(Ok(ping(hub, hub.head()))).await?,
                () = hub.stopping.cancelled() => return Err(Gone),
            }
        }
    }
}

/// Equal states are not sent twice. The clock and the log position inside a state always differ and do not count.
fn fingerprint(state: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    let mut value: serde_json::Value = serde_json::from_str(state).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| name != "now" && name != "seq");
    }
    value.to_string().hash(&mut hasher);
    hasher.finish().max(1)
}

/// The client left or may no longer listen, or we are stopping.
struct Gone;

impl<T> From<mpsc::error::SendError<T>> for Gone {
    fn from(_: mpsc::error::SendError<T>) -> Self {
        Self
    }
}
