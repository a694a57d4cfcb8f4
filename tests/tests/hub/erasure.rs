//! Erasing a person by law: gone from what the hub says, and from what is brought back.

use crate::scene::{SITE, Scene};
use serde_json::json;
use std::path::Path;
use uuid::Uuid;
use watchhouse_tests::client::{Client, code};
use watchhouse_tests::programs::{Hub, hub_says};

#[tokio::test]
async fn an_erased_person_is_gone_from_everything_the_hub_says_and_the_log_still_verifies() {
    let scene = Scene::start();
    let person = Uuid::now_v7().to_string();
    let officer = json!({ "ref": "OF-77", "name": "Ottoline Vesper", "telephone": "07700 900976" });
    scene.admin.must("officer.put", &person, officer).await.unwrap();
    let callout = scene.callout().await;
    let note = json!({ "text": "Ottoline Vesper was told.", "about": person });
    scene.admin.must("note.add", &callout, note).await.unwrap();
    let said = async |client: &Client| {
        let (log, snapshot) = (client.log().await.unwrap(), client.get("/v1/snapshot").await.unwrap());
        let callout = client.get(&format!("/v1/callouts/{callout}")).await.unwrap();
        format!("{log:?} {snapshot} {callout}")
    };
    let before = said(&scene.admin).await;
    assert!(before.contains("Ottoline Vesper was told.") && before.contains("07700 900976"));
    let supervisor = scene.client("supervisor").await;
    let refused = supervisor.command("person.erase", &person, json!({ "reason": "Asked to" })).await.unwrap();
    assert_eq!(code(&refused), "not_allowed");
    scene.admin.must("person.erase", &person, json!({ "reason": "Case 2027-031" })).await.unwrap();

    let after = said(&scene.admin).await;
    for text in ["Vesper", "900976"] {
        let near = after.find(text).map(|at| after[at.saturating_sub(300)..].chars().take(400).collect::<String>());
        assert_eq!(near, None, "something still names the person");
    }
    assert!(after.contains("OF-77") && after.contains("Case 2027-031"), "that there was somebody stays");
    scene.admin.must("callout.stand_down", &callout, json!({ "reason": SITE })).await.expect("work goes on");
    let verified = hub_says(&["verify", "--data", scene.data().to_str().unwrap()]).unwrap();
    assert!(verified.ends_with("clean"), "{verified}");
}

#[tokio::test]
async fn a_restored_backup_forgets_whom_was_erased_since() {
    let scene = Scene::start();
    let mut people = Vec::new();
    for (reference, name) in
        [("OF-77", "Ottoline Vesper"), ("OF-78", "Barnaby Thistlewick"), ("OF-79", "Dorothea Stays")]
    {
        let person = Uuid::now_v7().to_string();
        scene.admin.must("officer.put", &person, json!({ "ref": reference, "name": name })).await.unwrap();
        people.push(person);
    }
    let erase = json!({ "reason": "Case 2027-031" });
    scene.admin.must("person.erase", &people[1], erase.clone()).await.unwrap();
    let (copy, back) = (scene.dir.path().join("copy"), scene.dir.path().join("back"));
    let (data, copy, back) = (scene.data().to_str().unwrap(), copy.to_str().unwrap(), back.to_str().unwrap());
    hub_says(&["backup", "--data", data, "--to", copy]).unwrap();
    scene.admin.must("person.erase", &people[0], erase).await.unwrap();

    let said = hub_says(&["restore", "--data", back, "--from", copy, "--erased-in", data]).unwrap();
    assert!(said.contains("1 people"), "{said}");
    let hub = Hub::start(Path::new(back)).unwrap();
    let restored = Client::new(hub.url(), scene.admin.token.clone());
    let (log, snapshot) = (restored.log().await.unwrap(), restored.get("/v1/snapshot").await.unwrap());
    let told = format!("{log:?} {snapshot}");
    for (word, kept) in [("Vesper", false), ("Thistlewick", false), ("Dorothea Stays", true)] {
        let near = told.find(word).map(|at| &told[at.saturating_sub(200)..at + word.len()]);
        assert_eq!(near.is_some(), kept, "{word}: {near:?}");
    }
    assert_eq!(log.iter().filter(|line| line["kind"] == "person.erased").count(), 2, "each once");
    assert!(hub_says(&["verify", "--data", back]).unwrap().ends_with("clean"));
}
