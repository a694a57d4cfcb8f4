//! One DC-09 frame: `LF CRC LEN "ID" SEQ [R] L [#acct] [data…] CR`.

use crc::{CRC_16_ARC, Crc};

/// Longest frame taken, LF and CR included. LEN is `0` and three hex digits, so a body has at most
/// 4095 bytes; ten more cover LF, CRC, LEN and CR of the ASCII form.
pub const FRAME_BYTES_MAX: usize = 4096 + 10;

pub(crate) const LF: u8 = 0x0A;
pub(crate) const CR: u8 = 0x0D;
pub(crate) const QUOTE: u8 = b'"';

/// The length of the longest token we take; DC-07 tokens have 7 characters, vendors' are near it.
const TOKEN_BYTES_MAX: usize = 32;

/// How the panel writes its CRC; replies use the same form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrcForm {
    /// Four hex digits, as the standard says.
    Ascii,
    /// Two raw bytes, high byte first (seen from OPAX, Trikdis and ELDES kinds of panel).
    Binary,
}

impl CrcForm {
    /// Bytes from the LF to the opening quote of the token.
    pub(crate) fn quote_offset(self) -> usize {
        match self {
            CrcForm::Ascii => 9,
            CrcForm::Binary => 7,
        }
    }
}

/// One frame whose CRC is right, cut into fields but not yet decrypted or understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFrame {
    /// The ID token without quotes and without the `*` that marks encryption.
    pub token: String,
    pub encrypted: bool,
    /// Four digits as received.
    pub seq: String,
    /// Digits after `R` as received.
    pub receiver: Option<String>,
    /// Digits after `L` as received.
    pub line: Option<String>,
    /// Header account as received, without `#`.
    pub account: Option<String>,
    /// Everything after the first `[` up to, not including, the CR.
    pub content: Vec<u8>,
    pub crc_form: CrcForm,
    /// Whether LEN was right. Several panels send a wrong one, so it only warns.
    pub length_ok: bool,
    /// The whole frame, LF to CR.
    pub raw: Vec<u8>,
}

/// Why bytes are not a frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("CRC {found:04X} received, {computed:04X} computed")]
    CrcMismatch {
        found: u16,
        computed: u16,
        /// The account the damaged frame names. Only a hint: the damage may be in it.
        claimed_account: Option<String>,
    },
    #[error("unparsable at byte {position}: {reason}")]
    Unparsable {
        /// Bytes from the LF.
        position: usize,
        reason: &'static str,
    },
    #[error("{bytes} bytes; at most {FRAME_BYTES_MAX} are taken")]
    TooLong { bytes: usize },
}

/// CRC-16/ARC, which DC-09 uses: check value `BB3D` for `123456789`. Not CCITT.
pub fn crc16(bytes: &[u8]) -> u16 {
    const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_ARC);
    CRC.checksum(bytes)
}

/// Puts LF, CRC, LEN and CR around a body that starts with the token's quote.
pub fn enclose(body: &[u8], form: CrcForm) -> Vec<u8> {
    let crc = crc16(body);
    let mut frame = Vec::with_capacity(body.len() + 10);
    frame.push(LF);
    match form {
        CrcForm::Ascii => frame.extend_from_slice(format!("{crc:04X}").as_bytes()),
        CrcForm::Binary => frame.extend_from_slice(&crc.to_be_bytes()),
    }
    frame.extend_from_slice(format!("{:04X}", body.len()).as_bytes());
    frame.extend_from_slice(body);
    frame.push(CR);
    frame
}

impl RawFrame {
    /// Reads one frame, LF to CR. The CRC is strict, LEN only noted in `length_ok`.
    pub fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        let form = check_envelope(bytes)?;
        let quote = form.quote_offset();
        let body = &bytes[quote..bytes.len() - 1];
        let mut fields = Fields::new(bytes, quote);
        let found = received_crc(bytes, form)?;
        let computed = crc16(body);
        if found != computed {
            let claimed_account = fields.read().ok().and_then(|parts| parts.account);
            return Err(FrameError::CrcMismatch { found, computed, claimed_account });
        }
        let parts = fields.read()?;
        Ok(RawFrame {
            token: parts.token,
            encrypted: parts.encrypted,
            seq: parts.seq,
            receiver: parts.receiver,
            line: parts.line,
            account: parts.account,
            content: parts.content,
            crc_form: form,
            length_ok: hex_value(&bytes[quote - 4..quote]) == u16::try_from(body.len()).ok(),
            raw: bytes.to_vec(),
        })
    }

    /// The frame without LF and CR, control and other bytes escaped: for logs and the screen.
    pub fn printable(&self) -> String {
        printable(&self.raw)
    }
}

/// What the first bytes after a possible LF tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Not the start of a frame, whatever follows.
    Foreign,
    /// More bytes are needed to tell.
    Undecided,
    Frame(CrcForm),
}

/// Looks for the start of a frame at the first byte.
///
/// Only the place of the quote and the four LEN digits decide: the CRC bytes may hold anything, even
/// LF, CR or a quote in the binary form. The two forms exclude each other, because byte 7 is a LEN
/// digit in one and the quote in the other.
pub(crate) fn start_of_frame(bytes: &[u8]) -> Start {
    match (matches_form(bytes, CrcForm::Binary), matches_form(bytes, CrcForm::Ascii)) {
        (Some(true), _) => Start::Frame(CrcForm::Binary),
        (_, Some(true)) => Start::Frame(CrcForm::Ascii),
        (Some(false), Some(false)) => Start::Foreign,
        (None, _) | (_, None) => Start::Undecided,
    }
}

/// `None` while the bytes so far could still become a header of this form.
fn matches_form(bytes: &[u8], form: CrcForm) -> Option<bool> {
    let quote = form.quote_offset();
    for (index, &byte) in bytes.iter().enumerate().take(quote + 1) {
        let fits = match index {
            0 => byte == LF,
            _ if index == quote => byte == QUOTE,
            _ if index >= quote - 4 => byte.is_ascii_hexdigit(),
            // In the ASCII form a line end inside the CRC means the frame was cut short here.
            _ => form == CrcForm::Binary || (byte != LF && byte != CR),
        };
        if !fits {
            return Some(false);
        }
    }
    (bytes.len() > quote).then_some(true)
}

fn check_envelope(bytes: &[u8]) -> Result<CrcForm, FrameError> {
    if bytes.len() > FRAME_BYTES_MAX {
        return Err(FrameError::TooLong { bytes: bytes.len() });
    }
    let form = match start_of_frame(bytes) {
        Start::Frame(form) => form,
        Start::Foreign | Start::Undecided => {
            return Err(unparsable(0, "no LF, CRC, length and quoted ID"));
        }
    };
    if bytes.len() < form.quote_offset() + 2 || bytes.last() != Some(&CR) {
        return Err(unparsable(bytes.len(), "no CR at the end"));
    }
    Ok(form)
}

fn received_crc(bytes: &[u8], form: CrcForm) -> Result<u16, FrameError> {
    match form {
        CrcForm::Binary => Ok(u16::from_be_bytes([bytes[1], bytes[2]])),
        CrcForm::Ascii => hex_value(&bytes[1..5]).ok_or(unparsable(1, "CRC is not four hex digits")),
    }
}

/// The value of up to four hex digits, either case.
fn hex_value(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |value, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        value.checked_mul(16)?.checked_add(u16::try_from(digit).ok()?)
    })
}

pub(crate) fn unparsable(position: usize, reason: &'static str) -> FrameError {
    FrameError::Unparsable { position, reason }
}

/// The fields of a body in the order the standard gives them.
struct Parts {
    token: String,
    encrypted: bool,
    seq: String,
    receiver: Option<String>,
    line: Option<String>,
    account: Option<String>,
    content: Vec<u8>,
}

struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8], at: usize) -> Self {
        Fields { bytes: &bytes[..bytes.len() - 1], at }
    }

    fn read(&mut self) -> Result<Parts, FrameError> {
        let (encrypted, token) = self.token()?;
        let seq = self.sequence()?;
        let receiver = self.prefixed(b'R', 1..=6, "R needs 1 to 6 hex digits")?;
        let line = self.prefixed(b'L', 1..=6, "L needs 1 to 6 hex digits")?;
        let account = self.prefixed(b'#', 3..=16, "# needs 3 to 16 hex digits")?;
        if self.peek() != Some(b'[') {
            return Err(unparsable(self.at, "no [ before the data"));
        }
        Ok(Parts { token, encrypted, seq, receiver, line, account, content: self.bytes[self.at + 1..].to_vec() })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn token(&mut self) -> Result<(bool, String), FrameError> {
        let start = self.at + 1;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length =
            rest.iter().position(|&byte| byte == QUOTE).ok_or(unparsable(start, "the ID has no closing quote"))?;
        self.at = start + length + 1;
        let (encrypted, token) = match rest[..length].split_first() {
            Some((b'*', token)) => (true, token),
            _ => (false, &rest[..length]),
        };
        let readable = token.iter().all(u8::is_ascii_graphic);
        if token.is_empty() || token.len() > TOKEN_BYTES_MAX || !readable {
            return Err(unparsable(start, "the ID is not a token"));
        }
        Ok((encrypted, text_of(token)))
    }

    fn sequence(&mut self) -> Result<String, FrameError> {
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        if digits.len() == 4 {
            Ok(text_of(digits))
        } else {
            Err(unparsable(self.at - digits.len(), "the sequence is not four digits"))
        }
    }

    fn prefixed(
        &mut self,
        prefix: u8,
        digits_allowed: std::ops::RangeInclusive<usize>,
        reason: &'static str,
    ) -> Result<Option<String>, FrameError> {
        if self.peek() != Some(prefix) {
            return Ok(None);
        }
        self.at += 1;
        let start = self.at;
        let digits = self.take_while(|byte| byte.is_ascii_hexdigit());
        if digits_allowed.contains(&digits.len()) { Ok(Some(text_of(digits))) } else { Err(unparsable(start, reason)) }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }
}

/// For bytes already known to be ASCII.
fn text_of(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Bytes as text that is safe in a log: line ends at the edges go, the rest is escaped.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let inner = bytes.strip_prefix(&[LF]).unwrap_or(bytes);
    let inner = inner.strip_suffix(&[CR]).unwrap_or(inner);
    let escape = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|&byte| match byte {
                0x20..=0x7E => char::from(byte).to_string(),
                _ => format!("\\x{byte:02X}"),
            })
            .collect::<String>()
    };
    match std::str::from_utf8(inner) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        Ok(_) | Err(_) => escape(inner),
    }
}
