//! One panel connection without its socket: bytes and an instant in; events, replies and diagnostics
//! out.

use chrono::{DateTime, Utc};

use super::crypto::{CryptoError, Key};
use super::diagnostic::{Diagnostic, DiagnosticKind, frame_error, noise_of, noticed, overflow};
use super::frame::{CrcForm, RawFrame};
use super::message::{Kind, Message, MessageError, clear_content};
use super::ping::Ping;
use super::received::{Received, ReplyWith};
use super::reply::Reply;
use super::splitter::{Piece, Splitter};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A stream: frames may arrive split or glued.
    Tcp,
    /// Each feed is one datagram; nothing is carried over to the next.
    Udp,
}

/// What to do with a frame from an account nobody entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum UnknownPolicy {
    /// Raise it with `known_account = false` and acknowledge: an alarm is better seen twice than lost,
    /// and DUH makes some panels repeat for ever.
    #[default]
    Accept,
    /// Answer DUH and report a diagnostic.
    Duh,
}

/// Limits and policies of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An encrypted frame may be this much older than our clock (DC-09 gives 40 s).
    pub behind_s_max: i64,
    /// An encrypted frame may be this much ahead of our clock (DC-09 gives 20 s).
    pub ahead_s_max: i64,
    pub unknown_account: UnknownPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { behind_s_max: 40, ahead_s_max: 20, unknown_account: UnknownPolicy::Accept }
    }
}

/// What is configured for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    pub key: Option<Key>,
    /// Check the timestamp of encrypted frames. Off for panels whose clock cannot be mended.
    pub time_check: bool,
    /// Refuse frames whose LEN is wrong instead of only noting it.
    pub strict_length: bool,
}

impl Default for AccountSettings {
    fn default() -> Self {
        AccountSettings { key: None, time_check: true, strict_length: false }
    }
}

/// Who is known here.
pub trait Accounts {
    /// Settings of an account as received, without `#`.
    ///
    /// The header's account is asked first, because it must choose the key before decryption; a frame
    /// without one asks for the empty string, where a receiver-wide key may be given. If the header's
    /// is unknown, the account inside the data is asked too.
    fn lookup(&self, account: &str) -> Option<AccountSettings>;
}

/// What feeding bytes brings about, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Store it, then send [`Received::ack`].
    Event(Box<Received>),
    /// A NULL or a link check: note "last seen", then send [`Received::ack`]. Never an incident.
    Supervision(Box<Received>),
    /// NAK or DUH: may be sent at once.
    Reply(Vec<u8>),
    Diagnostic(Diagnostic),
    /// Drop the connection; it takes nothing more.
    Close(CloseReason),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// Too many bytes without a frame.
    Overflow,
}

/// The receiver's side of one connection, or of one UDP port.
#[derive(Clone, Debug)]
pub struct Connection {
    transport: Transport,
    limits: Limits,
    splitter: Splitter,
}

/// What one feed is told about the world.
struct Moment<'a> {
    now: DateTime<Utc>,
    accounts: &'a dyn Accounts,
}

impl Connection {
    pub fn new(transport: Transport, limits: Limits) -> Self {
        Connection { transport, limits, splitter: Splitter::new() }
    }

    /// Takes what arrived: any portion of a stream, or one whole datagram.
    pub fn feed(&mut self, bytes: &[u8], now: DateTime<Utc>, accounts: &dyn Accounts) -> Vec<Output> {
        let mut pieces = self.splitter.push(bytes);
        if self.transport == Transport::Udp {
            pieces.extend(self.splitter.finish());
        }
        let moment = Moment { now, accounts };
        let mut outputs = Vec::new();
        for piece in pieces {
            self.piece(piece, &moment, &mut outputs);
        }
        outputs
    }

    /// The peer closed: reports what was left unfinished.
    pub fn finish(&mut self) -> Vec<Output> {
        let noise = self.splitter.finish().into_iter().filter_map(noise_of);
        noise.map(Output::Diagnostic).collect()
    }

    fn piece(&self, piece: Piece, moment: &Moment<'_>, outputs: &mut Vec<Output>) {
        match piece {
            Piece::Frame(bytes) => self.frame(&bytes, moment, outputs),
            Piece::Ping(ping) => self.ping(ping, moment, outputs),
            Piece::Noise { .. } => outputs.extend(noise_of(piece).map(Output::Diagnostic)),
            Piece::Overflow => {
                outputs.push(Output::Diagnostic(overflow()));
                if self.transport == Transport::Tcp {
                    outputs.push(Output::Close(CloseReason::Overflow));
                }
            }
        }
    }

    fn frame(&self, bytes: &[u8], moment: &Moment<'_>, outputs: &mut Vec<Output>) {
        match RawFrame::parse(bytes) {
            Ok(frame) => self.checked_frame(frame, moment, outputs),
            // Unanswered: the transmitter times out and resends.
            Err(error) => outputs.push(Output::Diagnostic(frame_error(&error, bytes))),
        }
    }

    fn checked_frame(&self, frame: RawFrame, moment: &Moment<'_>, outputs: &mut Vec<Output>) {
        let settings = moment.accounts.lookup(frame.account.as_deref().unwrap_or_default());
        if !frame.length_ok {
            outputs.push(length_mismatch(&frame));
            if settings.as_ref().is_some_and(|found| found.strict_length) {
                return;
            }
        }
        match Kind::of_token(&frame.token) {
            Kind::SiaDcs | Kind::AdmCid | Kind::Null => {}
            Kind::Other(_) => return refuse_token(&frame, outputs),
        }
        match self.open(&frame, settings.as_ref(), moment) {
            Ok(message) => self.accept(frame, message, settings, moment, outputs),
            Err(refusal) => refusal.report(&frame, moment.now, outputs),
        }
    }

    fn open(
        &self,
        frame: &RawFrame,
        settings: Option<&AccountSettings>,
        moment: &Moment<'_>,
    ) -> Result<Message, Refusal> {
        let key = settings.and_then(|found| found.key.as_ref());
        let content = clear_content(frame, key).map_err(Refusal::Undecryptable)?;
        let message = Message::from_content(frame, &content).map_err(Refusal::Unreadable)?;
        let time_check = frame.encrypted && settings.is_none_or(|found| found.time_check);
        if time_check && !self.inside_window(message.timestamp, moment.now) {
            return Err(Refusal::ClockOutsideWindow(message.timestamp));
        }
        Ok(message)
    }

    /// Whole seconds, as the panel's stamp has no finer ones. A stamp that is no date is outside.
    fn inside_window(&self, stamp: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        stamp.is_some_and(|stamp| {
            let behind_s = now.timestamp() - stamp.timestamp();
            (-self.limits.ahead_s_max..=self.limits.behind_s_max).contains(&behind_s)
        })
    }

    fn accept(
        &self,
        frame: RawFrame,
        message: Message,
        settings: Option<AccountSettings>,
        moment: &Moment<'_>,
        outputs: &mut Vec<Output>,
    ) {
        let settings = settings.or_else(|| moment.accounts.lookup(&message.account));
        if settings.is_none() && self.limits.unknown_account == UnknownPolicy::Duh {
            outputs.push(Output::Diagnostic(Diagnostic {
                account: Some(message.account.clone()),
                ..noticed(DiagnosticKind::UnknownAccount, &frame, "account not known")
            }));
            outputs.push(Output::Reply(Reply::to(&frame).duh()));
            return;
        }
        let known_account = settings.is_some();
        let key = settings.and_then(|found| found.key);
        let received = Received {
            reply: match key {
                Some(key) if frame.encrypted => ReplyWith::EncryptedAck(key),
                Some(_) | None => ReplyWith::Ack,
            },
            received_at: moment.now,
            transport: self.transport,
            known_account,
            heard: vec![],
            doubted: vec![],
            frame,
            message,
        };
        let received = Box::new(received.hear(moment.accounts));
        doubts(&received, outputs);
        if received.message.unreadable {
            let unread = noticed(DiagnosticKind::Unparsable, &received.frame, "no event in the data");
            outputs.push(Output::Diagnostic(unread));
        }
        outputs.push(match received.message.kind {
            Kind::Null => Output::Supervision(received),
            Kind::SiaDcs | Kind::AdmCid | Kind::Other(_) => Output::Event(received),
        });
    }

    /// A link check counts as a plain NULL of its account.
    fn ping(&self, ping: Ping, moment: &Moment<'_>, outputs: &mut Vec<Output>) {
        let frame = RawFrame {
            token: "NULL".to_owned(),
            encrypted: false,
            seq: "0000".to_owned(),
            receiver: Some(ping.receiver),
            line: Some(ping.line),
            account: Some(ping.account),
            content: b"]".to_vec(),
            crc_form: CrcForm::Ascii,
            length_ok: true,
            raw: ping.raw,
        };
        let Ok(message) = Message::from_content(&frame, &frame.content) else { return };
        let received = Received {
            known_account: moment.accounts.lookup(&message.account).is_some(),
            message: Message { raw: frame.printable(), ..message },
            frame,
            received_at: moment.now,
            transport: self.transport,
            heard: vec![],
            doubted: vec![],
            reply: ReplyWith::PingAck,
        };
        let received = Box::new(received.hear(moment.accounts));
        doubts(&received, outputs);
        outputs.push(Output::Supervision(received));
    }
}

/// Why a frame with a right CRC is not taken.
enum Refusal {
    Undecryptable(CryptoError),
    Unreadable(MessageError),
    ClockOutsideWindow(Option<DateTime<Utc>>),
}

impl Refusal {
    fn report(self, frame: &RawFrame, now: DateTime<Utc>, outputs: &mut Vec<Output>) {
        let (kind, detail, nak) = match self {
            Refusal::Undecryptable(error) => (DiagnosticKind::Undecryptable, error.to_string(), true),
            Refusal::Unreadable(error) => (DiagnosticKind::Unparsable, error.to_string(), false),
            Refusal::ClockOutsideWindow(stamp) => {
                let detail = match stamp {
                    Some(stamp) => {
                        format!("the panel's clock is {} s behind ours", now.timestamp() - stamp.timestamp())
                    }
                    None => "the timestamp is not a date".to_owned(),
                };
                (DiagnosticKind::ClockOutsideWindow, detail, true)
            }
        };
        outputs.push(Output::Diagnostic(noticed(kind, frame, &detail)));
        if nak {
            outputs.push(Output::Reply(Reply::to(frame).nak(now)));
        }
    }
}

/// One diagnostic for each account in whose name this came without its key.
fn doubts(received: &Received, outputs: &mut Vec<Output>) {
    let detail = match received.frame.encrypted {
        true => "the account's own key did not open this frame",
        false => "plain frame, though the account has a key",
    };
    let told = noticed(DiagnosticKind::PlainFromKeyedAccount, &received.frame, detail);
    outputs.extend(
        received
            .doubted
            .iter()
            .map(|account| Output::Diagnostic(Diagnostic { account: Some(account.clone()), ..told.clone() })),
    );
}

fn refuse_token(frame: &RawFrame, outputs: &mut Vec<Output>) {
    let detail = format!("token {} is not served", frame.token);
    let refused = noticed(DiagnosticKind::UnknownToken, frame, &detail);
    outputs.push(Output::Diagnostic(refused));
    // Answering a reply would let two receivers, or a forged datagram, keep each other busy for ever.
    if !matches!(frame.token.as_str(), "ACK" | "NAK" | "DUH" | "RSP") {
        outputs.push(Output::Reply(Reply::to(frame).duh()));
    }
}

fn length_mismatch(frame: &RawFrame) -> Output {
    let detail = "LEN does not match the body";
    Output::Diagnostic(noticed(DiagnosticKind::LengthMismatch, frame, detail))
}
