//! What holds of a call-out, and the words that stand beside a step.

use super::procedure::Fact;
use super::{Assignment, Callout};
use crate::Instant;
use crate::command::{EntryVerdict, InspectionSection};
use crate::documents::{Item, Section};
use std::collections::BTreeMap;

impl Callout {
    /// Whether it holds of the call-out as its lead has done it.
    pub fn holds(&self, fact: Fact) -> bool {
        self.holds_for(fact, self.lead())
    }

    /// Whether it holds for one officer's next step: each reads, arrives and assesses for himself or herself; what was
    /// looked at on site counts whoever looked.
    pub fn holds_for(&self, fact: Fact, officer: Option<&Assignment>) -> bool {
        let is = |of: fn(&Assignment) -> bool| officer.is_some_and(of);
        match fact {
            Fact::Accepted => officer.is_some(),
            Fact::RamsAcknowledged => self.rams.is_none() && officer.is_some() || is(|a| a.rams.is_some()),
            Fact::LocationConfirmed => is(|a| a.location.is_some()),
            Fact::Parked => is(|a| a.arrival_confirmed() && a.parked.is_some()),
            Fact::ChecklistComplete => is(Assignment::arrival_confirmed) && self.unanswered().is_empty(),
            Fact::AssessmentAllows => is(Assignment::may_go_on),
            Fact::Inspected => self.inspected_outside() && self.inspected_inside(),
            Fact::ForcedEntryRecorded => self.forced_entry.is_some(),
            Fact::PoliceQuestionAnswered => self
                .forced_entry
                .as_ref()
                .is_none_or(|f| f.what.verdict == EntryVerdict::None || f.what.police.is_some()),
            Fact::Secured => self.secured.is_some(),
            Fact::Informed => !self.liaison.is_empty() || !self.notes.is_empty() || !self.tracking.is_empty(),
            Fact::EscalationSettled => self.escalation_level() == 0,
            Fact::Reported => self.report.is_some(),
            // Belongs to a step, not to the call-out: `Callout::settled` looks there.
            Fact::Answered => false,
        }
    }

    fn inspected_outside(&self) -> bool {
        self.inspections.get(&InspectionSection::Outside).is_some_and(|i| !i.findings.is_empty())
    }

    fn inspected_inside(&self) -> bool {
        let outside_only = self.lead().is_some_and(Assignment::outside_only);
        self.inspections
            .get(&InspectionSection::Inside)
            .is_some_and(|i| !i.findings.is_empty() || i.not_entered.is_some())
            || outside_only
    }

    /// Checklist items that apply as the answers stand. What depends on an item that does not apply does not either.
    pub fn visible_items(&self) -> impl Iterator<Item = &Item> {
        let mut shown: BTreeMap<&str, &Item> = BTreeMap::new();
        let all = self.checklist.iter().flat_map(|c| &c.items);
        all.filter(move |item| {
            let applies = item.show_if.as_ref().is_none_or(|condition| {
                let value = self.answer(&condition.item).and_then(|a| a.value.as_deref());
                shown
                    .get(condition.item.as_str())
                    .zip(value)
                    .is_some_and(|(of, value)| of.said(value, &condition.value))
            });
            if applies {
                shown.insert(&item.id, item);
            }
            applies
        })
    }

    /// The answer that stands for an item.
    pub fn answer(&self, item: &str) -> Option<&crate::command::ChecklistAnswer> {
        self.answers.get(item)?.last().map(|a| &a.what)
    }

    /// Items that must be answered as things stand. Inside ones do not count while inside is locked.
    fn mandatory_items(&self) -> impl Iterator<Item = &Item> {
        let outside_only = self.lead().is_some_and(Assignment::outside_only);
        self.visible_items()
            .filter(move |item| item.mandatory && item.asks() && !(outside_only && item.section == Section::Inside))
    }

    pub fn unanswered(&self) -> Vec<&Item> {
        self.mandatory_items().filter(|item| self.answer(&item.id).is_none()).collect()
    }

    /// Answered and all mandatory items.
    pub fn checklist_progress(&self) -> (usize, usize) {
        let all = self.mandatory_items().count();
        (all.saturating_sub(self.unanswered().len()), all)
    }

    /// When a fact came to hold, and what to say about it.
    pub(super) fn fact_detail(&self, fact: Fact) -> (Option<Instant>, String) {
        let lead = self.lead();
        let of_lead = |f: fn(&Assignment) -> Option<(Instant, String)>| {
            lead.and_then(f).map_or((None, String::new()), |(at, text)| (Some(at), text))
        };
        match fact {
            Fact::Accepted => match (lead, self.open_offer()) {
                (Some(a), _) => (a.accepted_at, accepted_words(a)),
                (None, Some(offer)) => (None, offered_words(offer)),
                (None, None) => (None, self.unresourced.as_ref().map_or(String::new(), |u| u.reason.clone())),
            },
            Fact::RamsAcknowledged => {
                let title = self.rams.as_ref().map_or("no RAMS for this site", |r| r.title.as_str());
                match lead.and_then(|a| a.rams.as_ref()) {
                    Some(signed) => (Some(signed.at), format!("{title} v{}", signed.version)),
                    None => (None, title.to_owned()),
                }
            }
            Fact::LocationConfirmed => of_lead(|a| {
                let given = a.location.as_ref()?;
                Some((given.at, given.what.value.clone().unwrap_or_else(|| given.what.method.clone())))
            }),
            Fact::Parked => of_lead(|a| {
                let arrived = a.arrived.as_ref()?;
                let how = match (arrived.source, arrived.confirmed_at) {
                    (crate::command::ArrivalSource::Geofence, None) => "by geofence, not confirmed",
                    (crate::command::ArrivalSource::Geofence, Some(_)) => "by geofence, confirmed",
                    (crate::command::ArrivalSource::Manual, _) => "by the officer",
                    (crate::command::ArrivalSource::Voice, _) => "by voice",
                };
                let took =
                    a.accepted_at.map_or(String::new(), |t| format!(", {} after acceptance", spell(arrived.at - t)));
                Some((arrived.confirmed_at.unwrap_or(arrived.at), format!("{how}{took}")))
            }),
            Fact::ChecklistComplete => {
                let (done, all) = self.checklist_progress();
                let at = self.answers.values().filter_map(|a| a.last()).map(|a| a.at).max();
                let text = if all == 0 { "no checklist for this site".into() } else { format!("{done} of {all} done") };
                (at, text)
            }
            Fact::AssessmentAllows => of_lead(|a| {
                let dra = a.assessment()?;
                let words = match dra.what.decision {
                    crate::command::DraDecision::Proceed => "safe to go on",
                    crate::command::DraDecision::ProceedWithControls => "go on with controls",
                    crate::command::DraDecision::ExternalOnly => "outside only",
                    crate::command::DraDecision::Wait => "waiting",
                    crate::command::DraDecision::Withdraw => "withdrew",
                };
                let r = dra.what.residual;
                Some((dra.at, format!("{words} · {} × {} = {}", r.likelihood, r.severity, r.score())))
            }),
            Fact::Inspected => {
                let words = |section, name: &str| {
                    self.inspections.get(&section).map(|i| {
                        let issues =
                            i.findings.iter().filter(|f| f.result == crate::command::FindingResult::Issue).count();
                        match (&i.not_entered, issues) {
                            (Some(_), _) => format!("{name} not entered"),
                            (None, 0) => format!("{name} in order"),
                            (None, 1) => format!("{name}: 1 finding"),
                            (None, n) => format!("{name}: {n} findings"),
                        }
                    })
                };
                let parts: Vec<String> =
                    [words(InspectionSection::Outside, "outside"), words(InspectionSection::Inside, "inside")]
                        .into_iter()
                        .flatten()
                        .collect();
                (self.inspections.values().map(|i| i.at).max(), parts.join(", "))
            }
            Fact::ForcedEntryRecorded | Fact::PoliceQuestionAnswered => match &self.forced_entry {
                Some(f) => (
                    Some(f.at),
                    match f.what.verdict {
                        EntryVerdict::None => "no sign of forced entry",
                        EntryVerdict::Attempted => "attempted",
                        EntryVerdict::Entry => "somebody got in",
                        EntryVerdict::CannotTell => "cannot tell",
                    }
                    .into(),
                ),
                None => (None, String::new()),
            },
            Fact::Secured => match &self.secured {
                Some(s) => (Some(s.at), secure_words(s.what.status).into()),
                None => (None, String::new()),
            },
            Fact::Informed => {
                let link = if self.tracking.iter().any(|t| t.revoked_at.is_none()) { "tracking link made" } else { "" };
                let said = self.liaison.len() + self.notes.len();
                let text = match (link, said) {
                    ("", 0) => String::new(),
                    ("", n) => format!("{n} messages"),
                    (link, 0) => link.into(),
                    (link, n) => format!("{link}, {n} messages"),
                };
                (None, text)
            }
            Fact::EscalationSettled => match self.escalations.last() {
                Some(e) => {
                    let level = e.raised.what.level;
                    let settled = if e.stood_down.is_some() { ", stood down" } else { "" };
                    (Some(e.raised.at), format!("level {level}{settled}"))
                }
                None => (None, String::new()),
            },
            Fact::Reported => match &self.report {
                Some(r) => (Some(r.at), if self.is_over() { "closed" } else { "with the supervisor" }.into()),
                None => (None, String::new()),
            },
            Fact::Answered => (None, String::new()),
        }
    }
}

fn accepted_words(a: &Assignment) -> String {
    let mut words = a.call_sign.clone();
    if a.by_voice {
        words += ", by voice";
    }
    match a.rank {
        1 => words += &format!(", nearest of {}", a.of),
        n if n > 1 => words += &format!(", number {n} of {}", a.of),
        _ => {}
    }
    if let Some(distance) = a.distance_m {
        words += &format!(", {}", spell_distance(distance));
    }
    if let Some(travel) = a.travel_s {
        let road = if a.by_road { " by road" } else { "" };
        words += &format!(", {} min{road}", (travel / 60.0).ceil().max(1.0));
    }
    words
}

fn offered_words(a: &Assignment) -> String {
    let then = a.then.first().map_or(String::new(), |next| format!(", then {next}"));
    format!("offered to {}{then}", a.call_sign)
}

pub fn secure_words(status: crate::command::SecureStatus) -> &'static str {
    use crate::command::SecureStatus as S;
    match status {
        S::Secure => "secure",
        S::SecureTemporary => "temporarily secure",
        S::InsecureCustomerAware => "not secure, the customer knows",
        S::InsecurePoliceOnScene => "not secure, the police are there",
        S::NotAccessible => "not accessible",
    }
}

/// `1.2 km` or `90 m`.
pub fn spell_distance(metres: f64) -> String {
    if metres >= 950.0 { format!("{:.1} km", metres / 1000.0) } else { format!("{} m", (metres / 10.0).round() * 10.0) }
}

/// `2 min 58 s`.
pub fn spell(duration: chrono::TimeDelta) -> String {
    let seconds = duration.num_seconds().max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}
