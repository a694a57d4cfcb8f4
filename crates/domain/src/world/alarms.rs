//! How alarm events change the world.

use super::World;
use crate::alarm::{Alarm, AlarmState, Closed, Confirmation, Flapping, Shelved, Taken};
use crate::event::{AlarmFlapping, EventBody as E, Recorded};
use crate::id::AlarmId;
use std::sync::Arc;

pub(super) fn evolve(world: &mut World, event: &Recorded) {
    let id = AlarmId(event.stream.id);
    if let E::AlarmRaised(raised) = &event.body {
        let alarm = Alarm {
            id,
            kind: raised.kind,
            priority: raised.priority,
            state: if raised.counted_on.is_some() { AlarmState::Closed } else { AlarmState::New },
            source: raised.source.clone(),
            text: raised.text.clone(),
            site: raised.site,
            zone_name: raised.zone_name.clone(),
            raised_at: raised.raised_at,
            received_at: event.recorded_at,
            seq: event.seq,
            repeats: 0,
            last_repeat_at: None,
            restored_at: None,
            viewed_at: None,
            taken: None,
            shelved: None,
            closed: raised.counted_on.map(|_| Closed {
                by: event.by.account,
                at: event.at,
                reason: "Counted on the row of its detector, which flaps".into(),
            }),
            callout: None,
            incident: None,
            confirmation: raised.confirmation.clone(),
            flapping: None,
            counted_on: raised.counted_on,
        };
        world.alarms.insert(id, Arc::new(alarm));
        return;
    }
    let Some(alarm) = world.alarms.get_mut(&id) else {
        return;
    };
    let alarm = Arc::make_mut(alarm);
    let (by, at) = (event.by.account, event.at);
    match &event.body {
        E::AlarmRepeated(_) => {
            alarm.repeats += 1;
            alarm.last_repeat_at = Some(at);
            // What came again is not over.
            alarm.restored_at = None;
        }
        E::AlarmRestored(_) => alarm.restored_at = Some(at),
        E::AlarmViewed(_) => {
            alarm.viewed_at.get_or_insert(at);
            if alarm.state == AlarmState::New {
                alarm.state = AlarmState::Viewed;
            }
        }
        E::AlarmTaken(_) => {
            alarm.state = AlarmState::Taken;
            alarm.shelved = None;
            alarm.taken = Some(Taken { by, at });
        }
        E::AlarmShelved(shelved) => {
            alarm.state = AlarmState::Shelved;
            alarm.shelved = Some(Shelved { by, at, until: shelved.until, reason: shelved.reason.clone() });
        }
        E::AlarmUnshelved(_) => {
            alarm.shelved = None;
            alarm.state = if alarm.taken.is_some() { AlarmState::Taken } else { AlarmState::New };
        }
        E::AlarmClosed(closed) => {
            alarm.state = AlarmState::Closed;
            alarm.closed = Some(Closed { by, at, reason: closed.reason.clone() });
        }
        E::AlarmLinked(linked) => {
            alarm.callout = Some(linked.callout);
            alarm.incident = Some(linked.incident);
        }
        E::AlarmConfirmed(confirmed) => {
            let (with, place) = (confirmed.with, confirmed.place.clone());
            alarm.confirmation = Some(Confirmation::Confirmed { with, place });
            alarm.priority = alarm.priority.min(confirmed.priority);
        }
        E::AlarmFlapping(flapping) => {
            let AlarmFlapping { quiet_s, silent } = *flapping;
            alarm.flapping = Some(Flapping { since: at, quiet_s, silent });
        }
        E::AlarmFlapEnded(_) => alarm.flapping = None,
        other => debug_assert!(false, "{} in an alarm stream", other.kind()),
    }
}
