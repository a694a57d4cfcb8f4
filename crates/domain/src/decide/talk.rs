//! Notes, liaison, escalation and the customer's link: possible in every open state.

use super::{Decided, Decision, event, required};
use crate::callout::checks::{check_digest, check_text};
use crate::callout::services::is_contractor;
use crate::callout::{Assignment, Callout};
use crate::command::{
    Author, EscalationRaise, EscalationStandDown, LiaisonRecord, MajorDeclare, MediaReceived, MediaRelease, NoteAdd,
    Role, TrackingIssue,
};
use crate::event::{
    CheckCallAnswered, Empty, EscalationEnded, EventBody as E, MediaArrived, MediaReleased, TrackingIssued,
};
use crate::id::{AggregateKind as K, PersonId};
use crate::refusal::Refusal;
use chrono::TimeDelta;

/// The level of escalation that nothing may refuse.
const EMERGENCY: u8 = 3;

/// Whoever was called comes between these: a word that is recorded late may name a time that has gone.
const DUE_PAST: TimeDelta = TimeDelta::days(1);
const DUE_AHEAD: TimeDelta = TimeDelta::days(7);

/// A customer's link never lives longer than this.
const LINK_MAX: TimeDelta = TimeDelta::days(31);

impl Decision<'_> {
    /// Notes may be added to a closed call-out too: late additions are additions.
    pub(super) fn note(&self, note: &NoteAdd) -> Decided {
        let callout = self.callout()?;
        if self.ctx.author.role == Role::Customer {
            // Its words can be erased with whoever held the link.
            let writer = PersonId(self.ctx.author.account.0);
            return self.person_note(callout, E::NoteAdded(self.of_a_customer(callout, note)?), Some(writer));
        }
        self.must_take_part(callout)?;
        required(&note.text, "The note")?;
        note.pictures.iter().try_for_each(|p| check_digest(p))?;
        if note.to.as_deref().is_some_and(|to| !matches!(to, "control" | "officer" | "customer")) {
            return Err(Refusal::new("bad_recipient", "A note goes to control, officer or customer.")
                .mend("Leave “to” out to reach everybody on the call-out."));
        }
        let mut note = note.clone();
        note.share |= note.to.as_deref() == Some("customer");
        self.person_note(callout, E::NoteAdded(note.clone()), note.about)
    }

    pub(super) fn liaison(&self, liaison: &LiaisonRecord) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        self.must_take_part(callout)?;
        required(&liaison.whom, "Who was spoken to")?;
        [&liaison.channel, &liaison.summary, &liaison.reference, &liaison.outcome, &liaison.authorised_by]
            .into_iter()
            .try_for_each(|text| check_text(text))?;
        if liaison.due_at.is_some_and(|due| due < self.ctx.at - DUE_PAST || due > self.ctx.at + DUE_AHEAD) {
            return Err(Refusal::new("bad_due", "Whoever was called comes within a week.")
                .mend("Give the time at which they said they would be there."));
        }
        if !is_contractor(&liaison.whom) && (liaison.cost_cap.is_some() || !liaison.authorised_by.is_empty()) {
            return Err(Refusal::new("not_a_contractor", format!("Nobody pays for “{}”.", liaison.whom))
                .mend("A cost and who agreed to it go with boarding_up, locksmith or guard."));
        }
        self.on_callout(callout, E::LiaisonRecorded(liaison.clone()))
    }

    pub(super) fn escalate(&self, raise: &EscalationRaise) -> Decided {
        let callout = self.callout()?;
        if !(1..=3).contains(&raise.level) {
            return Err(Refusal::new("bad_level", "Escalation has levels 1, 2 and 3.").mend("Use 3 for an emergency."));
        }
        check_text(&raise.reason)?;
        if raise.level == EMERGENCY && !callout.is_open() {
            return Ok(vec![self.emergency_after(callout, raise)]);
        }
        callout.must_be_live()?;
        if raise.level < EMERGENCY {
            self.must_take_part(callout)?;
        }
        let mut events = self.escalated(callout, raise.clone(), None);
        events.extend(self.back_up(callout, raise.level));
        Ok(events)
    }

    /// An officer writes on the call-outs he or she has or had; the control room on all.
    pub(super) fn must_take_part(&self, callout: &Callout) -> Result<(), Refusal> {
        let Author { role: Role::Officer, officer, .. } = self.ctx.author else {
            return Ok(());
        };
        let part = |a: &Assignment| Some(a.officer) == officer && a.accepted_at.is_some();
        if callout.assignments.iter().any(part) {
            return Ok(());
        }
        Err(Refusal::new("not_on_callout", format!("{} is not yours.", callout.number)).mend("Call control."))
    }

    pub(super) fn escalation_stand_down(&self, down: &EscalationStandDown) -> Decided {
        let callout = self.callout()?;
        required(&down.reason, "The reason")?;
        if callout.escalation_level() == 0 {
            return Ok(vec![]);
        }
        let author = self.ctx.author.account;
        let standing = callout.escalations.iter().filter(|e| e.stood_down.is_none()).map(|e| &e.raised);
        let known = standing.filter(|raised| match down.seen {
            Some(seen) => raised.seq <= seen || raised.by.account == author && raised.at <= self.ctx.at,
            None => raised.at <= self.ctx.at,
        });
        let ends: Vec<i64> = known.map(|raised| raised.seq).collect();
        if ends.is_empty() {
            return Err(Refusal::new("escalation_newer", "Help was called for after this was said.")
                .mend("Speak to the officer again, then end it."));
        }
        if !down.officer_safe {
            return Err(Refusal::new("officer_not_safe", "An escalation ends when the officer is known to be safe.")
                .mend("Speak to the officer, then confirm it."));
        }
        let (reason, confirmed_by) = (down.reason.clone(), down.confirmed_by);
        let ended = EscalationEnded { reason, ends: Some(ends), confirmed_by };
        let mut events = self.on_callout(callout, E::EscalationStoodDown(ended))?;
        // Whoever is known to be safe has answered, asked or not.
        let asked =
            callout.assignments.iter().filter(|a| a.is_unsafe() || a.is_engaged() && a.check_call_due.is_some());
        events.extend(asked.map(|a| {
            let answered = CheckCallAnswered { assignment: a.id, ok: true, note: String::new() };
            event(K::Callout, callout.id, E::CheckCallAnswered(answered))
        }));
        Ok(events)
    }

    /// Only a person declares one, and only of an emergency; the control room may take it back and says why.
    pub(super) fn major(&self, major: &MajorDeclare) -> Decided {
        let callout = self.callout()?;
        callout.must_be_live()?;
        check_text(&major.reason)?;
        if major.on == callout.is_major() {
            return Ok(vec![]);
        }
        match major.on {
            true if callout.escalation_level() < EMERGENCY => {
                return Err(Refusal::new("not_an_emergency", "A major incident is an emergency.")
                    .mend("Escalate to level 3 first."));
            }
            true => {}
            false => required(&major.reason, "The reason")?,
        }
        self.on_callout(callout, E::MajorDeclared(major.clone()))
    }

    pub(super) fn media_received(&self, media: &MediaReceived) -> Decided {
        let callout = self.callout()?;
        let sha256 = media.sha256.to_ascii_lowercase();
        let named = callout.media.get(&sha256).is_some_and(|m| m.received_at.is_none());
        if !named {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::MediaArrived(MediaArrived { sha256 }))
    }

    /// Possible after the end as well: a customer asks for a picture the next day.
    pub(super) fn media_release(&self, release: &MediaRelease) -> Decided {
        let callout = self.callout()?;
        let sha256 = release.sha256.to_ascii_lowercase();
        let picture = callout.media.get(&sha256).ok_or_else(|| Refusal::not_found("picture", &release.sha256))?;
        if picture.share == release.share {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::MediaReleased(MediaReleased { sha256, share: release.share }))
    }

    pub(super) fn tracking_issue(&self, issue: &TrackingIssue) -> Decided {
        let callout = self.callout()?;
        check_digest(&issue.token_sha256).map_err(|_| {
            Refusal::new("bad_token", "The link's token is named by its SHA-256 in 64 hex digits.")
                .mend("Make a random token, keep it, and send its digest.")
        })?;
        let life = issue.expires_at - self.ctx.now;
        if life <= TimeDelta::zero() || life > LINK_MAX {
            return Err(Refusal::new("bad_expiry", "A link lives between now and 31 days.").mend("Choose another end."));
        }
        if callout.tracking_link(&issue.token_sha256).is_some() {
            return Ok(vec![]);
        }
        let issued =
            TrackingIssued { token_sha256: issue.token_sha256.to_ascii_lowercase(), expires_at: issue.expires_at };
        self.on_callout(callout, E::TrackingIssued(issued))
    }

    pub(super) fn tracking_revoke(&self) -> Decided {
        let callout = self.callout()?;
        if callout.tracking.iter().all(|t| t.revoked_at.is_some()) {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::TrackingRevoked(Empty {}))
    }
}
