//! What an officer recorded, as labelled lines: the same words on the desk and in the report.

use super::Callout;
use super::facts::secure_words;
use super::findings::{Found, FoundKind, what_words};
use crate::Instant;
use crate::command::{
    DraRecord, EntryVerdict, FindingResult, ForcedEntryRecord, InspectionSection, OpeningResult, PremisesSecure,
    ReportSubmit, WALKED,
};
use crate::urn::cause_word;

/// "Police": "informed, reference CAD 4411".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub says: String,
    /// Only for the service: not for the customer.
    pub inside: bool,
}

fn line(label: impl Into<String>, says: impl Into<String>) -> Line {
    Line { label: label.into(), says: says.into(), inside: false }
}

fn inside(label: &str, says: impl Into<String>) -> Line {
    Line { inside: true, ..line(label, says) }
}

/// Lines that say something.
fn said(lines: Vec<Line>) -> Vec<Line> {
    lines.into_iter().filter(|line| !line.says.trim().is_empty()).collect()
}

impl DraRecord {
    /// "alone", "lighting poor": what was seen round about, beside the hazards.
    pub fn seen(&self) -> Vec<String> {
        let with = |name: &str, value: &str| match value.trim() {
            "" => None,
            value => Some(format!("{name}: {value}")),
        };
        let alone = if self.alone { "alone" } else { "not alone" };
        let rest = [
            with("people", &self.people),
            with("lighting", &self.lighting),
            with("ground", &self.ground),
            with("weather", &self.weather),
        ];
        std::iter::once(alone.to_owned()).chain(rest.into_iter().flatten()).collect()
    }
}

impl EntryVerdict {
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "No sign of forced entry",
            Self::Attempted => "Entry was attempted",
            Self::Entry => "Somebody got in",
            Self::CannotTell => "Cannot tell",
        }
    }
}

impl OpeningResult {
    pub fn word(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Attempted => "attempted",
            Self::Forced => "forced",
            Self::NotChecked => "not checked",
        }
    }
}

impl ForcedEntryRecord {
    /// `clock` writes an instant as the service's clocks show it.
    pub fn lines(&self, found: &[Found<'_>], clock: impl Fn(Instant) -> String) -> Vec<Line> {
        let mut numbers = found.iter().filter(|f| matches!(f.kind, FoundKind::Opening(_))).map(|f| f.n);
        let opening = |o: &crate::command::Opening| {
            let number = o.result.shows_force().then(|| numbers.next()).flatten();
            let number = number.map_or_else(String::new, |n| format!("{n} · "));
            let place = o.place.as_ref().map(|p| p.words()).filter(|w| !w.is_empty());
            let how = o.methods.join(", ").replace('_', " ");
            let parts = [Some(o.result.word().to_owned()), place.map(|p| p.to_lowercase()), Some(how)];
            let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
            let note = if o.note.trim().is_empty() { String::new() } else { format!(": {}", o.note.trim()) };
            line(format!("{number}{}", o.what.replace('_', " ")), format!("{}{note}", parts.join(", ")))
        };
        let mut lines: Vec<Line> = self.openings.iter().map(opening).collect();
        let yes_no = |value: Option<bool>| value.map_or("", |yes| if yes { "yes" } else { "no" });
        lines.push(line(
            "Police",
            self.police.as_ref().map_or_else(String::new, |police| {
                match (police.informed, police.reference.is_empty()) {
                    (true, true) => "informed".into(),
                    (true, false) => format!("informed, reference {}", police.reference),
                    (false, _) => format!("not informed: {}", police.reason),
                }
            }),
        ));
        lines.push(line("Scene preserved", yes_no(self.scene_preserved)));
        lines.push(line("Still insecure", yes_no(self.still_insecure)));
        lines.push(line("Tools or marks left", self.marks.trim()));
        lines.push(line("Missing", self.missing.trim()));
        lines.push(inside("Persons seen", self.seen.trim()));
        let window = self.cameras.map(|c| format!("{} to {}", clock(c.from), clock(c.to)));
        lines.push(inside("Look at cameras", window.unwrap_or_default()));
        lines.push(inside("Note", self.note.trim()));
        said(lines)
    }
}

impl PremisesSecure {
    pub fn lines(&self) -> Vec<Line> {
        let handed = self.handed_over.as_ref().map(|over| {
            let name = if over.name.trim().is_empty() { String::new() } else { format!(", {}", over.name.trim()) };
            let card = if over.id_checked { ", card seen" } else { "" };
            format!("{}{name}{card}", over.to)
        });
        said(vec![
            line("Left", secure_words(self.status)),
            line("Alarm on leaving", self.alarm.replace('_', " ")),
            line("Zones left out", self.omitted.trim()),
            line("Reset by", self.reset_by.clone().unwrap_or_default()),
            line("Interim cover", self.cover.trim()),
            inside("Told", self.told.trim()),
            inside("Keys", self.keys.trim()),
            line("Water, gas, electricity", self.utilities.trim()),
            inside("Handed over to", handed.unwrap_or_default()),
        ])
    }
}

impl ReportSubmit {
    pub fn cause_words(&self) -> &str {
        if self.cause.is_empty() { "" } else { cause_word(&self.cause) }
    }

    /// "near miss: slipped on the wet step"; empty when nobody was hurt.
    pub fn injury_words(&self) -> String {
        let Some(injury) = &self.injury else { return String::new() };
        let kind = if injury.near_miss { "near miss" } else { "injury" };
        let riddor = if injury.riddor { ", RIDDOR to be looked at" } else { "" };
        format!("{kind}{riddor}: {}", injury.text.trim())
    }
}

impl Callout {
    /// A line for each part of the place: what was in order there, and what was not looked at and why.
    pub fn looked_at(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (section, inspection) in &self.inspections {
            let name = match section {
                InspectionSection::Outside => "Outside",
                InspectionSection::Inside => "Inside",
            };
            if let Some(why) = &inspection.not_entered {
                lines.push(format!("{name} not entered: {why}"));
            }
            let of = |result| inspection.findings.iter().filter(move |f| f.result == result);
            let words = |f: &crate::command::Finding| {
                let place = f.place.as_ref().map(|p| p.words().to_lowercase()).filter(|w| !w.is_empty());
                match (f.what == WALKED, place) {
                    (true, Some(place)) => place,
                    (false, Some(place)) => format!("{} ({place})", what_words(&f.what, f.place.as_ref())),
                    (_, None) => what_words(&f.what, None),
                }
            };
            let fine: Vec<String> = of(FindingResult::Ok).map(words).collect();
            if !fine.is_empty() {
                lines.push(format!("{name} in order: {}", fine.join(", ")));
            }
            lines
                .extend(of(FindingResult::NotChecked).map(|f| format!("{name}, {} not checked: {}", words(f), f.note)));
        }
        lines
    }
}
