//! What supervisors and administrators keep: sites, people, panels, documents, shifts.

use super::{Role, yes};
use crate::Instant;
use crate::documents::Item;
use crate::documents::{DayHours, RamsPdf};
use crate::geo::Point;
use crate::id::{OfficerId, PersonId};
use crate::people::UnitKind;
use crate::site::{Entrance, Floors, ReportCopy, SitePlan, SitePolicy, Zone};
use crate::urn::{Urn, UrnKind};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountPut {
    #[serde(default)]
    pub name: String,
    pub role: Role,
    #[serde(default)]
    pub officer: Option<OfficerId>,
    #[serde(default)]
    pub disabled: bool,
    /// Sites, by id or reference, that a partner or customer may see. In the log they are ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
}

/// Who is rung in an emergency, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagersPut {
    pub managers: Vec<ManagerPut>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagerPut {
    /// Known already; the one of the same name when left out, or somebody new.
    #[serde(default)]
    pub id: Option<PersonId>,
    pub name: String,
    pub telephone: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstatePut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    #[serde(default)]
    pub outline: Vec<Point>,
    pub centre: Point,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SitePut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    /// Estate by id or reference.
    #[serde(default)]
    pub estate: Option<String>,
    pub address: String,
    pub lat: f64,
    pub lon: f64,
    #[serde(default = "site_radius_m")]
    pub radius_m: f64,
    #[serde(default)]
    pub customer: Option<String>,
    #[serde(default)]
    pub entrances: Vec<Entrance>,
    #[serde(default)]
    pub zones: Vec<Zone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floors: Option<Floors>,
    /// Drawings that findings are placed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<SitePlan>,
    #[serde(default)]
    pub hazards: Vec<String>,
    #[serde(default)]
    pub access: String,
    #[serde(default)]
    pub keys: Vec<String>,
    #[serde(default)]
    pub response: String,
    #[serde(default)]
    pub what3words: Option<String>,
    /// RAMS by id or reference.
    #[serde(default)]
    pub rams: Option<String>,
    /// Checklist by id or reference.
    #[serde(default)]
    pub checklist: Option<String>,
    #[serde(default)]
    pub contacts: Vec<ContactPut>,
    #[serde(default)]
    pub policy: SitePolicy,
}

fn site_radius_m() -> f64 {
    75.0
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactPut {
    #[serde(default)]
    pub id: Option<PersonId>,
    pub role: String,
    pub name: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub email: String,
    /// Gets the approved report by mail, in this version.
    #[serde(default)]
    pub reports: Option<ReportCopy>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficerPut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub employer: String,
    #[serde(default)]
    pub skills: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitPut {
    pub call_sign: String,
    pub kind: UnitKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelPut {
    pub account: String,
    /// Site by id or reference.
    #[serde(default)]
    pub site: Option<String>,
    #[serde(default = "yes")]
    pub time_check: bool,
    #[serde(default)]
    pub supervision_s: Option<u32>,
    /// Frames under accounts nobody registered are refused (DUH) instead of raised.
    #[serde(default)]
    pub refuse_unknown: bool,
    /// The police's numbers; left out, those known stay.
    #[serde(default)]
    pub urns: Option<Vec<Urn>>,
}

/// The police say that a call counted, or it turned out otherwise than was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelPoliceCall {
    /// When the police were called; with a call-out, that call-out's call is put right.
    pub at: Instant,
    #[serde(default)]
    pub callout: Option<String>,
    #[serde(default)]
    pub kind: UrnKind,
    pub cause: String,
    /// Who says so: the police's letter, the engineer's report.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamsPut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub title: String,
    pub first: String,
    #[serde(default)]
    pub hazards: Vec<String>,
    #[serde(default)]
    pub controls: Vec<String>,
    #[serde(default)]
    pub ppe: Vec<String>,
    #[serde(default)]
    pub no_go: Vec<String>,
    #[serde(default)]
    pub emergency: String,
    #[serde(default)]
    pub minimum_crew: u8,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub valid_until: Option<Instant>,
    /// Sites by reference, and kinds of work, that it is for. None of either: only where a site names it.
    #[serde(default)]
    pub sites: Vec<String>,
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Only between these hours.
    #[serde(default)]
    pub hours: Option<DayHours>,
    #[serde(default)]
    pub pdf: Option<RamsPdf>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChecklistPut {
    #[serde(rename = "ref")]
    pub reference: String,
    pub title: String,
    pub items: Vec<Item>,
    /// Kept as a draft that no officer is given; without it these are the next approved version.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub draft: bool,
    /// The version it was made from. Refused when another is in force by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_version: Option<u32>,
    /// The customer's proposal it was read from, by its number: approving settles that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonErase {
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftSignOn {
    /// Call sign or id of the unit.
    pub unit: String,
}
