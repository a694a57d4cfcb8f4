//! Codecs and connection state machines for the equipment a control room listens to.
//!
//! What it is: bytes and an instant in, typed messages, replies and diagnostics out. Everything here is
//! pure and bounded, so it can be tested byte by byte and fuzzed.
//!
//! What it is not: it opens no socket, reads no clock, stores nothing, and decides nothing about
//! incidents. The hub owns sockets, storage and the window in which a resend counts as a duplicate.
//!
//! Main types: [`dc09::Connection`] receives alarm panels (ANSI/SIA DC-09), [`owntracks::parse`] reads
//! phones, and [`fix::Fix`] is the one shape every position feed becomes.

pub mod dc09;
pub mod fix;
#[doc(hidden)]
pub mod fuzzing;
pub mod owntracks;
