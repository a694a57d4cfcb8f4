//! One panel as the page shows it.

use super::{Scene, instant, wire_name};
use domain::panel::{ArmedPart, OnTest};
use domain::site::Panel;
use protocol::alarms::{ArmedView, PanelView, TestView};

pub fn panel_view(scene: &Scene, panel: &Panel) -> PanelView {
    let site = panel.site.and_then(|id| scene.world().sites.get(&id));
    let armed = |part: &ArmedPart| ArmedView {
        partition: part.partition.clone(),
        how: wire_name(part.how),
        since: instant(part.since),
    };
    let test = |test: &OnTest| TestView {
        by: scene.account_name(test.by),
        reason: test.reason.clone(),
        from: instant(test.from),
        until: instant(test.until),
        zones: test.zones.clone(),
        also_life_safety: test.also_life_safety,
        count: test.count,
        last_at: test.last_at.map(instant),
        standing: test.standing.clone(),
    };
    PanelView {
        id: panel.id.to_string(),
        account: panel.account.clone(),
        site: panel.site.map(|id| id.to_string()),
        place: site.map_or_else(|| format!("Account {}", panel.account), |s| s.name.clone()),
        armed: panel.state.armed.iter().map(armed).collect(),
        line_fault_since: panel.line_fault_since.map(instant),
        test: panel.state.on_test.as_ref().map(test),
    }
}
