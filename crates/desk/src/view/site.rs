//! The register as the page shows it.

use super::Scene;
use domain::World;
use domain::grid::grid_reference;
use domain::settings::CalloutSettings;
use domain::site::{Estate, Site};
use protocol::place::plus_code;
use protocol::view::{CalloutRulesView, ContactView, EstateView, ServiceView, SiteView};

pub fn site_view(scene: &Scene, site: &Site) -> SiteView {
    SiteView {
        id: site.id.to_string(),
        reference: site.reference.clone(),
        name: site.name.clone(),
        estate: scene.world().estate_name(Some(site)).to_owned(),
        address: site.address.clone(),
        lat: site.point.lat,
        lon: site.point.lon,
        radius_m: site.radius_m,
        hazards: site.hazards.clone(),
        access: site.access.clone(),
        response: site.response.clone(),
        what3words: site.what3words.clone(),
        grid_reference: grid_reference(site.point),
        plus_code: plus_code(site.point),
        contacts: site.contacts.iter().map(contact_view).collect(),
        entrances: site.entrances.iter().map(Into::into).collect(),
        urns: super::urns_by_site(scene).remove(&site.id).unwrap_or_default(),
    }
}

pub fn estate_view(estate: &Estate) -> EstateView {
    EstateView {
        id: estate.id.to_string(),
        name: estate.name.clone(),
        outline: estate.outline.iter().map(|p| [p.lat, p.lon]).collect(),
        lat: estate.centre.lat,
        lon: estate.centre.lon,
    }
}

fn contact_view(c: &domain::site::Contact) -> ContactView {
    ContactView { id: c.id.to_string(), role: c.role.clone(), name: c.name.clone(), telephone: c.telephone.clone() }
}

fn callout_rules(set: &CalloutSettings) -> CalloutRulesView {
    let times = &set.times;
    CalloutRulesView {
        accept_s: times.accept_s,
        set_off_s: times.set_off_s,
        arrive_min: times.arrive_min,
        no_movement_min: times.no_movement_min,
        check_call_min: times.check_call_min,
        police_min: times.police_min,
        report_h: times.report_h,
        managers: vec![],
        operators_stand_down_p1: set.operators_stand_down_p1,
        operators_review: set.operators_review,
    }
}

pub fn service_view(world: &World) -> ServiceView {
    let settings = &world.settings;
    ServiceView {
        council: settings.council.clone(),
        name: settings.service_name.clone(),
        telephone: settings.contact.telephone.clone(),
        email: settings.contact.email.clone(),
        web: settings.contact.web.clone(),
        demonstration: settings.demonstration,
        empty: world.sites.is_empty() && world.officers.is_empty() && world.units.is_empty(),
        customer_min: settings.updates.customer_min,
        control_min: settings.updates.control_min,
        handover_prompt_min: settings.handover_prompt_min,
        callouts: Some(CalloutRulesView {
            managers: settings.managers.iter().map(contact_view).collect(),
            ..callout_rules(&settings.callouts())
        }),
    }
}
