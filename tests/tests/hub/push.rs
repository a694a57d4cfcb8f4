//! A locked phone rings: from the offer to a push service that checks, and a phone that reads.

use crate::scene::{OFFICER, SITE, Scene, UNIT};
use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use watchhouse_tests::client::{Client, problem};
use watchhouse_tests::eventually;
use watchhouse_tests::push_service::{Behaviour, Phone, PushService};

struct Bench {
    scene: Scene,
    service: PushService,
    officer: Client,
}

/// An officer on shift at a hub that may call the test's own push service.
async fn bench() -> Bench {
    let service = PushService::start().await;
    let scene = Scene::start_with(&["--push-service", &service.origin]);
    let officer = scene.officer().await;
    Bench { scene, service, officer }
}

impl Bench {
    /// Another phone of the same officer.
    async fn second(&self) -> Client {
        self.scene.admin.account("Second phone", "officer", Some(OFFICER)).await.unwrap()
    }

    async fn phone(&self, name: &str, client: &Client) -> Phone {
        let key = client.get("/v1/officer/push").await.unwrap()["key"].take();
        let phone = self.service.phone(name, key.as_str().unwrap());
        let answer = client.post("/v1/officer/push", &phone.subscription()).await.unwrap();
        assert_eq!(answer.status(), 201);
        phone
    }

    async fn counted(&self, name: &str) -> i64 {
        self.scene.admin.metric(&format!("watchhouse_push_{name}_total")).await.unwrap()
    }

    async fn withdraw(&self, callout: &str) {
        self.scene.admin.must("assignment.withdraw", callout, json!({ "reason": "A test" })).await.unwrap();
    }
}

async fn is_on(client: &Client) -> bool {
    client.get("/v1/officer/push").await.unwrap()["on"] == true
}

async fn revoked(client: &Client) {
    eventually("the revocation", async || (!is_on(client).await).then_some(())).await;
}

fn names(text: &Value) -> BTreeSet<&str> {
    text.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn an_offer_rings_the_officers_phone_and_its_withdrawal_takes_its_place() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    let callout = b.scene.callout().await;
    let (pushed, text) = b.service.message(&phone, "offer").await;
    let offer = b.officer.get("/v1/officer/state").await.unwrap()["offer"].take();
    assert_eq!((&text["assignment"], &text["callout"]), (&offer["assignment"], &json!(callout)));
    assert_eq!((&text["title"], &text["priority"]), (&json!("Demonstration: Call-out offered"), &json!(2)));
    let known = ["assignment", "body", "callout", "priority", "tag", "title", "what"];
    assert_eq!(names(&text), BTreeSet::from(known), "and nothing of place or people");
    assert!(!text.to_string().contains(SITE) && !text.to_string().contains(offer["title"].as_str().unwrap()));
    assert_eq!((pushed.header("urgency"), pushed.header("topic")), ("high", text["tag"].as_str().unwrap()));
    let ttl: i64 = pushed.header("ttl").parse().unwrap();
    assert!((1..=45).contains(&ttl), "an offer of priority 2 lives 45 s, not {ttl}");

    b.withdraw(&callout).await;
    let (over, end) = b.service.message(&phone, "over").await;
    assert_eq!((over.header("topic"), &end["tag"]), (pushed.header("topic"), &text["tag"]));
}

#[tokio::test]
async fn a_phone_that_rang_is_told_when_control_accepts_by_voice_but_not_when_it_answered_itself() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    let callout = b.scene.callout().await;
    b.service.message(&phone, "offer").await;
    b.officer.must("assignment.decline", &callout, json!({ "reason": "On a break" })).await.unwrap();

    let callout = b.scene.callout().await;
    let mut voice = watchhouse_tests::client::envelope("assignment.accept", &callout, json!({}));
    voice["on_behalf_of"] = b.officer.get("/v1/officer/state").await.unwrap()["officer"].take();
    assert_eq!(b.scene.admin.send(&voice).await.unwrap()["outcome"], "accepted");
    let (_, text) = b.service.message(&phone, "over").await;
    assert_eq!(text["title"], "Demonstration: Call-out is yours");
    let ends = b.service.messages(&phone).iter().filter(|(_, text)| text["what"] == "over").count();
    assert_eq!(ends, 1, "what the officer said on the phone is not said back to it");
}

#[tokio::test]
async fn a_try_rings_once_when_the_officer_asks_for_it() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    let mut asked = phone.subscription();
    asked["try"] = json!(true);
    assert_eq!(b.officer.post("/v1/officer/push", &asked).await.unwrap().status(), 201);
    let (_, text) = b.service.message(&phone, "try").await;
    assert_eq!(text["title"], "Demonstration: This phone rings");
}

#[tokio::test]
async fn a_phone_its_service_has_forgotten_is_not_called_again() {
    let b = bench().await;
    let other = b.second().await;
    let gone = b.phone("gone", &b.officer).await;
    let kept = b.phone("kept", &other).await;
    b.service.behave(&gone, &[Behaviour::Answer(410)]);
    let first = b.scene.callout().await;
    revoked(&b.officer).await;
    b.service.message(&kept, "offer").await;
    assert!(is_on(&other).await);
    b.withdraw(&first).await;
    b.scene.callout().await;
    let offers = async || {
        let all = b.service.messages(&kept);
        (all.iter().filter(|(_, text)| text["what"] == "offer").count() == 2).then_some(())
    };
    eventually("the second offer", offers).await;
    assert_eq!(b.service.requests(&gone).len(), 1);
    assert_eq!(b.counted("gone").await, 1);
}

#[tokio::test]
async fn the_end_of_the_shift_revokes_the_phone_and_nothing_is_sent_after() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    b.officer.must("shift.sign_off", OFFICER, json!({})).await.unwrap();
    revoked(&b.officer).await;
    let late = b.officer.post("/v1/officer/push", &phone.subscription()).await.unwrap();
    assert_eq!(problem(late).await.unwrap(), (409, "off_shift".into()));

    // The next shift begins without it, until the phone says so again.
    let other = b.second().await;
    other.must("shift.sign_on", OFFICER, json!({ "unit": UNIT })).await.unwrap();
    let new = b.phone("new", &other).await;
    b.scene.callout().await;
    b.service.message(&new, "offer").await;
    assert_eq!(b.service.requests(&phone).len(), 0);
}

#[tokio::test]
async fn a_phone_is_revoked_by_itself_with_its_sign_in_and_with_its_account() {
    let b = bench().await;
    let by_itself = b.second().await;
    let signed_out = b.second().await;
    let phones = [b.phone("itself", &by_itself).await, b.phone("out", &signed_out).await];
    let answer = by_itself.request(Method::DELETE, "/v1/officer/push").send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert!(!is_on(&by_itself).await);
    assert_eq!(signed_out.post("/v1/officer/sign_out", &json!({})).await.unwrap().status(), 204);

    let new = json!({ "name": "Gone", "role": "officer", "officer": OFFICER });
    let made: Value = b.scene.admin.post("/v1/accounts", &new).await.unwrap().json().await.unwrap();
    let closed = b.scene.admin.with(made["token"].as_str().unwrap());
    let closed_phone = b.phone("closed", &closed).await;
    let officer = b.officer.get("/v1/officer/state").await.unwrap()["officer"].take();
    let account = json!({ "name": "Gone", "role": "officer", "officer": officer, "disabled": true });
    b.scene.admin.must("account.put", made["account"].as_str().unwrap(), account).await.unwrap();

    let left = b.phone("left", &b.officer).await;
    b.scene.callout().await;
    b.service.message(&left, "offer").await;
    for phone in phones.iter().chain([&closed_phone]) {
        assert_eq!(b.service.requests(phone).len(), 0, "{}", phone.endpoint);
    }
}

#[tokio::test]
async fn a_push_service_that_hangs_delays_nothing() {
    let b = bench().await;
    let other = b.second().await;
    let stuck = b.phone("stuck", &b.officer).await;
    let well = b.phone("well", &other).await;
    b.service.behave(&stuck, &[Behaviour::Hang]);
    let callout = b.scene.callout().await;
    eventually("the request that hangs", async || (!b.service.requests(&stuck).is_empty()).then_some(())).await;
    b.service.message(&well, "offer").await;
    b.officer.must("assignment.accept", &callout, json!({})).await.unwrap();
    assert_eq!(b.service.messages(&stuck).len(), 0, "it hangs still");
    let took = b.scene.hub.stop().unwrap();
    assert!(took < std::time::Duration::from_secs(5), "stopping took {took:?}");
}

#[tokio::test]
async fn a_service_in_trouble_is_asked_again_and_one_that_refuses_is_not() {
    let b = bench().await;
    let other = b.second().await;
    let patient = b.phone("patient", &b.officer).await;
    let refused = b.phone("refused", &other).await;
    b.service.behave(&patient, &[Behaviour::Answer(503), Behaviour::Answer(503), Behaviour::Answer(201)]);
    b.service.behave(&refused, &[Behaviour::Answer(403)]);
    b.scene.callout().await;
    let (pushed, _) = b.service.message(&patient, "offer").await;
    let first: i64 = b.service.requests(&patient)[0].header("ttl").parse().unwrap();
    assert!(pushed.header("ttl").parse::<i64>().unwrap() < first, "what is left of the offer, not its whole time");
    assert_eq!(b.service.requests(&patient).len(), 3);
    assert_eq!(b.service.requests(&refused).len(), 1);
    eventually("the count", async || (b.counted("sent").await == 1).then_some(())).await;
    assert_eq!((b.counted("failed").await, b.counted("refused").await), (2, 1));
    let status = b.scene.admin.get("/v1/status").await.unwrap();
    let told = status["diagnostics"].to_string();
    assert!(told.contains("push_refused") && told.contains(&b.service.origin), "{told}");
    assert!(!told.contains("/push/"), "the address of a phone is a secret");
    assert_eq!(told.matches("503").count(), 1, "one trouble is told once: {told}");
}

#[tokio::test]
async fn a_message_that_is_replaced_is_not_tried_any_more() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    b.service.behave(&phone, &[Behaviour::Answer(503), Behaviour::Answer(503), Behaviour::Answer(201)]);
    let callout = b.scene.callout().await;
    eventually("the first try", async || (!b.service.requests(&phone).is_empty()).then_some(())).await;
    b.withdraw(&callout).await;
    b.service.message(&phone, "over").await;
    assert!(b.service.messages(&phone).iter().all(|(_, text)| text["what"] == "over"), "an offer that is over rang");
}

#[tokio::test]
async fn a_check_call_and_a_call_for_help_ring_too() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    let callout = b.scene.callout().await;
    b.officer.must("assignment.accept", &callout, json!({})).await.unwrap();
    let raise = |reason: &str| json!({ "level": 2, "reason": reason });
    b.scene.admin.must("escalation.raise", &callout, raise("by control")).await.unwrap();
    let (pushed, text) = b.service.message(&phone, "escalation").await;
    assert_eq!(text["title"], "Demonstration: Help is needed on your call-out");
    assert!(!text.to_string().contains("by control"));
    b.officer.must("escalation.raise", &callout, raise("by the officer")).await.unwrap();

    let later = Utc::now() + TimeDelta::minutes(31);
    assert_eq!(b.scene.admin.post("/v1/clock", &json!({ "now": later })).await.unwrap().status(), 200);
    let (check, text) = b.service.message(&phone, "check_call").await;
    assert_ne!(check.header("topic"), pushed.header("topic"));
    let calls = b.service.messages(&phone).iter().filter(|(_, text)| text["what"] == "escalation").count();
    assert_eq!(calls, 1, "who called for help knows it");
    assert_eq!(text["assignment"], b.officer.get("/v1/officer/state").await.unwrap()["callout"]["assignment"]);
    b.scene.admin.must("check_call.answer", &callout, json!({ "ok": true })).await.unwrap();
    let (answered, _) = b.service.message(&phone, "over").await;
    assert_eq!(answered.header("topic"), check.header("topic"));
}

#[tokio::test]
async fn standing_down_takes_an_offer_back_and_calls_off_who_is_on_the_way() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    let stand_down = async |callout: &str| {
        b.scene.admin.must("callout.stand_down", callout, json!({ "reason": "False alarm" })).await.unwrap();
    };
    let callout = b.scene.callout().await;
    let (offered, _) = b.service.message(&phone, "offer").await;
    stand_down(&callout).await;
    let (over, _) = b.service.message(&phone, "over").await;
    assert_eq!(over.header("topic"), offered.header("topic"));

    let callout = b.scene.callout().await;
    b.officer.must("assignment.accept", &callout, json!({})).await.unwrap();
    stand_down(&callout).await;
    let (_, text) = b.service.message(&phone, "stand_down").await;
    assert_eq!(text["title"], "Demonstration: Your call-out is stood down");
    assert!(!text.to_string().contains("False alarm"));
}

#[tokio::test]
async fn an_officer_who_does_not_set_off_is_reminded_and_one_who_is_released_is_told() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    let callout = b.scene.callout().await;
    b.officer.must("assignment.accept", &callout, json!({})).await.unwrap();
    let later = Utc::now() + TimeDelta::minutes(10);
    assert_eq!(b.scene.admin.post("/v1/clock", &json!({ "now": later })).await.unwrap().status(), 200);
    b.service.message(&phone, "reminder").await;
    b.scene.admin.must("assignment.release", &callout, json!({ "reason": "Needed elsewhere" })).await.unwrap();
    let (_, text) = b.service.message(&phone, "stand_down").await;
    assert_eq!(text["title"], "Demonstration: You are released from your call-out");
}

#[tokio::test]
async fn a_hub_that_starts_again_calls_for_the_offer_that_no_phone_has() {
    let b = bench().await;
    let phone = b.phone("one", &b.officer).await;
    b.service.behave(&phone, &[Behaviour::Hang]);
    b.scene.callout().await;
    eventually("the request that hangs", async || (!b.service.requests(&phone).is_empty()).then_some(())).await;
    let key = b.officer.get("/v1/officer/push").await.unwrap()["key"].take();
    let Bench { scene, service, officer } = b;
    let data = scene.hub.data.clone();
    scene.hub.kill();
    service.behave(&phone, &[Behaviour::Answer(201)]);
    let hub = watchhouse_tests::programs::Hub::start_with(&data, &["--push-service", &service.origin]).unwrap();
    service.message(&phone, "offer").await;
    let officer = Client { base: hub.url(), ..officer };
    assert_eq!(officer.get("/v1/officer/push").await.unwrap(), json!({ "key": key, "on": true }));
}

#[tokio::test]
async fn a_hub_that_has_lost_its_key_does_not_say_that_it_calls_a_phone() {
    let b = bench().await;
    b.phone("one", &b.officer).await;
    let before = b.officer.get("/v1/officer/push").await.unwrap();
    let Bench { scene, service: _service, officer } = b;
    let data = scene.hub.data.clone();
    scene.hub.kill();
    std::fs::remove_file(data.join("push-key.p8")).unwrap();
    let hub = watchhouse_tests::programs::Hub::start(&data).unwrap();
    let after = Client { base: hub.url(), ..officer }.get("/v1/officer/push").await.unwrap();
    assert_eq!((&before["on"], &after["on"]), (&json!(true), &json!(false)));
    assert_ne!(before["key"], after["key"]);
}

#[tokio::test]
async fn a_phone_cannot_lead_the_hub_into_its_own_network() {
    let service = PushService::start().await;
    let scene = Scene::start();
    let officer = scene.officer().await;
    let key = officer.get("/v1/officer/push").await.unwrap()["key"].take();
    let phone = service.phone("one", key.as_str().unwrap());
    let local = service.origin.replace("http://127.0.0.1", "https://localhost");
    for endpoint in [phone.endpoint.clone(), format!("{local}/push/one"), "https://169.254.169.254/x".into()] {
        let mut asked = phone.subscription();
        asked["endpoint"] = json!(endpoint);
        let answer = officer.post("/v1/officer/push", &asked).await.unwrap();
        assert_eq!(problem(answer).await.unwrap(), (400, "bad_subscription".into()), "{endpoint}");
    }
    let mut asked = phone.subscription();
    asked["endpoint"] = json!("https://push.example.net/x");
    asked["keys"]["p256dh"] = json!("AAAA");
    let answer = officer.post("/v1/officer/push", &asked).await.unwrap();
    assert_eq!(problem(answer).await.unwrap(), (400, "bad_subscription".into()));
    scene.callout().await;
    assert!(!is_on(&officer).await && service.requests(&phone).is_empty());
}

#[tokio::test]
async fn nobody_but_an_officer_subscribes() {
    let scene = Scene::start();
    for role in ["operator", "supervisor", "customer"] {
        let client = scene.client(role).await;
        for method in [Method::GET, Method::DELETE] {
            let answer = client.request(method, "/v1/officer/push").send().await.unwrap();
            assert_eq!(problem(answer).await.unwrap(), (403, "not_allowed".into()), "{role}");
        }
    }
}
