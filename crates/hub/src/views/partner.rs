//! One call-out as its customer's own system sees it: what the tracking page would show, in the same words.
//!
//! Nothing here follows from an escalation or the priority, which the word for duress changes.

use super::track::{stage, times};
use domain::World;
use domain::callout::Callout;
use domain::callout::facts::secure_words;
use protocol::partner::PartnerCallout;

pub fn callout(world: &World, callout: &Callout) -> PartnerCallout {
    let site = callout.site.and_then(|id| world.sites.get(&id));
    let (stage, headline) = stage(callout);
    PartnerCallout {
        callout: callout.number.clone(),
        id: callout.id.0,
        site: site.map_or_else(String::new, |s| s.reference.clone()),
        title: callout.title.clone(),
        stage: stage.into(),
        headline: headline.into(),
        opened_at: callout.created_at.to_rfc3339(),
        times: times(callout),
        cancel_requested: callout.cancel.is_some(),
        rating: callout.rating.as_ref().map(|r| r.what.score),
        outcome: callout.secured.as_ref().map(|s| format!("Left {}", secure_words(s.what.status))),
        test: callout.test,
        demonstration: world.settings.demonstration,
    }
}
