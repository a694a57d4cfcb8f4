//! Links that die, answers that get lost, hubs that say no.

use crate::hub::{Hub, other_operator, system};
use crate::{act, done, live, open, until};
use desk::Choice;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn without_the_hub_work_goes_on_and_arrives_once() {
    let mut hub = Hub::start();
    let (first, second) = (hub.alarm(), hub.alarm());
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.stop();
    until("the link is known to be gone", || desk.board().link.state == "offline").await;
    assert!(desk.board().link.since.is_some() && desk.board().link.problem.is_some());
    let callout = done(&desk, "alarm.take", &first, json!({})).await.made.unwrap();
    done(&desk, "note.add", &callout, json!({"text": "Keyholder rung, no answer"})).await;
    let joined = done(&desk, "alarm.take", &second, json!({})).await.made;
    assert_eq!(joined.as_ref(), Some(&callout), "the second alarm of the house joins its call-out");
    done(&desk, "callout.create", "", json!({"site": "S1", "type": "noise_nuisance", "offer": false})).await;
    let nobody = act(&desk, "assignment.offer", &callout, json!({})).await;
    assert_eq!(nobody.refusal.unwrap().code, "no_hub");
    let board = desk.board();
    assert_eq!(board.link.queued, 4);
    let numbers: Vec<&str> = board.callouts.iter().map(|c| c.number.as_str()).collect();
    assert_eq!(numbers, ["D2-0001", "D2-0002"]);
    assert_eq!(board.callouts[0].line, "nobody asked: the hub does not answer");

    hub.listen();
    until("everything went out", || desk.board().link.queued == 0).await;
    until("and came back", || desk.board().callouts.iter().all(|c| !c.pending && c.number.starts_with("CO-"))).await;
    assert_eq!(hub.counts(["callout.created", "note.added", "alarm.taken", "callout.alarm_joined"]), [2, 1, 2, 1]);
    let called: Vec<_> = desk.board().callouts.into_iter().map(|c| c.provisional).collect();
    assert_eq!(called, [Some("D2-0001".into()), Some("D2-0002".into())]);
    assert_eq!(desk.detail("D2-0001").map(|d| d.row.id), Some(callout), "what was said on the radio finds it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_hub_committed_does_nothing_twice() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.state().after_doing = vec![502, 500];
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    done(&desk, "note.add", &callout, json!({"text": "one"})).await;
    until("all is confirmed", || desk.board().link.queued == 0 && !desk.detail(&callout).unwrap().row.pending).await;
    let counts = hub.counts(["callout.created", "note.added"]);
    assert_eq!(counts, [1, 1]);
    assert!(hub.state().asked.values().any(|n| *n > 1));
    let notes = desk.detail(&callout).unwrap().timeline.iter().filter(|e| e.text == "Note: one").count();
    assert_eq!(notes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_on_disk_when_the_desk_died_is_sent_by_the_next() {
    let mut hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.stop();
    until("the link is gone", || desk.board().link.state == "offline").await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    done(&desk, "note.add", &callout, json!({"text": "before the power went"})).await;
    // No goodbye: what is in memory is lost with the process.
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap().flatten().filter(|f| f.file_type().unwrap().is_file()) {
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    desk.close().await;

    let desk = open(copy.path(), &hub).await;
    let board = desk.board();
    assert_eq!((board.link.queued, board.alarms.len(), board.link.state.as_str()), (2, 1, "offline"));
    assert_eq!(desk.detail(&callout).unwrap().row.number, "D2-0001");
    hub.listen();
    until("it went out", || desk.board().link.queued == 0 && !desk.detail(&callout).unwrap().row.pending).await;
    assert_eq!(hub.counts(["callout.created", "note.added"]), [1, 1]);
}

/// A desk whose taking of an alarm, with a note built on it, was refused: somebody else had it first.
async fn refused(hub: &mut Hub, dir: &std::path::Path) -> (desk::Desk, String, String) {
    let alarm = hub.alarm();
    let desk = live(dir, hub).await;
    hub.stop();
    until("the link is gone", || desk.board().link.state == "offline").await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    done(&desk, "note.add", &callout, json!({"text": "rang the keyholder"})).await;
    hub.act_as(other_operator(), "alarm.take", &alarm, json!({}));
    hub.listen();
    until("the hub said no", || desk.board().conflicts.len() == 1).await;
    until("the other call-out is known", || answers(&desk)).await;
    let board = desk.board();
    let conflict = &board.conflicts[0];
    assert_eq!((conflict.kind.as_str(), conflict.parked, conflict.did.as_str()), ("alarm.take", 1, "Took the alarm"));
    assert_eq!(conflict.about, "Intruder, Boiler house");
    assert_eq!(conflict.refusal, "This alarm is with Priya already.");
    assert_eq!(board.link.queued, 0);
    (desk, conflict.id.clone(), alarm)
}

/// Whether a call-out of the hub's is there and the alarm is known to be its: two lines of the log.
fn answers(desk: &desk::Desk) -> bool {
    let board = desk.board();
    let of_hub = |id: &str| board.callouts.iter().any(|c| c.id == id && c.number.starts_with("CO-"));
    board.alarms.iter().filter_map(|a| a.callout.as_deref()).any(of_hub)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_action_is_kept_as_a_note_in_words() {
    let mut hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let (desk, conflict, _) = refused(&mut hub, dir.path()).await;
    let acted = desk.resolve(&conflict, Choice::Keep, "").await;
    assert_eq!(acted.refusal, None);
    until("the note arrived", || hub.state().count("note.added") == 1 && desk.board().conflicts.is_empty()).await;
    let note = hub.state().log.iter().rev().find(|l| l.kind == "note.added").unwrap().personal.clone().unwrap();
    let text = note["text"].as_str().unwrap();
    for part in ["Took the alarm", "with Priya already", "rang the keyholder", "Kept as a note"] {
        assert!(text.contains(part), "{part} is missing from {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_action_is_dropped_only_with_a_reason() {
    let mut hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let (desk, conflict, _) = refused(&mut hub, dir.path()).await;
    let acted = desk.resolve(&conflict, Choice::Drop, " ").await;
    assert_eq!(acted.refusal.unwrap().code, "missing");
    assert_eq!(desk.board().conflicts.len(), 1);
    let acted = desk.resolve(&conflict, Choice::Drop, "Priya has it").await;
    assert_eq!(acted.refusal, None);
    until("the reason arrived", || hub.state().count("note.added") == 1).await;
    assert!(desk.board().conflicts.is_empty());
    let again = desk.resolve(&conflict, Choice::Drop, "Priya has it").await;
    assert_eq!(again.refusal.unwrap().code, "no_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_action_can_be_redone_when_the_state_allows_it() {
    let mut hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let alarm = hub.alarm();
    let desk = live(dir.path(), &hub).await;
    hub.stop();
    until("the link is gone", || desk.board().link.state == "offline").await;
    let callout = uuid::Uuid::now_v7().to_string();
    done(&desk, "callout.create", &callout, json!({"alarm": alarm, "offer": false})).await;
    done(&desk, "note.add", &callout, json!({"text": "rang the keyholder"})).await;
    hub.act_as(other_operator(), "alarm.take", &alarm, json!({}));
    hub.listen();
    until("the hub said no", || desk.board().conflicts.len() == 1).await;
    until("the other call-out is known", || desk.board().callouts.len() == 1 && answers(&desk)).await;
    let conflict = desk.board().conflicts[0].clone();
    assert_eq!((conflict.about.as_str(), conflict.parked), ("D2-0001", 1));
    // Refused here, by the same rules, while the other call-out is open.
    let acted = desk.resolve(&conflict.id, Choice::Redo, "").await;
    assert_eq!(acted.refusal.unwrap().code, "exists");
    let other = hub.state().world.callouts.values().next().unwrap().id.to_string();
    hub.act_as(other_operator(), "callout.stand_down", &other, json!({"reason": "wrong site"}));
    until("that is known here", || desk.board().callouts.is_empty()).await;
    let acted = desk.resolve(&conflict.id, Choice::Redo, "").await;
    assert_eq!(acted.refusal, None);
    assert_ne!(acted.command, conflict.id);
    until("both arrived", || hub.state().count("note.added") == 1 && desk.board().link.queued == 0).await;
    assert!(desk.board().conflicts.is_empty());
    assert_eq!(hub.state().count("callout.created"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_the_stream_is_mended_by_a_snapshot() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let snapshots = hub.state().snapshots;
    let next = hub.state().log.len() as i64 + 1;
    hub.state().leave_out.insert(next);
    hub.alarm();
    hub.alarm();
    until("both alarms are there", || desk.board().alarms.len() == 2).await;
    assert!(hub.state().snapshots > snapshots);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_event_marks_its_record_and_stops_nothing() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    until("the hub has it", || !desk.detail(&callout).unwrap().row.pending).await;
    hub.strange_line(&format!("callout-{callout}"));
    hub.strange_line("lunar-0193c0de");
    until("it is marked", || desk.detail(&callout).unwrap().row.line.ends_with("needs a newer program")).await;
    let said = "2 records need a newer program";
    until("it is said", || desk.board().link.problem.is_some_and(|p| p.starts_with(said))).await;
    done(&desk, "note.add", &callout, json!({"text": "still here"})).await;
    until("the queue goes out", || hub.state().count("note.added") == 1 && desk.board().link.queued == 0).await;
    until("and back", || {
        desk.detail(&callout).unwrap().timeline.iter().any(|e| e.text == "Note: still here" && !e.pending)
    })
    .await;
    desk.close().await;
    let desk = open(dir.path(), &hub).await;
    assert!(desk.detail(&callout).unwrap().row.line.ends_with("needs a newer program"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_erases_leaves_this_machine() {
    let hub = Hub::start();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    assert_eq!(desk.board().sites[0].contacts[0].name, "Wilhelmina Featherstone");
    let contact = hub.state().world.sites.values().next().unwrap().contacts[0].id.to_string();
    hub.act_as(system(), "person.erase", &contact, json!({"reason": "Article 17"}));
    until("the name is gone", || desk.board().sites[0].contacts.iter().all(|c| c.name.is_empty())).await;
    let on_disk = || {
        let files = std::fs::read_dir(dir.path()).unwrap().flatten().filter(|f| f.file_type().unwrap().is_file());
        files.into_iter().any(|f| std::fs::read(f.path()).unwrap().windows(12).any(|w| w == b"Featherstone"))
    };
    until("and off the disk", || !on_disk()).await;
    desk.close().await;
    assert!(!on_disk());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_the_hub_does_not_know_stops_the_queue_and_says_so() {
    let hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    hub.state().instead_of_doing = vec![401];
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    until("it is said", || desk.board().link.problem.is_some_and(|p| p.contains("token"))).await;
    assert_eq!(desk.board().link.queued, 1);
    // Somebody acts: it is tried again.
    done(&desk, "note.add", &callout, json!({"text": "trying again"})).await;
    until("it went", || desk.board().link.queued == 0 && desk.board().link.problem.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_not_what_its_name_says_is_not_shown() {
    use sha2::{Digest, Sha256};
    let mut hub = Hub::start();
    let alarm = hub.alarm();
    let dir = tempfile::tempdir().unwrap();
    let desk = live(dir.path(), &hub).await;
    let callout = done(&desk, "alarm.take", &alarm, json!({})).await.made.unwrap();
    let sha256: String = Sha256::digest(b"a picture").iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(desk.picture(&callout, &sha256).await.unwrap(), b"a picture");
    assert!(desk.picture(&callout, &"0".repeat(64)).await.unwrap_err().contains("damaged"));
    assert!(desk.picture(&callout, "../desk.db").await.is_err());
    hub.stop();
    assert_eq!(desk.picture(&callout, &sha256).await.unwrap(), b"a picture");
}
