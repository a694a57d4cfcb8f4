//! Checklists that customers write: who may, how much, what a supervisor makes of it, and what stays as it was.

use crate::kit::{At, Play, Who, digest, play_at, s, start};
use domain::writing::{Difference, Outcome, PROPOSAL_BYTES_MAX, PROPOSALS_MAX, Proposal, differences, writer_account};
use serde_json::{Value, json};

const LIST: &str = "CL-1";
const BOSS: Who = Who::Supervisor;
const ANN: Who = Who::Writer(7);

fn invite(n: u8, play: &Play) -> Value {
    let until = play.now + s(14 * 86_400);
    json!({"token_sha256": digest(n), "expires_at": until, "to": "Oak House", "message": "Please add the plant room."})
}

fn items(text: &str) -> Value {
    json!([{"id": "q1", "text": text, "type": "yes_no"}])
}

fn propose(text: &str) -> Value {
    json!({"title": "Written by us", "items": items(text), "from_version": 1, "said": "As agreed 👍"})
}

/// A list in version 1, with a link out.
fn asked() -> Play {
    let mut play = Play::new();
    let body = invite(7, &play);
    play.ok(BOSS, "checklist.invite", LIST, body);
    play
}

fn version(play: &Play) -> u32 {
    play.world.checklist(LIST).unwrap().version
}

fn proposal(play: &Play) -> &Proposal {
    play.world.checklist(LIST).unwrap().writing.as_ref().unwrap().proposal.as_ref().expect("something was proposed")
}

fn approve(play: &mut Play, number: u32, text: &str, code: Option<&str>) {
    let put = json!({"ref": LIST, "title": "Approved", "items": items(text), "from_version": version(play), "proposal": number});
    match code {
        None => drop(play.ok(BOSS, "checklist.put", "new", put)),
        Some(code) => drop(play.refused(BOSS, "checklist.put", "new", put, code)),
    }
}

#[test]
fn a_customer_proposes_a_supervisor_approves_and_the_next_call_out_asks_it() {
    let mut play = asked();
    play.open(2);
    let frozen = play.callout().checklist.clone();
    play.ok(ANN, "checklist.propose", LIST, propose("Is the plant room dry?"));
    assert_eq!((version(&play), proposal(&play).waits()), (1, true), "nothing is in force by being proposed");
    approve(&mut play, 1, "Is the plant room dry? 💧", None);
    assert_eq!(version(&play), 2);
    assert!(matches!(proposal(&play).settled.as_ref().unwrap().how, Outcome::Approved { version: 2 }));
    assert_eq!(play.callout().checklist, frozen, "a call-out keeps the version it started with");
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "test"}));
    play.open(2);
    let list = play.callout().checklist.as_ref().unwrap();
    assert_eq!((list.version, list.items[0].text.as_str()), (2, "Is the plant room dry? 💧"));
    assert_eq!(list.writing, None, "a call-out has nothing of how its list is written");
    approve(&mut play, 1, "again", Some("no_proposal"));
}

#[test]
fn a_proposal_that_is_returned_is_sent_again_and_the_last_one_stands() {
    let mut play = asked();
    play.ok(ANN, "checklist.propose", LIST, propose("One?"));
    assert!(play.ok(ANN, "checklist.propose", LIST, propose("One?")).is_empty(), "the same again is nothing new");
    play.ok(ANN, "checklist.propose", LIST, propose("Two?"));
    play.refused(BOSS, "checklist.return", LIST, json!({"proposal": 1, "comment": "No."}), "proposal_newer");
    approve(&mut play, 1, "One?", Some("proposal_newer"));
    play.refused(BOSS, "checklist.return", LIST, json!({"proposal": 2, "comment": " "}), "missing");
    play.ok(BOSS, "checklist.return", LIST, json!({"proposal": 2, "comment": "Which room?"}));
    let returned = Outcome::Returned { comment: "Which room?".into() };
    assert_eq!(proposal(&play).settled.as_ref().unwrap().how, returned);
    play.refused(BOSS, "checklist.return", LIST, json!({"proposal": 2, "comment": "No."}), "no_proposal");
    assert_eq!(play.ok(ANN, "checklist.propose", LIST, propose("Two?")).len(), 1, "returned, it may come again");
    approve(&mut play, 3, "Two?", None);
    let kinds = play.log.iter().filter(|e| e.body.kind() == "checklist.proposed").count();
    assert_eq!(kinds, 3, "each is on record");
}

#[test]
fn a_list_that_is_changed_otherwise_leaves_the_proposal_waiting() {
    let mut play = asked();
    play.ok(ANN, "checklist.propose", LIST, propose("Dry?"));
    let own = json!({"ref": LIST, "title": "Ours", "items": items("Bell?"), "from_version": 1});
    play.ok(BOSS, "checklist.put", "new", own);
    let draft = json!({"ref": LIST, "title": "Theirs", "items": items("Dry?"), "draft": true, "proposal": 1});
    play.ok(BOSS, "checklist.put", "new", draft);
    assert!(proposal(&play).waits(), "neither another version nor a draft settles it");
    assert_eq!((version(&play), proposal(&play).from_version), (2, 1));
    approve(&mut play, 1, "Dry?", None);
    assert!(!proposal(&play).waits());
}

#[test]
fn only_who_holds_the_link_that_is_out_proposes() {
    let mut play = asked();
    let refused =
        |play: &mut Play, who: Who| drop(play.refused(who, "checklist.propose", LIST, propose("x"), "no_link"));
    refused(&mut play, Who::Customer);
    refused(&mut play, Who::Writer(8));
    refused(&mut play, Who::Link(7));
    play.refused(ANN, "checklist.propose", "CL-9", propose("x"), "not_found");
    play.ok(ANN, "checklist.propose", LIST, propose("Mine?"));
    let other = invite(8, &play);
    play.refused(BOSS, "checklist.invite", LIST, other.clone(), "proposal_waits");
    play.ok(BOSS, "checklist.return", LIST, json!({"proposal": 1, "comment": "Somebody else writes it."}));
    play.ok(BOSS, "checklist.invite", LIST, other);
    refused(&mut play, ANN);
    play.ok(Who::Writer(8), "checklist.propose", LIST, propose("Ours?"));
    play.ok(BOSS, "checklist.uninvite", LIST, json!({}));
    assert!(play.ok(BOSS, "checklist.uninvite", LIST, json!({})).is_empty());
    refused(&mut play, Who::Writer(8));
    assert!(proposal(&play).waits(), "what was sent before still waits");
    let links = &play.world.checklist(LIST).unwrap().writing.as_ref().unwrap().links;
    assert!(links.iter().all(|link| link.ended_at.is_some()));
}

#[test]
fn a_link_ends_by_itself_and_leads_to_one_list() {
    let mut play = asked();
    let first = invite(7, &play);
    assert!(play.ok(BOSS, "checklist.invite", LIST, first.clone()).is_empty(), "sent twice it is one link");
    let list = json!({"ref": "CL-2", "title": "Two", "items": items("x")});
    play.ok(BOSS, "checklist.put", "new", list);
    play.refused(BOSS, "checklist.invite", "CL-2", first, "bad_token");
    for (field, value, code) in [
        ("token_sha256", json!("short"), "bad_token"),
        ("expires_at", json!(start() - s(1)), "bad_expiry"),
        ("expires_at", json!(start() + s(61 * 86_400)), "bad_expiry"),
        ("message", json!("x".repeat(20_001)), "text_too_long"),
    ] {
        let mut body = invite(8, &play);
        body[field] = value;
        play.refused(BOSS, "checklist.invite", "CL-2", body, code);
    }
    play.pass(14 * 86_400);
    play.refused(ANN, "checklist.propose", LIST, propose("late"), "no_link");
}

#[test]
fn a_proposal_holds_the_rules_of_an_approved_list_and_has_an_end() {
    let mut play = asked();
    let with = |field: &str, value: Value| {
        let mut body = propose("Dry?");
        body[field] = value;
        body
    };
    for (body, code) in [
        (with("title", json!(" ")), "missing"),
        (with("items", json!([])), "bad_item"),
        (with("items", items("")), "missing"),
        (with("items", json!([{"id": "a", "text": "A", "type": "choice", "options": ["x"]}])), "bad_item"),
        (with("items", json!([{"id": "a", "text": "A", "type": "yes_no", "help_picture": "x"}])), "bad_digest"),
        (with("said", json!("x".repeat(20_001))), "text_too_long"),
        (with("from_version", json!(2)), "checklist_version"),
    ] {
        play.refused(ANN, "checklist.propose", LIST, body, code);
    }
    let long = "é".repeat(10_000);
    let many: Vec<Value> = (0..14).map(|n| json!({"id": format!("q{n}"), "text": long, "type": "yes_no"})).collect();
    assert!(serde_json::to_string(&many).unwrap().len() > PROPOSAL_BYTES_MAX);
    play.refused(ANN, "checklist.propose", LIST, with("items", json!(many)), "list_too_large");
    play.ok(ANN, "checklist.propose", LIST, with("said", json!(long)));
    for n in 1..PROPOSALS_MAX {
        play.ok(ANN, "checklist.propose", LIST, propose(&format!("Version {n}?")));
    }
    play.refused(ANN, "checklist.propose", LIST, propose("once more"), "too_many_proposals");
    play.pass(86_401);
    play.ok(ANN, "checklist.propose", LIST, propose("the next day"));
}

#[test]
fn a_link_that_was_used_for_weeks_takes_no_more() {
    let mut play = asked();
    let mut sent = 0;
    for day in 0..13 {
        for n in 0..PROPOSALS_MAX {
            let command = play.command("checklist.propose", LIST, propose(&format!("{day} {n}?")));
            sent += usize::from(play.send(ANN, &command).is_ok());
        }
        play.pass(86_401);
    }
    assert_eq!(sent, domain::writing::PROPOSALS_OF_LINK_MAX);
}

#[test]
fn whoever_held_the_link_can_be_erased_and_what_was_approved_stays() {
    let mut play = asked();
    play.ok(ANN, "checklist.propose", LIST, propose("Ask Mr Smith"));
    let writer = writer_account(&digest(7)).to_string();
    play.ok(Who::Administrator, "person.erase", &writer, json!({"reason": "asked by letter"}));
    let list = play.world.checklist(LIST).unwrap();
    assert!(!serde_json::to_string(&**list).unwrap().contains("Smith"));
    assert_eq!((list.waiting_proposal(), list.items.is_empty()), (None, false));
    let link = &list.writing.as_ref().unwrap().links[0];
    assert_eq!((link.to.as_str(), link.message.as_str()), ("", ""));
}

#[test]
fn a_customer_writes_nothing_else_through_the_link() {
    let mut play = play_at(At::Parked);
    let body = invite(7, &play);
    play.ok(BOSS, "checklist.invite", LIST, body);
    play.may_not(ANN, "note.add", json!({"text": "hello"}), "no_link");
    play.may_not(ANN, "message.read", json!({"up_to": 5}), "no_link");
    play.may_not(ANN, "rating.give", json!({"score": 5}), "not_found");
}

#[test]
fn what_differs_is_told_item_by_item() {
    let list = |items: Value| -> Vec<domain::documents::Item> { serde_json::from_value(items).unwrap() };
    let old = list(json!([
        {"id": "a", "text": "Bell silent?", "type": "yes_no"},
        {"id": "b", "text": "Door shut?", "type": "yes_no"},
        {"id": "c", "text": "Meter", "type": "number"}
    ]));
    let new = list(json!([
        {"id": "c", "text": "Meter", "type": "number", "unit": "bar", "mandatory": false},
        {"id": "a", "text": "Bell silent?", "type": "yes_no"},
        {"id": "d", "text": "Roof dry?", "type": "yes_no"}
    ]));
    assert_eq!(
        differences(("Old", &old), ("New", &new)),
        [
            Difference::Title { was: "Old".into() },
            Difference::Changed {
                text: "Meter".into(),
                what: vec!["the answers it takes", "whether it must be answered"]
            },
            Difference::Added { text: "Roof dry?".into() },
            Difference::Removed { text: "Door shut?".into() },
            Difference::Order,
        ]
    );
    assert_eq!(differences(("Old", &old), ("Old", &old)), []);
}

#[test]
fn lists_from_before_customers_wrote_them_read_and_write_the_same() {
    let play = Play::new();
    let list = serde_json::to_value(&**play.world.checklist(LIST).unwrap()).unwrap();
    assert_eq!(list.get("writing"), None);
}
