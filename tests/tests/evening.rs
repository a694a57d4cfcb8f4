//! The whole demonstration evening, 16:00 to 03:00: the time before the operator sits down as fast as the hub takes it,
//! the rest at 120 times life’s speed: officers who answer through a slow machine answer late.

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;
use watchhouse_tests::client::Client;
use watchhouse_tests::programs::{self, Hub, hub_says, program};

/// So many of each the evening tells at least; it is the same evening every time.
const CALLOUTS_MIN: usize = 40;
const ALARMS_MIN: usize = 40;
/// Rendering all of them would show the same again.
const REPORTS: usize = 8;

#[tokio::test]
async fn the_whole_evening_goes_through_the_public_interfaces_and_leaves_a_clean_log() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    programs::borough(&data)?;
    let hub = Hub::start(&data)?;
    let token = dir.path().join("token");
    std::fs::write(&token, hub.token("Demonstration", "administrator")?)?;
    let played = Command::new(program("watchhouse-simulate"))
        .args(["evening", "--hub", &hub.url(), "--rate", "120", "--token-file"])
        .arg(&token)
        .env("RUST_LOG", "warn")
        .output()?;
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));

    let api = Client::new(hub.url(), std::fs::read_to_string(&token)?);
    let callouts = api.get("/v1/callouts").await?;
    let callouts = callouts["callouts"].as_array().expect("a list of call-outs");
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for callout in callouts {
        *states.entry(callout["state"].as_str().unwrap_or_default()).or_default() += 1;
    }
    let alarms = api.alarms().await?;
    let told = format!("{} call-outs {states:?}, {} alarms", callouts.len(), alarms.len());
    assert!(callouts.len() >= CALLOUTS_MIN && alarms.len() >= ALARMS_MIN, "{told}");
    let over = ["closed", "stood_down"].iter().filter_map(|s| states.get(s)).sum::<usize>();
    // At this speed an officer's answer takes minutes of the evening, so a few are still open at three.
    assert!(over * 4 >= callouts.len() * 3, "most are over by then: {told}");
    for callout in callouts.iter().filter(|c| c["state"] == "closed").take(REPORTS) {
        let number = callout["number"].as_str().unwrap_or_default();
        let pdf = api.request(reqwest::Method::GET, &format!("/v1/callouts/{number}/report.pdf")).send().await?;
        assert!(pdf.error_for_status()?.bytes().await?.starts_with(b"%PDF-"), "the report of {number}");
    }
    let detail: Value = api.get("/v1/status").await?;
    assert_eq!(detail["demonstration"], true);

    let data = data.display().to_string();
    hub.stop()?;
    assert!(hub_says(&["verify", "--data", &data])?.ends_with("clean"));
    Ok(())
}
