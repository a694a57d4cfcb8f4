//! What a store is opened with.

use zeroize::Zeroizing;

/// Encryption at rest goes through this argument from the start, so that it needs no new wall later.
#[derive(Clone, Default)]
pub enum Key {
    /// The file is protected by its permissions and the disk's own encryption.
    #[default]
    None,
    /// Not built yet: opening answers [`OpenError::EncryptionNotBuilt`](crate::OpenError::EncryptionNotBuilt).
    Bytes(Zeroizing<[u8; 32]>),
}
