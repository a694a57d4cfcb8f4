//! An Asterisk exchange's list of calls: `Master.csv` as `cdr_csv` writes it, without a header line.
//!
//! Columns: account code, source, destination, context, caller id, channel, destination channel, last application, its
//! data, start, answer, end, duration, billed seconds, disposition, AMA flags, and, where the exchange is set up to write
//! them, the unique id and a user field.

use super::{Row, Unread};
use domain::command::CallRecord;
use std::collections::BTreeMap;

const SOURCE: usize = 1;
const DESTINATION: usize = 2;
const CHANNEL: usize = 5;
const START: usize = 9;
const ANSWER: usize = 10;
const END: usize = 11;
const DISPOSITION: usize = 14;
const UNIQUE: usize = 16;
/// What every version writes.
const COLUMNS_MIN: usize = 16;

/// Whether this is such a list and not a table of sites, which has a header line with their references.
pub fn is_list(text: &str) -> bool {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first.is_some_and(|line| line.len() >= COLUMNS_MIN && !line.iter().any(|field| field.trim() == "ref"))
}

/// One row for each call, in the order of their beginning in the list. A call that went through several telephones has
/// several lines: answered anywhere is answered.
pub fn rows(text: &str) -> (Vec<Row>, Vec<Unread>) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows: Vec<(u64, CallRecord)> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused = Vec::new();
    for (number, line) in (1..).zip(reader.byte_records()) {
        match line.map_err(|error| error.to_string()).and_then(|line| record(&line)) {
            Err(why) => refused.push((number, format!("line {number}"), why)),
            Ok(call) => match at.get(&call.id) {
                Some(place) => merge(&mut rows[*place].1, call),
                None => {
                    at.insert(call.id.clone(), rows.len());
                    rows.push((number, call));
                }
            },
        }
    }
    let row = |(number, call): (u64, CallRecord)| Row {
        at: number,
        name: format!("line {number} {}", call.id),
        kind: "call.record",
        body: serde_json::to_value(call).unwrap_or_default(),
        key: None,
    };
    (rows.into_iter().map(row).collect(), refused)
}

fn record(line: &csv::ByteRecord) -> Result<CallRecord, String> {
    if line.len() < COLUMNS_MIN {
        return Err(format!("The line has {} columns; an exchange's list has at least {COLUMNS_MIN}.", line.len()));
    }
    // Caller ids come in whatever letters the caller's exchange uses.
    let field = |column: usize| line.get(column).map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned());
    let text = |column: usize| field(column).unwrap_or_default();
    // Without unique ids, start and channel name one call: the exchange counts its channels.
    let unique = field(UNIQUE)
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| format!("{} {} {} {}", text(START), text(SOURCE), text(DESTINATION), text(CHANNEL)));
    Ok(CallRecord {
        id: unique,
        from: text(SOURCE),
        to: text(DESTINATION),
        start: text(START),
        answer: text(ANSWER),
        end: text(END),
        disposition: text(DISPOSITION),
    })
}

/// Times in one list are written alike, so that their letters are in the order of time.
fn merge(call: &mut CallRecord, other: CallRecord) {
    let answered = |call: &CallRecord| call.disposition.eq_ignore_ascii_case("ANSWERED");
    let answers = answered(&other) && (!answered(call) || other.answer < call.answer);
    if call.start > other.start {
        call.start = other.start;
    }
    if call.end < other.end {
        call.end = other.end;
    }
    if answers {
        (call.answer, call.disposition) = (other.answer, other.disposition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERED: &str = r#""","02079460111","200","from-trunk","""Ann"" <02079460111>","PJSIP/trunk-1","PJSIP/200-2","Dial","PJSIP/200,30","2026-11-22 20:00:00","2026-11-22 20:00:12","2026-11-22 20:03:00",180,168,"ANSWERED","DOCUMENTATION","1795377600.7","""#;

    fn one(rows: &[Row], index: usize, field: &str) -> String {
        rows[index].body[field].as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_list_is_told_from_a_table_of_sites() {
        assert!(is_list(ANSWERED));
        assert!(!is_list("ref,name,address,lat,lon\nS1,Depot,High St,51.5,-0.1"));
        assert!(!is_list("ref,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n"));
        assert!(!is_list(""));
    }

    #[test]
    fn a_line_gives_who_rang_when_and_what_became_of_it() {
        let (rows, _) = rows(ANSWERED);
        assert_eq!((rows.len(), rows[0].kind), (1, "call.record"));
        let expected = [("id", "1795377600.7"), ("from", "02079460111"), ("answer", "2026-11-22 20:00:12")];
        expected.iter().for_each(|(field, value)| assert_eq!(one(&rows, 0, field), *value));
    }

    #[test]
    fn several_lines_of_one_call_are_one_call_answered_where_it_was_answered() {
        let missed = ANSWERED.replace("2026-11-22 20:00:12", "").replace("ANSWERED", "NO ANSWER");
        for list in [format!("{missed}\n{ANSWERED}\n"), format!("{ANSWERED}\n{missed}\n")] {
            let (rows, _) = rows(&list);
            assert_eq!((rows.len(), one(&rows, 0, "answer").as_str()), (1, "2026-11-22 20:00:12"));
            assert_eq!(one(&rows, 0, "disposition"), "ANSWERED");
        }
    }

    #[test]
    fn without_unique_ids_start_and_channel_name_the_call() {
        let plain = ANSWERED.replace(",\"1795377600.7\",\"\"", "");
        let other = plain.replace("trunk-1", "trunk-9");
        let (rows, _) = rows(&format!("{plain}\n{other}\n{plain}\n"));
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_line_that_is_too_short_is_reported_by_its_number() {
        let (rows, refused) = rows(&format!("{ANSWERED}\nno,list,at,all\n"));
        assert_eq!(rows.len(), 1);
        let [(at, name, why)] = refused.as_slice() else { panic!("{refused:?}") };
        assert_eq!((*at, name.as_str()), (2, "line 2"));
        assert!(why.contains("4 columns"), "{why}");
    }
}
