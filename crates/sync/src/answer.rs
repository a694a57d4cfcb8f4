//! What happens next after each answer the hub, or the network, can give.

use domain::Refusal;
use protocol::api::{CommandResult, CommandsAnswer, Outcome};
use std::collections::HashMap;
use std::time::Duration;

/// What came back for one command, or for the request it was in.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The hub decided it: accepted, duplicate or refused.
    Result(CommandResult),
    /// The hub answered the request with another status than 200.
    Status { status: u16, code: Option<String>, title: Option<String>, retry_after: Option<Duration> },
    /// 200, but this command's result is missing or cannot be read.
    Garbled,
    /// No answer in time: it may or may not have been done.
    Timeout,
    /// No connection was made: it was not done.
    NotReached,
    /// The connection broke: it may or may not have been done.
    Broken,
}

/// What to do with the command.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// The hub has it for good. `through` is the last log position of its events, if it made any.
    Done { through: Option<i64> },
    /// A person must choose: redo, keep as a note, drop.
    Conflict(Refusal),
    /// Sending again may help, after this long. Sending twice is harmless.
    RetryAfter(Duration),
    /// The request as a whole was not understood: find the culprit by sending each command alone.
    SendAlone,
    /// Nothing goes out until a person mends this: the sentence says what.
    GiveUpUntilPersonActs(String),
}

/// The longest wait between two attempts while the hub does not answer.
pub const BACK_OFF_MAX: Duration = Duration::from_secs(30);
/// What a hub may ask us to wait at most; a longer wish is a mistake somewhere.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// 1, 2, 4 … 30 s for attempts 1, 2, 3 …, shortened by up to a quarter; `jitter` is 0 to 1.
pub fn back_off(attempt: u32, jitter: f64) -> Duration {
    let whole = 2f64.powi(attempt.saturating_sub(1).min(10) as i32).min(BACK_OFF_MAX.as_secs_f64());
    Duration::from_secs_f64(whole * (1.0 - 0.25 * jitter.clamp(0.0, 1.0)))
}

impl Answer {
    /// `alone`: the request held this command only. `attempt` counts from 1.
    pub fn next(&self, alone: bool, attempt: u32, jitter: f64) -> Next {
        let again = || Next::RetryAfter(back_off(attempt, jitter));
        match self {
            Self::Result(result) => match (&result.refusal, result.outcome) {
                // A duplicate of a refused command carries the refusal it had.
                (Some(refusal), _) => Next::Conflict(refusal.clone()),
                (None, Outcome::Accepted | Outcome::Duplicate) => Next::Done { through: result.seq.map(|s| s[1]) },
                (None, Outcome::Refused) => {
                    Next::Conflict(Refusal::new("refused", "The hub refused this and did not say why."))
                }
            },
            Self::Garbled | Self::Timeout | Self::NotReached | Self::Broken => again(),
            Self::Status { status, code, title, retry_after } => match status {
                408 | 425 | 429 | 503 => match retry_after {
                    Some(wait) => Next::RetryAfter((*wait).min(RETRY_AFTER_MAX)),
                    None => again(),
                },
                401 => Next::GiveUpUntilPersonActs(
                    "The hub does not accept this desk's token. An administrator must issue a new one.".into(),
                ),
                403 => Next::GiveUpUntilPersonActs(
                    "The hub does not let this desk act. An administrator must check its account and address.".into(),
                ),
                // Not our hub, or one that is just starting behind its proxy.
                404 | 405 | 410 | 421 => again(),
                400..=499 if !alone => Next::SendAlone,
                400..=499 => Next::Conflict(
                    Refusal::new(
                        code.as_deref().unwrap_or("not_understood"),
                        title.clone().unwrap_or_else(|| format!("The hub could not read this (HTTP {status}).")),
                    )
                    .mend("Update this desk or the hub, then redo it; or keep it as a note."),
                ),
                300..=399 => Next::GiveUpUntilPersonActs(format!(
                    "The hub's address answers with a redirection (HTTP {status}). Check the address of the hub."
                )),
                _ => again(),
            },
        }
    }
}

/// One answer for each command that was sent, in order. A result that names none of them is ignored; a command
/// without a result is garbled.
pub fn read_results(sent: &[String], answer: CommandsAnswer) -> Vec<Answer> {
    let mut by_id: HashMap<String, CommandResult> =
        answer.results.into_iter().map(|r| (r.id.to_ascii_lowercase(), r)).collect();
    sent.iter().map(|id| by_id.remove(&id.to_ascii_lowercase()).map_or(Answer::Garbled, Answer::Result)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(outcome: Outcome, seq: Option<[i64; 2]>, refusal: Option<Refusal>) -> Answer {
        Answer::Result(CommandResult { id: "x".into(), outcome, seq, refusal })
    }

    fn status(status: u16, retry_after: Option<u64>) -> Answer {
        Answer::Status { status, code: None, title: None, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn each_answer_has_one_consequence() {
        let refusal = Refusal::new("already_taken", "Taken.");
        let second = Next::RetryAfter(Duration::from_secs(1));
        let check = |answer: Answer, next: Next| assert_eq!(answer.next(true, 1, 0.0), next, "{answer:?}");
        check(result(Outcome::Accepted, Some([4, 6]), None), Next::Done { through: Some(6) });
        check(result(Outcome::Accepted, None, None), Next::Done { through: None });
        check(result(Outcome::Duplicate, Some([4, 6]), None), Next::Done { through: Some(6) });
        check(result(Outcome::Duplicate, None, Some(refusal.clone())), Next::Conflict(refusal.clone()));
        check(result(Outcome::Refused, None, Some(refusal.clone())), Next::Conflict(refusal));
        for answer in [Answer::Garbled, Answer::Timeout, Answer::NotReached, Answer::Broken] {
            check(answer, second.clone());
        }
        for code in [404, 408, 429, 500, 502, 503, 504] {
            check(status(code, None), second.clone());
        }
        check(status(429, Some(7)), Next::RetryAfter(Duration::from_secs(7)));
        check(status(429, Some(86_400)), Next::RetryAfter(RETRY_AFTER_MAX));
        for code in [301, 401, 403] {
            assert!(matches!(status(code, None).next(true, 1, 0.0), Next::GiveUpUntilPersonActs(_)), "{code}");
        }
        assert_eq!(status(400, None).next(false, 1, 0.0), Next::SendAlone);
        assert!(matches!(status(413, None).next(true, 1, 0.0), Next::Conflict(_)));
    }

    #[test]
    fn the_wait_doubles_up_to_thirty_seconds() {
        let waits: Vec<u64> = (1..=8).map(|n| back_off(n, 0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(back_off(6, 1.0), Duration::from_millis(22_500));
        assert_eq!(back_off(u32::MAX, 0.0), BACK_OFF_MAX);
    }

    #[test]
    fn a_missing_result_is_garbled_and_a_strange_one_ignored() {
        let answer = |id: &str| CommandResult { id: id.into(), outcome: Outcome::Accepted, seq: None, refusal: None };
        let read = read_results(&["a".into(), "b".into()], CommandsAnswer { results: vec![answer("B"), answer("z")] });
        assert_eq!(read, [Answer::Garbled, Answer::Result(answer("B"))]);
    }
}
