//! How often a code may be guessed: so many wrong ones within a time, for each account and site.

use domain::id::{AccountId, SiteId};
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A person who is unsure of the word gets it within five; whoever guesses four digits needs a week for half of them.
pub const WRONG_MAX: usize = 5;
pub const WITHIN: Duration = Duration::from_secs(15 * 60);

#[derive(Default)]
pub struct Tries(Mutex<HashMap<(AccountId, SiteId), VecDeque<Instant>>>);

impl Tries {
    /// How long to wait when no more may be tried now. A right code is not even looked at then.
    pub fn wait(&self, account: AccountId, site: SiteId) -> Option<Duration> {
        let mut all = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let wrong = all.get_mut(&(account, site))?;
        while wrong.front().is_some_and(|at| at.elapsed() >= WITHIN) {
            wrong.pop_front();
        }
        if wrong.is_empty() {
            all.remove(&(account, site));
            return None;
        }
        let first = wrong.front().filter(|_| wrong.len() >= WRONG_MAX)?;
        Some(WITHIN.saturating_sub(first.elapsed()))
    }

    pub fn wrong(&self, account: AccountId, site: SiteId) {
        let mut all = self.0.lock().unwrap_or_else(|e| e.into_inner());
        all.entry((account, site)).or_default().push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::derived;

    #[test]
    fn after_five_wrong_ones_nothing_is_looked_at_for_that_site_and_account_only() {
        let tries = Tries::default();
        let account = |n: u8| AccountId(derived("account", &[&[n]]));
        let site = |n: u8| SiteId(derived("site", &[&[n]]));
        for _ in 0..WRONG_MAX {
            assert_eq!(tries.wait(account(1), site(1)), None);
            tries.wrong(account(1), site(1));
        }
        let wait = tries.wait(account(1), site(1)).expect("no more");
        assert!(wait <= WITHIN && wait > WITHIN - Duration::from_secs(60), "{wait:?}");
        assert_eq!((tries.wait(account(2), site(1)), tries.wait(account(1), site(2))), (None, None));
    }
}
