//! Versions of a report are kept for good, and go by mail to whom the register names.

use crate::partner::partner;
use crate::scene::{SITE, Scene};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::PathBuf;
use uuid::Uuid;
use watchhouse_tests::eventually;
use watchhouse_tests::mail_server::MailServer;

const KEYHOLDER: &str = "keyholder@example.invalid";
const COUNCIL: &str = "archive@example.invalid";

/// A hub that sends mail to this server, and a site whose keyholder gets the customer's version and the council the full.
fn scene_with(port: u16, dir: &tempfile::TempDir) -> Scene {
    let config: PathBuf = dir.path().join("hub.toml");
    let text = format!("smtp_server = \"smtp://127.0.0.1:{port}\"\nsmtp_from = \"Patrol <patrol@example.org>\"\n");
    std::fs::write(&config, text).unwrap();
    Scene::start_with(&["--config", config.to_str().unwrap(), "--retry-pace", "0.001"])
}

async fn put_contacts(scene: &Scene) {
    let sites = scene.admin.get("/v1/sites").await.unwrap()["sites"].take();
    let site = sites.as_array().unwrap().iter().find(|s| s["ref"] == SITE).unwrap().clone();
    let body = json!({
        "ref": SITE, "name": site["name"], "address": site["address"],
        "lat": site["point"]["lat"], "lon": site["point"]["lon"],
        "contacts": [
            { "role": "Keyholder", "name": "Ann Keys", "email": KEYHOLDER, "reports": "customer" },
            { "role": "Archive", "name": "Council archive", "email": COUNCIL, "reports": "full" },
            { "role": "Caretaker", "name": "No Mail", "email": "caretaker@example.invalid" },
        ],
    });
    scene.admin.must("site.put", &Uuid::now_v7().to_string(), body).await.unwrap();
}

/// A call-out from the request to the report; the officer has no checklist and no RAMS here.
async fn reported(scene: &Scene) -> String {
    let officer = scene.officer().await;
    let id = scene.callout().await;
    let at = json!({ "lat": 51.5, "lon": -0.1 });
    for (kind, body) in [
        ("assignment.accept", json!({})),
        ("location.confirm", json!({ "method": "address", "value": "as given" })),
        ("assignment.en_route", json!({})),
        ("assignment.arrive", json!({ "source": "manual", "point": at, "reason": "a test" })),
        ("assignment.park", json!({ "exit_clear": true, "obstructs": false, "facing_out": true })),
        (
            "dra.record",
            json!({ "people": "none seen", "lighting": "poor", "ground": "dry", "alone": true,
                    "residual": { "likelihood": 2, "severity": 2 }, "decision": "proceed" }),
        ),
        ("inspection.record", json!({ "section": "outside", "findings": [{ "what": "doors", "result": "ok" }] })),
        ("inspection.record", json!({ "section": "inside", "not_entered": "no key" })),
        ("forced_entry.record", json!({ "verdict": "none", "openings": [{ "what": "door", "result": "intact" }] })),
        ("note.add", json!({ "text": "Only for the service: a neighbour complains." })),
        ("premises.secure", json!({ "status": "secure", "alarm": "set", "reset_by": "officer" })),
        ("report.submit", json!({ "narrative": "The door was shut.", "signature": { "name": "A. Okafor" } })),
    ] {
        officer.must(kind, &id, body).await.unwrap();
    }
    id
}

async fn kept(scene: &Scene, id: &str, count: usize) -> Vec<Value> {
    let look = async || {
        let reports = scene.callout_now(id).await["reports"].as_array().cloned().unwrap_or_default();
        (reports.len() == count).then_some(reports)
    };
    eventually("the versions of the report", look).await
}

/// The letters about a call-out, once none of them waits.
async fn letters(scene: &Scene, id: &str, count: usize) -> Vec<Value> {
    let look = async || {
        let letters = scene.admin.get(&format!("/v1/callouts/{id}/outside")).await.ok()?["letters"].take();
        let letters = letters.as_array()?.clone();
        (letters.len() == count && letters.iter().all(|l| l["state"] != "queued")).then_some(letters)
    };
    eventually("the letters", look).await
}

async fn pdf(scene: &Scene, path: &str) -> Vec<u8> {
    let answer = scene.admin.request(Method::GET, path).send().await.unwrap().error_for_status().unwrap();
    answer.bytes().await.unwrap().to_vec()
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn the_approved_report_goes_to_whom_the_site_names_and_an_addition_follows_it() {
    let mail = MailServer::start().await;
    let dir = tempfile::tempdir().unwrap();
    let scene = scene_with(mail.port, &dir);
    put_contacts(&scene).await;
    let partner = partner(&scene, "Housing").await;
    let id = reported(&scene).await;
    let submitted = kept(&scene, &id, 1).await;
    assert_eq!((&submitted[0]["of"], submitted[0]["customer"].is_null()), (&json!("submitted"), true));
    assert!(mail.letters().is_empty(), "nothing leaves before it is approved");
    let answer = partner.request(Method::GET, &format!("/v1/partner/callouts/{id}/report.pdf")).send().await.unwrap();
    assert_eq!(answer.status(), 404);

    scene.admin.must("report.review", &id, json!({ "approve": true })).await.unwrap();
    let versions = kept(&scene, &id, 2).await;
    let sent = letters(&scene, &id, 2).await;
    assert!(sent.iter().all(|l| l["state"] == "sent" && l["said"].as_str().unwrap().contains("4711")), "{sent:?}");
    let got = mail.letters();
    let of = |address: &str| got.iter().find(|l| l.to == address).unwrap_or_else(|| panic!("nothing for {address}"));
    let number = scene.callout_now(&id).await["ref"].as_str().unwrap().to_owned();
    assert_eq!(of(KEYHOLDER).from, "patrol@example.org");
    assert!(of(KEYHOLDER).text.contains(&format!("{number}-v2.pdf")), "the customer's version");
    assert!(of(COUNCIL).text.contains(&format!("{number}-v2-full.pdf")));
    assert!(of(KEYHOLDER).header("Subject").starts_with("Demonstration: Report on"), "{}", of(KEYHOLDER).text);
    assert_eq!(of(KEYHOLDER).header("Auto-Submitted"), "auto-generated");
    assert!(!of(KEYHOLDER).header("Message-ID").is_empty());

    // What is kept is what its digest says, and stays so when something is added.
    let path = format!("/v1/callouts/{id}/report.pdf?version=2");
    let (full, customer) = (pdf(&scene, &path).await, pdf(&scene, &format!("{path}&copy=customer")).await);
    assert_eq!(
        (json!(digest(&full)), json!(digest(&customer))),
        (versions[1]["full"].clone(), versions[1]["customer"].clone())
    );
    let theirs = partner.request(Method::GET, &format!("/v1/partner/callouts/{id}/report.pdf")).send().await.unwrap();
    assert_eq!(theirs.bytes().await.unwrap().to_vec(), customer);

    scene.admin.must("note.add", &id, json!({ "text": "For us: the bill." })).await.unwrap();
    scene.admin.must("note.add", &id, json!({ "text": "The key was found.", "to": "customer" })).await.unwrap();
    let versions = kept(&scene, &id, 4).await;
    assert_eq!(versions.iter().map(|v| v["addendum"].as_i64().unwrap()).collect::<Vec<_>>(), [0, 0, 1, 2]);
    let sent = letters(&scene, &id, 5).await;
    let to = |address: &str| sent.iter().filter(|l| l["address"] == address).count();
    assert_eq!((to(KEYHOLDER), to(COUNCIL)), (2, 3), "what is not shared is no news to the customer");
    assert!(mail.letters().iter().any(|l| l.header("Subject").contains("Addendum 2")), "{:?}", mail.letters().last());
    assert_eq!(pdf(&scene, &path).await, full, "nothing was overwritten");
    let verified = watchhouse_tests::programs::hub_says(&["verify", "--data", scene.data().to_str().unwrap()]).unwrap();
    assert!(verified.ends_with("clean"), "{verified}");
}

#[tokio::test]
async fn a_refused_letter_shows_the_servers_words_and_one_that_waits_is_sent_when_the_server_is_back() {
    // A port that nobody listens on yet.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    let scene = scene_with(port, &dir);
    put_contacts(&scene).await;
    let id = reported(&scene).await;
    scene.admin.must("report.review", &id, json!({ "approve": true })).await.unwrap();
    let tried = async || (scene.admin.metric("watchhouse_mail_tried_total").await.ok()? > 0).then_some(());
    eventually("a try while the server is away", tried).await;
    let waiting = scene.admin.get(&format!("/v1/callouts/{id}/outside")).await.unwrap()["letters"].take();
    assert_eq!(waiting.as_array().unwrap().len(), 2, "{waiting}");

    let mail = MailServer::start_at(port, &[(KEYHOLDER, "550 5.1.1 no such mailbox here")]).await;
    let done = letters(&scene, &id, 2).await;
    let of = |address: &str| done.iter().find(|l| l["address"] == address).unwrap();
    assert_eq!(of(COUNCIL)["state"], "sent");
    assert_eq!(of(KEYHOLDER)["state"], "refused");
    assert!(of(KEYHOLDER)["said"].as_str().unwrap().contains("no such mailbox here"), "{done:?}");
    // Mended there, sent again from the desk.
    mail.answer(KEYHOLDER, "250 OK");
    scene.admin.post(&format!("/v1/callouts/{id}/letters"), &json!({})).await.unwrap().error_for_status().unwrap();
    let done = letters(&scene, &id, 2).await;
    assert!(done.iter().all(|l| l["state"] == "sent"), "{done:?}");
    // Whoever is erased keeps no address here.
    let sites = scene.admin.get("/v1/sites").await.unwrap()["sites"].take();
    let site = sites.as_array().unwrap().iter().find(|s| s["ref"] == SITE).unwrap().clone();
    let person = site["contacts"].as_array().unwrap().iter().find(|c| c["email"] == KEYHOLDER).unwrap()["id"].clone();
    scene.admin.must("person.erase", person.as_str().unwrap(), json!({ "reason": "asked for" })).await.unwrap();
    let after = scene.admin.get(&format!("/v1/callouts/{id}/outside")).await.unwrap()["letters"].take();
    assert!(!after.to_string().contains(KEYHOLDER) && after.to_string().contains("Keyholder"), "{after}");
}
