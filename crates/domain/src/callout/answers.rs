//! What an answer to a checklist's item may be, what must come with it, and how a person reads it.

use super::findings::place_words;
use crate::civil;
use crate::command::ChecklistAnswer;
use crate::documents::{BETWEEN, Item, ItemKind, OUT_OF_RANGE, SCAN_CHARS_MAX};
use std::collections::BTreeSet;

/// A duplicate reading of the same tag sooner than this is the same reading (facts, section 6).
pub const SCAN_AGAIN_S: i64 = 30;

/// What must come with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub pictures: u32,
    pub note: bool,
}

impl Item {
    /// Whether it asks anything.
    pub fn asks(&self) -> bool {
        self.kind != ItemKind::Heading
    }

    /// Its pictures may show to the customer by themselves. A name written by hand is somebody's own: a person
    /// releases it.
    pub fn shows_pictures(&self) -> bool {
        self.share && !matches!(self.kind, ItemKind::Signature { .. })
    }

    /// Its value is somebody's words or name, which erasure may remove.
    pub fn is_in_words(&self) -> bool {
        matches!(self.kind, ItemKind::Text { .. } | ItemKind::Signature { .. })
    }

    /// "Rear, first floor": where exactly, when the item says so.
    pub fn place(&self) -> String {
        place_words(self.elevation, self.floor)
    }

    /// Whether a given value is, or contains, what a condition or a rule names.
    pub fn said(&self, value: &str, wanted: &str) -> bool {
        match &self.kind {
            ItemKind::MultiChoice { .. } => value.split(BETWEEN).any(|one| one == wanted),
            ItemKind::Number { .. } | ItemKind::Meter { .. } if wanted == OUT_OF_RANGE => self.is_out_of_range(value),
            _ => value == wanted,
        }
    }

    /// The answers a condition or a rule may name; None: whatever is written.
    pub fn answers(&self) -> Option<Vec<&str>> {
        fn all(list: &[String]) -> Vec<&str> {
            list.iter().map(String::as_str).collect()
        }
        match &self.kind {
            ItemKind::Heading | ItemKind::Photo { .. } => Some(vec![]),
            ItemKind::Instruction => Some(vec!["done"]),
            ItemKind::YesNo { .. } => Some(vec!["yes", "no", "na"]),
            ItemKind::Choice { options } | ItemKind::MultiChoice { options, .. } => Some(all(options)),
            ItemKind::Asset { states, .. } => Some(all(states)),
            ItemKind::Text { .. } | ItemKind::Signature { .. } => Some(vec![]),
            ItemKind::Number { .. } | ItemKind::Meter { .. } | ItemKind::Time | ItemKind::Scan { .. } => None,
        }
    }

    /// The parts of the place it may be about.
    pub fn assets(&self) -> &[String] {
        match &self.kind {
            ItemKind::Meter { assets, .. } | ItemKind::Asset { assets, .. } => assets,
            _ => &[],
        }
    }

    pub fn is_out_of_range(&self, value: &str) -> bool {
        let (ItemKind::Number { min, max, .. } | ItemKind::Meter { min, max, .. }) = &self.kind else { return false };
        value.trim().parse::<f64>().is_ok_and(|n| min.is_some_and(|min| n < min) || max.is_some_and(|max| n > max))
    }

    /// What must come with this answer.
    pub fn wants(&self, value: Option<&str>) -> Wanted {
        let own = match &self.kind {
            ItemKind::Photo { min, .. } => *min,
            ItemKind::Signature { .. } => 1,
            ItemKind::YesNo { picture_if: Some(wanted), .. } if value == Some(wanted.as_str()) => 1,
            _ => 0,
        };
        let rule = self.evidence.as_ref().filter(|rule| match (&rule.when, value) {
            (None, _) => true,
            (Some(when), Some(value)) => self.said(value, when),
            (Some(_), None) => false,
        });
        Wanted { pictures: own.max(rule.map_or(0, |r| r.pictures)), note: rule.is_some_and(|r| r.note) }
    }

    /// Whether an answer tells of something wrong: the one that must be proved, or a reading outside of its range.
    pub fn is_wrong(&self, value: &str) -> bool {
        let proved = self.evidence.as_ref().and_then(|rule| rule.when.as_deref());
        match &self.kind {
            ItemKind::YesNo { picture_if, fail } => {
                value == fail.as_deref().or(picture_if.as_deref()).or(proved).unwrap_or("no")
            }
            _ => proved.is_some_and(|when| self.said(value, when)) || self.is_out_of_range(value),
        }
    }

    /// As a person reads it: "Yes", "23.5 °C", "Pump 2: running".
    pub fn words(&self, answer: &ChecklistAnswer) -> String {
        let pictures = || match answer.pictures.len() {
            1 => "1 picture".to_owned(),
            n => format!("{n} pictures"),
        };
        let value = match (&answer.unable, &answer.value) {
            (Some(why), _) => return format!("Unable: {why}").trim_end_matches([':', ' ']).to_owned(),
            (None, Some(value)) => value,
            (None, None) if matches!(self.kind, ItemKind::Photo { .. }) => return pictures(),
            // The words have been erased by law.
            (None, None) if matches!(self.kind, ItemKind::Signature { .. }) => return "signed".into(),
            (None, None) => return "answered".into(),
        };
        match &self.kind {
            ItemKind::Number { unit, .. } => format!("{value} {unit}").trim_end().to_owned(),
            ItemKind::Meter { unit, .. } => format!("{}{value} {unit}", self.about(answer)).trim_end().to_owned(),
            ItemKind::Asset { .. } => format!("{}{value}", self.about(answer)),
            ItemKind::Signature { .. } => format!("Signed by {value}"),
            ItemKind::Scan { .. } => format!("{value}{}", if answer.scanned { "" } else { " (typed)" }),
            _ => match value.as_str() {
                "yes" => "Yes".into(),
                "no" => "No".into(),
                "na" => "Not applicable".into(),
                "done" => "Done".into(),
                other => other.to_owned(),
            },
        }
    }

    /// The same without a reason or a name: for somebody outside.
    pub fn words_outside(&self, answer: &ChecklistAnswer) -> String {
        match (&answer.unable, &self.kind) {
            (Some(_), _) => "Could not be done".into(),
            (None, ItemKind::Signature { .. }) => "Signed".into(),
            (None, ItemKind::Scan { .. }) => answer.value.clone().unwrap_or_default(),
            (None, _) => self.words(answer),
        }
    }

    fn about(&self, answer: &ChecklistAnswer) -> String {
        let asset = answer.asset.as_deref().or_else(|| self.assets().first().map(String::as_str));
        asset.map_or_else(String::new, |asset| format!("{asset}: "))
    }
}

/// Whether a value is an answer to the item; else what is wrong with it, after the item's text.
pub fn check_value(item: &Item, value: &str) -> Result<(), String> {
    match &item.kind {
        ItemKind::Heading => Err("a heading is not answered".into()),
        ItemKind::Instruction => match value {
            "done" => Ok(()),
            _ => Err("an instruction is answered with “done”".into()),
        },
        ItemKind::YesNo { .. } => match value {
            "yes" | "no" | "na" => Ok(()),
            _ => Err("answer yes, no or na".into()),
        },
        ItemKind::Choice { options } => one_of(options, value),
        ItemKind::Asset { states, .. } => one_of(states, value),
        ItemKind::MultiChoice { options, min, max } => {
            let chosen: Vec<&str> = value.split(BETWEEN).collect();
            chosen.iter().try_for_each(|one| one_of(options, one))?;
            let different = chosen.iter().collect::<BTreeSet<_>>().len();
            match (different < chosen.len(), max) {
                (true, _) => Err("the same is chosen twice".into()),
                _ if different < *min as usize => Err(format!("choose {min} or more")),
                (_, Some(max)) if different > *max as usize => Err(format!("choose {max} at most")),
                _ => Ok(()),
            }
        }
        ItemKind::Number { min, max, unit, step, warn } => {
            let number = number_of(value)?;
            match (min, max) {
                _ if *warn => {}
                (Some(min), _) if number < *min => return Err(format!("must be {min} {unit} or more")),
                (_, Some(max)) if number > *max => return Err(format!("must be {max} {unit} or less")),
                _ => {}
            }
            step.map_or(Ok(()), |step| in_steps(number - min.unwrap_or(0.0), step))
                .map_err(|step| format!("give it in steps of {step} {unit}").trim_end().to_owned())
        }
        ItemKind::Meter { .. } => number_of(value).map(drop),
        ItemKind::Text { max } => match max {
            Some(max) if value.chars().count() > *max as usize => Err(format!("{max} characters at most")),
            _ => Ok(()),
        },
        ItemKind::Photo { .. } => Ok(()),
        ItemKind::Signature { .. } => match value.trim() {
            "" => Err("write the name of who signed".into()),
            _ => Ok(()),
        },
        ItemKind::Time => match civil::time(value) {
            Some(_) if value.len() == "21:45".len() => Ok(()),
            _ => Err("write the time as 21:45".into()),
        },
        ItemKind::Scan { tags } => {
            let read = value.trim();
            if read.is_empty() || read.chars().count() > SCAN_CHARS_MAX {
                return Err(format!("write what the tag says, {SCAN_CHARS_MAX} characters at most"));
            }
            match tags.is_empty() || tags.iter().any(|tag| tag.trim().eq_ignore_ascii_case(read)) {
                true => Ok(()),
                false => Err(format!("“{read}” is not the tag of this place")),
            }
        }
    }
}

/// Whether the answer says which part of the place it is about, where there are several.
pub fn check_asset(item: &Item, asset: Option<&str>) -> Result<(), String> {
    match (item.assets(), asset) {
        ([] | [_], None) => Ok(()),
        (known, Some(asset)) if known.iter().any(|a| a == asset) => Ok(()),
        ([], Some(asset)) => Err(format!("it is about no “{asset}”")),
        (known, _) => Err(format!("say which one: {}", known.join(", "))),
    }
}

fn one_of(options: &[String], value: &str) -> Result<(), String> {
    match options.iter().any(|o| o == value) {
        true => Ok(()),
        false => Err(format!("choose one of: {}", options.join(", "))),
    }
}

fn number_of(value: &str) -> Result<f64, String> {
    value.trim().parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| "write a number".to_string())
}

/// Whole steps, as far as binary fractions tell.
fn in_steps(from: f64, step: f64) -> Result<(), f64> {
    let steps = from / step;
    if (steps - steps.round()).abs() < 1e-6 { Ok(()) } else { Err(step) }
}
