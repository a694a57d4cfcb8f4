//! What event codes mean, in an operator's words.

mod contact_id_table;
mod letters;
mod sia_table;

use std::borrow::Cow;

/// What kind of thing a code reports. Priorities and pipelines are the domain's; this only groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Medical,
    Fire,
    Gas,
    Panic,
    HoldUp,
    IntruderConfirmed,
    Intruder,
    Tamper,
    Flood,
    Technical,
    Fault,
    Power,
    Comms,
    Jam,
    FireFault,
    FireSupervisory,
    AccessAlarm,
    Access,
    OpenClose,
    Cancel,
    OpenCloseException,
    Exception,
    Bypass,
    Disable,
    Test,
    Config,
    Maintenance,
    Remote,
    Log,
    Welfare,
    Info,
    Vendor,
    Unmapped,
}

/// What the code's number (`ZZZ`, or the digits after a SIA code) names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A zone, or a device reported like one.
    Zone,
    User,
    Area,
    Door,
    None,
}

/// New, ended, or still so (DC-05 qualifiers 1, 3 and 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// A new event; for Contact ID open/close codes: opening (unset, disarmed).
    New,
    /// A restore; for Contact ID open/close codes: closing (set, armed).
    Restore,
    /// Reported before and still present.
    Status,
}

/// What one code with its qualifier means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// For the screen: "Intruder alarm", "Set (armed) by user".
    pub text: Cow<'static, str>,
    pub class: Class,
    pub subject: Subject,
    /// Whether this opens or ends a condition. For SIA codes it follows from the code.
    pub qualifier: Qualifier,
    /// For an unmapped code: the class its family suggests, so that it can be ranked.
    pub family: Option<Class>,
}

/// A Contact ID code (DC-05 appendix) with its qualifier.
///
/// Beware of open/close: `1401` is "disarmed by user", `3401` is "armed by user".
pub fn contact_id(code: &str, qualifier: Qualifier) -> Meaning {
    let Some(row) = code.parse().ok().and_then(contact_id_table::find) else {
        return unmapped(code, qualifier, contact_id_family(code));
    };
    let text = match qualifier {
        Qualifier::New => Cow::Borrowed(row.text),
        Qualifier::Restore => match row.restored {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(format!("{} {}", row.text, ended(row.class))),
        },
        Qualifier::Status => Cow::Owned(format!("{} (still so)", row.text)),
    };
    Meaning { text, class: row.class, subject: row.subject, qualifier, family: None }
}

/// A SIA code (DC-03), two letters. Codes the table lacks are read by their letters.
pub fn sia(code: &str) -> Meaning {
    let code = code.to_ascii_uppercase();
    match sia_table::find(&code) {
        Some(row) => Meaning {
            text: Cow::Borrowed(row.text),
            class: row.class,
            subject: row.subject,
            qualifier: row.qualifier,
            family: None,
        },
        None => letters::meaning(&code).unwrap_or_else(|| unmapped(&code, Qualifier::New, None)),
    }
}

fn unmapped(code: &str, qualifier: Qualifier, family: Option<Class>) -> Meaning {
    Meaning {
        text: match code {
            "" => Cow::Borrowed("unmapped: no code could be read"),
            _ => Cow::Owned(format!("unmapped code {code}")),
        },
        class: Class::Unmapped,
        subject: Subject::Zone,
        qualifier,
        family,
    }
}

/// DC-05 groups codes by their hundreds digit.
fn contact_id_family(code: &str) -> Option<Class> {
    match code.as_bytes().first()? {
        b'1' => Some(Class::Intruder),
        b'2' => Some(Class::FireSupervisory),
        b'3' => Some(Class::Fault),
        b'4' => Some(Class::OpenClose),
        b'5' => Some(Class::Bypass),
        b'6' => Some(Class::Test),
        b'7'..=b'9' => Some(Class::Vendor),
        _ => None,
    }
}

/// How an operator says that this kind of condition is over.
fn ended(class: Class) -> &'static str {
    match class {
        Class::Bypass | Class::Disable => "removed",
        Class::Test | Class::Log | Class::Config | Class::Info | Class::Remote | Class::Vendor => "ended",
        Class::Medical
        | Class::Fire
        | Class::Gas
        | Class::Panic
        | Class::HoldUp
        | Class::IntruderConfirmed
        | Class::Intruder
        | Class::Tamper
        | Class::Flood
        | Class::Technical
        | Class::Fault
        | Class::Power
        | Class::Comms
        | Class::Jam
        | Class::FireFault
        | Class::FireSupervisory
        | Class::AccessAlarm
        | Class::Access
        | Class::OpenClose
        | Class::Cancel
        | Class::OpenCloseException
        | Class::Exception
        | Class::Maintenance
        | Class::Welfare
        | Class::Unmapped => "restored",
    }
}
