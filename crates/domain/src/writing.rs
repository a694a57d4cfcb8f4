//! A checklist that its customer writes: the link by which it is written, what was proposed, and what became of it.
//!
//! Whoever holds the link proposes; nothing proposed is given to an officer before a supervisor has approved it.

use crate::Instant;
use crate::command::Author;
use crate::documents::{Checklist, Item};
use crate::id::{AccountId, derived};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A writing link never lives longer than this: two rounds of a customer's own meetings.
pub const WRITING_LINK_MAX: TimeDelta = TimeDelta::days(60);
/// How many proposals one link may send in [`PROPOSALS_WITHIN`], and in its whole life: each is kept for ever.
pub const PROPOSALS_MAX: usize = 20;
pub const PROPOSALS_WITHIN: TimeDelta = TimeDelta::days(1);
pub const PROPOSALS_OF_LINK_MAX: usize = 200;
/// A proposal as JSON: ten times the longest list that is known.
pub const PROPOSAL_BYTES_MAX: usize = 256 * 1024;
/// Ended links that are remembered, so that whoever opens one reads that it was withdrawn.
const LINKS_KEPT: usize = 20;

/// Whoever holds a writing link acts as this account: the token is the credential.
pub fn writer_account(token_sha256: &str) -> AccountId {
    AccountId(derived("writing-link", &[token_sha256.to_ascii_lowercase().as_bytes()]))
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Writing {
    /// Newest last; only that one can be in force.
    pub links: Vec<WritingLink>,
    /// The last one. Those before it are in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WritingLink {
    /// SHA-256, in hex, of the token's text in `/w/{token}`.
    pub token_sha256: String,
    /// Who gave it out.
    pub by: Author,
    pub issued_at: Instant,
    pub expires_at: Instant,
    #[serde(default)]
    pub ended_at: Option<Instant>,
    /// Who gets it, as the supervisor calls them.
    #[serde(default)]
    pub to: String,
    /// A line to them.
    #[serde(default)]
    pub message: String,
    /// When something was sent through it.
    #[serde(default)]
    pub sent: Vec<Instant>,
}

impl WritingLink {
    pub fn opens(&self, now: Instant) -> bool {
        self.ended_at.is_none() && self.expires_at > now
    }

    pub fn account(&self) -> AccountId {
        writer_account(&self.token_sha256)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// 1 for the first of this list.
    pub number: u32,
    pub at: Instant,
    pub by: AccountId,
    /// The version in force when it was begun.
    pub from_version: u32,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub items: Vec<Item>,
    /// Words to the supervisor.
    #[serde(default)]
    pub said: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

impl Proposal {
    /// Nobody has decided about it. One whose words were erased by law asks for nothing any more.
    pub fn waits(&self) -> bool {
        self.settled.is_none() && !self.items.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    pub at: Instant,
    pub by: Author,
    pub how: Outcome,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It became this version, perhaps changed.
    Approved { version: u32 },
    Returned {
        #[serde(default)]
        comment: String,
    },
}

impl Checklist {
    pub fn writing_link(&self, token_sha256: &str) -> Option<&WritingLink> {
        let links = &self.writing.as_ref()?.links;
        links.iter().find(|link| link.token_sha256.eq_ignore_ascii_case(token_sha256))
    }

    /// The link by which the list can be written now.
    pub fn open_link(&self, now: Instant) -> Option<&WritingLink> {
        self.writing.as_ref()?.links.last().filter(|link| link.opens(now))
    }

    pub fn waiting_proposal(&self) -> Option<&Proposal> {
        self.writing.as_ref()?.proposal.as_ref().filter(|proposal| proposal.waits())
    }

    pub fn proposals(&self) -> u32 {
        self.writing.as_ref().and_then(|w| w.proposal.as_ref()).map_or(0, |proposal| proposal.number)
    }
}

impl Writing {
    pub(crate) fn invite(&mut self, link: WritingLink) {
        self.end(link.issued_at);
        self.links.push(link);
        let over = self.links.len().saturating_sub(LINKS_KEPT);
        self.links.drain(..over);
    }

    pub(crate) fn end(&mut self, at: Instant) {
        self.links.iter_mut().filter(|link| link.ended_at.is_none()).for_each(|link| link.ended_at = Some(at));
    }

    pub(crate) fn propose(&mut self, proposal: Proposal) {
        if let Some(link) = self.links.iter_mut().find(|link| link.account() == proposal.by) {
            link.sent.push(proposal.at);
        }
        self.proposal = Some(proposal);
    }

    pub(crate) fn settle(&mut self, number: u32, settled: Settled) {
        if let Some(proposal) = self.proposal.as_mut().filter(|p| p.number == number) {
            proposal.settled = Some(settled);
        }
    }

    pub(crate) fn names(&self, writer: AccountId) -> bool {
        self.links.iter().any(|link| link.account() == writer) || self.proposal.as_ref().is_some_and(|p| p.by == writer)
    }

    /// Takes out the words from and to whoever held this link.
    pub(crate) fn erase(&mut self, writer: AccountId) {
        for link in self.links.iter_mut().filter(|link| link.account() == writer) {
            link.to.clear();
            link.message.clear();
        }
        if let Some(proposal) = self.proposal.as_mut().filter(|p| p.by == writer) {
            proposal.title.clear();
            proposal.items.clear();
            proposal.said.clear();
            if let Some(Settled { how: Outcome::Returned { comment }, .. }) = &mut proposal.settled {
                comment.clear();
            }
        }
    }
}

/// One thing in which a list is another than the one before.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    Title {
        was: String,
    },
    Added {
        text: String,
    },
    Removed {
        text: String,
    },
    Changed {
        text: String,
        what: Vec<&'static str>,
    },
    /// What is in both stands in another order.
    Order,
}

/// What a reader looks at first: what came, what went, what is asked otherwise.
pub fn differences(old: (&str, &[Item]), new: (&str, &[Item])) -> Vec<Difference> {
    let of = |items: &'_ [Item], id: &str| items.iter().position(|i| i.id == id);
    let mut found = Vec::new();
    if !old.0.is_empty() && old.0 != new.0 {
        found.push(Difference::Title { was: old.0.to_owned() });
    }
    for item in new.1 {
        match of(old.1, &item.id).map(|i| &old.1[i]) {
            None => found.push(Difference::Added { text: item.text.clone() }),
            Some(before) if before != item => {
                found.push(Difference::Changed { text: item.text.clone(), what: changed(before, item) });
            }
            Some(_) => {}
        }
    }
    let gone = old.1.iter().filter(|item| of(new.1, &item.id).is_none());
    found.extend(gone.map(|item| Difference::Removed { text: item.text.clone() }));
    let places: Vec<usize> = new.1.iter().filter_map(|item| of(old.1, &item.id)).collect();
    if !places.is_sorted() {
        found.push(Difference::Order);
    }
    found
}

fn changed(old: &Item, new: &Item) -> Vec<&'static str> {
    let type_of = |item: &Item| std::mem::discriminant(&item.kind);
    let place = |item: &Item| (item.section, item.elevation, item.floor);
    [
        (old.text != new.text, "the words"),
        (type_of(old) != type_of(new), "the type"),
        (type_of(old) == type_of(new) && old.kind != new.kind, "the answers it takes"),
        (place(old) != place(new), "where it is"),
        (old.mandatory != new.mandatory, "whether it must be answered"),
        (old.show_if != new.show_if || old.gate != new.gate, "when it is asked"),
        (old.help != new.help, "the hint"),
        (old.help_picture != new.help_picture, "the picture of what good looks like"),
        (old.evidence != new.evidence, "the proof"),
        (old.share != new.share, "whether the customer sees the answer"),
    ]
    .into_iter()
    .filter_map(|(is, what)| is.then_some(what))
    .collect()
}
