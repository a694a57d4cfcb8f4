//! Procedures as versioned data: which steps, in which order, and what each waits for.
//!
//! A call-out freezes the procedure it started with by id and version; every version ever shipped stays in the
//! program. Shorter procedures for noise or a welfare check are further files, not further code.

use super::Callout;
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
        }
    }
}

const SHIPPED: &[&str] = &[include_str!("../../procedures/alarm_response.v1.json")];

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
    pub fn for_new(_about: &str) -> &'static Procedure {
        shipped()
            .iter()
            .filter(|p| p.id == "alarm_response")
            .max_by_key(|p| p.version)
            .expect("alarm_response is shipped")
    }

    pub fn reference(&self) -> ProcedureRef {
        ProcedureRef { id: self.id.clone(), version: self.version }
    }

    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }
}

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
    pub at: Option<crate::Instant>,
    /// "RSP-1, nearest of 4, 0.9 km, 3 min"
    pub detail: String,
}

/// The twelve steps as they stand: done ones with time and detail, the first open one current.
pub fn steps(callout: &Callout) -> Vec<StepStatus> {
    let Some(procedure) = Procedure::find(&callout.procedure) else {
        return Vec::new();
    };
    let over = callout.is_over();
    let mut current_given = over;
    procedure
        .steps
        .iter()
        .map(|step| {
            let standing = matches!(step.done_when, Fact::Informed | Fact::EscalationSettled);
            let (at, detail) = callout.fact_detail(step.done_when);
            let state = match (callout.holds(step.done_when), standing) {
                (true, false) => StepState::Done,
                // Liaison and escalation go on beside the others; they close with the report.
                (true, true) if step.done_when == Fact::EscalationSettled && callout.escalations.is_empty() => {
                    if callout.report.is_some() || over {
                        StepState::Skipped
                    } else {
                        StepState::Pending
                    }
                }
                (true, true) => StepState::Done,
                (false, _) if over => StepState::Skipped,
                (false, true) => StepState::Pending,
                (false, false) if current_given => StepState::Pending,
                (false, false) => {
                    current_given = true;
                    StepState::Current
                }
            };
            let detail = match state {
                StepState::Skipped if step.done_when == Fact::EscalationSettled => match callout.escalations.is_empty()
                {
                    true => "not needed".into(),
                    false => detail,
                },
                StepState::Skipped => callout.why_over(),
                _ => detail,
            };
            StepStatus { n: step.n, id: step.id.clone(), title: step.title.clone(), state, at, detail }
        })
        .collect()
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
        assert_eq!(Procedure::for_new("intruder").steps.len(), 12);
    }
}
