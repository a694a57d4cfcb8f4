//! What the fuzz targets run, so that an ordinary test can replay their corpus on every change.

use chrono::DateTime;

use crate::dc09::{
    AccountSettings, Accounts, Connection, FRAME_BYTES_MAX, Key, Limits, Message, RawFrame, Splitter, Transport,
    enclose,
};
use crate::owntracks as owntracks_codec;

/// Any bytes, cut in any way: same pieces, bounded memory.
pub fn splitter(data: &[u8]) {
    let mut whole = Splitter::new();
    let mut expected = whole.push(data);
    expected.extend(whole.finish());
    let mut single = Splitter::new();
    let mut found = Vec::new();
    for byte in data {
        found.extend(single.push(std::slice::from_ref(byte)));
        assert!(single.held_bytes() <= FRAME_BYTES_MAX + 64);
    }
    found.extend(single.finish());
    assert_eq!(found, expected, "the cut changed the result");
}

/// Any bytes as a frame, and as the body of a frame whose CRC is right.
pub fn frame(data: &[u8]) {
    let _ = RawFrame::parse(data);
    for form in [crate::dc09::CrcForm::Ascii, crate::dc09::CrcForm::Binary] {
        if let Ok(frame) = RawFrame::parse(&enclose(data, form)) {
            let _ = frame.printable();
            let _ = Message::parse(&frame, Some(&key()));
        }
    }
}

/// Any bytes as the content of an event, plain and after decryption; then the whole receiver.
pub fn message(data: &[u8]) {
    for token in ["SIA-DCS", "ADM-CID", "NULL", "*SIA-DCS", "XYZ"] {
        let mut body = format!("\"{token}\"0001L0#1234[").into_bytes();
        if token.starts_with('*') {
            body.extend_from_slice(&crate::dc09::crypto::encrypt(data, &key(), data));
        } else {
            body.extend_from_slice(data);
        }
        let bytes = enclose(&body, crate::dc09::CrcForm::Ascii);
        if let Ok(frame) = RawFrame::parse(&bytes)
            && let Ok(message) = Message::parse(&frame, Some(&key()))
        {
            for event in &message.events {
                assert!(!event.meaning().text.is_empty());
            }
        }
        let mut connection = Connection::new(Transport::Tcp, Limits::default());
        let _ = connection.feed(&bytes, DateTime::UNIX_EPOCH, &OneKey);
    }
}

/// Any bytes as an OwnTracks body.
pub fn owntracks(data: &[u8]) {
    if let Ok(owntracks_codec::Payload::Location(location)) = owntracks_codec::parse(data) {
        assert!(crate::fix::plausible(location.lat, location.lon));
    }
}

fn key() -> Key {
    Key::parse_ascii("0123456789ABCDEF").expect("16 characters")
}

struct OneKey;

impl Accounts for OneKey {
    fn lookup(&self, _account: &str) -> Option<AccountSettings> {
        Some(AccountSettings { key: Some(key()), ..AccountSettings::default() })
    }
}
