//! A checklist that its customer writes, as supervisors see it: the link that is out, and what came through it.

use super::register::line;
use super::{Scene, instant};
use domain::command::{ChecklistPut, Role};
use domain::documents::Checklist;
use domain::writing::{Difference, Outcome, Proposal, differences};
use protocol::register::{ChangeView, ProposalView, WritingView};

/// Who may approve a proposal: nobody else is shown one.
pub fn may_approve(scene: &Scene) -> bool {
    matches!(scene.shown.me.role, Role::Supervisor | Role::Administrator)
}

/// How many proposals wait for somebody of this role.
pub fn proposals(scene: &Scene) -> u32 {
    let waiting = scene.world().checklists.values().filter(|list| list.waiting_proposal().is_some()).count();
    if may_approve(scene) { u32::try_from(waiting).unwrap_or(u32::MAX) } else { 0 }
}

/// The newest link; the page knows the time and says whether it is still out.
pub fn writing(scene: &Scene, list: &Checklist) -> Option<WritingView> {
    let link = list.writing.as_ref()?.links.last()?;
    Some(WritingView {
        url: scene.links.get(&link.token_sha256.to_ascii_lowercase()).cloned(),
        to: link.to.clone(),
        message: link.message.clone(),
        by: scene.account_name(link.by.account),
        expires_at: instant(link.expires_at),
        ended: link.ended_at.is_some(),
    })
}

pub fn proposal(scene: &Scene, list: &Checklist) -> Option<ProposalView> {
    let writing = list.writing.as_ref()?;
    let proposal = writing.proposal.as_ref().filter(|p| p.settled.is_some() || p.waits())?;
    let link = writing.links.iter().find(|link| link.account() == proposal.by);
    let settled = proposal.settled.as_ref();
    let (state, comment, version) = match settled.map(|settled| &settled.how) {
        None => ("waiting", String::new(), None),
        Some(Outcome::Approved { version }) => ("approved", String::new(), Some(*version)),
        Some(Outcome::Returned { comment }) => ("returned", comment.clone(), None),
    };
    Some(ProposalView {
        number: proposal.number,
        at: instant(proposal.at),
        from: link.map_or_else(String::new, |link| link.to.clone()),
        said: proposal.said.clone(),
        title: proposal.title.clone(),
        from_version: proposal.from_version,
        items: proposal.items.iter().map(line).collect(),
        changes: changes(list, proposal),
        put: serde_json::to_value(ChecklistPut {
            title: proposal.title.clone(),
            items: proposal.items.clone(),
            ..ChecklistPut::of(list)
        })
        .unwrap_or_default(),
        state: state.into(),
        settled_at: settled.map(|settled| instant(settled.at)),
        settled_by: settled.map_or_else(String::new, |settled| scene.account_name(settled.by.account)),
        comment,
        version,
    })
}

/// What is otherwise than in the version in force.
fn changes(list: &Checklist, proposal: &Proposal) -> Vec<ChangeView> {
    // A list that was never approved has a title and nothing else that is in force.
    let old = if list.is_approved() { list.title.as_str() } else { "" };
    let found = differences((old, &list.items), (&proposal.title, &proposal.items));
    found.into_iter().map(change).collect()
}

fn change(difference: Difference) -> ChangeView {
    let of = |what: &str, text: String, detail: String| ChangeView { what: what.into(), text, detail };
    match difference {
        Difference::Title { was } => of("title", was, String::new()),
        Difference::Added { text } => of("added", text, String::new()),
        Difference::Removed { text } => of("removed", text, String::new()),
        Difference::Changed { text, what } => of("changed", text, what.join(", ")),
        Difference::Order => of("order", String::new(), String::new()),
    }
}
