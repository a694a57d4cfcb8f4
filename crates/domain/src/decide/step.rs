//! Steps that are questions, and steps that are left out.

use super::{Decided, Decision, event, required};
use crate::callout::checks::{check_digest, check_text};
use crate::callout::procedure::{Fact, Procedure, Question, Step};
use crate::callout::{Assignment, Callout};
use crate::command::{EscalationRaise, Role, StepAnswer, StepSkip};
use crate::event::{Done, EventBody as E};
use crate::id::AggregateKind as K;
use crate::refusal::Refusal;
use std::collections::BTreeSet;

impl Decision<'_> {
    pub(super) fn step_answer(&self, answer: &StepAnswer) -> Decided {
        let (callout, assignment) = self.on_site()?;
        let (step, ask) = question(callout, &answer.step)?;
        if step.leaves {
            if callout.left_the_site_at().is_some() {
                return Err(Refusal::new("already_left", "How the site was left is on record already.")
                    .mend("Add a note if something changed."));
            }
            self.must_lead(callout, assignment)?;
        }
        self.must_go_on(step, assignment)?;
        callout.gate(&step.id, assignment)?;
        check_answer(ask, answer, self.ctx.author.role == Role::Officer)?;
        let mut what = answer.clone();
        what.choices = chosen(answer).into_iter().map(str::to_owned).collect();
        let mut events = if step.leaves { self.not_needed(callout) } else { vec![] };
        let answered = E::StepAnswered(Done { assignment: assignment.id, what });
        events.push(event(K::Callout, callout.id, answered));
        let chosen = answer.choices.iter().filter_map(|id| ask.option(id));
        if let Some(worst) = chosen.max_by_key(|o| o.escalates).filter(|o| o.escalates > callout.escalation_level()) {
            let reason = format!("{}: {}", step.title, worst.text);
            let raised = EscalationRaise { level: worst.escalates, reason, emergency: false, point: answer.point };
            events.extend(self.escalated(callout, raised, None));
            events.extend(self.back_up(callout, worst.escalates));
        }
        Ok(events)
    }

    /// A question on site waits, as an inspection does, while the newest assessment says wait.
    fn must_go_on(&self, step: &Step, assignment: &Assignment) -> Result<(), Refusal> {
        if !step.requires.contains(&Fact::AssessmentAllows) || assignment.may_go_on() {
            return Ok(());
        }
        Err(Refusal::new("gate_closed", format!("“{}” cannot be recorded yet.", step.title))
            .mend(Fact::AssessmentAllows.mend()))
    }

    pub(super) fn step_skip(&self, skip: &StepSkip) -> Decided {
        let (callout, assignment) = self.at_work()?;
        if self.ctx.author.role == Role::Officer {
            self.must_lead(callout, assignment)?;
        }
        let (procedure, step) = step_of(callout, &skip.step)?;
        if !step.may_skip {
            return Err(Refusal::new("may_not_skip", format!("“{}” cannot be left out.", step.title))
                .mend("Record it; where it cannot be done as asked, say so there."));
        }
        required(&skip.reason, "Why it is left out")?;
        // Twice, or done already: nothing is left to leave out.
        if callout.settled(procedure, step, Some(assignment)) {
            return Ok(vec![]);
        }
        self.on_callout(callout, E::StepSkipped(skip.clone()))
    }
}

fn step_of(callout: &Callout, id: &str) -> Result<(&'static Procedure, &'static Step), Refusal> {
    let procedure = callout.known_procedure()?;
    let step = procedure.step(id).ok_or_else(|| {
        Refusal::new("unknown_step", format!("The procedure of {} has no step “{id}”.", callout.number))
            .mend("The call-out keeps the procedure it started with; answer the steps it shows.")
    })?;
    Ok((procedure, step))
}

/// The step's question, if the answers so far make it needed.
fn question(callout: &Callout, id: &str) -> Result<(&'static Step, &'static Question), Refusal> {
    let (procedure, step) = step_of(callout, id)?;
    let ask = step.ask.as_ref().ok_or_else(|| {
        Refusal::new("no_question", format!("“{}” has a form of its own.", step.title))
            .mend("Record it with the command of that step.")
    })?;
    match callout.needs(procedure, step) {
        Some(true) => Ok((step, ask)),
        Some(false) => Err(Refusal::new("not_needed", format!("“{}” is not needed here.", step.title))
            .mend("Go on with the next step, or add a note.")),
        None => {
            let before = step.when.as_ref().and_then(|w| procedure.step(&w.step)).map_or("", |s| s.title.as_str());
            Err(Refusal::new("gate_closed", format!("“{}” cannot be recorded yet.", step.title))
                .mend(format!("“{before}” comes first.")))
        }
    }
}

fn chosen(answer: &StepAnswer) -> BTreeSet<&str> {
    answer.choices.iter().map(String::as_str).collect()
}

/// What comes over the air has no picture: its words stand for it.
fn check_answer(ask: &Question, answer: &StepAnswer, has_camera: bool) -> Result<(), Refusal> {
    let bad = |text: String, mend: &str| Err(Refusal::new("bad_answer", text).mend(mend));
    let known: Vec<&str> = ask.options.iter().map(|o| o.id.as_str()).collect();
    if let Some(unknown) = answer.choices.iter().find(|id| !known.contains(&id.as_str())) {
        return bad(format!("“{unknown}” is no answer to this."), &format!("Choose from: {}.", known.join(", ")));
    }
    match (chosen(answer).len(), ask.many) {
        (0, _) => return bad("There is no answer.".into(), "Choose one."),
        (2.., false) => return bad("That is more than one answer.".into(), "Choose one."),
        _ => {}
    }
    check_text(&answer.note)?;
    answer.pictures.iter().try_for_each(|p| check_digest(p))?;
    for option in answer.choices.iter().filter_map(|id| ask.option(id)) {
        let words_for_picture = option.picture && !has_camera && answer.pictures.is_empty();
        if (option.note || words_for_picture) && answer.note.trim().is_empty() {
            return bad(format!("“{}” needs words with it.", option.text), "Write a line in the note.");
        }
        if option.picture && has_camera && answer.pictures.is_empty() {
            return bad(format!("“{}” needs a picture with it.", option.text), "Take one, or choose another answer.");
        }
    }
    Ok(())
}
