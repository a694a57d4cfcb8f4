//! What was found, from the phone to the plan in the report; and what of it a customer never gets.

use crate::scene::{SITE, Scene};
use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Command;
use uuid::Uuid;
use watchhouse_tests::client::Client;
use watchhouse_tests::eventually;

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

async fn put(client: &Client, bytes: &[u8]) -> String {
    let name = digest(bytes);
    let answer = client.request(Method::PUT, &format!("/v1/media/{name}")).body(bytes.to_vec()).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    name
}

fn jpeg(seed: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let drawn = image::RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8 ^ seed, y as u8, seed]));
    drawn.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// The words of a PDF, in one line.
async fn words(scene: &Scene, path: &str) -> String {
    let answer = scene.admin.request(Method::GET, path).send().await.unwrap().error_for_status().unwrap();
    let pdf = answer.bytes().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("report.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let read = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").output().expect("pdftotext is installed");
    String::from_utf8(read.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn plan_of(scene: &Scene) -> String {
    let plan = put(&scene.admin, &jpeg(1)).await;
    let sites = scene.admin.get("/v1/sites").await.unwrap()["sites"].take();
    let site = sites.as_array().unwrap().iter().find(|s| s["ref"] == SITE).unwrap().clone();
    let body = json!({
        "ref": SITE, "name": site["name"], "address": site["address"],
        "lat": site["point"]["lat"], "lon": site["point"]["lon"],
        "floors": { "lowest": -1, "highest": 1 },
        "plans": [{ "sha256": plan, "name": "Ground floor of the office", "floor": 0 }],
    });
    scene.admin.must("site.put", &Uuid::now_v7().to_string(), body).await.unwrap();
    plan
}

#[tokio::test]
async fn what_an_officer_found_is_on_the_plan_in_the_report_and_the_customer_gets_no_more_than_is_theirs() {
    let scene = Scene::start();
    let plan = plan_of(&scene).await;
    let officer = scene.officer().await;
    let id = scene.callout().await;
    let act = async |kind: &str, body: Value| officer.must(kind, &id, body).await.unwrap();
    act("assignment.accept", json!({})).await;
    let seen = officer.get("/v1/officer/state").await.unwrap()["callout"].take();
    assert_eq!(seen["floors"], json!([-1, 0, 1]));
    assert_eq!(seen["plans"], json!([{ "sha256": plan, "name": "Ground floor of the office", "floor": 0 }]));
    act("location.confirm", json!({ "method": "address", "value": "as given" })).await;
    act("assignment.en_route", json!({})).await;
    let at = json!({ "lat": 51.5, "lon": -0.1 });
    act("assignment.arrive", json!({ "source": "manual", "point": at, "reason": "a test" })).await;
    act("assignment.park", json!({ "exit_clear": true, "obstructs": false, "facing_out": true })).await;
    let assessment = json!({ "people": "none seen", "lighting": "pitch black", "ground": "wet", "weather": "rain",
        "alone": true, "residual": { "likelihood": 2, "severity": 3 }, "decision": "external_only",
        "note": "The dog next door is loose" });
    act("dra.record", assessment).await;
    let door = digest(&jpeg(2));
    let spot = |x: f64| json!({ "side": "rear", "floor": 0, "pin": { "plan": plan, "x": x, "y": 0.1 } });
    let findings = json!([
        { "what": "walked", "result": "ok", "place": { "side": "front" } },
        { "what": "windows", "result": "issue", "severity": "medium", "place": spot(0.2), "note": "Pane cracked" },
        { "what": "windows", "result": "issue", "severity": "low", "place": { "side": "front" }, "note": "Left on the latch" },
    ]);
    act("inspection.record", json!({ "section": "outside", "findings": findings })).await;
    act("inspection.record", json!({ "section": "inside", "not_entered": "gate chained" })).await;
    let entry = json!({ "verdict": "attempted", "police": { "informed": true, "reference": "CAD 4411" },
        "openings": [{ "what": "door", "result": "attempted", "methods": ["levered"], "place": spot(0.5), "pictures": [door] }],
        "seen": "Two men in grey hoods towards the canal", "missing": "Nothing", "still_insecure": false });
    act("forced_entry.record", entry).await;
    assert_eq!(put(&officer, &jpeg(2)).await, door);
    act(
        "premises.secure",
        json!({ "status": "secure", "alarm": "set", "told": "Mr Keyholder, by telephone",
        "handed_over": { "to": "police", "name": "PC Example", "id_checked": true } }),
    )
    .await;
    let report = json!({ "narrative": "Somebody tried the rear door.", "signature": { "name": "A. Okafor" },
        "cause": "attempted", "follow_ups": [{ "what": "Mend the pane", "owner": "Repairs" }],
        "exhibits": [{ "reference": "AO/1", "what": "Body camera", "held": "Docked" }],
        "injury": { "near_miss": true, "text": "Slipped at the kerb" }, "safeguarding": "A child was alone outside" });
    act("report.submit", report).await;
    scene.admin.must("report.review", &id, json!({ "approve": true })).await.unwrap();
    let kept = async || {
        let reports = scene.callout_now(&id).await["reports"].as_array().map_or(0, Vec::len);
        (reports == 2).then_some(())
    };
    eventually("both versions of the report", kept).await;

    let path = format!("/v1/callouts/{id}/report.pdf?version=2");
    let full = words(&scene, &path).await;
    for expected in [
        "1 · windows",
        "2 · windows",
        "Rear, ground floor",
        "medium",
        "3 · Door",
        "attempted, rear, ground floor, levered",
        "Where it was found",
        "Ground floor of the office",
        "Two men in grey hoods",
        "police, PC Example, card seen",
        "lighting: pitch black",
        "near miss: Slipped at the kerb",
        "A child was alone outside",
        "Mend the pane",
        "AO/1",
        "2 × 3 = 6",
    ] {
        assert!(full.contains(expected), "the full report lacks “{expected}”: {full}");
    }

    // What only the service may know is neither in their copy nor on their page.
    let customer = words(&scene, &format!("{path}&copy=customer")).await;
    for theirs in ["Somebody tried the rear door", "Pane cracked", "Where it was found", "Mend the pane", "attempted"] {
        assert!(customer.contains(theirs), "the customer's copy lacks “{theirs}”: {customer}");
    }
    let token = "a-link-for-the-plan";
    let link = json!({ "token_sha256": digest(token.as_bytes()), "expires_at": Utc::now() + TimeDelta::days(7) });
    scene.admin.must("tracking.issue", &id, link).await.unwrap();
    let url = format!("{}/t/{token}/state", scene.hub.url());
    let page = scene.admin.http.get(url).send().await.unwrap().text().await.unwrap();
    for ours in [
        "outside only",
        "2 × 3",
        "pitch black",
        "dog next door",
        "grey hoods",
        "PC Example",
        "Mr Keyholder",
        "Slipped at the kerb",
        "child was alone",
        "AO/1",
        "Okafor",
    ] {
        assert!(!customer.contains(ours), "the customer's copy says “{ours}”");
        assert!(!page.contains(ours), "the customer's page says “{ours}”");
    }
    let bytes = officer.request(Method::GET, &format!("/officer/documents/{plan}")).send().await.unwrap();
    assert_eq!(digest(&bytes.bytes().await.unwrap()), plan);
}
