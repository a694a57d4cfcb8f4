//! Properties: what is composed is read back, however it is cut; arbitrary bytes do no harm.

use chrono::{DateTime, TimeDelta, Utc};
use feeds::dc09::compose::{Outgoing, next_sequence};
use feeds::dc09::{CrcForm, Key, Message, Output, Panel, Piece, Qualifier, RawFrame, Splitter, XData};
use feeds::fuzzing;
use proptest::prelude::*;

use super::support::{Same, feed};

fn panels() -> impl Strategy<Value = Panel> {
    let key = prop_oneof![
        Just(None),
        "[0-9A-Fa-f]{32}".prop_map(|text| Key::parse_hex(&text).ok()),
        "[!-~]{24}".prop_map(|text| Key::parse_ascii(&text).ok()),
        "[!-~]{32}".prop_map(|text| Key::parse_ascii(&text).ok()),
    ];
    (
        "[0-9A-F]{3,16}",
        proptest::option::of("[0-9A-F]{1,6}"),
        proptest::option::of("[0-9A-F]{1,6}"),
        key,
        prop_oneof![Just(CrcForm::Ascii), Just(CrcForm::Binary)],
    )
        .prop_map(|(account, receiver, line, key, crc_form)| Panel { account, receiver, line, key, crc_form })
}

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (0i64..4_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).expect("in range"))
}

/// Cuts bytes at the given places, feeds the parts, and wants exactly one frame.
fn one_frame(bytes: &[u8], cuts: &[prop::sample::Index]) -> Vec<u8> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    let mut splitter = Splitter::new();
    let mut pieces: Vec<Piece> = places.windows(2).flat_map(|pair| splitter.push(&bytes[pair[0]..pair[1]])).collect();
    pieces.extend(splitter.finish());
    match pieces.as_slice() {
        [Piece::Frame(frame)] => frame.clone(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn a_contact_id_event_comes_back_as_it_was_sent(
        panel in panels(),
        seq in 1u16..=9999,
        qualifier in prop_oneof![Just(1u8), Just(3), Just(6)],
        code in 100u16..=999,
        partition in 0u8..=99,
        number in 0u16..=999,
        stamp in instants(),
        pad in any::<[u8; 16]>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let outgoing = Outgoing { seq, xdata: &[], timestamp: Some(stamp), pad: &pad };
        let sent = panel.adm_cid(qualifier, code, partition, number, outgoing);
        let frame = RawFrame::parse(&one_frame(&sent, &cuts)).expect("a frame");
        prop_assert!(frame.length_ok);
        prop_assert_eq!(frame.crc_form, panel.crc_form);
        let message = Message::parse(&frame, panel.key.as_ref()).expect("a message");
        prop_assert_eq!(&message.account, &panel.account);
        prop_assert_eq!(&message.receiver, &panel.receiver);
        prop_assert_eq!(&message.line, &panel.line);
        prop_assert_eq!(message.encrypted, panel.key.is_some());
        prop_assert_eq!(message.timestamp, Some(stamp));
        let [event] = message.events.as_slice() else { panic!("{:?}", message.events) };
        let expected = match qualifier { 1 => Qualifier::New, 3 => Qualifier::Restore, _ => Qualifier::Status };
        prop_assert_eq!(event.qualifier, expected);
        prop_assert_eq!(&event.code, &format!("{code:03}"));
        prop_assert_eq!(event.number.clone(), Some(format!("{number:03}")));
        prop_assert_eq!(event.partition.is_some(), partition != 0);
    }

    #[test]
    fn a_sia_event_comes_back_as_it_was_sent(
        panel in panels(),
        seq in 1u16..=9999,
        area in 1u16..=99,
        zone in 1u32..=9999,
        text in "[A-Za-zÀ-ÿ0-9 .,-]{0,40}",
        values in prop::collection::vec("[A-Za-z0-9 ./:]{0,20}", 0..4),
        stamp in proptest::option::of(instants()),
        pad in any::<[u8; 16]>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let xdata: Vec<XData> = values.iter().map(|value| XData::new('R', value)).collect();
        let outgoing = Outgoing { seq, xdata: &xdata, timestamp: stamp, pad: &pad };
        let sent = panel.sia_dcs(&format!("Nri{area}/BA{zone}^{text}^"), outgoing);
        let frame = RawFrame::parse(&one_frame(&sent, &cuts)).expect("a frame");
        let message = Message::parse(&frame, panel.key.as_ref()).expect("a message");
        let [event] = message.events.as_slice() else { panic!("{:?}", message.events) };
        prop_assert_eq!(&event.code, "BA");
        prop_assert_eq!(event.partition.clone(), Some(area.to_string()));
        prop_assert_eq!(event.zone.clone(), Some(zone.to_string()));
        prop_assert_eq!(event.text.clone().unwrap_or_default(), text.trim());
        prop_assert_eq!(&message.xdata, &xdata);
    }

    #[test]
    fn whatever_is_accepted_is_acknowledged_in_kind(
        panel in panels(),
        seq in 0u16..=9999,
        stamp in instants(),
        pad in any::<[u8; 16]>(),
        behind_s in 0i64..=40,
    ) {
        let outgoing = Outgoing { seq, xdata: &[], timestamp: Some(stamp), pad: &pad };
        let now = stamp + TimeDelta::seconds(behind_s);
        let outputs = feed(&panel.null(outgoing), now, &Same::keyed(panel.key.clone()));
        let [Output::Supervision(received)] = outputs.as_slice() else { panic!("{outputs:?}") };
        let ack = received.ack(now, &pad);
        let reply = feeds::dc09::parse_reply(&ack, panel.key.as_ref()).expect("a reply");
        prop_assert_eq!(reply.kind, feeds::dc09::ReplyKind::Ack);
        prop_assert_eq!(reply.seq, seq);
        prop_assert_eq!(reply.account, Some(panel.account.clone()));
        prop_assert_eq!(reply.encrypted, panel.key.is_some());
        let frame = RawFrame::parse(&ack).expect("a frame");
        prop_assert_eq!(frame.receiver, panel.receiver);
        prop_assert_eq!(frame.line, panel.line);
        prop_assert_eq!(frame.crc_form, panel.crc_form);
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_stay_bounded(data in prop::collection::vec(any::<u8>(), 0..2000)) {
        fuzzing::splitter(&data);
        fuzzing::frame(&data);
        fuzzing::message(&data);
        fuzzing::owntracks(&data);
    }

    #[test]
    fn bytes_that_look_like_frames_never_panic(text in r#"(\n|\r|"|#|\[|\]|\||\^|\*|/|_|N|O|A|BA|ri1|ti12:|0|1|5|FF|é|SR0001L0001 |[ -~]){0,120}"#) {
        fuzzing::splitter(text.as_bytes());
        fuzzing::frame(text.as_bytes());
        fuzzing::message(text.as_bytes());
    }

    #[test]
    fn a_single_changed_byte_never_gets_a_frame_through_with_other_fields(
        place in any::<prop::sample::Index>(),
        flip in 1u8..=255,
    ) {
        let good = Panel::new("1234").adm_cid(1, 130, 1, 5, Outgoing { seq: 45, xdata: &[], timestamp: None, pad: &[] });
        let mut bad = good.clone();
        let place = place.index(bad.len());
        bad[place] ^= flip;
        let outputs = feed(&bad, DateTime::UNIX_EPOCH, &Same::plain());
        for output in outputs {
            if let Output::Event(received) = output {
                prop_assert_eq!(received.message.data_block, b"#1234|1130 01 005", "only LEN or the CRC's case may differ");
            }
        }
    }
}

#[test]
fn the_sequence_after_9999_is_1() {
    assert_eq!((next_sequence(1), next_sequence(9998), next_sequence(9999)), (2, 9999, 1));
}
