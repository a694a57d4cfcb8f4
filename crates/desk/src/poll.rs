//! The poll task: who we are to the hub, how quickly it answers, and where the units are.

use crate::view::{LiveFix, Me};
use crate::{Inner, lock};
use domain::geo::Point;
use domain::nearest::{Fix, Road, Roads};
use domain::people::Unit;
use protocol::api::{Position, RoadTime};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync::LinkState;

/// How often positions are asked for.
const POSITIONS_EVERY: Duration = Duration::from_secs(2);
/// How soon after the link is back.
const LINK_LOOK_EVERY: Duration = Duration::from_millis(100);
/// Who we are seldom changes.
const STATUS_EVERY: Duration = Duration::from_secs(30);
/// Positions are telemetry: this much of them may be lost with the power.
const KEEP_EVERY: Duration = Duration::from_secs(10);

pub async fn run(inner: Arc<Inner>) {
    let (mut status_at, mut kept_at): (Option<Instant>, Option<Instant>) = (None, None);
    loop {
        let offline = inner.link_state() == LinkState::Offline;
        if !offline {
            if status_at.is_none_or(|at| at.elapsed() >= STATUS_EVERY) && status(&inner).await {
                status_at = Some(Instant::now());
            }
            positions(&inner, &mut kept_at).await;
        }
        tokio::select! {
            () = inner.stopped() => return,
            () = tokio::time::sleep(if offline { LINK_LOOK_EVERY } else { POSITIONS_EVERY }) => {}
        }
    }
}

async fn positions(inner: &Arc<Inner>, kept_at: &mut Option<Instant>) {
    let asked = Instant::now();
    let Ok(answer) = inner.hub.positions().await else {
        return;
    };
    lock(&inner.status).latency_ms = Some(asked.elapsed().as_millis().min(u128::from(u32::MAX)) as u32);
    inner.put_positions(&answer.positions, Some(&answer.roads));
    if kept_at.is_none_or(|at| at.elapsed() >= KEEP_EVERY) {
        *kept_at = Some(Instant::now());
        let rows: Vec<_> =
            answer.positions.iter().filter_map(|p| Some((p.unit.clone(), serde_json::to_string(p).ok()?))).collect();
        if let Err(error) = inner.store.put_positions(&rows).await {
            tracing::warn!(%error, "positions cannot be kept");
        }
    }
}

async fn status(inner: &Arc<Inner>) -> bool {
    let Ok(answer) = inner.hub.status().await else {
        return false;
    };
    if let Some(me) = answer.get("me").and_then(Me::deserialize_lenient) {
        know_me(inner, me).await;
    }
    if let Some(hub_id) = answer.get("hub_id").and_then(Value::as_str) {
        know_hub(inner, hub_id).await;
    }
    true
}

async fn know_me(inner: &Arc<Inner>, me: Me) {
    let mut core = inner.core.lock().await;
    if core.me == me {
        return;
    }
    if let Ok(text) = serde_json::to_string(&me)
        && let Err(error) = inner.store.put_me(&text).await
    {
        tracing::error!(%error, "who this desk is cannot be written");
    }
    core.me = me;
    core.rebuild(&inner.fixes());
    inner.show(&core);
}

/// Another hub behind the same address has another log: the replica is fetched anew, the outbox stays.
async fn know_hub(inner: &Arc<Inner>, hub_id: &str) {
    let mut core = inner.core.lock().await;
    if core.hub_id.as_deref() == Some(hub_id) {
        return;
    }
    let other = core.hub_id.is_some();
    if let Err(error) = inner.store.put_hub_id(hub_id).await {
        tracing::error!(%error, "which hub this is cannot be written");
        return;
    }
    core.hub_id = Some(hub_id.to_owned());
    if other {
        tracing::warn!("another hub answers at this address");
        core.resync = true;
        if let Err(error) = inner.store.mark_resync().await {
            tracing::error!(%error, "the need of a snapshot cannot be written");
        }
        inner.resync.notify_one();
    }
}

impl Me {
    /// `{"account","name","role","officer"}`; a role this program does not know yet is treated as an operator's,
    /// because the hub decides what it may do.
    fn deserialize_lenient(me: &Value) -> Option<Self> {
        let text = |name: &str| me.get(name).and_then(Value::as_str);
        let id = |name: &str| text(name).and_then(|id| uuid::Uuid::try_parse(id).ok());
        Some(Self {
            account: domain::id::AccountId(id("account")?),
            name: text("name").unwrap_or_default().to_owned(),
            role: text("role").and_then(domain::Role::parse).unwrap_or(domain::Role::Operator),
            officer: id("officer").map(domain::id::OfficerId),
        })
    }
}

impl Inner {
    /// Keeps the newest fix of each unit; a late one never moves a unit back.
    /// What is told of roads takes the place of all that was told before.
    pub(crate) fn put_positions(&self, positions: &[Position], roads: Option<&[RoadTime]>) {
        let mut shared = self.fixes.write().unwrap_or_else(|e| e.into_inner());
        let mut fixes = (**shared).clone();
        let mut changed = false;
        for position in positions {
            let point = Point::new(position.lat, position.lon);
            let unit = Unit::id_of(&position.unit);
            let newer = fixes.get(unit).is_none_or(|known| known.fix.at < position.at);
            if point.is_valid() && newer {
                let fix = Fix { point, accuracy_m: position.accuracy_m, at: position.at };
                fixes.units.insert(unit, LiveFix { fix, battery_pct: position.battery_pct });
                changed = true;
            }
        }
        if let Some(told) = roads {
            let mut roads = Roads::default();
            for &RoadTime { ref unit, from, to, travel_s } in told {
                roads.put(Unit::id_of(unit), Road { from, to, travel_s });
            }
            changed |= roads != fixes.roads;
            fixes.roads = roads;
        }
        if changed {
            *shared = Arc::new(fixes);
            drop(shared);
            self.dirty.notify_one();
        }
    }
}
