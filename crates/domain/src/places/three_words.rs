//! Three-word addresses: their form only. What they stand for needs a look-up.

use std::fmt;

/// Three words in small letters. Any three words have this form: it does not mean that the address exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreeWords([String; 3]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWords {
    #[error("Three words are needed, with dots between them.")]
    NotThree,
    #[error("The three words have letters only.")]
    NotLetters,
}

/// Where the addresses are passed on as links.
const LINKS: [&str; 5] = ["https://w3w.co/", "http://w3w.co/", "https://what3words.com/", "w3w.co/", "what3words.com/"];
/// Full stops of Latin, Chinese and Japanese keyboards.
const DOTS: [char; 5] = ['.', '。', '．', '・', '·'];
/// The longest word there is has far fewer letters in any language.
const WORD_CHARS_MAX: usize = 40;

impl ThreeWords {
    /// Reads what people write: `///a.b.c`, `a.b.c`, `a. b. c`, `a dot b dot c`, `a/b/c`, a link; after `///` also
    /// with spaces, commas or hyphens. Without the slashes those would make any three words of an address a place.
    pub fn parse(text: &str) -> Result<Self, NotWords> {
        let text = text.trim().to_lowercase();
        let (body, sure) = without_mark(&text);
        let body = body.replace(" dot ", ".");
        let between = |c: char| DOTS.contains(&c) || c == '/' || (sure && (c.is_whitespace() || c == ',' || c == '-'));
        let mut parts = body.split(between).map(str::trim).filter(|part| !sure || !part.is_empty());
        let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(NotWords::NotThree);
        };
        let words = [a, b, c];
        if words.iter().any(|word| word.is_empty()) {
            return Err(NotWords::NotThree);
        }
        if !words.iter().all(|word| is_word(word)) {
            return Err(NotWords::NotLetters);
        }
        Ok(Self(words.map(str::to_owned)))
    }

    pub fn words(&self) -> [&str; 3] {
        [&self.0[0], &self.0[1], &self.0[2]]
    }

    /// Whether somebody who writes this means three words, right or wrong.
    pub(super) fn is_meant(text: &str) -> bool {
        without_mark(&text.trim().to_lowercase()).1
    }
}

/// Without slashes: how registers and look-ups have it.
impl fmt::Display for ThreeWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// The text after `///` or a link, and whether there was one.
fn without_mark(text: &str) -> (&str, bool) {
    if let Some(rest) = LINKS.iter().find_map(|link| text.strip_prefix(link)) {
        return (rest.trim_start_matches('/'), true);
    }
    let bare = text.trim_start_matches('/');
    (bare.trim_start(), text.len() > bare.len())
}

fn is_word(word: &str) -> bool {
    word.chars().count() <= WORD_CHARS_MAX && word.chars().all(|c| c.is_alphabetic() || joins(c))
}

/// Marks that belong to a letter without being one.
fn joins(c: char) -> bool {
    let accent = ('\u{300}'..='\u{36F}').contains(&c);
    let nukta = matches!(c, '\u{93C}' | '\u{9BC}' | '\u{A3C}' | '\u{ABC}' | '\u{B3C}');
    let virama = ('\u{900}'..='\u{D7F}').contains(&c) && c as u32 % 0x80 == 0x4D;
    let thai_tone = ('\u{E47}'..='\u{E4E}').contains(&c);
    accent || nukta || virama || thai_tone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, NotWords>) {
        let read = ThreeWords::parse(text).map(|words| words.to_string());
        assert_eq!(read.as_deref().map_err(|e| *e), expected, "{text}");
    }

    #[test]
    fn three_words_are_read_as_people_write_them() {
        for text in [
            "filled.count.soap",
            "///filled.count.soap",
            "//Filled.Count.Soap",
            "  FILLED . count .soap ",
            "filled dot count dot soap",
            "filled/count/soap",
            "///filled count soap",
            "///filled, count, soap",
            "///filled-count-soap",
            "filled。count．soap",
            "https://w3w.co/filled.count.soap",
            "what3words.com/filled.count.soap",
        ] {
            check(text, Ok("filled.count.soap"));
        }
        check("погода.тихая.река", Ok("погода.тихая.река"));
        check("पकड़ना.कप्तान.नदी", Ok("पकड़ना.कप्तान.नदी"));
        check("e\u{301}cole.forêt.mûr", Ok("e\u{301}cole.forêt.mûr"));
    }

    #[test]
    fn what_has_not_the_form_of_three_words_is_not_read_as_them() {
        for (text, why) in [
            ("", NotWords::NotThree),
            ("filled", NotWords::NotThree),
            ("filled.count", NotWords::NotThree),
            ("filled.count.soap.bar", NotWords::NotThree),
            ("filled..count.soap", NotWords::NotThree),
            ("filled.count.", NotWords::NotThree),
            ("behind the garages", NotWords::NotThree),
            ("filled.count.soap1", NotWords::NotLetters),
            ("51.5.3", NotWords::NotLetters),
            ("filled.cou-nt.soap", NotWords::NotLetters),
            ("filled.cou nt.soap", NotWords::NotLetters),
        ] {
            check(text, Err(why));
        }
        check(&format!("{}.count.soap", "a".repeat(41)), Err(NotWords::NotLetters));
    }
}
