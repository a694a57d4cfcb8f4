//! Handing the control room over.

use super::{Decided, Decision, required};
use crate::callout::checks::check_text;
use crate::command::{HandoverSign, HandoverWrite};
use crate::event::{EventBody as E, HandoverSigned, HandoverWritten};
use crate::handover::Handover;
use crate::id::{AggregateKind as K, HandoverId};
use crate::refusal::Refusal;
use std::sync::Arc;

impl Decision<'_> {
    pub(super) fn handover_write(&self, write: &HandoverWrite) -> Decided {
        let (id, known) = self.handover()?;
        check_text(&write.watch_outs)?;
        match known {
            Some(known) if known.watch_outs == write.watch_outs => Ok(vec![]),
            None if write.watch_outs.trim().is_empty() => Ok(vec![]),
            _ => {
                let written = HandoverWritten { watch_outs: write.watch_outs.clone() };
                self.one(K::Handover, id, E::HandoverWritten(written))
            }
        }
    }

    /// Signed is what was read: watch-outs that were written again meanwhile must be read first.
    pub(super) fn handover_sign(&self, sign: &HandoverSign) -> Decided {
        let (id, known) = self.handover()?;
        required(&sign.from, "The name of who leaves")?;
        required(&sign.to, "The name of who takes over")?;
        check_text(&sign.text)?;
        let plain = |name: &str| name.trim().to_lowercase();
        if plain(&sign.from) == plain(&sign.to) {
            return Err(Refusal::new("same_person", "Nobody hands over to himself or herself.")
                .mend("Write the name of who takes over."));
        }
        if known.map_or(0, |h| h.writes) != sign.writes {
            return Err(Refusal::new("handover_newer", "The watch-outs were written again after this was read.")
                .mend("Read them, then sign."));
        }
        let signed = HandoverSigned {
            from: sign.from.trim().to_owned(),
            to: sign.to.trim().to_owned(),
            read_at: sign.read_at,
            text: sign.text.clone(),
        };
        self.one(K::Handover, id, E::HandoverSigned(signed))
    }

    fn handover(&self) -> Result<(HandoverId, Option<&Arc<Handover>>), Refusal> {
        let id = HandoverId(self.target_id()?);
        let known = self.world.handovers.get(&id);
        if known.is_some_and(|h| h.signed.is_some()) {
            return Err(Refusal::new("handover_signed", "This handover is signed.").mend("Begin the next one."));
        }
        Ok((id, known))
    }
}
