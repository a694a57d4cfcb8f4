//! A typed place as the page shows it.

use domain::World;
use domain::geo::Point;
use domain::places::{Claims, Reading, Register, check, read, read_back};
use domain::site::Site;
use protocol::place::{PlaceQuestion, PlaceView};

pub fn place_view(world: &World, question: &PlaceQuestion) -> PlaceView {
    let register = Register {
        sites: world.sites.values().map(|s| &**s).collect(),
        estates: world.estates.values().map(|e| &**e).collect(),
    };
    let site = question.site.as_deref().and_then(|id| world.site(id)).map(|s| &**s);
    of(&register, site, question)
}

fn of(register: &Register<'_>, site: Option<&Site>, question: &PlaceQuestion) -> PlaceView {
    let pin = question.pin.map(Point::from).filter(Point::is_valid);
    let words_at = question.words_at.map(Point::from).filter(Point::is_valid);
    let near = site.map(|s| s.point).or(pin).or_else(|| middle(register));
    let reading = read(&question.typed, near);
    let (mut view, typed) = match &reading {
        Reading::Empty => (PlaceView { kind: "empty".into(), ..PlaceView::default() }, None),
        Reading::Unclear(why) => {
            (PlaceView { kind: "unclear".into(), note: why.clone(), ..PlaceView::default() }, None)
        }
        Reading::Words(words) => {
            let canonical = format!("///{words}");
            let at = words_at.map(Into::into);
            let (kind, form) = ("words".into(), "three words".into());
            (PlaceView { kind, form, canonical, at, size_m: 3.0, ..PlaceView::default() }, None)
        }
        Reading::Place(located) => {
            let view = PlaceView {
                kind: "place".into(),
                form: located.form.name().into(),
                canonical: located.canonical.clone(),
                at: Some(located.point.into()),
                size_m: located.size_m,
                note: located.note.clone(),
                ..PlaceView::default()
            };
            (view, Some(located))
        }
    };
    let words = words_at.filter(|_| matches!(reading, Reading::Words(_)));
    let found = check(&Claims { site, pin, typed, words, address: &question.address }, register);
    view.read_back = read_back(&reading);
    view.near = found.near;
    view.pin = pin.map(Into::into);
    view.compared = found.compared.len();
    view.warnings = found.disagreements.into_iter().map(|d| d.text).collect();
    view.advice = found.advice;
    view
}

/// Where a short code is meant when nothing else is chosen: the middle of the borough.
fn middle(register: &Register<'_>) -> Option<Point> {
    let points = register.sites.iter().map(|s| s.point).chain(register.estates.iter().map(|e| e.centre));
    let (n, lat, lon) = points.fold((0.0, 0.0, 0.0), |(n, lat, lon), p| (n + 1.0, lat + p.lat, lon + p.lon));
    (n > 0.0).then(|| Point::new(lat / n, lon / n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::site::Estate;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Vectors {
        estates: Vec<Estate>,
        sites: Vec<Site>,
        /// What the page sends, with the site's reference, and what it gets.
        answers: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        question: PlaceQuestion,
        answer: PlaceView,
    }

    /// The page is tried in a browser with these answers, so they must be the ones this program gives.
    #[test]
    fn the_page_is_tried_with_the_answers_this_program_gives() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/lib/desk/host/mock/places.json");
        let vectors: Vectors = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let register = Register { sites: vectors.sites.iter().collect(), estates: vectors.estates.iter().collect() };
        assert!(!vectors.answers.is_empty());
        for Vector { question, answer } in &vectors.answers {
            let site = vectors.sites.iter().find(|s| Some(&s.reference) == question.site.as_ref());
            let found = of(&register, site, question);
            assert_eq!(&found, answer, "{}", serde_json::to_string_pretty(&found).unwrap());
        }
    }
}
