//! The thread of a call-out: who has read what, the ladder of contacts, the plan, and silence that is too long.

use super::{Decided, Decision, about, event, required};
use crate::callout::Callout;
use crate::callout::checks::check_text;
use crate::callout::messages::{CUSTOMER_CHARS_MAX, CUSTOMER_MESSAGES_MAX, CUSTOMER_WITHIN, Reader};
use crate::callout::updates::{Expected, UpdatePolicy};
use crate::command::{ContactTried, ContactsSettle, EscalationPlan, NoteAdd, Role, Settlement, UpTo};
use crate::event::{EventBody as E, MessagesMarked, UpdateOverdue};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;
use crate::site::Site;
use chrono::TimeDelta;

/// A timer that fires later than this after its time was missed, not only waited for.
const LATE: TimeDelta = TimeDelta::seconds(60);
/// A plan looks ahead, not to next week.
const PLAN_MAX: TimeDelta = TimeDelta::days(1);

impl Decision<'_> {
    pub(super) fn message_delivered(&self, up_to: &UpTo) -> Decided {
        let (callout, reader) = self.reading()?;
        match callout.newest_for(reader, up_to.up_to).filter(|seq| *seq > callout.delivered_up_to(reader)) {
            Some(up_to) => self.on_callout(callout, E::MessageDelivered(MessagesMarked { reader, up_to })),
            None => Ok(vec![]),
        }
    }

    pub(super) fn message_read(&self, up_to: &UpTo) -> Decided {
        let (callout, reader) = self.reading()?;
        match callout.newest_for(reader, up_to.up_to).filter(|seq| *seq > callout.read_up_to(reader)) {
            Some(up_to) => self.on_callout(callout, E::MessageRead(MessagesMarked { reader, up_to })),
            None => Ok(vec![]),
        }
    }

    fn reading(&self) -> Result<(&Callout, Reader), Refusal> {
        let callout = self.callout()?;
        self.must_take_part(callout)?;
        self.must_hold_link(callout)?;
        Ok((callout, Reader::of(&self.ctx.author)))
    }

    /// A customer is whoever holds a link of this call-out, and nobody else.
    fn must_hold_link(&self, callout: &Callout) -> Result<(), Refusal> {
        let author = &self.ctx.author;
        if author.role != Role::Customer || callout.holds_link(author.account, self.ctx.now) {
            return Ok(());
        }
        Err(Refusal::new("no_link", "Only who holds a link of this call-out may write here.")
            .mend("Ask the control room for a link, or ring."))
    }

    /// What a customer may send: words to the control room, while the call-out goes on, and not too many.
    pub(super) fn of_a_customer(&self, callout: &Callout, note: &NoteAdd) -> Result<NoteAdd, Refusal> {
        self.must_hold_link(callout)?;
        callout.must_be_live()?;
        required(&note.text, "The message")?;
        if note.text.chars().count() > CUSTOMER_CHARS_MAX {
            return Err(Refusal::new(
                "text_too_long",
                format!("A message has at most {CUSTOMER_CHARS_MAX} characters."),
            )
            .mend("Shorten it, or ring."));
        }
        let since = self.ctx.now - CUSTOMER_WITHIN;
        if callout.customer_messages_since(self.ctx.author.account, since) >= CUSTOMER_MESSAGES_MAX {
            return Err(Refusal::new("too_many_messages", "That are many messages in a short time.")
                .mend("Wait some minutes, or ring."));
        }
        // Only words, only to the control room, and visible to whoever wrote them.
        Ok(NoteAdd { text: note.text.clone(), to: Some("control".into()), pictures: vec![], share: true, about: None })
    }

    pub(super) fn contact_tried(&self, tried: &ContactTried) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        self.must_take_part(callout)?;
        check_text(&tried.note)?;
        let site = callout.site.and_then(|id| self.world.sites.get(&id)).map(|s| &**s);
        let manager = self.world.settings.managers.iter().any(|m| m.id == tried.contact);
        if !manager && !Callout::has_contact(site, tried.contact) {
            return Err(Refusal::not_found("contact", &tried.contact.to_string()));
        }
        let made = event(K::Callout, callout.id, E::ContactTried(ContactTried { manager, ..tried.clone() }));
        Ok(vec![about(made, tried.contact)])
    }

    pub(super) fn contacts_settle(&self, settle: &ContactsSettle) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        check_text(&settle.reason)?;
        let site = callout.site.and_then(|id| self.world.sites.get(&id));
        if site.and_then(|site| callout.nobody_answered(site)).is_none() {
            return Ok(vec![]);
        }
        if settle.decision == Settlement::GoOnWithout {
            required(&settle.reason, "The reason")?;
        }
        self.on_callout(callout, E::ContactsSettled(settle.clone()))
    }

    pub(super) fn escalation_plan(&self, plan: &EscalationPlan) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        check_text(&plan.rendezvous)?;
        check_text(&plan.cordon)?;
        let ahead = plan.next_update_at.map(|at| at - self.ctx.at);
        if ahead.is_some_and(|ahead| ahead <= TimeDelta::zero() || ahead > PLAN_MAX) {
            return Err(Refusal::new("bad_update_time", "The next update is due within a day from now.")
                .mend("Choose a later or nearer time."));
        }
        if plan.point.is_some_and(|point| !point.is_valid()) {
            return Err(
                Refusal::new("bad_place", "The rendezvous point is no place on Earth.").mend("Set the pin again.")
            );
        }
        if callout.plan.as_ref().is_some_and(|known| known.what == *plan) {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::EscalationPlanned(plan.clone()))
    }

    /// How often somebody is to hear something of a new call-out: the site's word goes before the service's.
    pub(super) fn updates_of(&self, site: Option<&Site>) -> UpdatePolicy {
        let own = site.and_then(|site| site.policy.updates.clone());
        own.unwrap_or_else(|| self.world.settings.updates.clone())
    }

    /// Nobody was told, or nothing was heard, in time.
    pub(super) fn overdue(&self, callout: &Callout, expected: Expected, due: crate::Instant) -> Decided {
        let Some(since) = callout.silent_since(expected) else {
            return Ok(vec![]);
        };
        let late = self.ctx.now - due > LATE;
        self.on_callout(callout, E::UpdateOverdue(UpdateOverdue { expected, since, late }))
    }
}
