//! A customer's own system over HTTP: what it may ask for, and that duress looks like everything else from outside.

use crate::scene::{OFFICER, SITE, Scene, UNIT};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use watchhouse_tests::client::{Client, code, problem};
use watchhouse_tests::eventually;
use watchhouse_tests::programs::program;

pub const SAFE: &str = "Blue Heron";
pub const DURESS: &str = "Grey Heron";
const OTHER_SITE: &str = "GOS-BOILER";

/// A partner that may see the site, with its own token.
pub async fn partner(scene: &Scene, name: &str) -> Client {
    let body = json!({ "name": name, "role": "partner", "sites": [SITE] });
    let made: Value =
        scene.admin.post("/v1/accounts", &body).await.unwrap().error_for_status().unwrap().json().await.unwrap();
    scene.admin.with(made["token"].as_str().unwrap())
}

/// Sets the site's codes as an administrator does.
pub fn set_codes(scene: &Scene) {
    let mut child = Command::new(program("watchhouse-hub"))
        .args(["safe-code", "set", "--site", SITE, "--data"])
        .arg(scene.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    write!(child.stdin.take().unwrap(), "{SAFE}\n{DURESS}\n").unwrap();
    assert!(child.wait().unwrap().success());
}

pub async fn ask(partner: &Client, body: Value) -> (u16, Value) {
    let answer = partner.post("/v1/partner/callouts", &body).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn cancel(partner: &Client, callout: &str, code: &str) -> (u16, Value) {
    let body = json!({ "safe_code": code, "reason": "It was the cleaner" });
    let answer = partner.post(&format!("/v1/partner/callouts/{callout}/cancel"), &body).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_partner_asks_once_follows_and_rates_and_sees_its_own_sites_only() {
    let scene = Scene::start();
    let partner = partner(&scene, "Housing system").await;
    let (status, made) = ask(&partner, json!({ "site": SITE, "reason": "Water under the door 💧" })).await;
    assert_eq!((status, made["stage"].as_str(), made["site"].as_str()), (201, Some("received"), Some(SITE)));
    let number = made["callout"].as_str().unwrap();
    let (status, again) = ask(&partner, json!({ "site": SITE, "reason": "Water under the door 💧" })).await;
    assert_eq!((status, &again["callout"]), (200, &made["callout"]));
    let (_, more) = ask(&partner, json!({ "site": SITE, "reason": "Now it runs down the stairs" })).await;
    assert_eq!(more["callout"], made["callout"]);
    let kept = scene.callout_now(number).await;
    let reasons: Vec<&str> = kept["asked"].as_array().unwrap().iter().filter_map(|a| a["reason"].as_str()).collect();
    assert_eq!(reasons, ["Water under the door 💧", "Now it runs down the stairs"]);
    // Nobody is sent before a person has read it; then the partner sees every stage.
    assert_eq!(kept["state"], "triaged");
    let officer = scene.officer().await;
    scene.admin.must("assignment.offer", number, json!({ "officer": OFFICER, "reason": "nearest" })).await.unwrap();
    officer.must("assignment.accept", number, json!({})).await.unwrap();
    let followed = partner.get(&format!("/v1/partner/callouts/{number}")).await.unwrap();
    assert_eq!((followed["stage"].as_str(), followed["demonstration"].as_bool()), (Some("accepted"), Some(true)));
    let text = followed.to_string();
    assert!(!text.contains(UNIT) && !text.contains("priority") && !text.contains("Water"), "{text}");

    let rate = async |score: u8| {
        let path = format!("/v1/partner/callouts/{number}/rating");
        partner.post(&path, &json!({ "score": score, "comment": "Quick" })).await.unwrap()
    };
    assert_eq!(problem(rate(5).await).await.unwrap(), (422, "not_over".into()));
    scene.admin.must("callout.stand_down", number, json!({ "reason": "The plumber is there" })).await.unwrap();
    assert_eq!(rate(5).await.status(), 200);
    assert_eq!(problem(rate(1).await).await.unwrap(), (422, "already_rated".into()));
    assert_eq!(partner.get(&format!("/v1/partner/callouts/{number}")).await.unwrap()["rating"], 5);

    // What is not its own does not exist.
    let other = self::ask(&partner, json!({ "site": OTHER_SITE, "reason": "x" })).await;
    assert_eq!((other.0, other.1["code"].as_str()), (404, Some("not_found")));
    let stranger = scene.client("partner").await;
    for path in [format!("/v1/partner/callouts/{number}"), "/v1/partner/callouts/CO-99-99999".into()] {
        let answer = stranger.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(problem(answer).await.unwrap(), (404, "not_found".into()));
    }
    let answer = scene.admin.request(Method::GET, &format!("/v1/partner/callouts/{number}")).send().await.unwrap();
    assert_eq!(problem(answer).await.unwrap(), (403, "not_allowed".into()));
    for body in ["{", "{\"site\": 1}", "{\"site\": \"X\", \"reason\": \"y\", \"colour\": 1}"] {
        let answer = partner.request(Method::POST, "/v1/partner/callouts").body(body).send().await.unwrap();
        assert_eq!(problem(answer).await.unwrap(), (400, "bad_json".into()), "{body}");
    }
}

/// What somebody outside can see of a cancellation, without what differs between any two call-outs.
fn outside(mut answer: Value) -> Value {
    for name in ["callout", "id", "opened_at", "times"] {
        answer.as_object_mut().unwrap().remove(name);
    }
    answer
}

#[tokio::test]
async fn the_duress_code_is_answered_as_the_right_one_and_the_desk_alone_knows() {
    let scene = Scene::start();
    set_codes(&scene);
    let partner = partner(&scene, "Housing system").await;
    let mut seen = Vec::new();
    for code in [SAFE, DURESS] {
        let (_, made) = ask(&partner, json!({ "site": SITE, "reason": "Noise inside" })).await;
        let number = made["callout"].as_str().unwrap().to_owned();
        let asked = std::time::Instant::now();
        let (status, answer) = cancel(&partner, &number, code).await;
        let took = asked.elapsed();
        let again = cancel(&partner, &number, code).await;
        let followed = partner.get(&format!("/v1/partner/callouts/{number}")).await.unwrap();
        let repeated = ask(&partner, json!({ "site": SITE, "reason": "Noise inside" })).await;
        seen.push((status, outside(answer), again.0, outside(again.1), outside(followed), repeated.0));
        assert!(took >= std::time::Duration::from_millis(600), "every answer takes its time: {took:?}");
        let kept = scene.callout_now(&number).await;
        assert_eq!(kept["cancel"]["duress"], code == DURESS);
        assert_eq!(kept["escalations"].as_array().unwrap().len(), usize::from(code == DURESS));
        // Stood down, though somebody may be in danger: for the partner it is over, as it is without duress.
        scene.admin.must("callout.stand_down", &number, json!({ "reason": "customer" })).await.unwrap();
        let after = partner.get(&format!("/v1/partner/callouts/{number}")).await.unwrap();
        assert_eq!(after["stage"], "stood_down");
        assert_eq!(cancel(&partner, &number, code).await.1["code"], "callout_over");
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0].0, &seen[0].1["cancel_requested"]), (202, &json!(true)));
    // After a plain wish to cancel as well.
    let (_, made) = ask(&partner, json!({ "site": SITE, "reason": "Noise again" })).await;
    let number = made["callout"].as_str().unwrap();
    let first = cancel(&partner, number, SAFE).await;
    assert_eq!(cancel(&partner, number, DURESS).await, first);
    assert_eq!(scene.callout_now(number).await["cancel"]["duress"], true);
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_after_five_nothing_is_looked_at() {
    let scene = Scene::start();
    let partner = partner(&scene, "Housing system").await;
    let (_, made) = ask(&partner, json!({ "site": SITE, "reason": "Noise" })).await;
    let number = made["callout"].as_str().unwrap();
    assert_eq!(cancel(&partner, number, SAFE).await.1["code"], "no_safe_code");
    set_codes(&scene);
    for _ in 0..5 {
        let (status, answer) = cancel(&partner, number, "4821").await;
        assert_eq!((status, answer["code"].as_str()), (403, Some("wrong_code")));
    }
    for code in ["4821", SAFE, DURESS] {
        let path = format!("/v1/partner/callouts/{number}/cancel");
        let answer = partner.post(&path, &json!({ "safe_code": code })).await.unwrap();
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((800..=900).contains(&wait), "{wait}");
        assert_eq!(problem(answer).await.unwrap(), (429, "too_many_tries".into()), "{code}");
    }
    assert!(scene.callout_now(number).await["cancel"].is_null());
    // Nor past the code with a command of its own.
    let result = partner.command("cancel.request", number, json!({ "reason": "x" })).await.unwrap();
    assert_eq!(code(&result), "not_allowed");
}

#[tokio::test]
async fn a_test_plays_to_its_end_rings_nobody_and_is_in_no_list() {
    let scene = Scene::start();
    let officer = scene.officer().await;
    let partner = partner(&scene, "Housing system").await;
    let (status, made) = ask(&partner, json!({ "site": SITE, "reason": "try", "test": true })).await;
    let number = made["callout"].as_str().unwrap();
    assert_eq!((status, made["test"].as_bool()), (201, Some(true)));
    assert!(number.starts_with("TEST-"), "{number}");
    assert!(scene.admin.get("/v1/callouts").await.unwrap()["callouts"].as_array().unwrap().is_empty());
    assert_eq!(scene.admin.get("/v1/callouts?tests=true").await.unwrap()["callouts"][0]["ref"], number);
    assert_eq!(scene.admin.get("/v1/status").await.unwrap()["callouts_open"], 0);
    let offered = scene.admin.command("assignment.offer", number, json!({ "officer": OFFICER, "reason": "x" })).await;
    assert_eq!(code(&offered.unwrap()), "test_callout");
    assert!(officer.get("/v1/officer/state").await.unwrap()["offer"].is_null());

    let play = async |to: Value| {
        let path = format!("/v1/partner/callouts/{number}/play");
        partner.post(&path, &json!({ "to": to })).await.unwrap().json::<Value>().await.unwrap()
    };
    assert_eq!(play(json!("arrived")).await["stage"], "at_site");
    // It goes on by itself as well: the hub's clock is run ahead instead of waiting.
    let now: Value = scene.admin.get("/v1/clock").await.unwrap();
    let later =
        now["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap() + chrono::TimeDelta::seconds(11);
    scene.admin.post("/v1/clock", &json!({ "now": later })).await.unwrap().error_for_status().unwrap();
    let followed = async || {
        let now = partner.get(&format!("/v1/partner/callouts/{number}")).await.ok()?;
        (now["stage"] == "securing").then_some(())
    };
    eventually("the next stage by itself", followed).await;
    assert_eq!(play(json!("closed")).await["stage"], "closed");
    let answer = partner.post(&format!("/v1/partner/callouts/{number}/play"), &json!({ "to": "moon" })).await.unwrap();
    assert_eq!(answer.status(), 422);
    // Both codes of tests are answered alike, and neither is an emergency.
    for code in ["1234", "4321"] {
        let (_, made) = ask(&partner, json!({ "site": SITE, "reason": "try", "test": true })).await;
        let number = made["callout"].as_str().unwrap();
        assert_eq!(cancel(&partner, number, code).await.0, 202);
        assert!(scene.callout_now(number).await["escalations"].as_array().unwrap().is_empty());
        // By us or by itself: the next one is a test of its own.
        let _ = scene.admin.command("callout.stand_down", number, json!({ "reason": "enough" })).await.unwrap();
    }
}

#[tokio::test]
async fn a_customer_rates_on_the_tracking_page_and_what_was_looked_at_is_known_to_the_desk() {
    let scene = Scene::start();
    let id = scene.callout().await;
    let token = "a-token-of-this-test";
    let digest: String = {
        use sha2::Digest;
        sha2::Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
    };
    let expires_at = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    let issue = json!({ "token_sha256": digest, "expires_at": expires_at });
    scene.admin.must("tracking.issue", &id, issue).await.unwrap();
    let page = scene.admin.with("");
    let press = async |what: &str, body: Value| page.post(&format!("/t/{token}/{what}"), &body).await.unwrap();
    let plain = page.http.post(format!("{}/t/{token}/view", page.base)).send().await.unwrap();
    assert_eq!(plain.status(), 204);
    assert_eq!(problem(press("view", json!({ "picture": "5a".repeat(32) })).await).await.unwrap().0, 404);
    let around = scene.admin.get(&format!("/v1/callouts/{id}/outside")).await.unwrap();
    assert_eq!((around["opened"].as_u64(), around["views"].as_array().unwrap().len()), (Some(1), 1));
    assert_eq!((&around["views"][0]["what"], &around["views"][0]["stage"]), (&json!("the page"), &json!("finding")));
    let partner = partner(&scene, "Housing system").await;
    let answer = partner.request(Method::GET, &format!("/v1/callouts/{id}/outside")).send().await.unwrap();
    assert_eq!(problem(answer).await.unwrap(), (403, "not_allowed".into()));

    let state = async || page.get(&format!("/t/{token}/state")).await.unwrap();
    assert_eq!(state().await["may_rate"], false);
    assert_eq!(problem(press("rating", json!({ "score": 4 })).await).await.unwrap(), (422, "not_over".into()));
    scene.admin.must("callout.stand_down", &id, json!({ "reason": "false alarm" })).await.unwrap();
    assert_eq!(state().await["may_rate"], true);
    assert_eq!(press("rating", json!({ "score": 4, "comment": "قف 👍 \"quick\"" })).await.status(), 204);
    assert_eq!(problem(press("rating", json!({ "score": 1 })).await).await.unwrap(), (422, "already_rated".into()));
    let now = state().await;
    assert_eq!((&now["rating"], &now["may_rate"]), (&json!(4), &json!(false)));
    assert_eq!(scene.callout_now(&id).await["rating"]["comment"], "قف 👍 \"quick\"");
}

#[tokio::test]
async fn the_tracking_page_is_the_same_with_and_without_duress() {
    let scene = Scene::start();
    set_codes(&scene);
    let partner = partner(&scene, "Housing system").await;
    let mut seen = Vec::new();
    for (n, code) in [SAFE, DURESS].into_iter().enumerate() {
        let (_, made) = ask(&partner, json!({ "site": SITE, "reason": "Noise inside" })).await;
        let id = made["id"].as_str().unwrap();
        let token = format!("token-{n}");
        let digest: String = {
            use sha2::Digest;
            sha2::Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
        };
        let expires_at = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
        scene
            .admin
            .must("tracking.issue", id, json!({ "token_sha256": digest, "expires_at": expires_at }))
            .await
            .unwrap();
        cancel(&partner, id, code).await;
        let mut looks = Vec::new();
        let look = async || {
            let mut state = scene.admin.with("").get(&format!("/t/{token}/state")).await.unwrap();
            for name in ["number", "now", "times", "expires_at"] {
                state.as_object_mut().unwrap().remove(name);
            }
            state
        };
        looks.push(look().await);
        if code == DURESS {
            let calm = json!({ "reason": "safe", "officer_safe": true });
            scene.admin.must("escalation.stand_down", id, calm).await.unwrap();
        }
        scene.admin.must("callout.stand_down", id, json!({ "reason": "over" })).await.unwrap();
        looks.push(look().await);
        seen.push(looks);
    }
    assert_eq!(seen[0], seen[1]);
}
