//! The hub's time, told by its heartbeats over the desk's steady clock.

use chrono::TimeDelta;
use domain::Instant;
use std::time::Duration;

/// A beat this far behind ours was not late on the way: the hub's clock was set.
const SET_BACK: TimeDelta = TimeDelta::seconds(5);
/// How much of the difference a late beat moves us.
const DRIFT_DIVISOR: i32 = 10;

/// What time it is at the hub. Before the first beat: what the desk's own system says.
#[derive(Clone, Debug, PartialEq)]
pub struct HubClock {
    base: Instant,
    /// Steady time at `base`.
    since: Duration,
    rate: f64,
    told: bool,
}

impl HubClock {
    pub fn new(system: Instant, steady: Duration) -> Self {
        Self { base: system, since: steady, rate: 1.0, told: false }
    }

    pub fn now(&self, steady: Duration) -> Instant {
        let elapsed_ms = steady.saturating_sub(self.since).as_secs_f64() * 1000.0 * self.rate;
        self.base + TimeDelta::milliseconds(elapsed_ms as i64)
    }

    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether the hub has told its time.
    pub fn is_told(&self) -> bool {
        self.told
    }

    /// How long ago something was at the hub's pace, for steady times of this process.
    pub fn age(&self, then: Duration, now: Duration) -> Duration {
        now.saturating_sub(then).mul_f64(self.rate.max(0.0))
    }

    /// A beat said `now` at this steady time. A beat that was late on the way hardly moves us back: ages on the
    /// screen must not jump with the network.
    pub fn beat(&mut self, now: Instant, rate: f64, steady: Duration) {
        let rate = if rate.is_finite() && rate > 0.0 { rate } else { 1.0 };
        let ours = self.now(steady);
        let behind = ours - now;
        let same_pace = self.told && (rate - self.rate).abs() < f64::EPSILON;
        self.base = match same_pace && behind > TimeDelta::zero() && behind < SET_BACK {
            true => ours - behind / DRIFT_DIVISOR,
            false => now,
        };
        (self.since, self.rate, self.told) = (steady, rate, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_hubs_time_runs_on_between_beats_at_its_own_pace() {
        let s = Duration::from_secs;
        let mut clock = HubClock::new(at("2026-11-22T14:00:00Z"), s(10));
        assert_eq!(clock.now(s(13)), at("2026-11-22T14:00:03Z"));
        clock.beat(at("2026-11-21T21:44:00Z"), 60.0, s(20));
        assert_eq!(clock.now(s(21)), at("2026-11-21T21:45:00Z"));
        assert_eq!(clock.age(s(20), s(22)), s(120));
    }

    #[test]
    fn a_late_beat_does_not_make_time_jump_back() {
        let s = Duration::from_secs;
        let mut clock = HubClock::new(at("2026-01-01T00:00:00Z"), s(0));
        clock.beat(at("2026-11-22T14:00:00Z"), 1.0, s(0));
        clock.beat(at("2026-11-22T14:00:04Z"), 1.0, s(5));
        assert_eq!(clock.now(s(5)), at("2026-11-22T14:00:04.900Z"));
        // The clock was set.
        clock.beat(at("2026-11-22T13:00:00Z"), 1.0, s(10));
        assert_eq!(clock.now(s(10)), at("2026-11-22T13:00:00Z"));
    }
}
