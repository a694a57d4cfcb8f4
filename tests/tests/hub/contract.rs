//! The addresses others script against: their shapes, their errors, and that the description describes them.

use crate::scene::{OFFICER, PANEL, SITE, Scene, UNIT, burglary};
use chrono::Utc;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use watchhouse_tests::client::{Client, code, envelope, problem};
use watchhouse_tests::programs::repository;

fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn results_come_in_the_order_of_the_commands_each_with_its_own_outcome() {
    let scene = Scene::start();
    let unit = envelope("unit.put", "RSP-9", json!({ "call_sign": "RSP-9", "kind": "foot" }));
    let mut reused = envelope("unit.put", "RSP-9", json!({ "call_sign": "RSP-9", "kind": "vehicle" }));
    reused["id"] = unit["id"].clone();
    let mut old_id = envelope("unit.put", "RSP-8", json!({ "call_sign": "RSP-8", "kind": "foot" }));
    old_id["id"] = json!("6f9619ff-8b86-4d01-b42d-00c04fc964ff");
    let commands = [
        unit.clone(),
        envelope("alarm.take", &Uuid::now_v7().to_string(), json!({})),
        json!({ "id": "no id at all", "kind": "unit.put" }),
        envelope("pigeon.send", SITE, json!({})),
        envelope("panel.heard", PANEL, json!({})),
        old_id,
        unit.clone(),
        reused,
        envelope("unit.put", "RSP-10", json!({ "call_sign": "RSP-10", "kind": "foot" })),
    ];
    let results = scene.admin.send_all(&commands).await.unwrap();

    let ids = |list: &[Value]| list.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&results), ids(&commands));
    let told: Vec<_> = results.iter().map(|r| (r["outcome"].as_str().unwrap(), code(r))).collect();
    assert_eq!(
        told,
        [
            ("accepted", ""),
            ("refused", "not_found"),
            ("refused", "bad_body"),
            ("refused", "unknown_kind"),
            ("refused", "not_allowed"),
            ("refused", "bad_id"),
            ("duplicate", ""),
            ("refused", "command_id_reused"),
            ("accepted", ""),
        ]
    );
    for result in &results {
        assert_eq!(names(result), BTreeSet::from(["id", "outcome", "refusal", "seq"]), "{result}");
        match result["outcome"] == "refused" {
            true => assert_eq!(names(&result["refusal"]), BTreeSet::from(["code", "mend", "text"]), "{result}"),
            false => assert!(result["refusal"].is_null() && result["seq"].as_array().unwrap().len() == 2, "{result}"),
        }
    }
    assert_eq!(results[6]["seq"], results[0]["seq"], "a duplicate has the first answer's place");
    assert_eq!(results[8]["seq"][0], results[0]["seq"][1].as_i64().unwrap() + 1, "refused ones take no place");
}

#[tokio::test]
async fn errors_of_a_whole_request_are_problem_documents_with_a_stable_code() {
    let scene = Scene::start();
    let admin = &scene.admin;
    let partner = scene.client("partner").await;
    let of = |client: &Client, method: Method, path: &str| client.request(method, path);
    let text = "text/plain";
    let cases = [
        (of(admin, Method::POST, "/v1/commands").body("{"), 400, "bad_json"),
        (of(admin, Method::POST, "/v1/commands").body("[]"), 400, "bad_request"),
        (of(admin, Method::POST, "/v1/commands").body(vec![b' '; 27 << 20]), 413, "too_large"),
        (of(&admin.with("nobody"), Method::POST, "/v1/commands").body("{}"), 401, "unauthenticated"),
        (of(&partner, Method::GET, "/v1/alarms"), 403, "not_allowed"),
        (of(admin, Method::GET, "/v1/nothing"), 404, "not_found"),
        (of(admin, Method::GET, "/v1/callouts/CO-99-99999"), 404, "not_found"),
        (of(admin, Method::GET, "/v1/alarms?after=yesterday"), 400, "bad_request"),
        (of(admin, Method::DELETE, "/v1/alarms"), 405, "method_not_allowed"),
        (of(admin, Method::POST, "/v1/enrol").json(&json!({})), 422, "bad_request"),
        (of(admin, Method::POST, "/v1/enrol").header("content-type", text).body("A"), 415, "bad_request"),
        (of(admin, Method::PUT, "/v1/media/picture.jpg").body("x"), 400, "bad_digest"),
    ];
    for (request, status, code) in cases {
        let answer = request.send().await.unwrap();
        let asked = answer.url().path().to_owned();
        assert_eq!(problem(answer).await.unwrap(), (status, code.to_owned()), "{asked}");
    }
}

#[tokio::test]
async fn alarms_come_in_pages_with_the_fields_of_the_contract() {
    let scene = Scene::start();
    for seq in 41..=45 {
        assert_eq!(&scene.wire(&burglary(PANEL, seq)).await[8..], format!("\"ACK\"{seq:04}L0#{PANEL}[]"));
    }
    let first = scene.admin.get("/v1/alarms?after=0&limit=2").await.unwrap();
    assert_eq!(names(&first), BTreeSet::from(["alarms", "next"]));
    assert_eq!(first["next"], first["alarms"][1]["seq"]);
    let empty = scene.admin.get("/v1/alarms?after=1000000").await.unwrap();
    assert_eq!(empty, json!({ "alarms": [], "next": 1_000_000 }));

    let all = scene.admin.alarms().await.unwrap();
    assert_eq!(all.iter().map(|a| a["panel_seq"].as_i64().unwrap()).collect::<Vec<_>>(), [41, 42, 43, 44, 45]);
    let alarm = &all[4];
    let fields = "id seq account protocol code qualifier zone partition text priority site raised_at received_at state \
                  panel_seq raw";
    assert_eq!(names(alarm), fields.split_whitespace().collect());
    let expected = json!({
        "account": PANEL, "protocol": "ADM-CID", "code": "130", "qualifier": "new", "zone": "005", "partition": "01",
        "site": SITE, "state": "new", "panel_seq": 45, "priority": 2,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&alarm[field], value, "{field} of {alarm}");
    }
    assert!(alarm["raw"].as_str().unwrap().ends_with("[#1A02|1130 01 005]"), "{alarm}");
    let raised = scene.admin.log().await.unwrap().into_iter().find(|line| line["seq"] == alarm["seq"]).unwrap();
    assert_eq!((raised["kind"].as_str(), &raised["body"]["id"]), (Some("alarm.raised"), &alarm["id"]));
}

#[tokio::test]
async fn a_call_out_is_read_by_number_and_id_and_its_report_is_the_same_bytes_twice() {
    let scene = Scene::start();
    let id = scene.callout().await;
    let listed = scene.admin.get("/v1/callouts?open=true").await.unwrap()["callouts"][0].take();
    let number = listed["ref"].as_str().unwrap().to_owned();
    assert_eq!((listed["id"].as_str(), listed["site_ref"].as_str()), (Some(id.as_str()), Some(SITE)));
    assert_eq!(scene.callout_now(&id).await, listed);
    assert_eq!(scene.callout_now(&number).await, listed);
    assert!(listed["steps"].as_array().unwrap().iter().any(|step| step["state"] == "current"), "{listed}");

    let path = format!("/v1/callouts/{number}/report.pdf");
    let mut copies = Vec::new();
    for _ in 0..2 {
        let answer = scene.admin.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"application/pdf".parse().unwrap())
        );
        copies.push(answer.bytes().await.unwrap());
    }
    assert!(copies[0].starts_with(b"%PDF-"));
    assert_eq!(copies[0], copies[1]);
}

#[tokio::test]
async fn a_tracker_moves_its_unit_and_the_position_says_when_where_and_from_what() {
    let scene = Scene::start();
    let login: Value = scene.admin.post("/v1/devices", &json!({ "unit": UNIT })).await.unwrap().json().await.unwrap();
    assert_eq!(names(&login), BTreeSet::from(["password", "user"]));
    let now = Utc::now().timestamp();
    for (tst, lat) in [(now - 60, 51.53), (now - 10, 51.54), (now - 40, 51.99)] {
        let request = scene.admin.http.post(format!("{}/pub", scene.hub.url()));
        let fix = json!({ "_type": "location", "lat": lat, "lon": -0.14, "acc": 12, "tst": tst, "batt": 80 });
        let (user, password) = (login["user"].as_str().unwrap(), login["password"].as_str());
        let answer = request.basic_auth(user, password).json(&fix).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!([]));
    }
    let positions = scene.admin.get("/v1/positions").await.unwrap()["positions"].take();
    let [position] = positions.as_array().unwrap().as_slice() else { panic!("{positions}") };
    let contract = BTreeSet::from(["accuracy_m", "at", "lat", "lon", "received_at", "source", "unit"]);
    assert!(names(position).is_superset(&contract), "{position}");
    assert_eq!(position["lat"], 51.54, "a late fix moves nobody back");
    assert_eq!(
        (&position["unit"], &position["source"], &position["accuracy_m"]),
        (&json!(UNIT), &json!("owntracks"), &json!(12.0))
    );
    let at: chrono::DateTime<Utc> = position["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(at.timestamp(), now - 10);
}

#[tokio::test]
async fn a_phone_enrols_with_a_code_and_reads_its_own_state() {
    let scene = Scene::start();
    let code: Value =
        scene.admin.post("/v1/enrol-codes", &json!({ "officer": OFFICER })).await.unwrap().json().await.unwrap();
    assert_eq!(names(&code), BTreeSet::from(["code", "expires_at", "qr_svg", "url"]));
    let answer = scene.admin.with("").post("/v1/enrol", &json!({ "code": code["code"] })).await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let enrolled: Value = answer.json().await.unwrap();
    assert_eq!(names(&enrolled), BTreeSet::from(["officer", "token"]));
    let phone = scene.admin.with(enrolled["token"].as_str().unwrap());
    let state = phone.get("/v1/officer/state").await.unwrap();
    assert_eq!((&state["officer"], state["reference"].as_str()), (&enrolled["officer"], Some(OFFICER)));
    let by_cookie = scene.admin.http.get(format!("{}/v1/officer/state", scene.hub.url()));
    let answer = by_cookie.header("cookie", cookie.split(';').next().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn the_small_reads_answer_what_scripts_ask_them() {
    let scene = Scene::start();
    let open = |path: &str| scene.admin.http.get(format!("{}{path}", scene.hub.url())).send();
    assert_eq!(open("/healthz").await.unwrap().status(), 200);
    let ready: Value = open("/readyz").await.unwrap().error_for_status().unwrap().json().await.unwrap();
    assert_eq!(ready, json!({ "listening": true, "store": true }));
    let sites = scene.admin.get("/v1/sites").await.unwrap();
    assert!(sites["sites"].as_array().unwrap().iter().any(|site| site["ref"] == SITE));
    let status = scene.admin.get("/v1/status").await.unwrap();
    assert_eq!(status["me"]["role"], "administrator");
    assert_eq!((status["demonstration"].as_bool(), status["panels"].as_u64()), (Some(true), Some(26)));
    assert_eq!(status["dc09"], json!(scene.hub.dc09.to_string()));
    assert_eq!(status["head"], json!(scene.admin.metric("watchhouse_log_head").await.unwrap()));
}

/// Method and path of every `.route(…)` in the hub's source.
fn routes() -> BTreeSet<(String, String)> {
    let source = std::fs::read_to_string(repository().join("crates/hub/src/routes/mod.rs")).expect("the routes");
    let mut found = BTreeSet::new();
    for part in source.split(".route(").skip(1) {
        let (path, rest) = part.trim_start()[1..].split_once('"').expect("a path in quotes");
        let handlers = rest.split(';').next().unwrap_or_default();
        let methods = ["get", "head", "post", "put", "delete", "patch"];
        found.extend(
            methods.iter().filter(|m| handlers.contains(&format!("{m}("))).map(|m| ((*m).into(), path.to_owned())),
        );
    }
    found
}

/// Whether a described operation is served by a route: the same one, or one that takes the rest of the path.
fn serves(route: &(String, String), described: &(String, String)) -> bool {
    let prefix = route.1.split("{*").next().unwrap_or_default();
    route.0 == described.0
        && match route.1.contains("{*") {
            true => described.1.starts_with(prefix),
            false => described.1 == route.1.trim_end_matches('/'),
        }
}

#[tokio::test]
async fn the_description_names_every_route_and_nothing_else() {
    let scene = Scene::start();
    let description: Value =
        scene.admin.http.get(format!("{}/openapi.json", scene.hub.url())).send().await.unwrap().json().await.unwrap();
    let mut described = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        described.extend(operations.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    let routes = routes();
    assert!(routes.len() > 30, "the routes were not found in the source: {routes:?}");
    // The officer page's own files are part of the page, and no contract.
    let files = ("get".to_owned(), "/officer/{*path}".to_owned());
    for route in routes.iter().filter(|route| **route != files) {
        assert!(described.iter().any(|d| serves(route, d)), "{route:?} is not described");
    }
    for one in &described {
        assert!(routes.iter().any(|route| serves(route, one)), "{one:?} is described and not routed");
        let method = Method::from_bytes(one.0.to_uppercase().as_bytes()).unwrap();
        let path = one.1.replace("{sha256}", &"0".repeat(64)).replace(['{', '}'], "");
        // Without a credential: what is there says so, or that there is nothing of that name; what is not says 405.
        let answer = scene.admin.http.request(method, format!("{}{path}", scene.hub.url())).send().await.unwrap();
        assert_ne!(answer.status(), 405, "{one:?}");
        let open = description["paths"][&one.1][&one.0]["security"] == json!([]);
        assert_eq!(answer.status() == 401, !open || one.1 == "/pub", "{one:?} is open: {open}");
    }
}
