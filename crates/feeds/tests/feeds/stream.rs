//! The splitter: every cut of a stream gives the same pieces, and nothing grows without bound.

use feeds::dc09::{CrcForm, FRAME_BYTES_MAX, Piece, RawFrame, Splitter, enclose};

use super::support::framed;

const ALARM: &str = r#"39DA003D"ADM-CID"0045R1L0#1234[#1234|1130 01 005]_21:14:09,11-22-2026"#;
const NULL: &str = r##"1EF20013"NULL"0000L0#1234[]"##;
const PING: &[u8] = b"SR0001L0001    006969XX    [ID00000000]";

fn split(bytes: &[u8]) -> Vec<Piece> {
    let mut splitter = Splitter::new();
    let mut pieces = splitter.push(bytes);
    pieces.extend(splitter.finish());
    pieces
}

fn frames(pieces: &[Piece]) -> Vec<&[u8]> {
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Frame(bytes) => Some(bytes.as_slice()),
            Piece::Ping(_) | Piece::Noise { .. } | Piece::Overflow => None,
        })
        .collect()
}

fn noise(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Noise { bytes, .. } => *bytes,
            Piece::Frame(_) | Piece::Ping(_) | Piece::Overflow => 0,
        })
        .sum()
}

/// A NULL whose binary CRC holds the wanted byte, found by trying sequence numbers.
fn binary_with(wanted: u8, place: usize) -> Vec<u8> {
    (0..10_000)
        .map(|seq| enclose(format!("\"NULL\"{seq:04}L0#1234[]").as_bytes(), CrcForm::Binary))
        .find(|bytes| bytes[place] == wanted)
        .expect("one of 10000 CRCs has the byte")
}

#[test]
fn frames_glued_together_come_out_in_order() {
    let stream = [framed(ALARM), framed(NULL)].concat();
    assert_eq!(frames(&split(&stream)), [framed(ALARM), framed(NULL)]);
}

#[test]
fn every_cut_of_a_stream_gives_the_same_pieces() {
    let stream = [
        b"garbage".to_vec(),
        framed(ALARM),
        PING.to_vec(),
        b"\r\n".to_vec(),
        binary_with(0x0D, 1),
        binary_with(0x0A, 2),
        framed(&ALARM[..30])[..31].to_vec(),
        framed(NULL),
        b"SR0001L".to_vec(),
        framed(NULL),
        b"\nxx".to_vec(),
    ]
    .concat();
    let expected = split(&stream);
    assert_eq!(frames(&expected).len(), 5, "{expected:?}");
    for cut in 0..=stream.len() {
        let mut splitter = Splitter::new();
        let mut found = splitter.push(&stream[..cut]);
        found.extend(splitter.push(&stream[cut..]));
        found.extend(splitter.finish());
        assert_eq!(found, expected, "cut at {cut}");
    }
    let mut splitter = Splitter::new();
    let mut found: Vec<Piece> = stream.iter().flat_map(|byte| splitter.push(&[*byte])).collect();
    found.extend(splitter.finish());
    assert_eq!(found, expected, "one byte at a time");
}

#[test]
fn line_ends_and_quotes_inside_a_binary_crc_do_not_cut_the_frame() {
    for wanted in [0x0A, 0x0D, 0x22] {
        for place in [1, 2] {
            let frame = binary_with(wanted, place);
            let stream = [frame.clone(), frame.clone()].concat();
            let pieces = split(&stream);
            assert_eq!(frames(&pieces), [&frame[..], &frame[..]], "{wanted:02X} at {place}");
            assert!(RawFrame::parse(&frame).is_ok());
        }
    }
}

#[test]
fn a_frame_is_given_with_its_last_byte_and_not_later() {
    let mut splitter = Splitter::new();
    let bytes = framed(ALARM);
    assert!(splitter.push(&bytes[..bytes.len() - 1]).is_empty(), "no CR yet");
    assert_eq!(splitter.push(b"\r"), [Piece::Frame(bytes)]);
    assert_eq!(splitter.held_bytes(), 0);
}

#[test]
fn garbage_before_a_frame_is_counted_and_the_frame_is_found() {
    let stream = [b"HTTP/1.1 GET \"x\"\n\n\n".to_vec(), framed(ALARM)].concat();
    let pieces = split(&stream);
    assert_eq!(frames(&pieces), [framed(ALARM)]);
    assert_eq!(noise(&pieces), 19);
}

#[test]
fn a_frame_that_lost_its_cr_gives_way_to_the_next() {
    let cut_short = &framed(ALARM)[..40];
    let pieces = split(&[cut_short, &framed(NULL)].concat());
    assert_eq!(frames(&pieces), [framed(NULL)]);
    assert_eq!(noise(&pieces), 39, "its LF is a line end, the rest is noise");
}

#[test]
fn line_ends_between_frames_are_not_noise() {
    let stream = [b"\r\n".to_vec(), framed(ALARM), b"\n\0\0".to_vec(), framed(NULL), b"\n".to_vec()].concat();
    let pieces = split(&stream);
    assert_eq!(pieces.len(), 2, "{pieces:?}");
}

#[test]
fn a_ping_is_found_alone_between_frames_and_in_line_ends() {
    for stream in
        [PING.to_vec(), [b"\n", PING, b"\r\0\0"].concat(), [&framed(NULL)[..], PING, &framed(NULL)[..]].concat()]
    {
        let pieces = split(&stream);
        let pings = pieces.iter().filter(|piece| matches!(piece, Piece::Ping(_))).count();
        assert_eq!(pings, 1, "{pieces:?}");
        assert_eq!(noise(&pieces), 0, "{pieces:?}");
    }
}

#[test]
fn sixty_four_kilobytes_without_an_end_overflow_once_and_are_not_kept() {
    let endless_frame = [&b"\n39DA003D\"ADM-CID\""[..], &[b'A'; 65_536]].concat();
    let endless_noise = vec![b'A'; 65_536];
    for stream in [endless_frame, endless_noise] {
        let mut splitter = Splitter::new();
        let mut pieces = Vec::new();
        for chunk in stream.chunks(1000) {
            pieces.extend(splitter.push(chunk));
            assert!(splitter.held_bytes() <= FRAME_BYTES_MAX + 64);
        }
        assert_eq!(pieces, [Piece::Overflow]);
        assert!(splitter.push(&framed(NULL)).is_empty(), "nothing is taken after an overflow");
    }
}

#[test]
fn the_longest_frame_passes_and_one_byte_more_does_not() {
    let body = |bytes: usize| {
        let mut body = br##""SIA-DCS"0001L0#1234["##.to_vec();
        body.resize(bytes - 1, b'A');
        body.push(b']');
        enclose(&body, CrcForm::Ascii)
    };
    let longest = body(FRAME_BYTES_MAX - 10);
    assert_eq!(longest.len(), FRAME_BYTES_MAX);
    assert_eq!(split(&longest), [Piece::Frame(longest.clone())]);
    assert!(RawFrame::parse(&longest).is_ok());
    let longer = body(FRAME_BYTES_MAX - 9);
    assert_eq!(split(&longer), [Piece::Overflow]);
    assert!(RawFrame::parse(&longer).is_err());
}
