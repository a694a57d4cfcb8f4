//! The clear content after the first `[`: `data][x…][x…]_timestamp`.

use chrono::{DateTime, Utc};

use super::frame::printable;
use super::message::MessageError;
use super::timestamp;

/// The parts of a content, still bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content<'a> {
    /// The first data block without brackets.
    pub data: &'a [u8],
    /// Further bracketed blocks: extended data, or more data blocks from an OH+XSIA transmitter.
    pub blocks: Vec<&'a [u8]>,
    pub timestamp: Option<DateTime<Utc>>,
}

impl<'a> Content<'a> {
    /// Cuts a content. Only the `]` of the data is required: bytes after it that are neither a block
    /// nor a timestamp are left alone, since some transmitters (OH+XSIA ones) append
    /// a checksum of their own, and an alarm must not be lost over it.
    pub fn split(content: &'a [u8]) -> Result<Self, MessageError> {
        let (data, mut rest) = until_bracket(content)
            .ok_or(MessageError::Unparsable { position: content.len(), reason: "the data has no closing ]" })?;
        let mut blocks = Vec::new();
        while let Some(block) = rest.strip_prefix(b"[") {
            let (block, after) = until_bracket(block).unwrap_or((block, &[]));
            blocks.push(block);
            rest = after;
        }
        Ok(Content { data, blocks, timestamp: timestamp::parse(rest) })
    }
}

fn until_bracket(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b']')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// Enough to recognise a frame, short enough for a log line.
const CONTEXT_CHARS_MAX: usize = 80;

/// The start of some bytes, printable.
pub(crate) fn printable_head(bytes: &[u8]) -> String {
    let text = printable(bytes);
    match text.char_indices().nth(CONTEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
