//! The moment the operator sits down: four call-outs open, an intruder alarm waiting, a line fault put aside, a phone
//! silent for four minutes, and a hold-up that comes in seconds later.

use super::{Beat, Cause, Create, Evening, Handling, PanelEvent, Place, What, beat};
use crate::officer::{Finding, Manner, Step};
use chrono::TimeDelta;
use domain::Instant;

/// Three panels behind one router.
pub const ONE_NETWORK: &[&str] = &["6D01", "6D10", "6D11"];

/// What control writes to the officer at the confirmed alarm.
const POLICE: &str = "Police told, a unit in about ten minutes. Outside until your risk assessment is done, please.";

pub(super) fn beats(evening: &Evening) -> Vec<Beat> {
    let now = evening.live_from;
    let before = |minutes: i64, seconds: i64| now - TimeDelta::seconds(minutes * 60 + seconds);
    let after = |minutes: i64, seconds: i64| now + TimeDelta::seconds(minutes * 60 + seconds);
    let mut all = rounds(before(44, 0));
    all.extend([
        // Reported, being written up when the operator sits down.
        beat(before(36, 10), What::Create(Box::new(noise(after(2, 30))))),
        beat(before(25, 40), What::Create(Box::new(youths(after(1, 40))))),
        // One router at the Chalcots takes three lines with it.
        beat(before(11, 0), What::Lines { accounts: ONE_NETWORK, up: false }),
        beat(before(10, 30), What::NoticeSilence { accounts: ONE_NETWORK, until: before(6, 20) }),
        beat(after(14, 0), What::Lines { accounts: ONE_NETWORK, up: true }),
        // On scene, in the middle of the risk assessment.
        beat(
            before(6, 0),
            signal(
                "8D30",
                PanelEvent::Alarm(Cause::Confirmed, 1),
                Handling::Take { after_s: 6 },
                Some(entry(after(1, 15))),
            ),
        ),
        beat(before(5, 20), What::Link { site: "OSS-HUB" }),
        beat(before(4, 40), What::Note { site: "OSS-HUB", text: POLICE }),
        beat(before(3, 5), signal("8D30", PanelEvent::Restore(Cause::Confirmed, 1), Handling::Nothing, None)),
        beat(before(4, 0), What::Silent { unit: "RSP-5", until: after(7, 0) }),
        // Waiting for the real operator.
        beat(
            before(1, 42),
            signal(
                "3A20",
                PanelEvent::Alarm(Cause::Intruder, 1),
                Handling::Leave,
                Some(calm("Louvre was loose in the wind and set off the door contact. Wired shut.", "equipment_fault")),
            ),
        ),
        beat(after(3, 20), signal("3A20", PanelEvent::Restore(Cause::Intruder, 1), Handling::Nothing, None)),
        // On offer: one declined, the next lets it ring.
        beat(
            before(1, 5),
            signal("7E01", PanelEvent::Alarm(Cause::Intruder, 3), Handling::Take { after_s: 22 }, Some(passed_on())),
        ),
        beat(after(2, 10), signal("7E01", PanelEvent::Restore(Cause::Intruder, 3), Handling::Nothing, None)),
        // And then it rings.
        beat(
            after(0, 6),
            signal(
                "1A01",
                PanelEvent::Alarm(Cause::HoldUp, 3),
                Handling::Leave,
                Some(calm(
                    "Button under the reception counter pressed while cleaning. Staff well, manager spoken to.",
                    "user_error",
                )),
            ),
        ),
        beat(after(9, 30), signal("1A01", PanelEvent::Restore(Cause::HoldUp, 3), Handling::Nothing, None)),
    ]);
    all
}

pub(super) fn signal(account: &'static str, event: PanelEvent, then: Handling, manner: Option<Manner>) -> What {
    What::Signal { account, event, then, manner: manner.map(Box::new) }
}

/// Puts the units where the story needs them.
fn rounds(at: Instant) -> Vec<Beat> {
    let rounds: &[(&str, &[&str])] = &[
        ("HOT SPOT", &["maitland-villas"]),
        ("RSP-1", &["eversholt"]),
        ("RSP-2", &["cumberland"]),
        ("RSP-3", &["queens-crescent", "malden"]),
        ("RSP-4", &["rowley", "boundary"]),
        ("RSP-5", &["harrison", "judd"]),
        ("RSP-6", &["clarence", "prince"]),
    ];
    let mut beats: Vec<Beat> = rounds.iter().map(|(unit, round)| beat(at, What::Round { unit, round })).collect();
    // Afterwards each has its usual round again.
    for (unit, _, round) in super::UNITS {
        beats.push(beat(at + super::TABLEAU_BEFORE + TimeDelta::minutes(12), What::Round { unit, round }));
    }
    beats
}

fn calm(story: &str, cause: &str) -> Manner {
    Manner { story: story.into(), cause: cause.into(), accept_after_s: 8.0, seed: 41, ..Manner::default() }
}

fn noise(report_at: Instant) -> Create {
    Create {
        tag: "noise",
        place: Place::Site("ALX-HALL"),
        about: "noise_nuisance",
        priority: 3,
        text: "Third call tonight: music from the tenants’ hall, door propped open.",
        to: Some(("RSP-4", "Knows the hall committee and is on the estate")),
        manner: Manner {
            pace: 0.75,
            story: "Spoke with the organiser of a birthday party. Music turned down while I was there, door shut, they finish at 22:30. Caller told by control.".into(),
            cause: "genuine".into(),
            hold: Some((Step::Report, report_at)),
            accept_after_s: 11.0,
            seed: 1844,
            ..Manner::default()
        },
    }
}

fn youths(secure_at: Instant) -> Create {
    Create {
        tag: "youths",
        place: Place::Site("REG-CENTRE"),
        about: "youth_disorder",
        priority: 3,
        text: "Eight or nine young people on the centre’s roof terrace, throwing bottles. Caller does not want to be named.",
        to: Some(("RSP-2", "Two minutes away and knows the youth workers")),
        manner: Manner {
            pace: 0.7,
            finding: Finding::Controls,
            says_no: vec!["windows".into()],
            story: "Group of nine, most of them known to the youth project. Came down when asked, two gave names. One window on the terrace was open; shut and locked.".into(),
            cause: "genuine".into(),
            hold: Some((Step::Secure, secure_at)),
            accept_after_s: 9.0,
            seed: 1845,
            ..Manner::default()
        },
    }
}

fn entry(assess_at: Instant) -> Manner {
    Manner {
        pace: 0.55,
        accept_after_s: 7.0,
        finding: Finding::Controls,
        says_no: vec!["shutter".into()],
        forced: true,
        hold: Some((Step::Assess, assess_at)),
        story: "Front shutter was a hand’s breadth open and the rear door shows jemmy marks. Nobody inside as far as can be seen. Left for the police, rear door boarded.".into(),
        cause: "attempted".into(),
        seed: 1847,
        ..Manner::default()
    }
}

fn passed_on() -> Manner {
    Manner {
        accept_after_s: 14.0,
        refusing: vec![
            ("HOT SPOT".into(), Some("Holding at Maitland Park at the police’s request".into())),
            ("RSP-3".into(), None),
        ],
        story: "Unit 3 door had blown open, tenant had not turned the key twice. Nothing missing as far as the tenant can say on the telephone.".into(),
        cause: "user_error".into(),
        seed: 1846,
        ..Manner::default()
    }
}
