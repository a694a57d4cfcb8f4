//! Captured frames that are too many, or not ours, to copy: `shared/data` beside the repository.

use std::path::PathBuf;

use feeds::dc09::{CrcForm, FrameError, Key, Message, Piece, RawFrame, Splitter};
use serde_json::Value;

/// A file of the shared data, or `None` with a printed reason when the folder is not there. A folder
/// without the file is an error.
pub fn read(path: &str) -> Option<String> {
    let folder = std::env::var_os("WATCHHOUSE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    // The variable may name `shared` or `shared/data`.
    let data = match folder.join("dc09") {
        inner if inner.is_dir() => folder,
        _ => folder.join("data"),
    };
    if !data.is_dir() {
        eprintln!("skipped: no shared data at {}", data.display());
        return None;
    }
    let file = data.join(path);
    Some(std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).expect("hex");
    hex.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The frame as it was on the wire: loggers stripped LF and CR where `framed` is false.
fn on_the_wire(row: &Value) -> Vec<u8> {
    let mut bytes = bytes_of(row["frame_hex"].as_str().expect("frame_hex"));
    if row["framed"] == false {
        bytes.insert(0, b'\n');
    }
    if bytes.last() != Some(&b'\r') {
        bytes.push(b'\r');
    }
    bytes
}

fn key_of(row: &Value) -> Option<Key> {
    let key = &row["key"];
    match (key["ascii"].as_str(), key["hex"].as_str()) {
        (Some(text), _) => Some(Key::parse_ascii(text).expect("an ASCII key")),
        (None, Some(text)) => Some(Key::parse_hex(text).expect("a hex key")),
        (None, None) => None,
    }
}

fn check_fields(frame: &RawFrame, row: &Value) {
    let id = &row["id"];
    let text = |field: &str| row[field].as_str().map(str::to_owned);
    assert_eq!(Some(&frame.token), text("token").as_ref(), "{id}");
    assert_eq!(Some(&frame.seq), text("sequence").as_ref(), "{id}");
    assert_eq!(frame.receiver.as_ref().map(|digits| format!("R{digits}")), text("receiver"), "{id}");
    assert_eq!(frame.line.as_ref().map(|digits| format!("L{digits}")), text("line"), "{id}");
    assert_eq!(frame.account, text("account"), "{id}");
    assert_eq!(Value::Bool(frame.encrypted), row["encrypted"], "{id}");
    assert_eq!(Value::Bool(frame.length_ok), row["len_ok"], "{id}");
    let form = if row["crc_encoding"] == "binary" { CrcForm::Binary } else { CrcForm::Ascii };
    assert_eq!(frame.crc_form, form, "{id}");
}

fn check_payload(frame: &RawFrame, row: &Value) {
    let id = &row["id"];
    let key = key_of(row);
    match Message::parse(frame, key.as_ref()) {
        Ok(message) => {
            assert!(!frame.encrypted || key.is_some(), "{id}");
            assert!(!message.unreadable, "{id}: {:?}", message.events);
            if let Some(code) = row["expect"]["code"].as_str().filter(|_| frame.token == "SIA-DCS") {
                assert_eq!(message.events[0].code, code, "{id}");
            }
            if let Some(tail) = row["expect"]["plaintext_tail"].as_str() {
                assert!(message.raw.ends_with(&tail[1..]), "{id}: {}", message.raw);
            }
        }
        // Frames whose key nobody published end here, and only those.
        Err(error) => assert!(frame.encrypted && key.is_none(), "{id}: {error}"),
    }
}

#[test]
fn every_captured_frame_is_read_or_refused_as_recorded() {
    let Some(rows) = read("dc09/frames.jsonl") else {
        return;
    };
    let (mut accepted, mut refused, mut foreign) = (0, 0, 0);
    for line in rows.lines() {
        let row: Value = serde_json::from_str(line).expect("a row of JSON");
        let wire = on_the_wire(&row);
        let mut splitter = Splitter::new();
        let mut pieces = splitter.push(&wire);
        pieces.extend(splitter.finish());
        match (&row["crc_ok"], pieces.as_slice()) {
            (Value::Bool(true), [Piece::Frame(bytes)]) => {
                let frame = RawFrame::parse(bytes).unwrap_or_else(|error| panic!("{}: {error}", row["id"]));
                check_fields(&frame, &row);
                check_payload(&frame, &row);
                accepted += 1;
            }
            // Known to be bad: panels that compute another CRC (ELDES), rows edited by their poster
            // after capture (Dahua), and vectors with nominal CRCs.
            (Value::Bool(false), [Piece::Frame(bytes)]) => {
                let found = RawFrame::parse(bytes);
                assert!(matches!(found, Err(FrameError::CrcMismatch { .. })), "{}: {found:?}", row["id"]);
                refused += 1;
            }
            // No CRC was recorded: prose, another protocol, a frame without its first bytes.
            (Value::Null, pieces) => {
                assert!(pieces.iter().all(|piece| matches!(piece, Piece::Noise { .. })), "{}: {pieces:?}", row["id"]);
                foreign += 1;
            }
            (_, pieces) => panic!("{}: {pieces:?}", row["id"]),
        }
    }
    assert!(accepted > 0 && refused > 0 && foreign > 0);
    eprintln!("{accepted} accepted, {refused} refused for their CRC, {foreign} foreign");
}
