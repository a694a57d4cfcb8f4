//! Officers, the units they make up on a shift, and the accounts that act.

use crate::Instant;
use crate::command::Role;
use crate::documents::Rams;
use crate::id::{AccountId, OfficerId, RamsId, SiteId, UnitId};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How long an officer who signed a version need not read it from the beginning (facts, section 5).
pub const RAMS_REMEMBERED: TimeDelta = TimeDelta::days(30);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Officer {
    pub id: OfficerId,
    #[serde(rename = "ref")]
    pub reference: String,
    /// Personal; empty once erased.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub telephone: String,
    #[serde(default)]
    pub employer: String,
    #[serde(default)]
    pub skills: Vec<String>,
    /// The shift the officer is signed on to, if any.
    #[serde(default)]
    pub shift: Option<Shift>,
    /// Which version of each RAMS was signed last, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<SignedRams>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedRams {
    pub rams: RamsId,
    pub version: u32,
    pub at: Instant,
}

impl Officer {
    pub fn signed(&self, rams: RamsId) -> Option<&SignedRams> {
        self.signed.iter().find(|s| s.rams == rams)
    }

    /// When this version was signed, if that is so short a time ago that it only has to be confirmed again.
    pub fn still_knows(&self, rams: &Rams, at: Instant) -> Option<Instant> {
        let last = self.signed(rams.id).filter(|s| s.version == rams.version)?;
        (at - last.at <= RAMS_REMEMBERED).then_some(last.at)
    }

    /// A late word of another call-out does not go before a newer one.
    pub(crate) fn sign(&mut self, signed: SignedRams) {
        match self.signed.iter_mut().find(|s| s.rams == signed.rams) {
            Some(old) if old.at > signed.at => {}
            Some(old) => *old = signed,
            None => self.signed.push(signed),
        }
    }
}

/// One officer's signed-on time with a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    pub unit: UnitId,
    pub since: Instant,
}

/// What patrols: a car, the hot-spot vehicle, officers on foot. Its position comes from its trackers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    pub id: UnitId,
    /// "RSP-1", "HOT SPOT".
    pub call_sign: String,
    pub kind: UnitKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    Foot,
    Vehicle,
    /// The dedicated hot-spot vehicle.
    HotSpot,
}

impl UnitKind {
    /// Assumed speed along streets, metres a second: 1.4 on foot, 8.3 (30 km/h) by car in town.
    pub fn speed_mps(self) -> f64 {
        match self {
            Self::Foot => 1.4,
            Self::Vehicle | Self::HotSpot => 8.3,
        }
    }
}

impl Unit {
    /// One call sign is one unit, whoever registers it.
    pub fn id_of(call_sign: &str) -> UnitId {
        UnitId(crate::id::derived("unit", &[call_sign.to_uppercase().as_bytes()]))
    }
}

/// Who may send commands. The token's digest lives beside the log, never in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub role: Role,
    /// The officer this account is, for the role `officer`.
    pub officer: Option<OfficerId>,
    #[serde(default)]
    pub disabled: bool,
    /// What a partner or customer may see; nothing else exists for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteId>,
}
