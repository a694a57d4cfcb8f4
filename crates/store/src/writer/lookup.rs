//! Bringing back closed aggregates that a command names.

use super::Submission;
use crate::StoreError;
use crate::aggregates::Aggregate;
use crate::sql::{Values, assembled, blob, places};
use domain::World;
use domain::alarm::Alarm;
use domain::call::Call;
use domain::callout::Callout;
use domain::command::Command;
use domain::id::{AggregateKind, AlarmId, CallId, CalloutId, IncidentId, Stream};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Default)]
struct Names {
    /// Could be an alarm, a call, a call-out or an assignment.
    ids: BTreeSet<Uuid>,
    numbers: BTreeSet<String>,
}

/// Whether commands of this kind are about an alarm, a call or a call-out. What is about the register finds it in memory.
fn is_about_work(kind: &str) -> bool {
    let register =
        kind.ends_with(".put") && kind != "call.put" || kind.starts_with("shift.") || kind.starts_with("person.");
    let panel = kind.starts_with("signal.") || kind.starts_with("panel.");
    !register && !panel && !kind.starts_with("key.")
}

/// Every aggregate a command names: its target, what its body refers to, and a call by its exchange's name for it.
fn names_of(command: &Command) -> impl Iterator<Item = String> {
    let text = |field: &str| command.body.get(field).and_then(|name| name.as_str());
    let told = matches!(command.kind.as_str(), "call.progress" | "call.record");
    let exchange = text("id").filter(|_| told).map(|id| Call::id_of(id).to_string());
    let named = ["alarm", "call", "callout", "same_as"].into_iter().filter_map(text).map(str::to_owned);
    let named: Vec<String> = named.chain(exchange).collect();
    std::iter::once(command.target.clone()).chain(named)
}

fn is_here(world: &World, name: &str) -> bool {
    world.alarm(name).is_some() || world.callout(name).is_some() || world.call(name).is_some()
}

impl Names {
    fn add(&mut self, world: &World, command: &Command) {
        if !is_about_work(&command.kind) {
            return;
        }
        for name in names_of(command).filter(|name| !is_here(world, name)) {
            match Uuid::try_parse(&name) {
                Ok(id) => drop(self.ids.insert(id)),
                Err(_) => drop(self.numbers.insert(name)),
            }
        }
    }
}

/// The closed aggregates these commands name, with the alarm, call-out and incident that belong to them. Reads nothing
/// when everything named is in memory, as it nearly always is.
pub(super) async fn loads(
    connection: &mut SqliteConnection,
    world: &World,
    group: &[Submission],
) -> Result<Vec<Aggregate>, StoreError> {
    let mut names = Names::default();
    group.iter().for_each(|submission| names.add(world, &submission.command));
    let mut related = related_to_open(world, group);
    let mut found =
        if names.ids.is_empty() && names.numbers.is_empty() { vec![] } else { named(connection, names).await? };
    for aggregate in &found {
        related.extend(relations(aggregate)?);
    }
    related.retain(|stream| !is_loaded(world, *stream) && found.iter().all(|a| a.stream != *stream));
    if !related.is_empty() {
        found.extend(by_stream(connection, &related.into_iter().collect::<Vec<_>>()).await?);
    }
    Ok(found)
}

pub(super) fn is_loaded(world: &World, stream: Stream) -> bool {
    match stream.kind {
        AggregateKind::Alarm => world.alarms.contains_key(&AlarmId(stream.id)),
        AggregateKind::Call => world.calls.contains_key(&CallId(stream.id)),
        AggregateKind::Callout => world.callouts.contains_key(&CalloutId(stream.id)),
        AggregateKind::Incident => world.incidents.contains_key(&IncidentId(stream.id)),
        _ => true,
    }
}

/// An open alarm may have a closed call-out and incident.
fn related_to_open(world: &World, group: &[Submission]) -> BTreeSet<Stream> {
    let about_work = group.iter().map(|s| &s.command).filter(|c| is_about_work(&c.kind));
    let mut related = BTreeSet::new();
    for command in about_work {
        for name in names_of(command) {
            if let Some(alarm) = world.alarm(&name) {
                related.extend(of_alarm(alarm));
            }
            if let Some(callout) = world.callout(&name) {
                related.extend(of_callout(callout));
            }
        }
    }
    related
}

fn of_alarm(alarm: &Alarm) -> Vec<Stream> {
    let callout = alarm.callout.map(|id| Stream::new(AggregateKind::Callout, id));
    let incident = alarm.incident.map(|id| Stream::new(AggregateKind::Incident, id));
    callout.into_iter().chain(incident).collect()
}

/// A closed call and where it led.
fn of_call(call: &Call) -> Vec<Stream> {
    let closed = call.closed.as_ref();
    let callout = closed.and_then(|c| c.callout).map(|id| Stream::new(AggregateKind::Callout, id));
    let incident = closed.and_then(|c| c.incident).map(|id| Stream::new(AggregateKind::Incident, id));
    callout.into_iter().chain(incident).collect()
}

fn of_callout(callout: &Callout) -> Vec<Stream> {
    let alarm = callout.alarm.map(|id| Stream::new(AggregateKind::Alarm, id));
    let incident = Stream::new(AggregateKind::Incident, callout.incident);
    alarm.into_iter().chain([incident]).collect()
}

fn relations(aggregate: &Aggregate) -> Result<Vec<Stream>, StoreError> {
    Ok(match aggregate.stream.kind {
        AggregateKind::Alarm => of_alarm(&Alarm::deserialize(&aggregate.state)?),
        AggregateKind::Call => of_call(&Call::deserialize(&aggregate.state)?),
        AggregateKind::Callout => of_callout(&Callout::deserialize(&aggregate.state)?),
        _ => vec![],
    })
}

async fn named(connection: &mut SqliteConnection, names: Names) -> Result<Vec<Aggregate>, StoreError> {
    let (ids, numbers) = (names.ids.len(), names.numbers.len());
    let mut values = Values::default();
    for id in &names.ids {
        values.add(Stream::new(AggregateKind::Alarm, *id).to_string());
        values.add(Stream::new(AggregateKind::Call, *id).to_string());
        values.add(Stream::new(AggregateKind::Callout, *id).to_string());
    }
    names.ids.iter().for_each(|id| values.add(blob(id.as_bytes())));
    names.numbers.into_iter().for_each(|number| values.add(number));
    let or_none = |count: usize| if count == 0 { "(NULL)".to_owned() } else { places(count, 1) };
    let sql = assembled(format!(
        "SELECT stream, version, state FROM aggregate WHERE stream IN (
             SELECT column1 FROM (VALUES {})
             UNION SELECT callout FROM assignment_index WHERE assignment IN (VALUES {})
             UNION SELECT stream FROM callout_index WHERE number IN (VALUES {}))",
        or_none(3 * ids),
        or_none(ids),
        or_none(numbers),
    ));
    read(connection, sql, values).await
}

pub(super) async fn by_stream(
    connection: &mut SqliteConnection,
    streams: &[Stream],
) -> Result<Vec<Aggregate>, StoreError> {
    let mut values = Values::default();
    streams.iter().for_each(|stream| values.add(stream.to_string()));
    let sql = assembled(format!(
        "SELECT stream, version, state FROM aggregate WHERE stream IN (VALUES {})",
        places(streams.len(), 1)
    ));
    read(connection, sql, values).await
}

async fn read(
    connection: &mut SqliteConnection,
    sql: sqlx::SqlStr,
    values: Values,
) -> Result<Vec<Aggregate>, StoreError> {
    let rows = sqlx::query_with(sql, values.0).persistent(false).fetch_all(connection).await?;
    rows.iter().map(Aggregate::read).collect()
}
