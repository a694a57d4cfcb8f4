//! Telephone calls: what helps with a card while it is written. This desk's own work, without any network.

use crate::Desk;
use crate::view::call_help;
use protocol::call::{CallHelp, CallQuestion};

impl Desk {
    /// Never waits for anything.
    pub fn call_help(&self, question: &CallQuestion) -> CallHelp {
        call_help(&self.inner.shown().world, question, self.inner.now())
    }
}
