//! What the police were called to, and what it turned out to be.

use super::{Decided, Decision, event, required};
use crate::Instant;
use crate::callout::Callout;
use crate::command::{PanelPoliceCall, Reason, ReportReview};
use crate::event::{Event, EventBody as E, PoliceCalled, Reasoned};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;
use crate::site::Panel;
use crate::urn::{CAUSES, PoliceCall, UrnKind};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Decision<'_> {
    /// On closing: each panel with a number whose alarm took the police there gets its call. Without a cause nobody
    /// could say whether it was a false one.
    pub(super) fn police_calls_of(&self, callout: &Callout, review: &ReportReview) -> Result<Vec<Event>, Refusal> {
        if let Some(cause) = &review.cause {
            check_cause(cause)?;
        }
        let Some(at) = police_called_at(callout) else {
            return Ok(vec![]);
        };
        let alarms = callout.alarm.iter().chain(&callout.joined).filter_map(|id| self.world.alarms.get(id));
        let mut panels: BTreeMap<(_, UrnKind), &Arc<Panel>> = BTreeMap::new();
        for alarm in alarms {
            let panel = self.world.panel(&alarm.source.account);
            if let (Some(panel), Some(kind)) = (panel, UrnKind::of(alarm.kind))
                && panel.urns.iter().any(|urn| urn.kind == kind)
            {
                panels.insert((panel.id, kind), panel);
            }
        }
        if panels.is_empty() {
            return Ok(vec![]);
        }
        let reported = callout.report.as_ref().map_or("", |r| r.what.cause.as_str());
        let cause = review.cause.as_deref().unwrap_or(reported);
        if cause.is_empty() {
            return Err(Refusal::new(
                "cause_missing",
                "The police were called, and the report does not say what it was.",
            )
            .mend("Choose the cause: it decides whether the call counts against the police response."));
        }
        let call = |kind| PoliceCall {
            at,
            kind,
            callout: Some(callout.id),
            number: callout.number.clone(),
            cause: cause.to_owned(),
        };
        let called = panels.into_iter().map(|((id, kind), _)| {
            event(K::Panel, id, E::PoliceCalled(PoliceCalled { call: call(kind), reason: String::new() }))
        });
        Ok(called.collect())
    }

    /// A supervisor puts the record right: the police count otherwise, or the engineer found the cause.
    pub(super) fn police_call(&self, put: &PanelPoliceCall) -> Decided {
        let panel = self.world.panel(self.target()).or_else(|| {
            let id = uuid::Uuid::try_parse(self.target()).ok()?;
            self.world.panels.get(&crate::id::PanelId(id))
        });
        let panel = panel.ok_or_else(|| Refusal::not_found("panel", self.target()))?;
        required(&put.reason, "Who says so")?;
        check_cause(&put.cause)?;
        if put.at > self.ctx.now {
            return Err(Refusal::new("bad_time", "The police cannot have been called in the time to come.")
                .mend("Say when they were called."));
        }
        let known = match &put.callout {
            Some(number) => {
                let same = |c: &&PoliceCall| {
                    c.number.eq_ignore_ascii_case(number) || c.callout.is_some_and(|id| id.to_string() == *number)
                };
                let found = panel.police_calls.iter().find(same);
                Some(found.ok_or_else(|| Refusal::not_found("call to the police in call-out", number))?)
            }
            None => None,
        };
        let call = match known {
            Some(known) => PoliceCall { cause: put.cause.clone(), ..known.clone() },
            None => PoliceCall {
                at: put.at,
                kind: put.kind,
                callout: None,
                number: String::new(),
                cause: put.cause.clone(),
            },
        };
        self.one(K::Panel, panel.id, E::PoliceCalled(PoliceCalled { call, reason: put.reason.clone() }))
    }

    /// An expired RAMS is better than none only if somebody answers for it.
    pub(super) fn rams_override(&self, why: &Reason) -> Decided {
        let callout = self.callout()?;
        callout.must_be_open()?;
        required(&why.reason, "The reason")?;
        let expired = callout.rams.as_ref().is_some_and(|r| r.has_expired(self.ctx.at));
        if !expired {
            return Err(Refusal::new("rams_valid", format!("No RAMS of {} have expired.", callout.number))
                .mend("The officer signs them as they are."));
        }
        if callout.rams_override.is_some() {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::RamsOverridden(Reasoned { reason: why.reason.clone() }))
    }
}

fn check_cause(cause: &str) -> Result<(), Refusal> {
    if CAUSES.iter().any(|(code, _, _)| *code == cause) {
        return Ok(());
    }
    let codes: Vec<&str> = CAUSES.iter().map(|(code, _, _)| *code).collect();
    Err(Refusal::new("bad_cause", format!("“{cause}” is no cause.")).mend(format!("Use one of {}.", codes.join(", "))))
}

/// When the police were first told of it, by whomever.
fn police_called_at(callout: &Callout) -> Option<Instant> {
    let spoken = callout.liaison.iter().filter(|l| l.what.whom == "police").map(|l| l.at);
    let informed =
        callout.forced_entry.iter().filter(|f| f.what.police.as_ref().is_some_and(|p| p.informed)).map(|f| f.at);
    let waited = callout.police.iter().map(|p| p.at);
    spoken.chain(informed).chain(waited).min()
}
