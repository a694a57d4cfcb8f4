//! How key events change the register.

use super::World;
use crate::event::{EventBody as E, KeyPut, Recorded};
use crate::id::KeyId;
use crate::keys::{Key, KeyLoss, KeyMove, KeyMoved, KeyOut};
use std::sync::Arc;

pub(super) fn evolve(world: &mut World, event: &Recorded) {
    if let E::KeyPut(put) = &event.body {
        let key = put_over(world.keys.get(&put.id), put);
        world.keys.insert(put.id, Arc::new(key));
        return;
    }
    let Some(key) = world.keys.get_mut(&KeyId(event.stream.id)).map(Arc::make_mut) else {
        return;
    };
    let (at, by) = (event.at, event.by.clone());
    let what = match &event.body {
        E::KeyIssued(issued) => {
            let (to, why, due) = (issued.to.clone(), issued.why.clone(), issued.due);
            // Given on for longer, it is out since it left.
            let since = key.out.as_ref().filter(|out| out.to == to).map_or(at, |out| out.since);
            key.lost = None;
            key.out = Some(KeyOut { to: to.clone(), since, by: by.clone(), why: why.clone(), due, overdue: false });
            KeyMoved::Issued { to, due, why }
        }
        E::KeyReturned(back) => {
            key.out = None;
            key.lost = None;
            if let Some(seal) = &back.seal {
                key.seal.clone_from(seal);
            }
            KeyMoved::Returned { to: back.to.clone(), seal_intact: back.seal_intact, note: back.note.clone() }
        }
        E::KeyLost(lost) => {
            let last = key.out.take().map(|out| out.to);
            key.lost = Some(KeyLoss { at, reason: lost.reason.clone(), last });
            KeyMoved::Lost { reason: lost.reason.clone() }
        }
        E::KeyOverdue(_) => {
            if let Some(out) = &mut key.out {
                out.overdue = true;
            }
            KeyMoved::Overdue
        }
        other => {
            debug_assert!(false, "{} in a key's stream", other.kind());
            return;
        }
    };
    key.moved(KeyMove { at, by, what });
}

/// Where it is stays as it was: describing a key moves none.
fn put_over(old: Option<&Arc<Key>>, put: &KeyPut) -> Key {
    Key {
        id: put.id,
        number: put.number.clone(),
        site: put.site,
        opens: put.opens.clone(),
        seal: put.seal.clone(),
        kept: put.kept.clone(),
        out: old.and_then(|k| k.out.clone()),
        lost: old.and_then(|k| k.lost.clone()),
        history: old.map_or_else(Vec::new, |k| k.history.clone()),
    }
}
