//! The thread that joins control room, officers and customer: who each message is for, who has it, who has read it.
//!
//! A message is a note with a recipient. What was read is kept as marks, log positions with a time; marks made
//! without signal are merged in any order and come to the same.

use super::{Callout, Given};
use crate::Instant;
use crate::command::{Author, NoteAdd, Role};
use crate::id::{AccountId, OfficerId, derived};
use serde::{Deserialize, Serialize};

/// Who reads. The control room is one: whoever of it reads, has read for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    Control,
    Customer,
    Officer(OfficerId),
}

/// From this time on, this reader has all up to this log position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub up_to: i64,
    pub at: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marks {
    pub reader: Reader,
    #[serde(default)]
    pub delivered: Vec<Mark>,
    #[serde(default)]
    pub read: Vec<Mark>,
}

/// How many messages a customer may send through one link in [`CUSTOMER_WITHIN`]: nobody types faster in need.
pub const CUSTOMER_MESSAGES_MAX: usize = 10;
pub const CUSTOMER_WITHIN: chrono::TimeDelta = chrono::TimeDelta::minutes(10);
/// A page of text; who has more to say rings.
pub const CUSTOMER_CHARS_MAX: usize = 2_000;

/// Whoever holds a tracking link acts as this account: the token is the credential.
pub fn customer_account(token_sha256: &str) -> AccountId {
    AccountId(derived("tracking-link", &[token_sha256.to_ascii_lowercase().as_bytes()]))
}

impl Reader {
    /// On which side of the thread somebody stands.
    pub fn of(author: &Author) -> Self {
        match (author.role, author.officer) {
            (Role::Officer, Some(officer)) => Self::Officer(officer),
            (Role::Customer, _) => Self::Customer,
            _ => Self::Control,
        }
    }
}

impl Callout {
    /// Whether somebody is to read a message: it is addressed to them, and they did not write it.
    pub fn is_for(&self, note: &Given<NoteAdd>, reader: Reader) -> bool {
        let to = note.what.to.as_deref();
        let addressed = match reader {
            Reader::Control => matches!(to, None | Some("control")),
            Reader::Officer(_) => matches!(to, None | Some("officer")),
            Reader::Customer => note.what.share,
        };
        addressed && Reader::of(&note.by) != reader
    }

    /// Whom a message is for: the control room, the officers on the call-out, the customer behind a link.
    pub fn readers_of(&self, note: &Given<NoteAdd>) -> Vec<Reader> {
        let mut readers = vec![Reader::Control];
        for a in self.assignments.iter().filter(|a| a.accepted_at.is_some()) {
            let officer = Reader::Officer(a.officer);
            if !readers.contains(&officer) && (a.is_engaged() || self.marks(officer).is_some()) {
                readers.push(officer);
            }
        }
        if !self.tracking.is_empty() {
            readers.push(Reader::Customer);
        }
        readers.retain(|reader| self.is_for(note, *reader));
        readers
    }

    fn marks(&self, reader: Reader) -> Option<&Marks> {
        self.marks.iter().find(|m| m.reader == reader)
    }

    /// Up to where somebody has read.
    pub fn read_up_to(&self, reader: Reader) -> i64 {
        self.marks(reader).map_or(0, |m| newest(&m.read))
    }

    pub fn delivered_up_to(&self, reader: Reader) -> i64 {
        self.marks(reader).map_or(0, |m| newest(&m.delivered).max(newest(&m.read)))
    }

    /// When somebody read the message at this log position.
    pub fn read_at(&self, reader: Reader, seq: i64) -> Option<Instant> {
        first(&self.marks(reader)?.read, seq)
    }

    /// When it reached somebody's device.
    pub fn delivered_at(&self, reader: Reader, seq: i64) -> Option<Instant> {
        let marks = self.marks(reader)?;
        [first(&marks.delivered, seq), first(&marks.read, seq)].into_iter().flatten().min()
    }

    pub fn unread(&self, reader: Reader) -> impl Iterator<Item = &Given<NoteAdd>> {
        let read = self.read_up_to(reader);
        self.notes.iter().filter(move |note| note.seq > read && self.is_for(note, reader))
    }

    /// The newest message for somebody, up to a log position.
    pub(crate) fn newest_for(&self, reader: Reader, up_to: i64) -> Option<i64> {
        let theirs = self.notes.iter().filter(|note| note.seq <= up_to && self.is_for(note, reader));
        theirs.map(|note| note.seq).max()
    }

    /// What the customer has written through this link of late.
    pub fn customer_messages_since(&self, account: AccountId, since: Instant) -> usize {
        self.notes.iter().filter(|note| note.by.account == account && note.recorded_at > since).count()
    }

    /// Whether this account holds a link of this call-out that still opens.
    pub fn holds_link(&self, account: AccountId, now: Instant) -> bool {
        let opens = |link: &&super::TrackingLink| link.revoked_at.is_none() && link.expires_at > now;
        self.tracking.iter().filter(opens).any(|link| customer_account(&link.token_sha256) == account)
    }

    pub(super) fn mark(&mut self, reader: Reader, mark: Mark, read: bool) {
        let index = self.marks.iter().position(|m| m.reader == reader).unwrap_or_else(|| {
            self.marks.push(Marks { reader, delivered: vec![], read: vec![] });
            self.marks.sort_by_key(|m| m.reader);
            self.marks.iter().position(|m| m.reader == reader).unwrap_or_default()
        });
        let marks = &mut self.marks[index];
        merge(if read { &mut marks.read } else { &mut marks.delivered }, mark);
    }
}

fn newest(marks: &[Mark]) -> i64 {
    marks.last().map_or(0, |mark| mark.up_to)
}

fn first(marks: &[Mark], seq: i64) -> Option<Instant> {
    marks.iter().find(|mark| mark.up_to >= seq).map(|mark| mark.at)
}

/// Keeps, in order, the marks that say something the others do not: further, or as far and earlier.
fn merge(marks: &mut Vec<Mark>, new: Mark) {
    if marks.iter().any(|known| known.up_to >= new.up_to && known.at <= new.at) {
        return;
    }
    marks.retain(|known| !(new.up_to >= known.up_to && new.at <= known.at));
    let place = marks.partition_point(|known| known.up_to < new.up_to);
    marks.insert(place, new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, TimeZone, Utc};

    #[test]
    fn marks_come_to_the_same_in_any_order_and_when_repeated() {
        let at = |minute: i64| Utc.with_ymd_and_hms(2026, 11, 22, 21, 0, 0).unwrap() + TimeDelta::minutes(minute);
        let marks = [(5, 1), (9, 4), (7, 2), (9, 6), (3, 9), (7, 2)].map(|(up_to, m)| Mark { up_to, at: at(m) });
        let merged = |order: &[usize]| {
            let mut all = Vec::new();
            order.iter().for_each(|i| merge(&mut all, marks[*i]));
            all
        };
        let forth = merged(&[0, 1, 2, 3, 4, 5]);
        assert_eq!(forth, merged(&[5, 4, 3, 2, 1, 0]));
        assert_eq!(forth, merged(&[3, 1, 0, 5, 2, 4, 1, 3]));
        assert_eq!(forth.iter().map(|m| m.up_to).collect::<Vec<_>>(), [5, 7, 9]);
        assert_eq!((first(&forth, 4), first(&forth, 6), first(&forth, 10)), (Some(at(1)), Some(at(2)), None));
    }
}
