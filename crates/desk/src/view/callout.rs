//! One row of the call-out list.

use super::{Scene, instant, thread, wire_name};
use domain::callout::attention::Attention;
use domain::callout::messages::Reader;
use domain::callout::next::{Next, Tone};
use domain::callout::steps::{StepStatus, steps};
use domain::callout::{Assignment, AssignmentState, Callout, CalloutState, URGENT};
use domain::command::{Role, TextState};
use domain::id::{AggregateKind, Stream};
use protocol::view::{CalloutRow, Ring};

/// The priority with which a question rings that is no danger.
const QUIET: u8 = 3;

pub fn callout_row(scene: &Scene, callout: &Callout) -> CalloutRow {
    let world = scene.world();
    let site = callout.site.and_then(|id| world.sites.get(&id)).map(|s| s.as_ref());
    let stream = Stream::new(AggregateKind::Callout, callout.id);
    let steps = steps(callout);
    let next = callout.next();
    let mut line = line(scene, callout, &steps);
    if scene.needs_newer(stream) {
        line += " · needs a newer program";
    }
    let disagrees = callout.panel_disagrees();
    if let Some(word) = disagrees {
        let mut text = word.text.clone();
        text.get_mut(..1).into_iter().for_each(|first| first.make_ascii_lowercase());
        line += &format!(" · {text}");
    }
    let offer = callout.open_offer();
    let attention = callout.attention(site);
    CalloutRow {
        id: callout.id.to_string(),
        number: callout.number.clone(),
        provisional: callout.provisional.clone(),
        priority: callout.priority.into(),
        title: callout.title.clone(),
        place: site.map_or_else(|| callout.address.clone(), |s| s.name.clone()),
        estate: world.estate_name(site).to_owned(),
        state: wire_name(callout.state),
        line,
        rail: steps.iter().map(|s| wire_name(s.state)).collect(),
        created_at: instant(callout.created_at),
        due_at: next.due.map(instant),
        due_since: next.due.and(callout.due_since()).map(instant),
        site: callout.site.map(|id| id.to_string()),
        offer_expires_at: offer.map(|o| instant(o.expires_at)),
        escalation: callout.escalation_level(),
        needs_action: matches!(next.tone, Tone::Act | Tone::Danger) || disagrees.is_some() || !attention.is_empty(),
        ring: ring(callout, &next, scene.shown.me.author().role)
            .filter(|_| !on_its_way(scene, callout))
            .or_else(|| asked(callout, &attention)),
        lat: callout.point.lat,
        lon: callout.point.lon,
        unit: callout.lead().or(offer).map(|a| a.unit.to_string()),
        open: callout.is_open(),
        pending: scene.is_pending(stream),
        unread: callout.unread(Reader::Control).count() as u32,
        attention: attention.into_iter().map(thread::attention).collect(),
    }
}

/// Opened here a moment ago: the hub will ask somebody as soon as it has it.
fn on_its_way(scene: &Scene, callout: &Callout) -> bool {
    let pending = scene.is_pending(Stream::new(AggregateKind::Callout, callout.id));
    callout.state == CalloutState::Triaged && pending && scene.reachable
}

/// Help asked for, or something only the desk can do.
fn ring(callout: &Callout, next: &Next, role: Role) -> Option<Ring> {
    let priority = match (callout.escalation_level() >= URGENT, next.tone) {
        _ if !callout.is_open() => return None,
        (true, _) => 1,
        // Nobody waits at a door for a report to be read.
        (false, Tone::Act) if callout.state == CalloutState::Review => 4,
        (false, Tone::Act | Tone::Danger) => callout.priority.into(),
        (false, Tone::Wait | Tone::Done) if role == Role::Supervisor => return left_out(callout),
        (false, Tone::Wait | Tone::Done) => return None,
    };
    Some(Ring { priority, why: next.text.clone(), calls: callout.escalations.len() as u32 })
}

/// A supervisor is told once of each step that is left out.
fn left_out(callout: &Callout) -> Option<Ring> {
    let (step, skip) = callout.left_out().max_by_key(|(_, skip)| skip.seq)?;
    let why = format!("“{}” left out: {}", step.title, skip.what.reason);
    Some(Ring { priority: 4, why, calls: callout.escalations.len() as u32 })
}

/// What wants somebody without danger rings softly: nobody waits at a door for it.
fn asked(callout: &Callout, attention: &[Attention]) -> Option<Ring> {
    let first = attention.first().filter(|_| callout.is_open())?;
    let priority = u8::from(callout.priority).max(QUIET);
    Some(Ring { priority, why: first.text.clone(), calls: first.times })
}

/// How it stands, in one line: "RSP-1 on site · step 6 of 12".
fn line(scene: &Scene, callout: &Callout, steps: &[StepStatus]) -> String {
    let sign = callout.lead().map_or("nobody", |a| a.call_sign.as_str());
    let at = |doing: &str| match current(steps) {
        Some(step) => format!("{sign} {doing} · step {} of {}", step.n, steps.len()),
        None => format!("{sign} {doing}"),
    };
    let check_call = callout.lead().is_some_and(|a| a.is_engaged() && a.check_call_due.is_some());
    // Whoever withdrew before another took over is still somebody to ask for.
    let unsafe_other =
        callout.assignments.iter().find(|a| Some(a.id) != callout.lead && a.is_unsafe() && a.check_call_due.is_some());
    if let Some(Assignment { call_sign, .. }) = unsafe_other {
        return format!("{call_sign}, who withdrew, has not answered a check call");
    }
    match callout.state {
        CalloutState::New => "place or priority not known yet".into(),
        CalloutState::Triaged if on_its_way(scene, callout) => "on its way to the hub".into(),
        CalloutState::Triaged if scene.is_pending(Stream::new(AggregateKind::Callout, callout.id)) => {
            "nobody asked: the hub does not answer".into()
        }
        CalloutState::Triaged if callout.lead().is_some_and(|a| a.state == AssignmentState::Released) => {
            format!("{sign} was sent elsewhere, nobody asked yet")
        }
        CalloutState::Triaged => "nobody asked yet".into(),
        CalloutState::Offering => offer_line(scene, callout),
        CalloutState::Accepted | CalloutState::EnRoute if check_call => {
            format!("{sign} not there, has not answered a check call")
        }
        CalloutState::Accepted => at("accepted"),
        CalloutState::EnRoute => at("on the way"),
        _ if check_call && !callout.is_over() => format!("{sign} on site, has not answered a check call"),
        CalloutState::OnScene | CalloutState::Assessing | CalloutState::Inspecting => at("on site"),
        CalloutState::Securing => format!("{sign} · securing premises"),
        CalloutState::Reporting => "report being written".into(),
        CalloutState::Review => "report waits for review".into(),
        CalloutState::Closed => "closed".into(),
        CalloutState::StoodDown if callout.awaits_stand_down() => {
            format!("stood down, {sign} has not acknowledged")
        }
        CalloutState::StoodDown => "stood down".into(),
        CalloutState::Aborted if check_call => format!("{sign} withdrew, has not answered a check call"),
        CalloutState::Aborted => format!("{sign} withdrew for safety"),
        CalloutState::Unresourced => {
            let why = callout.unresourced.as_ref().map_or("", |u| u.reason.as_str());
            if why.is_empty() { "nobody to send".into() } else { format!("nobody to send: {why}") }
        }
    }
}

fn offer_line(scene: &Scene, callout: &Callout) -> String {
    let Some(offer) = callout.open_offer() else {
        return "nobody asked yet".into();
    };
    let sign = &offer.call_sign;
    let known = scene.shown.confirmed.callouts.get(&callout.id).is_some_and(|c| c.assignment(offer.id).is_some());
    if !known {
        return format!("offer to {sign} not sent yet");
    }
    if offer.not_delivered_at.is_some() && offer.delivered_at.is_none() {
        return undelivered(scene, offer);
    }
    match offer.then.first() {
        Some(next) => format!("offered to {sign}, then {next}"),
        None => format!("offered to {sign}, nobody else is free"),
    }
}

/// With what came of the SMS, where there is a gateway for one.
fn undelivered(scene: &Scene, offer: &Assignment) -> String {
    let sign = &offer.call_sign;
    let Some(text) = &offer.text else {
        return format!("{sign} has not got the offer: use the radio");
    };
    match text.what.state {
        TextState::Sending => format!("{sign} has not got the offer, SMS on its way: use the radio"),
        TextState::Sent => {
            let zone = domain::civil::zone(&scene.world().settings);
            let at = text.at.with_timezone(&zone).format("%H:%M");
            format!("{sign} has not got the offer, SMS sent {at}: use the radio")
        }
        TextState::Failed => format!("{sign} has not got the offer, SMS failed: {}, ring them", text.what.why()),
    }
}

fn current(steps: &[StepStatus]) -> Option<&StepStatus> {
    steps.iter().find(|s| s.state == domain::callout::steps::StepState::Current)
}
