//! Where something is, with and without the hub.

use crate::hub::Hub;
use crate::{live, until};
use protocol::place::{PinView, PlaceQuestion};

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_place_is_read_and_compared_without_the_hub() {
    let mut hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.stop();
    until("the link is known to be down", || desk.board().link.state != "live").await;
    let site = desk.board().sites[0].clone();
    let far = PlaceQuestion { site: Some(site.id), typed: "TQ 30000 10000".into(), ..PlaceQuestion::default() };
    let view = desk.place(&far);
    assert_eq!((view.kind.as_str(), view.compared), ("place", 2));
    assert!(view.warnings[0].contains(&format!("of {}", site.name)), "{view:?}");
    assert!(view.read_back.starts_with("Tango Quebec, three zero"), "{view:?}");
    // What only the network knows is told to be missing, and soon.
    let answer = desk.look_up_words("///filled.count.soap", None).await;
    assert_eq!((answer.state.as_str(), answer.at), ("no_answer", None));
    assert!(answer.text.ends_with("The three words were not looked up."), "{}", answer.text);
    assert_eq!(desk.words_at(PinView { lat: site.lat, lon: site.lon }).await.state, "no_answer");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_cannot_look_up_is_no_trouble() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    assert_eq!(desk.look_up_words("///filled.count.soap", None).await.state, "off");
    desk.close().await;
}
