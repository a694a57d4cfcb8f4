//! `dc09-robust`: the ways in which frames arrive badly, against the hub and pysiaalarm. Counts, no times.
//!
//! What survives `kill -9` is shown by the durability test, not here.

use crate::hub::with_panels;
use crate::measure::{Report, Row, Target};
use crate::peers::PySiaAlarm;
use chrono::{TimeDelta, Utc};
use feeds::dc09::compose::Outgoing;
use feeds::dc09::{CrcForm, Key, Panel, XData, enclose};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use watchhouse_tests::client::Client;

const ACCOUNT: &str = "1A01";
/// Keys as both receivers read them: characters, not digits.
const AES_128: (&str, &str) = ("1A02", "abcdefghijklmnop");
const AES_256: (&str, &str) = ("1A03", "abcdefghijklmnopabcdefghijklmnop");
/// A receiver that says nothing for this long has said all.
const QUIET: Duration = Duration::from_millis(400);
/// A receiver that answers every piece of a frame would fill the screen.
const ANSWERS_SHOWN: usize = 3;
/// Between two pieces of a frame, so that they arrive apart.
const APART: Duration = Duration::from_millis(5);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Ack,
    Nak,
    Duh,
}

use Answer::{Ack, Duh, Nak};

/// What is sent on one connection, in pieces, and what should come of it.
struct Case {
    name: &'static str,
    pieces: Vec<Vec<u8>>,
    answers: Vec<Answer>,
    /// Events kept, where the number matters.
    stored: Option<u64>,
}

fn case(name: &'static str, pieces: Vec<Vec<u8>>, answers: &[Answer], stored: Option<u64>) -> Case {
    Case { name, pieces, answers: answers.to_vec(), stored }
}

/// Frames with numbers of their own, so that no case repeats another's.
#[derive(Default)]
struct Frames(u16);

impl Frames {
    fn seq(&mut self) -> u16 {
        self.0 += 1;
        self.0
    }

    fn body(&mut self, tail: &str) -> Vec<u8> {
        format!("\"SIA-DCS\"{:04}L0#{ACCOUNT}[#{ACCOUNT}|{tail}", self.seq()).into_bytes()
    }

    fn sia(&mut self) -> Vec<u8> {
        enclose(&self.body("Nri1/OP7]"), CrcForm::Ascii)
    }

    fn keyed(&mut self, (account, key): (&str, &str), ago: TimeDelta) -> Vec<u8> {
        let key = Key::parse_ascii(key).ok();
        let outgoing = Outgoing { seq: self.seq(), xdata: &[], timestamp: Some(Utc::now() - ago), pad: &[b'x'; 16] };
        Panel { key, ..Panel::new(account) }.sia_dcs("Nri1/OP7", outgoing)
    }

    fn with_xdata(&mut self) -> Vec<u8> {
        let xdata = [XData::new('X', "000W08.5380"), XData::new('Y', "51N32.3700"), XData::new('M', "0026B9E4268B")];
        let outgoing = Outgoing { seq: self.seq(), xdata: &xdata, timestamp: Some(Utc::now()), pad: &[] };
        Panel::new(ACCOUNT).sia_dcs("Nri1/OP7", outgoing)
    }
}

/// The frame with its header's four characters from `at` changed.
fn altered(frame: &[u8], at: usize, change: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame[at..at + 4].iter_mut().for_each(|byte| *byte = change(*byte));
    frame
}

fn cases() -> Vec<Case> {
    let mut f = Frames::default();
    let (one, two) = (f.sia(), f.sia());
    let mut all = vec![
        case("one frame", vec![f.sia()], &[Ack], Some(1)),
        case("two frames in one segment", vec![[one, two].concat()], &[Ack, Ack], Some(2)),
    ];
    let frame = f.sia();
    let (head, tail) = frame.split_at(frame.len() / 2);
    all.push(case("one frame in two segments", vec![head.into(), tail.into()], &[Ack], Some(1)));
    let frame = f.sia();
    all.push(case("one byte at a time", frame.iter().map(|b| vec![*b]).collect(), &[Ack], Some(1)));
    let (one, two) = (f.sia(), f.sia());
    let pieces = vec![[&one[..], &two[..9]].concat(), two[9..].into()];
    all.push(case("a frame and a half, then the rest", pieces, &[Ack, Ack], Some(2)));
    all.push(case("garbage, then a frame", vec![[&b"\x00\xffAT+CSQ\r\n"[..], &f.sia()].concat()], &[Ack], Some(1)));
    let (half, whole) = (f.sia(), f.sia());
    all.push(case("half a frame, then a whole one", vec![[&half[..20], &whole].concat()], &[Ack], Some(1)));
    let mut late = f.sia();
    late.pop();
    all.push(case("no CR yet", vec![late.clone()], &[], Some(0)));
    all.push(case("the CR alone, later", vec![late, vec![b'\r']], &[Ack], Some(1)));
    all.push(case("64 KiB without CR", vec![[&f.sia()[..30], &vec![b'A'; 65_536]].concat()], &[], Some(0)));
    let no_line = format!("\"SIA-DCS\"{:04}#{ACCOUNT}[#{ACCOUNT}|Nri1/OP7]", f.seq());
    all.push(case("no L", vec![enclose(no_line.as_bytes(), CrcForm::Ascii)], &[Ack], Some(1)));
    let inner_only = format!("\"SIA-DCS\"{:04}L0[#{ACCOUNT}|Nri1/OP7]", f.seq());
    all.push(case("account in the data only", vec![enclose(inner_only.as_bytes(), CrcForm::Ascii)], &[Ack], Some(1)));
    let lower =
        (0..).map(|_| f.sia()).find(|frame| frame[1..5].iter().any(u8::is_ascii_alphabetic)).unwrap_or_default();
    all.push(case("CRC in lower case", vec![altered(&lower, 1, |b| b.to_ascii_lowercase())], &[Ack], Some(1)));
    let wrong = altered(&f.sia(), 1, |b| if b == b'0' { b'1' } else { b'0' });
    all.push(case("CRC wrong", vec![wrong], &[], Some(0)));
    all.push(case("CRC right, LEN wrong", vec![altered(&f.sia(), 5, |_| b'0')], &[Ack], Some(1)));
    all.push(case("CRC of two raw bytes", vec![enclose(&f.body("Nri1/OP7]"), CrcForm::Binary)], &[Ack], Some(1)));
    all.push(case("extended data", vec![f.with_xdata()], &[Ack], Some(1)));
    let mut latin = f.body("Nri1/OP7^");
    latin.extend(b"Caf\xe9^]");
    all.push(case("text of 8 bits", vec![enclose(&latin, CrcForm::Ascii)], &[Ack], Some(1)));
    let same = f.sia();
    all.push(case("the same frame twice", vec![same.clone(), same], &[Ack, Ack], Some(1)));
    let cid = Outgoing { seq: f.seq(), xdata: &[], timestamp: None, pad: &[] };
    all.push(case("Contact ID", vec![Panel::new(ACCOUNT).adm_cid(1, 401, 1, 7, cid)], &[Ack], Some(1)));
    let null = enclose(format!("\"NULL\"0000L0#{ACCOUNT}[]").as_bytes(), CrcForm::Ascii);
    all.push(case("supervision", vec![null], &[Ack], None));
    let ping = format!("SR0001L0001    00{ACCOUNT}XX    [ID00000000]\r");
    all.push(case("a link check of another maker", vec![ping.into_bytes()], &[Ack], None));
    let unknown = format!("\"XYZ\"{:04}L0#{ACCOUNT}[]", f.seq());
    all.push(case("an unknown token", vec![enclose(unknown.as_bytes(), CrcForm::Ascii)], &[Duh], None));
    all.push(case("AES-128", vec![f.keyed(AES_128, TimeDelta::zero())], &[Ack], Some(1)));
    all.push(case("AES-256", vec![f.keyed(AES_256, TimeDelta::zero())], &[Ack], Some(1)));
    all.push(case(
        "AES, two in one segment",
        vec![[f.keyed(AES_128, TimeDelta::zero()), f.keyed(AES_128, TimeDelta::zero())].concat()],
        &[Ack, Ack],
        Some(2),
    ));
    all.push(case("AES, clock 60 s behind", vec![f.keyed(AES_128, TimeDelta::seconds(60))], &[Nak], None));
    all.push(case("AES, wrong key", vec![f.keyed((AES_128.0, "ponmlkjihgfedcba"), TimeDelta::zero())], &[Nak], None));
    all
}

/// Sends the pieces and gives what was answered, in order.
async fn talk(dc09: SocketAddr, pieces: &[Vec<u8>]) -> anyhow::Result<Vec<Answer>> {
    let mut stream = TcpStream::connect(dc09).await?;
    stream.set_nodelay(true)?;
    let mut heard = Vec::new();
    for (turn, piece) in pieces.iter().enumerate() {
        // A receiver that has had enough may close: what it said before counts.
        if stream.write_all(piece).await.is_err() {
            break;
        }
        if turn + 1 < pieces.len() {
            tokio::time::sleep(APART).await;
        }
    }
    while let Ok(Ok(1..)) = tokio::time::timeout(QUIET, stream.read_buf(&mut heard)).await {}
    let text = String::from_utf8_lossy(&heard);
    let words = [("ACK", Ack), ("NAK", Nak), ("DUH", Duh)];
    // A word between quotes, whether or not a star says that it was encrypted.
    let found = text.split('"').skip(1).step_by(2);
    Ok(found.filter_map(|word| words.iter().find(|w| word.trim_start_matches('*') == w.0)).map(|w| w.1).collect())
}

/// A receiver under trial: where it listens and how many events it has kept.
trait Receiver {
    fn dc09(&self) -> SocketAddr;
    async fn kept(&self) -> anyhow::Result<u64>;
}

struct Ours(SocketAddr, Client);

impl Receiver for Ours {
    fn dc09(&self) -> SocketAddr {
        self.0
    }

    async fn kept(&self) -> anyhow::Result<u64> {
        Ok(self.1.get("/v1/status").await?["head"].as_u64().unwrap_or(0))
    }
}

impl Receiver for PySiaAlarm {
    fn dc09(&self) -> SocketAddr {
        self.peer.dc09
    }

    async fn kept(&self) -> anyhow::Result<u64> {
        Ok(self.handled())
    }
}

/// The first thing that was not as it should be; nothing when all was.
async fn trial(receiver: &impl Receiver, case: &Case) -> anyhow::Result<Option<String>> {
    let before = receiver.kept().await?;
    let answers = talk(receiver.dc09(), &case.pieces).await?;
    let stored = receiver.kept().await? - before;
    Ok(if answers != case.answers {
        let shown = &answers[..answers.len().min(ANSWERS_SHOWN)];
        Some(format!("{} answers, {shown:?}, instead of {:?}", answers.len(), case.answers))
    } else {
        case.stored.filter(|wanted| *wanted != stored).map(|wanted| format!("kept {stored} instead of {wanted}"))
    })
}

/// Every place at which one frame, and two together, can be cut in two.
async fn every_split(receiver: &impl Receiver, frames: &mut Frames) -> anyhow::Result<(usize, usize)> {
    let length = frames.sia().len();
    let (mut whole, mut split) = (0, 0);
    for cut in 1..2 * length {
        let both = [frames.sia(), frames.sia()].concat();
        let (head, tail) = both.split_at(cut);
        split += 1;
        whole += usize::from(until_two(receiver.dc09(), head, tail).await?);
    }
    Ok((whole, split))
}

async fn until_two(dc09: SocketAddr, head: &[u8], tail: &[u8]) -> anyhow::Result<bool> {
    let mut stream = TcpStream::connect(dc09).await?;
    stream.set_nodelay(true)?;
    stream.write_all(head).await?;
    tokio::time::sleep(APART).await;
    stream.write_all(tail).await?;
    let mut heard = Vec::new();
    while let Ok(Ok(1..)) = tokio::time::timeout(QUIET, stream.read_buf(&mut heard)).await {
        if String::from_utf8_lossy(&heard).matches("\"ACK\"").count() == 2 {
            return Ok(true);
        }
    }
    Ok(false)
}

pub async fn run(dir: &Path) -> anyhow::Result<Report> {
    let registered = with_panels(&dir.join("hub"), &[ACCOUNT.into()], None).await?;
    let admin = simulate::hub::Hub::new(&registered.hub.url())?.session(&registered.token);
    for (account, key) in [AES_128, AES_256] {
        admin.add_panel(account, Some(key)).await?;
    }
    let ours = Ours(registered.hub.dc09, Client::new(registered.hub.url(), &registered.token));
    let theirs = PySiaAlarm::start(dir, &[ACCOUNT.into()], &[AES_128, AES_256])?;
    let (mut report, mut passed) = (Report::default(), [0, 0]);
    let cases = cases();
    for case in &cases {
        let found = [trial(&ours, case).await?, trial(&theirs, case).await?];
        for (count, found) in passed.iter_mut().zip(&found) {
            *count += usize::from(found.is_none());
        }
        let [ours, theirs] = found.map(|found| found.unwrap_or_else(|| "as it should".into()));
        report
            .rows
            .push(Row { name: case.name.into(), ..Row::default() }.note(format!("ours {ours}; pysiaalarm {theirs}")));
    }
    let mut frames = Frames(5_000);
    let (whole, splits) = every_split(&ours, &mut frames).await?;
    let (their_whole, _) = every_split(&theirs, &mut frames).await?;
    report.notes.push(format!("cases: ours {} of {}, pysiaalarm {}", passed[0], cases.len(), passed[1]));
    report
        .notes
        .push(format!("two frames cut in two at every byte: ours {whole} of {splits}, pysiaalarm {their_whole}"));
    report.notes.push("Nothing acknowledged is lost over kill -9: that is the durability test's to show.".into());
    report.targets.push(Target::at_least("cases passed", passed[0] as f64, cases.len() as f64));
    report.targets.push(Target::at_least("cuts passed", whole as f64, splits as f64));
    Ok(report)
}
