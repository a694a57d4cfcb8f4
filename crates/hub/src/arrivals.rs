//! Tells call-outs that a picture they name is here, however late it comes.

use crate::state::{Hub, system};
use domain::callout::Callout;
use domain::id::CalloutId;
use serde_json::json;
use std::sync::Arc;
use store::StoreError;

/// Tells one call-out.
pub async fn tell(hub: &Hub, target: &str, sha256: &str) {
    let body = json!({ "sha256": sha256.to_ascii_lowercase() });
    if let Err(error) = hub.act_as(system(), "media.received", target.to_owned(), body, None).await {
        tracing::error!(%error, "an arrived picture could not be recorded");
    }
}

/// Tells every call-out that waits for this picture, those that are over too.
pub async fn tell_all(hub: &Hub, sha256: &str) {
    match awaited(hub, Some(sha256)).await {
        Ok(awaited) => {
            for (callout, sha256) in awaited {
                tell(hub, &callout.to_string(), &sha256).await;
            }
        }
        Err(error) => tracing::error!(%error, "who waits for an arrived picture could not be looked up"),
    }
}

/// Finishes what arrived whole just before the hub was killed, and tells whom it could not tell any more.
pub async fn catch_up(hub: Arc<Hub>) {
    let media = hub.media.clone();
    match tokio::task::spawn_blocking(move || media.recover()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "unfinished pictures could not be looked through"),
        Err(error) => tracing::error!(%error, "looking for unfinished pictures failed"),
    }
    match awaited(&hub, None).await {
        Ok(awaited) => {
            for (callout, sha256) in awaited.into_iter().filter(|(_, sha256)| hub.media.is_complete(sha256)) {
                tell(&hub, &callout.to_string(), &sha256).await;
            }
        }
        Err(error) => tracing::error!(%error, "which pictures are waited for could not be looked up"),
    }
}

/// Pictures that call-outs wait for: this one, or all.
async fn awaited(hub: &Hub, sha256: Option<&str>) -> Result<Vec<(CalloutId, String)>, StoreError> {
    // The open ones first: one that ends between the two looks is in both, not in neither.
    let open = hub.world();
    let over = hub.store.callouts_over_awaiting(sha256).await?;
    let missing = |callout: &Callout| {
        let id = callout.id;
        let wanted = callout.missing_media().filter(|missing| sha256.is_none_or(|sha256| sha256 == *missing));
        wanted.map(|missing| (id, missing.to_owned())).collect::<Vec<_>>()
    };
    Ok(open.callouts.values().map(|callout| &**callout).chain(&over).flat_map(missing).collect())
}
