//! An offer that no phone has is told by SMS: against a gateway that takes, refuses, hangs or is not there.

use crate::scene::{OFFICER, SITE, Scene, UNIT};
use crate::service::{Said, Server};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use uuid::Uuid;
use watchhouse_tests::client::Client;
use watchhouse_tests::eventually;
use watchhouse_tests::programs::{self, Hub};

const SECRET: &str = "SMSSECRET9";
const NUMBER: &str = "+447700900123";

struct Bench {
    scene: Scene,
    _dir: TempDir,
}

/// A hub with this gateway, and an officer on shift whose phone shows nothing.
async fn bench(gateway: &Server, lines: &str) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("sms.token");
    std::fs::write(&token, format!("{SECRET}\n")).unwrap();
    let secret = if lines.contains("sms_user") { String::new() } else { format!("sms_token_file = {token:?}\n") };
    let file = dir.path().join("hub.toml");
    std::fs::write(&file, format!("sms_url = \"{}/send\"\n{secret}{lines}\n", gateway.origin)).unwrap();
    let scene = Scene::start_with(&["--config", file.to_str().unwrap(), "--retry-pace", "0.2"]);
    on_shift(&scene.admin, OFFICER, UNIT, "07700 900123").await;
    Bench { scene, _dir: dir }
}

async fn on_shift(admin: &Client, officer: &str, unit: &str, telephone: &str) -> Client {
    let client = admin.account(officer, "officer", Some(officer)).await.unwrap();
    let body = json!({ "ref": officer, "name": "A. Officer", "telephone": telephone });
    admin.must("officer.put", officer, body).await.unwrap();
    client.must("shift.sign_on", officer, json!({ "unit": unit })).await.unwrap();
    client
}

async fn urgent(admin: &Client) -> String {
    let id = Uuid::now_v7().to_string();
    let body = json!({ "site": SITE, "type": "intruder", "priority": 1, "text": "Glass was heard breaking." });
    admin.must("callout.create", &id, body).await.unwrap();
    id
}

/// The SMS of the call-out's first offer, once it is decided.
async fn settled(admin: &Client, callout: &str) -> Value {
    eventually("what came of the SMS", async || {
        let state = admin.get(&format!("/v1/callouts/{callout}")).await.ok()?;
        let text = state["assignments"][0]["text"].clone();
        (text["state"] == "sent" || text["state"] == "failed").then_some(text)
    })
    .await
}

fn took() -> Said {
    Said::Json(202, r#"{"queued":true}"#.into())
}

#[tokio::test]
async fn an_offer_on_no_phone_is_told_by_one_sms_that_names_neither_place_nor_person() {
    let gateway = Server::start(|_| took()).await;
    let b = bench(&gateway, "").await;
    let callout = b.scene.callout().await;
    assert_eq!(settled(&b.scene.admin, &callout).await["state"], "sent");
    let asked = gateway.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let (line, body, authorization) = &asked[0];
    assert_eq!((line.as_str(), authorization.as_str()), ("POST /send HTTP/1.1", "Bearer SMSSECRET9"));
    let body: Value = serde_json::from_str(body).unwrap();
    let state = b.scene.callout_now(&callout).await;
    let text = body["text"].as_str().unwrap();
    let number = state["number"].as_str().unwrap();
    assert!(text.starts_with(&format!("Demonstration: Call-out {number} offered until ")), "{text}");
    assert!(text.ends_with(". Open Watchhouse or ring control.") && text.len() < 160, "one SMS: {text}");
    assert_eq!((&body["to"], body.as_object().unwrap().len()), (&json!(NUMBER), 2));
    let timeline = state["timeline"].as_array().unwrap();
    let told: Vec<&str> = timeline.iter().filter_map(|e| e["text"].as_str()).filter(|t| t.contains("SMS")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].ends_with("about the offer sent"), "{told:?}");
    // The offer runs out and goes to nobody else; nothing more is sent.
    eventually("the end of the offer", async || {
        let state = b.scene.callout_now(&callout).await;
        (state["assignments"][0]["state"] == "expired").then_some(())
    })
    .await;
    assert_eq!(gateway.lines().len(), 1);
    assert_eq!(b.scene.admin.metric("watchhouse_texts_sent_total").await.unwrap(), 1);
}

#[tokio::test]
async fn what_a_gateway_refuses_is_told_and_not_tried_again() {
    let gateway =
        Server::start(|_| Said::Json(422, json!({ "error": format!("{NUMBER} is barred") }).to_string())).await;
    let b = bench(&gateway, "").await;
    let callout = b.scene.callout().await;
    let text = settled(&b.scene.admin, &callout).await;
    assert_eq!((&text["state"], &text["failure"]), (&json!("failed"), &json!("refused")));
    assert_eq!(text["assignment"], offer(&b, &callout).await);
    assert_eq!(gateway.lines().len(), 1);
    let state = b.scene.callout_now(&callout).await;
    let last = state["timeline"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned();
    assert_eq!(last, format!("SMS to {UNIT} failed: the gateway refused it, ring them"));
}

async fn offer(b: &Bench, callout: &str) -> Value {
    b.scene.callout_now(callout).await["assignments"][0]["id"].clone()
}

#[tokio::test]
async fn a_gateway_in_trouble_is_tried_again_while_the_offer_lives() {
    let gateway = Server::start(|_| Said::Json(503, String::new())).await;
    let b = bench(&gateway, "").await;
    let callout = b.scene.callout().await;
    eventually("two tries", async || (gateway.lines().len() >= 2).then_some(())).await;
    gateway.now_says(|_| took());
    assert_eq!(settled(&b.scene.admin, &callout).await["state"], "sent");
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_given_up_with_the_offer() {
    let b = bench(&Server::gone(), "").await;
    let callout = urgent(&b.scene.admin).await;
    let text = settled(&b.scene.admin, &callout).await;
    assert!(["not_reached", "offer_over"].contains(&text["failure"].as_str().unwrap()), "{text}");
    assert!(b.scene.admin.metric("watchhouse_texts_tried_total").await.unwrap() > 3);
}

#[tokio::test]
async fn a_gateway_that_hangs_may_have_sent_it_so_nobody_sends_a_second() {
    let gateway = Server::start(|_| Said::Nothing).await;
    let b = bench(&gateway, "").await;
    let callout = b.scene.callout().await;
    let text = settled(&b.scene.admin, &callout).await;
    assert_eq!((&text["state"], &text["failure"]), (&json!("failed"), &json!("not_known")));
    assert_eq!(gateway.lines().len(), 1);
}

#[tokio::test]
async fn a_gateway_that_answers_twice_is_heard_once() {
    let gateway = Server::start(|_| Said::Twice(200)).await;
    let b = bench(&gateway, "").await;
    let callout = b.scene.callout().await;
    assert_eq!(settled(&b.scene.admin, &callout).await["state"], "sent");
    let again = settled(&b.scene.admin, &urgent_to_second(&b).await).await;
    assert_eq!(again["state"], "sent", "the second answer is nobody's");
    assert_eq!(gateway.lines().len(), 2);
    let state = b.scene.callout_now(&callout).await;
    let sent = |e: &&Value| e["text"].as_str().is_some_and(|t| t.ends_with("about the offer sent"));
    assert_eq!(state["timeline"].as_array().unwrap().iter().filter(sent).count(), 1, "{state}");
}

/// A call-out offered to another officer.
async fn urgent_to_second(b: &Bench) -> String {
    on_shift(&b.scene.admin, "OF-02", "RSP-2", "+44 7700 900124").await;
    let id = Uuid::now_v7().to_string();
    let body =
        json!({ "site": SITE, "type": "intruder", "priority": 1, "text": "Glass.", "offer": false, "separate": true });
    b.scene.admin.must("callout.create", &id, body).await.unwrap();
    b.scene.admin.must("assignment.offer", &id, json!({ "officer": "OF-02", "reason": "A test" })).await.unwrap();
    id
}

#[tokio::test]
async fn an_offer_that_came_is_told_by_no_sms() {
    let gateway = Server::start(|_| took()).await;
    let b = bench(&gateway, "sms_after_s = 12").await;
    let first = b.scene.callout().await;
    let phone = b.scene.admin.account("Phone", "officer", Some(OFFICER)).await.unwrap();
    eventually("the mark that no phone has it", async || {
        let state = b.scene.callout_now(&first).await;
        (!state["assignments"][0]["not_delivered_at"].is_null()).then_some(())
    })
    .await;
    // Late, but before the SMS would go.
    phone.must("assignment.delivered", &first, json!({})).await.unwrap();
    let second = urgent_to_second(&b).await;
    assert_eq!(settled(&b.scene.admin, &second).await["state"], "sent");
    let asked = gateway.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].1.contains("+447700900124"), "{asked:?}");
}

#[tokio::test]
async fn a_form_with_a_name_and_password_says_the_same() {
    let gateway = Server::start(|_| took()).await;
    let template = tempfile::tempdir().unwrap();
    let (form, password) = (template.path().join("sms.json"), template.path().join("password"));
    std::fs::write(&form, r#"{"To":"{to}","Body":"{text}","From":"WATCHHOUSE","Ref":"{id}"}"#).unwrap();
    std::fs::write(&password, SECRET).unwrap();
    let lines = format!(
        "sms_format = \"form\"\nsms_template_file = {form:?}\nsms_user = \"council\"\nsms_password_file = {password:?}"
    );
    let b = bench(&gateway, &lines).await;
    let callout = b.scene.callout().await;
    assert_eq!(settled(&b.scene.admin, &callout).await["state"], "sent");
    let (_, body, authorization) = gateway.asked.lock().unwrap()[0].clone();
    assert_eq!(authorization, "Basic Y291bmNpbDpTTVNTRUNSRVQ5");
    let id = offer(&b, &callout).await;
    assert!(body.contains("To=%2B447700900123&") && body.contains("From=WATCHHOUSE"), "{body}");
    assert!(
        body.contains(&format!("Ref={}", id.as_str().unwrap())) && body.contains("Body=Demonstration%3A+"),
        "{body}"
    );
}

#[tokio::test]
async fn an_officer_without_a_mobile_number_is_to_be_rung() {
    let gateway = Server::start(|_| took()).await;
    let b = bench(&gateway, "").await;
    let body = json!({ "ref": OFFICER, "name": "A. Officer", "telephone": "ext. 2001" });
    b.scene.admin.must("officer.put", OFFICER, body).await.unwrap();
    let callout = b.scene.callout().await;
    assert_eq!(settled(&b.scene.admin, &callout).await["failure"], "no_number");
    assert!(gateway.lines().is_empty());
}

#[tokio::test]
async fn a_hub_killed_while_it_sends_sends_no_second_and_logs_neither_number_nor_secret() {
    let gateway = Server::start(|_| Said::Nothing).await;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    programs::borough(&data).unwrap();
    let token = dir.path().join("sms.token");
    std::fs::write(&token, SECRET).unwrap();
    let file = dir.path().join("hub.toml");
    std::fs::write(&file, format!("sms_url = \"{}/send\"\nsms_token_file = {token:?}\n", gateway.origin)).unwrap();
    let log = dir.path().join("log");
    let serve = || {
        let mut command = Command::new(programs::program("watchhouse-hub"));
        command.args(["serve", "--http", "127.0.0.1:0", "--dc09", "127.0.0.1:0", "--data"]).arg(&data);
        let lines = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        command.arg("--config").arg(&file).env("RUST_LOG", "debug").stderr(Stdio::from(lines));
        Hub::spawn(command, &data).unwrap()
    };
    let admin_token = programs::token(&data, "Admin", "administrator").unwrap();
    let hub = serve();
    let admin = Client::new(hub.url(), admin_token.clone());
    on_shift(&admin, OFFICER, UNIT, "07700 900123").await;
    let callout = Uuid::now_v7().to_string();
    let body = json!({ "site": SITE, "type": "intruder", "priority": 2, "text": "Glass." });
    admin.must("callout.create", &callout, body).await.unwrap();
    eventually("the request", async || (gateway.lines().len() == 1).then_some(())).await;
    hub.kill();
    let hub = serve();
    let admin = Client::new(hub.url(), admin_token);
    assert_eq!(settled(&admin, &callout).await["failure"], "not_known");
    hub.stop().unwrap();
    assert_eq!(gateway.lines().len(), 1);
    let log = std::fs::read_to_string(log).unwrap();
    for secret in [SECRET, "7700900123", "900123"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[tokio::test]
async fn an_emergency_is_told_to_the_first_duty_manager_at_once_and_to_nobody_else_yet() {
    let gateway = Server::start(|_| took()).await;
    let b = bench(&gateway, "").await;
    let managers = json!({ "managers": [{ "name": "Ann Marsh", "telephone": "07700 900201" },
        { "name": "Ben Osei", "telephone": "07700 900202" }] });
    b.scene.admin.must("managers.put", "settings", managers).await.unwrap();
    let callout = b.scene.callout().await;
    b.scene.admin.must("escalation.raise", &callout, json!({ "level": 3, "reason": "no answer" })).await.unwrap();
    let said = eventually("the manager's SMS", async || {
        let state = b.scene.callout_now(&callout).await;
        let timeline = state["timeline"].as_array()?.clone();
        timeline.iter().any(|e| e["text"] == "SMS to a duty manager sent").then_some(timeline)
    })
    .await;
    let to_managers = |number: &str| {
        let asked = gateway.asked.lock().unwrap().clone();
        asked.into_iter().map(|(_, body, _)| body).filter(|body| body.contains(number)).collect::<Vec<_>>()
    };
    let first = to_managers("+447700900201");
    assert_eq!((first.len(), to_managers("+447700900202").len()), (1, 0), "{first:?}");
    let text: Value = serde_json::from_str(&first[0]).unwrap();
    let text = text["text"].as_str().unwrap();
    assert!(text.contains("Emergency on call-out CO-") && !text.contains(SITE) && text.len() < 160, "{text}");
    assert!(!serde_json::to_string(&said).unwrap().contains("Ann Marsh"), "the log's words name nobody");
}
