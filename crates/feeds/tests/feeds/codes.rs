//! What codes mean on the screen.

use feeds::dc09::codes::{contact_id, sia};
use feeds::dc09::{Class, Qualifier, Subject};

use super::shared_data;

#[test]
fn contact_id_codes_say_what_happened() {
    for (code, qualifier, text, class) in [
        ("130", Qualifier::New, "Intruder alarm", Class::Intruder),
        ("130", Qualifier::Restore, "Intruder alarm restored", Class::Intruder),
        ("130", Qualifier::Status, "Intruder alarm (still so)", Class::Intruder),
        ("139", Qualifier::New, "Intruder alarm confirmed", Class::IntruderConfirmed),
        ("110", Qualifier::New, "Fire alarm", Class::Fire),
        ("120", Qualifier::New, "Panic alarm", Class::Panic),
        ("121", Qualifier::New, "Duress alarm", Class::HoldUp),
        ("401", Qualifier::New, "Unset (disarmed) by user", Class::OpenClose),
        ("401", Qualifier::Restore, "Set (armed) by user", Class::OpenClose),
        ("441", Qualifier::Restore, "Part set (armed stay)", Class::OpenClose),
        ("406", Qualifier::New, "Alarm cancelled by user", Class::Cancel),
        ("454", Qualifier::New, "Not set when due", Class::OpenCloseException),
        ("570", Qualifier::Restore, "Zone bypass removed", Class::Bypass),
        ("602", Qualifier::New, "Periodic test", Class::Test),
        ("344", Qualifier::New, "Radio jamming detected", Class::Jam),
        ("301", Qualifier::New, "Mains (AC) loss", Class::Power),
        ("641", Qualifier::New, "Senior watch alert", Class::Welfare),
        ("912", Qualifier::New, "Downloader or vendor diagnostic", Class::Vendor),
    ] {
        let meaning = contact_id(code, qualifier);
        assert_eq!(meaning.text, text, "{code}");
        assert_eq!(meaning.class, class, "{code}");
        assert_eq!(meaning.qualifier, qualifier, "{code}");
    }
}

#[test]
fn sia_codes_say_what_happened_and_whether_it_ended() {
    for (code, text, class, qualifier) in [
        ("BA", "Intruder alarm", Class::Intruder, Qualifier::New),
        ("BR", "Intruder zone restored", Class::Intruder, Qualifier::Restore),
        ("BV", "Intruder alarm confirmed (verified)", Class::IntruderConfirmed, Qualifier::New),
        ("HA", "Hold-up alarm", Class::HoldUp, Qualifier::New),
        ("PA", "Panic alarm", Class::Panic, Qualifier::New),
        ("FA", "Fire alarm", Class::Fire, Qualifier::New),
        ("CL", "Set (armed) by user", Class::OpenClose, Qualifier::New),
        ("OP", "Unset (disarmed) by user", Class::OpenClose, Qualifier::New),
        ("BC", "Intruder alarm cancelled by user", Class::Cancel, Qualifier::New),
        ("AR", "Mains (AC) restored", Class::Power, Qualifier::Restore),
        ("RP", "Automatic test", Class::Test, Qualifier::New),
    ] {
        let meaning = sia(code);
        assert_eq!(meaning.text, text, "{code}");
        assert_eq!((meaning.class, meaning.qualifier), (class, qualifier), "{code}");
    }
    assert_eq!(sia("OP").subject, Subject::User);
    assert_eq!(sia("BA").subject, Subject::Zone);
    assert_eq!(sia("CG").subject, Subject::Area);
    assert_eq!(sia("DF").subject, Subject::Door);
}

#[test]
fn unlisted_sia_codes_are_read_by_their_letters() {
    for (code, text, class, qualifier) in [
        ("HB", "Hold-up bypass", Class::Bypass, Qualifier::New),
        ("HU", "Hold-up bypass removed", Class::Bypass, Qualifier::Restore),
        ("GT", "Gas fault", Class::Fault, Qualifier::New),
        ("SJ", "Sprinkler fault restored", Class::FireFault, Qualifier::Restore),
        ("KS", "Heat supervisory signal", Class::FireSupervisory, Qualifier::New),
        ("MR", "Medical restored", Class::Medical, Qualifier::Restore),
        ("TH", "Tamper alarm restored", Class::Tamper, Qualifier::Restore),
        ("ZX", "Freeze test", Class::Test, Qualifier::New),
    ] {
        let meaning = sia(code);
        assert_eq!((meaning.text.as_ref(), meaning.class, meaning.qualifier), (text, class, qualifier));
    }
}

#[test]
fn every_restore_of_the_letter_families_is_a_restore() {
    for first in "BFGHKMPQSTUWZ".chars() {
        for second in "HRJ".chars() {
            let code = format!("{first}{second}");
            assert_eq!(sia(&code).qualifier, Qualifier::Restore, "{code}");
        }
        let code = format!("{first}A");
        assert_eq!(sia(&code).qualifier, Qualifier::New, "{code}");
    }
}

#[test]
fn unknown_codes_are_unmapped_and_keep_their_family() {
    for (code, family) in [
        ("199", Some(Class::Intruder)),
        ("299", Some(Class::FireSupervisory)),
        ("399", Some(Class::Fault)),
        ("499", Some(Class::OpenClose)),
        ("599", Some(Class::Bypass)),
        ("699", Some(Class::Test)),
        ("999", Some(Class::Vendor)),
        ("1FF", Some(Class::Intruder)),
    ] {
        let meaning = contact_id(code, Qualifier::New);
        assert_eq!(meaning.class, Class::Unmapped);
        assert_eq!(meaning.text, format!("unmapped code {code}"));
        assert_eq!(meaning.family, family, "{code}");
    }
    assert_eq!(contact_id("", Qualifier::New).text, "unmapped: no code could be read");
    assert_eq!(sia("QQ").text, "unmapped code QQ");
    assert_eq!(sia("XC").class, Class::Unmapped);
    assert_eq!(sia("é").class, Class::Unmapped);
}

#[test]
fn every_code_of_the_public_sia_list_has_a_meaning() {
    let Some(list) = shared_data::read("dc09/sia_codes.csv") else {
        return;
    };
    let unmapped: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .filter(|code| sia(code).class == Class::Unmapped)
        .collect();
    // "L_" is a placeholder for listen-in seconds, DU carries a dealer's number: neither is an event.
    assert_eq!(unmapped, ["DU", "L_"]);
}
