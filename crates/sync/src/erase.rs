//! Erasure by law reaches the outbox too.

use domain::Command;
use domain::id::{PersonId, SiteId};
use serde_json::Value;
use uuid::Uuid;

/// Stands where a text must not be empty.
const ERASED: &str = "erased by law";

/// Takes the personal fields of this person out of a pending command. None when it holds none.
pub fn erase_from(command: &Command, person: PersonId, site: Option<SiteId>) -> Option<Command> {
    let mut erased = command.clone();
    let body = &mut erased.body;
    let is_target = Uuid::try_parse(&command.target).is_ok_and(|id| id == person.0);
    match command.kind.as_str() {
        "note.add" if names(body, "about", person) => put(body, "text", ERASED),
        "officer.put" | "account.put" if is_target => {
            put(body, "name", ERASED);
            put(body, "telephone", "");
        }
        "site.put" => {
            for (index, contact) in body.get_mut("contacts")?.as_array_mut()?.iter_mut().enumerate() {
                let derived = || site.map(|s| domain::id::derived("contact", &[s.0.as_bytes(), &index.to_be_bytes()]));
                let given = contact.get("id").and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
                if given.or_else(derived) == Some(person.0) {
                    for field in ["name", "telephone", "email"] {
                        put(contact, field, "");
                    }
                }
            }
        }
        _ => {}
    }
    (erased != *command).then_some(erased)
}

fn names(body: &Value, field: &str, person: PersonId) -> bool {
    body.get(field).and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok()) == Some(person.0)
}

fn put(body: &mut Value, field: &str, text: &str) {
    if let Some(value) = body.get_mut(field) {
        *value = text.into();
    }
}
