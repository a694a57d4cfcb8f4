//! Panels over the wire and what is known of them: on test, set and unset, a detector that flaps.

use crate::scene::{PANEL, Scene, burglary, outgoing};
use chrono::{TimeDelta, Utc};
use feeds::dc09::Panel;
use serde_json::{Value, json};
use watchhouse_tests::eventually;

async fn kinds(scene: &Scene) -> Vec<String> {
    let log = scene.admin.log().await.expect("the log");
    log.iter().map(|line| line["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn state_of(scene: &Scene, account: &str) -> Value {
    let snapshot = scene.admin.get("/v1/snapshot").await.expect("a snapshot");
    let all = snapshot["aggregates"].as_array().expect("aggregates");
    let panel = all.iter().find(|a| a["state"]["account"] == account).expect("the panel");
    panel["state"]["state"].clone()
}

#[tokio::test]
async fn a_panel_on_test_is_acknowledged_logged_and_counted_and_comes_back_by_itself() {
    let scene = Scene::start();
    let until = Utc::now() + TimeDelta::seconds(5);
    scene.admin.must("panel.on_test", PANEL, json!({ "until": until, "reason": "engineer" })).await.unwrap();
    assert!(scene.wire(&burglary(PANEL, 1)).await.ends_with(&format!("\"ACK\"0001L0#{PANEL}[]")));
    assert!(scene.admin.alarms().await.unwrap().is_empty());
    assert_eq!(state_of(&scene, PANEL).await["on_test"]["count"], 1);
    // Somebody may be in danger: panic rings all the same.
    scene.wire(&Panel::new(PANEL).adm_cid(1, 120, 1, 9, outgoing(2))).await;
    assert_eq!(scene.admin.alarms().await.unwrap().len(), 1);
    let scene = scene.restarted();
    eventually("the end of the test", async || {
        kinds(&scene).await.contains(&"panel.test_ended".to_owned()).then_some(())
    })
    .await;
    let texts: Vec<_> = scene.admin.alarms().await.unwrap().iter().map(|a| a["text"].clone()).collect();
    assert!(texts.contains(&json!("The test is over and these zones have not restored: 5")), "{texts:?}");
}

#[tokio::test]
async fn opening_and_closing_say_whether_a_panel_is_set() {
    let scene = Scene::start();
    let panel = Panel::new(PANEL);
    let frames = [
        (panel.adm_cid(3, 401, 1, 7, outgoing(1)), "set"),
        (panel.adm_cid(1, 401, 1, 7, outgoing(2)), "unset"),
        (panel.sia_dcs("Nri1/CL7", outgoing(3)), "set"),
        (panel.sia_dcs("Nri1/CG1", outgoing(4)), "part_set"),
        (panel.sia_dcs("Nri1/OP7", outgoing(5)), "unset"),
    ];
    for (frame, how) in frames {
        scene.wire(&frame).await;
        let armed = state_of(&scene, PANEL).await["armed"].clone();
        assert_eq!(armed.as_array().map(Vec::len), Some(1), "{armed}");
        assert_eq!(armed[0]["how"], how, "{armed}");
    }
    // A periodic test says nothing of it, and nothing of all this rings.
    scene.wire(&panel.adm_cid(1, 602, 0, 0, outgoing(6))).await;
    assert_eq!(state_of(&scene, PANEL).await["armed"][0]["how"], "unset");
    assert!(scene.admin.alarms().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_detector_that_flaps_is_one_row_and_every_activation_stays_on_record() {
    let scene = Scene::start();
    for seq in 1..=9 {
        scene.wire(&burglary(PANEL, seq)).await;
    }
    let alarms = scene.admin.alarms().await.unwrap();
    assert_eq!(
        alarms.iter().map(|a| a["panel_seq"].as_u64().unwrap()).collect::<Vec<_>>(),
        (1..=9).collect::<Vec<_>>()
    );
    let open = alarms.iter().filter(|a| a["state"] == "new").count();
    assert_eq!((open, alarms.len() - open), (5, 4));
    let kinds = kinds(&scene).await;
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!((count("alarm.flapping"), count("alarm.repeated")), (1, 4));
}
