//! Duty managers: who is rung in an emergency, and the SMS to them.

use super::{Decided, Decision, about, event, required};
use crate::callout::checks::check_text;
use crate::command::{ManagerText, ManagersPut, TextState};
use crate::event::{ContactPut, ContactRemoved, EventBody as E};
use crate::id::{AggregateKind as K, PersonId};
use crate::refusal::Refusal;
use crate::site::Contact;
use uuid::Uuid;

/// More of them are no tree that anybody rings through.
const MANAGERS_MAX: usize = 10;
pub(crate) const MANAGER: &str = "Duty manager";

impl Decision<'_> {
    pub(super) fn managers_put(&self, put: &ManagersPut) -> Decided {
        if put.managers.len() > MANAGERS_MAX {
            return Err(Refusal::new("too_many_managers", format!("A call tree has {MANAGERS_MAX} people at most."))
                .mend("Keep those who can decide."));
        }
        let known = &self.world.settings.managers;
        let mut wanted: Vec<Contact> = Vec::new();
        for (index, manager) in put.managers.iter().enumerate() {
            required(&manager.name, "The name")?;
            required(&manager.telephone, "The telephone number")?;
            check_text(&manager.name)?;
            let taken = |id: PersonId| wanted.iter().any(|c| c.id == id);
            let same = known.iter().find(|c| c.name == manager.name && !taken(c.id)).map(|c| c.id);
            let id = manager.id.or(same);
            if id.is_some_and(taken) {
                return Err(Refusal::new("named_twice", format!("{} stands there twice.", manager.name))
                    .mend("Name everybody once."));
            }
            let new = || crate::id::derived("manager", &[self.command.id.0.as_bytes(), &index.to_be_bytes()]);
            wanted.push(Contact {
                id: id.unwrap_or_else(|| PersonId(new())),
                role: MANAGER.into(),
                name: manager.name.clone(),
                telephone: manager.telephone.clone(),
                email: String::new(),
                reports: None,
            });
        }
        // Whoever keeps the place keeps the event that put them there; the rest of the list is made anew.
        let kept = known.iter().zip(&wanted).take_while(|(old, new)| old.id == new.id).count();
        let removed = known
            .iter()
            .skip(kept)
            .map(|gone| event(K::Settings, Uuid::nil(), E::ContactRemoved(ContactRemoved { contact: gone.id })));
        let mut events: Vec<_> = removed.collect();
        for (index, contact) in wanted.into_iter().enumerate() {
            if index >= kept || known[index] != contact {
                let person = contact.id;
                events.push(about(event(K::Settings, Uuid::nil(), E::ContactPut(ContactPut { contact })), person));
            }
        }
        Ok(events)
    }

    /// One SMS for each manager and emergency: asked before it is sent, told what came of it.
    pub(super) fn manager_text(&self, text: &ManagerText) -> Decided {
        let callout = self.callout()?;
        if !self.world.settings.managers.iter().any(|m| m.id == text.contact) {
            return Err(Refusal::not_found("duty manager", &text.contact.to_string()));
        }
        let known = callout.manager_texts().rfind(|t| t.what.contact == text.contact).map(|t| t.what.state);
        match (known, text.state) {
            (None, TextState::Sending | TextState::Failed) if callout.emergency().is_some() => {}
            (Some(TextState::Sending), TextState::Sent | TextState::Failed) => {}
            (None, TextState::Sent) => {
                return Err(Refusal::new("not_sending", "Nobody was about to send it.")
                    .mend("Say that it is being sent first."));
            }
            (None, _) => {
                return Err(Refusal::new("not_an_emergency", "No emergency stands there.").mend("Send none."));
            }
            (Some(_), _) => {
                return Err(
                    Refusal::new("texted_already", "This manager has the SMS about it.").mend("Send no second one.")
                );
            }
        }
        let made = event(K::Callout, callout.id, E::ManagerTexted(text.clone()));
        Ok(vec![about(made, text.contact)])
    }
}
