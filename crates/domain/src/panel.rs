//! What a panel has told of itself: whether it is set, what its detectors did lately, and whether it is on test.
//!
//! Everything here is bounded: a panel that sends anything for a year is as large as after a day.

use crate::Instant;
use crate::alarm::{AlarmKind, SignalSource};
use crate::id::{AccountId, AlarmId};
use crate::settings::FlapRule;
use crate::site::plain_number;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Parts of one panel that are remembered: few panels have more than eight.
const PARTS_MAX: usize = 16;
/// Detectors whose last activations are remembered; the one silent for longest gives way.
const DETECTORS_MAX: usize = 32;
/// Activations of one detector that are remembered: as many as flapping may be counted by.
const TIMES_MAX: usize = 20;
/// Detectors that are named as not restored when a test ends.
const STANDING_MAX: usize = 32;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelState {
    /// One for each partition that has said so; empty while nothing is known.
    pub armed: Vec<ArmedPart>,
    pub on_test: Option<OnTest>,
    /// Newest last.
    pub detectors: Vec<Detector>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Armed {
    Set,
    PartSet,
    Unset,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmedPart {
    /// None: the panel as a whole.
    pub partition: Option<String>,
    pub how: Armed,
    pub since: Instant,
}

/// Somebody works on the panel: what it sends is logged and counted, and does not ring. Has an owner, a reason and an
/// end, like a shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnTest {
    pub by: AccountId,
    pub at: Instant,
    pub from: Instant,
    pub until: Instant,
    pub reason: String,
    /// Only these zones; empty for the whole panel.
    pub zones: Vec<String>,
    /// Hold-up, fire and medical too: an engineer tests them, and somebody knows.
    pub also_life_safety: bool,
    /// Alarms that came meanwhile.
    pub count: u32,
    pub last_at: Option<Instant>,
    /// Zones that went off and have not restored.
    pub standing: Vec<String>,
}

/// One detector by the panel's numbers, and what it did lately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    pub partition: Option<String>,
    pub zone: Option<String>,
    pub code: String,
    pub kind: AlarmKind,
    /// When it went off, newest last.
    pub times: Vec<Instant>,
    /// It goes off again and again.
    pub flapping: bool,
    /// The alarm that stands for its last activation.
    pub alarm: AlarmId,
}

/// What a signal that raised nothing said besides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Told {
    Armed {
        how: Armed,
    },
    Restore,
    /// An alarm while the panel was on test.
    Tested {
        kind: AlarmKind,
    },
}

fn number(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(plain_number)
}

impl Detector {
    pub fn is_of(&self, source: &SignalSource) -> bool {
        number(&self.partition) == number(&source.partition)
            && number(&self.zone) == number(&source.zone)
            && self.code == source.code
    }

    pub fn last(&self) -> Option<Instant> {
        self.times.last().copied()
    }

    /// Whether one more activation now is flapping: it came too often, or flapped until a moment ago.
    pub fn flaps(&self, now: Instant, rule: FlapRule) -> bool {
        let within = TimeDelta::minutes(rule.minutes.into());
        let recent = self.times.iter().filter(|t| now - **t < within).count();
        self.goes_on(now, rule) || recent + 1 > rule.times as usize
    }

    /// It flapped, and has not been quiet since.
    pub fn goes_on(&self, now: Instant, rule: FlapRule) -> bool {
        let quiet = TimeDelta::minutes(rule.quiet_minutes.into());
        self.flapping && self.last().is_some_and(|last| now - last < quiet)
    }
}

impl OnTest {
    /// Whether this activation belongs to the test. Life safety rings all the same unless somebody said otherwise, and so
    /// does a code that nobody knows: it may be anything.
    pub fn covers(&self, source: &SignalSource, kind: AlarmKind, now: Instant) -> bool {
        let zone = source.zone.as_deref().map(plain_number);
        let here = self.zones.is_empty() || self.zones.iter().any(|z| Some(plain_number(z)) == zone);
        let may = match kind {
            AlarmKind::UnknownCode | AlarmKind::UnknownAccount | AlarmKind::ReceiverFault => false,
            _ if kind.is_life_safety() => self.also_life_safety,
            _ => true,
        };
        here && may && self.from <= now && now < self.until
    }
}

impl PanelState {
    pub fn detector(&self, source: &SignalSource) -> Option<&Detector> {
        self.detectors.iter().find(|d| d.is_of(source))
    }

    pub(crate) fn activated(&mut self, source: &SignalSource, kind: AlarmKind, mark: (AlarmId, bool), at: Instant) {
        let found = self.detectors.iter().position(|d| d.is_of(source));
        let (alarm, flapping) = mark;
        let mut detector = found.map(|place| self.detectors.remove(place)).unwrap_or_else(|| Detector {
            partition: source.partition.clone(),
            zone: source.zone.clone(),
            code: source.code.clone(),
            kind,
            times: vec![],
            flapping: false,
            alarm,
        });
        detector.times.push(at);
        keep_newest(&mut detector.times, TIMES_MAX);
        (detector.kind, detector.flapping, detector.alarm) = (kind, flapping, alarm);
        self.detectors.push(detector);
        keep_newest(&mut self.detectors, DETECTORS_MAX);
    }

    /// Takes over what a logged signal said.
    pub(crate) fn hear(&mut self, source: &SignalSource, told: &Told, at: Instant) {
        match told {
            Told::Armed { how } => {
                let same = |p: &ArmedPart| number(&p.partition) == number(&source.partition);
                match source.partition {
                    // The whole panel speaks for its parts.
                    None => self.armed.clear(),
                    Some(_) => self.armed.retain(|p| !same(p) && p.partition.is_some()),
                }
                self.armed.push(ArmedPart { partition: source.partition.clone(), how: *how, since: at });
                keep_newest(&mut self.armed, PARTS_MAX);
            }
            Told::Restore => {
                if let (Some(test), Some(zone)) = (&mut self.on_test, number(&source.zone)) {
                    test.standing.retain(|z| z != zone);
                }
            }
            Told::Tested { .. } => {
                let Some(test) = &mut self.on_test else { return };
                test.count += 1;
                test.last_at = Some(at);
                if let Some(zone) = number(&source.zone).filter(|zone| !test.standing.iter().any(|z| z == zone)) {
                    test.standing.push(zone.to_owned());
                    keep_newest(&mut test.standing, STANDING_MAX);
                }
            }
        }
    }
}

fn keep_newest<T>(all: &mut Vec<T>, most: usize) {
    let over = all.len().saturating_sub(most);
    all.drain(..over);
}
