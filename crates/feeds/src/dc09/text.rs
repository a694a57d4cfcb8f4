//! Text from panels: UTF-8 where it is valid, otherwise Windows-1252.

/// Windows-1252 for 0x80..=0x9F; the rest of it equals Latin-1. Five places are undefined.
const C1_RANGE: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}', '\u{FFFD}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// Decodes a panel's text. Never fails: an undefined byte becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => C1_RANGE[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_is_utf8_when_it_can_be_and_windows_1252_otherwise() {
        assert_eq!(decode("Улица".as_bytes()), "Улица");
        assert_eq!(decode(b"Caf\xE9 \x80 \x93x\x94 \x9F"), "Café € “x” Ÿ");
        assert_eq!(decode(b"\x81"), "\u{FFFD}");
        assert_eq!(decode(b""), "");
    }
}
