//! The store and its writer on real files.

mod append;
mod beside_the_log;
mod common;
mod crash;
mod erasure;
mod once;
mod random;
mod two_processes;
mod verification;
