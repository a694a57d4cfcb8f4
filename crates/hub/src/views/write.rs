//! What a customer may see of the list they write.

use super::service;
use crate::state::Hub;
use domain::World;
use domain::documents::{Checklist, Item};
use domain::writing::{Outcome, Proposal, WritingLink};
use protocol::write::{SentProposal, WriteState};
use serde_json::Value;

pub fn state(hub: &Hub, list: &Checklist, link: &WritingLink, pictures_left: u32) -> WriteState {
    let world = hub.world();
    let proposal = list.writing.as_ref().and_then(|writing| writing.proposal.as_ref());
    WriteState {
        service: service(&world),
        zone: world.settings.zone.clone(),
        now: hub.clock.now().to_rfc3339(),
        expires_at: link.expires_at.to_rfc3339(),
        reference: list.reference.clone(),
        title: list.title.clone(),
        version: list.version,
        items: bodies(&list.items),
        sites: sites(&world, list),
        message: link.message.clone(),
        // What came through a link before may be another customer's.
        sent: proposal.filter(|p| p.by == link.account()).map(sent),
        pictures_left,
    }
}

fn sites(world: &World, list: &Checklist) -> Vec<String> {
    let uses = world.sites.values().filter(|site| site.checklist == Some(list.id));
    let mut names: Vec<String> = uses.map(|site| site.name.clone()).collect();
    names.sort();
    names
}

fn sent(proposal: &Proposal) -> SentProposal {
    let (state, comment, version) = match proposal.settled.as_ref().map(|settled| &settled.how) {
        Some(Outcome::Approved { version }) => ("approved", String::new(), Some(*version)),
        Some(Outcome::Returned { comment }) => ("returned", comment.clone(), None),
        None if proposal.waits() => ("waiting", String::new(), None),
        None => ("erased", String::new(), None),
    };
    SentProposal {
        number: proposal.number,
        at: proposal.at.to_rfc3339(),
        from_version: proposal.from_version,
        title: proposal.title.clone(),
        items: bodies(&proposal.items),
        said: proposal.said.clone(),
        state: state.into(),
        settled_at: proposal.settled.as_ref().map(|settled| settled.at.to_rfc3339()),
        comment,
        version,
    }
}

fn bodies(items: &[Item]) -> Vec<Value> {
    items.iter().map(|item| serde_json::to_value(item).unwrap_or_default()).collect()
}
