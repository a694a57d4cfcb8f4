//! One item of a frozen checklist as the phone shows it, with the answer that stands.

use crate::officer::ItemView;
use domain::callout::Callout;
use domain::command::ChecklistAnswer;
use domain::documents::{Gate, Item, ItemKind, Section};

/// All of a call-out's items, also those that do not apply as the answers stand.
pub fn items(callout: &Callout) -> Vec<ItemView> {
    callout.checklist.iter().flat_map(|c| &c.items).map(|item| view(item, callout.answer(&item.id))).collect()
}

pub fn view(item: &Item, answer: Option<&ChecklistAnswer>) -> ItemView {
    let mut view = ItemView {
        id: item.id.clone(),
        section: match item.section {
            Section::General => "general",
            Section::Outside => "outside",
            Section::Inside => "inside",
        }
        .into(),
        place: item.place(),
        text: item.text.clone(),
        mandatory: item.mandatory && item.asks(),
        show_if_item: item.show_if.as_ref().map(|s| s.item.clone()),
        show_if_value: item.show_if.as_ref().map(|s| s.value.clone()),
        before_dra: item.gate == Gate::BeforeDra,
        help: item.help.clone(),
        help_picture: item.help_picture.clone(),
        evidence_pictures: item.evidence.as_ref().map_or(0, |rule| rule.pictures),
        evidence_note: item.evidence.as_ref().is_some_and(|rule| rule.note),
        evidence_when: item.evidence.as_ref().and_then(|rule| rule.when.clone()),
        assets: item.assets().to_vec(),
        ..ItemView::default()
    };
    if let Some(answer) = answer {
        view.value = answer.value.clone();
        view.unable = answer.unable.clone();
        view.note = answer.note.clone();
        view.pictures = answer.pictures.clone();
        view.asset = answer.asset.clone();
        view.scanned = answer.scanned;
    }
    of_kind(&mut view, &item.kind);
    view
}

fn of_kind(view: &mut ItemView, kind: &ItemKind) {
    view.kind = kind_name(kind).into();
    match kind {
        ItemKind::Heading | ItemKind::Instruction | ItemKind::Time => {}
        ItemKind::YesNo { picture_if, .. } => view.picture_if = picture_if.clone(),
        ItemKind::Choice { options } => view.options = options.clone(),
        ItemKind::MultiChoice { options, min, max } => {
            view.options = options.clone();
            (view.choose_min, view.choose_max) = (*min, *max);
        }
        ItemKind::Number { unit, min, max, step, warn } => {
            view.unit = unit.clone();
            (view.min, view.max, view.step, view.warn) = (*min, *max, *step, *warn);
        }
        ItemKind::Text { max } => view.text_max = *max,
        ItemKind::Photo { min, max } => (view.pictures_min, view.pictures_max) = (*min, *max),
        ItemKind::Signature { role } => {
            view.role = role.clone();
            view.pictures_min = 1;
        }
        ItemKind::Scan { tags } => view.tags = tags.clone(),
        ItemKind::Meter { unit, min, max, .. } => {
            view.unit = unit.clone();
            (view.min, view.max, view.warn) = (*min, *max, true);
        }
        ItemKind::Asset { states, .. } => view.options = states.clone(),
    }
}

/// As it stands in the log.
pub fn kind_name(kind: &ItemKind) -> &'static str {
    match kind {
        ItemKind::Heading => "heading",
        ItemKind::Instruction => "instruction",
        ItemKind::YesNo { .. } => "yes_no",
        ItemKind::Choice { .. } => "choice",
        ItemKind::MultiChoice { .. } => "multi_choice",
        ItemKind::Number { .. } => "number",
        ItemKind::Text { .. } => "text",
        ItemKind::Photo { .. } => "photo",
        ItemKind::Signature { .. } => "signature",
        ItemKind::Time => "time",
        ItemKind::Scan { .. } => "scan",
        ItemKind::Meter { .. } => "meter",
        ItemKind::Asset { .. } => "asset",
    }
}
