//! What becomes due, and when. A timer is derived from the state; firing it is a command like any other, with an id
//! that follows from what is due, so that two hubs firing it make one event.

use crate::Instant;
use crate::alarm::{Alarm, AlarmState, Priority};
use crate::callout::updates::Expected;
use crate::callout::{Assignment, AssignmentState, Callout, CalloutState};
use crate::command::{Command, TimerFire};
use crate::id::{AssignmentId, CommandId, Stream, derived};
use crate::keys::Key;
use crate::site::Panel;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// An offer was not answered in time.
    OfferExpires,
    /// No phone has the offer: use the radio.
    OfferUndelivered,
    /// An officer on scene has not been heard from, or one on the way is not there by the target.
    CheckCall,
    /// Accepted, and not on the way yet.
    NotSetOff,
    /// The report is not in.
    ReportDue,
    /// What was put off comes back.
    HoldEnds,
    /// The police have not been heard of.
    PoliceCallBack,
    /// The check call had no answer.
    CheckCallUnanswered,
    /// The time for shelving has run out.
    ShelfEnds,
    /// The risk should be assessed again.
    AssessAgain,
    /// A detector that flapped has been quiet.
    FlapEnds,
    /// A panel's time on test is over.
    TestEnds,
    /// The panel has not said what the officer recorded.
    PanelWordDue,
    /// The customer has not been told anything.
    CustomerUntold,
    /// Nothing new has been heard.
    NothingNew,
    /// The next update that an escalation's plan names.
    PlannedUpdate,
    /// A key is not back when it should be.
    KeyOverdue,
    /// A test of a partner system goes on by itself.
    TestGoesOn,
    /// The officer withdrew for safety, and nobody has decided what now.
    Undecided,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Timer {
    pub kind: TimerKind,
    pub due: Instant,
    pub assignment: Option<AssignmentId>,
}

/// An offer not on any phone after this is shown to the operator.
pub const UNDELIVERED_AFTER: TimeDelta = TimeDelta::seconds(10);

/// How long officers are asked one after another before a person has to decide (facts, section 3).
pub fn asking_time(priority: Priority) -> TimeDelta {
    TimeDelta::minutes(match priority {
        Priority::P1 => 5,
        Priority::P2 | Priority::P3 | Priority::P4 => 10,
    })
}

/// How long an officer who withdrew may be silent: whoever had to leave in a hurry is asked sooner.
pub const WITHDRAWN_CHECK: TimeDelta = TimeDelta::minutes(5);

/// How long the control room may take to decide what becomes of a call-out whose officer withdrew (facts, section 3).
pub const DECIDE_WITHIN: TimeDelta = TimeDelta::minutes(2);

/// A check call that nobody answers for so long calls for help by itself: a phone alone raises no third prompt.
pub const UNANSWERED_AFTER: TimeDelta = TimeDelta::minutes(2);

pub fn of_alarm(alarm: &Alarm) -> Vec<Timer> {
    let shelf = alarm.shelved.as_ref().filter(|_| alarm.state == AlarmState::Shelved);
    let shelf = shelf.map(|s| Timer { kind: TimerKind::ShelfEnds, due: s.until, assignment: None });
    let flap = alarm.flap_ends_at().map(|due| Timer { kind: TimerKind::FlapEnds, due, assignment: None });
    shelf.into_iter().chain(flap).collect()
}

pub fn of_panel(panel: &Panel) -> Vec<Timer> {
    let ends = panel.state.on_test.as_ref().map(|test| test.until);
    ends.map(|due| Timer { kind: TimerKind::TestEnds, due, assignment: None }).into_iter().collect()
}

pub fn of_key(key: &Key) -> Vec<Timer> {
    let out = key.out.iter().filter(|out| !out.overdue);
    out.map(|out| Timer { kind: TimerKind::KeyOverdue, due: out.due, assignment: None }).collect()
}

pub fn of_callout(callout: &Callout) -> Vec<Timer> {
    let mut timers = Vec::new();
    for a in &callout.assignments {
        let mut push = |kind, due| timers.push(Timer { kind, due, assignment: Some(a.id) });
        match a.state {
            AssignmentState::Offered => {
                push(TimerKind::OfferExpires, a.expires_at);
                if a.delivered_at.is_none() && a.not_delivered_at.is_none() {
                    push(TimerKind::OfferUndelivered, a.offered_at + UNDELIVERED_AFTER);
                }
            }
            _ => {
                if let Some(due) = next_check_call(callout, a) {
                    push(TimerKind::CheckCall, due);
                }
            }
        }
        if let Some(accepted) = a
            .accepted_at
            .filter(|_| a.state == AssignmentState::Accepted && a.arrived.is_none() && a.not_set_off_at.is_none())
            // By position the officer has, and was only not asked.
            .filter(|_| a.seems_en_route_at.is_none())
        {
            push(TimerKind::NotSetOff, accepted + callout.times().set_off(callout.priority));
        }
        if let Some(left) = a
            .left_at
            .filter(|_| a.state == AssignmentState::Clear && !callout.awaits_review() && a.report_due_at.is_none())
        {
            push(TimerKind::ReportDue, left + callout.times().report(callout.priority));
        }
        if let Some(due) = a.check_call_due.filter(|_| a.is_engaged() && a.unanswered_at.is_none()) {
            push(TimerKind::CheckCallUnanswered, due + UNANSWERED_AFTER);
        }
        if let Some(due) = a.assess_again_at().filter(|_| !callout.is_over()) {
            push(TimerKind::AssessAgain, due);
        }
    }
    if let Some((a, due)) = callout.lead().zip(callout.decide_by()) {
        timers.push(Timer { kind: TimerKind::Undecided, due, assignment: Some(a.id) });
    }
    let mut of_callout = |kind, due| timers.push(Timer { kind, due, assignment: None });
    if let Some(due) = callout.hold_ends_at() {
        of_callout(TimerKind::HoldEnds, due);
    }
    if let Some(due) = callout.police_call_back_at() {
        of_callout(TimerKind::PoliceCallBack, due);
    }
    if let Some(due) = callout.panel_word_due_at() {
        of_callout(TimerKind::PanelWordDue, due);
    }
    for (expected, kind) in [
        (Expected::Customer, TimerKind::CustomerUntold),
        (Expected::News, TimerKind::NothingNew),
        (Expected::Planned, TimerKind::PlannedUpdate),
    ] {
        if let Some(due) = callout.chase_at(expected) {
            of_callout(kind, due);
        }
    }
    if let Some(due) = callout.test_goes_on_at() {
        of_callout(TimerKind::TestGoesOn, due);
    }
    if matches!(callout.state, CalloutState::Closed) {
        timers.clear();
    }
    timers
}

/// When the officer should be heard from next. None while nobody need be, or while a check call waits for its answer.
pub fn next_check_call(callout: &Callout, a: &Assignment) -> Option<Instant> {
    if a.check_call_due.is_some() || !a.is_engaged() {
        return None;
    }
    let after = |silence: TimeDelta| a.last_contact_at.map(|heard| heard + silence);
    if a.is_unsafe() {
        after(WITHDRAWN_CHECK)
    } else if a.arrived.is_some() {
        after(callout.times().check_call(callout.priority))
    } else {
        let target = a.accepted_at.map(|accepted| accepted + callout.times().arrive(callout.priority));
        target.max(after(callout.times().check_call(callout.priority)))
    }
}

impl Timer {
    /// The command that fires it.
    pub fn command(&self, stream: Stream) -> Command {
        let id = derived(
            "timer",
            &[
                stream.to_string().as_bytes(),
                format!("{:?}", self.kind).as_bytes(),
                self.assignment.map(|a| a.0).unwrap_or_default().as_bytes(),
                &self.due.timestamp_micros().to_be_bytes(),
            ],
        );
        let body = TimerFire { timer: self.kind, due: self.due, assignment: self.assignment };
        Command {
            id: CommandId(id),
            at: self.due,
            kind: "timer.fire".into(),
            v: 1,
            target: stream.id.to_string(),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body: serde_json::to_value(body).expect("a timer's body is plain data"),
        }
    }
}
