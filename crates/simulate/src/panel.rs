//! The panel's side of DC-09 over TCP: sends a frame, waits for the receiver's answer, and tries again as a
//! transmitter does.

use chrono::TimeDelta;
use domain::Instant;
use feeds::dc09::compose::{Outgoing, is_whole, next_sequence};
use feeds::dc09::{Key, Panel, PanelReply, ReplyKind, XData, parse_reply};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::net::SocketAddr;
use std::time::{Duration, Instant as Moment};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a panel waits for its answer (dialler libraries wait 5 s).
const ANSWER_WAIT: Duration = Duration::from_secs(5);
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// Tries of one frame before the panel gives up.
const TRIES_MAX: u32 = 3;
/// A reply is well under this; more is no reply.
const REPLY_BYTES_MAX: usize = 1024;

/// One event as the panel writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// DC-03, for example `Nri1/BA5`.
    Sia(String),
    /// DC-05 Contact ID.
    Cid { qualifier: u8, code: u16, partition: u8, number: u16 },
    /// Link supervision.
    Null,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// From the write to the whole answer, without earlier tries.
    pub took: Duration,
    pub tries: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    #[error("no answer after {TRIES_MAX} tries: {0}")]
    NoAnswer(String),
    /// NAK twice: the key is wrong, or the clock is beyond mending.
    #[error("the receiver does not understand this panel (NAK)")]
    Nak,
    #[error("the receiver does not serve this (DUH)")]
    Duh,
}

/// One transmitter with its connection and its own sequence and clock.
#[derive(Debug)]
pub struct PanelClient {
    address: SocketAddr,
    panel: Panel,
    seq: u16,
    stream: Option<TcpStream>,
    /// What a NAK taught about the receiver's clock.
    clock_error: TimeDelta,
    random: StdRng,
}

impl PanelClient {
    pub fn new(address: SocketAddr, account: &str, key: Option<Key>, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let panel = Panel { key, ..Panel::new(account) };
        Self { address, panel, seq: random.random_range(1..9000), stream: None, clock_error: TimeDelta::zero(), random }
    }

    pub fn account(&self) -> &str {
        &self.panel.account
    }

    /// Sends one event and waits until it is acknowledged. `now` is the receiver's clock as far as the panel knows.
    pub async fn send(&mut self, signal: &Signal, now: Instant) -> Result<Acknowledged, PanelError> {
        if *signal != Signal::Null {
            self.seq = next_sequence(self.seq);
        }
        let mut naks = 0;
        let mut trouble = String::new();
        for tries in 1..=TRIES_MAX {
            let frame = self.frame(signal, now);
            let started = Moment::now();
            let reply = match self.exchange(&frame).await {
                Ok(reply) => reply,
                Err(error) => {
                    trouble = error.to_string();
                    self.stream = None;
                    continue;
                }
            };
            match reply.kind {
                ReplyKind::Ack if reply.seq == self.seq_of(signal) => {
                    return Ok(Acknowledged { took: started.elapsed(), tries });
                }
                ReplyKind::Nak if naks == 0 => {
                    // The NAK brings the receiver's time: take it over and try once more.
                    naks += 1;
                    self.clock_error = reply.timestamp.map_or(TimeDelta::zero(), |theirs| theirs - now);
                }
                ReplyKind::Nak => return Err(PanelError::Nak),
                ReplyKind::Duh => return Err(PanelError::Duh),
                ReplyKind::Ack | ReplyKind::Rsp | ReplyKind::Other(_) => {
                    trouble = format!("answer {:?} to {} instead of {}", reply.kind, reply.seq, self.seq);
                    self.stream = None;
                }
            }
        }
        Err(PanelError::NoAnswer(trouble))
    }

    fn seq_of(&self, signal: &Signal) -> u16 {
        if *signal == Signal::Null { 0 } else { self.seq }
    }

    /// The bytes of one frame; an encrypted one has a fresh pad each time.
    pub fn frame(&mut self, signal: &Signal, now: Instant) -> Vec<u8> {
        let mut pad = [0u8; 16];
        self.random.fill(&mut pad);
        let xdata: &[XData] = &[];
        let stamp = now + self.clock_error;
        let outgoing = Outgoing { seq: self.seq_of(signal), xdata, timestamp: Some(stamp), pad: &pad };
        match signal {
            Signal::Sia(event) => self.panel.sia_dcs(event, outgoing),
            Signal::Cid { qualifier, code, partition, number } => {
                self.panel.adm_cid(*qualifier, *code, *partition, *number, outgoing)
            }
            Signal::Null => self.panel.null(outgoing),
        }
    }

    async fn exchange(&mut self, frame: &[u8]) -> anyhow::Result<PanelReply> {
        if self.stream.is_none() {
            let stream = tokio::time::timeout(CONNECT_WAIT, TcpStream::connect(self.address)).await??;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut().ok_or_else(|| anyhow::anyhow!("not connected"))?;
        stream.write_all(frame).await?;
        let mut bytes = Vec::with_capacity(128);
        tokio::time::timeout(ANSWER_WAIT, async {
            while !is_whole(&bytes) {
                anyhow::ensure!(bytes.len() < REPLY_BYTES_MAX, "more bytes than a reply has");
                anyhow::ensure!(stream.read_buf(&mut bytes).await? > 0, "the receiver closed the connection");
            }
            anyhow::Ok(())
        })
        .await??;
        Ok(parse_reply(&bytes, self.panel.key.as_ref())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feeds::dc09::{AccountSettings, Accounts, Connection, Limits, Output, Transport};
    use tokio::net::TcpListener;

    struct Known(Option<Key>);
    impl Accounts for Known {
        fn lookup(&self, account: &str) -> Option<AccountSettings> {
            (account == "1A01").then(|| AccountSettings { key: self.0.clone(), ..AccountSettings::default() })
        }
    }

    /// A receiver whose clock is `ahead` of the panel's, and which loses the connection once when told to.
    async fn receiver(key: Option<Key>, now: Instant, mut lose_first: bool) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut connection = Connection::new(Transport::Tcp, Limits::default());
                let mut buffer = [0u8; 4096];
                while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                    if std::mem::take(&mut lose_first) {
                        break;
                    }
                    for output in connection.feed(&buffer[..n], now, &Known(key.clone())) {
                        let answer = match output {
                            Output::Event(received) | Output::Supervision(received) => received.ack(now, &[7; 16]),
                            Output::Reply(bytes) => bytes,
                            Output::Diagnostic(_) | Output::Close(_) => continue,
                        };
                        stream.write_all(&answer).await.unwrap();
                    }
                }
            }
        });
        address
    }

    fn now() -> Instant {
        chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    const EVENT: &str = "Nri1/BA1";

    #[tokio::test]
    async fn a_panel_is_acknowledged_plain_encrypted_and_for_supervision() {
        for key in
            [None, Some(Key::parse_hex(&"a1".repeat(16)).unwrap()), Some(Key::parse_hex(&"b2".repeat(32)).unwrap())]
        {
            let address = receiver(key.clone(), now(), false).await;
            let mut panel = PanelClient::new(address, "1A01", key, 1);
            for signal in [
                Signal::Sia(EVENT.into()),
                Signal::Cid { qualifier: 1, code: 130, partition: 1, number: 5 },
                Signal::Null,
            ] {
                assert_eq!(panel.send(&signal, now()).await.unwrap().tries, 1, "{signal:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_panel_with_a_wrong_clock_takes_over_the_receivers_time_from_the_nak() {
        let key = Some(Key::parse_hex(&"a1".repeat(16)).unwrap());
        let address = receiver(key.clone(), now(), false).await;
        let mut panel = PanelClient::new(address, "1A01", key, 1);
        let slow = now() - TimeDelta::minutes(20);
        assert_eq!(panel.send(&Signal::Sia(EVENT.into()), slow).await.unwrap().tries, 2);
        assert_eq!(panel.send(&Signal::Sia(EVENT.into()), slow).await.unwrap().tries, 1, "and keeps it");
    }

    #[tokio::test]
    async fn a_panel_with_a_wrong_key_gives_up_after_the_second_nak() {
        let address = receiver(Some(Key::parse_hex(&"a1".repeat(16)).unwrap()), now(), false).await;
        let mut panel = PanelClient::new(address, "1A01", Some(Key::parse_hex(&"ff".repeat(16)).unwrap()), 1);
        assert!(matches!(panel.send(&Signal::Sia(EVENT.into()), now()).await, Err(PanelError::Nak)));
    }

    #[tokio::test]
    async fn a_lost_connection_is_made_again_and_the_same_frame_is_sent_again() {
        let address = receiver(None, now(), true).await;
        let mut panel = PanelClient::new(address, "1A01", None, 1);
        assert_eq!(panel.send(&Signal::Sia(EVENT.into()), now()).await.unwrap().tries, 2);
    }
}
