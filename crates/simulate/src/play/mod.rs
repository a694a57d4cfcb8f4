//! Brings the story to a hub. One loop does one thing at a time, in the order of the evening's clock: at first by
//! setting the demonstration's clock from event to event, from `live_from` on by waiting for it.

mod clock;
mod desk;
mod field;
mod lines;
mod setup;

pub use setup::Options;

use crate::borough::Borough;
use crate::evening::{Beat, Evening, Handling, What};
use crate::hub::{Answer, Hub, HubError, Session};
use crate::officer::Manner;
use crate::panel::PanelClient;
use chrono::TimeDelta;
use clock::PlayClock;
use desk::{Chore, Desk};
use domain::Instant;
use field::{Officer, Unit};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How often a live play looks whether somebody else did something.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Between the second operator's looks at the open call-outs, by the evening's clock.
const WATCH_EVERY: TimeDelta = TimeDelta::seconds(20);
const WATCH_EVERY_PAST: TimeDelta = TimeDelta::minutes(10);
/// Positions of the past: young enough that the nearest officer is known (a fix counts for 5 minutes), and closer
/// together at the end for the trails on the map.
const FIX_EVERY_PAST: TimeDelta = TimeDelta::seconds(240);
const FIX_EVERY_LATE: TimeDelta = TimeDelta::seconds(75);
const LATE_BEFORE: TimeDelta = TimeDelta::minutes(35);
/// Failures one after the other before the play gives up: the hub is gone.
const FAILURES_MAX: u32 = 30;

/// What waits in the queue.
#[derive(Clone, Debug)]
enum Job {
    Beat(Box<What>),
    /// An officer does what was planned; the number tells an older plan from the newest.
    Act(&'static str, u64),
    /// Every unit tells where it is.
    AllFixes,
    Fix(&'static str),
    /// Supervised panels report.
    AllNulls,
    Null(&'static str),
    Desk(Chore),
    Watch,
}

/// The whole play.
pub struct Player {
    evening: Evening,
    borough: Borough,
    hub: Hub,
    admin: Session,
    dc09: SocketAddr,
    clock: PlayClock,
    desk: Desk,
    officers: BTreeMap<&'static str, Officer>,
    units: BTreeMap<&'static str, Unit>,
    panels: HashMap<&'static str, PanelClient>,
    down: HashSet<&'static str>,
    queue: BTreeMap<(Instant, u64), Job>,
    count: u64,
    /// How to work on the next call-out at a place, and on one that is known.
    manners: HashMap<String, Manner>,
    of_callout: HashMap<String, Manner>,
    tags: HashMap<&'static str, Uuid>,
    expected: HashMap<String, VecDeque<Handling>>,
    /// Pictures on their way from phones to the hub.
    uploads: JoinSet<Answer<()>>,
    head: i64,
    failures: u32,
}

/// Plays the evening to its end.
pub async fn play(options: Options) -> anyhow::Result<()> {
    let ready = options.once_ready.clone();
    let mut player = setup::prepare(options).await?;
    player.run_past().await?;
    player.go_live().await?;
    if let Some(file) = ready {
        let text = serde_json::json!({
            "live_from": player.evening.live_from, "until": player.evening.until, "tracking": player.desk.links,
        });
        tokio::fs::write(&file, format!("{text}\n")).await?;
    }
    player.run_live().await
}

impl Player {
    fn push(&mut self, at: Instant, job: Job) {
        self.count += 1;
        self.queue.insert((at, self.count), job);
    }

    fn push_in(&mut self, wait_s: f64, job: Job) {
        let at = self.clock.now() + TimeDelta::milliseconds((wait_s * 1000.0) as i64);
        self.push(at, job);
    }

    fn push_beats(&mut self, beats: Vec<Beat>) {
        for beat in beats {
            self.push(beat.at, Job::Beat(Box::new(beat.what)));
        }
    }

    fn live(&self) -> bool {
        self.clock.is_live()
    }

    /// Everything before `live_from`, as fast as the hub takes it.
    async fn run_past(&mut self) -> anyhow::Result<()> {
        if self.live() {
            return Ok(());
        }
        let started = std::time::Instant::now();
        let mut jobs = 0u32;
        self.push(self.evening.from + TimeDelta::seconds(5), Job::AllNulls);
        self.push(self.evening.from + TimeDelta::seconds(10), Job::AllFixes);
        self.push(self.evening.from + WATCH_EVERY_PAST, Job::Watch);
        while let Some(((at, _), job)) = self.queue.pop_first() {
            if at >= self.evening.live_from {
                self.push(at, job);
                break;
            }
            self.clock.step_to(&self.admin, at).await?;
            self.attempt(job).await?;
            jobs += 1;
        }
        while let Some(upload) = self.uploads.join_next().await {
            self.uploaded(upload);
        }
        tracing::info!(jobs, seconds = started.elapsed().as_secs_f32(), "the evening so far has been played");
        Ok(())
    }

    async fn go_live(&mut self) -> anyhow::Result<()> {
        let rate = self.clock.rate();
        if !self.live() {
            self.clock.go_live(&self.admin, self.evening.live_from).await?;
        }
        self.queue.retain(|_, job| !matches!(job, Job::AllFixes | Job::AllNulls | Job::Watch));
        for (n, unit) in self.units.keys().copied().collect::<Vec<_>>().into_iter().enumerate() {
            self.push_in(0.4 * n as f64 * rate.max(1.0), Job::Fix(unit));
        }
        for account in self.supervised() {
            self.push_in(0.2, Job::Null(account));
        }
        self.push_in(5.0, Job::Watch);
        tracing::info!(at = %self.clock.now(), rate, "live");
        Ok(())
    }

    /// In life's speed, or a multiple of it, until the shift is over.
    async fn run_live(&mut self) -> anyhow::Result<()> {
        let mut looked = std::time::Instant::now();
        loop {
            let now = self.clock.now();
            if now >= self.evening.until {
                tracing::info!("the shift is over");
                return Ok(());
            }
            if let Some((&(at, _), _)) = self.queue.first_key_value()
                && at <= now
                && let Some((_, job)) = self.queue.pop_first()
            {
                self.attempt(job).await?;
            } else {
                let next = self.queue.first_key_value().map_or(self.evening.until, |(key, _)| key.0);
                tokio::time::sleep(self.clock.wait_until(next).min(LOOK_EVERY)).await;
            }
            if looked.elapsed() >= LOOK_EVERY {
                looked = std::time::Instant::now();
                let look = self.look().await;
                self.forgive(look)?;
            }
        }
    }

    /// Has anything happened in the log? Then phones and alarms are looked at anew.
    async fn look(&mut self) -> Answer<()> {
        let status = self.admin.status().await?;
        self.clock.correct(status.now, status.clock_rate);
        if status.head != self.head {
            self.head = status.head;
            self.look_at_alarms().await?;
            self.look_at_phones().await?;
        }
        Ok(())
    }

    async fn attempt(&mut self, job: Job) -> anyhow::Result<()> {
        while let Some(upload) = self.uploads.try_join_next() {
            self.uploaded(upload);
        }
        let name = format!("{job:?}");
        let done = self.run(job).await;
        if let Err(error) = &done {
            let name: String = name.chars().take(160).collect();
            tracing::warn!(%error, at = %self.clock.now(), job = %name, "did not go as told");
        }
        self.forgive(done)
    }

    fn uploaded(&mut self, upload: Result<Answer<()>, tokio::task::JoinError>) {
        if let Ok(Err(error)) = upload {
            tracing::warn!(%error, "a picture did not arrive");
        }
    }

    /// A refusal is part of the story; a hub that is gone is the end of it.
    fn forgive(&mut self, done: Answer<()>) -> anyhow::Result<()> {
        match done {
            Err(HubError::Unreachable(error)) => {
                self.failures += 1;
                anyhow::ensure!(self.failures < FAILURES_MAX, "the hub does not answer any more: {error}");
            }
            _ => self.failures = 0,
        }
        Ok(())
    }

    async fn run(&mut self, job: Job) -> Answer<()> {
        match job {
            Job::Beat(what) => self.beat(*what).await,
            Job::Act(officer, plan) => self.act(officer, plan).await,
            Job::AllFixes => {
                let late = self.evening.live_from - self.clock.now() <= LATE_BEFORE;
                let every = if late { FIX_EVERY_LATE } else { FIX_EVERY_PAST };
                self.push(self.clock.now() + every, Job::AllFixes);
                self.all_fixes().await
            }
            Job::Fix(unit) => self.fix_and_again(unit).await,
            Job::AllNulls => self.all_nulls().await,
            Job::Null(account) => self.null_and_again(account).await,
            Job::Desk(chore) => self.chore(chore).await,
            Job::Watch => {
                let every = if self.live() { WATCH_EVERY } else { WATCH_EVERY_PAST };
                self.push(self.clock.now() + every, Job::Watch);
                self.watch().await
            }
        }
    }

    async fn beat(&mut self, what: What) -> Answer<()> {
        match what {
            What::SignOn { officer, unit } => self.sign_on(officer, unit).await,
            What::SignOff { officer } => self.sign_off(officer).await,
            What::Round { unit, round } => {
                self.take_round(unit, round);
                Ok(())
            }
            What::Silent { unit, until } => self.silence(unit, until).await,
            What::Signal { account, event, then, manner } => {
                if let (Some(manner), Some(site)) = (manner, self.borough.site_of(account)) {
                    self.manners.insert(site.name.clone() + &site.address, *manner);
                }
                if then != Handling::Nothing {
                    self.expected.entry(account.to_owned()).or_default().push_back(then);
                }
                self.signal(account, event).await
            }
            What::Undecryptable { account } => self.undecryptable(account).await,
            What::Lines { accounts, up } => self.lines(accounts, up).await,
            What::NoticeSilence { accounts, until } => self.notice_silence(accounts, until).await,
            What::Create(create) => self.create(*create).await,
            What::StandDown { tag, reason } => self.stand_down(tag, reason).await,
            What::Link { site } => self.link(site).await,
            What::Note { site, text } => self.note(site, text).await,
        }
    }
}
