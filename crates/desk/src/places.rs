//! Places for a draft: what is typed is read here at once; what three words stand for is asked of the hub, and an
//! answer that does not come is an answer too.

use crate::Desk;
use crate::hub::HubError;
use crate::view::place_view;
use domain::places::ThreeWords;
use protocol::place::{PinView, PlaceLookup, PlaceQuestion, PlaceView};
use std::time::Duration;

/// The hub gives up after 1.5 s; the way there and back is short or useless.
const LOOK_UP_TIMEOUT: Duration = Duration::from_millis(2500);

impl Desk {
    /// Never waits for anything.
    pub fn place(&self, question: &PlaceQuestion) -> PlaceView {
        place_view(&self.inner.shown().world, question)
    }

    /// Where three words are, as somebody outside says.
    pub async fn look_up_words(&self, words: &str, near: Option<PinView>) -> PlaceLookup {
        // The address is made from letters and dots only, so nothing in it needs escaping but other alphabets.
        let Ok(words) = ThreeWords::parse(words) else {
            return nothing("unknown", "These are not three words with dots.");
        };
        let near = near.map_or_else(String::new, |pin| format!("&lat={}&lon={}", pin.lat, pin.lon));
        self.look_up(&format!("/v1/places?q={words}{near}")).await
    }

    /// Which three words a point has.
    pub async fn words_at(&self, pin: PinView) -> PlaceLookup {
        self.look_up(&format!("/v1/places/words?lat={}&lon={}", pin.lat, pin.lon)).await
    }

    async fn look_up(&self, path: &str) -> PlaceLookup {
        match self.inner.hub.get(path, LOOK_UP_TIMEOUT).await {
            Ok(answer) => answer,
            Err(HubError::Status { status: 404, .. }) => nothing("off", "This hub cannot look up three words."),
            Err(error) => nothing("no_answer", &format!("{error} The three words were not looked up.")),
        }
    }
}

fn nothing(state: &str, text: &str) -> PlaceLookup {
    PlaceLookup { state: state.into(), text: text.into(), ..PlaceLookup::default() }
}
