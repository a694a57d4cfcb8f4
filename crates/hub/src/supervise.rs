//! A panel that should have reported and did not is itself an alarm.

use crate::receivers::panels::Panels;
use crate::state::Hub;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;

/// Added to the interval before a line counts as faulty: one resend of a late report.
fn grace(interval_s: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(interval_s / 5).clamp(5, 300))
}

pub async fn run(hub: Arc<Hub>, panels: Arc<Panels>) {
    let mut since = hub.clock.now();
    let mut changes = hub.clock.changes();
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            // After the clock was set, nobody has been silent for longer than since then.
            _ = changes.changed() => since = hub.clock.now(),
            () = hub.stopping.cancelled() => return,
        }
        let now = hub.clock.now();
        for panel in hub.world().panels.values() {
            let Some(interval) = panel.supervision_s else { continue };
            if panel.line_fault_since.is_some() {
                continue;
            }
            let heard = panels.last_seen(&panel.account).map_or(since, |seen| seen.max(since));
            if now - heard > TimeDelta::seconds(i64::from(interval)) + grace(interval) {
                let body = serde_json::json!({ "since": heard });
                if let Err(error) = hub.act("panel.silent", panel.account.clone(), body).await {
                    tracing::error!(%error, "a silent panel could not be recorded");
                }
            }
        }
    }
}
