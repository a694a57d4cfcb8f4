//! What the hub counts, for `/metrics` and the diagnostics a person sees.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Mutex;

/// How many diagnostics are kept to show; older ones remain counted.
const RECENT_MAX: usize = 200;

#[derive(Default)]
pub struct Counters(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    counts: BTreeMap<&'static str, u64>,
    recent: VecDeque<Diagnostic>,
}

/// Something odd from outside equipment, kept for a person to look at.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Diagnostic {
    pub at: domain::Instant,
    pub counter: &'static str,
    pub remote: String,
    pub account: Option<String>,
    pub text: String,
}

impl Counters {
    pub fn add(&self, counter: &'static str, n: u64) {
        *self.lock().counts.entry(counter).or_default() += n;
    }

    pub fn note(&self, diagnostic: Diagnostic) {
        let mut inner = self.lock();
        *inner.counts.entry(diagnostic.counter).or_default() += 1;
        if inner.recent.len() == RECENT_MAX {
            inner.recent.pop_front();
        }
        inner.recent.push_back(diagnostic);
    }

    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.lock().counts.clone()
    }

    pub fn recent(&self) -> Vec<Diagnostic> {
        self.lock().recent.iter().rev().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}
