//! The evening's clock as the play sees it: stepped by us while the past is played, the hub's own afterwards.

use crate::hub::{Answer, Session};
use chrono::TimeDelta;
use domain::Instant;
use std::time::{Duration, Instant as Moment};

/// A live clock is followed; only a jump larger than this (by somebody's hand) is taken over at once.
const DRIFT_S: f64 = 0.5;

#[derive(Debug)]
pub(super) struct PlayClock {
    at: Instant,
    /// When `at` was true and how fast it goes since; None while it stands.
    running: Option<Moment>,
    rate: f64,
}

impl PlayClock {
    /// Stands at the beginning.
    pub fn standing(at: Instant, rate: f64) -> Self {
        Self { at, running: None, rate }
    }

    pub fn running(at: Instant, rate: f64) -> Self {
        Self { at, running: Some(Moment::now()), rate }
    }

    pub fn now(&self) -> Instant {
        match self.running {
            None => self.at,
            Some(since) => {
                self.at + TimeDelta::milliseconds((since.elapsed().as_secs_f64() * self.rate * 1000.0) as i64)
            }
        }
    }

    pub fn is_live(&self) -> bool {
        self.running.is_some()
    }

    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Sets the hub's clock forward; it stands there.
    pub async fn step_to(&mut self, admin: &Session, at: Instant) -> Answer<()> {
        if at > self.at {
            admin.set_clock(Some(at), 0.0).await?;
            self.at = at;
        }
        Ok(())
    }

    /// Lets the hub's clock run fast for a while, so that what waits inside the hub happens.
    pub async fn run_fast(&mut self, admin: &Session, rate: f64) -> Answer<()> {
        admin.set_clock(Some(self.at), rate).await?;
        Ok(())
    }

    /// Stops a clock that ran fast, at this time or where it has got to.
    pub async fn stop_at(&mut self, admin: &Session, at: Instant) -> Answer<()> {
        let got_to = admin.status().await?.now;
        self.at = admin.set_clock(Some(at.max(got_to)), 0.0).await?;
        Ok(())
    }

    pub async fn go_live(&mut self, admin: &Session, at: Instant) -> Answer<()> {
        self.at = admin.set_clock(Some(at.max(self.at)), self.rate).await?;
        self.running = Some(Moment::now());
        Ok(())
    }

    /// Follows the hub's clock, whoever sets it.
    pub fn correct(&mut self, now: Instant, rate: f64) {
        let off = (now - self.now()).num_milliseconds() as f64 / 1000.0;
        if self.running.is_some() && (off.abs() > DRIFT_S * self.rate.max(1.0) || (rate - self.rate).abs() > 1e-9) {
            (self.at, self.running, self.rate) = (now, Some(Moment::now()), rate);
        }
    }

    /// In real time.
    pub fn wait_until(&self, at: Instant) -> Duration {
        let left = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
        if self.rate > 0.0 { left.div_f64(self.rate) } else { Duration::from_secs(3600) }
    }
}
