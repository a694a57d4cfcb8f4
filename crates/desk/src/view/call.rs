//! Telephone calls: one row each, and what helps while one is written down.

use super::{Scene, instant, whole_seconds, wire_name};
use domain::call::duplicates::{Asked, Likely, Which, likely};
use domain::call::hours::{alternative, is_service};
use domain::call::{Call, Phase, thrive};
use domain::callout::Callout;
use domain::geo::Point;
use domain::id::{AggregateKind, CallId, Stream};
use domain::{Instant, World};
use protocol::call::{CallBehind, CallHelp, CallQuestion, CallRow, GradeView, LikelyView};

pub fn call_row(scene: &Scene, call: &Call) -> CallRow {
    let phase = call.phase();
    let grade = call.grade().map(|given| GradeView {
        thrive: (&given.what.thrive).into(),
        priority: given.what.priority.into(),
        at: instant(given.at),
    });
    CallRow {
        id: call.id.to_string(),
        number: call.ring_back().to_owned(),
        to: call.to.clone(),
        phase: wire_name(phase),
        began_at: instant(call.began_at()),
        answered_at: call.answered().map(instant),
        ended_at: call.ended_at.map(instant),
        answer_s: call.time_to_answer().map(whole_seconds),
        taken_by: call.taken.as_ref().map(|taken| scene.account_name(taken.by)),
        mine: call.taken.as_ref().is_some_and(|taken| taken.by == scene.shown.me.account),
        by_hand: call.exchange.is_none(),
        waits: call.taken.is_none() && matches!(phase, Phase::Ringing | Phase::Missed),
        card: (&call.card).into(),
        grade,
        graded: call.grades.len() as u32,
        pending: scene.is_pending(Stream::new(AggregateKind::Call, call.id)),
    }
}

pub fn call_help(world: &World, question: &CallQuestion, now: Instant) -> CallHelp {
    let asked = Asked {
        call: question.call.as_deref().and_then(|id| uuid::Uuid::try_parse(id).ok()).map(CallId),
        point: question.pin.map(Point::from).filter(Point::is_valid),
        site: question.site.as_deref().and_then(|id| world.site(id)).map(|site| site.id),
        address: &question.address,
        place: &question.place,
        number: &question.number,
    };
    let suggestion = thrive::suggest(&question.thrive.read());
    let settings = &world.settings;
    CallHelp {
        likely: likely(world, &asked, now).into_iter().map(likely_view).collect(),
        suggested: suggestion.priority.map(Into::into),
        suggestion: suggestion.text,
        service: is_service(settings, now),
        hours: format!("{}–{}", settings.service_hours.start, settings.service_hours.end),
        alternative: alternative(&settings.service_hours).unwrap_or_default(),
    }
}

fn likely_view(likely: Likely) -> LikelyView {
    let (kind, id) = match likely.which {
        Which::Callout(id) => ("callout", id.to_string()),
        Which::Call(id) => ("call", id.to_string()),
    };
    LikelyView {
        kind: kind.into(),
        id,
        what: likely.what,
        began_at: instant(likely.began_at),
        open: likely.open,
        reasons: likely.reasons,
    }
}

/// The calls behind a call-out that this desk still has, oldest first.
pub fn calls_behind(world: &World, callout: &Callout) -> Vec<CallBehind> {
    let known = callout.calls.iter().filter_map(|id| world.calls.get(id));
    let view = |call: &std::sync::Arc<Call>| CallBehind {
        id: call.id.to_string(),
        at: instant(call.began_at()),
        caller: call.card.caller.clone(),
        number: call.ring_back().to_owned(),
        answer_s: call.time_to_answer().map(whole_seconds),
    };
    known.map(view).collect()
}
