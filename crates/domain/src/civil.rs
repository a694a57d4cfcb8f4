//! Civil time of the service: what day and hour an instant is there.

use crate::Instant;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// What clocks show in this zone; UTC where the zone is not known.
pub fn local(zone: &str, at: Instant) -> NaiveDateTime {
    zone.parse::<chrono_tz::Tz>().map_or_else(|_| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())
}

pub fn day(zone: &str, at: Instant) -> NaiveDate {
    local(zone, at).date()
}

/// `22:00`, 24 hours.
pub fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}
