//! An officer finds it too dangerous, gets out, and somebody else comes.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_withdraws_after_the_assessment_and_back_up_goes_on_to_the_report() -> anyhow::Result<()> {
    let mut register = register();
    register["units"] = json!([{ "call_sign": "RSP-3", "kind": "foot" }, { "call_sign": "RSP-4", "kind": "foot" }]);
    register["officers"] = json!([{ "ref": "O-17", "name": "Sam Okoro" }, { "ref": "O-18", "name": "Ines Duarte" }]);
    let scene = scene_with(register).await?;
    let window = &scene.window;
    scene.alarm(1, 1).await?;
    window.find("[data-testid^=\"alarm-row-\"]").await;
    window.key("a").await;
    scene.phone.accept().await;
    let number = scene.callout().await["number"].as_str().unwrap_or_default().to_owned();
    let second = enrolled(&scene.api, &scene.chromium, "O-18", "RSP-4").await?;
    scene.phone.go_there().await;
    scene.phone.0.heading("Site checklist").await;
    scene.phone.0.choose("checklist-vehicles", "yes").await;
    scene.phone.0.press("checklist-done").await;
    // Another row is in front of the operator when it gets dangerous.
    window.key("\u{e00c}").await;
    let shown = scene.bus.shown().len();
    scene.phone.0.heading("Is it safe to go on?").await;
    for value in ["people, hostile", "dark", "wet", "weapon"] {
        scene.phone.0.click(&format!("[data-value=\"{value}\"]")).await;
    }
    scene.phone.0.click("[data-testid=\"dra-decision\"] [data-decision=\"withdraw\"]").await;
    scene.phone.0.heading("Get out.").await;
    let help = scene.notification(shown).await;
    assert!(help.summary.contains("needs help") && help.urgency == 2, "{help:?}");

    // Back-up is asked by itself, and told whom it is for.
    second.0.reads("main", "Back-up for RSP-3").await;
    second.0.press("offer-accept").await;
    scene.phone.0.press("safe-place").await;
    scene.phone.0.heading("You withdrew").await;
    second.0.reads(".urgent", "RSP-3 withdrew for safety").await;
    window.press(&format!("callout-row-{number}")).await;
    window.reads(NEXT, "RSP-3").await;
    scene.phone.0.press("safe").await;
    scene.phone.0.reads("main", "Control knows that you are safe.").await;
    window.button(NEXT, "stand down").await;
    window.pick("voice").await;
    window.fill("reason", "RSP-3 is in the car").await;
    window.submit().await;
    window.reads(NEXT, "say whether RSP-4 leads on").await;
    window.button(NEXT, "RSP-4 leads on").await;
    window.fill("reason", "They have gone, says the keyholder").await;
    window.submit().await;

    second.go_there().await;
    // What was answered before the assessment is answered; the assessment is each officer's own.
    second.judge_safe().await;
    second.checklist(&picture(scene.dir.path())).await;
    second.inspect().await;
    second.secure().await;
    second.report("They had gone. RSP-3 is unhurt.").await;
    second.all_sent().await;
    scene.approve_in_the_window(&number).await;
    let (_, text) = scene.report(&number).await?;
    for wanted in ["withdraw", "weapon 3 × 5 = 15, high", "RSP-4", "They had gone. RSP-3 is unhurt."] {
        assert!(text.contains(wanted), "the report does not say “{wanted}”:\n{text}");
    }
    second.0.close().await;
    scene.end().await
}
