//! Which events of the log make which message. A message says that something happened and how far the call-out is; it
//! carries no text of anybody, and nothing that the tracking page would not show.

use crate::state::Hub;
use chrono::Utc;
use domain::callout::partner::TestStage;
use domain::callout::{Callout, Part};
use domain::command::ArrivalSource;
use domain::event::{EventBody as E, Recorded, ReportOf};
use domain::id::{AggregateKind, CalloutId, SiteId};
use serde_json::{Value, json};
use std::collections::HashMap;
use store::{NewDelivery, StoreError, StoredEvent, Webhook, WebhookBody};
use uuid::Uuid;

/// What one event says to a partner.
struct Word {
    event: &'static str,
    /// How far the call-out is with it; left out where it does not change that.
    stage: Option<&'static str>,
    more: Value,
}

pub(super) struct Maker<'a> {
    hub: &'a Hub,
    hooks: Vec<Webhook>,
    callouts: HashMap<CalloutId, Option<Callout>>,
    last: HashMap<(Uuid, CalloutId), Option<String>>,
}

impl<'a> Maker<'a> {
    pub fn new(hub: &'a Hub, hooks: Vec<Webhook>) -> Self {
        Self { hub, hooks, callouts: HashMap::new(), last: HashMap::new() }
    }

    /// In the order of the log.
    pub async fn messages(&mut self, events: &[StoredEvent]) -> Result<Vec<NewDelivery>, StoreError> {
        let mut made = Vec::new();
        for stored in events.iter().filter(|e| e.stream.kind == AggregateKind::Callout) {
            let Some(event) = stored.to_recorded().transpose()?.filter(|e| may_tell(&e.body)) else { continue };
            let id = CalloutId(event.stream.id);
            let Some(callout) = self.callout(id).await? else { continue };
            let Some(word) = word(&event, &callout) else { continue };
            let Some(site) = callout.site else { continue };
            for hook in self.hooks.clone() {
                if event.seq > hook.from_seq && self.sees(&hook, site) && !self.said_just_now(&hook, id, &word).await? {
                    made.push(self.message(&hook, &callout, &event, &word));
                    self.last.insert((hook.id, id), Some(word.event.to_owned()));
                }
            }
        }
        Ok(made)
    }

    fn message(&self, hook: &Webhook, callout: &Callout, event: &Recorded, word: &Word) -> NewDelivery {
        let world = self.hub.world();
        let site = callout.site.and_then(|id| world.sites.get(&id));
        let mut data = json!({
            "site": site.map(|s| s.reference.clone()),
            "test": callout.test,
            "demonstration": self.hub.demonstration(),
        });
        if let Some(stage) = word.stage {
            data["stage"] = json!(stage);
        }
        for (name, value) in word.more.as_object().into_iter().flatten() {
            data[name.as_str()] = value.clone();
        }
        let head = json!({ "event": word.event, "callout": callout.number, "at": event.at }).to_string();
        let before = format!("{},\"seq\":", head.trim_end_matches('}'));
        NewDelivery {
            id: Uuid::now_v7(),
            webhook: hook.id,
            callout: callout.id,
            event: word.event.into(),
            body: WebhookBody { before, after: format!(",\"data\":{data}}}") },
            made_at: Utc::now(),
        }
    }

    /// From memory while it is open, else from the file; once for each round.
    async fn callout(&mut self, id: CalloutId) -> Result<Option<Callout>, StoreError> {
        if let Some(known) = self.callouts.get(&id) {
            return Ok(known.clone());
        }
        let open = self.hub.world().callouts.get(&id).map(|c| (**c).clone());
        let found = match open {
            Some(open) => Some(open),
            None => {
                let stored = self.hub.store.callout_by_ref(&id.to_string()).await?;
                stored.map(|(_, _, state)| serde_json::from_value(state)).transpose()?
            }
        };
        self.callouts.insert(id, found.clone());
        Ok(found)
    }

    fn sees(&self, hook: &Webhook, site: SiteId) -> bool {
        let world = self.hub.world();
        world.accounts.get(&hook.account).is_some_and(|a| !a.disabled && a.sites.contains(&site))
    }

    /// How many officers were asked is not for a customer: that one is being looked for is said once.
    async fn said_just_now(&mut self, hook: &Webhook, id: CalloutId, word: &Word) -> Result<bool, StoreError> {
        if word.event != "offered" {
            return Ok(false);
        }
        let last = match self.last.get(&(hook.id, id)) {
            Some(last) => last.clone(),
            None => self.hub.store.last_delivery(hook.id, id).await?,
        };
        Ok(last.as_deref() == Some(word.event))
    }
}

/// Whether events of this kind can make a message.
pub(super) fn may_tell(body: &E) -> bool {
    matches!(
        body,
        E::CalloutCreated(_)
            | E::CalloutOwned(_)
            | E::Offered(_)
            | E::Accepted(_)
            | E::EnRoute(_)
            | E::Arrived(_)
            | E::Secured(_)
            | E::NoteAdded(_)
            | E::CancelRequested(_)
            | E::CancelRefused(_)
            | E::CalloutStoodDown(_)
            | E::ReportReviewed(_)
            | E::ReportKept(_)
            | E::Rated(_)
            | E::TestPlayed(_)
    )
}

fn word(event: &Recorded, callout: &Callout) -> Option<Word> {
    let leads = |id| callout.lead == Some(id) || callout.assignment(id).is_some_and(|a| a.part == Part::Lead);
    let at = |event, stage| Some(Word { event, stage: Some(stage), more: json!({}) });
    let beside = |event| Some(Word { event, stage: None, more: json!({}) });
    match &event.body {
        E::CalloutCreated(_) => at("created", "received"),
        E::CalloutOwned(_) => beside("owned"),
        E::Offered(offered) if offered.part == Part::Lead => at("offered", "finding"),
        E::Accepted(accepted) if leads(accepted.assignment) => at("accepted", "accepted"),
        E::EnRoute(of) if leads(of.assignment) => at("en_route", "on_the_way"),
        E::Arrived(arrived) if arrived.source != ArrivalSource::Geofence && leads(arrived.assignment) => {
            at("arrived", "at_site")
        }
        E::Secured(_) => at("left", "left"),
        E::NoteAdded(note) if note.share => beside("message"),
        E::CancelRequested(_) => beside("cancel_requested"),
        E::CancelRefused(_) => beside("cancel_refused"),
        E::CalloutStoodDown(_) => at("stood_down", "stood_down"),
        E::ReportReviewed(review) if review.approve => at("closed", "closed"),
        E::ReportKept(kept) if kept.of != ReportOf::Submitted => Some(Word {
            event: "report_ready",
            stage: None,
            more: json!({ "version": kept.version, "addendum": kept.addendum, "sha256": kept.customer }),
        }),
        E::Rated(rated) => Some(Word { event: "rated", stage: None, more: json!({ "score": rated.score }) }),
        E::TestPlayed(played) => match played.stage {
            TestStage::Owned => beside("owned"),
            TestStage::Offered => at("offered", "finding"),
            TestStage::Accepted => at("accepted", "accepted"),
            TestStage::EnRoute => at("en_route", "on_the_way"),
            TestStage::Arrived => at("arrived", "at_site"),
            TestStage::Securing => None,
            TestStage::Left => at("left", "left"),
            TestStage::Reported => None,
            TestStage::Closed => at("closed", "closed"),
        },
        _ => None,
    }
}
