//! What phones and customers see, made from the state.

pub mod officer;
pub mod outside;
pub mod partner;
pub mod track;
pub mod write;

use domain::World;
use domain::site::Site;
use protocol::view::{ContactView, EntranceView, ServiceView, StepView};

pub fn service(world: &World) -> ServiceView {
    let settings = &world.settings;
    ServiceView {
        council: settings.council.clone(),
        name: settings.service_name.clone(),
        telephone: settings.contact.telephone.clone(),
        email: settings.contact.email.clone(),
        web: settings.contact.web.clone(),
        demonstration: settings.demonstration,
        empty: world.sites.is_empty(),
        // How the control room is reminded is its own business.
        ..ServiceView::default()
    }
}

/// A stable name as the wire has it: `on_scene`.
pub fn word<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

pub fn steps(callout: &domain::callout::Callout) -> Vec<StepView> {
    domain::callout::steps::steps(callout)
        .into_iter()
        .map(|s| StepView {
            n: s.n,
            id: s.id,
            title: s.title,
            state: word(s.state),
            at: s.at.map(|t| t.to_rfc3339()),
            detail: s.detail,
        })
        .collect()
}

pub fn entrances(site: &Site) -> Vec<EntranceView> {
    site.entrances.iter().map(Into::into).collect()
}

pub fn contacts(site: &Site) -> Vec<ContactView> {
    site.contacts
        .iter()
        .map(|c| ContactView {
            id: c.id.to_string(),
            role: c.role.clone(),
            name: c.name.clone(),
            telephone: c.telephone.clone(),
        })
        .collect()
}
