//! Webhooks to a partner's system that is slow, away, broken or forgetful; and to a hub that is killed.

use crate::partner::{DURESS, SAFE, ask, partner, set_codes};
use crate::scene::{OFFICER, SITE, Scene};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use watchhouse_tests::client::Client;
use watchhouse_tests::eventually;
use watchhouse_tests::partner_system::{Behaviour, PartnerSystem, is_signed};
use watchhouse_tests::programs::{Hub, hub_says};

/// Waits a thousandth as long: 10 s are 10 ms, a day is 86 s.
const FAST: [&str; 2] = ["--retry-pace", "0.001"];

fn data(scene: &Scene) -> &str {
    scene.data().to_str().expect("a path of this test is text")
}

/// Registers a webhook; gives its id and secret.
fn add(scene: &Scene, url: &str) -> (String, String) {
    let said = hub_says(&["webhook", "add", "--data", data(scene), "--account", "Housing", "--url", url]).unwrap();
    let (id, secret) = said.split_once(' ').expect("id and secret");
    (id.into(), secret.into())
}

async fn request(partner: &Client, reason: &str) -> String {
    ask(partner, json!({ "site": SITE, "reason": reason })).await.1["callout"].as_str().expect("a number").to_owned()
}

async fn stand_down(scene: &Scene, callout: &str) {
    scene.admin.must("callout.stand_down", callout, json!({ "reason": "A test" })).await.unwrap();
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_stage_is_told_once_signed_in_order_and_says_nothing_of_anybody() {
    let scene = Scene::start_with(&FAST);
    let system = PartnerSystem::start().await;
    let partner = partner(&scene, "Housing").await;
    let (_, secret) = add(&scene, &system.url);
    let officer = scene.officer().await;
    let number = request(&partner, "Mr Smith shouts").await;
    scene.admin.must("callout.own", &number, json!({})).await.unwrap();
    scene.admin.must("assignment.offer", &number, json!({ "officer": OFFICER, "reason": "nearest" })).await.unwrap();
    scene.admin.must("assignment.withdraw", &number, json!({ "reason": "busy" })).await.unwrap();
    scene.admin.must("assignment.offer", &number, json!({ "officer": OFFICER, "reason": "again" })).await.unwrap();
    officer.must("assignment.accept", &number, json!({})).await.unwrap();
    scene.admin.must("note.add", &number, json!({ "text": "For us only" })).await.unwrap();
    scene.admin.must("note.add", &number, json!({ "text": "He is nearly there", "to": "customer" })).await.unwrap();
    stand_down(&scene, &number).await;
    system.heard("stood_down").await;
    assert_eq!(system.events(), ["created", "owned", "offered", "accepted", "message", "stood_down"]);
    let told = system.told();
    for (told, seq) in told.iter().zip(1..) {
        assert!(is_signed(told, &secret), "{told:?}");
        assert_eq!(names(&told.body), BTreeSet::from(["at", "callout", "data", "event", "seq"]));
        assert_eq!((&told.body["callout"], &told.body["seq"]), (&json!(number), &json!(seq)));
        let known = BTreeSet::from(["demonstration", "site", "stage", "test"]);
        assert!(names(&told.body["data"]).is_subset(&known), "{}", told.text);
        for secret in ["Smith", "nearly", OFFICER, "RSP", "priority"] {
            assert!(!told.text.contains(secret), "{secret}: {}", told.text);
        }
    }
    let ids: BTreeSet<&str> = told.iter().map(|t| t.delivery.as_str()).collect();
    assert_eq!(ids.len(), told.len());
    let listed = hub_says(&["webhook", "list", "--data", data(&scene)]).unwrap();
    assert!(listed.contains("Housing") && listed.contains(&system.url) && !listed.contains(&secret), "{listed}");
}

#[tokio::test]
async fn a_system_that_is_away_or_broken_gets_it_later_under_the_same_id_and_in_order() {
    let scene = Scene::start_with(&FAST);
    let system = PartnerSystem::start().await;
    let partner = partner(&scene, "Housing").await;
    let (_, secret) = add(&scene, &system.url);
    system.behave(&[Behaviour::Answer(500), Behaviour::Redirect, Behaviour::Answer(404), Behaviour::Answer(503)]);
    let number = request(&partner, "one").await;
    stand_down(&scene, &number).await;
    system.heard("stood_down").await;
    assert_eq!(system.events(), ["created", "stood_down"]);
    let first: Vec<_> = system.told().into_iter().filter(|t| t.body["event"] == "created").collect();
    assert_eq!(first.iter().map(|t| t.status).collect::<Vec<_>>(), [500, 302, 404, 503, 200]);
    assert!(first.iter().all(|t| t.delivery == first[0].delivery && t.text == first[0].text && is_signed(t, &secret)));
    assert_eq!(system.elsewhere(), 0, "a redirection is not followed");
    // Away altogether, then back at the same place.
    let port: u16 = system.url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap();
    drop(system);
    let number = request(&partner, "two").await;
    let failed = async || (scene.admin.metric("watchhouse_webhook_failed_total").await.ok()? > 4).then_some(());
    eventually("a try while it is away", failed).await;
    let free = async || std::net::TcpListener::bind(("127.0.0.1", port)).ok().map(drop);
    eventually("the port", free).await;
    let system = PartnerSystem::start_at(port).await;
    assert_eq!(system.heard("created").await.body["callout"], number);
}

#[tokio::test]
async fn a_slow_system_holds_up_neither_commands_nor_other_partners() {
    let scene = Scene::start_with(&FAST);
    let (slow, quick) = (PartnerSystem::start().await, PartnerSystem::start().await);
    let partner = partner(&scene, "Housing").await;
    add(&scene, &slow.url);
    add(&scene, &quick.url);
    slow.behave(&[Behaviour::Hang]);
    let number = request(&partner, "one").await;
    eventually("the slow one to be asked", async || (!slow.told().is_empty()).then_some(())).await;
    stand_down(&scene, &number).await;
    quick.heard("stood_down").await;
    assert_eq!(slow.told().len(), 1, "the quick one had all before the slow one was given up");
    slow.heard("stood_down").await;
    assert_eq!(slow.events(), ["created", "stood_down"]);
    assert_eq!(slow.told()[0].delivery, slow.told()[1].delivery);
}

#[tokio::test]
async fn what_waits_survives_a_kill_and_what_was_made_is_made_once() {
    let scene = Scene::start_with(&["--retry-pace", "1"]);
    let system = PartnerSystem::start().await;
    let partner = partner(&scene, "Housing").await;
    let (_, secret) = add(&scene, &system.url);
    system.behave(&[Behaviour::Answer(500)]);
    let number = request(&partner, "one").await;
    eventually("the first try", async || (system.told().len() == 1).then_some(())).await;
    stand_down(&scene, &number).await;
    let Scene { dir, hub, admin } = scene;
    let data = hub.data.clone();
    hub.kill();
    // The next try is due ten seconds after the first, whoever serves then.
    let hub = Hub::start(&data).unwrap();
    let scene = Scene { dir, admin: Client::new(hub.url(), admin.token), hub };
    system.heard("stood_down").await;
    assert_eq!(system.events(), ["created", "stood_down"]);
    assert_eq!(system.told()[0].delivery, system.told()[1].delivery);
    assert!(is_signed(&system.told()[1], &secret));
    let settled = async || {
        let status = scene.admin.get("/v1/status").await.ok()?["webhooks"].take();
        (status["waiting"] == 0 && status["dead"] == 0).then_some(())
    };
    eventually("nothing to wait", settled).await;
}

#[tokio::test]
async fn what_is_given_up_is_shown_and_tried_again_when_somebody_says_so() {
    let scene = Scene::start_with(&FAST);
    let system = PartnerSystem::start().await;
    let partner = partner(&scene, "Housing").await;
    let (id, _) = add(&scene, &system.url);
    // 410: it says that it will never take it.
    system.behave(&[Behaviour::Answer(410)]);
    let number = request(&partner, "one").await;
    let dead = async || {
        let dead = hub_says(&["webhook", "dead", "--data", data(&scene)]).ok()?;
        (!dead.is_empty()).then_some(dead)
    };
    let dead = eventually("a dead message", dead).await;
    assert!(dead.contains(&number) && dead.contains("created") && dead.contains("410"), "{dead}");
    let status = scene.admin.get("/v1/status").await.unwrap()["webhooks"].take();
    assert_eq!((&status["dead"], &status["dead_first"][0]["callout"]), (&json!(1), &json!(number)));
    // The next about it does not wait for the dead one.
    stand_down(&scene, &number).await;
    system.heard("stood_down").await;
    let delivery = dead.split(' ').next().unwrap();
    assert!(hub_says(&["webhook", "redeliver", "--data", data(&scene), delivery]).unwrap().starts_with("1 "));
    let again = system.heard("created").await;
    assert_eq!(again.delivery, delivery);
    assert!(hub_says(&["webhook", "redeliver", "--data", data(&scene), delivery]).is_err());
    hub_says(&["webhook", "remove", "--data", data(&scene), &id]).unwrap();
    assert!(hub_says(&["webhook", "remove", "--data", data(&scene), &id]).is_err());
    for url in ["http://partner.example.net/", "https://10.0.0.1/", "https://intranet/"] {
        assert!(hub_says(&["webhook", "add", "--data", data(&scene), "--account", "Housing", "--url", url]).is_err());
    }
    assert!(hub_says(&["webhook", "add", "--data", data(&scene), "--account", "Admin", "--url", &system.url]).is_err());
}

#[tokio::test]
async fn webhooks_do_not_tell_duress_from_the_right_code() {
    let scene = Scene::start_with(&FAST);
    set_codes(&scene);
    let system = PartnerSystem::start().await;
    let partner = partner(&scene, "Housing").await;
    add(&scene, &system.url);
    let mut seen = Vec::new();
    for codes in [[SAFE, SAFE], [SAFE, DURESS], [DURESS, DURESS]] {
        let number = request(&partner, "noise").await;
        for code in codes {
            let path = format!("/v1/partner/callouts/{number}/cancel");
            partner.post(&path, &json!({ "safe_code": code })).await.unwrap().error_for_status().unwrap();
        }
        stand_down(&scene, &number).await;
        let told = async || {
            let of: Vec<_> = system.told().into_iter().filter(|t| t.body["callout"] == json!(number)).collect();
            of.iter().any(|t| t.body["event"] == "stood_down").then_some(of)
        };
        let told = eventually("the end", told).await;
        let plain = |t: &Value| {
            let mut t = t.clone();
            let fields = t.as_object_mut().unwrap();
            fields.remove("at");
            fields.remove("callout");
            t
        };
        seen.push(told.iter().map(|t| plain(&t.body)).collect::<Vec<_>>());
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    assert_eq!(
        seen[0].iter().map(|b| b["event"].as_str().unwrap()).collect::<Vec<_>>(),
        ["created", "cancel_requested", "stood_down"]
    );
}
