//! Police numbers and how they stand today.

use super::{Scene, instant, wire_name};
use chrono::NaiveDate;
use domain::id::SiteId;
use domain::site::Panel;
use domain::urn::{PoliceCall, Standing, Urn, UrnStanding, cause_word, counts_until, is_false, standing};
use protocol::register::{PoliceCallView, UrnView};
use std::collections::HashMap;

pub type UrnsBySite = HashMap<SiteId, Vec<UrnView>>;

/// The numbers of every site that has any.
pub fn urns_by_site(scene: &Scene) -> UrnsBySite {
    let mut sites = UrnsBySite::new();
    for panel in scene.world().panels.values().filter(|p| !p.urns.is_empty()) {
        if let Some(site) = panel.site {
            sites.entry(site).or_default().extend(urn_views(scene, panel));
        }
    }
    sites
}

pub fn urn_views(scene: &Scene, panel: &Panel) -> Vec<UrnView> {
    panel.urns.iter().map(|urn| urn_view(scene, panel, urn)).collect()
}

fn today(scene: &Scene) -> NaiveDate {
    domain::civil::day(&scene.world().settings.zone, scene.now)
}

fn urn_view(scene: &Scene, panel: &Panel, urn: &Urn) -> UrnView {
    let UrnStanding { standing, false_calls, eases_on, words } =
        standing(urn, &panel.police_calls, &scene.world().settings.zone, today(scene));
    let standing = match standing {
        Standing::Full => "full",
        Standing::Warned => "warned",
        Standing::Withdrawn => "withdrawn",
    };
    UrnView {
        account: panel.account.clone(),
        kind: wire_name(urn.kind),
        number: urn.number.clone(),
        force: urn.force.clone(),
        level: wire_name(urn.level),
        standing: standing.into(),
        words,
        false_calls: false_calls.len() as u32,
        eases_on: eases_on.map(|day| day.to_string()),
    }
}

/// Newest first.
pub fn call_views(scene: &Scene, panel: &Panel) -> Vec<PoliceCallView> {
    let today = today(scene);
    let view = |call: &PoliceCall| {
        let day = domain::civil::day(&scene.world().settings.zone, call.at);
        PoliceCallView {
            at: instant(call.at),
            kind: wire_name(call.kind),
            number: call.number.clone(),
            cause: call.cause.clone(),
            cause_word: cause_word(&call.cause).to_owned(),
            is_false: is_false(&call.cause),
            counts: is_false(&call.cause) && today < counts_until(day),
        }
    };
    let mut calls: Vec<&PoliceCall> = panel.police_calls.iter().collect();
    calls.sort_by_key(|call| std::cmp::Reverse(call.at));
    calls.into_iter().map(view).collect()
}
