//! The rest of the night, in life's speed: new alarms every few minutes, calls, one officer who withdraws, one
//! emergency button.

use super::tableau::signal;
use super::{Beat, Cause, Create, Evening, Handling, PanelEvent, Place, What, beat};
use crate::officer::{Finding, Manner, Step};
use chrono::TimeDelta;
use domain::Instant;
use domain::geo::Point;
use rand::RngExt;
use rand::rngs::StdRng;

/// Panels that may alarm in the night, with the cause, the zone and how it turned out.
const ALARMS: &[(&str, Cause, u16, &str, &str)] = &[
    ("1A10", Cause::Intruder, 1, "Cleaner came back for her telephone and knew the code too late.", "user_error"),
    (
        "3A21",
        Cause::Intruder,
        2,
        "Banner in the meeting room had come down in front of the detector.",
        "animal_environment",
    ),
    (
        "4B70",
        Cause::Intruder,
        2,
        "Balloon left from a party, drifting in the warm air. Burst it.",
        "animal_environment",
    ),
    ("4B71", Cause::Door, 1, "Lift engineer inside, not booked on. Identity checked with his office.", "user_error"),
    ("2C15", Cause::Intruder, 3, "Kitchen detector, spider on the lens. Wiped.", "animal_environment"),
    ("2C16", Cause::Door, 1, "Shutter not fully down. Pulled down and locked.", "user_error"),
    ("5C11", Cause::Intruder, 5, "Sports store: a rack of balls had fallen over.", "animal_environment"),
    ("6D10", Cause::Flood, 3, "Float switch stuck. Floor is dry; engineer told for the morning.", "equipment_fault"),
    ("6D11", Cause::Tamper, 1, "Cover plate hanging, no sign of anybody. Screwed back.", "equipment_fault"),
    ("7E01", Cause::Intruder, 2, "Dog in unit 2, with its owner’s leave.", "animal_environment"),
    ("7E40", Cause::Intruder, 4, "Fox on the beam, seen it go.", "animal_environment"),
    ("8D31", Cause::Door, 1, "Door closer is broken. Wedged shut, work order asked for.", "equipment_fault"),
    ("9F03", Cause::Intruder, 1, "Steel door was moving in the wind. Shot the second bolt.", "equipment_fault"),
    ("A101", Cause::Intruder, 1, "Committee member came for the accounts, forgot the code. On the list.", "user_error"),
    (
        "A102",
        Cause::Intruder,
        3,
        "Two young men on the ramp left when they saw the light. Store locked and whole.",
        "genuine",
    ),
    ("B201", Cause::Intruder, 2, "Blind fell down in the office.", "animal_environment"),
    ("C301", Cause::Tamper, 2, "Panel cover was not screwed down after the last visit.", "equipment_fault"),
    ("10064", Cause::Intruder, 1, "Caretaker opened up for a lost key without calling first.", "user_error"),
];

/// Calls the second operator takes.
const CALLS: &[(&str, Place, &str, u8, &str, &str)] = &[
    (
        "call-1",
        Place::Address { address: "Rear of 12 Queen’s Crescent, NW5", point: Point::new(51.5497, -0.1518) },
        "noise_nuisance",
        3,
        "Loud music from a van, engine running.",
        "Van moved on when asked, driver’s number taken.",
    ),
    (
        "call-2",
        Place::Site("CHA-DESK"),
        "welfare_check",
        2,
        "Elderly tenant not seen since yesterday, daughter on the telephone.",
        "Tenant answered the door on the third knock; had been asleep. Daughter spoken to.",
    ),
    (
        "call-3",
        Place::Address { address: "Stairwell, Ainsworth Way, NW8", point: Point::new(51.5398, -0.1841) },
        "drugs",
        3,
        "Four people smoking on the stairs, smell through the whole block.",
        "They left. Foil and a lighter found, bagged, handed in.",
    ),
    (
        "call-4",
        Place::Address { address: "Cumberland Market green, NW1", point: Point::new(51.5291, -0.1428) },
        "noise_nuisance",
        3,
        "Shouting and fireworks on the green.",
        "Remains of a firework battery, nobody there. Green walked.",
    ),
    (
        "call-5",
        Place::Site("BOU-DESK"),
        "welfare_check",
        2,
        "Woman in the lobby, upset, says somebody follows her.",
        "Stayed with her until her brother came. Description passed to the police.",
    ),
    (
        "call-6",
        Place::Address { address: "Raydon Street bus stop, N19", point: Point::new(51.5643, -0.1429) },
        "harassment",
        2,
        "Group following a shop worker after closing.",
        "Walked with him to the bus. Group had gone.",
    ),
    (
        "call-7",
        Place::Site("CLA-HALL"),
        "noise_nuisance",
        3,
        "Band practice in the hall, past the agreed time.",
        "They had lost track of the time and packed up.",
    ),
    (
        "call-8",
        Place::Address { address: "Kiln Place playground, NW5", point: Point::new(51.5541, -0.1497) },
        "youth_disorder",
        3,
        "Fire in a bin.",
        "Bin was out when I came; fire brigade not needed. Bin moved off the wall.",
    ),
    (
        "call-9",
        Place::Address { address: "Harrison Street, by the community room, WC1H", point: Point::new(51.5277, -0.1206) },
        "rough_sleeping",
        4,
        "Tent in the doorway.",
        "Spoke with the man in it; outreach team has him on their round.",
    ),
];

pub(super) fn beats(evening: &Evening, random: &mut StdRng) -> Vec<Beat> {
    let start = evening.live_from;
    let end = evening.until - TimeDelta::minutes(18);
    let mut beats = Vec::new();
    beats.extend(small_things(start, random));
    beats.extend(once(start));
    let mut at = start + TimeDelta::seconds(random.random_range(330..420));
    let mut turn = random.random_range(0..ALARMS.len());
    while at < end {
        // A stride that visits every panel before it comes back to one.
        turn = (turn + 7) % ALARMS.len();
        let (account, cause, zone, story, outcome) = ALARMS[turn];
        let manner = manner(random, story, outcome);
        beats.push(beat(at, signal(account, PanelEvent::Alarm(cause, zone), Handling::Leave, Some(manner))));
        let back = at + TimeDelta::seconds(random.random_range(120..420));
        beats.push(beat(back, signal(account, PanelEvent::Restore(cause, zone), Handling::Nothing, None)));
        at += TimeDelta::seconds(random.random_range(270..560));
    }
    let mut at = start + TimeDelta::minutes(18);
    for (tag, place, about, priority, text, story) in CALLS {
        if at >= end {
            break;
        }
        let manner = manner(random, story, "genuine");
        let create = Create { tag, place: place.clone(), about, priority: *priority, text, to: None, manner };
        beats.push(beat(at, What::Create(Box::new(create))));
        at += TimeDelta::seconds(random.random_range(1500..2200));
    }
    beats
}

fn manner(random: &mut StdRng, story: &str, cause: &str) -> Manner {
    let finding = match random.random_range(0..100) {
        0..70 => Finding::Safe,
        70..86 => Finding::Controls,
        86..93 => Finding::OutsideOnly,
        _ => Finding::WaitFirst,
    };
    Manner {
        accept_after_s: random.random_range(5.0..20.0),
        pace: random.random_range(0.8..1.2),
        finding,
        story: story.into(),
        cause: cause.into(),
        seed: random.random_range(1..1_000_000),
        ..Manner::default()
    }
}

/// What happens once, at its own time.
fn once(start: Instant) -> Vec<Beat> {
    let after = |minutes: i64| start + TimeDelta::minutes(minutes);
    let withdraws = Manner {
        finding: Finding::Withdraw,
        accept_after_s: 7.0,
        story: "Heard voices and breaking glass inside. Withdrew to the corner.".into(),
        cause: "genuine".into(),
        seed: 35,
        ..Manner::default()
    };
    let presses = Manner {
        finding: Finding::Controls,
        emergency_before: Some(Step::AnswerStep("seen".into())),
        accept_after_s: 6.0,
        story: "A man came at me from the stairwell and shouted. He ran when the car came. I am not hurt.".into(),
        cause: "genuine".into(),
        seed: 75,
        ..Manner::default()
    };
    let create = Create {
        tag: "stairwell",
        place: Place::Site("REG-CENTRE"),
        about: "anti_social_behaviour",
        priority: 2,
        text: "Man shouting in the stairwell, banging on doors.",
        to: None,
        manner: presses,
    };
    vec![
        beat(after(34), signal("5C12", PanelEvent::Alarm(Cause::Confirmed, 2), Handling::Leave, Some(withdraws))),
        beat(after(47), signal("5C12", PanelEvent::Restore(Cause::Confirmed, 2), Handling::Nothing, None)),
        beat(after(74), What::Create(Box::new(create))),
        beat(after(150), What::Lines { accounts: &["6D01"], up: false }),
        beat(after(157), What::Lines { accounts: &["6D01"], up: true }),
    ]
}

/// Sets, tests and a power cut.
fn small_things(start: Instant, random: &mut StdRng) -> Vec<Beat> {
    let mut beats = Vec::new();
    let mut at = |minutes: i64, account, event| {
        let at = start + TimeDelta::seconds(minutes * 60 + random.random_range(0..50));
        let then = match event {
            PanelEvent::Alarm(..) => Handling::Leave,
            _ => Handling::Nothing,
        };
        beats.push(beat(at, signal(account, event, then, None)));
    };
    for (minutes, account) in [(4, "4B70"), (22, "2C15"), (52, "5C11"), (83, "A101")] {
        at(minutes, account, PanelEvent::Close(1));
    }
    for (minutes, account) in [(11, "C301"), (60, "10064"), (120, "6D11"), (180, "8D31"), (240, "9F03"), (300, "A102")]
    {
        at(minutes, account, PanelEvent::Test);
    }
    at(28, "9F02", PanelEvent::Alarm(Cause::Mains, 1));
    at(41, "9F02", PanelEvent::Restore(Cause::Mains, 1));
    beats
}
