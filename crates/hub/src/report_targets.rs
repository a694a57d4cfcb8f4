//! The times that were agreed, what was reached, and what in the record excuses it.

use chrono::TimeDelta;
use domain::Instant;
use domain::alarm::Priority;
use domain::callout::Callout;
use domain::callout::facts::spell;
use domain::timers::asking_time;
use domain::times::CalloutTimes;
use report::TargetRow;
use store::StoredEvent;

/// So much later than it happened, a word was given without signal.
const LATE: TimeDelta = TimeDelta::seconds(60);

#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    raised: Option<Instant>,
    accepted: Option<Instant>,
    arrived: Option<Instant>,
    left: Option<Instant>,
    submitted: Option<Instant>,
}

/// What excuses a time that was missed: from when on it stood in the record, and why.
struct Excuse {
    at: Instant,
    why: &'static str,
    /// Only the acceptance suffers from it.
    accepting: bool,
}

pub fn of(callout: &Callout, events: &[StoredEvent]) -> Vec<TargetRow> {
    let lead = callout.lead();
    let reached = Reached {
        raised: Some(callout.created_at),
        accepted: lead.and_then(|a| a.accepted_at),
        arrived: lead.and_then(|a| a.arrived.as_ref()?.confirmed_at),
        left: lead.and_then(|a| a.left_at),
        // One that came back and was sent again was there in time the first time.
        submitted: events.iter().find(|e| e.kind == "report.submitted").map(|e| e.at),
    };
    let excuses: Vec<Excuse> = events.iter().filter_map(excuse).collect();
    rows(&callout.times(), callout.priority, reached, &excuses)
}

fn excuse(event: &StoredEvent) -> Option<Excuse> {
    let (why, accepting) = match event.kind.as_str() {
        "callout.held" => ("put off by the control room", false),
        "police.awaited" => ("the police were awaited", false),
        "assignment.accepted" if event.recorded_at - event.at > LATE => ("accepted without signal", true),
        _ => return None,
    };
    Some(Excuse { at: event.at, why, accepting })
}

fn rows(times: &CalloutTimes, priority: Priority, reached: Reached, excuses: &[Excuse]) -> Vec<TargetRow> {
    let Reached { raised, accepted, arrived, left, submitted } = reached;
    vec![
        row("Accepted after it was raised", (raised, accepted), asking_time(priority), excuses, true),
        row("On scene after acceptance", (accepted, arrived), times.arrive(priority), excuses, false),
        row("Report after leaving", (left, submitted), times.report(priority), &[], false),
    ]
}

fn row(
    label: &str,
    span: (Option<Instant>, Option<Instant>),
    agreed: TimeDelta,
    excuses: &[Excuse],
    accepting: bool,
) -> TargetRow {
    let (took, why) = match span {
        (Some(from), Some(to)) => {
            let within = |e: &&Excuse| (from..=to).contains(&e.at) && (accepting || !e.accepting);
            (Some(to - from), excuses.iter().find(within).map(|e| e.why))
        }
        _ => (None, None),
    };
    let missed = took.is_some_and(|took| took > agreed);
    let result = match (took, missed, why) {
        (None, ..) => "not measured",
        (Some(_), false, _) => "met",
        (Some(_), true, Some(_)) => "excluded",
        (Some(_), true, None) => "missed",
    };
    TargetRow {
        label: label.into(),
        target: match agreed.num_hours() {
            0 => format!("within {} min", agreed.num_minutes()),
            1 => "within 60 min".into(),
            hours => format!("within {hours} h"),
        },
        actual: took.map_or_else(String::new, spell),
        result: result.into(),
        note: why.filter(|_| missed).unwrap_or_default().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Instant {
        "2026-11-22T21:00:00Z".parse::<Instant>().unwrap() + TimeDelta::minutes(minute)
    }

    fn reached(accepted: i64, arrived: i64, submitted: i64) -> Reached {
        Reached {
            raised: Some(at(0)),
            accepted: Some(at(accepted)),
            arrived: Some(at(arrived)),
            left: Some(at(arrived + 10)),
            submitted: Some(at(submitted)),
        }
    }

    fn results(reached: Reached, excuses: &[Excuse]) -> Vec<(String, String)> {
        rows(&CalloutTimes::default(), Priority::P2, reached, excuses).into_iter().map(|r| (r.result, r.note)).collect()
    }

    fn said(result: &str, note: &str) -> (String, String) {
        (result.into(), note.into())
    }

    #[test]
    fn acceptance_arrival_and_report_are_held_against_what_was_agreed() {
        let met = rows(&CalloutTimes::default(), Priority::P2, reached(2, 31, 100), &[]);
        let all: Vec<_> = met.iter().map(|r| (r.target.as_str(), r.actual.as_str(), r.result.as_str())).collect();
        assert_eq!(
            all,
            [
                ("within 10 min", "2 min 0 s", "met"),
                ("within 30 min", "29 min 0 s", "met"),
                ("within 24 h", "59 min 0 s", "met")
            ]
        );
        let missed = results(reached(11, 42, 42 + 10 + 24 * 60 + 1), &[]);
        assert_eq!(missed, vec![said("missed", ""); 3]);
        assert_eq!(results(Reached::default(), &[]), vec![said("not measured", ""); 3]);
    }

    #[test]
    fn what_was_missed_for_a_reason_in_the_record_is_excluded_with_it() {
        let excuse = |minute, why, accepting| Excuse { at: at(minute), why, accepting };
        let held = [excuse(5, "put off by the control room", false)];
        let police = [excuse(20, "the police were awaited", false)];
        let offline = [excuse(11, "accepted without signal", true)];
        let late = || reached(11, 42, 60);
        assert_eq!(results(late(), &held)[..2], [said("excluded", held[0].why), said("missed", "")]);
        assert_eq!(results(late(), &police)[..2], [said("missed", ""), said("excluded", police[0].why)]);
        assert_eq!(results(late(), &offline)[..2], [said("excluded", offline[0].why), said("missed", "")]);
        // What was reached in time needs no excuse.
        assert_eq!(results(reached(2, 20, 60), &police)[1], said("met", ""));
    }
}
