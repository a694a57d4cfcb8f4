//! Slows guessing down: so many tries a minute, for everybody together.

use std::sync::Mutex;
use std::time::Instant;

pub struct Guard {
    per_minute: f64,
    state: Mutex<(f64, Instant)>,
}

impl Guard {
    pub fn new(per_minute: u32) -> Self {
        let full = f64::from(per_minute);
        Self { per_minute: full, state: Mutex::new((full, Instant::now())) }
    }

    pub fn allow(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        let (left, since) = *state;
        let refilled = (left + since.elapsed().as_secs_f64() * self.per_minute / 60.0).min(self.per_minute);
        let allowed = refilled >= 1.0;
        *state = (if allowed { refilled - 1.0 } else { refilled }, Instant::now());
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_run_out() {
        let guard = Guard::new(3);
        assert!((0..3).all(|_| guard.allow()));
        assert!(!guard.allow());
    }
}
