//! The call-out engine from outside: commands in, events and refusals out.

mod alarms;
mod clock;
mod ending;
mod escalation;
mod events;
mod keys;
mod lessons;
mod main_path;
mod nearest;
mod offers;
mod on_scene;
mod permission;
mod rams;
mod register;
mod support;
mod timers;
mod urn;
mod waiting;
mod walk;

#[path = "../kit/mod.rs"]
mod kit;
