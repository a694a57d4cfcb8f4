//! A checklist that its customer writes: who may, how much, and what becomes of it.

use super::lists::check_list;
use super::{Decided, Decision, about, event, required};
use crate::callout::checks::{check_digest, check_text};
use crate::command::{ChecklistInvite, ChecklistPropose, ChecklistPut, ChecklistReturn};
use crate::documents::Checklist;
use crate::event::{ChecklistProposed, ChecklistReturned, Empty, Event, EventBody as E, ProposalApproved};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;
use crate::writing::{
    PROPOSAL_BYTES_MAX, PROPOSALS_MAX, PROPOSALS_OF_LINK_MAX, PROPOSALS_WITHIN, Proposal, WRITING_LINK_MAX,
    WritingLink, writer_account,
};
use chrono::TimeDelta;

impl<'a> Decision<'a> {
    fn list(&self) -> Result<&'a Checklist, Refusal> {
        let found = self.world.checklist(self.target());
        found.map(|list| &**list).ok_or_else(|| Refusal::not_found("checklist", self.target()))
    }

    pub(super) fn checklist_invite(&self, invite: &ChecklistInvite) -> Decided {
        let list = self.list()?;
        let bad_token = || {
            Refusal::new("bad_token", "The link's token is named by its own SHA-256 in 64 hex digits.")
                .mend("Make a random token, keep it, and send its digest.")
        };
        check_digest(&invite.token_sha256).map_err(|_| bad_token())?;
        check_text(&invite.to)?;
        check_text(&invite.message)?;
        let life = invite.expires_at - self.ctx.now;
        if life <= TimeDelta::zero() || life > WRITING_LINK_MAX {
            return Err(Refusal::new("bad_expiry", "A link lives between now and 60 days.").mend("Choose another end."));
        }
        if list.writing_link(&invite.token_sha256).is_some() {
            return Ok(vec![]);
        }
        if self.world.writing(&invite.token_sha256).is_some() {
            return Err(bad_token());
        }
        if list.waiting_proposal().is_some() {
            return Err(Refusal::new("proposal_waits", "A customer’s proposal of this list waits to be read.")
                .mend("Approve it or return it, then give out another link."));
        }
        let token_sha256 = invite.token_sha256.to_ascii_lowercase();
        let writer = writer_account(&token_sha256);
        let invited = E::ChecklistInvited(ChecklistInvite { token_sha256, ..invite.clone() });
        // What is said to and by whoever holds the link goes with them.
        Ok(vec![about(event(K::Checklist, list.id, invited), writer.0)])
    }

    pub(super) fn checklist_uninvite(&self) -> Decided {
        let list = self.list()?;
        match list.open_link(self.ctx.now) {
            Some(_) => self.one(K::Checklist, list.id, E::ChecklistUninvited(Empty {})),
            None => Ok(vec![]),
        }
    }

    pub(super) fn checklist_propose(&self, propose: &ChecklistPropose) -> Decided {
        let list = self.list()?;
        let writer = self.ctx.author.account;
        let link = list.open_link(self.ctx.now).filter(|link| link.account() == writer).ok_or_else(|| {
            Refusal::new("no_link", "Only who holds a link to this list may propose how it should be.")
                .mend("Ask the service for a link.")
        })?;
        required(&propose.title, "The title of the checklist")?;
        check_text(&propose.said)?;
        let bytes = serde_json::to_string(propose).map_or(usize::MAX, |text| text.len());
        if bytes > PROPOSAL_BYTES_MAX {
            return Err(Refusal::new("list_too_large", "The list has too much text: more than 256 kB.")
                .mend("Shorten the hints, or make two lists of it."));
        }
        if propose.from_version > list.version {
            return Err(Refusal::new(
                "checklist_version",
                format!("There is no version {} yet.", propose.from_version),
            )
            .mend("Open the page again."));
        }
        check_list(&propose.items, false)?;
        if list.waiting_proposal().is_some_and(|standing| same(standing, propose, writer)) {
            return Ok(vec![]);
        }
        self.must_not_flood(link)?;
        let proposed = ChecklistProposed {
            number: list.proposals() + 1,
            from_version: propose.from_version,
            title: propose.title.clone(),
            items: propose.items.clone(),
            said: propose.said.clone(),
        };
        Ok(vec![about(event(K::Checklist, list.id, E::ChecklistProposed(proposed)), writer.0)])
    }

    fn must_not_flood(&self, link: &WritingLink) -> Result<(), Refusal> {
        let since = self.ctx.now - PROPOSALS_WITHIN;
        let lately = link.sent.iter().filter(|at| **at > since).count();
        if lately < PROPOSALS_MAX && link.sent.len() < PROPOSALS_OF_LINK_MAX {
            return Ok(());
        }
        Err(Refusal::new("too_many_proposals", "This list was sent many times already.")
            .mend("Wait until tomorrow, or ring the service."))
    }

    pub(super) fn checklist_return(&self, back: &ChecklistReturn) -> Decided {
        let list = self.list()?;
        required(&back.comment, "The comment")?;
        let proposal = standing(list, back.proposal)?;
        let returned = ChecklistReturned { number: proposal.number, comment: back.comment.clone() };
        Ok(vec![about(event(K::Checklist, list.id, E::ChecklistReturned(returned)), proposal.by.0)])
    }

    /// What else an approval does: the proposal that it was read from is settled.
    pub(super) fn settled_by(&self, list: &Checklist, put: &ChecklistPut) -> Result<Option<Event>, Refusal> {
        let Some(number) = put.proposal.filter(|_| !put.draft) else { return Ok(None) };
        let proposal = standing(list, number)?;
        let approved = ProposalApproved { number: proposal.number, version: list.version + 1 };
        Ok(Some(event(K::Checklist, list.id, E::ProposalApproved(approved))))
    }
}

/// The proposal somebody has read, if it is still the one that waits.
fn standing(list: &Checklist, number: u32) -> Result<&Proposal, Refusal> {
    let waiting = list.waiting_proposal().ok_or_else(|| {
        Refusal::new("no_proposal", format!("No proposal of “{}” waits any more.", list.reference))
            .mend("Somebody else has approved or returned it. Open the list again.")
    })?;
    if waiting.number != number {
        return Err(Refusal::new("proposal_newer", "The customer has sent a newer proposal meanwhile.")
            .mend("Read that one first."));
    }
    Ok(waiting)
}

fn same(standing: &Proposal, sent: &ChecklistPropose, writer: crate::id::AccountId) -> bool {
    (standing.by, &standing.title, &standing.items, &standing.said) == (writer, &sent.title, &sent.items, &sent.said)
}
