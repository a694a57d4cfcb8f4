//! Estates, sites with their entrances and contacts, and the alarm panels that report from them.

use crate::callout::updates::UpdatePolicy;
use crate::geo::Point;
use crate::id::{ChecklistId, EstateId, PanelId, PersonId, RamsId, SiteId};
use serde::{Deserialize, Serialize};

/// A housing estate: an area on the map that sites and patrols belong to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estate {
    pub id: EstateId,
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    /// Outline as a closed ring without the repeated last point. Empty when only the centre is known.
    #[serde(default)]
    pub outline: Vec<Point>,
    pub centre: Point,
}

/// A place that is protected: a community office, a boiler house, a tenants' hall.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    pub id: SiteId,
    #[serde(rename = "ref")]
    pub reference: String,
    pub name: String,
    pub estate: Option<EstateId>,
    /// As somebody typed it. Never rewritten by a look-up.
    pub address: String,
    pub point: Point,
    /// Distance from [`Site::point`] within which an officer counts as there, in metres.
    pub radius_m: f64,
    pub customer: Option<String>,
    #[serde(default)]
    pub entrances: Vec<Entrance>,
    #[serde(default)]
    pub zones: Vec<Zone>,
    /// The lowest and the highest, where there are several to walk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floors: Option<Floors>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<SitePlan>,
    /// What can hurt an officer here; heads every officer view.
    #[serde(default)]
    pub hazards: Vec<String>,
    #[serde(default)]
    pub access: String,
    #[serde(default)]
    pub keys: Vec<String>,
    /// Who turns up at two in the morning: bells only, keyholder, police.
    #[serde(default)]
    pub response: String,
    pub what3words: Option<String>,
    pub rams: Option<RamsId>,
    pub checklist: Option<ChecklistId>,
    #[serde(default)]
    pub contacts: Vec<Contact>,
    #[serde(default)]
    pub policy: SitePolicy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entrance {
    pub name: String,
    pub point: Point,
    #[serde(default)]
    pub what3words: Option<String>,
    /// Where to leave the vehicle: secure, unobtrusive, ready to leave.
    #[serde(default)]
    pub parking: Option<Parking>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parking {
    pub point: Point,
    #[serde(default)]
    pub note: String,
}

/// One detector or group of detectors as the panel numbers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// As the panel sends it, without leading zeros: "5".
    pub zone: String,
    #[serde(default)]
    pub partition: Option<String>,
    pub name: String,
}

/// 0 is the ground floor, -1 the basement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floors {
    pub lowest: i8,
    pub highest: i8,
}

/// No building of a council has more.
pub const FLOORS_MAX: i8 = 60;
/// Phones keep every plan of the site they go to.
pub const PLANS_MAX: usize = 12;

/// A drawing of the site from above, or of one of its floors, on which findings are placed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SitePlan {
    /// Its picture, kept beside the log by its digest.
    pub sha256: String,
    /// "Ground floor", "Site from above".
    pub name: String,
    /// None: the site from above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i8>,
}

/// Somebody at the customer. Name and numbers are personal data and empty once erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub id: PersonId,
    pub role: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub email: String,
    /// Gets the approved report by mail, in this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportCopy>,
}

/// Which version of a report somebody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportCopy {
    /// Without risk assessments, notes of the control room and names.
    Customer,
    Full,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SitePolicy {
    /// Taking an alarm of a kind that needs somebody there opens the call-out and offers it at once.
    pub callout_on_take: bool,
    /// The officer may set off before the RAMS are signed when the priority is 1; they are signed on the way.
    pub acknowledge_en_route: bool,
    /// Whether one detector's activation waits for a second one's word.
    pub confirmation: ConfirmationPolicy,
    /// How often customer and control room are to hear something; the service's own when left out.
    pub updates: Option<UpdatePolicy>,
    /// Only who holds a key of the site is asked by itself; anybody else has to be chosen by a person.
    pub keys_needed: bool,
    /// Customers see the pictures of shared checklist items as they come; else when somebody has released them.
    pub pictures_at_once: bool,
    /// The procedure that call-outs from alarms follow here, by its id; its newest version. The service's own when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
}

/// How an intruder activation of a site is confirmed (BS 8243).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationPolicy {
    /// Each activation counts by itself.
    #[default]
    None,
    /// A second activation, from another detector and within the window, confirms the first.
    Sequential {
        #[serde(default = "confirmation_window_minutes")]
        window_minutes: u32,
        /// Until then it is raised one priority lower.
        #[serde(default = "lower_unconfirmed")]
        lower_unconfirmed: bool,
    },
}

fn confirmation_window_minutes() -> u32 {
    60
}

fn lower_unconfirmed() -> bool {
    true
}

impl Default for SitePolicy {
    fn default() -> Self {
        Self {
            callout_on_take: true,
            acknowledge_en_route: false,
            confirmation: ConfirmationPolicy::None,
            updates: None,
            keys_needed: false,
            pictures_at_once: true,
            procedure: None,
        }
    }
}

/// Leading zeros carry no meaning: panels pad zone 5 as `5`, `05` or `005`.
pub fn plain_number(text: &str) -> &str {
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() { "0" } else { trimmed }
}

impl Site {
    /// The three words of a point, where the register has them: they name three metres, and nothing beside them.
    pub fn words_at(&self, point: Point) -> Option<&str> {
        let entrances = self.entrances.iter().map(|e| (e.point, &e.what3words));
        let mut named = std::iter::once((self.point, &self.what3words)).chain(entrances);
        named.find_map(|(at, words)| words.as_deref().filter(|_| at == point))
    }

    pub fn zone_name(&self, partition: Option<&str>, zone: &str) -> Option<&str> {
        let wanted = plain_number(zone);
        let matching = |z: &&Zone| plain_number(&z.zone) == wanted;
        let same_partition =
            |z: &&Zone| matches!((&z.partition, partition), (Some(a), Some(b)) if plain_number(a) == plain_number(b));
        self.zones
            .iter()
            .filter(matching)
            .find(same_partition)
            .or_else(|| self.zones.iter().filter(matching).find(|z| z.partition.is_none()))
            .map(|z| z.name.as_str())
    }
}

/// An account at the alarm receiver. Its AES key is a secret and lives beside the log, never in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    pub id: PanelId,
    /// 3 to 16 hex digits as the panel sends them.
    pub account: String,
    pub site: Option<SiteId>,
    /// False for a panel whose clock cannot be trusted: its encrypted frames pass outside the 40 s window.
    pub time_check: bool,
    /// How often the panel reports when nothing happens, in seconds; silence longer than this and a grace raises a
    /// line fault. None: not supervised.
    pub supervision_s: Option<u32>,
    /// Frames under accounts nobody registered are refused (DUH) instead of raised. The receiver is one for all, so
    /// one panel that asks for it decides.
    #[serde(default)]
    pub refuse_unknown: bool,
    /// Since when the line is faulty.
    #[serde(default)]
    pub line_fault_since: Option<crate::Instant>,
    /// What it has told since; never part of what is registered.
    #[serde(default)]
    pub state: crate::panel::PanelState,
    /// The police's numbers for this system, one of a kind.
    #[serde(default)]
    pub urns: Vec<crate::urn::Urn>,
    /// Call-outs to which the police were called, oldest first, and how each turned out.
    #[serde(default)]
    pub police_calls: Vec<crate::urn::PoliceCall>,
}

impl Panel {
    /// The same call-out, or without one the same moment, is the same call.
    pub(crate) fn called_police(&mut self, call: &crate::urn::PoliceCall) {
        let same = |known: &crate::urn::PoliceCall| match (known.callout, call.callout) {
            (Some(a), Some(b)) => a == b && known.kind == call.kind,
            (None, None) => known.at == call.at && known.kind == call.kind,
            _ => false,
        };
        match self.police_calls.iter_mut().find(|known| same(known)) {
            Some(known) => *known = call.clone(),
            None => self.police_calls.push(call.clone()),
        }
    }

    /// One account is one panel, whoever registers it.
    pub fn id_of(account: &str) -> PanelId {
        PanelId(crate::id::derived("panel", &[account.to_ascii_uppercase().as_bytes()]))
    }
}
