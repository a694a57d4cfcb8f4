//! Officers with their phones, units with their trackers.

use super::{Chore, Job, Player};
use crate::hub::{Answer, Device, HubError, Sending, Session};
use crate::officer::{Manner, Memory, Step, command, next, takes_s};
use crate::streets::junction;
use crate::tracker::Tracker;
use chrono::TimeDelta;
use domain::Instant;
use domain::geo::Point;
use domain::people::UnitKind;
use protocol::officer::OfficerState;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::task::JoinSet;

/// Refusals of one step after which an officer leaves it and waits for something to change.
const REFUSALS_MAX: u32 = 3;
const AGAIN_AFTER_REFUSAL_S: f64 = 15.0;
/// What is left to write when the next offer is on the phone already.
const HURRIED_REPORT: TimeDelta = TimeDelta::seconds(8);
/// Somebody with a call-out in hand signs off later.
const SIGN_OFF_AGAIN_S: f64 = 60.0;

pub(super) struct Officer {
    session: Session,
    state: OfficerState,
    memory: Memory,
    plan: Option<Plan>,
    plans: u64,
    refused: u32,
    random: StdRng,
}

/// What the officer is about to do.
struct Plan {
    step: Step,
    /// Which offer or call-out it belongs to.
    about: String,
    number: u64,
    /// An offer waits meanwhile.
    hurried: bool,
}

pub(super) struct Unit {
    tracker: Tracker,
    device: Device,
    silent_until: Option<Instant>,
}

impl Officer {
    pub fn new(session: Session, seed: u64) -> Self {
        Self {
            session,
            state: OfficerState::default(),
            memory: Memory::default(),
            plan: None,
            plans: 0,
            refused: 0,
            random: StdRng::seed_from_u64(seed),
        }
    }
}

impl Unit {
    pub fn new(tracker: Tracker, device: Device) -> Self {
        Self { tracker, device, silent_until: None }
    }
}

/// Call-out, assignment and place of what the phone is about: of the offer, or of the call-out in hand.
fn subject(state: &OfficerState, of_offer: bool) -> Option<(&str, &str, String)> {
    match of_offer {
        true => state.offer.as_ref().map(|o| (o.callout.as_str(), o.assignment.as_str(), o.place.clone() + &o.address)),
        false => {
            state.callout.as_ref().map(|c| (c.callout.as_str(), c.assignment.as_str(), c.place.clone() + &c.address))
        }
    }
}

impl Player {
    pub(super) async fn sign_on(&mut self, officer: &'static str, unit: &'static str) -> Answer<()> {
        let Some(who) = self.officers.get(officer) else { return Ok(()) };
        let body = json!({ "unit": unit });
        let at = self.clock.now();
        who.session.command(Sending { kind: "shift.sign_on", target: officer, at, body }).await?;
        self.look_at_phone(officer).await
    }

    pub(super) async fn sign_off(&mut self, officer: &'static str) -> Answer<()> {
        let Some(who) = self.officers.get_mut(officer) else { return Ok(()) };
        let sending = Sending { kind: "shift.sign_off", target: officer, at: self.clock.now(), body: json!({}) };
        match who.session.command(sending).await {
            Err(HubError::Refused { refusal, .. }) if refusal.code == "on_callout" => {
                let again = crate::evening::What::SignOff { officer };
                self.push_in(SIGN_OFF_AGAIN_S, Job::Beat(Box::new(again)));
                Ok(())
            }
            other => other.map(drop),
        }?;
        self.look_at_phone(officer).await
    }

    /// When a play goes on with an evening that was begun before.
    pub(super) async fn sign_on_the_missing(&mut self) -> Answer<()> {
        self.look_at_phones().await?;
        let taken: Vec<String> = self.officers.values().filter_map(|o| o.state.call_sign.clone()).collect();
        for (unit, officer, _) in crate::evening::UNITS {
            if !taken.iter().any(|t| t == unit) {
                self.sign_on(officer, unit).await?;
            }
        }
        Ok(())
    }

    pub(super) fn take_round(&mut self, unit: &str, round: &[&str]) {
        let now = self.clock.now();
        if let Some(unit) = self.units.get_mut(unit) {
            unit.tracker.take_round(round.iter().filter_map(|j| junction(j)).collect(), now);
        }
    }

    /// One last position, then nothing.
    pub(super) async fn silence(&mut self, unit: &'static str, until: Instant) -> Answer<()> {
        self.fix(unit).await?;
        if let Some(unit) = self.units.get_mut(unit) {
            unit.silent_until = Some(until);
        }
        Ok(())
    }

    async fn fix(&mut self, unit: &str) -> Answer<()> {
        let now = self.clock.now();
        let Some(unit) = self.units.get_mut(unit) else { return Ok(()) };
        if unit.silent_until.is_some_and(|until| now < until) {
            return Ok(());
        }
        unit.silent_until = None;
        let message = unit.tracker.owntracks(now);
        self.hub.publish(&unit.device, &message).await
    }

    pub(super) async fn all_fixes(&mut self) -> Answer<()> {
        let now = self.clock.now();
        let mut posts = JoinSet::new();
        for unit in self.units.values_mut().filter(|u| u.silent_until.is_none_or(|until| now >= until)) {
            let (hub, device, message) = (self.hub.clone(), unit.device.clone(), unit.tracker.owntracks(now));
            posts.spawn(async move { hub.publish(&device, &message).await });
        }
        posts.join_all().await.into_iter().collect()
    }

    pub(super) async fn fix_and_again(&mut self, unit: &'static str) -> Answer<()> {
        let vehicle = self.borough.units.iter().any(|u| u.call_sign == unit && u.kind != UnitKind::Foot);
        let every_s: f64 = if vehicle { 5.0 } else { 12.0 };
        // However fast the evening runs, a phone sends once a second at most.
        self.push_in(every_s.max(self.clock.rate()), Job::Fix(unit));
        self.fix(unit).await
    }

    /// Every phone on shift gets its state, as its stream would bring it.
    pub(super) async fn look_at_phones(&mut self) -> Answer<()> {
        let mut states = JoinSet::new();
        // While the past is played nobody signs on but by the story.
        let live = self.live();
        for (officer, who) in self.officers.iter().filter(|(_, who)| live || who.state.call_sign.is_some()) {
            let (officer, session) = (*officer, who.session.clone());
            states.spawn(async move { (officer, session.officer_state().await) });
        }
        for (officer, state) in states.join_all().await {
            self.take_state(officer, state?);
        }
        Ok(())
    }

    async fn look_at_phone(&mut self, officer: &'static str) -> Answer<()> {
        let Some(who) = self.officers.get(officer) else { return Ok(()) };
        let state = who.session.officer_state().await?;
        self.take_state(officer, state);
        Ok(())
    }

    fn take_state(&mut self, officer: &'static str, state: OfficerState) {
        if let Some(who) = self.officers.get_mut(officer)
            && state.seq >= who.state.seq
        {
            if state.seq > who.state.seq && state.callout != who.state.callout {
                who.refused = 0;
            }
            who.state = state;
        }
        self.plan(officer);
    }

    fn manner(&mut self, officer: &str, of_offer: bool) -> Option<Manner> {
        let who = self.officers.get_mut(officer)?;
        let (callout, _, place) = subject(&who.state, of_offer)?;
        if let Some(known) = self.of_callout.get(callout) {
            return Some(known.clone());
        }
        let manner = self.manners.remove(&place).unwrap_or_else(|| Manner {
            accept_after_s: who.random.random_range(5.0..18.0),
            pace: who.random.random_range(0.85..1.15),
            seed: who.random.random_range(1..1_000_000),
            ..Manner::default()
        });
        self.of_callout.insert(callout.to_owned(), manner.clone());
        Some(manner)
    }

    /// Decides what the officer does next and when, and keeps a plan that still holds.
    fn plan(&mut self, officer: &'static str) {
        let now = self.clock.now();
        self.stay_on_scene(officer, now);
        let of_offer = self.officers.get(officer).is_some_and(|who| who.state.offer.is_some());
        let manner = self.manner(officer, of_offer);
        let Some(who) = self.officers.get_mut(officer) else { return };
        let unit = who.state.call_sign.as_deref().and_then(|sign| self.units.get_mut(sign));
        let step = match &manner {
            Some(manner) if who.refused < REFUSALS_MAX => {
                let place = who.state.callout.as_ref().map(|c| Point::new(c.lat, c.lon));
                let at_place = unit.zip(place).is_some_and(|(unit, place)| unit.tracker.is_at(place, now));
                next(&who.state, manner, &mut who.memory, at_place)
            }
            _ => None,
        };
        let step = match step {
            Some(Step::Report) if of_offer => self.report_first(officer),
            other => other,
        };
        let Some(who) = self.officers.get_mut(officer) else { return };
        let about_offer = step.as_ref().is_some_and(Step::is_about_offer);
        let about = subject(&who.state, about_offer).map(|s| s.1.to_owned()).unwrap_or_default();
        let hurried = of_offer && step == Some(Step::Report);
        if let (Some(plan), Some(step)) = (&who.plan, &step)
            && (&plan.step, &plan.about, plan.hurried) == (step, &about, hurried)
        {
            return;
        }
        who.plan = None;
        let Some(step) = step else {
            self.idle(officer);
            return;
        };
        let due = match (&step, manner) {
            (Step::Travel, _) => self.travel(officer, now),
            (_, Some(manner)) => {
                let takes = TimeDelta::milliseconds((takes_s(&step, &manner, &mut who.random) * 1000.0) as i64);
                let takes = if hurried { takes.min(HURRIED_REPORT) } else { takes };
                let hold = manner.hold.as_ref().filter(|(held, _)| *held == step).map(|(_, until)| *until);
                hold.map_or(now + takes, |until| until.max(now + takes))
            }
            (_, None) => return,
        };
        self.plan_at(officer, Plan { step, about, number: 0, hurried }, due);
    }

    fn stay_on_scene(&mut self, officer: &str, now: Instant) {
        let Some(who) = self.officers.get(officer) else { return };
        let on_scene = who.state.callout.as_ref().is_some_and(|c| c.stage == "arrived");
        let unit = who.state.call_sign.as_deref().and_then(|sign| self.units.get_mut(sign));
        if let Some(unit) = unit.filter(|unit| on_scene && unit.tracker.is_patrolling()) {
            unit.tracker.stay(now);
        }
    }

    /// With an offer on the phone the last report is finished at once; or, where the story wants it to be still open,
    /// the offer is declined.
    fn report_first(&mut self, officer: &'static str) -> Option<Step> {
        let held = self.manner(officer, false).is_some_and(|m| matches!(m.hold, Some((Step::Report, _))));
        let number = self.officers.get(officer)?.state.callout.as_ref()?.number.clone();
        Some(if held { Step::Decline(format!("Writing up {number}, free in a few minutes")) } else { Step::Report })
    }

    fn plan_at(&mut self, officer: &'static str, plan: Plan, due: Instant) {
        let Some(who) = self.officers.get_mut(officer) else { return };
        who.plans += 1;
        let number = who.plans;
        who.plan = Some(Plan { number, ..plan });
        self.push(due, Job::Act(officer, number));
    }

    /// Sets the unit moving; gives when it will be there.
    fn travel(&mut self, officer: &str, now: Instant) -> Instant {
        let soon = now + TimeDelta::seconds(5);
        let Some(who) = self.officers.get(officer) else { return soon };
        let place = who.state.callout.as_ref().map(|c| Point::new(c.lat, c.lon));
        let unit = who.state.call_sign.as_deref().and_then(|sign| self.units.get_mut(sign));
        unit.zip(place).map_or(soon, |(unit, place)| unit.tracker.go(place, now) + TimeDelta::seconds(2))
    }

    /// Nothing to do: back to the round, unless an offer is left to run out.
    fn idle(&mut self, officer: &'static str) {
        let now = self.clock.now();
        let offer = self.officers.get(officer).and_then(|who| who.state.offer.as_ref());
        let expires = offer.and_then(|offer| offer.expires_at.parse::<Instant>().ok());
        if let Some(expires) = expires.filter(|expires| *expires > now) {
            // Somebody must look who gets it then.
            self.push(expires + TimeDelta::seconds(1), Job::Desk(Chore::LookAtPhones));
        }
        let Some(who) = self.officers.get(officer) else { return };
        let working = who.state.callout.as_ref().is_some_and(|c| matches!(c.stage.as_str(), "en_route" | "arrived"));
        let unit = who.state.call_sign.as_deref().and_then(|sign| self.units.get_mut(sign));
        if let Some(unit) = unit.filter(|_| !working) {
            unit.tracker.patrol(now);
        }
    }

    /// Does what was planned, if it is still the plan.
    pub(super) async fn act(&mut self, officer: &'static str, number: u64) -> Answer<()> {
        let now = self.clock.now();
        let Some(who) = self.officers.get_mut(officer) else { return Ok(()) };
        let Some(plan) = who.plan.take_if(|plan| plan.number == number) else { return Ok(()) };
        let Some(manner) = self.manner(officer, plan.step.is_about_offer()) else { return Ok(()) };
        let Some(who) = self.officers.get_mut(officer) else { return Ok(()) };
        let unit = who.state.call_sign.as_deref().and_then(|sign| self.units.get_mut(sign));
        let here = unit.map_or(Point::new(51.54, -0.14), |unit| unit.tracker.point(now));
        let Some(doing) = command(&plan.step, &who.state, &manner, here) else {
            self.plan(officer);
            return Ok(());
        };
        let session = who.session.clone();
        let sending = Sending { kind: doing.kind, target: &doing.target, at: now, body: doing.body };
        if let Err(error) = session.command(sending).await {
            self.refused(officer, plan);
            return Err(error);
        }
        for picture in doing.pictures {
            let session = session.clone();
            self.uploads.spawn(async move { session.upload(&picture).await });
        }
        self.did(officer, &plan.step, &doing.target).await
    }

    /// Tries again a little later, a few times.
    fn refused(&mut self, officer: &'static str, plan: Plan) {
        if let Some(who) = self.officers.get_mut(officer) {
            who.refused += 1;
        }
        let due = self.clock.now() + TimeDelta::seconds(AGAIN_AFTER_REFUSAL_S as i64);
        self.plan_at(officer, plan, due);
        self.push(due, Job::Desk(Chore::LookAtPhones));
    }

    async fn did(&mut self, officer: &'static str, step: &Step, callout: &str) -> Answer<()> {
        if let Some(who) = self.officers.get_mut(officer) {
            who.memory.did(step);
            who.refused = 0;
        }
        match step {
            // The offer moves to another phone.
            Step::Decline(_) => return self.look_at_phones().await,
            // Only the officer knows: nothing changed on the phone.
            Step::Deliver | Step::See | Step::SayOnScene | Step::TellCustomer => {
                self.plan(officer);
                return Ok(());
            }
            Step::Report => {
                let wait_s = self.desk.review_after_s(self.live());
                self.push_in(wait_s, Job::Desk(Chore::Review(callout.to_owned())));
            }
            _ => {}
        }
        self.look_at_phone(officer).await
    }
}
