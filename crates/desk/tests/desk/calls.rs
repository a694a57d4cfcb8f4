//! The telephone at the desk: with the hub, without it, and after a restart.

use crate::hub::{Hub, other_operator, system};
use crate::{act, done, live, open, until};
use protocol::call::{AspectView, CallQuestion, ThriveView};
use protocol::place::PinView;
use serde_json::json;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_an_exchange_told_of_shows_rings_and_is_with_one_desk() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.act_as(system(), "call.progress", "7", json!({"id": "7", "state": "ringing", "from": "020 7946 0111"}));
    until("it rings", || desk.board().calls.iter().any(|c| c.waits && !c.number.is_empty())).await;
    let row = desk.board().calls[0].clone();
    assert_eq!((row.number.as_str(), row.by_hand, row.mine), ("020 7946 0111", false, false));
    done(&desk, "call.answer", &row.id, json!({})).await;
    let row = desk.board().calls[0].clone();
    assert!(row.mine && !row.waits && row.phase == "answered", "{row:?}");
    until("the hub has it", || !desk.board().calls[0].pending).await;
    // Closed at another desk it leaves this one.
    hub.act_as(other_operator(), "call.close", &row.id, json!({"outcome": "test"}));
    until("it is gone", || desk.board().calls.is_empty()).await;
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_by_hand_without_the_hub_becomes_a_call_out_and_the_hub_gets_both_in_order() {
    let mut hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.stop();
    until("the link is gone", || desk.board().link.state != "live").await;
    let call = Uuid::now_v7().to_string();
    let card = json!({"caller": "A neighbour", "address": "Block C", "place": "filled count soap",
                      "point": {"lat": 51.55, "lon": -0.15}, "about": "noise_nuisance"});
    assert_eq!(done(&desk, "call.put", &call, card).await.made.as_deref(), Some(call.as_str()));
    done(&desk, "call.grade", &call, json!({"risk": {"level": "some", "note": ""}, "priority": 2})).await;
    let row = desk.board().calls[0].clone();
    assert!(row.by_hand && row.mine && row.pending && row.graded == 1, "{row:?}");
    // The window dies; the card is on this machine's disk.
    desk.close().await;
    let desk = open(dir.path(), &hub).await;
    assert_eq!(desk.board().calls[0].card.caller, "A neighbour");
    let made = done(&desk, "callout.create", &Uuid::now_v7().to_string(), json!({"call": call})).await.made.unwrap();
    let detail = desk.detail(&made).unwrap();
    assert!(detail.row.number.starts_with("D2-") && desk.board().calls.is_empty());
    assert_eq!((detail.source.as_str(), detail.place.as_str()), ("telephone", "filled count soap"));
    assert_eq!((detail.calls.len(), detail.calls[0].caller.as_str()), (1, "A neighbour"));
    hub.listen();
    until("the hub has all of it", || desk.board().link.queued == 0).await;
    assert_eq!(hub.counts(["call.opened", "call.graded", "callout.created", "call.closed"]), [1, 1, 1, 1]);
    until("it has its number", || desk.detail(&made).is_some_and(|d| d.row.number.starts_with("CO-"))).await;
    assert!(desk.board().conflicts.is_empty());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_helps_with_a_card_is_known_without_the_hub() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let first = Uuid::now_v7().to_string();
    done(&desk, "call.put", &first, json!({"number": "020 7946 0111", "point": {"lat": 51.55, "lon": -0.15}})).await;
    let asked = CallQuestion {
        pin: Some(PinView { lat: 51.55, lon: -0.15 }),
        number: "+44 20 7946 0111".into(),
        thrive: ThriveView {
            harm: AspectView { level: Some("high".into()), note: String::new() },
            ..ThriveView::default()
        },
        ..CallQuestion::default()
    };
    let help = desk.call_help(&asked);
    assert_eq!((help.likely.len(), help.likely[0].kind.as_str()), (1, "call"));
    assert_eq!(help.likely[0].reasons, ["the same pin", "the same number"]);
    assert_eq!((help.suggested, help.hours.as_str()), (Some(1), "16:00–03:00"));
    // What a page of another version sends is not asked rather than an error.
    let strange = AspectView { level: Some("purple".into()), note: String::new() };
    let strange =
        CallQuestion { thrive: ThriveView { harm: strange, ..ThriveView::default() }, ..CallQuestion::default() };
    assert_eq!(desk.call_help(&strange).suggested, None);
    let refused = act(&desk, "call.close", &first, json!({"outcome": "advice"})).await.refusal.unwrap();
    assert_eq!(refused.code, "missing");
    desk.close().await;
}
