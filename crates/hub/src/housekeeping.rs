//! Removes what may not be kept any longer.

use crate::state::Hub;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked for. What is due has little in it then.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Long enough to look up what a partner says it never got.
const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(31);

/// Runs until the hub stops; also whenever its clock was set.
pub async fn run(hub: Arc<Hub>, keep_positions: TimeDelta) {
    let mut changes = hub.clock.changes();
    loop {
        let now = hub.clock.now();
        match hub.store.prune_fixes(now - keep_positions).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "positions that were kept long enough are gone"),
            Err(error) => tracing::error!(%error, "old positions could not be removed; they are tried again"),
        }
        if let Err(error) = hub.store.prune_deliveries(chrono::Utc::now() - DELIVERIES_KEPT).await {
            tracing::error!(%error, "old messages to partners could not be removed; they are tried again");
        }
        if let Err(error) = hub.store.prune_enrol_codes(now).await {
            tracing::error!(%error, "old enrolment codes could not be removed; they are tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = changes.changed() => {}
            () = hub.stopping.cancelled() => return,
        }
    }
}
