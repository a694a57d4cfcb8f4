//! Reading on from where another process appended.

use super::Committed;
use crate::StoreError;
use crate::aggregates::{Aggregate, world_here};
use crate::log::{Position, rows_after};
use crate::row::LogRow;
use domain::World;
use domain::id::{AggregateKind, Stream};
use sqlx::SqliteConnection;
use std::sync::Arc;

/// Rows of the log read at once.
const PAGE: i64 = 1000;

/// The world at `now` and what happened since `from`. Inside a transaction, so that both are of one moment.
pub(super) async fn catch_up(
    connection: &mut SqliteConnection,
    world: &World,
    from: Position,
    now: Position,
    demonstration: bool,
) -> Result<(World, Option<Committed>), StoreError> {
    let rows = rows_between(connection, from.head.seq, now.head.seq).await?;
    let events = rows.iter().map(LogRow::event).collect::<Result<Vec<_>, _>>()?;
    // An erasure changes aggregates that have no event of their own, and a head that went back is another history.
    let whole = now.head.seq < from.head.seq || events.iter().any(|event| event.kind == "person.erased");
    let world = match whole {
        true => world_here(connection, demonstration).await?,
        false => changed_since(connection, world, from.head.seq).await?,
    };
    let mut recorded = Vec::with_capacity(events.len());
    for event in &events {
        if let Some(known) = event.to_recorded() {
            recorded.push(known?);
        }
    }
    let events = events.into_iter().map(Arc::new).collect::<Vec<_>>();
    let committed = (!events.is_empty()).then_some(Committed { events, recorded, head: now.head.seq });
    Ok((world, committed))
}

async fn rows_between(connection: &mut SqliteConnection, from: i64, to: i64) -> Result<Vec<LogRow>, StoreError> {
    let mut rows: Vec<LogRow> = vec![];
    loop {
        let after = rows.last().map_or(from, |row| row.seq);
        let page = rows_after(connection, after, PAGE).await?;
        let ended = page.is_empty() || page.last().is_some_and(|row| row.seq >= to);
        rows.extend(page);
        if ended {
            return Ok(rows);
        }
    }
}

/// The states another process stored are taken as they are: it may know kinds of events that this program does not.
async fn changed_since(connection: &mut SqliteConnection, world: &World, after: i64) -> Result<World, StoreError> {
    let mut world = world.clone();
    let rows = sqlx::query("SELECT stream, version, state FROM aggregate WHERE seq > ?")
        .bind(after)
        .fetch_all(connection)
        .await?;
    let changed = rows.iter().map(Aggregate::read).collect::<Result<Vec<_>, _>>()?;
    for aggregate in &changed {
        aggregate.load_into(&mut world)?;
    }
    // After all are loaded: whether an incident is open depends on its call-outs.
    for aggregate in &changed {
        if !world.is_open(aggregate.stream) {
            world.forget(aggregate.stream);
        }
    }
    let closed: Vec<Stream> = world
        .incidents
        .keys()
        .map(|id| Stream::new(AggregateKind::Incident, *id))
        .filter(|stream| !world.is_open(*stream))
        .collect();
    closed.into_iter().for_each(|stream| world.forget(stream));
    Ok(world)
}
