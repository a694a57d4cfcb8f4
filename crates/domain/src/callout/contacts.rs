//! The ladder of a site's contacts: in what order they are rung, what came of it, and who comes next.

use super::{Callout, Given};
use crate::Instant;
use crate::command::{ContactTried, ContactsSettle, Reached};
use crate::id::PersonId;
use crate::site::{Contact, Site};
use chrono::TimeDelta;

/// Somebody who did not answer is rung again after this, then after twice as long, and so on up to [`AGAIN_MAX`].
pub const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(5);
/// Whoever has a message on the machine gets time to hear it.
pub const AFTER_MESSAGE: TimeDelta = TimeDelta::minutes(15);
pub const AGAIN_MAX: TimeDelta = TimeDelta::minutes(30);

/// One contact of the ladder, as things stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung<'a> {
    pub contact: &'a Contact,
    /// Every try in this round, oldest first.
    pub tries: Vec<&'a Given<ContactTried>>,
    /// When it makes sense to ring again. None for one not rung yet, answered, or with a wrong number.
    pub again_at: Option<Instant>,
    /// The one to ring now.
    pub next: bool,
}

impl Rung<'_> {
    pub fn outcome(&self) -> Option<Reached> {
        self.tries.last().map(|t| t.what.outcome)
    }
}

impl Callout {
    /// The contacts in the site's order, with the next one to ring: whoever was not tried yet before whoever may be
    /// tried again. Nobody is next once somebody has answered.
    pub fn ladder<'a>(&'a self, site: &'a Site, now: Instant) -> Vec<Rung<'a>> {
        let round = self.contacts_settled.last().map_or(0, |settled| settled.seq);
        rungs(&self.contacts_tried, &site.contacts, round, now)
    }

    /// Since when everybody who can be rung has been, and nobody answered. A person decides what now.
    pub fn nobody_answered(&self, site: &Site) -> Option<Instant> {
        let rungs = self.ladder(site, self.created_at);
        let all = |r: &Rung| !r.tries.is_empty() || !has_number(r.contact);
        let tried = rungs.iter().any(|r| !r.tries.is_empty());
        let answered = rungs.iter().any(|r| r.outcome() == Some(Reached::Answered));
        if self.is_over() || answered || !tried || !rungs.iter().all(all) {
            return None;
        }
        rungs.iter().flat_map(|r| &r.tries).map(|t| t.at).max()
    }

    /// The decision that ended the last round.
    pub fn last_settlement(&self) -> Option<&Given<ContactsSettle>> {
        self.contacts_settled.last()
    }

    /// Whether this person is one of the site's, for a try.
    pub(crate) fn has_contact(site: Option<&Site>, person: PersonId) -> bool {
        site.is_some_and(|site| site.contacts.iter().any(|c| c.id == person))
    }
}

/// People in their order, with what came of ringing them after this log position.
pub(super) fn rungs<'a>(
    tried: &'a [Given<ContactTried>],
    people: &'a [Contact],
    after: i64,
    now: Instant,
) -> Vec<Rung<'a>> {
    let rung = |contact: &'a Contact| {
        let tries: Vec<_> = tried.iter().filter(|t| t.seq > after && t.what.contact == contact.id).collect();
        let again_at = tries.last().and_then(|last| again_at(last, tries.len()));
        Rung { contact, tries, again_at, next: false }
    };
    let mut rungs: Vec<Rung> = people.iter().map(rung).collect();
    if rungs.iter().any(|r| r.outcome() == Some(Reached::Answered)) {
        return rungs;
    }
    let untried = rungs.iter().position(|r| r.tries.is_empty() && has_number(r.contact));
    let ready = rungs.iter().enumerate().filter(|(_, r)| r.again_at.is_some_and(|at| at <= now));
    let ready = ready.min_by_key(|(index, r)| (r.tries.len(), r.again_at, *index)).map(|(index, _)| index);
    if let Some(next) = untried.or(ready) {
        rungs[next].next = true;
    }
    rungs
}

/// Somebody erased by law, or without a number, cannot be rung.
fn has_number(contact: &Contact) -> bool {
    !contact.telephone.trim().is_empty()
}

fn again_at(last: &Given<ContactTried>, tries: usize) -> Option<Instant> {
    match last.what.outcome {
        Reached::Answered | Reached::WrongNumber => None,
        Reached::LeftMessage => Some(last.at + AFTER_MESSAGE),
        Reached::NoReply => {
            let doubled = i32::try_from(tries.saturating_sub(1)).map_or(8, |n| n.min(8));
            Some(last.at + (AGAIN_AFTER * 2_i32.pow(doubled as u32)).min(AGAIN_MAX))
        }
    }
}
