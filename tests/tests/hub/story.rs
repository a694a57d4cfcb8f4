//! `docs/commands.md` over HTTP: every example of the page is sent to an empty hub in the order of the page.

use crate::scene::burglary;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use watchhouse_tests::client::{Client, Line, code, envelope};
use watchhouse_tests::programs::{Hub, hub_says, repository, token};

/// What the page's links are made from.
const TOKEN: &str = "the-secret-of-a-link";

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Example {
    kind: String,
    target: String,
    role: String,
    body: String,
}

/// The blocks that have a comment with kind, target and role above them.
fn examples() -> Vec<Example> {
    let page = std::fs::read_to_string(repository().join("docs/commands.md")).expect("docs/commands.md");
    let commands = page.split("<!-- command: ").skip(1).map(|part| {
        let (comment, rest) = part.split_once(" -->\n```json\n").expect("a block follows its comment");
        let (kind, comment) = comment.split_once(" target: ").expect("a target");
        let (target, role) = comment.split_once(" as: ").expect("a role");
        let (body, _) = rest.split_once("\n```").expect("the block ends");
        Example { kind: kind.into(), target: target.into(), role: role.into(), body: body.into() }
    });
    commands.collect()
}

/// What the placeholders stand for so far.
struct Told {
    officer: String,
    callout: String,
    alarm: String,
    contact: String,
    handover: String,
}

impl Told {
    fn fill(&self, text: &str) -> String {
        let mut text = text
            .replace("CALLOUT_ID", &self.callout)
            .replace("ALARM_ID", &self.alarm)
            .replace("OFFICER_ID", &self.officer)
            .replace("CONTACT_ID", &self.contact)
            .replace("HANDOVER_ID", &self.handover)
            .replace("SHA256", &sha256(TOKEN))
            .replace("REVIEW_SEQ", "1")
            .replace("IN_1_HOUR", &(Utc::now() + TimeDelta::hours(1)).to_rfc3339())
            .replace("IN_7_DAYS", &(Utc::now() + TimeDelta::days(7)).to_rfc3339());
        while text.contains("UUID") {
            text = text.replacen("UUID", &Uuid::now_v7().to_string(), 1);
        }
        text
    }
}

#[tokio::test]
async fn every_example_of_the_page_is_accepted_and_what_is_the_hubs_own_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let admin_token = token(dir.path(), "Admin", "administrator").unwrap();
    let hub = Hub::start(dir.path()).unwrap();
    let admin = Client::new(hub.url(), admin_token);
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let mut told = Told {
        officer: Uuid::now_v7().to_string(),
        callout: String::new(),
        alarm: String::new(),
        contact: Uuid::now_v7().to_string(),
        handover: Uuid::now_v7().to_string(),
    };
    let mut outcomes = BTreeSet::new();
    for example in examples() {
        if example.kind == "signal.receive" {
            // The panel itself says what the page shows.
            Line::open(hub.dc09).await.unwrap().ask(&burglary("1234", 12)).await.unwrap();
            told.alarm = admin.alarms().await.unwrap()[0]["id"].as_str().unwrap().to_owned();
        }
        if example.kind == "callout.create" {
            told.callout = Uuid::now_v7().to_string();
        }
        if example.kind == "checklist.propose" {
            // No account may: whoever holds the link does, by its address.
            let mut body: Value = serde_json::from_str(&told.fill(&example.body)).expect(&example.body);
            body["id"] = json!(Uuid::now_v7());
            let answer = admin.http.post(format!("{}/w/{TOKEN}/proposal", hub.url())).json(&body).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
            outcomes.insert(example.kind);
            continue;
        }
        let own = example.role == "system";
        let role = if own { "administrator" } else { &example.role };
        if !clients.contains_key(role) {
            let officer = (role == "officer").then_some(told.officer.as_str());
            clients.insert(role.into(), admin.account(role, role, officer).await.unwrap());
        }
        let body: Value = serde_json::from_str(&told.fill(&example.body)).expect(&example.body);
        let result = clients[role].send(&envelope(&example.kind, &told.fill(&example.target), body)).await.unwrap();
        match own {
            true => assert_eq!(code(&result), "not_allowed", "{}: {result}", example.kind),
            false => {
                assert_eq!(result["outcome"], "accepted", "{}: {result}", example.kind);
                assert!(result["seq"].is_array(), "{} changed nothing", example.kind);
            }
        }
        outcomes.insert(example.kind);
    }
    let kinds: BTreeSet<String> = domain::command::CommandBody::KINDS.iter().map(|k| (*k).into()).collect();
    assert_eq!(outcomes, kinds, "the page shows every kind there is");
    let states = admin.get("/v1/callouts").await.unwrap()["callouts"].take();
    let states: BTreeSet<&str> = states.as_array().unwrap().iter().filter_map(|c| c["state"].as_str()).collect();
    // The one that was opened again waits for a person to offer it.
    assert_eq!(states, BTreeSet::from(["closed", "stood_down", "triaged"]));
    hub.stop().unwrap();
    assert!(hub_says(&["verify", "--data", data]).unwrap().ends_with("clean"));
}
