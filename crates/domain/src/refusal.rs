//! Why a command was refused: a stable code for programs, a sentence for the person, and the mend.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {text}")]
pub struct Refusal {
    /// Stable; programs branch on it and nobody matches on the text.
    pub code: String,
    /// What happened, to the person who acted.
    pub text: String,
    /// What the person can do about it.
    pub mend: Option<String>,
}

impl Refusal {
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into(), mend: None }
    }

    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    pub fn not_found(what: &str, target: &str) -> Self {
        Self::new("not_found", format!("There is no {what} “{target}”."))
            .mend("Check the reference; it may not have been imported yet.")
    }

    pub fn bad_body(reason: impl std::fmt::Display) -> Self {
        Self::new("bad_body", format!("The command could not be read: {reason}."))
            .mend("See docs/commands.md for the shape of each command.")
    }
}
