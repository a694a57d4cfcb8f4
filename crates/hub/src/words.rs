//! Civil times and sentences for people.

use chrono::{DateTime, LocalResult, TimeZone};
use chrono_tz::Tz;
use domain::Instant;
use domain::callout::facts::secure_words;
use domain::callout::{Assignment, Callout};
use domain::command::{DraDecision, EntryVerdict};
use domain::geo::Point;

/// A time as a person reads it, in the service's zone.
#[derive(Clone, Copy)]
pub struct Civil(Tz);

impl Civil {
    pub fn new(zone: &str) -> Self {
        Self(zone.parse().unwrap_or(chrono_tz::Europe::London))
    }

    fn at(self, t: Instant) -> DateTime<Tz> {
        t.with_timezone(&self.0)
    }

    /// `21:45`; in the hour that happens twice `01:30 BST`.
    pub fn clock(self, t: Instant) -> String {
        let at = self.at(t);
        let twice = matches!(self.0.from_local_datetime(&at.naive_local()), LocalResult::Ambiguous(..));
        at.format(if twice { "%H:%M %Z" } else { "%H:%M" }).to_string()
    }

    /// `21:45:09 GMT`: with the zone's word, so that the repeated hour of autumn reads.
    pub fn exact(self, t: Instant) -> String {
        self.at(t).format("%H:%M:%S %Z").to_string()
    }

    /// `22 November 2026, 21:45:09 GMT`
    pub fn full(self, t: Instant) -> String {
        self.at(t).format("%-d %B %Y, %H:%M:%S %Z").to_string()
    }

    /// `22 November 2026`
    pub fn date(self, t: Instant) -> String {
        self.at(t).format("%-d %B %Y").to_string()
    }
}

pub fn grid_reference(point: Point) -> Option<String> {
    domain::grid::grid_reference(point)
}

/// A report to start from: what the record says, in the first person, for the officer to correct and complete.
pub fn draft(callout: &Callout, assignment: &Assignment, zone: &str) -> String {
    let civil = Civil::new(zone);
    let mut text = Vec::new();
    if let Some(at) = assignment.accepted_at {
        let what = callout.title.to_lowercase();
        text.push(format!("On {} at {} I accepted {} ({what}).", civil.date(at), civil.clock(at), callout.number));
    }
    if let Some(arrived) = &assignment.arrived {
        text.push(format!("I arrived at {}.", civil.clock(arrived.confirmed_at.unwrap_or(arrived.at))));
    }
    if let Some(dra) = assignment.assessment() {
        let words = match dra.what.decision {
            DraDecision::Proceed => "it was safe to go on",
            DraDecision::ProceedWithControls => "I went on with controls",
            DraDecision::ExternalOnly => "I stayed outside",
            DraDecision::Wait => "I waited",
            DraDecision::Withdraw => "I withdrew",
        };
        text.push(format!("I assessed the risk at {}: {words}.", civil.clock(dra.at)));
    }
    let issues: Vec<&str> = callout
        .inspections
        .values()
        .flat_map(|i| &i.findings)
        .filter(|f| f.result == domain::command::FindingResult::Issue)
        .map(|f| f.what.as_str())
        .collect();
    if !callout.inspections.is_empty() {
        text.push(match issues.is_empty() {
            true => "The inspection found everything in order.".into(),
            false => format!("The inspection found something to note at: {}.", issues.join(", ")),
        });
    }
    if let Some(entry) = &callout.forced_entry {
        text.push(
            match entry.what.verdict {
                EntryVerdict::None => "There was no sign of forced entry.",
                EntryVerdict::Attempted => "Somebody had tried to get in.",
                EntryVerdict::Entry => "Somebody had got in.",
                EntryVerdict::CannotTell => "I could not tell whether somebody had got in.",
            }
            .into(),
        );
    }
    for (step, ask, answers) in callout.asked() {
        let Some(last) = answers.last() else { continue };
        let note = if last.what.note.is_empty() { String::new() } else { format!(" ({})", last.what.note) };
        text.push(format!("{} at {}: {}{note}.", step.title, civil.clock(last.at), ask.words(&last.what.choices)));
    }
    for skip in callout.skipped.values() {
        let title = callout.known_procedure().ok().and_then(|p| p.step(&skip.what.step)).map(|s| s.title.as_str());
        text.push(format!("I left out “{}”: {}.", title.unwrap_or(&skip.what.step), skip.what.reason));
    }
    if let Some(secured) = &callout.secured {
        text.push(format!("I left at {}: {}.", civil.clock(secured.at), secure_words(secured.what.status)));
    }
    text.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_that_comes_twice_in_autumn_reads_with_its_zone() {
        let civil = Civil::new("Europe/London");
        let first: Instant = "2026-10-25T00:30:00Z".parse().unwrap();
        let second: Instant = "2026-10-25T01:30:00Z".parse().unwrap();
        assert_eq!(civil.exact(first), "01:30:00 BST");
        assert_eq!(civil.exact(second), "01:30:00 GMT");
        // The words of a draft say it only where it is needed.
        assert_eq!((civil.clock(first), civil.clock(second)), ("01:30 BST".into(), "01:30 GMT".into()));
        let before: Instant = "2026-10-24T23:59:00Z".parse().unwrap();
        let after: Instant = "2026-10-25T02:00:00Z".parse().unwrap();
        assert_eq!((civil.clock(before), civil.clock(after)), ("00:59".into(), "02:00".into()));
    }
}
