//! A CSV file as commands. Which table it is, its columns say.

use crate::escape::unescaped;
use crate::table::Table;
use crate::{Read, Refused, Row};
use domain::World;
use domain::command::{ContactPut, KeyPut, PanelPut, SitePut};
use domain::geo::Point;
use domain::site::{Entrance, Parking, Zone};
use domain::urn::{PoliceLevel, Urn, UrnKind};
use std::collections::{BTreeMap, BTreeSet};

pub fn read(text: &str, world: &World) -> Result<Read, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| format!("The first line cannot be read: {e}."))?.clone();
    let columns: Vec<String> = header.iter().map(|c| c.trim().to_ascii_lowercase()).collect();
    let table = Table::of_columns(&columns).ok_or_else(|| {
        let known: Vec<String> = Table::ALL.iter().map(|t| format!("{}: {}", t.name(), t.needed().join(","))).collect();
        format!("The first line names no table of the register. It must have the columns of one: {}.", known.join("; "))
    })?;
    check_columns(table, &columns)?;
    let mut into = Into { world, table, read: Read::default(), sites: BTreeMap::new(), seen: BTreeSet::new() };
    let mut lines = Lines { text, byte: 0, line: 1 };
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(record) => {
                let line = lines.of(record.position());
                let cells = Cells { columns: &columns, record: &record };
                into.take(line, &cells);
            }
            Err(error) => {
                let at = lines.of(error.position());
                let place = format!("line {at}");
                into.read.refused.push(Refused {
                    at,
                    place,
                    name: String::new(),
                    why: format!("It cannot be read: {error}."),
                });
            }
        }
    }
    Ok(into.done())
}

/// Counts lines as an editor does. The reader's own count is one short after CR LF, and takes no empty lines.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins; records are asked for in their order.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let bytes = self.text.as_bytes();
        let begins = position.map_or(self.byte, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX)).min(bytes.len());
        let blank = bytes[begins..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let until = begins + blank;
        if let Some(passed) = bytes.get(self.byte..until) {
            self.line += passed.iter().filter(|b| **b == b'\n').count() as u64;
            self.byte = until;
        }
        self.line
    }
}

fn check_columns(table: Table, columns: &[String]) -> Result<(), String> {
    let missing: Vec<&str> =
        table.needed().iter().copied().filter(|needed| !columns.iter().any(|c| c == needed)).collect();
    if !missing.is_empty() {
        return Err(format!("The columns {} are missing for {}.", missing.join(", "), table.name()));
    }
    for (index, name) in columns.iter().enumerate() {
        if columns[..index].contains(name) {
            return Err(format!("The column {name} is there twice."));
        }
        if !(table.columns().contains(&name.as_str()) || table == Table::Sites && name == "keys") {
            return Err(format!(
                "There is no column “{name}” in {}. It may have: {}.",
                table.name(),
                table.columns().join(", ")
            ));
        }
    }
    Ok(())
}

/// One line. A cell that is not there is None: what it says stays as it is.
struct Cells<'a> {
    columns: &'a [String],
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    fn raw(&self, name: &str) -> Option<&str> {
        let at = self.columns.iter().position(|c| c == name)?;
        self.record.get(at).map(unescaped)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(str::to_owned)
    }

    /// References and codes: blanks at their ends are slips.
    fn word(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim)
    }

    fn named(&self, name: &str) -> Option<Option<String>> {
        self.word(name).map(|w| (!w.is_empty()).then(|| w.to_owned()))
    }

    fn number(&self, name: &str) -> Result<Option<f64>, String> {
        match self.word(name).filter(|w| !w.is_empty()) {
            None => Ok(None),
            Some(word) => match word.parse::<f64>() {
                Ok(n) if n.is_finite() => Ok(Some(n)),
                _ => Err(format!("“{word}” in {name} is not a number.")),
            },
        }
    }

    fn must(&self, name: &str) -> Result<f64, String> {
        self.number(name)?.ok_or_else(|| format!("{name} is empty."))
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        match self.word(name).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "yes" | "true" | "1" => Ok(Some(true)),
            "no" | "false" | "0" => Ok(Some(false)),
            other => Err(format!("“{other}” in {name} is neither yes nor no.")),
        }
    }

    /// A JSON list, as the export writes it, or texts with `;` between.
    fn list(&self, name: &str) -> Result<Option<Vec<String>>, String> {
        let Some(cell) = self.raw(name) else { return Ok(None) };
        if cell.trim_start().starts_with('[') {
            return serde_json::from_str(cell).map(Some).map_err(|_| format!("The list in {name} is broken."));
        }
        Ok(Some(cell.split(';').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect()))
    }
}

struct Into<'a> {
    world: &'a World,
    table: Table,
    read: Read,
    /// Sites whose entrances or contacts are being put together, with the line each began at.
    sites: BTreeMap<String, (u64, SitePut)>,
    seen: BTreeSet<String>,
}

impl Into<'_> {
    fn take(&mut self, line: u64, cells: &Cells) {
        let name = match self.table {
            Table::Sites => cells.word("ref").unwrap_or_default().to_owned(),
            Table::Entrances => both(cells.word("site"), cells.word("entrance")),
            Table::Contacts => both(cells.word("site"), cells.word("name")),
            Table::Panels => cells.word("account").unwrap_or_default().to_owned(),
            Table::Keys => cells.word("number").unwrap_or_default().to_owned(),
        };
        let width = cells.record.len();
        let taken = if width > cells.columns.len() {
            Err(format!("It has {width} cells for {} columns: a comma outside quotes?", cells.columns.len()))
        } else {
            self.take_row(line, cells, &name)
        };
        if let Err(why) = taken {
            self.read.refused.push(Refused { at: line, place: format!("line {line}"), name, why });
        }
    }

    fn take_row(&mut self, line: u64, cells: &Cells, name: &str) -> Result<(), String> {
        match self.table {
            Table::Sites => self.site(line, cells),
            Table::Entrances => self.entrance(line, cells),
            Table::Contacts => self.contact(line, cells),
            Table::Panels => self.panel(line, cells),
            Table::Keys => self.key(line, cells),
        }
        .map_err(|why| if name.is_empty() && why.is_empty() { "It is empty.".into() } else { why })
    }

    fn once(&mut self, what: &str, name: &str) -> Result<(), String> {
        if name.is_empty() {
            return Err(format!("The {what} is empty."));
        }
        if self.seen.insert(name.to_uppercase()) { Ok(()) } else { Err(format!("“{name}” is in this file twice.")) }
    }

    fn push(
        &mut self,
        line: u64,
        kind: &'static str,
        target: &str,
        body: Result<serde_json::Value, serde_json::Error>,
    ) {
        let place = format!("line {line}");
        match body {
            Ok(body) => {
                self.read.rows.push(Row { at: line, place, name: target.into(), kind, target: target.into(), body });
            }
            Err(error) => {
                self.read.refused.push(Refused { at: line, place, name: target.into(), why: format!("{error}.") });
            }
        }
    }

    fn known(&self, reference: &str) -> Result<SitePut, String> {
        let site = self.world.site(reference).ok_or_else(|| format!("There is no site “{reference}”."))?;
        Ok(SitePut::of(self.world, site))
    }

    fn site(&mut self, line: u64, cells: &Cells) -> Result<(), String> {
        let reference = cells.word("ref").unwrap_or_default().to_owned();
        let put = site_of(self.world, &reference, cells)?;
        self.once("reference", &reference)?;
        self.push(line, "site.put", &reference, serde_json::to_value(put));
        Ok(())
    }

    /// The site as put together so far.
    fn site_at(&mut self, line: u64, cells: &Cells) -> Result<&mut SitePut, String> {
        let reference = cells.word("site").unwrap_or_default().to_owned();
        let put = self.known(&reference)?;
        Ok(&mut self.sites.entry(put.reference.to_uppercase()).or_insert((line, put)).1)
    }

    fn entrance(&mut self, line: u64, cells: &Cells) -> Result<(), String> {
        let name = cells.text("entrance").filter(|n| !n.trim().is_empty()).ok_or("entrance is empty.")?;
        let point = point(cells.must("lat")?, cells.must("lon")?)?;
        let parking = match (cells.number("parking_lat")?, cells.number("parking_lon")?) {
            (Some(lat), Some(lon)) => {
                Some(Parking { point: self::point(lat, lon)?, note: cells.text("parking_note").unwrap_or_default() })
            }
            (None, None) => None,
            _ => return Err("Of the parking place only one coordinate is given.".into()),
        };
        let words = cells.named("what3words");
        let has_parking = cells.word("parking_lat").is_some();
        self.once("entrance", &both(cells.word("site"), Some(name.as_str())))?;
        let put = self.site_at(line, cells)?;
        match put.entrances.iter_mut().find(|e| e.name == name) {
            Some(entrance) => {
                entrance.point = point;
                if let Some(words) = words {
                    entrance.what3words = words;
                }
                if has_parking {
                    entrance.parking = parking;
                }
            }
            None => put.entrances.push(Entrance { name, point, what3words: words.flatten(), parking }),
        }
        Ok(())
    }

    fn contact(&mut self, line: u64, cells: &Cells) -> Result<(), String> {
        let (role, name) = (cells.text("role").unwrap_or_default(), cells.text("name").unwrap_or_default());
        if name.trim().is_empty() {
            return Err("name is empty.".into());
        }
        self.once("contact", &[cells.word("site").unwrap_or_default(), &role, &name].join("\u{1f}"))
            .map_err(|_| format!("“{name}” is in this file twice for this site and role."))?;
        let (telephone, email) = (cells.text("telephone"), cells.text("email"));
        let put = self.site_at(line, cells)?;
        match put.contacts.iter_mut().find(|c| c.name == name && c.role == role) {
            Some(contact) => {
                contact.telephone = telephone.unwrap_or_else(|| contact.telephone.clone());
                contact.email = email.unwrap_or_else(|| contact.email.clone());
            }
            None => put.contacts.push(ContactPut {
                id: None,
                role,
                name,
                telephone: telephone.unwrap_or_default(),
                email: email.unwrap_or_default(),
                reports: None,
            }),
        }
        Ok(())
    }

    fn panel(&mut self, line: u64, cells: &Cells) -> Result<(), String> {
        let account = cells.word("account").unwrap_or_default().to_ascii_uppercase();
        let known = self.world.panel(&account).map(|p| PanelPut::of(self.world, p));
        let mut put = known.unwrap_or(PanelPut {
            account: account.clone(),
            site: None,
            time_check: true,
            supervision_s: None,
            refuse_unknown: false,
            urns: Some(vec![]),
        });
        if let Some(site) = cells.named("site") {
            put.site = site;
        }
        if cells.word("supervision_s").is_some() {
            put.supervision_s = match cells.number("supervision_s")? {
                None => None,
                Some(s) if s.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&s) => Some(s as u32),
                Some(s) => return Err(format!("{s} in supervision_s is no number of seconds.")),
            };
        }
        put.time_check = cells.flag("time_check")?.unwrap_or(put.time_check);
        put.refuse_unknown = cells.flag("refuse_unknown")?.unwrap_or(put.refuse_unknown);
        let mut urns = put.urns.take().unwrap_or_default();
        for (kind, column, level) in
            [(UrnKind::Intruder, "urn", "urn_level"), (UrnKind::HoldUp, "urn_hold_up", "urn_hold_up_level")]
        {
            // As it stands: a blank in it is for `decide` to name.
            let Some(number) = cells.text(column) else { continue };
            let known = urns.iter().position(|u| u.kind == kind).map(|at| urns.remove(at));
            if number.is_empty() {
                continue;
            }
            let level = match cells.word(level).unwrap_or_default().to_ascii_lowercase().as_str() {
                "" => known.as_ref().map_or(PoliceLevel::Level1, |u| u.level),
                "1" | "level1" => PoliceLevel::Level1,
                "3" | "level3" => PoliceLevel::Level3,
                other => return Err(format!("“{other}” in {level} is no level: 1, or 3 for withdrawn.")),
            };
            let force = cells.text("police_force").or(known.map(|u| u.force)).unwrap_or_default();
            urns.push(Urn { kind, number, force, level });
        }
        urns.sort_by_key(|u| u.kind);
        put.urns = Some(urns);
        self.once("account", &account)?;
        self.push(line, "panel.put", &account, serde_json::to_value(put));
        Ok(())
    }

    fn key(&mut self, line: u64, cells: &Cells) -> Result<(), String> {
        let number = cells.word("number").unwrap_or_default().to_owned();
        let known = self.world.key(&number).map(|k| KeyPut::of(self.world, k));
        let empty = KeyPut {
            number: number.clone(),
            site: None,
            opens: String::new(),
            seal: String::new(),
            kept: String::new(),
        };
        let mut put = known.unwrap_or(empty);
        if let Some(site) = cells.named("site") {
            put.site = site;
        }
        for (column, field) in [("opens", &mut put.opens), ("seal", &mut put.seal), ("kept", &mut put.kept)] {
            if let Some(text) = cells.text(column) {
                *field = text;
            }
        }
        self.once("number", &number)?;
        self.push(line, "key.put", &number, serde_json::to_value(put));
        Ok(())
    }

    fn done(mut self) -> Read {
        let mut sites: Vec<_> = std::mem::take(&mut self.sites).into_values().collect();
        sites.sort_by_key(|(line, _)| *line);
        for (line, put) in sites {
            let reference = put.reference.clone();
            self.push(line, "site.put", &reference, serde_json::to_value(put));
        }
        self.read
    }
}

fn both(site: Option<&str>, name: Option<&str>) -> String {
    format!("{} {}", site.unwrap_or_default(), name.unwrap_or_default()).trim().to_owned()
}

fn point(lat: f64, lon: f64) -> Result<Point, String> {
    let point = Point::new(lat, lon);
    if point.is_valid() { Ok(point) } else { Err(format!("{lat}, {lon} is no place on Earth.")) }
}

fn site_of(world: &World, reference: &str, cells: &Cells) -> Result<SitePut, String> {
    let point = point(cells.must("lat")?, cells.must("lon")?)?;
    let known = world.site(reference).map(|s| SitePut::of(world, s));
    let mut put = known.unwrap_or(SitePut {
        floors: None,
        plans: vec![],
        reference: reference.to_owned(),
        name: String::new(),
        estate: None,
        address: String::new(),
        lat: point.lat,
        lon: point.lon,
        radius_m: 75.0,
        customer: None,
        entrances: vec![],
        zones: vec![],
        hazards: vec![],
        access: String::new(),
        keys: vec![],
        response: String::new(),
        what3words: None,
        rams: None,
        checklist: None,
        contacts: vec![],
        policy: domain::site::SitePolicy::default(),
    });
    (put.lat, put.lon) = (point.lat, point.lon);
    put.radius_m = cells.number("radius_m")?.unwrap_or(put.radius_m);
    for (column, field) in [
        ("name", &mut put.name),
        ("address", &mut put.address),
        ("access", &mut put.access),
        ("response", &mut put.response),
    ] {
        if let Some(text) = cells.text(column) {
            *field = text;
        }
    }
    for (column, field) in [
        ("estate", &mut put.estate),
        ("customer", &mut put.customer),
        ("what3words", &mut put.what3words),
        ("rams", &mut put.rams),
        ("checklist", &mut put.checklist),
    ] {
        if let Some(named) = cells.named(column) {
            *field = named;
        }
    }
    put.hazards = cells.list("hazards")?.unwrap_or(put.hazards);
    let notes = if cells.raw("key_notes").is_some() { "key_notes" } else { "keys" };
    put.keys = cells.list(notes)?.unwrap_or(put.keys);
    if let Some(zones) = cells.raw("zones") {
        put.zones = zones_of(zones)?;
    }
    put.policy.callout_on_take = cells.flag("callout_on_take")?.unwrap_or(put.policy.callout_on_take);
    put.policy.acknowledge_en_route = cells.flag("acknowledge_en_route")?.unwrap_or(put.policy.acknowledge_en_route);
    put.policy.keys_needed = cells.flag("keys_needed")?.unwrap_or(put.policy.keys_needed);
    put.policy.pictures_at_once = cells.flag("pictures_at_once")?.unwrap_or(put.policy.pictures_at_once);
    Ok(put)
}

/// A JSON list, as the export writes it, or `5=Back door; 1/6=Hall` with the partition before the zone.
fn zones_of(cell: &str) -> Result<Vec<Zone>, String> {
    if cell.trim_start().starts_with('[') {
        return serde_json::from_str(cell).map_err(|_| "The list in zones is broken.".into());
    }
    let zone = |part: &str| {
        let (number, name) = part.split_once('=').ok_or_else(|| format!("“{part}” in zones is not number=name."))?;
        let (partition, zone) = match number.trim().split_once('/') {
            Some((partition, zone)) => (Some(partition.trim().to_owned()), zone.trim()),
            None => (None, number.trim()),
        };
        Ok(Zone { zone: zone.to_owned(), partition, name: name.trim().to_owned() })
    };
    cell.split(';').map(str::trim).filter(|p| !p.is_empty()).map(zone).collect()
}
