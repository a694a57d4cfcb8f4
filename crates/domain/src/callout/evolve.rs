//! How call-out events change a call-out.

use super::assignment::{Arrival, Assignment, AssignmentState as A, Part, RamsSigned};
use super::messages::Mark;
use super::procedure::Procedure;
use super::reset::PanelWord;
use super::waiting::{CancelRequest, Hold, PoliceWait};
use super::{Callout, CalloutState as S, Escalation, Given, Inspection, Media, Stamp, TrackingLink, URGENT};
use crate::alarm::Priority;
use crate::command::{ArrivalSource, Author, DraDecision, NoticedWhat, Role};
use crate::documents::Item;
use crate::event::{self, CalloutCreated, EventBody as E, Recorded};
use crate::id::AssignmentId;
use std::collections::BTreeMap;

impl Callout {
    pub(crate) fn created(created: &CalloutCreated, event: &Recorded) -> Self {
        let mut callout = Self {
            id: created.id,
            number: created.number.clone(),
            provisional: created.provisional.clone(),
            state: S::Triaged,
            incident: created.incident,
            alarm: created.alarm,
            joined: vec![],
            site: created.site,
            point: created.point,
            address: created.address.clone(),
            place: created.place.clone(),
            about: created.about.clone(),
            title: created.title.clone(),
            priority: created.priority,
            text: created.text.clone(),
            procedure: created.procedure.clone(),
            rams: created.rams.clone(),
            rams_why: created.rams_why.clone(),
            rams_override: None,
            checklist: created.checklist.clone(),
            signal_at: created.signal_at,
            created_at: event.at,
            created_by: event.by.clone(),
            assignments: vec![],
            lead: None,
            passed: vec![],
            unresourced: None,
            asking_since: None,
            answers: BTreeMap::new(),
            step_answers: BTreeMap::new(),
            skipped: BTreeMap::new(),
            inspections: BTreeMap::new(),
            forced_entry: None,
            secured: None,
            notes: vec![],
            liaison: vec![],
            escalations: vec![],
            alerted: vec![],
            report: None,
            reviews: vec![],
            stood_down: None,
            owner: event.by.role.is_desk().then_some(event.by.account),
            hold: None,
            police: None,
            cancel: None,
            follows: created.follows,
            followed_by: vec![],
            calls: created.call.into_iter().collect(),
            media: BTreeMap::new(),
            tracking: vec![],
            timeline: vec![],
            panel_word: None,
            marks: vec![],
            contacts_tried: vec![],
            contacts_settled: vec![],
            managers_texted: vec![],
            plan: None,
            major: None,
            updates: created.updates.clone(),
            times: created.times.clone(),
            pictures_wait: created.pictures_wait,
            chased: vec![],
            test: created.test,
            played: None,
            asked: vec![],
            rating: None,
            reports: vec![],
        };
        callout.note_in_timeline(event);
        callout
    }

    pub(crate) fn evolve(&mut self, event: &Recorded) {
        let at = event.at;
        match &event.body {
            E::CalloutHeld(held) => {
                let (reason, until) = (held.reason.clone(), held.until);
                self.hold = Some(Hold { at, by: event.by.clone(), reason, until });
                self.unresourced = None;
            }
            E::CalloutResumed(_) => self.hold = None,
            E::CalloutFollowed(followed) => self.followed_by.push(followed.by),
            E::CalloutOwned(_) => self.owner = Some(event.by.account),
            E::CancelRequested(request) => {
                let (reason, duress) = (request.reason.clone(), request.duress);
                self.cancel = Some(CancelRequest { at, by: event.by.clone(), reason, duress });
            }
            E::CancelRefused(_) => self.cancel = None,
            E::DuressGiven(_) => {
                if let Some(cancel) = &mut self.cancel {
                    cancel.duress = true;
                }
            }
            E::CalloutAsked(asked) => self.asked.push(given(event, asked)),
            E::Rated(rated) => self.rating = Some(given(event, rated)),
            E::TestPlayed(played) => self.played = Some(super::partner::Played { stage: played.stage, at }),
            E::ReportKept(kept) => self.reports.push(given(event, kept)),
            E::PoliceAwaited(wait) => {
                let reference = wait.reference.clone();
                self.police =
                    Some(PoliceWait { at, by: event.by.clone(), reference, spoken_at: at, call_back_due: None });
            }
            E::PoliceAwaitEnded(_) => self.police = None,
            E::PanelAgreed(word) => self.panel_word = Some(PanelWord { at, agrees: true, text: word.text.clone() }),
            E::PanelNotAgreed(word) => {
                self.panel_word = Some(PanelWord { at, agrees: false, text: word.text.clone() });
            }
            E::PoliceCallBackDue(_) => {
                if let Some(wait) = &mut self.police {
                    wait.call_back_due = Some(at);
                }
            }
            E::Noticed(noticed) => self.with(noticed.assignment, |a| match noticed.what {
                NoticedWhat::SetOff => a.seems_en_route_at = Some(at),
                NoticedWhat::NotMoving => a.not_moving_at = Some(at),
                NoticedWhat::Moving => a.not_moving_at = None,
                NoticedWhat::LeftSite => a.seems_left_at = Some(at),
                NoticedWhat::BackOnSite => a.seems_left_at = None,
            }),
            E::Undecided(of) => self.with(of.assignment, |a| a.undecided_at = Some(at)),
            E::NotSetOff(of) => self.with(of.assignment, |a| a.not_set_off_at = Some(at)),
            E::ReportDue(of) => self.with(of.assignment, |a| a.report_due_at = Some(at)),
            E::AlarmJoined(joined) => {
                self.joined.push(joined.alarm);
                // A hold-up in the building of a flooded cellar is what the call-out is about from now on.
                self.priority = self.priority.min(joined.priority);
            }
            E::CallJoined(joined) => self.calls.push(joined.call),
            E::CalloutUnresourced(reasoned) => {
                self.unresourced = Some(stamp(event, &reasoned.reason));
                self.asking_since = None;
            }
            E::CalloutStoodDown(down) => {
                self.stood_down = Some(stamp(event, &down.reason));
                (self.cancel, self.police, self.hold) = (None, None, None);
                for a in &mut self.assignments {
                    match a.state {
                        A::Offered => a.state = A::Withdrawn,
                        A::Accepted | A::EnRoute if a.arrived.is_none() => a.state = A::Finished,
                        // Left already: nobody there has to be told.
                        A::Clear => a.state = A::Finished,
                        _ => {}
                    }
                }
            }
            E::StandDownAcknowledged(of) => self.with(of.assignment, |a| {
                a.state = A::Finished;
                a.answered();
                a.left_at.get_or_insert(at);
                a.stand_down_heard_at.get_or_insert(at);
            }),
            E::Offered(offered) => self.offered(offered, event),
            E::Delivered(of) => self.with(of.assignment, |a| {
                a.delivered_at.get_or_insert(at);
            }),
            E::Seen(of) => self.with(of.assignment, |a| {
                a.delivered_at.get_or_insert(at);
                a.seen_at.get_or_insert(at);
            }),
            E::NotDelivered(of) => self.with(of.assignment, |a| a.not_delivered_at = Some(at)),
            E::Texted(text) => self.with(text.assignment, |a| a.text = Some(given(event, text))),
            E::Accepted(accepted) => self.accepted(accepted, event),
            E::Declined(ended) => self.ended(ended.assignment, A::Declined, &ended.reason),
            E::Expired(of) => self.ended(of.assignment, A::Expired, ""),
            E::Withdrawn(ended) => {
                self.ended(ended.assignment, A::Withdrawn, &ended.reason);
                self.asking_since = None;
            }
            E::Released(ended) => {
                self.with(ended.assignment, |a| {
                    a.state = A::Released;
                    a.ended_reason.clone_from(&ended.reason);
                    a.answered();
                });
                if self.lead == Some(ended.assignment) {
                    // That no back-up was free says nothing of who may be free to lead.
                    self.unresourced = None;
                }
            }
            E::LeadHandedOver(handed) => {
                if let Some(from) = self.lead {
                    self.with(from, |a| a.part = Part::Support);
                }
                self.lead = Some(handed.to);
                self.unresourced = None;
                self.with(handed.to, |a| a.part = Part::Lead);
            }
            E::Left(of) => self.with(of.assignment, |a| {
                a.state = A::Finished;
                a.left_at = Some(at);
                a.answered();
            }),
            E::RamsOverridden(why) => {
                self.rams_override =
                    Some(Stamp { at, by: event.by.clone(), reason: why.reason.clone(), seq: event.seq });
            }
            E::RamsAcknowledged(signed) => {
                self.with(signed.assignment, |a| {
                    let (version, opened_ms, again) = (signed.version, signed.opened_ms, signed.again);
                    a.rams = Some(RamsSigned { at, version, opened_ms, again, seq: event.seq });
                });
                self.in_contact(signed.assignment, event);
            }
            E::LocationConfirmed(done) => {
                self.with(done.assignment, |a| a.location = Some(given(event, &done.what)));
                self.in_contact(done.assignment, event);
            }
            E::EnRoute(of) => {
                self.with(of.assignment, |a| {
                    a.en_route_at.get_or_insert(at);
                    // A late one is kept; it takes nobody back to the road who has arrived.
                    if a.state == A::Accepted {
                        a.state = A::EnRoute;
                    }
                });
                self.in_contact(of.assignment, event);
            }
            E::Arrived(arrived) => {
                self.arrived(arrived, event);
                if arrived.source != ArrivalSource::Geofence {
                    self.in_contact(arrived.assignment, event);
                }
            }
            E::Parked(done) => {
                self.with(done.assignment, |a| a.parked = Some(given(event, &done.what)));
                self.in_contact(done.assignment, event);
            }
            E::Answered(done) => {
                let share = !self.pictures_wait && self.item(&done.what.item).is_some_and(Item::shows_pictures);
                let caption = self.item(&done.what.item).map_or_else(String::new, |i| i.text.clone());
                let item = Some(done.what.item.clone());
                in_order(self.answers.entry(done.what.item.clone()).or_default(), given(event, &done.what));
                self.pictures(&done.what.pictures, &caption, item, share, event);
                self.in_contact(done.assignment, event);
            }
            E::Assessed(done) => {
                if done.what.decision == DraDecision::Withdraw {
                    self.unresourced = None;
                }
                self.with(done.assignment, |a| {
                    in_order(&mut a.assessments, given(event, &done.what));
                    a.assess_due = None;
                    // One that arrives after the officer has left takes nobody back there.
                    if done.what.decision == DraDecision::Withdraw && a.left_at.is_none() {
                        a.state = A::Aborted;
                        a.answered();
                    }
                });
                self.in_contact(done.assignment, event);
            }
            E::Inspected(done) => {
                // What was found may be evidence, or somebody's home: a person releases it.
                for finding in &done.what.findings {
                    self.pictures(&finding.pictures, &finding.what, None, false, event);
                }
                let inspection = self.inspections.entry(done.what.section).or_insert_with(|| Inspection {
                    at,
                    by: event.by.clone(),
                    seq: event.seq,
                    findings: vec![],
                    not_entered: None,
                });
                (inspection.at, inspection.by, inspection.seq) = (at, event.by.clone(), event.seq);
                inspection.findings.retain(|f| done.what.findings.iter().all(|new| new.what != f.what));
                inspection.findings.extend(done.what.findings.iter().cloned());
                // Whether inside was left out stays known when its reason has been erased.
                inspection.not_entered = match &done.what.not_entered {
                    None if done.what.findings.is_empty() => Some(String::new()),
                    other => other.clone(),
                };
                self.in_contact(done.assignment, event);
            }
            E::ForcedEntry(done) => {
                for opening in &done.what.openings {
                    self.pictures(&opening.pictures, &opening.what, None, false, event);
                }
                self.forced_entry = Some(given(event, &done.what));
                self.in_contact(done.assignment, event);
            }
            E::Secured(done) => {
                self.secured = Some(given(event, &done.what));
                self.left_site(done.assignment, at);
            }
            E::StepAnswered(done) => {
                let step = Procedure::find(&self.procedure).and_then(|p| p.step(&done.what.step));
                let caption = step.map_or_else(String::new, |s| s.title.clone());
                in_order(self.step_answers.entry(done.what.step.clone()).or_default(), given(event, &done.what));
                self.pictures(&done.what.pictures, &caption, None, false, event);
                self.in_contact(done.assignment, event);
                if step.is_some_and(|s| s.leaves) {
                    self.left_site(done.assignment, at);
                }
            }
            E::StepSkipped(skip) => {
                self.skipped.entry(skip.step.clone()).or_insert_with(|| given(event, skip));
            }
            E::NoteAdded(note) => {
                self.notes.push(given(event, note));
                self.pictures(&note.pictures, "note", None, note.share, event);
            }
            E::LiaisonRecorded(liaison) => {
                self.liaison.push(given(event, liaison));
                if liaison.whom == "police" {
                    match (&mut self.police, liaison.outcome.as_str()) {
                        (police, "arrived") => *police = None,
                        (Some(wait), outcome) if outcome != "no_reply" => {
                            wait.spoken_at = wait.spoken_at.max(at);
                            wait.call_back_due = None;
                        }
                        _ => {}
                    }
                }
            }
            E::EscalationRaised(raised) => {
                self.escalations.push(Escalation { raised: given(event, raised), stood_down: None });
                if raised.level >= URGENT {
                    self.priority = Priority::P1;
                }
            }
            E::Alerted(alerted) => self.alerted.push(given(event, alerted)),
            E::EscalationStoodDown(down) => {
                let ends = |seq: &i64| down.ends.as_ref().is_none_or(|ends| ends.contains(seq));
                for escalation in self.escalations.iter_mut().filter(|e| ends(&e.raised.seq)) {
                    escalation.stood_down.get_or_insert_with(|| stamp(event, &down.reason));
                }
            }
            E::CheckCallDue(of) => self.with(of.assignment, |a| a.check_call_due = Some(at)),
            E::CheckCallUnanswered(of) => self.with(of.assignment, |a| a.unanswered_at = Some(at)),
            E::CheckCallAnswered(answered) => {
                self.in_contact(answered.assignment, event);
                self.with(answered.assignment, |a| {
                    if a.is_unsafe() && answered.ok {
                        a.left_at = Some(at);
                        a.answered();
                    }
                });
            }
            E::AssessmentDue(of) => self.with(of.assignment, |a| a.assess_due = Some(at)),
            E::ReportSubmitted(report) => self.report = Some(given(event, report)),
            E::ReportReviewed(review) => {
                self.reviews.push(given(event, review));
                if review.approve {
                    (self.cancel, self.police) = (None, None);
                    for a in self.assignments.iter_mut().filter(|a| a.state.is_active()) {
                        a.state = A::Finished;
                    }
                }
            }
            E::MediaArrived(arrived) => {
                if let Some(media) = self.media.get_mut(&arrived.sha256) {
                    media.received_at.get_or_insert(at);
                }
            }
            E::MediaReleased(released) => {
                if let Some(media) = self.media.get_mut(&released.sha256) {
                    media.share = released.share;
                }
            }
            E::TrackingIssued(issued) => self.tracking.push(TrackingLink {
                token_sha256: issued.token_sha256.clone(),
                issued_at: at,
                expires_at: issued.expires_at,
                revoked_at: None,
            }),
            E::TrackingRevoked(_) => {
                for link in self.tracking.iter_mut().filter(|l| l.revoked_at.is_none()) {
                    link.revoked_at = Some(at);
                }
            }
            E::MessageDelivered(m) => self.mark(m.reader, Mark { up_to: m.up_to, at }, false),
            E::MessageRead(m) => self.mark(m.reader, Mark { up_to: m.up_to, at }, true),
            E::ContactTried(tried) => self.contacts_tried.push(given(event, tried)),
            E::ManagerTexted(text) => self.manager_texted(event, text),
            E::ContactsSettled(settled) => self.contacts_settled.push(given(event, settled)),
            E::MajorDeclared(major) => self.major = Some(given(event, major)),
            E::EscalationPlanned(plan) => self.plan = Some(given(event, plan)),
            E::UpdateOverdue(overdue) => self.chase(overdue.expected, overdue.since, event.recorded_at),
            other => debug_assert!(false, "{} in a call-out stream", other.kind()),
        }
        self.state = self.derive_state();
        self.note_in_timeline(event);
    }

    fn offered(&mut self, offered: &event::Offered, event: &Recorded) {
        self.unresourced = None;
        self.hold = None;
        // What asks somebody may be a late word of another phone; the asking itself is now.
        self.asking_since.get_or_insert(event.recorded_at);
        // Only a person asks somebody a second time; with that a new round begins and everybody counts again.
        if self.passed.contains(&offered.officer) {
            self.passed.clear();
        }
        self.assignments.push(Assignment {
            id: offered.assignment,
            part: offered.part,
            officer: offered.officer,
            unit: offered.unit,
            call_sign: offered.call_sign.clone(),
            state: A::Offered,
            offered_at: event.recorded_at,
            expires_at: offered.expires_at,
            rank: offered.rank,
            of: offered.of,
            distance_m: offered.distance_m,
            travel_s: offered.travel_s,
            by_road: offered.by_road,
            reasons: offered.reasons.clone(),
            then: offered.then.clone(),
            override_reason: offered.override_reason.clone(),
            delivered_at: None,
            seen_at: None,
            not_delivered_at: None,
            text: None,
            accepted_at: None,
            by_voice: false,
            ended_reason: String::new(),
            rams: None,
            location: None,
            en_route_at: None,
            arrived: None,
            parked: None,
            assessments: vec![],
            check_call_due: None,
            last_contact_at: None,
            assess_due: None,
            unanswered_at: None,
            seems_en_route_at: None,
            not_moving_at: None,
            seems_left_at: None,
            not_set_off_at: None,
            report_due_at: None,
            undecided_at: None,
            left_at: None,
            stand_down_heard_at: None,
        });
    }

    fn accepted(&mut self, accepted: &event::Accepted, event: &Recorded) {
        self.unresourced = None;
        self.asking_since = None;
        // Back-up whose lead has left meanwhile leads.
        let supports = self.active_lead().is_some()
            && self.assignment(accepted.assignment).is_some_and(|a| a.part == Part::Support);
        if !supports {
            self.lead = Some(accepted.assignment);
        }
        self.with(accepted.assignment, |a| {
            a.part = if supports { Part::Support } else { Part::Lead };
            a.state = A::Accepted;
            a.accepted_at = Some(event.at);
            a.by_voice = accepted.by_voice;
        });
    }

    fn ended(&mut self, assignment: AssignmentId, state: A, reason: &str) {
        if let Some(officer) = self.assignment(assignment).map(|a| a.officer) {
            self.passed.push(officer);
        }
        self.with(assignment, |a| {
            a.state = state;
            a.ended_reason = reason.to_owned();
        });
    }

    fn arrived(&mut self, arrived: &event::Arrived, event: &Recorded) {
        let by_hand = arrived.source != ArrivalSource::Geofence;
        self.with(arrived.assignment, |a| match &mut a.arrived {
            Some(arrival) if by_hand => {
                arrival.confirmed_at.get_or_insert(event.at);
                // Tapped without signal before the geofence noticed.
                arrival.at = arrival.at.min(event.at);
                a.state = A::Arrived;
            }
            Some(_) => {}
            None => {
                a.arrived = Some(Arrival {
                    at: event.at,
                    source: arrived.source,
                    confirmed_at: by_hand.then_some(event.at),
                    point: arrived.point,
                    distance_m: arrived.distance_m,
                    reason: arrived.reason.clone(),
                    seq: event.seq,
                });
                a.last_contact_at = a.last_contact_at.max(Some(event.at));
                a.not_moving_at = None;
                // Nobody is finished who turns out to be there: the stand-down has not been heard.
                a.state = match a.state {
                    _ if by_hand => A::Arrived,
                    A::Finished => A::EnRoute,
                    state => state,
                };
            }
        });
    }

    /// Only the report remains.
    fn left_site(&mut self, id: AssignmentId, at: crate::Instant) {
        self.with(id, |a| {
            a.state = A::Clear;
            a.left_at = Some(at);
            a.answered();
        });
    }

    fn with(&mut self, id: AssignmentId, change: impl FnOnce(&mut Assignment)) {
        if let Some(assignment) = self.assignments.iter_mut().find(|a| a.id == id) {
            change(assignment);
        }
    }

    /// An officer who records something is well: the check call starts again. A late fact from before the last
    /// contact says nothing new and answers no check call; the same timer would not fire twice.
    fn in_contact(&mut self, id: AssignmentId, event: &Recorded) {
        self.with(id, |a| {
            if a.last_contact_at.is_none_or(|known| event.at > known) {
                a.last_contact_at = Some(event.at);
                a.answered();
            }
        });
    }

    pub(crate) fn item(&self, id: &str) -> Option<&crate::documents::Item> {
        self.checklist.as_ref()?.items.iter().find(|i| i.id == id)
    }

    fn pictures(&mut self, digests: &[String], caption: &str, item: Option<String>, share: bool, event: &Recorded) {
        for sha256 in digests {
            self.media.entry(sha256.to_ascii_lowercase()).or_insert_with(|| Media {
                caption: caption.to_owned(),
                item: item.clone(),
                taken_at: event.at,
                by: event.by.clone(),
                seq: event.seq,
                received_at: None,
                share,
            });
        }
    }

    /// The state that follows from what happened.
    fn derive_state(&self) -> S {
        if self.reviews.last().is_some_and(|r| r.what.approve) {
            return S::Closed;
        }
        if self.stood_down.is_some() {
            return S::StoodDown;
        }
        if let Some(played) = &self.played {
            return played.stage.state();
        }
        if let Some(lead) = self.lead() {
            match lead.state {
                A::Accepted => return S::Accepted,
                A::EnRoute => return S::EnRoute,
                A::Arrived => {
                    return match lead.assessment() {
                        None => S::OnScene,
                        Some(_) if !lead.may_go_on() => S::Assessing,
                        Some(_) if self.only_leaving_remains() => S::Securing,
                        Some(_) => S::Inspecting,
                    };
                }
                A::Clear => {
                    return if self.awaits_review() { S::Review } else { S::Reporting };
                }
                A::Finished => return S::Reporting,
                A::Offered | A::Declined | A::Expired | A::Withdrawn | A::Aborted | A::Released => {}
            }
        }
        let aborted = self.lead().is_some_and(|a| a.state == A::Aborted);
        // Back-up that is still being asked does not hide that the lead withdrew.
        if self.open_offer().is_some_and(|offer| offer.part == Part::Lead || !aborted) {
            S::Offering
        } else if self.unresourced.is_some() {
            S::Unresourced
        } else if aborted {
            S::Aborted
        } else {
            S::Triaged
        }
    }

    /// A report is in and was not returned since.
    pub fn awaits_review(&self) -> bool {
        match (&self.report, self.reviews.last()) {
            (Some(report), Some(review)) => review.seq < report.seq,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}

fn stamp(event: &Recorded, reason: &str) -> Stamp {
    Stamp { at: event.at, by: event.by.clone(), reason: reason.to_owned(), seq: event.seq }
}

/// The last is the one that stands, so a late fact from before it goes before it.
fn in_order<T>(all: &mut Vec<Given<T>>, late: Given<T>) {
    let place = all.iter().rposition(|known| known.at <= late.at).map_or(0, |before| before + 1);
    all.insert(place, late);
}

pub(super) fn given<T: Clone>(event: &Recorded, what: &T) -> Given<T> {
    Given { at: event.at, recorded_at: event.recorded_at, by: event.by.clone(), seq: event.seq, what: what.clone() }
}

/// The hub itself, as a person reads it.
pub(super) const SYSTEM: &str = "the system";

/// Who acted, as a person reads it.
pub(super) fn who(callout: &Callout, by: &Author) -> String {
    match (by.role, by.officer) {
        (Role::System, _) => SYSTEM.into(),
        (Role::Officer, Some(officer)) => callout
            .assignments
            .iter()
            .rev()
            .find(|a| a.officer == officer)
            .map_or_else(|| "an officer".into(), |a| a.call_sign.clone()),
        (Role::Customer, _) => "customer".into(),
        (Role::Partner, _) => "partner".into(),
        _ => "control room".into(),
    }
}
