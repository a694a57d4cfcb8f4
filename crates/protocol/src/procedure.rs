//! The frozen procedure of a call-out, as phones and desks need it to ask and to say what is missing without the hub.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One step and what it waits for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GateView {
    pub id: String,
    pub title: String,
    /// The fact that makes it done, by its name in the procedure; `answered` for a question.
    pub done_when: String,
    /// Facts that must hold before it may be recorded.
    pub requires: Vec<String>,
    /// Steps that must be settled before it.
    pub after: Vec<String>,
    /// Needed when this step …
    pub when_step: Option<String>,
    /// … has one of these answers.
    pub when_is: Vec<String>,
    pub ask: Option<AskView>,
    pub may_skip: bool,
    /// Recording it leaves the site.
    pub leaves: bool,
    /// The answer that stands.
    pub answer: Option<StepAnswerView>,
    /// Why it was left out.
    pub skipped: Option<String>,
}

/// The question of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AskView {
    pub text: String,
    pub hint: String,
    /// More than one may be chosen.
    pub many: bool,
    pub options: Vec<ChoiceView>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChoiceView {
    pub id: String,
    pub text: String,
    /// Needs words with it.
    pub note: bool,
    /// Needs a picture with it.
    pub picture: bool,
    /// The level of help it calls for by itself; 0 for none.
    pub escalates: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StepAnswerView {
    pub choices: Vec<String>,
    pub note: String,
    pub pictures: Vec<String>,
}

/// The steps of a call-out's procedure; none when a newer program shipped it.
pub fn gates(callout: &domain::callout::Callout) -> Vec<GateView> {
    let Ok(procedure) = callout.known_procedure() else {
        return Vec::new();
    };
    let word = |fact: domain::callout::procedure::Fact| match serde_json::to_value(fact) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    };
    procedure
        .steps
        .iter()
        .map(|step| GateView {
            id: step.id.clone(),
            title: step.title.clone(),
            done_when: word(step.done_when),
            requires: step.requires.iter().copied().map(word).collect(),
            after: step.after.clone(),
            when_step: step.when.as_ref().map(|w| w.step.clone()),
            when_is: step.when.as_ref().map_or_else(Vec::new, |w| w.is.clone()),
            ask: step.ask.as_ref().map(|ask| AskView {
                text: ask.text.clone(),
                hint: ask.hint.clone(),
                many: ask.many,
                options: ask.options.iter().map(choice).collect(),
            }),
            may_skip: step.may_skip,
            leaves: step.leaves,
            answer: callout.step_answer(&step.id).map(|given| StepAnswerView {
                choices: given.what.choices.clone(),
                note: given.what.note.clone(),
                pictures: given.what.pictures.clone(),
            }),
            skipped: callout.skipped.get(&step.id).map(|given| given.what.reason.clone()),
        })
        .collect()
}

fn choice(choice: &domain::callout::procedure::Choice) -> ChoiceView {
    ChoiceView {
        id: choice.id.clone(),
        text: choice.text.clone(),
        note: choice.note,
        picture: choice.picture,
        escalates: choice.escalates,
    }
}
