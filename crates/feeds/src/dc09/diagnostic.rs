//! What the receiver noticed that is not an event: bad CRCs, wrong keys, wrong clocks, noise.

use super::content::printable_head;
use super::frame::{FRAME_BYTES_MAX, FrameError, RawFrame};
use super::splitter::Piece;

/// Diagnostics by kind; each has a counter of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiagnosticKind {
    /// CRC wrong. Not answered: the panel times out and resends.
    CrcError,
    /// CRC right but the fields or the data cannot be read.
    Unparsable,
    /// Encrypted, and no key opens it. A fault of configuration that a person must mend.
    Undecryptable,
    /// A token this receiver does not serve; answered with DUH.
    UnknownToken,
    /// Encrypted, and the timestamp is too far from our clock; answered with NAK.
    ClockOutsideWindow,
    /// More bytes than a frame may have.
    Overflow,
    /// Bytes that belong to no frame; `count` says how many.
    NoiseBytes,
    /// LEN wrong, CRC right. Accepted unless the account demands a right length.
    LengthMismatch,
    /// A frame in the name of an account whose key did not open it, most often a plain one. Accepted, but it may not be
    /// the panel: its line counts as silent, and nothing of it ends an alarm.
    PlainFromKeyedAccount,
    /// An account nobody entered, where the policy is to refuse such.
    UnknownAccount,
}

impl DiagnosticKind {
    pub const ALL: [DiagnosticKind; 10] = [
        DiagnosticKind::CrcError,
        DiagnosticKind::Unparsable,
        DiagnosticKind::Undecryptable,
        DiagnosticKind::UnknownToken,
        DiagnosticKind::ClockOutsideWindow,
        DiagnosticKind::Overflow,
        DiagnosticKind::NoiseBytes,
        DiagnosticKind::LengthMismatch,
        DiagnosticKind::PlainFromKeyedAccount,
        DiagnosticKind::UnknownAccount,
    ];

    /// The counter's name in metrics and logs.
    pub fn counter(self) -> &'static str {
        match self {
            DiagnosticKind::CrcError => "crc_errors",
            DiagnosticKind::Unparsable => "unparsable",
            DiagnosticKind::Undecryptable => "undecryptable",
            DiagnosticKind::UnknownToken => "unknown_token",
            DiagnosticKind::ClockOutsideWindow => "clock_outside_window",
            DiagnosticKind::Overflow => "overflow",
            DiagnosticKind::NoiseBytes => "noise_bytes",
            DiagnosticKind::LengthMismatch => "length_mismatch",
            DiagnosticKind::PlainFromKeyedAccount => "plain_from_keyed_account",
            DiagnosticKind::UnknownAccount => "unknown_account",
        }
    }
}

/// One thing noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub kind: DiagnosticKind,
    /// How much to add to the counter: bytes of noise, otherwise 1.
    pub count: u64,
    /// The account, as far as it could be read. After a CRC error it is only a claim.
    pub account: Option<String>,
    /// Bytes from the start of the frame, where a place is known.
    pub position: Option<usize>,
    /// What was wrong, in a sentence for an engineer.
    pub detail: String,
    /// The bytes around the place, printable and short.
    pub context: String,
}

pub(super) fn noticed(kind: DiagnosticKind, frame: &RawFrame, detail: &str) -> Diagnostic {
    Diagnostic {
        kind,
        count: 1,
        account: frame.account.clone(),
        position: None,
        detail: detail.to_owned(),
        context: printable_head(&frame.raw),
    }
}

pub(super) fn frame_error(error: &FrameError, bytes: &[u8]) -> Diagnostic {
    let (kind, account, position) = match error {
        FrameError::CrcMismatch { claimed_account, .. } => (DiagnosticKind::CrcError, claimed_account.clone(), Some(1)),
        FrameError::Unparsable { position, .. } => (DiagnosticKind::Unparsable, None, Some(*position)),
        FrameError::TooLong { .. } => (DiagnosticKind::Overflow, None, None),
    };
    Diagnostic { kind, count: 1, account, position, detail: error.to_string(), context: printable_head(bytes) }
}

pub(super) fn noise_of(piece: Piece) -> Option<Diagnostic> {
    match piece {
        Piece::Noise { bytes, head } => Some(Diagnostic {
            kind: DiagnosticKind::NoiseBytes,
            count: u64::try_from(bytes).unwrap_or(u64::MAX),
            account: None,
            position: None,
            detail: format!("{bytes} bytes that belong to no frame"),
            context: printable_head(&head),
        }),
        Piece::Frame(_) | Piece::Ping(_) | Piece::Overflow => None,
    }
}

pub(super) fn overflow() -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Overflow,
        count: 1,
        account: None,
        position: None,
        detail: format!("more than {FRAME_BYTES_MAX} bytes without a frame"),
        context: String::new(),
    }
}
