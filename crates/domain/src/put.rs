//! What a put would have to say to leave things as they are: where editing, export and merging begin.

use crate::command::{ChecklistPut, ContactPut, KeyPut, PanelPut, RamsPut, SitePut};
use crate::documents::{Checklist, Rams};
use crate::keys::Key;
use crate::site::{Panel, Site};
use crate::world::World;

impl SitePut {
    pub fn of(world: &World, site: &Site) -> Self {
        let contact = |c: &crate::site::Contact| ContactPut {
            id: Some(c.id),
            role: c.role.clone(),
            name: c.name.clone(),
            telephone: c.telephone.clone(),
            email: c.email.clone(),
            reports: c.reports,
        };
        Self {
            reference: site.reference.clone(),
            name: site.name.clone(),
            estate: site.estate.and_then(|id| world.estates.get(&id)).map(|e| e.reference.clone()),
            address: site.address.clone(),
            lat: site.point.lat,
            lon: site.point.lon,
            radius_m: site.radius_m,
            customer: site.customer.clone(),
            entrances: site.entrances.clone(),
            zones: site.zones.clone(),
            floors: site.floors,
            plans: site.plans.clone(),
            hazards: site.hazards.clone(),
            access: site.access.clone(),
            keys: site.keys.clone(),
            response: site.response.clone(),
            what3words: site.what3words.clone(),
            rams: site.rams.and_then(|id| world.rams.get(&id)).map(|r| r.reference.clone()),
            checklist: site.checklist.and_then(|id| world.checklists.get(&id)).map(|c| c.reference.clone()),
            contacts: site.contacts.iter().map(contact).collect(),
            policy: site.policy.clone(),
        }
    }
}

impl PanelPut {
    pub fn of(world: &World, panel: &Panel) -> Self {
        Self {
            account: panel.account.clone(),
            site: panel.site.and_then(|id| world.sites.get(&id)).map(|s| s.reference.clone()),
            time_check: panel.time_check,
            supervision_s: panel.supervision_s,
            refuse_unknown: panel.refuse_unknown,
            urns: Some(panel.urns.clone()),
        }
    }
}

impl KeyPut {
    pub fn of(world: &World, key: &Key) -> Self {
        Self {
            number: key.number.clone(),
            site: key.site.and_then(|id| world.sites.get(&id)).map(|s| s.reference.clone()),
            opens: key.opens.clone(),
            seal: key.seal.clone(),
            kept: key.kept.clone(),
        }
    }
}

impl RamsPut {
    pub fn of(rams: &Rams) -> Self {
        Self {
            reference: rams.reference.clone(),
            title: rams.title.clone(),
            first: rams.first.clone(),
            hazards: rams.hazards.clone(),
            controls: rams.controls.clone(),
            ppe: rams.ppe.clone(),
            no_go: rams.no_go.clone(),
            emergency: rams.emergency.clone(),
            minimum_crew: rams.minimum_crew,
            owner: rams.owner.clone(),
            valid_until: rams.valid_until,
            sites: rams.sites.clone(),
            kinds: rams.kinds.clone(),
            hours: rams.hours.clone(),
            pdf: rams.pdf.clone(),
        }
    }
}

impl ChecklistPut {
    pub fn of(checklist: &Checklist) -> Self {
        Self {
            reference: checklist.reference.clone(),
            title: checklist.title.clone(),
            items: checklist.items.clone(),
            draft: false,
            from_version: None,
            proposal: None,
        }
    }
}
