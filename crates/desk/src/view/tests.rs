//! Rows and panel from a world made by the domain's own rules.

use super::*;
use crate::overlay::Overlay;
use domain::command::Command;
use domain::decide::{Ctx, decide};
use domain::id::{AggregateKind, CommandId, derived};
use domain::people::Unit;
use serde_json::{Value, json};

/// One evening with one site, two cars and one alarm.
struct Evening {
    overlay: Overlay,
    now: Instant,
    count: u64,
    fixes: Whereabouts,
}

impl Evening {
    fn new() -> Self {
        let now: Instant = "2026-11-21T21:44:54Z".parse().unwrap();
        let mut evening = Self { overlay: Overlay::default(), now, count: 0, fixes: Whereabouts::default() };
        evening.system(
            "estate.put",
            "E",
            json!({"ref": "E", "name": "Ampthill Square", "centre": {"lat": 51.53, "lon": -0.14}}),
        );
        evening.system(
            "rams.put",
            "R",
            json!({"ref": "R", "title": "Hold-up response", "first": "Wait for the police."}),
        );
        evening.system(
            "site.put",
            "S",
            json!({"ref": "S", "name": "Community office", "estate": "E", "address": "Hampstead Road NW1",
                "lat": 51.5312, "lon": -0.1395, "rams": "R", "zones": [{"zone": "3", "name": "reception"}]}),
        );
        evening.system("panel.put", "77", json!({"account": "0077", "site": "S"}));
        for (unit, officer) in [("RSP-1", "O1"), ("RSP-3", "O3")] {
            evening.system("unit.put", unit, json!({"call_sign": unit, "kind": "vehicle"}));
            evening.system("officer.put", officer, json!({"ref": officer, "name": format!("Name of {officer}")}));
            evening.act("shift.sign_on", officer, json!({"unit": unit}));
        }
        evening
    }

    fn send(&mut self, me: &Me, kind: &str, target: &str, body: Value) {
        self.count += 1;
        let command = Command {
            id: CommandId(derived("command", &[&self.count.to_be_bytes()])),
            at: self.now,
            kind: kind.into(),
            v: 1,
            target: target.into(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body,
        };
        let ctx = Ctx {
            author: me.author(),
            now: self.now,
            at: self.now,
            fixes: &self.fixes,
            has_media: &|_| false,
            number: &|world| world.next_number(self.now),
            can_offer: true,
        };
        let events = decide(&self.overlay.world, &command, &ctx).unwrap_or_else(|r| panic!("{kind}: {r}"));
        self.overlay.add(&events, &command, me);
        self.now += chrono::TimeDelta::seconds(6);
    }

    fn system(&mut self, kind: &str, target: &str, body: Value) {
        let me = Me { role: Role::System, ..Me::default() };
        self.send(&me, kind, target, body);
    }

    fn act(&mut self, kind: &str, target: &str, body: Value) {
        let me = Me { role: Role::Supervisor, ..Me::default() };
        self.send(&me, kind, target, body);
    }

    fn alarm(&mut self) {
        let source = json!({"protocol": "SIA-DCS", "account": "0077", "code": "PA", "qualifier": "new", "partition": null,
            "zone": "003", "user": null, "panel_seq": 1, "raw": "", "remote": null, "panel_at": null, "point": null});
        let meaning = json!({"is": "alarm", "kind": "hold_up"});
        let body = json!({"source": source, "meaning": meaning, "text": "Panic alarm", "known_account": true});
        self.system("signal.receive", "0077", body);
    }

    fn near(&mut self, unit: &str, lat: f64, lon: f64) {
        let fix = Fix { point: domain::geo::Point::new(lat, lon), accuracy_m: Some(4.0), at: self.now };
        self.fixes.units.insert(Unit::id_of(unit), LiveFix { fix, battery_pct: Some(80.0) });
    }

    fn look<T>(&self, make: impl FnOnce(&Scene) -> T) -> T {
        self.look_as(Role::Supervisor, make)
    }

    fn look_as<T>(&self, role: Role, make: impl FnOnce(&Scene) -> T) -> T {
        let me = Me { role, ..Me::default() };
        let (world, confirmed) = (self.overlay.world.clone(), self.overlay.world.clone());
        let shown = Shown { world, confirmed, head: i64::MAX, me, ..Shown::default() };
        let links = HashMap::new();
        make(&Scene { shown: &shown, fixes: &self.fixes, links: &links, now: self.now, reachable: true })
    }

    fn row(&self) -> protocol::view::CalloutRow {
        self.look(|scene| callout_row(scene, scene.world().callouts.values().next().unwrap()))
    }

    fn unit(&self, call_sign: &str) -> protocol::view::UnitRow {
        self.look(|scene| unit_row(scene, scene.world().unit(call_sign).unwrap()))
    }
}

#[test]
fn an_alarm_row_reads_like_the_picture() {
    let mut evening = Evening::new();
    evening.alarm();
    let row = evening.look(|scene| alarm_row(scene, scene.world().alarms.values().next().unwrap()));
    let words = [&row.title, &row.place, &row.estate, &row.zone, &row.signal].map(String::as_str);
    assert_eq!(words, ["Hold-up", "Community office", "Ampthill Square", "Zone 3 reception", "SIA-DCS PA"]);
    assert_eq!((row.priority, row.ages_after_s, row.state.as_str()), (1, [15, 30], "new"));
    assert!(row.rings && row.opens_callout);
}

#[test]
fn a_callouts_line_follows_it_from_the_offer_to_the_end() {
    let mut evening = Evening::new();
    evening.near("RSP-3", 51.5320, -0.1400);
    evening.near("RSP-1", 51.5500, -0.1400);
    evening.alarm();
    let alarm = evening.overlay.world.alarms.keys().next().unwrap().to_string();
    evening.act("alarm.take", &alarm, json!({}));
    let callout = evening.overlay.world.callouts.keys().next().unwrap().to_string();
    let row = evening.row();
    assert_eq!(row.line, "offered to RSP-3, then RSP-1");
    assert_eq!(row.rail.iter().filter(|s| *s == "current").count(), 1);
    assert!(row.offer_expires_at.is_some() && !row.needs_action);
    assert_eq!(
        (evening.unit("RSP-3").status.as_str(), evening.unit("RSP-1").status.as_str()),
        ("offered", "available")
    );

    let checks: [(&str, Value, &str); 9] = [
        ("assignment.accept", json!({}), "RSP-3 accepted · step 2 of 12"),
        ("rams.acknowledge", json!({"version": 1}), "RSP-3 accepted · step 3 of 12"),
        ("location.confirm", json!({"method": "pin"}), "RSP-3 accepted · step 4 of 12"),
        ("assignment.en_route", json!({}), "RSP-3 on the way · step 4 of 12"),
        ("assignment.arrive", json!({"source": "voice"}), "RSP-3 on site · step 4 of 12"),
        (
            "assignment.park",
            json!({"exit_clear": true, "obstructs": false, "facing_out": true}),
            "RSP-3 on site · step 6 of 12",
        ),
        (
            "dra.record",
            json!({"residual": {"likelihood": 1, "severity": 1}, "decision": "external_only"}),
            "RSP-3 on site · step 7 of 12",
        ),
        (
            "inspection.record",
            json!({"section": "outside", "findings": [{"what": "doors", "result": "ok"}]}),
            "RSP-3 on site · step 8 of 12",
        ),
        ("forced_entry.record", json!({"verdict": "none"}), "RSP-3 · securing premises"),
    ];
    for (kind, body, line) in checks {
        evening.act(kind, &callout, body);
        assert_eq!(evening.row().line, line, "after {kind}");
    }
    assert_eq!(evening.unit("RSP-3").line, "On site · Ampthill Square");
    evening.act("premises.secure", &callout, json!({"status": "secure", "alarm": "set"}));
    assert_eq!(evening.row().line, "report being written");
    assert_eq!(evening.unit("RSP-3").status, "available");
    evening.act("report.submit", &callout, json!({"narrative": "Nothing found.", "signature": {"name": "O3"}}));
    let row = evening.row();
    assert_eq!((row.line.as_str(), row.needs_action), ("report waits for review", true));
    evening.act("report.review", &callout, json!({"approve": true}));
    let row = evening.row();
    assert_eq!((row.line.as_str(), row.open), ("closed", false));
    let can = evening.look(|scene| can(scene, scene.world().callouts.values().next().unwrap()));
    assert_eq!(can, ["note.add", "callout.reopen"], "and nothing else: what is closed stays closed");
}

#[test]
fn the_panel_shows_a_time_by_road_as_the_hub_was_told_it() {
    let mut evening = Evening::new();
    evening.near("RSP-1", 51.5320, -0.1400);
    evening.near("RSP-3", 51.5400, -0.1400);
    let id = derived("new", &[]).to_string();
    evening.act("callout.create", &id, json!({"site": "S", "type": "noise_nuisance", "offer": false}));
    let look = |evening: &Evening| {
        let detail = evening.look(|scene| detail(scene, scene.world().callout(&id).unwrap()));
        detail.candidates.into_iter().map(|c| (c.call_sign, c.by_road, c.reasons[0].clone())).collect::<Vec<_>>()
    };
    assert_eq!(look(&evening)[0].0, "RSP-1");
    let place = evening.overlay.world.callout(&id).unwrap().point;
    for (unit, travel_s) in [("RSP-1", 900.0), ("RSP-3", 230.0)] {
        let unit = Unit::id_of(unit);
        let from = evening.fixes.get(unit).unwrap().fix.point;
        evening.fixes.roads.put(unit, Road { from, to: place, travel_s });
    }
    let by_road = |sign: &str, words: &str| (sign.to_owned(), true, words.to_owned());
    assert_eq!(look(&evening), [by_road("RSP-3", "4 min by road"), by_road("RSP-1", "15 min by road")]);
    // It has driven on since; the time was for where it was.
    evening.near("RSP-3", 51.5440, -0.1400);
    let now = look(&evening);
    assert_eq!((now[0].0.as_str(), now[0].1), ("RSP-3", false));
    assert!(now[0].2.ends_with("straight line"), "{now:?}");
}

#[test]
fn the_row_says_what_came_of_the_sms_and_when() {
    let mut evening = Evening::new();
    evening.near("RSP-3", 51.5320, -0.1400);
    let id = derived("new", &[]).to_string();
    evening.act("callout.create", &id, json!({"site": "S", "type": "noise_nuisance"}));
    let callout = evening.overlay.world.callout(&id).unwrap();
    let (timer, stream) = (domain::timers::of_callout(callout), Stream::new(AggregateKind::Callout, callout.id));
    let undelivered = timer.iter().find(|t| t.kind == domain::timers::TimerKind::OfferUndelivered).unwrap();
    let fired = undelivered.command(stream);
    evening.system("timer.fire", &id, fired.body);
    assert_eq!(evening.row().line, "RSP-3 has not got the offer: use the radio");
    evening.system("assignment.text", &id, json!({"state": "sending"}));
    assert_eq!(evening.row().line, "RSP-3 has not got the offer, SMS on its way: use the radio");
    let at = evening.now.with_timezone(&chrono_tz::Europe::London).format("%H:%M").to_string();
    evening.system("assignment.text", &id, json!({"state": "sent"}));
    assert_eq!(evening.row().line, format!("RSP-3 has not got the offer, SMS sent {at}: use the radio"));
}

#[test]
fn the_panel_names_the_candidates_and_why() {
    let mut evening = Evening::new();
    evening.near("RSP-1", 51.5320, -0.1400);
    let id = derived("new", &[]).to_string();
    evening.act("callout.create", &id, json!({"site": "S", "type": "noise_nuisance", "offer": false}));
    let detail = evening.look(|scene| detail(scene, scene.world().callout(&id).unwrap()));
    assert_eq!(detail.row.line, "nobody asked yet");
    assert_eq!(detail.candidates.iter().map(|c| c.call_sign.as_str()).collect::<Vec<_>>(), ["RSP-1", "RSP-3"]);
    assert!(detail.candidates[0].reasons[0].ends_with("straight line") && !detail.candidates[0].by_road);
    assert_eq!(detail.candidates[1].reasons, ["position unknown"]);
    assert_eq!((detail.source.as_str(), detail.address.as_str()), ("control room", "Hampstead Road NW1"));
    assert_eq!(detail.next.tone, "act");
    assert!(detail.grid_reference.unwrap().starts_with("TQ "));
}

#[test]
fn a_unit_without_anybody_is_off_and_an_erased_officer_keeps_the_reference() {
    let mut evening = Evening::new();
    evening.act("shift.sign_off", "O1", json!({}));
    let off = evening.unit("RSP-1");
    assert_eq!((off.status.as_str(), off.line.as_str(), off.officers.len()), ("off", "Off shift", 0));
    let officer = evening.overlay.world.officer("O3").unwrap().id;
    evening.system("person.erase", &officer.to_string(), json!({"reason": "Article 17"}));
    assert_eq!(evening.unit("RSP-3").officers, ["O3"]);
}

#[test]
fn a_record_that_needs_a_newer_program_says_so() {
    let mut evening = Evening::new();
    evening.alarm();
    let text = evening.look(|scene| {
        let alarm = scene.world().alarms.values().next().unwrap();
        let newer = [Stream::new(AggregateKind::Alarm, alarm.id).to_string()].into();
        let shown = Shown { world: scene.world().clone(), newer, ..Shown::default() };
        alarm_row(&Scene { shown: &shown, ..*scene }, alarm).text
    });
    assert!(text.ends_with("needs a newer program"));
}

fn signal(zone: &str, meaning: Value) -> Value {
    let source = json!({"protocol": "SIA-DCS", "account": "0077", "code": "BA", "qualifier": "new", "partition": null,
        "zone": zone, "user": null, "panel_seq": 1, "raw": "", "remote": null, "panel_at": null, "point": null});
    json!({"source": source, "meaning": meaning, "text": "Burglary", "known_account": true})
}

#[test]
fn a_panel_shows_whether_it_is_set_and_who_put_it_on_test() {
    let mut evening = Evening::new();
    evening.system("signal.receive", "0077", signal("", json!({"is": "armed", "how": "part_set"})));
    let until = evening.now + chrono::TimeDelta::hours(1);
    evening.act("panel.on_test", "0077", json!({"until": until, "reason": "engineer", "zones": ["5"]}));
    evening.system("signal.receive", "0077", signal("5", json!({"is": "alarm", "kind": "intruder"})));
    let panel = evening.look(|scene| panel_view(scene, scene.world().panel("0077").unwrap()));
    assert_eq!((panel.place.as_str(), panel.armed[0].how.as_str()), ("Community office", "part_set"));
    let test = panel.test.unwrap();
    assert_eq!((test.reason.as_str(), test.count, test.standing), ("engineer", 1, vec!["5".to_owned()]));
    assert!(evening.overlay.world.alarms.is_empty());
}

#[test]
fn the_load_is_of_the_last_hour_and_names_what_led_to_nothing() {
    let mut evening = Evening::new();
    let (load, flood) = evening.look(|scene| load_view(scene, Flood::default()));
    assert_eq!((load.hour, load.operators, flood.is_on()), (0, 1, false));
    for zone in ["5", "6", "7"] {
        evening.system("signal.receive", "0077", signal(zone, json!({"is": "alarm", "kind": "tamper"})));
    }
    for _ in 0..7 {
        evening.system("signal.receive", "0077", signal("5", json!({"is": "alarm", "kind": "tamper"})));
    }
    let open: Vec<_> =
        evening.overlay.world.alarms.values().filter(|a| a.is_open()).map(|a| a.id.to_string()).collect();
    assert_eq!(open.len(), 7, "five of the detector that flaps, and two others");
    for id in open {
        evening.act("alarm.close", &id, json!({"reason": "spiders"}));
    }
    let (load, _) = evening.look(|scene| load_view(scene, Flood::default()));
    assert_eq!((load.hour, load.by_priority, load.operators), (7, [0, 0, 7, 0], 1));
    let worst = &load.nuisances[0];
    assert_eq!((worst.what.as_str(), worst.count), ("Tamper · Community office · zone 5", 8), "each time it went off");
    evening.now += chrono::TimeDelta::hours(2);
    assert_eq!(evening.look(|scene| load_view(scene, Flood::default())).0.hour, 0);
}

#[test]
fn what_a_customer_proposes_is_shown_to_whoever_may_approve_it_and_counted() {
    let mut evening = Evening::new();
    let items = |text: &str| json!([{"id": "q1", "text": text, "type": "yes_no"}]);
    evening.act("checklist.put", "L", json!({"ref": "L", "title": "List", "items": items("Dry?")}));
    let token = "5a".repeat(32);
    let until = evening.now + chrono::TimeDelta::days(14);
    evening.act("checklist.invite", "L", json!({"token_sha256": token, "expires_at": until, "to": "Oak House"}));
    let writer = Me { role: Role::Customer, account: domain::writing::writer_account(&token), ..Me::default() };
    let body = json!({"title": "List", "items": items("Dry and dark?"), "from_version": 1, "said": "Please"});
    evening.send(&writer, "checklist.propose", "L", body);
    let record = |evening: &Evening, role| evening.look_as(role, register_view).checklists.remove(0);
    for (role, sees) in [(Role::Supervisor, true), (Role::Administrator, true), (Role::Operator, false)] {
        let list = record(&evening, role);
        assert_eq!((list.proposal.is_some(), list.writing.is_some()), (sees, sees), "{role:?}");
        assert_eq!(evening.look_as(role, proposals), u32::from(sees), "{role:?}");
    }
    let list = record(&evening, Role::Supervisor);
    let proposal = list.proposal.unwrap();
    assert_eq!(
        (proposal.from.as_str(), proposal.said.as_str(), proposal.state.as_str()),
        ("Oak House", "Please", "waiting")
    );
    let change = &proposal.changes[0];
    assert_eq!(
        (change.what.as_str(), change.text.as_str(), change.detail.as_str()),
        ("changed", "Dry and dark?", "the words")
    );
    assert_eq!((&proposal.put["ref"], &proposal.put["items"][0]["text"]), (&json!("L"), &json!("Dry and dark?")));
    assert_eq!(list.writing.unwrap().url, None, "another desk has the address");
    evening.act("checklist.return", "L", json!({"proposal": 1, "comment": "Dark how?"}));
    let settled = record(&evening, Role::Supervisor).proposal.unwrap();
    assert_eq!((settled.state.as_str(), settled.comment.as_str()), ("returned", "Dark how?"));
    assert_eq!(evening.look(proposals), 0);
}
