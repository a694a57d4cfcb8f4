//! Safe codes: the word that ends a call-out, and the one that pretends to.
//!
//! Somebody may stand beside whoever types it. So the two are handled alike to the last step: both are hashed and compared
//! whatever was given, and the answer leaves after the same time whatever came of it.

use aws_lc_rs::pbkdf2;
use rand::RngExt;
use std::num::NonZeroU32;
use store::SafeCode;
use subtle::ConstantTimeEq;

/// Slow enough that trying all four-digit codes of a stolen file takes minutes a site, fast enough to answer at once.
/// A short code cannot be kept secret from whoever has the file; tokens and the file's permissions keep it.
const ROUNDS: NonZeroU32 = NonZeroU32::new(100_000).expect("more than none");
const CHARS_MIN: usize = 4;
const CHARS_MAX: usize = 64;

/// The two codes of one site, as a person chose them.
pub struct Pair<'a> {
    pub safe: &'a str,
    pub duress: &'a str,
}

/// The codes of every test, so that both answers can be seen before there is a call-out in earnest.
pub const TEST_PAIR: Pair<'static> = Pair { safe: "1234", duress: "4321" };

/// What was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Safe,
    Duress,
    Neither,
}

/// As people say it: capitals and spaces carry no meaning.
pub fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// What is kept of two codes. Says what is wrong with them.
pub fn hash_pair(pair: &Pair, site: domain::id::SiteId, now: domain::Instant) -> Result<SafeCode, String> {
    let (safe, duress) = (plain(pair.safe), plain(pair.duress));
    for code in [&safe, &duress] {
        let length = code.chars().count();
        if !(CHARS_MIN..=CHARS_MAX).contains(&length) {
            return Err(format!("a code has {CHARS_MIN} to {CHARS_MAX} characters, not {length}"));
        }
    }
    if safe == duress {
        return Err("the code for duress must be another one".into());
    }
    let mut salt = [0; 16];
    rand::rng().fill(&mut salt);
    let hash = |code: &str| hashed(code, &salt, ROUNDS);
    Ok(SafeCode { site, salt, rounds: ROUNDS.get(), safe: hash(&safe), duress: hash(&duress), set_at: now })
}

/// Which of the two it is. Blocking, and as long for one as for the other.
pub fn judge(kept: &SafeCode, code: &str) -> Given {
    let rounds = NonZeroU32::new(kept.rounds).unwrap_or(NonZeroU32::MIN);
    let given = hashed(&plain(code), &kept.salt, rounds);
    let (safe, duress) = (given.ct_eq(&kept.safe), given.ct_eq(&kept.duress));
    match (bool::from(safe), bool::from(duress)) {
        (true, _) => Given::Safe,
        (_, true) => Given::Duress,
        _ => Given::Neither,
    }
}

fn hashed(code: &str, salt: &[u8; 16], rounds: NonZeroU32) -> [u8; 32] {
    let mut out = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, code.as_bytes(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{SiteId, derived};

    fn kept(safe: &str, duress: &str) -> Result<SafeCode, String> {
        hash_pair(&Pair { safe, duress }, SiteId(derived("site", &[])), domain::Instant::UNIX_EPOCH)
    }

    #[test]
    fn each_code_is_known_as_people_say_it_and_nothing_else_is() {
        let kept = kept("Blue Heron", "4821").unwrap();
        for (code, given) in [
            ("blue heron", Given::Safe),
            (" BLUEHERON ", Given::Safe),
            ("4821", Given::Duress),
            ("48 21", Given::Duress),
            ("4822", Given::Neither),
            ("", Given::Neither),
        ] {
            assert_eq!(judge(&kept, code), given, "{code}");
        }
    }

    #[test]
    fn codes_are_long_enough_and_two() {
        assert!(kept("482", "4821").is_err_and(|why| why.contains("4 to 64")));
        assert!(kept("4821", &"x".repeat(65)).is_err());
        assert!(kept("Heron 1", "heron1").is_err_and(|why| why.contains("another")));
    }

    #[test]
    fn the_same_codes_are_kept_differently_at_two_sites() {
        let (one, other) = (kept("4821", "1111").unwrap(), kept("4821", "1111").unwrap());
        assert!(one.safe != other.safe && one.salt != other.salt && one.safe != one.duress);
    }
}
