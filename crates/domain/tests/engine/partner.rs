//! A customer's own system: what it may see and ask for, the word at the end, and tests that play by themselves.

use crate::kit::{At, Play, Who, digest, go_to, kinds, play_at, s};
use domain::callout::CalloutState as S;
use domain::callout::next::Tone;
use domain::callout::partner::{ASKED_MAX, TEST_STEP};
use domain::event::ReportOf;
use domain::id::CalloutId;
use serde_json::{Value, json};

const DESK: Who = Who::Operator;
const PARTNER: Who = Who::Partner;

/// A partner that may see the boiler house, and nothing else.
fn with_partner(mut play: Play) -> Play {
    let account = PARTNER.author().account.to_string();
    let body = json!({"name": "Housing system", "role": "partner", "sites": ["BOILER"]});
    play.ok(Who::Administrator, "account.put", &account, body);
    play
}

fn ask(play: &mut Play, body: Value) -> (CalloutId, Vec<&'static str>) {
    let id = play.fresh_id();
    let events = play.ok(PARTNER, "callout.request", &id.to_string(), body);
    (CalloutId(id), kinds(&events))
}

#[test]
fn a_request_opens_a_call_out_that_a_person_reads_before_anybody_is_sent() {
    let mut play = with_partner(Play::new());
    let (id, events) = ask(&mut play, json!({"site": "boiler", "reason": "Water under the door"}));
    assert_eq!(events, ["incident.opened", "callout.created", "callout.asked"]);
    let callout = play.callout();
    assert_eq!((callout.id, callout.state, callout.number.as_str()), (id, S::Triaged, "CO-26-00001"));
    assert_eq!((callout.title.as_str(), u8::from(callout.priority)), ("Customer request", 2));
    assert_eq!((callout.next().tone, callout.text.as_str()), (Tone::Act, "Water under the door"));
    assert!(callout.owner.is_none() && callout.assignments.is_empty());
}

#[test]
fn a_second_request_for_a_site_is_the_open_call_out_and_what_is_new_is_kept() {
    let mut play = with_partner(Play::new());
    let (first, _) = ask(&mut play, json!({"site": "BOILER", "reason": "Water under the door"}));
    // A program that had no answer asks again, with an id of its own.
    assert_eq!(ask(&mut play, json!({"site": "BOILER", "reason": "Water under the door"})).1, Vec::<&str>::new());
    assert_eq!(ask(&mut play, json!({"site": "BOILER", "reason": "Now a man is inside"})).1, ["callout.asked"]);
    assert_eq!(play.callout_id(), first);
    let asked: Vec<&str> = play.callout().asked.iter().map(|a| a.what.reason.as_str()).collect();
    assert_eq!(asked, ["Water under the door", "Now a man is inside"]);
    for n in 0..ASKED_MAX - 2 {
        ask(&mut play, json!({"site": "BOILER", "reason": format!("{n}")}));
    }
    let id = play.fresh_id().to_string();
    play.refused(PARTNER, "callout.request", &id, json!({"site": "BOILER", "reason": "more"}), "asked_too_often");
    // Whoever opened it: an alarm's call-out is what is open there too.
    let mut play = with_partner(play_at(At::EnRoute));
    assert_eq!(ask(&mut play, json!({"site": "BOILER", "reason": "Glass breaks"})).1, ["callout.asked"]);
}

#[test]
fn once_the_officer_has_left_a_request_is_a_new_call_out() {
    for at in [At::Secured, At::Reported, At::Closed] {
        let mut play = with_partner(play_at(at));
        let old = play.callout_id();
        let (new, _) = ask(&mut play, json!({"site": "BOILER", "reason": "They are back"}));
        assert_eq!(play.callout_id(), new);
        assert_ne!(old, new);
    }
}

#[test]
fn what_is_not_a_partners_own_does_not_exist_for_it() {
    let mut play = with_partner(Play::new());
    let id = play.fresh_id().to_string();
    let request = |site: &str| json!({"site": site, "reason": "x"});
    let hidden = play.refused(PARTNER, "callout.request", &id, request("HALL"), "not_found");
    let absent = play.refused(PARTNER, "callout.request", &id, request("HALL9"), "not_found");
    assert_eq!(hidden.text.replace("HALL", ""), absent.text.replace("HALL9", ""), "nobody learns which there are");
    play.ok(DESK, "callout.create", &id, json!({"site": "HALL"}));
    for (kind, body) in [("cancel.request", json!({})), ("rating.give", json!({"score": 5})), ("test.play", json!({}))]
    {
        play.may_not(PARTNER, kind, body.clone(), "not_found");
        // Another account of the same role has no sites at all.
        play.may_not(Who::Customer, kind, body, "not_found");
    }
    let account = PARTNER.author().account.to_string();
    let closed = json!({"name": "Housing system", "role": "partner", "sites": ["BOILER"], "disabled": true});
    play.ok(Who::Administrator, "account.put", &account, closed);
    let id = play.fresh_id().to_string();
    play.refused(PARTNER, "callout.request", &id, request("BOILER"), "not_found");
}

#[test]
fn only_partners_and_customers_are_kept_to_sites_and_only_to_those_there_are() {
    let mut play = Play::new();
    let id = play.fresh_id().to_string();
    let put = |role: &str, site: &str| json!({"name": "N", "role": role, "sites": [site]});
    play.refused(Who::Administrator, "account.put", &id, put("operator", "HALL"), "bad_sites");
    play.refused(Who::Administrator, "account.put", &id, put("customer", "NOWHERE"), "not_found");
    play.ok(Who::Administrator, "account.put", &id, put("customer", "HALL"));
    let hall = play.world.site("HALL").unwrap().id;
    assert_eq!(play.world.accounts[&domain::id::AccountId(id.parse().unwrap())].sites, [hall]);
}

#[test]
fn a_request_says_why_and_about_what_there_is() {
    let mut play = with_partner(Play::new());
    let id = play.fresh_id().to_string();
    let mut refused = |body: Value, code: &str| drop(play.refused(PARTNER, "callout.request", &id, body, code));
    refused(json!({"site": "BOILER", "reason": " "}), "missing");
    refused(json!({"site": "BOILER", "reason": "x", "type": "dragon"}), "bad_type");
    refused(json!({"site": "BOILER", "reason": "x".repeat(20_001)}), "text_too_long");
    play.refused(PARTNER, "callout.request", "new", json!({"site": "BOILER", "reason": "x"}), "bad_target");
    ask(&mut play, json!({"site": "BOILER", "reason": "🚪 “قف” it's open", "type": "hold_up"}));
    assert_eq!((play.callout().title.as_str(), u8::from(play.callout().priority)), ("Hold-up", 1));
}

#[test]
fn duress_after_a_plain_wish_to_cancel_is_a_threat_and_nobody_outside_sees_a_difference() {
    let shown = |play: &Play| {
        let lines = play.callout().timeline.iter().filter(|e| e.share);
        (play.state(), lines.map(|e| (e.at, e.text.clone())).collect::<Vec<_>>())
    };
    let twice = |duress: bool| {
        let mut play = with_partner(play_at(At::EnRoute));
        play.does(PARTNER, "cancel.request", json!({"reason": "it was me"}));
        play.does(PARTNER, "cancel.request", json!({"reason": "it was me", "duress": duress}));
        play
    };
    let (forced, free) = (twice(true), twice(false));
    assert_eq!(shown(&forced), shown(&free));
    assert_eq!(forced.callout().next().text, "The word for duress was given: treat it as a threat");
    assert_eq!((forced.callout().escalation_level(), free.callout().escalation_level()), (2, 0));
    assert_eq!(free.callout().next().text, "The customer asks to cancel: ring back");
}

#[test]
fn it_is_rated_once_when_the_officer_has_left() {
    let mut play = with_partner(play_at(At::ForcedEntry));
    let rating = |score: u8| json!({"score": score, "comment": "Quick. Thank you!"});
    play.may_not(PARTNER, "rating.give", rating(5), "not_over");
    go_to(&mut play, At::ForcedEntry, At::Secured);
    play.may_not(PARTNER, "rating.give", rating(0), "bad_score");
    play.may_not(PARTNER, "rating.give", rating(6), "bad_score");
    play.may_not(PARTNER, "rating.give", json!({"score": 5, "comment": "x".repeat(20_001)}), "text_too_long");
    play.does(PARTNER, "rating.give", rating(4));
    play.may_not(PARTNER, "rating.give", rating(1), "already_rated");
    assert_eq!(play.callout().rating.as_ref().map(|r| r.what.score), Some(4));
    let mut over = with_partner(play_at(At::Closed));
    over.does(PARTNER, "rating.give", rating(1));
    let mut stood_down = with_partner(play_at(At::Accepted));
    stood_down.does(DESK, "callout.stand_down", json!({"reason": "false alarm"}));
    stood_down.does(PARTNER, "rating.give", rating(3));
}

#[test]
fn a_test_plays_to_its_end_by_itself_and_asks_nobody() {
    let mut play = with_partner(Play::new());
    let (id, events) = ask(&mut play, json!({"site": "BOILER", "reason": "does it work?", "test": true}));
    assert_eq!(events, ["incident.opened", "callout.created", "callout.asked"]);
    let number = play.callout().number.clone();
    assert!(number.starts_with("TEST-") && play.callout().title == "Test: Customer request", "{number}");
    assert_eq!((play.callout().next().tone, play.callout().next().due), (Tone::Wait, Some(play.now + TEST_STEP)));
    let mut states = vec![play.state()];
    for _ in 0..9 {
        assert_eq!(kinds(&play.live(10)), ["test.played"]);
        states.push(play.state());
    }
    let stages = [
        S::Triaged,
        S::Triaged,
        S::Offering,
        S::Accepted,
        S::EnRoute,
        S::OnScene,
        S::Securing,
        S::Reporting,
        S::Review,
        S::Closed,
    ];
    assert_eq!(states, stages);
    assert_eq!(kinds(&play.live(3600)), Vec::<&str>::new());
    assert!(play.callout().assignments.is_empty());
    play.does(PARTNER, "rating.give", json!({"score": 5}));
    // The next real one takes the next number, as if no test had been.
    let (real, _) = ask(&mut play, json!({"site": "BOILER", "reason": "in earnest"}));
    assert_eq!(play.world.callouts[&real].number, "CO-26-00001");
    assert_ne!(id, real);
}

#[test]
fn a_test_and_a_call_out_in_earnest_do_not_stand_for_one_another() {
    let mut play = with_partner(Play::new());
    let (test, _) = ask(&mut play, json!({"site": "BOILER", "reason": "x", "test": true}));
    let (real, events) = ask(&mut play, json!({"site": "BOILER", "reason": "x"}));
    assert_eq!(events.len(), 3);
    assert!(ask(&mut play, json!({"site": "BOILER", "reason": "x", "test": true})).1.is_empty());
    assert!(play.world.callouts[&test].test && !play.world.callouts[&real].test);
}

#[test]
fn nobody_is_sent_to_a_test_whoever_tries() {
    let mut play = with_partner(Play::new());
    ask(&mut play, json!({"site": "BOILER", "reason": "x", "test": true}));
    for (kind, body) in [
        ("assignment.offer", json!({"officer": "O1", "reason": "x"})),
        ("assignment.attend", json!({"officer": "O1", "reason": "x"})),
        ("escalation.raise", json!({"level": 3})),
        ("police.wait", json!({"on": true})),
        ("callout.hold", json!({"reason": "x", "until": play.now + s(60)})),
    ] {
        play.may_not(DESK, kind, body, "test_callout");
    }
    play.live(100);
    play.may_not(DESK, "callout.reopen", json!({"reason": "x"}), "test_callout");
}

#[test]
fn a_test_is_moved_on_at_will_and_never_back() {
    let mut play = with_partner(Play::new());
    ask(&mut play, json!({"site": "BOILER", "reason": "x", "test": true}));
    assert_eq!(kinds(&play.does(PARTNER, "test.play", json!({}))), ["test.played"]);
    assert_eq!(play.does(PARTNER, "test.play", json!({"to": "arrived"})).len(), 4, "each stage between happens");
    assert_eq!(play.state(), S::OnScene);
    assert!(play.does(PARTNER, "test.play", json!({"to": "accepted"})).is_empty());
    play.does(PARTNER, "test.play", json!({"to": "closed"}));
    play.may_not(PARTNER, "test.play", json!({}), "callout_over");
    let mut real = with_partner(play_at(At::EnRoute));
    real.may_not(PARTNER, "test.play", json!({}), "not_a_test");
}

#[test]
fn a_cancelled_test_is_stood_down_by_itself_and_duress_in_it_is_no_emergency() {
    let end = |duress: bool| {
        let mut play = with_partner(Play::new());
        ask(&mut play, json!({"site": "BOILER", "reason": "x", "test": true}));
        play.does(PARTNER, "cancel.request", json!({"reason": "enough", "duress": duress}));
        assert_eq!((play.callout().escalation_level(), play.callout().next().tone), (0, Tone::Wait));
        assert_eq!(kinds(&play.live(10)), ["callout.stood_down"]);
        play.state()
    };
    assert_eq!((end(true), end(false)), (S::StoodDown, S::StoodDown));
}

#[test]
fn every_version_of_the_report_is_kept_once_and_additions_are_numbered() {
    let mut play = play_at(At::Secured);
    let keep = |play: &mut Play| {
        let due = play.callout().reports_due();
        for (n, (of, seq)) in due.iter().enumerate() {
            let body = json!({"of": of, "of_seq": seq, "full": digest(10 + n as u8), "customer": digest(20)});
            assert_eq!(kinds(&play.does(Who::System, "report.keep", body.clone())), ["report.kept"]);
            assert!(play.does(Who::System, "report.keep", body).is_empty(), "twice is once");
        }
    };
    assert!(play.callout().reports_due().is_empty());
    go_to(&mut play, At::Secured, At::Reported);
    keep(&mut play);
    play.does(Who::Supervisor, "report.review", json!({"approve": false, "comments": "which door?"}));
    play.does(Who::Officer(1), "report.submit", json!({"narrative": "The back door.", "signature": {"name": "A"}}));
    keep(&mut play);
    play.does(Who::Supervisor, "note.add", json!({"text": "before the end: no addition"}));
    go_to(&mut play, At::Reported, At::Closed);
    keep(&mut play);
    for text in ["The key was found.", "And handed over."] {
        play.does(Who::Supervisor, "note.add", json!({"text": text}));
        keep(&mut play);
    }
    let kept: Vec<_> = play.callout().reports.iter().map(|r| (r.what.version, r.what.of, r.what.addendum)).collect();
    let expected = [
        (1, ReportOf::Submitted, 0),
        (2, ReportOf::Submitted, 0),
        (3, ReportOf::Approved, 0),
        (4, ReportOf::Addendum, 1),
        (5, ReportOf::Addendum, 2),
    ];
    assert_eq!(kept, expected);
    let body = json!({"of": "approved", "of_seq": 1, "full": "no digest", "customer": digest(1)});
    play.may_not(Who::System, "report.keep", body, "bad_digest");
}

#[test]
fn reports_go_to_contacts_with_an_address_only() {
    let mut play = Play::new();
    let site = |email: &str| {
        let mut body = crate::kit::register()[5].1.clone();
        body["contacts"] = json!([{"role": "Manager", "name": "Ann", "email": email, "reports": "customer"}]);
        body
    };
    for email in ["", "ann", "ann@home", "ann @example.org", "a@example.org,b@example.org"] {
        play.refused(Who::Supervisor, "site.put", "new", site(email), "bad_email");
    }
    play.ok(Who::Supervisor, "site.put", "new", site("ann@example.org"));
}
