//! All rows of the board as last shown, and what makes the next patch.

use crate::state::Shown;
use crate::view::{
    Flood, Scene, alarm_row, call_row, callout_row, estate_view, load_view, officer_row, panel_view, prompt, proposals,
    rules_view, service_view, site_view, unit_row, urns_by_site,
};
use domain::id::{AggregateKind, AlarmId, CallId, CalloutId, Stream};
use domain::{Instant, World};
use protocol::alarms::{AlarmRulesView, LoadView, PanelView};
use protocol::call::CallRow;
use protocol::handover::HandoverPrompt;
use protocol::view::{
    AlarmRow, CalloutRow, ConflictView, EstateView, OfficerRow, Patch, ServiceView, ShiftClock, SiteView, UnitRow,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the window has been told.
#[derive(Default)]
pub struct Rows {
    from: Arc<Shown>,
    reachable: bool,
    /// Shared with the rows before: in a storm thousands stay as they are from one patch to the next.
    pub alarms: BTreeMap<AlarmId, Arc<AlarmRow>>,
    pub callouts: BTreeMap<CalloutId, CalloutRow>,
    pub calls: BTreeMap<CallId, CallRow>,
    pub units: BTreeMap<String, UnitRow>,
    pub officers: BTreeMap<String, OfficerRow>,
    pub sites: BTreeMap<String, SiteView>,
    pub estates: BTreeMap<String, EstateView>,
    pub service: ServiceView,
    pub shift: ShiftClock,
    pub conflicts: Vec<ConflictView>,
    pub panels: BTreeMap<String, PanelView>,
    pub load: LoadView,
    pub flood: Flood,
    pub alarm_rules: AlarmRulesView,
    pub handover: HandoverPrompt,
    pub proposals: u32,
}

impl Rows {
    /// Makes the rows anew where something they are made from changed.
    pub fn make(scene: &Scene, shown: Arc<Shown>, old: &Rows) -> Rows {
        let world = scene.world();
        let register_same = same_register(&old.from.world, world);
        let alarms = world.alarms.values().filter(|a| a.is_open()).map(|alarm| {
            let kept = old.alarms.get(&alarm.id).filter(|_| register_same && same_alarm(&old.from, &shown, alarm.id));
            (alarm.id, kept.cloned().unwrap_or_else(|| Arc::new(alarm_row(scene, alarm))))
        });
        let callouts = world.callouts.values().filter(|c| c.is_open() && !c.test).map(|callout| {
            let same = register_same && old.reachable == scene.reachable;
            let kept = old.callouts.get(&callout.id).filter(|_| same && same_callout(&old.from, &shown, callout.id));
            (callout.id, kept.cloned().unwrap_or_else(|| callout_row(scene, callout)))
        });
        let mut urns = urns_by_site(scene);
        let sites = world.sites.values().map(|site| {
            let same = old.from.world.sites.get(&site.id).is_some_and(|s| Arc::ptr_eq(s, site));
            let same = same && same_map(&old.from.world.estates, &world.estates);
            let kept = old.sites.get(&site.id.to_string()).filter(|_| same).cloned();
            let mut view = kept.unwrap_or_else(|| site_view(scene, site));
            // A false call stops counting as the day goes by, without any event.
            view.urns = urns.remove(&site.id).unwrap_or_default();
            (site.id.to_string(), view)
        });
        let panels = world.panels.values().map(|panel| {
            let same = register_same && old.from.world.panels.get(&panel.id).is_some_and(|p| Arc::ptr_eq(p, panel));
            let kept = old.panels.get(&panel.id.to_string()).filter(|_| same).cloned();
            (panel.id.to_string(), kept.unwrap_or_else(|| panel_view(scene, panel)))
        });
        let (load, flood) = load_view(scene, old.flood);
        Rows {
            panels: panels.collect(),
            load,
            flood,
            alarm_rules: rules_view(scene),
            alarms: alarms.collect(),
            callouts: callouts.collect(),
            calls: world.calls.values().filter(|c| c.is_open()).map(|c| (c.id, call_row(scene, c))).collect(),
            units: world.units.values().map(|u| (u.id.to_string(), unit_row(scene, u))).collect(),
            officers: world.officers.values().map(|o| (o.id.to_string(), officer_row(scene, o))).collect(),
            sites: sites.collect(),
            estates: world.estates.values().map(|e| (e.id.to_string(), estate_view(e))).collect(),
            service: service_view(world),
            shift: shift(&world.settings, scene.now, &old.shift),
            conflicts: shown.conflicts.clone(),
            handover: prompt(scene),
            proposals: proposals(scene),
            reachable: scene.reachable,
            from: shown,
        }
    }

    /// What a window that shows `old` must change to show this.
    pub fn since(&self, old: &Rows) -> Patch {
        Patch {
            service: (self.service != old.service).then(|| self.service.clone()),
            link: None,
            shift: (self.shift != old.shift).then(|| self.shift.clone()),
            alarms: changed_alarms(&old.alarms, &self.alarms),
            alarms_gone: gone(&old.alarms, &self.alarms, |r| &r.id),
            callouts: changed(&old.callouts, &self.callouts),
            callouts_gone: gone(&old.callouts, &self.callouts, |r| &r.id),
            calls: changed(&old.calls, &self.calls),
            calls_gone: gone(&old.calls, &self.calls, |r| &r.id),
            units: changed(&old.units, &self.units),
            units_gone: gone(&old.units, &self.units, |r| &r.id),
            officers: changed(&old.officers, &self.officers),
            sites: changed(&old.sites, &self.sites),
            estates: changed(&old.estates, &self.estates),
            details_changed: self.details_changed(old),
            conflicts: (self.conflicts != old.conflicts).then(|| self.conflicts.clone()),
            panels: changed(&old.panels, &self.panels),
            load: (self.load != old.load).then(|| self.load.clone()),
            alarm_rules: (self.alarm_rules != old.alarm_rules).then(|| self.alarm_rules.clone()),
            handover: (self.handover != old.handover).then(|| self.handover.clone()),
            proposals: (self.proposals != old.proposals).then_some(self.proposals),
            register_changed: (!same_records(&old.from, &self.from)).then_some(true),
        }
    }

    /// Call-outs that are not what they were, closed ones included: their panel may be open.
    fn details_changed(&self, old: &Rows) -> Vec<String> {
        let all = self.from.world.callouts.values();
        let stale = all.filter(|callout| {
            let before = old.from.world.callouts.get(&callout.id);
            let same = before.is_some_and(|b| Arc::ptr_eq(b, callout) || b == *callout);
            let stream = Stream::new(AggregateKind::Callout, callout.id);
            !same
                || old.from.touched.contains(&stream) != self.from.touched.contains(&stream)
                || self.callouts.get(&callout.id) != old.callouts.get(&callout.id)
        });
        stale.map(|c| c.id.to_string()).collect()
    }

    /// Open alarms, most urgent first, then oldest.
    pub fn alarms_in_order(&self) -> Vec<AlarmRow> {
        let mut rows: Vec<AlarmRow> = self.alarms.values().map(|row| (**row).clone()).collect();
        rows.sort_by(|a, b| (a.priority, &a.received_at, &a.id).cmp(&(b.priority, &b.received_at, &b.id)));
        rows
    }

    pub fn callouts_in_order(&self) -> Vec<CalloutRow> {
        let mut rows: Vec<CalloutRow> = self.callouts.values().cloned().collect();
        rows.sort_by(|a, b| (a.priority, &a.created_at, &a.id).cmp(&(b.priority, &b.created_at, &b.id)));
        rows
    }

    /// What rings or was missed first, the oldest before the others.
    pub fn calls_in_order(&self) -> Vec<CallRow> {
        let mut rows: Vec<CallRow> = self.calls.values().cloned().collect();
        rows.sort_by(|a, b| (!a.waits, &a.began_at, &a.id).cmp(&(!b.waits, &b.began_at, &b.id)));
        rows
    }

    pub fn units_in_order(&self) -> Vec<UnitRow> {
        let mut rows: Vec<UnitRow> = self.units.values().cloned().collect();
        rows.sort_by(|a, b| a.call_sign.cmp(&b.call_sign));
        rows
    }
}

/// The running shift stays until it is over; only then is it looked for again.
fn shift(settings: &domain::settings::Settings, now: Instant, old: &ShiftClock) -> ShiftClock {
    let ends = old.ends_at.parse::<Instant>().ok();
    let same = old.hours == crate::view::hours(settings);
    let same =
        same && old.start == settings.shift_start && old.end == settings.shift_end && ends.is_some_and(|e| now < e);
    let starts = old.starts_at.parse::<Instant>().is_ok_and(|s| s <= now);
    if same && starts { old.clone() } else { crate::view::shift_clock(settings, now) }
}

fn changed<K: Ord, T: PartialEq + Clone>(old: &BTreeMap<K, T>, new: &BTreeMap<K, T>) -> Vec<T> {
    new.iter().filter(|(id, row)| old.get(id) != Some(row)).map(|(_, row)| row.clone()).collect()
}

fn changed_alarms(old: &BTreeMap<AlarmId, Arc<AlarmRow>>, new: &BTreeMap<AlarmId, Arc<AlarmRow>>) -> Vec<AlarmRow> {
    let same = |a: &Arc<AlarmRow>, b: &Arc<AlarmRow>| Arc::ptr_eq(a, b) || a == b;
    let rows = new.iter().filter(|(id, row)| old.get(id).is_none_or(|before| !same(before, row)));
    rows.map(|(_, row)| (**row).clone()).collect()
}

fn gone<K: Ord, T>(old: &BTreeMap<K, T>, new: &BTreeMap<K, T>, id: impl Fn(&T) -> &str) -> Vec<String> {
    old.iter().filter(|(key, _)| !new.contains_key(key)).map(|(_, row)| id(row).to_owned()).collect()
}

fn same_map<K: Ord, T>(old: &BTreeMap<K, Arc<T>>, new: &BTreeMap<K, Arc<T>>) -> bool {
    old.len() == new.len() && old.values().zip(new.values()).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// Everything that names and places come from.
fn same_register(old: &World, new: &World) -> bool {
    same_map(&old.sites, &new.sites)
        && same_map(&old.estates, &new.estates)
        && same_map(&old.accounts, &new.accounts)
        && same_map(&old.officers, &new.officers)
        && same_map(&old.units, &new.units)
        // When a row ages is a setting.
        && (Arc::ptr_eq(&old.settings, &new.settings) || old.settings.alarms == new.settings.alarms)
}

/// What the register's own page shows.
fn same_records(old: &Shown, new: &Shown) -> bool {
    let (a, b) = (&old.world, &new.world);
    let marked = |shown: &Shown| {
        use AggregateKind as K;
        let ours = |s: &&Stream| matches!(s.kind, K::Site | K::Key | K::Panel | K::Rams | K::Checklist);
        shown.touched.iter().filter(ours).count()
    };
    same_map(&a.sites, &b.sites)
        && same_map(&a.keys, &b.keys)
        && same_map(&a.panels, &b.panels)
        && same_map(&a.rams, &b.rams)
        && same_map(&a.checklists, &b.checklists)
        && same_map(&a.officers, &b.officers)
        && old.me == new.me
        && marked(old) == marked(new)
}

fn same_alarm(old: &Shown, new: &Shown, id: AlarmId) -> bool {
    let pointers = (old.world.alarms.get(&id), new.world.alarms.get(&id));
    let unchanged = matches!(pointers, (Some(a), Some(b)) if Arc::ptr_eq(a, b));
    unchanged && old.me == new.me && same_marks(old, new, Stream::new(AggregateKind::Alarm, id))
}

fn same_callout(old: &Shown, new: &Shown, id: CalloutId) -> bool {
    let same = |a: &World, b: &World| match (a.callouts.get(&id), b.callouts.get(&id)) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    same(&old.world, &new.world)
        && same(&old.confirmed, &new.confirmed)
        && same_marks(old, new, Stream::new(AggregateKind::Callout, id))
}

fn same_marks(old: &Shown, new: &Shown, stream: Stream) -> bool {
    old.newer.len() == new.newer.len() && old.touched.contains(&stream) == new.touched.contains(&stream)
}
