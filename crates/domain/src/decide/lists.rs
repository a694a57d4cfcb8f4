//! What a checklist must be before it is kept: every item can be answered, and every condition can come true.

use crate::callout::checks::{check_digest, check_text};
use crate::documents::{BETWEEN, ITEMS_MAX, Item, ItemKind, OPTIONS_MAX, OUT_OF_RANGE, SCAN_CHARS_MAX};
use crate::refusal::Refusal;
use std::collections::BTreeMap;

/// A draft may be unfinished; ids and sizes hold for it as well.
pub(super) fn check_list(items: &[Item], draft: bool) -> Result<(), Refusal> {
    if items.len() > ITEMS_MAX {
        return Err(bad(
            format!("A list of {} items is too long.", items.len()),
            "Use several lists, 200 items at most.",
        ));
    }
    let mut seen: BTreeMap<&str, &Item> = BTreeMap::new();
    for item in items {
        let simple =
            !item.id.is_empty() && item.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !simple || seen.contains_key(item.id.as_str()) {
            return Err(bad(
                format!("The item id “{}” is used twice or not simple.", item.id),
                "Give every item its own id of letters, digits, - and _.",
            ));
        }
        check_text(&item.text)?;
        check_text(&item.help)?;
        item.help_picture.as_deref().map_or(Ok(()), check_digest)?;
        if !draft {
            check_item(item)?;
            check_condition(item, &seen)?;
            check_evidence(item)?;
        }
        seen.insert(&item.id, item);
    }
    if !draft && !items.iter().any(Item::asks) {
        return Err(bad("The list asks nothing.".into(), "Give it one item or more."));
    }
    Ok(())
}

fn bad(text: String, mend: &str) -> Refusal {
    Refusal::new("bad_item", text).mend(mend)
}

fn check_item(item: &Item) -> Result<(), Refusal> {
    if item.text.trim().is_empty() {
        return Err(Refusal::new("missing", "An item’s text is missing.").mend("Say what is asked."));
    }
    let about = |what: &str, mend: &str| Err(bad(format!("“{}” {what}", item.text), mend));
    let ordered = |min: &Option<f64>, max: &Option<f64>| min.zip(*max).is_none_or(|(min, max)| min <= max);
    let list = |all: &[String], least: usize| {
        let mut different: Vec<&str> = all.iter().map(|o| o.trim()).collect();
        different.sort_unstable();
        different.dedup();
        different.len() == all.len() && all.len() >= least && all.len() <= OPTIONS_MAX && !different.contains(&"")
    };
    match &item.kind {
        ItemKind::Choice { options } if options.len() < 2 => {
            about("has no choice to make.", "Give two options or more.")
        }
        ItemKind::MultiChoice { options, .. } if options.len() < 2 => {
            about("has no choice to make.", "Give two options or more.")
        }
        ItemKind::Choice { options } | ItemKind::MultiChoice { options, .. } if !list(options, 2) => {
            about("has an option that is empty or there twice.", "Give every option once, 50 at most.")
        }
        ItemKind::MultiChoice { options, .. } if options.iter().any(|o| o.contains(BETWEEN)) => {
            about("has an option with a semicolon in it.", "Write it with a comma.")
        }
        ItemKind::MultiChoice { options, min, max } => {
            let most = max.map_or(options.len(), |max| max as usize);
            match (1..=most).contains(&(*min as usize)) && most <= options.len() {
                true => Ok(()),
                false => {
                    about("asks for as many options as nobody can choose.", "Ask for one or more of those there are.")
                }
            }
        }
        ItemKind::Number { min, max, .. } | ItemKind::Meter { min, max, .. } if !ordered(min, max) => {
            about("has a range that ends before it begins.", "Give the smaller number first.")
        }
        ItemKind::Number { step: Some(step), .. } if !(step.is_finite() && *step > 0.0) => {
            about("goes in steps of nothing.", "Give a step above 0, or none.")
        }
        ItemKind::Meter { assets, .. } if !assets.is_empty() && !list(assets, 1) => {
            about("names a meter that is empty or there twice.", "Give every meter once.")
        }
        ItemKind::Asset { assets, states } if !list(assets, 1) || !list(states, 2) => about(
            "needs one part or more and two states or more, each once.",
            "Name the parts, and how each may be: running, stopped.",
        ),
        ItemKind::Scan { tags } if !tags.is_empty() && !list(tags, 1) => {
            about("names a tag that is empty or there twice.", "Give every tag once, or none when any will do.")
        }
        ItemKind::Scan { tags } if tags.iter().any(|t| t.chars().count() > SCAN_CHARS_MAX) => {
            about("names a tag of more than 200 characters.", "Copy what the tag says.")
        }
        ItemKind::Photo { min: 0, .. } => {
            about("asks for no picture.", "Ask for one picture or more, or make the item optional.")
        }
        ItemKind::Photo { min, max: Some(max) } if max < min => {
            about("takes fewer pictures than it asks for.", "Give the smaller number first.")
        }
        ItemKind::Text { max: Some(0) } => about("takes no text.", "Give a length above 0, or none."),
        ItemKind::YesNo { picture_if, fail } => {
            let known = |answer: &Option<String>| answer.as_deref().is_none_or(|a| matches!(a, "yes" | "no" | "na"));
            match known(picture_if) && known(fail) {
                true => Ok(()),
                false => about("looks for an answer that is neither yes, no nor na.", "Use yes, no or na."),
            }
        }
        _ => Ok(()),
    }
}

/// Refuses what can never come true.
fn check_condition(item: &Item, before: &BTreeMap<&str, &Item>) -> Result<(), Refusal> {
    let Some(condition) = &item.show_if else { return Ok(()) };
    let Some(of) = before.get(condition.item.as_str()) else {
        return Err(bad(
            format!("“{}” depends on an item that does not come before it.", item.text),
            "Put the item it depends on first.",
        ));
    };
    if of.is_in_words() {
        return Err(bad(
            format!("“{}” depends on the free text of “{}”.", item.text, of.id),
            "Let it depend on a yes, a no or a choice.",
        ));
    }
    if knows(of, &condition.value) {
        return Ok(());
    }
    Err(bad(
        format!("“{}” waits for “{}”, which is no answer to “{}”.", item.text, condition.value, of.text),
        "Choose one of its answers.",
    ))
}

fn check_evidence(item: &Item) -> Result<(), Refusal> {
    let Some(rule) = &item.evidence else { return Ok(()) };
    let about = |what: &str, mend: &str| Err(bad(format!("“{}” {what}", item.text), mend));
    if !item.asks() {
        return about("is a heading and needs no picture.", "Take the rule away.");
    }
    if rule.pictures == 0 && !rule.note {
        return about("has a rule that asks for nothing.", "Ask for a picture or a note, or take the rule away.");
    }
    match &rule.when {
        Some(when) if !knows(item, when) => {
            about(&format!("asks for a picture with “{when}”, which is no answer to it."), "Choose one of its answers.")
        }
        _ => Ok(()),
    }
}

fn knows(of: &Item, answer: &str) -> bool {
    let range = matches!(of.kind, ItemKind::Number { .. } | ItemKind::Meter { .. });
    range && answer == OUT_OF_RANGE || of.answers().is_none_or(|all| all.contains(&answer))
}
