//! Plays an evening of a council's patrol through the hub's public interfaces: panels over DC-09, phones and trackers
//! over HTTP, a second operator over commands. Demonstration, training and load generator in one.
//!
//! What it is not: it never touches the hub's storage, and nothing in the hub knows it. [`evening::script`] is the
//! story as data; [`officer::next`] decides what an officer does from what the phone shows, and obeys every gate;
//! [`play::play`] brings both to a hub. Whole-system tests use [`hub`], [`officer`] and [`panel`] on their own.

pub mod borough;
pub mod evening;
pub mod hub;
pub mod load;
pub mod officer;
pub mod panel;
pub mod picture;
pub mod plan;
pub mod play;
pub mod streets;
pub mod tracker;
