//! Who is on a call-out, and what can be done about each.

use super::unit::{check_call, doing};
use super::{Scene, instant, wire_name};
use domain::callout::{Assignment, AssignmentState, Callout};
use domain::command::Role;
use protocol::view::CrewView;

/// The lead first, then back-up, then whoever withdrew and is not known to be safe.
pub fn crew(scene: &Scene, callout: &Callout) -> Vec<CrewView> {
    let on_it = |a: &&Assignment| a.is_engaged() || a.state == AssignmentState::Clear;
    let mut crew: Vec<&Assignment> = callout.assignments.iter().filter(on_it).collect();
    crew.sort_by_key(|a| (Some(a.id) != callout.lead, a.is_unsafe(), a.accepted_at));
    crew.into_iter().map(|a| member(scene, callout, a)).collect()
}

fn member(scene: &Scene, callout: &Callout, a: &Assignment) -> CrewView {
    let desk = matches!(scene.shown.me.role, Role::Operator | Role::Supervisor | Role::Administrator);
    let leads = callout.lead == Some(a.id);
    let mut can = Vec::new();
    if desk && a.is_engaged() {
        can.push("check_call.answer");
    }
    if desk && a.state.is_busy() && !callout.is_over() {
        if !leads {
            can.extend(["lead.hand_over", "assignment.leave"]);
        }
        can.push("assignment.release");
    }
    CrewView {
        officer: a.officer.to_string(),
        call_sign: a.call_sign.clone(),
        part: wire_name(a.part),
        line: doing(a).into(),
        check_call_due: check_call(callout, a).map(instant),
        unanswered: a.is_engaged() && a.check_call_due.is_some(),
        can: can.into_iter().map(str::to_owned).collect(),
    }
}
