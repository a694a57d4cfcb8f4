//! Which role may send which command: every kind against every role.

use crate::events::full_bodies;
use crate::kit::{At, Who, assert_words, play_at};
use domain::command::CommandBody;
use domain::command::Role;
use serde_json::json;

const DESK: &[Role] = &[Role::Operator, Role::Supervisor, Role::Administrator];
const DESK_AND_CCTV: &[Role] = &[Role::Operator, Role::Cctv, Role::Supervisor, Role::Administrator];
const REGISTER: &[Role] = &[Role::Supervisor, Role::Administrator, Role::System];
const WORK: &[Role] = &[Role::Officer, Role::Operator, Role::Supervisor, Role::Administrator];
const SPEAK: &[Role] = &[Role::Operator, Role::Cctv, Role::Supervisor, Role::Administrator, Role::Officer];

fn allowed(kind: &str) -> &'static [Role] {
    match kind {
        "account.put" | "person.erase" => &[Role::Administrator, Role::System],
        "settings.put" | "managers.put" | "estate.put" | "site.put" | "officer.put" | "unit.put" | "panel.put"
        | "rams.put" | "checklist.put" | "key.put" | "panel.police_call" => REGISTER,
        "rams.override" | "checklist.invite" | "checklist.uninvite" | "checklist.return" => {
            &[Role::Supervisor, Role::Administrator]
        }
        "checklist.propose" => &[Role::Customer],
        "signal.receive" | "panel.silent" | "panel.heard" | "media.received" | "timer.fire" | "report.keep"
        | "assignment.text" | "assignment.notice" | "manager.text" => &[Role::System],
        "alarm.view" => DESK_AND_CCTV,
        "alarm.take"
        | "alarm.shelve"
        | "alarm.close"
        | "panel.on_test"
        | "panel.off_test"
        | "callout.create"
        | "callout.stand_down"
        | "assignment.offer"
        | "callout.hold"
        | "callout.resume"
        | "callout.reopen"
        | "callout.own"
        | "cancel.refuse"
        | "assignment.attend"
        | "assignment.withdraw"
        | "assignment.release"
        | "lead.hand_over"
        | "escalation.stand_down"
        | "report.review"
        | "media.release"
        | "tracking.issue"
        | "tracking.revoke"
        | "key.issue"
        | "key.return"
        | "key.lose"
        | "contacts.settle"
        | "escalation.plan"
        | "major.declare"
        | "handover.write"
        | "handover.sign" => DESK,
        "liaison.record" | "police.wait" | "contact.tried" => SPEAK,
        "note.add" => {
            &[Role::Operator, Role::Cctv, Role::Supervisor, Role::Administrator, Role::Officer, Role::Customer]
        }
        "message.delivered" | "message.read" => {
            &[Role::Operator, Role::Supervisor, Role::Administrator, Role::Officer, Role::Customer]
        }
        "cancel.request" | "rating.give" => {
            &[Role::Operator, Role::Supervisor, Role::Administrator, Role::Customer, Role::Partner, Role::System]
        }
        "callout.request" | "test.play" => {
            &[Role::Operator, Role::Supervisor, Role::Administrator, Role::Customer, Role::Partner]
        }
        "escalation.raise" => {
            &[Role::Operator, Role::Cctv, Role::Supervisor, Role::Administrator, Role::Officer, Role::System]
        }
        "assignment.arrive" => &[Role::Officer, Role::Operator, Role::Supervisor, Role::Administrator, Role::System],
        "call.answer" | "call.put" | "call.grade" | "call.close" => DESK,
        "call.progress" => &[Role::Operator, Role::Supervisor, Role::Administrator, Role::Partner, Role::System],
        "call.record" => &[Role::Administrator, Role::System],
        "shift.sign_on"
        | "shift.sign_off"
        | "officer.emergency"
        | "stand_down.acknowledge"
        | "assignment.delivered"
        | "assignment.seen"
        | "assignment.accept"
        | "assignment.decline"
        | "assignment.leave"
        | "rams.acknowledge"
        | "location.confirm"
        | "assignment.en_route"
        | "assignment.park"
        | "checklist.answer"
        | "dra.record"
        | "inspection.record"
        | "forced_entry.record"
        | "premises.secure"
        | "step.answer"
        | "step.skip"
        | "check_call.answer"
        | "report.submit" => WORK,
        other => panic!("{other} has no row in this table"),
    }
}

#[test]
fn every_command_is_open_to_its_roles_and_closed_to_all_others() {
    let bodies = full_bodies();
    for kind in CommandBody::KINDS {
        let (_, body) = bodies.iter().find(|(k, _)| k == kind).unwrap_or_else(|| panic!("{kind} has no sample"));
        for who in Who::ROLES {
            let mut play = play_at(At::Parked);
            let target = play.callout_id().to_string();
            let command = play.command(kind, &target, body.clone());
            let outcome = play.send(who, &command);
            let closed = outcome.as_ref().is_err_and(|r| r.code == "not_allowed" && r.text.contains("role"));
            assert_eq!(!closed, allowed(kind).contains(&who.role()), "{kind} by {who:?}: {outcome:?}");
            if let Err(refusal) = outcome {
                assert_ne!(refusal.code, "bad_body", "{kind}: {refusal}");
                assert_words(&refusal);
            }
        }
    }
}

#[test]
fn every_role_reads_back_from_its_name_but_the_system_has_no_credential() {
    for who in Who::ROLES {
        let role = who.role();
        assert_eq!(Role::parse(role.name()), (role != Role::System).then_some(role));
    }
}

#[test]
fn nobody_but_the_control_room_acts_for_an_officer() {
    for who in Who::ROLES {
        let mut play = play_at(At::Offered);
        let target = play.callout_id().to_string();
        let mut command = play.command("assignment.accept", &target, json!({}));
        command.on_behalf_of = Some(crate::kit::officer(1));
        let outcome = play.send(who, &command);
        assert_eq!(outcome.is_ok(), DESK.contains(&who.role()), "{who:?}");
    }
}

#[test]
fn acting_for_an_officer_means_that_officer() {
    let mut play = play_at(At::Offered);
    let target = play.callout_id().to_string();
    let mut command = play.command("assignment.accept", &target, json!({}));
    command.on_behalf_of = Some(crate::kit::officer(2));
    assert_eq!(play.send(Who::Operator, &command).unwrap_err().code, "no_offer");
}

#[test]
fn an_officers_sign_in_without_an_officer_does_nothing() {
    let mut play = play_at(At::Offered);
    let target = play.callout_id().to_string();
    let command = play.command("assignment.accept", &target, json!({}));
    let world = play.world.clone();
    let author = domain::Author { officer: None, ..Who::Officer(1).author() };
    let ctx = domain::decide::Ctx {
        author,
        now: play.now,
        at: play.now,
        fixes: &play.fixes,
        has_media: &|_| false,
        number: &|_| "CO-26-00009".into(),
        can_offer: true,
    };
    assert_eq!(domain::decide::decide(&world, &command, &ctx).unwrap_err().code, "no_officer");
}

#[test]
fn officers_sign_on_and_off_for_themselves_only() {
    let mut play = play_at(At::Offered);
    let other = crate::kit::officer(2).to_string();
    play.refused(Who::Officer(1), "shift.sign_off", &other, json!({}), "not_allowed");
    play.ok(Who::Operator, "shift.sign_off", &other, json!({}));
}

#[test]
fn an_unknown_kind_or_version_is_refused_in_words() {
    let mut play = play_at(At::Offered);
    play.may_not(Who::Operator, "moon.land", json!({}), "unknown_kind");
    play.may_not(Who::Operator, "note.add", json!({"text": 7}), "bad_body");
    let target = play.callout_id().to_string();
    let mut command = play.command("note.add", &target, json!({"text": "hello"}));
    command.v = 2;
    assert_eq!(play.send(Who::Operator, &command).unwrap_err().code, "unknown_version");
    play.refused(Who::Operator, "note.add", "CO-99-00001", json!({"text": "x"}), "not_found");
}

#[test]
fn supervisors_stand_down_first_priorities_and_review_reports_unless_the_council_lets_operators() {
    let reason = json!({"reason": "the police have it"});
    let review = json!({"approve": false, "comments": "more"});
    let policy = |stand_down: bool, review: bool| json!({"service_name": "Patrol", "callouts": {"operators_stand_down_p1": stand_down, "operators_review": review}});
    let mut play = crate::kit::Play::new();
    play.open(1);
    play.may_not(Who::Operator, "callout.stand_down", reason.clone(), "supervisor_needed");
    play.does(Who::Supervisor, "callout.stand_down", reason.clone());
    play.open(2);
    play.does(Who::Operator, "callout.stand_down", reason.clone());
    play.ok(Who::Administrator, "settings.put", "settings", policy(true, false));
    play.open(1);
    play.does(Who::Operator, "callout.stand_down", reason);

    let mut play = play_at(At::Reported);
    play.may_not(Who::Operator, "report.review", review.clone(), "supervisor_needed");
    play.ok(Who::Administrator, "settings.put", "settings", policy(false, true));
    play.does(Who::Operator, "report.review", review);
}
