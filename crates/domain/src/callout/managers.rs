//! The call tree of an emergency: which duty manager is rung next, and who gets an SMS (facts, section 10).

use super::contacts::{Rung, rungs};
use super::{Callout, Given};
use crate::Instant;
use crate::command::{ManagerText, Reached};
use crate::event::Recorded;
use crate::site::Contact;
use chrono::TimeDelta;

const EMERGENCY: u8 = 3;
/// The next manager gets an SMS after this while nobody has answered.
pub const TEXT_NEXT_AFTER: TimeDelta = TimeDelta::minutes(2);

impl Callout {
    /// The first emergency that stands: its log position, and when the control room had it.
    pub fn emergency(&self) -> Option<(i64, Instant)> {
        let standing = self.escalations.iter().filter(|e| e.stood_down.is_none() && e.raised.what.level >= EMERGENCY);
        standing.map(|e| (e.raised.seq, e.raised.recorded_at)).min()
    }

    /// Who is rung, in order, with what came of it since the emergency began. Empty without one.
    pub fn call_tree<'a>(&'a self, managers: &'a [Contact], now: Instant) -> Vec<Rung<'a>> {
        match self.emergency() {
            Some((seq, _)) => rungs(&self.contacts_tried, managers, seq, now),
            None => vec![],
        }
    }

    /// The SMS of the emergency that stands.
    pub fn manager_texts(&self) -> impl DoubleEndedIterator<Item = &Given<ManagerText>> {
        let since = self.emergency().map_or(i64::MAX, |(seq, _)| seq);
        self.managers_texted.iter().filter(move |t| t.seq > since)
    }

    /// Who gets the next SMS, and when: the first at once, the next one after two minutes each while nobody has answered.
    pub fn manager_to_text<'a>(&self, managers: &'a [Contact]) -> Option<(&'a Contact, Instant)> {
        let (seq, began) = self.emergency()?;
        let answered = |t: &Given<crate::command::ContactTried>| {
            t.seq > seq && t.what.manager && t.what.outcome == Reached::Answered
        };
        if self.test || self.contacts_tried.iter().any(answered) {
            return None;
        }
        let told = |m: &Contact| self.manager_texts().any(|t| t.what.contact == m.id);
        let (index, next) = managers.iter().enumerate().find(|(_, m)| !told(m))?;
        Some((next, began + TEXT_NEXT_AFTER * i32::try_from(index).unwrap_or(i32::MAX)))
    }

    pub(super) fn manager_texted(&mut self, event: &Recorded, text: &ManagerText) {
        self.managers_texted.push(super::evolve::given(event, text));
    }
}
