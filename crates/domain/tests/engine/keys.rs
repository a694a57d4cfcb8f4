//! Keys: where each is, who has it, and what happens when it is late.

use crate::kit::{Play, SITE, Who, kinds, officer, s, sign};
use domain::alarm::{AlarmKind, AlarmState, Priority};
use domain::keys::{HISTORY_MAX, with_keys};
use domain::nearest::rank;
use serde_json::{Value, json};

fn with_key(seal: &str) -> Play {
    let mut play = Play::new();
    let body = json!({"number": "K-114", "site": "BOILER", "opens": "front", "seal": seal, "kept": "hook 4"});
    play.ok(Who::Supervisor, "key.put", "new", body);
    play
}

fn issue(play: &Play, officer: &str, seconds: i64) -> Value {
    json!({"officer": officer, "why": "night shift", "due": play.now + s(seconds)})
}

#[test]
fn a_key_is_given_out_and_comes_back_and_every_move_is_kept() {
    let mut play = with_key("");
    play.ok(Who::Operator, "key.issue", "k-114", issue(&play, "O1", 3600));
    let key = play.world.key("K-114").unwrap();
    let out = key.out.as_ref().unwrap();
    assert_eq!((out.to.officer, out.due), (Some(officer(1)), play.now + s(3600)));
    play.pass(60);
    play.ok(Who::Operator, "key.return", "K-114", json!({"to": "key desk"}));
    let key = play.world.key("K-114").unwrap();
    assert!(key.is_in());
    assert_eq!(key.history.len(), 2);
    assert_eq!(play.ok(Who::Operator, "key.return", "K-114", json!({})).len(), 0, "back is back");
}

#[test]
fn a_tag_tells_nobody_where_its_key_belongs() {
    let mut play = Play::new();
    let put = |number: &str| json!({"number": number, "site": "BOILER"});
    play.refused(Who::Supervisor, "key.put", "new", put("Boiler House 1"), "bad_key_number");
    play.refused(Who::Supervisor, "key.put", "new", put("1 elm road"), "bad_key_number");
    play.refused(Who::Supervisor, "key.put", "new", put(&"K".repeat(25)), "bad_key_number");
    play.refused(Who::Supervisor, "key.put", "new", put(" "), "missing");
    play.ok(Who::Supervisor, "key.put", "new", put(" K-1 "));
    assert_eq!(play.world.key("k-1").unwrap().number, "K-1");
}

#[test]
fn a_key_that_is_out_is_not_passed_on_unseen_but_may_stay_out_longer() {
    let mut play = with_key("");
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 3600));
    let refusal = play.refused(Who::Operator, "key.issue", "K-114", issue(&play, "O2", 3600), "key_out");
    assert!(refusal.text.contains("O1"), "{refusal}");
    let since = play.now;
    play.pass(1800);
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 7200));
    let out = play.world.key("K-114").unwrap().out.clone().unwrap();
    assert_eq!((out.since, out.due), (since, play.now + s(7200)));
    play.refused(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 0), "bad_due");
    play.refused(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 400 * 86_400), "bad_due");
    let nobody = json!({"why": "x", "due": play.now + s(60)});
    play.refused(Who::Operator, "key.issue", "K-114", nobody, "missing");
}

#[test]
fn a_sealed_key_is_looked_at_when_it_comes_back() {
    let mut play = with_key("S-1");
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 3600));
    play.refused(Who::Operator, "key.return", "K-114", json!({}), "seal_unsaid");
    play.refused(Who::Operator, "key.return", "K-114", json!({"seal_intact": false}), "missing");
    let broken = json!({"seal_intact": false, "note": "Used to open the gate", "seal": " S-2 "});
    play.ok(Who::Operator, "key.return", "K-114", broken);
    assert_eq!(play.world.key("K-114").unwrap().seal, "S-2");
}

#[test]
fn a_late_key_is_chased_by_an_alarm_that_shows_when_it_is_back() {
    let mut play = with_key("");
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 600));
    let due = play.now + s(600);
    assert_eq!(kinds(&play.live(599)), Vec::<&str>::new());
    assert_eq!(kinds(&play.live(2)), ["key.overdue", "alarm.raised"]);
    assert_eq!(kinds(&play.live(86_400)), Vec::<&str>::new(), "one row is enough");
    let chasing = |play: &Play| play.world.alarms.values().find(|a| a.kind == AlarmKind::KeyOverdue).unwrap().clone();
    let alarm = chasing(&play);
    assert_eq!((alarm.raised_at, alarm.site), (due, Some(play.world.site("BOILER").unwrap().id)));
    assert!(alarm.text.contains("K-114") && alarm.text.contains("O1"), "{}", alarm.text);
    play.ok(Who::Operator, "key.return", "K-114", json!({}));
    let alarm = chasing(&play);
    assert!(alarm.restored_at.is_some() && alarm.state != AlarmState::Closed, "a person closes it");
}

#[test]
fn a_lost_key_says_who_had_it_last_and_goes_out_again_only_when_found() {
    let mut play = with_key("");
    let to_contractor = json!({"name": "Ann of Lock & Co", "why": "new cylinder", "due": play.now + s(600)});
    play.ok(Who::Operator, "key.issue", "K-114", to_contractor);
    play.refused(Who::Operator, "key.lose", "K-114", json!({"reason": " "}), "missing");
    play.ok(Who::Operator, "key.lose", "K-114", json!({"reason": "fell into the canal"}));
    let lost = play.world.key("K-114").unwrap().lost.clone().unwrap();
    assert_eq!(lost.last.unwrap().name, "Ann of Lock & Co");
    assert_eq!(play.timers().len(), 0, "nobody is chased for a lost key");
    play.refused(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 600), "key_lost");
    play.ok(Who::Operator, "key.return", "K-114", json!({"note": "found by a diver"}));
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 600));
}

#[test]
fn describing_a_key_anew_moves_it_nowhere() {
    let mut play = with_key("S-1");
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 600));
    play.ok(Who::Supervisor, "key.put", "new", json!({"number": "k-114", "kept": "hook 9"}));
    let key = play.world.key("K-114").unwrap();
    assert!(key.out.is_some());
    assert_eq!((key.kept.as_str(), key.site, key.history.len()), ("hook 9", None, 1));
}

#[test]
fn the_history_in_memory_is_bounded() {
    let mut play = with_key("");
    for _ in 0..HISTORY_MAX {
        play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O1", 600));
        play.ok(Who::Operator, "key.return", "K-114", json!({}));
    }
    assert_eq!(play.world.key("K-114").unwrap().history.len(), HISTORY_MAX);
}

fn ladder(play: &Play) -> Vec<domain::nearest::Candidate> {
    let site = play.world.site("BOILER").unwrap().id;
    let ranked = rank(&play.world, &play.fixes, SITE, Priority::P2, &[], None, play.now);
    with_keys(&play.world, Some(site), ranked)
}

#[test]
fn dispatch_says_who_holds_the_keys_and_where_they_are() {
    let mut play = with_key("");
    let says = |play: &Play, n: u8, what: &str| {
        let ladder = ladder(play);
        let reasons = &ladder.iter().find(|c| c.call_sign == sign(n)).unwrap().reasons;
        assert!(reasons.iter().any(|r| r == what), "{n}: {reasons:?}");
    };
    says(&play, 1, "keys not held: K-114 is at hook 4");
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O2", 3600));
    says(&play, 1, "keys not held: all are out");
    says(&play, 2, "holds the keys (K-114)");
    let order: Vec<_> = ladder(&play).iter().map(|c| c.call_sign.clone()).collect();
    assert_eq!(order, [sign(1), sign(2), sign(3)], "words, and no other order");
}

#[test]
fn a_site_that_asks_for_keys_is_offered_to_who_holds_them() {
    let mut play = with_key("");
    let mut site = crate::kit::register()[4].1.clone();
    site["policy"] = json!({"keys_needed": true});
    play.ok(Who::Supervisor, "site.put", "new", site);
    play.ok(Who::Operator, "key.issue", "K-114", issue(&play, "O2", 3600));
    play.open(2);
    assert_eq!(play.callout().open_offer().unwrap().call_sign, sign(2), "although RSP-1 is nearer");
    play.does(Who::Officer(2), "assignment.decline", json!({"reason": "flat tyre"}));
    assert!(play.callout().open_offer().is_none(), "nobody else is asked by itself");
    play.does(Who::Operator, "assignment.offer", json!({"officer": "O1", "reason": "brings them from hook 4"}));
}
