//! The police's response to an alarm system: its unique reference number (URN) and the false calls of twelve months.
//!
//! Which calls count follows from the log and the day; nothing is stored that could run away from it.

use crate::Instant;
use crate::alarm::AlarmKind;
use crate::id::CalloutId;
use crate::refusal::Refusal;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A system has a number of its own for each of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrnKind {
    #[default]
    Intruder,
    HoldUp,
}

/// As the police last said. Level 2 is no longer in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoliceLevel {
    /// Immediate or urgent, as far as demand allows.
    #[default]
    Level1,
    /// Withdrawn: keyholders only.
    Level3,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Urn {
    #[serde(default)]
    pub kind: UrnKind,
    pub number: String,
    /// The police force that gave it.
    #[serde(default)]
    pub force: String,
    #[serde(default)]
    pub level: PoliceLevel,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoliceCall {
    pub at: Instant,
    pub kind: UrnKind,
    #[serde(default)]
    pub callout: Option<CalloutId>,
    /// `CO-26-00001`, or where else it is known from.
    #[serde(default)]
    pub number: String,
    pub cause: String,
}

/// What a call-out can turn out to be (facts, section 8), and whether it was a reason to call the police.
pub const CAUSES: [(&str, &str, bool); 9] = [
    ("genuine", "genuine", true),
    ("attempted", "attempted", true),
    ("user_error", "user error", false),
    ("equipment_fault", "equipment fault", false),
    ("power_comms", "power or line", false),
    ("animal_environment", "animal or weather", false),
    ("cleaner_contractor", "cleaner or contractor", false),
    ("unknown", "cause unknown", false),
    ("test", "test", false),
];

/// Anything but a crime is a false call to the police.
pub fn is_false(cause: &str) -> bool {
    !CAUSES.iter().any(|(code, _, reason)| *code == cause && *reason)
}

pub fn cause_word(cause: &str) -> &str {
    CAUSES.iter().find(|(code, _, _)| *code == cause).map_or(cause, |(_, word, _)| word)
}

impl UrnKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Intruder => "intruder",
            Self::HoldUp => "hold-up",
        }
    }

    /// False calls in twelve months at which the police warn, and at which they stop coming.
    pub fn limits(self) -> (usize, usize) {
        match self {
            Self::Intruder => (2, 3),
            Self::HoldUp => (1, 2),
        }
    }

    /// None for what the police are not sent to by number.
    pub fn of(alarm: AlarmKind) -> Option<Self> {
        match alarm {
            AlarmKind::HoldUp | AlarmKind::Panic => Some(Self::HoldUp),
            AlarmKind::Intruder | AlarmKind::IntruderConfirmed | AlarmKind::Access | AlarmKind::Tamper => {
                Some(Self::Intruder)
            }
            AlarmKind::Medical
            | AlarmKind::Fire
            | AlarmKind::Gas
            | AlarmKind::OfficerEmergency
            | AlarmKind::Flood
            | AlarmKind::Technical
            | AlarmKind::Jam
            | AlarmKind::Welfare
            | AlarmKind::Fault
            | AlarmKind::Power
            | AlarmKind::LineFault
            | AlarmKind::KeyOverdue
            | AlarmKind::UnknownCode
            | AlarmKind::UnknownAccount
            | AlarmKind::ReceiverFault => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Full,
    /// One more false call and the police stop coming.
    Warned,
    Withdrawn,
}

/// How a number stands on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct UrnStanding {
    pub standing: Standing,
    /// The false calls that count, oldest first, each with its day.
    pub false_calls: Vec<(NaiveDate, PoliceCall)>,
    /// The day on which the oldest of them counts no more.
    pub eases_on: Option<NaiveDate>,
    /// For whoever is about to call the police.
    pub words: String,
}

/// The first day on which a call of this day counts no more. What happened on 29 February counts to the end of the
/// next February: a day too many harms nobody, a day too few sends for police who do not come.
pub fn counts_until(day: NaiveDate) -> NaiveDate {
    let anniversary = day.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
    let short = chrono::Datelike::day(&anniversary) < chrono::Datelike::day(&day);
    if short { anniversary.succ_opt().unwrap_or(anniversary) } else { anniversary }
}

/// Counts the false calls of the twelve months before `today`, in the civil days of `zone`.
pub fn standing(urn: &Urn, calls: &[PoliceCall], zone: &str, today: NaiveDate) -> UrnStanding {
    let mut counting: Vec<(NaiveDate, PoliceCall)> = calls
        .iter()
        .filter(|call| call.kind == urn.kind && is_false(&call.cause))
        .map(|call| (crate::civil::day(zone, call.at), call.clone()))
        .filter(|(day, _)| *day <= today && today < counts_until(*day))
        .collect();
    counting.sort_by_key(|(_, call)| call.at);
    let count = counting.len();
    let (warn, withdraw) = urn.kind.limits();
    let standing = match urn.level {
        PoliceLevel::Level3 => Standing::Withdrawn,
        PoliceLevel::Level1 if count >= withdraw => Standing::Withdrawn,
        PoliceLevel::Level1 if count >= warn => Standing::Warned,
        PoliceLevel::Level1 => Standing::Full,
    };
    let kind = urn.kind.word();
    let counted = match count {
        0 => "no false call in 12 months".to_owned(),
        1 => "1 false call in 12 months".to_owned(),
        n => format!("{n} false calls in 12 months"),
    };
    let words = match (standing, urn.level) {
        (_, PoliceLevel::Level3) => {
            format!("Police response is withdrawn ({kind}): keyholders only, unless a crime is seen.")
        }
        (Standing::Withdrawn, _) => format!(
            "Police response is withdrawn ({kind}): {counted}. Keyholders only, unless a crime is seen; ask the police for the level."
        ),
        (Standing::Warned, _) => {
            format!("Warning notice ({kind}): {counted}. One more and the police come no longer.")
        }
        (Standing::Full, _) => format!("Police come by URN {} ({kind}): {counted}.", urn.number),
    };
    let eases_on = counting.first().map(|(day, _)| counts_until(*day));
    UrnStanding { standing, false_calls: counting, eases_on, words }
}

/// Machines at the other end mend nothing: a stray blank, and the police do not come.
pub fn check_number(number: &str) -> Result<(), Refusal> {
    let clean: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let refusal = |text: String| Refusal::new("bad_urn", text);
    if clean != number && !clean.is_empty() {
        return Err(refusal(format!("The URN “{number}” has a blank in it; the police’s machine would refuse it."))
            .mend(format!("Write {clean}.")));
    }
    let fits = (4..=20).contains(&clean.len())
        && clean.chars().all(|c| c.is_ascii_alphanumeric() || c == '/' || c == '-')
        && clean.chars().any(|c| c.is_ascii_digit())
        && clean.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if !fits {
        return Err(refusal(format!("“{number}” is no URN."))
            .mend("Write it as it stands in the police’s letter: 4 to 20 letters, digits, / and -."));
    }
    Ok(())
}
