//! What an officer's own positions say between the acceptance and leaving.

use crate::kit::{At, Play, Who, kinds, north, play_at, unit};
use domain::command::NoticedWhat as W;
use domain::movement::Movements;
use domain::nearest::Fix;
use domain::timers::TimerKind;
use serde_json::json;

const ONE: Who = Who::Officer(1);

/// One fix of officer 1's unit so many metres from the site, now; what it says is recorded as the hub does.
fn at(watch: &mut Movements, play: &mut Play, metres: f64) -> Vec<W> {
    with_accuracy(watch, play, metres, Some(8.0))
}

fn with_accuracy(watch: &mut Movements, play: &mut Play, metres: f64, accuracy_m: Option<f64>) -> Vec<W> {
    let fix = Fix { point: north(metres), accuracy_m, at: play.now };
    let seen = watch.seen(&play.world, unit(1), &fix, play.now);
    for noticed in &seen {
        let body = json!({"assignment": noticed.assignment, "what": noticed.what, "point": noticed.point});
        play.ok(Who::System, "assignment.notice", &noticed.callout.to_string(), body);
    }
    seen.iter().map(|n| n.what).collect()
}

#[test]
fn who_comes_150_metres_nearer_without_a_word_seems_to_be_on_the_way() {
    let mut play = play_at(At::Accepted);
    let mut watch = Movements::default();
    assert_eq!(at(&mut watch, &mut play, 500.0), []);
    assert_eq!(at(&mut watch, &mut play, 600.0), [], "away is not towards");
    assert_eq!(at(&mut watch, &mut play, 455.0), []);
    assert_eq!(at(&mut watch, &mut play, 440.0), [W::SetOff]);
    assert_eq!(at(&mut watch, &mut play, 300.0), [], "once is enough");
    let callout = play.callout();
    assert_eq!(callout.next().text, "RSP-1 seems to be on the way");
    assert!(callout.lead().unwrap().en_route_at.is_none(), "a person confirms it");
    assert!(play.timers().iter().all(|(_, t)| t.kind != TimerKind::NotSetOff), "and is not nagged to set off");
    assert!(callout.timeline.last().unwrap().who == "the system", "it is the hub's word");
}

#[test]
fn whoever_forgot_to_say_so_is_still_taken_to_arrive() {
    let mut play = play_at(At::Accepted);
    let mut watch = Movements::default();
    let mut arrivals = domain::geofence::Watch::default();
    let mut sightings = Vec::new();
    for metres in [500.0, 300.0, 20.0, 20.0] {
        at(&mut watch, &mut play, metres);
        let fix = Fix { point: north(metres), accuracy_m: Some(8.0), at: play.now };
        sightings = arrivals.seen(&play.world, unit(1), &fix, play.now);
        play.pass(10);
    }
    assert_eq!(sightings.len(), 1);
}

#[test]
fn standing_still_on_the_way_is_said_once_and_an_answer_gives_the_same_time_again() {
    for (priority, minutes) in [(1, 3), (2, 5), (3, 10), (4, 10)] {
        let mut play = Play::with_officers(1);
        play.open(priority);
        for step in [At::Accepted, At::RamsSigned, At::Located, At::EnRoute] {
            for (kind, body) in crate::kit::commands_to(step) {
                play.does(ONE, kind, body);
            }
        }
        let mut watch = Movements::default();
        assert_eq!(at(&mut watch, &mut play, 900.0), []);
        play.pass(minutes * 60 - 1);
        assert_eq!(at(&mut watch, &mut play, 830.0), [], "{priority}");
        play.pass(1);
        assert_eq!(at(&mut watch, &mut play, 830.0), [W::NotMoving], "{priority}");
        let attention = play.callout().attention(None);
        assert_eq!((attention[0].kind, attention[0].text.as_str()), ("not_moving", "RSP-1 does not move"));
        play.pass(600);
        assert_eq!(at(&mut watch, &mut play, 850.0), [], "once is enough");
        play.does(ONE, "check_call.answer", json!({"ok": true}));
        assert!(play.callout().attention(None).is_empty());
        play.pass(minutes * 60 - 1);
        assert_eq!(at(&mut watch, &mut play, 850.0), []);
        play.pass(1);
        assert_eq!(at(&mut watch, &mut play, 850.0), [W::NotMoving]);
        assert_eq!(at(&mut watch, &mut play, 700.0), [W::Moving]);
        assert!(play.callout().attention(None).is_empty(), "it settles by itself");
    }
}

#[test]
fn poor_and_old_positions_and_the_door_itself_say_nothing_of_standing_still() {
    let mut play = play_at(At::EnRoute);
    let mut watch = Movements::default();
    for _ in 0..20 {
        play.pass(60);
        assert_eq!(with_accuracy(&mut watch, &mut play, 900.0, Some(80.0)), []);
        assert_eq!(with_accuracy(&mut watch, &mut play, 900.0, None), []);
    }
    for _ in 0..20 {
        play.pass(60);
        assert_eq!(at(&mut watch, &mut play, 30.0), [], "that is arriving");
    }
}

#[test]
fn who_goes_150_metres_from_the_site_seems_to_have_left_until_back_or_heard() {
    let mut play = play_at(At::Parked);
    let mut watch = Movements::default();
    assert_eq!(at(&mut watch, &mut play, 400.0), [], "a vehicle never seen there says nothing");
    assert_eq!(at(&mut watch, &mut play, 20.0), []);
    play.pass(20);
    assert_eq!(at(&mut watch, &mut play, 145.0), []);
    assert_eq!(at(&mut watch, &mut play, 160.0), [], "one may be a jump");
    play.pass(10);
    assert_eq!(at(&mut watch, &mut play, 170.0), [W::LeftSite]);
    assert_eq!(play.callout().attention(None)[0].text, "RSP-1 seems to have left the site");
    play.pass(10);
    assert_eq!(at(&mut watch, &mut play, 180.0), []);
    assert_eq!(at(&mut watch, &mut play, 20.0), [W::BackOnSite]);
    assert!(play.callout().attention(None).is_empty());
    play.pass(10);
    at(&mut watch, &mut play, 300.0);
    play.pass(10);
    assert_eq!(at(&mut watch, &mut play, 300.0), [W::LeftSite]);
    play.does(ONE, "check_call.answer", json!({"ok": true, "note": "still here"}));
    assert!(play.callout().attention(None).is_empty());
    play.pass(30);
    assert_eq!(at(&mut watch, &mut play, 300.0), [], "whoever said so is believed");
}

#[test]
fn a_word_of_the_hub_that_is_late_or_wrong_changes_nothing() {
    for step in [At::Offered, At::Secured, At::Closed] {
        let mut play = play_at(step);
        let assignment = play.callout().assignments[0].id;
        for what in ["set_off", "not_moving", "moving", "left_site", "back_on_site"] {
            let body = json!({"assignment": assignment, "what": what});
            assert_eq!(
                kinds(&play.does(Who::System, "assignment.notice", body)),
                Vec::<&str>::new(),
                "{step:?} {what}"
            );
        }
    }
}
