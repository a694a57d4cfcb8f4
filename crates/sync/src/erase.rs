//! Erasure by law reaches the outbox too.

use domain::Command;
use domain::id::PersonId;
use domain::site::{Contact, Site};
use serde_json::Value;
use uuid::Uuid;

/// Stands where a text must not be empty.
const ERASED: &str = "erased by law";

/// Takes the personal fields of this person out of a pending command. None when it holds none. `site` is the one that a
/// `site.put` changes, as it was before the erasure: a contact without an id is the one of the same name there.
pub fn erase_from(command: &Command, person: PersonId, site: Option<&Site>) -> Option<Command> {
    let mut erased = command.clone();
    let body = &mut erased.body;
    let is_target = Uuid::try_parse(&command.target).is_ok_and(|id| id == person.0);
    match command.kind.as_str() {
        "note.add" if names(body, "about", person) => put(body, "text", ERASED),
        "officer.put" | "account.put" if is_target => {
            put(body, "name", ERASED);
            put(body, "telephone", "");
        }
        "call.put" if is_target => {
            ["caller", "number", "address", "place", "text"].iter().for_each(|f| put(body, f, ""))
        }
        "call.close" if is_target => {
            put(body, "told", ERASED);
            put(body, "note", ERASED);
        }
        "call.grade" if is_target => body.as_object_mut()?.values_mut().for_each(|aspect| put(aspect, "note", "")),
        "site.put" => {
            for (index, contact) in body.get_mut("contacts")?.as_array_mut()?.iter_mut().enumerate() {
                if contact_id(command, site, index, contact) == person.0 {
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

/// Whom the hub takes an entry of a site's contacts for; the rule is the domain's.
fn contact_id(command: &Command, site: Option<&Site>, index: usize, contact: &Value) -> Uuid {
    let text = |field: &str| contact.get(field).and_then(Value::as_str).unwrap_or_default();
    let same_name = |known: &&Contact| known.name == text("name") && known.role == text("role");
    let known = || site.and_then(|site| site.contacts.iter().find(same_name)).map(|known| known.id.0);
    let new = || domain::id::derived("contact", &[command.id.0.as_bytes(), &index.to_be_bytes()]);
    Uuid::try_parse(text("id")).ok().or_else(known).unwrap_or_else(new)
}

fn names(body: &Value, field: &str, person: PersonId) -> bool {
    body.get(field).and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok()) == Some(person.0)
}

fn put(body: &mut Value, field: &str, text: &str) {
    if let Some(value) = body.get_mut(field) {
        *value = text.into();
    }
}
