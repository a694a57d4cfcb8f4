//! A customer's own system and the desk: what is meant and what is only said.

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use watchhouse_tests::client::Client;
use watchhouse_tests::driver::Browser;
use watchhouse_tests::notifications::Notifications;
use watchhouse_tests::programs::{Hub, hub_says, program};

/// What the operator has chosen.
const PANEL: &str = "aside[aria-label=\"What is chosen\"]";
const SAFE: &str = "blue heron";
const DURESS: &str = "grey heron";

/// A partner cancels with a code; gives what it was told, without what differs between any two call-outs.
async fn cancelled(partner: &Client, code: &str) -> anyhow::Result<(String, u16, Value)> {
    let request = json!({ "site": "BOILER", "reason": "Somebody shouts inside" });
    let made: Value = partner.post("/v1/partner/callouts", &request).await?.error_for_status()?.json().await?;
    let number = made["callout"].as_str().unwrap_or_default().to_owned();
    let body = json!({ "safe_code": code, "reason": "It was the cleaner" });
    let answer = partner.post(&format!("/v1/partner/callouts/{number}/cancel"), &body).await?;
    let status = answer.status().as_u16();
    let mut told: Value = answer.json().await?;
    for name in ["callout", "id", "opened_at", "times"] {
        told.as_object_mut().map(|fields| fields.remove(name));
    }
    Ok((number, status, told))
}

#[tokio::test]
async fn a_customer_cancels_with_the_duress_code_and_the_desk_treats_it_as_a_threat() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let file = dir.path().join("register.json");
    std::fs::write(&file, crate::register().to_string())?;
    let (data_text, file_text) = (data.display().to_string(), file.display().to_string());
    hub_says(&["import", "--data", &data_text, &file_text])?;
    let hub = Hub::start(&data)?;
    let api = Client::new(hub.url(), hub.token("Desk", "operator")?);
    let made = ["account", "add", "--data", &data_text, "--name", "Housing", "--role", "partner", "--site", "BOILER"];
    let partner = api.with(hub_says(&[&made[..], &["--token"]].concat())?);
    let mut child = Command::new(program("watchhouse-hub"))
        .args(["safe-code", "set", "--data", &data_text, "--site", "BOILER"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    write!(child.stdin.take().expect("a pipe"), "{SAFE}\n{DURESS}\n")?;
    anyhow::ensure!(child.wait()?.success(), "the codes were not set");

    let token = dir.path().join("token");
    std::fs::write(&token, &api.token)?;
    let _bus = Notifications::serve().await?;
    let webkit = Browser::webkit().await?;
    let arguments = ["--hub", &hub.url(), "--token-file", token.to_str().unwrap_or_default(), "--size", "1280x800"];
    let window = webkit.window(&dir.path().join("profile"), &arguments).await?;
    window.body("data-ready", "true").await;
    window.body("data-link", "live").await;

    // In earnest first: the desk is asked to ring back, and stands it down.
    let (number, status, told) = cancelled(&partner, SAFE).await?;
    window.press(&format!("callout-row-{number}")).await;
    window.reads(PANEL, "The customer asks to cancel: ring back").await;
    api.must("callout.stand_down", &number, json!({ "reason": "The cleaner" })).await?;
    // Then under duress: the customer is told the very same, and the desk is not.
    let (forced, status_forced, told_forced) = cancelled(&partner, DURESS).await?;
    assert_eq!((status, &told), (status_forced, &told_forced));
    window.press(&format!("callout-row-{forced}")).await;
    window.reads(PANEL, "The word for duress was given: treat it as a threat").await;
    window.reads(PANEL, "Do not ring back openly").await;
    window.close().await;
    Ok(())
}
