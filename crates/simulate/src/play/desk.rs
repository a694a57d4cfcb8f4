//! The second operator and the duty supervisor: they did the evening's work before the real operator sat down, take
//! calls, and step in when nobody answers.

use super::{Job, Player};
use crate::evening::{Create, Handling, Place};
use crate::hub::{Answer, HubError, Listed, Sending, Session};
use chrono::TimeDelta;
use domain::Instant;
use domain::alarm::AlarmState;
use domain::callout::{Callout, CalloutState};
use protocol::api::AlarmLine;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

const PAGE: u32 = 200;
/// A link for the customer is good for this long.
const LINK_LIFE: TimeDelta = TimeDelta::hours(12);
/// After a taken alarm nobody need go for.
const CLOSE_TAKEN_S: f64 = 70.0;

/// One piece of desk work.
#[derive(Clone, Debug)]
pub(super) enum Chore {
    Take(String),
    Close(String, String),
    Shelve(String, Instant, &'static str),
    /// Looks whether somebody took it meanwhile.
    Mind(String),
    Review(String),
    LookAtPhones,
    /// Alarms from before the evening.
    ClearAway,
}

pub(super) struct Desk {
    operator: Session,
    supervisor: Session,
    patience: TimeDelta,
    alarms_after: i64,
    /// Log position of each alarm's raising, to look it up again.
    raised: HashMap<String, i64>,
    pub line_faults: usize,
    /// Addresses of tracking links made, for whoever shows the demonstration.
    pub links: Vec<String>,
    /// What has been seen to on a call-out, so that it is done once.
    seen_to: HashMap<(Uuid, &'static str), Instant>,
    random: StdRng,
}

impl Desk {
    pub fn new(operator: Session, supervisor: Session, patience: TimeDelta, seed: u64) -> Self {
        Self {
            operator,
            supervisor,
            patience,
            alarms_after: 0,
            raised: HashMap::new(),
            line_faults: 0,
            links: vec![],
            seen_to: HashMap::new(),
            random: StdRng::seed_from_u64(seed ^ 0xde5c),
        }
    }

    fn never_steps_in(&self) -> bool {
        self.patience <= TimeDelta::zero()
    }

    /// An emergency is not left alone as long as the rest.
    fn patience_s(&self, priority: u8) -> f64 {
        let whole = self.patience.num_seconds() as f64;
        if priority == 1 { whole * 0.4 } else { whole }
    }

    pub fn review_after_s(&mut self, live: bool) -> f64 {
        match live {
            true => self.patience_s(3) / 2.0,
            false => self.random.random_range(50.0..160.0),
        }
    }
}

impl Player {
    async fn operate(&self, kind: &str, target: &str, body: Value) -> Answer<()> {
        let sending = Sending { kind, target, at: self.clock.now(), body };
        self.desk.operator.command(sending).await.map(drop)
    }

    /// What is left to supervisors where a council has not said otherwise.
    async fn supervise(&self, kind: &str, target: &str, body: Value) -> Answer<()> {
        let sending = Sending { kind, target, at: self.clock.now(), body };
        self.desk.supervisor.command(sending).await.map(drop)
    }

    /// Reads the alarms that are new and puts down what is to be done about each.
    pub(super) async fn look_at_alarms(&mut self) -> Answer<()> {
        loop {
            let page = self.desk.operator.alarms(self.desk.alarms_after, PAGE).await?;
            let full = page.alarms.len() >= PAGE as usize;
            self.desk.alarms_after = self.desk.alarms_after.max(page.next);
            for alarm in page.alarms {
                self.new_alarm(&alarm);
            }
            if !full {
                return Ok(());
            }
        }
    }

    fn new_alarm(&mut self, alarm: &AlarmLine) {
        let id = alarm.id.to_string();
        if alarm.state == AlarmState::Closed || self.desk.raised.insert(id.clone(), alarm.seq).is_some() {
            return;
        }
        if alarm.code == "LINE" {
            self.desk.line_faults += 1;
        }
        let expected = self.expected.get_mut(&alarm.account).and_then(|queue| queue.pop_front());
        let (wait_s, chore) = match expected {
            Some(Handling::Take { after_s }) => (f64::from(after_s), Chore::Take(id)),
            Some(Handling::Close { after_s, reason }) => (f64::from(after_s), Chore::Close(id, reason.into())),
            Some(Handling::Shelve { until, reason }) => {
                // Three rows of one fault, put aside one after the other.
                (20.0 + 4.0 * (alarm.seq % 7) as f64, Chore::Shelve(id, until, reason))
            }
            Some(Handling::Leave) if self.desk.never_steps_in() => return,
            Some(Handling::Leave) => (self.desk.patience_s(alarm.priority), Chore::Mind(id)),
            Some(Handling::Nothing) | None if self.live() => match self.desk.never_steps_in() {
                true => return,
                false => (self.desk.patience_s(alarm.priority), Chore::Mind(id)),
            },
            Some(Handling::Nothing) | None => (40.0, Chore::Close(id, "Nobody is needed".into())),
        };
        self.push_in(wait_s, Job::Desk(chore));
    }

    pub(super) async fn chore(&mut self, chore: Chore) -> Answer<()> {
        match chore {
            Chore::Take(alarm) => {
                self.operate("alarm.take", &alarm, json!({})).await?;
                self.look_at_phones().await
            }
            Chore::Close(alarm, reason) => {
                if !self.live() {
                    self.operate("alarm.view", &alarm, json!({})).await?;
                }
                settled(self.operate("alarm.close", &alarm, json!({ "reason": reason })).await)
            }
            Chore::Shelve(alarm, until, reason) => {
                if !self.desk.never_steps_in() {
                    // Back from the shelf it waits like any other.
                    self.push(until + self.desk.patience, Job::Desk(Chore::Mind(alarm.clone())));
                }
                self.operate("alarm.shelve", &alarm, json!({ "until": until, "reason": reason })).await
            }
            Chore::Mind(alarm) => self.mind(alarm).await,
            Chore::Review(callout) => self.review(&callout).await,
            Chore::LookAtPhones => self.look_at_phones().await,
            Chore::ClearAway => self.clear_away().await,
        }
    }

    async fn clear_away(&mut self) -> Answer<()> {
        self.look_at_alarms().await?;
        let old: Vec<String> = self.desk.raised.keys().cloned().collect();
        for alarm in old {
            let reason = json!({ "reason": "From before the shift" });
            settled(self.operate("alarm.close", &alarm, reason).await)?;
        }
        // What was put down for them has been done.
        self.queue.retain(|_, job| !matches!(job, Job::Desk(Chore::Close(..))));
        self.desk.line_faults = 0;
        Ok(())
    }

    /// Takes an alarm nobody took; what needs nobody there is closed after a while.
    async fn mind(&mut self, alarm: String) -> Answer<()> {
        let Some(seq) = self.desk.raised.get(&alarm).copied() else { return Ok(()) };
        let page = self.desk.operator.alarms(seq - 1, 1).await?;
        let waits = page
            .alarms
            .first()
            .is_some_and(|a| a.id.to_string() == alarm && matches!(a.state, AlarmState::New | AlarmState::Viewed));
        if !waits {
            return Ok(());
        }
        tracing::info!("nobody took an alarm: the second operator does");
        self.operate("alarm.take", &alarm, json!({})).await?;
        let close = Chore::Close(alarm, "Seen to by the second operator; nobody is needed".into());
        self.push_in(CLOSE_TAKEN_S, Job::Desk(close));
        self.look_at_phones().await
    }

    async fn review(&mut self, callout: &str) -> Answer<()> {
        let found = self.desk.operator.callout(callout).await?;
        match found.callout.state {
            CalloutState::Review => self.approve(&found.callout).await,
            _ => Ok(()),
        }
    }

    async fn approve(&mut self, callout: &Callout) -> Answer<()> {
        let missing = callout.missing_media().next().is_some();
        let excuse = missing.then_some("The phone was changed before it could send them");
        let body = json!({ "approve": true, "comments": "", "without_pictures": excuse });
        self.supervise("report.review", &callout.id.to_string(), body).await
    }

    pub(super) async fn create(&mut self, create: Create) -> Answer<()> {
        let id = Uuid::now_v7();
        let place = match &create.place {
            Place::Site(site) => json!({ "site": site }),
            Place::Address { address, point } => json!({ "address": address, "point": point }),
        };
        let mut body = json!({
            "type": create.about, "priority": create.priority, "text": create.text, "offer": create.to.is_none(),
        });
        if let (Some(body), Value::Object(place)) = (body.as_object_mut(), place) {
            body.extend(place);
        }
        self.tags.insert(create.tag, id);
        self.of_callout.insert(id.to_string(), create.manner);
        self.operate("callout.create", &id.to_string(), body).await?;
        if let Some((unit, reason)) = create.to {
            let body = json!({ "officer": unit, "reason": reason });
            self.operate("assignment.offer", &id.to_string(), body).await?;
        }
        self.look_at_phones().await
    }

    pub(super) async fn stand_down(&mut self, tag: &str, reason: &str) -> Answer<()> {
        let Some(id) = self.tags.get(tag).copied() else { return Ok(()) };
        let body = json!({ "reason": reason, "told": "Caller" });
        self.supervise("callout.stand_down", &id.to_string(), body).await?;
        self.look_at_phones().await
    }

    async fn open_at(&self, site: &str) -> Answer<Option<Callout>> {
        let open = self.desk.operator.open_callouts().await?;
        Ok(open.into_iter().find(|c| c.site.as_deref() == Some(site) && !c.callout.is_over()).map(|c| c.callout))
    }

    pub(super) async fn link(&mut self, site: &str) -> Answer<()> {
        let Some(callout) = self.open_at(site).await? else { return Ok(()) };
        // A fresh secret each time, whatever the seed of the story.
        let token = hex(&rand::rng().random::<[u8; 24]>());
        let digest = hex(&Sha256::digest(token.as_bytes()));
        let body = json!({ "token_sha256": digest, "expires_at": self.clock.now() + LINK_LIFE });
        self.operate("tracking.issue", &callout.id.to_string(), body).await?;
        self.desk.links.push(format!("/t/{token}"));
        Ok(())
    }

    pub(super) async fn note(&mut self, site: &str, text: &str) -> Answer<()> {
        let Some(callout) = self.open_at(site).await? else { return Ok(()) };
        self.operate("note.add", &callout.id.to_string(), json!({ "text": text })).await
    }

    /// What has waited too long.
    pub(super) async fn watch(&mut self) -> Answer<()> {
        if self.desk.never_steps_in() && self.live() {
            return Ok(());
        }
        for Listed { callout, .. } in self.desk.operator.open_callouts().await? {
            if let Err(error) = self.watch_one(&callout).await {
                tracing::warn!(%error, number = callout.number, "the second operator could not see to it");
            }
        }
        Ok(())
    }

    async fn watch_one(&mut self, callout: &Callout) -> Answer<()> {
        let id = callout.id.to_string();
        match callout.state {
            CalloutState::Unresourced if self.is_due(callout, "unresourced", 0.25) => {
                self.operate("assignment.offer", &id, json!({})).await?;
                self.look_at_phones().await
            }
            CalloutState::Aborted if self.is_due(callout, "police", 0.15) => {
                self.operate("liaison.record", &id, police()).await
            }
            CalloutState::Aborted if self.is_due(callout, "police there", 0.8) => {
                let safe = json!({ "reason": "Police have the site; officer spoken to", "officer_safe": true });
                self.operate("escalation.stand_down", &id, safe).await?;
                let over = json!({ "reason": "Police took the site over, two people detained", "told": "Keyholder" });
                self.supervise("callout.stand_down", &id, over).await?;
                self.look_at_phones().await
            }
            CalloutState::Review if self.is_due(callout, "review", 0.5) => self.approve(callout).await,
            CalloutState::Aborted => Ok(()),
            _ if callout.escalation_level() >= 2 && self.is_due(callout, "help", 0.1) => {
                self.operate("liaison.record", &id, police()).await
            }
            _ if callout.escalation_level() > 0 && self.is_due(callout, "safe", 0.4) => {
                let safe = json!({ "reason": "Spoken to by radio: safe, the man ran off", "officer_safe": true });
                self.operate("escalation.stand_down", &id, safe).await
            }
            _ => Ok(()),
        }
    }

    /// True once, when this has been so for a part of the operator's patience.
    fn is_due(&mut self, callout: &Callout, what: &'static str, part: f64) -> bool {
        let now = self.clock.now();
        let whole = if self.live() { self.desk.patience } else { TimeDelta::minutes(4) };
        let wait = TimeDelta::milliseconds((whole.num_milliseconds() as f64 * part) as i64);
        let key = (callout.id.0, what);
        let since = *self.desk.seen_to.entry(key).or_insert(now);
        // Far ahead once done; an unresourced call-out is tried again.
        if now - since >= wait && since <= now {
            let again = if what == "unresourced" { now } else { now + TimeDelta::days(1) };
            self.desk.seen_to.insert(key, again);
            return true;
        }
        false
    }
}

fn police() -> Value {
    json!({ "whom": "police", "channel": "telephone", "summary": "Officer at risk, place and way in given",
        "reference": "CAD 4471 (demonstration)", "outcome": "attending" })
}

/// Somebody else was quicker, or a call-out answers it: nothing to do.
fn settled(done: Answer<()>) -> Answer<()> {
    match done {
        Err(HubError::Refused { refusal, .. }) if matches!(refusal.code.as_str(), "alarm_closed" | "callout_open") => {
            Ok(())
        }
        other => other,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
