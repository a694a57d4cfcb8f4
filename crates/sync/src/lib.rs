//! How a desk and its hub come to agree: what waits, what to send next, what an answer means, how log lines build
//! the replica.
//!
//! Pure: bytes, clocks and files live with the caller (crate `desk`). [`Outbox`] compares and plans; its operations
//! are [`Change`]s that the caller writes to disk first and then [applies](Outbox::apply). [`Replica`] applies log
//! lines in order. [`Link`] says how the desk stands to its hub, [`HubClock`] what time it is there.

mod answer;
mod clock;
mod conflict;
mod erase;
mod link;
mod outbox;
mod plan;
mod replica;

pub use answer::{Answer, BACK_OFF_MAX, Next, back_off, read_results};
pub use clock::HubClock;
pub use conflict::{Choice, Conflict};
pub use erase::erase_from;
pub use link::{DEGRADED_AFTER, Link, LinkState, OFFLINE_AFTER, reconnect_after};
pub use outbox::{Change, Outbox, Pending, State};
pub use plan::{BATCH_BYTES_MAX, BATCH_MAX, is_urgent, plan};
pub use replica::{Applied, Gap, LoadFailed, Replica};
