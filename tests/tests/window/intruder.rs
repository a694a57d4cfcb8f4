//! A confirmed intruder: forced entry, the police, and whoever boards it up.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_intruder_is_answered_with_the_police_and_the_place_is_boarded_up() -> anyhow::Result<()> {
    let mut register = register();
    register["sites"][0]["policy"] = json!({ "confirmation": { "sequential": { "window_minutes": 60 } } });
    register["sites"][0]["zones"] = json!([{ "zone": "1", "name": "Door" }, { "zone": "2", "name": "Back window" }]);
    let plan = simulate::plan::draw(1);
    register["sites"][0]["plans"] = json!([{ "sha256": plan.sha256, "name": "Ground floor", "floor": 0 }]);
    let scene = scene_with(register).await?;
    let supervisor = scene.api.with(scene.hub.token("Supervisor", "supervisor")?);
    let put = supervisor.request(reqwest::Method::PUT, &format!("/v1/media/{}", plan.sha256));
    put.body(plan.jpeg).send().await?.error_for_status()?;
    let window = &scene.window;
    // One detector is a question, two are an answer.
    scene.alarm(1, 1).await?;
    window.reads("[data-list=\"alarms\"]", "Unconfirmed").await;
    scene.alarm(2, 2).await?;
    window.reads("[data-list=\"alarms\"]", "Confirmed").await;
    window.key("a").await;
    scene.phone.accept().await;
    let callout = scene.callout().await;
    let number = callout["number"].as_str().unwrap_or_default().to_owned();
    assert_eq!(callout["priority"], 1, "{callout}");
    scene.phone.go_there().await;
    scene.phone.assess().await;
    let picture = picture(scene.dir.path());
    scene.phone.checklist(&picture).await;
    scene.phone.inspect_with_issue("windows", "Back window levered", "Waiting for the police").await;
    scene.phone.0.choose("opening-window", "forced").await;
    scene.phone.pin("opening-window").await;
    scene.phone.forced_window(&picture, "CAD 4471").await;

    // What was found stands on the desk, on the site's own plan.
    window.press(&format!("callout-row-{number}")).await;
    window.reads("[data-testid=\"found-fold\"] summary", "2 things found").await;
    window.click("[data-testid=\"found-fold\"] summary").await;
    window.reads("[data-testid=\"found-2\"]", "forced").await;
    window.reads("[data-testid=\"found-fold\"] .pin", "2").await;
    let drawn = "return document.querySelector('[data-testid=found-fold] .plan img')?.naturalWidth ?? 0";
    eventually("the plan on the desk", async || {
        (window.0.execute(drawn, vec![]).await.ok()?.json().as_i64()? > 0).then_some(())
    })
    .await;
    window.click("[data-testid=\"found-fold\"] summary").await;
    // The police by one key, with what they need to hear above the answers.
    window.key("p").await;
    window.reads("dialog", "Boiler house").await;
    window.pick("attending").await;
    window.fill("reference", "CAD 4471").await;
    window.submit().await;
    window.reads("[data-service=\"police\"]", "CAD 4471").await;
    window.button("[data-service=\"police\"]", "Arrived").await;
    window.reads("[data-service=\"police\"]", "arrived").await;
    // Then whoever boards it up.
    window.key("p").await;
    window.pick("boarding_up").await;
    window.pick("attending").await;
    for (field, text) in
        [("minutes", "40"), ("authorised_by", "J. Marsh"), ("cost_cap", "400"), ("reference", "J-2210")]
    {
        window.fill(field, text).await;
    }
    window.submit().await;
    window.reads("[data-service=\"boarding_up\"]", "expected").await;
    window.reads("[data-service=\"boarding_up\"]", "J. Marsh, up to £400").await;
    for (label, then) in [("Arrived", "arrived"), ("Done", "done")] {
        window.button("[data-service=\"boarding_up\"]", label).await;
        window.reads("[data-service=\"boarding_up\"]", then).await;
    }

    scene.phone.0.heading("Secure it, reset the alarm").await;
    for value in ["secure_temporary", "part_set", "officer"] {
        scene.phone.0.click(&format!("[data-value=\"{value}\"]")).await;
    }
    scene.phone.0.write("#omitted", "Zone 2, back window").await;
    scene.phone.0.write("#cover", "Boarded up at the back").await;
    scene.phone.0.write("#told", "Keyholder, by telephone").await;
    scene.phone.0.press("secure-record").await;
    scene.phone.report_of("A back window had been levered open. Nobody was found.", Some("genuine")).await;
    scene.phone.all_sent().await;
    scene.approve_in_the_window(&number).await;

    let (_, text) = scene.report(&number).await?;
    for wanted in [
        "CAD 4471",
        "boarding-up",
        "J-2210",
        "agreed by J. Marsh, up to £400",
        "Boarded up at the back",
        "levered",
        "Where it was found",
        "Zone 2, back window",
    ] {
        assert!(text.contains(wanted), "the report does not say “{wanted}”:\n{text}");
    }
    scene.end().await
}
