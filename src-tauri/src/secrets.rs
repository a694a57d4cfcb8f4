//! The hub's token in the system keyring, every call on a thread of its own with a time limit.
//!
//! A keyring may hang: a locked collection waits for a prompt that nobody can answer on a desk in a rack. The stated
//! fallback is a file in the profile that only its owner can read; the window says which of the two is in use.

use crate::platform;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// A healthy keyring answers in about 10 ms; one that waits for a person never does.
const LIMIT: Duration = Duration::from_secs(3);
const SERVICE: &str = "watchhouse";

pub struct Secrets {
    user: String,
    file: PathBuf,
}

/// Where a secret is, for the person to know.
pub enum Kept {
    Keyring,
    File(String),
}

impl Secrets {
    pub fn new(profile: &Path) -> Self {
        Self { user: format!("hub token of {}", profile.display()), file: profile.join("token") }
    }

    pub fn get(&self) -> Option<(String, Kept)> {
        let user = self.user.clone();
        match limited(move || keyring::Entry::new(SERVICE, &user).and_then(|e| e.get_password())) {
            Ok(token) => Some((token, Kept::Keyring)),
            Err(problem) => {
                let token = std::fs::read_to_string(&self.file).ok()?.trim().to_owned();
                (!token.is_empty()).then(|| (token, Kept::File(self.words(&problem))))
            }
        }
    }

    /// Keeps the token; what the keyring gives back is what counts as kept there.
    pub fn put(&self, token: &str) -> anyhow::Result<Kept> {
        let (user, secret) = (self.user.clone(), token.to_owned());
        let kept = limited(move || {
            let entry = keyring::Entry::new(SERVICE, &user)?;
            entry.set_password(&secret)?;
            entry.get_password()
        });
        match kept {
            Ok(read) if read == token => {
                let _ = std::fs::remove_file(&self.file);
                Ok(Kept::Keyring)
            }
            Ok(_) => self.put_file(token, "it gave back something else"),
            Err(problem) => self.put_file(token, &problem),
        }
    }

    fn put_file(&self, token: &str, problem: &str) -> anyhow::Result<Kept> {
        platform::write_private(&self.file, token)?;
        Ok(Kept::File(self.words(problem)))
    }

    fn words(&self, problem: &str) -> String {
        format!(
            "The system keyring is not in use ({}). This desk’s token is in {}, which only you can read.",
            problem.trim_end_matches('.'),
            self.file.display()
        )
    }
}

fn limited<T: Send + 'static>(call: impl FnOnce() -> Result<T, keyring::Error> + Send + 'static) -> Result<T, String> {
    let (answer, wait) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = answer.send(call());
    });
    match wait.recv_timeout(LIMIT) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer in {} s", LIMIT.as_secs())),
    }
}
