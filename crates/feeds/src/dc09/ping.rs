//! The Osborne-Hoffman link check some transmitters send on the DC-09 port:
//! `SR0001L0001    006969XX    [ID00000000]`, where spaces may be NUL bytes and `XX` is filler.

/// Longest ping taken: the usual one has 40 bytes, and blanks or the identity may be longer.
pub(crate) const PING_BYTES_MAX: usize = 64;

/// A link check, recognised but without a DC-09 frame around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Four digits after `R`.
    pub receiver: String,
    /// Four digits after `L`.
    pub line: String,
    /// The account without its `XX` filler.
    pub account: String,
    pub raw: Vec<u8>,
}

/// How far bytes agree with the ping's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Foreign,
    Undecided,
    Complete,
}

/// Where the reader is inside a ping.
#[derive(Clone, Copy)]
enum Part {
    BlanksBefore(usize),
    Account(usize),
    BlanksAfter(usize),
    Identity(usize),
    Done,
}

/// The fixed head, `0` standing for any digit.
const HEAD: &[u8] = b"SR0000L0000";
/// The fixed start of the identity.
const IDENTITY: &[u8] = b"[ID";

pub(crate) fn shape(bytes: &[u8]) -> Shape {
    if bytes.len() > PING_BYTES_MAX {
        return Shape::Foreign;
    }
    let mut part = Part::BlanksBefore(0);
    for (index, &byte) in bytes.iter().enumerate() {
        if let Some(&expected) = HEAD.get(index) {
            let fits = match expected {
                b'0' => byte.is_ascii_digit(),
                _ => byte == expected,
            };
            if !fits {
                return Shape::Foreign;
            }
            continue;
        }
        part = match advance(part, byte) {
            Some(next) => next,
            None => return Shape::Foreign,
        };
    }
    match part {
        Part::Done => Shape::Complete,
        Part::BlanksBefore(_) | Part::Account(_) | Part::BlanksAfter(_) | Part::Identity(_) => Shape::Undecided,
    }
}

fn advance(part: Part, byte: u8) -> Option<Part> {
    let blank = byte == b' ' || byte == 0;
    match part {
        Part::BlanksBefore(count) if blank => Some(Part::BlanksBefore(count + 1)),
        Part::BlanksBefore(count) if count > 0 && byte.is_ascii_alphanumeric() => Some(Part::Account(1)),
        Part::Account(count) if byte.is_ascii_alphanumeric() => Some(Part::Account(count + 1)),
        Part::Account(count) if blank && count >= 3 => Some(Part::BlanksAfter(1)),
        Part::BlanksAfter(count) if blank => Some(Part::BlanksAfter(count + 1)),
        Part::BlanksAfter(_) if byte == IDENTITY[0] => Some(Part::Identity(1)),
        Part::Identity(count) if count < IDENTITY.len() => {
            (byte == IDENTITY[count]).then_some(Part::Identity(count + 1))
        }
        Part::Identity(count) if byte.is_ascii_alphanumeric() => Some(Part::Identity(count + 1)),
        Part::Identity(_) if byte == b']' => Some(Part::Done),
        Part::BlanksBefore(_) | Part::Account(_) | Part::BlanksAfter(_) | Part::Identity(_) | Part::Done => None,
    }
}

impl Ping {
    /// Reads a complete ping, without line ends.
    pub fn parse(bytes: &[u8]) -> Option<Ping> {
        if shape(bytes) != Shape::Complete {
            return None;
        }
        let text: String = bytes.iter().copied().map(char::from).collect();
        let account = text[HEAD.len()..].split([' ', '\0']).find(|word| !word.is_empty())?;
        Some(Ping {
            receiver: text[2..6].to_owned(),
            line: text[7..11].to_owned(),
            account: account.strip_suffix("XX").unwrap_or(account).to_owned(),
            raw: bytes.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_read_with_spaces_or_nul_bytes() {
        for raw in
            [&b"SR0001L0001    006969XX    [ID00000000]"[..], &b"SR0001L0001\0\0\0\x00006969XX\0\0 \0[ID00000000]"[..]]
        {
            let ping = Ping::parse(raw).expect("a ping");
            assert_eq!(ping.receiver, "0001");
            assert_eq!(ping.line, "0001");
            assert_eq!(ping.account, "006969");
        }
    }

    #[test]
    fn every_proper_start_of_a_ping_is_undecided_and_a_longer_one_is_foreign() {
        let ping = b"SR0001L0001    006969XX    [ID00000000]";
        for length in 0..ping.len() {
            assert_eq!(shape(&ping[..length]), Shape::Undecided, "{length}");
        }
        assert_eq!(shape(ping), Shape::Complete);
        assert_eq!(shape(b"SR0001L0001    006969XX    [ID00000000]x"), Shape::Foreign);
        assert_eq!(shape(b"SRX"), Shape::Foreign);
        assert_eq!(shape(&[&ping[..11], &[b' '; 80][..]].concat()), Shape::Foreign);
    }
}
