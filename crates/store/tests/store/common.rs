//! Builders of commands, a small borough, and surroundings that a test sets.

use domain::command::{Author, Command, Role};
use domain::id::{AccountId, CommandId, UnitId, derived};
use domain::nearest::Fix;
use domain::{Instant, World};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::{Answer, Key, Once, Outcome, Store, Submission, Surroundings, Writer};
use uuid::Uuid;

pub struct Around {
    now_ms: AtomicI64,
}

impl Around {
    pub fn new() -> Arc<Self> {
        let start: Instant = "2026-11-22T21:00:00Z".parse().unwrap();
        Arc::new(Self { now_ms: AtomicI64::new(start.timestamp_millis()) })
    }

    pub fn now_for_test(&self) -> Instant {
        self.now()
    }

    pub fn pass(&self, time: chrono::TimeDelta) {
        self.now_ms.fetch_add(time.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Surroundings for Around {
    fn now(&self) -> Instant {
        Instant::from_timestamp_millis(self.now_ms.load(Ordering::SeqCst)).unwrap()
    }

    fn fix(&self, unit: UnitId) -> Option<Fix> {
        let east = f64::from(unit.0.as_bytes()[0]) / 10_000.0;
        Some(Fix {
            point: domain::geo::Point::new(51.53, -0.12 + east),
            accuracy_m: Some(8.0),
            at: self.now() - chrono::TimeDelta::seconds(20),
        })
    }

    fn has_media(&self, _: &str) -> bool {
        true
    }
}

/// A hub's store and writer, and its clock.
pub struct Hub {
    pub store: Store,
    pub writer: Writer,
    pub around: Arc<Around>,
    ids: AtomicU64,
    name: &'static str,
}

pub async fn hub(dir: &Path) -> Hub {
    hub_named(dir, "one").await
}

/// Several hubs on one directory make different command ids by their names.
pub async fn hub_named(dir: &Path, name: &'static str) -> Hub {
    let store = Store::open(dir, Key::None).await.unwrap();
    let around = Around::new();
    let writer = Writer::start(store.clone(), around.clone()).await.unwrap();
    Hub { store, writer, around, ids: AtomicU64::new(0), name }
}

pub fn id(name: &str) -> Uuid {
    derived("test", &[name.as_bytes()])
}

pub fn author(role: Role) -> Author {
    Author { account: AccountId(id(role.name())), role, officer: None }
}

impl Hub {
    pub fn command(&self, kind: &str, target: impl ToString, body: Value) -> Command {
        let number = self.ids.fetch_add(1, Ordering::SeqCst);
        Command {
            id: CommandId(derived("test-command", &[self.name.as_bytes(), &number.to_be_bytes()])),
            at: self.around.now(),
            kind: kind.to_owned(),
            v: 1,
            target: target.to_string(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body,
        }
    }

    pub fn submission(&self, role: Role, command: Command) -> Submission {
        Submission { command, author: author(role), received_at: self.around.now(), once: None }
    }

    pub async fn send(&self, submission: Submission) -> Answer {
        self.writer.submit(vec![submission]).await.unwrap().remove(0)
    }

    pub async fn act(&self, role: Role, kind: &str, target: impl ToString, body: Value) -> Answer {
        self.send(self.submission(role, self.command(kind, target, body))).await
    }

    pub async fn done(&self, role: Role, kind: &str, target: impl ToString, body: Value) -> [i64; 2] {
        let answer = self.act(role, kind, target, body).await;
        assert_eq!(answer.outcome, Outcome::Accepted, "{kind}: {:?}", answer.refusal);
        answer.seq.unwrap_or_else(|| panic!("{kind} changed nothing"))
    }

    /// The same for what is named by its id; gives the name back.
    pub async fn done_named(&self, role: Role, kind: &str, target: Uuid, body: Value) -> String {
        self.done(role, kind, target, body).await;
        target.to_string()
    }

    pub fn signal(&self, account: &str, meaning: Value) -> Submission {
        self.submission(Role::System, self.command("signal.receive", account, signal_body(account, meaning)))
    }

    pub fn signal_once(&self, account: &str, key: [u8; 32], window: chrono::TimeDelta) -> Submission {
        Submission { once: Some(Once { key, window }), ..self.signal(account, json!({"is": "signal"})) }
    }

    pub fn world(&self) -> Arc<World> {
        self.writer.world()
    }

    /// A site with panel 1234, RAMS and a contact; two officers on shift.
    pub async fn borough(&self) {
        let admin = Role::Administrator;
        let rams = json!({"ref": "RAMS-1", "title": "Community office", "first": "Two officers after midnight."});
        self.done(admin, "rams.put", id("rams"), rams).await;
        let site = json!({"ref": "ST-1", "name": "Ampthill office", "address": "1 Ampthill Square",
            "lat": 51.531, "lon": -0.137, "rams": "RAMS-1", "zones": [{"zone": "5", "name": "Back door"}],
            "contacts": [{"id": id("contact"), "role": "keyholder", "name": "Marguerite Oyelaran",
                "telephone": "020 7946 0123"}]});
        self.done(admin, "site.put", id("site"), site).await;
        self.done(admin, "panel.put", "1234", json!({"account": "1234", "site": "ST-1"})).await;
        for (reference, sign) in [("SO-1", "RSP-1"), ("SO-2", "RSP-2")] {
            self.done(admin, "unit.put", sign, json!({"call_sign": sign, "kind": "vehicle"})).await;
            let name = format!("Officer {reference} Featherstonehaugh");
            self.done(admin, "officer.put", id(reference), json!({"ref": reference, "name": name})).await;
            self.done(Role::Operator, "shift.sign_on", reference, json!({"unit": sign})).await;
        }
    }

    /// An alarm taken, so that a call-out is open and on offer.
    pub async fn callout(&self) -> String {
        let raised = self.send(self.signal("1234", json!({"is": "alarm", "kind": "intruder"}))).await;
        assert_eq!(raised.outcome, Outcome::Accepted);
        let alarm = self.world().alarms.values().max_by_key(|a| a.seq).unwrap().id;
        self.done(Role::Operator, "alarm.take", alarm, json!({})).await;
        self.world().alarms[&alarm].callout.unwrap().to_string()
    }

    pub async fn end(self) {
        self.writer.stop().await;
        self.store.close().await;
    }
}

pub fn signal_body(account: &str, meaning: Value) -> Value {
    json!({
        "source": {"protocol": "SIA-DCS", "account": account, "code": "BA", "qualifier": "new", "partition": "1",
            "zone": "5", "user": null, "panel_seq": 7, "raw": "\"SIA-DCS\"0007L0#1234[#1234|NBA5]",
            "remote": "192.0.2.7", "panel_at": null, "point": {"lat": 51.5310001, "lon": -0.1370003}},
        "meaning": meaning, "text": "Intruder alarm", "known_account": account == "1234"
    })
}

/// Everything a world holds, for comparing two.
pub fn whole(world: &World, now: Instant) -> Value {
    fn all<K, V: serde::Serialize>(map: &std::collections::BTreeMap<K, Arc<V>>) -> Vec<Value> {
        map.values().map(|value| serde_json::to_value(&**value).unwrap()).collect()
    }
    json!({
        "settings": *world.settings, "accounts": all(&world.accounts), "estates": all(&world.estates),
        "sites": all(&world.sites), "officers": all(&world.officers), "units": all(&world.units),
        "panels": all(&world.panels), "rams": all(&world.rams), "checklists": all(&world.checklists),
        "alarms": all(&world.alarms), "callouts": all(&world.callouts), "incidents": all(&world.incidents),
        "number": world.next_number(now),
    })
}

pub async fn assert_sound(store: &Store) {
    let found = store.verify().await.unwrap();
    assert_eq!(found.problems, Vec::<String>::new());
}
