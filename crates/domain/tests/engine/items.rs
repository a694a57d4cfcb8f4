//! Checklists: what each type of item takes, what must come with it, when it is asked, and which version is given out.

use crate::kit::{At, Play, Who, digest, go_to, play_at};
use domain::documents::{Checklist, ItemKind};
use serde_json::{Value, json};

const ONE: Who = Who::Officer(1);

/// A call-out at this point, with these items on its list.
fn with_items(items: Value, at: At) -> Play {
    let mut play = Play::new();
    play.ok(Who::Supervisor, "checklist.put", "new", json!({"ref": "CL-1", "title": "List", "items": items}));
    play.open(2);
    go_to(&mut play, At::Offered, at);
    play
}

fn every_type() -> Value {
    json!([
        {"id": "head", "text": "At the door", "type": "heading", "elevation": "front", "floor": 0},
        {"id": "found", "text": "What was found?", "type": "multi_choice", "options": ["Lights on", "Door open", "Water"],
         "max": 2, "evidence": {"pictures": 1, "when": "Water"}},
        {"id": "bar", "text": "Pressure", "type": "number", "unit": "bar", "min": 0.0, "max": 4.0, "step": 0.5,
         "warn": true, "evidence": {"pictures": 0, "note": true, "when": "out_of_range"}},
        {"id": "short", "text": "In short", "type": "text", "max": 5},
        {"id": "two", "text": "Two views", "type": "photo", "min": 1, "max": 2},
        {"id": "sign", "text": "Keyholder signs", "type": "signature", "role": "Keyholder"},
        {"id": "clock", "text": "Time on the panel", "type": "time"},
        {"id": "tag", "text": "Tag at the door", "type": "scan", "tags": ["WH-7"]},
        {"id": "any", "text": "Seal", "type": "scan"},
        {"id": "gas", "text": "Gas", "type": "meter", "assets": ["G-1"], "unit": "m³", "max": 99.0},
        {"id": "pump", "text": "Pump", "type": "asset", "assets": ["P-1", "P-2"], "states": ["Running", "Leaking"],
         "evidence": {"pictures": 2, "when": "Leaking"}},
        {"id": "smell", "text": "Any smell?", "type": "yes_no", "fail": "yes"}
    ])
}

#[test]
fn every_type_of_item_takes_its_answers_and_says_what_is_wrong_with_others() {
    let table = [
        (json!({"item": "head", "value": "done"}), Err("heading")),
        (json!({"item": "head", "unable": "why"}), Err("heading")),
        (json!({"item": "found", "value": "Lights on; Door open"}), Ok("Lights on; Door open")),
        (json!({"item": "found", "value": "Lights on; Lights on"}), Err("twice")),
        (json!({"item": "found", "value": "Lights on; Door open; Water", "pictures": [digest(1)]}), Err("2 at most")),
        (json!({"item": "found", "value": "Cold"}), Err("Lights on, Door open, Water")),
        (json!({"item": "found", "value": ""}), Err("choose one of")),
        (json!({"item": "found", "value": "Door open; Water"}), Err("1 picture")),
        (json!({"item": "found", "value": "Door open; Water", "pictures": [digest(1)]}), Ok("Door open; Water")),
        (json!({"item": "bar", "value": "1.5"}), Ok("1.5 bar")),
        (json!({"item": "bar", "value": "1.6"}), Err("steps of 0.5 bar")),
        (json!({"item": "bar", "value": "9"}), Err("needs a note")),
        (json!({"item": "bar", "value": "9", "note": "Valve stuck"}), Ok("9 bar")),
        (json!({"item": "short", "value": "sixsix"}), Err("5 characters at most")),
        (json!({"item": "short", "value": "five5"}), Ok("five5")),
        (json!({"item": "two", "pictures": [digest(1), digest(2), digest(3)]}), Err("2 pictures at most")),
        (json!({"item": "two", "pictures": [digest(1), digest(2)]}), Ok("2 pictures")),
        (json!({"item": "sign", "value": "Ann Keys"}), Err("1 picture")),
        (json!({"item": "sign", "value": " ", "pictures": [digest(1)]}), Err("name of who signed")),
        (json!({"item": "sign", "value": "Ann Keys", "pictures": [digest(1)]}), Ok("Signed by Ann Keys")),
        (json!({"item": "clock", "value": "24:10"}), Err("21:45")),
        (json!({"item": "clock", "value": "9:5"}), Err("21:45")),
        (json!({"item": "clock", "value": "21:45"}), Ok("21:45")),
        (json!({"item": "tag", "value": "WH-8"}), Err("not the tag of this place")),
        (json!({"item": "tag", "value": "wh-7 ", "scanned": true}), Ok("wh-7 ")),
        (json!({"item": "any", "value": ""}), Err("what the tag says")),
        (json!({"item": "any", "value": "anything"}), Ok("anything (typed)")),
        (json!({"item": "gas", "value": "12.5"}), Ok("G-1: 12.5 m³")),
        (json!({"item": "gas", "value": "120"}), Ok("G-1: 120 m³")),
        (json!({"item": "gas", "value": "12", "asset": "G-2"}), Err("G-1")),
        (json!({"item": "gas", "value": "much"}), Err("write a number")),
        (json!({"item": "pump", "value": "Running"}), Err("say which one: P-1, P-2")),
        (json!({"item": "pump", "value": "Running", "asset": "P-2"}), Ok("P-2: Running")),
        (json!({"item": "pump", "value": "Leaking", "asset": "P-2", "pictures": [digest(1)]}), Err("2 pictures")),
        (json!({"item": "smell", "value": "yes"}), Ok("Yes")),
        (json!({"item": "smell", "value": "no", "asset": "P-1"}), Err("P-1")),
    ];
    for (body, expected) in table {
        let mut play = with_items(every_type(), At::Assessed);
        let id = body["item"].as_str().unwrap().to_owned();
        match expected {
            Ok(words) => {
                play.does(ONE, "checklist.answer", body.clone());
                let callout = play.callout();
                let item = callout.visible_items().find(|i| i.id == id).unwrap();
                assert_eq!(item.words(callout.answer(&id).unwrap()), words, "{body}");
            }
            Err(says) => {
                let refusal = play.may_not(ONE, "checklist.answer", body.clone(), "bad_answer");
                assert!(refusal.text.contains(says), "{body}: {}", refusal.text);
            }
        }
    }
}

#[test]
fn what_tells_of_something_wrong_stands_out() {
    let play = with_items(every_type(), At::Assessed);
    let wrong = |id: &str, value: &str| {
        let item = play.callout().visible_items().find(|i| i.id == id).cloned().unwrap();
        item.is_wrong(value)
    };
    assert!(wrong("found", "Door open; Water") && !wrong("found", "Door open"));
    assert!(wrong("bar", "4.5") && !wrong("bar", "4"));
    assert!(wrong("gas", "120") && !wrong("gas", "12"));
    assert!(wrong("pump", "Leaking") && !wrong("pump", "Running"));
    assert!(wrong("smell", "yes") && !wrong("smell", "no"));
}

#[test]
fn a_heading_is_no_open_question_and_says_where() {
    let play = with_items(every_type(), At::Assessed);
    assert_eq!(play.callout().checklist_progress(), (0, 11));
    assert_eq!(play.callout().visible_items().next().unwrap().place(), "Front, ground floor");
}

#[test]
fn the_same_tag_read_twice_within_half_a_minute_is_read_once() {
    let mut play = with_items(every_type(), At::Assessed);
    let read = json!({"item": "tag", "value": "WH-7", "scanned": true});
    assert_eq!(play.does(ONE, "checklist.answer", read.clone()).len(), 1);
    play.pass(29);
    assert!(play.does(ONE, "checklist.answer", read.clone()).is_empty());
    play.pass(2);
    assert_eq!(play.does(ONE, "checklist.answer", read).len(), 1);
}

#[test]
fn a_signature_is_nobodys_to_see_until_released_and_its_name_can_be_erased() {
    let mut play = with_items(every_type(), At::Assessed);
    play.does(ONE, "checklist.answer", json!({"item": "sign", "value": "Ann Keys", "pictures": [digest(5)]}));
    assert!(!play.callout().media[&digest(5)].share);
    assert!(play.callout().timeline.iter().all(|entry| !entry.text.contains("Ann Keys")));
    let last = play.log.last().unwrap();
    let event = domain::Event { stream: last.stream, body: last.body.clone(), subject: None };
    let (body, personal) = event.split().unwrap();
    assert!(!body.to_string().contains("Ann Keys"));
    assert!(Value::Object(personal.unwrap()).to_string().contains("Ann Keys"));
    let item = play.callout().visible_items().find(|i| i.id == "sign").cloned().unwrap();
    assert_eq!(item.words_outside(play.callout().answer("sign").unwrap()), "Signed");
}

#[test]
fn an_item_is_asked_when_one_of_several_options_was_chosen_and_not_when_its_condition_is_not_asked_itself() {
    let items = json!([
        {"id": "in", "text": "Went in?", "type": "yes_no"},
        {"id": "seen", "text": "Seen", "type": "multi_choice", "options": ["Lights", "Water"],
         "show_if": {"item": "in", "value": "yes"}},
        {"id": "where", "text": "Where is the water?", "type": "text", "show_if": {"item": "seen", "value": "Water"}},
        {"id": "bar", "text": "Pressure", "type": "meter", "max": 4.0},
        {"id": "why", "text": "Why?", "type": "text", "show_if": {"item": "bar", "value": "out_of_range"}}
    ]);
    let mut play = with_items(items, At::Assessed);
    let shown = |play: &Play| play.callout().visible_items().map(|i| i.id.clone()).collect::<Vec<_>>();
    assert_eq!(shown(&play), ["in", "bar"]);
    play.does(ONE, "checklist.answer", json!({"item": "in", "value": "yes"}));
    play.does(ONE, "checklist.answer", json!({"item": "seen", "value": "Lights; Water"}));
    play.does(ONE, "checklist.answer", json!({"item": "bar", "value": "4.1"}));
    assert_eq!(shown(&play), ["in", "seen", "where", "bar", "why"]);
    play.does(ONE, "checklist.answer", json!({"item": "in", "value": "no"}));
    assert_eq!(shown(&play), ["in", "bar", "why"], "what hangs on a question that is not asked is not asked");
    play.may_not(ONE, "checklist.answer", json!({"item": "where", "value": "x"}), "unknown_item");
}

#[test]
fn a_list_that_asks_what_cannot_be_answered_is_refused_and_a_draft_of_it_is_kept() {
    let table = [
        (json!([{"id": "a", "text": "A", "type": "heading"}]), "asks nothing"),
        (json!([{"id": "a", "text": "A", "type": "multi_choice", "options": ["x; y", "z"]}]), "semicolon"),
        (
            json!([{"id": "a", "text": "A", "type": "multi_choice", "options": ["x", "y"], "min": 3}]),
            "nobody can choose",
        ),
        (json!([{"id": "a", "text": "A", "type": "choice", "options": ["x", "x"]}]), "there twice"),
        (json!([{"id": "a", "text": "A", "type": "number", "min": 5.0, "max": 1.0}]), "ends before it begins"),
        (json!([{"id": "a", "text": "A", "type": "number", "step": 0.0}]), "steps of nothing"),
        (json!([{"id": "a", "text": "A", "type": "photo", "min": 3, "max": 2}]), "fewer pictures"),
        (json!([{"id": "a", "text": "A", "type": "asset", "assets": [], "states": ["x", "y"]}]), "one part or more"),
        (json!([{"id": "a", "text": "A", "type": "yes_no", "fail": "perhaps"}]), "neither yes, no nor na"),
        (json!([{"id": "a", "text": "A", "type": "yes_no", "evidence": {"pictures": 0}}]), "asks for nothing"),
        (json!([{"id": "a", "text": "A", "type": "yes_no", "evidence": {"when": "maybe"}}]), "“maybe”"),
        (
            json!([{"id": "a", "text": "A", "type": "yes_no"},
                {"id": "b", "text": "B", "type": "text", "show_if": {"item": "a", "value": "maybe"}}]),
            "no answer to “A”",
        ),
        (
            json!([{"id": "a", "text": "A", "type": "signature"},
                {"id": "b", "text": "B", "type": "text", "show_if": {"item": "a", "value": "Ann"}}]),
            "free text",
        ),
    ];
    for (items, says) in table {
        let mut play = Play::empty();
        let body = json!({"ref": "C", "title": "T", "items": items});
        let command = play.command("checklist.put", "new", body.clone());
        let refusal = play.send(Who::Supervisor, &command).map(drop).unwrap_err();
        assert_eq!(refusal.code, "bad_item", "{items}");
        assert!(refusal.text.contains(says), "{items}: {}", refusal.text);
        let mut draft = body;
        draft["draft"] = json!(true);
        play.ok(Who::Supervisor, "checklist.put", "new", draft);
    }
    let mut play = Play::empty();
    let twice = json!({"ref": "C", "title": "T", "draft": true,
        "items": [{"id": "a", "text": "", "type": "text"}, {"id": "a", "text": "", "type": "text"}]});
    let command = play.command("checklist.put", "new", twice);
    assert_eq!(play.send(Who::Supervisor, &command).map(drop).unwrap_err().code, "bad_item");
}

#[test]
fn a_draft_is_given_to_nobody_until_it_is_approved_and_open_call_outs_keep_theirs() {
    let list = |text: &str| json!([{"id": "q", "text": text, "type": "yes_no"}]);
    let put = |play: &mut Play, text: &str, draft: bool| {
        let body = json!({"ref": "CL-1", "title": "List", "items": list(text), "draft": draft});
        play.ok(Who::Supervisor, "checklist.put", "new", body);
    };
    let asked = |play: &Play| play.callout().visible_items().map(|i| i.text.clone()).collect::<Vec<_>>();
    let mut play = Play::new();
    put(&mut play, "Old?", false);
    play.open(2);
    put(&mut play, "New?", true);
    let known = play.world.checklist("CL-1").unwrap().clone();
    assert_eq!((known.version, known.draft.as_ref().unwrap().items[0].text.as_str()), (2, "New?"));
    assert_eq!(asked(&play), ["Old?"]);
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "test"}));
    play.open(2);
    assert_eq!(asked(&play), ["Old?"], "a new call-out gets what is approved");
    put(&mut play, "New?", false);
    assert_eq!(asked(&play), ["Old?"], "an open one keeps what it started with");
    let known = play.world.checklist("CL-1").unwrap();
    assert_eq!((known.version, &known.draft), (3, &None));
    play.does(Who::Operator, "callout.stand_down", json!({"reason": "test"}));
    play.open(2);
    assert_eq!(asked(&play), ["New?"]);
    put(&mut play, "Other?", true);
    put(&mut play, "New?", true);
    assert_eq!(play.world.checklist("CL-1").unwrap().draft, None, "a draft of what is in force is no draft");
}

#[test]
fn a_list_that_is_only_a_draft_may_be_chosen_for_a_site_and_asks_nothing_yet() {
    let mut play = Play::new();
    let draft = json!({"ref": "NEW", "title": "New", "items": [], "draft": true});
    play.ok(Who::Supervisor, "checklist.put", "new", draft);
    assert!(!play.world.checklist("NEW").unwrap().is_approved());
    let site = json!({"ref": "BOILER", "name": "Boiler house", "address": "1 Elm Road", "lat": 51.55, "lon": -0.14, "checklist": "NEW"});
    play.ok(Who::Supervisor, "site.put", "BOILER", site);
    play.open(2);
    assert_eq!(play.callout().checklist, None);
}

#[test]
fn a_change_made_on_an_older_version_is_refused() {
    let mut play = Play::new();
    let body = |from: u32| {
        json!({"ref": "CL-1", "title": "T", "from_version": from,
        "items": [{"id": "q", "text": "Q?", "type": "yes_no"}]})
    };
    play.ok(Who::Supervisor, "checklist.put", "new", body(1));
    let command = play.command("checklist.put", "new", body(1));
    let refusal = play.send(Who::Supervisor, &command).map(drop).unwrap_err();
    assert_eq!(refusal.code, "checklist_version");
    assert!(refusal.text.contains("Version 2"));
}

#[test]
fn lists_and_answers_from_before_the_new_types_still_read_and_write_the_same() {
    let old = json!({"id": "0198a000-0000-7000-8000-000000000001", "ref": "C", "version": 4, "title": "Old", "items": [
        {"id": "a", "section": "general", "text": "A", "type": "yes_no", "picture_if": "no", "mandatory": true,
         "show_if": null, "gate": "after_dra", "help": "", "share": true},
        {"id": "b", "section": "inside", "text": "B", "type": "number", "unit": "bar", "min": 0.0, "max": null,
         "mandatory": true, "show_if": null, "gate": "after_dra", "help": "", "share": true},
        {"id": "c", "section": "inside", "text": "C", "type": "text", "mandatory": true, "show_if": null,
         "gate": "after_dra", "help": "", "share": true},
        {"id": "d", "section": "inside", "text": "D", "type": "photo", "min": 1, "mandatory": true, "show_if": null,
         "gate": "after_dra", "help": "", "share": true}
    ]});
    let list: Checklist = serde_json::from_value(old.clone()).unwrap();
    assert!(list.is_approved());
    assert_eq!(list.items[2].kind, ItemKind::Text { max: None });
    assert_eq!(serde_json::to_value(&list).unwrap(), old);
    let answer = json!({"item": "a", "value": "no", "pictures": [], "unable": null, "note": "", "point": null});
    let read: domain::command::ChecklistAnswer = serde_json::from_value(answer.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), answer);
}

#[test]
fn the_old_types_are_answered_as_before() {
    let mut play = play_at(At::Assessed);
    play.may_not(ONE, "checklist.answer", json!({"item": "meter", "value": "10.1"}), "bad_answer");
    play.does(ONE, "checklist.answer", json!({"item": "seen", "value": "nobody"}));
    assert!(play.callout().visible_items().any(|i| i.id == "bell"));
}
