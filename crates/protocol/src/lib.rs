//! What hub and clients say to each other: requests, answers, the log stream, and what screens show.
//!
//! Wire types are not domain types: ids and instants are text here (UUID, RFC 3339), and what is serialised is
//! supported for years. TypeScript types are generated from this crate into `ui/lib/generated` by
//! its tests; `scripts/test` fails when they are stale.

pub mod alarms;
pub mod api;
pub mod call;
pub mod found;
pub mod handover;
pub mod items;
pub mod officer;
pub mod outside;
pub mod partner;
pub mod place;
pub mod procedure;
pub mod register;
pub mod thread;
pub mod track;
pub mod view;
pub mod write;

/// The version of the log stream and snapshot format. Raised only for a change old clients cannot ignore.
pub const PROTOCOL: u32 = 1;
