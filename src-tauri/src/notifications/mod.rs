//! Desktop notifications: of new alarms with the actions *Take* and *Show*, of call-outs that ring with *Show*. They add
//! to the window's own lists and sound, and never replace them: a notification can be missed, shown late, or have no
//! server at all.

#[cfg(target_os = "linux")]
#[path = "freedesktop.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod system;

pub use system::Notifier;

use std::collections::HashMap;

/// What a notification is about, by id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    Alarm(String),
    Callout(String),
}

/// What a person did with a notification.
#[derive(Clone, Debug)]
pub enum Pressed {
    Take(About),
    Show(About),
}

/// Shown at once; beyond it the window's lists say the rest.
const SHOWN_MAX: usize = 20;

/// What is shown now, each under the number the system gave it, with its priority.
#[derive(Default)]
struct Shown(HashMap<About, (u32, u8)>);

/// Whether one more may be shown.
#[derive(Debug, PartialEq)]
enum Room {
    Free,
    /// This one is about the same, or is less urgent: it goes.
    InPlaceOf(About),
    /// The window's lists say it.
    None,
}

impl Shown {
    fn room(&self, about: &About, priority: u8) -> Room {
        if self.0.contains_key(about) {
            return Room::InPlaceOf(about.clone());
        }
        if self.0.len() < SHOWN_MAX {
            return Room::Free;
        }
        // Among the least urgent the oldest: its number is the lowest.
        let least = self.0.iter().max_by_key(|(_, (id, shown))| (*shown, std::cmp::Reverse(*id)));
        match least {
            Some((about, (_, shown))) if *shown > priority => Room::InPlaceOf(about.clone()),
            _ => Room::None,
        }
    }

    fn about(&self, id: u32) -> Option<About> {
        self.0.iter().find(|(_, (shown, _))| *shown == id).map(|(about, _)| about.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(priority: u8) -> Shown {
        let shown = (0..SHOWN_MAX as u32).map(|n| (About::Alarm(format!("{n}")), (n, priority)));
        Shown(shown.collect())
    }

    #[test]
    fn an_emergency_takes_the_place_of_a_routine_notification() {
        let mut shown = full(4);
        shown.0.insert(About::Alarm("7".into()), (7, 2));
        let help = About::Callout("help".into());
        assert_eq!(shown.room(&help, 1), Room::InPlaceOf(About::Alarm("0".into())), "the oldest of the least urgent");
        assert_eq!(shown.room(&help, 4), Room::None, "among equals the first stay");
        assert_eq!(full(1).room(&help, 1), Room::None);
    }

    #[test]
    fn what_changed_replaces_itself() {
        let mut shown = full(1);
        let help = About::Callout("help".into());
        shown.0.remove(&About::Alarm("3".into()));
        assert_eq!(shown.room(&help, 4), Room::Free);
        shown.0.insert(help.clone(), (99, 4));
        assert_eq!(shown.room(&help, 4), Room::InPlaceOf(help));
        assert_eq!(shown.about(99), Some(About::Callout("help".into())));
    }
}
