//! The log as desks follow it: catching up, living on, resuming, and snapshots that fit it.

use crate::scene::{PANEL, Scene, burglary};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use watchhouse_tests::client::{Client, Frame, Stream, envelope};

/// Reads lines of the log up to this position; gives their ids.
async fn read_to(stream: &mut Stream, last: i64) -> Vec<i64> {
    let mut ids = Vec::new();
    while ids.last().is_none_or(|id| *id < last) {
        let frame = stream.next().await.expect("the stream goes on");
        if frame.event == "log" {
            assert_eq!(frame.data["seq"].as_i64(), frame.id);
            ids.extend(frame.id);
        }
    }
    ids
}

async fn next(stream: &mut Stream, event: &str) -> Frame {
    loop {
        let frame = stream.next().await.expect("the stream goes on");
        if frame.event == event {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_line_of_the_log_and_the_heartbeat_have_the_fields_of_the_contract() {
    let scene = Scene::start();
    let mut stream = scene.admin.stream("/v1/log?after=0", None).await.unwrap();
    let line = next(&mut stream, "log").await;
    assert_eq!(line.id, Some(1));
    let names: BTreeSet<&str> = line.data.as_object().unwrap().keys().map(String::as_str).collect();
    let contract = "seq stream version kind at recorded_at by command_id body personal";
    assert!(names.is_superset(&contract.split_whitespace().collect()), "{names:?}");
    let ping = next(&mut stream, "ping").await;
    assert_eq!(ping.data["head"], json!(scene.admin.metric("watchhouse_log_head").await.unwrap()));
    assert!(ping.data["protocol"].is_u64() && ping.id.is_none(), "{ping:?}");
}

/// Puts units, so many in each request.
async fn write(client: Client, requests: usize, each: usize) {
    for request in 0..requests {
        let commands: Vec<Value> = (0..each)
            .map(|n| {
                let sign = format!("W-{request}-{n}");
                envelope("unit.put", &sign, json!({ "call_sign": sign, "kind": "foot" }))
            })
            .collect();
        client.send_all(&commands).await.expect("commands are taken");
    }
}

#[tokio::test]
async fn listeners_that_come_while_the_log_grows_miss_nothing_and_get_nothing_twice() {
    let scene = Scene::start();
    let before = scene.admin.metric("watchhouse_log_head").await.unwrap();
    let writing = tokio::spawn(write(scene.admin.clone(), 12, 10));
    let last = before + 120;
    let listeners = (0..4).map(|_| {
        let client = scene.admin.clone();
        tokio::spawn(async move {
            let mut stream = client.stream("/v1/log?after=0", None).await.expect("a stream");
            // The next one joins somewhere in the middle, by the id it had last.
            let half = last - 60;
            let mut ids = read_to(&mut stream, half).await;
            let mut resumed = client.stream("/v1/log?after=0", ids.last().copied()).await.expect("a stream");
            ids.extend(read_to(&mut resumed, last).await);
            ids
        })
    });
    for listener in listeners.collect::<Vec<_>>() {
        assert_eq!(listener.await.unwrap(), (1..=last).collect::<Vec<_>>());
    }
    writing.await.unwrap();
    let mut tail = scene.admin.stream(&format!("/v1/log?after={}", last - 1), None).await.unwrap();
    assert_eq!(read_to(&mut tail, last).await, [last], "the query says where to begin");
}

#[tokio::test]
async fn a_listener_that_came_before_a_signal_hears_of_it_live() {
    let scene = Scene::start();
    let mut stream = scene.admin.stream("/v1/log?after=0", None).await.unwrap();
    let head = next(&mut stream, "ping").await.data["head"].as_i64().unwrap();
    scene.wire(&burglary(PANEL, 7)).await;
    // The panel remembers its detector, and the alarm is raised.
    for (place, kind) in [(head + 1, "panel.activated"), (head + 2, "alarm.raised")] {
        let line = next(&mut stream, "log").await;
        assert_eq!((line.id, line.data["kind"].as_str()), (Some(place), Some(kind)));
    }
}

#[tokio::test]
async fn a_snapshot_names_its_place_in_the_log_and_agrees_with_it() {
    let scene = Scene::start();
    scene.officer().await;
    scene.callout().await;
    scene.wire(&burglary(PANEL, 7)).await;
    let snapshot = scene.admin.get("/v1/snapshot").await.unwrap();
    let log = scene.admin.log().await.unwrap();
    assert_eq!(snapshot["seq"], log.last().unwrap()["seq"]);
    assert!(snapshot["schema"].is_u64(), "{}", snapshot["schema"]);
    let mut versions: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &log {
        let version = versions.entry(line["stream"].as_str().unwrap()).or_default();
        *version += 1;
        assert_eq!(line["version"], *version, "{line}");
    }
    let aggregates = snapshot["aggregates"].as_array().unwrap();
    for kind in ["alarm-", "callout-", "officer-", "site-", "panel-", "unit-"] {
        assert!(aggregates.iter().any(|a| a["stream"].as_str().unwrap().starts_with(kind)), "no {kind}");
    }
    for aggregate in aggregates {
        let stream = aggregate["stream"].as_str().unwrap();
        assert_eq!(aggregate["version"], versions[stream], "{stream}");
        assert!(aggregate["state"].is_object(), "{stream}");
    }
}
