//! Makes any text a person can type fit to print.
//!
//! Typst shows a string literally, so markup needs no escaping. What needs care is what a PDF/A
//! file may not hold (control characters, characters no embedded font can draw), what could
//! mislead a reader (right-to-left overrides) and words too long for a line. Nothing is dropped
//! without a trace but characters that have no shape and no effect here.

use serde_json::Value;

use crate::world::FONTS;

/// No field is longer on paper: 40,000 characters are some 12 pages, and a report must end.
pub(crate) const FIELD_CHARS_MAX: usize = 40_000;
/// Words longer than this may break in places: the narrowest text column holds about as many.
const WORD_CHARS_MAX: usize = 20;
/// Distance between those places.
const WORD_CHUNK_CHARS: usize = 9;
/// The hex digits of a SHA-256, which the template sets in a column wide enough for it.
const DIGEST_CHARS: usize = 64;

/// Which characters may be printed as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faces {
    /// All that any font in the program can draw.
    All,
    /// Only what the page's own face can draw: the fallback when an unusual combination of
    /// characters cannot be written as PDF/A.
    PageOnly,
}

/// Cleans every string in `value`, however deep.
pub(crate) fn clean_all(value: &mut Value, faces: Faces) {
    match value {
        Value::String(text) => *text = clean(text, faces),
        Value::Array(items) => items.iter_mut().for_each(|item| clean_all(item, faces)),
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut() {
                clean_all(field, faces);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// One field, fit to print: line breaks are `\n`, the rest can be drawn.
pub(crate) fn clean(text: &str, faces: Faces) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut taken = 0;
    while let Some(c) = chars.next() {
        if taken == FIELD_CHARS_MAX {
            let left = 1 + chars.count();
            out.push_str(&format!("\n[{left} more characters are in the record and not printed here]"));
            break;
        }
        taken += 1;
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                out.push('\n');
            }
            '\t' => out.push_str("    "),
            // Shapeless: joiners, marks of direction, variation selectors, skin tones of emoji,
            // soft hyphen, byte order mark. Letters keep their order without them.
            '\u{AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2060}'..='\u{2064}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{1F3FB}'..='\u{1F3FF}' => {}
            _ if printable(c, faces) => out.push(c),
            _ => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
        }
    }
    if out.len() == DIGEST_CHARS && out.bytes().all(|b| b.is_ascii_hexdigit()) {
        return out;
    }
    break_long_words(&out)
}

/// The start of `text`, for places with a limit of their own such as alternative text.
pub(crate) fn head(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn printable(c: char, faces: Faces) -> bool {
    if matches!(c, ' '..='~') {
        return true;
    }
    let hidden = c.is_control()
        || is_private_use(c)
        // Overrides, embeddings and isolates make text read differently from how it is stored.
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}');
    let faces = match faces {
        Faces::All => FONTS.as_slice(),
        Faces::PageOnly => &FONTS[..1],
    };
    !hidden && faces.iter().any(|face| face.info().coverage.contains(u32::from(c)))
}

/// PDF/A-2a has no place for characters without a meaning of their own.
fn is_private_use(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Marks where words that a line may not hold can break, with zero-width spaces. The template
/// turns them into gaps without a character, so that a search still finds the word.
fn break_long_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        if piece.chars().count() <= WORD_CHARS_MAX {
            out.push_str(piece);
            continue;
        }
        for (at, c) in piece.chars().enumerate() {
            if at > 0 && at % WORD_CHUNK_CHARS == 0 && !is_combining(c) {
                out.push('\u{200B}');
            }
            out.push(c);
        }
    }
    out
}

/// The common blocks of marks that belong to the letter before them.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: &str) {
        assert_eq!(clean(given, Faces::All), expected);
    }

    #[test]
    fn markup_and_quotes_stay_as_typed() {
        check(
            "#let x = $1 * _2_ [3] @a <b> `c` \"d\" 'e' \\ // --",
            "#let x = $1 * _2_ [3] @a <b> `c` \"d\" 'e' \\ // --",
        );
    }

    #[test]
    fn every_kind_of_line_break_becomes_one() {
        check("a\r\nb\rc\u{2028}d\u{85}e\n\nf", "a\nb\nc\nd\ne\n\nf");
    }

    #[test]
    fn what_cannot_be_printed_shows_its_code() {
        check("a\u{0}b\u{1b}c", "a[U+0000]b[U+001B]c");
        check("\u{E000}", "[U+E000]");
        check("门", "[U+95E8]");
    }

    #[test]
    fn a_direction_override_is_shown_instead_of_obeyed() {
        check("cod\u{202E}fdp.exe", "cod[U+202E]fdp.exe");
    }

    #[test]
    fn other_scripts_and_emoji_stay() {
        check("שלום مرحبا Привет Ελλάδα 🔥", "שלום مرحبا Привет Ελλάδα 🔥");
    }

    #[test]
    fn a_long_word_may_break_and_keeps_every_character() {
        let word = "x".repeat(10_000);
        let cleaned = clean(&word, Faces::All);
        assert_eq!(cleaned.replace('\u{200B}', ""), word);
        assert!(cleaned.split('\u{200B}').all(|part| part.len() <= WORD_CHUNK_CHARS));
    }

    #[test]
    fn a_digest_is_left_whole() {
        let digest = "ab".repeat(32);
        check(&digest, &digest);
    }

    #[test]
    fn a_field_without_end_is_cut_and_says_so() {
        let cleaned = clean(&"y ".repeat(FIELD_CHARS_MAX), Faces::All);
        assert!(cleaned.ends_with("\n[40000 more characters are in the record and not printed here]"));
    }

    #[test]
    fn the_plain_fallback_keeps_only_the_page_face() {
        assert_eq!(clean("é🔥", Faces::PageOnly), "é[U+1F525]");
    }
}
