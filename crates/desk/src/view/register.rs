//! The register's own page: keys, documents, panels, and one site to edit.

use super::urn::{call_views, urn_views};
use super::{Scene, instant, wire_name, writing};
use domain::callout::procedure::title_of;
use domain::command::{ChecklistPut, KeyPut, PanelPut, RamsPut, Role, SitePut};
use domain::documents::{Checklist, Gate, Item, ItemKind, Rams};
use domain::id::{AggregateKind as K, SiteId, Stream};
use domain::keys::{Holder, Key, KeyMove, KeyMoved};
use domain::site::{Panel, Site};
use protocol::register::{
    ChecklistDraft, ChecklistLine, ChecklistRecord, KeyMoveView, KeyRecord, PanelRecord, ProcedureChoice, RamsRecord,
    RegisterView, SiteRecord,
};
use serde::Serialize;
use serde_json::Value;

pub fn register_view(scene: &Scene) -> RegisterView {
    let world = scene.world();
    let mut view = RegisterView {
        keys: world.keys.values().map(|k| key_record(scene, k)).collect(),
        rams: world.rams.values().map(|r| rams_record(scene, r)).collect(),
        procedures: domain::callout::procedure::Procedure::all()
            .map(|p| ProcedureChoice { id: p.id.clone(), title: p.title.clone() })
            .collect(),
        checklists: world.checklists.values().map(|c| checklist_record(scene, c)).collect(),
        panels: world.panels.values().map(|p| panel_record(scene, p)).collect(),
        may_edit: writing::may_approve(scene),
    };
    view.keys.sort_by(|a, b| a.number.cmp(&b.number));
    view.rams.sort_by(|a, b| a.title.cmp(&b.title));
    view.checklists.sort_by(|a, b| a.title.cmp(&b.title));
    view.panels.sort_by(|a, b| a.account.cmp(&b.account));
    view
}

pub fn site_record(scene: &Scene, site: &Site) -> SiteRecord {
    SiteRecord {
        id: site.id.to_string(),
        put: json(SitePut::of(scene.world(), site)),
        pending: scene.is_pending(Stream::new(K::Site, site.id)),
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn site_name(scene: &Scene, site: Option<SiteId>) -> String {
    site.and_then(|id| scene.world().sites.get(&id)).map_or_else(String::new, |s| s.name.clone())
}

fn panel_record(scene: &Scene, panel: &Panel) -> PanelRecord {
    PanelRecord {
        account: panel.account.clone(),
        site: panel.site.map(|id| id.to_string()),
        line_fault_since: panel.line_fault_since.map(instant),
        urns: urn_views(scene, panel),
        police_calls: call_views(scene, panel),
        put: json(PanelPut::of(scene.world(), panel)),
    }
}

fn holder(scene: &Scene, to: &Holder) -> String {
    match to.officer.and_then(|id| scene.world().officers.get(&id)) {
        Some(officer) if officer.name.is_empty() => officer.reference.clone(),
        Some(officer) => format!("{} ({})", officer.name, officer.reference),
        None if to.name.is_empty() => "somebody whose name was erased".into(),
        None => to.name.clone(),
    }
}

fn key_record(scene: &Scene, key: &Key) -> KeyRecord {
    let out = key.out.as_ref();
    let state = match (out, &key.lost) {
        (_, Some(_)) => "lost",
        (Some(out), None) if out.due <= scene.now => "overdue",
        (Some(_), None) => "out",
        (None, None) => "in",
    };
    let last = key.lost.as_ref().and_then(|lost| lost.last.as_ref());
    let why = out.map(|o| &o.why).or(key.lost.as_ref().map(|l| &l.reason));
    KeyRecord {
        id: key.id.to_string(),
        number: key.number.clone(),
        site: key.site.map(|id| id.to_string()),
        site_name: site_name(scene, key.site),
        opens: key.opens.clone(),
        seal: key.seal.clone(),
        kept: key.kept.clone(),
        state: state.into(),
        holder: out.map(|o| &o.to).or(last).map_or_else(String::new, |to| holder(scene, to)),
        since: out.map(|o| o.since).or(key.lost.as_ref().map(|l| l.at)).map(instant),
        due: out.map(|o| instant(o.due)),
        why: why.cloned().unwrap_or_default(),
        history: key.history.iter().rev().map(|m| move_view(scene, m)).collect(),
        pending: scene.is_pending(Stream::new(K::Key, key.id)),
        put: json(KeyPut::of(scene.world(), key)),
    }
}

fn move_view(scene: &Scene, happened: &KeyMove) -> KeyMoveView {
    let with = |head: String, text: &str| if text.is_empty() { head } else { format!("{head}: {text}") };
    let text = match &happened.what {
        KeyMoved::Issued { to, why, .. } => with(format!("Given to {}", holder(scene, to)), why),
        KeyMoved::Returned { to, seal_intact, note } => {
            let seal = match seal_intact {
                Some(true) => ", seal intact",
                Some(false) => ", seal broken",
                None => "",
            };
            let to = if to.is_empty() { String::new() } else { format!(" to {to}") };
            with(format!("Returned{to}{seal}"), note)
        }
        KeyMoved::Lost { reason } => with("Lost".into(), reason),
        KeyMoved::Overdue => "Not back in time".into(),
    };
    let by = match happened.by.role {
        Role::System => "the system".into(),
        _ => scene.account_name(happened.by.account),
    };
    KeyMoveView { at: instant(happened.at), by, text }
}

fn rams_record(scene: &Scene, rams: &Rams) -> RamsRecord {
    let names = |s: &&Site| s.rams == Some(rams.id) || rams.sites.iter().any(|r| r.eq_ignore_ascii_case(&s.reference));
    let mut sites: Vec<String> =
        scene.world().sites.values().map(|s| &**s).filter(names).map(|s| s.name.clone()).collect();
    sites.sort();
    let count = match sites.len() {
        0 => None,
        1 => Some("1 site".to_owned()),
        n => Some(format!("{n} sites")),
    };
    let kinds = (!rams.kinds.is_empty()).then(|| rams.kinds.iter().map(|k| title_of(k)).collect::<Vec<_>>().join(", "));
    let hours = rams.hours.as_ref().map(|h| format!("{} to {}", h.from, h.to));
    let used_for: Vec<String> = [count, kinds, hours].into_iter().flatten().collect();
    RamsRecord {
        id: rams.id.to_string(),
        reference: rams.reference.clone(),
        version: rams.version,
        title: rams.title.clone(),
        first: rams.first.clone(),
        owner: rams.owner.clone(),
        valid_until: rams.valid_until.map(instant),
        days_left: rams.valid_until.map(|until| {
            let left = until - scene.now;
            if left < chrono::TimeDelta::zero() { left.num_days() as i32 - 1 } else { left.num_days() as i32 }
        }),
        used_for: used_for.join(" · "),
        sites,
        pdf: rams.pdf.as_ref().map(|pdf| pdf.sha256.to_ascii_lowercase()),
        pdf_name: rams.pdf.as_ref().map_or_else(String::new, |pdf| pdf.name.clone()),
        put: json(RamsPut::of(rams)),
    }
}

fn checklist_record(scene: &Scene, checklist: &Checklist) -> ChecklistRecord {
    let uses = scene.world().sites.values().filter(|s| s.checklist == Some(checklist.id));
    let mut sites: Vec<String> = uses.map(|s| s.name.clone()).collect();
    sites.sort();
    ChecklistRecord {
        id: checklist.id.to_string(),
        reference: checklist.reference.clone(),
        version: checklist.version,
        title: checklist.title.clone(),
        items: checklist.items.iter().map(line).collect(),
        sites,
        put: json(ChecklistPut::of(checklist)),
        draft: checklist.draft.as_ref().map(|draft| ChecklistDraft {
            title: draft.title.clone(),
            items: draft.items.iter().map(line).collect(),
            put: json(ChecklistPut {
                title: draft.title.clone(),
                items: draft.items.clone(),
                ..ChecklistPut::of(checklist)
            }),
        }),
        writing: writing::writing(scene, checklist).filter(|_| writing::may_approve(scene)),
        proposal: writing::proposal(scene, checklist).filter(|_| writing::may_approve(scene)),
    }
}

pub(super) fn line(item: &Item) -> ChecklistLine {
    let some = |words: Vec<Option<String>>| {
        let words: Vec<String> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    let range = |min: &Option<f64>, max: &Option<f64>| {
        let bound = |n: &Option<f64>| n.map_or_else(|| "…".into(), |n| n.to_string());
        (min.is_some() || max.is_some()).then(|| format!("{} to {}", bound(min), bound(max)))
    };
    let named = |text: &String| (!text.is_empty()).then(|| text.clone());
    let (kind, note) = match &item.kind {
        ItemKind::Heading => ("heading", None),
        ItemKind::Instruction => ("instruction", None),
        ItemKind::YesNo { picture_if, .. } => {
            ("yes or no", picture_if.as_ref().map(|answer| format!("picture when “{answer}”")))
        }
        ItemKind::Choice { options } => ("choice", Some(options.join(" / "))),
        ItemKind::MultiChoice { options, .. } => ("several of", Some(options.join(" / "))),
        ItemKind::Number { unit, min, max, .. } => ("number", some(vec![range(min, max), named(unit)])),
        ItemKind::Text { .. } => ("text", None),
        ItemKind::Photo { min, .. } => ("picture", (*min > 1).then(|| format!("at least {min}"))),
        ItemKind::Signature { role } => ("signature", named(role)),
        ItemKind::Time => ("time", None),
        ItemKind::Scan { tags } => ("scan", (!tags.is_empty()).then(|| format!("tag {}", tags.join(" or ")))),
        ItemKind::Meter { assets, unit, min, max } => {
            ("meter", some(vec![(!assets.is_empty()).then(|| assets.join(", ")), range(min, max), named(unit)]))
        }
        ItemKind::Asset { assets, states } => {
            ("part of the place", Some(format!("{}: {}", assets.join(", "), states.join(" / "))))
        }
    };
    let rule = item.evidence.as_ref().map(|rule| {
        let what = match (rule.pictures, rule.note) {
            (0, _) => "a note".to_owned(),
            (n, note) => format!(
                "{}{}",
                domain::callout::checks::count(n as usize, "picture"),
                if note { " and a note" } else { "" }
            ),
        };
        match rule.when.as_deref() {
            Some(domain::documents::OUT_OF_RANGE) => format!("{what} when out of range"),
            Some(when) => format!("{what} when “{when}”"),
            None => format!("{what} with it"),
        }
    });
    let place = Some(item.place()).filter(|place| !place.is_empty());
    let only = item.show_if.as_ref().map(|c| format!("only when “{}” is “{}”", c.item, c.value));
    let before = (item.gate == Gate::BeforeDra).then(|| "before the assessment".to_owned());
    let hidden = (!item.share).then(|| "not shown to the customer".to_owned());
    ChecklistLine {
        id: item.id.clone(),
        section: wire_name(item.section),
        text: item.text.clone(),
        kind: kind.into(),
        mandatory: item.mandatory,
        notes: [note, place, rule, only, before, hidden].into_iter().flatten().collect(),
    }
}
