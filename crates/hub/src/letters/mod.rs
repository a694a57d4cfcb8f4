//! Sends approved reports, and what is added to them, by mail to the contacts of the site who are to have them.
//!
//! A letter lies in the queue on disk until a server has taken it or has said that it never will. Its Message-ID stays the
//! same however often it is tried, so that a mailbox that gets it twice can tell.

mod server;

use crate::state::Hub;
use chrono::{TimeDelta, Utc};
use domain::callout::Callout;
use domain::event::{ReportKept, ReportOf};
use domain::id::CalloutId;
use domain::site::ReportCopy;
pub use server::Mail;
use server::Told;
use std::sync::Arc;
use std::time::Duration;
use store::{MailState, ReportMail, StoreError};
use uuid::Uuid;

/// What a desk has put back in the queue is seen at once; what another process did, within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The waits between tries: a minute, doubled up to an hour, for two days in all, as mail servers do among themselves.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const WAIT_MAX: Duration = Duration::from_secs(3600);
const GIVEN_UP_AFTER: Duration = Duration::from_secs(48 * 3600);
const ROUND_MAX: u32 = 100;

/// Puts a kept version in the queue for everybody who is to have it. Twice is once.
pub async fn queue(hub: &Hub, callout: &Callout, kept: &ReportKept) -> Result<(), StoreError> {
    let Some(mail) = &hub.mail else { return Ok(()) };
    let world = hub.world();
    let Some(site) = callout.site.and_then(|id| world.sites.get(&id)).filter(|_| kept.of != ReportOf::Submitted) else {
        return Ok(());
    };
    // An addition that the customer may not read is nothing new to the customer.
    let shared = kept.of == ReportOf::Approved || callout.notes.iter().any(|n| n.seq == kept.of_seq && n.what.share);
    for contact in site.contacts.iter().filter(|c| !c.email.is_empty()) {
        let (copy, sha256) = match (contact.reports, &kept.customer) {
            (Some(ReportCopy::Full), _) => ("full", &kept.full),
            (Some(ReportCopy::Customer), Some(customer)) if shared => ("customer", customer),
            _ => continue,
        };
        let Some(sha256) = crate::media::digest_of_hex(sha256) else { continue };
        let now = Utc::now();
        let letter = ReportMail {
            id: Uuid::now_v7(),
            callout: callout.id,
            version: kept.version,
            copy: copy.into(),
            sha256,
            person: contact.id,
            role: contact.role.clone(),
            address: contact.email.clone(),
            made_at: now,
            tries: 0,
            state: MailState::Queued,
            done_at: None,
            said: String::new(),
        };
        hub.store.queue_report(&letter).await?;
    }
    mail.look.notify_one();
    Ok(())
}

/// Tries again what was refused or given up about a call-out.
pub async fn send_again(hub: &Hub, callout: CalloutId) -> Result<u64, StoreError> {
    let again = hub.store.resend_reports(callout, Utc::now()).await?;
    if let Some(mail) = &hub.mail {
        mail.look.notify_one();
    }
    Ok(again)
}

/// Sends what waits, one after another, until the hub stops.
pub async fn run(hub: Arc<Hub>) {
    let Some(mail) = hub.mail.clone() else { return };
    loop {
        let next = tokio::select! {
            sent = send_due(&hub, &mail) => sent.unwrap_or_else(|error| {
                tracing::error!(%error, "the letters that wait could not be read; it is tried again");
                RETRY_AFTER
            }),
            () = hub.stopping.cancelled() => return,
        };
        tokio::select! {
            () = mail.look.notified() => {}
            () = tokio::time::sleep(next) => {}
            () = hub.stopping.cancelled() => return,
        }
    }
}

/// Sends what is due, and says when to look again.
async fn send_due(hub: &Hub, mail: &Mail) -> Result<Duration, StoreError> {
    for letter in hub.store.due_report_mails(Utc::now(), ROUND_MAX).await? {
        let told = send(hub, mail, &letter).await;
        let now = Utc::now();
        let (state, said, next) = match told {
            Told::Sent(said) => (MailState::Sent, said, None),
            Told::Refused(said) => (MailState::Refused, said, None),
            Told::Again(said) => {
                let next = now + mail.wait_after(letter.tries);
                match next <= letter.made_at + mail.given_up_after() {
                    true => (MailState::Queued, said, Some(next)),
                    false => (MailState::Failed, said, None),
                }
            }
        };
        hub.counters.add(counter(state), 1);
        if state != MailState::Sent {
            // The server's words may name the mailbox; those are for the desk alone.
            tracing::warn!(letter = %letter.id, state = state.name(), "a report was not taken by the mail server");
        }
        hub.store.report_mail_tried(letter.id, state, &said, next, now).await?;
    }
    let next = hub.store.next_report_mail_at().await?;
    let until = next.map_or(LOOK_AGAIN, |at| (at - Utc::now()).to_std().unwrap_or(RETRY_AFTER));
    Ok(until.min(LOOK_AGAIN))
}

fn counter(state: MailState) -> &'static str {
    match state {
        MailState::Queued => "mail_tried",
        MailState::Sent => "mail_sent",
        MailState::Refused => "mail_refused",
        MailState::Failed => "mail_failed",
    }
}

async fn send(hub: &Hub, mail: &Mail, letter: &ReportMail) -> Told {
    let name = crate::media::hex(&letter.sha256);
    let media = hub.media.clone();
    let read = tokio::task::spawn_blocking(move || media.read(&name)).await;
    let Ok(Ok((pdf, _))) = read else {
        return Told::Again("the report's file cannot be read".into());
    };
    let callout = match hub.store.callout_by_ref(&letter.callout.to_string()).await {
        Ok(Some((_, _, state))) => serde_json::from_value::<Callout>(state).ok(),
        _ => None,
    };
    let Some(callout) = callout else { return Told::Again("the call-out cannot be read".into()) };
    mail.send(&hub.world(), &callout, letter, pdf).await
}

impl Mail {
    fn wait_after(&self, tries: u32) -> TimeDelta {
        let doubled = FIRST_WAIT.saturating_mul(1 << tries.min(20)).min(WAIT_MAX);
        TimeDelta::from_std(doubled.mul_f64(self.pace)).unwrap_or(TimeDelta::MAX)
    }

    fn given_up_after(&self) -> TimeDelta {
        TimeDelta::from_std(GIVEN_UP_AFTER.mul_f64(self.pace)).unwrap_or(TimeDelta::MAX)
    }
}
