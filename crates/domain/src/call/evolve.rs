//! How call events change a call.

use super::{Call, Card, Closed, Grade, Progress, Taken};
use crate::callout::Given;
use crate::event::{EventBody as E, Recorded};
use crate::id::CallId;

impl Call {
    pub(crate) fn opened(exchange: Option<String>, event: &Recorded) -> Self {
        Self {
            id: CallId(event.stream.id),
            exchange,
            from: String::new(),
            to: String::new(),
            opened_at: event.at,
            seq: event.seq,
            rung_at: None,
            answered_at: None,
            missed_at: None,
            ended_at: None,
            taken: None,
            card: Card::default(),
            grades: vec![],
            closed: None,
        }
    }

    pub(crate) fn evolve(&mut self, event: &Recorded) {
        let (at, by) = (event.at, event.by.account);
        match &event.body {
            E::CallProgressed(progressed) => {
                fill(&mut self.from, &progressed.from);
                fill(&mut self.to, &progressed.to);
                let field = match progressed.state {
                    Progress::Ringing => &mut self.rung_at,
                    Progress::Answered => &mut self.answered_at,
                    Progress::Missed => &mut self.missed_at,
                    Progress::Ended => &mut self.ended_at,
                };
                field.get_or_insert(progressed.happened_at.unwrap_or(at));
            }
            E::CallTaken(taken) => {
                self.taken = Some(Taken { by, at, while_ringing: taken.while_ringing });
                if self.exchange.is_none() {
                    self.answered_at.get_or_insert(at);
                }
            }
            E::CallDescribed(described) => self.card = described.card.clone(),
            E::CallGraded(graded) => {
                let what = Grade { thrive: graded.thrive.clone(), priority: graded.priority };
                let recorded_at = event.recorded_at;
                self.grades.push(Given { at, recorded_at, by: event.by.clone(), seq: event.seq, what });
            }
            E::CallClosed(closed) => {
                self.closed = Some(Closed {
                    by,
                    at,
                    outcome: closed.outcome,
                    told: closed.told.clone(),
                    note: closed.note.clone(),
                    callout: closed.callout,
                    same_as: closed.same_as,
                    incident: closed.incident,
                    out_of_hours: closed.out_of_hours.clone(),
                });
                // By hand, the call is over when the operator says what came of it.
                if self.exchange.is_none() {
                    self.ended_at.get_or_insert(at);
                }
            }
            other => debug_assert!(false, "{} in a call's stream", other.kind()),
        }
    }
}

impl Call {
    /// Every word of the caller goes; that somebody rang, when, and what came of it stays.
    pub(crate) fn erase(&mut self) {
        self.from.clear();
        let card = &mut self.card;
        for text in [&mut card.caller, &mut card.number, &mut card.address, &mut card.place, &mut card.text] {
            text.clear();
        }
        for given in &mut self.grades {
            given.what.thrive.aspects_mut().into_iter().for_each(|aspect| aspect.note.clear());
        }
        if let Some(closed) = &mut self.closed {
            for text in [&mut closed.told, &mut closed.note, &mut closed.out_of_hours] {
                text.clear();
            }
        }
    }
}

/// What is known stays; what was not told before is added.
fn fill(known: &mut String, told: &str) {
    if known.is_empty() {
        told.clone_into(known);
    }
}
