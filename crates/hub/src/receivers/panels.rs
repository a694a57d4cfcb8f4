//! Which panel accounts exist, their keys, and when each was last heard.

use crate::state::Hub;
use domain::Instant;
use feeds::dc09::{AccountSettings, Accounts, Key, Limits, UnknownPolicy};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// Keys of panels by account, and when each account was last heard: neither is in the log.
#[derive(Default)]
pub struct Panels {
    keys: RwLock<Arc<HashMap<String, Key>>>,
    seen: RwLock<HashMap<String, Instant>>,
}

/// What one feed of bytes looks accounts up in.
pub struct Lookup {
    world: Arc<domain::World>,
    keys: Arc<HashMap<String, Key>>,
}

impl Panels {
    pub fn set_keys(&self, keys: HashMap<String, Key>) {
        *self.keys.write().unwrap_or_else(|e| e.into_inner()) = Arc::new(keys);
    }

    pub fn lookup(&self, hub: &Hub) -> Lookup {
        let keys = self.keys.read().unwrap_or_else(|e| e.into_inner()).clone();
        Lookup { world: hub.world(), keys }
    }

    pub fn heard(&self, account: &str, at: Instant) {
        self.seen.write().unwrap_or_else(|e| e.into_inner()).insert(account.to_ascii_uppercase(), at);
    }

    pub fn last_seen(&self, account: &str) -> Option<Instant> {
        self.seen.read().unwrap_or_else(|e| e.into_inner()).get(account).copied()
    }
}

impl Lookup {
    /// What the receiver does with accounts nobody registered.
    pub fn limits(&self) -> Limits {
        let refuse = self.world.panels.values().any(|p| p.refuse_unknown);
        let unknown_account = if refuse { UnknownPolicy::Duh } else { UnknownPolicy::Accept };
        Limits { unknown_account, ..Limits::default() }
    }
}

impl Accounts for Lookup {
    fn lookup(&self, account: &str) -> Option<AccountSettings> {
        let panel = self.world.panel(account)?;
        let key = self.keys.get(&panel.account).cloned();
        Some(AccountSettings { key, time_check: panel.time_check, strict_length: false })
    }
}
