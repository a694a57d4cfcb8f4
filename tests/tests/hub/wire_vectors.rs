//! Every published or captured DC-09 frame we know, on a line and as a datagram, with the answer the standard asks for.

use crate::scene::{SITE, Scene};
use feeds::dc09::{Key, RawFrame, ReplyKind, parse_reply};
use serde_json::{Value, json};
use watchhouse_tests::client::{Datagrams, Line};
use watchhouse_tests::eventually;
use watchhouse_tests::programs::repository;

/// The frames of the fuzz corpus, which numbers the vectors of the codec's own tests.
const VECTORS: usize = 42;
/// When the encrypted ones were stamped. The hub's clock stands here.
const STOPPED: &str = "2026-11-22T21:14:09Z,0";
const NULL: &[u8] = b"\n1EF20013\"NULL\"0000L0#1234[]\r";
const NULL_ACK: &str = "\"ACK\"0000L0#1234[]";

enum Answer {
    Ack,
    /// Encrypted with this key, which an administrator gives to the account first.
    Sealed(&'static str),
    Nak,
    /// Of nothing, this counter tells.
    Nothing(&'static str),
}

/// The key in characters that reads as hex too is given as the hex of its characters.
const KEY_32: &str = "3031323334353637383941424344454630313233343536373839414243444546";

fn answer(vector: usize) -> Answer {
    match vector {
        25 | 26 => Answer::Nothing("crc_errors"),
        27 | 34 => Answer::Sealed("AAAAAAAAAAAAAAAA"),
        28 | 35 => Answer::Sealed("0123456789ABCDEF"),
        29 => Answer::Sealed("0123456789ABCDEF01234567"),
        30 => Answer::Sealed(KEY_32),
        31 | 32 => Answer::Nak,
        33 => Answer::Sealed("00112233445566778899AABBCCDDEEFF"),
        // A receiver's own words sent to a receiver.
        36 | 38..=41 => Answer::Nothing("unknown_token"),
        _ => Answer::Ack,
    }
}

/// What the answer repeats: sequence, R, L and account, digit for digit.
fn echo(token: &str, frame: &str) -> String {
    let head = frame.splitn(3, '"').nth(2).and_then(|rest| rest.split('[').next()).expect("a head");
    format!("\"{token}\"{head}[")
}

/// The reply without its checksum, which is checked here.
fn checked(reply: &[u8]) -> String {
    let frame = RawFrame::parse(reply).expect("replies are frames with a right CRC");
    assert!(frame.length_ok);
    let text = String::from_utf8_lossy(reply).trim().to_owned();
    text[text.find('"').expect("a token")..].to_owned()
}

/// A panel by either way in.
enum Panel {
    Tcp(Line),
    Udp(Datagrams),
}

impl Panel {
    async fn write(&mut self, frame: &[u8]) {
        match self {
            Self::Tcp(line) => line.write(frame).await,
            Self::Udp(port) => port.write(frame).await,
        }
        .expect("the frame is sent");
    }

    async fn reply(&mut self) -> Vec<u8> {
        match self {
            Self::Tcp(line) => line.reply_bytes().await,
            Self::Udp(port) => port.reply().await,
        }
        .expect("an answer")
    }

    async fn check(&mut self, vector: usize, scene: &Scene) {
        let path = repository().join(format!("crates/feeds/fuzz/corpus/splitter/vector-{vector:02}"));
        let frame = std::fs::read(path).expect("the corpus has it");
        let text = String::from_utf8_lossy(&frame).into_owned();
        match answer(vector) {
            Answer::Ack => {
                self.write(&frame).await;
                assert_eq!(checked(&self.reply().await), format!("{}]", echo("ACK", &text)), "vector {vector}");
            }
            Answer::Sealed(key) => {
                let account = RawFrame::parse(&frame).unwrap().account.unwrap();
                // Two were captured years ago; their panels' clocks are not looked at.
                let body =
                    json!({ "account": account, "site": SITE, "key": key, "time_check": !matches!(vector, 27 | 34) });
                assert_eq!(scene.admin.post("/v1/panels", &body).await.unwrap().status(), 201);
                self.write(&frame).await;
                let reply = self.reply().await;
                assert!(checked(&reply).starts_with(&echo("*ACK", &text)), "vector {vector}");
                let reply = parse_reply(&reply, Some(&Key::parse(key).unwrap())).expect("it opens with the key");
                assert_eq!((reply.kind, reply.encrypted), (ReplyKind::Ack, true), "vector {vector}");
                assert_eq!(reply.timestamp.map(|t| t.to_rfc3339()), Some("2026-11-22T21:14:09+00:00".into()));
            }
            Answer::Nak => {
                self.write(&frame).await;
                let nak = "\"NAK\"0000R0L0A0[]_21:14:09,11-22-2026";
                assert_eq!(checked(&self.reply().await), nak, "vector {vector}");
            }
            Answer::Nothing(counter) => {
                let name = format!("watchhouse_{counter}_total");
                let before = scene.admin.metric(&name).await.unwrap();
                self.write(&frame).await;
                let counted = async || (scene.admin.metric(&name).await.ok()? > before).then_some(());
                eventually(&format!("{counter} for vector {vector}"), counted).await;
                // The next answer is the next frame's: answers leave in the order of the frames.
                self.write(NULL).await;
                assert_eq!(checked(&self.reply().await), NULL_ACK, "vector {vector} was answered");
            }
        }
    }
}

#[tokio::test]
async fn every_vector_is_answered_as_the_standard_asks_over_tcp_and_udp() {
    let scene = Scene::start_with(&["--clock", STOPPED]);
    let mut tcp = Panel::Tcp(Line::open(scene.hub.dc09).await.unwrap());
    for vector in 0..VECTORS {
        tcp.check(vector, &scene).await;
    }
    let raised = scene.admin.alarms().await.unwrap();
    let signals = scene.admin.log().await.unwrap().iter().filter(|l| l["kind"] == "signal.logged").count();

    let mut udp = Panel::Udp(Datagrams::open(scene.hub.dc09).await.unwrap());
    for vector in 0..VECTORS {
        udp.check(vector, &scene).await;
    }
    // An account that has a key by now: its plain vectors are events of before, and a row says that they may be another's.
    let doubtful = |alarm: &Value| alarm["code"] == "plain_from_keyed_account";
    let (doubts, again): (Vec<Value>, Vec<Value>) = scene.admin.alarms().await.unwrap().into_iter().partition(doubtful);
    let first = raised.iter().filter(|alarm| !doubtful(alarm)).count();
    assert_eq!(again.len(), first, "sent again within the window: stored once");
    assert_eq!(doubts.iter().map(|a| a["account"].as_str().unwrap()).collect::<Vec<_>>(), ["1234", "1111"]);
    let again = scene.admin.log().await.unwrap().iter().filter(|l| l["kind"] == "signal.logged").count();
    assert_eq!(again, signals);

    let find = |account: &str, code: &str| raised.iter().find(|a| a["account"] == account && a["code"] == code);
    let coordinates = find("78919", "BA").expect("an account nobody knows is raised");
    assert!(coordinates["text"].as_str().unwrap().contains("unknown account"), "{coordinates}");
    for account in ["123F", "EA1984"] {
        assert!(find(account, "undecryptable").is_some(), "{account} needs a person: {raised:?}");
    }
    for (code, zone) in [("BA", "005"), ("130", "005"), ("PA", "501")] {
        let opened = find("1234", code).unwrap_or_else(|| panic!("{code} of the encrypted frames: {raised:?}"));
        assert_eq!((&opened["zone"], &opened["site"]), (&json!(zone), &json!(SITE)), "{opened}");
    }
}
