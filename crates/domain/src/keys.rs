//! The key register (BS 7984-1): where every key is, who has it, and since when.
//!
//! A tag carries a number and no address. A key is in its place, out with somebody until a time, or lost.

use crate::Instant;
use crate::command::Author;
use crate::id::{KeyId, OfficerId, SiteId};
use crate::nearest::Candidate;
use crate::world::World;
use serde::{Deserialize, Serialize};

/// Moves kept with the key; all of them are in the log.
pub const HISTORY_MAX: usize = 50;

/// One key, or one bunch that is never taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    pub id: KeyId,
    /// What stands on the tag: `K-114`.
    pub number: String,
    pub site: Option<SiteId>,
    #[serde(default)]
    pub opens: String,
    /// The number of its seal; empty when it is not sealed.
    #[serde(default)]
    pub seal: String,
    /// Where it belongs: cabinet and hook.
    #[serde(default)]
    pub kept: String,
    #[serde(default)]
    pub out: Option<KeyOut>,
    #[serde(default)]
    pub lost: Option<KeyLoss>,
    /// What happened to it, oldest first.
    #[serde(default)]
    pub history: Vec<KeyMove>,
}

/// An officer, or somebody by name: a contractor, an engineer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    #[serde(default)]
    pub officer: Option<OfficerId>,
    #[serde(default)]
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyOut {
    pub to: Holder,
    pub since: Instant,
    pub by: Author,
    #[serde(default)]
    pub why: String,
    pub due: Instant,
    /// It was asked for since it is late.
    #[serde(default)]
    pub overdue: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyLoss {
    pub at: Instant,
    #[serde(default)]
    pub reason: String,
    /// Who had it last.
    pub last: Option<Holder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyMove {
    pub at: Instant,
    pub by: Author,
    pub what: KeyMoved,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum KeyMoved {
    Issued {
        to: Holder,
        due: Instant,
        #[serde(default)]
        why: String,
    },
    Returned {
        #[serde(default)]
        to: String,
        seal_intact: Option<bool>,
        #[serde(default)]
        note: String,
    },
    Lost {
        #[serde(default)]
        reason: String,
    },
    Overdue,
}

impl Key {
    /// One number is one key, whoever registers it.
    pub fn id_of(number: &str) -> KeyId {
        KeyId(crate::id::derived("key", &[number.trim().to_uppercase().as_bytes()]))
    }

    pub fn is_in(&self) -> bool {
        self.out.is_none() && self.lost.is_none()
    }

    pub(crate) fn moved(&mut self, happened: KeyMove) {
        self.history.push(happened);
        let surplus = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..surplus);
    }
}

/// Says of each candidate who holds the keys of the site. Where the site asks for it, whoever does not hold one is
/// passed over; an operator may choose them all the same.
pub fn with_keys(world: &World, site: Option<SiteId>, mut ladder: Vec<Candidate>) -> Vec<Candidate> {
    let Some(site) = site.and_then(|id| world.sites.get(&id)) else {
        return ladder;
    };
    let keys: Vec<&Key> =
        world.keys.values().map(|k| &**k).filter(|k| k.site == Some(site.id) && k.lost.is_none()).collect();
    if keys.is_empty() {
        return ladder;
    }
    for candidate in &mut ladder {
        // Who sits in the same car has them too.
        let with = |holder: OfficerId| {
            let of_unit = || world.officers_of(candidate.unit).any(|o| o.id == holder);
            holder == candidate.officer || of_unit()
        };
        let held: Vec<&str> = keys
            .iter()
            .filter(|k| k.out.as_ref().and_then(|out| out.to.officer).is_some_and(with))
            .map(|k| k.number.as_str())
            .collect();
        if !held.is_empty() {
            candidate.reasons.push(format!("holds the keys ({})", held.join(", ")));
            continue;
        }
        candidate.reasons.push(match keys.iter().find(|k| k.is_in()) {
            Some(key) if key.kept.is_empty() => format!("keys not held: {} is in its place", key.number),
            Some(key) => format!("keys not held: {} is at {}", key.number, key.kept),
            None => "keys not held: all are out".into(),
        });
        if site.policy.keys_needed && candidate.excluded.is_none() {
            candidate.excluded = Some("does not hold the keys, which this site asks for".into());
        }
    }
    ladder.sort_by_key(|candidate| candidate.excluded.is_some());
    ladder
}
