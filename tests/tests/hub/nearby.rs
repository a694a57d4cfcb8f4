//! A unit that is there says so by itself, and a person confirms it.

use crate::scene::{OFFICER, SITE, Scene, UNIT};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::process::Command;
use watchhouse_tests::client::Client;
use watchhouse_tests::{eventually, programs};

const PLACE: (f64, f64) = (51.5312, -0.1395);

/// A tracker of the unit: user and password for `/pub`.
fn tracker(scene: &Scene) -> (String, String) {
    let mut command = Command::new(programs::program("watchhouse-hub"));
    let out = command.args(["device", "add", "--unit", UNIT, "--data"]).arg(scene.data()).output().unwrap();
    let line = String::from_utf8(out.stdout).unwrap();
    let (user, password) = line.trim().split_once(' ').expect("user and password");
    (user.to_owned(), password.to_owned())
}

/// One fix in the tracker's own form.
async fn reports(scene: &Scene, (user, password): &(String, String), at: DateTime<Utc>, lat: f64, accuracy_m: f64) {
    let fix = json!({ "_type": "location", "lat": lat, "lon": PLACE.1, "tst": at.timestamp(), "acc": accuracy_m, "tid": "R1" });
    let request = reqwest::Client::new().post(format!("{}/pub", scene.hub.url()));
    let answer = request.basic_auth(user, Some(password)).json(&fix).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

async fn arrival(scene: &Scene, callout: &str) -> Value {
    scene.callout_now(callout).await["assignments"][0]["arrived"].clone()
}

/// The officer is on the way to a site whose place is known.
async fn on_the_way(scene: &Scene) -> (Client, String) {
    let site = json!({ "ref": SITE, "name": "Office", "address": "Hampstead Road", "lat": PLACE.0, "lon": PLACE.1 });
    scene.admin.must("site.put", SITE, site).await.unwrap();
    let officer = scene.officer().await;
    let callout = scene.callout().await;
    officer.must("assignment.accept", &callout, json!({})).await.unwrap();
    officer.must("location.confirm", &callout, json!({ "method": "address" })).await.unwrap();
    officer.must("assignment.en_route", &callout, json!({})).await.unwrap();
    (officer, callout)
}

#[tokio::test]
async fn a_tracker_on_site_suggests_the_arrival_once_and_the_officers_tap_confirms_it() {
    let scene = Scene::start();
    let (officer, callout) = on_the_way(&scene).await;
    let tracker = tracker(&scene);
    let now = Utc::now();
    let seconds = |s: i64| now - TimeDelta::seconds(40) + TimeDelta::seconds(s);
    // Past the site, then a bad fix, then there.
    for (s, lat, accuracy_m) in [(0, 51.5312, 8.0), (8, 51.5360, 8.0), (12, 51.5312, 300.0), (20, 51.5313, 8.0)] {
        reports(&scene, &tracker, seconds(s), lat, accuracy_m).await;
    }
    assert!(arrival(&scene, &callout).await.is_null(), "one good fix is not an arrival");
    reports(&scene, &tracker, seconds(31), 51.5312, 8.0).await;
    let there = eventually("the suggestion", async || {
        let there = arrival(&scene, &callout).await;
        (!there.is_null()).then_some(there)
    })
    .await;
    assert_eq!((&there["source"], &there["confirmed_at"]), (&json!("geofence"), &Value::Null), "{there}");
    let state = scene.callout_now(&callout).await;
    assert_eq!(state["state"], "en_route", "nothing but a person's word says that somebody is there");
    reports(&scene, &tracker, seconds(39), 51.5312, 8.0).await;
    officer.must("assignment.arrive", &callout, json!({})).await.unwrap();
    let state = scene.callout_now(&callout).await;
    assert!(!state["assignments"][0]["arrived"]["confirmed_at"].is_null());
    let near = |e: &&Value| e["text"].as_str().unwrap_or("").contains("is near the site, not confirmed");
    assert_eq!(state["timeline"].as_array().unwrap().iter().filter(near).count(), 1, "said once: {state}");
    assert_eq!(state["state"], "on_scene", "{OFFICER}");
}
