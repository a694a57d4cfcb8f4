//! What must hold before something may be recorded, and the words when it does not.

use super::Callout;
use super::answers::{SCAN_AGAIN_S, check_asset, check_value};
use super::assignment::{Assignment, AssignmentState};
use super::findings::check_place;
use super::procedure::{Fact, Procedure};
use super::steps::Open;
use crate::Instant;
use crate::command::{
    ChecklistAnswer, DraDecision, DraRecord, EntryVerdict, FindingResult, ForcedEntryRecord, Opening, PremisesSecure,
    SecureStatus,
};
use crate::documents::{Gate, ItemKind, Section, TEXT_CHARS_MAX};
use crate::refusal::Refusal;
use std::collections::BTreeSet;

/// Residual risk from which going on is not offered (facts, section 7).
const EXTREME: u8 = 16;
/// Residual risk from which controls are mandatory.
const HIGH: u8 = 10;
/// The hazards an assessment can name (facts, section 7). Another word would pass by the rules for weapons.
const HAZARDS: [&str; 17] = [
    "persons_present",
    "aggressive_person",
    WEAPON,
    INTRUDER,
    "dog",
    "fire",
    "gas",
    "electricity",
    "slip",
    "structure",
    "sharps",
    "crowd",
    "traffic",
    "confined_space",
    "unknown_substance",
    "poor_communications",
    "other",
];
const WEAPON: &str = "weapon";
const INTRUDER: &str = "intruder_on_site";

impl Callout {
    /// Refuses while the call-out is over.
    pub fn must_be_open(&self) -> Result<(), Refusal> {
        if self.is_over() {
            return Err(Refusal::new("callout_over", format!("{} is already {}.", self.number, self.over_word()))
                .mend("Open a new call-out that refers to it."));
        }
        Ok(())
    }

    /// Refuses when it is over and nobody is there any more.
    pub fn must_be_live(&self) -> Result<(), Refusal> {
        if self.is_open() { Ok(()) } else { self.must_be_open() }
    }

    fn over_word(&self) -> &'static str {
        if self.stood_down.is_some() { "stood down" } else { "closed" }
    }

    /// The frozen procedure; refuses when a newer program shipped it.
    pub fn known_procedure(&self) -> Result<&'static Procedure, Refusal> {
        Procedure::find(&self.procedure).ok_or_else(|| {
            Refusal::new(
                "unknown_procedure",
                format!("{} follows a procedure this program does not know.", self.number),
            )
            .mend("Update this program; the record of what was done is kept.")
        })
    }

    /// Refuses while what the frozen procedure asks of this officer before the step does not hold.
    pub fn gate(&self, step: &str, officer: &Assignment) -> Result<(), Refusal> {
        let procedure = self.known_procedure()?;
        let Some(step) = procedure.step(step) else {
            return self.gate_beside(procedure, step, officer);
        };
        let refusal = Refusal::new("gate_closed", format!("“{}” cannot be recorded yet.", step.title));
        match self.open_before(procedure, step, officer) {
            None => Ok(()),
            Some(Open::Fact(fact @ Fact::ChecklistComplete)) => {
                let open: Vec<&str> = self.unanswered().iter().map(|i| i.text.as_str()).collect();
                Err(refusal.mend(format!("{} Still open: {}.", fact.mend(), open.join("; "))))
            }
            Some(Open::Fact(fact)) => Err(refusal.mend(fact.mend())),
            Some(Open::Step(id)) => {
                let title = procedure.step(&id).map_or(id.as_str(), |s| s.title.as_str());
                Err(refusal.mend(format!("“{title}” comes first.")))
            }
        }
    }

    /// What a procedure does not ask for may be recorded all the same, behind the risk assessment; only its own last step
    /// leaves the site.
    fn gate_beside(&self, procedure: &Procedure, step: &str, officer: &Assignment) -> Result<(), Refusal> {
        match step {
            "secure" => {
                let leaving = procedure.leaving().map_or("", |s| s.title.as_str());
                Err(Refusal::new("not_needed", format!("“{}” has no premises to secure.", procedure.title))
                    .mend(format!("Answer “{leaving}” to leave.")))
            }
            "inspection" | "forced_entry" if !self.holds_for(Fact::AssessmentAllows, Some(officer)) => {
                Err(Refusal::new("gate_closed", "It cannot be recorded yet.").mend(Fact::AssessmentAllows.mend()))
            }
            "checklist" if !self.holds_for(Fact::Parked, Some(officer)) => {
                Err(Refusal::new("gate_closed", "The checklist starts on arrival.").mend(Fact::Parked.mend()))
            }
            _ => Ok(()),
        }
    }

    /// `at`: when it was answered, which may be before the site was left although it arrives after.
    pub fn check_answer(&self, assignment: &Assignment, answer: &ChecklistAnswer, at: Instant) -> Result<(), Refusal> {
        let item = self.visible_items().find(|i| i.id == answer.item).ok_or_else(|| {
            Refusal::new("unknown_item", format!("This call-out's checklist has no item “{}” now.", answer.item))
                .mend("The call-out keeps the checklist version it started with; answer the items it shows.")
        })?;
        let closed = |text: &str, mend: &str| Err(Refusal::new("gate_closed", text).mend(mend));
        if !assignment.arrival_confirmed() {
            return closed("The checklist starts on arrival.", "Confirm that you have arrived first.");
        }
        self.gate("checklist", assignment)?;
        if item.gate == Gate::AfterDra && !assignment.may_go_on() {
            return closed(
                "This item waits for the dynamic risk assessment.",
                "Record a dynamic risk assessment that lets you go on first.",
            );
        }
        if item.section == Section::Inside && assignment.outside_only() {
            return closed("The risk assessment says outside only.", "Assess again before going inside.");
        }
        if self.left_the_site_at().is_some_and(|left| at >= left) {
            return closed("The site has been left.", "Write it into the report instead.");
        }
        answer.pictures.iter().try_for_each(|p| check_digest(p))?;
        check_text(&answer.note)?;
        let invalid = |text: String| Refusal::new("bad_answer", text).mend("Correct the answer and send it again.");
        let about = |why: String| invalid(format!("“{}”: {why}.", item.text));
        if !item.asks() {
            return Err(about("a heading is not answered".into()));
        }
        if let Some(why) = &answer.unable {
            if why.trim().is_empty() {
                return Err(invalid("Say why it cannot be answered.".into()));
            }
            return check_text(why);
        }
        let wanted = item.wants(answer.value.as_deref());
        let different: BTreeSet<String> = answer.pictures.iter().map(|p| p.to_ascii_lowercase()).collect();
        if different.len() < wanted.pictures as usize {
            let pictures = count(wanted.pictures as usize, "picture");
            return Err(invalid(format!("“{}” needs {pictures} with it.", item.text)));
        }
        if let ItemKind::Photo { max: Some(max), .. } = item.kind
            && different.len() > max as usize
        {
            return Err(about(format!("{} at most", count(max as usize, "picture"))));
        }
        if wanted.note && answer.note.trim().is_empty() {
            return Err(about("this answer needs a note".into()));
        }
        match (&answer.value, &item.kind) {
            (Some(value), kind) => {
                check_text(value)?;
                check_value(item, value).map_err(about)?;
                check_asset(item, answer.asset.as_deref()).map_err(about)?;
                if let (ItemKind::YesNo { .. }, "na", "") = (kind, value.as_str(), answer.note.trim()) {
                    return Err(invalid("“Not applicable” needs a reason in the note.".into()));
                }
                Ok(())
            }
            (None, ItemKind::Photo { .. }) => Ok(()),
            (None, _) => Err(invalid(format!("“{}” has no answer.", item.text))),
        }
    }

    /// The same tag read again at once is the same reading.
    pub fn is_read_again(&self, answer: &ChecklistAnswer, at: Instant) -> bool {
        let scan = self.item(&answer.item).is_some_and(|i| matches!(i.kind, ItemKind::Scan { .. }));
        let last = self.answers.get(&answer.item).and_then(|all| all.last());
        scan && answer.unable.is_none()
            && last.is_some_and(|l| {
                l.what.value == answer.value
                    && (at - l.at).num_seconds().abs() < SCAN_AGAIN_S
                    && l.what.note == answer.note
            })
    }
}

/// The rules of the assessment: what may be decided at which risk.
pub fn check_assessment(dra: &DraRecord) -> Result<(), Refusal> {
    let bad = |text: &str, mend: &str| Err(Refusal::new("bad_assessment", text).mend(mend));
    if !dra.residual.is_valid() || !dra.hazards.iter().all(|h| h.risk.is_valid()) {
        return bad("Likelihood and severity go from 1 to 5.", "Choose both again.");
    }
    if let Some(hazard) = dra.hazards.iter().find(|h| !HAZARDS.contains(&h.kind.as_str())) {
        return bad(
            &format!("“{}” is no hazard of the list.", hazard.kind),
            &format!("Use one of: {}. Say what it is in the note.", HAZARDS.join(", ")),
        );
    }
    let goes_on = matches!(dra.decision, DraDecision::Proceed | DraDecision::ProceedWithControls);
    let stays = matches!(dra.decision, DraDecision::Wait | DraDecision::Withdraw);
    let score = dra.residual.score();
    let no_control = dra.controls.iter().all(|control| control.trim().is_empty());
    if score >= EXTREME && !stays {
        return bad("The remaining risk is extreme.", "Only waiting or withdrawing is possible; call for back-up.");
    }
    if goes_on && dra.is_threat() {
        return bad("A weapon or an intruder is on site.", "Stay outside, wait or withdraw; the police are needed.");
    }
    if score >= HIGH && !stays && no_control {
        return bad("The remaining risk is high.", "Say which controls are in place.");
    }
    if dra.decision == DraDecision::ProceedWithControls && no_control {
        return bad("No control is named.", "Say which controls are in place, or that it is safe without.");
    }
    if dra.decision == DraDecision::Withdraw && !dra.safe_place {
        return bad("Withdrawing needs a safe place.", "Go somewhere safe first, then confirm it.");
    }
    [&dra.people, &dra.lighting, &dra.ground, &dra.weather, &dra.note]
        .into_iter()
        .chain(&dra.controls)
        .try_for_each(|text| check_text(text))
}

impl DraRecord {
    /// Somebody on site may do the officer harm: going in is not offered.
    pub fn is_threat(&self) -> bool {
        self.hazards.iter().any(|h| matches!(h.kind.as_str(), WEAPON | INTRUDER))
    }

    /// The escalation it calls for by itself (facts, sections 7 and 10).
    pub fn escalates_to(&self) -> (u8, &'static str) {
        match (self.is_threat(), self.decision) {
            (true, _) => (2, "the risk assessment names a weapon or an intruder"),
            (false, DraDecision::Withdraw) => (1, "the officer withdrew for safety"),
            (false, _) if self.residual.score() >= HIGH => (1, "the remaining risk is high"),
            (false, _) => (0, ""),
        }
    }
}

/// Ways in which an opening is forced (facts, section 8).
const METHODS: [&str; 7] = ["levered", "kicked", "cut", "drilled", "smashed", "cylinder_snapped", "no_force"];

/// A positive verdict needs the police question answered, and a picture of what was forced.
pub fn check_forced_entry(record: &ForcedEntryRecord) -> Result<(), Refusal> {
    let bad = |text: &str, mend: &str| Err(Refusal::new("bad_inspection", text).mend(mend));
    if record.verdict.is_positive() {
        match &record.police {
            None => {
                return bad("Whether the police were told is not answered.", "Answer yes or no; no needs a reason.");
            }
            Some(p) if !p.informed && p.reason.trim().is_empty() => {
                return bad("The police were not told and there is no reason.", "Write why not.");
            }
            Some(_) => {}
        }
    }
    let positive = |o: &&Opening| o.result.shows_force();
    if let Some(opening) = record.openings.iter().find(|o| positive(o) && o.pictures.is_empty()) {
        return bad(&format!("“{}” shows force but has no picture.", opening.what), "Take a picture of it.");
    }
    if record.verdict == EntryVerdict::None && record.openings.iter().any(|o| positive(&o)) {
        return bad("An opening shows force but the verdict is “none”.", "Choose the verdict again.");
    }
    if record.cameras.is_some_and(|window| window.to < window.from) {
        return bad("The time for the cameras ends before it begins.", "Give the earlier time first.");
    }
    [&record.note, &record.marks, &record.missing, &record.seen].into_iter().try_for_each(|text| check_text(text))?;
    for opening in &record.openings {
        check_text(&opening.note)?;
        check_place(&opening.what, opening.place.as_ref())?;
        if let Some(other) = opening.methods.iter().find(|m| !METHODS.contains(&m.as_str())) {
            let known = METHODS.join(", ");
            return bad(&format!("“{other}” is no way in."), &format!("Use {known}, and write the rest in the note."));
        }
    }
    record.openings.iter().flat_map(|o| &o.pictures).try_for_each(|p| check_digest(p))
}

/// How the premises and the alarm were left (facts, section 8).
pub fn check_secure(secure: &PremisesSecure) -> Result<(), Refusal> {
    let name = secure.handed_over.as_ref().map(|h| &h.name);
    let texts = [&secure.cover, &secure.told, &secure.keys, &secure.omitted, &secure.utilities];
    for text in texts.into_iter().chain(name) {
        check_text(text)?;
        if holds_code(text) {
            return Err(Refusal::new("code_in_text", "Codes of alarms and key safes are never written down.")
                .mend("Write it without the code: everybody with the record could read it."));
        }
    }
    let known = ["set", "part_set", "unset_agreed", "faulty", "cannot_set", "no_alarm"];
    if !known.contains(&secure.alarm.as_str()) {
        return Err(Refusal::new("bad_alarm_state", format!("“{}” is no state of an alarm.", secure.alarm))
            .mend(format!("Use one of: {}.", known.join(", "))));
    }
    let armed = matches!(secure.alarm.as_str(), "set" | "part_set" | "no_alarm");
    if !armed && (secure.cover.trim().is_empty() || secure.told.trim().is_empty()) {
        return Err(Refusal::new("cover_needed", "The alarm is not set.")
            .mend("Write who was told and what protects the place meanwhile."));
    }
    let insecure = matches!(secure.status, SecureStatus::InsecureCustomerAware | SecureStatus::InsecurePoliceOnScene);
    if insecure && secure.told.trim().is_empty() {
        return Err(Refusal::new("cover_needed", "The place is not secure.").mend("Write who was told."));
    }
    let hands = ["police", "keyholder", "customer", "contractor"];
    match &secure.handed_over {
        Some(over) if !hands.contains(&over.to.as_str()) => {
            Err(Refusal::new("bad_hand_over", format!("“{}” is nobody a place is handed over to.", over.to))
                .mend(format!("Use one of: {}.", hands.join(", "))))
        }
        _ => Ok(()),
    }
}

/// "code 4711", "PIN: 0815": a word for a secret with the digits after it.
fn holds_code(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let is_secret = |word: &str| matches!(word, "code" | "pin" | "passcode" | "keysafe" | "combination");
    let is_digits = |word: &&str| (4..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let mut at = words.iter().enumerate();
    at.any(|(at, word)| is_secret(word) && words[at + 1..].iter().take(3).any(is_digits))
}

pub fn check_findings(findings: &[crate::command::Finding]) -> Result<(), Refusal> {
    for finding in findings {
        check_text(&finding.note)?;
        finding.pictures.iter().try_for_each(|p| check_digest(p))?;
        check_place(&finding.what, finding.place.as_ref())?;
        if finding.result == FindingResult::Issue && finding.pictures.is_empty() && finding.note.trim().is_empty() {
            return Err(Refusal::new(
                "bad_inspection",
                format!("“{}” is an issue without a picture or a word.", finding.what),
            )
            .mend("Take a picture, or write what it is."));
        }
        if finding.severity.is_some() && finding.result != FindingResult::Issue {
            return Err(Refusal::new("bad_inspection", format!("“{}” has a grade and is no issue.", finding.what))
                .mend("Leave the severity out, or record an issue."));
        }
        if finding.result == FindingResult::NotChecked && finding.note.trim().is_empty() {
            return Err(Refusal::new(
                "bad_inspection",
                format!("“{}” was not checked and there is no reason.", finding.what),
            )
            .mend("Write why it was not checked."));
        }
    }
    Ok(())
}

pub fn check_text(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Refusal::new("text_too_long", format!("The text is longer than {TEXT_CHARS_MAX} characters."))
            .mend("Shorten it, or split it into several notes."));
    }
    Ok(())
}

pub fn check_digest(sha256: &str) -> Result<(), Refusal> {
    if sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Refusal::new("bad_digest", "A picture is named by the SHA-256 of its bytes in 64 hex digits.")
        .mend("Compute the digest over the bytes as they are uploaded."))
}

/// Refuses what needs the officer to have it and still be on it.
pub fn must_be_active(callout: &Callout, assignment: &Assignment) -> Result<(), Refusal> {
    if assignment.state.is_active() {
        return Ok(());
    }
    let (sign, number) = (&assignment.call_sign, &callout.number);
    let (text, mend) = match assignment.state {
        AssignmentState::Offered => (format!("{number} has not been accepted yet."), "Accept it first."),
        AssignmentState::Expired => (format!("The offer of {number} ran out."), "Call control."),
        AssignmentState::Aborted => {
            (format!("{sign} withdrew from {number}."), "Control decides who goes now; add a note meanwhile.")
        }
        _ => (format!("{sign} is no longer on {number}."), "Call control."),
    };
    Err(Refusal::new("not_on_callout", text).mend(mend))
}

/// `1 picture`, `2 pictures`.
pub fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
