//! The publisher: every change of state becomes one patch, and one set of alerts.

use crate::rows::Rows;
use crate::state::Shown;
use crate::subscribe::{Alert, Alerts, Patches, Senders};
use crate::view::{Scene, instant};
use crate::{Inner, lock};
use domain::id::{AlarmId, CalloutId};
use protocol::view::{AlarmRow, CalloutRow, LinkView, Patch, Ring};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync::LinkState;

/// Positions are drawn at most ten times a second; the eye sees no more.
const POSITIONS_EVERY: Duration = Duration::from_millis(100);
/// Without any change the page still hears what time it is and how the link stands.
const LINK_EVERY: Duration = Duration::from_secs(5);

/// What the windows have been told, and who they are.
#[derive(Default)]
pub struct Publisher {
    pub(crate) rows: Rows,
    link: LinkView,
    ringing: BTreeMap<AlarmId, Arc<AlarmRow>>,
    calling: BTreeMap<CalloutId, CalloutRow>,
    /// What somebody here has opened as it stood: it rings no more for that.
    heard: BTreeMap<CalloutId, Ring>,
    patches: Senders<Option<Patch>>,
    alerts: Senders<VecDeque<Alert>>,
}

pub async fn run(inner: Arc<Inner>) {
    let mut at = Instant::now();
    let mut revision = None;
    loop {
        tokio::select! {
            () = inner.stopped() => break,
            () = inner.dirty.notified() => {}
            () = tokio::time::sleep(LINK_EVERY) => {}
        }
        // Log lines and actions are shown at once; positions wait for the next tenth of a second.
        if let Some(shown) = revision {
            tokio::select! {
                () = inner.stopped() => break,
                () = tokio::time::sleep(POSITIONS_EVERY.saturating_sub(at.elapsed())) => {}
                () = inner.newer_than(shown) => {}
            }
        }
        at = Instant::now();
        revision = Some(inner.publish());
    }
    let mut publisher = lock(&inner.publisher);
    publisher.patches.close();
    publisher.alerts.close();
}

impl Inner {
    /// Until there is a state that the windows have not been shown. An alarm must not wait for a position's turn.
    async fn newer_than(&self, revision: u64) {
        while self.shown().revision == revision {
            self.dirty.notified().await;
        }
    }

    /// Tells the windows what changed. The revision that was shown.
    pub(crate) fn publish(&self) -> u64 {
        let mut publisher = lock(&self.publisher);
        let shown = self.shown();
        let rows = self.rows(shown.clone(), &publisher.rows);
        let mut patch = rows.since(&publisher.rows);
        let link = self.link_view(&shown);
        let alerts = publisher.ring(&rows);
        let quiet = LinkView { now: publisher.link.now.clone(), ..link.clone() } == publisher.link;
        if !quiet || patch != Patch::default() || self.link_is_old(&publisher.link) {
            patch.link = Some(link.clone());
            publisher.link = link;
            publisher.patches.send(&patch);
        }
        for alert in &alerts {
            publisher.alerts.send(alert);
        }
        publisher.rows = rows;
        shown.revision
    }

    fn link_is_old(&self, told: &LinkView) -> bool {
        let told: Option<domain::Instant> = told.now.parse().ok();
        let rate = lock(&self.status).clock.rate();
        told.is_none_or(|t| (self.now() - t).as_seconds_f64().abs() >= (LINK_EVERY.as_secs_f64() - 0.5) * rate)
    }

    pub(crate) fn rows(&self, shown: Arc<Shown>, old: &Rows) -> Rows {
        self.with_scene(&shown.clone(), |scene| Rows::make(scene, shown, old))
    }

    pub(crate) fn with_scene<T>(&self, shown: &Shown, make: impl FnOnce(&Scene) -> T) -> T {
        let fixes = self.fixes();
        let links = lock(&self.links).clone();
        let reachable = self.link_state() != LinkState::Offline;
        make(&Scene { shown, fixes: &fixes, links: &links, now: self.now(), reachable })
    }

    pub(crate) fn link_view(&self, shown: &Shown) -> LinkView {
        let steady = self.steady();
        let status = lock(&self.status);
        LinkView {
            state: status.link.state().name().into(),
            latency_ms: status.latency_ms.filter(|_| status.link.state() != LinkState::Offline),
            heard_at: status.heard_at.map(instant),
            since: status.since.map(instant),
            queued: shown.queued,
            now: instant(status.clock.now(steady)),
            clock_rate: status.clock.rate(),
            problem: status.problem().or_else(|| shown.newer_words.clone()),
            keyring: status.keyring.clone(),
        }
    }

    pub(crate) fn subscribe(&self) -> Patches {
        lock(&self.publisher).patches.subscribe()
    }

    pub(crate) fn alerts(&self) -> Alerts {
        let mut publisher = lock(&self.publisher);
        let calling = publisher.calling.values().map(call);
        let ringing = publisher.ringing.values().map(|row| raise(row)).chain(calling).collect();
        publisher.alerts.subscribe(ringing)
    }

    /// Somebody here has opened this call-out: what it rings for is known.
    pub(crate) fn heard(&self, callout: CalloutId) {
        let mut publisher = lock(&self.publisher);
        let Some(ring) = publisher.calling.get(&callout).and_then(|row| row.ring.clone()) else {
            return;
        };
        publisher.heard.insert(callout, ring);
        drop(publisher);
        self.dirty.notify_one();
    }
}

impl Publisher {
    /// What began and what stopped ringing since the last look.
    fn ring(&mut self, rows: &Rows) -> Vec<Alert> {
        let now: BTreeMap<AlarmId, Arc<AlarmRow>> =
            rows.alarms.iter().filter(|(_, row)| row.rings).map(|(id, row)| (*id, row.clone())).collect();
        let mut began: Vec<&Arc<AlarmRow>> =
            now.iter().filter(|(id, _)| !self.ringing.contains_key(id)).map(|(_, row)| row).collect();
        began.sort_by_key(|row| row.priority);
        if rows.flood.is_on() {
            one_a_place(&mut began, &self.ringing);
        }
        let stopped = self.ringing.keys().filter(|id| !now.contains_key(id));
        let mut alerts: Vec<Alert> = stopped.map(|id| Alert::Silence { id: id.to_string() }).collect();
        // A call-out that rings may be somebody in danger: before any alarm.
        alerts.extend(self.call(rows));
        alerts.extend(began.into_iter().map(|row| raise(row)));
        self.ringing = now;
        alerts
    }

    fn call(&mut self, rows: &Rows) -> Vec<Alert> {
        let ring = |id: &CalloutId| rows.callouts.get(id).and_then(|row| row.ring.as_ref());
        // What is over is forgotten, so that it rings when it comes again.
        self.heard.retain(|id, heard| ring(id) == Some(heard));
        let rings =
            |(id, row): &(&CalloutId, &CalloutRow)| row.ring.is_some() && row.ring.as_ref() != self.heard.get(id);
        let now: BTreeMap<CalloutId, CalloutRow> =
            rows.callouts.iter().filter(rings).map(|(id, row)| (*id, row.clone())).collect();
        let stopped = self.calling.keys().filter(|id| !now.contains_key(id));
        let mut alerts: Vec<Alert> = stopped.map(|id| Alert::Silence { id: id.to_string() }).collect();
        let new = now.iter().filter(|(id, row)| self.calling.get(id).is_none_or(|old| old.ring != row.ring));
        alerts.extend(new.map(|(_, row)| call(row)));
        self.calling = now;
        alerts
    }
}

/// In a flood a place calls once, and again only for what is more urgent. Life safety always calls.
fn one_a_place(began: &mut Vec<&Arc<AlarmRow>>, ringing: &BTreeMap<AlarmId, Arc<AlarmRow>>) {
    let place = |row: &AlarmRow| row.site.clone().unwrap_or_else(|| row.account.clone());
    let mut called: BTreeMap<String, u8> = BTreeMap::new();
    for row in ringing.values() {
        let most = called.entry(place(row)).or_insert(row.priority);
        *most = (*most).min(row.priority);
    }
    began.retain(|row| {
        let before = called.get(&place(row)).copied();
        let news = row.life_safety || before.is_none_or(|most| row.priority < most);
        if news {
            called.insert(place(row), row.priority);
        }
        news
    });
}

/// For the desktop notification: what and where. Call signs, never names.
fn call(row: &CalloutRow) -> Alert {
    let ring = row.ring.clone().unwrap_or_default();
    let place: Vec<&str> =
        [row.number.as_str(), row.title.as_str(), row.estate.as_str()].into_iter().filter(|t| !t.is_empty()).collect();
    Alert::Call {
        callout: row.id.clone(),
        priority: ring.priority,
        title: format!("{} · {}", ring.why, row.place),
        body: place.join(" · "),
    }
}

/// For the desktop notification: what and where, never who.
fn raise(row: &AlarmRow) -> Alert {
    let word = domain::alarm::Priority::try_from(row.priority).map_or("", |p| p.word());
    let said = if row.signal.is_empty() { &row.text } else { &row.signal };
    let place: Vec<&str> =
        [row.estate.as_str(), row.zone.as_str(), said.as_str()].into_iter().filter(|t| !t.is_empty()).collect();
    Alert::Raise {
        alarm: Box::new(row.clone()),
        title: format!("{} {word}: {} · {}", row.priority, row.title, row.place),
        body: place.join(" · "),
    }
}
