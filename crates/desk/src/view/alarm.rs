//! One row of the alarm list.

use super::{Scene, instant, wire_name};
use domain::alarm::{Alarm, Confirmation};
use domain::id::{AggregateKind, Stream};
use domain::site::plain_number;
use protocol::alarms::ConfirmationView;
use protocol::view::AlarmRow;

pub fn alarm_row(scene: &Scene, alarm: &Alarm) -> AlarmRow {
    let world = scene.world();
    let site = alarm.site.and_then(|id| world.sites.get(&id)).map(|s| s.as_ref());
    let stream = Stream::new(AggregateKind::Alarm, alarm.id);
    let point = site.map(|s| s.point).or(alarm.source.point.filter(|p| p.is_valid()));
    let mut text = alarm.text.clone();
    if scene.needs_newer(stream) {
        text += " · needs a newer program";
    }
    let [first, second] = world.settings.alarms().ageing_of(alarm.priority);
    AlarmRow {
        id: alarm.id.to_string(),
        priority: alarm.priority.into(),
        title: alarm.kind.title().into(),
        place: site.map_or_else(|| unknown_place(alarm), |s| s.name.clone()),
        estate: world.estate_name(site).to_owned(),
        zone: zone_words(alarm),
        signal: signal(alarm),
        text,
        state: wire_name(alarm.state),
        raised_at: instant(alarm.raised_at),
        received_at: instant(alarm.received_at),
        ages_after_s: [first as i32, second as i32],
        repeats: alarm.repeats,
        restored_at: alarm.restored_at.map(instant),
        taken_at: alarm.taken.as_ref().map(|t| instant(t.at)),
        taken_by: alarm.taken.as_ref().map(|t| scene.account_name(t.by)),
        shelved_until: alarm.shelved.as_ref().map(|s| instant(s.until)),
        shelved_reason: alarm.shelved.as_ref().map(|s| s.reason.clone()),
        callout: alarm.callout.map(|c| c.to_string()),
        lat: point.map(|p| p.lat),
        lon: point.map(|p| p.lon),
        site: site.map(|s| s.id.to_string()),
        response: site.map_or_else(String::new, |s| s.response.clone()),
        opens_callout: alarm.callout.is_none()
            && alarm.kind.needs_attendance()
            && site.is_some_and(|s| s.policy.callout_on_take),
        rings: alarm.rings(),
        pending: scene.is_pending(stream),
        account: alarm.source.account.clone(),
        confirmation: alarm.confirmation.as_ref().map(confirmation),
        flapping: alarm.flapping.is_some(),
        life_safety: alarm.kind.is_life_safety(),
    }
}

fn confirmation(confirmation: &Confirmation) -> ConfirmationView {
    match confirmation {
        Confirmation::Unconfirmed { until } => {
            ConfirmationView { confirmed: false, until: Some(instant(*until)), place: String::new() }
        }
        Confirmation::Confirmed { place, .. } => {
            ConfirmationView { confirmed: true, until: None, place: place.clone() }
        }
    }
}

/// As it came; what we say ourselves has only its meaning.
fn signal(alarm: &Alarm) -> String {
    let source = &alarm.source;
    if source.is_our_own() {
        return String::new();
    }
    [&source.protocol, &source.code].map(|s| s.as_str()).join(" ").trim().to_owned()
}

/// What is known of the place when the panel belongs to no site.
fn unknown_place(alarm: &Alarm) -> String {
    match alarm.source.account.as_str() {
        "" => "Place not known".into(),
        account if alarm.source.is_our_own() && alarm.source.code == "EMERGENCY" => account.into(),
        account => format!("Account {account}"),
    }
}

/// "Zone 3 reception"
fn zone_words(alarm: &Alarm) -> String {
    match (&alarm.source.zone, &alarm.zone_name) {
        (Some(zone), Some(name)) => format!("Zone {} {name}", plain_number(zone)),
        (Some(zone), None) => format!("Zone {}", plain_number(zone)),
        (None, Some(name)) => name.clone(),
        (None, None) => String::new(),
    }
}
