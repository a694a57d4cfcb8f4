//! The chain that makes the log tamper-evident.
//!
//! ```text
//! chain(n)      = SHA-256( chain(n-1) ‖ meta(n) ‖ SHA-256(body bytes) ‖ personal(n) )
//! chain(0)      = 32 zero bytes
//! meta(n)       = field(seq) ‖ field(stream) ‖ field(version) ‖ field(event_id) ‖ field(command_id) ‖ field(kind)
//!                 ‖ field(at) ‖ field(recorded_at) ‖ field(by) ‖ field(subject)
//! field(x)      = length of x in bytes, 4 bytes big-endian ‖ x
//! personal(n)   = SHA-256( salt ‖ personal bytes ), or 32 zero bytes when there never was a personal part
//! ```
//!
//! Numbers are 8 bytes big-endian, two's complement; `at` and `recorded_at` are microseconds since 1970 in UTC; ids are
//! the 16 bytes of the UUID; `stream`, `kind` and `by` are their UTF-8 bytes as stored; `subject` is empty when there is
//! none. Body and personal are the stored bytes, never a reserialisation.
//!
//! Erasure by law deletes salt and personal bytes and keeps their digest. Without the 16 random bytes of the salt the
//! digest cannot be tried against a list of names.

use crate::Digest;
use crate::row::LogRow;
use sha2::{Digest as _, Sha256};

pub(crate) const START: Digest = [0; 32];

pub(crate) fn next(previous: &Digest, row: &LogRow) -> Digest {
    let mut hash = Sha256::new();
    hash.update(previous);
    field(&mut hash, &row.seq.to_be_bytes());
    field(&mut hash, row.stream.as_bytes());
    field(&mut hash, &row.version.to_be_bytes());
    field(&mut hash, row.event_id.as_bytes());
    field(&mut hash, row.command_id.as_bytes());
    field(&mut hash, row.kind.as_bytes());
    field(&mut hash, &row.at.to_be_bytes());
    field(&mut hash, &row.recorded_at.to_be_bytes());
    field(&mut hash, row.by.as_bytes());
    field(&mut hash, row.subject.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
    hash.update(Sha256::digest(row.body.as_bytes()));
    hash.update(row.personal_digest.unwrap_or([0; 32]));
    hash.finalize().into()
}

pub(crate) fn personal(salt: &[u8; 16], bytes: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(bytes);
    hash.finalize().into()
}

fn field(hash: &mut Sha256, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a field of the log is far below 4 GiB");
    hash.update(length.to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// Written down so that nobody changes the definition unseen: a released log must verify for ever.
    #[test]
    fn the_chain_of_a_known_row_never_changes() {
        let row = LogRow {
            seq: 1,
            stream: "unit-00000000-0000-0000-0000-000000000001".into(),
            version: 1,
            event_id: Uuid::from_u128(2),
            command_id: Uuid::from_u128(3),
            kind: "unit.put".into(),
            at: 1,
            recorded_at: 2,
            by: "{}".into(),
            body: "{}".into(),
            personal: None,
            salt: None,
            subject: None,
            personal_digest: None,
            chain: START,
        };
        let hex: String = next(&START, &row).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "88eafb00cb1faaa09bc8282b433e46ea9fbfe39bb55c6be5d4341bb4207dfa4f");
        let personal = LogRow { personal_digest: Some(personal(&[7; 16], b"{\"name\":\"x\"}")), ..row };
        assert_ne!(next(&START, &personal).map(|b| format!("{b:02x}")).concat(), hex);
    }
}
