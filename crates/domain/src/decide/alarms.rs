//! Signals from panels, and what operators do with alarms.

use super::{Decided, Decision, event, required};
use crate::alarm::{Alarm, AlarmKind, AlarmState, SignalSource};
use crate::callout::Callout;
use crate::command::{AlarmShelve, EscalationRaise, PanelSilent, Reason, SignalMeaning, SignalReceive};
use crate::event::{
    AlarmRaised, AlarmRepeated, AlarmShelved, Empty, Event, EventBody as E, LineFault, Reasoned, SignalLogged,
};
use crate::id::{AggregateKind as K, AlarmId};
use crate::refusal::Refusal;
use crate::site::Panel;
use chrono::TimeDelta;
use std::sync::Arc;

/// The longest an alarm may be out of sight.
const SHELF_MAX: TimeDelta = TimeDelta::hours(24);

impl<'a> Decision<'a> {
    pub(super) fn signal(&self, signal: &SignalReceive) -> Decided {
        match &signal.meaning {
            SignalMeaning::Alarm { kind } => Ok(vec![self.raise_or_repeat(signal, *kind)]),
            SignalMeaning::Restore => {
                let mut events = vec![self.log_signal(signal)];
                let restored =
                    self.world.open_alarms_of(&signal.source.account).filter(|a| a.matches_restore(&signal.source));
                events.extend(restored.map(|a| event(K::Alarm, a.id, E::AlarmRestored(Empty {}))));
                Ok(events)
            }
            SignalMeaning::Signal | SignalMeaning::Cancel => Ok(vec![self.log_signal(signal)]),
        }
    }

    fn log_signal(&self, signal: &SignalReceive) -> Event {
        let logged = SignalLogged { source: signal.source.clone(), text: signal.text.clone() };
        event(K::Panel, Panel::id_of(&signal.source.account), E::SignalLogged(logged))
    }

    /// An account nobody knows is one row however often it calls, and so is one fault of the receiver's; a known panel's
    /// activations are each their own.
    fn raise_or_repeat(&self, signal: &SignalReceive, kind: AlarmKind) -> Event {
        let grouped = matches!(kind, AlarmKind::UnknownAccount | AlarmKind::ReceiverFault);
        // Of a fault the code says the cause: a wrong key must not hide behind a wrong clock.
        let cause = |source: &SignalSource| (kind == AlarmKind::ReceiverFault).then(|| source.code.clone());
        let same = |a: &&Arc<Alarm>| {
            a.kind == kind && a.source.remote == signal.source.remote && cause(&a.source) == cause(&signal.source)
        };
        match self.world.open_alarms_of(&signal.source.account).filter(|_| grouped).find(same) {
            Some(alarm) => event(K::Alarm, alarm.id, E::AlarmRepeated(AlarmRepeated { source: signal.source.clone() })),
            None => self.raise(kind, signal.source.clone(), signal.text.clone()),
        }
    }

    fn raise(&self, kind: AlarmKind, source: SignalSource, text: String) -> Event {
        let panel = self.world.panel(&source.account);
        let site = panel.and_then(|p| p.site).and_then(|id| self.world.sites.get(&id));
        let zone_name = match (&source.zone, site) {
            (Some(zone), Some(site)) => site.zone_name(source.partition.as_deref(), zone).map(str::to_owned),
            _ => None,
        };
        let id = AlarmId(self.derived("alarm"));
        let raised = AlarmRaised {
            id,
            kind,
            priority: kind.priority(),
            raised_at: self.believed(source.panel_at),
            source,
            text,
            site: site.map(|s| s.id),
            zone_name,
        };
        event(K::Alarm, id, E::AlarmRaised(Box::new(raised)))
    }

    /// A panel's own time is believed when it is in the past and less than a day old.
    fn believed(&self, panel_at: Option<crate::Instant>) -> crate::Instant {
        panel_at.filter(|t| *t <= self.ctx.now && self.ctx.now - *t < TimeDelta::days(1)).unwrap_or(self.ctx.now)
    }

    fn panel(&self) -> Result<&'a Arc<Panel>, Refusal> {
        self.world.panel(self.target()).ok_or_else(|| Refusal::not_found("panel", self.target()))
    }

    pub(super) fn panel_silent(&self, silent: &PanelSilent) -> Decided {
        let panel = self.panel()?;
        if panel.line_fault_since.is_some() {
            return Ok(vec![]);
        }
        let source = own_source(&panel.account, "LINE");
        let text = "The panel has gone silent".to_owned();
        Ok(vec![
            event(K::Panel, panel.id, E::LineFault(LineFault { since: silent.since })),
            self.raise(AlarmKind::LineFault, source, text),
        ])
    }

    pub(super) fn panel_heard(&self) -> Decided {
        let panel = self.panel()?;
        if panel.line_fault_since.is_none() {
            return Ok(vec![]);
        }
        let mut events = vec![event(K::Panel, panel.id, E::LineRestored(Empty {}))];
        let faults = self
            .world
            .open_alarms_of(&panel.account)
            .filter(|a| a.kind == AlarmKind::LineFault && a.restored_at.is_none());
        events.extend(faults.map(|a| event(K::Alarm, a.id, E::AlarmRestored(Empty {}))));
        Ok(events)
    }

    fn alarm(&self) -> Result<&'a Arc<Alarm>, Refusal> {
        let alarm = self.world.alarm(self.target()).ok_or_else(|| Refusal::not_found("alarm", self.target()))?;
        if alarm.state == AlarmState::Closed {
            return Err(Refusal::new("alarm_closed", "This alarm is closed already.").mend("Look in the records."));
        }
        Ok(alarm)
    }

    pub(super) fn alarm_view(&self) -> Decided {
        let alarm = self.alarm()?;
        match alarm.state {
            AlarmState::New => self.one(K::Alarm, alarm.id, E::AlarmViewed(Empty {})),
            _ => Ok(vec![]),
        }
    }

    pub(super) fn alarm_take(&self) -> Decided {
        let alarm = self.alarm()?;
        if let Some(taken) = alarm.taken.as_ref().filter(|_| alarm.state == AlarmState::Taken) {
            if taken.by == self.ctx.author.account {
                return Ok(vec![]);
            }
            let name = self.world.accounts.get(&taken.by).map_or("somebody else", |a| a.name.as_str());
            return Err(Refusal::new("already_taken", format!("This alarm is with {name} already."))
                .mend("Speak to them, or work on the next one."));
        }
        let mut events = vec![event(K::Alarm, alarm.id, E::AlarmTaken(Empty {}))];
        let site = alarm.site.and_then(|id| self.world.sites.get(&id));
        if let Some(site) = site
            && alarm.callout.is_none()
            && alarm.kind.needs_attendance()
            && site.policy.callout_on_take
        {
            events.extend(self.open_for_alarm(alarm, site)?);
        }
        Ok(events)
    }

    pub(super) fn alarm_shelve(&self, shelve: &AlarmShelve) -> Decided {
        let alarm = self.alarm()?;
        required(&shelve.reason, "The reason")?;
        let length = shelve.until - self.ctx.now;
        if length <= TimeDelta::zero() || length > SHELF_MAX {
            return Err(Refusal::new("bad_shelf_time", "An alarm is shelved until a time within the next 24 hours.")
                .mend("Choose a later or nearer time."));
        }
        if alarm.kind.priority() == crate::alarm::Priority::P1 {
            return Err(Refusal::new("not_shelvable", "An emergency cannot be put aside.")
                .mend("Take it, then stand its call-out down with the reason."));
        }
        let shelved = AlarmShelved { until: shelve.until, reason: shelve.reason.clone() };
        self.one(K::Alarm, alarm.id, E::AlarmShelved(shelved))
    }

    pub(super) fn alarm_close(&self, close: &Reason) -> Decided {
        let alarm = self.alarm()?;
        required(&close.reason, "The reason")?;
        let open = alarm.callout.and_then(|id| self.world.callouts.get(&id)).filter(|c| c.is_open());
        if let Some(callout) = open {
            return Err(Refusal::new("callout_open", format!("{} still answers this alarm.", callout.number))
                .mend("It closes with the call-out; stand that down if nobody is needed."));
        }
        self.one(K::Alarm, alarm.id, E::AlarmClosed(Reasoned { reason: close.reason.clone() }))
    }

    /// The alarm of a call-out that is over closes with it.
    pub(super) fn close_alarm_of(&self, callout: &Callout, reason: &str) -> Option<Event> {
        let alarm = self.world.alarms.get(&callout.alarm?).filter(|a| a.is_open())?;
        Some(event(K::Alarm, alarm.id, E::AlarmClosed(Reasoned { reason: reason.into() })))
    }

    /// Fired late, twice or for an alarm taken or closed meanwhile: nothing is due any more.
    pub(super) fn shelf_ends(&self, due: crate::Instant) -> Decided {
        let shelved = self.world.alarm(self.target()).filter(|a| a.state == AlarmState::Shelved);
        match shelved.and_then(|alarm| Some((alarm, alarm.shelved.as_ref()?))) {
            Some((alarm, shelved)) if shelved.until == due => self.one(K::Alarm, alarm.id, E::AlarmUnshelved(Empty {})),
            _ => Ok(vec![]),
        }
    }

    /// An emergency on a call-out that is over: it may be the phone that does not know yet, it may be the way home.
    /// Nothing is refused that somebody pressed for help; it rings as an alarm of its own.
    pub(super) fn emergency_after(&self, callout: &Callout, raise: &EscalationRaise) -> Event {
        let officer = self.ctx.author.officer.or(self.command.on_behalf_of);
        let sign = officer.and_then(|id| callout.assignment_of(id)).or_else(|| callout.lead());
        let sign = sign.map_or("an officer", |a| a.call_sign.as_str());
        let source = SignalSource { point: raise.point, ..own_source(sign, "EMERGENCY") };
        let id = AlarmId(self.derived("alarm"));
        let raised = AlarmRaised {
            id,
            kind: AlarmKind::OfficerEmergency,
            priority: AlarmKind::OfficerEmergency.priority(),
            source,
            text: format!("Emergency from {sign} after {} was over", callout.number),
            site: callout.site,
            zone_name: None,
            raised_at: self.ctx.at,
        };
        event(K::Alarm, id, E::AlarmRaised(Box::new(raised)))
    }
}

/// What we say ourselves, in the shape of what equipment says.
fn own_source(account: &str, code: &str) -> SignalSource {
    SignalSource {
        protocol: "watchhouse".into(),
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
