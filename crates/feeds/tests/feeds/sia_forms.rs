//! Forms of DC-03 and Contact ID data that real panels send, and the ones our notes list.

use feeds::dc09::{CrcForm, Message, PanelEvent, Qualifier, RawFrame, enclose};

fn message(token: &str, content: &[u8]) -> Message {
    let mut body = format!("\"{token}\"0001L0#1234[").into_bytes();
    body.extend_from_slice(content);
    let frame = RawFrame::parse(&enclose(&body, CrcForm::Ascii)).expect("a frame");
    Message::parse(&frame, None).expect("a message")
}

fn sia(data: &str) -> Vec<PanelEvent> {
    message("SIA-DCS", format!("{data}]").as_bytes()).events
}

/// Data, then per event "code partition zone user time text", `-` for nothing.
const FORMS: &[(&str, &[&str])] = &[
    ("#1234|Nri1/CL501", &["CL 1 - 501 - -"]),
    ("#1234|Nri1CL0^VX FRONTE ^", &["CL 1 - - - VX FRONTE"]),
    ("#1234|Nri0001/BH005", &["BH 0001 005 - - -"]),
    ("#1234|NOP1", &["OP - - 1 - -"]),
    ("#1234|Nti20:50:26RP99", &["RP - - - 20:50:26 -"]),
    ("#1234|Nti19:44/id1/ri4/RP", &["RP 4 - 1 19:44 -"]),
    ("#1234|NNL2", &["NL 2 - - - -"]),
    ("#1234|NL2", &["NL 2 - - - -"]),
    ("#1234|Nri1/NL501", &["NL 501 - - - -"]),
    ("#1234|NRR|Atest", &["RR - - - - test"]),
    ("#1234|NBA1|Afront|Adoor", &["BA - 1 - - front door"]),
    ("#1234|Nri1/BA001/BA2", &["BA 1 001 - - -", "BA 1 2 - - -"]),
    ("#1234|Nri1/BA001/ri2/BA2/OP3", &["BA 1 001 - - -", "BA 2 2 - - -", "OP 2 - 3 - -"]),
    ("#1234|Nri1/BA1|NBA2", &["BA 1 1 - - -", "BA - 2 - - -"]),
    ("#1234|NBA1BA2", &["BA - 1 - - -", "BA - 2 - - -"]),
    ("#1234|NUA021*'detector hall'NM", &["UA - 021 - - detector hall"]),
    ("#1234|NUA021*\"hall's end\"NM/BA2", &["UA - 021 - - hall's end", "BA - 2 - - -"]),
    ("#1234|NBA1^a|b^", &["BA - 1 - - a|b"]),
    ("#1234|Nid12/OP", &["OP - - 12 - -"]),
    ("#1234|NAT", &["AT - - - - -"]),
    ("#1234|AT1", &["AT - - - - -"]),
    ("Nri1/WA000", &["WA 1 - - - -"]),
    ("|Nri2/JC12", &["JC 12 - - - -"]),
    ("1234|Nri0/DF7", &["DF - 7 - - -"]),
    ("#1234|Nri1/CG2", &["CG 2 - - - -"]),
    ("#1234|BA1F/OP1", &["BA - 1F - - -", "OP - - 1 - -"]),
    (
        "#12345|Nri0000pi0006da10-25-18ti14:37:53UT0000^$PR,SCOMPARSA ,Centrale^",
        &["UT - - - 10-25-18 14:37:53 $PR,SCOMPARSA ,Centrale"],
    ),
    ("#1234|Nph0151 496 0000/PA1", &["PA - 1 - - -"]),
];

fn word(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("-")
}

#[test]
fn every_listed_form_of_a_sia_block_is_read() {
    for (data, expected) in FORMS {
        let found: Vec<String> = sia(data)
            .iter()
            .map(|event| {
                format!(
                    "{} {} {} {} {} {}",
                    event.code,
                    word(&event.partition),
                    word(&event.zone),
                    word(&event.user),
                    word(&event.time_text),
                    word(&event.text)
                )
            })
            .collect();
        assert_eq!(&found, expected, "{data}");
    }
}

#[test]
fn old_events_are_marked_and_the_mark_ends_with_its_block() {
    let events = sia("#1234|ONri1/BA5");
    assert!(!events.is_empty());
    let events = sia("#1234|Ori1/BA5/BA6|NBA7|OPA8");
    let old: Vec<bool> = events.iter().map(|event| event.old).collect();
    assert_eq!(old, [true, true, false, true]);
    assert_eq!(events[3].code, "PA");
    assert!(!sia("#1234|OP1")[0].old, "OP without N is an opening, not an old P1");
}

#[test]
fn several_data_blocks_in_one_frame_all_give_events() {
    let message = message("SIA-DCS", b"#001465|Nri1/BA001/BA2][#001465|NOP001][RHall]_21:14:09,11-22-2026");
    let codes: Vec<&str> = message.events.iter().map(|event| event.code.as_str()).collect();
    assert_eq!(codes, ["BA", "BA", "OP"]);
    assert_eq!(message.xdata.len(), 1);
    assert!(message.timestamp.is_some());
}

#[test]
fn a_checksum_appended_by_an_oh_xsia_transmitter_does_not_lose_the_alarm() {
    let message = message("SIA-DCS", b"#001465|NRP000*'DECKERS'NM]7C9677F21948CC12|#001465");
    assert_eq!(message.account, "001465");
    assert_eq!(message.events[0].text.as_deref(), Some("DECKERS"));
}

#[test]
fn contact_id_reads_qualifier_group_and_zone_or_user() {
    for (data, expected) in [
        ("#1234|1130 01 005", Some((Qualifier::New, "130", Some("01"), Some("005"), None))),
        ("#1234|3130 01 005", Some((Qualifier::Restore, "130", Some("01"), Some("005"), None))),
        ("#1234|6130 01 005", Some((Qualifier::Status, "130", Some("01"), Some("005"), None))),
        ("1234|1401 01 002", Some((Qualifier::New, "401", Some("01"), None, Some("002")))),
        ("1602 00 000", Some((Qualifier::New, "602", None, None, None))),
        ("#1234|1602", Some((Qualifier::New, "602", None, None, None))),
        ("#1234|1407 00 001", Some((Qualifier::New, "407", None, None, Some("001")))),
        ("#1234|2130 01 005", None),
        ("#1234|1130 01 005 9", None),
        ("#1234|11é0 01 005", None),
        ("#1234|é130 01 005", None),
        ("#1234|113 01 005", None),
    ] {
        let message = message("ADM-CID", format!("{data}]").as_bytes());
        let event = &message.events[0];
        assert_eq!(message.unreadable, expected.is_none(), "{data}");
        if let Some((qualifier, code, partition, zone, user)) = expected {
            assert_eq!(event.qualifier, qualifier, "{data}");
            assert_eq!(event.code, code, "{data}");
            assert_eq!(event.partition.as_deref(), partition, "{data}");
            assert_eq!(event.zone.as_deref(), zone, "{data}");
            assert_eq!(event.user.as_deref(), user, "{data}");
        }
    }
}

#[test]
fn text_may_be_windows_1252_and_alarm_text_may_come_as_extended_data() {
    let message_1252 = message("SIA-DCS", b"#1234|Nri1/BA5^Caf\xE9^]");
    assert_eq!(message_1252.events[0].text.as_deref(), Some("Café"));
    let with_text = message("ADM-CID", "#777|1401 02 501][SУлица][IuserName]_09:15:28,07-03-2025".as_bytes());
    assert_eq!(with_text.xdata[0].value, "Улица");
    assert_eq!(with_text.events[0].text.as_deref(), Some("userName"));
}

#[test]
fn the_time_of_the_event_comes_from_h_extended_data() {
    let with_time = message("SIA-DCS", b"#1234|NBA1][H21:10:00,11-22-2026]_21:14:09,11-22-2026");
    let happened = with_time.happened_at.expect("H");
    assert_eq!(happened.to_rfc3339(), "2026-11-22T21:10:00+00:00");
    assert_eq!(message("SIA-DCS", b"#1234|NBA1][H12:30:45]").happened_at, None);
}

#[test]
fn a_broken_timestamp_does_not_lose_the_alarm() {
    let message = message("SIA-DCS", b"#12345A|NFA129]_14:12:04,09-25-201");
    assert_eq!(message.timestamp, None);
    assert_eq!(message.events[0].code, "FA");
}
