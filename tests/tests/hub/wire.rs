//! Panels on the wire: what is answered, what is not, what is stored, and what becomes a row that somebody sees.

use crate::scene::{PANEL, SITE, Scene, burglary, outgoing};
use chrono::{DateTime, TimeDelta, Utc};
use feeds::dc09::compose::Outgoing;
use feeds::dc09::{CrcForm, Key, Panel, RawFrame, enclose};
use serde_json::{Value, json};
use watchhouse_tests::client::{Datagrams, Line};
use watchhouse_tests::eventually;

const KEY: &str = "00112233445566778899AABBCCDDEEFF";
const NOW: &str = "2026-11-22T21:14:09Z";

/// A hub whose clock stands still, so that a second of the machine decides nothing.
fn standing() -> Scene {
    Scene::start_with(&["--clock", &format!("{NOW},0")])
}

fn ack(seq: u16) -> String {
    format!("\"ACK\"{seq:04}L0#{PANEL}[]")
}

/// The reply without CRC and length.
async fn ask(line: &mut Line, frame: &[u8]) -> String {
    line.ask(frame).await.expect("an answer").split_off(8)
}

fn keyed(account: &str) -> Panel {
    Panel { key: Some(Key::parse_hex(KEY).expect("a key")), ..Panel::new(account) }
}

async fn register(scene: &Scene, body: Value) {
    assert_eq!(scene.admin.post("/v1/panels", &body).await.unwrap().status(), 201, "{body}");
}

async fn count(scene: &Scene, counter: &str) -> i64 {
    scene.admin.metric(&format!("watchhouse_{counter}_total")).await.expect("metrics")
}

/// Alarms with this code.
async fn coded(scene: &Scene, code: &str) -> Vec<Value> {
    let all = scene.admin.alarms().await.expect("alarms");
    all.into_iter().filter(|alarm| alarm["code"] == code).collect()
}

#[tokio::test]
async fn a_damaged_checksum_gets_silence_and_is_counted() {
    let scene = Scene::start();
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    for place in 1..=4 {
        let mut frame = burglary(PANEL, 45);
        frame[place] = if frame[place] == b'7' { b'8' } else { b'7' };
        line.write(&frame).await.unwrap();
    }
    assert_eq!(ask(&mut line, &Panel::new(PANEL).null(outgoing(9))).await, ack(9), "nothing came before it");
    assert_eq!(count(&scene, "crc_errors").await, 4);
    assert!(scene.admin.alarms().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_frame_is_answered_when_its_cr_comes_and_not_before() {
    let scene = Scene::start();
    let frame = burglary(PANEL, 45);
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    line.write(&frame[..frame.len() - 1]).await.unwrap();
    scene.wire(&Panel::new(PANEL).null(outgoing(9))).await;
    assert!(line.is_silent());
    assert_eq!(ask(&mut line, b"\r").await, ack(45));
    // A frame that lost its CR for good gives way to the next.
    line.write(&burglary(PANEL, 46)[..30]).await.unwrap();
    assert_eq!(ask(&mut line, &burglary(PANEL, 47)).await, ack(47));
}

#[tokio::test]
async fn glued_split_and_noisy_frames_are_each_answered_once_and_in_order() {
    let scene = Scene::start();
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    line.write(&[burglary(PANEL, 1), burglary(PANEL, 2), burglary(PANEL, 3)].concat()).await.unwrap();
    for seq in 1..=3 {
        assert!(line.reply().await.unwrap().ends_with(&ack(seq)), "{seq}");
    }
    let noise = b"\xff GET / HTTP/1.1 \0\x01\x02";
    line.write(noise).await.unwrap();
    assert_eq!(ask(&mut line, &burglary(PANEL, 4)).await, ack(4));
    assert_eq!(count(&scene, "noise_bytes").await, noise.len() as i64);
    let length = burglary(PANEL, 5).len();
    for cut in 1..length {
        let seq = 100 + cut as u16;
        let frame = burglary(PANEL, seq);
        line.write(&frame[..cut]).await.unwrap();
        assert_eq!(ask(&mut line, &frame[cut..]).await, ack(seq), "cut after {cut}");
    }
    assert_eq!(scene.admin.alarms().await.unwrap().len(), 4 + length - 1);
}

#[tokio::test]
async fn an_endless_frame_ends_its_connection_and_no_other() {
    let scene = Scene::start();
    let mut other = Line::open(scene.hub.dc09).await.unwrap();
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    line.write(&[b"\n0000\"SIA-DCS\"".to_vec(), vec![b'A'; 64 << 10]].concat()).await.unwrap();
    line.closed().await.unwrap();
    // Whoever sends on without end is not listened to: what it got rid of fits in the sockets' buffers.
    let mut endless = Line::open(scene.hub.dc09).await.unwrap();
    let chunk = vec![b'A'; 1 << 20];
    let mut written = 0;
    while written < 256 && endless.write(&chunk).await.is_ok() {
        written += 1;
    }
    assert!(written < 256, "the hub took 256 MiB of one frame");
    eventually("both counted", async || (count(&scene, "overflow").await == 2).then_some(())).await;
    assert_eq!(ask(&mut other, &burglary(PANEL, 45)).await, ack(45));
}

#[tokio::test]
async fn a_panel_that_writes_its_checksum_as_two_bytes_is_answered_in_kind() {
    let scene = Scene::start();
    let panel = Panel { crc_form: CrcForm::Binary, ..Panel::new(PANEL) };
    let frame = panel.adm_cid(1, 130, 1, 5, outgoing(45));
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    line.write(&frame).await.unwrap();
    let over_tcp = line.reply_bytes().await.unwrap();
    let port = Datagrams::open(scene.hub.dc09).await.unwrap();
    port.write(&frame).await.unwrap();
    for reply in [over_tcp, port.reply().await.unwrap()] {
        let reply = RawFrame::parse(&reply).unwrap();
        assert_eq!((reply.crc_form, reply.token.as_str(), reply.seq.as_str()), (CrcForm::Binary, "ACK", "0045"));
    }
    assert_eq!(scene.admin.alarms().await.unwrap().len(), 1, "the second was the same event");
}

#[tokio::test]
async fn an_encrypted_frame_is_taken_from_forty_seconds_behind_to_twenty_ahead() {
    let scene = standing();
    register(&scene, json!({ "account": "ABC123", "site": SITE, "key": KEY })).await;
    register(&scene, json!({ "account": "ABC124", "site": SITE, "key": KEY, "time_check": false })).await;
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    let mut seq = 0;
    for (account, offset_s, taken) in [
        ("ABC123", -41, false),
        ("ABC123", -39, true),
        ("ABC123", 20, true),
        ("ABC123", 21, false),
        ("ABC124", -90_000, true),
    ] {
        seq += 1;
        let stamp = Some(now + TimeDelta::seconds(offset_s));
        let frame = keyed(account)
            .sia_dcs("Nri1/BA5", Outgoing { timestamp: stamp, pad: b"abcdefghijklmnop", ..outgoing(seq) });
        let reply = ask(&mut line, &frame).await;
        match taken {
            true => assert!(reply.starts_with(&format!("\"*ACK\"{seq:04}L0#{account}[")), "{offset_s}: {reply}"),
            false => assert_eq!(reply, "\"NAK\"0000R0L0A0[]_21:14:09,11-22-2026", "{offset_s}"),
        }
    }
    assert_eq!(count(&scene, "clock_outside_window").await, 2);
    assert_eq!(coded(&scene, "BA").await.len(), 3);
    assert_eq!(coded(&scene, "clock_outside_window").await.len(), 1, "one row says that the panel's clock is wrong");
}

#[tokio::test]
async fn what_nobody_knows_or_can_read_is_answered_and_becomes_a_row() {
    let scene = Scene::start();
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    assert_eq!(
        ask(&mut line, &Panel::new(PANEL).frame("XYZ", "", outgoing(1))).await,
        format!("\"DUH\"0001L0#{PANEL}[]")
    );
    assert_eq!(ask(&mut line, &burglary("DEAD", 2)).await, "\"ACK\"0002L0#DEAD[]");
    assert_eq!(ask(&mut line, &burglary("DEAD", 3)).await, "\"ACK\"0003L0#DEAD[]");
    assert_eq!(ask(&mut line, &Panel::new(PANEL).adm_cid(1, 199, 1, 5, outgoing(4))).await, ack(4));
    assert_eq!(
        ask(&mut line, &enclose(br##""ADM-CID"0005L0#A101[who knows]"##, CrcForm::Ascii)).await,
        "\"ACK\"0005L0#A101[]"
    );
    let sealed = keyed("BEEF")
        .sia_dcs("Nri1/BA5", Outgoing { timestamp: Some(Utc::now()), pad: b"abcdefghijklmnop", ..outgoing(6) });
    assert!(ask(&mut line, &sealed).await.starts_with("\"NAK\"0000R0L0A0[]_"));

    assert_eq!(coded(&scene, "unknown_token").await.len(), 1);
    let unknown = coded(&scene, "130").await;
    assert_eq!(unknown.len(), 1, "an account nobody knows is one row however often it calls: {unknown:?}");
    assert_eq!((&unknown[0]["account"], &unknown[0]["site"]), (&json!("DEAD"), &Value::Null));
    let code = coded(&scene, "199").await;
    assert_eq!((code.len(), &code[0]["site"]), (1, &json!(SITE)), "a code nobody mapped: {code:?}");
    let fault = coded(&scene, "undecryptable").await;
    assert_eq!((fault.len(), &fault[0]["account"]), (1, &json!("BEEF")));
    let unread = coded(&scene, "unparsable").await;
    assert_eq!(unread.len(), 1, "data nobody could read: {unread:?}");
}

#[tokio::test]
async fn where_the_service_refuses_unknown_accounts_they_are_told_duh_and_still_shown() {
    let scene = Scene::start();
    register(&scene, json!({ "account": PANEL, "site": SITE, "refuse_unknown": true })).await;
    assert_eq!(&scene.wire(&burglary("DEAD", 2)).await[8..], "\"DUH\"0002L0#DEAD[]");
    assert_eq!(&scene.wire(&burglary(PANEL, 3)).await[8..], ack(3));
    assert_eq!(coded(&scene, "unknown_account").await.len(), 1);
}

#[tokio::test]
async fn a_resend_is_acknowledged_again_and_stored_once_and_other_data_is_another_event() {
    let mut scene = Scene::start();
    let frame = Panel::new(PANEL).adm_cid(1, 130, 1, 5, Outgoing { timestamp: Some(Utc::now()), ..outgoing(45) });
    let stamped = |s| Outgoing { timestamp: Some(Utc::now() + TimeDelta::seconds(s)), ..outgoing(45) };
    let first = scene.wire(&frame).await;
    assert_eq!(scene.wire(&frame).await, first);
    assert_eq!(scene.wire(&Panel::new(PANEL).adm_cid(1, 130, 1, 5, stamped(9))).await, first, "stamped anew");
    scene = scene.restarted();
    assert_eq!(scene.wire(&frame).await, first, "the panel never heard the answer before the crash");
    assert_eq!(scene.admin.alarms().await.unwrap().len(), 1);
    assert_eq!(scene.wire(&Panel::new(PANEL).adm_cid(1, 130, 1, 6, stamped(0))).await, first, "the panel restarted");
    let zones: Vec<Value> = scene.admin.alarms().await.unwrap().iter().map(|a| a["zone"].clone()).collect();
    assert_eq!(zones, ["005", "006"]);
}

#[tokio::test]
async fn a_link_check_of_any_form_leaves_nothing_in_the_log() {
    let scene = standing();
    register(&scene, json!({ "account": "ABC123", "site": SITE, "key": KEY })).await;
    let head = scene.admin.metric("watchhouse_log_head").await.unwrap();
    let stamp = Outgoing { timestamp: NOW.parse().ok(), pad: b"abcdefghijklmnop", ..outgoing(0) };
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    assert_eq!(ask(&mut line, &Panel::new(PANEL).null(outgoing(0))).await, ack(0));
    assert_eq!(ask(&mut line, &Panel::new("DEAD").null(outgoing(0))).await, "\"ACK\"0000L0#DEAD[]");
    assert_eq!(ask(&mut line, &Panel::new(PANEL).frame("NULL", "#1A02|1130 01 005", outgoing(0))).await, ack(0));
    assert!(ask(&mut line, &keyed("ABC123").null(stamp)).await.starts_with("\"*ACK\"0000L0#ABC123["));
    let port = Datagrams::open(scene.hub.dc09).await.unwrap();
    port.write(b"SR0001L0001    006969XX    [ID00000000]").await.unwrap();
    assert_eq!(port.reply().await.unwrap(), b"\"ACK\"");
    assert_eq!(count(&scene, "dc09_supervision").await, 5);
    assert_eq!(scene.admin.metric("watchhouse_log_head").await.unwrap(), head);
}

#[tokio::test]
async fn a_panel_that_falls_silent_is_a_line_fault_until_it_is_heard_again() {
    let scene = standing();
    register(&scene, json!({ "account": "ABC123", "site": SITE, "supervision_s": 90 })).await;
    let set = async |body: Value| assert_eq!(scene.admin.post("/v1/clock", &body).await.unwrap().status(), 200);
    let faults = async || -> Vec<Value> {
        let all = coded(&scene, "LINE").await;
        all.into_iter().filter(|alarm| alarm["account"] == "ABC123").collect()
    };
    scene.wire(&Panel::new("ABC123").null(outgoing(0))).await;
    // Two minutes of silence pass in one second.
    set(json!({ "rate": 120.0 })).await;
    let fault = eventually("the line fault", async || faults().await.pop()).await;
    assert_eq!((&fault["site"], &fault["state"], &fault["priority"]), (&json!(SITE), &json!("new"), &json!(4)));
    set(json!({ "rate": 0.0 })).await;
    scene.wire(&Panel::new("ABC123").null(outgoing(0))).await;
    let of_fault = format!("alarm-{}", fault["id"].as_str().unwrap());
    let log = scene.admin.log().await.unwrap();
    let told = |kind: &str| log.iter().filter(|line| line["kind"] == kind).count();
    let restored = log.iter().any(|line| line["stream"] == of_fault && line["kind"] == "alarm.restored");
    assert!(restored, "its row says that the line is back");
    assert_eq!(told("panel.line_restored"), 1);
    assert_eq!(faults().await.len(), 1);
}

#[tokio::test]
async fn a_plain_frame_does_not_keep_the_line_of_a_panel_with_a_key_alive() {
    let scene = standing();
    register(&scene, json!({ "account": "ABC123", "site": SITE, "key": KEY, "supervision_s": 90 })).await;
    let set = async |body: Value| scene.admin.post("/v1/clock", &body).await.unwrap().json::<Value>().await.unwrap();
    let sealed = |now: &Value, seq| Outgoing {
        timestamp: now["now"].as_str().unwrap().parse().ok(),
        pad: b"abcdefghijklmnop",
        ..outgoing(seq)
    };
    let told = async |kind: &str| {
        let log = scene.admin.log().await.unwrap();
        log.into_iter().filter(|line| line["kind"] == kind).count()
    };
    let mut line = Line::open(scene.hub.dc09).await.unwrap();
    let plain = Panel::new("ABC123");
    let burglary = keyed("ABC123").sia_dcs("Nri1/BA5", sealed(&json!({ "now": NOW }), 1));
    assert!(ask(&mut line, &burglary).await.starts_with("\"*ACK\"0001"));

    assert_eq!(ask(&mut line, &plain.sia_dcs("Nri1/BR5", outgoing(2))).await, "\"ACK\"0002L0#ABC123[]");
    assert_eq!(told("alarm.restored").await, 0, "anybody can say that the cause is gone");
    let rows = coded(&scene, "plain_from_keyed_account").await;
    assert_eq!((rows.len(), &rows[0]["account"]), (1, &json!("ABC123")), "and somebody sees that it was said");
    assert_eq!(ask(&mut line, &plain.sia_dcs("Nri1/BA6", outgoing(3))).await, "\"ACK\"0003L0#ABC123[]");
    assert_eq!(coded(&scene, "BA").await.len(), 2, "an alarm rings whoever sent it");

    // The panel falls silent; somebody else goes on in its name.
    set(json!({ "rate": 120.0 })).await;
    let silent = eventually("the line fault", async || {
        ask(&mut line, &plain.null(outgoing(0))).await;
        coded(&scene, "LINE").await.into_iter().find(|alarm| alarm["account"] == "ABC123")
    });
    silent.await;
    let now = set(json!({ "rate": 0.0 })).await;
    ask(&mut line, &plain.null(outgoing(0))).await;
    assert_eq!(told("panel.line_restored").await, 0);
    assert!(ask(&mut line, &keyed("ABC123").null(sealed(&now, 0))).await.starts_with("\"*ACK\"0000"));
    assert_eq!(told("panel.line_restored").await, 1, "with its key it is the panel");
}
