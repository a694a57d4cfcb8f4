//! The call-out panel.

use super::{Scene, callout_row, can, instant, site_view, whole_seconds, wire_name};
use super::{thread, waits};
use domain::callout::next::Tone;
use domain::callout::recorded::Line;
use domain::callout::steps::steps;
use domain::callout::{Callout, Given};
use domain::command::{ChecklistAnswer, DraDecision, DraRecord, Exhibit, FollowUp, Role};
use domain::documents::Item;
use domain::grid::grid_reference;
use domain::nearest::rank;
use protocol::place::plus_code;
use protocol::view::{
    AnswerView, AssessmentView, BriefLine, CalloutDetail, CandidateView, EntryView, KeptReportView, LeftLine, NextView,
    PictureView, RatingView, ReportView, StepView, TrackingView,
};

pub fn detail(scene: &Scene, callout: &Callout) -> CalloutDetail {
    let site = callout.site.and_then(|id| scene.world().sites.get(&id));
    let alarm = callout.alarm.and_then(|id| scene.world().alarms.get(&id));
    let taken_after = alarm.and_then(|a| Some(a.taken.as_ref()?.at - a.received_at));
    CalloutDetail {
        row: callout_row(scene, callout),
        site: site.map(|s| site_view(scene, s)),
        address: match site {
            Some(site) if callout.address.is_empty() => site.address.clone(),
            _ => callout.address.clone(),
        },
        place: callout.place.clone(),
        calls: super::calls_behind(scene.world(), callout),
        source: source_words(callout).into(),
        signal_at: instant(callout.signal_at),
        taken_after_s: taken_after.map(whole_seconds),
        text: callout.text.clone(),
        gates: protocol::procedure::gates(callout),
        steps: step_views(callout),
        next: next_view(callout),
        candidates: candidates(scene, callout),
        crew: super::crew(scene, callout),
        owner: waits::owner(scene, callout),
        waits: waits::waits(callout),
        linked: waits::linked(scene, callout),
        brief: brief(scene, callout, site.map(|s| s.as_ref())),
        checklist: callout.visible_items().filter(|item| item.asks()).map(|item| answer_view(callout, item)).collect(),
        assessments: assessments(callout),
        found: protocol::found::found(callout),
        looked_at: callout.looked_at(),
        plans: protocol::found::plans_of(callout, site.map(|s| s.as_ref())),
        left: left(scene, callout),
        pictures: pictures(callout),
        timeline: callout.timeline.iter().rev().map(|e| entry_view(scene, e)).collect(),
        tracking: tracking(scene, callout),
        can: can(scene, callout),
        report: report(scene, callout),
        thread: thread::thread(scene, callout),
        ladder: thread::ladder(scene, callout),
        managers: thread::managers(scene, callout),
        services: thread::services(callout),
        plan: thread::plan(callout),
        major_at: callout.major.as_ref().filter(|m| m.what.on).map(|m| instant(m.at)),
        grid_reference: grid_reference(callout.point),
        plus_code: plus_code(callout.point),
        rating: callout.rating.as_ref().map(|r| RatingView {
            score: r.what.score,
            comment: r.what.comment.clone(),
            at: instant(r.at),
        }),
        kept_reports: kept_reports(callout),
    }
}

fn kept_reports(callout: &Callout) -> Vec<KeptReportView> {
    let view = |r: &Given<domain::event::ReportKept>| KeptReportView {
        version: r.what.version,
        of: wire_name(r.what.of),
        addendum: r.what.addendum,
        at: instant(r.at),
    };
    callout.reports.iter().rev().map(view).collect()
}

fn brief(scene: &Scene, callout: &Callout, site: Option<&domain::site::Site>) -> Vec<BriefLine> {
    let line = |line: domain::callout::brief::Line| BriefLine {
        letter: line.letter.into(),
        heading: line.heading.into(),
        says: line.says,
    };
    let (estate, zone) = (scene.world().estate_name(site), &scene.world().settings.zone);
    callout.brief(site, estate, zone).into_iter().map(line).collect()
}

fn source_words(callout: &Callout) -> &'static str {
    match (callout.alarm, callout.created_by.role) {
        (Some(_), _) => "alarm",
        _ if !callout.calls.is_empty() => "telephone",
        (None, Role::Partner) => "partner",
        (None, Role::Officer) => "officer",
        (None, Role::Customer) => "customer",
        (None, _) => "control room",
    }
}

fn step_views(callout: &Callout) -> Vec<StepView> {
    let view = |s: domain::callout::steps::StepStatus| StepView {
        n: s.n,
        title: s.title,
        state: wire_name(s.state),
        at: s.at.map(instant),
        detail: match &callout.panel_word {
            Some(word) if s.id == "secure" => with_panel_word(s.detail, word),
            _ => s.detail,
        },
        id: s.id,
    };
    steps(callout).into_iter().map(view).collect()
}

/// What the officer recorded, and what the panel says of it.
fn with_panel_word(detail: String, word: &domain::callout::reset::PanelWord) -> String {
    let said = if word.agrees { format!("the panel agrees: {}", word.text) } else { word.text.clone() };
    if detail.is_empty() { said } else { format!("{detail} · {said}") }
}

fn next_view(callout: &Callout) -> NextView {
    let next = callout.next();
    let tone = match next.tone {
        Tone::Wait => "wait",
        Tone::Act => "act",
        Tone::Danger => "danger",
        Tone::Done => "done",
    };
    NextView { text: next.text, then: next.then, due_at: next.due.map(instant), tone: tone.into() }
}

/// Everybody on shift, best first; nobody once it is over.
fn candidates(scene: &Scene, callout: &Callout) -> Vec<CandidateView> {
    if callout.is_over() {
        return Vec::new();
    }
    let ranked =
        rank(scene.world(), scene, callout.point, callout.priority, &callout.passed, Some(callout.id), scene.now);
    let ranked = domain::keys::with_keys(scene.world(), callout.site, ranked);
    let on_it = |officer| callout.assignment_of(officer).is_some_and(|a| a.state.is_active());
    let view = |c: domain::nearest::Candidate| CandidateView {
        excluded: if on_it(c.officer) { Some("is on this call-out".into()) } else { c.excluded },
        officer: c.officer.to_string(),
        call_sign: c.call_sign,
        distance_m: c.distance_m,
        travel_s: c.travel_s,
        by_road: c.by_road,
        fix_age_s: c.fix_age.map(|age| age.num_milliseconds() as f64 / 1000.0),
        busy: c.busy,
        reasons: c.reasons,
    };
    ranked.into_iter().map(view).collect()
}

fn answer_view(callout: &Callout, item: &Item) -> AnswerView {
    let given = callout.answers.get(&item.id).and_then(|all| all.last());
    let what = given.map(|g| &g.what);
    let shown = protocol::items::view(item, None);
    AnswerView {
        item: item.id.clone(),
        question: item.text.clone(),
        kind: shown.kind,
        place: shown.place,
        options: shown.options,
        assets: shown.assets,
        unit: shown.unit,
        answer: match what {
            None => "not answered yet".into(),
            // The reason stands in the note.
            Some(w) if w.unable.is_some() => "Unable".into(),
            Some(w) => item.words(w),
        },
        state: what.map_or("open", |w| answer_state(item, w)).into(),
        at: given.map(|g| instant(g.at)),
        note: what.map_or_else(String::new, |w| match &w.unable {
            Some(why) if w.note.is_empty() => why.clone(),
            Some(why) => format!("{why}. {}", w.note),
            None => w.note.clone(),
        }),
        pictures: what.map_or_else(Vec::new, |w| w.pictures.clone()),
    }
}

/// What tells of something wrong stands out.
fn answer_state(item: &Item, given: &ChecklistAnswer) -> &'static str {
    match (&given.unable, &given.value) {
        (Some(_), _) => "unable",
        (None, Some(value)) if item.is_wrong(value) => "issue",
        (None, _) => "done",
    }
}

fn assessments(callout: &Callout) -> Vec<AssessmentView> {
    let view = |who: &str, dra: &Given<DraRecord>| AssessmentView {
        at: instant(dra.at),
        who: who.to_owned(),
        decision: match dra.what.decision {
            DraDecision::Proceed => "Safe to go on",
            DraDecision::ProceedWithControls => "Goes on with controls",
            DraDecision::ExternalOnly => "Outside only",
            DraDecision::Wait => "Waits",
            DraDecision::Withdraw => "Withdrew",
        }
        .into(),
        hazards: dra.what.hazards.iter().map(|h| h.kind.replace('_', " ")).collect(),
        controls: dra.what.controls.clone(),
        likelihood: dra.what.residual.likelihood,
        severity: dra.what.residual.severity,
        about: dra.what.seen(),
        note: dra.what.note.clone(),
    };
    let all = callout.assignments.iter().flat_map(|a| a.assessments.iter().map(|d| (a.call_sign.as_str(), d)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, dra)| std::cmp::Reverse(dra.at));
    all.into_iter().map(|(who, dra)| view(who, dra)).collect()
}

fn pictures(callout: &Callout) -> Vec<PictureView> {
    let mut all: Vec<_> = callout.media.iter().collect();
    all.sort_by_key(|(_, m)| m.taken_at);
    let view = |(sha256, m): (&String, &domain::callout::Media)| PictureView {
        sha256: sha256.clone(),
        caption: m.caption.clone(),
        taken_at: instant(m.taken_at),
        here: m.received_at.is_some(),
        share: m.share,
        waits: callout.waits_for_release(m),
        item: m.item.clone(),
    };
    all.into_iter().map(view).collect()
}

fn entry_view(scene: &Scene, entry: &domain::callout::Entry) -> EntryView {
    EntryView {
        seq: i32::try_from(entry.seq).unwrap_or(i32::MAX),
        at: instant(entry.at),
        recorded_at: instant(entry.recorded_at),
        who: entry.who.clone(),
        text: entry.text.clone(),
        pending: entry.seq > scene.shown.head,
    }
}

/// The newest link that still opens, or the newest there was.
fn tracking(scene: &Scene, callout: &Callout) -> Option<TrackingView> {
    let open = callout.tracking.iter().rev().find(|t| t.revoked_at.is_none() && t.expires_at > scene.now);
    let link = open.or_else(|| callout.tracking.last())?;
    Some(TrackingView {
        url: scene.links.get(&link.token_sha256.to_ascii_lowercase()).cloned(),
        expires_at: instant(link.expires_at),
        revoked: link.revoked_at.is_some(),
    })
}

/// The forced-entry inspection and how the premises were left.
fn left(scene: &Scene, callout: &Callout) -> Vec<LeftLine> {
    let zone = domain::civil::zone(&scene.world().settings);
    let clock = |at: domain::Instant| at.with_timezone(&zone).format("%H:%M %Z").to_string();
    let entry = callout.forced_entry.as_ref().map(|record| {
        let verdict =
            Line { label: "Forced entry".into(), says: record.what.verdict.words().to_lowercase(), inside: false };
        std::iter::once(verdict).chain(record.what.lines(&callout.found(), clock)).collect::<Vec<_>>()
    });
    let secured = callout.secured.as_ref().map(|secured| secured.what.lines());
    let lines = entry.into_iter().chain(secured).flatten();
    lines.map(|line| LeftLine { label: line.label, says: line.says }).collect()
}

fn report(scene: &Scene, callout: &Callout) -> Option<ReportView> {
    let report = callout.report.as_ref()?;
    let zone = domain::civil::zone(&scene.world().settings);
    let due = |f: &FollowUp| f.due.map(|at| format!("by {}", at.with_timezone(&zone).format("%a %-d %b")));
    let follow_up = |f: &FollowUp| {
        let parts = [Some(f.what.clone()), Some(f.owner.clone()).filter(|o| !o.trim().is_empty()), due(f)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    let exhibit = |e: &Exhibit| {
        let held = if e.held.trim().is_empty() { String::new() } else { format!(" · {}", e.held) };
        format!("{}: {}{held}", e.reference, e.what)
    };
    let returned = callout.reviews.last().filter(|r| !r.what.approve && r.seq > report.seq);
    Some(ReportView {
        submitted_at: instant(report.at),
        narrative: report.what.narrative.clone(),
        signed_by: report.what.signature.name.clone(),
        returned: returned.map(|r| r.what.comments.clone()),
        missing_pictures: callout.missing_media().count() as u32,
        cause: report.what.cause_words().to_owned(),
        follow_ups: report.what.follow_ups.iter().map(follow_up).collect(),
        exhibits: report.what.exhibits.iter().map(exhibit).collect(),
        injury: report.what.injury_words(),
        safeguarding: report.what.safeguarding.clone(),
    })
}
