//! Telephone numbers as exchanges and people write them.

/// What exchanges send in place of a number that was withheld.
const WITHHELD: &[&str] =
    &["anonymous", "private", "restricted", "unavailable", "unknown", "withheld", "<unknown>", "null", "-"];
/// A shorter number is an extension of the house: it tells two callers apart, and nobody rings it back from outside.
const OUTSIDE_DIGITS: usize = 6;

/// The number, or nothing where the exchange says that there is none.
pub fn shown(from: &str) -> &str {
    let from = from.trim();
    if WITHHELD.iter().any(|word| from.eq_ignore_ascii_case(word)) { "" } else { from }
}

/// A form in which the same number written in two ways is the same: `+44 20 7946 0111` and `(020) 7946 0111`. None for
/// what is too short to be one household's.
pub fn comparable(number: &str) -> Option<String> {
    let plus = number.trim_start().starts_with('+');
    // The zero in brackets is dialled within the country only.
    let digits: String = number.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let digits = match (plus, digits.strip_prefix("00"), digits.strip_prefix("44")) {
        (false, Some(abroad), _) if abroad.starts_with("44") => format!("0{}", &abroad[2..]),
        (true, _, Some(national)) => format!("0{national}"),
        _ => digits,
    };
    (digits.len() >= OUTSIDE_DIGITS).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_the_same_however_it_is_written() {
        for written in ["+44 20 7946 0111", "0044 20 7946 0111", "(020) 7946-0111", "+44 (0)20 7946 0111"] {
            assert_eq!(comparable(written).as_deref(), Some("02079460111"), "{written}");
        }
        assert_ne!(comparable("020 7946 0112"), comparable("020 7946 0111"));
    }

    #[test]
    fn extensions_and_words_are_nobodys_number() {
        for written in ["", "2001", "anonymous", "☎️", "s"] {
            assert_eq!(comparable(written), None, "{written}");
        }
    }

    #[test]
    fn a_withheld_number_is_empty_whatever_the_exchange_calls_it() {
        for withheld in ["", "Anonymous", " restricted ", "unknown"] {
            assert_eq!(shown(withheld), "");
        }
        assert_eq!(shown(" 020 7946 0111 "), "020 7946 0111");
    }
}
