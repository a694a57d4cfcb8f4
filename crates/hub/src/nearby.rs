//! Suggests that an officer on the way has arrived, from the positions of the unit: the domain says when, a person confirms.

use crate::state::{Hub, system};
use domain::Instant;
use domain::command::Command;
use domain::geofence::{Sighting, Watch};
use domain::id::CommandId;
use domain::nearest::Fix;
use domain::people::Unit;
use protocol::api::Position;
use serde_json::json;
use std::sync::Arc;
use store::{StoreError, Submission};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

/// Runs until the hub stops.
pub async fn run(hub: Arc<Hub>) {
    let mut positions = hub.positions.subscribe();
    let mut watch = Watch::default();
    loop {
        let position = tokio::select! {
            position = positions.recv() => position,
            () = hub.stopping.cancelled() => return,
        };
        match position {
            Ok(position) => {
                let now = hub.clock.now();
                let (unit, fix) = (Unit::id_of(&position.unit), fix_of(&position));
                for sighting in watch.seen(&hub.world(), unit, &fix, now) {
                    if let Err(error) = suggest(&hub, &sighting, now).await {
                        // The next fix says it again.
                        tracing::error!(%error, "an arrival could not be suggested");
                    }
                }
            }
            // What was missed is older than what comes.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

fn fix_of(position: &Position) -> Fix {
    let point = domain::geo::Point::new(position.lat, position.lon);
    Fix { point, accuracy_m: position.accuracy_m, at: position.at }
}

async fn suggest(hub: &Hub, sighting: &Sighting, now: Instant) -> Result<(), StoreError> {
    let command = Command {
        id: CommandId(Uuid::now_v7()),
        at: now,
        kind: "assignment.arrive".into(),
        v: 1,
        target: sighting.callout.to_string(),
        after: vec![],
        on_behalf_of: Some(sighting.officer),
        sent_at: None,
        age_ms: None,
        body: json!({ "source": "geofence", "point": sighting.point }),
    };
    let submission = Submission { command, author: system(), received_at: now, once: None };
    let answers = hub.writer.submit(vec![submission]).await?;
    for refusal in answers.iter().filter_map(|a| a.refusal.as_ref()) {
        tracing::debug!(code = refusal.code, "a suggested arrival was not taken");
    }
    Ok(())
}
