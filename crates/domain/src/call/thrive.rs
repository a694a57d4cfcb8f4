//! THRIVE: six questions that grade a call. Quick, optional and repeatable; it suggests a priority and says why, and the
//! operator decides.

use crate::alarm::Priority;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    None,
    Some,
    High,
    /// Asked, and the caller cannot say.
    Unknown,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aspect {
    /// None: not asked.
    pub level: Option<Level>,
    pub note: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thrive {
    /// Is somebody threatening, or threatened?
    pub threat: Aspect,
    /// Is anybody hurt, or anything broken?
    pub harm: Aspect,
    /// Will it get worse?
    pub risk: Aspect,
    /// Is there something to look into before it is gone?
    pub investigation: Aspect,
    /// Is anybody there less able than others to look after themselves?
    pub vulnerability: Aspect,
    /// Does the caller want to be seen or rung back?
    pub engagement: Aspect,
}

impl Thrive {
    pub fn aspects(&self) -> [(&'static str, &Aspect); 6] {
        [
            ("threat", &self.threat),
            ("harm", &self.harm),
            ("risk", &self.risk),
            ("investigation", &self.investigation),
            ("vulnerability", &self.vulnerability),
            ("engagement", &self.engagement),
        ]
    }

    pub(super) fn aspects_mut(&mut self) -> [&mut Aspect; 6] {
        [
            &mut self.threat,
            &mut self.harm,
            &mut self.risk,
            &mut self.investigation,
            &mut self.vulnerability,
            &mut self.engagement,
        ]
    }
}

/// What the answers point to.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// None when too little was asked.
    pub priority: Option<Priority>,
    /// A sentence for the operator.
    pub text: String,
}

/// The most urgent answer decides; a vulnerable person makes it one step more urgent.
pub fn suggest(thrive: &Thrive) -> Suggestion {
    if thrive.aspects().iter().all(|(_, aspect)| aspect.level.is_none()) {
        return Suggestion { priority: None, text: "Nothing has been asked yet.".into() };
    }
    let is = |aspect: &Aspect, level: Level| aspect.level == Some(level);
    let mut priority = Priority::P4;
    let mut reasons: Vec<&str> = Vec::new();
    let mut because = |holds: bool, at_least: Priority, reason: &'static str| {
        if holds {
            priority = priority.min(at_least);
            reasons.push(reason);
        }
    };
    because(is(&thrive.threat, Level::High), Priority::P1, "somebody is threatened now");
    because(is(&thrive.harm, Level::High), Priority::P1, "somebody is hurt, or is about to be");
    because(is(&thrive.threat, Level::Some), Priority::P2, "there are threats");
    because(is(&thrive.harm, Level::Some), Priority::P2, "something has come to harm");
    because(is(&thrive.risk, Level::High), Priority::P2, "it will get worse soon");
    because(is(&thrive.threat, Level::Unknown), Priority::P3, "whether there are threats is not known");
    because(is(&thrive.harm, Level::Unknown), Priority::P3, "whether anybody is hurt is not known");
    because(is(&thrive.risk, Level::Some), Priority::P3, "it may get worse");
    because(is(&thrive.investigation, Level::High), Priority::P3, "what could be found would be gone later");
    because(is(&thrive.vulnerability, Level::Some), Priority::P3, "somebody there may need more help than others");
    if is(&thrive.vulnerability, Level::High) {
        priority = one_more_urgent(priority);
        reasons.push("somebody there cannot look after themselves");
    }
    let why = if reasons.is_empty() { "nothing urgent was said".to_owned() } else { reasons.join("; ") };
    let mut text = format!("Priority {}, {}: {why}.", u8::from(priority), priority.word().to_lowercase());
    if priority == Priority::P1 {
        text.push_str(" Ring 999 as well.");
    }
    Suggestion { priority: Some(priority), text }
}

fn one_more_urgent(priority: Priority) -> Priority {
    match priority {
        Priority::P1 | Priority::P2 => Priority::P1,
        Priority::P3 => Priority::P2,
        Priority::P4 => Priority::P3,
    }
}
