//! The simulated officer against the rules themselves: whatever the manner, no command is refused and the report is
//! submitted. The phone's state is made from the call-out here as the hub makes it.

use chrono::{DateTime, TimeDelta};
use domain::callout::steps::steps;
use domain::callout::{Assignment, AssignmentState, Callout};
use domain::command::{Author, Command, InspectionSection, Role};
use domain::decide::{Ctx, decide};
use domain::event::Recorded;
use domain::geo::Point;
use domain::id::{AccountId, CommandId, EventId, OfficerId};
use domain::nearest::NoFixes;
use domain::{Instant, World};
use protocol::officer::{OfferView, OfficerCallout, OfficerState, RamsView, UnitChoice};
use protocol::view::{ContactView, EntranceView};
use serde_json::{Value, json};
use simulate::borough::Borough;
use simulate::officer::{Finding, Manner, Memory, Step, command, next};
use std::sync::OnceLock;
use uuid::Uuid;

struct Bench {
    world: World,
    now: Instant,
    seq: i64,
}

impl Bench {
    /// The borough, imported once for all tests.
    fn new() -> Self {
        static IMPORTED: OnceLock<World> = OnceLock::new();
        let world = IMPORTED.get_or_init(|| Self::import().world).clone();
        Self { world, now: DateTime::from_timestamp(1_795_100_000, 0).unwrap(), seq: 1_000 }
    }

    fn import() -> Self {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let mut bench = Self { world: World::default(), now, seq: 0 };
        for body in Borough::demonstration().commands() {
            let sent = serde_json::to_value(&body).unwrap();
            bench.send(Role::System, None, body.kind(), &Uuid::now_v7().to_string(), sent["body"].clone());
        }
        bench
    }

    fn send(&mut self, role: Role, officer: Option<OfficerId>, kind: &str, target: &str, body: Value) {
        let command = Command {
            id: CommandId(Uuid::now_v7()),
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
        let author = Author { account: AccountId(Uuid::nil()), role, officer };
        let ctx = Ctx {
            author: author.clone(),
            now: self.now,
            at: self.now,
            fixes: &NoFixes,
            has_media: &|_| true,
            number: &|world| world.next_number(self.now),
            can_offer: true,
        };
        let events =
            decide(&self.world, &command, &ctx).unwrap_or_else(|r| panic!("{kind} {}: {r} {:?}", command.body, r.mend));
        for event in events {
            self.seq += 1;
            self.world.evolve(&Recorded {
                seq: self.seq,
                stream: event.stream,
                version: self.world.version(event.stream) + 1,
                id: EventId(Uuid::now_v7()),
                command_id: command.id,
                at: self.now,
                recorded_at: self.now,
                by: author.clone(),
                body: event.body,
            });
        }
        self.now += TimeDelta::seconds(7);
    }

    /// What the officer's phone shows.
    fn phone(&self, officer: OfficerId) -> OfficerState {
        let who = &self.world.officers[&officer];
        let unit = who.shift.as_ref().map(|s| &self.world.units[&s.unit]);
        let offered = self.world.offer_to(officer);
        let current = self.world.callouts.values().find_map(|c| {
            let a = c.assignments.iter().rev().find(|a| a.officer == officer)?;
            (a.state.is_active() || a.state == AssignmentState::Aborted).then_some((c, a))
        });
        OfficerState {
            name: who.name.clone(),
            reference: who.reference.clone(),
            call_sign: unit.map(|u| u.call_sign.clone()),
            units: vec![UnitChoice { call_sign: "RSP-3".into(), kind: "foot".into(), taken_by: 1 }],
            offer: offered.and_then(|c| {
                let offer = c.open_offer()?;
                Some(OfferView { assignment: offer.id.to_string(), callout: c.id.to_string(), ..OfferView::default() })
            }),
            callout: current.map(|(c, a)| self.work(c, a)),
            ..OfficerState::default()
        }
    }

    fn work(&self, c: &Callout, a: &Assignment) -> OfficerCallout {
        let site = c.site.map(|id| &self.world.sites[&id]);
        let stage = match (c.stood_down.is_some(), a.state) {
            (true, _) => "stood_down",
            (_, AssignmentState::EnRoute) => "en_route",
            (_, AssignmentState::Arrived) => "arrived",
            (_, AssignmentState::Clear | AssignmentState::Finished) => "clear",
            (_, AssignmentState::Aborted) => "aborted",
            _ => "accepted",
        };
        OfficerCallout {
            assignment: a.id.to_string(),
            callout: c.id.to_string(),
            number: c.number.clone(),
            priority: c.priority.into(),
            keys: site.map_or_else(Vec::new, |s| s.keys.clone()),
            entrances: vec![EntranceView { parking: Some("Facing out".into()), ..EntranceView::default() }],
            contacts: site.map_or_else(Vec::new, |s| s.contacts.iter().map(|_| ContactView::default()).collect()),
            stage: stage.into(),
            acknowledge_en_route: site.is_some_and(|s| s.policy.acknowledge_en_route),
            steps: steps(c).into_iter().map(|_| protocol::view::StepView::default()).collect(),
            gates: protocol::procedure::gates(c),
            rams: c.rams.as_ref().map(|r| RamsView { version: r.version, ..RamsView::default() }),
            rams_signed: a.rams.is_some() || c.rams.is_none(),
            location_confirmed: a.location.is_some(),
            parked: a.parked.is_some(),
            items: protocol::items::items(c),
            assessment: a
                .assessment()
                .map(|d| serde_json::to_value(d.what.decision).unwrap().as_str().unwrap().to_owned()),
            inspected_outside: c.inspections.contains_key(&InspectionSection::Outside),
            inspected_inside: c.inspections.contains_key(&InspectionSection::Inside),
            forced_entry: c.forced_entry.as_ref().map(|_| "recorded".into()),
            secured: c.left_the_site_at().is_some(),
            report_submitted: c.awaits_review(),
            report_returned: c
                .reviews
                .last()
                .filter(|r| !r.what.approve && !c.awaits_review())
                .map(|r| r.what.comments.clone()),
            escalation: c.escalation_level(),
            stood_down: c.stood_down.as_ref().map(|s| s.reason.clone()),
            check_call_due: a.check_call_due.map(|t| t.to_rfc3339()),
            ..OfficerCallout::default()
        }
    }
}

/// Works until there is nothing left to do; gives the steps. Every refusal is a panic.
fn work(bench: &mut Bench, officer: OfficerId, manner: &Manner) -> Vec<Step> {
    let mut memory = Memory::default();
    let mut done = Vec::new();
    let mut there = false;
    while let Some(step) = next(&bench.phone(officer), manner, &mut memory, there) {
        assert!(done.len() < 60, "no end: {done:?}");
        let state = bench.phone(officer);
        let place = state.callout.as_ref().map_or(Point::new(51.54, -0.14), |_| {
            bench.world.callout_of(officer).map_or(Point::new(51.54, -0.14), |c| c.point)
        });
        if step == Step::Travel {
            there = true;
        } else {
            let doing = command(&step, &state, manner, place).expect("a step with a command");
            bench.send(Role::Officer, Some(officer), doing.kind, &doing.target, doing.body);
        }
        memory.did(&step);
        done.push(step);
    }
    done
}

fn officer(bench: &mut Bench) -> OfficerId {
    let id = bench.world.officer("OF-04").unwrap().id;
    bench.send(Role::Officer, Some(id), "shift.sign_on", "OF-04", json!({ "unit": "RSP-3" }));
    id
}

fn check(site: Option<&str>, priority: u8, manner: &Manner) -> (Callout, Vec<Step>) {
    let mut bench = Bench::new();
    let officer = officer(&mut bench);
    let id = Uuid::now_v7();
    let place = match site {
        Some(site) => json!({ "site": site }),
        None => json!({ "address": "A street", "point": { "lat": 51.54, "lon": -0.14 } }),
    };
    let mut body = json!({ "type": "intruder", "priority": priority });
    body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
    bench.send(Role::Operator, None, "callout.create", &id.to_string(), body);
    let steps = work(&mut bench, officer, manner);
    ((**bench.world.callout(&id.to_string()).unwrap()).clone(), steps)
}

#[test]
fn an_officer_of_any_manner_is_never_refused_and_submits_the_report_at_every_site() {
    let sites: Vec<String> = Borough::demonstration().sites.iter().map(|s| s.reference.clone()).collect();
    for (n, site) in sites.iter().enumerate() {
        for finding in [Finding::Safe, Finding::Controls, Finding::OutsideOnly, Finding::WaitFirst] {
            let priority = 1 + (n % 4) as u8;
            let manner = Manner { finding, forced: n % 2 == 0, seed: n as u64 + 1, ..Manner::default() };
            let (callout, steps) = check(Some(site), priority, &manner);
            assert!(callout.awaits_review(), "{site} {finding:?}: {steps:?}");
            assert_eq!(steps.last(), Some(&Step::Report));
        }
    }
}

#[test]
fn every_yes_no_item_can_be_answered_no() {
    for site in ["OSS-HUB", "ALX-BOILER", "ALX-HALL", "CHA-DESK", "REG-DEPOT"] {
        let borough = Borough::demonstration();
        let items = borough.checklists.iter().flat_map(|c| &c.items).map(|i| i.id.clone()).collect();
        let manner = Manner { says_no: items, ..Manner::default() };
        assert!(check(Some(site), 2, &manner).0.awaits_review(), "{site}");
    }
}

#[test]
fn a_place_without_rams_or_checklist_is_worked_through_as_well() {
    let (callout, steps) = check(None, 3, &Manner::default());
    assert!(callout.awaits_review() && !steps.contains(&Step::SignRams));
}

#[test]
fn the_site_with_three_items_before_the_assessment_shows_three_of_seven_with_pictures() {
    let manner = Manner { says_no: vec!["shutter".into()], finding: Finding::Withdraw, ..Manner::default() };
    let (callout, steps) = check(Some("OSS-HUB"), 1, &manner);
    assert_eq!(callout.checklist_progress(), (3, 7));
    assert_eq!(callout.media.len(), 3);
    assert_eq!(steps.last(), Some(&Step::Assess), "who withdraws does nothing more: {steps:?}");
    assert!(callout.escalation_level() >= 1);
}

#[test]
fn an_offer_is_declined_with_a_reason_or_left_to_run_out() {
    let refusing = |reason: Option<&str>| Manner {
        refusing: vec![("RSP-3".into(), reason.map(str::to_owned))],
        ..Manner::default()
    };
    let (callout, steps) = check(Some("AMP-HALL"), 2, &refusing(Some("At the police station")));
    assert_eq!(steps, [Step::Deliver, Step::See, Step::Decline("At the police station".into())]);
    assert_eq!(callout.lead, None);
    let (callout, steps) = check(Some("AMP-HALL"), 2, &refusing(None));
    assert_eq!(steps, [Step::Deliver, Step::See]);
    assert!(callout.open_offer().is_some());
}

#[test]
fn who_presses_the_emergency_button_waits_until_it_is_stood_down_and_then_works_on() {
    let mut bench = Bench::new();
    let officer = officer(&mut bench);
    let id = Uuid::now_v7().to_string();
    bench.send(Role::Operator, None, "callout.create", &id, json!({ "site": "REG-CENTRE", "type": "intruder" }));
    let manner = Manner { emergency_before: Some(Step::InspectOutside), ..Manner::default() };
    let before = work(&mut bench, officer, &manner);
    assert_eq!(before.last(), Some(&Step::PressEmergency));
    let safe = json!({ "reason": "Spoken to", "officer_safe": true });
    bench.send(Role::Operator, None, "escalation.stand_down", &id, safe);
    // Without the memory of the press it would be pressed again.
    let calm = Manner::default();
    assert_eq!(work(&mut bench, officer, &calm).last(), Some(&Step::Report));
}

#[test]
fn an_officer_who_is_stood_down_on_scene_acknowledges_it_and_answers_check_calls_first() {
    let mut bench = Bench::new();
    let officer = officer(&mut bench);
    let id = Uuid::now_v7().to_string();
    bench.send(Role::Operator, None, "callout.create", &id, json!({ "site": "AMP-HALL", "type": "noise_nuisance" }));
    let (manner, mut memory) = (Manner::default(), Memory::default());
    for _ in 0..8 {
        let state = bench.phone(officer);
        let step = next(&state, &manner, &mut memory, true).unwrap();
        let doing = command(&step, &state, &manner, bench.world.callout(&id).unwrap().point).unwrap();
        bench.send(Role::Officer, Some(officer), doing.kind, &doing.target, doing.body);
        memory.did(&step);
    }
    let mut asked = bench.phone(officer);
    asked.callout.as_mut().unwrap().check_call_due = Some(bench.now.to_rfc3339());
    assert_eq!(next(&asked, &manner, &mut memory, true), Some(Step::AnswerCheckCall));
    bench.send(Role::Operator, None, "callout.stand_down", &id, json!({ "reason": "Caller rang again" }));
    assert_eq!(work(&mut bench, officer, &manner), [Step::AcknowledgeStandDown]);
}
