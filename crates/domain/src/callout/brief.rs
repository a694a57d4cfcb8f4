//! What the police or an ambulance need to hear, in their order: ETHANE, with M before it for a major incident
//! (JESIP, Joint Doctrine). Made from the record, so that nobody has to remember it at three in the morning; what is
//! not known is said to be not known.

use super::{Assignment, Callout};
use crate::grid;
use crate::site::Site;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `E`, `T`, `H` …
    pub letter: char,
    pub heading: &'static str,
    pub says: String,
}

/// The level of escalation that may be a major incident; a person says whether it is declared.
const MAJOR: u8 = 3;

impl Callout {
    /// Line by line, to read out. `estate` is the name of the site's estate, empty without one; `zone` is that of the
    /// clock on the wall.
    pub fn brief(&self, site: Option<&Site>, estate: &str, zone: &str) -> Vec<Line> {
        let line = |letter, heading, says: Vec<String>| Line { letter, heading, says: sentence(&says) };
        let mut lines = Vec::new();
        if self.is_major() || self.escalation_level() >= MAJOR {
            let declared = self.major.as_ref().filter(|major| major.what.on);
            let says = declared.map(|m| format!("declared at {}", crate::civil::local(zone, m.at).format("%H:%M")));
            lines.push(line('M', "Major incident", vec![says.unwrap_or_else(|| "not declared".into())]));
        }
        lines.extend([
            line('E', "Exact location", self.location(site, estate)),
            line('T', "Type of incident", self.what()),
            line('H', "Hazards", self.hazards(site)),
            line('A', "Access", self.access(site)),
            line('N', "Number of casualties", self.casualties()),
            line('E', "Emergency services", self.service_words()),
        ]);
        lines
    }

    fn location(&self, site: Option<&Site>, estate: &str) -> Vec<String> {
        let mut says = Vec::new();
        match site {
            Some(site) => {
                says.push(site.name.clone());
                says.push(estate.to_owned());
                says.push(site.address.clone());
            }
            None => says.push(self.address.clone()),
        }
        says.extend(grid::grid_reference(self.point).map(|reference| format!("grid {reference}")));
        says.push(format!("{:.5}, {:.5}", self.point.lat, self.point.lon));
        says.extend(site.and_then(|s| s.what3words.as_ref()).map(|words| format!("///{words}")));
        says
    }

    fn what(&self) -> Vec<String> {
        let mut says = vec![self.title.to_lowercase()];
        says.extend(self.escalations.iter().filter(|e| e.stood_down.is_none()).map(
            |e| match e.raised.what.emergency {
                true => "officer's emergency button pressed".into(),
                false => e.raised.what.reason.clone(),
            },
        ));
        says.push(self.text.clone());
        says
    }

    fn hazards(&self, site: Option<&Site>) -> Vec<String> {
        // What officers saw there comes before what is on file.
        let seen = self.assignments.iter().filter_map(Assignment::assessment).flat_map(|dra| &dra.what.hazards);
        let mut says: Vec<String> = seen.map(|hazard| hazard.kind.replace('_', " ")).collect();
        says.extend(site.iter().flat_map(|s| &s.hazards).map(|hazard| hazard.to_lowercase()));
        if says.is_empty() {
            says.push("none known".into());
        }
        says
    }

    fn access(&self, site: Option<&Site>) -> Vec<String> {
        let mut says: Vec<String> = site.map(|s| s.access.clone()).into_iter().collect();
        says.extend(site.iter().flat_map(|s| &s.entrances).map(|entrance| entrance.name.clone()));
        if says.iter().all(|text| text.is_empty()) {
            says.push("not known".into());
        }
        says
    }

    fn casualties(&self) -> Vec<String> {
        let people = self.lead().and_then(Assignment::assessment).map(|dra| dra.what.people.clone());
        let people = people.filter(|p| !p.is_empty()).map(|p| format!("people: {p}"));
        ["not known".to_owned()].into_iter().chain(people).collect()
    }

    fn service_words(&self) -> Vec<String> {
        let there = |a: &&Assignment| a.is_watched();
        let ours: Vec<&str> = self.assignments.iter().filter(there).map(|a| a.call_sign.as_str()).collect();
        let mut says = vec![match ours.as_slice() {
            [] => "none of ours on site".into(),
            signs => format!("ours on site: {}", signs.join(", ")),
        }];
        // The newest word of each.
        for service in ["police", "ambulance", "fire"] {
            let told = self.liaison.iter().rev().find(|l| l.what.whom == service);
            says.extend(told.map(|l| format!("{service} {}", l.what.outcome.replace('_', " "))));
        }
        says
    }
}

fn sentence(parts: &[String]) -> String {
    let mut said: Vec<&str> = Vec::new();
    for part in parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        if !said.contains(&part) {
            said.push(part);
        }
    }
    said.join(", ")
}
