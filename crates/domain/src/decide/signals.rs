//! Signals from panels: what becomes of each.
//!
//! An activation goes through four stages, in this order, and the first that settles it ends it:
//!
//! 1. *blackout*: the panel is on test, so it is logged and counted;
//! 2. *duplicate*: a row that stands says it already, so it is counted there;
//! 3. *correlate*: what it means beside the other detectors of its site (BS 8243);
//! 4. *create*: a row of its own.
//!
//! Whatever comes is in the log, and nothing that a person has not decided to put aside stays without a row.

use super::{Decided, Decision, event};
use crate::alarm::{Alarm, AlarmKind, Confirmation, Priority, SignalSource};
use crate::command::{SignalMeaning, SignalReceive};
use crate::event::{
    AlarmConfirmed, AlarmFlapping, AlarmRaised, AlarmRepeated, Empty, Event, EventBody as E, PanelActivated,
    SignalLogged,
};
use crate::id::{AggregateKind as K, AlarmId};
use crate::panel::{Detector, Told};
use crate::site::{ConfirmationPolicy, Panel, Site, plain_number};
use chrono::TimeDelta;
use std::sync::Arc;

/// Rows for unknown accounts of one address before the next are counted on one row.
const UNKNOWN_ROWS_MAX: usize = 10;
/// Stands for the account where there are too many to name.
const MANY: &str = "many";

/// One activation with what is registered of where it came from.
struct Activation<'a> {
    signal: &'a SignalReceive,
    kind: AlarmKind,
    /// None for what is not known to be a panel's own word.
    panel: Option<&'a Panel>,
    site: Option<&'a Site>,
}

/// What a row is raised as.
struct Raised {
    kind: AlarmKind,
    priority: Priority,
    confirmation: Option<Confirmation>,
    counted_on: Option<AlarmId>,
}

impl Raised {
    fn plain(kind: AlarmKind) -> Self {
        Self { kind, priority: kind.priority(), confirmation: None, counted_on: None }
    }
}

/// What an activation is beside the others of its site.
enum Sequence<'a> {
    /// The site does not ask.
    Alone,
    /// A second detector may confirm it.
    First { until: crate::Instant, lower: bool },
    /// It confirms what these detectors said.
    Second { others: Vec<&'a Detector> },
}

impl<'a> Decision<'a> {
    pub(super) fn signal(&self, signal: &SignalReceive) -> Decided {
        Ok(match &signal.meaning {
            SignalMeaning::Alarm { kind } => self.activation(signal, *kind),
            SignalMeaning::Restore => {
                let mut events = self.logged(signal, Some(Told::Restore));
                let restored =
                    self.world.open_alarms_of(&signal.source.account).filter(|a| a.matches_restore(&signal.source));
                events.extend(restored.map(|a| event(K::Alarm, a.id, E::AlarmRestored(Empty {}))));
                events
            }
            SignalMeaning::Armed { how } => self.logged(signal, Some(Told::Armed { how: *how })),
            SignalMeaning::Signal | SignalMeaning::Cancel => self.logged(signal, None),
        })
    }

    fn logged(&self, signal: &SignalReceive, told: Option<Told>) -> Vec<Event> {
        let panel = self.world.panel(&signal.source.account);
        let waiting = panel.zip(told.as_ref()).map(|(panel, told)| self.panel_speaks(panel, &signal.source, told));
        let logged = SignalLogged { source: signal.source.clone(), text: signal.text.clone(), told };
        let log = event(K::Panel, Panel::id_of(&signal.source.account), E::SignalLogged(logged));
        std::iter::once(log).chain(waiting.into_iter().flatten()).collect()
    }

    fn activation(&self, signal: &SignalReceive, kind: AlarmKind) -> Vec<Event> {
        let own = !matches!(kind, AlarmKind::UnknownAccount | AlarmKind::ReceiverFault);
        let panel = self.world.panel(&signal.source.account).filter(|_| own).map(|p| p.as_ref());
        let site = panel.and_then(|p| p.site).and_then(|id| self.world.sites.get(&id)).map(|s| s.as_ref());
        let came = Activation { signal, kind, panel, site };
        if let Some(events) = self.blackout(&came) {
            return events;
        }
        if let Some(events) = self.duplicate(&came) {
            return events;
        }
        let sequence = self.correlate(&came);
        self.create(&came, sequence)
    }

    // 1. Blackout.

    fn blackout(&self, came: &Activation) -> Option<Vec<Event>> {
        let test = came.panel?.state.on_test.as_ref()?;
        let covered = test.covers(&came.signal.source, came.kind, self.ctx.now);
        covered.then(|| self.logged(came.signal, Some(Told::Tested { kind: came.kind })))
    }

    // 2. Duplicate.

    /// An account nobody knows is one row however often it calls, and so is one fault of the receiver's; a known panel's
    /// activations are each their own, until one detector flaps.
    fn duplicate(&self, came: &Activation) -> Option<Vec<Event>> {
        let (source, kind) = (&came.signal.source, came.kind);
        let repeats = |a: &Alarm| {
            let same = a.kind == kind && a.source.remote == source.remote;
            // While it rings, one row says it all. Once somebody has it, only the same again is no news.
            same && match kind {
                AlarmKind::UnknownAccount => a.rings() || a.source.code == source.code,
                // The code says the cause: a wrong key must not hide behind a wrong clock.
                AlarmKind::ReceiverFault => a.source.code == source.code,
                _ => false,
            }
        };
        if let Some(alarm) = self.world.open_alarms_of(&source.account).find(|a| repeats(a)) {
            return Some(vec![repeated(alarm.id, source)]);
        }
        if kind == AlarmKind::UnknownAccount && self.unknown_from(source.remote.as_deref()) >= UNKNOWN_ROWS_MAX {
            return Some(vec![self.one_more_unknown(source)]);
        }
        self.flaps_again(came)
    }

    /// The row of a detector that flaps, if it stands.
    fn flaps_again(&self, came: &Activation) -> Option<Vec<Event>> {
        let (panel, detector) = self.flapping(came)?;
        let alarm = self.world.alarms.get(&detector.alarm).filter(|a| a.is_open())?;
        let source = &came.signal.source;
        let own = Raised { counted_on: Some(alarm.id), ..Raised::plain(came.kind) };
        let id = AlarmId(self.derived("alarm"));
        let mut events = vec![
            activated(panel, came, alarm.id, true),
            // Each activation is on record by itself, whatever row it is counted on.
            self.raised(id, source.clone(), came.signal.text.clone(), own),
            repeated(alarm.id, source),
        ];
        if alarm.flapping.is_none() {
            events.push(self.flap_mark(alarm.id, false));
        }
        Some(events)
    }

    /// The detector, when one more activation of it now is flapping.
    fn flapping<'b>(&self, came: &Activation<'b>) -> Option<(&'b Panel, &'b Detector)> {
        let panel = came.panel.filter(|_| remembered(came.kind))?;
        let rule = self.world.settings.alarms().flap;
        let detector = panel.state.detector(&came.signal.source)?;
        detector.flaps(self.ctx.now, rule).then_some((panel, detector))
    }

    fn flap_mark(&self, alarm: AlarmId, silent: bool) -> Event {
        let quiet_s = self.world.settings.alarms().flap.quiet_minutes * 60;
        event(K::Alarm, alarm, E::AlarmFlapping(AlarmFlapping { quiet_s, silent }))
    }

    /// Fired late, or another came meanwhile: nothing is due any more.
    pub(super) fn flap_ends(&self, due: crate::Instant) -> Decided {
        let alarm = self.world.alarm(self.target()).filter(|a| a.flap_ends_at() == Some(due));
        Ok(alarm.map(|a| event(K::Alarm, a.id, E::AlarmFlapEnded(Empty {}))).into_iter().collect())
    }

    fn unknown_from(&self, remote: Option<&str>) -> usize {
        let unknown = |a: &&Arc<Alarm>| {
            a.kind == AlarmKind::UnknownAccount && a.is_open() && a.source.remote.as_deref() == remote
        };
        self.world.alarms.values().filter(unknown).count()
    }

    /// Somebody trying out accounts, or a gateway that was set up wrongly: one row stands for the rest of its address.
    /// What came is in the log, each signal.
    fn one_more_unknown(&self, source: &SignalSource) -> Event {
        let stands_for_all =
            |a: &&Arc<Alarm>| a.kind == AlarmKind::UnknownAccount && a.source.remote == source.remote && a.rings();
        match self.world.open_alarms_of(MANY).find(stands_for_all) {
            Some(alarm) => repeated(alarm.id, source),
            None => {
                let from = source.remote.as_deref().unwrap_or("one address");
                let text = format!("Many unknown accounts call from {from}; the last is {}", source.account);
                let many = SignalSource { remote: source.remote.clone(), ..own_source(MANY, "MANY") };
                self.raise(AlarmKind::UnknownAccount, many, text)
            }
        }
    }

    // 3. Correlate.

    fn correlate<'b>(&'b self, came: &Activation<'b>) -> Sequence<'b> {
        let policy = came.site.map_or(ConfirmationPolicy::None, |s| s.policy.confirmation);
        let ConfirmationPolicy::Sequential { window_minutes, lower_unconfirmed } = policy else {
            return Sequence::Alone;
        };
        let window = TimeDelta::minutes(window_minutes.into());
        let others = || self.other_detectors(came, window);
        match came.kind {
            AlarmKind::Intruder => match others() {
                others if others.is_empty() => {
                    Sequence::First { until: self.ctx.now + window, lower: lower_unconfirmed }
                }
                others => Sequence::Second { others },
            },
            // The panel has counted by itself.
            AlarmKind::IntruderConfirmed => match others() {
                others if others.is_empty() => Sequence::Alone,
                others => Sequence::Second { others },
            },
            _ => Sequence::Alone,
        }
    }

    /// Other detectors of the site that went off within the window, newest last. Two activations without a zone may be
    /// one detector.
    fn other_detectors<'b>(&'b self, came: &Activation<'b>, window: TimeDelta) -> Vec<&'b Detector> {
        let zone = |z: &Option<String>| z.as_deref().map(plain_number).map(str::to_owned);
        let here = zone(&came.signal.source.zone);
        let panels = self.world.panels.values().filter(|p| p.site.is_some() && p.site == came.site.map(|s| s.id));
        let detectors = panels.flat_map(|p| p.state.detectors.iter().map(move |d| (p, d)));
        let other = |(panel, d): &(&'b Arc<Panel>, &'b Detector)| {
            let elsewhere = came.panel.is_some_and(|own| own.id != panel.id)
                || matches!((zone(&d.zone), &here), (Some(a), Some(b)) if a != *b);
            d.kind == AlarmKind::Intruder && elsewhere && d.last().is_some_and(|last| self.ctx.now - last <= window)
        };
        let mut others: Vec<&Detector> = detectors.filter(other).map(|(_, d)| d).collect();
        others.sort_by_key(|d| d.last());
        others
    }

    // 4. Create.

    fn create(&self, came: &Activation, sequence: Sequence) -> Vec<Event> {
        let id = AlarmId(self.derived("alarm"));
        let flapping = self.flapping(came).is_some();
        let remembered = came.panel.filter(|_| remembered(came.kind));
        let mut events: Vec<Event> = remembered.map(|p| activated(p, came, id, flapping)).into_iter().collect();
        let (priority, confirmation) = match &sequence {
            Sequence::Alone => (came.kind.priority(), None),
            Sequence::First { until, lower } => {
                let base = came.kind.priority();
                (if *lower { base.lower() } else { base }, Some(Confirmation::Unconfirmed { until: *until }))
            }
            Sequence::Second { others } => {
                let place = detector_words(came.site, &came.signal.source.partition, &came.signal.source.zone);
                let with: Vec<AlarmId> = others.iter().map(|d| d.alarm).collect();
                events.extend(self.confirm(&with, id, &place));
                let first = others.last();
                let place = first.map_or_else(String::new, |d| detector_words(came.site, &d.partition, &d.zone));
                let mark = first.map(|d| Confirmation::Confirmed { with: d.alarm, place });
                (AlarmKind::IntruderConfirmed.priority(), mark)
            }
        };
        let text = came.signal.text.clone();
        let raised = Raised { priority, confirmation, ..Raised::plain(came.kind) };
        events.push(self.raised(id, came.signal.source.clone(), text, raised));
        if flapping {
            // The detector rang before; a row that somebody closed meanwhile comes back without a sound.
            events.push(self.flap_mark(id, true));
        }
        events
    }

    /// The alarms that stand of the detectors that were first. One on the shelf comes back: it is an emergency now.
    fn confirm(&self, alarms: &[AlarmId], with: AlarmId, place: &str) -> Vec<Event> {
        let open =
            alarms.iter().filter_map(|id| self.world.alarms.get(id)).filter(|a| a.is_open() && !a.is_confirmed());
        let priority = AlarmKind::IntruderConfirmed.priority();
        open.flat_map(|a| {
            let confirmed = AlarmConfirmed { with, place: place.to_owned(), priority };
            let shelved = a.state == crate::alarm::AlarmState::Shelved;
            let back = shelved.then(|| event(K::Alarm, a.id, E::AlarmUnshelved(Empty {})));
            std::iter::once(event(K::Alarm, a.id, E::AlarmConfirmed(confirmed))).chain(back)
        })
        .collect()
    }

    /// A row for what has no sequence and no detector: our own word, an unknown account.
    pub(super) fn raise(&self, kind: AlarmKind, source: SignalSource, text: String) -> Event {
        let id = AlarmId(self.derived(&format!("alarm{}", if source.code == "TEST" { "-test" } else { "" })));
        self.raised(id, source, text, Raised::plain(kind))
    }

    fn raised(&self, id: AlarmId, source: SignalSource, text: String, what: Raised) -> Event {
        let panel = self.world.panel(&source.account);
        let site = panel.and_then(|p| p.site).and_then(|id| self.world.sites.get(&id));
        let zone_name = match (&source.zone, site) {
            (Some(zone), Some(site)) => site.zone_name(source.partition.as_deref(), zone).map(str::to_owned),
            _ => None,
        };
        let raised = AlarmRaised {
            id,
            kind: what.kind,
            priority: what.priority,
            raised_at: self.believed(source.panel_at),
            source,
            text,
            site: site.map(|s| s.id),
            zone_name,
            confirmation: what.confirmation,
            counted_on: what.counted_on,
        };
        event(K::Alarm, id, E::AlarmRaised(Box::new(raised)))
    }

    /// A panel's own time is believed when it is in the past and less than a day old.
    fn believed(&self, panel_at: Option<crate::Instant>) -> crate::Instant {
        panel_at.filter(|t| *t <= self.ctx.now && self.ctx.now - *t < TimeDelta::days(1)).unwrap_or(self.ctx.now)
    }
}

/// Kinds whose detectors are remembered: what rings each time needs no memory.
fn remembered(kind: AlarmKind) -> bool {
    !kind.is_life_safety() && kind != AlarmKind::IntruderConfirmed
}

fn activated(panel: &Panel, came: &Activation, alarm: AlarmId, flapping: bool) -> Event {
    // The frame itself stands in the alarm's own event.
    let source = SignalSource { raw: String::new(), ..came.signal.source.clone() };
    let activated = PanelActivated { source, kind: came.kind, alarm, flapping };
    event(K::Panel, panel.id, E::PanelActivated(Box::new(activated)))
}

fn repeated(alarm: AlarmId, source: &SignalSource) -> Event {
    event(K::Alarm, alarm, E::AlarmRepeated(AlarmRepeated { source: source.clone() }))
}

/// "Zone 6 hall"
fn detector_words(site: Option<&Site>, partition: &Option<String>, zone: &Option<String>) -> String {
    let Some(zone) = zone else { return "another panel".into() };
    let name = site.and_then(|s| s.zone_name(partition.as_deref(), zone));
    let number = plain_number(zone);
    name.map_or_else(|| format!("Zone {number}"), |name| format!("Zone {number} {name}"))
}

/// What we say ourselves, in the shape of what equipment says.
pub(super) fn own_source(account: &str, code: &str) -> SignalSource {
    SignalSource {
        protocol: SignalSource::OUR_OWN.into(),
        account: account.into(),
        code: code.into(),
        qualifier: "new".into(),
        partition: None,
        zone: None,
        user: None,
        panel_seq: None,
        raw: String::new(),
        remote: None,
        panel_at: None,
        point: None,
    }
}
