//! The hub as a whole: real `watchhouse-hub serve` processes, driven over their real sockets and command line.
//!
//! What the crates' own tests show in depth is here once, where everything works together.

mod calls;
mod command_line;
mod contract;
mod erasure;
mod findings;
mod https;
mod journal;
mod limits;
mod messages;
mod nearby;
mod panels;
mod partner;
mod partner_example;
mod places;
mod push;
mod reports;
mod roads;
mod scene;
mod service;
mod story;
mod texts;
mod trouble;
mod uploads;
mod webhooks;
mod wire;
mod wire_vectors;
mod writing;
