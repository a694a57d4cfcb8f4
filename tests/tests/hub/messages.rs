//! The customer's side of the thread, over HTTP: who may write, how much, and what is shown to whom.

use crate::scene::Scene;
use chrono::{TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use watchhouse_tests::client::Client;

const TOKEN: &str = "a-link-that-only-this-test-knows";

async fn link(scene: &Scene, callout: &str, token: &str) {
    let sha256 = Sha256::digest(token).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let body = json!({ "token_sha256": sha256, "expires_at": Utc::now() + TimeDelta::days(7) });
    scene.admin.must("tracking.issue", callout, body).await.unwrap();
}

/// As the customer's page sends it: without any credential but the address.
async fn post(scene: &Scene, token: &str, what: &str, body: &Value) -> (StatusCode, Value) {
    let url = format!("{}/t/{token}/{what}", scene.hub.url());
    let answer = scene.admin.http.post(url).json(body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn said(scene: &Scene, token: &str, id: Uuid, text: &str) -> StatusCode {
    post(scene, token, "messages", &json!({ "id": id, "text": text })).await.0
}

async fn page(scene: &Scene, token: &str) -> Value {
    let url = format!("{}/t/{token}/state", scene.hub.url());
    scene.admin.http.get(url).send().await.unwrap().json().await.unwrap()
}

fn texts(state: &Value) -> Vec<(String, bool, bool)> {
    let all = state["messages"].as_array().expect("a list of messages");
    let one = |m: &Value| {
        let text = m["text"].as_str().unwrap_or_default().to_owned();
        (text, m["mine"].as_bool().unwrap_or_default(), m["read"].as_bool().unwrap_or_default())
    };
    all.iter().map(one).collect()
}

async fn lines(client: &Client, kind: &str) -> Vec<Value> {
    client.log().await.unwrap().into_iter().filter(|line| line["kind"] == kind).collect()
}

#[tokio::test]
async fn a_customer_and_the_control_room_talk_and_each_sees_what_the_other_has_read() {
    let scene = Scene::start();
    let callout = scene.callout().await;
    link(&scene, &callout, TOKEN).await;
    let id = Uuid::now_v7();
    let text = "My son is inside 👦 — “blue coat”, ابني";
    assert_eq!(said(&scene, TOKEN, id, text).await, StatusCode::NO_CONTENT);
    assert_eq!(said(&scene, TOKEN, id, text).await, StatusCode::NO_CONTENT, "sent twice it is one message");
    scene.admin.must("note.add", &callout, json!({ "text": "Ours only", "to": "control" })).await.unwrap();
    scene.admin.must("note.add", &callout, json!({ "text": "To whoever goes" })).await.unwrap();
    assert_eq!(texts(&page(&scene, TOKEN).await), [(text.to_owned(), true, false)], "nothing but what is theirs");
    let written = lines(&scene.admin, "note.added").await;
    assert_eq!(written.len(), 3);
    assert_eq!(written[0]["by"]["role"], "customer");
    assert!(!written[0]["body"].to_string().contains("son"), "words are in the personal part");
    assert_eq!(written[0]["personal"]["text"], text);

    scene.admin.must("message.read", &callout, json!({ "up_to": i64::MAX })).await.unwrap();
    let answer = json!({ "text": "The officer is with him.", "to": "customer" });
    scene.admin.must("note.add", &callout, answer).await.unwrap();
    let state = page(&scene, TOKEN).await;
    assert_eq!(texts(&state), [(text.to_owned(), true, true), ("The officer is with him.".to_owned(), false, false)]);
    let up_to = &state["messages"][1]["seq"];
    for _ in 0..2 {
        let seen = post(&scene, TOKEN, "read", &json!({ "up_to": up_to })).await;
        assert_eq!(seen.0, StatusCode::NO_CONTENT);
    }
    assert_eq!(lines(&scene.admin, "message.read").await.len(), 2, "read once is read");
    assert!(texts(&page(&scene, TOKEN).await)[1].2);
    assert!(state["may_write"].as_bool().unwrap());
}

#[tokio::test]
async fn nobody_writes_without_a_link_that_opens_and_nobody_without_end() {
    let scene = Scene::start();
    let callout = scene.callout().await;
    link(&scene, &callout, TOKEN).await;
    let fresh = || json!({ "id": Uuid::now_v7(), "text": "hello" });
    assert_eq!(post(&scene, "another-token", "messages", &fresh()).await.0, StatusCode::NOT_FOUND);
    for (body, status) in [
        (json!({ "id": Uuid::nil(), "text": "x" }), StatusCode::BAD_REQUEST),
        (json!({ "text": "x" }), StatusCode::BAD_REQUEST),
        (json!({ "id": Uuid::now_v7(), "text": " " }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "id": Uuid::now_v7(), "text": "x".repeat(2_001) }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "id": Uuid::now_v7(), "text": "x".repeat(40_000) }), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let (answered, problem) = post(&scene, TOKEN, "messages", &body).await;
        assert_eq!(answered, status, "{problem}");
        assert!(problem["code"].is_string(), "{problem}");
    }
    // A customer's account is no link.
    let customer = scene.client("customer").await;
    let refused = customer.command("note.add", &callout, json!({ "text": "hello" })).await.unwrap();
    assert_eq!(refused["refusal"]["code"], "no_link");
    for turn in 0..10 {
        assert_eq!(said(&scene, TOKEN, Uuid::now_v7(), &format!("word {turn}")).await, StatusCode::NO_CONTENT);
    }
    let before = scene.admin.log().await.unwrap().len();
    let (status, problem) = post(&scene, TOKEN, "messages", &fresh()).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("too_many_messages")));
    assert_eq!(scene.admin.log().await.unwrap().len(), before);
    scene.admin.must("tracking.revoke", &callout, json!({})).await.unwrap();
    assert_eq!(post(&scene, TOKEN, "messages", &fresh()).await.0, StatusCode::GONE);
    link(&scene, &callout, "second").await;
    scene.admin.must("callout.stand_down", &callout, json!({ "reason": "It has stopped" })).await.unwrap();
    let (status, problem) = post(&scene, "second", "messages", &fresh()).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("callout_over")));
    assert!(!page(&scene, "second").await["may_write"].as_bool().unwrap());
}
