//! The telephone at the hub: what an exchange tells over HTTP, its list of calls, and what comes of a call.

use crate::scene::{SITE, Scene};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use uuid::Uuid;
use watchhouse_tests::client::{Client, problem};
use watchhouse_tests::programs::{hub_says, program};

async fn tells(exchange: &Client, body: Value) -> Value {
    let answer = exchange.post("/v1/calls", &body).await.unwrap().error_for_status().unwrap();
    answer.json().await.unwrap()
}

/// The call as it stands, open or closed: from the log, as every desk reads it.
async fn states(scene: &Scene, call: &Value) -> Vec<String> {
    let stream = format!("call-{}", call.as_str().unwrap());
    let log = scene.admin.log().await.unwrap();
    let of_call = log.iter().filter(|line| line["stream"] == stream.as_str());
    of_call.map(|line| line["body"]["state"].as_str().unwrap_or(line["kind"].as_str().unwrap()).to_owned()).collect()
}

#[tokio::test]
async fn an_exchange_tells_in_any_order_and_twice_and_each_thing_is_kept_once() {
    let scene = Scene::start();
    let exchange = scene.client("partner").await;
    let told = |state: &str| json!({ "id": "17.4", "state": state, "from": "020 7946 0111", "to": 200, "at": "2026-01-01T00:00:00Z" });
    let first = tells(&exchange, told("answered")).await;
    assert_eq!(first["new"], true);
    for state in ["ringing", "ended", "answered", "ringing"] {
        let again = tells(&exchange, told(state)).await;
        assert_eq!(again["call"], first["call"], "the exchange's name is the call's");
    }
    assert_eq!(states(&scene, &first["call"]).await, ["call.opened", "answered", "ringing", "ended"]);
    let twice = tells(&exchange, told("ended")).await;
    assert_eq!(twice["new"], false);
    // Another hub process reads the same, and what comes after the restart is still the same call.
    let scene = scene.restarted();
    let exchange = scene.admin.account("Exchange", "partner", None).await.unwrap();
    assert_eq!(tells(&exchange, told("ended")).await["new"], false);
    assert!(hub_says(&["verify", "--data", scene.data().to_str().unwrap()]).unwrap().ends_with("clean"));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_and_a_withheld_number_is_nobody_s() {
    let scene = Scene::start();
    let exchange = scene.client("partner").await;
    let kept =
        tells(&exchange, json!({ "id": 7, "state": "ringing", "from": "anonymous", "at": "1986-03-01T00:00:00Z" }))
            .await;
    let null = tells(&exchange, json!({ "id": "null", "state": "missed", "from": null, "at": null })).await;
    let log = scene.admin.log().await.unwrap();
    for call in [&kept["call"], &null["call"]] {
        let stream = format!("call-{}", call.as_str().unwrap());
        let line = log.iter().find(|l| l["stream"] == stream.as_str() && l["kind"] == "call.progressed").unwrap();
        assert_eq!(line["at"].as_str().unwrap()[..4], line["recorded_at"].as_str().unwrap()[..4], "{line}");
        assert!(line["personal"].is_null(), "{line}");
    }
}

#[tokio::test]
async fn whoever_is_no_exchange_and_whatever_is_no_call_is_refused_in_words() {
    let scene = Scene::start();
    let exchange = scene.client("partner").await;
    let officer = scene.officer().await;
    let call = json!({ "id": "1", "state": "ringing" });
    let long = "m".repeat(201);
    let huge = "m".repeat(300_000);
    let cases = [
        (exchange.with("nobody").request(Method::POST, "/v1/calls").json(&call), 401, "unauthenticated"),
        (officer.request(Method::POST, "/v1/calls").json(&call), 403, "not_allowed"),
        (scene.client("customer").await.request(Method::POST, "/v1/calls").json(&call), 403, "not_allowed"),
        (exchange.request(Method::POST, "/v1/calls").body("{"), 400, "bad_request"),
        (
            exchange.request(Method::POST, "/v1/calls").json(&json!({ "id": "1", "state": "humming" })),
            400,
            "bad_request",
        ),
        (exchange.request(Method::POST, "/v1/calls").json(&json!({ "state": "ringing" })), 400, "bad_request"),
        (
            exchange.request(Method::POST, "/v1/calls").json(&json!({ "id": "1", "state": "ringing", "at": "noon" })),
            400,
            "bad_request",
        ),
        (exchange.request(Method::POST, "/v1/calls").json(&json!({ "id": "", "state": "ringing" })), 422, "missing"),
        (
            exchange.request(Method::POST, "/v1/calls").json(&json!({ "id": long, "state": "ringing" })),
            422,
            "text_too_long",
        ),
        (
            exchange.request(Method::POST, "/v1/calls").json(&json!({ "id": "1", "state": "ringing", "from": huge })),
            422,
            "text_too_long",
        ),
        (exchange.request(Method::GET, "/v1/calls"), 405, "method_not_allowed"),
    ];
    for (request, status, code) in cases {
        assert_eq!(problem(request.send().await.unwrap()).await.unwrap(), (status, code.to_owned()));
    }
    // What people really send is taken as it is.
    for text in ["🚨 \"O'Brien\"", "‏+٤٤ مرحبا", &"9".repeat(10_000)] {
        let kept =
            tells(&exchange, json!({ "id": Uuid::now_v7(), "state": "ringing", "from": text, "to": text })).await;
        assert_eq!(kept["new"], true);
    }
}

#[tokio::test]
async fn a_call_becomes_a_call_out_and_both_know_each_other_also_after_both_are_closed() {
    let scene = Scene::start();
    let exchange = scene.client("partner").await;
    let operator = scene.client("operator").await;
    let call =
        tells(&exchange, json!({ "id": "9", "state": "ringing", "from": "020 7946 0111" })).await["call"].clone();
    let id = call.as_str().unwrap();
    operator.must("call.answer", id, json!({})).await.unwrap();
    let card =
        json!({ "address": "4 Rowley Way", "place": "filled count soap", "about": "noise_nuisance", "site": SITE });
    operator.must("call.put", id, card).await.unwrap();
    let callout = Uuid::now_v7().to_string();
    operator
        .must("callout.create", &callout, json!({ "call": id, "offer": false, "out_of_hours": "tested at any hour" }))
        .await
        .unwrap();
    let made = operator.get(&format!("/v1/callouts/{callout}")).await.unwrap();
    assert_eq!((&made["calls"], &made["place"]), (&json!([id]), &json!("filled count soap")));
    assert_eq!(made["about"], "noise_nuisance");
    // The telephone tells of the end when the call is closed here already, and is not lost.
    assert_eq!(tells(&exchange, json!({ "id": "9", "state": "ended" })).await["new"], true);
    // A second caller about what is over by now: the store brings back what the command names.
    operator.must("callout.stand_down", &callout, json!({ "reason": "quiet when the patrol passed" })).await.unwrap();
    let second = Uuid::now_v7().to_string();
    operator.must("call.put", &second, json!({ "text": "the same music" })).await.unwrap();
    operator.must("call.close", &second, json!({ "outcome": "duplicate", "same_as": id })).await.unwrap();
    let made = operator.get(&format!("/v1/callouts/{callout}")).await.unwrap();
    assert_eq!(made["calls"], json!([id, second]));
    assert!(hub_says(&["verify", "--data", scene.data().to_str().unwrap()]).unwrap().ends_with("clean"));
}

/// Exit code and what was printed.
fn imported(data: &Path, file: &Path) -> (Option<i32>, String) {
    let arguments = ["import", "--data", data.to_str().unwrap(), file.to_str().unwrap()];
    let output = Command::new(program("watchhouse-hub")).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

const LIST: &str = concat!(
    r#""","02079460111","200","from-trunk","""Ann"" <02079460111>","PJSIP/trunk-1","PJSIP/200-2","Dial","PJSIP/200,30","2026-01-22 20:00:00","2026-01-22 20:00:12","2026-01-22 20:03:00",180,168,"ANSWERED","DOCUMENTATION","1769112000.7","""#,
    "\n",
    r#""","02079460112","200","from-trunk","x","PJSIP/trunk-3","","Dial","PJSIP/200,30","2026-01-22 21:00:00","","2026-01-22 21:00:30",30,0,"NO ANSWER","DOCUMENTATION","1769115600.9","""#,
    "\n",
);

#[tokio::test]
async fn a_list_of_calls_is_imported_once_however_often_it_is_given() {
    let scene = Scene::start();
    let file = scene.dir.path().join("Master.csv");
    std::fs::write(&file, LIST).unwrap();
    let (code, said) = imported(scene.data(), &file);
    assert_eq!((code, said.trim()), (Some(0), "call.record: 2 taken"));
    let (code, said) = imported(scene.data(), &file);
    assert_eq!((code, said.trim()), (Some(0), "call.record: 2 known already"));
    let log = scene.admin.log().await.unwrap();
    let progressed: Vec<_> = log.iter().filter(|l| l["kind"] == "call.progressed").collect();
    assert_eq!(progressed.len(), 6);
    assert!(progressed.iter().any(|l| l["body"]["happened_at"] == "2026-01-22T20:00:12Z"), "{progressed:?}");
    // What happened months ago waits for nobody.
    assert_eq!(log.iter().filter(|l| l["kind"] == "call.closed").count(), 2);
}

#[test]
fn of_a_broken_list_what_is_right_is_taken_and_each_line_that_is_not_is_named_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    hub_says(&["init", "--data", data.to_str().unwrap()]).unwrap();
    let mut list = LIST.as_bytes().to_vec();
    let line = |change: &dyn Fn(String) -> String| {
        let second = LIST.lines().nth(1).unwrap().replace("1769115600.9", "1769115601.1");
        change(second).into_bytes()
    };
    for broken in [
        b"three,columns,only".to_vec(),
        line(&|l| l.replace("2026-01-22 21:00:00", "yesterday")),
        line(&|l| l.replace("2026-01-22 21:00:30", "2099-01-22 21:00:30").replace("1769115601.1", "b")),
        line(&|l| l.replace("2026-01-22 21:00:00", "1970-01-01 00:00:07").replace("1769115601.1", "c")),
        line(&|l| l.replace("NO ANSWER", "ANSWERED").replace("1769115601.1", "d")),
        // A name in letters that are no UTF-8 is a caller like others.
        [b"\"\",\"\xe9\xff\",".as_slice(), &line(&|l| l.replace("1769115601.1", "e"))[17..]].concat(),
    ] {
        list.extend(broken);
        list.push(b'\n');
    }
    let file = dir.path().join("Master.csv");
    std::fs::write(&file, list).unwrap();
    let (code, said) = imported(&data, &file);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.starts_with("call.record: 3 taken\n"), "{said}");
    for wanted in [
        "refused line 3: The line has 3 columns; an exchange's list has at least 16.",
        "refused line 4 1769115601.1: The start of the call is not a time: “yesterday”.",
        "refused line 5 b: The exchange’s clock was wrong",
        "refused line 6 c: The exchange’s clock was wrong",
        "refused line 7 d: The call was answered, and nothing says when.",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
}
