//! How many alarms come, and whether they come in a flood.

use super::{Scene, instant};
use chrono::TimeDelta;
use domain::Instant;
use domain::alarm::Alarm;
use domain::settings::FloodRule;
use domain::site::plain_number;
use protocol::alarms::{AlarmRulesView, LoadView, NuisanceView};
use std::collections::{BTreeMap, BTreeSet};

/// A flood is over when it has been calm for so long: the queue must not fold and unfold.
const CALM_FOR: TimeDelta = TimeDelta::minutes(1);
/// Sources that are named as a nuisance.
const NUISANCES_MAX: usize = 5;
/// Fewer than this is chance.
const NUISANCE_FROM: u32 = 2;

/// Whether alarms come in a flood, with what it takes to let it end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flood {
    since: Option<Instant>,
    calm_since: Option<Instant>,
}

impl Flood {
    /// It begins above one threshold and ends after a calm minute below a lower one.
    pub fn next(self, minute: u32, rule: FloodRule, now: Instant) -> Self {
        match self.since {
            None if minute > rule.begins => Self { since: Some(now), calm_since: None },
            None => Self::default(),
            Some(_) if minute > rule.ends => Self { calm_since: None, ..self },
            Some(_) => match self.calm_since {
                Some(calm) if now - calm >= CALM_FOR => Self::default(),
                Some(_) => self,
                None => Self { calm_since: Some(now), ..self },
            },
        }
    }

    pub fn is_on(self) -> bool {
        self.since.is_some()
    }
}

pub fn load_view(scene: &Scene, flood: Flood) -> (LoadView, Flood) {
    let world = scene.world();
    let ago = |minutes: i64| scene.now - TimeDelta::minutes(minutes);
    let of_the_hour: Vec<&Alarm> = world
        .alarms
        .values()
        .map(|a| a.as_ref())
        .filter(|a| a.counted_on.is_none() && a.received_at > ago(60))
        .collect();
    let since = |minutes: i64| of_the_hour.iter().filter(|a| a.received_at > ago(minutes)).count() as u32;
    let mut by_priority = [0; 4];
    for alarm in &of_the_hour {
        by_priority[usize::from(u8::from(alarm.priority)) - 1] += 1;
    }
    let took = |a: &Alarm| a.taken.as_ref().filter(|t| t.at > ago(60)).map(|t| t.by);
    let operators: BTreeSet<_> = world.alarms.values().filter_map(|a| took(a)).collect();
    let minute = since(1);
    let flood = flood.next(minute, world.settings.alarms().flood, scene.now);
    let view = LoadView {
        minute,
        ten_minutes: since(10),
        hour: of_the_hour.len() as u32,
        operators: operators.len().max(1) as u32,
        by_priority,
        flood_since: flood.since.map(instant),
        nuisances: nuisances(scene, &of_the_hour),
    };
    (view, flood)
}

/// Sources whose alarms were put aside, or closed without anybody being sent.
fn nuisances(scene: &Scene, alarms: &[&Alarm]) -> Vec<NuisanceView> {
    let led_to_nothing = |a: &&&Alarm| a.callout.is_none() && (a.shelved.is_some() || !a.is_open());
    let mut by_source: BTreeMap<String, NuisanceView> = BTreeMap::new();
    for alarm in alarms.iter().filter(led_to_nothing) {
        let site = alarm.site.and_then(|id| scene.world().sites.get(&id));
        let place = site.map_or_else(|| format!("account {}", alarm.source.account), |s| s.name.clone());
        let zone = alarm.source.zone.as_deref().map(|z| format!(" · zone {}", plain_number(z)));
        let what = format!("{} · {place}{}", alarm.kind.title(), zone.unwrap_or_default());
        let site = alarm.site.map(|id| id.to_string());
        let nuisance = by_source.entry(what.clone()).or_insert(NuisanceView { what, site, count: 0 });
        nuisance.count += 1 + alarm.repeats;
    }
    let mut all: Vec<NuisanceView> = by_source.into_values().filter(|n| n.count >= NUISANCE_FROM).collect();
    all.sort_by_key(|n| std::cmp::Reverse(n.count));
    all.truncate(NUISANCES_MAX);
    all
}

pub fn rules_view(scene: &Scene) -> AlarmRulesView {
    let alarms = scene.world().settings.alarms();
    AlarmRulesView {
        ageing_s: alarms.ageing_s,
        flap_times: alarms.flap.times,
        flap_minutes: alarms.flap.minutes,
        flap_quiet_minutes: alarms.flap.quiet_minutes,
        flood_begins: alarms.flood.begins,
        flood_ends: alarms.flood.ends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alarms of the last minute, second by second, and whether it is a flood then.
    fn course(minute_at: impl Fn(i64) -> u32, seconds: i64) -> Vec<bool> {
        let start: Instant = "2026-11-22T21:00:00Z".parse().unwrap();
        let mut flood = Flood::default();
        (0..seconds)
            .map(|s| {
                flood = flood.next(minute_at(s), FloodRule::default(), start + TimeDelta::seconds(s));
                flood.is_on()
            })
            .collect()
    }

    #[test]
    fn a_flood_begins_above_its_threshold_and_not_at_it() {
        assert!(course(|_| 10, 300).iter().all(|on| !on));
        assert!(course(|_| 11, 2).iter().all(|on| *on));
    }

    #[test]
    fn a_flood_ends_after_a_calm_minute_and_never_flickers() {
        let on = course(|s| if s < 10 { 300 } else { 4 }, 200);
        let ended = on.iter().position(|on| !on).unwrap();
        assert_eq!(ended, 70, "a whole calm minute");
        assert!(on[ended..].iter().all(|on| !on));
        // Between the two thresholds it stays what it is.
        assert!(course(|s| if s < 10 { 300 } else { 8 }, 400).iter().all(|on| *on));
        assert!(course(|_| 8, 400).iter().all(|on| !on));
        // A short calm in between begins the minute anew.
        assert!(course(|s| if s % 50 < 10 { 300 } else { 0 }, 400).iter().all(|on| *on));
    }
}
