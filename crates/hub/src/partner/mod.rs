//! What a customer's own system needs beside the log: safe codes, and a limit to guessing them.

mod codes;
mod tries;

pub use codes::{Given, Pair, TEST_PAIR, hash_pair, judge, plain};
pub use tries::Tries;
