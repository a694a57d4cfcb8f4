//! What panels say, and how each dialect writes it.

use crate::panel::Signal;

/// What a detector is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Intruder,
    /// A second detector agrees.
    Confirmed,
    HoldUp,
    Panic,
    Tamper,
    Flood,
    Door,
    Mains,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelEvent {
    Alarm(Cause, u16),
    Restore(Cause, u16),
    /// Unset and set by a user.
    Open(u16),
    Close(u16),
    Test,
    /// A code no table has.
    Unmapped,
    /// An intruder alarm from an account nobody registered.
    FromStranger,
}

impl Cause {
    /// SIA codes for the alarm and its end (DC-03).
    fn sia(self) -> (&'static str, &'static str) {
        match self {
            Self::Intruder => ("BA", "BR"),
            Self::Confirmed => ("BM", "BR"),
            Self::HoldUp => ("HA", "HH"),
            Self::Panic => ("PA", "PH"),
            Self::Tamper => ("TA", "TR"),
            Self::Flood => ("WA", "WH"),
            Self::Door => ("DF", "DR"),
            Self::Mains => ("AT", "AR"),
        }
    }

    /// Contact ID code (DC-05).
    fn contact_id(self) -> u16 {
        match self {
            Self::Intruder => 130,
            Self::Confirmed => 139,
            Self::HoldUp => 122,
            Self::Panic => 120,
            Self::Tamper => 137,
            Self::Flood => 154,
            Self::Door => 423,
            Self::Mains => 301,
        }
    }
}

/// How a panel writes it.
pub fn wire(event: PanelEvent, contact_id_only: bool) -> Signal {
    let cid = |qualifier, code, number| Signal::Cid { qualifier, code, partition: 1, number };
    let sia = |code: &str, number: u16| Signal::Sia(format!("Nri1/{code}{number}"));
    match (event, contact_id_only) {
        (PanelEvent::Alarm(cause, zone), true) => cid(1, cause.contact_id(), zone),
        (PanelEvent::Restore(cause, zone), true) => cid(3, cause.contact_id(), zone),
        (PanelEvent::Open(user), true) => cid(1, 401, user),
        (PanelEvent::Close(user), true) => cid(3, 401, user),
        (PanelEvent::Test, true) => cid(1, 602, 0),
        (PanelEvent::Unmapped | PanelEvent::FromStranger, true) => cid(1, 199, 1),
        (PanelEvent::Alarm(cause, zone), false) => sia(cause.sia().0, zone),
        (PanelEvent::Restore(cause, zone), false) => sia(cause.sia().1, zone),
        (PanelEvent::Open(user), false) => sia("OP", user),
        (PanelEvent::Close(user), false) => sia("CL", user),
        (PanelEvent::Test, false) => Signal::Sia("Nri0/RP0".into()),
        (PanelEvent::Unmapped, false) => sia("ZQ", 2),
        (PanelEvent::FromStranger, false) => sia("BA", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feeds::dc09::{Class, Qualifier, codes};

    #[test]
    fn each_dialect_says_what_the_story_means() {
        use Cause::*;
        let wanted = [
            (Intruder, Class::Intruder),
            (Confirmed, Class::IntruderConfirmed),
            (HoldUp, Class::HoldUp),
            (Panic, Class::Panic),
            (Tamper, Class::Tamper),
            (Flood, Class::Flood),
            (Door, Class::AccessAlarm),
            (Mains, Class::Power),
        ];
        for (cause, class) in wanted {
            let (alarm, restore) = cause.sia();
            assert_eq!((codes::sia(alarm).class, codes::sia(alarm).qualifier), (class, Qualifier::New), "{alarm}");
            assert_eq!(codes::sia(restore).qualifier, Qualifier::Restore, "{restore}");
            let code = cause.contact_id().to_string();
            assert_eq!(codes::contact_id(&code, Qualifier::New).class, class, "{code}");
        }
        assert_eq!(codes::sia("ZQ").class, Class::Unmapped);
    }
}
