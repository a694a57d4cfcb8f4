//! The call-out engine from outside: commands in, events and refusals out.

mod alarms;
mod arriving;
mod calls;
mod calls_graded;
mod calls_known;
mod clock;
mod ending;
mod escalation;
mod events;
mod findings;
mod geofence;
mod handover;
mod items;
mod keys;
mod lessons;
mod main_path;
mod movement;
mod nearest;
mod offers;
mod on_scene;
mod partner;
mod permission;
mod procedures;
mod rams;
mod register;
mod support;
mod thread;
mod timers;
mod urn;
mod waiting;
mod walk;
mod writing;

#[path = "../kit/mod.rs"]
mod kit;
