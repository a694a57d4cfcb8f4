//! Slots that a slow window empties when it can: changes merge, they never queue.

use crate::lock;
use protocol::view::{AlarmRow, Patch};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::Notify;

/// What changed on the board, merged since the last call.
pub struct Patches {
    slot: Arc<Slot<Option<Patch>>>,
}

/// Sound and desktop notification: what began to ring, and what stopped.
#[derive(Clone, Debug, PartialEq)]
pub enum Alert {
    /// `title` and `body` are for the desktop notification and hold no personal data.
    Raise { alarm: Box<AlarmRow>, title: String, body: String },
    /// A call-out that rings: help is needed, or something that only a desk can do.
    Call { callout: String, priority: u8, title: String, body: String },
    /// The alarm or call-out stopped ringing: taken, shelved, closed or opened, here or anywhere.
    Silence { id: String },
}

/// Alerts in order, the newest of each alarm and call-out only.
pub struct Alerts {
    slot: Arc<Slot<VecDeque<Alert>>>,
}

#[derive(Default)]
pub(crate) struct Slot<T> {
    value: Mutex<T>,
    filled: Notify,
    closed: Mutex<bool>,
}

/// The sending side: lets go of a window that is gone.
pub(crate) struct Senders<T> {
    slots: Vec<Weak<Slot<T>>>,
}

impl<T> Default for Senders<T> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<T: Default> Senders<T> {
    fn add(&mut self, value: T) -> Arc<Slot<T>> {
        let slot = Arc::new(Slot { value: Mutex::new(value), filled: Notify::new(), closed: Mutex::new(false) });
        slot.filled.notify_one();
        self.slots.retain(|s| s.strong_count() > 0);
        self.slots.push(Arc::downgrade(&slot));
        slot
    }

    fn each(&mut self, fill: impl Fn(&mut T)) {
        self.slots.retain(|slot| {
            let Some(slot) = slot.upgrade() else {
                return false;
            };
            fill(&mut lock(&slot.value));
            slot.filled.notify_one();
            true
        });
    }

    /// No more will come.
    pub fn close(&mut self) {
        for slot in self.slots.drain(..).filter_map(|s| s.upgrade()) {
            *lock(&slot.closed) = true;
            slot.filled.notify_one();
        }
    }
}

impl Senders<Option<Patch>> {
    pub fn subscribe(&mut self) -> Patches {
        Patches { slot: self.add(None) }
    }

    pub fn send(&mut self, patch: &Patch) {
        self.each(|slot| match slot {
            Some(waiting) => merge(waiting, patch),
            None => *slot = Some(patch.clone()),
        });
    }
}

impl Senders<VecDeque<Alert>> {
    /// `ringing`: what rings already.
    pub fn subscribe(&mut self, ringing: Vec<Alert>) -> Alerts {
        Alerts { slot: self.add(ringing.into()) }
    }

    pub fn send(&mut self, alert: &Alert) {
        self.each(|slot| {
            slot.retain(|waiting| waiting.id() != alert.id());
            slot.push_back(alert.clone());
        });
    }
}

impl Patches {
    /// The next patch; everything that changed since the last one. None when the desk is closed.
    pub async fn recv(&mut self) -> Option<Patch> {
        loop {
            if let Some(patch) = lock(&self.slot.value).take() {
                return Some(patch);
            }
            if *lock(&self.slot.closed) {
                return None;
            }
            self.slot.filled.notified().await;
        }
    }

    /// What has changed by now, without waiting.
    pub fn try_recv(&mut self) -> Option<Patch> {
        lock(&self.slot.value).take()
    }
}

impl Alerts {
    /// The next alert. None when the desk is closed.
    pub async fn recv(&mut self) -> Option<Alert> {
        loop {
            if let Some(alert) = lock(&self.slot.value).pop_front() {
                return Some(alert);
            }
            if *lock(&self.slot.closed) {
                return None;
            }
            self.slot.filled.notified().await;
        }
    }
}

impl Alert {
    /// The alarm or call-out it is about.
    pub fn id(&self) -> &str {
        match self {
            Self::Raise { alarm, .. } => &alarm.id,
            Self::Call { callout, .. } => callout,
            Self::Silence { id } => id,
        }
    }
}

/// Puts a later patch on top of one that nobody has read yet.
fn merge(earlier: &mut Patch, later: &Patch) {
    fn rows<T: Clone>(into: &mut Vec<T>, new: &[T], gone: &[String], id: impl Fn(&T) -> &str) {
        let mut by_id: BTreeMap<String, T> = into.drain(..).map(|row| (id(&row).to_owned(), row)).collect();
        for name in gone {
            by_id.remove(name);
        }
        by_id.extend(new.iter().map(|row| (id(row).to_owned(), row.clone())));
        into.extend(by_id.into_values());
    }
    fn gone(into: &mut Vec<String>, gone: &[String], back: Vec<&str>) {
        into.retain(|id| !back.contains(&id.as_str()) && !gone.contains(id));
        into.extend_from_slice(gone);
    }
    rows(&mut earlier.alarms, &later.alarms, &later.alarms_gone, |r| &r.id);
    rows(&mut earlier.callouts, &later.callouts, &later.callouts_gone, |r| &r.id);
    rows(&mut earlier.units, &later.units, &later.units_gone, |r| &r.id);
    rows(&mut earlier.officers, &later.officers, &[], |r| &r.id);
    rows(&mut earlier.sites, &later.sites, &[], |r| &r.id);
    rows(&mut earlier.estates, &later.estates, &[], |r| &r.id);
    rows(&mut earlier.panels, &later.panels, &[], |r| &r.id);
    gone(&mut earlier.alarms_gone, &later.alarms_gone, later.alarms.iter().map(|r| r.id.as_str()).collect());
    gone(&mut earlier.callouts_gone, &later.callouts_gone, later.callouts.iter().map(|r| r.id.as_str()).collect());
    gone(&mut earlier.units_gone, &later.units_gone, later.units.iter().map(|r| r.id.as_str()).collect());
    for id in &later.details_changed {
        if !earlier.details_changed.contains(id) {
            earlier.details_changed.push(id.clone());
        }
    }
    fn newest<T: Clone>(into: &mut Option<T>, new: &Option<T>) {
        if new.is_some() {
            into.clone_from(new);
        }
    }
    newest(&mut earlier.service, &later.service);
    newest(&mut earlier.link, &later.link);
    newest(&mut earlier.shift, &later.shift);
    newest(&mut earlier.conflicts, &later.conflicts);
    newest(&mut earlier.load, &later.load);
    newest(&mut earlier.alarm_rules, &later.alarm_rules);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, state: &str) -> AlarmRow {
        AlarmRow { id: id.into(), state: state.into(), ..AlarmRow::default() }
    }

    #[tokio::test]
    async fn a_slow_window_gets_one_merged_patch() {
        let mut senders: Senders<Option<Patch>> = Senders::default();
        let mut patches = senders.subscribe();
        senders.send(&Patch { alarms: vec![row("a", "new"), row("b", "new")], ..Patch::default() });
        senders.send(&Patch { alarms: vec![row("a", "taken")], alarms_gone: vec!["b".into()], ..Patch::default() });
        senders.send(&Patch { alarms: vec![row("c", "new")], details_changed: vec!["x".into()], ..Patch::default() });
        let patch = patches.recv().await.unwrap();
        assert_eq!(patch.alarms, [row("a", "taken"), row("c", "new")]);
        assert_eq!(patch.alarms_gone, ["b"]);
        assert_eq!(patch.details_changed, ["x"]);
        assert_eq!(patches.try_recv(), None);
        senders.close();
        assert_eq!(patches.recv().await, None);
    }

    #[tokio::test]
    async fn an_alarm_silenced_before_anybody_looked_never_sounds() {
        let mut senders: Senders<VecDeque<Alert>> = Senders::default();
        let raise = |id: &str| Alert::Raise { alarm: Box::new(row(id, "new")), title: "".into(), body: "".into() };
        let mut alerts = senders.subscribe(vec![raise("a")]);
        senders.send(&raise("b"));
        senders.send(&Alert::Silence { id: "a".into() });
        assert_eq!(alerts.recv().await, Some(raise("b")));
        assert_eq!(alerts.recv().await, Some(Alert::Silence { id: "a".into() }));
    }
}
