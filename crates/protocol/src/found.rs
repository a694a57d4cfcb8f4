//! What was found at a site and where: plans, and findings with their places on them.

use domain::callout::Callout;
use domain::callout::findings::{Found, FoundKind, what_words};
use domain::command::{InspectionSection, OpeningResult};
use domain::site::{Site, SitePlan};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A drawing of the site from above, or of a floor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SitePlanView {
    pub sha256: String,
    pub name: String,
    /// 0 is the ground floor; none: the site from above.
    pub floor: Option<i8>,
}

/// One thing that was found, with the number it has on the plan and in the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FoundView {
    pub n: u32,
    /// `outside`, `inside`, `opening`.
    pub section: String,
    /// "doors", "whole side"
    pub what: String,
    /// `low`, `medium`, `high` of an issue; `attempted`, `forced` of an opening; empty when nobody said.
    pub grade: String,
    /// "Rear, first floor"; empty when nobody said.
    pub place: String,
    pub note: String,
    pub pictures: Vec<String>,
    /// On which plan the pin is, and where, as shares of its width and height.
    pub plan: Option<String>,
    pub x: Option<f64>,
    pub y: Option<f64>,
}

pub fn found(callout: &Callout) -> Vec<FoundView> {
    callout.found().into_iter().map(view).collect()
}

fn view(found: Found<'_>) -> FoundView {
    let (section, grade) = match found.kind {
        FoundKind::Issue(InspectionSection::Outside, grade) => ("outside", grade.map_or("", |g| g.word())),
        FoundKind::Issue(InspectionSection::Inside, grade) => ("inside", grade.map_or("", |g| g.word())),
        FoundKind::Opening(OpeningResult::Forced) => ("opening", "forced"),
        FoundKind::Opening(_) => ("opening", "attempted"),
    };
    let pin = found.place.and_then(|p| p.pin.as_ref());
    FoundView {
        n: found.n,
        section: section.into(),
        what: what_words(found.what, found.place),
        grade: grade.into(),
        place: found.place.map_or_else(String::new, |p| p.words()),
        note: found.note.to_owned(),
        pictures: found.pictures.to_vec(),
        plan: pin.map(|p| p.plan.to_ascii_lowercase()),
        x: pin.map(|p| p.x),
        y: pin.map(|p| p.y),
    }
}

pub fn plans(site: &Site) -> Vec<SitePlanView> {
    let view = |plan: &SitePlan| SitePlanView {
        sha256: plan.sha256.to_ascii_lowercase(),
        name: plan.name.clone(),
        floor: plan.floor,
    };
    site.plans.iter().map(view).collect()
}

/// The site's plans, and after them those that pins were set on and that the site has no longer.
pub fn plans_of(callout: &Callout, site: Option<&Site>) -> Vec<SitePlanView> {
    let mut all = site.map_or_else(Vec::new, plans);
    for pinned in found(callout).into_iter().filter_map(|f| f.plan) {
        if all.iter().all(|plan| plan.sha256 != pinned) {
            all.push(SitePlanView { sha256: pinned, name: "Earlier plan".into(), floor: None });
        }
    }
    all
}

/// Every floor to walk, from the lowest; none where the register does not say that there are several.
pub fn floors(site: &Site) -> Vec<i8> {
    let floors = site.floors.filter(|f| f.lowest < f.highest);
    floors.map_or_else(Vec::new, |f| (f.lowest..=f.highest).collect())
}
