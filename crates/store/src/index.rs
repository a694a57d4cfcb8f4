//! What stands in the narrow tables for one aggregate. It follows from the aggregate's state alone, so that it can be
//! made anew from the log and compared.

use crate::error::StoreError;
use crate::sql::{Values, blob, micros};
use domain::World;
use domain::alarm::Alarm;
use domain::callout::Callout;
use domain::id::{AggregateKind, AlarmId, CalloutId, Stream};
use serde_json::Value;
use uuid::Uuid;

/// `stream, kind, version, seq, open, state`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AggregateRow {
    pub stream: Stream,
    pub version: i64,
    /// 0 leaves the stored one: the aggregate had no event, only its place in memory changed.
    pub seq: i64,
    pub open: bool,
    pub state: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AlarmRow {
    pub seq: i64,
    pub stream: String,
    pub account: String,
    pub site: Option<Uuid>,
    pub kind: String,
    pub priority: i64,
    pub open: bool,
    pub raised_at: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CalloutRow {
    pub created_seq: i64,
    pub stream: String,
    pub number: String,
    pub site: Option<Uuid>,
    pub priority: i64,
    pub open: bool,
    pub created_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AssignmentRow {
    pub assignment: Uuid,
    pub callout: String,
}

impl AggregateRow {
    /// How an aggregate stands in the world; `null` for a stream without a state.
    pub fn of(world: &World, stream: Stream, seq: i64) -> Result<Self, StoreError> {
        let state = world.snapshot(stream).transpose()?.unwrap_or(Value::Null);
        Ok(Self { stream, version: world.version(stream), seq, open: world.is_open(stream), state })
    }

    pub fn bind(self, values: &mut Values) {
        values.add(self.stream.to_string());
        values.add(self.stream.kind.name());
        values.add(self.version);
        values.add(self.seq);
        values.add(self.open);
        values.add(self.state.to_string());
    }
}

impl AlarmRow {
    pub fn of(world: &World, stream: Stream) -> Option<Self> {
        (stream.kind == AggregateKind::Alarm).then(|| world.alarms.get(&AlarmId(stream.id)))?.map(|a| Self::from(&**a))
    }

    pub fn bind(self, values: &mut Values) {
        values.add(self.seq);
        values.add(self.stream);
        values.add(self.account);
        values.add(self.site.as_ref().map(|id| blob(id.as_bytes())));
        values.add(self.kind);
        values.add(self.priority);
        values.add(self.open);
        values.add(self.raised_at);
    }
}

impl From<&Alarm> for AlarmRow {
    fn from(alarm: &Alarm) -> Self {
        let kind = serde_json::to_value(alarm.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        Self {
            seq: alarm.seq,
            stream: Stream::new(AggregateKind::Alarm, alarm.id).to_string(),
            account: alarm.source.account.clone(),
            site: alarm.site.map(|site| site.0),
            kind: kind.unwrap_or_default(),
            priority: i64::from(u8::from(alarm.priority)),
            open: alarm.is_open(),
            raised_at: micros(alarm.raised_at),
        }
    }
}

impl CalloutRow {
    pub fn of(world: &World, stream: Stream) -> Option<Self> {
        (stream.kind == AggregateKind::Callout)
            .then(|| world.callouts.get(&CalloutId(stream.id)))?
            .map(|c| Self::from(&**c))
    }

    pub fn bind(self, values: &mut Values) {
        values.add(self.created_seq);
        values.add(self.stream);
        values.add(self.number);
        values.add(self.site.as_ref().map(|id| blob(id.as_bytes())));
        values.add(self.priority);
        values.add(self.open);
        values.add(self.created_at);
    }
}

impl From<&Callout> for CalloutRow {
    fn from(callout: &Callout) -> Self {
        Self {
            // Its opening is the first thing that happened to it, though perhaps not the first line of the timeline.
            created_seq: callout.timeline.iter().map(|entry| entry.seq).min().unwrap_or(0),
            stream: Stream::new(AggregateKind::Callout, callout.id).to_string(),
            number: callout.number.clone(),
            site: callout.site.map(|site| site.0),
            priority: i64::from(u8::from(callout.priority)),
            open: callout.is_open(),
            created_at: micros(callout.created_at),
        }
    }
}

impl AssignmentRow {
    pub fn of(callout: &Callout) -> Vec<Self> {
        let stream = Stream::new(AggregateKind::Callout, callout.id).to_string();
        callout.assignments.iter().map(|a| Self { assignment: a.id.0, callout: stream.clone() }).collect()
    }

    pub fn bind(self, values: &mut Values) {
        values.add(blob(self.assignment.as_bytes()));
        values.add(self.callout);
    }
}
