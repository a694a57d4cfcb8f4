//! The report as its readers meet it: bytes, text and pages.

mod sample;

use std::process::{Command, Output};
use std::sync::LazyLock;

use report::*;

/// The sample, rendered once for the tests that only read it.
static FULL: LazyLock<Vec<u8>> = LazyLock::new(|| rendered(&sample::full()));

#[track_caller]
fn rendered(report: &Report) -> Vec<u8> {
    let pdf = render(report).expect("the report renders");
    assert!(pdf.starts_with(b"%PDF"));
    pdf
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Runs a PDF tool on `pdf`, or says why it does not: these tools are not on every machine.
fn tool(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Option<Output> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("report.pdf");
    std::fs::write(&path, pdf).expect("the report is written");
    match Command::new(program).args(before).arg(&path).args(after).output() {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("skipped: {program} cannot be run here ({error})");
            None
        }
    }
}

/// The report's text with single spaces, as a reader's search would find it.
fn words(pdf: &[u8]) -> Option<String> {
    let output = tool("pdftotext", &[], pdf, &["-"])?;
    assert!(output.status.success(), "pdftotext reads the report");
    let text = String::from_utf8(output.stdout).expect("pdftotext writes UTF-8");
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn page_count(pdf: &[u8]) -> Option<usize> {
    let output = tool("qpdf", &["--show-npages"], pdf, &[])?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[track_caller]
fn says(text: &str, expected: &str) {
    assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
}

#[test]
fn a_full_report_can_be_searched() {
    let Some(text) = words(&FULL) else {
        return;
    };
    for expected in [
        "Call-out report CO-26-01847",
        "Are all doors and shutters closed and undamaged?",
        "From outside I saw that the left leaf of the rear fire exit stood open",
        "Unit 3, rear yard 14–18 Elm Lane London NW1 0XX",
        "+17 min 09 s",
        "3 × 4 = 12, high",
        "CAD 8841/22NOV26",
        "Corrected. Before: “Yes”, 22:06:40 GMT, Officer J. Adeyemi",
        "a picture still on the phone",
        "from entries 11840 to 12016",
        "9f3ac41be07d52a8",
        "security.control@exampleton.example",
        "Only the drill is missing",
        &sample::digest(0),
    ] {
        says(&text, expected);
    }
}

#[test]
fn a_report_is_tagged_for_pdf_ua_and_kept_as_pdf_a() {
    let pdf = &*FULL;
    assert!(holds(pdf, "pdfuaid:part"), "PDF/UA identifier");
    assert!(holds(pdf, "pdfaid:part"), "PDF/A identifier");
    assert!(holds(pdf, "pdfaid:conformance"), "PDF/A level");
    assert!(holds(pdf, "/Lang(en-GB)"), "language");
    assert!(holds(pdf, "DEMONSTRATION: Call-out report CO-26-01847"), "title");
}

#[test]
fn a_report_is_a_sound_file() {
    let pdf = &*FULL;
    if let Some(output) = tool("qpdf", &["--check"], pdf, &[]) {
        assert!(output.status.success(), "{output:?}");
    }
    // Every font travels with the file.
    let Some(output) = tool("pdffonts", &[], pdf, &[]) else {
        return;
    };
    let fonts = String::from_utf8(output.stdout).expect("pdffonts writes UTF-8");
    for line in fonts.lines().skip(2) {
        let columns: Vec<&str> = line.split_whitespace().rev().collect();
        // From the right: generation, object, unicode, subset, embedded.
        assert_eq!(columns[4], "yes", "not embedded: {line}");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert!(*FULL == rendered(&sample::full()));
}

#[test]
fn a_later_log_position_gives_another_file() {
    let mut report = Report::new("CO-26-00001", sample::made_at());
    let before = rendered(&report);
    report.log.to += 1;
    assert!(before != rendered(&report));
}

#[test]
fn every_page_of_a_demonstration_says_so() {
    let mut report = sample::full();
    report.draft = true;
    report.pictures.truncate(1);
    let pdf = rendered(&report);
    let (Some(pages), Some(text)) = (page_count(&pdf), words(&pdf)) else {
        return;
    };
    let marks = text.matches("DEMONSTRATION DATA — not a real event").count();
    assert!(marks > 2 * pages, "{marks} marks on {pages} pages");
    assert!(text.matches("DRAFT — not the final report").count() > pages);
    says(&text, &format!("page 1 of {pages}"));
    says(&text, &format!("page {pages} of {pages}"));
}

#[test]
fn a_real_report_carries_no_mark() {
    let mut report = sample::full();
    report.service.demonstration = false;
    report.pictures.clear();
    let pdf = rendered(&report);
    assert!(!holds(&pdf, "DEMONSTRATION"));
    let Some(text) = words(&pdf) else { return };
    assert!(!text.contains("DEMONSTRATION"));
    assert!(!text.contains("DRAFT"));
}

#[test]
fn what_was_found_has_its_number_in_the_text_and_on_the_plan() {
    let report = sample::full();
    let pdf = rendered(&report);
    let Some(text) = words(&pdf) else { return };
    says(&text, "Where it was found");
    says(&text, "1 · Rear fire exit");
    says(&text, "3 · Ground-floor store");
    says(&text, "near miss: slipped on wet leaves");
    says(&text, "weather: rain");

    let mut damaged = sample::full();
    damaged.plans[0].bytes = b"no picture".to_vec();
    let Some(text) = words(&rendered(&damaged)) else { return };
    says(&text, "This picture could not be shown: its file is damaged");
    let mut none = sample::full();
    none.plans.clear();
    let Some(text) = words(&rendered(&none)) else { return };
    assert!(!text.contains("Where it was found"));
}

#[test]
fn an_empty_report_says_what_is_missing() {
    let Some(text) = words(&rendered(&Report::new("CO-26-01848", sample::made_at()))) else {
        return;
    };
    for expected in [
        "CO-26-01848",
        "What happened not recorded Priority not recorded",
        "No times were recorded.",
        "No officer attended, or none was recorded.",
        "No steps were recorded.",
        "The officer’s account has not been written.",
        "No checklist was answered.",
        "No risk assessment was recorded.",
        "No inspection findings were recorded.",
        "No forced-entry inspection was recorded.",
        "How the site was left was not recorded.",
        "No contact with others was recorded.",
        "The call-out was not escalated.",
        "No pictures were taken.",
        "The report has not been signed.",
        "The report has not been reviewed.",
        "made 22 November 2026, 23:58:04 UTC",
    ] {
        says(&text, expected);
    }
}

#[test]
fn a_report_with_nothing_at_all_renders() {
    rendered(&Report::default());
}

#[test]
fn a_customer_version_says_which_it_is_and_shows_only_its_input() {
    let mut report = sample::full();
    report.version = Version::Customer;
    report.pictures.clear();
    report.left_out = vec!["officers’ names".to_owned(), "risk assessments".to_owned()];
    report.assessments.clear();
    report.escalations.clear();
    report.notes.clear();
    let Some(text) = words(&rendered(&report)) else {
        return;
    };
    says(&text, "Customer version");
    says(&text, "Left out of this version: • officers’ names • risk assessments");
    says(&text, "No risk assessment is shown in the customer version.");
    // An empty list may have been filtered: the report must not claim that nothing happened.
    assert!(!text.contains("was not escalated"));
    assert!(!text.contains("Camera 3 covers the yard"));
    assert!(!text.contains("Full version"));
}

#[test]
fn a_corrupt_picture_is_a_note_in_its_place() {
    let mut report = Report::new("CO-26-00002", sample::made_at());
    let mut cut_short = sample::png(64, 64, 1);
    cut_short.truncate(200);
    report.pictures = vec![
        sample::picture(0, b"\xFF\xD8\xFF\xE0 nonsense".to_vec(), "Damaged", ""),
        sample::picture(1, Vec::new(), "No bytes", ""),
        sample::picture(2, cut_short, "Cut short", ""),
        sample::picture(3, sample::jpeg(320, 240, 1), "Sound", "A wall."),
    ];
    let Some(text) = words(&rendered(&report)) else {
        return;
    };
    let damaged = "This picture could not be shown: its file is damaged or of an unknown kind.";
    assert_eq!(text.matches(damaged).count(), 2);
    says(&text, "This picture was not available when the report was made.");
    says(&text, "Picture 4. Sound");
}

#[test]
fn a_missing_picture_is_named_with_its_digest() {
    let mut report = Report::new("CO-26-00003", sample::made_at());
    report.missing_pictures = vec![MissingPicture {
        caption: "Broken lock".to_owned(),
        sha256: sample::digest(7),
        ..MissingPicture::default()
    }];
    let Some(text) = words(&rendered(&report)) else {
        return;
    };
    says(&text, "still on the officer’s phone");
    says(&text, "Broken lock");
    says(&text, &sample::digest(7)[..32]);
}

#[test]
fn sixty_pictures_fit_in_one_report() {
    let mut report = Report::new("CO-26-00004", sample::made_at());
    report.pictures = (0..60)
        .map(|n| {
            let (width, height) = if n % 3 == 0 { (120, 160) } else { (160, 120) };
            sample::picture(n, sample::jpeg(width, height, n), &format!("View {n}"), "A wall.")
        })
        .collect();
    let pdf = rendered(&report);
    if let Some(output) = tool("pdfimages", &["-list"], &pdf, &[]) {
        let list = String::from_utf8(output.stdout).expect("pdfimages writes UTF-8");
        assert_eq!(list.lines().count() - 2, 60);
    }
    let Some(text) = words(&pdf) else { return };
    says(&text, "Picture 60. View 59");
}

/// Text that would do harm if it were ever read as markup, code or a path, and text of every
/// script and none.
const HOSTILE: &[&str] = &[
    "#let x = 1; #panic(\"no\") #read(\"/etc/passwd\") #import \"@preview/a:1.0.0\"",
    "$ x^2 $ *bold* _italic_ `code` ```raw``` = Heading - list + enum / term: x",
    "[content] {block} @reference <label> https://example.org \\ \\u{41} ~ -- --- ...",
    "\"double\" 'single' “curly” \\\" \\' /* comment */ // comment",
    "{\"json\": [1, 2, null]} \u{0} \u{1b}[31m \u{7f} \u{feff} \u{fffe}",
    "שלום עולם — مرحبا بالعالم — mixed עברית with English — \u{202e}reversed",
    "🔥🚨👮🏽‍♀️ 👨‍👩‍👧 🇬🇧 ✅ ☎️ zalgo z̷̢̛̗͖̤̙͇̏̎̈́a̸l̵g̶o̴",
    "中文 日本語 한국어 हिन्दी ไทย \u{e000} \u{10ffff}",
    "tab\there\r\nnew line\u{2028}separator\n\n\n\nparagraph\n",
];

#[test]
fn hostile_text_is_printed_and_never_obeyed() {
    let pdf = rendered(&filled_with(&HOSTILE.join("\n")));
    let Some(text) = words(&pdf) else { return };
    says(&text, "#panic(\"no\") #read(\"/etc/passwd\")");
    says(&text, "$ x^2 $ *bold* _italic_ `code` ```raw``` = Heading");
    says(&text, "[U+202E]reversed");
    // Not the plain fallback, which would print a code.
    says(&text, "🔥");
}

#[test]
fn fields_with_nothing_to_see_in_them_render() {
    for text in ["   ", "\n", "\u{ad}\u{200b}\u{200d}\u{2060}\u{fe0f}"] {
        rendered(&filled_with(text));
    }
}

#[test]
fn markup_characters_are_printed_as_typed() {
    let typed = "a#b$c*d_e[f]g@h<i>j`k~l\\m=n\"o'p{q}/r--s";
    let mut report = Report::new("CO-26-00005", sample::made_at());
    report.narrative = typed.to_owned();
    let Some(text) = words(&rendered(&report)) else {
        return;
    };
    // A word this long may be broken over lines.
    says(&text.replace(' ', ""), typed);
}

/// Found in the first version: Noto Sans 1.04 set a free-standing accent on the next letter.
#[test]
fn an_accent_used_as_an_apostrophe_stays_beside_its_letter() {
    let mut report = Report::new("CO-26-00008", sample::made_at());
    report.narrative = "Mrs O´Neill said `no` and 5¨ of Oʼahu".to_owned();
    let Some(text) = words(&rendered(&report)) else {
        return;
    };
    says(&text, "Mrs O´Neill said `no` and 5¨ of Oʼahu");
}

#[test]
fn right_to_left_text_and_emoji_are_found_by_a_search() {
    let mut report = Report::new("CO-26-00006", sample::made_at());
    report.narrative = "שלום\n\nпривет 🔥 中".to_owned();
    let Some(text) = words(&rendered(&report)) else {
        return;
    };
    says(&text, "שלום");
    says(&text, "привет 🔥 [U+4E2D]");
}

#[test]
fn a_word_of_ten_thousand_letters_stays_on_the_paper() {
    let mut report = Report::new("CO-26-00007", sample::made_at());
    report.narrative = "W".repeat(10_000);
    report.liaison =
        vec![LiaisonEntry { whom: "M".repeat(2_000), summary: "lorem ipsum ".repeat(900), ..LiaisonEntry::default() }];
    let pdf = rendered(&report);
    let Some(output) = tool("pdftotext", &["-bbox"], &pdf, &["-"]) else {
        return;
    };
    let boxes = String::from_utf8(output.stdout).expect("pdftotext writes UTF-8");
    for line in boxes.lines().filter(|line| line.contains("<word")) {
        let right: f64 = line
            .split("xMax=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .and_then(|number| number.parse().ok())
            .expect("a word has a right edge");
        assert!(right < 596.0, "off the page: {line}");
    }
    let text = words(&pdf).unwrap_or_default();
    assert!(text.matches('W').count() >= 10_000);
    assert_eq!(text.matches("lorem ipsum").count(), 900);
}

#[test]
fn the_json_form_leaves_the_picture_bytes_out_and_reads_back() {
    let report = sample::full();
    let json = serde_json::to_string(&report).expect("a report is JSON");
    assert!(!json.contains("\"bytes\""));
    let back: Report = serde_json::from_str(&json).expect("a report reads back");
    assert_eq!(back.checklists, report.checklists);
    assert_eq!(back.pictures[0].sha256, report.pictures[0].sha256);
    let sparse: Report = serde_json::from_str(r#"{"reference": "CO-26-1"}"#).expect("fields may be absent");
    assert_eq!(sparse.reference, "CO-26-1");
}

/// `text` in every field a person can type into.
fn filled_with(text: &str) -> Report {
    let s = || text.to_owned();
    let value = || LabelValue { label: s(), value: s() };
    let note = || Note { when: s(), by: s(), text: s() };
    Report {
        service: Service { name: s(), council: s(), contact: s(), demonstration: true },
        reference: s(),
        title: s(),
        priority: s(),
        site: s(),
        address: s(),
        place: Place { lat_lon: s(), grid_reference: s(), what3words: Some(s()), given: s() },
        date: s(),
        source: s(),
        outcome: s(),
        version: Version::Full,
        draft: true,
        log: LogRange { from: i64::MIN, to: i64::MAX, chain_head: s() },
        made_at: sample::made_at(),
        made_at_text: s(),
        left_out: vec![s()],
        times: vec![TimeRow { label: s(), at: s(), elapsed_s: Some(i64::MIN), detail: s(), seq: Some(i64::MAX) }],
        targets: vec![TargetRow { label: s(), target: s(), actual: s(), result: s(), note: s() }],
        attendance: vec![Attendance {
            call_sign: s(),
            officer: s(),
            role: Role::Support,
            accepted: s(),
            arrived: s(),
            clear: s(),
            rams: s(),
        }],
        steps: vec![Step { n: 255, title: s(), state: StepState::Skipped, when: s(), detail: s() }],
        narrative: s(),
        checklists: vec![Checklist {
            title: s(),
            version: s(),
            items: vec![ChecklistItem {
                id: s(),
                heading: false,
                place: s(),
                question: s(),
                answer: s(),
                when: s(),
                by: s(),
                note: s(),
                pictures: vec![s(), "nowhere".to_owned()],
                corrected: vec![EarlierAnswer { answer: s(), when: s(), by: s() }],
            }],
        }],
        assessments: vec![Assessment {
            version: 1,
            when: s(),
            by: s(),
            decision: s(),
            hazards: vec![Hazard {
                hazard: s(),
                likelihood: 5,
                severity: 5,
                score: 25,
                band: s(),
                controls: s(),
                residual: s(),
            }],
            seen: s(),
            note: s(),
        }],
        conclusions: vec![value()],
        plans: vec![Plan {
            name: s(),
            bytes: sample::jpeg(32, 24, 2),
            sha256: s(),
            pins: vec![Pin { n: 1, x: 0.0, y: 1.0, what: s() }, Pin { n: u32::MAX, x: 7.0, y: -3.0, what: s() }],
        }],
        findings: vec![Finding {
            n: Some(1),
            side: Side::Inside,
            place: s(),
            what: s(),
            result: s(),
            severity: s(),
            note: s(),
            pictures: vec![s()],
        }],
        forced_entry: Some(ForcedEntry { verdict: s(), rows: vec![value()] }),
        securing: Some(Securing { final_status: s(), rows: vec![value()] }),
        liaison: vec![LiaisonEntry {
            when: s(),
            whom: s(),
            channel: s(),
            direction: s(),
            summary: s(),
            reference: s(),
        }],
        escalations: vec![Escalation { when: s(), by: s(), level: s(), reason: s(), outcome: s() }],
        notes: vec![note()],
        follow_ups: vec![FollowUp { what: s(), owner: s(), due: s() }],
        exhibits: vec![Exhibit { reference: s(), what: s(), held: s() }],
        pictures: vec![Picture {
            id: s(),
            bytes: sample::jpeg(32, 24, 1),
            caption: s(),
            taken_at: s(),
            by: s(),
            sha256: s(),
            alt: s(),
        }],
        missing_pictures: vec![MissingPicture { id: s(), caption: s(), taken_at: s(), by: s(), sha256: s() }],
        signature: Some(Signature {
            name: s(),
            when: s(),
            strokes: vec![vec![(0.0, 0.0)], vec![(f32::NAN, f32::INFINITY)], vec![]],
        }),
        review: Some(Review { by: s(), when: s(), outcome: s(), comments: s() }),
        addenda: vec![note()],
    }
}
