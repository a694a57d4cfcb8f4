//! The panels' lines: events, supervision, silence.

use super::{Chore, Job, Player};
use crate::evening::{CONTACT_ID_ONLY, Handling, PanelEvent, wire};
use crate::hub::{Answer, HubError};
use crate::panel::{PanelClient, PanelError, Signal};
use chrono::TimeDelta;
use domain::Instant;
use feeds::dc09::Key;
use std::time::Duration;

/// Between supervision reports while the past is played.
const NULLS_EVERY_PAST: TimeDelta = TimeDelta::minutes(10);
/// Share of the supervised interval after which a panel reports: early enough to lose one report.
const REPORT_AT: f64 = 0.45;
/// How fast the clock runs while the hub is to notice a silence.
const SILENCE_RATE: f64 = 80.0;

impl Player {
    fn panel(&mut self, account: &'static str) -> &mut PanelClient {
        let (dc09, seed) = (self.dc09, self.evening.seed ^ u64::from_str_radix(account, 16).unwrap_or(7));
        let key = self.borough.panel(account).and_then(|p| p.key.clone());
        self.panels.entry(account).or_insert_with(|| {
            let key = key.and_then(|key| Key::parse_hex(&key).ok());
            PanelClient::new(dc09, account, key, seed)
        })
    }

    async fn send(&mut self, account: &'static str, signal: &Signal) -> Answer<()> {
        let now = self.clock.now();
        match self.panel(account).send(signal, now).await {
            Ok(_) => Ok(()),
            Err(error) => Err(HubError::Unreadable(format!("panel {account}: {error}"))),
        }
    }

    pub(super) async fn signal(&mut self, account: &'static str, event: PanelEvent) -> Answer<()> {
        let signal = wire(event, CONTACT_ID_ONLY.contains(&account));
        self.send(account, &signal).await?;
        self.look_at_alarms().await
    }

    /// A panel whose key somebody typed wrongly: NAK, and a row for a person to see.
    pub(super) async fn undecryptable(&mut self, account: &'static str) -> Answer<()> {
        self.expected.entry(account.to_owned()).or_default().push_back(Handling::Close {
            after_s: 140,
            reason: "Wrong key typed in at the panel; engineer has mended it",
        });
        let wrong = Key::parse_hex(&"5e".repeat(16)).ok();
        let mut panel = PanelClient::new(self.dc09, account, wrong, self.evening.seed);
        let signal = wire(PanelEvent::Test, false);
        match panel.send(&signal, self.clock.now()).await {
            Err(PanelError::Nak) => self.look_at_alarms().await,
            Err(error) => Err(HubError::Unreadable(format!("panel {account}: {error}"))),
            Ok(_) => Err(HubError::Unreadable(format!("panel {account}: a frame under a wrong key was acknowledged"))),
        }
    }

    /// The accounts whose silence the hub watches.
    pub(super) fn supervised(&self) -> Vec<&'static str> {
        SUPERVISED.iter().copied().filter(|a| self.interval_s(a).is_some()).collect()
    }

    fn interval_s(&self, account: &str) -> Option<u32> {
        self.borough.panel(account)?.put.supervision_s
    }

    pub(super) async fn all_nulls(&mut self) -> Answer<()> {
        self.push(self.clock.now() + NULLS_EVERY_PAST, Job::AllNulls);
        for account in self.supervised() {
            if !self.down.contains(account) {
                self.send(account, &Signal::Null).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn null_and_again(&mut self, account: &'static str) -> Answer<()> {
        let every_s = f64::from(self.interval_s(account).unwrap_or(600)) * REPORT_AT;
        // However fast the evening runs, not more than a few a second.
        self.push_in(every_s.max(0.3 * self.clock.rate()), Job::Null(account));
        match self.down.contains(account) {
            true => Ok(()),
            false => self.send(account, &Signal::Null).await,
        }
    }

    pub(super) async fn lines(&mut self, accounts: &[&'static str], up: bool) -> Answer<()> {
        for account in accounts {
            match up {
                true => {
                    self.down.remove(account);
                    self.send(account, &Signal::Null).await?;
                }
                false => drop(self.down.insert(account)),
            }
        }
        Ok(())
    }

    /// The hub looks once a second of real time who is silent, and counts from the last setting of its clock: so the
    /// clock runs for a moment.
    pub(super) async fn notice_silence(&mut self, accounts: &[&'static str], until: Instant) -> Answer<()> {
        let shelved_until = self.evening.live_from + TimeDelta::minutes(20);
        for account in accounts {
            self.expected.entry((*account).to_owned()).or_default().push_back(Handling::Shelve {
                until: shelved_until,
                reason: "One network fault at the Chalcots likely; provider told, due back in half an hour",
            });
        }
        self.clock.run_fast(&self.admin, SILENCE_RATE).await?;
        let started = std::time::Instant::now();
        let longest = (until - self.clock.now()).to_std().unwrap_or(Duration::ZERO).div_f64(SILENCE_RATE);
        let known = self.desk.line_faults;
        while self.desk.line_faults < known + accounts.len() && started.elapsed() < longest {
            tokio::time::sleep(Duration::from_millis(100)).await;
            self.look_at_alarms().await?;
        }
        self.clock.stop_at(&self.admin, until).await?;
        if self.desk.line_faults < known + accounts.len() {
            tracing::warn!("the hub did not notice the silent panels");
        }
        self.push(self.clock.now(), Job::Desk(Chore::LookAtPhones));
        Ok(())
    }
}

/// Supervised accounts of the demonstration borough.
const SUPERVISED: &[&str] = &["6D01", "6D10", "6D11", "1A01", "3A20", "8D30", "9F02", "2C16", "B201"];
