//! SIA codes the table lacks, read by their letters: the first names the subject, the second what
//! happened. Holds for the twelve families DC-03 builds this way, and for no other letters.

use std::borrow::Cow;

use super::{Class, Meaning, Qualifier, Subject};

pub(super) fn meaning(code: &str) -> Option<Meaning> {
    let [first, second] = code.as_bytes() else {
        return None;
    };
    let (name, class) = subject(*first)?;
    let (text, class, qualifier) = match second {
        b'A' => (format!("{name} alarm"), class, Qualifier::New),
        b'B' => (format!("{name} bypass"), Class::Bypass, Qualifier::New),
        b'H' => (format!("{name} alarm restored"), class, Qualifier::Restore),
        b'J' => (format!("{name} fault restored"), fault(class), Qualifier::Restore),
        b'R' => (format!("{name} restored"), class, Qualifier::Restore),
        b'S' => (format!("{name} supervisory signal"), supervisory(class), Qualifier::New),
        b'T' => (format!("{name} fault"), fault(class), Qualifier::New),
        b'U' => (format!("{name} bypass removed"), Class::Bypass, Qualifier::Restore),
        b'X' => (format!("{name} test"), Class::Test, Qualifier::New),
        _ => return None,
    };
    Some(Meaning { text: Cow::Owned(text), class, subject: Subject::Zone, qualifier, family: None })
}

fn subject(letter: u8) -> Option<(&'static str, Class)> {
    Some(match letter {
        b'B' => ("Intruder", Class::Intruder),
        b'F' => ("Fire", Class::Fire),
        b'G' => ("Gas", Class::Gas),
        b'H' => ("Hold-up", Class::HoldUp),
        b'K' => ("Heat", Class::Fire),
        b'M' => ("Medical", Class::Medical),
        b'P' => ("Panic", Class::Panic),
        b'Q' => ("Emergency", Class::Medical),
        b'S' => ("Sprinkler", Class::Fire),
        b'T' => ("Tamper", Class::Tamper),
        b'U' => ("Untyped zone", Class::Technical),
        b'W' => ("Water", Class::Flood),
        b'Z' => ("Freeze", Class::Technical),
        _ => return None,
    })
}

fn fault(class: Class) -> Class {
    match class {
        Class::Fire => Class::FireFault,
        Class::Tamper => Class::Tamper,
        _ => Class::Fault,
    }
}

fn supervisory(class: Class) -> Class {
    match class {
        Class::Fire => Class::FireSupervisory,
        _ => Class::Fault,
    }
}
