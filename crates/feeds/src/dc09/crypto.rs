//! The encrypted form (DC-09-2013 public-review draft, page 15): AES-CBC, zero IV for every frame, hex text.
//!
//! The region is `pad | data ] xdata… _timestamp`. CBC with a zero IV and no authentication proves
//! little; the tail check below only tells a wrong key from a right one.

use std::fmt;

use aes::cipher::{Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};

use super::timestamp;

/// AES block length, and so the most pad a region can need.
pub const BLOCK_BYTES: usize = 16;

const ZERO_IV: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];

/// A panel's AES key of 128, 192 or 256 bits.
///
/// Panels take it as characters or as hex digits; 32 characters that are all hex could be either, so
/// the interpretation is chosen by the constructor and never guessed later.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    bytes: Vec<u8>,
}

/// Why text is not a key. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a key in hex has 32, 48 or 64 hex digits")]
    Hex,
    #[error("a key in characters has 16, 24 or 32 ASCII characters")]
    Ascii,
    #[error("a key has 32, 48 or 64 hex digits, or 16, 24 or 32 ASCII characters")]
    Neither,
}

/// Why an encrypted region cannot be opened. All of them mean "wrong key or damaged", and are
/// answered with NAK, never DUH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    #[error("no key is known for this account")]
    NoKey,
    #[error("byte {position} of the encrypted region is not a hex digit")]
    NotHex { position: usize },
    #[error("{hex_digits} hex digits are not a whole number of 16-byte blocks")]
    NotWholeBlocks { hex_digits: usize },
    #[error("no timestamp at the end after decryption: probably the wrong key")]
    NoTimestamp,
}

impl Key {
    /// The value a command line or form gives: hex digits if it has their number, else characters.
    pub fn parse(text: &str) -> Result<Key, KeyError> {
        Key::parse_hex(text).or_else(|_| Key::parse_ascii(text)).map_err(|_| KeyError::Neither)
    }

    /// 32, 48 or 64 hex digits.
    pub fn parse_hex(text: &str) -> Result<Key, KeyError> {
        match decode_hex(text.trim().as_bytes()) {
            Ok(bytes) if is_key_length(bytes.len()) => Ok(Key { bytes }),
            Ok(_) | Err(_) => Err(KeyError::Hex),
        }
    }

    /// 16, 24 or 32 characters whose ASCII codes are the key.
    pub fn parse_ascii(text: &str) -> Result<Key, KeyError> {
        if text.is_ascii() && is_key_length(text.len()) {
            Ok(Key { bytes: text.as_bytes().to_vec() })
        } else {
            Err(KeyError::Ascii)
        }
    }

    pub fn bits(&self) -> usize {
        self.bytes.len() * 8
    }

    fn decrypt_blocks(&self, blocks: &mut [[u8; BLOCK_BYTES]]) {
        match self.bytes.len() {
            16 => decrypt_with::<cbc::Decryptor<Aes128>>(&self.bytes, blocks),
            24 => decrypt_with::<cbc::Decryptor<Aes192>>(&self.bytes, blocks),
            _ => decrypt_with::<cbc::Decryptor<Aes256>>(&self.bytes, blocks),
        }
    }

    fn encrypt_blocks(&self, blocks: &mut [[u8; BLOCK_BYTES]]) {
        match self.bytes.len() {
            16 => encrypt_with::<cbc::Encryptor<Aes128>>(&self.bytes, blocks),
            24 => encrypt_with::<cbc::Encryptor<Aes192>>(&self.bytes, blocks),
            _ => encrypt_with::<cbc::Encryptor<Aes256>>(&self.bytes, blocks),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Key(AES-{}, not shown)", self.bits())
    }
}

/// Opens the text after the first `[` and gives `data]xdata…_timestamp` without the pad, so that it
/// reads like the content of a plain frame. The token tells whether data is to be expected.
pub fn decrypt(content: &[u8], key: &Key, token: &str) -> Result<Vec<u8>, CryptoError> {
    let bytes = decode_hex(content)?;
    let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
    if blocks.is_empty() || !rest.is_empty() {
        return Err(CryptoError::NotWholeBlocks { hex_digits: content.len() });
    }
    let mut blocks = blocks.to_vec();
    key.decrypt_blocks(&mut blocks);
    let region = blocks.as_flattened();
    if !has_tail(region) {
        return Err(CryptoError::NoTimestamp);
    }
    Ok(without_pad(region, token).to_vec())
}

/// Closes `data]xdata…_timestamp` into upper-case hex text.
///
/// `pad` should be 16 fresh random bytes: a fixed pad makes the first block of all messages equal.
/// Fewer bytes are repeated, none at all counts as zeros. The three bytes the standard forbids in a
/// pad are replaced.
pub fn encrypt(clear: &[u8], key: &Key, pad: &[u8]) -> Vec<u8> {
    let used = clear.len() + 1;
    let pad_bytes = BLOCK_BYTES - used % BLOCK_BYTES;
    let mut region: Vec<u8> = (0..pad_bytes).map(|index| pad_byte(pad, index)).collect();
    region.push(b'|');
    region.extend_from_slice(clear);
    let mut blocks = region.as_chunks::<BLOCK_BYTES>().0.to_vec();
    key.encrypt_blocks(&mut blocks);
    blocks.as_flattened().iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()
}

fn pad_byte(pad: &[u8], index: usize) -> u8 {
    let byte = if pad.is_empty() { 0 } else { pad[index % pad.len()] };
    match byte {
        // Any other value will do; setting the top bit leaves the ASCII range.
        b'|' | b'[' | b']' => byte | 0x80,
        _ => byte,
    }
}

/// Every encrypted region ends with `]_HH:MM:SS,MM-DD-YYYY`; a wrong key all but never does.
fn has_tail(region: &[u8]) -> bool {
    let Some(start) = region.len().checked_sub(timestamp::STAMP_BYTES) else {
        return false;
    };
    timestamp::has_shape(&region[start..]) && region[..start].last() == Some(&b']')
}

/// Drops the pad: through the first `|` before the first `]`, else, where no data belongs, up to it.
///
/// The second case is a field deviation of `*NULL` and `*ACK`: some panels and pysiaalarm pad without
/// `|`. An event without `|` keeps everything, because pad and data cannot be told apart.
fn without_pad<'a>(region: &'a [u8], token: &str) -> &'a [u8] {
    let data_end = region.iter().position(|&byte| byte == b']').unwrap_or(region.len());
    match region[..data_end].iter().position(|&byte| byte == b'|') {
        Some(bar) => &region[bar + 1..],
        None if matches!(token, "NULL" | "ACK" | "RSP") => &region[data_end..],
        None => region,
    }
}

fn is_key_length(bytes: usize) -> bool {
    matches!(bytes, 16 | 24 | 32)
}

/// Accepts both cases: the standard says upper, some panels send lower.
fn decode_hex(digits: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let (pairs, rest) = digits.as_chunks::<2>();
    let value = |index: usize, digit: u8| {
        let value = char::from(digit).to_digit(16);
        value.and_then(|value| u8::try_from(value).ok()).ok_or(CryptoError::NotHex { position: index })
    };
    if !rest.is_empty() {
        return Err(CryptoError::NotWholeBlocks { hex_digits: digits.len() });
    }
    pairs
        .iter()
        .enumerate()
        .map(|(index, [high, low])| Ok(value(index * 2, *high)? << 4 | value(index * 2 + 1, *low)?))
        .collect()
}

/// Each mode is made fresh: chaining does not continue between frames.
fn decrypt_with<Mode: KeyIvInit + BlockModeDecrypt>(key: &[u8], blocks: &mut [[u8; BLOCK_BYTES]]) {
    let mut mode = Mode::new_from_slices(key, &ZERO_IV).expect("the key's length was checked");
    for bytes in blocks {
        let mut block = Block::<Mode>::try_from(&bytes[..]).expect("AES has 16-byte blocks");
        mode.decrypt_block(&mut block);
        bytes.copy_from_slice(&block);
    }
}

fn encrypt_with<Mode: KeyIvInit + BlockModeEncrypt>(key: &[u8], blocks: &mut [[u8; BLOCK_BYTES]]) {
    let mut mode = Mode::new_from_slices(key, &ZERO_IV).expect("the key's length was checked");
    for bytes in blocks {
        let mut block = Block::<Mode>::try_from(&bytes[..]).expect("AES has 16-byte blocks");
        mode.encrypt_block(&mut block);
        bytes.copy_from_slice(&block);
    }
}
