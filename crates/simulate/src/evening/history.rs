//! What has happened before the operator sits down: call-outs long closed, doors opened and shut, faults seen to.

use super::tableau::signal;
use super::{Beat, Cause, Create, Evening, Handling, PanelEvent, Place, What, beat};
use crate::officer::{Finding, Manner};
use chrono::TimeDelta;
use domain::geo::Point;
use rand::RngExt;
use rand::rngs::StdRng;

/// Minutes before the operator sits down at which everybody must be free again.
const LAST_MINUTES: i64 = 62;

pub(super) fn beats(evening: &Evening, random: &mut StdRng) -> Vec<Beat> {
    let mut all = Vec::new();
    let mut tell = |minutes: i64, what: Vec<(i64, What)>| {
        let at = evening.live_from - TimeDelta::minutes(minutes) + TimeDelta::seconds(random.random_range(-70..70));
        // The first officers sign on in the first minutes.
        if at > evening.from + TimeDelta::minutes(6) && minutes >= LAST_MINUTES {
            all.extend(what.into_iter().map(|(seconds, what)| beat(at + TimeDelta::seconds(seconds), what)));
        }
    };
    use Cause::*;
    tell(
        322,
        alarm(
            "7E40",
            Door,
            1,
            34,
            manner(
                318,
                Finding::Safe,
                "Cabin door had been left on the latch by the site team. Shut, locked, manager told.",
                "user_error",
            ),
            900,
        ),
    );
    tell(
        300,
        vec![(
            0,
            create(
                "lock",
                Place::Site("WHI-HALL"),
                "lock_unlock",
                4,
                "Choir wants the hall an hour early, caretaker is ill.",
                Some(("RSP-6", "Has the keys of Highgate tonight")),
                manner(300, Finding::Safe, "Unlocked for the choir, list signed.", "genuine"),
            ),
        )],
    );
    tell(
        272,
        vec![(
            0,
            create(
                "saw",
                address("Outside 40 Cromer Street, WC1H", 51.5275, -0.1230),
                "noise_nuisance",
                3,
                "Building work after hours, angle grinder on the pavement.",
                None,
                manner(
                    272,
                    Finding::Safe,
                    "Two roofers finishing a job. They stopped at once and were given the hours for noisy work.",
                    "genuine",
                ),
            ),
        )],
    );
    tell(
        247,
        alarm(
            "7E01",
            Intruder,
            1,
            21,
            manner(
                247,
                Finding::Safe,
                "Tenant of unit 1 went back for a bag after setting. Name checked on the list.",
                "user_error",
            ),
            260,
        ),
    );
    tell(
        226,
        vec![(
            0,
            create(
                "welfare",
                Place::Site("HIL-OFFICE"),
                "welfare_check",
                2,
                "Man sitting against the office door, does not answer.",
                None,
                manner(
                    226,
                    Finding::Controls,
                    "Man of about sixty, cold, awake, did not want an ambulance. Walked to the day centre with the outreach worker.",
                    "genuine",
                ),
            ),
        )],
    );
    tell(
        204,
        alarm(
            "6D10",
            Tamper,
            2,
            47,
            manner(
                204,
                Finding::Safe,
                "Lid of the tank switch was loose, screws turned in. Engineer to look at it tomorrow.",
                "equipment_fault",
            ),
            1100,
        ),
    );
    tell(
        182,
        vec![(
            0,
            create(
                "porch",
                Place::Site("CLA-GARAGES"),
                "rough_sleeping",
                4,
                "Two people asleep on the ramp, cars cannot pass.",
                Some(("RSP-6", "On the estate")),
                manner(
                    182,
                    Finding::Safe,
                    "Woke them, they moved to the porch of the hall. Outreach team told.",
                    "genuine",
                ),
            ),
        )],
    );
    tell(
        160,
        alarm(
            "5C12",
            Intruder,
            2,
            15,
            Manner {
                forced: true,
                ..manner(
                    160,
                    Finding::Controls,
                    "Jemmy marks at the workshop door, door held. Police attended and took the pictures over.",
                    "attempted",
                )
            },
            420,
        ),
    );
    tell(
        139,
        vec![(
            0,
            create(
                "bikes",
                address("Maitland Park, ball court, NW3", 51.5482, -0.1552),
                "youth_disorder",
                3,
                "Mopeds in the ball court, children playing there.",
                None,
                manner(
                    139,
                    Finding::Controls,
                    "Four mopeds left as I came. Registration numbers passed to the police team.",
                    "genuine",
                ),
            ),
        )],
    );
    tell(
        120,
        alarm(
            "2C16",
            Flood,
            3,
            41,
            Manner {
                says_no: vec!["water".into()],
                ..manner(
                    120,
                    Finding::Safe,
                    "Water on the pump floor from a joint. Contractor came at half past and closed the valve.",
                    "genuine",
                )
            },
            1500,
        ),
    );
    tell(
        101,
        vec![
            (
                0,
                create(
                    "party",
                    address("Taplow House lobby, Adelaide Road, NW3", 51.5432, -0.1668),
                    "noise_nuisance",
                    3,
                    "Party in the lobby.",
                    None,
                    manner(101, Finding::Safe, "Not attended.", "unknown"),
                ),
            ),
            (95, What::StandDown { tag: "party", reason: "Caller rang again: they have gone" }),
        ],
    );
    tell(
        88,
        alarm(
            "9F02",
            Panic,
            1,
            5,
            manner(
                88,
                Finding::Safe,
                "Concierge leant on the button reaching for a parcel. He is well; button tested with control.",
                "user_error",
            ),
            500,
        ),
    );
    tell(
        76,
        vec![(
            0,
            create(
                "laundry",
                Place::Site("OSS-LAUNDRY"),
                "anti_social_behaviour",
                3,
                "Three people smoking in the laundry, shouting at a tenant.",
                None,
                manner(
                    76,
                    Finding::Safe,
                    "They had left. Tenant spoken to, she is all right and will call again if they come back.",
                    "genuine",
                ),
            ),
        )],
    );
    for (minutes, what) in small_things() {
        tell(minutes, vec![(0, what)]);
    }
    all.extend(offices(evening, random));
    all
}

fn manner(seed: u64, finding: Finding, story: &str, cause: &str) -> Manner {
    let accept_after_s = 5.0 + (seed % 11) as f64;
    Manner { pace: 0.7, accept_after_s, finding, story: story.into(), cause: cause.into(), seed, ..Manner::default() }
}

/// An alarm, taken and answered, and its restore.
fn alarm(
    account: &'static str,
    cause: Cause,
    zone: u16,
    taken_after_s: u32,
    manner: Manner,
    restored_s: i64,
) -> Vec<(i64, What)> {
    vec![
        (0, signal(account, PanelEvent::Alarm(cause, zone), Handling::Take { after_s: taken_after_s }, Some(manner))),
        (restored_s, signal(account, PanelEvent::Restore(cause, zone), Handling::Nothing, None)),
    ]
}

fn address(address: &'static str, lat: f64, lon: f64) -> Place {
    Place::Address { address, point: Point::new(lat, lon) }
}

fn create(
    tag: &'static str,
    place: Place,
    about: &'static str,
    priority: u8,
    text: &'static str,
    to: Option<(&'static str, &'static str)>,
    manner: Manner,
) -> What {
    What::Create(Box::new(Create { tag, place, about, priority, text, to, manner }))
}

/// Signals that ask for nobody, and the three a receiver is tested with.
fn small_things() -> Vec<(i64, What)> {
    let close = |after_s, reason| Handling::Close { after_s, reason };
    vec![
        (290, signal("4B71", PanelEvent::Alarm(Cause::Mains, 1), close(70, "Planned works, power back by six"), None)),
        (251, signal("4B71", PanelEvent::Restore(Cause::Mains, 1), Handling::Nothing, None)),
        (
            214,
            signal(
                "FACE1",
                PanelEvent::FromStranger,
                close(150, "A contractor testing with the wrong number; told"),
                None,
            ),
        ),
        (
            191,
            signal(
                "C301",
                PanelEvent::Unmapped,
                close(110, "New detector type; engineer asked for its code list"),
                None,
            ),
        ),
        (170, What::Undecryptable { account: "4B70" }),
        (
            130,
            signal(
                "A101",
                PanelEvent::Alarm(Cause::Mains, 1),
                close(60, "Fuse for the urn; reset by the hall committee"),
                None,
            ),
        ),
        (122, signal("A101", PanelEvent::Restore(Cause::Mains, 1), Handling::Nothing, None)),
        (110, signal("10064", PanelEvent::Test, Handling::Nothing, None)),
        (66, signal("B201", PanelEvent::Test, Handling::Nothing, None)),
    ]
}

/// Offices close in the early evening, halls open for it and close late.
fn offices(evening: &Evening, random: &mut StdRng) -> Vec<Beat> {
    let mut beats = Vec::new();
    let mut at = |minutes: i64, account, event| {
        let at = evening.live_from - TimeDelta::minutes(minutes) + TimeDelta::seconds(random.random_range(0..400));
        beats.push(beat(at, signal(account, event, Handling::Nothing, None)));
    };
    for (minutes, account) in [(278, "1A01"), (270, "3A21"), (262, "8D30"), (256, "B201"), (244, "5C12"), (236, "7E40")]
    {
        at(minutes, account, PanelEvent::Close(2));
    }
    for (minutes, account) in
        [(216, "1A10"), (208, "4B70"), (199, "2C15"), (186, "5C11"), (176, "C301"), (164, "10064")]
    {
        at(minutes, account, PanelEvent::Open(1));
    }
    for (minutes, account) in [(58, "1A10"), (47, "10064"), (31, "C301")] {
        at(minutes, account, PanelEvent::Close(1));
    }
    for (minutes, account) in [(310, "6D11"), (233, "8D31"), (148, "9F03"), (64, "A102")] {
        at(minutes, account, PanelEvent::Test);
    }
    beats
}
