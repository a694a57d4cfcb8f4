//! Holds what officers record of a panel against what the panel says.

use super::{Decided, Decision, event};
use crate::alarm::SignalSource;
use crate::callout::{Callout, reset};
use crate::event::{Event, EventBody as E, PanelWord};
use crate::id::AggregateKind as K;
use crate::panel::{PanelState, Told};
use crate::site::Panel;

impl Decision<'_> {
    /// What the panels of the call-out's site say, `instead` being one of them as it is after the signal at hand.
    fn panel_word(
        &self,
        callout: &Callout,
        recorded: &str,
        instead: Option<(&Panel, &PanelState)>,
        restores: &dyn Fn(crate::id::AlarmId) -> bool,
    ) -> Option<Result<String, String>> {
        let site = callout.site?;
        callout.alarm?;
        let panels = self.world.panels.values().filter(|p| p.site == Some(site));
        let states = panels.map(|p| match instead {
            Some((panel, state)) if panel.id == p.id => state,
            _ => &p.state,
        });
        let alarms = callout.alarm.iter().chain(&callout.joined);
        // One that is closed and out of memory has been settled by a person.
        let all_restored =
            alarms.filter_map(|id| self.world.alarms.get(id)).all(|a| a.restored_at.is_some() || restores(a.id));
        reset::word(recorded, states, all_restored)
    }

    /// With the record of leaving: the panel may have said it before the officer did.
    pub(super) fn panel_word_at_once(&self, callout: &Callout, recorded: &str) -> Option<Event> {
        let word = self.panel_word(callout, recorded, None, &|_| false)?.ok()?;
        Some(event(K::Callout, callout.id, E::PanelAgreed(PanelWord { text: word })))
    }

    /// After a signal: call-outs of the panel's site that wait for just this word.
    pub(super) fn panel_speaks(&self, panel: &Panel, source: &SignalSource, told: &Told) -> Vec<Event> {
        let waits = |c: &&std::sync::Arc<Callout>| {
            let agreed = c.panel_word.as_ref().is_some_and(|word| word.agrees);
            c.site.is_some() && c.site == panel.site && c.is_open() && c.secured.is_some() && !agreed
        };
        let mut after = panel.state.clone();
        after.hear(source, told, self.ctx.now);
        let restored =
            |id| self.world.alarms.get(&id).is_some_and(|a| *told == Told::Restore && a.matches_restore(source));
        let waiting = self.world.callouts.values().filter(waits);
        let word = |callout: &std::sync::Arc<Callout>| {
            let recorded = callout.secured.as_ref().map_or("", |s| s.what.alarm.as_str());
            let word = self.panel_word(callout, recorded, Some((panel, &after)), &restored)?.ok()?;
            Some(event(K::Callout, callout.id, E::PanelAgreed(PanelWord { text: word })))
        };
        waiting.filter_map(word).collect()
    }

    /// The time for its word is over.
    pub(super) fn panel_word_due(&self, callout: &Callout) -> Decided {
        let recorded = callout.secured.as_ref().map_or("", |s| s.what.alarm.as_str());
        let body = match self.panel_word(callout, recorded, None, &|_| false) {
            Some(Ok(text)) => E::PanelAgreed(PanelWord { text }),
            Some(Err(text)) => E::PanelNotAgreed(PanelWord { text }),
            None => E::PanelNotAgreed(PanelWord { text: "The panel has not said so".into() }),
        };
        self.on_callout(callout, body)
    }
}
