//! The story of one evening as data: what panels, phones and people do, and when. Made from a seed, without a clock.
//!
//! Three parts: what has been (`history`), the moment the demonstration begins (`tableau`), and the rest of the night
//! (`night`). The tableau stands at `live_from`, whenever that is.

mod history;
mod night;
mod signal;
mod tableau;

pub use signal::{Cause, PanelEvent, wire};

use crate::officer::Manner;
use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::Instant;
use domain::geo::Point;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The tableau begins this long before the operator sits down.
pub const TABLEAU_BEFORE: TimeDelta = TimeDelta::minutes(45);

/// When the evening is, and which one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evening {
    pub from: Instant,
    /// Everything before has happened already when the operator sits down.
    pub live_from: Instant,
    pub until: Instant,
    pub seed: u64,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EveningError {
    #[error("“{0}” is not a time; write it as 21:40")]
    NotATime(String),
    #[error("--live-from must be at least {} minutes after --from and before --until", TABLEAU_BEFORE.num_minutes() + 10)]
    TooShort,
    #[error("{0} does not exist in {1} (the clocks change)")]
    NoSuchTime(String, String),
}

impl Evening {
    /// From civil times on one date; times before `from` belong to the next day.
    pub fn on(
        date: NaiveDate,
        from: &str,
        live_from: &str,
        until: &str,
        zone: Tz,
        seed: u64,
    ) -> Result<Self, EveningError> {
        let first = time(from)?;
        let at = |text: &str| {
            let time = time(text)?;
            let day = if time < first { date + TimeDelta::days(1) } else { date };
            zone.from_local_datetime(&day.and_time(time))
                .earliest()
                .map(|t| t.with_timezone(&Utc))
                .ok_or_else(|| EveningError::NoSuchTime(text.into(), zone.name().into()))
        };
        let evening = Self { from: at(from)?, live_from: at(live_from)?, until: at(until)?, seed };
        let short = evening.live_from - evening.from < TABLEAU_BEFORE + TimeDelta::minutes(10);
        match short || evening.until <= evening.live_from {
            true => Err(EveningError::TooShort),
            false => Ok(evening),
        }
    }
}

fn time(text: &str) -> Result<NaiveTime, EveningError> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| EveningError::NotATime(text.to_owned()))
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    pub at: Instant,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    SignOn {
        officer: &'static str,
        unit: &'static str,
    },
    SignOff {
        officer: &'static str,
    },
    /// The unit patrols these junctions from now on.
    Round {
        unit: &'static str,
        round: &'static [&'static str],
    },
    /// The unit's phone says nothing until then.
    Silent {
        unit: &'static str,
        until: Instant,
    },
    Signal {
        account: &'static str,
        event: PanelEvent,
        then: Handling,
        manner: Option<Box<Manner>>,
    },
    /// A frame nobody can decrypt, from a panel whose key was changed by mistake.
    Undecryptable {
        account: &'static str,
    },
    /// These panels stop reporting, or report again.
    Lines {
        accounts: &'static [&'static str],
        up: bool,
    },
    /// Lets the hub's clock run for this long at least, so that the hub itself notices who is silent; the clock then
    /// shows `until`.
    NoticeSilence {
        accounts: &'static [&'static str],
        until: Instant,
    },
    Create(Box<Create>),
    /// The second operator stands a call-out down, by its tag.
    StandDown {
        tag: &'static str,
        reason: &'static str,
    },
    /// A tracking link for the customer of the call-out at this site.
    Link {
        site: &'static str,
    },
    Note {
        site: &'static str,
        text: &'static str,
    },
}

/// What the second operator does with an alarm.
#[derive(Clone, Debug, PartialEq)]
pub enum Handling {
    /// For the real operator. The second one steps in only when nobody does.
    Leave,
    Take {
        after_s: u32,
    },
    Close {
        after_s: u32,
        reason: &'static str,
    },
    Shelve {
        until: Instant,
        reason: &'static str,
    },
    /// No alarm follows from it.
    Nothing,
}

/// A call-out that begins with a telephone call or a walk past.
#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    pub tag: &'static str,
    pub place: Place,
    pub about: &'static str,
    pub priority: u8,
    pub text: &'static str,
    /// The unit it is offered to, and why; the nearest without.
    pub to: Option<(&'static str, &'static str)>,
    pub manner: Manner,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Site(&'static str),
    Address { address: &'static str, point: Point },
}

/// Unit, officer of the first half, and their usual round.
pub const UNITS: &[(&str, &str, &[&str])] = &[
    ("HOT SPOT", "OF-01", &["maitland-villas", "malden", "queens-crescent", "lismore", "camden-town", "maitland-road"]),
    ("RSP-1", "OF-02", &["ossulston", "eversholt", "robert", "kings-cross", "judd", "goldington"]),
    ("RSP-2", "OF-03", &["cumberland", "parkway", "adelaide", "swiss-cottage", "chalk-farm", "albany"]),
    ("RSP-3", "OF-04", &["queens-crescent", "malden", "malden-n", "lismore", "prince-malden"]),
    ("RSP-4", "OF-05", &["rowley", "boundary", "abbey", "belsize", "hilgrove", "loudoun"]),
    ("RSP-5", "OF-06", &["harrison", "judd", "grays-n", "grays-m", "portpool", "leather"]),
    ("RSP-6", "OF-08", &["clarence", "hawley", "camden-road", "agar", "ktr-prince", "prince"]),
];

/// The officer who takes RSP-6 over in the evening.
pub const RELIEF: &str = "OF-07";

/// Panels that write Contact ID and nothing else.
pub const CONTACT_ID_ONLY: &[&str] = &["10064"];

/// The whole evening in order of time.
pub fn script(evening: &Evening) -> Vec<Beat> {
    let mut random = StdRng::seed_from_u64(evening.seed);
    let mut beats = roster(evening);
    beats.extend(history::beats(evening, &mut random));
    beats.extend(tableau::beats(evening));
    beats.extend(night::beats(evening, &mut random));
    beats.retain(|b| b.at >= evening.from && b.at <= evening.until);
    beats.sort_by_key(|b| b.at);
    beats
}

fn beat(at: Instant, what: What) -> Beat {
    Beat { at, what }
}

fn roster(evening: &Evening) -> Vec<Beat> {
    let mut beats = Vec::new();
    for (n, (unit, officer, _)) in UNITS.iter().enumerate() {
        let at = evening.from + TimeDelta::seconds(20 + 35 * n as i64);
        beats.push(beat(at, What::SignOn { officer, unit }));
    }
    // The late relief: an hour and a half before the demonstration begins.
    let change = evening.live_from - TimeDelta::minutes(95);
    let off = match change > evening.from + TimeDelta::minutes(10) {
        true => {
            beats.push(beat(change, What::SignOff { officer: "OF-08" }));
            beats.push(beat(change + TimeDelta::seconds(40), What::SignOn { officer: RELIEF, unit: "RSP-6" }));
            RELIEF
        }
        false => "OF-08",
    };
    for (n, (_, officer, _)) in UNITS.iter().enumerate() {
        let officer = if *officer == "OF-08" { off } else { officer };
        beats.push(beat(evening.until - TimeDelta::seconds(60 - 5 * n as i64), What::SignOff { officer }));
    }
    beats
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::borough::Borough;
    use crate::streets::junction;

    fn evening(seed: u64) -> Evening {
        let date = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        Evening::on(date, "16:00", "21:40", "03:00", chrono_tz::Europe::London, seed).unwrap()
    }

    #[test]
    fn an_evening_crosses_midnight_and_knows_its_zone() {
        let evening = evening(1);
        assert_eq!(evening.from.to_rfc3339(), "2026-11-20T16:00:00+00:00");
        assert_eq!(evening.until.to_rfc3339(), "2026-11-21T03:00:00+00:00");
        let summer = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        let summer = Evening::on(summer, "16:00", "21:40", "03:00", chrono_tz::Europe::London, 1).unwrap();
        assert_eq!(summer.live_from.to_rfc3339(), "2026-07-01T20:40:00+00:00");
        let date = summer.from.date_naive();
        let wrong = |from, live| Evening::on(date, from, live, "03:00", chrono_tz::Europe::London, 1);
        assert_eq!(wrong("21:00", "21:40"), Err(EveningError::TooShort));
        assert!(matches!(wrong("noon", "21:40"), Err(EveningError::NotATime(_))));
    }

    #[test]
    fn the_same_seed_tells_the_same_story_and_another_seed_another() {
        assert_eq!(script(&evening(3)), script(&evening(3)));
        assert_ne!(script(&evening(3)), script(&evening(4)));
    }

    #[test]
    fn everything_the_story_names_is_in_the_borough() {
        let borough = Borough::demonstration();
        for seed in 0..5 {
            for beat in script(&evening(seed)) {
                let known_panel = |account: &&str| borough.panel(account).is_some();
                match &beat.what {
                    What::SignOn { officer, unit } => {
                        assert!(borough.officers.iter().any(|o| o.reference == *officer));
                        assert!(borough.units.iter().any(|u| u.call_sign == *unit));
                    }
                    What::SignOff { officer } => assert!(borough.officers.iter().any(|o| o.reference == *officer)),
                    What::Round { unit, round } => {
                        assert!(borough.units.iter().any(|u| u.call_sign == *unit));
                        round.iter().for_each(|j| assert!(junction(j).is_some(), "{j}"));
                    }
                    What::Silent { unit, .. } => assert!(borough.units.iter().any(|u| u.call_sign == *unit)),
                    What::Signal { account, event, .. } => match event {
                        PanelEvent::FromStranger => assert!(!known_panel(account)),
                        PanelEvent::Alarm(_, zone) | PanelEvent::Restore(_, zone) => {
                            let site = borough.site_of(account).unwrap();
                            let zone = zone.to_string();
                            assert!(site.zones.iter().any(|z| z.zone == zone), "{account} has no zone {zone}");
                        }
                        _ => assert!(known_panel(account), "{account}"),
                    },
                    What::Undecryptable { account } => assert!(borough.panel(account).unwrap().key.is_some()),
                    What::Lines { accounts, .. } | What::NoticeSilence { accounts, .. } => {
                        assert!(
                            accounts.iter().all(|a| borough.panel(a).is_some_and(|p| p.put.supervision_s.is_some()))
                        );
                    }
                    What::Create(create) => {
                        if let Place::Site(site) = create.place {
                            assert!(borough.site(site).is_some(), "{site}");
                        }
                    }
                    What::Link { site } | What::Note { site, .. } => assert!(borough.site(site).is_some()),
                    What::StandDown { .. } => {}
                }
            }
        }
        for (_, _, round) in UNITS {
            round.iter().for_each(|j| assert!(junction(j).is_some(), "{j}"));
        }
    }

    #[test]
    fn the_evening_holds_everything_a_receiver_must_cope_with() {
        let beats = script(&evening(2));
        let count = |wanted: fn(&What) -> bool| beats.iter().filter(|b| wanted(&b.what)).count();
        let event =
            |what: &What, wanted: fn(&PanelEvent) -> bool| matches!(what, What::Signal { event, .. } if wanted(event));
        assert_eq!(count(|w| matches!(w, What::Undecryptable { .. })), 1);
        assert_eq!(beats.iter().filter(|b| event(&b.what, |e| *e == PanelEvent::FromStranger)).count(), 1);
        assert_eq!(beats.iter().filter(|b| event(&b.what, |e| *e == PanelEvent::Unmapped)).count(), 1);
        assert!(
            beats
                .iter()
                .filter(|b| event(&b.what, |e| matches!(e, PanelEvent::Open(_) | PanelEvent::Close(_))))
                .count()
                > 10
        );
        assert!(count(|w| matches!(w, What::Create(_))) > 8);
        // Every intruder alarm is followed by its restore.
        for (n, alarm) in beats.iter().enumerate() {
            if let What::Signal {
                account,
                event: PanelEvent::Alarm(cause @ (Cause::Intruder | Cause::Confirmed), zone),
                ..
            } = &alarm.what
            {
                let restore = PanelEvent::Restore(*cause, *zone);
                let later = beats[n..].iter().any(
                    |b| matches!(&b.what, What::Signal { account: a, event: e, .. } if a == account && *e == restore),
                );
                assert!(later || alarm.at > evening(2).until - TimeDelta::minutes(10), "{account} at {}", alarm.at);
            }
        }
    }
}
