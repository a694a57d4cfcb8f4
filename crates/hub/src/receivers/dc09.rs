//! SIA DC-09 over TCP and UDP. A frame is acknowledged only after its events are on disk.
//!
//! The protocol is `feeds::dc09::Connection`; this file owns the sockets, their limits, and the order of answers:
//! replies leave in the order the frames came.

use super::meaning;
use super::panels::Panels;
use crate::counters::Diagnostic as Shown;
use crate::places::{Entry, Place, Places};
use crate::state::{Hub, system};
use chrono::TimeDelta;
use domain::alarm::{AlarmKind, SignalSource};
use domain::command::{Command, SignalMeaning, SignalReceive};
use domain::id::CommandId;
use feeds::dc09::{CloseReason, Connection, Diagnostic, DiagnosticKind, Output, Received, Transport};
use rand::RngExt;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{Once, Submission};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use uuid::Uuid;

/// From being connected to the first whole frame: a panel calls because it has something to say.
const FIRST_FRAME: Duration = Duration::from_secs(30);
/// A connection silent for this long is dropped. Longer than twice the slowest supervision a panel keeps a connection
/// open for (EN 50136-1 SP3: 30 min).
const IDLE: Duration = Duration::from_secs(65 * 60);
/// A peer that does not take its answers for this long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// Read at once from one socket, about one frame of the longest kind. Every connection holds as much, and most are idle.
const READ_BYTES: usize = 4 * 1024;
/// The largest datagram UDP can carry.
const DATAGRAM_BYTES: usize = 65_535;
/// Datagrams worked on at once; more are dropped by the kernel, and panels resend.
const DATAGRAMS_MAX: usize = 256;
/// A resend within this time is the same event.
const DUPLICATE_WINDOW: TimeDelta = TimeDelta::minutes(10);

pub async fn serve_tcp(hub: Arc<Hub>, panels: Arc<Panels>, listener: TcpListener, places: Places) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = hub.stopping.cancelled() => return,
        };
        match accepted {
            Ok((stream, remote)) => {
                let place = match places.enter(remote.ip()) {
                    Entry::Free(place) => place,
                    Entry::InsteadOf(place) => {
                        hub.counters.add("dc09_gave_way", 1);
                        place
                    }
                    Entry::Full => {
                        hub.counters.add("dc09_sent_away", 1);
                        continue;
                    }
                };
                let (hub, panels) = (hub.clone(), panels.clone());
                tokio::spawn(async move {
                    hub.counters.add("dc09_connections", 1);
                    let ended = tokio::select! {
                        ended = connection(&hub, &panels, stream, remote, &place) => ended,
                        // A frame that is at work meanwhile goes unanswered, and the panel sends it again.
                        () = place.taken() => Ok(()),
                    };
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a panel's connection ended");
                    }
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to come free rather than spin.
                tracing::warn!(%error, "could not take a panel's connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(
    hub: &Hub,
    panels: &Panels,
    mut stream: TcpStream,
    remote: SocketAddr,
    place: &Place,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let first_frame = Instant::now() + FIRST_FRAME;
    let mut spoke = false;
    let mut protocol = Connection::new(Transport::Tcp, panels.lookup(hub).limits());
    let mut buffer = vec![0u8; READ_BYTES];
    loop {
        let patience = if spoke { Instant::now() + IDLE } else { first_frame };
        let read = tokio::select! {
            read = tokio::time::timeout_at(patience, stream.read(&mut buffer)) => read,
            () = hub.stopping.cancelled() => return Ok(()),
        };
        let Ok(read) = read else { return Ok(()) };
        let n = read?;
        if n == 0 {
            let left = protocol.finish();
            answers(hub, panels, left, remote).await;
            return Ok(());
        }
        place.heard();
        let outputs = protocol.feed(&buffer[..n], hub.clock.now(), &panels.lookup(hub));
        spoke |= outputs.iter().any(|o| matches!(o, Output::Event(_) | Output::Supervision(_) | Output::Reply(_)));
        let Work { replies, close } = answers(hub, panels, outputs, remote).await;
        if !replies.is_empty() {
            tokio::time::timeout(WRITE_LIMIT, stream.write_all(&replies)).await??;
        }
        if close.is_some() {
            return stream.shutdown().await;
        }
    }
}

pub async fn serve_udp(hub: Arc<Hub>, panels: Arc<Panels>, socket: UdpSocket) {
    let socket = Arc::new(socket);
    let slots = Arc::new(Semaphore::new(DATAGRAMS_MAX));
    let mut buffer = vec![0u8; DATAGRAM_BYTES];
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut buffer) => received,
            () = hub.stopping.cancelled() => return,
        };
        let Ok((n, remote)) = received else { continue };
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        let (hub, panels, socket, bytes) = (hub.clone(), panels.clone(), socket.clone(), buffer[..n].to_vec());
        tokio::spawn(async move {
            let _slot = slot;
            let mut protocol = Connection::new(Transport::Udp, panels.lookup(&hub).limits());
            let outputs = protocol.feed(&bytes, hub.clock.now(), &panels.lookup(&hub));
            let work = answers(&hub, &panels, outputs, remote).await;
            if !work.replies.is_empty() {
                let _ = socket.send_to(&work.replies, remote).await;
            }
        });
    }
}

struct Work {
    replies: Vec<u8>,
    close: Option<CloseReason>,
}

/// Stores what came and collects the answers, in order. An event the store did not take gets no answer: the panel
/// sends it again.
async fn answers(hub: &Hub, panels: &Panels, outputs: Vec<Output>, remote: SocketAddr) -> Work {
    let now = hub.clock.now();
    let mut submissions = Vec::new();
    let mut due = Vec::new();
    let mut close = None;
    for output in outputs {
        match output {
            Output::Event(received) => {
                hub.counters.add("dc09_events", 1);
                note_heard(hub, panels, &received).await;
                let from = submissions.len();
                submissions.extend(signals(&received, remote, now));
                due.push(Due::Ack { received, events: from..submissions.len() });
            }
            Output::Supervision(received) => {
                hub.counters.add("dc09_supervision", 1);
                note_heard(hub, panels, &received).await;
                let from = submissions.len();
                due.push(Due::Ack { received, events: from..from });
            }
            Output::Reply(bytes) => due.push(Due::Bytes(bytes)),
            Output::Diagnostic(diagnostic) => {
                submissions.extend(fault(&diagnostic, remote, now));
                show(hub, diagnostic, remote);
            }
            Output::Close(reason) => close = Some(reason),
        }
    }
    let stored = match submissions.is_empty() {
        true => Ok(vec![]),
        false => hub.writer.submit(submissions).await,
    };
    let mut replies = Vec::new();
    for answer in due {
        match (answer, &stored) {
            (Due::Bytes(bytes), _) => replies.extend(bytes),
            (Due::Ack { received, events }, Ok(stored))
                if stored[events.clone()].iter().all(|a| a.refusal.is_none()) =>
            {
                let mut pad = [0u8; 16];
                rand::rng().fill(&mut pad);
                replies.extend(received.ack(hub.clock.now(), &pad));
            }
            (Due::Ack { .. }, Ok(stored)) => {
                let refusals: Vec<_> = stored.iter().filter_map(|a| a.refusal.as_ref()).collect();
                tracing::error!(?refusals, "a signal was refused and is not acknowledged");
            }
            (Due::Ack { .. }, Err(error)) => {
                tracing::error!(%error, "a signal could not be stored and is not acknowledged");
            }
        }
    }
    Work { replies, close }
}

enum Due {
    Bytes(Vec<u8>),
    Ack { received: Box<Received>, events: std::ops::Range<usize> },
}

/// A valid frame says that the line is alive, if it is the panel's own.
async fn note_heard(hub: &Hub, panels: &Panels, received: &Received) {
    let world = hub.world();
    for account in &received.heard {
        panels.heard(account, hub.clock.now());
        if world.panel(account).is_some_and(|p| p.line_fault_since.is_some())
            && let Err(error) = hub.act("panel.heard", account.clone(), serde_json::json!({})).await
        {
            tracing::warn!(%error, "a restored line could not be recorded");
        }
    }
}

fn signals(received: &Received, remote: SocketAddr, now: domain::Instant) -> Vec<Submission> {
    let message = &received.message;
    let key = received.duplicate_key();
    let base = SignalSource {
        protocol: received.frame.token.clone(),
        account: message.account.to_ascii_uppercase(),
        code: String::new(),
        qualifier: "new".into(),
        partition: None,
        zone: None,
        user: None,
        panel_seq: message.seq.parse().ok(),
        raw: message.raw.clone(),
        remote: None,
        panel_at: message.happened_at.or(message.timestamp),
        point: message.position.map(|p| domain::geo::Point::new(p.0, p.1)).filter(|p| p.is_valid()),
    };
    if message.events.is_empty() {
        let told = (SignalMeaning::Signal, "Empty message".to_owned());
        return vec![submission(&base, told, received.known_account, &key, 0, remote, now)];
    }
    message
        .events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let source = SignalSource {
                code: event.code.clone(),
                qualifier: meaning::qualifier(event).into(),
                partition: event.partition.clone(),
                zone: event.zone.clone(),
                user: event.user.clone(),
                ..base.clone()
            };
            let told = match received.is_doubted() {
                true => meaning::of_doubted(event),
                false => meaning::of(event),
            };
            submission(&source, told, received.known_account, &key, index, remote, now)
        })
        .collect()
}

fn submission(
    source: &SignalSource,
    (told, text): (SignalMeaning, String),
    known_account: bool,
    key: &str,
    index: usize,
    remote: SocketAddr,
    now: domain::Instant,
) -> Submission {
    let mut source = source.clone();
    let (told, text) = match known_account {
        true => (told, text),
        false => {
            source.remote = Some(remote.ip().to_string());
            (SignalMeaning::Alarm { kind: AlarmKind::UnknownAccount }, format!("{text} from an unknown account"))
        }
    };
    let mut once = Sha256::new();
    once.update(key.as_bytes());
    once.update(index.to_be_bytes());
    let once = Once { key: once.finalize().into(), window: DUPLICATE_WINDOW };
    receive(SignalReceive { source, meaning: told, text, known_account }, Some(once), now)
}

fn receive(signal: SignalReceive, once: Option<Once>, now: domain::Instant) -> Submission {
    let command = Command {
        id: CommandId(Uuid::now_v7()),
        at: now,
        kind: "signal.receive".into(),
        v: 1,
        target: signal.source.account.clone(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body: serde_json::to_value(&signal).unwrap_or_default(),
    };
    Submission { command, author: system(), received_at: now, once }
}

/// What nobody could read or serve still becomes a row that somebody sees, one for each account and address.
fn fault(diagnostic: &Diagnostic, remote: SocketAddr, now: domain::Instant) -> Option<Submission> {
    let text = match diagnostic.kind {
        DiagnosticKind::Undecryptable => "A frame cannot be decrypted: check the panel's key",
        DiagnosticKind::ClockOutsideWindow => "A panel's clock is wrong; it was told the time",
        DiagnosticKind::UnknownToken => "A panel speaks a dialect this receiver does not serve",
        DiagnosticKind::Unparsable => "A frame with a right checksum cannot be read",
        DiagnosticKind::UnknownAccount => "An unknown account was refused",
        DiagnosticKind::PlainFromKeyedAccount => "A frame came without the panel's key: it may not be the panel",
        DiagnosticKind::CrcError
        | DiagnosticKind::Overflow
        | DiagnosticKind::NoiseBytes
        | DiagnosticKind::LengthMismatch => return None,
    };
    let source = SignalSource {
        protocol: "DC-09".into(),
        account: diagnostic.account.clone().unwrap_or_default().to_ascii_uppercase(),
        code: diagnostic.kind.counter().into(),
        qualifier: "new".into(),
        partition: None,
        zone: None,
        user: None,
        panel_seq: None,
        raw: diagnostic.context.clone(),
        remote: Some(remote.ip().to_string()),
        panel_at: None,
        point: None,
    };
    let kind = AlarmKind::ReceiverFault;
    let meaning = SignalMeaning::Alarm { kind };
    Some(receive(SignalReceive { source, meaning, text: text.into(), known_account: false }, None, now))
}

fn show(hub: &Hub, diagnostic: Diagnostic, remote: SocketAddr) {
    let counter = diagnostic.kind.counter();
    if diagnostic.count > 1 {
        hub.counters.add(counter, diagnostic.count - 1);
    }
    hub.counters.note(Shown {
        at: hub.clock.now(),
        counter,
        remote: remote.to_string(),
        account: diagnostic.account,
        text: format!("{} {}", diagnostic.detail, diagnostic.context),
    });
}
