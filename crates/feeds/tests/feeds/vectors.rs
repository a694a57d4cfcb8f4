//! Every vector of our DC-09 notes (section 6), checked field by field.

use chrono::{DateTime, Utc};
use feeds::dc09::{
    CrcForm, FrameError, Kind, LatLon, Message, MessageError, Qualifier, RawFrame, ReplyKind, crc16, enclose,
    parse_reply,
};

use super::support::{KEY_16, PAD, Same, ascii, at, feed, framed, hex, read, words};

/// What a vector must say. Empty text stands for "nothing".
struct Expected {
    frame: &'static str,
    account: &'static str,
    code: &'static str,
    qualifier: Qualifier,
    partition: &'static str,
    zone: &'static str,
    user: &'static str,
    text: &'static str,
    timestamp: &'static str,
    length_ok: bool,
}

const NEW: Qualifier = Qualifier::New;
const RESTORE: Qualifier = Qualifier::Restore;

#[allow(clippy::too_many_arguments)]
const fn vector(
    frame: &'static str,
    account: &'static str,
    code: &'static str,
    qualifier: Qualifier,
    partition: &'static str,
    zone: &'static str,
    user: &'static str,
    text: &'static str,
    timestamp: &'static str,
) -> Expected {
    Expected { frame, account, code, qualifier, partition, zone, user, text, timestamp, length_ok: true }
}

const fn wrong_length(expected: Expected) -> Expected {
    Expected { length_ok: false, ..expected }
}

#[rustfmt::skip]
const PLAIN: &[Expected] = &[
    vector(r#"F4D20029"SIA-DCS"0001RF3L77#1234[#1234|NRR|Atest]"#, "1234", "RR", NEW, "", "", "", "test", ""),
    vector(r#"3BAC0029"SIA-DCS"0002#0123[#0123|Nti20:50:26RP99]"#, "0123", "RP", NEW, "", "", "", "", ""),
    vector(r#"F68B003B"ADM-CID"0028L0#9757[#9757|1602 00 000]_20:59:45,02-20-2024"#, "9757", "602", NEW, "", "", "", "", "2024-02-20T20:59:45Z"),
    vector(r#"99820040"ADM-CID"1937R15L1#21401[#21401|1602 00 000]_20:59:59,02-20-2024"#, "21401", "602", NEW, "", "", "", "", "2024-02-20T20:59:59Z"),
    vector(r#"B4330036"SIA-DCS"0442L000#36214[36214|NRP]_00:00:00,02-21-2024"#, "36214", "RP", NEW, "", "", "", "", "2024-02-21T00:00:00Z"),
    vector(r#"3F60003C"SIA-DCS"0001L0#51449[#51449|Nri0000/LR]_21:26:19,12-20-2023"#, "51449", "LR", RESTORE, "", "", "", "", "2023-12-20T21:26:19Z"),
    vector(r#"7B620035"SIA-DCS"0005L000#3044[3044|NOP1]_00:03:31,12-21-2023"#, "3044", "OP", NEW, "", "", "1", "", "2023-12-21T00:03:31Z"),
    vector(r#"85340035"SIA-DCS"0004L000#3044[3044|NBC1]_00:03:31,12-21-2023"#, "3044", "BC", NEW, "", "", "1", "", "2023-12-21T00:03:31Z"),
    vector(r#"37070047"SIA-DCS"0038R0L0#10303117[#10303117|Nri0001/BH005]_13:44:48,08-17-2022"#, "10303117", "BH", RESTORE, "0001", "005", "", "", "2022-08-17T13:44:48Z"),
    vector(r#"73580056"SIA-DCS"0002R1L232#78919[#78919|Nri1/BA012][X012W34.1][Y045N12.2]_14:12:04,09-25-2026"#, "78919", "BA", NEW, "1", "012", "", "", "2026-09-25T14:12:04Z"),
    vector(r#"43580023"SIA-DCS"0084L0#AAA[#AAA|Nri1/XC12]"#, "AAA", "XC", NEW, "1", "12", "", "", ""),
    wrong_length(vector(r#"5B090059"SIA-DCS"0004L0#1111[#1111|Nri1/PA501][X006E07.7777777][Y49N06.6666666]_20:45:46,04-22-2021"#, "1111", "PA", NEW, "1", "501", "", "", "2021-04-22T20:45:46Z")),
    wrong_length(vector(r#"57150047"ADM-CID"0247R4F39L4F39#4F39[#4F39|3401 01 057]"#, "4F39", "401", RESTORE, "01", "", "057", "", "")),
    wrong_length(vector(r#"87570078"SIA-DCS"6002L0#AAA[|Nri1/CL501][M0026B9E4268B]_14:12:04,09-25-2019"#, "AAA", "CL", NEW, "1", "", "501", "", "2019-09-25T14:12:04Z")),
    vector(r#"1B4F0046"SIA-DCS"0042R1L0#1234[#1234|Nri1/BA5^FRONT DOOR^]_21:14:09,11-22-2026"#, "1234", "BA", NEW, "1", "5", "", "FRONT DOOR", "2026-11-22T21:14:09Z"),
    vector(r#"E3FF003A"SIA-DCS"0043R1L0#1234[#1234|Nri1/BR5]_21:19:40,11-22-2026"#, "1234", "BR", RESTORE, "1", "5", "", "", "2026-11-22T21:19:40Z"),
    vector(r#"B2BD007C"SIA-DCS"0044L0#5A5A[#5A5A|Nri1/PA501][X000W08.5380][Y51N32.3700][Vhttps://cctv.example.invalid/clip/77]_21:20:00,11-22-2026"#, "5A5A", "PA", NEW, "1", "501", "", "", "2026-11-22T21:20:00Z"),
    vector(r#"39DA003D"ADM-CID"0045R1L0#1234[#1234|1130 01 005]_21:14:09,11-22-2026"#, "1234", "130", NEW, "01", "005", "", "", "2026-11-22T21:14:09Z"),
    vector(r#"CB73003D"ADM-CID"0046R1L0#1234[#1234|3130 01 005]_21:19:40,11-22-2026"#, "1234", "130", RESTORE, "01", "005", "", "", "2026-11-22T21:19:40Z"),
    vector(r#"25B4003D"ADM-CID"0047R1L0#1234[#1234|1401 01 002]_06:00:00,11-23-2026"#, "1234", "401", NEW, "01", "", "002", "", "2026-11-23T06:00:00Z"),
    vector(r#"C042003D"ADM-CID"0048R1L0#1234[#1234|3401 01 002]_18:00:00,11-23-2026"#, "1234", "401", RESTORE, "01", "", "002", "", "2026-11-23T18:00:00Z"),
    vector(r#"53EA0038"SIA-DCS"9999L0#1234[#1234|Nri0/RP0]_23:59:59,12-31-2026"#, "1234", "RP", NEW, "", "", "", "", "2026-12-31T23:59:59Z"),
];

const NULLS: &[(&str, &str)] = &[
    (r##"CA2F0038"NULL"0000L0#7890[#0000|0000 00 000]_22:13:29,12-29-2022"##, "0000"),
    (r##"B0970029"NULL"0000L000#0809[]_21:00:01,02-20-2024"##, "0809"),
    (r##"1EF20013"NULL"0000L0#1234[]"##, "1234"),
];

const WRONG_CRC: &[&str] = &[
    r#"87CD0037"ADM-CID"9876R579BDFL789ABC#12345A[#12345A|1110 00 129]_14:12:04,09-25-2011"#,
    r#"C4160279"SIA-DCS"5268L0#AAA[Nri1/WA000]_08:40:47,07-08-2020"#,
];

/// Frame, key in characters, code, partition, zone, timestamp.
#[rustfmt::skip]
const ENCRYPTED: &[(&str, &str, &str, &str, &str, &str)] = &[
    (r#"05BB0076"*SIA-DCS"7654L0#1111[C07DA1EB73C617857476EE5D79436CEE5E0084485E79EC56B0D5D1F3F6E648B278050BBCCBC8FE5DCA7E3C80DBDD4945"#, "AAAAAAAAAAAAAAAA", "WA", "1", "", "2020-07-09T16:04:02Z"),
    (r#"5FBC0078"*SIA-DCS"0001R1L0#1234[613D0ECAE3B9801986398BABF4BF3839D6E226CE1DF7797A889998F0D52F687710E93B25CC3573CFDB4326E51FBD8993"#, "0123456789ABCDEF", "BA", "1", "005", "2026-11-22T21:14:09Z"),
    (r#"9CEB0078"*ADM-CID"0002R1L0#1234[44BD76B7EF30F589D537CBD4D5D87E5E41D0D671A5DD71A3813CC012A62E8F9FEC01B361D0E7F9F6D887506650F1D58B"#, "0123456789ABCDEF01234567", "130", "01", "005", "2026-11-22T21:14:09Z"),
    (r#"6A5800B8"*SIA-DCS"0003R1L0#1234[7587469F379820E0D585459FC1B85E9E08468E5E98F096CA46CF9895EF0B32BDE709E14BEC5CA546E31156FD36800FE9B7A28F65D4EB13CDF0490E2DCCF9EBAC016268FAF88E68C9277599D3F1652C59"#, "0123456789ABCDEF0123456789ABCDEF", "PA", "1", "501", "2026-11-22T21:14:09Z"),
];

const KEY_UNKNOWN: &[&str] = &[
    r#"D0850078"*ADM-CID"6879R0L0#123F[64F7ADD9BA9377DBF2C014BC709329BEEE345B5F20C60B7EB9D2C6B8C222666B13D0B4A114B448B0AC555FCC658DB6EE"#,
    r#"85DF0078"*SIA-DCS"4480L0#EA1984[83F153789366885D5F83DD5A8D19F691DE6602D5D71342E244C040C5D10D89040444068312750F38DF7E63AD3DE8AD5A"#,
];

const HEX_KEY_FRAME: &str = r#"BB0F0078"*SIA-DCS"0004L0#ABC123[EC42D10F6E8C3DA133DCCDC605A51C4042BF95C474BC52BF798CB6064C982EBE1110D91F7A979FA638C3D0E80F19424D"#;
const ENCRYPTED_NULL_NO_BAR: &str =
    r#"76D80055"*NULL"0000R0L0#AAAB[B4BC8B40D0E6D959D6BEA78E88CC0B2155741A3C44FBB96D476A3E557CAD64D9"#;
const ENCRYPTED_NULL: &str =
    r#"AD740055"*NULL"0000R1L0#1234[C22797F286A9E63781F895FE50295B2C3B2170302BFA5123FBF37678ABA60DCB"#;
const ENCRYPTED_ACK: &str =
    r#"B0610054"*ACK"0001R1L0#1234[C22797F286A9E63781F895FE50295B2C73119C89A0909141D236E1749B3A4B5D"#;

fn stamp(text: &str) -> Option<DateTime<Utc>> {
    (!text.is_empty()).then(|| at(text))
}

fn check(expected: &Expected) {
    let raw = RawFrame::parse(&framed(expected.frame)).unwrap_or_else(|e| panic!("{}: {e}", expected.frame));
    assert_eq!(raw.length_ok, expected.length_ok, "{}", expected.frame);
    let message = Message::parse(&raw, None).unwrap_or_else(|e| panic!("{}: {e}", expected.frame));
    assert_eq!(message.account, expected.account, "{}", expected.frame);
    assert_eq!(message.timestamp, stamp(expected.timestamp), "{}", expected.frame);
    assert_eq!(message.raw, expected.frame);
    let [event] = message.events.as_slice() else {
        panic!("{}: {:?}", expected.frame, message.events);
    };
    let found = |value: &Option<String>| value.clone().unwrap_or_default();
    assert_eq!(event.code, expected.code, "{}", expected.frame);
    assert_eq!(event.qualifier, expected.qualifier, "{}", expected.frame);
    assert_eq!(found(&event.partition), expected.partition, "{}", expected.frame);
    assert_eq!(found(&event.zone), expected.zone, "{}", expected.frame);
    assert_eq!(found(&event.user), expected.user, "{}", expected.frame);
    assert_eq!(found(&event.text), expected.text, "{}", expected.frame);
}

#[test]
fn the_crc_is_arc_and_not_ccitt() {
    assert_eq!(crc16(b"123456789"), 0xBB3D);
}

#[test]
fn plain_vectors_read_field_by_field() {
    PLAIN.iter().for_each(check);
}

#[test]
fn plain_vectors_become_one_event_each_and_an_ack_that_echoes_them() {
    for expected in PLAIN {
        let outputs = feed(&framed(expected.frame), at("2026-11-22T21:14:09Z"), &Same::plain());
        let events: Vec<_> = outputs
            .iter()
            .filter_map(|output| match output {
                feeds::dc09::Output::Event(received) => Some(received),
                _ => None,
            })
            .collect();
        assert_eq!(events.len(), 1, "{:?}", words(&outputs));
        let reply = events[0].ack(at("2026-11-22T21:14:10Z"), PAD);
        let ack = parse_reply(&reply, None).expect("an ACK");
        assert_eq!(ack.kind, ReplyKind::Ack);
        assert_eq!(format!("{:04}", ack.seq), events[0].frame.seq);
    }
}

#[test]
fn a_frame_with_empty_data_has_no_events() {
    let message = read(r##"96ED0016"SIA-DCS"0001L0#1234[]"##, None);
    assert_eq!(message.kind, Kind::SiaDcs);
    assert_eq!(message.account, "1234");
    assert!(message.events.is_empty() && !message.unreadable);
}

#[test]
fn null_vectors_never_hold_an_event() {
    for (frame, account) in NULLS {
        let message = read(frame, None);
        assert_eq!(message.kind, Kind::Null, "{frame}");
        assert_eq!(message.account, *account, "{frame}");
        assert!(message.events.is_empty() && !message.unreadable, "{frame}");
        let outputs = feed(&framed(frame), at("2026-11-22T21:14:09Z"), &Same::plain());
        assert_eq!(words(&outputs), ["supervision"], "{frame}");
    }
}

#[test]
fn receiver_and_line_digits_are_kept_as_received() {
    let message = read(PLAIN[0].frame, None);
    assert_eq!((message.receiver.as_deref(), message.line.as_deref()), (Some("F3"), Some("77")));
    let message = read(PLAIN[1].frame, None);
    assert_eq!((message.receiver, message.line), (None, None));
    assert_eq!(message.events[0].time_text.as_deref(), Some("20:50:26"));
    assert_eq!(message.events[0].number.as_deref(), Some("99"));
}

#[test]
fn vectors_with_a_wrong_crc_are_not_answered() {
    for frame in WRONG_CRC {
        assert!(matches!(RawFrame::parse(&framed(frame)), Err(FrameError::CrcMismatch { .. })), "{frame}");
        let outputs = feed(&framed(frame), at("2026-11-22T21:14:09Z"), &Same::plain());
        assert_eq!(words(&outputs), ["crc_errors"], "{frame}");
    }
}

#[test]
fn encrypted_vectors_open_with_their_keys() {
    for &(frame, key, code, partition, zone, timestamp) in ENCRYPTED {
        let message = read(frame, ascii(key).as_ref());
        let [event] = message.events.as_slice() else { panic!("{frame}: {:?}", message.events) };
        assert!(message.encrypted);
        assert_eq!(event.code, code, "{frame}");
        assert_eq!(event.partition.as_deref(), Some(partition), "{frame}");
        assert_eq!(event.zone.clone().unwrap_or_default(), zone, "{frame}");
        assert_eq!(message.timestamp, stamp(timestamp), "{frame}");
    }
    let message = read(HEX_KEY_FRAME, hex("00112233445566778899AABBCCDDEEFF").as_ref());
    assert_eq!(message.account, "ABC123");
    assert_eq!(message.events[0].code, "OP");
    assert_eq!(message.events[0].user.as_deref(), Some("7"));
    assert_eq!(message.events[0].partition.as_deref(), Some("2"));
}

#[test]
fn encrypted_nulls_open_with_and_without_a_bar_after_the_pad() {
    for (frame, key, timestamp) in [
        (ENCRYPTED_NULL_NO_BAR, "AAAAAAAAAAAAAAAA", "2020-07-05T18:24:52Z"),
        (ENCRYPTED_NULL, KEY_16, "2026-11-22T21:14:09Z"),
    ] {
        let message = read(frame, ascii(key).as_ref());
        assert_eq!(message.kind, Kind::Null);
        assert!(message.data_block.is_empty(), "{frame}");
        assert_eq!(message.timestamp, stamp(timestamp));
    }
}

#[test]
fn an_encrypted_event_is_answered_byte_for_byte_as_the_vector_says() {
    let frame = RawFrame::parse(&framed(ENCRYPTED[1].0)).expect("a frame");
    let ack =
        feeds::dc09::Reply::to(&frame).encrypted_ack(&ascii(KEY_16).expect("a key"), at("2026-11-22T21:14:10Z"), PAD);
    assert_eq!(ack, framed(ENCRYPTED_ACK));
    let reply = parse_reply(&ack, ascii(KEY_16).as_ref()).expect("a reply");
    assert_eq!((reply.kind, reply.seq, reply.encrypted), (ReplyKind::Ack, 1, true));
    assert_eq!(reply.timestamp, Some(at("2026-11-22T21:14:10Z")));
}

#[test]
fn plain_replies_are_byte_for_byte_as_the_vectors_say() {
    let frame = RawFrame::parse(&framed(PLAIN[17].frame)).expect("a frame");
    let reply = feeds::dc09::Reply::to(&frame);
    assert_eq!(reply.ack(), framed(r##"55490014"ACK"0045R1L0#1234[]"##));
    assert_eq!(reply.duh(), framed(r##"25910014"DUH"0045R1L0#1234[]"##));
    assert_eq!(reply.nak(at("2026-11-22T21:14:12Z")), framed(r#"C0800025"NAK"0000R0L0A0[]_21:14:12,11-22-2026"#));
}

#[test]
fn a_captured_nak_reads_as_a_reply() {
    let bytes = framed(r#"E4410025"NAK"0000R0L0A0[]_16:20:01,09-24-2025"#);
    let reply = parse_reply(&bytes, None).expect("a reply");
    assert_eq!((reply.kind, reply.seq), (ReplyKind::Nak, 0));
    assert_eq!(reply.timestamp, Some(at("2025-09-24T16:20:01Z")));
}

#[test]
fn frames_whose_key_is_unknown_end_as_cannot_decrypt() {
    for frame in KEY_UNKNOWN {
        let raw = RawFrame::parse(&framed(frame)).expect("CRC and length are right");
        assert!(raw.length_ok);
        let found = Message::parse(&raw, ascii(KEY_16).as_ref());
        assert!(matches!(found, Err(MessageError::Undecryptable(_))), "{frame}");
        let outputs = feed(&framed(frame), at("2026-11-22T21:14:09Z"), &Same::keyed(ascii(KEY_16)));
        assert_eq!(words(&outputs), ["undecryptable", "reply NAK"], "{frame}");
    }
}

#[test]
fn coordinates_in_vectors_become_positions() {
    for (frame, lat, lon) in [
        (PLAIN[9].frame, 45.203_333, -12.568_333),
        (PLAIN[11].frame, 49.111_111, 6.129_630),
        (PLAIN[16].frame, 51.539_500, -0.142_300),
    ] {
        let LatLon(found_lat, found_lon) = read(frame, None).position.expect(frame);
        assert!((found_lat - lat).abs() < 1e-6 && (found_lon - lon).abs() < 1e-6, "{frame}");
    }
    let mac = read(PLAIN[13].frame, None);
    assert_eq!((mac.xdata[0].letter, mac.xdata[0].value.as_str()), ('M', "0026B9E4268B"));
}

#[test]
fn any_flipped_hex_digit_of_a_crc_is_a_crc_error_without_reply() {
    let good = framed(PLAIN[17].frame);
    for place in 1..5 {
        for digit in *b"0123456789ABCDEF" {
            let mut bad = good.clone();
            if bad[place] == digit {
                continue;
            }
            bad[place] = digit;
            let outputs = feed(&bad, at("2026-11-22T21:14:09Z"), &Same::plain());
            assert_eq!(words(&outputs), ["crc_errors"]);
        }
    }
    let lower = framed(&PLAIN[17].frame.replacen("39DA", "39da", 1));
    assert_eq!(words(&feed(&lower, at("2026-11-22T21:14:09Z"), &Same::plain())), ["event"]);
}

#[test]
fn fields_that_break_the_standard_are_unparsable_at_their_place() {
    for (body, position) in [
        (r##""ADM-CID"0045R1L#1234[#1234|1130 01 005]"##, 25),
        (r##""ADM-CID"0045RL0#1234[]"##, 23),
        (r##""ADM-CID"0045L0#12[]"##, 25),
        (r##""ADM-CID"045L0#1234[]"##, 18),
        (r##""ADM-CID"0045L0#1234"##, 29),
        (r##""""##, 10),
        (r##""ADM-CID0045L0"##, 10),
    ] {
        let found = RawFrame::parse(&enclose(body.as_bytes(), CrcForm::Ascii));
        match found {
            Err(FrameError::Unparsable { position: at, .. }) => assert_eq!(at, position, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_binary_crc_is_answered_with_a_binary_crc() {
    let bytes = enclose(br#""ADM-CID"0379R0L0#10064[10064|1602 00 000]_00:00:43,02-21-2024"#, CrcForm::Binary);
    assert_eq!(&bytes[1..3], &[0xC1, 0x7E], "as the OPAX panel sent it");
    let outputs = feed(&bytes, at("2024-02-21T00:00:44Z"), &Same::plain());
    let [feeds::dc09::Output::Event(received)] = outputs.as_slice() else { panic!("{:?}", words(&outputs)) };
    assert_eq!(received.frame.crc_form, CrcForm::Binary);
    let ack = received.ack(at("2024-02-21T00:00:44Z"), PAD);
    assert_eq!(RawFrame::parse(&ack).expect("an ACK").crc_form, CrcForm::Binary);
}
