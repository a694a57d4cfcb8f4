//! What operators do with alarms, and emergencies that become one. What panels send is in `signals`.

use super::signals::own_source;
use super::{Decided, Decision, event, required};
use crate::alarm::{Alarm, AlarmKind, AlarmState, SignalSource};
use crate::callout::Callout;
use crate::callout::checks::check_text;
use crate::command::{AlarmShelve, AlarmTake, EscalationRaise, OfficerEmergency, Reason, Role};
use crate::event::{
    AlarmJoined, AlarmLinked, AlarmRaised, AlarmShelved, Empty, Event, EventBody as E, IncidentOpened, Reasoned,
};
use crate::id::{AggregateKind as K, AlarmId, SiteId};
use crate::refusal::Refusal;
use crate::site::Site;
use chrono::TimeDelta;
use std::sync::Arc;

/// The longest an alarm may be out of sight.
const SHELF_MAX: TimeDelta = TimeDelta::hours(24);

impl<'a> Decision<'a> {
    /// What is done to an activation that was counted on a row is done to the row.
    fn alarm(&self) -> Result<&'a Arc<Alarm>, Refusal> {
        let named = self.world.alarm(self.target()).ok_or_else(|| Refusal::not_found("alarm", self.target()))?;
        let alarm = named.counted_on.and_then(|row| self.world.alarms.get(&row)).unwrap_or(named);
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

    pub(super) fn alarm_take(&self, take: &AlarmTake) -> Decided {
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
            events.extend(match self.answering(site) {
                Some(callout) => join(alarm, callout),
                None => self.open_for_alarm(alarm, site, take.provisional.as_deref())?,
            });
        }
        Ok(events)
    }

    /// The call-out that is at this site already, while somebody may still look at one more thing there.
    fn answering(&self, site: &Site) -> Option<&'a Arc<Callout>> {
        let may_look = |c: &Callout| c.lead().is_none_or(|lead| lead.left_at.is_none());
        self.world.callouts.values().rev().find(|c| c.site == Some(site.id) && !c.is_over() && may_look(c))
    }

    pub(super) fn alarm_shelve(&self, shelve: &AlarmShelve) -> Decided {
        let alarm = self.alarm()?;
        required(&shelve.reason, "The reason")?;
        let length = shelve.until - self.ctx.now;
        if length <= TimeDelta::zero() || length > SHELF_MAX {
            return Err(Refusal::new("bad_shelf_time", "An alarm is shelved until a time within the next 24 hours.")
                .mend("Choose a later or nearer time."));
        }
        if alarm.priority.min(alarm.kind.priority()) == crate::alarm::Priority::P1 {
            return Err(Refusal::new("not_shelvable", "An emergency cannot be put aside.")
                .mend("Take it, then stand its call-out down with the reason."));
        }
        let shelved = AlarmShelved { until: shelve.until, reason: shelve.reason.clone() };
        self.one(K::Alarm, alarm.id, E::AlarmShelved(shelved))
    }

    pub(super) fn alarm_close(&self, close: &Reason) -> Decided {
        let counted = |a: &&Arc<Alarm>| a.counted_on.is_some();
        let alarm = match (self.alarm(), self.world.alarm(self.target()).filter(counted)) {
            // It went with its row already.
            (Err(_), Some(_)) => return Ok(vec![]),
            (alarm, _) => alarm?,
        };
        required(&close.reason, "The reason")?;
        let open = alarm.callout.and_then(|id| self.world.callouts.get(&id)).filter(|c| c.is_open());
        if let Some(callout) = open {
            return Err(Refusal::new("callout_open", format!("{} still answers this alarm.", callout.number))
                .mend("It closes with the call-out; stand that down if nobody is needed."));
        }
        self.one(K::Alarm, alarm.id, E::AlarmClosed(Reasoned { reason: close.reason.clone() }))
    }

    /// The alarms of a call-out that is over close with it.
    pub(super) fn close_alarms_of(&self, callout: &Callout, reason: &str) -> impl Iterator<Item = Event> {
        let alarms = callout.alarm.iter().chain(&callout.joined).filter_map(|id| self.world.alarms.get(id));
        let open = alarms.filter(|a| a.is_open());
        open.map(move |a| event(K::Alarm, a.id, E::AlarmClosed(Reasoned { reason: reason.into() })))
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
        let text = format!("Emergency from {sign} after {} was over", callout.number);
        self.emergency_alarm(sign, text, raise.point, callout.site)
    }

    /// The emergency button away from any call-out. One that is on a call-out belongs there: that is where help goes.
    pub(super) fn officer_emergency(&self, emergency: &OfficerEmergency) -> Decided {
        let target = self.target();
        let officer = self.world.officer(target).ok_or_else(|| Refusal::not_found("officer", target))?;
        if self.ctx.author.role == Role::Officer && self.ctx.author.officer != Some(officer.id) {
            return Err(
                Refusal::new("not_allowed", "An officer calls for help in his or her own name.").mend("Call control.")
            );
        }
        check_text(&emergency.reason)?;
        if let Some(callout) = self.world.callout_of(officer.id) {
            let reason = emergency.reason.clone();
            let raised = EscalationRaise { level: 3, reason, emergency: true, point: emergency.point };
            let mut events = self.escalated(callout, raised, None);
            events.extend(self.back_up(callout, 3));
            return Ok(events);
        }
        let unit = officer.shift.as_ref().and_then(|s| self.world.units.get(&s.unit));
        let sign = unit.map_or(officer.reference.as_str(), |u| u.call_sign.as_str());
        let text = format!("Emergency from {sign}, on no call-out");
        Ok(vec![self.emergency_alarm(sign, text, emergency.point, None)])
    }

    fn emergency_alarm(
        &self,
        sign: &str,
        text: String,
        point: Option<crate::geo::Point>,
        site: Option<SiteId>,
    ) -> Event {
        let source = SignalSource { point, ..own_source(sign, "EMERGENCY") };
        let id = AlarmId(self.derived("alarm"));
        let raised = AlarmRaised {
            id,
            kind: AlarmKind::OfficerEmergency,
            priority: AlarmKind::OfficerEmergency.priority(),
            source,
            text,
            site,
            zone_name: None,
            raised_at: self.ctx.at,
            confirmation: None,
            counted_on: None,
        };
        event(K::Alarm, id, E::AlarmRaised(Box::new(raised)))
    }
}

/// Two doors of one building are one call-out: the officer there looks at both.
fn join(alarm: &Alarm, callout: &Callout) -> Vec<Event> {
    let opened = IncidentOpened { id: callout.incident, alarm: Some(alarm.id), callout: None, call: None };
    let joined = AlarmJoined {
        alarm: alarm.id,
        kind: alarm.kind,
        priority: alarm.priority,
        place: alarm.zone_name.clone().or_else(|| alarm.source.zone.as_ref().map(|z| format!("zone {z}"))),
    };
    vec![
        event(K::Incident, callout.incident, E::IncidentOpened(opened)),
        event(K::Callout, callout.id, E::AlarmJoined(joined)),
        event(K::Alarm, alarm.id, E::AlarmLinked(AlarmLinked { callout: callout.id, incident: callout.incident })),
    ]
}
