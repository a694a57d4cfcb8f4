//! What a panel's code means to the control room: an alarm of some kind, a restore, or a signal to keep.

use domain::alarm::AlarmKind;
use domain::command::SignalMeaning;
use domain::panel::Armed;
use feeds::dc09::{Class, PanelEvent, Qualifier};

/// Maps one event of a known account.
pub fn of(event: &PanelEvent) -> (SignalMeaning, String) {
    let meaning = event.meaning();
    let text = meaning.text.to_string();
    let alarm = |kind| SignalMeaning::Alarm { kind };
    let told = match meaning.class {
        Class::Cancel => SignalMeaning::Cancel,
        Class::OpenClose => armed(event).map_or(SignalMeaning::Signal, |how| SignalMeaning::Armed { how }),
        Class::Access
        | Class::Bypass
        | Class::Disable
        | Class::Test
        | Class::Config
        | Class::Maintenance
        | Class::Remote
        | Class::Log
        | Class::Info
        | Class::Exception
        | Class::OpenCloseException
        | Class::Vendor => SignalMeaning::Signal,
        // A code nobody mapped is shown to a person whatever its qualifier claims.
        Class::Unmapped => alarm(AlarmKind::UnknownCode),
        _ if meaning.qualifier == Qualifier::Restore => SignalMeaning::Restore,
        _ if meaning.qualifier == Qualifier::Status => SignalMeaning::Signal,
        Class::Medical => alarm(AlarmKind::Medical),
        Class::Fire => alarm(AlarmKind::Fire),
        Class::Gas => alarm(AlarmKind::Gas),
        Class::Panic => alarm(AlarmKind::Panic),
        Class::HoldUp => alarm(AlarmKind::HoldUp),
        Class::IntruderConfirmed => alarm(AlarmKind::IntruderConfirmed),
        Class::Intruder => alarm(AlarmKind::Intruder),
        Class::Tamper => alarm(AlarmKind::Tamper),
        Class::Flood => alarm(AlarmKind::Flood),
        Class::Technical | Class::FireSupervisory => alarm(AlarmKind::Technical),
        Class::Fault | Class::FireFault | Class::Comms => alarm(AlarmKind::Fault),
        Class::Power => alarm(AlarmKind::Power),
        Class::Jam => alarm(AlarmKind::Jam),
        Class::AccessAlarm => alarm(AlarmKind::Access),
        Class::Welfare => alarm(AlarmKind::Welfare),
    };
    let text = match &event.text {
        Some(said) if !said.trim().is_empty() => format!("{text}: {}", said.trim()),
        _ => text,
    };
    (told, text)
}

/// Whether a panel's opening or closing leaves it set. None for what changes nothing, and for a single point.
fn armed(event: &PanelEvent) -> Option<Armed> {
    let closes = event.meaning().qualifier == Qualifier::Restore;
    let pair = |closed| Some(if closes { closed } else { Armed::Unset });
    match event.code.to_ascii_uppercase().as_str() {
        // SIA DC-05: the qualifier says which way. A deferred one (405) has not happened yet.
        "400" | "401" | "402" | "403" | "404" | "407" | "408" | "409" | "450" | "451" | "452" => pair(Armed::Set),
        "441" | "442" => pair(Armed::PartSet),
        "456" => Some(if closes { Armed::Unset } else { Armed::PartSet }),
        // SIA DC-03: the letters say which way.
        "CA" | "CB" | "CF" | "CJ" | "CK" | "CL" | "CP" | "CQ" | "CS" | "CW" => Some(Armed::Set),
        "CG" | "NF" | "NL" => Some(Armed::PartSet),
        "OA" | "OB" | "OG" | "OH" | "OJ" | "OK" | "OL" | "OP" | "OQ" | "OR" | "OS" => Some(Armed::Unset),
        _ => None,
    }
}

/// Maps one event that may not be the panel's: an alarm rings all the same, but nothing of it ends one.
pub fn of_doubted(event: &PanelEvent) -> (SignalMeaning, String) {
    match of(event) {
        (SignalMeaning::Restore | SignalMeaning::Cancel | SignalMeaning::Armed { .. }, text) => {
            (SignalMeaning::Signal, format!("{text}, without the panel's key: ends no alarm and sets nothing"))
        }
        told => told,
    }
}

pub fn qualifier(event: &PanelEvent) -> &'static str {
    match event.meaning().qualifier {
        Qualifier::New => "new",
        Qualifier::Restore => "restore",
        Qualifier::Status => "status",
    }
}
