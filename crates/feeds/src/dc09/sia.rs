//! DC-03 event blocks as DC-07 carries them: `N` or `O`, modifiers, code and number, text.
//!
//! Real panels glue, split and omit nearly every separator, so the reader goes by the case of letters:
//! two lower-case letters begin a modifier, two upper-case letters a code.

use super::codes::{self, Subject};
use super::contact_id::is_zero;
use super::message::PanelEvent;

/// Reads the data after the account, in order.
pub(crate) fn events(body: &str) -> Vec<PanelEvent> {
    let mut reader =
        Reader { rest: body, modifiers: Modifiers::default(), old: false, waiting_text: None, events: Vec::new() };
    reader.start_block();
    while let Some(first) = reader.rest.chars().next() {
        reader.step(first);
    }
    reader.events
}

/// Modifiers hold for the later events of their block (DC-03).
#[derive(Default)]
struct Modifiers {
    time: Option<String>,
    date: Option<String>,
    user: Option<String>,
    area: Option<String>,
}

struct Reader<'a> {
    rest: &'a str,
    modifiers: Modifiers,
    old: bool,
    /// Text that came before any event.
    waiting_text: Option<String>,
    events: Vec<PanelEvent>,
}

impl<'a> Reader<'a> {
    fn step(&mut self, first: char) {
        match first {
            '|' => {
                self.take(1);
                self.start_block();
            }
            '^' => {
                self.take(1);
                let text = self.take_until(|character| character == '^');
                self.skip_one();
                self.add_text(text);
            }
            '*' => self.quoted_text(),
            'a'..='z' if starts_with_two(self.rest, |c| c.is_ascii_lowercase()) => self.modifier(),
            'A'..='Z' if starts_with_two(self.rest, |c| c.is_ascii_uppercase()) => self.code(),
            _ => self.skip_one(),
        }
    }

    /// `N` new, `O` old, `A` text. `NL2` without its `N` occurs, so a marker counts only if an event
    /// or modifier can follow it.
    fn start_block(&mut self) {
        let Some(first @ ('N' | 'O' | 'A')) = self.rest.chars().next() else {
            self.begin_events(false);
            return;
        };
        let after = &self.rest[1..];
        let code_without_marker = !after.is_empty() && is_code_tail(after);
        match first {
            'A' if !self.events.is_empty() || !code_without_marker => {
                self.take(1);
                let text = self.take_until(|character| character == '|');
                self.add_text(text);
            }
            'N' | 'O' if !code_without_marker => {
                self.take(1);
                self.begin_events(first == 'O');
            }
            _ => self.begin_events(false),
        }
    }

    fn begin_events(&mut self, old: bool) {
        self.old = old;
        self.modifiers = Modifiers::default();
    }

    fn modifier(&mut self) {
        let name = self.take(2);
        let value = match name {
            // A phone number's text may hold anything but the separators.
            "ph" => self.take_until(|character| matches!(character, '/' | '|' | '^')),
            _ => self.modifier_value(),
        };
        let value = (!value.is_empty()).then(|| value.to_owned());
        match name {
            "ti" => self.modifiers.time = value,
            "da" => self.modifiers.date = value,
            "id" => self.modifiers.user = value,
            "ri" => self.modifiers.area = value,
            // pi, vi, lv, lt, rg, ss and others say nothing an operator acts on; `raw` keeps them.
            _ => {}
        }
    }

    /// Up to a separator, the next modifier, or a code.
    fn modifier_value(&mut self) -> &'a str {
        let end = self
            .rest
            .char_indices()
            .find(|&(at, character)| {
                matches!(character, '/' | '|' | '^' | '*')
                    || character.is_ascii_lowercase()
                    || starts_with_two(&self.rest[at..], |c| c.is_ascii_uppercase())
            })
            .map_or(self.rest.len(), |(at, _)| at);
        self.take(end)
    }

    fn code(&mut self) {
        let code = self.take(2).to_owned();
        let number = self.number().to_owned();
        let number = (!number.is_empty()).then_some(number);
        let named = number.clone().filter(|number| !is_zero(number));
        let meaning = codes::sia(&code);
        let area = self.modifiers.area.clone().filter(|area| !is_zero(area));
        let user = self.modifiers.user.clone().filter(|user| !is_zero(user));
        let (partition, zone, user) = match meaning.subject {
            Subject::User => (area, None, named.or(user)),
            Subject::Area => (named.or(area), None, user),
            Subject::Zone | Subject::Door => (area, named, user),
            Subject::None => (area, None, user),
        };
        self.events.push(PanelEvent {
            code,
            qualifier: meaning.qualifier,
            partition,
            zone,
            user,
            number,
            time_text: self.time_text(),
            text: self.waiting_text.take(),
            old: self.old,
        });
    }

    /// Digits; a hex letter belongs to the number unless it begins the next code.
    fn number(&mut self) -> &'a str {
        let end = self
            .rest
            .char_indices()
            .find(|&(at, character)| {
                let hex_letter = at > 0
                    && matches!(character, 'A'..='F')
                    && !starts_with_two(&self.rest[at..], |c| c.is_ascii_uppercase());
                !(character.is_ascii_digit() || hex_letter)
            })
            .map_or(self.rest.len(), |(at, _)| at);
        self.take(end)
    }

    fn time_text(&self) -> Option<String> {
        match (&self.modifiers.date, &self.modifiers.time) {
            (Some(date), Some(time)) => Some(format!("{date} {time}")),
            (Some(only), None) | (None, Some(only)) => Some(only.clone()),
            (None, None) => None,
        }
    }

    /// `*'TEXT'NM` or `*"TEXT"NM`.
    fn quoted_text(&mut self) {
        self.take(1);
        let Some(quote @ ('\'' | '"')) = self.rest.chars().next() else {
            return;
        };
        self.take(1);
        let text = self.take_until(|character| character == quote);
        self.skip_one();
        self.rest = self.rest.strip_prefix("NM").unwrap_or(self.rest);
        self.add_text(text);
    }

    fn add_text(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let place = match self.events.last_mut() {
            Some(event) => &mut event.text,
            None => &mut self.waiting_text,
        };
        match place {
            Some(earlier) => {
                earlier.push(' ');
                earlier.push_str(text);
            }
            None => *place = Some(text.to_owned()),
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(stop).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn skip_one(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }
}

fn starts_with_two(text: &str, wanted: impl Fn(char) -> bool) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(&wanted) && characters.next().is_some_and(&wanted)
}

/// Whether the letter before `after` and the first letter of `after` are a code of their own: one
/// upper-case letter that is not followed by a second.
fn is_code_tail(after: &str) -> bool {
    after.starts_with(|c: char| c.is_ascii_uppercase())
        && !starts_with_two(after, |c| c.is_ascii_uppercase())
        && !after[1..].starts_with(|c: char| c.is_lowercase())
}
