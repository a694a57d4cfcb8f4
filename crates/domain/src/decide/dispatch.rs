//! Opening a call-out, offering it down the ladder, and the answers.

use super::{Decided, Decision, about, event, required};
use crate::alarm::{Alarm, AlarmState, Priority};
use crate::call::{Call, Card};
use crate::callout::assignment::Arrival;
use crate::callout::checks::check_text;
use crate::callout::partner::test_number;
use crate::callout::procedure::{Procedure, title_of};
use crate::callout::updates::Expected;
use crate::callout::{Assignment, AssignmentState, Callout, Part, URGENT};
use crate::command::{
    Accept, AssignmentOffer, AssignmentText, CalloutCreate, EscalationRaise, Reason, Role, StandDown, TextState,
    TimerFire,
};
use crate::documents::Checklist;
use crate::event::{
    Accepted, AlarmLinked, CalloutCreated, EndedOffer, Event, EventBody as E, IncidentOpened, OfAssignment, Offered,
    Reasoned, StoodDown, Texted,
};
use crate::id::{AggregateKind as K, AssignmentId, CalloutId, IncidentId, OfficerId};
use crate::keys::with_keys;
use crate::nearest::{Candidate, rank};
use crate::refusal::Refusal;
use crate::site::Site;
use crate::timers::{TimerKind, asking_time};
use crate::times::CalloutTimes;
use chrono::TimeDelta;
use std::sync::Arc;

/// What a new call-out answers to and where it is.
pub(super) struct Opening<'a> {
    pub id: CalloutId,
    pub alarm: Option<&'a Arc<Alarm>>,
    pub site: Option<&'a Arc<Site>>,
    pub point: crate::geo::Point,
    pub address: String,
    pub about: String,
    pub priority: Priority,
    pub text: String,
    pub offer: bool,
    pub provisional: Option<&'a str>,
    pub call: Option<&'a Arc<Call>>,
    pub place: String,
    pub follows: Option<&'a Callout>,
    pub test: bool,
}

impl<'a> Decision<'a> {
    pub(super) fn open_for_alarm(
        &self,
        alarm: &'a Arc<Alarm>,
        site: &'a Arc<Site>,
        provisional: Option<&'a str>,
    ) -> Decided {
        self.open(Opening {
            id: CalloutId(self.derived("callout")),
            alarm: Some(alarm),
            site: Some(site),
            point: site.point,
            address: String::new(),
            about: about_of(alarm),
            priority: alarm.priority,
            text: String::new(),
            offer: true,
            provisional,
            call: None,
            place: String::new(),
            follows: None,
            test: false,
        })
    }

    /// About the same as one that is over, at the same place, of the same incident. A person offers it.
    pub(super) fn open_again(&self, id: CalloutId, old: &'a Callout, reason: &str) -> Decided {
        let site = old.site.and_then(|id| self.world.sites.get(&id));
        self.open(Opening {
            id,
            alarm: None,
            site,
            point: old.point,
            address: old.address.clone(),
            about: old.about.clone(),
            priority: old.priority,
            text: reason.to_owned(),
            offer: false,
            provisional: None,
            call: None,
            place: old.place.clone(),
            follows: Some(old),
            test: false,
        })
    }

    /// Whoever works on it is known to everybody else.
    pub(super) fn own(&self) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        if callout.owner == Some(self.ctx.author.account) {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::CalloutOwned(crate::event::Empty {}))
    }

    pub(super) fn callout_create(&self, create: &CalloutCreate) -> Decided {
        let id = CalloutId(self.target_id()?);
        if let Some(known) = self.world.callouts.get(&id) {
            return Err(Refusal::new("exists", format!("{} has this id already.", known.number))
                .mend("Make a new id for a new call-out."));
        }
        let alarm = match create.alarm {
            Some(alarm) => {
                Some(self.world.alarms.get(&alarm).ok_or_else(|| Refusal::not_found("alarm", &alarm.to_string()))?)
            }
            None => None,
        };
        let answered = alarm.and_then(|a| a.callout).and_then(|c| self.world.callouts.get(&c));
        if let Some(open) = answered.filter(|c| !c.is_over()) {
            return Err(Refusal::new("exists", format!("{} answers this alarm already.", open.number))
                .mend("Work on that one."));
        }
        let call = self.call_behind(create)?;
        let card = call.map(|call| &call.card);
        let site = match &create.site {
            Some(name) => Some(self.world.site(name).ok_or_else(|| Refusal::not_found("site", name))?),
            None => {
                let known = alarm.and_then(|a| a.site).or(card.and_then(|card| card.site));
                known.and_then(|id| self.world.sites.get(&id))
            }
        };
        let point = match (create.point.or(card.and_then(|card| card.point)), site) {
            (Some(point), _) if point.is_valid() => point,
            (Some(_), _) => {
                return Err(Refusal::new("bad_place", "The point is no place on Earth.").mend("Set the pin again."));
            }
            (None, Some(site)) => site.point,
            (None, None) => {
                return Err(Refusal::new("no_place", "Nobody can be sent without a place.")
                    .mend("Choose a site, or set a pin."));
            }
        };
        check_text(&create.text)?;
        check_text(create.address.as_deref().unwrap_or(""))?;
        check_text(&create.place)?;
        let about = create.about.clone().or_else(|| alarm.map(|a| about_of(a)));
        let about = about.or_else(|| card.map(|card| card.about.clone()).filter(|about| !about.is_empty()));
        let typed = |here: &str, there: fn(&Card) -> &String| match card {
            Some(card) if here.trim().is_empty() => there(card).clone(),
            _ => here.to_owned(),
        };
        let graded = call.and_then(|call| call.grade()).map(|grade| grade.what.priority);
        let about = about.unwrap_or_else(|| "anti_social_behaviour".into());
        let opening = Opening {
            id,
            alarm,
            site,
            point,
            address: typed(create.address.as_deref().unwrap_or(""), |card| &card.address),
            priority: create.priority.or(alarm.map(|a| a.priority)).or(graded).unwrap_or(Priority::P3),
            about,
            text: typed(&create.text, |card| &card.text),
            place: typed(&create.place, |card| &card.place),
            call,
            offer: create.offer,
            provisional: create.provisional.as_deref(),
            follows: None,
            test: false,
        };
        let mut events = Vec::new();
        // Nobody else should start on it, and it must not come back from the shelf meanwhile.
        if let Some(alarm) = alarm.filter(|a| a.is_open() && a.state != AlarmState::Taken) {
            events.push(event(K::Alarm, alarm.id, E::AlarmTaken(crate::event::Empty {})));
        }
        events.extend(self.open(opening)?);
        let incident = events.iter().find_map(|e| match &e.body {
            E::CalloutCreated(created) => Some(created.incident),
            _ => None,
        });
        let led_to =
            call.zip(incident).map(|(call, incident)| self.call_led_to(call, id, incident, &create.out_of_hours));
        events.extend(led_to);
        Ok(events)
    }

    pub(super) fn open(&self, opening: Opening) -> Decided {
        let known = opening.follows.map(|old| old.incident).or_else(|| opening.alarm.and_then(|a| a.incident));
        let incident = known.unwrap_or_else(|| IncidentId(self.derived("incident")));
        let rams = crate::rams::choose(self.world, opening.site.map(|s| &**s), &opening.about, self.ctx.at);
        let checklist = opening.site.and_then(|s| s.checklist).and_then(|id| self.world.checklists.get(&id));
        let checklist = checklist.filter(|c| c.is_approved());
        let chosen = opening.site.and_then(|s| s.policy.procedure.as_deref());
        let number = match opening.test {
            true => test_number(opening.id),
            false => (self.ctx.number)(self.world),
        };
        let title = title_of(&opening.about);
        let signal_at = opening.alarm.map(|a| a.raised_at).or(opening.call.map(|call| call.began_at()));
        let created = CalloutCreated {
            id: opening.id,
            provisional: opening.provisional.filter(|p| is_provisional(p) && *p != number).map(str::to_owned),
            number,
            incident,
            alarm: opening.alarm.map(|a| a.id),
            site: opening.site.map(|s| s.id),
            point: opening.point,
            address: opening.address,
            title: if opening.test { format!("Test: {title}") } else { title },
            test: opening.test,
            procedure: Procedure::for_site(&opening.about, chosen).reference(),
            about: opening.about,
            priority: opening.priority,
            text: opening.text,
            rams_why: rams.as_ref().map_or_else(String::new, |chosen| chosen.why.clone()),
            rams: rams.map(|chosen| chosen.rams.clone()),
            checklist: checklist.map(|c| Checklist { draft: None, writing: None, ..(**c).clone() }),
            signal_at: signal_at.unwrap_or(self.ctx.at),
            follows: opening.follows.map(|old| old.id),
            call: opening.call.map(|call| call.id),
            place: opening.place,
            updates: Some(self.updates_of(opening.site.map(|s| &**s))),
            times: self.world.settings.callouts.as_ref().map(|set| set.times.clone()),
            pictures_wait: opening.site.is_some_and(|s| !s.policy.pictures_at_once),
        };
        let mut events = vec![
            event(
                K::Incident,
                incident,
                E::IncidentOpened(IncidentOpened {
                    id: incident,
                    alarm: opening.alarm.map(|a| a.id),
                    callout: Some(opening.id),
                    call: opening.call.map(|call| call.id),
                }),
            ),
            event(K::Callout, opening.id, E::CalloutCreated(Box::new(created))),
        ];
        if let Some(alarm) = opening.alarm {
            let linked = AlarmLinked { callout: opening.id, incident };
            events.push(event(K::Alarm, alarm.id, E::AlarmLinked(linked)));
        }
        if opening.offer && self.ctx.can_offer {
            let ladder =
                rank(self.world, self.ctx.fixes, opening.point, opening.priority, &[], Some(opening.id), self.ctx.now);
            let ladder = with_keys(self.world, opening.site.map(|s| s.id), ladder);
            events.push(self.offer_next(opening.id, opening.priority, Part::Lead, &ladder));
        }
        Ok(events)
    }

    /// The best that is left, or a call for somebody at the desk.
    pub(super) fn offer_next(&self, callout: CalloutId, priority: Priority, part: Part, ladder: &[Candidate]) -> Event {
        let free: Vec<&Candidate> = ladder.iter().filter(|c| c.excluded.is_none()).collect();
        let body = match free.first() {
            Some(best) => self.offer_to(callout, priority, part, best, &free, None),
            None if ladder.is_empty() => {
                E::CalloutUnresourced(Reasoned { reason: "nobody is signed on to a shift".into() })
            }
            None => E::CalloutUnresourced(Reasoned { reason: "everybody on shift is busy or was asked".into() }),
        };
        event(K::Callout, callout, body)
    }

    pub(super) fn offer_to(
        &self,
        callout: CalloutId,
        priority: Priority,
        part: Part,
        to: &Candidate,
        free: &[&Candidate],
        override_reason: Option<String>,
    ) -> E {
        let rank = free.iter().position(|c| c.officer == to.officer).map_or(0, |p| p as u32 + 1);
        let assignment = crate::id::derived(
            "assignment",
            &[self.command.id.0.as_bytes(), callout.0.as_bytes(), to.officer.0.as_bytes()],
        );
        E::Offered(Box::new(Offered {
            assignment: AssignmentId(assignment),
            part,
            officer: to.officer,
            unit: to.unit,
            call_sign: to.call_sign.clone(),
            expires_at: self.ctx.now + self.times_of(callout).accept(priority),
            rank,
            of: free.len() as u32,
            distance_m: to.distance_m,
            travel_s: to.travel_s,
            by_road: to.by_road,
            reasons: to.reasons.clone(),
            then: free.iter().filter(|c| c.officer != to.officer).take(2).map(|c| c.call_sign.clone()).collect(),
            override_reason,
        }))
    }

    /// Those it was opened with; one that is just being opened gets those that hold now.
    fn times_of(&self, callout: CalloutId) -> CalloutTimes {
        match self.world.callouts.get(&callout) {
            Some(known) => known.times(),
            None => self.world.settings.callouts.clone().unwrap_or_default().times,
        }
    }

    pub(super) fn ladder(&self, callout: &Callout, passed: &[OfficerId]) -> Vec<Candidate> {
        self.ladder_for(callout, callout.priority, passed)
    }

    pub(super) fn ladder_for(&self, callout: &Callout, priority: Priority, passed: &[OfficerId]) -> Vec<Candidate> {
        let ladder = rank(self.world, self.ctx.fixes, callout.point, priority, passed, Some(callout.id), self.ctx.now);
        with_keys(self.world, callout.site, ladder)
    }

    pub(super) fn offer(&self, offer: &AssignmentOffer) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        self.must_reach_officers()?;
        let part = if offer.support { Part::Support } else { Part::Lead };
        if offer.support && !callout.active_lead().is_some_and(|a| a.state.is_busy()) {
            return Err(Refusal::new("no_lead", format!("Nobody is on {} who could be backed up.", callout.number))
                .mend("Offer it to somebody first."));
        }
        if let Some(lead) = callout.active_lead().filter(|_| !offer.support) {
            let (sign, number) = (&lead.call_sign, &callout.number);
            return Err(match lead.state {
                AssignmentState::Clear => {
                    Refusal::new("has_lead", format!("{sign} has left; only the report is open."))
                        .mend("Open a new call-out to send somebody again.")
                }
                _ => Refusal::new("has_lead", format!("{sign} has {number} already."))
                    .mend("Offer it as back-up, or release the officer first."),
            });
        }
        let mut events = Vec::new();
        if let Some(open) = callout.open_offer() {
            let reason = "offered to somebody else".to_owned();
            events.push(event(K::Callout, callout.id, E::Withdrawn(EndedOffer { assignment: open.id, reason })));
        }
        let Some(wanted) = &offer.officer else {
            // Asked again by a person: everybody counts again, except who has it on the screen now.
            let on_it = callout.assignments.iter().filter(|a| a.is_engaged() || a.state == AssignmentState::Offered);
            let passed: Vec<OfficerId> = on_it.map(|a| a.officer).collect();
            events.push(self.offer_next(callout.id, callout.priority, part, &self.ladder(callout, &passed)));
            return Ok(events);
        };
        let officer = self.world.officer(wanted).ok_or_else(|| Refusal::not_found("officer", wanted))?;
        // Whoever is on it is no nearer than anybody: the question is who else.
        let on_it: Vec<OfficerId> = callout.assignments.iter().filter(|a| a.is_engaged()).map(|a| a.officer).collect();
        let ladder = self.ladder(callout, &on_it);
        let chosen = ladder.iter().find(|c| c.officer == officer.id).ok_or_else(|| {
            Refusal::new("off_shift", format!("{} is not signed on to a shift.", officer.reference))
                .mend("Choose somebody on shift, or sign the officer on.")
        })?;
        if callout.assignments.iter().any(|a| a.officer == officer.id && a.is_engaged()) {
            return Err(Refusal::new("has_it", format!("{} is on it already.", officer.reference))
                .mend("Choose somebody else."));
        }
        let nearest = ladder.iter().find(|c| c.excluded.is_none());
        let reason = offer.reason.as_deref().map(str::trim).filter(|r| !r.is_empty());
        check_text(reason.unwrap_or(""))?;
        if let (Some(why), None) = (&chosen.excluded, reason) {
            return Err(Refusal::new("reason_needed", format!("{} {}.", chosen.call_sign, as_clause(why)))
                .mend("Choose somebody else, or write why this one."));
        }
        if nearest.is_some_and(|n| n.officer != chosen.officer) && reason.is_none() && callout.passed.is_empty() {
            return Err(Refusal::new("reason_needed", "This is not the nearest officer.").mend("Write why this one."));
        }
        let free: Vec<&Candidate> = ladder.iter().filter(|c| c.excluded.is_none()).collect();
        let body = self.offer_to(callout.id, callout.priority, part, chosen, &free, reason.map(str::to_owned));
        events.push(event(K::Callout, callout.id, body));
        Ok(events)
    }

    /// The assignment an answer to an offer is about.
    fn offered_assignment(&self, callout: &'a Callout) -> Result<&'a Assignment, Refusal> {
        let named = uuid::Uuid::try_parse(self.target()).ok().and_then(|id| callout.assignment(AssignmentId(id)));
        let officer = self.answering_officer(callout)?;
        named
            .filter(|a| a.officer == officer)
            .or_else(|| {
                let mine = || callout.assignments.iter().rev().filter(move |a| a.officer == officer);
                mine().find(|a| a.state == AssignmentState::Offered).or_else(|| mine().next())
            })
            .ok_or_else(|| {
                Refusal::new("no_offer", format!("{} was not offered to this officer.", callout.number))
                    .mend("Call control.")
            })
    }

    pub(super) fn delivered(&self) -> Decided {
        let callout = self.callout()?;
        let offer = self.offered_assignment(callout)?;
        if offer.delivered_at.is_some() || offer.state != AssignmentState::Offered {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::Delivered(OfAssignment { assignment: offer.id }))
    }

    pub(super) fn seen(&self) -> Decided {
        let callout = self.callout()?;
        let offer = self.offered_assignment(callout)?;
        if offer.seen_at.is_some() || offer.state != AssignmentState::Offered {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::Seen(OfAssignment { assignment: offer.id }))
    }

    /// One SMS for each offer: asked before it is sent, told what came of it.
    pub(super) fn text(&self, text: &AssignmentText) -> Decided {
        let callout = self.callout()?;
        let named = text.assignment.map_or_else(|| callout.open_offer(), |id| callout.assignment(id));
        let a = named.ok_or_else(|| {
            Refusal::new("no_offer", format!("{} has no such offer.", callout.number)).mend("Send none.")
        })?;
        let asked = a.state == AssignmentState::Offered && a.delivered_at.is_none() && self.ctx.now < a.expires_at;
        match (a.text.as_ref().map(|t| t.what.state), text.state) {
            (None, TextState::Sent) => {
                Err(Refusal::new("not_sending", "Nobody was about to send it.")
                    .mend("Say that it is being sent first."))
            }
            (None, TextState::Sending | TextState::Failed) if !asked => {
                Err(Refusal::new("no_offer", format!("The offer to {} waits for no SMS.", a.call_sign))
                    .mend("Send none."))
            }
            (None, TextState::Sending | TextState::Failed)
            | (Some(TextState::Sending), TextState::Sent | TextState::Failed) => {
                let AssignmentText { state, failure, .. } = *text;
                self.on_callout(callout, E::Texted(Texted { assignment: a.id, state, failure }))
            }
            (Some(_), _) => Err(Refusal::new("texted_already", format!("The offer to {} has its SMS.", a.call_sign))
                .mend("Send no second one.")),
        }
    }

    pub(super) fn accept(&self, accept: &Accept) -> Decided {
        let callout = self.callout()?;
        let offer = match accept.assignment.map(|id| callout.assignment(id)) {
            Some(Some(named)) if named.officer == self.answering_officer(callout)? => named,
            Some(Some(_)) => {
                return Err(Refusal::new("not_yours", "This offer is somebody else's.").mend("Call control."));
            }
            Some(None) => {
                return Err(Refusal::new("no_offer", format!("{} has no such offer.", callout.number))
                    .mend("Look at the newest offer, or call control."));
            }
            None => self.offered_assignment(callout)?,
        };
        callout.must_be_open()?;
        match offer.state {
            AssignmentState::Offered if self.ctx.now > offer.expires_at => {
                Err(Refusal::new("offer_expired", "The offer ran out before your answer arrived.")
                    .mend("Call control if you can still go."))
            }
            AssignmentState::Offered => {
                let by_voice = self.ctx.author.role != Role::Officer;
                let mut events = self.release_from_others(callout, offer.officer);
                let accepted = Accepted { assignment: offer.id, by_voice };
                events.push(event(K::Callout, callout.id, E::Accepted(accepted)));
                Ok(events)
            }
            AssignmentState::Accepted
            | AssignmentState::EnRoute
            | AssignmentState::Arrived
            | AssignmentState::Clear => {
                Err(Refusal::new("already_accepted", format!("{} is yours already.", callout.number))
                    .mend("Go on with the next step."))
            }
            AssignmentState::Expired => {
                Err(Refusal::new("offer_expired", "The offer ran out before your answer arrived.")
                    .mend("Call control if you can still go."))
            }
            AssignmentState::Declined => Err(Refusal::new("offer_declined", "You declined this offer.")
                .mend("Call control if you can go after all.")),
            AssignmentState::Withdrawn
            | AssignmentState::Finished
            | AssignmentState::Aborted
            | AssignmentState::Released => {
                Err(Refusal::new("offer_withdrawn", "The offer was withdrawn.").mend("Call control."))
            }
        }
    }

    /// Whoever goes to one call-out has left the others; those need somebody else.
    pub(super) fn release_from_others(&self, callout: &Callout, officer: OfficerId) -> Vec<Event> {
        let others = self.world.callouts.values().filter(|c| c.id != callout.id && c.is_open());
        let left = others.flat_map(|c| c.assignments.iter().map(move |a| (c, a)));
        left.filter(|(_, a)| a.officer == officer && a.state.is_busy())
            .flat_map(|(c, a)| self.release_from(c, a, &format!("sent to {}", callout.number)))
            .collect()
    }

    pub(super) fn decline(&self, decline: &Reason) -> Decided {
        let callout = self.callout()?;
        let offer = self.offered_assignment(callout)?;
        required(&decline.reason, "The reason")?;
        if offer.state != AssignmentState::Offered {
            return Err(Refusal::new("no_offer", "This offer is no longer open.").mend("Call control."));
        }
        let ended = EndedOffer { assignment: offer.id, reason: decline.reason.clone() };
        Ok(self.end_offer(callout, offer, E::Declined(ended)))
    }

    pub(super) fn withdraw(&self, withdraw: &Reason) -> Decided {
        let callout = self.callout()?;
        required(&withdraw.reason, "The reason")?;
        let offer = callout.open_offer().ok_or_else(|| {
            Refusal::new("no_offer", format!("{} is not on offer.", callout.number)).mend("Offer it first.")
        })?;
        let ended = EndedOffer { assignment: offer.id, reason: withdraw.reason.clone() };
        self.on_callout(callout, E::Withdrawn(ended))
    }

    /// Ends an offer and asks the next, in one breath. After long enough without a taker a person decides.
    pub(super) fn end_offer(&self, callout: &Callout, offer: &Assignment, ended: E) -> Vec<Event> {
        let ended = event(K::Callout, callout.id, ended);
        if !self.ctx.can_offer {
            return vec![ended];
        }
        let asking = callout.asking_since.map_or(TimeDelta::zero(), |since| self.ctx.now - since);
        if asking >= asking_time(callout.priority) {
            let reason = format!("nobody accepted within {} min", asking_time(callout.priority).num_minutes());
            return vec![ended, event(K::Callout, callout.id, E::CalloutUnresourced(Reasoned { reason }))];
        }
        let mut passed = callout.passed.clone();
        passed.push(offer.officer);
        passed.extend(callout.assignments.iter().filter(|a| a.is_engaged()).map(|a| a.officer));
        let ladder = self.ladder(callout, &passed);
        vec![ended, self.offer_next(callout.id, callout.priority, offer.part, &ladder)]
    }

    /// Refuses on a desk without its hub: nobody's phone can be reached from there.
    fn must_reach_officers(&self) -> Result<(), Refusal> {
        if self.ctx.can_offer {
            return Ok(());
        }
        Err(Refusal::new("no_hub", "Nobody can be asked without the hub.")
            .mend("Ask by radio; offer it when the link is back."))
    }

    pub(super) fn stand_down(&self, down: &StandDown) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&down.reason, "The reason")?;
        if callout.priority == Priority::P1 && !callout.test && !self.world.settings.callouts().operators_stand_down_p1
        {
            self.must_supervise("stands down a call-out of priority 1")?;
        }
        let unknown = |a: &Arrival| a.at > self.ctx.at || down.seen.is_some_and(|seen| a.seq > seen);
        let there = callout.assignments.iter().find(|a| a.is_watched() && a.arrived.as_ref().is_some_and(unknown));
        if let Some(a) = there {
            return Err(Refusal::new("arrived_meanwhile", format!("{} has arrived since this was said.", a.call_sign))
                .mend("Stand it down again if it still holds."));
        }
        let stood_down = StoodDown { reason: down.reason.clone(), told: down.told.clone() };
        let mut events = vec![event(K::Callout, callout.id, E::CalloutStoodDown(stood_down))];
        events.extend(self.close_alarms_of(callout, &format!("{} stood down: {}", callout.number, down.reason)));
        Ok(events)
    }

    /// What the council leaves to supervisors, where its settings do not say otherwise.
    pub(super) fn must_supervise(&self, what: &str) -> Result<(), Refusal> {
        match self.ctx.author.role {
            Role::Operator => Err(Refusal::new("supervisor_needed", format!("Only a supervisor {what}."))
                .mend("Ask a supervisor to do it at a desk of their own, or to allow it in the settings.")),
            _ => Ok(()),
        }
    }

    pub(super) fn stand_down_acknowledge(&self) -> Decided {
        let callout = self.callout()?;
        let assignment = self.acting_assignment(callout)?;
        if callout.stood_down.is_none() {
            return Err(Refusal::new("not_stood_down", format!("{} goes on.", callout.number)).mend("Call control."));
        }
        if !assignment.state.is_active() && !assignment.is_unsafe() && !callout.may_not_know(assignment) {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::StandDownAcknowledged(OfAssignment { assignment: assignment.id }))
    }

    pub(super) fn timer_fire(&self, timer: &TimerFire) -> Decided {
        match timer.timer {
            TimerKind::ShelfEnds => return self.shelf_ends(timer.due),
            TimerKind::FlapEnds => return self.flap_ends(timer.due),
            TimerKind::TestEnds => return self.test_ends(timer.due),
            _ => {}
        }
        if timer.timer == TimerKind::KeyOverdue {
            return self.key_overdue(timer.due);
        }
        let callout = self.callout()?;
        // Fired late, twice or for something settled meanwhile: nothing is due any more.
        let due = crate::timers::of_callout(callout)
            .into_iter()
            .any(|t| t.kind == timer.timer && t.due == timer.due && t.assignment == timer.assignment);
        if !due {
            return Ok(vec![]);
        }
        match timer.timer {
            TimerKind::HoldEnds => return self.on_callout(callout, E::CalloutResumed(crate::event::Empty {})),
            TimerKind::CustomerUntold => return self.overdue(callout, Expected::Customer, timer.due),
            TimerKind::NothingNew => return self.overdue(callout, Expected::News, timer.due),
            TimerKind::PlannedUpdate => return self.overdue(callout, Expected::Planned, timer.due),
            TimerKind::PoliceCallBack => {
                return self.on_callout(callout, E::PoliceCallBackDue(crate::event::Empty {}));
            }
            TimerKind::PanelWordDue => return self.panel_word_due(callout),
            TimerKind::TestGoesOn => return Ok(self.test_goes_on(callout)),
            _ => {}
        }
        let Some(assignment) = timer.assignment.and_then(|id| callout.assignment(id)) else {
            return Ok(vec![]);
        };
        let of = OfAssignment { assignment: assignment.id };
        match timer.timer {
            TimerKind::OfferExpires => Ok(self.end_offer(callout, assignment, E::Expired(of))),
            TimerKind::OfferUndelivered => self.on_callout(callout, E::NotDelivered(of)),
            TimerKind::CheckCall => self.on_callout(callout, E::CheckCallDue(of)),
            TimerKind::CheckCallUnanswered => Ok(self.call_for_help(callout, assignment)),
            TimerKind::AssessAgain => self.on_callout(callout, E::AssessmentDue(of)),
            TimerKind::Undecided => self.on_callout(callout, E::Undecided(of)),
            TimerKind::NotSetOff => self.on_callout(callout, E::NotSetOff(of)),
            TimerKind::ReportDue => self.on_callout(callout, E::ReportDue(of)),
            TimerKind::ShelfEnds
            | TimerKind::FlapEnds
            | TimerKind::TestEnds
            | TimerKind::PanelWordDue
            | TimerKind::HoldEnds
            | TimerKind::PoliceCallBack
            | TimerKind::CustomerUntold
            | TimerKind::NothingNew
            | TimerKind::PlannedUpdate
            | TimerKind::KeyOverdue
            | TimerKind::TestGoesOn => Ok(vec![]),
        }
    }

    /// Nobody answers: whoever is on site may be unable to, so nothing less than an emergency will do.
    fn call_for_help(&self, callout: &Callout, a: &Assignment) -> Vec<Event> {
        let mut events = vec![event(K::Callout, callout.id, E::CheckCallUnanswered(OfAssignment { assignment: a.id }))];
        let level = if a.is_watched() { 3 } else { URGENT };
        if callout.escalation_level() < level {
            let reason = format!("{} does not answer the check call", a.call_sign);
            let raised = EscalationRaise { level, reason, emergency: false, point: None };
            events.extend(self.escalated(callout, raised, None));
        }
        events.extend(self.back_up(callout, level));
        events
    }

    pub(super) fn person_note(&self, callout: &Callout, body: E, person: Option<crate::id::PersonId>) -> Decided {
        let made = event(K::Callout, callout.id, body);
        Ok(vec![match person {
            Some(person) => about(made, person),
            None => made,
        }])
    }
}

/// `D2-0007`: a desk and its count, short enough to say on the radio.
fn is_provisional(number: &str) -> bool {
    let parts = number.strip_prefix('D').and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(desk, count)| [desk, count].iter().all(|n| n.len() <= 6 && n.parse::<u32>().is_ok()))
}

fn about_of(alarm: &Alarm) -> String {
    serde_json::to_value(alarm.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// "was asked already" and the like follow a call sign; what begins with "on" or "has" needs its verb.
fn as_clause(excluded: &str) -> String {
    if excluded.starts_with("on ") { format!("is {excluded}") } else { excluded.to_owned() }
}
