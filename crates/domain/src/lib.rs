//! The rules of the control room: sites, panels, officers, alarms, call-outs and what may happen to them.
//!
//! Pure: no IO, no async, no clock, no randomness. Time, ids and positions come in as arguments, so that hub,
//! desk, simulator and tests run the very same functions:
//!
//! - [`decide`](decide::decide) turns a [`Command`](command::Command) into events or a
//!   [`Refusal`](refusal::Refusal);
//! - [`World::evolve`](world::World::evolve) applies an event to the state.
//!
//! What it is not: storage (crate `store`), wire formats of outside equipment (`feeds`), or what hub and clients
//! say to each other (`protocol`).

pub mod alarm;
pub mod call;
pub mod callout;
pub mod civil;
pub mod command;
pub mod decide;
pub mod documents;
pub mod event;
pub mod geo;
pub mod geofence;
pub mod grid;
pub mod handover;
pub mod id;
pub mod keys;
pub mod movement;
pub mod nearest;
pub mod panel;
pub mod people;
pub mod places;
pub mod put;
pub mod rams;
pub mod refusal;
pub mod settings;
pub mod site;
pub mod timers;
pub mod times;
pub mod urn;
pub mod world;
pub mod writing;

pub use command::{Author, Command, CommandBody, Role};
pub use event::{Event, EventBody, Personal, Recorded};
pub use refusal::Refusal;
pub use world::{RULES, World};

/// An instant in UTC. Civil time is made from it only where a person reads it.
pub type Instant = chrono::DateTime<chrono::Utc>;
