//! What the window asks for and gets at once.

use crate::subscribe::{Alerts, Patches};
use crate::view::{detail, handover};
use crate::{Desk, lock};
use domain::callout::Callout;
use domain::id::CalloutId;
use domain::people::Unit;
use protocol::handover::HandoverView;
use protocol::view::{Board, CalloutDetail, LeavingView, MeView, PastCallout};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A layout is a few hundred bytes.
const PREF_BYTES_MAX: usize = 64 * 1024;

/// Call-outs of a site that are listed: what an officer is asked on the way.
const HISTORY_MAX: u32 = 8;
/// Tests of partners among them are left out.
const TESTS_MAX: u32 = 8;

impl Desk {
    /// Everything the Live view needs at start.
    pub fn board(&self) -> Board {
        let shown = self.inner.shown();
        // Whether alarms come in a flood hangs on what was before: from what the windows have been told already.
        let rows = self.inner.rows(shown.clone(), &lock(&self.inner.publisher).rows);
        Board {
            service: rows.service.clone(),
            zone: shown.world.settings.zone.clone(),
            link: self.inner.link_view(&shown),
            me: MeView {
                account: shown.me.account.to_string(),
                name: shown.me.name.clone(),
                role: shown.me.role.name().into(),
                desk: format!("Desk {}", self.inner.config.desk_number),
            },
            shift: rows.shift.clone(),
            alarms: rows.alarms_in_order(),
            callouts: rows.callouts_in_order(),
            calls: rows.calls_in_order(),
            units: rows.units_in_order(),
            officers: rows.officers.into_values().collect(),
            sites: rows.sites.into_values().collect(),
            estates: rows.estates.into_values().collect(),
            conflicts: rows.conflicts,
            panels: rows.panels.into_values().collect(),
            load: rows.load,
            alarm_rules: rows.alarm_rules,
            handover: rows.handover,
            proposals: rows.proposals,
        }
    }

    /// Patches from now on. Subscribe first, then ask for the board: a row that comes twice is the same row.
    pub fn subscribe(&self) -> Patches {
        self.inner.subscribe()
    }

    /// Alerts from now on, beginning with what rings already.
    pub fn alerts(&self) -> Alerts {
        self.inner.alerts()
    }

    /// The operator has this call-out open: what it rings for now is known here, and rings no more.
    pub fn heard(&self, callout: &str) {
        if let Ok(id) = uuid::Uuid::try_parse(callout) {
            self.inner.heard(domain::id::CalloutId(id));
        }
    }

    /// The call-out panel, by id or number.
    pub fn detail(&self, callout: &str) -> Option<CalloutDetail> {
        let shown = self.inner.shown();
        let callout = shown.world.callout(callout)?;
        Some(self.inner.with_scene(&shown, |scene| detail(scene, callout)))
    }

    /// The same for a call-out that was closed before this desk was last started.
    pub async fn recall(&self, callout: &str) -> Option<CalloutDetail> {
        if let Some(detail) = self.detail(callout) {
            return Some(detail);
        }
        let mut core = self.inner.core.lock().await;
        match core.recall(&self.inner.store, callout).await {
            Ok(true) => {
                core.rebuild(&self.inner.fixes());
                self.inner.show(&core);
            }
            Ok(false) => return None,
            Err(error) => {
                tracing::error!(%error, "a closed call-out cannot be read");
                return None;
            }
        }
        drop(core);
        self.detail(callout)
    }

    /// The last call-outs of a site, newest first, from this desk's own records; also without the hub.
    pub async fn site_history(&self, site: &str) -> Vec<PastCallout> {
        let shown = self.inner.shown();
        let Some(site) = shown.world.site(site).map(|s| s.id) else { return vec![] };
        let rows = self.inner.store.callouts_of_site(&site.to_string(), HISTORY_MAX + TESTS_MAX).await;
        let rows = rows.unwrap_or_else(|error| {
            tracing::error!(%error, "the call-outs of a site cannot be read");
            vec![]
        });
        let kept = rows.iter().filter_map(|row| serde_json::from_str::<Callout>(&row.state).ok());
        let mut found: BTreeMap<CalloutId, Callout> = kept.map(|callout| (callout.id, callout)).collect();
        // What this desk did itself is newer than its disk.
        let here = shown.world.callouts.values().filter(|c| c.site == Some(site));
        found.extend(here.map(|callout| (callout.id, (**callout).clone())));
        let mut history: Vec<Callout> = found.into_values().filter(|c| !c.test).collect();
        history.sort_by_key(|c| std::cmp::Reverse(c.created_at));
        history.iter().take(HISTORY_MAX as usize).map(PastCallout::from).collect()
    }

    /// What one operator hands over to the next, and what has happened since a log position.
    pub fn handover(&self, since: Option<i64>) -> HandoverView {
        let shown = self.inner.shown();
        self.inner.with_scene(&shown, |scene| handover(scene, since))
    }

    /// What goes on while somebody leaves the desk.
    pub fn leaving(&self, own_hub: bool) -> LeavingView {
        let shown = self.inner.shown();
        let world = &shown.world;
        let on_shift = |unit: &&Arc<Unit>| world.officers_of(unit.id).next().is_some();
        let mut shifts: Vec<String> = world.units.values().filter(on_shift).map(|u| u.call_sign.clone()).collect();
        let open = world.callouts.values().filter(|c| c.is_open() && !c.test);
        let mut callouts: Vec<String> = open.map(|c| c.number.clone()).collect();
        shifts.sort_unstable();
        callouts.sort_unstable();
        LeavingView {
            own_hub,
            panels: world.panels.len() as u32,
            shifts,
            callouts,
            alarms: world.alarms.values().filter(|a| a.rings()).count() as u32,
            queued: self.inner.link_view(&shown).queued,
        }
    }

    /// How this person likes the screen. What a value means is the page's business.
    pub fn prefs(&self) -> BTreeMap<String, String> {
        lock(&self.inner.prefs).clone()
    }

    /// Keeps a preference. It is on disk when this returns; a setting that does not stay must say so.
    pub async fn set_pref(&self, name: &str, value: &str) -> Result<(), String> {
        if value.len() > PREF_BYTES_MAX {
            return Err("The setting is too long to be kept.".into());
        }
        let kept = self.inner.store.put_pref(name, value).await;
        kept.map_err(|error| format!("The setting could not be kept: {error}."))?;
        lock(&self.inner.prefs).insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}
