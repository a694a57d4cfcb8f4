//! A customer writes a checklist behind a link, over HTTP: who may, what is kept, what officers are asked afterwards.

use crate::scene::{SITE, Scene};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use watchhouse_tests::client::{Client, code};
use watchhouse_tests::eventually;
use watchhouse_tests::programs::hub_says;

const TOKEN: &str = "a-writing-link-that-only-this-test-knows";
const LIST: &str = "CL-WRITTEN";

fn name_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn picture(side: u32) -> (Vec<u8>, String) {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(side, side, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]))
        .write_to(&mut jpeg, image::ImageFormat::Jpeg)
        .expect("a picture is encoded");
    let jpeg = jpeg.into_inner();
    let name = name_of(&jpeg);
    (jpeg, name)
}

fn items(text: &str) -> Value {
    json!([{ "id": "q1", "text": text, "type": "yes_no" }])
}

fn proposal(text: &str) -> Value {
    json!({ "id": Uuid::now_v7(), "title": "Plant room", "items": items(text), "from_version": 1, "said": "As agreed." })
}

/// A hub whose site uses a list in version 1, and its supervisor.
struct Bench {
    scene: Scene,
    boss: Client,
}

impl Bench {
    async fn new() -> Self {
        let scene = Scene::start();
        let boss = scene.client("supervisor").await;
        let list = json!({ "ref": LIST, "title": "Plant room", "items": items("Is the bell silent?") });
        boss.must("checklist.put", &Uuid::now_v7().to_string(), list).await.unwrap();
        let site = json!({ "ref": SITE, "name": "Amp office", "address": "1 Elm Road", "lat": 51.55, "lon": -0.15, "checklist": LIST });
        boss.must("site.put", SITE, site).await.unwrap();
        Self { scene, boss }
    }

    async fn invite(&self, token: &str, until: DateTime<Utc>) {
        let body = json!({ "token_sha256": name_of(token.as_bytes()), "expires_at": until, "to": "Oak House", "message": "Add it 👷" });
        self.boss.must("checklist.invite", LIST, body).await.unwrap();
    }

    fn url(&self, token: &str, what: &str) -> String {
        format!("{}/w/{token}/{what}", self.scene.hub.url())
    }

    async fn state(&self, token: &str) -> (StatusCode, Value) {
        let answer = self.scene.admin.http.get(self.url(token, "state")).send().await.unwrap();
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        assert!(answer.headers().get("set-cookie").is_none());
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// As the page sends it: without any credential but the address.
    async fn propose(&self, token: &str, body: &Value) -> (StatusCode, Value) {
        let answer = self.scene.admin.http.post(self.url(token, "proposal")).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn upload(&self, token: &str, name: &str, bytes: &[u8]) -> (StatusCode, Value) {
        let url = self.url(token, &format!("pictures/{name}"));
        let answer = self.scene.admin.http.put(url).body(bytes.to_vec()).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn shown(&self, token: &str, name: &str) -> reqwest::Response {
        self.scene.admin.http.get(self.url(token, &format!("pictures/{name}"))).send().await.unwrap()
    }

    async fn log(&self) -> usize {
        self.scene.admin.log().await.unwrap().len()
    }

    /// Version and words of what the newest call-out froze.
    async fn frozen(&self) -> (Value, Value) {
        let lines = self.scene.admin.log().await.unwrap();
        let created = lines.iter().rfind(|line| line["kind"] == "callout.created").expect("a call-out");
        let list = &created["body"]["checklist"];
        assert_eq!(list.get("writing"), None, "{list}");
        (list["version"].clone(), list["items"][0]["text"].clone())
    }
}

#[tokio::test]
async fn a_customer_writes_a_list_a_supervisor_approves_it_and_the_next_call_out_asks_it() {
    let bench = Bench::new().await;
    bench.invite(TOKEN, Utc::now() + TimeDelta::days(14)).await;
    let page = bench.scene.admin.http.get(format!("{}/w/{TOKEN}", bench.scene.hub.url())).send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let (_, state) = bench.state(TOKEN).await;
    assert_eq!(
        (&state["version"], &state["sites"][0], &state["message"]),
        (&json!(1), &json!("Amp office"), &json!("Add it 👷"))
    );
    assert_eq!((&state["items"][0]["text"], &state["sent"]), (&json!("Is the bell silent?"), &Value::Null));

    let long = format!("Is the plant room dry? 💧 {}", "é".repeat(10_000));
    let first = proposal(&long);
    let (status, state) = bench.propose(TOKEN, &first).await;
    assert_eq!(
        (status, &state["sent"]["state"], &state["sent"]["number"]),
        (StatusCode::OK, &json!("waiting"), &json!(1))
    );
    let before = bench.log().await;
    assert_eq!(bench.propose(TOKEN, &first).await.0, StatusCode::OK, "the answer was lost, and it is sent again");
    let mut same = first.clone();
    same["id"] = json!(Uuid::now_v7());
    assert_eq!(bench.propose(TOKEN, &same).await.0, StatusCode::OK);
    assert_eq!(bench.log().await, before, "what equals the one that waits is not kept twice");

    let lines = bench.scene.admin.log().await.unwrap();
    let proposed = lines.iter().find(|line| line["kind"] == "checklist.proposed").unwrap();
    assert_eq!(proposed["by"]["role"], "customer");
    assert!(!proposed["body"].to_string().contains("plant"), "what a customer writes is in the personal part");

    bench.scene.callout().await;
    assert_eq!(bench.frozen().await, (json!(1), json!("Is the bell silent?")), "nothing is in force by being sent");
    bench.boss.must("checklist.return", LIST, json!({ "proposal": 1, "comment": "Shorter, please." })).await.unwrap();
    let (_, state) = bench.state(TOKEN).await;
    assert_eq!((&state["sent"]["state"], &state["sent"]["comment"]), (&json!("returned"), &json!("Shorter, please.")));

    let (status, _) = bench.propose(TOKEN, &proposal("Is the plant room dry? 💧")).await;
    assert_eq!(status, StatusCode::OK);
    let approve = json!({ "ref": LIST, "title": "Plant room", "items": items("Is it dry? 💧"), "from_version": 1, "proposal": 2 });
    bench.boss.must("checklist.put", &Uuid::now_v7().to_string(), approve).await.unwrap();
    let (_, state) = bench.state(TOKEN).await;
    let sent = &state["sent"];
    assert_eq!(
        (&sent["state"], &sent["version"], &state["items"][0]["text"]),
        (&json!("approved"), &json!(2), &json!("Is it dry? 💧"))
    );
    bench.scene.callout().await;
    assert_eq!(bench.frozen().await, (json!(2), json!("Is it dry? 💧")));
    let verified = hub_says(&["verify", "--data", bench.scene.data().to_str().unwrap()]).unwrap();
    assert!(verified.ends_with("clean"), "{verified}");
}

#[tokio::test]
async fn without_a_link_in_force_nothing_is_shown_or_kept() {
    let bench = Bench::new().await;
    let (jpeg, name) = picture(64);
    let nothing = async |token: &str, status: StatusCode, code: &str| {
        let before = bench.log().await;
        for (answered, problem) in [
            bench.state(token).await,
            bench.propose(token, &proposal("Mine?")).await,
            bench.upload(token, &name, &jpeg).await,
        ] {
            assert_eq!((answered, problem["code"].as_str()), (status, Some(code)), "{problem}");
        }
        assert_eq!(bench.shown(token, &name).await.status(), status);
        assert_eq!(bench.log().await, before);
        assert!(!bench.scene.data().join("media").join(&name[..2]).join(&name[2..]).exists());
    };
    nothing("never-given-out", StatusCode::NOT_FOUND, "link_unknown").await;
    // A tracking link opens a call-out and no list.
    let callout = bench.scene.callout().await;
    let tracking = json!({ "token_sha256": name_of(b"tracking"), "expires_at": Utc::now() + TimeDelta::days(1) });
    bench.boss.must("tracking.issue", &callout, tracking).await.unwrap();
    nothing("tracking", StatusCode::NOT_FOUND, "link_unknown").await;

    bench.invite("short", Utc::now() + TimeDelta::milliseconds(1_500)).await;
    eventually("the link runs out", async || (bench.state("short").await.0 == StatusCode::GONE).then_some(())).await;
    nothing("short", StatusCode::GONE, "link_expired").await;

    bench.invite(TOKEN, Utc::now() + TimeDelta::days(1)).await;
    bench.invite("another", Utc::now() + TimeDelta::days(1)).await;
    nothing(TOKEN, StatusCode::GONE, "link_revoked").await;
    assert_eq!(bench.state("another").await.0, StatusCode::OK);
    bench.boss.must("checklist.uninvite", LIST, json!({})).await.unwrap();
    nothing("another", StatusCode::GONE, "link_revoked").await;
    // An account of a customer is no link either.
    let customer = bench.scene.client("customer").await;
    let body = json!({ "title": "Mine", "items": items("Mine?"), "from_version": 1 });
    assert_eq!(code(&customer.command("checklist.propose", LIST, body).await.unwrap()), "no_link");
}

#[tokio::test]
async fn a_customer_sees_nothing_of_what_another_one_wrote() {
    let bench = Bench::new().await;
    bench.invite(TOKEN, Utc::now() + TimeDelta::days(1)).await;
    let (jpeg, name) = picture(80);
    assert_eq!(bench.upload(TOKEN, &name, &jpeg).await.0, StatusCode::CREATED);
    let mut body = proposal("Ann's words?");
    body["items"][0]["help_picture"] = json!(name);
    assert_eq!(bench.propose(TOKEN, &body).await.0, StatusCode::OK);
    bench.boss.must("checklist.return", LIST, json!({ "proposal": 1, "comment": "Ann, no." })).await.unwrap();
    bench.invite("second", Utc::now() + TimeDelta::days(1)).await;
    let (_, state) = bench.state("second").await;
    assert!(!state.to_string().contains("Ann"), "{state}");
    assert_eq!(bench.shown("second", &name).await.status(), StatusCode::NOT_FOUND);
    let (status, problem) = bench.propose("second", &body).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("unknown_picture")));
}

#[tokio::test]
async fn whoever_wrote_is_erased_by_law_and_what_was_approved_stays() {
    let bench = Bench::new().await;
    bench.invite(TOKEN, Utc::now() + TimeDelta::days(1)).await;
    assert_eq!(bench.propose(TOKEN, &proposal("Ask Mr Smith?")).await.0, StatusCode::OK);
    let approve = json!({ "ref": LIST, "title": "Plant room", "items": items("Ask the tenant?"), "from_version": 1, "proposal": 1 });
    bench.boss.must("checklist.put", &Uuid::now_v7().to_string(), approve).await.unwrap();
    assert_eq!(bench.propose(TOKEN, &proposal("Ring Mr Smith?")).await.0, StatusCode::OK);
    let lines = bench.scene.admin.log().await.unwrap();
    let writer = lines.iter().find(|line| line["kind"] == "checklist.proposed").unwrap()["by"]["account"].clone();
    bench
        .scene
        .admin
        .must("person.erase", writer.as_str().unwrap(), json!({ "reason": "asked by letter" }))
        .await
        .unwrap();
    let (_, state) = bench.state(TOKEN).await;
    assert_eq!((&state["sent"]["state"], &state["items"][0]["text"]), (&json!("erased"), &json!("Ask the tenant?")));
    let log = json!(bench.scene.admin.log().await.unwrap()).to_string();
    assert!(!log.contains("Smith") && !log.contains("Oak House"), "nothing of theirs is left in the log");
    let verified = hub_says(&["verify", "--data", bench.scene.data().to_str().unwrap()]).unwrap();
    assert!(verified.ends_with("clean"), "{verified}");
}

#[tokio::test]
async fn a_proposal_that_is_no_list_or_comes_too_often_is_refused_and_not_kept() {
    let bench = Bench::new().await;
    bench.invite(TOKEN, Utc::now() + TimeDelta::days(1)).await;
    let with = |field: &str, value: Value| {
        let mut body = proposal("Dry?");
        body[field] = value;
        body
    };
    let many: Vec<Value> =
        (0..40).map(|n| json!({ "id": format!("q{n}"), "text": "x".repeat(10_000), "type": "yes_no" })).collect();
    let before = bench.log().await;
    for (body, status, code) in [
        (json!({ "title": "x" }), StatusCode::BAD_REQUEST, "bad_json"),
        (with("id", json!(Uuid::nil())), StatusCode::BAD_REQUEST, "bad_id"),
        (with("title", json!(" ")), StatusCode::UNPROCESSABLE_ENTITY, "missing"),
        (with("items", json!([])), StatusCode::UNPROCESSABLE_ENTITY, "bad_item"),
        (with("items", json!(["x"])), StatusCode::UNPROCESSABLE_ENTITY, "bad_body"),
        (with("items", items(&"x".repeat(20_001))), StatusCode::UNPROCESSABLE_ENTITY, "text_too_long"),
        (with("from_version", json!(7)), StatusCode::CONFLICT, "checklist_version"),
        (with("items", json!(many)), StatusCode::PAYLOAD_TOO_LARGE, "list_too_large"),
        (with("said", json!("x".repeat(600_000))), StatusCode::PAYLOAD_TOO_LARGE, "list_too_large"),
    ] {
        let (answered, problem) = bench.propose(TOKEN, &body).await;
        assert_eq!((answered, problem["code"].as_str()), (status, Some(code)), "{problem}");
    }
    assert_eq!(bench.log().await, before);
    for turn in 0..20 {
        assert_eq!(bench.propose(TOKEN, &proposal(&format!("Question {turn}?"))).await.0, StatusCode::OK);
    }
    let (status, problem) = bench.propose(TOKEN, &proposal("Once more?")).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("too_many_proposals")));
    assert_eq!(bench.log().await, before + 20, "each that was taken is on record");
}

#[tokio::test]
async fn pictures_come_through_the_link_so_many_and_no_more_and_what_is_none_takes_no_place() {
    let bench = Bench::new().await;
    bench.invite(TOKEN, Utc::now() + TimeDelta::days(1)).await;
    let (jpeg, name) = picture(100);
    let page = b"<html>no picture</html>";
    let large = vec![0xff; (5 << 20) + 1];
    for (named, bytes, status, code) in [
        ("short".to_owned(), &jpeg[..], StatusCode::BAD_REQUEST, "bad_digest"),
        (name.clone(), &jpeg[1..], StatusCode::UNPROCESSABLE_ENTITY, "digest_mismatch"),
        (name_of(page), &page[..], StatusCode::UNPROCESSABLE_ENTITY, "not_a_picture"),
        (name_of(&large), &large[..], StatusCode::PAYLOAD_TOO_LARGE, "picture_too_large"),
    ] {
        let (answered, problem) = bench.upload(TOKEN, &named, bytes).await;
        assert_eq!((answered, problem["code"].as_str()), (status, Some(code)), "{problem}");
    }
    let (_, state) = bench.state(TOKEN).await;
    assert_eq!(state["pictures_left"], 20, "what did not come takes no place");
    for _ in 0..2 {
        assert_eq!(bench.upload(TOKEN, &name, &jpeg).await.0, StatusCode::CREATED);
    }
    assert_eq!(bench.state(TOKEN).await.1["pictures_left"], 19, "the same one is one");
    let copy = bench.shown(TOKEN, &name).await;
    assert_eq!((copy.status().as_u16(), &copy.headers()["content-type"]), (200, &"image/jpeg".parse().unwrap()));

    // The supervisor sees it once a proposal names it; an officer's phone gets it with the list.
    let document = format!("/v1/documents/{name}");
    let read = async || bench.boss.request(reqwest::Method::GET, &document).send().await.unwrap().status();
    assert_eq!(read().await, StatusCode::NOT_FOUND);
    let mut body = proposal("Is it shut?");
    body["items"][0]["help_picture"] = json!(name);
    assert_eq!(bench.propose(TOKEN, &body).await.0, StatusCode::OK);
    assert_eq!(read().await, StatusCode::OK);

    for n in 0..19 {
        let (jpeg, name) = picture(8 + n);
        assert_eq!(bench.upload(TOKEN, &name, &jpeg).await.0, StatusCode::CREATED, "{n}");
    }
    let (jpeg, name) = picture(90);
    let (status, problem) = bench.upload(TOKEN, &name, &jpeg).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("too_many_pictures")));
    assert!(!bench.scene.data().join("media").join(&name[..2]).join(&name[2..]).exists());
}
