//! Panels: silent and heard again, on test and back.

use super::{Decided, Decision, event, required};
use crate::alarm::AlarmKind;
use crate::command::{PanelOnTest as Put, PanelSilent};
use crate::event::{Empty, Event, EventBody as E, LineFault, PanelOnTest};
use crate::id::{AggregateKind as K, PanelId};
use crate::refusal::Refusal;
use crate::site::{Panel, plain_number};
use chrono::TimeDelta;
use std::sync::Arc;
use uuid::Uuid;

/// The longest a panel may be on test: a week of works. Longer ones are put on again, by somebody who still knows why.
const TEST_MAX: TimeDelta = TimeDelta::days(7);
/// Zones that one test may name.
const ZONES_MAX: usize = 64;

impl<'a> Decision<'a> {
    fn panel(&self) -> Result<&'a Arc<Panel>, Refusal> {
        self.world.panel(self.target()).ok_or_else(|| Refusal::not_found("panel", self.target()))
    }

    pub(super) fn panel_silent(&self, silent: &PanelSilent) -> Decided {
        let panel = self.panel()?;
        if panel.line_fault_since.is_some() {
            return Ok(vec![]);
        }
        let fault = event(K::Panel, panel.id, E::LineFault(LineFault { since: silent.since }));
        // Whoever works on it knows; if it is still silent when the test ends, it is raised then.
        let source = super::signals::own_source(&panel.account, "LINE");
        let tested =
            panel.state.on_test.as_ref().is_some_and(|t| t.covers(&source, AlarmKind::LineFault, self.ctx.now));
        Ok(match tested {
            true => vec![fault],
            false => vec![fault, self.line_fault(panel)],
        })
    }

    fn line_fault(&self, panel: &Panel) -> Event {
        let source = super::signals::own_source(&panel.account, "LINE");
        self.raise(AlarmKind::LineFault, source, "The panel has gone silent".to_owned())
    }

    pub(super) fn panel_heard(&self) -> Decided {
        let panel = self.panel()?;
        if panel.line_fault_since.is_none() {
            return Ok(vec![]);
        }
        let mut events = vec![event(K::Panel, panel.id, E::LineRestored(Empty {}))];
        let faults = self
            .world
            .open_alarms_of(&panel.account)
            .filter(|a| a.kind == AlarmKind::LineFault && a.restored_at.is_none());
        events.extend(faults.map(|a| event(K::Alarm, a.id, E::AlarmRestored(Empty {}))));
        Ok(events)
    }

    /// The panel of an account, or all panels of a site.
    fn panels_named(&self) -> Result<Vec<&'a Arc<Panel>>, Refusal> {
        if let Some(panel) = self.world.panel(self.target()) {
            return Ok(vec![panel]);
        }
        let site = self.world.site(self.target()).ok_or_else(|| Refusal::not_found("panel or site", self.target()))?;
        let panels: Vec<_> = self.world.panels.values().filter(|p| p.site == Some(site.id)).collect();
        match panels.is_empty() {
            true => Err(Refusal::new("no_panel", format!("{} has no panel.", site.name))
                .mend("Register its panel first, or name the panel's account.")),
            false => Ok(panels),
        }
    }

    pub(super) fn on_test(&self, put: &Put) -> Decided {
        let panels = self.panels_named()?;
        required(&put.reason, "The reason")?;
        let from = put.from.map_or(self.ctx.now, |from| from.max(self.ctx.now));
        let length = put.until - from;
        if length <= TimeDelta::zero() || put.until - self.ctx.now > TEST_MAX {
            return Err(Refusal::new("bad_test_time", "A panel is on test until a time within the next seven days.")
                .mend("Choose a later or nearer time."));
        }
        if put.zones.len() > ZONES_MAX || put.zones.iter().any(|z| z.trim().is_empty() || z.len() > 16) {
            return Err(Refusal::new("bad_zones", "Those are not zones of a panel.")
                .mend("Name up to 64 zones as the panel numbers them, or none for the whole panel."));
        }
        let zones: Vec<String> = put.zones.iter().map(|z| plain_number(z.trim()).to_owned()).collect();
        let test = PanelOnTest {
            from,
            until: put.until,
            reason: put.reason.clone(),
            zones,
            also_life_safety: put.also_life_safety,
        };
        Ok(panels.into_iter().map(|p| event(K::Panel, p.id, E::PanelOnTest(test.clone()))).collect())
    }

    pub(super) fn off_test(&self) -> Decided {
        let tested = self.panels_named()?.into_iter().filter(|p| p.state.on_test.is_some());
        Ok(tested.flat_map(|panel| self.test_over(panel)).collect())
    }

    /// Fired late or for a test that was prolonged: nothing is due any more.
    pub(super) fn test_ends(&self, due: crate::Instant) -> Decided {
        let panel = Uuid::try_parse(self.target()).ok().and_then(|id| self.world.panels.get(&PanelId(id)));
        let due = panel.filter(|p| p.state.on_test.as_ref().is_some_and(|test| test.until == due));
        Ok(due.map_or_else(Vec::new, |panel| self.test_over(panel)))
    }

    /// What went off meanwhile and has not restored may be real: somebody looks at it now.
    fn test_over(&self, panel: &Panel) -> Vec<Event> {
        let mut events = vec![event(K::Panel, panel.id, E::PanelTestEnded(Empty {}))];
        let silent = panel.line_fault_since.is_some();
        let raised = |a: &&Arc<crate::alarm::Alarm>| a.kind == AlarmKind::LineFault;
        if silent && self.world.open_alarms_of(&panel.account).find(raised).is_none() {
            events.push(self.line_fault(panel));
        }
        let standing = panel.state.on_test.as_ref().map_or(&[][..], |test| &test.standing);
        if !standing.is_empty() {
            let source = super::signals::own_source(&panel.account, "TEST");
            let zones = standing.join(", ");
            let text = format!("The test is over and these zones have not restored: {zones}");
            events.push(self.raise(AlarmKind::Technical, source, text));
        }
        events
    }
}
