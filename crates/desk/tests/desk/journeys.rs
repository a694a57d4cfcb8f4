//! What an operator does on an ordinary evening.

use crate::hub::{Hub, other_operator};
use crate::{act, done, live, open, until};
use desk::Alert;
use protocol::api::Position;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_catches_up_and_then_follows_live() {
    let hub = Hub::start();
    let first = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let mut patches = desk.subscribe();
    let mut alerts = desk.alerts();
    let board = desk.board();
    assert_eq!(board.alarms.len(), 1);
    let row = &board.alarms[0];
    assert_eq!((row.id.as_str(), row.title.as_str(), row.place.as_str()), (first.as_str(), "Intruder", "Boiler house"));
    assert_eq!(
        (row.zone.as_str(), row.signal.as_str(), row.estate.as_str()),
        ("Zone 4 door", "SIA-DCS BA", "Gospel Oak")
    );
    assert!(row.rings && row.opens_callout && !row.pending);
    assert_eq!(board.units.iter().map(|u| u.status.as_str()).collect::<Vec<_>>(), ["available", "available"]);
    assert_eq!(board.sites[0].grid_reference.as_deref().map(|g| &g[..2]), Some("TQ"));

    let second = hub.alarm();
    let came = loop {
        let patch = patches.recv().await.unwrap();
        if let Some(row) = patch.alarms.into_iter().find(|a| a.id == second) {
            break row;
        }
    };
    assert!(came.rings);
    let mut raised = vec![];
    while raised.len() < 2 {
        if let Some(Alert::Raise { alarm, title, body }) = alerts.recv().await {
            assert_eq!(title, "2 Urgent: Intruder · Boiler house");
            assert_eq!(body, "Gospel Oak · Zone 4 door · SIA-DCS BA");
            raised.push(alarm.id);
        }
    }
    assert!(raised.contains(&first) && raised.contains(&second));

    // Taken at another desk, it falls silent here.
    hub.act_as(other_operator(), "alarm.take", &second, json!({}));
    assert_eq!(alerts.recv().await, Some(Alert::Silence { id: second.clone() }));
    until("who has it is shown", || {
        desk.board().alarms.iter().any(|a| a.id == second && a.taken_by.as_deref() == Some("Priya"))
    })
    .await;
    desk.close().await;
    while patches.recv().await.is_some() {}
    assert_eq!(alerts.recv().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_an_alarm_shows_at_once_and_gets_its_number_from_the_hub() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.state().instead_of_doing = vec![503];
    let acted = done(&desk, "alarm.take", &alarm, json!({})).await;
    let callout = acted.made.unwrap();
    let detail = desk.detail(&callout).unwrap();
    assert_eq!(detail.row.number, "D2-0001");
    assert!(detail.row.pending && detail.timeline.iter().all(|e| e.pending));
    assert_eq!(desk.board().alarms[0].state, "taken");
    until("the hub has it", || desk.detail(&callout).is_some_and(|d| d.row.number.starts_with("CO-"))).await;
    until("somebody is asked", || desk.detail(&callout).is_some_and(|d| d.row.state == "offering")).await;
    let detail = desk.detail(&callout).unwrap();
    assert!(!detail.row.pending && detail.timeline.iter().all(|e| !e.pending));
    assert!(detail.row.line.starts_with("offered to RSP-"), "{}", detail.row.line);
    assert_eq!(detail.source, "alarm");
    assert_eq!(detail.steps.len(), 12);
    until("nothing waits", || desk.board().link.queued == 0).await;
    assert_eq!(hub.state().count("callout.created"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_says_what_makes_sense_now() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    until("it is offered", || desk.detail(&callout).is_some_and(|d| d.row.state == "offering" && !d.row.pending)).await;
    let can = desk.detail(&callout).unwrap().can;
    for kind in ["assignment.accept", "assignment.withdraw", "callout.stand_down", "note.add", "tracking.issue"] {
        assert!(can.iter().any(|c| c == kind), "{kind} is missing from {can:?}");
    }
    for kind in ["rams.acknowledge", "dra.record", "report.review", "escalation.stand_down", "tracking.revoke"] {
        assert!(!can.iter().any(|c| c == kind), "{kind} makes no sense in {can:?}");
    }
    let steps: [(&str, serde_json::Value); 9] = [
        ("assignment.accept", json!({})),
        ("rams.acknowledge", json!({"version": 1})),
        ("location.confirm", json!({"method": "address"})),
        ("assignment.en_route", json!({})),
        ("assignment.arrive", json!({"source": "voice"})),
        ("assignment.park", json!({"exit_clear": true, "obstructs": false, "facing_out": true})),
        ("checklist.answer", json!({"item": "door", "value": "yes"})),
        ("dra.record", json!({"residual": {"likelihood": 1, "severity": 2}, "decision": "proceed"})),
        ("checklist.answer", json!({"item": "temp", "value": "23.5"})),
    ];
    for (kind, body) in steps {
        assert!(desk.detail(&callout).unwrap().can.iter().any(|c| c == kind), "{kind}");
        done(&desk, kind, &callout, body).await;
    }
    let detail = desk.detail(&callout).unwrap();
    assert_eq!(detail.row.state, "inspecting");
    assert!(detail.row.line.contains("on site · step 7 of 12"), "{}", detail.row.line);
    assert_eq!(detail.checklist[1].answer, "23.5 °C");
    assert_eq!(detail.assessments[0].decision, "Safe to go on");
    let unit = desk.board().units.into_iter().find(|u| u.status == "busy").unwrap();
    assert_eq!(unit.line, "On site · Gospel Oak");
    assert!(unit.check_call_due.is_some());
    let refused = act(&desk, "premises.secure", &callout, json!({"status": "secure", "alarm": "set"})).await;
    assert_eq!(refused.refusal.unwrap().code, "gate_closed");
    until("all of it arrived", || desk.board().link.queued == 0 && !desk.detail(&callout).unwrap().row.pending).await;
    assert_eq!(hub.state().count("dra.recorded"), 1);
}

/// What one desk shows of a call-out in its four places; they must say the same.
fn in_all_places(desk: &desk::Desk, callout: &str) -> (String, String, Option<String>, usize) {
    let (board, detail) = (desk.board(), desk.detail(callout).unwrap());
    let row = board.callouts.iter().find(|c| c.id == callout).unwrap();
    assert_eq!(*row, detail.row, "the list and the panel");
    let rail: Vec<&str> = detail.steps.iter().map(|s| s.state.as_str()).collect();
    assert_eq!(row.rail, rail, "the rail and the steps");
    let newest = detail.timeline.iter().max_by_key(|e| (e.at.clone(), e.seq)).unwrap();
    let on_it = board.units.iter().find(|u| u.callout.as_deref() == Some(callout));
    let on_the_map = on_it.map(|u| format!("{} {}", u.id, u.status));
    let expected = row.unit.as_ref().map(|unit| {
        let status = if row.state == "offering" { "offered" } else { "busy" };
        format!("{unit} {status}")
    });
    assert_eq!(on_the_map, expected, "the map and the list, {}", row.state);
    (row.state.clone(), newest.text.clone(), on_the_map, detail.timeline.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_list_panel_map_and_log_say_the_same_after_every_change_on_every_desk() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let (dir, other_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (desk, other) = (live(dir.path(), &hub).await, live(other_dir.path(), &hub).await);
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    until("it is offered", || desk.detail(&callout).is_some_and(|d| d.row.state == "offering" && !d.row.pending)).await;
    let steps = [
        ("assignment.accept", json!({}), "accepted", "accepted"),
        ("rams.acknowledge", json!({"version": 1}), "accepted", "RAMS"),
        ("location.confirm", json!({"method": "address"}), "accepted", "Location"),
        ("assignment.en_route", json!({}), "en_route", "on the way"),
        ("assignment.arrive", json!({"source": "voice"}), "on_scene", "arrived"),
        ("note.add", json!({"text": "A dog barks", "to": "control"}), "on_scene", "A dog barks"),
        ("escalation.raise", json!({"level": 1, "reason": "a crowd"}), "on_scene", "a crowd"),
        ("callout.stand_down", json!({"reason": "the keyholder is there"}), "stood_down", "the keyholder is there"),
    ];
    for (kind, body, state, words) in steps {
        done(&desk, kind, &callout, body).await;
        // At once, while the hub has not answered yet.
        let (shown, said, ..) = in_all_places(&desk, &callout);
        assert_eq!(shown, state, "{kind}");
        assert!(said.contains(words), "{kind}: the log says “{said}”");
        // And the same everywhere when it has.
        until("it arrived", || desk.board().link.queued == 0 && !desk.detail(&callout).unwrap().row.pending).await;
        let here = in_all_places(&desk, &callout);
        until("the other desk has it", || {
            other.detail(&callout).is_some_and(|d| d.row.state == here.0 && d.timeline.len() == here.3)
        })
        .await;
        assert_eq!(in_all_places(&other, &callout), here, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracking_link_is_remembered_here_and_only_its_digest_leaves() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    let (acted, url) = desk.tracking_link(&callout).await;
    assert_eq!(acted.refusal, None);
    let url = url.unwrap();
    let token = url.rsplit('/').next().unwrap().to_owned();
    assert!(url.starts_with(&format!("{}/t/", hub.url())) && token.len() == 43);
    until("the hub has it", || hub.state().count("tracking.issued") == 1).await;
    assert!(!serde_json::to_string(&hub.state().log).unwrap().contains(&token));
    desk.set_pref("sound", "on").await.unwrap();
    desk.close().await;

    let desk = open(dir.path(), &hub).await;
    assert_eq!(desk.detail(&callout).unwrap().tracking.unwrap().url, Some(url));
    assert_eq!(desk.prefs()["sound"], "on");
    let (acted, url) = desk.tracking_link("nowhere").await;
    assert_eq!((acted.refusal.unwrap().code.as_str(), url), ("not_found", None));
    let (acted, url) = desk.writing_link("CL-OFFICE", 14, "Oak House", "").await;
    assert_eq!((acted.refusal.unwrap().code.as_str(), url), ("not_allowed", None), "an operator asks no customer");
}

#[tokio::test(flavor = "multi_thread")]
async fn units_move_and_never_back() {
    let hub = Hub::start();
    let now = chrono::Utc::now();
    let position = |lat: f64, age_s: i64| Position {
        unit: "RSP-1".into(),
        lat,
        lon: -0.15,
        accuracy_m: Some(6.0),
        at: now - chrono::TimeDelta::seconds(age_s),
        received_at: now,
        source: "owntracks".into(),
        battery_pct: Some(81.0),
    };
    hub.state().positions = vec![position(51.55, 30)];
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let lat = |desk: &desk::Desk| desk.board().units.into_iter().find(|u| u.call_sign == "RSP-1").unwrap().lat;
    until("the unit is on the map", || lat(&desk) == Some(51.55)).await;
    hub.state().positions = vec![position(51.56, 10)];
    until("it moved", || lat(&desk) == Some(51.56)).await;
    hub.state().positions = vec![position(51.50, 300)];
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(lat(&desk), Some(51.56));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_takes_its_time_from_the_hub() {
    let hub = Hub::start();
    hub.state().now = Some("2026-03-28T21:44:54Z".parse().unwrap());
    hub.state().rate = 60.0;
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    until("the hub's clock is known", || desk.board().link.clock_rate == 60.0).await;
    let link = desk.board().link;
    assert!(link.now.starts_with("2026-03-28T21:4") || link.now.starts_with("2026-03-28T21:5"), "{}", link.now);
    assert_eq!(desk.board().shift.ends_at, "2026-03-29T02:00:00.000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_on_an_open_call_out_sounds_and_notifies_until_somebody_acts() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let mut alerts = desk.alerts();
    hub.state().instead_of_doing = vec![503];
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    until("it is offered", || desk.detail(&callout).is_some_and(|d| d.row.state == "offering" && !d.row.pending)).await;
    let mut next = async || loop {
        match alerts.recv().await.unwrap() {
            Alert::Raise { .. } => {}
            Alert::Silence { id } if id == alarm => {}
            other => break other,
        }
    };
    let help = |level: u8| json!({"level": level, "emergency": level == 3});
    let row = || desk.board().callouts.into_iter().find(|c| c.id == callout).unwrap();
    assert_eq!(row().ring, None, "an officer has the offer: nobody here need act");

    hub.act_as(other_operator(), "escalation.raise", &callout, help(3));
    let Alert::Call { callout: id, priority, title, body } = next().await else { panic!("no call") };
    assert_eq!((id.as_str(), priority), (callout.as_str(), 1));
    assert_eq!(title, "Emergency: speak to the officer now · Boiler house");
    assert_eq!(body, format!("{} · Intruder · Gospel Oak", row().number));
    assert_eq!(row().ring.unwrap().calls, 1, "the page sounds for the same reason");

    // Opened here, it is known; a second call for help is news again.
    desk.heard(&callout);
    assert_eq!(next().await, Alert::Silence { id: callout.clone() });
    hub.act_as(other_operator(), "escalation.raise", &callout, help(3));
    assert!(matches!(next().await, Alert::Call { .. }));
    // A window that opens now hears it too.
    assert!(matches!(desk.alerts().recv().await, Some(Alert::Call { .. })));

    // Ended at another desk, it falls silent here.
    hub.act_as(other_operator(), "escalation.stand_down", &callout, json!({"reason": "well", "officer_safe": true}));
    assert_eq!(next().await, Alert::Silence { id: callout.clone() });
    assert_eq!(row().ring, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn back_up_is_sent_leads_and_leaves_from_the_desk() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    until("it is offered", || desk.detail(&callout).is_some_and(|d| d.row.state == "offering" && !d.row.pending)).await;
    let can = |what: &str| desk.detail(&callout).unwrap().can.iter().any(|c| c == what);
    assert!(can("assignment.offer") && !can("assignment.offer support"), "nobody is on it yet");
    done(&desk, "assignment.accept", &callout, json!({})).await;
    assert!(!can("assignment.offer") && can("assignment.offer support"));
    done(&desk, "assignment.offer", &callout, json!({"support": true})).await;
    until("back-up is asked", || can("assignment.accept")).await;
    done(&desk, "assignment.accept", &callout, json!({})).await;
    let crew = || desk.detail(&callout).unwrap().crew;
    let parts = || crew().into_iter().map(|c| (c.call_sign, c.part)).collect::<Vec<_>>();
    let (first, second) = (crew()[0].call_sign.clone(), crew()[1].call_sign.clone());
    assert_eq!(parts(), [(first.clone(), "lead".into()), (second.clone(), "support".into())]);
    assert_eq!(crew()[1].can, ["check_call.answer", "lead.hand_over", "assignment.leave", "assignment.release"]);
    done(&desk, "lead.hand_over", &callout, json!({"officer": crew()[1].officer, "reason": "knows the site"})).await;
    assert_eq!(parts(), [(second.clone(), "lead".into()), (first.clone(), "support".into())]);
    done(&desk, "assignment.release", &callout, json!({"officer": first, "reason": "end of shift"})).await;
    assert_eq!(parts(), [(second.clone(), "lead".into())]);
    until("all of it arrived", || desk.board().link.queued == 0 && !desk.detail(&callout).unwrap().row.pending).await;
    assert_eq!(hub.counts(["lead.handed_over", "assignment.released"]), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_out_waits_for_stands_on_the_panel_with_who_works_on_it() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let body = json!({"site": "S1", "type": "noise_nuisance", "offer": false});
    let callout = done(&desk, "callout.create", "", body).await.made.unwrap();
    let detail = || desk.detail(&callout).unwrap();
    let can = |what: &str| detail().can.iter().any(|c| c == what);
    assert!(detail().owner.is_some_and(|o| o.me) && !can("callout.own"));
    let later = chrono::Utc::now() + chrono::TimeDelta::hours(2);
    done(&desk, "callout.hold", &callout, json!({"reason": "caller is at work", "until": later})).await;
    let waits = detail().waits;
    assert_eq!((waits[0].kind.as_str(), waits[0].text.as_str(), waits[0].due), ("hold", "caller is at work", false));
    assert!(can("callout.resume"));
    done(&desk, "callout.resume", &callout, json!({})).await;
    done(&desk, "cancel.request", &callout, json!({"reason": "it has stopped"})).await;
    assert!(detail().waits[0].due && can("cancel.refuse"));
    done(&desk, "callout.stand_down", &callout, json!({"reason": "rung back, it has stopped"})).await;
    assert!(detail().waits.is_empty());
    let again = done(&desk, "callout.reopen", &callout, json!({"reason": "it is back"})).await.made.unwrap();
    let linked = |id: &str| desk.detail(id).unwrap().linked.into_iter().map(|l| (l.id, l.how)).collect::<Vec<_>>();
    assert_eq!(linked(&again), [(callout.clone(), "follows".into())]);
    assert_eq!(linked(&callout), [(again.clone(), "followed_by".into())]);
    until_arrived(&desk).await;
    hub.act_as(other_operator(), "callout.own", &again, json!({}));
    until("the other desk's name is shown", || {
        desk.detail(&again).unwrap().owner.is_some_and(|o| o.name == "Priya" && !o.me)
    })
    .await;
}

async fn until_arrived(desk: &desk::Desk) {
    until("all of it arrived", || desk.board().link.queued == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_call_outs_of_a_site_are_on_this_desk_without_the_hub_and_after_a_restart() {
    let mut hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let site = desk.board().sites[0].id.clone();
    assert_eq!(desk.site_history(&site).await, []);
    assert_eq!(desk.site_history("nowhere").await, []);
    let alarm = hub.alarm();
    hub.act_as(other_operator(), "alarm.take", &alarm, json!({}));
    until("the call-out is here", || desk.board().callouts.len() == 1).await;
    let callout = desk.board().callouts[0].clone();
    assert_eq!(desk.site_history(&site).await[0].ended, "open");
    hub.act_as(other_operator(), "callout.stand_down", &callout.id, json!({ "reason": "Cleaner" }));
    until("it is over", || desk.board().callouts.iter().all(|c| !c.open)).await;
    hub.stop();
    desk.close().await;

    let desk = open(dir.path(), &hub).await;
    let history = desk.site_history(&site).await;
    assert_eq!(history.len(), 1, "{history:?}");
    assert_eq!(
        (history[0].number.as_str(), history[0].ended.as_str(), history[0].verdict.as_str()),
        (callout.number.as_str(), "stood_down", "")
    );
    desk.close().await;
}
