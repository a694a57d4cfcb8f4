//! The connection: what is answered, what is reported, what is never done.

use chrono::TimeDelta;
use feeds::dc09::compose::Outgoing;
use feeds::dc09::{
    AccountSettings, Accounts, CloseReason, Connection, CrcForm, DiagnosticKind, Key, Kind, Limits, Output, Panel,
    Received, Transport, UnknownPolicy, enclose,
};

use super::support::{KEY_16, PAD, Same, ascii, at, feed, framed, words};

const ALARM: &str = r#"39DA003D"ADM-CID"0045R1L0#1234[#1234|1130 01 005]_21:14:09,11-22-2026"#;
const TEST: &str = r#"F68B003B"ADM-CID"0028L0#9757[#9757|1602 00 000]_20:59:45,02-20-2024"#;
const NOW: &str = "2026-11-22T21:14:09Z";

fn keyed_panel() -> Panel {
    Panel { key: ascii(KEY_16), ..Panel::new("1234") }
}

fn outgoing(seq: u16, timestamp: &str) -> Outgoing<'static> {
    Outgoing { seq, xdata: &[], timestamp: Some(at(timestamp)), pad: PAD }
}

fn events(outputs: &[Output]) -> Vec<&Received> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Event(received) => Some(received.as_ref()),
            Output::Supervision(_) | Output::Reply(_) | Output::Diagnostic(_) | Output::Close(_) => None,
        })
        .collect()
}

#[test]
fn the_window_accepts_40_seconds_behind_and_20_ahead_and_nothing_more() {
    for (offset_s, accepted) in [
        (-3600, false),
        (-41, false),
        (-40, true),
        (-39, true),
        (0, true),
        (19, true),
        (20, true),
        (21, false),
        (86_400, false),
    ] {
        let now = at(NOW);
        let stamped = now + TimeDelta::seconds(offset_s);
        let frame = keyed_panel().sia_dcs("Nri1/BA5", Outgoing { timestamp: Some(stamped), ..outgoing(7, NOW) });
        let outputs = feed(&frame, now, &Same::keyed(ascii(KEY_16)));
        if accepted {
            assert_eq!(words(&outputs), ["event"], "{offset_s}");
        } else {
            assert_eq!(words(&outputs), ["clock_outside_window", "reply NAK"], "{offset_s}");
        }
    }
}

#[test]
fn parts_of_a_second_do_not_move_the_window() {
    let now = at("2026-11-22T21:14:09.999Z");
    let frame = keyed_panel().sia_dcs("Nri1/BA5", outgoing(7, "2026-11-22T21:13:29Z"));
    assert_eq!(words(&feed(&frame, now, &Same::keyed(ascii(KEY_16)))), ["event"]);
}

#[test]
fn the_window_is_skipped_for_plain_frames_and_where_switched_off() {
    let old = "2020-01-01T00:00:00Z";
    let plain = Panel::new("1234").sia_dcs("Nri1/BA5", outgoing(7, old));
    let outputs = feed(&plain, at(NOW), &Same::plain());
    assert_eq!(words(&outputs), ["event"]);
    assert!(events(&outputs)[0].skew_s().expect("a stamp") > 200_000_000);
    let settings = AccountSettings { key: ascii(KEY_16), time_check: false, strict_length: false };
    let encrypted = keyed_panel().sia_dcs("Nri1/BA5", outgoing(7, old));
    assert_eq!(words(&feed(&encrypted, at(NOW), &Same(Some(settings)))), ["event"]);
}

#[test]
fn the_nak_for_a_wrong_clock_carries_our_time() {
    let frame = keyed_panel().sia_dcs("Nri1/BA5", outgoing(7, "2026-11-22T20:00:00Z"));
    let outputs = feed(&frame, at("2026-11-22T21:14:12Z"), &Same::keyed(ascii(KEY_16)));
    let [Output::Diagnostic(diagnostic), Output::Reply(reply)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!(reply, &framed(r#"C0800025"NAK"0000R0L0A0[]_21:14:12,11-22-2026"#));
    assert_eq!(diagnostic.account.as_deref(), Some("1234"));
    assert!(diagnostic.detail.contains("4452 s behind"), "{}", diagnostic.detail);
}

#[test]
fn what_cannot_be_decrypted_is_answered_nak_and_reported() {
    let frame = keyed_panel().sia_dcs("Nri1/BA5", outgoing(7, NOW));
    let not_blocks = enclose(br##""*SIA-DCS"0007L0#1234[00112233445566778899AABBCCDDEE]"##, CrcForm::Ascii);
    let empty = enclose(br##""*SIA-DCS"0007L0#1234[]"##, CrcForm::Ascii);
    let not_whole = enclose(br##""*SIA-DCS"0007L0#1234[00112233445566778899AABBCCDDEE"##, CrcForm::Ascii);
    for (bytes, accounts) in [
        (&frame, Same::keyed(ascii("FEDCBA9876543210"))),
        (&frame, Same::plain()),
        (&frame, Same(None)),
        (&not_blocks, Same::keyed(ascii(KEY_16))),
        (&empty, Same::keyed(ascii(KEY_16))),
        (&not_whole, Same::keyed(ascii(KEY_16))),
    ] {
        assert_eq!(words(&feed(bytes, at(NOW), &accounts)), ["undecryptable", "reply NAK"]);
    }
}

#[test]
fn an_unknown_token_is_answered_duh_but_a_reply_is_never_answered() {
    let unknown = enclose(br##""XYZ"0003R0AL0#1234[]"##, CrcForm::Ascii);
    let outputs = feed(&unknown, at(NOW), &Same::plain());
    assert_eq!(words(&outputs), ["unknown_token", "reply DUH"]);
    let Output::Reply(reply) = &outputs[1] else { panic!() };
    assert!(String::from_utf8_lossy(reply).contains(r##""DUH"0003R0AL0#1234[]"##));
    for token in ["ACK", "NAK", "DUH", "RSP", "*ACK"] {
        let body = format!("\"{token}\"0003L0#1234[]");
        let outputs = feed(&enclose(body.as_bytes(), CrcForm::Ascii), at(NOW), &Same::plain());
        assert_eq!(words(&outputs), ["unknown_token"], "{token}");
    }
}

#[test]
fn a_plain_frame_from_an_unknown_account_is_raised_unless_policy_refuses_it() {
    let outputs = feed(&framed(ALARM), at(NOW), &Same(None));
    assert_eq!(words(&outputs), ["event"]);
    assert!(!events(&outputs)[0].known_account);
    let limits = Limits { unknown_account: UnknownPolicy::Duh, ..Limits::default() };
    let outputs = Connection::new(Transport::Tcp, limits).feed(&framed(ALARM), at(NOW), &Same(None));
    assert_eq!(words(&outputs), ["unknown_account", "reply DUH"]);
    let outputs = Connection::new(Transport::Tcp, limits).feed(&framed(ALARM), at(NOW), &Same::plain());
    assert!(events(&outputs)[0].known_account);
}

/// Knows one account only.
struct Only(&'static str);

impl Accounts for Only {
    fn lookup(&self, account: &str) -> Option<AccountSettings> {
        (account == self.0).then(AccountSettings::default)
    }
}

#[test]
fn an_account_is_known_by_its_header_or_by_its_data() {
    let frame = enclose(br##""SIA-DCS"0001L0#1234[#5678|Nri1/BA5]"##, CrcForm::Ascii);
    let no_header = enclose(br##""SIA-DCS"0001L0001[#5678|Nri1/BA5]"##, CrcForm::Ascii);
    for (bytes, account, known) in [
        (&frame, "1234", true),
        (&frame, "5678", true),
        (&frame, "9999", false),
        (&no_header, "5678", true),
        (&no_header, "1234", false),
    ] {
        let outputs = feed(bytes, at(NOW), &Only(account));
        let received = events(&outputs)[0];
        assert_eq!(received.known_account, known, "{account}");
        assert_eq!(received.message.account, "5678", "the subscriber's account names the site");
    }
    let outputs = feed(&no_header, at(NOW), &Only("5678"));
    let ack = events(&outputs)[0].ack(at(NOW), PAD);
    assert!(String::from_utf8_lossy(&ack).contains(r#""ACK"0001L0001[]"#), "nothing is added to the echo");
}

#[test]
fn a_plain_frame_from_an_account_with_a_key_is_accepted_and_reported() {
    let outputs = feed(&framed(ALARM), at(NOW), &Same::keyed(ascii(KEY_16)));
    assert_eq!(words(&outputs), ["plain_from_keyed_account", "event"]);
    let ack = events(&outputs)[0].ack(at(NOW), PAD);
    assert_eq!(ack, framed(r##"55490014"ACK"0045R1L0#1234[]"##), "a plain frame gets a plain ACK");
}

/// Knows the transmitter 1234 and the subscriber 5678, each with what is given.
struct Two(Option<Key>, Option<Key>);

impl Accounts for Two {
    fn lookup(&self, account: &str) -> Option<AccountSettings> {
        let key = match account {
            "1234" | "001234" => self.0.clone(),
            "5678" => self.1.clone(),
            _ => return None,
        };
        Some(AccountSettings { key, ..AccountSettings::default() })
    }
}

#[test]
fn an_account_is_heard_only_with_what_its_own_key_opened() {
    let plain = enclose(br##""SIA-DCS"0001L0#1234[#5678|Nri1/BA5]"##, CrcForm::Ascii);
    let sealed = keyed_panel().frame("SIA-DCS", "#5678|Nri1/BA5", outgoing(7, NOW));
    let check = b"SR0001L0001    001234XX    [ID00000000]".to_vec();
    let (own, other) = (ascii(KEY_16), ascii("FEDCBA9876543210"));
    let all: &[&str] = &["5678", "1234"];
    for (bytes, accounts, heard, doubted) in [
        (&plain, Two(None, None), all, &[] as &[&str]),
        (&plain, Two(own.clone(), None), &["5678"], &["1234"]),
        (&plain, Two(None, own.clone()), &["1234"], &["5678"]),
        (&sealed, Two(own.clone(), None), all, &[]),
        (&sealed, Two(own.clone(), own.clone()), all, &[]),
        (&sealed, Two(own.clone(), other), &["1234"], &["5678"]),
        (&check, Two(None, None), &["001234"], &[]),
        (&check, Two(own, None), &[], &["001234"]),
    ] {
        let outputs = feed(bytes, at(NOW), &accounts);
        let received = outputs.iter().find_map(|output| match output {
            Output::Event(received) | Output::Supervision(received) => Some(received),
            _ => None,
        });
        let received = received.expect("it is taken");
        assert_eq!(
            (received.heard.as_slice(), received.doubted.as_slice()),
            (&strings(heard)[..], &strings(doubted)[..])
        );
        let told = words(&outputs).iter().filter(|word| *word == "plain_from_keyed_account").count();
        assert_eq!(told, doubted.len(), "whoever is doubted is shown");
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn two_frames_in_one_segment_give_two_events_in_order() {
    let outputs = feed(&[framed(ALARM), framed(TEST)].concat(), at(NOW), &Same::plain());
    let seqs: Vec<&str> = events(&outputs).iter().map(|received| received.frame.seq.as_str()).collect();
    assert_eq!(seqs, ["0045", "0028"]);
}

#[test]
fn a_resend_has_the_same_key_and_the_same_ack_and_other_data_has_another_key() {
    let first = feed(&framed(TEST), at(NOW), &Same::plain());
    let again = feed(&framed(TEST), at("2026-11-22T21:15:09Z"), &Same::plain());
    let (first, again) = (events(&first)[0].clone(), events(&again)[0].clone());
    assert_eq!(first.duplicate_key(), again.duplicate_key());
    assert_eq!(first.ack(at(NOW), PAD), again.ack(at(NOW), PAD));
    let restamped = Panel::new("9757").adm_cid(1, 602, 0, 0, outgoing(28, NOW));
    let restamped = feed(&restamped, at(NOW), &Same::plain());
    assert_eq!(events(&restamped)[0].duplicate_key(), first.duplicate_key());
    for other in [
        Panel::new("9757").adm_cid(1, 130, 0, 0, outgoing(28, NOW)),
        Panel::new("9757").adm_cid(1, 602, 0, 0, outgoing(29, NOW)),
        Panel::new("9758").adm_cid(1, 602, 0, 0, outgoing(28, NOW)),
        Panel { line: Some("1".into()), ..Panel::new("9757") }.adm_cid(1, 602, 0, 0, outgoing(28, NOW)),
    ] {
        let outputs = feed(&other, at(NOW), &Same::plain());
        assert_ne!(events(&outputs)[0].duplicate_key(), first.duplicate_key());
    }
}

#[test]
fn a_fresh_pad_does_not_change_the_duplicate_key_of_an_encrypted_frame() {
    let key = |pad: &[u8], stamp: &str| {
        let frame = keyed_panel().sia_dcs("Nri1/BA5", Outgoing { pad, ..outgoing(7, stamp) });
        let outputs = feed(&frame, at(stamp), &Same::keyed(ascii(KEY_16)));
        events(&outputs)[0].duplicate_key()
    };
    assert_eq!(key(b"abcdefghijklmnop", NOW), key(b"|[]|[]|[]|[]|[]|", "2026-11-22T21:14:20Z"));
}

#[test]
fn a_wrong_length_warns_and_is_refused_only_where_the_account_demands_it() {
    let frame = framed(r#"57150047"ADM-CID"0247R4F39L4F39#4F39[#4F39|3401 01 057]"#);
    assert_eq!(words(&feed(&frame, at(NOW), &Same::plain())), ["length_mismatch", "event"]);
    let strict = AccountSettings { strict_length: true, ..AccountSettings::default() };
    assert_eq!(words(&feed(&frame, at(NOW), &Same(Some(strict)))), ["length_mismatch"]);
}

#[test]
fn data_nobody_can_read_is_still_shown_and_acknowledged() {
    for body in [
        r##""ADM-CID"0002R1L2#1234[stuff]"##,
        r##""SIA-DCS"0002L0#1234[#1234|12 34]"##,
        r##""ADM-CID"0002R1L2#1234[#1234|9130 01 005]"##,
    ] {
        let outputs = feed(&enclose(body.as_bytes(), CrcForm::Ascii), at(NOW), &Same::plain());
        assert_eq!(words(&outputs), ["unparsable", "event"], "{body}");
        let event = &events(&outputs)[0].message.events[0];
        assert_eq!(event.meaning().class, feeds::dc09::Class::Unmapped);
        assert!(event.text.is_some(), "{body}");
    }
}

#[test]
fn data_without_a_closing_bracket_is_unparsable_and_not_answered() {
    let frame = enclose(br##""SIA-DCS"0002L0#1234[#1234|Nri1/BA5"##, CrcForm::Ascii);
    assert_eq!(words(&feed(&frame, at(NOW), &Same::plain())), ["unparsable"]);
}

#[test]
fn an_encrypted_null_is_supervision_and_answered_encrypted() {
    let frame = keyed_panel().null(outgoing(0, NOW));
    let outputs = feed(&frame, at(NOW), &Same::keyed(ascii(KEY_16)));
    let [Output::Supervision(received)] = outputs.as_slice() else { panic!("{:?}", words(&outputs)) };
    assert_eq!(received.message.kind, Kind::Null);
    let reply = feeds::dc09::parse_reply(&received.ack(at(NOW), PAD), ascii(KEY_16).as_ref()).expect("a reply");
    assert!(reply.encrypted);
    assert_eq!(reply.seq, 0);
}

#[test]
fn an_osborne_hoffman_ping_is_supervision_answered_with_the_bare_word() {
    let outputs = feed(b"SR0001L0001    006969XX    [ID00000000]", at(NOW), &Same(None));
    let [Output::Supervision(received)] = outputs.as_slice() else { panic!("{:?}", words(&outputs)) };
    assert_eq!(received.message.account, "006969");
    assert_eq!(received.ack(at(NOW), PAD), b"\"ACK\"");
}

#[test]
fn an_overflow_closes_a_stream_but_not_a_datagram_port() {
    let endless = vec![b'A'; 65_536];
    let outputs = feed(&endless, at(NOW), &Same::plain());
    assert_eq!(words(&outputs), ["overflow", "close"]);
    assert_eq!(outputs[1], Output::Close(CloseReason::Overflow));
    let mut port = Connection::new(Transport::Udp, Limits::default());
    assert_eq!(words(&port.feed(&endless, at(NOW), &Same::plain())), ["overflow"]);
    assert_eq!(words(&port.feed(&framed(ALARM), at(NOW), &Same::plain())), ["event"]);
}

#[test]
fn a_datagram_carries_nothing_over_to_the_next() {
    let mut port = Connection::new(Transport::Udp, Limits::default());
    let bytes = framed(ALARM);
    assert_eq!(words(&port.feed(&bytes[..20], at(NOW), &Same::plain())), ["noise_bytes"]);
    assert_eq!(words(&port.feed(&bytes[20..], at(NOW), &Same::plain())), ["noise_bytes"]);
    assert_eq!(words(&port.feed(&bytes, at(NOW), &Same::plain())), ["event"]);
}

#[test]
fn noise_is_reported_with_its_bytes_and_what_it_looked_like() {
    let outputs = feed(&[b"GET / HTTP/1.1 \x01".to_vec(), framed(ALARM)].concat(), at(NOW), &Same::plain());
    let [Output::Diagnostic(noise), Output::Event(_)] = outputs.as_slice() else { panic!("{:?}", words(&outputs)) };
    assert_eq!((noise.kind, noise.count), (DiagnosticKind::NoiseBytes, 16));
    assert_eq!(noise.context, "GET / HTTP/1.1 \\x01");
}

#[test]
fn a_connection_closed_inside_a_frame_reports_the_rest() {
    let mut connection = Connection::new(Transport::Tcp, Limits::default());
    let bytes = framed(ALARM);
    assert!(connection.feed(&bytes[..30], at(NOW), &Same::plain()).is_empty());
    assert_eq!(words(&connection.finish()), ["noise_bytes"]);
}

#[test]
fn a_damaged_frame_names_the_account_it_claims() {
    let outputs = feed(&framed(&ALARM.replacen("39DA", "39DB", 1)), at(NOW), &Same::plain());
    let [Output::Diagnostic(diagnostic)] = outputs.as_slice() else { panic!() };
    assert_eq!(diagnostic.account.as_deref(), Some("1234"));
    assert_eq!(diagnostic.detail, "CRC 39DB received, 39DA computed");
}

#[test]
fn no_debug_output_shows_a_key() {
    let frame = keyed_panel().sia_dcs("Nri1/BA5", outgoing(7, NOW));
    let outputs = feed(&frame, at(NOW), &Same::keyed(ascii(KEY_16)));
    let shown = format!("{outputs:?} {:?}", keyed_panel());
    assert!(!shown.contains(KEY_16) && shown.contains("not shown"), "{shown}");
    assert!(!shown.contains("48, 49, 50, 51"), "nor its bytes");
}
