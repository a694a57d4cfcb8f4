//! A made-up call-out with every part of a report filled in.

use chrono::{DateTime, Utc};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use report::*;

fn s(text: &str) -> String {
    text.to_owned()
}

pub fn made_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_391_884, 0).expect("a valid instant")
}

/// A night scene of sorts: a wall, a door, a light. `seed` moves the door.
fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
    let door = width / 5 + (seed * 97) % (width / 2);
    RgbImage::from_fn(width, height, |x, y| {
        let light = 200u32.saturating_sub((x.abs_diff(width / 2) + y) * 160 / width);
        let brick = (y / 24 + (x + (y / 24 % 2) * 30) / 60).is_multiple_of(2);
        if (door..door + width / 6).contains(&x) && y > height / 3 {
            let edge = x - door < 6 || (x - door) > width / 6 - 6;
            return Rgb(if edge { [30, 30, 34] } else { [36, (70 + seed * 13 % 60) as u8, 96] });
        }
        let base = if brick { 96 } else { 82 };
        let level = |part: u32| ((base * part / 100 + light / 3).min(255)) as u8;
        Rgb([level(118), level(96), level(84)])
    })
}

pub fn jpeg(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&scene(width, height, seed)).expect("a scene encodes");
    bytes
}

pub fn png(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    scene(width, height, seed).write_to(&mut bytes, ImageFormat::Png).expect("a scene encodes");
    bytes.into_inner()
}

/// Any 64 hex digits; the crate prints digests and does not check them.
pub fn digest(seed: u32) -> String {
    (0..8u32).map(|part| format!("{:08x}", (seed + 1).wrapping_mul(0x9E37_79B9).rotate_left(part * 5))).collect()
}

pub fn picture(n: u32, bytes: Vec<u8>, caption: &str, alt: &str) -> Picture {
    Picture {
        id: format!("pic-{n}"),
        bytes,
        caption: s(caption),
        taken_at: format!("21:{:02}:{:02} GMT", 52 + n % 8, (n * 17) % 60),
        by: s("Officer J. Adeyemi"),
        sha256: digest(n),
        alt: s(alt),
    }
}

fn value(label: &str, value: &str) -> LabelValue {
    LabelValue { label: s(label), value: s(value) }
}

fn time(label: &str, at: &str, elapsed_s: i64, detail: &str, seq: i64) -> TimeRow {
    TimeRow { label: s(label), at: s(at), elapsed_s: Some(elapsed_s), detail: s(detail), seq: Some(seq) }
}

fn step(n: u8, title: &str, state: StepState, when: &str, detail: &str) -> Step {
    Step { n, title: s(title), state, when: s(when), detail: s(detail) }
}

fn item(question: &str, answer: &str, when: &str) -> ChecklistItem {
    ChecklistItem {
        question: s(question),
        answer: s(answer),
        when: s(when),
        by: s("Officer J. Adeyemi"),
        ..ChecklistItem::default()
    }
}

fn hazard(name: &str, likelihood: u8, severity: u8, band: &str, controls: &str, residual: &str) -> Hazard {
    Hazard {
        hazard: s(name),
        likelihood,
        severity,
        score: likelihood * severity,
        band: s(band),
        controls: s(controls),
        residual: s(residual),
    }
}

fn finding(side: Side, what: &str, result: &str, severity: &str, note: &str, pictures: &[&str]) -> Finding {
    Finding {
        n: None,
        side,
        place: String::new(),
        what: s(what),
        result: s(result),
        severity: s(severity),
        note: s(note),
        pictures: pictures.iter().map(|id| s(id)).collect(),
    }
}

fn liaison(when: &str, whom: &str, channel: &str, direction: &str, summary: &str, reference: &str) -> LiaisonEntry {
    LiaisonEntry {
        when: s(when),
        whom: s(whom),
        channel: s(channel),
        direction: s(direction),
        summary: s(summary),
        reference: s(reference),
    }
}

/// A pen line that looks like a name from afar.
fn strokes() -> Vec<Vec<(f32, f32)>> {
    let wave = |from: f32, to: f32, height: f32, turns: f32| -> Vec<(f32, f32)> {
        (0..=60)
            .map(|i| {
                let part = i as f32 / 60.0;
                let angle = part * turns * std::f32::consts::TAU;
                (from + (to - from) * part + 7.0 * angle.cos(), 60.0 - height * angle.sin() * (1.0 - part * 0.6))
            })
            .collect()
    };
    vec![
        wave(20.0, 80.0, 38.0, 1.5),
        wave(88.0, 230.0, 16.0, 6.0),
        vec![(60.0, 92.0), (150.0, 84.0), (245.0, 90.0)],
        vec![(160.0, 22.0)],
    ]
}

const NARRATIVE: &str = "I was parked on Royal College Street when control offered me the call-out at 21:45. I accepted, read the site’s risk assessment and drove with normal traffic. I arrived at 22:02 and parked on the forecourt, clear of the gate.

From outside I saw that the left leaf of the rear fire exit stood open by about 10 cm. The frame was splintered at the height of the lock and there were two fresh tool marks on the closing edge. The strobe was lit and the bell had stopped. I heard nothing from inside. I stayed at the corner, told control and waited for Officer Marsh.

Police (two officers, call sign EK22) arrived at 22:19 and searched the building with us. Nobody was inside. The ground-floor store had been disturbed: two drawers were on the floor. The keyholder, Mrs O’Neill, came at 22:41 and said that a cordless drill (yellow, \"DeWalt\") and a petty-cash tin are missing.

The boarding contractor closed the exit with 18 mm ply at 23:20. I set the alarm with zone 4 omitted, agreed with the keyholder, checked every door from outside, and left at 23:31.";

pub fn full() -> Report {
    let mut report = Report::new("CO-26-01847", made_at());
    report.service = Service {
        name: s("Responsive Security Patrol"),
        council: s("London Borough of Exampleton"),
        contact: s("control room, 020 7946 0182, security.control@exampleton.example"),
        demonstration: true,
    };
    report.title = s("Intruder alarm, confirmed");
    report.priority = s("P1, immediate");
    report.site = s("Elm Lane Community Depot");
    report.address = s("Unit 3, rear yard\n14–18 Elm Lane\nLondon NW1 0XX");
    report.place = Place {
        lat_lon: s("51.53921, \u{2212}0.13642"),
        grid_reference: s("TQ 29301 84092"),
        what3words: Some(s("///example.words.here")),
        given: s("Elm Lane, by the rear gate"),
    };
    report.date = s("Sunday 22 November 2026");
    report.source = s("Alarm receiving centre, burglary signal, zone 4 “rear exit”, account 4471");
    report.outcome = s(
        "Genuine break-in through the rear fire exit. Nobody found inside. Boarded up, alarm set, keyholder and police informed.",
    );
    report.log = LogRange { from: 11_840, to: 12_016, chain_head: s("9f3ac41be07d52a8") };
    report.made_at_text = s("22 November 2026, 23:58:04 GMT");
    report.times = vec![
        time("Alarm signal received", "21:44:31 GMT", -38, "Zone 4, second zone confirmed 12 s later", 11_840),
        time("Call-out raised", "21:45:09 GMT", 0, "By the control room", 11_841),
        time("Triaged", "21:45:30 GMT", 21, "P1, intruder alarm", 11_843),
        time("Offered", "21:45:33 GMT", 24, "R4, nearest by road: 14 min", 11_845),
        time("Accepted", "21:45:51 GMT", 42, "R4", 11_847),
        time("On the way", "21:46:20 GMT", 71, "Risk assessment of the site read and acknowledged", 11_852),
        time("On scene", "22:02:18 GMT", 1029, "By tap, 14 m from the gate", 11_871),
        time("Risk assessed", "22:03:02 GMT", 1073, "Decision: wait for backup", 11_874),
        time("Site secured", "23:28:40 GMT", 6211, "", 11_990),
        time("Left the site", "23:31:12 GMT", 6363, "", 11_994),
        time("Report submitted", "23:52:47 GMT", 7658, "", 12_010),
    ];
    report.targets = vec![
        TargetRow {
            label: s("Officer accepts"),
            target: s("within 30 s"),
            actual: s("18 s"),
            result: s("Met"),
            note: s(""),
        },
        TargetRow {
            label: s("Officer on scene"),
            target: s("within 20 min"),
            actual: s("17 min 09 s"),
            result: s("Met"),
            note: s(""),
        },
        TargetRow {
            label: s("Police call back"),
            target: s("within 15 min"),
            actual: s("16 min 20 s"),
            result: s("Excluded"),
            note: s("Police were already on the way when the timer ended"),
        },
    ];
    report.attendance = vec![
        Attendance {
            call_sign: s("R4"),
            officer: s("Officer J. Adeyemi"),
            role: Role::Lead,
            accepted: s("21:45:51 GMT"),
            arrived: s("22:02:18 GMT"),
            clear: s("23:31:12 GMT"),
            rams: s("RAMS version 3 read and signed 21:46:31 GMT, open for 38 s"),
        },
        Attendance {
            call_sign: s("R7"),
            officer: s("Officer T. Marsh"),
            role: Role::Support,
            accepted: s("22:04:10 GMT"),
            arrived: s("22:12:55 GMT"),
            clear: s("23:29:03 GMT"),
            rams: String::new(),
        },
    ];
    report.steps = vec![
        step(1, "Alarm or request received", StepState::Done, "21:44:31 GMT", "Confirmed by a second zone"),
        step(2, "Nearest officer sent", StepState::Done, "21:45:51 GMT", "R4, 14 min by road"),
        step(3, "Risk assessment read", StepState::Done, "21:46:12 GMT", "RA-221 version 5, open for 41 s"),
        step(4, "Travel with the exact position", StepState::Done, "21:46:20 GMT", ""),
        step(5, "Park safely, call on scene", StepState::Done, "22:02:18 GMT", "Forecourt, gate left clear"),
        step(6, "Assess the risk on site", StepState::Done, "22:03:02 GMT", "Two versions"),
        step(7, "Inspect from outside", StepState::Done, "22:09:44 GMT", "Two issues"),
        step(8, "Inspect inside, look for forced entry", StepState::Done, "22:31:15 GMT", "With police"),
        step(9, "Secure the site", StepState::Done, "23:28:40 GMT", "Boarded up, alarm set without zone 4"),
        step(
            10,
            "Keep control and customer informed",
            StepState::Done,
            "23:27:30 GMT",
            "Nine entries in the liaison log",
        ),
        step(11, "Escalate if needed", StepState::Done, "22:03:20 GMT", "Level 2"),
        step(
            12,
            "Report",
            StepState::Skipped,
            "",
            "Police statement left for the morning: officer’s shift ended, agreed with the supervisor",
        ),
    ];
    report.narrative = s(NARRATIVE);
    report.checklists = vec![Checklist {
        title: s("Alarm response, community buildings"),
        version: s("7"),
        items: vec![
            item("Is the perimeter fence intact?", "Yes", "22:06:10 GMT"),
            ChecklistItem {
                note: s("Left leaf of the rear fire exit open by 10 cm, frame splintered."),
                pictures: vec![s("pic-0"), s("pic-1")],
                corrected: vec![EarlierAnswer {
                    answer: s("Yes"),
                    when: s("22:06:40 GMT"),
                    by: s("Officer J. Adeyemi"),
                }],
                ..item("Are all doors and shutters closed and undamaged?", "No", "22:07:31 GMT")
            },
            ChecklistItem { heading: true, question: s("Windows and panel"), ..ChecklistItem::default() },
            ChecklistItem {
                place: s("Rear, first floor"),
                ..item("Are all windows closed and undamaged?", "Yes", "22:08:02 GMT")
            },
            ChecklistItem {
                pictures: vec![s("pic-2")],
                ..item("What does the alarm panel show?", "Zone 4 rear exit, zone 6 store", "22:33:20 GMT")
            },
            ChecklistItem {
                note: s("Meter cupboard locked, no key on site."),
                ..item("Are gas and water off or without leaks?", "Unable to check", "22:40:12 GMT")
            },
            ChecklistItem { pictures: vec![s("pic-9")], ..item("Was the keyholder met?", "Yes", "22:41:00 GMT") },
            ChecklistItem { question: s("Were the outside lights working when leaving?"), ..ChecklistItem::default() },
        ],
    }];
    report.assessments = vec![
        Assessment {
            version: 1,
            when: s("22:03:02 GMT"),
            by: s("Officer J. Adeyemi"),
            decision: s("wait for backup and police"),
            hazards: vec![
                hazard(
                    "Intruder on site",
                    3,
                    4,
                    "high",
                    "Wait for backup, wait for police, keep exit clear, body-worn video on",
                    "8, medium",
                ),
                hazard("Poor lighting", 4, 2, "medium", "Torch, external check only", "4, low"),
            ],
            seen: s("Alone, lighting: dark, ground: wet, weather: rain"),
            note: s("No movement seen, rear yard dark."),
        },
        Assessment {
            version: 2,
            when: s("22:24:50 GMT"),
            by: s("Officer J. Adeyemi"),
            decision: s("proceed with controls"),
            hazards: vec![
                hazard("Intruder on site", 1, 4, "low", "Police searched first, two-person entry", "4, low"),
                hazard("Broken glass, splinters", 3, 2, "medium", "Gloves, torch", "2, low"),
            ],
            seen: s("Not alone"),
            note: s(""),
        },
    ];
    report.findings = vec![
        finding(Side::Outside, "Perimeter and gates", "OK", "", "", &[]),
        finding(
            Side::Outside,
            "Rear fire exit",
            "Issue",
            "High",
            "Frame splintered at the lock, two tool marks on the closing edge, about 12 mm wide.",
            &["pic-0", "pic-1"],
        ),
        finding(
            Side::Outside,
            "Roof and rooflights",
            "Not checked",
            "",
            "Not visible from the ground, no access at night.",
            &[],
        ),
        finding(Side::Outside, "Strobe and bell box", "OK", "", "Strobe lit, bell stopped before arrival.", &["pic-3"]),
        finding(Side::Inside, "Alarm panel", "Issue", "Low", "Zones 4 and 6 in memory.", &["pic-2"]),
        finding(
            Side::Inside,
            "Ground-floor store",
            "Issue",
            "Medium",
            "Two drawers on the floor. Drill and petty-cash tin missing according to the keyholder.",
            &["pic-4"],
        ),
        finding(Side::Inside, "Fire exits, lights, water", "OK", "", "", &[]),
    ];
    for (at, n, place) in [(1, 1, "Rear"), (4, 2, "Ground floor"), (5, 3, "Ground floor")] {
        (report.findings[at].n, report.findings[at].place) = (Some(n), s(place));
    }
    let pin = |n, x, y, what: &str| Pin { n, x, y, what: s(what) };
    report.plans = vec![Plan {
        name: s("Ground floor"),
        bytes: jpeg(900, 600, 9),
        sha256: "9".repeat(64),
        pins: vec![pin(1, 0.97, 0.1, "rear fire exit"), pin(2, 0.2, 0.8, "alarm panel"), pin(3, 0.5, 0.5, "store")],
    }];
    report.conclusions =
        vec![value("Cause", "genuine"), value("Injury or near miss", "near miss: slipped on wet leaves")];
    report.forced_entry = Some(ForcedEntry {
        verdict: s("Forced entry found"),
        rows: vec![
            value("Point of entry", "Door: rear fire exit, left leaf"),
            value("Method", "Jemmy, two marks at the height of the lock"),
            value("Tools or marks left", "Tool marks, about 12 mm wide; no tool found"),
            value(
                "Scene preserved",
                "Yes: common approach path from the yard, nobody touched the door until police had seen it",
            ),
            value("Items missing", "Cordless drill, petty-cash tin (amount not known)"),
            value("Police informed", "22:03:20 GMT, CAD 8841/22NOV26, officers EK22 attended 22:19 GMT"),
            value("Customer informed", "22:10:05 GMT"),
        ],
    });
    report.securing = Some(Securing {
        final_status: s("Secure, temporary"),
        rows: vec![
            value("Boarding up", "Called 22:44, arrived 23:05, done 23:20 GMT; authorised by Mrs O’Neill up to £350"),
            value("Alarm on leaving", "Set with zone 4 omitted, agreed with the keyholder"),
            value("Keys", "Set 12 taken out (seal 00871), returned to the key safe at 23:49 GMT"),
            value("Revisit", "23 November 2026, 07:00 GMT, engineer for zone 4"),
        ],
    });
    report.liaison = vec![
        liaison(
            "21:45:40 GMT",
            "Alarm receiving centre",
            "Telephone",
            "incoming",
            "Confirmed activation, no keyholder reached yet.",
            "ARC 77120-4",
        ),
        liaison(
            "22:03:20 GMT",
            "Police",
            "Telephone",
            "outgoing",
            "Door found forced, intruder may be on site, one officer present. Attendance promised.",
            "CAD 8841/22NOV26",
        ),
        liaison(
            "22:10:05 GMT",
            "Customer, duty manager",
            "Telephone",
            "outgoing",
            "Informed of the forced door, asked to send the keyholder.",
            "",
        ),
        liaison(
            "22:41:00 GMT",
            "Keyholder, Mrs O’Neill",
            "In person",
            "incoming",
            "Identity checked against the keyholder list. Named the missing items.",
            "",
        ),
        liaison(
            "23:27:30 GMT",
            "Customer, duty manager",
            "Message",
            "outgoing",
            "Site boarded up and alarm set without zone 4; engineer needed in the morning.",
            "MSG 20418",
        ),
    ];
    report.escalations = vec![Escalation {
        when: s("22:03:20 GMT"),
        by: s("Officer J. Adeyemi"),
        level: s("Level 2, supervisor and police"),
        reason: s("Door forced, intruder may be on site"),
        outcome: s("Police attended at 22:19 GMT, building searched, nobody found"),
    }];
    report.notes = vec![Note {
        when: s("22:52:00 GMT"),
        by: s("Control, K. Osei"),
        text: s("Camera 3 covers the yard; footage from 21:30 to 22:05 marked for keeping."),
    }];
    report.follow_ups = vec![
        FollowUp {
            what: s("Replace the rear fire exit’s frame and lock"),
            owner: s("Property services"),
            due: s("25 November 2026"),
        },
        FollowUp { what: s("Alarm engineer for zone 4"), owner: s("Alarm contractor"), due: s("23 November 2026") },
    ];
    report.exhibits = vec![
        Exhibit {
            reference: s("BWV-R4-20261122-03"),
            what: s("Body-worn video, 22:02 to 22:48 GMT"),
            held: s("Evidence store"),
        },
        Exhibit { reference: s("JA/1"), what: s("Seal 00871, cut"), held: s("Property cupboard, shelf 2") },
    ];
    report.pictures = vec![
        picture(
            0,
            jpeg(640, 480, 0),
            "Rear fire exit from the yard, left leaf open by about 10 cm",
            "A dark blue double door in a brick wall at night; the left leaf stands slightly open.",
        ),
        picture(
            1,
            jpeg(480, 640, 3),
            "Tool marks at the height of the lock",
            "Close view of a door’s edge with two bright parallel dents.",
        ),
        picture(2, png(640, 480, 5), "Alarm panel: zones 4 and 6", "An alarm panel with a lit display."),
        picture(3, jpeg(640, 480, 7), "Strobe lit", ""),
        picture(
            4,
            b"this is not a picture".to_vec(),
            "Ground-floor store, drawers on the floor",
            "A store room with two drawers on the floor.",
        ),
        picture(5, jpeg(560, 560, 2), "The exit boarded up", "A sheet of plywood screwed over a doorway."),
    ];
    report.missing_pictures = vec![MissingPicture {
        id: s("pic-9"),
        caption: s("Keyholder’s identity card"),
        taken_at: s("22:41:30 GMT"),
        by: s("Officer J. Adeyemi"),
        sha256: digest(9),
    }];
    report.signature = Some(Signature {
        name: s("Officer J. Adeyemi"),
        when: s("22 November 2026, 23:52:40 GMT"),
        strokes: strokes(),
    });
    report.review = Some(Review {
        by: s("Supervisor M. Clarke"),
        when: s("22 November 2026, 23:57:10 GMT"),
        outcome: s("Accepted"),
        comments: s("Good use of the second assessment. Ask for the police statement in the morning."),
    });
    report.addenda = vec![Note {
        when: s("24 November 2026, 09:12:00 GMT"),
        by: s("Supervisor M. Clarke"),
        text: s("The keyholder found the petty-cash tin on 23 November. Only the drill is missing."),
    }];
    report
}
