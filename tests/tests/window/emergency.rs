//! The emergency button: on patrol and on a call-out. Only a person ends it.

use super::*;

const LIST: &str = "[data-list=\"alarms\"]";

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_on_patrol_and_on_a_call_out_rings_until_a_person_ends_it() -> anyhow::Result<()> {
    let scene = scene().await?;
    let window = &scene.window;
    // On no call-out: a row of its own, critical, and nothing takes the notification away.
    scene.phone.hold_emergency().await;
    let shown = scene.notification(0).await;
    assert!(shown.summary.contains("emergency") || shown.body.contains("Emergency"), "{shown:?}");
    assert_eq!((shown.urgency, shown.expire), (2, 0), "{shown:?}");
    scene.phone.0.reads("[role=\"alert\"]", "Control has your emergency.").await;
    window.reads(LIST, "Emergency from RSP-3, on no call-out").await;
    let alarm = scene.api.alarms().await?.swap_remove(0);
    assert_eq!((&alarm["priority"], &alarm["state"]), (&json!(1), &json!("new")));
    let row = format!("[data-testid=\"alarm-row-{}\"]", alarm["id"].as_str().unwrap_or_default());
    window.key("a").await;
    eventually("the notification to close", async || (!scene.bus.is_open(shown.id)).then_some(())).await;
    window.click(&row).await;
    // An emergency is never put aside.
    window.key("s").await;
    window.reads("body", "An emergency cannot be put aside").await;
    window.key("x").await;
    window.fill("reason", "Spoken to by radio: a false step on the stairs").await;
    window.submit().await;
    eventually("the row to go", async || window.0.find_all(By::Css(row.as_str())).await.ok()?.is_empty().then_some(()))
        .await;
    scene.phone.0.button(".dock", "I have spoken to control").await;

    // On a call-out it belongs there.
    scene.alarm(1, 1).await?;
    window.find("[data-testid^=\"alarm-row-\"]").await;
    window.key("a").await;
    scene.phone.accept().await;
    let number = scene.callout().await["number"].as_str().unwrap_or_default().to_owned();
    let before = scene.bus.shown().len();
    window.key("\u{e00c}").await;
    scene.phone.hold_emergency().await;
    let help = scene.notification(before).await;
    assert_eq!((help.urgency, help.expire), (2, 0), "{help:?}");
    window.press(&format!("callout-row-{number}")).await;
    window.reads(NEXT, "Emergency: speak to RSP-3 now").await;
    window.reads(NEXT, "Only a person stands an emergency down.").await;
    scene.phone.0.reads("[role=\"alert\"]", "Control has your emergency.").await;
    window.button(NEXT, "Officer is safe").await;
    window.pick("voice").await;
    window.fill("reason", "Spoken to, unhurt").await;
    window.submit().await;
    eventually("the emergency to end on the phone", async || {
        let alerts = scene.phone.0.0.find_all(By::Css(".card.danger.state")).await.ok()?;
        alerts.is_empty().then_some(())
    })
    .await;
    window.reads(NEXT, "RSP-3: ").await;
    scene.supervisor.must("callout.stand_down", &number, json!({ "reason": "over" })).await?;
    scene.end().await
}
