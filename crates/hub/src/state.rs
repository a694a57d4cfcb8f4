//! What every part of the hub shares.

use crate::clock::Clock;
use crate::counters::Counters;
use crate::guard::Guard;
use crate::letters::Mail;
use crate::media::Media;
use crate::partner::Tries;
use crate::push::Push;
use crate::receivers::panels::Panels;
use crate::roads::RoadsLookup;
use crate::texts::Gateway;
use crate::webhooks::Webhooks;
use crate::words_lookup::WordsLookup;
use domain::command::{Author, Command, Role};
use domain::geo::Point;
use domain::id::{AccountId, CommandId, UnitId};
use domain::nearest::{Fix, Road, Roads};
use domain::{Instant, World};
use protocol::api::{Position, RoadTime};
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock, RwLock};
use store::{Answer, Once, Store, StoreError, Submission, Surroundings, Writer};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub struct Hub {
    pub store: Store,
    pub writer: Writer,
    pub around: Arc<Around>,
    pub clock: Clock,
    pub media: Media,
    pub counters: Counters,
    pub panels: Arc<Panels>,
    pub enrol_guard: Guard,
    /// Wrong safe codes of late.
    pub code_tries: Tries,
    /// Tells partners' systems; none for one change from the command line.
    pub webhooks: Option<Arc<Webhooks>>,
    /// Sends reports; none where no mail server is configured.
    pub mail: Option<Arc<Mail>>,
    /// Sends SMS; none where no gateway is configured.
    pub texts: Option<Arc<Gateway>>,
    /// Calls phones whose page is closed. None: for one change from the command line, or its key cannot be read.
    pub push: Option<Arc<Push>>,
    /// What three words stand for, where somebody is configured to ask.
    pub words_lookup: WordsLookup,
    /// How long units take by road, where a routing server is configured.
    pub roads_lookup: RoadsLookup,
    pub hosts: Vec<String>,
    pub http: OnceLock<SocketAddr>,
    pub dc09: OnceLock<SocketAddr>,
    pub tls: bool,
    /// New positions, for streams.
    pub positions: broadcast::Sender<Position>,
    /// The last log position that was told to us; at most a moment behind the world.
    pub head: AtomicI64,
    pub stopping: CancellationToken,
}

/// What deciding needs and the log does not hold.
pub struct Around {
    pub clock: Clock,
    pub media: Media,
    fixes: RwLock<HashMap<UnitId, LiveFix>>,
    roads: RwLock<Roads>,
}

/// The newest position of a unit and where it came from.
#[derive(Clone, Debug)]
pub struct LiveFix {
    pub fix: Fix,
    pub received_at: Instant,
    pub source: String,
    pub battery_pct: Option<f64>,
}

impl Around {
    pub fn new(clock: Clock, media: Media) -> Self {
        Self { clock, media, fixes: RwLock::default(), roads: RwLock::default() }
    }

    /// Keeps the fix if it is newer than the one known; a late fix never moves a unit back.
    pub fn put_fix(&self, unit: UnitId, fix: LiveFix) -> bool {
        let mut fixes = self.fixes.write().unwrap_or_else(|e| e.into_inner());
        match fixes.get(&unit) {
            Some(known) if known.fix.at >= fix.fix.at => false,
            _ => {
                fixes.insert(unit, fix);
                true
            }
        }
    }

    pub fn live_fix(&self, unit: UnitId) -> Option<LiveFix> {
        self.fixes.read().unwrap_or_else(|e| e.into_inner()).get(&unit).cloned()
    }
}

/// Where the routing server knows no way: never shown, but not asked again either.
const NO_WAY: f64 = f64::INFINITY;

impl Around {
    pub fn put_road(&self, unit: UnitId, from: Point, to: Point, travel_s: Option<f64>) {
        let road = Road { from, to, travel_s: travel_s.unwrap_or(NO_WAY) };
        self.roads.write().unwrap_or_else(|e| e.into_inner()).put(unit, road);
    }

    /// From where a unit's way to this place was asked last.
    pub fn asked(&self, unit: UnitId, to: Point) -> Option<Point> {
        self.roads.read().unwrap_or_else(|e| e.into_inner()).of(unit, to).map(|road| road.from)
    }

    pub fn keep_roads(&self, wanted: impl Fn(UnitId, &Road) -> bool) {
        self.roads.write().unwrap_or_else(|e| e.into_inner()).keep(wanted);
    }

    fn ways(&self) -> Vec<(UnitId, Road)> {
        let roads = self.roads.read().unwrap_or_else(|e| e.into_inner());
        roads.iter().filter(|(_, road)| road.travel_s.is_finite()).collect()
    }
}

impl Surroundings for Around {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn fix(&self, unit: UnitId) -> Option<Fix> {
        self.live_fix(unit).map(|f| f.fix)
    }

    fn road(&self, unit: UnitId, place: Point) -> Option<Road> {
        self.roads.read().unwrap_or_else(|e| e.into_inner()).of(unit, place)
    }

    fn has_media(&self, sha256: &str) -> bool {
        self.media.is_complete(sha256)
    }
}

/// The hub's own hand: receivers and timers.
pub fn system() -> Author {
    Author { account: AccountId(Uuid::nil()), role: Role::System, officer: None }
}

impl Hub {
    /// A hub that does not listen: for one change from the command line.
    pub fn idle(store: Store, writer: Writer, around: Arc<Around>, clock: Clock, media: Media) -> Self {
        Self {
            store,
            writer,
            around,
            clock,
            media,
            counters: Counters::default(),
            panels: Arc::default(),
            enrol_guard: Guard::new(1),
            code_tries: Tries::default(),
            webhooks: None,
            mail: None,
            texts: None,
            push: None,
            words_lookup: WordsLookup::off(),
            roads_lookup: RoadsLookup::default(),
            hosts: vec![],
            http: OnceLock::new(),
            dc09: OnceLock::new(),
            tls: false,
            positions: broadcast::channel(1).0,
            head: AtomicI64::new(0),
            stopping: CancellationToken::new(),
        }
    }

    pub fn world(&self) -> Arc<World> {
        self.writer.world()
    }

    pub fn head(&self) -> i64 {
        self.head.load(Ordering::Relaxed)
    }

    pub fn demonstration(&self) -> bool {
        self.store.demonstration()
    }

    /// One command of the hub's own.
    pub async fn act(&self, kind: &str, target: String, body: Value) -> Result<Answer, StoreError> {
        self.act_as(system(), kind, target, body, None).await
    }

    pub async fn act_as(
        &self,
        author: Author,
        kind: &str,
        target: String,
        body: Value,
        once: Option<Once>,
    ) -> Result<Answer, StoreError> {
        let now = self.clock.now();
        let command = Command {
            id: CommandId(Uuid::now_v7()),
            at: now,
            kind: kind.into(),
            v: 1,
            target,
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body,
        };
        let submission = Submission { command, author, received_at: now, once };
        let mut answers = self.writer.submit(vec![submission]).await?;
        answers.pop().ok_or(StoreError::Stopped)
    }

    /// Times by road as a desk is told them.
    pub fn roads(&self) -> Vec<RoadTime> {
        let world = self.world();
        let ways = self.around.ways().into_iter();
        let told = ways.filter_map(|(unit, Road { from, to, travel_s })| {
            Some(RoadTime { unit: world.units.get(&unit)?.call_sign.clone(), from, to, travel_s })
        });
        told.collect()
    }

    pub fn position(&self, unit: UnitId) -> Option<Position> {
        let call_sign = self.world().units.get(&unit)?.call_sign.clone();
        let live = self.around.live_fix(unit)?;
        Some(Position {
            unit: call_sign,
            lat: live.fix.point.lat,
            lon: live.fix.point.lon,
            accuracy_m: live.fix.accuracy_m,
            at: live.fix.at,
            received_at: live.received_at,
            source: live.source,
            battery_pct: live.battery_pct,
        })
    }
}

/// A point in a JSON body, if it is one.
pub fn valid_point(lat: f64, lon: f64) -> Option<Point> {
    let point = Point::new(lat, lon);
    point.is_valid().then_some(point)
}
