//! Desktop notifications of new alarms, with the actions *Take* and *Show*. They add to the window's own alarm list
//! and sound, and never replace them: a notification can be missed, shown late, or have no server at all.

#[cfg(target_os = "linux")]
#[path = "freedesktop.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod system;

pub use system::Notifier;

/// What a person did with a notification.
#[derive(Clone, Debug)]
pub enum Pressed {
    Take(String),
    Show(String),
}

/// Shown at once; beyond it the window's list says the rest.
pub const SHOWN_MAX: usize = 20;
