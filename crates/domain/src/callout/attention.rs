//! What wants a person at the desk beside the one next thing: a customer who wrote, contacts who do not answer, silence.

use super::messages::Reader;
use super::updates::Expected;
use super::{Callout, CalloutState};
use crate::Instant;
use crate::command::Role;
use crate::site::Site;

#[derive(Clone, Debug, PartialEq)]
pub struct Attention {
    /// `customer_message`, `contacts`, `customer_update`, `news`, `planned_update`, `not_moving`, `left_site`, `undecided`.
    pub kind: &'static str,
    pub text: String,
    /// The page counts from here.
    pub since: Instant,
    /// Another time is another reason to ring.
    pub times: u32,
}

impl Callout {
    pub fn attention(&self, site: Option<&Site>) -> Vec<Attention> {
        let mut all = Vec::new();
        let mut add = |kind, text: &str, since, times| all.push(Attention { kind, text: text.into(), since, times });
        if self.is_over() {
            return all;
        }
        let written: Vec<_> = self.unread(Reader::Control).filter(|n| n.by.role == Role::Customer).collect();
        if let Some(first) = written.first() {
            add("customer_message", "The customer has written", first.at, written.len() as u32);
        }
        for expected in Expected::ALL {
            let Some(chased) = self.overdue(expected) else { continue };
            let (kind, text) = match expected {
                Expected::Customer => ("customer_update", "The customer has not been told anything"),
                Expected::News => ("news", "Nothing new has been heard"),
                Expected::Planned => ("planned_update", "The next update of the plan is due"),
            };
            add(kind, text, chased.since, chased.times);
        }
        if self.state == CalloutState::Aborted
            && let Some(since) = self.lead().and_then(|a| a.undecided_at)
        {
            add("undecided", "Nobody has decided what now", since, 1);
        }
        for a in &self.assignments {
            if let Some(since) = a.not_moving_at {
                add("not_moving", &format!("{} does not move", a.call_sign), since, 1);
            }
            if let Some(since) = a.seems_left_at {
                add("left_site", &format!("{} seems to have left the site", a.call_sign), since, 1);
            }
        }
        if let Some(since) = site.and_then(|site| self.nobody_answered(site)) {
            let times = self.contacts_tried.len() as u32;
            add("contacts", "All contacts have been tried, nobody answered", since, times);
        }
        all
    }
}
