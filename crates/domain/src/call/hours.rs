//! When calls are taken, and what is said at other times. A notice, never a lock: an emergency is taken at any time.

use crate::Instant;
use crate::civil;
use crate::settings::{ServiceHours, Settings};
use chrono::TimeDelta;

/// Whether calls are taken at this moment. Hours that cannot be read close nothing.
pub fn is_service(settings: &Settings, at: Instant) -> bool {
    let hours = &settings.service_hours;
    let (Some(from), Some(to)) = (civil::time(&hours.start), civil::time(&hours.end)) else {
        return true;
    };
    if from == to {
        return true;
    }
    let zone = civil::zone(settings);
    let today = at.with_timezone(&zone).date_naive();
    // A service belongs to the date it starts on, so after midnight it is yesterday's.
    (-1..=0).any(|days| {
        let (start, end) = civil::span_on(zone, today + TimeDelta::days(days), from, to);
        start <= at && at < end
    })
}

/// What to give a caller outside the hours, if anything was set: a sentence, and a number.
pub fn alternative(hours: &ServiceHours) -> Option<String> {
    let parts = [hours.outside.trim(), hours.telephone.trim()];
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
