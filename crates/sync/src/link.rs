//! How the desk stands to its hub: live, degraded, offline.

use std::time::Duration;

/// The hub's heart beats every 5 s; two missed beats and a little.
pub const DEGRADED_AFTER: Duration = Duration::from_secs(12);
/// Nothing heard for this long is no link, whatever the socket says.
pub const OFFLINE_AFTER: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    Live,
    /// Connected, but not heard from as it should be.
    Degraded,
    Offline,
}

impl LinkState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
        }
    }
}

/// Fed with what happens on the log stream and with the steady time since the desk started.
#[derive(Clone, Debug)]
pub struct Link {
    state: LinkState,
    heard: Option<Duration>,
}

impl Default for Link {
    fn default() -> Self {
        Self { state: LinkState::Offline, heard: None }
    }
}

impl Link {
    pub fn state(&self) -> LinkState {
        self.state
    }

    /// A heartbeat or a log line came. True when the state changed.
    pub fn heard(&mut self, now: Duration) -> bool {
        self.heard = Some(now);
        self.turn(LinkState::Live)
    }

    /// The stream ended or could not be opened.
    pub fn lost(&mut self) -> bool {
        self.turn(LinkState::Offline)
    }

    /// Time passed. Once offline, the caller gives the connection up.
    pub fn tick(&mut self, now: Duration) -> bool {
        let silent = self.heard.map_or(OFFLINE_AFTER, |heard| now.saturating_sub(heard));
        match self.state {
            LinkState::Live | LinkState::Degraded if silent >= OFFLINE_AFTER => self.turn(LinkState::Offline),
            LinkState::Live if silent >= DEGRADED_AFTER => self.turn(LinkState::Degraded),
            LinkState::Live | LinkState::Degraded | LinkState::Offline => false,
        }
    }

    fn turn(&mut self, state: LinkState) -> bool {
        let changed = self.state != state;
        self.state = state;
        changed
    }
}

/// 0.2, 0.5, 1, 2, 5 s before attempts 1, 2, 3, 4, 5 …, shortened by up to a quarter; `jitter` is 0 to 1.
pub fn reconnect_after(attempt: u32, jitter: f64) -> Duration {
    const WAITS_MS: [u64; 5] = [200, 500, 1_000, 2_000, 5_000];
    let whole = WAITS_MS[(attempt.max(1) as usize - 1).min(WAITS_MS.len() - 1)];
    Duration::from_millis(whole).mul_f64(1.0 - 0.25 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_degrades_the_link_and_then_ends_it() {
        let at = Duration::from_secs;
        let mut link = Link::default();
        assert_eq!(link.state(), LinkState::Offline);
        assert!(link.heard(at(100)));
        assert!(!link.tick(at(111)));
        assert!(link.tick(at(112)));
        assert_eq!(link.state(), LinkState::Degraded);
        assert!(link.heard(at(113)));
        assert_eq!(link.state(), LinkState::Live);
        assert!(link.tick(at(133)));
        assert_eq!(link.state(), LinkState::Offline);
        assert!(!link.lost());
    }

    #[test]
    fn reconnecting_never_waits_longer_than_five_seconds() {
        let waits: Vec<u128> = (1..=7).map(|n| reconnect_after(n, 0.0).as_millis()).collect();
        assert_eq!(waits, [200, 500, 1000, 2000, 5000, 5000, 5000]);
        assert!(reconnect_after(0, 1.0) >= Duration::from_millis(150));
    }
}
