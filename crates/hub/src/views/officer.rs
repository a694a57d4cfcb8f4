//! One officer's phone: the offer, or the call-out with everything needed on site.

use super::{contacts, entrances, service, steps, word};
use crate::state::Hub;
use crate::words;
use domain::callout::messages::Reader;
use domain::callout::{Assignment, AssignmentState, Callout, Given, Part};
use domain::command::NoteAdd;
use domain::documents::Rams;
use domain::id::OfficerId;
use domain::people::Officer;
use domain::site::Site;
use domain::{Instant, World};
use protocol::officer::{
    AlertView, MessageView, OfferView, OfficerCallout, OfficerState, RamsView, SignedView, UnitChoice,
};
use std::sync::Arc;

pub fn state(hub: &Hub, id: OfficerId) -> Option<OfficerState> {
    let world = hub.world();
    let officer = world.officers.get(&id)?;
    let now = hub.clock.now();
    let units = world
        .units
        .values()
        .map(|u| UnitChoice {
            call_sign: u.call_sign.clone(),
            kind: word(u.kind),
            taken_by: world.officers_of(u.id).filter(|o| o.id != id).count() as u32,
        })
        .collect();
    Some(OfficerState {
        service: service(&world),
        zone: world.settings.zone.clone(),
        now: now.to_rfc3339(),
        clock_rate: hub.clock.rate(),
        seq: i32::try_from(hub.head()).unwrap_or(i32::MAX),
        officer: id.to_string(),
        name: officer.name.clone(),
        reference: officer.reference.clone(),
        call_sign: call_sign(&world, officer),
        on_shift_since: officer.shift.as_ref().map(|s| s.since.to_rfc3339()),
        units,
        offer: world.offer_to(id).and_then(|c| offer(&world, c)),
        callout: current(&world, id).map(|(c, a)| callout(&world, c, a, now)),
        alert: alert(&world, id),
    })
}

fn call_sign(world: &World, officer: &Officer) -> Option<String> {
    Some(world.units.get(&officer.shift.as_ref()?.unit)?.call_sign.clone())
}

/// The call-out on the phone: one being worked on, one whose stand-down waits to be acknowledged, or one just left
/// for safety.
fn current(world: &World, officer: OfficerId) -> Option<(&Arc<Callout>, &Assignment)> {
    let with = |c: &'_ Arc<Callout>, wanted: fn(AssignmentState) -> bool| {
        c.assignments.iter().rposition(|a| a.officer == officer && wanted(a.state))
    };
    let find = |wanted: fn(AssignmentState) -> bool| {
        world.callouts.values().rev().filter(|c| c.is_open()).find_map(|c| Some((c, with(c, wanted)?)))
    };
    let (callout, index) =
        find(AssignmentState::is_active).or_else(|| find(|state| state == AssignmentState::Aborted))?;
    Some((callout, &callout.assignments[index]))
}

/// The newest, where there is more than one.
fn alert(world: &World, officer: OfficerId) -> Option<AlertView> {
    let open = world.callouts.values().filter(|c| c.is_open());
    let told = open.filter_map(|c| Some((c, c.alert_to(officer)?))).max_by_key(|(_, told)| told.seq);
    let (callout, told) = told?;
    let site = callout.site.and_then(|id| world.sites.get(&id)).map(|s| &**s);
    let (place, address) = place(callout, site);
    let on_it = callout.lead().filter(|a| a.is_engaged());
    Some(AlertView {
        callout: callout.id.to_string(),
        number: callout.number.clone(),
        level: callout.escalation_level(),
        since: told.at.to_rfc3339(),
        who: on_it.map_or_else(|| "An officer".into(), |a| a.call_sign.clone()),
        place,
        address,
        hazards: site.map_or_else(Vec::new, |s| s.hazards.clone()),
        lat: callout.point.lat,
        lon: callout.point.lon,
    })
}

fn lead_of(callout: &Callout) -> Option<String> {
    let leads = |lead: &&Assignment| lead.state.is_active() || lead.state == AssignmentState::Aborted;
    callout.lead().filter(leads).map(|lead| lead.call_sign.clone())
}

/// What somebody typed for this call-out goes before what the register has.
fn place(callout: &Callout, site: Option<&Site>) -> (String, String) {
    match site {
        Some(site) if callout.address.is_empty() => (site.name.clone(), site.address.clone()),
        Some(site) => (site.name.clone(), callout.address.clone()),
        None => (callout.address.clone(), callout.address.clone()),
    }
}

fn offer(world: &World, callout: &Callout) -> Option<OfferView> {
    let offer = callout.open_offer()?;
    let site = callout.site.and_then(|id| world.sites.get(&id)).map(|s| &**s);
    let (place, address) = place(callout, site);
    Some(OfferView {
        assignment: offer.id.to_string(),
        callout: callout.id.to_string(),
        number: callout.number.clone(),
        priority: callout.priority.into(),
        title: callout.title.clone(),
        place,
        estate: world.estate_name(site).to_owned(),
        address,
        distance_m: offer.distance_m,
        travel_s: offer.travel_s,
        by_road: offer.by_road,
        travel_by: world.units.get(&offer.unit).map_or_else(String::new, |u| word(u.kind)),
        expires_at: offer.expires_at.to_rfc3339(),
        backs_up: (offer.part == Part::Support).then(|| lead_of(callout)).flatten(),
        hazards: site.map_or_else(Vec::new, |s| s.hazards.clone()),
        lat: callout.point.lat,
        lon: callout.point.lon,
    })
}

fn callout(world: &World, callout: &Callout, assignment: &Assignment, now: Instant) -> OfficerCallout {
    let site = callout.site.and_then(|id| world.sites.get(&id)).map(|s| &**s);
    let (place, address) = place(callout, site);
    let stage = match (callout.stood_down.is_some(), assignment.state) {
        (true, _) => "stood_down",
        (_, AssignmentState::EnRoute) => "en_route",
        (_, AssignmentState::Arrived) => "arrived",
        (_, AssignmentState::Clear | AssignmentState::Finished) => "clear",
        (_, AssignmentState::Aborted) => "aborted",
        _ => "accepted",
    };
    let lead_rams = assignment.rams.is_some() || callout.rams.is_none();
    let inspected = |section| callout.inspections.contains_key(&section);
    let returned = callout.reviews.last().filter(|r| !r.what.approve && !callout.awaits_review());
    OfficerCallout {
        assignment: assignment.id.to_string(),
        callout: callout.id.to_string(),
        number: callout.number.clone(),
        priority: callout.priority.into(),
        title: callout.title.clone(),
        place,
        estate: world.estate_name(site).to_owned(),
        address,
        lat: callout.point.lat,
        lon: callout.point.lon,
        grid_reference: words::grid_reference(callout.point),
        plus_code: protocol::place::plus_code(callout.point),
        what3words: site.and_then(|s| s.words_at(callout.point)).map(str::to_owned),
        place_given: callout.place.clone(),
        hazards: site.map_or_else(Vec::new, |s| s.hazards.clone()),
        access: site.map_or_else(String::new, |s| s.access.clone()),
        keys: site.map_or_else(Vec::new, |s| s.keys.clone()),
        entrances: site.map_or_else(Vec::new, entrances),
        floors: site.map_or_else(Vec::new, protocol::found::floors),
        plans: site.map_or_else(Vec::new, protocol::found::plans),
        contacts: site.map_or_else(Vec::new, contacts),
        text: callout.text.clone(),
        stage: stage.into(),
        backs_up: (callout.lead != Some(assignment.id)).then(|| lead_of(callout)).flatten(),
        lead_withdrew: callout.lead != Some(assignment.id)
            && callout.lead().is_some_and(|lead| lead.state == AssignmentState::Aborted),
        known_safe: assignment.state == AssignmentState::Aborted && !assignment.is_unsafe(),
        arrival_unconfirmed: assignment.arrived.is_some() && !assignment.arrival_confirmed(),
        acknowledge_en_route: site.is_some_and(|s| s.policy.acknowledge_en_route),
        steps: steps(callout),
        gates: protocol::procedure::gates(callout),
        rams: callout.rams.as_ref().map(|r| RamsView {
            title: r.title.clone(),
            version: r.version,
            first: r.first.clone(),
            hazards: r.hazards.clone(),
            controls: r.controls.clone(),
            ppe: r.ppe.clone(),
            no_go: r.no_go.clone(),
            emergency: r.emergency.clone(),
            minimum_crew: r.minimum_crew,
            expired: r.has_expired(now),
            pdf: r.pdf.as_ref().map(|pdf| pdf.sha256.to_ascii_lowercase()),
            pdf_name: r.pdf.as_ref().map_or_else(String::new, |pdf| pdf.name.clone()),
            allowed: callout.rams_override.is_some(),
            signed: signed_before(world, assignment, r, now),
        }),
        rams_signed: lead_rams,
        location_confirmed: assignment.location.is_some(),
        parked: assignment.parked.is_some(),
        checklist_title: callout.checklist.as_ref().map_or_else(String::new, |c| c.title.clone()),
        items: protocol::items::items(callout),
        assessment: assignment.assessment().map(|a| word(a.what.decision)),
        assessment_due_at: assignment.assessment_due_at().map(|at| at.to_rfc3339()),
        inspected_outside: inspected(domain::command::InspectionSection::Outside),
        inspected_inside: inspected(domain::command::InspectionSection::Inside),
        forced_entry: callout.forced_entry.as_ref().map(|f| word(f.what.verdict)),
        secured: callout.left_the_site_at().is_some(),
        report_submitted: callout.awaits_review(),
        report_returned: returned.map(|r| r.what.comments.clone()),
        escalation: callout.escalation_level(),
        stood_down: callout.stood_down.as_ref().map(|s| s.reason.clone()),
        check_call_due: assignment.check_call_due.map(|t| t.to_rfc3339()),
        seems_en_route: assignment.is_on_the_way() && assignment.state == AssignmentState::Accepted,
        not_moving_since: assignment.not_moving_at.map(|t| t.to_rfc3339()),
        seems_left_since: assignment.seems_left_at.map(|t| t.to_rfc3339()),
        was_there: assignment.arrived.is_some() && callout.lead == Some(assignment.id),
        messages: messages(callout, assignment),
        draft: words::draft(callout, assignment, &world.settings.zone),
    }
}

/// For this call-out it may be signed already; what counts is what the officer knew of it before.
fn signed_before(world: &World, assignment: &Assignment, rams: &Rams, now: Instant) -> Option<SignedView> {
    let officer = world.officers.get(&assignment.officer).filter(|_| assignment.rams.is_none())?;
    let last = officer.signed(rams.id)?;
    let holds = officer.still_knows(rams, now).is_some();
    Some(SignedView { version: last.version, at: last.at.to_rfc3339(), holds })
}

/// The thread as this officer sees it: all but what the control room keeps to itself and the customer writes to it.
fn messages(callout: &Callout, assignment: &Assignment) -> Vec<MessageView> {
    let me = Reader::Officer(assignment.officer);
    let (read, here) = (callout.read_up_to(me), callout.delivered_up_to(me));
    let shown = |n: &&Given<NoteAdd>| Reader::of(&n.by) == me || n.what.to.as_deref() != Some("control");
    let mut notes: Vec<_> = callout.notes.iter().filter(shown).collect();
    notes.sort_by_key(|n| (n.at, n.seq));
    let view = |n: &Given<NoteAdd>| {
        let mine = Reader::of(&n.by) == me;
        let first = callout.readers_of(n).into_iter().filter_map(|r| Some((callout.read_at(r, n.seq)?, r)));
        let first = first.min_by_key(|(at, _)| *at).filter(|_| mine);
        let mine_to_read = callout.is_for(n, me);
        MessageView {
            at: n.at.to_rfc3339(),
            who: who(callout, Reader::of(&n.by)),
            text: n.what.text.clone(),
            mine,
            seq: i32::try_from(n.seq).unwrap_or(i32::MAX),
            to: n.what.to.clone().unwrap_or_default(),
            unread: mine_to_read && n.seq > read,
            undelivered: mine_to_read && n.seq > here,
            read_at: first.map(|(at, _)| at.to_rfc3339()),
            read_by: first.map_or_else(String::new, |(_, reader)| who(callout, reader)),
        }
    };
    notes.into_iter().map(view).collect()
}

fn who(callout: &Callout, reader: Reader) -> String {
    match reader {
        Reader::Control => "Control".into(),
        Reader::Customer => "The customer".into(),
        Reader::Officer(officer) => {
            callout.assignment_of(officer).map_or_else(|| "An officer".into(), |a| a.call_sign.clone())
        }
    }
}
