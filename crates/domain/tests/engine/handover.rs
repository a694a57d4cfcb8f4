//! One operator hands over to the next.

use crate::kit::{Play, Who, kinds};
use domain::id::HandoverId;
use serde_json::{Value, json};

fn sign(writes: u32) -> Value {
    json!({"from": "B. Hughes", "to": "M. Adeyemi", "read_at": 41, "writes": writes, "text": "Open call-outs: none."})
}

#[test]
fn a_handover_is_written_read_and_signed_with_both_names() {
    let mut play = Play::new();
    let id = play.fresh_id();
    let target = id.to_string();
    let write = |text: &str| json!({"watch_outs": text});
    assert!(play.ok(Who::Operator, "handover.write", &target, write(" ")).is_empty());
    play.ok(Who::Operator, "handover.write", &target, write("Dog at 14 Elm Road"));
    assert!(play.ok(Who::Operator, "handover.write", &target, write("Dog at 14 Elm Road")).is_empty());
    play.refused(Who::Supervisor, "handover.sign", &target, sign(0), "handover_newer");
    play.ok(Who::Operator, "handover.write", &target, write("Dog at 14 Elm Road, and a locked gate"));
    play.refused(Who::Supervisor, "handover.sign", &target, sign(1), "handover_newer");
    let mut same = sign(2);
    same["to"] = json!(" b. hughes ");
    play.refused(Who::Supervisor, "handover.sign", &target, same, "same_person");
    for name in ["from", "to"] {
        let mut nobody = sign(2);
        nobody[name] = json!("");
        play.refused(Who::Supervisor, "handover.sign", &target, nobody, "missing");
    }
    assert_eq!(kinds(&play.ok(Who::Supervisor, "handover.sign", &target, sign(2))), ["handover.signed"]);
    let handover = &play.world.handovers[&HandoverId(id)];
    let signed = handover.signed.as_ref().unwrap();
    assert_eq!((signed.from.as_str(), signed.to.as_str(), signed.read_at), ("B. Hughes", "M. Adeyemi", 41));
    assert_eq!(signed.by, Who::Supervisor.author());
    assert_eq!(handover.by, Who::Operator.author());
    assert_eq!(signed.seq, play.log.len() as i64);
    play.refused(Who::Operator, "handover.write", &target, write("too late"), "handover_signed");
    play.refused(Who::Supervisor, "handover.sign", &target, sign(2), "handover_signed");
    play.refused(Who::Operator, "handover.write", "tonight", write("x"), "bad_target");
    play.refused(Who::Officer(1), "handover.sign", &target, sign(2), "not_allowed");
}

#[test]
fn a_quiet_night_is_signed_without_a_word_written() {
    let mut play = Play::new();
    let target = play.fresh_id().to_string();
    play.ok(Who::Operator, "handover.sign", &target, sign(0));
    play.refused(Who::Operator, "handover.sign", &target, sign(0), "handover_signed");
}
