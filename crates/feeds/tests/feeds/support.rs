//! Helpers shared by the tests.

use chrono::{DateTime, Utc};
use feeds::dc09::{AccountSettings, Accounts, Connection, Key, Limits, Message, Output, RawFrame, Transport};

pub const KEY_16: &str = "0123456789ABCDEF";
pub const PAD: &[u8] = b"xxxxxxxxxxxxxxxx";

/// Puts LF and CR around a frame quoted without them.
pub fn framed(text: &str) -> Vec<u8> {
    format!("\n{text}\r").into_bytes()
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

pub fn ascii(key: &str) -> Option<Key> {
    Some(Key::parse_ascii(key).expect("a key in characters"))
}

pub fn hex(key: &str) -> Option<Key> {
    Some(Key::parse_hex(key).expect("a key in hex"))
}

pub fn read(text: &str, key: Option<&Key>) -> Message {
    let frame = RawFrame::parse(&framed(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
    Message::parse(&frame, key).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// One setting for every account, or none at all.
pub struct Same(pub Option<AccountSettings>);

impl Same {
    pub fn plain() -> Same {
        Same(Some(AccountSettings::default()))
    }

    pub fn keyed(key: Option<Key>) -> Same {
        Same(Some(AccountSettings { key, ..AccountSettings::default() }))
    }
}

impl Accounts for Same {
    fn lookup(&self, _account: &str) -> Option<AccountSettings> {
        self.0.clone()
    }
}

pub fn feed(bytes: &[u8], now: DateTime<Utc>, accounts: &dyn Accounts) -> Vec<Output> {
    Connection::new(Transport::Tcp, Limits::default()).feed(bytes, now, accounts)
}

/// Outputs in a word each: `event`, `supervision`, `reply ACK`, a counter's name, `close`.
pub fn words(outputs: &[Output]) -> Vec<String> {
    let word = |output: &Output| match output {
        Output::Event(_) => "event".to_owned(),
        Output::Supervision(_) => "supervision".to_owned(),
        Output::Reply(bytes) => format!("reply {}", token(bytes)),
        Output::Diagnostic(diagnostic) => diagnostic.kind.counter().to_owned(),
        Output::Close(_) => "close".to_owned(),
    };
    outputs.iter().map(word).collect()
}

fn token(bytes: &[u8]) -> String {
    RawFrame::parse(bytes).expect("replies are frames").token
}
