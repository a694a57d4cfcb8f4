//! Keys: given out to somebody until a time, brought back, lost.

use super::signals::own_source;
use super::{Decided, Decision, event, required};
use crate::Instant;
use crate::alarm::AlarmKind;
use crate::callout::checks::check_text;
use crate::command::{KeyIssue, KeyPut, KeyReturn, Reason};
use crate::event::{AlarmRaised, Empty, Event, EventBody as E, KeyIssued, KeyPut as Put, KeyReturned, Reasoned};
use crate::id::{AggregateKind as K, AlarmId};
use crate::keys::{Holder, Key};
use crate::refusal::Refusal;
use chrono::TimeDelta;
use std::sync::Arc;

/// A key that is out for longer belongs to somebody else.
const OUT_MAX: TimeDelta = TimeDelta::days(366);
/// As short as a tag.
const NUMBER_CHARS_MAX: usize = 24;

impl<'a> Decision<'a> {
    fn key(&self) -> Result<&'a Arc<Key>, Refusal> {
        self.world.key(self.target()).ok_or_else(|| Refusal::not_found("key", self.target()))
    }

    pub(super) fn key_put(&self, put: &KeyPut) -> Decided {
        let number = put.number.trim();
        required(number, "The number on the key's tag")?;
        [&put.opens, &put.seal, &put.kept].into_iter().try_for_each(|text| check_text(text))?;
        let site = match put.site.as_deref().filter(|s| !s.trim().is_empty()) {
            Some(name) => Some(self.world.site(name).ok_or_else(|| Refusal::not_found("site", name))?),
            None => None,
        };
        let lower = number.to_lowercase();
        let tells = |text: &str| text.chars().count() > 3 && lower.contains(&text.to_lowercase());
        if number.chars().count() > NUMBER_CHARS_MAX || site.is_some_and(|s| tells(&s.name) || tells(&s.address)) {
            return Err(Refusal::new(
                "bad_key_number",
                format!("“{number}” on a tag would tell where the key belongs."),
            )
            .mend("Give it a short number that says nothing: K-114."));
        }
        let id = Key::id_of(number);
        let put = Put {
            id,
            number: number.to_owned(),
            site: site.map(|s| s.id),
            opens: put.opens.clone(),
            seal: put.seal.trim().to_owned(),
            kept: put.kept.clone(),
        };
        self.one(K::Key, id, E::KeyPut(put))
    }

    pub(super) fn key_issue(&self, issue: &KeyIssue) -> Decided {
        let key = self.key()?;
        required(&issue.why, "What the key is needed for")?;
        check_text(&issue.name)?;
        let to = match issue.officer.as_deref().filter(|o| !o.is_empty()) {
            Some(name) => {
                let officer = self.world.officer(name).ok_or_else(|| Refusal::not_found("officer", name))?;
                Holder { officer: Some(officer.id), name: String::new() }
            }
            None => {
                required(&issue.name, "Who gets the key")?;
                Holder { officer: None, name: issue.name.trim().to_owned() }
            }
        };
        if issue.due <= self.ctx.at || issue.due - self.ctx.at > OUT_MAX {
            return Err(Refusal::new("bad_due", "The key has to be back at a time to come, within a year.")
                .mend("Say when it is to be back."));
        }
        if key.lost.is_some() {
            return Err(Refusal::new("key_lost", format!("Key {} is recorded as lost.", key.number))
                .mend("Record its return when it was found."));
        }
        if let Some(out) = key.out.as_ref().filter(|out| out.to != to) {
            return Err(Refusal::new("key_out", format!("Key {} is with {}.", key.number, self.holder(&out.to)))
                .mend("Record its return first; keys are not passed on unseen."));
        }
        let mut events =
            self.one(K::Key, key.id, E::KeyIssued(KeyIssued { to, why: issue.why.clone(), due: issue.due }))?;
        events.extend(self.chased_no_more(key));
        Ok(events)
    }

    pub(super) fn key_return(&self, back: &KeyReturn) -> Decided {
        let key = self.key()?;
        [&back.to, &back.note].into_iter().try_for_each(|text| check_text(text))?;
        check_text(back.seal.as_deref().unwrap_or(""))?;
        if key.is_in() {
            return Ok(vec![]);
        }
        if !key.seal.is_empty() && back.seal_intact.is_none() {
            return Err(Refusal::new("seal_unsaid", format!("Key {} goes out under seal {}.", key.number, key.seal))
                .mend("Look at the seal and say whether it is intact."));
        }
        if back.seal_intact == Some(false) && back.note.trim().is_empty() {
            return Err(Refusal::new("missing", "The seal is broken, and nobody says why.")
                .mend("Write down what happened to it."));
        }
        let returned = KeyReturned {
            to: back.to.clone(),
            seal_intact: back.seal_intact,
            seal: back.seal.as_deref().map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned),
            note: back.note.clone(),
        };
        let mut events = self.one(K::Key, key.id, E::KeyReturned(returned))?;
        events.extend(self.chased_no_more(key));
        Ok(events)
    }

    pub(super) fn key_lose(&self, lose: &Reason) -> Decided {
        let key = self.key()?;
        required(&lose.reason, "How it was lost")?;
        if key.lost.is_some() {
            return Ok(vec![]);
        }
        let mut events = self.one(K::Key, key.id, E::KeyLost(Reasoned { reason: lose.reason.clone() }))?;
        events.extend(self.chased_no_more(key));
        Ok(events)
    }

    /// Fired late, twice or for a key that is back: nothing is due any more.
    pub(super) fn key_overdue(&self, due: Instant) -> Decided {
        let Some(key) = self.world.key(self.target()) else {
            return Ok(vec![]);
        };
        match key.out.as_ref().filter(|out| out.due == due && !out.overdue) {
            Some(out) => {
                let text = format!("Key {} is not back from {}", key.number, self.holder(&out.to));
                Ok(vec![event(K::Key, key.id, E::KeyOverdue(Empty {})), self.key_alarm(key, text, due)])
            }
            None => Ok(vec![]),
        }
    }

    fn key_alarm(&self, key: &Key, text: String, due: Instant) -> Event {
        let id = AlarmId(self.derived("alarm"));
        let raised = AlarmRaised {
            id,
            kind: AlarmKind::KeyOverdue,
            priority: AlarmKind::KeyOverdue.priority(),
            source: own_source(&account_of(key), "KEY"),
            text,
            site: key.site,
            zone_name: None,
            raised_at: due,
            confirmation: None,
            counted_on: None,
        };
        event(K::Alarm, id, E::AlarmRaised(Box::new(raised)))
    }

    /// The row that chases it shows that the cause is gone; a person closes it.
    fn chased_no_more(&self, key: &Key) -> Vec<Event> {
        let account = account_of(key);
        let chasing = self.world.open_alarms_of(&account).filter(|a| a.restored_at.is_none());
        chasing.map(|a| event(K::Alarm, a.id, E::AlarmRestored(Empty {}))).collect()
    }

    /// Who has it, without a name: an alarm's text is kept for ever.
    fn holder(&self, to: &Holder) -> String {
        let officer = to.officer.and_then(|id| self.world.officers.get(&id));
        officer.map_or_else(|| "somebody outside".to_owned(), |o| o.reference.clone())
    }
}

fn account_of(key: &Key) -> String {
    format!("KEY {}", key.number)
}
