//! More than one officer on a call-out.

use crate::kit::{At, Play, Who, commands_to, dra, kinds, play_at};
use domain::callout::next::Tone;
use domain::callout::{Assignment, AssignmentState as A, CalloutState as S, Part};
use serde_json::json;

const ONE: Who = Who::Officer(1);
const TWO: Who = Who::Officer(2);

/// RSP-1 has assessed the risk and called for help; RSP-2 comes.
fn backed_up() -> Play {
    let mut play = play_at(At::Assessed);
    let events = play.does(ONE, "escalation.raise", json!({"level": 1, "reason": "a group in the yard"}));
    assert_eq!(kinds(&events), ["escalation.raised", "assignment.offered"]);
    play.does(TWO, "assignment.accept", json!({}));
    play
}

fn of(play: &Play, n: u8) -> &Assignment {
    play.callout().assignment_of(crate::kit::officer(n)).unwrap()
}

#[test]
fn calling_for_help_asks_the_nearest_free_officer_to_come_too() {
    let mut play = backed_up();
    assert_eq!((of(&play, 1).part, of(&play, 2).part), (Part::Lead, Part::Support));
    assert_eq!((play.state(), play.callout().lead().unwrap().call_sign.as_str()), (S::Inspecting, "RSP-1"));
    // Once is enough: somebody is coming. The others nearby are told.
    let urgent = play.does(ONE, "escalation.raise", json!({"level": 2}));
    assert_eq!(kinds(&urgent), ["escalation.raised", "escalation.alerted"]);
    assert_eq!(play.callout().priority, domain::alarm::Priority::P1, "nothing is more urgent than an officer");
}

#[test]
fn a_back_up_offer_nobody_takes_goes_down_the_ladder_and_ends_with_the_desk() {
    let mut play = play_at(At::Assessed);
    play.does(ONE, "escalation.raise", json!({"level": 1}));
    play.does(TWO, "assignment.decline", json!({"reason": "prisoner on board"}));
    let offer = play.callout().open_offer().unwrap();
    assert_eq!((offer.call_sign.as_str(), offer.part), ("RSP-3", Part::Support));
    play.does(Who::Officer(3), "assignment.decline", json!({"reason": "out of area"}));
    let next = play.callout().next();
    assert_eq!((next.tone, next.text.as_str()), (Tone::Danger, "Nobody is free to back up RSP-1"));
    assert_eq!(play.state(), S::Inspecting, "the lead's work goes on");
}

#[test]
fn each_officer_reads_and_assesses_for_himself_and_what_was_seen_counts_for_all() {
    let mut play = backed_up();
    let answer = json!({"item": "bell", "value": "yes"});
    play.may_not(TWO, "assignment.en_route", json!({}), "gate_closed");
    for at in [At::RamsSigned, At::Located, At::EnRoute, At::Arrived, At::Parked] {
        for (kind, body) in commands_to(at) {
            play.does(TWO, kind, body);
        }
    }
    let inspection = json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]});
    play.may_not(TWO, "inspection.record", inspection.clone(), "gate_closed");
    play.does(TWO, "dra.record", dra("proceed"));
    play.does(TWO, "inspection.record", inspection);
    play.does(TWO, "checklist.answer", answer);
    play.pass(10);
    play.does(ONE, "checklist.answer", json!({"item": "bell", "value": "no"}));
    let authors: Vec<_> = play.callout().answers["bell"].iter().map(|a| a.by.officer).collect();
    assert_eq!(authors, [Some(crate::kit::officer(2)), Some(crate::kit::officer(1))], "each answer keeps its author");
    assert_eq!(of(&play, 1).assessments.len(), 1);
    assert_eq!(of(&play, 2).assessments.len(), 1);
}

#[test]
fn only_the_lead_says_how_it_was_left_and_back_up_leaves_before_or_after() {
    let mut play = backed_up();
    for at in At::ALL.into_iter().filter(|at| *at > At::Assessed && *at < At::Secured) {
        for (kind, body) in commands_to(at) {
            play.does(ONE, kind, body);
        }
    }
    let secure = commands_to(At::Secured).remove(0).1;
    play.may_not(TWO, "premises.secure", secure.clone(), "not_lead");
    play.may_not(ONE, "assignment.leave", json!({}), "is_lead");
    play.does(ONE, "premises.secure", secure);
    assert_eq!(play.state(), S::Reporting);
    let report = commands_to(At::Reported).remove(0).1;
    play.does(ONE, "report.submit", report);
    let approve = json!({"approve": true, "without_pictures": "x"});
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "they left", "officer_safe": true}));
    play.may_not(Who::Supervisor, "report.review", approve.clone(), "officer_there");
    play.does(TWO, "assignment.leave", json!({}));
    assert_eq!(of(&play, 2).state, A::Finished);
    play.does(Who::Supervisor, "report.review", approve);
    assert_eq!(play.state(), S::Closed);
}

#[test]
fn the_lead_is_handed_over_with_a_reason_and_there_is_never_more_than_one() {
    let mut play = backed_up();
    play.may_not(TWO, "lead.hand_over", json!({"reason": "x"}), "not_allowed");
    play.may_not(Who::Operator, "lead.hand_over", json!({"reason": " "}), "missing");
    play.may_not(Who::Operator, "lead.hand_over", json!({"reason": "x", "officer": "O3"}), "not_on_callout");
    play.does(Who::Operator, "lead.hand_over", json!({"reason": "RSP-1 is hurt"}));
    assert_eq!((of(&play, 1).part, of(&play, 2).part), (Part::Support, Part::Lead));
    assert_eq!(play.state(), S::Accepted, "the call-out is where its lead is");
    let entry = play.callout().timeline.last().unwrap();
    assert_eq!(entry.text, "RSP-2 leads now: RSP-1 is hurt");
    play.does(ONE, "assignment.leave", json!({}));
    assert_eq!(play.callout().supports().count(), 0);
}

#[test]
fn an_officer_taken_off_it_keeps_what_was_recorded_and_back_up_leads_on() {
    let mut play = backed_up();
    play.does(ONE, "checklist.answer", json!({"item": "bell", "value": "yes"}));
    play.may_not(Who::Operator, "assignment.release", json!({"reason": ""}), "missing");
    let events = play.does(Who::Operator, "assignment.release", json!({"reason": "end of shift"}));
    assert_eq!(kinds(&events), ["assignment.released", "lead.handed_over"]);
    assert_eq!((of(&play, 1).state, of(&play, 2).part), (A::Released, Part::Lead));
    assert_eq!(play.callout().answers["bell"][0].by.officer, Some(crate::kit::officer(1)));
    // The last one taken off: somebody must be asked again.
    play.does(Who::Operator, "assignment.release", json!({"officer": "RSP-2", "reason": "needed elsewhere"}));
    assert_eq!(play.state(), S::Triaged);
    assert_eq!(play.callout().next().text, "RSP-2 is no longer on it: offer it to somebody else");
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O3", "reason": "free now"}));
}

#[test]
fn back_up_is_asked_for_by_hand_too_and_only_where_somebody_can_be_backed_up() {
    let mut play = play_at(At::Offered);
    play.may_not(Who::Operator, "assignment.offer", json!({"support": true}), "no_lead");
    let mut play = play_at(At::EnRoute);
    play.may_not(Who::Operator, "assignment.offer", json!({"support": true, "officer": "O1"}), "has_it");
    play.does(Who::Operator, "assignment.offer", json!({"support": true}));
    assert_eq!(play.callout().open_offer().unwrap().call_sign, "RSP-2");
    assert_eq!(play.state(), S::EnRoute, "the lead's journey goes on");
    // The lead withdraws while back-up is asked: whoever comes then leads.
    play.does(Who::Operator, "assignment.release", json!({"reason": "flat tyre"}));
    assert_eq!(play.state(), S::Offering);
    play.does(TWO, "assignment.accept", json!({}));
    assert_eq!((play.state(), of(&play, 2).part), (S::Accepted, Part::Lead));
}

#[test]
fn back_up_of_an_officer_who_withdrew_leads_on_only_when_a_person_says_so() {
    let mut play = backed_up();
    for at in At::ALL.into_iter().filter(|at| *at > At::Accepted && *at <= At::ForcedEntry) {
        for (kind, body) in commands_to(at) {
            play.does(TWO, kind, body);
        }
    }
    play.does(ONE, "dra.record", crate::kit::dra("withdraw"));
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "in the car", "officer_safe": true}));
    assert_eq!(play.state(), S::Aborted);
    assert_eq!(play.callout().next().text, "RSP-1 withdrew for safety: say whether RSP-2 leads on");
    let (_, secure) = commands_to(At::Secured).remove(0);
    play.may_not(TWO, "premises.secure", secure.clone(), "not_lead");
    play.does(Who::Operator, "lead.hand_over", json!({"reason": "they have gone"}));
    assert_ne!(play.state(), S::Aborted);
    play.does(TWO, "premises.secure", secure);
    assert_eq!(of(&play, 2).part, Part::Lead);
}

#[test]
fn back_up_on_site_is_checked_on_like_the_lead() {
    let mut play = backed_up();
    for at in [At::RamsSigned, At::Located, At::EnRoute, At::Arrived] {
        for (kind, body) in commands_to(at) {
            play.does(TWO, kind, body);
        }
    }
    play.pass(300);
    play.does(ONE, "check_call.answer", json!({"ok": true}));
    let events = play.live(300);
    assert_eq!(kinds(&events), ["check_call.due"]);
    assert_eq!(play.callout().next().text, "RSP-2 has not answered a check call");
}
