//! What was found and where: one numbering for the desk, the plan and the report.

use super::Callout;
use super::checks::check_digest;
use crate::command::{EntryVerdict, FindingResult, InspectionSection, OpeningResult, PlanPin, Severity, Spot, WALKED};
use crate::documents::Elevation;
use crate::refusal::Refusal;
use crate::site::FLOORS_MAX;

/// One thing that was found and has to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    /// From 1, outside before inside before openings.
    pub n: u32,
    pub kind: FoundKind,
    /// `doors`, `window` …
    pub what: &'a str,
    pub place: Option<&'a Spot>,
    pub note: &'a str,
    pub pictures: &'a [String],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundKind {
    /// An issue of the inspection.
    Issue(InspectionSection, Option<Severity>),
    /// An opening that shows force.
    Opening(OpeningResult),
}

impl Callout {
    /// Everything that was found, numbered. What was in order has no number.
    pub fn found(&self) -> Vec<Found<'_>> {
        let findings = self.inspections.iter().flat_map(|(section, i)| i.findings.iter().map(|f| (*section, f)));
        let issues = findings.filter(|(_, f)| f.result == FindingResult::Issue).map(|(section, f)| Found {
            n: 0,
            kind: FoundKind::Issue(section, f.severity),
            what: &f.what,
            place: f.place.as_ref(),
            note: &f.note,
            pictures: &f.pictures,
        });
        let openings = self.forced_entry.iter().flat_map(|record| &record.what.openings);
        let openings = openings.filter(|o| o.result.shows_force()).map(|o| Found {
            n: 0,
            kind: FoundKind::Opening(o.result),
            what: &o.what,
            place: o.place.as_ref(),
            note: &o.note,
            pictures: &o.pictures,
        });
        issues.chain(openings).zip(1..).map(|(found, n)| Found { n, ..found }).collect()
    }

    /// Whether a pin of this call-out stands on the plan, whatever plans its site has by now.
    pub fn has_pin_on(&self, plan: &str) -> bool {
        let findings = self.inspections.values().flat_map(|i| &i.findings).filter_map(|f| f.place.as_ref());
        let openings = self.forced_entry.iter().flat_map(|r| &r.what.openings).filter_map(|o| o.place.as_ref());
        findings.chain(openings).filter_map(|s| s.pin.as_ref()).any(|pin| pin.plan.eq_ignore_ascii_case(plan))
    }
}

impl OpeningResult {
    pub fn shows_force(self) -> bool {
        matches!(self, Self::Forced | Self::Attempted)
    }
}

impl EntryVerdict {
    pub fn is_positive(self) -> bool {
        self != Self::None
    }
}

impl Spot {
    /// "Rear, first floor"; empty when only a pin says where.
    pub fn words(&self) -> String {
        place_words(self.side, self.floor)
    }
}

/// What a finding is about, in plain words: "climb aids", "whole side".
pub fn what_words(what: &str, place: Option<&Spot>) -> String {
    match (what, place.is_some_and(|p| p.side.is_some())) {
        (WALKED, true) => "whole side".into(),
        (WALKED, false) => "whole floor".into(),
        _ => what.replace('_', " "),
    }
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// "Rear, first floor": a side and a floor as they stand before a sentence.
pub(crate) fn place_words(side: Option<Elevation>, floor: Option<i8>) -> String {
    let side = side.map(|side| match side {
        Elevation::Front => "front",
        Elevation::Rear => "rear",
        Elevation::Left => "left side",
        Elevation::Right => "right side",
        Elevation::Roof => "roof",
        Elevation::Perimeter => "perimeter",
    });
    let all: Vec<String> = [side.map(str::to_owned), floor.map(floor_words)].into_iter().flatten().collect();
    let words = all.join(", ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub fn floor_words(floor: i8) -> String {
    match floor {
        -1 => "basement".into(),
        0 => "ground floor".into(),
        1 => "first floor".into(),
        2 => "second floor".into(),
        3 => "third floor".into(),
        n if n < 0 => format!("basement {}", -i16::from(n)),
        n => format!("floor {n}"),
    }
}

/// Refuses a place that no building has, and a side or a floor that was walked and is not named.
pub(super) fn check_place(what: &str, place: Option<&Spot>) -> Result<(), Refusal> {
    let bad = |text: String, mend: &str| Err(Refusal::new("bad_inspection", text).mend(mend));
    if what == WALKED && place.is_none_or(|p| p.side.is_none() && p.floor.is_none()) {
        return bad("It is not said what was walked.".into(), "Name the side or the floor.");
    }
    let Some(place) = place else { return Ok(()) };
    if let Some(floor) = place.floor.filter(|f| !is_floor(*f)) {
        return bad(format!("There is no floor {floor}."), "0 is the ground floor, -1 the basement.");
    }
    match &place.pin {
        Some(PlanPin { plan, x, y }) => {
            check_digest(plan)?;
            match [x, y].iter().all(|share| (0.0..=1.0).contains(*share)) {
                true => Ok(()),
                false => bad("The pin is beside the plan.".into(), "Give x and y as shares from 0 to 1."),
            }
        }
        None => Ok(()),
    }
}

pub fn is_floor(floor: i8) -> bool {
    (-10..=FLOORS_MAX).contains(&floor)
}
