//! The hub: receives alarms and positions, decides commands, keeps the log, serves desks, officers' phones and
//! customers' tracking pages.
//!
//! A library with a thin main, so that the desktop can be the hub as well (`watchhouse --hub …`). It is axum around
//! `domain` and `store`; it decides nothing the domain could decide, and holds no SQL.

mod arrivals;
mod auth;
mod backup;
mod certificate;
pub mod cli;
mod cli_partner;
pub mod clock;
mod config;
mod counters;
mod guard;
mod housekeeping;
mod import;
mod letters;
mod live;
pub mod media;
mod nearby;
pub mod openapi;
mod partner;
mod places;
mod problem;
mod push;
mod reached;
mod receivers;
mod report_model;
mod report_redact;
mod report_targets;
mod reports;
mod roads;
mod routes;
pub mod serve;
pub mod state;
mod supervise;
mod texts;
mod timers;
mod views;
mod web;
mod webhooks;
mod words;
mod words_lookup;
