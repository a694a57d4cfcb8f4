//! Who works on a call-out at a desk, what it waits for, and which others belong to it.

use super::{Scene, instant};
use domain::callout::Callout;
use domain::id::CalloutId;
use protocol::view::{LinkedView, OwnerView, WaitView};

pub fn owner(scene: &Scene, callout: &Callout) -> Option<OwnerView> {
    let owner = callout.owner?;
    let name = scene.world().accounts.get(&owner).map_or_else(|| "another desk".into(), |a| a.name.clone());
    Some(OwnerView { name, me: scene.shown.me.author().account == owner })
}

pub fn waits(callout: &Callout) -> Vec<WaitView> {
    let hold = callout.hold.as_ref().map(|hold| WaitView {
        kind: "hold".into(),
        text: hold.reason.clone(),
        since: instant(hold.at),
        until: Some(instant(hold.until)),
        due: false,
    });
    let police = callout.police.as_ref().map(|wait| WaitView {
        kind: "police".into(),
        text: wait.reference.clone(),
        since: instant(wait.at),
        until: callout.police_call_back_at().map(instant),
        due: wait.call_back_due.is_some(),
    });
    let cancel = callout.cancel.as_ref().map(|cancel| WaitView {
        kind: "cancel".into(),
        text: cancel.reason.clone(),
        since: instant(cancel.at),
        until: None,
        due: true,
    });
    let panel = callout.panel_disagrees().map(|word| WaitView {
        kind: "panel".into(),
        text: word.text.clone(),
        since: instant(word.at),
        until: None,
        due: true,
    });
    hold.into_iter().chain(police).chain(cancel).chain(panel).collect()
}

pub fn linked(scene: &Scene, callout: &Callout) -> Vec<LinkedView> {
    let number = |id: &CalloutId| scene.world().callouts.get(id).map_or_else(String::new, |c| c.number.clone());
    let view = |id: &CalloutId, how: &str| LinkedView { id: id.to_string(), number: number(id), how: how.into() };
    let follows = callout.follows.iter().map(|id| view(id, "follows"));
    follows.chain(callout.followed_by.iter().map(|id| view(id, "followed_by"))).collect()
}
