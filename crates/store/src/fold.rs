//! From the events of one stream to what is stored of its aggregate. Aggregates do not read one another when they
//! evolve, so each stream folds alone, and a log of any length in little memory.

use crate::StoreError;
use crate::event::stream;
use crate::index::{AggregateRow, AlarmRow, AssignmentRow, CalloutRow};
use crate::row::{COLUMNS, LogRow};
use crate::sql::assembled;
use domain::World;
use domain::id::{AggregateKind, CalloutId, IncidentId};
use sqlx::SqliteConnection;
use std::collections::HashSet;

/// Rows of the log read at once.
const PAGE: i64 = 2000;

/// What the log says about one aggregate.
pub(crate) struct Folded {
    pub aggregate: AggregateRow,
    pub alarm: Option<AlarmRow>,
    pub callout: Option<CalloutRow>,
    pub assignments: Vec<AssignmentRow>,
    /// The call-outs an incident joins.
    pub joins: Vec<CalloutId>,
}

/// Why a stream cannot be folded.
pub(crate) enum Unfoldable {
    /// A newer program wrote an event of this kind.
    UnknownKind(String),
    Store(StoreError),
}

/// Folds all events of one stream, in order of version.
pub(crate) fn fold(rows: &[LogRow]) -> Result<Folded, Unfoldable> {
    let last = rows.last().expect("a stream has an event");
    let stream = stream(&last.stream)?;
    let mut world = World::default();
    for row in rows {
        let event = row.event()?.to_recorded().ok_or_else(|| Unfoldable::UnknownKind(row.kind.clone()))?;
        world.evolve(&event.map_err(StoreError::from)?);
    }
    let (callout, incident) = (CalloutId(stream.id), IncidentId(stream.id));
    let is = |kind| stream.kind == kind;
    Ok(Folded {
        aggregate: AggregateRow::of(&world, stream, last.seq)?,
        alarm: AlarmRow::of(&world, stream),
        callout: CalloutRow::of(&world, stream),
        assignments: world.callouts.get(&callout).map(|c| AssignmentRow::of(c)).unwrap_or_default(),
        joins: world
            .incidents
            .get(&incident)
            .filter(|_| is(AggregateKind::Incident))
            .map_or(vec![], |i| i.callouts.clone()),
    })
}

impl From<StoreError> for Unfoldable {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Which call-outs are open, gathered while folding: `callout-…` comes before `incident-…`, whose openness follows.
#[derive(Default)]
pub(crate) struct OpenCallouts(HashSet<CalloutId>);

impl OpenCallouts {
    pub fn settle(&mut self, folded: &mut Folded) {
        let stream = folded.aggregate.stream;
        match stream.kind {
            AggregateKind::Callout if folded.aggregate.open => drop(self.0.insert(CalloutId(stream.id))),
            AggregateKind::Incident => folded.aggregate.open = folded.joins.iter().any(|id| self.0.contains(id)),
            _ => {}
        }
    }
}

/// Reads the log stream by stream, in order of the streams' names.
#[derive(Default)]
pub(crate) struct Streams {
    after: (String, i64),
    /// The stream whose end is not known yet.
    begun: Vec<LogRow>,
    ended: bool,
}

impl Streams {
    /// Some whole streams; none when all have been read.
    pub async fn next(&mut self, connection: &mut SqliteConnection) -> Result<Vec<Vec<LogRow>>, StoreError> {
        let mut whole = vec![];
        while whole.is_empty() && !self.ended {
            let sql = assembled(format!(
                "SELECT {COLUMNS} FROM log WHERE (stream, version) > (?, ?) ORDER BY stream, version LIMIT ?"
            ));
            let rows =
                sqlx::query(sql).bind(&self.after.0).bind(self.after.1).bind(PAGE).fetch_all(&mut *connection).await?;
            self.ended = rows.is_empty();
            for row in &rows {
                let row = LogRow::read(row)?;
                if self.begun.last().is_some_and(|before| before.stream != row.stream) {
                    whole.push(std::mem::take(&mut self.begun));
                }
                self.after = (row.stream.clone(), row.version);
                self.begun.push(row);
            }
            if self.ended && !self.begun.is_empty() {
                whole.push(std::mem::take(&mut self.begun));
            }
        }
        Ok(whole)
    }
}
