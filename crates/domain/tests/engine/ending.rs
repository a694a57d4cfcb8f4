//! After the end: nothing changes, additions are additions.

use crate::kit::{At, Who, commands_to, digest, play_at};
use domain::callout::CalloutState as S;
use domain::id::{AggregateKind, Stream};
use serde_json::json;

const ONE: Who = Who::Officer(1);

#[test]
fn a_closed_call_out_takes_notes_and_nothing_else() {
    let mut play = play_at(At::Closed);
    let everything = At::ALL.into_iter().flat_map(commands_to).filter(|(kind, _)| *kind != "report.review");
    for (kind, body) in everything {
        play.may_not(ONE, kind, body, "callout_over");
    }
    let more = [
        ("callout.stand_down", json!({"reason": "x"})),
        ("assignment.offer", json!({})),
        ("report.review", json!({"approve": true})),
        ("liaison.record", json!({"whom": "police"})),
        ("escalation.raise", json!({"level": 2})),
        ("check_call.answer", json!({"ok": true})),
    ];
    for (kind, body) in more {
        play.may_not(Who::Operator, kind, body, "callout_over");
    }
    let before = play.callout().clone();
    play.does(Who::Supervisor, "note.add", json!({"text": "The police reference is CAD 77."}));
    let mut after = play.callout().clone();
    assert_eq!((after.state, after.notes.len()), (S::Closed, before.notes.len() + 1));
    after.notes.clone_from(&before.notes);
    after.timeline.clone_from(&before.timeline);
    assert_eq!(after, before, "only the note was added");
}

#[test]
fn a_picture_may_still_arrive_after_the_end() {
    let mut play = play_at(At::Reported);
    play.does(
        Who::Supervisor,
        "report.review",
        json!({"approve": true, "without_pictures": "no signal in the cellar"}),
    );
    play.does(Who::System, "media.received", json!({"sha256": digest(1)}));
    assert_eq!(play.callout().missing_media().count(), 0);
    assert!(play.does(Who::System, "media.received", json!({"sha256": digest(77)})).is_empty());
}

#[test]
fn no_command_reopens_what_is_over() {
    for stood_down in [false, true] {
        let mut play = play_at(if stood_down { At::Parked } else { At::Closed });
        if stood_down {
            play.does(Who::Operator, "callout.stand_down", json!({"reason": "x"}));
        }
        let state = play.state();
        for at in At::ALL {
            for (kind, body) in commands_to(at) {
                let target = play.callout_id().to_string();
                for who in [ONE, Who::Operator, Who::Supervisor] {
                    let command = play.command(kind, &target, body.clone());
                    let _ = play.send(who, &command);
                    assert_eq!(play.state(), state, "{kind} by {who:?}");
                }
            }
        }
    }
}

#[test]
fn an_approval_is_refused_while_somebody_may_be_in_danger() {
    let mut play = play_at(At::Reported);
    play.does(ONE, "escalation.raise", json!({"level": 2, "reason": "followed to the car"}));
    let approve = json!({"approve": true, "without_pictures": "x"});
    play.may_not(Who::Supervisor, "report.review", approve.clone(), "escalation_open");
    play.does(Who::Operator, "escalation.stand_down", json!({"reason": "home safe", "officer_safe": true}));
    play.does(Who::Supervisor, "report.review", approve);
}

#[test]
fn the_customers_link_lives_a_while_and_can_be_revoked() {
    let mut play = play_at(At::Parked);
    let who = Who::Operator;
    let token = digest(0xcd);
    let until = |play: &crate::kit::Play, days: i64| json!(play.now + chrono::TimeDelta::days(days));
    let bad = json!({"token_sha256": "short", "expires_at": until(&play, 1)});
    play.may_not(who, "tracking.issue", bad, "bad_token");
    for days in [0, -1, 32] {
        let body = json!({"token_sha256": token, "expires_at": until(&play, days)});
        play.may_not(who, "tracking.issue", body, "bad_expiry");
    }
    let issue = json!({"token_sha256": token.to_uppercase(), "expires_at": until(&play, 1)});
    play.does(who, "tracking.issue", issue.clone());
    assert!(play.does(who, "tracking.issue", issue).is_empty());
    assert!(play.callout().tracking_link(&token).unwrap().revoked_at.is_none());
    play.does(who, "tracking.revoke", json!({}));
    assert!(play.does(who, "tracking.revoke", json!({})).is_empty());
    assert!(play.callout().tracking_link(&token).unwrap().revoked_at.is_some());
}

#[test]
fn what_is_over_is_let_go_of_and_loaded_again() {
    let mut play = play_at(At::Closed);
    let stream = Stream::new(AggregateKind::Callout, play.callout_id());
    assert!(!play.world.is_open(stream));
    let state = play.world.snapshot(stream).unwrap().unwrap();
    let version = play.world.version(stream);
    play.world.forget(stream);
    assert_eq!((play.world.version(stream), play.world.snapshot(stream).is_none()), (0, true));
    play.world.load(stream, version, &state).unwrap();
    assert_eq!(play.world.snapshot(stream).unwrap().unwrap(), state);
    play.does(ONE, "note.add", json!({"text": "after all"}));
    assert_eq!(play.world.version(stream), version + 1);
}

#[test]
fn whoever_had_arrived_may_report_what_was_found_after_a_stand_down_and_it_stays_stood_down() {
    let report = json!({"narrative": "The door was open; the caretaker locked it."});
    let mut play = play_at(At::Parked);
    play.does(Who::Supervisor, "callout.stand_down", json!({"reason": "the caretaker is there"}));
    play.may_not(ONE, "report.submit", json!({"narrative": " "}), "missing");
    play.may_not(Who::Officer(2), "report.submit", report.clone(), "callout_over");
    play.does(ONE, "stand_down.acknowledge", json!({}));
    play.does(ONE, "report.submit", report.clone());
    assert_eq!(play.state(), S::StoodDown);
    assert!(!play.callout().is_open());
    let kept = &play.callout().report.as_ref().unwrap().what;
    assert_eq!(kept.narrative, "The door was open; the caretaker locked it.");
    assert_eq!(play.callout().reports_due().len(), 1, "it is kept as a version like any report");
    play.may_not(ONE, "report.submit", report.clone(), "already_submitted");
    play.may_not(Who::Supervisor, "report.review", json!({"approve": true}), "callout_over");

    let mut play = play_at(At::EnRoute);
    play.does(Who::Supervisor, "callout.stand_down", json!({"reason": "false alarm"}));
    play.may_not(ONE, "report.submit", report, "callout_over");
}
