//! `QEEE GG ZZZ`: Contact ID inside DC-09 (ANSI/SIA DC-05; the token `ADM-CID` is from DC-07).

use super::codes::{self, Qualifier, Subject};
use super::message::PanelEvent;

/// Reads the data after the account. Nothing is returned for what is not Contact ID.
pub(crate) fn events(body: &str) -> Vec<PanelEvent> {
    event(body).into_iter().collect()
}

fn event(body: &str) -> Option<PanelEvent> {
    let mut words = body.split_whitespace();
    let (qualifier, code) = qualified_code(words.next()?)?;
    let group = words.next();
    let number = words.next();
    let digits =
        |word: &Option<&str>| word.is_none_or(|word| word.len() <= 4 && word.chars().all(|c| c.is_ascii_hexdigit()));
    if !digits(&group) || !digits(&number) || words.next().is_some() {
        return None;
    }
    let subject = codes::contact_id(&code, qualifier).subject;
    let named = number.filter(|number| !is_zero(number)).map(str::to_owned);
    let (zone, user) = match subject {
        Subject::User => (None, named),
        Subject::Zone | Subject::Area | Subject::Door => (named, None),
        Subject::None => (None, None),
    };
    Some(PanelEvent {
        code,
        qualifier,
        partition: group.filter(|group| !is_zero(group)).map(str::to_owned),
        zone,
        user,
        number: number.map(str::to_owned),
        time_text: None,
        text: None,
        old: false,
    })
}

fn qualified_code(word: &str) -> Option<(Qualifier, String)> {
    let code = word.get(1..).filter(|code| code.len() == 3)?;
    if !code.chars().all(|digit| digit.is_ascii_hexdigit()) || !code.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let qualifier = match word.as_bytes()[0] {
        b'1' => Qualifier::New,
        b'3' => Qualifier::Restore,
        b'6' => Qualifier::Status,
        _ => return None,
    };
    Some((qualifier, code.to_ascii_uppercase()))
}

/// DC-05 writes "none" and "whole system" as zeros.
pub(crate) fn is_zero(number: &str) -> bool {
    number.chars().all(|digit| digit == '0')
}
