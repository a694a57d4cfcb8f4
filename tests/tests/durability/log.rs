//! What the log says came of commands.

use serde_json::Value;
use std::collections::HashMap;

/// How often each command made an event of each kind.
pub struct Effects(HashMap<(String, String), usize>);

impl Effects {
    pub fn of(log: &[Value]) -> Self {
        let mut effects = HashMap::new();
        for line in log {
            let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            *effects.entry((text("command_id"), text("kind"))).or_default() += 1;
        }
        Self(effects)
    }

    /// Insists that each command made its event exactly once.
    pub fn assert_once<'a>(&self, commands: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let times = |(id, kind): (&str, &str)| self.0.get(&(id.to_owned(), kind.to_owned())).copied().unwrap_or(0);
        let wrong: Vec<_> = commands.into_iter().map(|c| (c, times(c))).filter(|(_, times)| *times != 1).collect();
        assert!(wrong.is_empty(), "not exactly once in the log: {wrong:?}");
    }

    pub fn count(&self, kind: &str) -> usize {
        self.0.iter().filter(|((_, k), _)| k == kind).map(|(_, times)| times).sum()
    }
}
