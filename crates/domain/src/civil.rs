//! Civil times as instants: what a clock on the wall says, resolved per date.

use crate::Instant;
use crate::settings::Settings;
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The zone of every civil time of this council.
pub fn zone(settings: &Settings) -> Tz {
    settings.zone.parse().unwrap_or(chrono_tz::Europe::London)
}

/// `HH:MM`, 24 hours.
pub fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

/// From one civil time to another as instants, for the date it starts on. It ends on the next day when the end is not
/// after the start.
pub fn span_on(zone: Tz, date: NaiveDate, from: NaiveTime, to: NaiveTime) -> (Instant, Instant) {
    let last_date = if to <= from { date + TimeDelta::days(1) } else { date };
    (resolve(zone, date.and_time(from), false), resolve(zone, last_date.and_time(to), true))
}

/// A civil time as an instant. On the autumn night an hour comes twice: a start is its first, an end its second, so
/// that the span covers both. In spring an hour is missing: the first instant after it.
pub fn resolve(zone: Tz, civil: NaiveDateTime, later: bool) -> Instant {
    match zone.from_local_datetime(&civil) {
        LocalResult::Single(at) => at.with_timezone(&Utc),
        LocalResult::Ambiguous(first, second) => if later { second } else { first }.with_timezone(&Utc),
        LocalResult::None => after_gap(zone, civil),
    }
}

fn after_gap(zone: Tz, civil: NaiveDateTime) -> Instant {
    // No zone skips more than a day; Europe/London skips an hour.
    let found = (1..=24 * 60).find_map(|minutes| {
        let at: DateTime<Tz> = zone.from_local_datetime(&(civil + TimeDelta::minutes(minutes))).earliest()?;
        Some(at.with_timezone(&Utc))
    });
    found.unwrap_or_else(|| civil.and_utc())
}

/// What clocks show in this zone; UTC where the zone is not known.
pub fn local(zone: &str, at: Instant) -> NaiveDateTime {
    zone.parse::<Tz>().map_or_else(|_| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())
}

/// The date there.
pub fn day(zone: &str, at: Instant) -> NaiveDate {
    local(zone, at).date()
}
