//! What a customer may see of one call-out.

use super::{service, steps};
use crate::state::Hub;
use domain::callout::messages::Reader;
use domain::callout::partner::TestStage;
use domain::callout::procedure::{Fact, Procedure};
use domain::callout::{Callout, CalloutState};
use domain::{Instant, World};
use protocol::api::Position;
use protocol::track::{TickView, TrackMessage, TrackPicture, TrackPosition, TrackState, TrackTime};
use std::sync::Arc;

/// Everything a customer's view is made of, taken at one moment.
pub struct Maker {
    world: Arc<World>,
    now: Instant,
    positions: Vec<(domain::id::UnitId, Position)>,
}

impl Maker {
    pub fn new(hub: &Hub) -> Self {
        let world = hub.world();
        let positions = world.units.keys().filter_map(|u| Some((*u, hub.position(*u)?))).collect();
        Self { world, now: hub.clock.now(), positions }
    }

    pub fn state(&self, callout: &Callout, expires_at: Instant) -> TrackState {
        let world = &self.world;
        let site = callout.site.and_then(|id| world.sites.get(&id)).map(|s| &**s);
        let (stage, headline) = stage(callout);
        let ticks: Vec<TickView> = callout
            .visible_items()
            .filter(|i| i.share && i.asks())
            .map(|i| {
                let answer = callout.answers.get(&i.id).and_then(|a| a.last());
                TickView {
                    item: i.id.clone(),
                    text: with_place(i),
                    done: answer.is_some(),
                    answer: answer.map_or_else(String::new, |a| i.words_outside(&a.what)),
                    at: answer.map(|a| a.at.to_rfc3339()),
                }
            })
            .collect();
        let mut pictures: Vec<_> = callout.media.iter().filter(|(_, m)| m.share && m.received_at.is_some()).collect();
        pictures.sort_by_key(|(sha256, m)| (m.taken_at, sha256.to_string()));
        TrackState {
            service: service(world),
            zone: world.settings.zone.clone(),
            now: self.now.to_rfc3339(),
            number: callout.number.clone(),
            title: callout.title.clone(),
            place: site.map_or_else(|| callout.address.clone(), |s| s.name.clone()),
            estate: world.estate_name(site).to_owned(),
            stage: stage.into(),
            headline: headline.into(),
            rail: rail(callout),
            test: callout.test,
            rating: callout.rating.as_ref().map(|r| r.what.score),
            may_rate: may_rate(callout),
            times: times(callout),
            ticks_done: ticks.iter().filter(|t| t.done).count() as u32,
            ticks_all: ticks.len() as u32,
            ticks,
            pictures: pictures
                .into_iter()
                .map(|(sha256, m)| TrackPicture {
                    sha256: sha256.clone(),
                    caption: m.caption.clone(),
                    taken_at: m.taken_at.to_rfc3339(),
                })
                .collect(),
            officer_position: self.officer_position(callout),
            lat: callout.point.lat,
            lon: callout.point.lon,
            expires_at: expires_at.to_rfc3339(),
            messages: messages(callout),
            may_write: !callout.is_over(),
            outcome: callout.outcome(),
        }
    }

    /// Only between the acceptance and leaving.
    fn officer_position(&self, callout: &Callout) -> Option<TrackPosition> {
        let lead = callout.lead().filter(|a| a.state.is_busy() && !callout.is_over())?;
        let (_, position) = self.positions.iter().find(|(unit, _)| *unit == lead.unit)?;
        (position.at >= lead.accepted_at?).then(|| TrackPosition {
            lat: position.lat,
            lon: position.lon,
            at: position.at.to_rfc3339(),
        })
    }
}

/// What is addressed to the customer, and what the customer wrote. Nothing else of the thread.
fn messages(callout: &Callout) -> Vec<TrackMessage> {
    let mut notes: Vec<_> = callout.notes.iter().filter(|n| n.what.share).collect();
    notes.sort_by_key(|n| (n.at, n.seq));
    let view = |n: &domain::callout::Given<domain::command::NoteAdd>| {
        let mine = Reader::of(&n.by) == Reader::Customer;
        let reader = if mine { Reader::Control } else { Reader::Customer };
        TrackMessage {
            seq: i32::try_from(n.seq).unwrap_or(i32::MAX),
            at: n.at.to_rfc3339(),
            text: n.what.text.clone(),
            mine,
            read: callout.read_up_to(reader) >= n.seq,
        }
    };
    notes.into_iter().map(view).collect()
}

/// The steps as a customer sees them. Whether help was called for is the service's affair, and under duress nobody's: that
/// step reads as if there had been no need.
fn rail(callout: &Callout) -> Vec<String> {
    let silent = Procedure::find(&callout.procedure)
        .and_then(|p| p.steps.iter().find(|s| s.done_when == Fact::EscalationSettled))
        .map(|s| s.n);
    let over = callout.report.is_some() || callout.is_over();
    let plain = if over { "skipped" } else { "pending" };
    steps(callout).into_iter().map(|s| if Some(s.n) == silent { plain.to_owned() } else { s.state }).collect()
}

fn may_rate(callout: &Callout) -> bool {
    let left = matches!(callout.state, CalloutState::Reporting | CalloutState::Review);
    callout.rating.is_none() && (left || callout.is_over())
}

pub fn stage(callout: &Callout) -> (&'static str, &'static str) {
    match callout.state {
        CalloutState::New | CalloutState::Triaged => ("received", "We have your alarm"),
        CalloutState::Offering | CalloutState::Unresourced | CalloutState::Aborted => {
            ("finding", "We are sending an officer")
        }
        CalloutState::Accepted => ("accepted", "An officer has accepted"),
        CalloutState::EnRoute => ("on_the_way", "An officer is on the way"),
        CalloutState::OnScene | CalloutState::Assessing | CalloutState::Inspecting => {
            ("at_site", "An officer is at your site")
        }
        CalloutState::Securing => ("securing", "The officer is securing your site"),
        CalloutState::Reporting | CalloutState::Review => ("left", "The officer has left your site"),
        CalloutState::Closed => ("closed", "This call-out is closed"),
        CalloutState::StoodDown => ("stood_down", "This call-out was stood down"),
    }
}

pub(super) fn times(callout: &Callout) -> Vec<TrackTime> {
    if callout.test {
        return test_times(callout);
    }
    let lead = callout.lead();
    let arrived = lead.and_then(|a| a.arrived.as_ref()).and_then(|a| a.confirmed_at);
    [
        ("Alarm received", Some(callout.signal_at)),
        ("Officer accepted", lead.and_then(|a| a.accepted_at)),
        ("On the way", lead.and_then(|a| a.en_route_at)),
        ("Arrived", arrived),
        ("Left", lead.and_then(|a| a.left_at)),
        ("Report written", callout.report.as_ref().map(|r| r.at)),
    ]
    .into_iter()
    .filter_map(|(label, at)| Some(TrackTime { label: label.into(), at: at?.to_rfc3339() }))
    .collect()
}

fn test_times(callout: &Callout) -> Vec<TrackTime> {
    let stages = [
        ("Officer accepted", TestStage::Accepted),
        ("On the way", TestStage::EnRoute),
        ("Arrived", TestStage::Arrived),
        ("Left", TestStage::Left),
        ("Report written", TestStage::Reported),
    ];
    let played = stages.into_iter().map(|(label, stage)| (label, callout.test_reached(stage)));
    std::iter::once(("Alarm received", Some(callout.signal_at)))
        .chain(played)
        .filter_map(|(label, at)| Some(TrackTime { label: label.into(), at: at?.to_rfc3339() }))
        .collect()
}

/// "Are all windows shut? (rear, first floor)"
fn with_place(item: &domain::documents::Item) -> String {
    let place = item.place();
    let mut letters = place.chars();
    match letters.next() {
        Some(first) => format!("{} ({}{})", item.text, first.to_lowercase(), letters.as_str()),
        None => item.text.clone(),
    }
}
