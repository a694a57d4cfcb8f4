//! Procedures as versioned data: which steps, in which order, and what each waits for.
//!
//! A call-out freezes the procedure it started with by id and version; every version ever shipped stays in the
//! program. Shorter procedures for noise or a welfare check are further files, not further code: a step has one of the
//! forms that the program knows, or a question of its own whose answers decide which steps follow.

use crate::alarm::AlarmKind;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureRef {
    pub id: String,
    pub version: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    pub id: String,
    pub version: u32,
    pub title: String,
    /// What it is for, as call-outs say what they are about. The newest that names it is followed; what none names
    /// follows the response to an alarm.
    #[serde(default)]
    pub about: Vec<String>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub n: u8,
    pub id: String,
    pub title: String,
    pub done_when: Fact,
    /// What must hold before the step may be recorded.
    pub requires: Vec<Fact>,
    /// Steps that must be done, left out or not needed before it.
    #[serde(default)]
    pub after: Vec<String>,
    /// The answer of an earlier step that makes it needed; always, without one.
    #[serde(default)]
    pub when: Option<When>,
    #[serde(default)]
    pub ask: Option<Question>,
    /// May be left out for a reason, of which the supervisor is told.
    #[serde(default)]
    pub may_skip: bool,
    /// Whoever records it has left the site.
    #[serde(default)]
    pub leaves: bool,
}

/// A branch: the step is needed when another one's answer is one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct When {
    pub step: String,
    pub is: Vec<String>,
}

/// What the officer is asked at a step that has no form of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub text: String,
    /// What a good answer looks at.
    #[serde(default)]
    pub hint: String,
    /// More than one may be chosen.
    #[serde(default)]
    pub many: bool,
    pub options: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub text: String,
    /// Needs words with it.
    #[serde(default)]
    pub note: bool,
    /// Needs a picture with it.
    #[serde(default)]
    pub picture: bool,
    /// The level of help that it calls for by itself; 0 for none.
    #[serde(default)]
    pub escalates: u8,
}

/// What can be true of a call-out, as its lead officer has reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Accepted,
    RamsAcknowledged,
    LocationConfirmed,
    Parked,
    ChecklistComplete,
    /// A dynamic risk assessment of the same officer lets the work go on.
    AssessmentAllows,
    Inspected,
    ForcedEntryRecorded,
    /// Whenever somebody got in or tried, whether the police were told is on record.
    PoliceQuestionAnswered,
    Secured,
    /// Customer or control room heard from the officer at least once.
    Informed,
    /// Nothing is escalated, or it has been stood down.
    EscalationSettled,
    Reported,
    /// The question of the step has an answer.
    Answered,
}

impl Fact {
    /// What the officer has to do for it to hold.
    pub fn mend(self) -> &'static str {
        match self {
            Self::Accepted => "Accept the call-out first.",
            Self::RamsAcknowledged => "Read and sign the RAMS first.",
            Self::LocationConfirmed => "Confirm the location first.",
            Self::Parked => "Record where the vehicle is parked, or that you came on foot, first.",
            Self::ChecklistComplete => "Answer every mandatory checklist item, or say why one cannot be answered.",
            Self::AssessmentAllows => "Record a dynamic risk assessment that lets you go on first.",
            Self::Inspected => "Record the inspection outside and inside, or why inside was not entered.",
            Self::ForcedEntryRecorded => "Record the forced-entry inspection first.",
            Self::PoliceQuestionAnswered => "Somebody got in or tried: say whether the police were told.",
            Self::Secured => "Record how the premises were left first.",
            Self::Informed => "Tell the customer or the control room first.",
            Self::EscalationSettled => "Stand the escalation down first.",
            Self::Reported => "Submit the report first.",
            Self::Answered => "Answer the question first.",
        }
    }
}

/// What an alarm starts where nobody has chosen another.
const ALARM: &str = "alarm_response";

const SHIPPED: &[&str] = &[
    include_str!("../../procedures/alarm_response.v1.json"),
    include_str!("../../procedures/alarm_response.v2.json"),
    include_str!("../../procedures/anti_social_behaviour.v1.json"),
    include_str!("../../procedures/drugs.v1.json"),
    include_str!("../../procedures/harassment.v1.json"),
    include_str!("../../procedures/lock_unlock.v1.json"),
    include_str!("../../procedures/noise_nuisance.v1.json"),
    include_str!("../../procedures/patrol_find.v1.json"),
    include_str!("../../procedures/rough_sleeping.v1.json"),
    include_str!("../../procedures/welfare_check.v1.json"),
    include_str!("../../procedures/youth_disorder.v1.json"),
];

fn shipped() -> &'static [Procedure] {
    static PROCEDURES: OnceLock<Vec<Procedure>> = OnceLock::new();
    PROCEDURES.get_or_init(|| {
        SHIPPED.iter().map(|text| serde_json::from_str(text).expect("shipped procedures are tested")).collect()
    })
}

impl Procedure {
    pub fn find(wanted: &ProcedureRef) -> Option<&'static Procedure> {
        shipped().iter().find(|p| p.id == wanted.id && p.version == wanted.version)
    }

    /// The procedure a new call-out about this starts.
    pub fn for_new(about: &str) -> &'static Procedure {
        let newest = |fits: &dyn Fn(&Procedure) -> bool| shipped().iter().filter(|p| fits(p)).max_by_key(|p| p.version);
        newest(&|p| p.about.iter().any(|a| a == about))
            .or_else(|| newest(&|p| p.id == ALARM))
            .expect("alarm_response is shipped")
    }

    /// Whether what it is about has a procedure of its own, and is no alarm.
    pub fn of_its_own(about: &str) -> bool {
        Self::for_new(about).id != ALARM
    }

    /// The same at a site that has chosen one for its alarms. What has a procedure of its own keeps it.
    pub fn for_site(about: &str, chosen: Option<&str>) -> &'static Procedure {
        let usual = Self::for_new(about);
        match chosen.filter(|_| usual.id == ALARM) {
            Some(id) => Self::newest(id).unwrap_or(usual),
            None => usual,
        }
    }

    /// The newest version of one.
    pub fn newest(id: &str) -> Option<&'static Procedure> {
        shipped().iter().filter(|p| p.id == id).max_by_key(|p| p.version)
    }

    /// Every procedure in its newest version.
    pub fn all() -> impl Iterator<Item = &'static Procedure> {
        shipped().iter().filter(|p| Self::newest(&p.id) == Some(p))
    }

    pub fn reference(&self) -> ProcedureRef {
        ProcedureRef { id: self.id.clone(), version: self.version }
    }

    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// The step by which the officer leaves the site.
    pub fn leaving(&self) -> Option<&Step> {
        self.steps.iter().find(|s| s.leaves || s.done_when == Fact::Secured)
    }
}

impl Question {
    pub fn option(&self, id: &str) -> Option<&Choice> {
        self.options.iter().find(|o| o.id == id)
    }

    /// Chosen options in the words of the procedure.
    pub fn words(&self, choices: &[String]) -> String {
        let words = choices.iter().map(|id| self.option(id).map_or(id.as_str(), |o| o.text.as_str()));
        words.collect::<Vec<_>>().join("; ")
    }
}

/// The words for what a call-out is about.
pub fn title_of(about: &str) -> String {
    match about {
        "noise_nuisance" => "Noise nuisance".into(),
        "youth_disorder" => "Youth disorder".into(),
        "rough_sleeping" => "Rough sleeping".into(),
        "drugs" => "Drug use or dealing".into(),
        "harassment" => "Harassment".into(),
        "anti_social_behaviour" => "Anti-social behaviour".into(),
        "welfare_check" => "Welfare check".into(),
        "lock_unlock" => "Lock or unlock".into(),
        "patrol_find" => "Patrol find".into(),
        "customer_request" => "Customer request".into(),
        other => serde_json::from_value::<AlarmKind>(other.into())
            .map(|kind| kind.title().to_owned())
            .unwrap_or_else(|_| other.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_procedure_reads_and_numbers_its_steps_from_one() {
        for procedure in shipped() {
            for (index, step) in procedure.steps.iter().enumerate() {
                assert_eq!(usize::from(step.n), index + 1, "{}", procedure.id);
            }
            assert_eq!(Procedure::find(&procedure.reference()), Some(procedure));
        }
        assert_eq!(
            Procedure::for_new("intruder").reference(),
            ProcedureRef { id: "alarm_response".into(), version: 2 }
        );
        assert_eq!(Procedure::for_new("intruder").steps.len(), 12);
    }

    #[test]
    fn every_kind_of_call_out_without_an_alarm_has_a_procedure_of_its_own() {
        for about in [
            "noise_nuisance",
            "youth_disorder",
            "rough_sleeping",
            "drugs",
            "harassment",
            "anti_social_behaviour",
            "welfare_check",
            "lock_unlock",
            "patrol_find",
        ] {
            let procedure = Procedure::for_new(about);
            assert_eq!(procedure.id, about);
            assert_eq!(procedure.title, title_of(about));
        }
    }

    #[test]
    fn a_shipped_procedure_names_only_earlier_steps_and_answers_that_they_have() {
        for p in shipped() {
            let place = |id: &str| p.steps.iter().position(|s| s.id == id);
            for (index, step) in p.steps.iter().enumerate() {
                let name = format!("{} v{} {}", p.id, p.version, step.id);
                assert_eq!(place(&step.id), Some(index), "{name}: an id once");
                assert!(step.after.iter().all(|a| place(a).is_some_and(|a| a < index)), "{name}: after an earlier one");
                assert_eq!(step.ask.is_some(), step.done_when == Fact::Answered, "{name}: asks what it is done by");
                if let Some(when) = &step.when {
                    let earlier = place(&when.step).filter(|at| *at < index).map(|at| &p.steps[at]);
                    let ask =
                        earlier.and_then(|s| s.ask.as_ref()).unwrap_or_else(|| panic!("{name}: follows a question"));
                    assert!(when.is.iter().all(|id| ask.option(id).is_some()), "{name}: follows a known answer");
                }
                let ids: std::collections::BTreeSet<&str> =
                    step.ask.iter().flat_map(|q| &q.options).map(|o| o.id.as_str()).collect();
                assert_eq!(ids.len(), step.ask.as_ref().map_or(0, |q| q.options.len()), "{name}: answers once");
            }
        }
    }

    #[test]
    fn nobody_inspects_asks_or_leaves_in_any_procedure_before_a_risk_assessment_and_each_ends_with_a_report() {
        for p in shipped() {
            let place = |fact: Fact| p.steps.iter().position(|s| s.done_when == fact);
            let assessed = place(Fact::AssessmentAllows).unwrap();
            for (index, step) in
                p.steps.iter().enumerate().filter(|(_, s)| {
                    matches!(s.done_when, Fact::Answered | Fact::Inspected | Fact::ForcedEntryRecorded)
                })
            {
                assert!(index > assessed && step.requires.contains(&Fact::AssessmentAllows), "{} {}", p.id, step.id);
            }
            let leaving: Vec<&Step> = p.steps.iter().filter(|s| s.leaves || s.done_when == Fact::Secured).collect();
            assert_eq!(leaving.len(), 1, "{}: one step leaves the site", p.id);
            assert!(!leaving[0].may_skip && leaving[0].when.is_none(), "{}: nobody stays for ever", p.id);
            let report = &p.steps[place(Fact::Reported).unwrap()];
            assert!(
                report.after.contains(&leaving[0].id) || report.requires.contains(&leaving[0].done_when),
                "{}: the report waits for it",
                p.id
            );
        }
    }
}
