//! Whether the panel says what the officer recorded of it: "I reset it" is a claim until the panel's own signal agrees.

use super::Callout;
use crate::Instant;
use crate::panel::{Armed, PanelState};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How long after leaving the panel's own word may take: its exit time and a slow line.
pub const PANEL_WORD_WITHIN: TimeDelta = TimeDelta::minutes(10);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelWord {
    pub at: Instant,
    pub agrees: bool,
    pub text: String,
}

/// What the panels of a site say of a state that an officer recorded. None: no panel's word is needed for it.
///
/// Many panels report no setting and unsetting; of those the restores are all there is.
pub fn word<'a>(
    recorded: &str,
    panels: impl Iterator<Item = &'a PanelState>,
    all_restored: bool,
) -> Option<Result<String, String>> {
    let parts: Vec<Armed> = panels.flat_map(|p| &p.armed).map(|part| part.how).collect();
    let known = !parts.is_empty();
    let unset = parts.contains(&Armed::Unset);
    let part_set = parts.contains(&Armed::PartSet);
    Some(match recorded {
        "set" | "part_set" if !known && all_restored => Ok("every alarm is restored".into()),
        "set" | "part_set" if !known => Err("The panel has sent no restore".into()),
        "set" | "part_set" if unset => Err("The panel says that it is unset".into()),
        "set" if part_set => Err("The panel says that it is set in part only".into()),
        "set" => Ok("it is set".into()),
        "part_set" => Ok(if part_set { "it is set in part".into() } else { "it is set".into() }),
        "unset_agreed" if unset => Ok("it is unset".into()),
        "unset_agreed" if known => Err("The panel says that it is set".into()),
        "unset_agreed" => Err("The panel has not said that it is unset".into()),
        // Nobody expects a word from what is broken or not there.
        _ => return None,
    })
}

impl Callout {
    /// When the operator is told that the panel has not said what the officer recorded.
    pub fn panel_word_due_at(&self) -> Option<Instant> {
        let secured = self.secured.as_ref().filter(|_| self.is_open() && self.panel_word.is_none())?;
        let asked = matches!(secured.what.alarm.as_str(), "set" | "part_set" | "unset_agreed");
        // A place without alarms of a panel has nothing that could speak.
        (asked && self.site.is_some() && self.alarm.is_some()).then_some(secured.at + PANEL_WORD_WITHIN)
    }

    /// A point for the operator: the panel says otherwise, or nothing.
    pub fn panel_disagrees(&self) -> Option<&PanelWord> {
        self.panel_word.as_ref().filter(|word| !word.agrees && !self.is_over())
    }
}
