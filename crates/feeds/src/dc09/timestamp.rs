//! `_HH:MM:SS,MM-DD-YYYY`, UTC, month first (DC-09).

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// Bytes with the underscore.
pub const STAMP_BYTES: usize = 20;

/// Digits are `0`, everything else stands for itself.
const SHAPE: &[u8; STAMP_BYTES] = b"_00:00:00,00-00-0000";

/// Whether the bytes have the shape of a timestamp, valid date or not.
pub fn has_shape(bytes: &[u8]) -> bool {
    bytes.len() == STAMP_BYTES
        && bytes.iter().zip(SHAPE).all(|(&byte, &shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            _ => byte == shape,
        })
}

/// Reads a timestamp with its underscore. `None` for another shape or an impossible date.
pub fn parse(bytes: &[u8]) -> Option<DateTime<Utc>> {
    if !has_shape(bytes) {
        return None;
    }
    let number = |from: usize, digits: usize| {
        bytes[from..from + digits].iter().fold(0u32, |value, &digit| value * 10 + u32::from(digit - b'0'))
    };
    let year = i32::try_from(number(16, 4)).ok()?;
    NaiveDate::from_ymd_opt(year, number(10, 2), number(13, 2))?
        .and_hms_opt(number(1, 2), number(4, 2), number(7, 2))
        .map(|time| time.and_utc())
}

/// Writes a timestamp with its underscore; parts of a second are cut off.
pub fn format(instant: DateTime<Utc>) -> String {
    format!(
        "_{:02}:{:02}:{:02},{:02}-{:02}-{:04}",
        instant.hour(),
        instant.minute(),
        instant.second(),
        instant.month(),
        instant.day(),
        instant.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_month_first_and_utc() {
        let instant = parse(b"_21:14:09,11-22-2026").expect("valid");
        assert_eq!(instant.to_rfc3339(), "2026-11-22T21:14:09+00:00");
        assert_eq!(format(instant), "_21:14:09,11-22-2026");
    }

    #[test]
    fn a_stamp_with_an_impossible_date_has_the_shape_but_no_value() {
        assert!(has_shape(b"_21:14:09,22-11-2026"));
        for stamp in [
            &b"_21:14:09,22-11-2026"[..],
            b"_24:00:00,01-01-2026",
            b"_21:14:09,02-30-2026",
            b"_14:12:04,09-25-201",
            b"21:14:09,11-22-2026_",
        ] {
            assert_eq!(parse(stamp), None);
        }
    }
}
