//! What a panel said: events, extended data, position and time of one frame.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::codes::{self, Meaning, Qualifier};
use super::content::Content;
use super::crypto::{self, CryptoError, Key};
use super::frame::{RawFrame, printable};
use super::xdata::{self, XData};
use super::{contact_id, sia, text};

/// Which payload the token announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// DC-03 blocks through DC-07.
    SiaDcs,
    /// DC-05 Contact ID.
    AdmCid,
    /// Link supervision; never an event.
    Null,
    Other(String),
}

impl Kind {
    pub fn of_token(token: &str) -> Kind {
        match token {
            "SIA-DCS" => Kind::SiaDcs,
            "ADM-CID" => Kind::AdmCid,
            "NULL" => Kind::Null,
            _ => Kind::Other(token.to_owned()),
        }
    }
}

/// Latitude and longitude in degrees, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLon(pub f64, pub f64);

/// One frame understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub kind: Kind,
    /// Four digits as received.
    pub seq: String,
    pub receiver: Option<String>,
    pub line: Option<String>,
    /// The transmitter's account.
    pub header_account: Option<String>,
    /// The subscriber's account: the one in the data when present and not empty, else the header's,
    /// else empty.
    pub account: String,
    pub encrypted: bool,
    pub events: Vec<PanelEvent>,
    pub xdata: Vec<XData>,
    pub position: Option<LatLon>,
    /// The frame's own timestamp.
    pub timestamp: Option<DateTime<Utc>>,
    /// `H` extended data: when the event happened.
    pub happened_at: Option<DateTime<Utc>>,
    /// The data has something in it that no grammar could read; `events` then holds one event with an
    /// empty code and the data as its text, so that a person sees it.
    pub unreadable: bool,
    /// The data block after decryption and without the pad.
    pub data_block: Vec<u8>,
    /// The frame as text without line ends, decrypted if it was encrypted.
    pub raw: String,
}

/// One event in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelEvent {
    /// Two letters (`BA`) or three digits (`130`).
    pub code: String,
    pub qualifier: Qualifier,
    /// Area or partition as received; `None` for 0, which means the whole system.
    pub partition: Option<String>,
    /// Zone, door or device as received, when the code's number means one.
    pub zone: Option<String>,
    /// User as received, when the code's number means one or an `id` modifier names one.
    pub user: Option<String>,
    /// The code's number as received, whatever it means.
    pub number: Option<String>,
    /// The panel's time (`ti`), after its date (`da`) if given. As received, zone unknown.
    pub time_text: Option<String>,
    pub text: Option<String>,
    /// Sent as an old event (`O`): it happened before and could not be reported.
    pub old: bool,
}

impl PanelEvent {
    /// What the code means to an operator.
    pub fn meaning(&self) -> Meaning {
        if self.code.starts_with(|first: char| first.is_ascii_digit()) {
            codes::contact_id(&self.code, self.qualifier)
        } else {
            codes::sia(&self.code)
        }
    }

    /// Data that could not be read, kept so that a person sees it.
    pub(crate) fn unreadable(data: &str) -> PanelEvent {
        PanelEvent {
            code: String::new(),
            qualifier: Qualifier::New,
            partition: None,
            zone: None,
            user: None,
            number: None,
            time_text: None,
            text: Some(data.to_owned()),
            old: false,
        }
    }
}

/// Why a frame with a right CRC gives no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error(transparent)]
    Undecryptable(#[from] CryptoError),
    #[error("unparsable at byte {position} of the content: {reason}")]
    Unparsable {
        /// Bytes from the first `[`, not counting it.
        position: usize,
        reason: &'static str,
    },
}

/// The content as if the frame had been plain.
pub fn clear_content<'a>(frame: &'a RawFrame, key: Option<&Key>) -> Result<Cow<'a, [u8]>, CryptoError> {
    match (frame.encrypted, key) {
        (false, _) => Ok(Cow::Borrowed(&frame.content)),
        (true, None) => Err(CryptoError::NoKey),
        (true, Some(key)) => crypto::decrypt(&frame.content, key, &frame.token).map(Cow::Owned),
    }
}

impl Message {
    /// Decrypts if needed and reads the content.
    pub fn parse(frame: &RawFrame, key: Option<&Key>) -> Result<Message, MessageError> {
        let content = clear_content(frame, key)?;
        Message::from_content(frame, &content)
    }

    /// Reads a content that is already clear.
    pub fn from_content(frame: &RawFrame, content: &[u8]) -> Result<Message, MessageError> {
        let kind = Kind::of_token(&frame.token);
        let parts = Content::split(content)?;
        let (more_data, extended): (Vec<&[u8]>, Vec<&[u8]>) =
            parts.blocks.iter().partition(|block| block.starts_with(b"#"));
        let xdata: Vec<XData> = extended.into_iter().filter_map(XData::parse).collect();
        let (inner_account, body) = split_account(&text::decode(parts.data));
        let mut events = read_events(&kind, &body);
        for block in more_data {
            events.extend(read_events(&kind, &split_account(&text::decode(block)).1));
        }
        let unreadable = events.is_empty() && !body.trim().is_empty() && expects_events(&kind);
        if unreadable {
            events.push(PanelEvent::unreadable(&body));
        }
        add_alarm_text(&mut events, &xdata);
        Ok(Message {
            kind,
            seq: frame.seq.clone(),
            receiver: frame.receiver.clone(),
            line: frame.line.clone(),
            header_account: frame.account.clone(),
            account: inner_account.or_else(|| frame.account.clone()).unwrap_or_default(),
            encrypted: frame.encrypted,
            events,
            position: xdata::position(&xdata),
            happened_at: xdata::happened_at(&xdata),
            xdata,
            timestamp: parts.timestamp,
            unreadable,
            data_block: parts.data.to_vec(),
            raw: clear_text(frame, content),
        })
    }
}

fn expects_events(kind: &Kind) -> bool {
    match kind {
        Kind::SiaDcs | Kind::AdmCid => true,
        // A NULL with junk data (`0000 00 000`) is still only supervision.
        Kind::Null | Kind::Other(_) => false,
    }
}

fn read_events(kind: &Kind, body: &str) -> Vec<PanelEvent> {
    match kind {
        Kind::SiaDcs => sia::events(body),
        Kind::AdmCid => contact_id::events(body),
        Kind::Null | Kind::Other(_) => Vec::new(),
    }
}

/// Splits `#acct|rest`. Panels also send `acct|rest` without `#`, `|rest` with an empty account, and
/// `rest` alone.
fn split_account(data: &str) -> (Option<String>, String) {
    let Some((left, rest)) = data.split_once('|') else {
        return (None, data.to_owned());
    };
    let account = match left.strip_prefix('#') {
        Some(account) => account,
        None if left.chars().all(|digit| digit.is_ascii_hexdigit()) => left,
        None => return (None, data.to_owned()),
    };
    let named = !account.is_empty();
    (named.then(|| account.to_owned()), rest.to_owned())
}

/// `I` extended data is the alarm's text; it belongs to a lone event that brings no text itself.
fn add_alarm_text(events: &mut [PanelEvent], xdata: &[XData]) {
    if let [event] = events
        && event.text.is_none()
    {
        event.text = xdata::value_of(xdata, 'I').map(str::to_owned);
    }
}

fn clear_text(frame: &RawFrame, content: &[u8]) -> String {
    let header = &frame.raw[..frame.raw.len().saturating_sub(frame.content.len() + 1)];
    let mut line = printable(header);
    line.push_str(&printable(content));
    line
}
