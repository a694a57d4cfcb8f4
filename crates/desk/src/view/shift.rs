//! The running or next shift as instants, from civil times resolved per date.

use super::instant;
use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use domain::settings::Settings;
use domain::{Instant, civil};
use protocol::call::HoursView;
use protocol::view::ShiftClock;

pub fn shift_clock(settings: &Settings, now: Instant) -> ShiftClock {
    let zone = civil::zone(settings);
    let (start, end) = (settings.shift_start.clone(), settings.shift_end.clone());
    let shift = civil::time(&start).zip(civil::time(&end)).and_then(|(from, to)| running_or_next(zone, from, to, now));
    let (starts_at, ends_at) = shift.map_or_else(Default::default, |(s, e)| (instant(s), instant(e)));
    ShiftClock { start, end, starts_at, ends_at, hours: hours(settings) }
}

/// As the form that sets them needs them.
pub fn hours(settings: &Settings) -> HoursView {
    let hours = settings.service_hours.clone();
    HoursView { start: hours.start, end: hours.end, outside: hours.outside, telephone: hours.telephone }
}

/// The first shift that is not over, looking from the day before: a shift belongs to the date it starts on.
fn running_or_next(zone: Tz, from: NaiveTime, to: NaiveTime, now: Instant) -> Option<(Instant, Instant)> {
    let today = now.with_timezone(&zone).date_naive();
    (-1..=1).find_map(|days| {
        let date = today + TimeDelta::days(days);
        let (start, end) = civil::span_on(zone, date, from, to);
        (end > now).then_some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::civil::resolve;

    fn check(now: &str, start: &str, end: &str, hours: i64) {
        let clock = shift_clock(&Settings::default(), now.parse().unwrap());
        let at = |text: &str| text.parse::<Instant>().unwrap();
        assert_eq!((at(&clock.starts_at), at(&clock.ends_at)), (at(start), at(end)), "at {now}");
        assert_eq!((at(&clock.ends_at) - at(&clock.starts_at)).num_hours(), hours);
    }

    #[test]
    fn the_shift_is_ten_hours_in_spring_and_twelve_in_autumn() {
        check("2026-03-28T23:00:00Z", "2026-03-28T16:00:00Z", "2026-03-29T02:00:00Z", 10);
        check("2027-03-28T01:30:00Z", "2027-03-27T16:00:00Z", "2027-03-28T02:00:00Z", 10);
        check("2026-10-25T02:59:59Z", "2026-10-24T15:00:00Z", "2026-10-25T03:00:00Z", 12);
        check("2027-10-30T20:00:00Z", "2027-10-30T15:00:00Z", "2027-10-31T03:00:00Z", 12);
        check("2026-11-21T21:49:00Z", "2026-11-21T16:00:00Z", "2026-11-22T03:00:00Z", 11);
    }

    #[test]
    fn between_shifts_the_next_one_is_shown() {
        check("2026-11-22T03:00:00Z", "2026-11-22T16:00:00Z", "2026-11-23T03:00:00Z", 11);
        // The evening of the change belongs to the new time.
        check("2026-03-29T02:00:00Z", "2026-03-29T15:00:00Z", "2026-03-30T02:00:00Z", 11);
    }

    #[test]
    fn an_end_in_the_missing_hour_is_the_first_instant_after_it() {
        let zone = chrono_tz::Europe::London;
        let civil = "2026-03-29T01:30:00".parse().unwrap();
        assert_eq!(resolve(zone, civil, true), "2026-03-29T01:00:00Z".parse::<Instant>().unwrap());
        let twice = "2026-10-25T01:30:00".parse().unwrap();
        assert_eq!(resolve(zone, twice, false), "2026-10-25T00:30:00Z".parse::<Instant>().unwrap());
        assert_eq!(resolve(zone, twice, true), "2026-10-25T01:30:00Z".parse::<Instant>().unwrap());
    }
}
