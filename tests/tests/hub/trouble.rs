//! What goes wrong between people, devices and the hub, and what must not be lost or let through then.

use crate::scene::{OFFICER, Scene, UNIT};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AccountId;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Credential, CredentialKind, Key, Store};
use uuid::Uuid;
use watchhouse_tests::client::{code, envelope, problem};
use watchhouse_tests::programs::hub_says;

fn unit(sign: &str) -> Value {
    envelope("unit.put", sign, json!({ "call_sign": sign, "kind": "foot" }))
}

#[tokio::test]
async fn a_command_sent_again_is_answered_as_before_in_one_request_in_two_and_after_a_crash() {
    let mut scene = Scene::start();
    let taken = unit("RSP-9");
    let refused = envelope("alarm.take", &Uuid::now_v7().to_string(), json!({}));
    let first = scene.admin.send_all(&[taken.clone(), taken.clone(), refused.clone()]).await.unwrap();
    assert_eq!((first[0]["outcome"].as_str(), first[1]["outcome"].as_str()), (Some("accepted"), Some("duplicate")));
    let head = scene.admin.metric("watchhouse_log_head").await.unwrap();
    for _ in 0..2 {
        let again = scene.admin.send_all(&[taken.clone(), refused.clone()]).await.unwrap();
        assert_eq!((&again[0]["outcome"], &again[0]["seq"]), (&json!("duplicate"), &first[0]["seq"]));
        assert_eq!((&again[1]["outcome"], &again[1]["refusal"]), (&json!("duplicate"), &first[2]["refusal"]));
        assert_eq!(scene.admin.metric("watchhouse_log_head").await.unwrap(), head);
        scene = scene.restarted();
    }
}

#[tokio::test]
async fn two_hundred_commands_go_in_one_request_and_of_one_more_none_is_done() {
    let scene = Scene::start();
    let many: Vec<Value> = (0..201).map(|n| unit(&format!("M-{n}"))).collect();
    let answer = scene.admin.post("/v1/commands", &json!({ "commands": many })).await.unwrap();
    assert_eq!(problem(answer).await.unwrap(), (400, "too_many_commands".into()));
    let results = scene.admin.send_all(&many[..200]).await.unwrap();
    assert!(results.len() == 200 && results.iter().all(|r| r["outcome"] == "accepted"), "none was done before");
}

#[tokio::test]
async fn of_two_who_accept_the_same_offer_at_once_one_is_accepted_and_one_is_told() {
    let scene = Scene::start();
    let phone = scene.officer().await;
    let callout = scene.callout().await;
    let mut by_voice = envelope("assignment.accept", &callout, json!({}));
    by_voice["on_behalf_of"] = phone.get("/v1/officer/state").await.unwrap()["officer"].take();
    let accept = envelope("assignment.accept", &callout, json!({}));
    let (one, other) = tokio::join!(phone.send(&accept), scene.admin.send(&by_voice));
    let mut told = [code(&one.unwrap()).to_owned(), code(&other.unwrap()).to_owned()];
    told.sort();
    assert_eq!(told, ["", "already_accepted"]);
    let late = phone.command("assignment.accept", &callout, json!({})).await.unwrap();
    assert_eq!(code(&late), "already_accepted");
}

#[tokio::test]
async fn a_token_that_is_unknown_expired_signed_out_or_of_a_closed_account_opens_nothing() {
    let scene = Scene::start();
    let account = Uuid::now_v7().to_string();
    scene.admin.must("account.put", &account, json!({ "name": "Old desk", "role": "operator" })).await.unwrap();
    let store = Store::open(scene.data(), Key::None).await.unwrap();
    let keep = async |token: &str, expires_at: Option<DateTime<Utc>>| {
        let credential = Credential {
            digest: Sha256::digest(token).into(),
            account: AccountId(account.parse().unwrap()),
            kind: CredentialKind::Token,
            label: "test".into(),
            created_at: Utc::now() - TimeDelta::days(2),
            expires_at,
            revoked_at: None,
        };
        store.add_credential(&credential).await.unwrap();
        scene.admin.with(token)
    };
    let expired = keep("expired", Some(Utc::now() - TimeDelta::seconds(1))).await;
    let valid = keep("valid", Some(Utc::now() + TimeDelta::days(1))).await;
    let phone = scene.officer().await;
    valid.get("/v1/status").await.expect("it is good until it is closed");
    phone.get("/v1/officer/state").await.expect("it is good until it signs out");
    scene
        .admin
        .must("account.put", &account, json!({ "name": "Old desk", "role": "operator", "disabled": true }))
        .await
        .unwrap();
    assert_eq!(phone.post("/v1/officer/sign_out", &json!({})).await.unwrap().status(), 204);

    for client in [scene.admin.with("unknown"), scene.admin.with(""), expired, valid, phone] {
        for (method, path) in [(Method::GET, "/v1/log"), (Method::POST, "/v1/commands"), (Method::GET, "/metrics")] {
            let answer = client.request(method, path).send().await.unwrap();
            assert_eq!(problem(answer).await.unwrap(), (401, "unauthenticated".into()), "{path} as {}", client.token);
        }
    }
}

#[tokio::test]
async fn a_disabled_account_hears_nothing_more_on_an_open_stream() {
    let scene = Scene::start();
    let desk = scene.admin.account("Desk", "operator", None).await.unwrap();
    let phone = scene.officer().await;
    let signed_out = scene.client("operator").await;
    let mut streams = Vec::new();
    for (client, path) in [(&desk, "/v1/log"), (&phone, "/v1/officer/live"), (&signed_out, "/v1/log")] {
        let mut stream = client.stream(path, None).await.unwrap();
        while stream.next().await.unwrap().event != "ping" {}
        streams.push(stream);
    }
    let snapshot = scene.admin.get("/v1/snapshot").await.unwrap();
    for name in ["Desk", "Phone"] {
        let states = snapshot["aggregates"].as_array().unwrap().iter().map(|a| &a["state"]);
        let account = states.into_iter().find(|state| state["name"] == name && state["role"].is_string()).unwrap();
        let mut body = json!({ "name": name, "role": account["role"], "disabled": true });
        if account["officer"].is_string() {
            body["officer"] = account["officer"].clone();
        }
        scene.admin.must("account.put", account["id"].as_str().unwrap(), body).await.unwrap();
    }
    assert_eq!(signed_out.post("/v1/officer/sign_out", &json!({})).await.unwrap().status(), 204);
    scene.callout().await;
    for (mut stream, who) in streams.into_iter().zip(["desk", "phone", "signed out"]) {
        let mut pings = 0;
        while let Ok(frame) = stream.next().await {
            match frame.event.as_str() {
                "ping" => pings += 1,
                // Signing out is not in the log: a stream of the log notices with its next heartbeat.
                _ => assert_eq!(who, "signed out", "still heard {}", frame.data),
            }
            assert!(pings < 3, "{who} goes on listening");
        }
    }
}

#[tokio::test]
async fn a_role_sees_and_does_only_what_is_its_own() {
    let scene = Scene::start();
    let reads = [
        "/v1/log",
        "/v1/snapshot",
        "/v1/alarms",
        "/v1/callouts",
        "/v1/callouts/CO-1",
        "/v1/callouts/CO-1/report.pdf",
        "/v1/sites",
        "/v1/positions",
        "/v1/status",
        "/v1/clock",
        "/metrics",
    ];
    for role in ["officer", "supplier", "customer", "partner"] {
        let officer = (role == "officer").then_some(OFFICER);
        let client = scene.admin.account(role, role, officer).await.unwrap();
        for path in reads {
            let answer = client.request(Method::GET, path).send().await.unwrap();
            assert_eq!(problem(answer).await.unwrap(), (403, "not_allowed".into()), "{role} reads {path}");
        }
    }
    let writes = [
        ("/v1/accounts", json!({ "name": "Me", "role": "administrator" }), "supervisor"),
        ("/v1/clock", json!({ "rate": 2.0 }), "supervisor"),
        ("/v1/panels", json!({ "account": "ABCD" }), "operator"),
        ("/v1/devices", json!({ "unit": UNIT }), "operator"),
        ("/v1/enrol-codes", json!({ "officer": OFFICER }), "cctv"),
        ("/v1/officer/position", json!({ "lat": 51.5, "lon": 0.0, "at": Utc::now() }), "operator"),
    ];
    for (path, body, role) in writes {
        let client = scene.client(role).await;
        assert_eq!(
            problem(client.post(path, &body).await.unwrap()).await.unwrap(),
            (403, "not_allowed".into()),
            "{path}"
        );
    }
    let refused = scene.client("cctv").await.send(&unit(UNIT)).await.unwrap();
    assert_eq!(code(&refused), "not_allowed");
}

#[tokio::test]
async fn a_customers_link_opens_until_it_is_revoked_or_runs_out() {
    let scene = Scene::start();
    let callout = scene.callout().await;
    let until = Utc::now() + TimeDelta::hours(2);
    let issue = async |token: &str| {
        let digest: String = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
        let body = json!({ "token_sha256": digest, "expires_at": until });
        scene.admin.must("tracking.issue", &callout, body).await.unwrap();
    };
    let open = async |token: &str, part: &str| {
        scene.admin.http.get(format!("{}/t/{token}/{part}", scene.hub.url())).send().await.unwrap()
    };
    issue("first-link").await;
    let state: Value = open("first-link", "state").await.json().await.unwrap();
    assert!(state["place"].as_str().is_some_and(|place| !place.is_empty()), "{state}");
    scene.admin.must("tracking.revoke", &callout, json!({})).await.unwrap();
    issue("second-link").await;
    assert_eq!(open("second-link", "state").await.status(), 200);
    let late = json!({ "now": until + TimeDelta::seconds(1) });
    assert_eq!(scene.admin.post("/v1/clock", &late).await.unwrap().status(), 200);
    for (token, status, code) in
        [("first-link", 410, "link_revoked"), ("second-link", 410, "link_expired"), ("third-link", 404, "link_unknown")]
    {
        for part in ["state", "live", &format!("media/{}", "0".repeat(64))] {
            let answer = problem(open(token, part).await).await.unwrap();
            assert_eq!(answer, (status, code.to_owned()), "{token} {part}");
        }
    }
}

#[tokio::test]
async fn a_device_with_a_wrong_clock_is_believed_and_its_time_is_put_right() {
    let scene = Scene::start();
    let callout = scene.callout().await;
    let minute = TimeDelta::minutes(1);
    let mut commands = Vec::new();
    for hours in [-2, 2] {
        let theirs = Utc::now() + TimeDelta::hours(hours);
        // By what its clock says when it sends, and by its steady clock.
        for (sent_at, age_ms) in [(Some(theirs), None), (None, Some(60_000))] {
            let mut command = envelope("note.add", &callout, json!({ "text": format!("{hours} h off") }));
            command["at"] = json!(theirs - minute);
            command["sent_at"] = json!(sent_at);
            command["age_ms"] = json!(age_ms);
            commands.push(command);
        }
    }
    let mut ancient = envelope("note.add", &callout, json!({ "text": "40 years old" }));
    ancient["at"] = json!(Utc::now() - TimeDelta::days(40 * 365));
    commands.push(ancient);
    let before = Utc::now();
    let results = scene.admin.send_all(&commands).await.unwrap();
    assert!(results.iter().all(|r| r["outcome"] == "accepted"), "{results:?}");
    let log = scene.admin.log().await.unwrap();
    for (result, ago) in results.iter().zip([minute, minute, minute, minute, TimeDelta::zero()]) {
        let line = log.iter().find(|line| line["seq"] == result["seq"][0]).unwrap();
        let instant = |field: &str| line[field].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        let (at, recorded) = (instant("at"), instant("recorded_at"));
        // The commands were made a moment before they were received.
        let off = (recorded - at - ago).abs();
        assert!(off < recorded - before + TimeDelta::seconds(1), "{at} was recorded {recorded}: {line}");
    }
    assert_eq!(scene.callout_now(&callout).await["notes"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn the_hub_answers_to_its_own_names_and_takes_no_write_from_another_sites_page() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("hub.toml");
    std::fs::write(&config, "# Behind the council's proxy.\nhosts = [\"hub.example\"]\n").unwrap();
    let scene = Scene::start_with(&["--config", config.to_str().unwrap(), "--host", "desk.example"]);
    let port = scene.hub.http.port();
    let ask = async |method: Method, host: &str, origin: Option<&str>| {
        let mut request = scene.admin.request(method, "/v1/commands").header("Host", host).body("{\"commands\":[]}");
        if let Some(origin) = origin {
            request = request.header("Origin", origin);
        }
        request.send().await.unwrap()
    };
    let own = format!("127.0.0.1:{port}");
    for name in ["evil.example", "127.0.0.1.evil.example", "hub.example.evil:80", ""] {
        let answer = ask(Method::POST, name, None).await;
        assert!([400, 421].contains(&answer.status().as_u16()), "“{name}” was answered {}", answer.status());
    }
    assert_eq!(problem(ask(Method::POST, "evil.example", None).await).await.unwrap(), (421, "unknown_host".into()));
    for (host, origin, status) in [
        (own.as_str(), None, 200),
        (&own, Some(format!("http://{own}")), 200),
        ("hub.example", Some("https://hub.example".into()), 200),
        ("DESK.example:8443", None, 200),
        (&own, Some("https://evil.example".into()), 403),
        (&own, Some("null".into()), 403),
        (&own, Some(format!("http://127.0.0.1:{}", port ^ 1)), 403),
        ("hub.example", Some(format!("http://{own}")), 403),
    ] {
        let answer = ask(Method::POST, host, origin.as_deref()).await;
        assert_eq!(answer.status(), status, "{host} from {origin:?}");
        if status == 403 {
            assert_eq!(problem(answer).await.unwrap(), (403, "foreign_origin".into()));
        }
    }
    let read = scene.admin.request(Method::GET, "/v1/status").header("Origin", "https://evil.example").send();
    let read = read.await.unwrap();
    assert_eq!(read.status(), 200);
    assert!(!read.headers().contains_key("access-control-allow-origin"), "the page cannot see it");
}

#[tokio::test]
async fn an_enrolment_code_is_good_once_and_for_twelve_hours_and_guessing_is_slowed_down() {
    let scene = Scene::start();
    let fresh = async || {
        let answer = scene.admin.post("/v1/enrol-codes", &json!({ "officer": OFFICER })).await.unwrap();
        answer.json::<Value>().await.unwrap()["code"].take()
    };
    let nobody = scene.admin.with("");
    let enrol = async |code: &Value| nobody.post("/v1/enrol", &json!({ "code": code })).await.unwrap();
    let (first, second) = (fresh().await, fresh().await);
    let typed = json!(format!(" {} ", first.as_str().unwrap().to_lowercase().replace('-', " ")));
    assert_eq!(enrol(&typed).await.status(), 200, "as a person types it");
    assert_eq!(problem(enrol(&first).await).await.unwrap(), (404, "enrol_code_unknown".into()));
    let late = json!({ "now": Utc::now() + TimeDelta::hours(13) });
    assert_eq!(scene.admin.post("/v1/clock", &late).await.unwrap().status(), 200);
    assert_eq!(problem(enrol(&second).await).await.unwrap(), (404, "enrol_code_unknown".into()));
    let mut slowed = false;
    for _ in 0..60 {
        let answer = problem(enrol(&json!("AAAA-AAAA")).await).await.unwrap();
        slowed |= answer == (429, "too_many_tries".into());
    }
    assert!(slowed, "sixty guesses in a row were all looked up");
}

#[tokio::test]
async fn long_and_strange_texts_come_back_as_they_were_typed() {
    let mut scene = Scene::start();
    let callout = scene.callout().await;
    let texts = [
        "Ein Wort ".repeat(1111) + "!",
        "👮🏽‍♀️🚨👨‍👩‍👧‍👦".repeat(50),
        "הדלת הייתה פתוחה، الباب كان مفتوحا \u{202e}back\u{202c}".to_owned(),
        "Z\u{0335}\u{0321}a\u{0303}l\u{0317}go <b>&amp;\"quoted\"</b> \u{0}\u{1b}[31m \\ ' -- ; DROP TABLE log"
            .to_owned(),
        "line one\r\nline two\ttabbed\u{2028}separated".to_owned(),
    ];
    for text in &texts {
        scene.admin.must("note.add", &callout, json!({ "text": text })).await.unwrap();
    }
    let too_long = scene.admin.command("note.add", &callout, json!({ "text": "x".repeat(20_001) })).await.unwrap();
    assert_eq!(code(&too_long), "text_too_long");
    for _ in 0..2 {
        let seen = scene.callout_now(&callout).await;
        let kept: Vec<&str> = seen["notes"].as_array().unwrap().iter().filter_map(|n| n["text"].as_str()).collect();
        assert_eq!(kept, texts);
        let log = scene.admin.log().await.unwrap();
        let last = log.last().unwrap()["personal"].to_string();
        assert!(last.contains(serde_json::to_string(&texts[4]).unwrap().trim_matches('"')), "{last}");
        scene = scene.restarted();
    }
    let report = scene.admin.request(Method::GET, &format!("/v1/callouts/{callout}/report.pdf")).send().await.unwrap();
    assert_eq!(report.status(), 200);
    assert!(hub_says(&["verify", "--data", scene.data().to_str().unwrap()]).unwrap().ends_with("clean"));
}
