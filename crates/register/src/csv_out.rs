//! The register as CSV: RFC 4180 with CRLF, UTF-8 with a mark so that spreadsheets read it as such.

use crate::escape::escaped;
use crate::table::Table;
use domain::World;
use domain::site::{Panel, Site};
use domain::urn::{PoliceLevel, Urn, UrnKind};

pub fn csv(world: &World, table: Table) -> String {
    let mut rows = match table {
        Table::Sites => sorted(world).into_iter().map(|s| site_row(world, s)).collect(),
        Table::Entrances => sorted(world).into_iter().flat_map(entrance_rows).collect(),
        Table::Contacts => sorted(world).into_iter().flat_map(contact_rows).collect::<Vec<_>>(),
        Table::Panels => panel_rows(world),
        Table::Keys => key_rows(world),
    };
    rows.insert(0, table.columns().iter().map(|c| (*c).to_owned()).collect());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().map(|cell| if index == 0 { cell.clone() } else { escaped(cell) });
        // Writing to memory does not fail, and every row has the header's length.
        if writer.write_record(cells).is_err() {
            debug_assert!(false, "a row of another length");
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn sorted(world: &World) -> Vec<&Site> {
    let mut sites: Vec<&Site> = world.sites.values().map(|s| &**s).collect();
    sites.sort_by(|a, b| a.reference.cmp(&b.reference));
    sites
}

fn json(list: impl serde::Serialize, empty: bool) -> String {
    if empty { String::new() } else { serde_json::to_string(&list).unwrap_or_default() }
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.into()
}

fn site_row(world: &World, site: &Site) -> Vec<String> {
    let put = domain::command::SitePut::of(world, site);
    vec![
        put.reference,
        put.name,
        put.estate.unwrap_or_default(),
        put.address,
        put.lat.to_string(),
        put.lon.to_string(),
        put.radius_m.to_string(),
        put.customer.unwrap_or_default(),
        put.what3words.unwrap_or_default(),
        json(&put.hazards, put.hazards.is_empty()),
        put.access,
        json(&put.keys, put.keys.is_empty()),
        put.response,
        put.rams.unwrap_or_default(),
        put.checklist.unwrap_or_default(),
        json(&put.zones, put.zones.is_empty()),
        yes(put.policy.callout_on_take),
        yes(put.policy.acknowledge_en_route),
        yes(put.policy.keys_needed),
        yes(put.policy.pictures_at_once),
    ]
}

fn entrance_rows(site: &Site) -> Vec<Vec<String>> {
    let parked = |e: &domain::site::Entrance, of: fn(&domain::site::Parking) -> String| {
        e.parking.as_ref().map_or_else(String::new, of)
    };
    let row = |e: &domain::site::Entrance| {
        vec![
            site.reference.clone(),
            e.name.clone(),
            e.point.lat.to_string(),
            e.point.lon.to_string(),
            e.what3words.clone().unwrap_or_default(),
            parked(e, |p| p.point.lat.to_string()),
            parked(e, |p| p.point.lon.to_string()),
            parked(e, |p| p.note.clone()),
        ]
    };
    site.entrances.iter().map(row).collect()
}

fn contact_rows(site: &Site) -> Vec<Vec<String>> {
    let row = |c: &domain::site::Contact| {
        vec![site.reference.clone(), c.role.clone(), c.name.clone(), c.telephone.clone(), c.email.clone()]
    };
    // Of somebody erased by law nothing is left to export.
    site.contacts.iter().filter(|c| !c.name.is_empty()).map(row).collect()
}

fn panel_rows(world: &World) -> Vec<Vec<String>> {
    let mut panels: Vec<&Panel> = world.panels.values().map(|p| &**p).collect();
    panels.sort_by(|a, b| a.account.cmp(&b.account));
    let row = |p: &Panel| {
        let urn = |kind| p.urns.iter().find(|u| u.kind == kind);
        let number = |u: Option<&Urn>| u.map_or_else(String::new, |u| u.number.clone());
        let level = |u: Option<&Urn>| match u.map(|u| u.level) {
            None => String::new(),
            Some(PoliceLevel::Level1) => "1".into(),
            Some(PoliceLevel::Level3) => "3".into(),
        };
        let (intruder, hold_up) = (urn(UrnKind::Intruder), urn(UrnKind::HoldUp));
        vec![
            p.account.clone(),
            p.site.and_then(|id| world.sites.get(&id)).map_or_else(String::new, |s| s.reference.clone()),
            number(intruder),
            level(intruder),
            number(hold_up),
            level(hold_up),
            intruder.or(hold_up).map_or_else(String::new, |u| u.force.clone()),
            p.supervision_s.map_or_else(String::new, |s| s.to_string()),
            yes(p.time_check),
            yes(p.refuse_unknown),
        ]
    };
    panels.into_iter().map(row).collect()
}

fn key_rows(world: &World) -> Vec<Vec<String>> {
    let mut keys: Vec<_> = world.keys.values().collect();
    keys.sort_by(|a, b| a.number.cmp(&b.number));
    let site = |id| world.sites.get(&id).map_or_else(String::new, |s| s.reference.clone());
    keys.into_iter()
        .map(|k| {
            let site = k.site.map_or_else(String::new, site);
            vec![k.number.clone(), site, k.opens.clone(), k.seal.clone(), k.kept.clone()]
        })
        .collect()
}
