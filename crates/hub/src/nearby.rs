//! Suggests from the positions of the unit that an officer has set off, stands still, has arrived or has left: the domain says
//! when, a person confirms.

use crate::state::{Hub, system};
use domain::Instant;
use domain::command::Command;
use domain::geofence::{Sighting, Watch};
use domain::id::{CalloutId, CommandId, OfficerId};
use domain::movement::{Movements, Noticed};
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
    let mut movements = Movements::default();
    loop {
        let position = tokio::select! {
            position = positions.recv() => position,
            () = hub.stopping.cancelled() => return,
        };
        match position {
            Ok(position) => {
                let now = hub.clock.now();
                let (unit, fix) = (Unit::id_of(&position.unit), fix_of(&position));
                // Before the arrival: whoever forgot to say so is on the way first.
                for noticed in movements.seen(&hub.world(), unit, &fix, now) {
                    if let Err(error) = notice(&hub, &noticed, now).await {
                        tracing::error!(%error, "what a position says could not be recorded");
                    }
                }
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
    let body = json!({ "source": "geofence", "point": sighting.point });
    say(hub, "assignment.arrive", sighting.callout, Some(sighting.officer), body, now).await
}

async fn notice(hub: &Hub, noticed: &Noticed, now: Instant) -> Result<(), StoreError> {
    let body = json!({ "assignment": noticed.assignment, "what": noticed.what, "point": noticed.point });
    say(hub, "assignment.notice", noticed.callout, None, body, now).await
}

async fn say(
    hub: &Hub,
    kind: &str,
    callout: CalloutId,
    on_behalf_of: Option<OfficerId>,
    body: serde_json::Value,
    now: Instant,
) -> Result<(), StoreError> {
    let command = Command {
        id: CommandId(Uuid::now_v7()),
        at: now,
        kind: kind.into(),
        v: 1,
        target: callout.to_string(),
        after: vec![],
        on_behalf_of,
        sent_at: None,
        age_ms: None,
        body,
    };
    let submission = Submission { command, author: system(), received_at: now, once: None };
    let answers = hub.writer.submit(vec![submission]).await?;
    for refusal in answers.iter().filter_map(|a| a.refusal.as_ref()) {
        tracing::debug!(code = refusal.code, kind, "a suggestion was not taken");
    }
    Ok(())
}
