//! The kit of the whole-system tests: real programs on free ports and fresh directories, and hands to drive them.
//!
//! Nothing here sleeps for luck: every wait is for a condition, with a limit that says what did not come.

pub mod client;
pub mod driver;
pub mod keyring;
pub mod mail_server;
pub mod notifications;
pub mod partner_system;
pub mod phone;
pub mod programs;
pub mod push_service;

use std::time::{Duration, Instant};

/// Longer than anything takes on a loaded two-core machine; only a failing test waits this long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Looks again and again until there is something.
pub async fn eventually<T, F>(what: &str, mut look: F) -> T
where
    F: AsyncFnMut() -> Option<T>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come within {} s", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Says why a test does nothing here; `scripts/test` collects these lines.
pub fn skip(test: &str, why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "skipped: {test}: {why}");
}
