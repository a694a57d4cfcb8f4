//! When a unit on the way is taken to be there.

use crate::kit::{At, Play, SITE, Who, north, play_at, s, unit};
use domain::geo::Point;
use domain::geofence::{Sighting, Watch};
use domain::nearest::Fix;
use serde_json::json;

/// One fix of officer 1's unit so many metres from the site, now.
fn seen(watch: &mut Watch, play: &Play, metres: f64, accuracy_m: Option<f64>) -> Vec<Sighting> {
    seen_at(watch, play, north(metres), accuracy_m)
}

fn seen_at(watch: &mut Watch, play: &Play, point: Point, accuracy_m: Option<f64>) -> Vec<Sighting> {
    watch.seen(&play.world, unit(1), &Fix { point, accuracy_m, at: play.now }, play.now)
}

#[test]
fn two_good_fixes_inside_are_an_arrival_that_waits_for_a_person() {
    let mut play = play_at(At::EnRoute);
    let mut watch = Watch::default();
    assert!(seen(&mut watch, &play, 20.0, Some(8.0)).is_empty(), "one may be a jump");
    play.pass(9);
    assert!(seen(&mut watch, &play, 20.0, Some(8.0)).is_empty(), "nine seconds is driving past");
    play.pass(1);
    let found = seen(&mut watch, &play, 20.0, Some(8.0));
    let officer = play.callout().lead().unwrap().officer;
    assert_eq!(found, [Sighting { callout: play.callout_id(), officer, point: north(20.0) }]);

    let body = json!({"source": "geofence", "point": found[0].point});
    let mut command = play.command("assignment.arrive", &found[0].callout.to_string(), body);
    command.on_behalf_of = Some(officer);
    assert_eq!(play.send(Who::System, &command).unwrap().len(), 1);
    assert_eq!(play.callout().next().text, "RSP-1 seems to be there");
    play.pass(30);
    assert!(seen(&mut watch, &play, 20.0, Some(8.0)).is_empty(), "once is enough");
    play.does(Who::Officer(1), "assignment.arrive", json!({}));
    assert!(play.callout().lead().unwrap().arrival_confirmed());
}

#[test]
fn whoever_drives_past_is_not_there() {
    let mut play = play_at(At::EnRoute);
    let mut watch = Watch::default();
    for metres in [20.0, 400.0, 20.0] {
        assert!(seen(&mut watch, &play, metres, Some(8.0)).is_empty(), "{metres}");
        play.pass(8);
    }
}

#[test]
fn poor_old_and_unknown_fixes_say_nothing_either_way() {
    let mut play = play_at(At::EnRoute);
    for accuracy_m in [None, Some(51.0), Some(200.0)] {
        let mut watch = Watch::default();
        for _ in 0..3 {
            assert!(seen(&mut watch, &play, 0.0, accuracy_m).is_empty(), "{accuracy_m:?}");
            play.pass(10);
        }
    }
    let mut watch = Watch::default();
    assert!(seen(&mut watch, &play, 0.0, Some(50.0)).is_empty());
    play.pass(5);
    assert!(seen(&mut watch, &play, 900.0, Some(500.0)).is_empty());
    let old = Fix { point: SITE, accuracy_m: Some(5.0), at: play.now - s(61) };
    assert!(watch.seen(&play.world, unit(1), &old, play.now).is_empty());
    play.pass(5);
    assert_eq!(seen(&mut watch, &play, 0.0, Some(50.0)).len(), 1);
}

#[test]
fn only_whoever_is_on_the_way_arrives() {
    for at in [At::Offered, At::Accepted, At::Parked, At::Secured] {
        let mut play = play_at(at);
        let mut watch = Watch::default();
        for _ in 0..3 {
            assert!(seen(&mut watch, &play, 0.0, Some(5.0)).is_empty(), "{at:?}");
            play.pass(10);
        }
    }
    // Another unit there says nothing of this one.
    let mut play = play_at(At::EnRoute);
    let mut watch = Watch::default();
    for _ in 0..3 {
        let fix = Fix { point: SITE, accuracy_m: Some(5.0), at: play.now };
        assert!(watch.seen(&play.world, unit(2), &fix, play.now).is_empty());
        play.pass(10);
    }
}

#[test]
fn the_hub_suggests_an_arrival_and_records_none() {
    let mut play = play_at(At::EnRoute);
    play.may_not(Who::System, "assignment.arrive", json!({"source": "manual"}), "not_allowed");
    play.may_not(Who::System, "assignment.arrive", json!({"source": "voice"}), "not_allowed");
}
