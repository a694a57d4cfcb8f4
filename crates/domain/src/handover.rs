//! One operator's handover to the next: what to watch, what was read, and both names under it.

use crate::Instant;
use crate::command::Author;
use crate::event::{EventBody as E, Recorded};
use crate::id::HandoverId;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    pub id: HandoverId,
    /// Who wrote the watch-outs last; who signed, when nobody wrote any.
    pub by: Author,
    pub at: Instant,
    /// Personal: may name anybody.
    #[serde(default)]
    pub watch_outs: String,
    /// How often they were written.
    #[serde(default)]
    pub writes: u32,
    pub signed: Option<Signed>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    pub at: Instant,
    pub by: Author,
    pub from: String,
    pub to: String,
    /// Log position of what was read.
    pub read_at: i64,
    /// Log position of the signature.
    pub seq: i64,
    pub text: String,
}

impl Handover {
    pub(crate) fn new(id: HandoverId, event: &Recorded) -> Self {
        Self { id, by: event.by.clone(), at: event.at, watch_outs: String::new(), writes: 0, signed: None }
    }

    pub(crate) fn evolve(&mut self, event: &Recorded) {
        match &event.body {
            E::HandoverWritten(written) => {
                self.by = event.by.clone();
                self.at = event.at;
                self.watch_outs = written.watch_outs.clone();
                self.writes += 1;
            }
            E::HandoverSigned(signed) => {
                self.signed = Some(Signed {
                    at: event.at,
                    by: event.by.clone(),
                    from: signed.from.clone(),
                    to: signed.to.clone(),
                    read_at: signed.read_at,
                    seq: event.seq,
                    text: signed.text.clone(),
                });
            }
            other => debug_assert!(false, "{} in a handover stream", other.kind()),
        }
    }
}
