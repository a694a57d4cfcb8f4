//! Hundreds of random commands: whatever happened, the log tells the same as the state.

use crate::common::*;
use chrono::TimeDelta;
use domain::command::Role;
use domain::id::{AggregateKind, Stream};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Outcome, Submission};

/// A small generator (xorshift64*), so that a seed always tells the same story.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        (!items.is_empty()).then(|| &items[self.below(items.len())])
    }
}

/// Everything there ever was, closed things too.
#[derive(Default)]
struct Seen {
    alarms: Vec<String>,
    callouts: Vec<String>,
}

fn random(hub: &Hub, dice: &mut Dice, seen: &Seen) -> Submission {
    let act = |role, kind: &str, target: &str, body: Value| hub.submission(role, hub.command(kind, target, body));
    let alarm = dice.of(&seen.alarms).cloned().unwrap_or_else(|| id("no alarm").to_string());
    let callout = dice.of(&seen.callouts).cloned().unwrap_or_else(|| id("no callout").to_string());
    let work = |kind: &str, body: Value| act(Role::Operator, kind, &callout, body);
    let kinds = ["intruder", "technical", "fire", "unknown_account"];
    match dice.below(24) {
        0..=3 => {
            let account = *dice.of(&["1234", "9999"]).unwrap();
            let kind = *dice.of(&kinds).unwrap();
            hub.signal(account, json!({"is": "alarm", "kind": kind}))
        }
        4 => hub.signal("1234", json!({"is": "restore"})),
        5 => act(Role::Operator, "alarm.view", &alarm, json!({})),
        6 | 7 => act(Role::Operator, "alarm.take", &alarm, json!({})),
        8 => act(Role::Operator, "alarm.close", &alarm, json!({"reason": "Mr Smith says false alarm"})),
        9 => {
            let until = hub.around.now_for_test() + TimeDelta::minutes(5);
            act(Role::Operator, "alarm.shelve", &alarm, json!({"until": until, "reason": "engineer on site"}))
        }
        10 => {
            let new = id(&format!("callout {}", dice.below(30))).to_string();
            let body = json!({"site": "ST-1", "type": "noise_nuisance", "text": "Music from number 7", "priority": 3});
            act(Role::Operator, "callout.create", &new, body)
        }
        11 => work("assignment.accept", json!({})),
        12 => work("assignment.decline", json!({"reason": "flat tyre"})),
        13 => work("rams.acknowledge", json!({"version": 1})),
        14 => work("location.confirm", json!({"method": "address", "value": "1 Ampthill Square"})),
        15 => work("assignment.en_route", json!({})),
        16 => work("assignment.arrive", json!({"source": "voice", "reason": ""})),
        17 => work("note.add", json!({"text": "a neighbour complains", "about": id(&format!("p{}", dice.below(3)))})),
        18 => work("liaison.record", json!({"whom": "police", "summary": "", "reference": "CAD 7"})),
        19 => work("escalation.raise", json!({"level": 2, "reason": "two men with a ladder"})),
        20 => work("callout.stand_down", json!({"reason": "nothing found", "told": ""})),
        21 => {
            let dra =
                json!({"people": "two youths", "residual": {"likelihood": 1, "severity": 2}, "decision": "proceed"});
            work("dra.record", dra)
        }
        22 => {
            let person = id(&format!("p{}", dice.below(3))).to_string();
            act(Role::Administrator, "person.erase", &person, json!({"reason": "asked for it"}))
        }
        _ => {
            let sign = *dice.of(&["RSP-1", "RSP-2"]).unwrap();
            act(Role::Operator, "assignment.offer", &callout, json!({"officer": sign, "reason": "knows the place"}))
        }
    }
}

/// Timers that are due, as the hub would fire them.
fn due(hub: &Hub) -> Vec<Submission> {
    let (world, now) = (hub.world(), hub.around.now_for_test());
    let alarms = world.alarms.values().map(|a| (Stream::new(AggregateKind::Alarm, a.id), domain::timers::of_alarm(a)));
    let callouts =
        world.callouts.values().map(|c| (Stream::new(AggregateKind::Callout, c.id), domain::timers::of_callout(c)));
    let timers = alarms.chain(callouts).flat_map(|(stream, timers)| timers.into_iter().map(move |t| (stream, t)));
    timers.filter(|(_, t)| t.due <= now).map(|(stream, t)| hub.submission(Role::System, t.command(stream))).collect()
}

async fn play(seed: u64, commands: usize) {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(dir.path()).await;
    hub.borough().await;
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (mut seen, mut told) = (Seen::default(), hub.writer.committed());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut sent = 0;
    while sent < commands {
        let length = 1 + dice.below(6);
        let mut batch: Vec<_> = (0..length).map(|_| random(&hub, &mut dice, &seen)).collect();
        batch.extend(due(&hub));
        sent += batch.len();
        let answers = hub.writer.submit(batch.clone()).await.unwrap();
        for (submission, answer) in batch.iter().zip(&answers) {
            let refused = answer.refusal.as_ref().map_or("", |refusal| refusal.code.as_str());
            assert_ne!(refused, "internal", "seed {seed}: {submission:?}");
            *counts.entry(format!("{:?}", answer.outcome)).or_default() += 1;
        }
        while let Ok(committed) = told.try_recv() {
            for event in &committed.events {
                match event.kind.as_str() {
                    "alarm.raised" => seen.alarms.push(event.stream.id.to_string()),
                    "callout.created" => seen.callouts.push(event.stream.id.to_string()),
                    _ => {}
                }
            }
        }
        hub.around.pass(TimeDelta::milliseconds(7001));
    }
    assert!(counts.get("Accepted").is_some_and(|n| *n > commands / 4), "seed {seed}: {counts:?}");
    let found = hub.store.verify().await.unwrap();
    assert_eq!(found.problems, Vec::<String>::new(), "seed {seed}");
    let now = hub.around.now_for_test();
    let live = whole(&hub.world(), now);
    assert_eq!(live, whole(&hub.store.load_world().await.unwrap(), now), "seed {seed}: stored");
    hub.store.rebuild().await.unwrap();
    assert_eq!(live, whole(&hub.store.load_world().await.unwrap(), now), "seed {seed}: rebuilt");
    // The writer goes on after a rebuild beside it.
    let answer = hub.send(hub.signal("1234", json!({"is": "signal"}))).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    assert_sound(&hub.store).await;
}

#[tokio::test]
async fn the_world_rebuilt_from_the_log_is_the_living_one_whatever_happened() {
    for seed in 1..=6 {
        play(seed, 300).await;
    }
}
