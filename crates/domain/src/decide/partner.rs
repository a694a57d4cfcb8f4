//! Requests of a customer's own system, the rating, and tests.

use super::dispatch::Opening;
use super::{Decided, Decision, event, required};
use crate::alarm::{AlarmKind, Priority};
use crate::callout::checks::check_text;
use crate::callout::partner::ASKED_MAX;
use crate::callout::procedure::Procedure;
use crate::callout::{Callout, CalloutState};
use crate::command::{CalloutRequest, RatingGive, Role, TestPlay};
use crate::event::{Asked, Event, EventBody as E, Rated, StoodDown, TestPlayed};
use crate::id::{AggregateKind as K, CalloutId, SiteId};
use crate::refusal::Refusal;

/// What a request is about when nothing is said.
const CUSTOMER_REQUEST: &str = "customer_request";
/// What may be done with a test. All else would reach officers, or pretend that one was there.
const WITH_A_TEST: [&str; 11] = [
    "callout.own",
    "callout.request",
    "callout.stand_down",
    "cancel.refuse",
    "cancel.request",
    "note.add",
    "rating.give",
    "test.play",
    "timer.fire",
    "tracking.issue",
    "tracking.revoke",
];

impl Decision<'_> {
    /// Partners and customers see their own sites and nothing else; to them the rest does not exist.
    fn sees(&self, site: Option<SiteId>) -> bool {
        match self.ctx.author.role {
            Role::Partner | Role::Customer => {
                let account = self.world.accounts.get(&self.ctx.author.account);
                site.is_some_and(|site| account.is_some_and(|a| !a.disabled && a.sites.contains(&site)))
            }
            _ => true,
        }
    }

    pub(super) fn must_see(&self, callout: &Callout) -> Result<(), Refusal> {
        if self.sees(callout.site) { Ok(()) } else { Err(Refusal::not_found("call-out", self.target())) }
    }

    /// Refuses what would send somebody to a test.
    pub(super) fn must_fit_a_test(&self) -> Result<(), Refusal> {
        let kind = self.command.kind.as_str();
        match self.world.callout(self.target()).filter(|c| c.test && !WITH_A_TEST.contains(&kind)) {
            Some(callout) => {
                Err(Refusal::new("test_callout", format!("{} is a test: nobody goes there.", callout.number))
                    .mend("Send test.play to move it on."))
            }
            None => Ok(()),
        }
    }

    /// Idempotent by site: while somebody is coming, whoever asks again is told of that call-out.
    pub(super) fn callout_request(&self, request: &CalloutRequest) -> Decided {
        let site = self.world.site(&request.site).filter(|site| self.sees(Some(site.id)));
        let site = site.ok_or_else(|| Refusal::not_found("site", &request.site))?;
        required(&request.reason, "The reason")?;
        let id = CalloutId(self.target_id()?);
        let about = request.about.as_deref().unwrap_or(CUSTOMER_REQUEST);
        let priority = priority_of(about)?;
        let asked = || E::CalloutAsked(Asked { reason: request.reason.clone() });
        let standing = self.world.callouts.values().rev();
        let mut standing = standing.filter(|c| c.site == Some(site.id) && c.test == request.test && c.is_coming());
        if let Some(callout) = standing.next() {
            let account = self.ctx.author.account;
            if callout.asked.iter().any(|a| a.by.account == account && a.what.reason == request.reason) {
                return Ok(vec![]);
            }
            if callout.asked.len() >= ASKED_MAX {
                return Err(Refusal::new("asked_too_often", format!("{} was asked for many times.", callout.number))
                    .mend("Follow it, or telephone the control room."));
            }
            return self.on_callout(callout, asked());
        }
        if let Some(known) = self.world.callouts.get(&id) {
            return Err(Refusal::new("exists", format!("{} has this id already.", known.number))
                .mend("Make a new id for a new call-out."));
        }
        let mut events = self.open(Opening {
            id,
            alarm: None,
            site: Some(site),
            point: site.point,
            address: String::new(),
            about: about.to_owned(),
            priority,
            text: request.reason.clone(),
            // A person in the control room reads what is wanted before anybody is sent.
            offer: false,
            provisional: None,
            call: None,
            place: String::new(),
            follows: None,
            test: request.test,
        })?;
        events.push(event(K::Callout, id, asked()));
        Ok(events)
    }

    pub(super) fn rating(&self, rating: &RatingGive) -> Decided {
        let callout = self.callout()?;
        self.must_see(callout)?;
        if !(1..=5).contains(&rating.score) {
            return Err(Refusal::new("bad_score", "A rating goes from 1 to 5.").mend("5 is the best."));
        }
        check_text(&rating.comment)?;
        if callout.rating.is_some() {
            return Err(Refusal::new("already_rated", format!("{} has its rating.", callout.number))
                .mend("Telephone the service to add to it."));
        }
        let left = matches!(callout.state, CalloutState::Reporting | CalloutState::Review);
        if !callout.is_over() && !left {
            return Err(Refusal::new("not_over", format!("{} still goes on.", callout.number))
                .mend("Rate it when the officer has left."));
        }
        let rated = Rated { score: rating.score, comment: rating.comment.clone() };
        self.on_callout(callout, E::Rated(rated))
    }

    pub(super) fn test_play(&self, play: &TestPlay) -> Decided {
        let callout = self.callout()?;
        self.must_see(callout)?;
        if !callout.test {
            return Err(Refusal::new("not_a_test", format!("{} is no test.", callout.number))
                .mend("Ask for one with “test”: true."));
        }
        callout.must_be_open()?;
        let last = play.to.or_else(|| callout.test_ahead().next());
        let stages = callout.test_ahead().filter(|stage| Some(*stage) <= last);
        Ok(stages.map(|stage| event(K::Callout, callout.id, E::TestPlayed(TestPlayed { stage }))).collect())
    }

    /// A test's own control room: it goes on, or stands down what the customer wants no more.
    pub(super) fn test_goes_on(&self, callout: &Callout) -> Vec<Event> {
        let body = match (&callout.cancel, callout.test_ahead().next()) {
            (Some(_), _) => E::CalloutStoodDown(StoodDown { reason: "Test: cancelled".into(), told: String::new() }),
            (None, Some(stage)) => E::TestPlayed(TestPlayed { stage }),
            (None, None) => return vec![],
        };
        vec![event(K::Callout, callout.id, body)]
    }
}

fn priority_of(about: &str) -> Result<Priority, Refusal> {
    if let Ok(kind) = serde_json::from_value::<AlarmKind>(about.into()) {
        return Ok(kind.priority());
    }
    match about {
        CUSTOMER_REQUEST => Ok(Priority::P2),
        about if Procedure::of_its_own(about) => Ok(Priority::P3),
        other => Err(Refusal::new("bad_type", format!("“{other}” is nothing that a call-out is about."))
            .mend("Leave “type” out, or use a word of docs/commands.md.")),
    }
}
