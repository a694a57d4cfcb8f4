//! A telephone complaint, from the exchange to the closed report.

use crate::scene;
use serde_json::{Value, json};
use thirtyfour::components::SelectElement;
use watchhouse_tests::eventually;

const NUMBER: &str = "020 7946 0111";
const PLACE: &str = "51.5501, -0.1502";
const NARRATIVE: &str = "Loud music from flat 12. They would not stop; the noise team has the log.";

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_complaint_about_noise_becomes_a_call_out_that_is_closed_with_its_report() -> anyhow::Result<()> {
    let scene = scene().await?;
    let exchange = scene.api.with(scene.hub.token("Exchange", "partner")?);
    let told = async |state: &str| -> anyhow::Result<Value> {
        let body = json!({ "id": "1795377600.7", "state": state, "from": NUMBER, "to": "020 7946 0000" });
        Ok(exchange.post("/v1/calls", &body).await?.error_for_status()?.json().await?)
    };
    // The account was made beside the serving hub, which reads on a moment later.
    let call = eventually("the exchange to be known", async || told("ringing").await.ok()).await["call"].clone();
    let call = call.as_str().unwrap_or_default();
    let row = format!("[data-testid=\"call-row-{call}\"]");
    scene.window.reads(&row, NUMBER).await;
    scene.window.reads(&row, "ringing").await;

    // One key answers it.
    scene.window.find("body").await.send_keys("t").await?;
    scene.window.reads("aside h2", NUMBER).await;
    told("answered").await?;
    scene.window.write("[data-testid=\"where-address\"]", "Block C, \"rear\" stairs").await;
    scene.window.write("[data-testid=\"where-place\"]", PLACE).await;
    scene.window.press("put-pin").await;
    let about = SelectElement::new(&scene.window.id("what-about").await).await?;
    about.select_by_value("noise_nuisance").await?;
    scene.window.press("thrive-risk-some").await;
    scene.window.reads("[data-testid=\"thrive-suggestion\"]", "Priority 3, soon: it may get worse.").await;
    told("ended").await?;
    scene.window.press("call-open-callout").await;

    let callout = scene.callout().await;
    let number = callout["number"].as_str().unwrap_or_default().to_owned();
    scene.window.reads(&format!("[data-testid=\"callout-row-{number}\"]"), "Noise nuisance").await;
    scene.window.reads("[data-testid=\"callout-call\"]", NUMBER).await;
    scene.window.reads("[data-testid=\"place-given\"]", PLACE).await;
    assert_eq!((&callout["about"], &callout["place"]), (&json!("noise_nuisance"), &json!(PLACE)));
    assert_eq!(callout["calls"], json!([call]));

    // The officer has it with the place as the caller gave it, and a procedure of its own.
    scene.phone.0.press("offer-accept").await;
    scene.phone.0.heading("Is this the place?").await;
    scene.phone.0.reads("main", PLACE).await;
    scene.window.reads(&format!("[data-testid=\"callout-row-{number}\"]"), "RSP-3").await;
    assert!(scene.window.0.find_all(thirtyfour::By::Css(row.as_str())).await?.is_empty(), "the call is dealt with");
    let phone = &scene.phone;
    phone.travel().await;
    phone.judge_safe().await;
    phone.ask("Listen before knocking", "loud", "Music from the second floor, ten minutes").await;
    phone.ask("Speak to the household", "refused", "The man at the door would not turn it down").await;
    phone.ask("Write the noise down", "log", "20:10 to 20:20, bass in the whole flat").await;
    phone.ask("Outcome", "goes_on", "Referred with the log").await;
    phone.report_of(NARRATIVE, None).await;
    phone.all_sent().await;
    scene.window.press(&format!("callout-row-{number}")).await;
    scene.approve_in_the_window(&number).await;
    let (_, text) = scene.report(&number).await?;
    for wanted in [NARRATIVE, "Music from the second floor", "It goes on; referred to the noise team", PLACE] {
        assert!(text.contains(wanted), "the report does not say “{wanted}”:\n{text}");
    }
    scene.end().await
}
