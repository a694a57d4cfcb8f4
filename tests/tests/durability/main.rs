//! What was acknowledged stays: real processes, killed at any moment; system calls as they were made; the disk as a
//! power cut leaves it.
//!
//! `kill` and `kill_desk` end processes with SIGKILL, which proves that the programs lose nothing; the kernel still
//! writes what they had handed over. `flush` and `power_cut` are about the disk: that the hub waits for it, and that
//! waiting suffices.

mod disk;
mod flush;
mod kill;
mod kill_desk;
mod load;
mod log;
mod power_cut;
mod trace;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::io::Write;
use std::time::Duration;

/// Chance that can be repeated: the seed is printed, and `WATCHHOUSE_SEED` sets it.
fn random(test: &str) -> StdRng {
    let given = std::env::var("WATCHHOUSE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| rand::rng().random());
    let _ = writeln!(std::io::stdout(), "{test}: WATCHHOUSE_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// Lets up to this long go by. It is not waited for anything here: where in its work a process stands when it is killed
/// is what such a test varies.
async fn some_moment_within(longest: Duration, random: &mut StdRng) {
    tokio::time::sleep(longest.mul_f64(random.random())).await;
}
