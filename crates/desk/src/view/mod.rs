//! What the window shows, made from the state by pure functions.

mod alarm;
mod call;
mod callout;
mod can;
mod crew;
mod detail;
mod handover;
mod load;
mod panel;
mod place;
mod register;
mod shift;
mod site;
mod thread;
mod unit;
mod urn;
mod waits;
mod writing;

#[cfg(test)]
mod tests;

pub use self::register::{register_view, site_record};
pub use alarm::alarm_row;
pub use call::{call_help, call_row, calls_behind};
pub use callout::callout_row;
pub use can::can;
pub use crew::crew;
pub use detail::detail;
pub use handover::{handover, prompt};
pub use load::{Flood, load_view, rules_view};
pub use panel::panel_view;
pub use place::place_view;
pub use shift::{hours, shift_clock};
pub use site::{estate_view, service_view, site_view};
pub use unit::{officer_row, unit_row};
pub use urn::{UrnsBySite, urns_by_site};
pub use writing::proposals;

use crate::state::Shown;
use domain::command::{Author, Role};
use domain::geo::Point;
use domain::id::{AccountId, OfficerId, Stream, UnitId};
use domain::nearest::{Fix, Fixes, Road, Roads};
use domain::{Instant, World};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Who this desk's token belongs to. Until the hub has told: somebody without a name who may do an operator's work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Me {
    pub account: AccountId,
    #[serde(default)]
    pub name: String,
    pub role: Role,
    #[serde(default)]
    pub officer: Option<OfficerId>,
}

impl Default for Me {
    fn default() -> Self {
        Self { account: AccountId(uuid::Uuid::nil()), name: String::new(), role: Role::Operator, officer: None }
    }
}

impl Me {
    pub fn author(&self) -> Author {
        Author { account: self.account, role: self.role, officer: self.officer }
    }
}

/// A unit's newest position and what else its tracker says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveFix {
    pub fix: Fix,
    pub battery_pct: Option<f64>,
}

/// Where the units are, and how long they take by road as the hub was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whereabouts {
    pub units: HashMap<UnitId, LiveFix>,
    pub roads: Roads,
}

impl Whereabouts {
    pub fn get(&self, unit: UnitId) -> Option<&LiveFix> {
        self.units.get(&unit)
    }
}

impl Fixes for Whereabouts {
    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.get(unit).map(|live| live.fix)
    }

    fn road(&self, unit: UnitId, place: Point) -> Option<Road> {
        self.roads.of(unit, place)
    }
}

/// Everything a row is made from.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub shown: &'a Shown,
    pub fixes: &'a Whereabouts,
    /// Addresses of tracking links made here, by digest.
    pub links: &'a HashMap<String, String>,
    pub now: Instant,
    /// The hub can be asked.
    pub reachable: bool,
}

impl<'a> Scene<'a> {
    pub fn world(&self) -> &'a World {
        &self.shown.world
    }

    pub fn is_pending(&self, stream: Stream) -> bool {
        self.shown.touched.contains(&stream)
    }

    pub fn needs_newer(&self, stream: Stream) -> bool {
        !self.shown.newer.is_empty() && self.shown.newer.contains(&stream.to_string())
    }

    /// The person behind an account, as the operator knows them.
    pub fn account_name(&self, account: AccountId) -> String {
        let known = self.world().accounts.get(&account).map(|a| a.name.clone()).filter(|n| !n.is_empty());
        let mine = || (account == self.shown.me.account).then(|| self.shown.me.name.clone()).filter(|n| !n.is_empty());
        known
            .or_else(mine)
            .unwrap_or_else(|| if account == self.shown.me.account { "this desk".into() } else { "somebody".into() })
    }
}

impl Fixes for Scene<'_> {
    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.fixes.fix(unit)
    }

    fn road(&self, unit: UnitId, place: Point) -> Option<Road> {
        self.fixes.road(unit, place)
    }
}

/// An instant as the page reads it.
pub fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The name a domain value has on the wire: `on_scene`.
pub(crate) fn wire_name(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Seconds that fit the page's numbers.
pub(crate) fn whole_seconds(span: chrono::TimeDelta) -> i32 {
    span.num_seconds().clamp(0, i64::from(i32::MAX)) as i32
}
