//! Patrols and officers.

use super::{Scene, instant, wire_name};
use domain::callout::{Assignment, AssignmentState, Callout};
use domain::people::{Officer, Unit};
use domain::timers::next_check_call;
use protocol::view::{OfficerRow, UnitRow};

pub fn unit_row(scene: &Scene, unit: &Unit) -> UnitRow {
    let crew: Vec<&Officer> = scene.world().officers_of(unit.id).map(|o| o.as_ref()).collect();
    let work = crew.iter().filter_map(|o| work_of(scene, o)).min_by_key(|(_, a)| rank(a));
    let live = scene.fixes.get(unit.id);
    let (status, line) = match &work {
        _ if crew.is_empty() => ("off", "Off shift".to_owned()),
        Some((callout, assignment)) => standing(scene, callout, assignment),
        None => ("available", "Available".to_owned()),
    };
    UnitRow {
        id: unit.id.to_string(),
        call_sign: unit.call_sign.clone(),
        kind: wire_name(unit.kind),
        status: status.into(),
        line,
        officers: crew.iter().map(|o| name_of(o)).collect(),
        callout: work.as_ref().map(|(callout, _)| callout.id.to_string()),
        lat: live.map(|l| l.fix.point.lat),
        lon: live.map(|l| l.fix.point.lon),
        accuracy_m: live.and_then(|l| l.fix.accuracy_m),
        fix_at: live.map(|l| instant(l.fix.at)),
        battery_pct: live.and_then(|l| l.battery_pct),
        check_call_due: work.as_ref().and_then(|(callout, a)| check_call(callout, a)).map(instant),
        clock_skew_s: None,
    }
}

pub fn officer_row(_scene: &Scene, officer: &Officer) -> OfficerRow {
    OfficerRow {
        id: officer.id.to_string(),
        reference: officer.reference.clone(),
        name: officer.name.clone(),
        unit: officer.shift.as_ref().map(|s| s.unit.to_string()),
        on_shift_since: officer.shift.as_ref().map(|s| instant(s.since)),
    }
}

/// An erased officer is still somebody: the reference stays.
fn name_of(officer: &Officer) -> String {
    if officer.name.is_empty() { officer.reference.clone() } else { officer.name.clone() }
}

/// The assignment that says what the officer is doing: work before an offer before the report.
fn work_of<'a>(scene: &Scene<'a>, officer: &Officer) -> Option<(&'a Callout, &'a Assignment)> {
    let open = scene.world().callouts.values().filter(|c| c.is_open());
    let mine = open.flat_map(|c| c.assignments.iter().map(move |a| (c.as_ref(), a)));
    mine.filter(|(_, a)| a.officer == officer.id && rank(a) < NO_WORK).min_by_key(|(_, a)| rank(a))
}

const NO_WORK: u8 = 9;

fn rank(a: &Assignment) -> u8 {
    match a.state {
        AssignmentState::Aborted if a.is_unsafe() => 0,
        AssignmentState::Arrived => 0,
        AssignmentState::EnRoute => 1,
        AssignmentState::Accepted => 2,
        AssignmentState::Offered => 3,
        AssignmentState::Clear => 4,
        AssignmentState::Declined
        | AssignmentState::Expired
        | AssignmentState::Withdrawn
        | AssignmentState::Finished
        | AssignmentState::Aborted
        | AssignmentState::Released => NO_WORK,
    }
}

fn standing(scene: &Scene, callout: &Callout, assignment: &Assignment) -> (&'static str, String) {
    let site = callout.site.and_then(|id| scene.world().sites.get(&id)).map(|s| s.as_ref());
    let place = match scene.world().estate_name(site) {
        "" => site.map_or(callout.address.as_str(), |s| s.name.as_str()),
        estate => estate,
    };
    let at = |doing: &str| {
        if place.is_empty() { format!("{doing} · {}", callout.number) } else { format!("{doing} · {place}") }
    };
    let line = match assignment.state {
        AssignmentState::Offered => format!("Offered {}", callout.number),
        _ if assignment.is_engaged() => at(doing(assignment)),
        _ => format!("Writing the report of {}", callout.number),
    };
    let status = match assignment.state {
        _ if assignment.is_engaged() => "busy",
        AssignmentState::Offered => "offered",
        // Only the report is left: can be sent again.
        _ => "available",
    };
    (status, line)
}

/// What an officer on a call-out is doing, in two words.
pub fn doing(assignment: &Assignment) -> &'static str {
    match assignment.state {
        _ if assignment.is_engaged() && assignment.check_call_due.is_some() => "Check call not answered",
        AssignmentState::Aborted => "Withdrew, not known to be safe",
        AssignmentState::Arrived => "On site",
        _ if assignment.arrived.is_some() && assignment.state.is_busy() => "Near the site, not confirmed",
        AssignmentState::EnRoute => "On the way",
        AssignmentState::Accepted => "Accepted",
        _ => "Writing the report",
    }
}

/// When the officer must be heard from: unanswered since, or the next one.
pub fn check_call(callout: &Callout, assignment: &Assignment) -> Option<domain::Instant> {
    let due = assignment.check_call_due.filter(|_| assignment.is_engaged());
    due.or_else(|| next_check_call(callout, assignment))
}
