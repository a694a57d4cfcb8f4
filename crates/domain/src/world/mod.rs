//! The state of everything at one log position, and how an event changes it.
//!
//! The register (sites, officers, panels …) is always whole; alarms and call-outs are held while open and loaded
//! again by the store when a command names a closed one.

mod alarms;
mod keys;
mod register;

use crate::alarm::Alarm;
use crate::call::Call;
use crate::callout::Callout;
use crate::documents::{Checklist, Rams};
use crate::event::{EventBody, Recorded};
use crate::handover::Handover;
use crate::id::{
    AccountId, AggregateKind, AlarmId, CallId, CalloutId, ChecklistId, EstateId, HandoverId, IncidentId, KeyId,
    OfficerId, PanelId, RamsId, SiteId, Stream, UnitId,
};
use crate::keys::Key;
use crate::people::{Account, Officer, Unit};
use crate::settings::Settings;
use crate::site::{Estate, Panel, Site};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// How events become state, counted. Raise it whenever an event of an older log is applied otherwise than before: what was
/// stored under another number is then made anew from the log.
pub const RULES: u32 = 4;

/// Cheap to clone: the aggregates are shared until one changes.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub settings: Arc<Settings>,
    pub accounts: BTreeMap<AccountId, Arc<Account>>,
    pub estates: BTreeMap<EstateId, Arc<Estate>>,
    pub sites: BTreeMap<SiteId, Arc<Site>>,
    pub officers: BTreeMap<OfficerId, Arc<Officer>>,
    pub units: BTreeMap<UnitId, Arc<Unit>>,
    pub panels: BTreeMap<PanelId, Arc<Panel>>,
    pub rams: BTreeMap<RamsId, Arc<Rams>>,
    pub checklists: BTreeMap<ChecklistId, Arc<Checklist>>,
    pub alarms: BTreeMap<AlarmId, Arc<Alarm>>,
    pub callouts: BTreeMap<CalloutId, Arc<Callout>>,
    pub calls: BTreeMap<CallId, Arc<Call>>,
    pub incidents: BTreeMap<IncidentId, Arc<Incident>>,
    /// One a shift, a page each: all of them.
    pub handovers: BTreeMap<HandoverId, Arc<Handover>>,
    pub keys: BTreeMap<KeyId, Arc<Key>>,
    versions: HashMap<Stream, i64>,
    /// Open alarms of each account, in capitals, so that a signal looks at its own panel's and not at ten thousand.
    open_by_account: HashMap<String, BTreeSet<AlarmId>>,
    /// Highest call-out number given so far, and its year.
    last_number: (i32, u32),
}

/// Why: joins alarms, calls and call-outs about one happening.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    pub opened_at: crate::Instant,
    pub alarms: Vec<AlarmId>,
    pub callouts: Vec<CalloutId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallId>,
}

/// One arm for each kind of aggregate, so that a new kind is added in one place.
macro_rules! aggregates {
    ($self:ident, $stream:ident, $do:ident) => {
        match $stream.kind {
            AggregateKind::Account => $do!($self, accounts, AccountId($stream.id)),
            AggregateKind::Alarm => $do!($self, alarms, AlarmId($stream.id)),
            AggregateKind::Call => $do!($self, calls, CallId($stream.id)),
            AggregateKind::Callout => $do!($self, callouts, CalloutId($stream.id)),
            AggregateKind::Checklist => $do!($self, checklists, ChecklistId($stream.id)),
            AggregateKind::Estate => $do!($self, estates, EstateId($stream.id)),
            AggregateKind::Handover => $do!($self, handovers, HandoverId($stream.id)),
            AggregateKind::Incident => $do!($self, incidents, IncidentId($stream.id)),
            AggregateKind::Key => $do!($self, keys, KeyId($stream.id)),
            AggregateKind::Officer => $do!($self, officers, OfficerId($stream.id)),
            AggregateKind::Panel => $do!($self, panels, PanelId($stream.id)),
            AggregateKind::Rams => $do!($self, rams, RamsId($stream.id)),
            AggregateKind::Site => $do!($self, sites, SiteId($stream.id)),
            AggregateKind::Unit => $do!($self, units, UnitId($stream.id)),
            AggregateKind::Settings => $do!(@settings $self),
            AggregateKind::Person => $do!(@person $self),
        }
    };
}

impl World {
    /// The version a stream has reached; 0 for one that does not exist or is not loaded.
    pub fn version(&self, stream: Stream) -> i64 {
        self.versions.get(&stream).copied().unwrap_or(0)
    }

    /// Applies one event. Applying an event a second time changes nothing.
    pub fn evolve(&mut self, event: &Recorded) {
        if event.version <= self.version(event.stream) {
            return;
        }
        self.versions.insert(event.stream, event.version);
        match event.stream.kind {
            AggregateKind::Alarm => {
                alarms::evolve(self, event);
                self.index_alarm(AlarmId(event.stream.id));
            }
            AggregateKind::Call => self.evolve_call(event),
            AggregateKind::Callout => self.evolve_callout(event),
            AggregateKind::Incident => self.evolve_incident(event),
            AggregateKind::Handover => self.evolve_handover(event),
            AggregateKind::Key => keys::evolve(self, event),
            AggregateKind::Account
            | AggregateKind::Checklist
            | AggregateKind::Estate
            | AggregateKind::Officer
            | AggregateKind::Panel
            | AggregateKind::Person
            | AggregateKind::Rams
            | AggregateKind::Settings
            | AggregateKind::Site
            | AggregateKind::Unit => register::evolve(self, event),
        }
    }

    fn evolve_callout(&mut self, event: &Recorded) {
        let id = CalloutId(event.stream.id);
        if let EventBody::CalloutCreated(created) = &event.body {
            self.seen_number(&created.number);
            self.callouts.insert(id, Arc::new(Callout::created(created, event)));
        } else if let Some(callout) = self.callouts.get_mut(&id) {
            Arc::make_mut(callout).evolve(event);
        }
    }

    fn evolve_call(&mut self, event: &Recorded) {
        let id = CallId(event.stream.id);
        if let EventBody::CallOpened(opened) = &event.body {
            self.calls.insert(id, Arc::new(Call::opened(opened.exchange.clone(), event)));
        } else if let Some(call) = self.calls.get_mut(&id) {
            Arc::make_mut(call).evolve(event);
        }
    }

    fn evolve_incident(&mut self, event: &Recorded) {
        let EventBody::IncidentOpened(opened) = &event.body else {
            return;
        };
        let incident = self.incidents.entry(opened.id).or_insert_with(|| {
            Arc::new(Incident { id: opened.id, opened_at: event.at, alarms: vec![], callouts: vec![], calls: vec![] })
        });
        let incident = Arc::make_mut(incident);
        // A second call-out for the same alarm opens the same incident again.
        incident.alarms.extend(opened.alarm.filter(|alarm| !incident.alarms.contains(alarm)));
        incident.callouts.extend(opened.callout);
        incident.calls.extend(opened.call.filter(|call| !incident.calls.contains(call)));
    }

    fn evolve_handover(&mut self, event: &Recorded) {
        let id = HandoverId(event.stream.id);
        let handover = self.handovers.entry(id).or_insert_with(|| Arc::new(Handover::new(id, event)));
        Arc::make_mut(handover).evolve(event);
    }

    /// Remembers the highest call-out number, so that the next one follows.
    pub fn seen_number(&mut self, number: &str) {
        let mut parts = number.strip_prefix("CO-").unwrap_or("").split('-');
        let (Some(year), Some(count)) = (parts.next(), parts.next()) else {
            return;
        };
        if let (Ok(year), Ok(count)) = (year.parse::<u8>(), count.parse::<u32>()) {
            self.last_number = self.last_number.max((2000 + i32::from(year), count));
        }
    }

    /// The number the next call-out gets: `CO-26-00001`.
    pub fn next_number(&self, now: crate::Instant) -> String {
        let year = now.year();
        let count = if self.last_number.0 >= year { self.last_number.1.saturating_add(1) } else { 1 };
        format!("CO-{:02}-{count:05}", self.last_number.0.max(year) % 100)
    }

    /// What a stream's aggregate is now, and whether it stays in memory. None when it is not loaded.
    pub fn snapshot(&self, stream: Stream) -> Option<serde_json::Result<Value>> {
        macro_rules! snap {
            (@settings $world:ident) => {
                (self.version(stream) > 0).then(|| serde_json::to_value(&*$world.settings))
            };
            (@person $world:ident) => {
                None
            };
            ($world:ident, $field:ident, $id:expr) => {
                $world.$field.get(&$id).map(|value| serde_json::to_value(&**value))
            };
        }
        aggregates!(self, stream, snap)
    }

    /// Puts a stored aggregate back.
    pub fn load(&mut self, stream: Stream, version: i64, state: &Value) -> serde_json::Result<()> {
        macro_rules! put {
            (@settings $world:ident) => {
                $world.settings = Arc::new(Settings::deserialize(state)?)
            };
            (@person $world:ident) => {
                ()
            };
            ($world:ident, $field:ident, $id:expr) => {{
                $world.$field.insert($id, Arc::new(Deserialize::deserialize(state)?));
            }};
        }
        aggregates!(self, stream, put);
        self.versions.insert(stream, version);
        if let Some(callout) =
            self.callouts.get(&CalloutId(stream.id)).filter(|_| stream.kind == AggregateKind::Callout)
        {
            let number = callout.number.clone();
            self.seen_number(&number);
        }
        if stream.kind == AggregateKind::Alarm {
            self.index_alarm(AlarmId(stream.id));
        }
        Ok(())
    }

    /// Whether an aggregate belongs in memory: the register always, the rest while it is open.
    pub fn is_open(&self, stream: Stream) -> bool {
        match stream.kind {
            AggregateKind::Alarm => self.alarms.get(&AlarmId(stream.id)).is_some_and(|a| a.is_open()),
            AggregateKind::Call => self.calls.get(&CallId(stream.id)).is_some_and(|c| c.is_open()),
            AggregateKind::Callout => self.callouts.get(&CalloutId(stream.id)).is_some_and(|c| c.is_open()),
            AggregateKind::Incident => self
                .incidents
                .get(&IncidentId(stream.id))
                .is_some_and(|i| i.callouts.iter().any(|c| self.callouts.get(c).is_some_and(|c| c.is_open()))),
            _ => true,
        }
    }

    /// Lets go of a closed aggregate; the store brings it back when a command names it.
    pub fn forget(&mut self, stream: Stream) {
        match stream.kind {
            AggregateKind::Alarm => {
                if let Some(alarm) = self.alarms.remove(&AlarmId(stream.id)) {
                    self.leave_index(&alarm);
                }
            }
            AggregateKind::Call => drop(self.calls.remove(&CallId(stream.id))),
            AggregateKind::Callout => drop(self.callouts.remove(&CalloutId(stream.id))),
            AggregateKind::Incident => drop(self.incidents.remove(&IncidentId(stream.id))),
            _ => return,
        }
        self.versions.remove(&stream);
    }

    fn index_alarm(&mut self, id: AlarmId) {
        let Some(alarm) = self.alarms.get(&id).cloned() else {
            return;
        };
        if alarm.is_open() {
            self.open_by_account.entry(alarm.source.account.to_ascii_uppercase()).or_default().insert(id);
        } else {
            self.leave_index(&alarm);
        }
    }

    fn leave_index(&mut self, alarm: &Alarm) {
        let account = alarm.source.account.to_ascii_uppercase();
        if let Some(open) = self.open_by_account.get_mut(&account) {
            open.remove(&alarm.id);
            if open.is_empty() {
                self.open_by_account.remove(&account);
            }
        }
    }

    /// The open alarms of one account.
    pub fn open_alarms_of(&self, account: &str) -> impl Iterator<Item = &Arc<Alarm>> {
        let ids = self.open_by_account.get(&account.to_ascii_uppercase());
        ids.into_iter().flatten().filter_map(|id| self.alarms.get(id))
    }

    // Finding by id or by what people call things.

    pub fn site(&self, target: &str) -> Option<&Arc<Site>> {
        by_id(target)
            .and_then(|id| self.sites.get(&SiteId(id)))
            .or_else(|| self.sites.values().find(|s| s.reference.eq_ignore_ascii_case(target)))
    }

    pub fn estate(&self, target: &str) -> Option<&Arc<Estate>> {
        by_id(target).and_then(|id| self.estates.get(&EstateId(id))).or_else(|| {
            self.estates
                .values()
                .find(|e| e.reference.eq_ignore_ascii_case(target) || e.name.eq_ignore_ascii_case(target))
        })
    }

    pub fn rams(&self, target: &str) -> Option<&Arc<Rams>> {
        by_id(target)
            .and_then(|id| self.rams.get(&RamsId(id)))
            .or_else(|| self.rams.values().find(|r| r.reference.eq_ignore_ascii_case(target)))
    }

    pub fn checklist(&self, target: &str) -> Option<&Arc<Checklist>> {
        by_id(target)
            .and_then(|id| self.checklists.get(&ChecklistId(id)))
            .or_else(|| self.checklists.values().find(|c| c.reference.eq_ignore_ascii_case(target)))
    }

    /// The list that the writing link of this digest leads to.
    pub fn writing(&self, token_sha256: &str) -> Option<&Arc<Checklist>> {
        self.checklists.values().find(|list| list.writing_link(token_sha256).is_some())
    }

    pub fn unit(&self, target: &str) -> Option<&Arc<Unit>> {
        by_id(target)
            .and_then(|id| self.units.get(&UnitId(id)))
            .or_else(|| self.units.values().find(|u| u.call_sign.eq_ignore_ascii_case(target)))
    }

    /// By id, by reference, or by the call sign of the unit the officer is signed on with.
    pub fn officer(&self, target: &str) -> Option<&Arc<Officer>> {
        by_id(target)
            .and_then(|id| self.officers.get(&OfficerId(id)))
            .or_else(|| self.officers.values().find(|o| o.reference.eq_ignore_ascii_case(target)))
            .or_else(|| {
                let unit = self.unit(target)?.id;
                self.officers.values().find(|o| o.shift.as_ref().is_some_and(|s| s.unit == unit))
            })
    }

    pub fn alarm(&self, target: &str) -> Option<&Arc<Alarm>> {
        self.alarms.get(&AlarmId(by_id(target)?))
    }

    /// By id, or by what the exchange calls it.
    pub fn call(&self, target: &str) -> Option<&Arc<Call>> {
        by_id(target).and_then(|id| self.calls.get(&CallId(id))).or_else(|| self.calls.get(&Call::id_of(target)))
    }

    /// By id, by number, or by the id of one of its assignments.
    pub fn callout(&self, target: &str) -> Option<&Arc<Callout>> {
        let id = by_id(target);
        id.and_then(|id| self.callouts.get(&CalloutId(id)))
            .or_else(|| self.callouts.values().find(|c| c.is_called(target)))
            .or_else(|| {
                let id = crate::id::AssignmentId(id?);
                self.callouts.values().find(|c| c.assignment(id).is_some())
            })
    }

    pub fn panel(&self, account: &str) -> Option<&Arc<Panel>> {
        self.panels.get(&Panel::id_of(account))
    }

    /// By id or by the number on its tag.
    pub fn key(&self, target: &str) -> Option<&Arc<Key>> {
        by_id(target).and_then(|id| self.keys.get(&KeyId(id))).or_else(|| self.keys.get(&Key::id_of(target)))
    }

    pub fn officers_of(&self, unit: UnitId) -> impl Iterator<Item = &Arc<Officer>> {
        self.officers.values().filter(move |o| o.shift.as_ref().is_some_and(|s| s.unit == unit))
    }

    /// The open call-out this officer is working on, newest first.
    pub fn callout_of(&self, officer: OfficerId) -> Option<&Arc<Callout>> {
        self.callouts
            .values()
            .rev()
            .find(|c| c.is_open() && c.assignments.iter().any(|a| a.officer == officer && a.state.is_active()))
    }

    /// The call-out this officer has an unanswered offer for.
    pub fn offer_to(&self, officer: OfficerId) -> Option<&Arc<Callout>> {
        self.callouts.values().rev().find(|c| c.is_open() && c.open_offer().is_some_and(|a| a.officer == officer))
    }

    pub fn estate_name(&self, site: Option<&Site>) -> &str {
        site.and_then(|s| s.estate).and_then(|e| self.estates.get(&e)).map_or("", |e| e.name.as_str())
    }
}

fn by_id(target: &str) -> Option<Uuid> {
    Uuid::try_parse(target).ok()
}
