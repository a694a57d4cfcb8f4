//! What the fuzz target runs, so that an ordinary test can replay its corpus on every change.

use super::{Reading, plus_code, read, read_back};
use crate::geo::Point;

/// Any bytes as a typed place: nothing panics, and what is understood is understood again when it is read back.
pub fn typed(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let near = Point::new(51.5395, -0.1423);
    let reading = read(&text, Some(near));
    let _ = read_back(&reading);
    match &reading {
        Reading::Place(place) => {
            assert!(place.point.is_valid(), "{text}");
            assert!(place.size_m > 0.0, "{text}");
            let Reading::Place(again) = read(&place.canonical, None) else { panic!("{text}: {}", place.canonical) };
            let moved = crate::geo::distance_m(place.point, again.point);
            assert!(moved <= place.size_m.max(1.0), "{text} moved {moved} m");
        }
        Reading::Words(words) => assert_eq!(read(&format!("///{words}"), None), reading, "{text}"),
        Reading::Empty | Reading::Unclear(_) => {}
    }
    if let Some(code) = plus_code::recover(&text, near) {
        assert_eq!(plus_code::kind(&code), Some(plus_code::Kind::Full), "{text}");
        assert!(plus_code::decode(&code).is_some(), "{text}");
    }
}
