//! A unit's way through the evening, and what its phone tells about it (OwnTracks over HTTP).

use crate::streets::{along, length_m, route};
use chrono::TimeDelta;
use domain::Instant;
use domain::geo::{Point, distance_m};
use domain::people::UnitKind;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// Nearer than this an officer counts as there.
pub const THERE_M: f64 = 30.0;

/// One leg: from the first point to the last, then standing there.
#[derive(Clone, Debug)]
struct Leg {
    way: Vec<Point>,
    length_m: f64,
    starts: Instant,
    speed_mps: f64,
}

impl Leg {
    fn at(&self, now: Instant) -> (Point, f64, f64) {
        let gone = seconds(now - self.starts) * self.speed_mps;
        let (point, course) = along(&self.way, gone.min(self.length_m));
        let speed = if gone > 0.0 && gone < self.length_m { self.speed_mps } else { 0.0 };
        (point, course, speed)
    }

    fn ends(&self) -> Instant {
        self.starts + TimeDelta::milliseconds((self.length_m / self.speed_mps * 1000.0) as i64)
    }
}

fn seconds(time: TimeDelta) -> f64 {
    (time.num_milliseconds() as f64 / 1000.0).max(0.0)
}

/// A car or an officer on foot: patrols a round of junctions, goes where it is sent, stays while work is done.
#[derive(Debug)]
pub struct Tracker {
    pub call_sign: String,
    kind: UnitKind,
    round: Vec<Point>,
    next: usize,
    leg: Leg,
    /// On patrol, when the next leg begins; None while sent or staying.
    moves_at: Option<Instant>,
    random: StdRng,
    battery_pct: f64,
    shift_start: Instant,
}

impl Tracker {
    pub fn new(call_sign: &str, kind: UnitKind, round: Vec<Point>, now: Instant, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let start = round.first().copied().unwrap_or(Point::new(51.54, -0.14));
        let wait = TimeDelta::seconds(random.random_range(20..240));
        Self {
            call_sign: call_sign.to_owned(),
            kind,
            round,
            next: 1,
            leg: Leg { way: vec![start], length_m: 0.0, starts: now, speed_mps: 1.0 },
            moves_at: Some(now + wait),
            battery_pct: random.random_range(88.0..99.0),
            random,
            shift_start: now,
        }
    }

    fn speed_mps(&mut self, hurried: bool) -> f64 {
        let vary = self.random.random_range(0.85..1.15);
        vary * match (self.kind, hurried) {
            (UnitKind::Foot, false) => 1.15,
            (UnitKind::Foot, true) => 1.7,
            (UnitKind::Vehicle | UnitKind::HotSpot, false) => 5.5,
            (UnitKind::Vehicle | UnitKind::HotSpot, true) => 9.0,
        }
    }

    /// Where it is; a patrol goes on by itself.
    pub fn point(&mut self, now: Instant) -> Point {
        while let Some(due) = self.moves_at.filter(|due| *due <= now) {
            let target = self.round[self.next % self.round.len()];
            self.next += 1;
            let speed = self.speed_mps(false);
            self.set_off(target, due, speed);
            let dwell = match self.kind {
                UnitKind::Foot => self.random.random_range(120..420),
                UnitKind::Vehicle => self.random.random_range(180..600),
                UnitKind::HotSpot => self.random.random_range(600..960),
            };
            self.moves_at = Some(self.leg.ends() + TimeDelta::seconds(dwell));
        }
        self.leg.at(now).0
    }

    fn set_off(&mut self, to: Point, now: Instant, speed_mps: f64) {
        let from = self.leg.at(now).0;
        let way = route(from, to);
        self.leg = Leg { length_m: length_m(&way), way, starts: now, speed_mps };
    }

    /// Goes there as fast as its kind may. Gives when it arrives.
    pub fn go(&mut self, to: Point, now: Instant) -> Instant {
        self.point(now);
        self.moves_at = None;
        let target = self.leg.way.last().copied().unwrap_or(to);
        if distance_m(target, to) > 1.0 {
            let speed = self.speed_mps(true);
            self.set_off(to, now, speed);
        }
        self.leg.ends()
    }

    pub fn is_patrolling(&self) -> bool {
        self.moves_at.is_some()
    }

    pub fn is_at(&mut self, place: Point, now: Instant) -> bool {
        distance_m(self.point(now), place) <= THERE_M
    }

    /// Put down where the hub last saw it, when a play goes on.
    pub fn put_down(&mut self, here: Point, now: Instant) {
        self.leg = Leg { way: vec![here], length_m: 0.0, starts: now, speed_mps: 1.0 };
    }

    /// Stays where work is done; a unit that was sent there does anyhow.
    pub fn stay(&mut self, now: Instant) {
        self.point(now);
        self.moves_at = None;
        let here = self.leg.at(now).0;
        self.leg = Leg { way: vec![here], length_m: 0.0, starts: now, speed_mps: 1.0 };
    }

    /// Back to its round.
    pub fn patrol(&mut self, now: Instant) {
        if self.moves_at.is_none() {
            self.stay(now);
            self.moves_at = Some(now + TimeDelta::seconds(self.random.random_range(30..120)));
        }
    }

    /// Takes another round, from where it is.
    pub fn take_round(&mut self, round: Vec<Point>, now: Instant) {
        self.round = round;
        self.next = 0;
        if self.moves_at.is_some() {
            self.moves_at = Some(now);
        }
    }

    /// One message as OwnTracks builds it (booklet `docs/tech/json.md`): noise and accuracy as a phone in a street has.
    pub fn owntracks(&mut self, now: Instant) -> Value {
        let point = self.point(now);
        let (_, course, speed) = self.leg.at(now);
        let accuracy: f64 = match self.kind {
            UnitKind::Foot => self.random.random_range(4.0..22.0),
            UnitKind::Vehicle | UnitKind::HotSpot => self.random.random_range(3.0..9.0),
        };
        let mut wander = || self.random.random_range(-1.0..1.0) * accuracy / 2.5 / 111_195.0;
        let (lat, lon) = (point.lat + wander(), point.lon + wander() * 1.6);
        let hours = seconds(now - self.shift_start) / 3600.0;
        let battery = (self.battery_pct - hours * 6.5).max(11.0);
        let letters: String = self.call_sign.chars().filter(char::is_ascii_alphanumeric).collect();
        json!({
            "_type": "location",
            "lat": round(lat, 6),
            "lon": round(lon, 6),
            "tst": now.timestamp(),
            "acc": accuracy.round(),
            "vel": (speed * 3.6).round(),
            "cog": course.round(),
            "batt": battery.round(),
            "bs": 1,
            "conn": "m",
            "t": if speed > 0.0 { "v" } else { "t" },
            "tid": &letters[letters.len().saturating_sub(2)..],
            "topic": format!("owntracks/{}/phone", letters.to_ascii_lowercase()),
        })
    }
}

fn round(number: f64, places: i32) -> f64 {
    let factor = 10f64.powi(places);
    (number * factor).round() / factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streets::junction;

    fn tracker(kind: UnitKind) -> (Tracker, Instant) {
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let round = ["malden", "lismore", "queens-crescent"].map(|j| junction(j).unwrap()).to_vec();
        (Tracker::new("RSP-3", kind, round, now, 5), now)
    }

    #[test]
    fn nobody_moves_faster_than_their_kind_can() {
        for (kind, limit) in [(UnitKind::Foot, 2.1), (UnitKind::Vehicle, 11.0)] {
            let (mut tracker, start) = tracker(kind);
            let mut before = tracker.point(start);
            for second in (10..7200).step_by(10) {
                let now = start + TimeDelta::seconds(second);
                if second == 3600 {
                    tracker.go(junction("camden-town").unwrap(), now);
                }
                let here = tracker.point(now);
                assert!(distance_m(before, here) <= limit * 10.0 + 1.0, "{kind:?} jumped at {second} s");
                before = here;
            }
        }
    }

    #[test]
    fn a_unit_that_is_sent_arrives_when_it_said_and_stays_until_it_patrols_again() {
        let (mut tracker, start) = tracker(UnitKind::Vehicle);
        let place = junction("swiss-cottage").unwrap();
        let arrives = tracker.go(place, start + TimeDelta::minutes(5));
        assert!(!tracker.is_at(place, arrives - TimeDelta::minutes(1)));
        assert!(tracker.is_at(place, arrives + TimeDelta::seconds(1)));
        let later = arrives + TimeDelta::minutes(30);
        assert!(tracker.is_at(place, later));
        tracker.patrol(later);
        assert!(!tracker.is_at(place, later + TimeDelta::minutes(6)));
    }

    #[test]
    fn what_the_phone_sends_reads_back_as_a_position() {
        let (mut tracker, start) = tracker(UnitKind::Foot);
        let body = tracker.owntracks(start + TimeDelta::minutes(20)).to_string();
        let feeds::owntracks::Payload::Location(location) = feeds::owntracks::parse(body.as_bytes()).unwrap() else {
            panic!("no location");
        };
        assert!(location.accuracy_m.unwrap() > 3.0 && location.battery_pct.unwrap() > 50);
        assert_eq!(location.fix_at, start + TimeDelta::minutes(20));
    }
}
