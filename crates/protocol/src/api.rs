//! Requests and answers under `/v1`, as `docs/contracts` names them.

use domain::command::Command;
use domain::event::Personal;
use domain::{Author, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommandsRequest {
    pub commands: Vec<Command>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommandsAnswer {
    pub results: Vec<CommandResult>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandResult {
    /// As sent, even when it is no UUID.
    pub id: String,
    pub outcome: Outcome,
    /// First and last log position of its events.
    pub seq: Option<[i64; 2]>,
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Accepted,
    /// Known already; the answer is the one it had.
    Duplicate,
    Refused,
}

/// One event as the log stream sends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    pub seq: i64,
    pub stream: String,
    pub version: i64,
    pub kind: String,
    pub at: domain::Instant,
    pub recorded_at: domain::Instant,
    pub by: Author,
    /// The event's own id.
    pub event_id: uuid::Uuid,
    pub command_id: uuid::Uuid,
    pub body: Value,
    pub personal: Option<Personal>,
}

/// The heartbeat of the log stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ping {
    pub head: i64,
    pub protocol: u32,
    /// The hub's clock; in a demonstration it may be set, and run at another rate.
    pub now: domain::Instant,
    pub clock_rate: f64,
}

/// Every aggregate a desk needs, as it stands at one log position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub seq: i64,
    pub schema: u32,
    pub aggregates: Vec<SnapshotAggregate>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotAggregate {
    pub stream: String,
    pub version: i64,
    pub state: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Call sign.
    pub unit: String,
    pub lat: f64,
    pub lon: f64,
    pub accuracy_m: Option<f64>,
    pub at: domain::Instant,
    pub received_at: domain::Instant,
    /// `owntracks`, `page`.
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_pct: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Positions {
    pub positions: Vec<Position>,
    /// Where a routing server is configured: how long units take to places that matter now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roads: Vec<RoadTime>,
}

/// What a routing server said of one unit and one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadTime {
    /// Call sign.
    pub unit: String,
    /// Where the unit was when it was asked; from farther off it says nothing.
    pub from: domain::geo::Point,
    pub to: domain::geo::Point,
    pub travel_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmLine {
    pub id: domain::id::AlarmId,
    pub seq: i64,
    pub account: String,
    pub protocol: String,
    pub code: String,
    pub qualifier: String,
    pub zone: Option<String>,
    pub partition: Option<String>,
    pub text: String,
    pub priority: u8,
    /// The site's reference.
    pub site: Option<String>,
    pub raised_at: domain::Instant,
    pub received_at: domain::Instant,
    pub state: domain::alarm::AlarmState,
    pub panel_seq: Option<u32>,
    pub raw: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarms {
    pub alarms: Vec<AlarmLine>,
    /// Last `seq` returned: pass it as `after` for the next page.
    pub next: i64,
}

/// An error outside the results of commands (RFC 9457), served as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub status: u16,
    pub code: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
