//! The twelve steps: each transition, each gate closed before and open after, each refusal.

use crate::kit::{At, Play, Who, assert_words, checklist, commands_to, digest, dra, go_to, play_at};
use domain::callout::CalloutState as S;
use domain::callout::steps::{StepState, steps};
use serde_json::{Value, json};

/// What comes of one command at one point of the main path: the state after it, or the refusal's code.
#[track_caller]
fn check(at: At, who: Who, kind: &str, body: Value, expected: Result<S, &str>) {
    let mut play = play_at(at);
    check_in(&mut play, who, kind, body, expected);
}

#[track_caller]
fn check_in(play: &mut Play, who: Who, kind: &str, body: Value, expected: Result<S, &str>) {
    let target = play.callout_id().to_string();
    let before = play.callout().clone();
    let command = play.command(kind, &target, body);
    match (play.send(who, &command), expected) {
        (Ok(_), Ok(state)) => assert_eq!(play.state(), state, "{kind}"),
        (Err(refusal), Err(code)) => {
            assert_eq!(refusal.code, code, "{kind}: {refusal}");
            assert_words(&refusal);
            assert_eq!(*play.callout(), before, "a refusal changes nothing");
        }
        (Ok(_), Err(code)) => panic!("{kind} was accepted instead of {code}"),
        (Err(refusal), Ok(_)) => panic!("{kind}: {refusal}"),
    }
}

const ONE: Who = Who::Officer(1);

#[test]
fn the_twelve_steps_lead_from_the_offer_to_closed() {
    let states = [
        (At::Offered, S::Offering),
        (At::Accepted, S::Accepted),
        (At::RamsSigned, S::Accepted),
        (At::Located, S::Accepted),
        (At::EnRoute, S::EnRoute),
        (At::Arrived, S::OnScene),
        (At::Parked, S::OnScene),
        (At::Assessed, S::Inspecting),
        (At::ChecklistDone, S::Inspecting),
        (At::InspectedOutside, S::Inspecting),
        (At::InspectedInside, S::Inspecting),
        (At::ForcedEntry, S::Securing),
        (At::Secured, S::Reporting),
        (At::Reported, S::Review),
        (At::Closed, S::Closed),
    ];
    let mut play = play_at(At::Offered);
    let mut from = At::Offered;
    for (at, state) in states {
        go_to(&mut play, from, at);
        from = at;
        assert_eq!(play.state(), state, "{at:?}");
    }
}

#[test]
fn the_step_list_shows_twelve_steps_and_one_current() {
    let current = |at: At| {
        let play = play_at(at);
        let steps = steps(play.callout());
        assert_eq!(steps.len(), 12);
        let current: Vec<String> =
            steps.iter().filter(|s| s.state == StepState::Current).map(|s| s.id.clone()).collect();
        assert!(current.len() <= 1, "{current:?}");
        current.into_iter().next()
    };
    let table = [
        (At::Offered, Some("accept")),
        (At::Accepted, Some("rams")),
        (At::RamsSigned, Some("location")),
        (At::Located, Some("arrive")),
        (At::EnRoute, Some("arrive")),
        (At::Arrived, Some("arrive")),
        (At::Parked, Some("checklist")),
        (At::ChecklistDone, Some("inspection")),
        (At::InspectedInside, Some("forced_entry")),
        (At::ForcedEntry, Some("secure")),
        (At::Secured, Some("report")),
        (At::Reported, None),
        (At::Closed, None),
    ];
    for (at, id) in table {
        assert_eq!(current(at).as_deref(), id, "{at:?}");
    }
}

#[test]
fn a_closed_call_out_has_every_step_done_or_skipped_with_a_reason() {
    let play = play_at(At::Closed);
    for step in steps(play.callout()) {
        match step.state {
            StepState::Done => {}
            StepState::Skipped => assert!(!step.detail.is_empty(), "{}", step.id),
            other => panic!("{} is {other:?}", step.id),
        }
    }
}

/// Every officer's command with the first point at which it is possible.
#[test]
fn each_gate_is_closed_before_its_step_and_open_from_it_on() {
    let table: [(&str, Value, At, At, &str); 12] = [
        ("rams.acknowledge", json!({"version": 1}), At::Accepted, At::ForcedEntry, "not_on_callout"),
        ("location.confirm", json!({"method": "pin"}), At::Accepted, At::ForcedEntry, "not_on_callout"),
        ("assignment.en_route", json!({}), At::Located, At::ForcedEntry, "gate_closed"),
        ("assignment.arrive", json!({}), At::Located, At::ForcedEntry, "gate_closed"),
        (
            "assignment.park",
            json!({"exit_clear": true, "obstructs": false, "facing_out": true}),
            At::Arrived,
            At::ForcedEntry,
            "gate_closed",
        ),
        ("checklist.answer", json!({"item": "bell", "value": "yes"}), At::Parked, At::ForcedEntry, "gate_closed"),
        ("checklist.answer", json!({"item": "door", "value": "yes"}), At::Assessed, At::ForcedEntry, "gate_closed"),
        ("dra.record", dra("proceed"), At::Parked, At::ForcedEntry, "gate_closed"),
        (
            "inspection.record",
            json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]}),
            At::Assessed,
            At::ForcedEntry,
            "gate_closed",
        ),
        ("forced_entry.record", json!({"verdict": "none"}), At::Assessed, At::ForcedEntry, "gate_closed"),
        (
            "premises.secure",
            json!({"status": "secure", "alarm": "set"}),
            At::ForcedEntry,
            At::ForcedEntry,
            "gate_closed",
        ),
        (
            "report.submit",
            json!({"narrative": "I left.", "signature": {"name": "A"}}),
            At::Secured,
            At::Secured,
            "gate_closed",
        ),
    ];
    for (kind, body, first, last, code) in table {
        for at in At::ALL.into_iter().filter(|at| *at <= last) {
            let mut play = play_at(at);
            let target = play.callout_id().to_string();
            let command = play.command(kind, &target, body.clone());
            match play.send(ONE, &command) {
                Ok(_) => assert!(at >= first, "{kind} at {at:?}"),
                Err(refusal) => {
                    assert!(at < first, "{kind} at {at:?}: {refusal}");
                    assert_words(&refusal);
                    let before_acceptance = at == At::Offered && refusal.code == "not_on_callout";
                    assert!(refusal.code == code || before_acceptance, "{kind} at {at:?}: {refusal}");
                }
            }
        }
    }
}

#[test]
fn a_closed_gate_names_what_to_do_first() {
    let mut play = play_at(At::InspectedInside);
    play.does(ONE, "checklist.answer", json!({"item": "board", "value": "damaged"}));
    play.does(ONE, "forced_entry.record", json!({"verdict": "none"}));
    let refusal = play.may_not(ONE, "premises.secure", json!({"status": "secure", "alarm": "set"}), "gate_closed");
    assert!(refusal.mend.unwrap().contains("Picture of the damage"));
}

#[test]
fn an_answer_fits_its_item() {
    let table = [
        (json!({"item": "bell", "value": "yes"}), Ok(S::Inspecting)),
        (json!({"item": "bell", "value": "maybe"}), Err("bad_answer")),
        (json!({"item": "bell", "value": "na"}), Err("bad_answer")),
        (json!({"item": "bell", "value": "na", "note": "no bell here"}), Ok(S::Inspecting)),
        (json!({"item": "bell"}), Err("bad_answer")),
        (json!({"item": "bell", "unable": " "}), Err("bad_answer")),
        (json!({"item": "door", "value": "no"}), Err("bad_answer")),
        (json!({"item": "door", "value": "no", "pictures": [digest(2)]}), Ok(S::Inspecting)),
        (json!({"item": "door", "value": "no", "pictures": ["zz"]}), Err("bad_digest")),
        (json!({"item": "board", "value": "intact"}), Ok(S::Inspecting)),
        (json!({"item": "board", "value": "gone"}), Err("bad_answer")),
        (json!({"item": "damage", "pictures": [digest(2)]}), Err("unknown_item")),
        (json!({"item": "nothing", "value": "yes"}), Err("unknown_item")),
        (json!({"item": "front"}), Err("bad_answer")),
        (json!({"item": "front", "pictures": [digest(2)]}), Ok(S::Inspecting)),
        (json!({"item": "front", "unable": "fog"}), Ok(S::Inspecting)),
        (json!({"item": "front", "unable": "fog", "pictures": ["nonsense"]}), Err("bad_digest")),
        (json!({"item": "meter", "value": "10"}), Ok(S::Inspecting)),
        (json!({"item": "meter", "value": "10.1"}), Err("bad_answer")),
        (json!({"item": "meter", "value": "-0.1"}), Err("bad_answer")),
        (json!({"item": "meter", "value": "NaN"}), Err("bad_answer")),
        (json!({"item": "meter", "value": "much"}), Err("bad_answer")),
        (json!({"item": "seen", "value": "x".repeat(20_001)}), Err("text_too_long")),
        (json!({"item": "panel", "value": "done"}), Ok(S::Inspecting)),
        (json!({"item": "panel", "value": "yes"}), Err("bad_answer")),
    ];
    for (body, expected) in table {
        check(At::Assessed, ONE, "checklist.answer", body, expected);
    }
}

#[test]
fn two_copies_of_one_picture_are_one_picture() {
    let mut play = Play::new();
    let items = json!([{"id": "p", "text": "Two views", "type": "photo", "min": 2}]);
    play.ok(Who::Supervisor, "checklist.put", "new", json!({"ref": "CL-1", "title": "Two", "items": items}));
    play.open(2);
    go_to(&mut play, At::Offered, At::Assessed);
    let twice = json!({"item": "p", "pictures": [digest(0xab), digest(0xab).to_uppercase()]});
    play.may_not(ONE, "checklist.answer", twice, "bad_answer");
    play.does(ONE, "checklist.answer", json!({"item": "p", "pictures": [digest(3), digest(4)]}));
}

#[test]
fn a_missing_mandatory_picture_blocks_unless_unable_with_a_reason() {
    let mut play = play_at(At::Assessed);
    for (kind, body) in commands_to(At::ChecklistDone) {
        if body["item"] != "front" {
            play.does(ONE, kind, body);
        }
    }
    go_to(&mut play, At::ChecklistDone, At::ForcedEntry);
    let secure = json!({"status": "secure", "alarm": "set"});
    let refusal = play.may_not(ONE, "premises.secure", secure.clone(), "gate_closed");
    assert!(refusal.mend.unwrap().contains("Picture of the front"));
    play.does(ONE, "checklist.answer", json!({"item": "front", "unable": "the phone's lens is broken"}));
    play.does(ONE, "premises.secure", secure);
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn an_answer_may_be_changed_until_leaving_and_every_version_stays() {
    let mut play = play_at(At::ForcedEntry);
    play.does(ONE, "checklist.answer", json!({"item": "board", "value": "damaged"}));
    play.does(ONE, "checklist.answer", json!({"item": "damage", "pictures": [digest(9)]}));
    play.does(ONE, "premises.secure", json!({"status": "secure", "alarm": "set"}));
    let answers: Vec<_> = play.callout().answers["board"].iter().map(|a| a.what.value.clone().unwrap()).collect();
    assert_eq!(answers, ["intact", "damaged"]);
    play.may_not(ONE, "checklist.answer", json!({"item": "board", "value": "intact"}), "gate_closed");
}

#[test]
fn a_late_answer_from_before_does_not_override_a_newer_one() {
    let mut play = play_at(At::Assessed);
    let earlier = play.now;
    play.pass(120);
    play.does(Who::Operator, "checklist.answer", json!({"item": "board", "value": "damaged"}));
    let target = play.callout_id().to_string();
    let mut late = play.command("checklist.answer", &target, json!({"item": "board", "value": "intact"}));
    late.at = earlier;
    play.send(ONE, &late).unwrap();
    assert_eq!(play.callout().answer("board").unwrap().value.as_deref(), Some("damaged"));
    assert_eq!(play.callout().answers["board"].len(), 2);
}

#[test]
fn rams_of_another_version_are_not_what_this_call_out_asks_for() {
    let mut play = play_at(At::Accepted);
    let newer = json!({"ref": "RAMS-1", "title": "Alarm response", "first": "Wait for a second officer."});
    play.ok(Who::Supervisor, "rams.put", "new", newer);
    let refusal = play.may_not(ONE, "rams.acknowledge", json!({"version": 2}), "rams_version");
    assert!(refusal.text.contains("version 1"));
    play.does(ONE, "rams.acknowledge", json!({"version": 1}));
    assert!(play.does(ONE, "rams.acknowledge", json!({"version": 1})).is_empty(), "signing twice is signing once");
    // A new call-out asks for the new version.
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "test"}));
    play.open(2);
    play.does(ONE, "assignment.accept", json!({}));
    play.may_not(ONE, "rams.acknowledge", json!({"version": 1}), "rams_version");
    play.does(ONE, "rams.acknowledge", json!({"version": 2}));
}

#[test]
fn a_site_without_rams_and_checklist_needs_neither() {
    let mut play = Play::with_officers(1);
    let id = play.fresh_id().to_string();
    play.ok(Who::Operator, "callout.create", &id, json!({"site": "HALL", "type": "intruder"}));
    play.does(ONE, "assignment.accept", json!({}));
    play.may_not(ONE, "rams.acknowledge", json!({"version": 1}), "no_rams");
    for at in [
        At::Located,
        At::EnRoute,
        At::Arrived,
        At::Parked,
        At::Assessed,
        At::InspectedOutside,
        At::InspectedInside,
        At::ForcedEntry,
        At::Secured,
    ] {
        for (kind, mut body) in commands_to(at) {
            if at == At::Arrived {
                body = json!({});
            }
            play.does(ONE, kind, body);
        }
    }
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn an_emergency_may_be_driven_to_before_the_rams_are_signed_where_the_site_allows_it() {
    let with_policy = |priority: u8, allowed: bool| {
        let mut play = Play::empty();
        for (kind, mut body) in crate::kit::register() {
            if body["ref"] == "BOILER" {
                body["policy"] = json!({"acknowledge_en_route": allowed});
            }
            play.ok(Who::Administrator, kind, "new", body);
        }
        play.add_officer(1);
        play.open(priority);
        play.does(ONE, "assignment.accept", json!({}));
        play
    };
    let mut urgent = with_policy(1, true);
    urgent.may_not(ONE, "assignment.en_route", json!({}), "gate_closed");
    urgent.does(ONE, "location.confirm", json!({"method": "pin"}));
    urgent.does(ONE, "assignment.en_route", json!({}));
    assert_eq!(urgent.state(), S::EnRoute);
    for (priority, allowed) in [(2, true), (1, false)] {
        let mut play = with_policy(priority, allowed);
        play.does(ONE, "location.confirm", json!({"method": "pin"}));
        play.may_not(ONE, "assignment.en_route", json!({}), "gate_closed");
    }
}

#[test]
fn the_officer_says_why_when_the_phone_is_far_away() {
    let far = crate::kit::north(301.0);
    check(At::EnRoute, ONE, "assignment.arrive", json!({"point": far}), Err("far_away"));
    check(
        At::EnRoute,
        ONE,
        "assignment.arrive",
        json!({"point": far, "reason": "phone is in the car"}),
        Ok(S::OnScene),
    );
    check(At::EnRoute, ONE, "assignment.arrive", json!({"point": crate::kit::north(299.0)}), Ok(S::OnScene));
    // By voice nobody looks at the phone's position.
    check(At::EnRoute, Who::Operator, "assignment.arrive", json!({"point": far}), Ok(S::OnScene));
}

#[test]
fn a_location_is_confirmed_in_one_of_four_ways() {
    for method in ["pin", "grid", "what3words", "address"] {
        check(At::RamsSigned, ONE, "location.confirm", json!({"method": method}), Ok(S::Accepted));
    }
    check(At::RamsSigned, ONE, "location.confirm", json!({"method": "smell"}), Err("bad_method"));
}

#[test]
fn an_inspection_looks_at_something() {
    let outside = |findings: Value| json!({"section": "outside", "findings": findings});
    let table = [
        (outside(json!([])), Err("bad_inspection")),
        (outside(json!([{"what": "roof", "result": "not_checked"}])), Err("bad_inspection")),
        (outside(json!([{"what": "roof", "result": "not_checked", "note": "too dark"}])), Ok(S::Inspecting)),
        (outside(json!([{"what": "roof", "result": "issue", "pictures": [digest(3)]}])), Ok(S::Inspecting)),
        (outside(json!([{"what": "roof", "result": "issue", "pictures": ["x"]}])), Err("bad_digest")),
        (json!({"section": "outside", "not_entered": "rain"}), Err("bad_inspection")),
        (json!({"section": "inside", "not_entered": " "}), Err("bad_inspection")),
        (json!({"section": "inside"}), Err("bad_inspection")),
        (json!({"section": "inside", "not_entered": "no key"}), Ok(S::Inspecting)),
    ];
    for (body, expected) in table {
        check(At::Assessed, ONE, "inspection.record", body, expected);
    }
}

#[test]
fn a_forced_entry_leaves_no_police_question_open() {
    let door = |result: &str, pictures: Value| json!([{"what": "door", "result": result, "pictures": pictures}]);
    let police = json!({"informed": true, "reference": "CAD 1234"});
    let table = [
        (json!({"verdict": "entry"}), Err("bad_inspection")),
        (json!({"verdict": "attempted"}), Err("bad_inspection")),
        (json!({"verdict": "cannot_tell"}), Err("bad_inspection")),
        (json!({"verdict": "entry", "police": {"informed": false}}), Err("bad_inspection")),
        (json!({"verdict": "entry", "police": {"informed": false, "reason": "keyholder's own key"}}), Ok(S::Securing)),
        (json!({"verdict": "entry", "police": police, "openings": door("forced", json!([]))}), Err("bad_inspection")),
        (
            json!({"verdict": "entry", "police": police, "openings": door("forced", json!([digest(5)]))}),
            Ok(S::Securing),
        ),
        (json!({"verdict": "none", "openings": door("attempted", json!([digest(5)]))}), Err("bad_inspection")),
        (json!({"verdict": "none", "openings": door("intact", json!(["x"]))}), Err("bad_digest")),
        (json!({"verdict": "none"}), Ok(S::Securing)),
    ];
    for (body, expected) in table {
        check(At::InspectedInside, ONE, "forced_entry.record", body, expected);
    }
}

#[test]
fn leaving_says_how_the_premises_and_the_alarm_are() {
    let table = [
        (json!({"status": "secure", "alarm": "set"}), Ok(S::Reporting)),
        (json!({"status": "secure", "alarm": "humming"}), Err("bad_alarm_state")),
        (json!({"status": "secure_temporary", "alarm": "faulty"}), Err("cover_needed")),
        (json!({"status": "secure_temporary", "alarm": "faulty", "cover": "guard until 07:00"}), Err("cover_needed")),
        (
            json!({"status": "secure_temporary", "alarm": "faulty", "cover": "guard until 07:00", "told": "keyholder"}),
            Ok(S::Reporting),
        ),
    ];
    for (body, expected) in table {
        check(At::ForcedEntry, ONE, "premises.secure", body, expected);
    }
    check(At::Secured, ONE, "premises.secure", json!({"status": "secure", "alarm": "set"}), Err("already_secured"));
}

#[test]
fn nobody_leaves_while_the_last_assessment_says_wait() {
    let mut play = play_at(At::ForcedEntry);
    play.does(ONE, "dra.record", dra("wait"));
    assert_eq!(play.state(), S::Assessing);
    play.may_not(ONE, "premises.secure", json!({"status": "secure", "alarm": "set"}), "gate_closed");
    play.does(ONE, "dra.record", dra("proceed"));
    assert_eq!(play.state(), S::Securing);
    play.does(ONE, "premises.secure", json!({"status": "secure", "alarm": "set"}));
}

#[test]
fn whoever_has_left_assesses_and_inspects_nothing_more() {
    for at in [At::Parked, At::Assessed, At::InspectedOutside, At::ForcedEntry] {
        for (kind, body) in commands_to(at) {
            check(At::Secured, ONE, kind, body.clone(), Err("gate_closed"));
            check(At::Reported, ONE, kind, body, Err("gate_closed"));
        }
    }
    check(At::Secured, ONE, "dra.record", dra("withdraw"), Err("gate_closed"));
}

#[test]
fn a_report_needs_words_and_a_signature_and_comes_back_with_comments() {
    let signed = json!({"narrative": "I looked.", "signature": {"name": "A"}});
    check(At::Secured, ONE, "report.submit", json!({"narrative": " ", "signature": {"name": "A"}}), Err("missing"));
    check(
        At::Secured,
        ONE,
        "report.submit",
        json!({"narrative": "I looked.", "signature": {"name": ""}}),
        Err("missing"),
    );
    check(At::Secured, ONE, "report.submit", json!({}), Err("missing"));
    check(At::Reported, ONE, "report.submit", signed.clone(), Err("already_submitted"));
    let boss = Who::Supervisor;
    check(At::Secured, boss, "report.review", json!({"approve": true}), Err("no_report"));
    check(At::Reported, boss, "report.review", json!({"approve": false}), Err("missing"));
    let mut play = play_at(At::Reported);
    play.does(boss, "report.review", json!({"approve": false, "comments": "Say when the keyholder left."}));
    assert_eq!(play.state(), S::Reporting);
    play.may_not(boss, "report.review", json!({"approve": true}), "no_report");
    play.does(ONE, "report.submit", signed);
    assert_eq!(play.state(), S::Review);
}

#[test]
fn a_call_out_closes_with_its_pictures_or_with_the_reason_why_not() {
    let mut play = play_at(At::Reported);
    let boss = Who::Supervisor;
    play.may_not(boss, "report.review", json!({"approve": true}), "pictures_missing");
    play.may_not(boss, "report.review", json!({"approve": true, "without_pictures": " "}), "pictures_missing");
    play.does(Who::System, "media.received", json!({"sha256": digest(1).to_uppercase()}));
    assert!(play.does(Who::System, "media.received", json!({"sha256": digest(1)})).is_empty());
    play.does(boss, "report.review", json!({"approve": true}));
    let mut without = play_at(At::Reported);
    without.does(boss, "report.review", json!({"approve": true, "without_pictures": "the phone fell into the dock"}));
    assert_eq!(without.state(), S::Closed);
}

#[test]
fn external_only_goes_on_outside_with_inside_locked() {
    let mut play = play_at(At::Parked);
    play.does(ONE, "dra.record", dra("external_only"));
    assert_eq!(play.state(), S::Inspecting);
    play.may_not(ONE, "checklist.answer", json!({"item": "meter", "value": "1"}), "gate_closed");
    let inside = json!({"section": "inside", "findings": [{"what": "rooms", "result": "ok"}]});
    play.may_not(ONE, "inspection.record", inside, "gate_closed");
    for (kind, body) in commands_to(At::ChecklistDone) {
        if body["item"] != "meter" && body["item"] != "panel" {
            play.does(ONE, kind, body);
        }
    }
    assert_eq!(play.callout().checklist_progress(), (4, 4), "locked items count neither as open nor as done");
    go_to(&mut play, At::ChecklistDone, At::InspectedOutside);
    go_to(&mut play, At::InspectedInside, At::Secured);
    assert_eq!(play.state(), S::Reporting);
}

#[test]
fn a_geofence_arrival_opens_no_gate_until_somebody_confirms_it() {
    let mut play = play_at(At::EnRoute);
    play.does(ONE, "assignment.arrive", json!({"source": "geofence", "point": crate::kit::SITE}));
    assert_eq!(play.state(), S::EnRoute);
    let (near, known) = (play.now, play.callout().lead().unwrap().clone());
    assert!(!known.arrival_confirmed());
    assert!(play.timers().iter().any(|(_, t)| t.kind == domain::timers::TimerKind::CheckCall), "the check calls start");
    play.may_not(
        ONE,
        "assignment.park",
        json!({"exit_clear": true, "obstructs": false, "facing_out": true}),
        "gate_closed",
    );
    play.may_not(ONE, "checklist.answer", json!({"item": "bell", "value": "yes"}), "gate_closed");
    play.may_not(ONE, "dra.record", dra("proceed"), "gate_closed");
    assert!(play.does(ONE, "assignment.arrive", json!({"source": "geofence"})).is_empty());
    play.pass(60);
    play.does(ONE, "assignment.arrive", json!({}));
    assert_eq!(play.state(), S::OnScene);
    let arrival = play.callout().lead().unwrap().arrived.clone().unwrap();
    assert_eq!((arrival.at, arrival.confirmed_at), (near, Some(play.now)));
}

#[test]
fn an_officer_near_the_site_by_geofence_needs_no_rams_for_it() {
    check(At::Accepted, ONE, "assignment.arrive", json!({"source": "geofence"}), Ok(S::Accepted));
    check(At::Accepted, ONE, "assignment.arrive", json!({"source": "manual"}), Err("gate_closed"));
}

#[test]
fn a_late_en_route_takes_nobody_back_to_the_road() {
    let mut play = play_at(At::Located);
    play.does(ONE, "assignment.arrive", json!({}));
    let target = play.callout_id().to_string();
    let mut late = play.command("assignment.en_route", &target, json!({}));
    late.age_ms = Some(300_000);
    play.send(ONE, &late).unwrap();
    assert_eq!(play.state(), S::OnScene);
    assert_eq!(play.callout().lead().unwrap().en_route_at, Some(play.now - crate::kit::s(300)));
}

#[test]
fn the_operator_records_by_voice_what_the_officer_says() {
    let mut play = play_at(At::Offered);
    play.does(Who::Operator, "assignment.accept", json!({}));
    assert!(play.callout().lead().unwrap().by_voice);
    for at in [At::RamsSigned, At::Located, At::EnRoute, At::Arrived, At::Parked, At::Assessed] {
        for (kind, body) in commands_to(at) {
            play.does(Who::Operator, kind, body);
        }
    }
    assert_eq!(play.state(), S::Inspecting);
    let arrived = play.callout().lead().unwrap().arrived.clone().unwrap();
    assert_eq!(arrived.source, domain::command::ArrivalSource::Voice);
}

#[test]
fn every_open_point_names_what_to_do_next() {
    for at in At::ALL {
        let play = play_at(at);
        let next = play.callout().next();
        assert!(!next.text.is_empty(), "{at:?}");
        assert_eq!(next.tone == domain::callout::next::Tone::Done, at == At::Closed, "{at:?}");
    }
    assert_eq!(play_at(At::Accepted).callout().next().text, "RSP-1: RAMS read and signed");
    assert_eq!(play_at(At::Parked).callout().next().text, "RSP-1: site checklist", "the bell waits for no assessment");
    let mut play = play_at(At::Parked);
    play.does(ONE, "checklist.answer", json!({"item": "bell", "value": "yes"}));
    assert_eq!(play.callout().next().text, "RSP-1: dynamic risk assessment");
}

#[test]
fn a_checklist_that_cannot_be_answered_is_refused_when_it_is_put() {
    let put = |items: Value| {
        let mut play = Play::empty();
        let command = play.command("checklist.put", "new", json!({"ref": "C", "title": "T", "items": items}));
        play.send(Who::Supervisor, &command).map(|_| ()).map_err(|refusal| refusal.code)
    };
    let table = [
        (checklist()["items"].clone(), Ok(())),
        (json!([{"id": "a b", "text": "x", "type": "text"}]), Err("bad_item")),
        (json!([{"id": "a", "text": "x", "type": "text"}, {"id": "a", "text": "y", "type": "text"}]), Err("bad_item")),
        (json!([{"id": "a", "text": "", "type": "text"}]), Err("missing")),
        (json!([{"id": "a", "text": "x", "type": "choice", "options": ["one"]}]), Err("bad_item")),
        (json!([{"id": "a", "text": "x", "type": "photo", "min": 0}]), Err("bad_item")),
        (json!([{"id": "a", "text": "x", "type": "text", "show_if": {"item": "b", "value": "y"}}]), Err("bad_item")),
        (
            json!([{"id": "a", "text": "x", "type": "text"},
                   {"id": "b", "text": "y", "type": "yes_no", "show_if": {"item": "a", "value": "free"}}]),
            Err("bad_item"),
        ),
        (json!([{"id": "a", "text": "x", "type": "dance"}]), Err("bad_body")),
    ];
    for (items, expected) in table {
        assert_eq!(put(items.clone()), expected.map_err(str::to_owned), "{items}");
    }
}

#[test]
fn a_site_may_say_that_no_picture_reaches_the_customer_before_a_person_has_looked_at_it() {
    for at_once in [true, false] {
        let mut play = Play::empty();
        for (kind, mut body) in crate::kit::register() {
            if body["ref"] == "BOILER" {
                body["policy"] = json!({"pictures_at_once": at_once});
            }
            play.ok(Who::Administrator, kind, "new", body);
        }
        play.add_officer(1);
        play.open(2);
        for at in [At::Accepted, At::RamsSigned, At::Located, At::EnRoute, At::Arrived, At::Parked] {
            for (kind, body) in commands_to(at) {
                play.does(ONE, kind, body);
            }
        }
        play.does(
            ONE,
            "checklist.answer",
            json!({"item": "bell", "value": "yes", "pictures": [crate::kit::digest(7)]}),
        );
        let picture = |play: &Play| play.callout().media[&crate::kit::digest(7)].clone();
        assert_eq!(picture(&play).share, at_once);
        assert_eq!(play.callout().waits_for_release(&picture(&play)), !at_once);
        play.does(Who::Operator, "media.release", json!({"sha256": crate::kit::digest(7), "share": true}));
        assert!(picture(&play).share && !play.callout().waits_for_release(&picture(&play)));
    }
}

#[test]
fn a_picture_of_a_finding_is_shown_to_the_customer_only_once_released() {
    let mut play = play_at(At::ChecklistDone);
    let finding = json!({"what": "windows", "result": "issue", "note": "", "pictures": [crate::kit::digest(7)]});
    play.does(ONE, "inspection.record", json!({"section": "outside", "findings": [finding]}));
    let opening = json!({"what": "door", "result": "forced", "pictures": [crate::kit::digest(8)]});
    let police = json!({"informed": true, "reference": "CAD 1"});
    let record = json!({"verdict": "entry", "openings": [opening], "police": police, "scene_preserved": true});
    play.does(ONE, "forced_entry.record", record);
    let shared = |play: &Play, n: u8| play.callout().media[&crate::kit::digest(n)].share;
    assert!(!shared(&play, 7) && !shared(&play, 8), "evidence is nobody's to see until a person says so");
    let release = |n: u8, share: bool| json!({"sha256": crate::kit::digest(n), "share": share});
    play.may_not(ONE, "media.release", release(7, true), "not_allowed");
    play.may_not(Who::Operator, "media.release", release(99, true), "not_found");
    play.does(Who::Operator, "media.release", release(7, true));
    assert!(shared(&play, 7) && !shared(&play, 8));
    assert!(play.does(Who::Operator, "media.release", release(7, true)).is_empty());
    play.does(Who::Operator, "media.release", release(7, false));
    assert!(!shared(&play, 7));
}
