//! Times of a call as an exchange's list has them: civil times, or instants.

use crate::Instant;
use crate::civil;
use chrono::{NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// A call's own id begins with the second it began in; a list is written when it ends, and clocks may be set between.
const SAME_MOMENT: TimeDelta = TimeDelta::minutes(5);

/// Reads `2026-11-22 21:14:05` in the council's zone, or an instant in RFC 3339. `unique` is the exchange's own id, which
/// begins with seconds since 1970: it tells which of two readings is meant in the hour that comes twice, and whether the
/// list is kept in UTC.
pub fn instant(text: &str, zone: Tz, unique: &str) -> Option<Instant> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Instant>() {
        return Some(at);
    }
    let civil = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    let local = civil::resolve(zone, civil, false);
    let Some(began) = began(unique) else {
        return Some(local);
    };
    let readings = [local, civil::resolve(zone, civil, true), civil.and_utc()];
    let near = readings.into_iter().filter(|at| (*at - began).abs() <= SAME_MOMENT);
    Some(near.min_by_key(|at| (*at - began).abs()).unwrap_or(local))
}

/// How the whole list of a call is shifted: told by its first time, and the same for the others.
pub fn reading(start: &str, zone: Tz, unique: &str) -> Option<impl Fn(&str) -> Option<Instant>> {
    let first = instant(start, zone, unique)?;
    let civil = NaiveDateTime::parse_from_str(start.trim(), "%Y-%m-%d %H:%M:%S").ok();
    let shift = civil.map(|civil| first - civil.and_utc());
    Some(move |text: &str| {
        let text = text.trim();
        if let Ok(at) = text.parse::<Instant>() {
            return Some(at);
        }
        let later = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
        // A call across the change of clocks is minutes long: its end is after its start all the same.
        let shifted = shift.map(|shift| later.and_utc() + shift)?;
        Some(if shifted < first { civil::resolve(zone, later, true) } else { shifted })
    })
}

/// `1732310045.17`, or with a system's name before it: `pbx-1732310045.17`.
fn began(unique: &str) -> Option<Instant> {
    let seconds = unique.rsplit('-').next()?.split('.').next()?;
    chrono::DateTime::<Utc>::from_timestamp(seconds.parse().ok().filter(|s| *s > 100_000_000)?, 0)
}
