//! Which commands were answered already, and how.

use super::{Answer, Once, Outcome};
use crate::program::CommandRow;
use crate::sql::{Columns, Values, assembled, blob, instant, micros, places};
use crate::{Digest, Store, StoreError};
use domain::command::Command;
use domain::id::CommandId;
use domain::{Instant, Refusal};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use std::collections::{HashMap, VecDeque};

/// Answers kept in memory. Only saves a look into the table, so it need not hold all.
const COMMANDS_MAX: usize = 16_384;
/// Keys kept in memory: what 2,000 panels send in some minutes.
const KEYS_MAX: usize = 65_536;

/// The answer a command got.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandAnswer {
    /// Of what the command asks for.
    pub digest: Digest,
    pub seq: Option<[i64; 2]>,
    pub refusal: Option<Refusal>,
}

impl CommandAnswer {
    /// From `digest, first_seq, last_seq, refusal` at a column.
    fn read(row: &SqliteRow, at: usize) -> Result<Self, StoreError> {
        let refusal = row.maybe_text(at + 3)?;
        Ok(Self {
            digest: row.bytes(at)?,
            seq: row.maybe_int(at + 1)?.zip(row.maybe_int(at + 2)?).map(|(first, last)| [first, last]),
            refusal: refusal.as_deref().map(serde_json::from_str).transpose()?,
        })
    }

    pub(crate) fn row(&self, id: CommandId, answered_at: Instant) -> CommandRow {
        let refusal = self.refusal.as_ref().map(|r| serde_json::to_string(r).expect("a refusal is plain text"));
        CommandRow { id: id.0, digest: self.digest, seq: self.seq, refusal, answered_at: micros(answered_at) }
    }

    fn duplicate(&self) -> Answer {
        Answer { outcome: Outcome::Duplicate, seq: self.seq, refusal: self.refusal.clone() }
    }

    /// The answer to a command that comes under the same id.
    pub(super) fn again(&self, digest: &Digest) -> Answer {
        if self.digest == *digest {
            return self.duplicate();
        }
        let refusal = Refusal::new("command_id_reused", "Another command has this id already.")
            .mend("Make a new id for every new command; repeat one only unchanged.");
        Answer { outcome: Outcome::Refused, seq: None, refusal: Some(refusal) }
    }
}

/// Digest of what a command asks for: kind, version, target, on whose behalf, body. Not of when it was sent or by which
/// sign-in: a repetition says the same with another age.
pub(crate) fn digest(command: &Command) -> Digest {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(command.kind.as_bytes());
    field(&command.v.to_be_bytes());
    field(command.target.as_bytes());
    field(command.on_behalf_of.as_ref().map_or(&[], |officer| officer.0.as_bytes().as_slice()));
    field(canonical(&command.body).as_bytes());
    hash.finalize().into()
}

/// JSON with its fields in order of name, whatever order they were sent in.
fn canonical(value: &Value) -> String {
    fn write(value: &Value, text: &mut String) {
        match value {
            Value::Object(fields) => {
                let mut names: Vec<&String> = fields.keys().collect();
                names.sort_unstable();
                text.push('{');
                for name in names {
                    text.push_str(&Value::from(name.as_str()).to_string());
                    text.push(':');
                    write(&fields[name], text);
                    text.push(',');
                }
                text.push('}');
            }
            Value::Array(items) => {
                text.push('[');
                for item in items {
                    write(item, text);
                    text.push(',');
                }
                text.push(']');
            }
            plain => text.push_str(&plain.to_string()),
        }
    }
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// What is known from before, in memory and with a bound.
#[derive(Default)]
pub(super) struct Known {
    commands: HashMap<CommandId, CommandAnswer>,
    commands_in_order: VecDeque<CommandId>,
    keys: HashMap<Digest, KnownKey>,
    keys_in_order: VecDeque<Digest>,
}

#[derive(Clone, Debug)]
pub(super) struct KnownKey {
    pub until: Instant,
    pub first: CommandAnswer,
}

impl Known {
    pub fn command(&self, id: CommandId) -> Option<&CommandAnswer> {
        self.commands.get(&id)
    }

    /// The answer of the first with this key, while it counts.
    pub fn key(&self, once: &Once, now: Instant) -> Option<Answer> {
        self.keys.get(&once.key).filter(|known| now < known.until).map(|known| known.first.duplicate())
    }

    pub fn learn_command(&mut self, id: CommandId, answer: CommandAnswer) {
        if self.commands.insert(id, answer).is_none() {
            self.commands_in_order.push_back(id);
        }
        while self.commands_in_order.len() > COMMANDS_MAX {
            if let Some(oldest) = self.commands_in_order.pop_front() {
                self.commands.remove(&oldest);
            }
        }
    }

    pub fn learn_key(&mut self, key: Digest, known: KnownKey) {
        if self.keys.insert(key, known).is_none() {
            self.keys_in_order.push_back(key);
        }
        while self.keys_in_order.len() > KEYS_MAX {
            if let Some(oldest) = self.keys_in_order.pop_front() {
                self.keys.remove(&oldest);
            }
        }
    }

    /// Takes over what was learned in a batch that is on disk now.
    pub fn absorb(&mut self, learned: Known) {
        for id in learned.commands_in_order {
            self.learn_command(id, learned.commands[&id].clone());
        }
        for key in learned.keys_in_order {
            self.learn_key(key, learned.keys[&key].clone());
        }
    }

    /// Forgets everything: an erasure may have changed the stored answers.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Reads what the tables know about these ids and keys.
    pub async fn look_up(
        &mut self,
        connection: &mut SqliteConnection,
        ids: &[CommandId],
        keys: &[Digest],
    ) -> Result<(), StoreError> {
        let sql = assembled(format!(
            "SELECT id, digest, first_seq, last_seq, refusal FROM command WHERE id IN (VALUES {})",
            places(ids.len(), 1)
        ));
        let mut values = Values::default();
        ids.iter().for_each(|id| values.add(blob(id.0.as_bytes())));
        for row in sqlx::query_with(sql, values.0).persistent(false).fetch_all(&mut *connection).await? {
            self.learn_command(CommandId(row.id(0)?), CommandAnswer::read(&row, 1)?);
        }
        if keys.is_empty() {
            return Ok(());
        }
        let sql = assembled(format!(
            "SELECT o.key, o.until, c.digest, c.first_seq, c.last_seq, c.refusal
                 FROM once o JOIN command c ON c.id = o.command WHERE o.key IN (VALUES {})",
            places(keys.len(), 1)
        ));
        let mut values = Values::default();
        keys.iter().for_each(|key| values.add(blob(key)));
        for row in sqlx::query_with(sql, values.0).persistent(false).fetch_all(connection).await? {
            let known = KnownKey { until: instant(row.int(1)?)?, first: CommandAnswer::read(&row, 2)? };
            self.learn_key(row.bytes(0)?, known);
        }
        Ok(())
    }
}

impl Store {
    /// The answer a command got, if it was ever sent.
    pub async fn command_answer(&self, id: CommandId) -> Result<Option<CommandAnswer>, StoreError> {
        let sql = "SELECT digest, first_seq, last_seq, refusal FROM command WHERE id = ?";
        let row = self.row(sql, Values::default().and(blob(id.0.as_bytes()))).await?;
        row.as_ref().map(|row| CommandAnswer::read(row, 0)).transpose()
    }
}
