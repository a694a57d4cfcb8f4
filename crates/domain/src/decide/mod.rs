//! From a command to events, or to a refusal. The only place where anything is decided.

mod alarms;
mod calls;
mod dispatch;
mod handover;
mod help;
mod keys;
mod lists;
mod managers;
mod panels;
mod partner;
mod permission;
mod register;
mod report;
mod reset;
mod signals;
mod step;
mod support;
mod talk;
mod thread;
mod urn;
mod waiting;
mod work;
mod writing;

use crate::Instant;
use crate::callout::{Assignment, Callout};
use crate::command::{Author, Command, CommandBody as C, Role};
use crate::event::{Event, EventBody};
use crate::id::{AggregateKind, OfficerId, PersonId, Stream};
use crate::nearest::Fixes;
use crate::refusal::Refusal;
use crate::world::World;
use std::sync::Arc;
use uuid::Uuid;

/// What deciding needs besides the state and the command: who, when, and what is known outside the log.
pub struct Ctx<'a> {
    pub author: Author,
    /// The time of recording.
    pub now: Instant,
    /// When it happened, corrected for the device's clock; never later than now.
    pub at: Instant,
    pub fixes: &'a dyn Fixes,
    /// Whether a picture's bytes are here.
    pub has_media: &'a dyn Fn(&str) -> bool,
    /// The number of a new call-out. A desk on its own gives a provisional one.
    pub number: &'a dyn Fn(&World) -> String,
    /// False on a desk without its hub: nobody can be asked from there.
    pub can_offer: bool,
}

/// Decides one command against the state as it stands.
pub fn decide(world: &World, command: &Command, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let body = C::parse(&command.kind, command.v, &command.body)?;
    permission::check(&body, command, ctx)?;
    let d = Decision { world, command, ctx };
    d.must_fit_a_test()?;
    match &body {
        C::SettingsPut(put) => d.settings_put(put),
        C::ManagersPut(put) => d.managers_put(put),
        C::AccountPut(put) => d.account_put(put),
        C::EstatePut(put) => d.estate_put(put),
        C::SitePut(put) => d.site_put(put),
        C::OfficerPut(put) => d.officer_put(put),
        C::UnitPut(put) => d.unit_put(put),
        C::PanelPut(put) => d.panel_put(put),
        C::RamsPut(put) => d.rams_put(put),
        C::ChecklistPut(put) => d.checklist_put(put),
        C::ChecklistInvite(invite) => d.checklist_invite(invite),
        C::ChecklistUninvite(_) => d.checklist_uninvite(),
        C::ChecklistPropose(propose) => d.checklist_propose(propose),
        C::ChecklistReturn(back) => d.checklist_return(back),
        C::PersonErase(erase) => d.person_erase(erase),
        C::ShiftSignOn(on) => d.sign_on(on),
        C::ShiftSignOff(_) => d.sign_off(),
        C::OfficerEmergency(emergency) => d.officer_emergency(emergency),
        C::SignalReceive(signal) => d.signal(signal),
        C::PanelSilent(silent) => d.panel_silent(silent),
        C::PanelHeard(_) => d.panel_heard(),
        C::AlarmView(_) => d.alarm_view(),
        C::AlarmTake(take) => d.alarm_take(take),
        C::AlarmShelve(shelve) => d.alarm_shelve(shelve),
        C::AlarmClose(close) => d.alarm_close(close),
        C::PanelOnTest(test) => d.on_test(test),
        C::PanelOffTest(_) => d.off_test(),
        C::CalloutCreate(create) => d.callout_create(create),
        C::CalloutStandDown(down) => d.stand_down(down),
        C::StandDownAcknowledge(_) => d.stand_down_acknowledge(),
        C::CalloutHold(hold) => d.hold(hold),
        C::CalloutResume(_) => d.resume(),
        C::CalloutReopen(reopen) => d.reopen(reopen),
        C::CalloutOwn(_) => d.own(),
        C::CancelRequest(request) => d.cancel_request(request),
        C::CancelRefuse(refuse) => d.cancel_refuse(refuse),
        C::PoliceWait(wait) => d.police_wait(wait),
        C::AssignmentOffer(offer) => d.offer(offer),
        C::AssignmentAttend(attend) => d.attend(attend),
        C::AssignmentDelivered(_) => d.delivered(),
        C::AssignmentSeen(_) => d.seen(),
        C::AssignmentAccept(accept) => d.accept(accept),
        C::AssignmentDecline(decline) => d.decline(decline),
        C::AssignmentWithdraw(withdraw) => d.withdraw(withdraw),
        C::AssignmentRelease(release) => d.release(release),
        C::AssignmentLeave(_) => d.leave(),
        C::LeadHandOver(hand_over) => d.hand_over(hand_over),
        C::RamsAcknowledge(rams) => d.rams_acknowledge(rams),
        C::LocationConfirm(location) => d.location_confirm(location),
        C::AssignmentEnRoute(_) => d.en_route(),
        C::AssignmentArrive(arrive) => d.arrive(arrive),
        C::AssignmentNotice(notice) => d.notice(notice),
        C::AssignmentPark(park) => d.park(park),
        C::ChecklistAnswer(answer) => d.answer(answer),
        C::DraRecord(dra) => d.assess(dra),
        C::InspectionRecord(inspection) => d.inspect(inspection),
        C::ForcedEntryRecord(record) => d.forced_entry(record),
        C::PremisesSecure(secure) => d.secure(secure),
        C::StepAnswer(answer) => d.step_answer(answer),
        C::StepSkip(skip) => d.step_skip(skip),
        C::CheckCallAnswer(answer) => d.check_call_answer(answer),
        C::NoteAdd(note) => d.note(note),
        C::LiaisonRecord(liaison) => d.liaison(liaison),
        C::EscalationRaise(raise) => d.escalate(raise),
        C::EscalationStandDown(down) => d.escalation_stand_down(down),
        C::ReportSubmit(submit) => d.report_submit(submit),
        C::ReportReview(review) => d.report_review(review),
        C::AssignmentText(text) => d.text(text),
        C::MediaReceived(media) => d.media_received(media),
        C::MediaRelease(release) => d.media_release(release),
        C::TrackingIssue(issue) => d.tracking_issue(issue),
        C::TrackingRevoke(_) => d.tracking_revoke(),
        C::CallProgress(progress) => d.call_progress(progress),
        C::CallAnswer(_) => d.call_answer(),
        C::CallPut(put) => d.call_put(put),
        C::CallGrade(grade) => d.call_grade(grade),
        C::CallClose(close) => d.call_close(close),
        C::CallRecord(record) => d.call_record(record),
        C::MessageDelivered(up_to) => d.message_delivered(up_to),
        C::MessageRead(up_to) => d.message_read(up_to),
        C::ContactTried(tried) => d.contact_tried(tried),
        C::ManagerText(text) => d.manager_text(text),
        C::ContactsSettle(settle) => d.contacts_settle(settle),
        C::EscalationPlan(plan) => d.escalation_plan(plan),
        C::MajorDeclare(major) => d.major(major),
        C::HandoverWrite(write) => d.handover_write(write),
        C::HandoverSign(sign) => d.handover_sign(sign),
        C::KeyPut(put) => d.key_put(put),
        C::KeyIssue(issue) => d.key_issue(issue),
        C::KeyReturn(back) => d.key_return(back),
        C::KeyLose(lose) => d.key_lose(lose),
        C::PanelPoliceCall(call) => d.police_call(call),
        C::RamsOverride(why) => d.rams_override(why),
        C::TimerFire(timer) => d.timer_fire(timer),
        C::CalloutRequest(request) => d.callout_request(request),
        C::RatingGive(rating) => d.rating(rating),
        C::TestPlay(play) => d.test_play(play),
        C::ReportKeep(keep) => d.report_keep(keep),
    }
}

type Decided = Result<Vec<Event>, Refusal>;

struct Decision<'a> {
    world: &'a World,
    command: &'a Command,
    ctx: &'a Ctx<'a>,
}

impl<'a> Decision<'a> {
    fn target(&self) -> &'a str {
        &self.command.target
    }

    /// The target as an id, for what the command makes.
    fn target_id(&self) -> Result<Uuid, Refusal> {
        Uuid::try_parse(self.target()).map_err(|_| {
            Refusal::new("bad_target", "A new record is named by a UUID.")
                .mend("Make a UUIDv7 where the person acted and send it as the target.")
        })
    }

    /// An id that follows from this command.
    fn derived(&self, what: &str) -> Uuid {
        crate::id::derived(what, &[self.command.id.0.as_bytes()])
    }

    fn callout(&self) -> Result<&'a Arc<Callout>, Refusal> {
        self.world.callout(self.target()).ok_or_else(|| Refusal::not_found("call-out", self.target()))
    }

    /// The officer who acts: the author, or the one a controller speaks for.
    fn acting_officer(&self, callout: &Callout) -> Result<OfficerId, Refusal> {
        match (self.ctx.author.role, self.ctx.author.officer, self.command.on_behalf_of) {
            (Role::Officer, Some(officer), _) => Ok(officer),
            (Role::Officer, None, _) => Err(Refusal::new("no_officer", "This sign-in belongs to no officer.")
                .mend("Enrol the phone again with a code from control.")),
            (_, _, Some(officer)) => Ok(officer),
            // A controller who names nobody speaks for the one officer it can be.
            (_, _, None) => callout
                .open_offer()
                .filter(|_| callout.lead().is_none_or(|lead| !lead.state.is_active()))
                .or_else(|| callout.lead())
                .map(|a| a.officer)
                .ok_or_else(|| {
                    Refusal::new("no_officer", "Nobody is on this call-out to record that for.")
                        .mend("Name the officer in on_behalf_of.")
                }),
        }
    }

    /// Who answers an offer. A controller who names nobody speaks for the officer it is with, also beside a lead.
    fn answering_officer(&self, callout: &Callout) -> Result<OfficerId, Refusal> {
        match (self.ctx.author.role, self.command.on_behalf_of, callout.open_offer()) {
            (role, None, Some(offer)) if role != Role::Officer => Ok(offer.officer),
            _ => self.acting_officer(callout),
        }
    }

    fn acting_assignment(&self, callout: &'a Callout) -> Result<&'a Assignment, Refusal> {
        let officer = self.acting_officer(callout)?;
        callout.assignment_of(officer).ok_or_else(|| {
            Refusal::new("not_on_callout", format!("This officer was never asked to take {}.", callout.number))
                .mend("Offer it to the officer first.")
        })
    }

    fn one(&self, kind: AggregateKind, id: impl Into<Uuid>, body: EventBody) -> Decided {
        Ok(vec![event(kind, id, body)])
    }

    fn on_callout(&self, callout: &Callout, body: EventBody) -> Decided {
        self.one(AggregateKind::Callout, callout.id, body)
    }
}

fn event(kind: AggregateKind, id: impl Into<Uuid>, body: EventBody) -> Event {
    Event { stream: Stream::new(kind, id), body, subject: None }
}

fn about(mut event: Event, person: impl Into<Uuid>) -> Event {
    event.subject = Some(PersonId(person.into()));
    event
}

fn required(text: &str, what: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(
            Refusal::new("missing", format!("{what} is missing.")).mend(format!("Write {}.", what.to_lowercase()))
        );
    }
    crate::callout::checks::check_text(text)
}
