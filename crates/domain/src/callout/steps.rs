//! How the steps of a call-out's procedure stand: done, current, left out, not needed.

use super::assignment::Assignment;
use super::procedure::{Fact, Procedure, Question, Step};
use super::{Callout, Given};
use crate::Instant;
use crate::command::{StepAnswer, StepSkip};
use serde::{Deserialize, Serialize};

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Pending,
    Current,
    Done,
    /// Not needed, or left out for a reason that the detail gives.
    Skipped,
}

/// One row of the step list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepStatus {
    pub n: u8,
    pub id: String,
    pub title: String,
    pub state: StepState,
    pub at: Option<Instant>,
    /// "RSP-1, nearest of 4, 0.9 km, 3 min"
    pub detail: String,
}

/// The steps as they stand: done ones with time and detail, the first open one current.
pub fn steps(callout: &Callout) -> Vec<StepStatus> {
    let Some(procedure) = Procedure::find(&callout.procedure) else {
        return Vec::new();
    };
    let mut current_given = callout.is_over();
    procedure
        .steps
        .iter()
        .map(|step| {
            let state = callout.step_state(procedure, step, current_given);
            current_given |= state == StepState::Current;
            let (at, detail) = callout.step_detail(procedure, step, state);
            StepStatus { n: step.n, id: step.id.clone(), title: step.title.clone(), state, at, detail }
        })
        .collect()
}

impl Callout {
    fn step_state(&self, procedure: &Procedure, step: &Step, current_given: bool) -> StepState {
        let over = self.is_over();
        // Liaison and escalation go on beside the others; they close with the report.
        let standing = matches!(step.done_when, Fact::Informed | Fact::EscalationSettled);
        let never_escalated = step.done_when == Fact::EscalationSettled && self.escalations.is_empty();
        match (self.step_holds(step, self.lead()), standing) {
            (true, _) if never_escalated && (self.report.is_some() || over) => StepState::Skipped,
            (true, _) if never_escalated => StepState::Pending,
            (true, _) => StepState::Done,
            (false, _) if over || self.skipped.contains_key(&step.id) => StepState::Skipped,
            (false, true) => StepState::Pending,
            (false, false) => match self.needs(procedure, step) {
                Some(false) => StepState::Skipped,
                Some(true) if !current_given => StepState::Current,
                Some(true) | None => StepState::Pending,
            },
        }
    }

    fn step_detail(&self, procedure: &Procedure, step: &Step, state: StepState) -> (Option<Instant>, String) {
        let (at, detail) = match self.step_answer(&step.id) {
            Some(given) if step.done_when == Fact::Answered => {
                let said = step.ask.as_ref().map_or(String::new(), |ask| ask.words(&given.what.choices));
                (Some(given.at), said)
            }
            _ => self.fact_detail(step.done_when),
        };
        let text = match state {
            StepState::Skipped if step.done_when == Fact::EscalationSettled && self.escalations.is_empty() => {
                "not needed".into()
            }
            StepState::Skipped if step.done_when == Fact::EscalationSettled => detail,
            StepState::Skipped => match self.skipped.get(&step.id) {
                Some(left_out) if left_out.what.reason.is_empty() => "left out".into(),
                Some(left_out) => format!("left out: {}", left_out.what.reason),
                None if self.needs(procedure, step) == Some(false) => "not needed".into(),
                None => self.why_over(),
            },
            StepState::Pending if detail.is_empty() => self.condition_words(procedure, step),
            _ => detail,
        };
        (at, text)
    }

    /// Why a step of a branch is not open yet: `if “Loud” or “Heard, but not loud”`.
    fn condition_words(&self, procedure: &Procedure, step: &Step) -> String {
        let Some(when) = step.when.as_ref().filter(|_| self.needs(procedure, step).is_none()) else {
            return String::new();
        };
        let ask = procedure.step(&when.step).and_then(|s| s.ask.as_ref());
        let word =
            |id: &String| format!("“{}”", ask.and_then(|q| q.option(id)).map_or(id.as_str(), |o| o.text.as_str()));
        format!("if {}", when.is.iter().map(word).collect::<Vec<_>>().join(" or "))
    }

    /// The answer that stands for a step's question.
    pub fn step_answer(&self, step: &str) -> Option<&Given<StepAnswer>> {
        self.step_answers.get(step)?.last()
    }

    /// Whether the step has been done: its fact holds, or its question is answered.
    fn step_holds(&self, step: &Step, officer: Option<&Assignment>) -> bool {
        match step.done_when {
            Fact::Answered => self.step_answer(&step.id).is_some(),
            fact => self.holds_for(fact, officer),
        }
    }

    /// Whether the answers so far make a step needed; None while that is open.
    pub fn needs(&self, procedure: &Procedure, step: &Step) -> Option<bool> {
        let Some(when) = &step.when else {
            return Some(true);
        };
        let earlier = procedure.step(&when.step)?;
        match (self.needs(procedure, earlier), self.step_answer(&when.step)) {
            (Some(false), _) => Some(false),
            (_, Some(given)) => Some(given.what.choices.iter().any(|c| when.is.contains(c))),
            (_, None) if self.skipped.contains_key(&when.step) => Some(false),
            (_, None) => None,
        }
    }

    /// Nothing about the step is open any more: done, left out for a reason, or not needed.
    pub fn settled(&self, procedure: &Procedure, step: &Step, officer: Option<&Assignment>) -> bool {
        self.step_holds(step, officer)
            || self.skipped.contains_key(&step.id)
            || self.needs(procedure, step) == Some(false)
    }

    /// Whether a fact holds, or the step that would make it hold was left out or is not needed.
    pub(super) fn fact_settled(&self, procedure: &Procedure, fact: Fact, officer: Option<&Assignment>) -> bool {
        self.holds_for(fact, officer)
            || procedure.steps.iter().any(|s| s.done_when == fact && self.settled(procedure, s, officer))
    }

    /// The first thing that is open before a step may be recorded, in words that say what to do.
    pub(super) fn open_before(&self, procedure: &Procedure, step: &Step, officer: &Assignment) -> Option<Open> {
        let fact = step.requires.iter().copied().find(|fact| !self.fact_settled(procedure, *fact, Some(officer)));
        let earlier = || {
            let open = |id: &&String| procedure.step(id).is_some_and(|s| !self.settled(procedure, s, Some(officer)));
            step.after.iter().find(open).map(|id| Open::Step(id.clone()))
        };
        fact.map(Open::Fact).or_else(earlier)
    }

    /// On site, with nothing left but to leave it as it should be. A checklist may still want its last picture.
    pub(super) fn only_leaving_remains(&self) -> bool {
        let Some((procedure, leaving)) = Procedure::find(&self.procedure).and_then(|p| Some((p, p.leaving()?))) else {
            return false;
        };
        let beside = |fact: &Fact| matches!(fact, Fact::ChecklistComplete | Fact::PoliceQuestionAnswered);
        let fact = |fact: &Fact| beside(fact) || self.fact_settled(procedure, *fact, self.lead());
        let step = |id: &String| procedure.step(id).is_some_and(|s| self.settled(procedure, s, self.lead()));
        leaving.requires.iter().all(fact) && leaving.after.iter().all(step)
    }

    /// Every question that has an answer, in the order of the procedure, with all its answers.
    pub fn asked(&self) -> impl Iterator<Item = (&'static Step, &'static Question, &[Given<StepAnswer>])> {
        let steps = Procedure::find(&self.procedure).map_or(&[][..], |p| &p.steps);
        steps.iter().filter_map(|step| {
            let answers = self.step_answers.get(&step.id).filter(|all| !all.is_empty())?;
            Some((step, step.ask.as_ref()?, answers.as_slice()))
        })
    }

    /// Steps that somebody left out and nobody did after all, with the reason.
    pub fn left_out(&self) -> impl Iterator<Item = (&'static Step, &Given<StepSkip>)> {
        let steps = Procedure::find(&self.procedure).map_or(&[][..], |p| &p.steps);
        steps.iter().filter(|s| !self.step_holds(s, self.lead())).filter_map(|s| Some((s, self.skipped.get(&s.id)?)))
    }

    /// How the site was left, in words for anybody.
    pub fn outcome(&self) -> Option<String> {
        if let Some(secured) = &self.secured {
            return Some(format!("Left {}", super::facts::secure_words(secured.what.status)));
        }
        let (_, ask, answers) = self.asked().find(|(step, ..)| step.leaves)?;
        Some(ask.words(&answers.last()?.what.choices))
    }

    /// The officer has recorded the step by which the site is left, and when.
    pub fn left_the_site_at(&self) -> Option<Instant> {
        let secured = self.secured.as_ref().map(|s| s.at);
        let answered = || {
            let leaving = Procedure::find(&self.procedure)?.leaving()?;
            Some(self.step_answer(&leaving.id)?.at)
        };
        secured.or_else(answered)
    }
}

/// What a step waits for.
pub(super) enum Open {
    Fact(Fact),
    /// An earlier step, by its id.
    Step(String),
}
