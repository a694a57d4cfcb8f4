//! The panel's side: frames as a transmitter sends them, and the receiver's replies read back. For the
//! simulator and for tests; it sends only what the standard allows.

use chrono::{DateTime, Utc};

use super::content::Content;
use super::crypto::{self, Key};
use super::frame::{CR, CrcForm, FrameError, LF, RawFrame, enclose, unparsable};
use super::message::{MessageError, clear_content};
use super::timestamp;
use super::xdata::XData;

/// A transmitter: who it is, how it writes, and its key if it encrypts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// 3 to 16 hex digits, without `#`.
    pub account: String,
    /// Digits after `R`.
    pub receiver: Option<String>,
    /// Digits after `L`; the standard wants `0` where there is none.
    pub line: Option<String>,
    pub key: Option<Key>,
    pub crc_form: CrcForm,
}

/// One frame's variable parts.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// 1 to 9999; a NULL may use 0.
    pub seq: u16,
    pub xdata: &'a [XData],
    /// Mandatory when encrypted; [`Panel::frame`] then stamps the start of 1970 if it is missing.
    pub timestamp: Option<DateTime<Utc>>,
    /// 16 random bytes when encrypted.
    pub pad: &'a [u8],
}

impl Panel {
    /// A plain panel with `L0` and no receiver number.
    pub fn new(account: impl Into<String>) -> Panel {
        Panel {
            account: account.into(),
            receiver: None,
            line: Some("0".to_owned()),
            key: None,
            crc_form: CrcForm::Ascii,
        }
    }

    /// A DC-03 event, for example `Nri1/BA5^FRONT DOOR^`.
    pub fn sia_dcs(&self, event: &str, outgoing: Outgoing<'_>) -> Vec<u8> {
        let data = format!("#{}|{event}", self.account);
        self.frame("SIA-DCS", &data, outgoing)
    }

    /// A Contact ID event, for example qualifier 1, code 130, partition 1, zone 5.
    pub fn adm_cid(&self, qualifier: u8, code: u16, partition: u8, number: u16, outgoing: Outgoing<'_>) -> Vec<u8> {
        let event = format!("{qualifier}{code:03} {partition:02} {number:03}");
        let data = format!("#{}|{event}", self.account);
        self.frame("ADM-CID", &data, outgoing)
    }

    /// Link supervision.
    pub fn null(&self, outgoing: Outgoing<'_>) -> Vec<u8> {
        self.frame("NULL", "", outgoing)
    }

    /// Any token with any data. Bytes that would break the frame become spaces.
    pub fn frame(&self, token: &str, data: &str, outgoing: Outgoing<'_>) -> Vec<u8> {
        let clear = self.clear(data, outgoing);
        let star = if self.key.is_some() { "*" } else { "" };
        let mut body = format!("\"{star}{token}\"{:04}", outgoing.seq);
        for (prefix, digits) in [('R', &self.receiver), ('L', &self.line)] {
            if let Some(digits) = digits {
                body.push(prefix);
                body.push_str(digits);
            }
        }
        body.push('#');
        body.push_str(&self.account);
        body.push('[');
        let mut body = body.into_bytes();
        match &self.key {
            Some(key) => {
                body.extend_from_slice(&crypto::encrypt(clear.as_bytes(), key, outgoing.pad));
            }
            None => body.extend_from_slice(clear.as_bytes()),
        }
        enclose(&body, self.crc_form)
    }

    fn clear(&self, data: &str, outgoing: Outgoing<'_>) -> String {
        let mut clear = harmless(data);
        clear.push(']');
        for block in outgoing.xdata {
            clear.push('[');
            clear.push(block.letter);
            clear.push_str(&harmless(&block.value));
            clear.push(']');
        }
        let stamp = match (outgoing.timestamp, &self.key) {
            (Some(stamp), _) => Some(stamp),
            (None, Some(_)) => Some(DateTime::UNIX_EPOCH),
            (None, None) => None,
        };
        clear.push_str(&stamp.map(timestamp::format).unwrap_or_default());
        clear
    }
}

/// The sequence after this one: 9999 is followed by 1.
pub fn next_sequence(seq: u16) -> u16 {
    if seq >= 9999 { 1 } else { seq + 1 }
}

fn harmless(text: &str) -> String {
    text.replace(['[', ']', '\r', '\n'], " ")
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    Ack,
    Nak,
    Duh,
    Rsp,
    Other(String),
}

/// A receiver's reply as a panel reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelReply {
    pub kind: ReplyKind,
    /// To be compared with the outstanding number, except for NAK.
    pub seq: u16,
    pub account: Option<String>,
    pub encrypted: bool,
    /// The receiver's time, which a panel takes over on NAK.
    pub timestamp: Option<DateTime<Utc>>,
}

/// Why a reply cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// Reads a reply, LF to CR. An encrypted one needs the key.
pub fn parse_reply(bytes: &[u8], key: Option<&Key>) -> Result<PanelReply, ReplyError> {
    let frame = RawFrame::parse(bytes)?;
    let content = clear_content(&frame, key).map_err(MessageError::from)?;
    let timestamp = Content::split(&content)?.timestamp;
    let seq = frame.seq.parse();
    Ok(PanelReply {
        kind: match frame.token.as_str() {
            "ACK" => ReplyKind::Ack,
            "NAK" => ReplyKind::Nak,
            "DUH" => ReplyKind::Duh,
            "RSP" => ReplyKind::Rsp,
            _ => ReplyKind::Other(frame.token.clone()),
        },
        seq: seq.map_err(|_| unparsable(0, "the sequence is not a number"))?,
        account: frame.account,
        encrypted: frame.encrypted,
        timestamp,
    })
}

/// Whether bytes hold a whole reply: a simulator reads until this is true.
pub fn is_whole(bytes: &[u8]) -> bool {
    bytes.first() == Some(&LF) && bytes.len() > 9 && bytes.last() == Some(&CR)
}
