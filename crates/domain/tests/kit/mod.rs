//! A small control room for tests: a borough with a few sites and officers, a clock that only moves when told, and a
//! log that records events as the store does.
//!
//! Whatever a test sends, the kit also writes each event to its two parts and text, reads it back, evolves a second
//! world from that, and compares. So every test tests the log's round trip too.

#![allow(dead_code)]

use chrono::{TimeDelta, TimeZone, Utc};
use domain::callout::{Callout, CalloutState};
use domain::command::{Author, Command, Role};
use domain::decide::{Ctx, decide};
use domain::event::{EventBody, Personal, Recorded};
use domain::geo::Point;
use domain::id::{
    AccountId, AggregateKind, AlarmId, CalloutId, CommandId, EventId, OfficerId, Stream, UnitId, derived,
};
use domain::nearest::{Fix, Roads};
use domain::timers::{self, Timer};
use domain::{Instant, Refusal, World};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

pub const SITE: Point = Point::new(51.5430, -0.1500);

pub fn start() -> Instant {
    Utc.with_ymd_and_hms(2026, 11, 22, 21, 0, 0).unwrap()
}

pub fn s(seconds: i64) -> TimeDelta {
    TimeDelta::seconds(seconds)
}

pub fn digest(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

/// A point so many metres north of the site.
pub fn north(metres: f64) -> Point {
    Point::new(SITE.lat + metres / 111_195.0, SITE.lon)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Operator,
    Cctv,
    Supervisor,
    Supplier,
    Customer,
    Partner,
    Administrator,
    System,
    /// Officer 1, 2, 3 … of the kit.
    Officer(u8),
    /// Who holds the tracking link whose token has this digest.
    Link(u8),
    /// Who holds the writing link whose token has this digest.
    Writer(u8),
}

impl Who {
    pub const ROLES: [Self; 9] = [
        Self::Operator,
        Self::Cctv,
        Self::Supervisor,
        Self::Officer(1),
        Self::Supplier,
        Self::Customer,
        Self::Partner,
        Self::Administrator,
        Self::System,
    ];

    pub fn role(self) -> Role {
        match self {
            Self::Operator => Role::Operator,
            Self::Cctv => Role::Cctv,
            Self::Supervisor => Role::Supervisor,
            Self::Supplier => Role::Supplier,
            Self::Customer | Self::Link(_) | Self::Writer(_) => Role::Customer,
            Self::Partner => Role::Partner,
            Self::Administrator => Role::Administrator,
            Self::System => Role::System,
            Self::Officer(_) => Role::Officer,
        }
    }

    pub fn author(self) -> Author {
        let officer = match self {
            Self::Officer(n) => Some(officer(n)),
            _ => None,
        };
        let account = match self {
            Self::Link(n) => domain::callout::messages::customer_account(&digest(n)),
            Self::Writer(n) => domain::writing::writer_account(&digest(n)),
            _ => AccountId(derived("account", &[format!("{self:?}").as_bytes()])),
        };
        Author { account, role: self.role(), officer }
    }
}

pub fn officer(n: u8) -> OfficerId {
    OfficerId(derived("kit-officer", &[&[n]]))
}

pub fn unit(n: u8) -> UnitId {
    domain::people::Unit::id_of(&sign(n))
}

pub fn sign(n: u8) -> String {
    format!("RSP-{n}")
}

pub type Outcome = Result<Vec<Recorded>, Refusal>;

pub struct Play {
    pub world: World,
    /// Evolved from what the log gives back.
    pub reread: World,
    pub log: Vec<Recorded>,
    pub now: Instant,
    pub fixes: HashMap<UnitId, Fix>,
    pub roads: Roads,
    pub media: HashSet<String>,
    pub can_offer: bool,
    answered: HashMap<CommandId, Outcome>,
    made: u64,
    numbered: u32,
}

impl Play {
    /// Nothing but a clock.
    pub fn empty() -> Self {
        Self {
            world: World::default(),
            reread: World::default(),
            log: vec![],
            now: start(),
            fixes: HashMap::new(),
            roads: Roads::default(),
            media: HashSet::new(),
            can_offer: true,
            answered: HashMap::new(),
            made: 0,
            numbered: 0,
        }
    }

    /// Site `BOILER` with RAMS and a checklist, panel `1234` there, and this many officers on shift: RSP-1 500 m away,
    /// each next one 500 m further.
    pub fn with_officers(count: u8) -> Self {
        let mut play = Self::empty();
        for (kind, body) in register() {
            play.ok(Who::Administrator, kind, "new", body);
        }
        for n in 1..=count {
            play.add_officer(n);
        }
        play
    }

    pub fn new() -> Self {
        Self::with_officers(3)
    }

    pub fn add_officer(&mut self, n: u8) {
        let who = Who::Administrator;
        let body = json!({"ref": format!("O{n}"), "name": format!("Officer {n}"), "telephone": "07700 900100"});
        self.ok(who, "officer.put", &officer(n).to_string(), body);
        self.ok(who, "unit.put", "new", json!({"call_sign": sign(n), "kind": "vehicle"}));
        self.ok(Who::Officer(n), "shift.sign_on", &officer(n).to_string(), json!({"unit": sign(n)}));
        self.place(n, 500.0 * f64::from(n));
    }

    /// Puts an officer's unit so many metres north of the site, now.
    pub fn place(&mut self, n: u8, metres: f64) {
        self.fixes.insert(unit(n), Fix { point: north(metres), accuracy_m: Some(8.0), at: self.now });
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now += s(seconds);
    }

    pub fn command(&mut self, kind: &str, target: &str, body: Value) -> Command {
        self.made += 1;
        Command {
            id: CommandId(derived("kit-command", &[&self.made.to_be_bytes()])),
            at: self.now,
            kind: kind.into(),
            v: 1,
            target: target.into(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body,
        }
    }

    /// Decides and records as the store does: a known command id gives its first answer again.
    pub fn send(&mut self, who: Who, command: &Command) -> Outcome {
        if let Some(known) = self.answered.get(&command.id) {
            return known.clone();
        }
        let at = command.corrected_at(self.now);
        let numbered = self.numbered;
        let decided = decide(
            &self.world,
            command,
            &Ctx {
                author: who.author(),
                now: self.now,
                at,
                fixes: &(&self.fixes, &self.roads),
                has_media: &|sha256| self.media.contains(sha256),
                number: &|world| match self.can_offer {
                    true => world.next_number(self.now),
                    false => format!("D1-{:04}", numbered + 1),
                },
                can_offer: self.can_offer,
            },
        );
        let outcome = decided.map(|events| {
            let mut recorded = Vec::new();
            for event in events {
                recorded.push(self.record(who, command, at, event));
            }
            recorded
        });
        self.answered.insert(command.id, outcome.clone());
        outcome
    }

    fn record(&mut self, who: Who, command: &Command, at: Instant, event: domain::Event) -> Recorded {
        let seq = self.log.len() as i64 + 1;
        self.numbered += u32::from(matches!(event.body, EventBody::CalloutCreated(_)));
        let recorded = Recorded {
            seq,
            stream: event.stream,
            version: self.world.version(event.stream) + 1,
            id: EventId(derived("kit-event", &[&seq.to_be_bytes()])),
            command_id: command.id,
            at,
            recorded_at: self.now,
            by: who.author(),
            body: event.body.clone(),
        };
        let read = Recorded { body: through_the_log(&event), ..recorded.clone() };
        assert_eq!(read.body, recorded.body, "the log gives back what was decided");
        self.world.evolve(&recorded);
        self.reread.evolve(&read);
        assert!(same(&self.world, &self.reread, event.stream), "{} after the log", recorded.body.kind());
        self.log.push(recorded.clone());
        recorded
    }

    #[track_caller]
    pub fn ok(&mut self, who: Who, kind: &str, target: &str, body: Value) -> Vec<Recorded> {
        let command = self.command(kind, target, body);
        match self.send(who, &command) {
            Ok(events) => events,
            Err(refusal) => panic!("{kind} by {who:?} was refused: {refusal}"),
        }
    }

    #[track_caller]
    pub fn refused(&mut self, who: Who, kind: &str, target: &str, body: Value, code: &str) -> Refusal {
        let command = self.command(kind, target, body);
        match self.send(who, &command) {
            Ok(events) => panic!("{kind} by {who:?} was accepted: {:?}", kinds(&events)),
            Err(refusal) => {
                assert_eq!(refusal.code, code, "{refusal}");
                assert_words(&refusal);
                refusal
            }
        }
    }

    // The call-out of most tests: the newest.

    pub fn callout_id(&self) -> CalloutId {
        let made = self.log.iter().rev().find_map(|e| match &e.body {
            EventBody::CalloutCreated(created) => Some(created.id),
            _ => None,
        });
        made.expect("there is a call-out")
    }

    pub fn callout(&self) -> &Callout {
        &self.world.callouts[&self.callout_id()]
    }

    pub fn state(&self) -> CalloutState {
        self.callout().state
    }

    /// A command about the newest call-out.
    #[track_caller]
    pub fn does(&mut self, who: Who, kind: &str, body: Value) -> Vec<Recorded> {
        let target = self.callout_id().to_string();
        self.ok(who, kind, &target, body)
    }

    #[track_caller]
    pub fn may_not(&mut self, who: Who, kind: &str, body: Value, code: &str) -> Refusal {
        let target = self.callout_id().to_string();
        self.refused(who, kind, &target, body, code)
    }

    /// The operator opens a call-out to the boiler house.
    pub fn open(&mut self, priority: u8) -> CalloutId {
        let id = self.fresh_id();
        self.ok(
            Who::Operator,
            "callout.create",
            &id.to_string(),
            json!({"site": "BOILER", "type": "intruder", "priority": priority}),
        );
        CalloutId(id)
    }

    pub fn fresh_id(&mut self) -> uuid::Uuid {
        self.made += 1;
        derived("kit-id", &[&self.made.to_be_bytes()])
    }

    /// Every timer of everything open.
    pub fn timers(&self) -> Vec<(Stream, Timer)> {
        let alarms =
            self.world.alarms.values().flat_map(|a| {
                timers::of_alarm(a).into_iter().map(move |t| (Stream::new(AggregateKind::Alarm, a.id), t))
            });
        let callouts = self.world.callouts.values().flat_map(|c| {
            timers::of_callout(c).into_iter().map(move |t| (Stream::new(AggregateKind::Callout, c.id), t))
        });
        let panels =
            self.world.panels.values().flat_map(|p| {
                timers::of_panel(p).into_iter().map(move |t| (Stream::new(AggregateKind::Panel, p.id), t))
            });
        let keys = self
            .world
            .keys
            .values()
            .flat_map(|k| timers::of_key(k).into_iter().map(move |t| (Stream::new(AggregateKind::Key, k.id), t)));
        alarms.chain(callouts).chain(panels).chain(keys).collect()
    }

    /// Fires what is due, oldest first, until nothing is.
    pub fn fire_due(&mut self) -> Vec<Recorded> {
        let mut events = Vec::new();
        let mut fired = HashSet::new();
        loop {
            let mut due: Vec<_> = self.timers().into_iter().filter(|(_, t)| t.due <= self.now).collect();
            due.sort_by_key(|(_, t)| t.due);
            let Some((stream, timer)) = due.into_iter().find(|(stream, t)| !fired.contains(&t.command(*stream).id))
            else {
                return events;
            };
            let command = timer.command(stream);
            fired.insert(command.id);
            events.extend(self.send(Who::System, &command).expect("a timer is never refused"));
        }
    }

    /// Lets time pass second by second as a hub lives it, timers firing when due.
    pub fn live(&mut self, seconds: i64) -> Vec<Recorded> {
        let end = self.now + s(seconds);
        let mut events = Vec::new();
        while let Some(due) = self.timers().into_iter().map(|(_, t)| t.due).filter(|t| *t <= end).min() {
            self.now = due.max(self.now);
            let fired = self.fire_due();
            let stuck = fired.is_empty();
            events.extend(fired);
            if stuck {
                break;
            }
        }
        self.now = end;
        events
    }
}

/// Body and personal part as text and back.
pub fn through_the_log(event: &domain::Event) -> EventBody {
    let (body, personal) = event.split().expect("an event is plain data");
    let body: Value = serde_json::from_str(&body.to_string()).expect("JSON");
    let personal: Option<Personal> =
        personal.map(|p| serde_json::from_str(&Value::Object(p).to_string()).expect("JSON"));
    EventBody::join(event.body.kind(), &body, personal.as_ref())
        .expect("a known kind")
        .unwrap_or_else(|error| panic!("{} does not read back: {error}", event.body.kind()))
}

/// Whether two worlds hold the same under this name.
pub fn same(one: &World, other: &World, stream: Stream) -> bool {
    match stream.kind {
        AggregateKind::Callout => one.callouts.get(&CalloutId(stream.id)) == other.callouts.get(&CalloutId(stream.id)),
        AggregateKind::Alarm => one.alarms.get(&AlarmId(stream.id)) == other.alarms.get(&AlarmId(stream.id)),
        _ => snapshot(one, stream) == snapshot(other, stream),
    }
}

pub fn snapshot(world: &World, stream: Stream) -> Option<Value> {
    world.snapshot(stream).map(|state| state.expect("a state is plain data"))
}

/// Every snapshot of a world, by stream.
pub fn snapshots(world: &World, log: &[Recorded]) -> Vec<(Stream, Option<Value>)> {
    let mut streams: Vec<Stream> = log.iter().map(|e| e.stream).collect();
    streams.sort();
    streams.dedup();
    streams.into_iter().map(|stream| (stream, snapshot(world, stream))).collect()
}

pub fn evolved<'a>(log: impl IntoIterator<Item = &'a Recorded>) -> World {
    let mut world = World::default();
    for event in log {
        world.evolve(event);
    }
    world
}

pub fn kinds(events: &[Recorded]) -> Vec<&'static str> {
    events.iter().map(|e| e.body.kind()).collect()
}

/// A refusal speaks to a person: sentences, and what to do.
#[track_caller]
pub fn assert_words(refusal: &Refusal) {
    assert!(refusal.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "code {}", refusal.code);
    let mend = refusal.mend.as_deref().unwrap_or_else(|| panic!("{} has no mend", refusal.code));
    for text in [refusal.text.as_str(), mend] {
        assert!(text.ends_with('.'), "“{text}” is no sentence");
        assert!(text.starts_with(|c: char| c.is_uppercase() || c.is_numeric() || c == '“'), "“{text}”");
    }
}

/// The register of the kit, in the order that references allow.
pub fn register() -> Vec<(&'static str, Value)> {
    vec![
        ("settings.put", json!({"council": "London Borough of Testing", "service_name": "Responsive Security Patrol"})),
        ("estate.put", json!({"ref": "ELM", "name": "Elm Estate", "centre": {"lat": SITE.lat, "lon": SITE.lon}})),
        (
            "rams.put",
            json!({"ref": "RAMS-1", "title": "Alarm response", "first": "Stay outside until you have looked.",
                   "hazards": ["Low ceiling"], "controls": ["Helmet"], "ppe": ["Boots"], "minimum_crew": 1}),
        ),
        ("checklist.put", checklist()),
        (
            "site.put",
            json!({"ref": "BOILER", "name": "Boiler house", "estate": "ELM", "address": "1 Elm Road",
                   "lat": SITE.lat, "lon": SITE.lon, "rams": "RAMS-1", "checklist": "CL-1",
                   "zones": [{"zone": "5", "name": "Back door"}],
                   "hazards": ["Asbestos lagging"],
                   "contacts": [{"role": "Keyholder", "name": "Ann Keys", "telephone": "07700 900001"}]}),
        ),
        ("site.put", json!({"ref": "HALL", "name": "Hall", "address": "2 Elm Road", "lat": 51.55, "lon": -0.14})),
        ("panel.put", json!({"account": "1234", "site": "BOILER"})),
    ]
}

/// One item of every type, before and after the assessment, outside and inside.
pub fn checklist() -> Value {
    json!({"ref": "CL-1", "title": "Boiler house", "items": [
        {"id": "bell", "text": "Is the bell silent?", "type": "yes_no", "section": "outside", "gate": "before_dra"},
        {"id": "door", "text": "Is the door shut?", "type": "yes_no", "picture_if": "no", "section": "outside"},
        {"id": "board", "text": "How is the board?", "type": "choice", "options": ["intact", "damaged"], "section": "outside"},
        {"id": "damage", "text": "Picture of the damage", "type": "photo", "show_if": {"item": "board", "value": "damaged"}},
        {"id": "front", "text": "Picture of the front", "type": "photo", "min": 1, "section": "outside"},
        {"id": "meter", "text": "Meter", "type": "number", "unit": "bar", "min": 0.0, "max": 10.0, "section": "inside"},
        {"id": "seen", "text": "Who was seen?", "type": "text", "mandatory": false, "share": false},
        {"id": "panel", "text": "Read the panel", "type": "instruction", "section": "inside"}
    ]})
}

/// An assessment with this decision.
pub fn dra(decision: &str) -> Value {
    let mut body = json!({"people": "none seen", "lighting": "poor", "ground": "dry", "alone": true,
                          "residual": {"likelihood": 2, "severity": 3}, "decision": decision});
    match decision {
        "proceed_with_controls" => body["controls"] = json!(["torch"]),
        "withdraw" => body["safe_place"] = json!(true),
        _ => {}
    }
    body
}

/// Points of the main path, each reached from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    Offered,
    Accepted,
    RamsSigned,
    Located,
    EnRoute,
    Arrived,
    Parked,
    Assessed,
    ChecklistDone,
    InspectedOutside,
    InspectedInside,
    ForcedEntry,
    Secured,
    Reported,
    Closed,
}

impl At {
    pub const ALL: [Self; 15] = [
        Self::Offered,
        Self::Accepted,
        Self::RamsSigned,
        Self::Located,
        Self::EnRoute,
        Self::Arrived,
        Self::Parked,
        Self::Assessed,
        Self::ChecklistDone,
        Self::InspectedOutside,
        Self::InspectedInside,
        Self::ForcedEntry,
        Self::Secured,
        Self::Reported,
        Self::Closed,
    ];
}

/// What the first officer (or the supervisor, at the end) sends to reach a point from the one before.
pub fn commands_to(at: At) -> Vec<(&'static str, Value)> {
    match at {
        At::Offered => vec![],
        At::Accepted => vec![("assignment.accept", json!({}))],
        At::RamsSigned => vec![("rams.acknowledge", json!({"version": 1, "opened_ms": 21_000}))],
        At::Located => vec![("location.confirm", json!({"method": "what3words", "value": "filled.count.soap"}))],
        At::EnRoute => vec![("assignment.en_route", json!({}))],
        At::Arrived => vec![("assignment.arrive", json!({"source": "manual", "point": SITE}))],
        At::Parked => vec![("assignment.park", json!({"exit_clear": true, "obstructs": false, "facing_out": true}))],
        At::Assessed => vec![("dra.record", dra("proceed"))],
        At::ChecklistDone => [
            json!({"item": "bell", "value": "yes"}),
            json!({"item": "door", "value": "yes"}),
            json!({"item": "board", "value": "intact"}),
            json!({"item": "front", "pictures": [digest(1)]}),
            json!({"item": "meter", "value": "2.5"}),
            json!({"item": "panel", "value": "done"}),
        ]
        .map(|body| ("checklist.answer", body))
        .into(),
        At::InspectedOutside => {
            vec![("inspection.record", json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]}))]
        }
        At::InspectedInside => {
            vec![("inspection.record", json!({"section": "inside", "not_entered": "no key on the ring"}))]
        }
        At::ForcedEntry => vec![(
            "forced_entry.record",
            json!({"verdict": "none", "openings": [{"what": "door", "result": "intact"}]}),
        )],
        At::Secured => vec![("premises.secure", json!({"status": "secure", "alarm": "set", "reset_by": "officer"}))],
        At::Reported => vec![(
            "report.submit",
            json!({"narrative": "I found the door shut.", "signature": {"name": "A Officer", "strokes": [[[1.5, 2.25], [3.1, 4.7]]]},
                   "cause": "user_error"}),
        )],
        At::Closed => vec![("report.review", json!({"approve": true}))],
    }
}

/// A play at a point of the main path.
pub fn play_at(at: At) -> Play {
    let mut play = Play::new();
    play.open(2);
    go_to(&mut play, At::Offered, at);
    play
}

/// Goes on from one point to another.
pub fn go_to(play: &mut Play, from: At, to: At) {
    for next in At::ALL.into_iter().filter(|next| *next > from && *next <= to) {
        for (kind, body) in commands_to(next) {
            play.pass(20);
            let who = if next == At::Closed { Who::Supervisor } else { Who::Officer(1) };
            if next == At::Closed {
                play.media.insert(digest(1));
            }
            play.does(who, kind, body);
        }
    }
}

/// A small generator of numbers that a seed repeats (SplitMix64, Steele and others 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}
