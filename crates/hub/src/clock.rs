//! The one clock that timers, ages, streams and receivers read.
//!
//! It is the system's clock, except in a demonstration directory, where it may be set and run at another rate.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;

#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    set: RwLock<Option<Set>>,
    /// Counts settings, so that whoever sleeps until an instant wakes and looks again.
    changes: watch::Sender<u64>,
}

#[derive(Clone, Copy)]
struct Set {
    at: DateTime<Utc>,
    from: Instant,
    rate: f64,
}

/// Faster than this nothing could follow.
pub const RATE_MAX: f64 = 10_000.0;

impl Clock {
    pub fn system() -> Self {
        Self(Arc::new(Inner { set: RwLock::new(None), changes: watch::channel(0).0 }))
    }

    pub fn now(&self) -> DateTime<Utc> {
        match *self.read() {
            None => Utc::now(),
            Some(set) => {
                let micros = set.from.elapsed().as_secs_f64() * set.rate * 1e6;
                set.at + TimeDelta::microseconds(micros as i64)
            }
        }
    }

    pub fn rate(&self) -> f64 {
        self.read().map_or(1.0, |set| set.rate)
    }

    /// Only for demonstrations: the callers check.
    pub fn set(&self, at: DateTime<Utc>, rate: f64) {
        let set = Set { at, from: Instant::now(), rate: rate.clamp(0.0, RATE_MAX) };
        *self.0.set.write().unwrap_or_else(|e| e.into_inner()) = Some(set);
        self.0.changes.send_modify(|n| *n += 1);
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Option<Set>> {
        self.0.set.read().unwrap_or_else(|e| e.into_inner())
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// How long to wait, in real time, until this clock shows `due`. None: never, the clock stands still.
    pub fn until(&self, due: DateTime<Utc>) -> Option<Duration> {
        let left = (due - self.now()).to_std().unwrap_or(Duration::ZERO);
        match self.rate() {
            _ if left.is_zero() => Some(Duration::ZERO),
            rate if rate <= 0.0 => None,
            rate => Some(left.div_f64(rate)),
        }
    }

    /// Resolves when this clock shows `due`, however it is set meanwhile.
    pub async fn sleep_until(&self, due: DateTime<Utc>) {
        let mut changes = self.changes();
        loop {
            match self.until(due) {
                Some(Duration::ZERO) => return,
                Some(wait) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait.min(LOOK_EVERY)) => {}
                        _ = changes.changed() => {}
                    }
                }
                None => drop(changes.changed().await),
            }
        }
    }
}

/// The timer below stands still while the machine sleeps, and the wall clock may be set: look again this soon.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// `START,RATE` of the command line: `2026-11-22T21:40:00Z,1`.
pub fn parse_setting(text: &str) -> Result<(DateTime<Utc>, f64), String> {
    let (start, rate) = text.rsplit_once(',').unwrap_or((text, "1"));
    let start = DateTime::parse_from_rfc3339(start.trim())
        .map_err(|e| format!("“{start}” is not an RFC 3339 time: {e}"))?
        .to_utc();
    let rate: f64 = rate.trim().parse().map_err(|_| format!("“{rate}” is not a rate"))?;
    if !(0.0..=RATE_MAX).contains(&rate) {
        return Err(format!("the rate goes from 0 to {RATE_MAX}"));
    }
    Ok((start, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_runs_at_its_rate_and_a_stopped_one_stands() {
        let clock = Clock::system();
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        clock.set(start, 0.0);
        assert_eq!(clock.now(), start);
        assert_eq!(clock.until(start + TimeDelta::seconds(1)), None);
        clock.set(start, 10.0);
        let wait = clock.until(start + TimeDelta::seconds(10)).unwrap();
        assert!(wait <= Duration::from_secs(1));
    }

    #[test]
    fn the_command_line_setting_reads_back() {
        let (start, rate) = parse_setting("2026-11-22T21:40:00Z,60").unwrap();
        assert_eq!((start.timestamp(), rate), (1_795_383_600, 60.0));
        assert!(parse_setting("yesterday,1").is_err());
        assert!(parse_setting("2026-11-22T21:40:00Z,-1").is_err());
    }
}
