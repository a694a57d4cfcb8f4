//! What one operator hands over to the next: everything that is open, silent, put off or unread.

use super::{Scene, instant, shift_clock};
use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::Instant;
use domain::alarm::{Alarm, AlarmState};
use domain::callout::messages::Reader;
use domain::callout::next::Tone;
use domain::callout::{Assignment, Callout, CalloutState};
use domain::handover::Handover;
use domain::nearest::FIX_AGE_MAX;
use protocol::handover::{HandoverLine, HandoverPrompt, HandoverSection, HandoverView, SignedHandover};

/// Earlier ones on the screen; the log has them all.
const EARLIER: usize = 30;
/// Events shown of what changed since it was opened.
const CHANGED: usize = 50;
/// A shift that ended without a signature is asked about for so long.
const ASKED_AFTER_END: TimeDelta = TimeDelta::hours(2);
/// Whoever signs so long before the prompt has signed for this end of the shift.
const EARLY: TimeDelta = TimeDelta::hours(1);

pub fn handover(scene: &Scene, since: Option<i64>) -> HandoverView {
    let world = scene.world();
    let open = world.handovers.values().rev().find(|h| h.signed.is_none());
    let mut view = HandoverView {
        id: open.map_or_else(String::new, |h| h.id.to_string()),
        read_at: i32::try_from(scene.shown.head).unwrap_or(i32::MAX),
        writes: open.map_or(0, |h| h.writes),
        watch_outs: open.map_or_else(String::new, |h| h.watch_outs.clone()),
        written_by: open.map_or_else(String::new, |h| scene.account_name(h.by.account)),
        written_at: open.map(|h| instant(h.at)),
        sections: sections(scene),
        text: String::new(),
        changed: since.map_or_else(Vec::new, |since| changed(scene, since)),
        earlier: earlier(scene),
    };
    view.text = text(scene, &view);
    view
}

/// Brought up before the end of the shift, and after it until somebody has signed.
pub fn prompt(scene: &Scene) -> HandoverPrompt {
    let settings = &scene.world().settings;
    let before = TimeDelta::minutes(i64::from(settings.handover_prompt_min));
    let signed = scene.world().handovers.values().filter_map(|h| Some(h.signed.as_ref()?.at)).max();
    let end = |at: Instant| shift_clock(settings, at).ends_at.parse::<Instant>().ok();
    let ends = [end(scene.now - ASKED_AFTER_END), end(scene.now)];
    let near = ends.into_iter().flatten().find(|end| *end - before <= scene.now && scene.now < *end + ASKED_AFTER_END);
    let due = near.is_some_and(|end| before > TimeDelta::zero() && signed.is_none_or(|at| at < end - before - EARLY));
    HandoverPrompt {
        due,
        ends_at: near.or_else(|| end(scene.now)).map_or_else(String::new, instant),
        signed_at: signed.map(instant),
    }
}

fn sections(scene: &Scene) -> Vec<HandoverSection> {
    let section = |kind: &str, title: &str, none: &str, lines: Vec<HandoverLine>| HandoverSection {
        kind: kind.into(),
        title: title.into(),
        none: none.into(),
        lines,
    };
    let mut open: Vec<&Callout> = scene.world().callouts.values().map(|c| &**c).filter(|c| c.is_open()).collect();
    open.sort_by_key(|c| (c.priority, c.created_at));
    let held = |c: &&&Callout| c.hold.is_some();
    let mut alarms: Vec<&Alarm> = scene.world().alarms.values().map(|a| &**a).filter(|a| a.is_open()).collect();
    alarms.sort_by_key(|a| (a.priority, a.received_at));
    let unowned = alarms.iter().filter(|a| matches!(a.state, AlarmState::New | AlarmState::Viewed));
    let shelved = alarms.iter().filter(|a| a.state == AlarmState::Shelved);
    vec![
        section(
            "callouts",
            "Open call-outs",
            "None.",
            open.iter().filter(|c| !held(c)).map(|c| of_callout(scene, c)).collect(),
        ),
        section("on_scene", "Officers on scene", "Nobody.", open.iter().flat_map(|c| on_scene(scene, c)).collect()),
        section("alarms", "Alarms nobody has taken", "None.", unowned.map(|a| of_alarm(scene, a)).collect()),
        section("shelved", "Shelved alarms", "None.", shelved.map(|a| of_shelved(scene, a)).collect()),
        section("held", "Call-outs put off", "None.", open.iter().filter(held).map(|c| of_held(scene, c)).collect()),
        section(
            "unread",
            "Messages nobody has read",
            "None.",
            open.iter().filter_map(|c| of_unread(scene, c)).collect(),
        ),
        section("silent", "Silent panels and trackers", "None known.", silent(scene)),
    ]
}

fn name(scene: &Scene, callout: &Callout) -> String {
    let site = callout.site.and_then(|id| scene.world().sites.get(&id));
    let place = site.map_or(callout.address.as_str(), |s| s.name.as_str());
    [callout.number.as_str(), &callout.title, "·", place].join(" ")
}

fn of_callout(scene: &Scene, callout: &Callout) -> HandoverLine {
    let next = callout.next();
    let site = callout.site.and_then(|id| scene.world().sites.get(&id)).map(|s| &**s);
    let asked = callout.attention(site).into_iter().map(|a| a.text);
    let owner = callout.owner.map(|owner| format!("with {}", scene.account_name(owner)));
    let owner = owner.unwrap_or_else(|| "nobody has it".into());
    let says: Vec<String> = std::iter::once(next.text).chain(asked).chain(std::iter::once(owner)).collect();
    HandoverLine {
        head: format!("{} {}", u8::from(callout.priority), name(scene, callout)),
        text: says.join(". "),
        at: next.due.map(instant),
        warn: next.tone == Tone::Danger,
        callout: Some(callout.id.to_string()),
        alarm: None,
    }
}

fn on_scene<'a>(scene: &'a Scene, callout: &'a Callout) -> impl Iterator<Item = HandoverLine> + use<'a> {
    let there: Vec<&Assignment> = callout.assignments.iter().filter(|a| a.is_watched()).collect();
    let alone = there.len() == 1;
    there.into_iter().map(move |a| HandoverLine {
        head: a.call_sign.clone(),
        text: format!("{}{}", if alone { "alone at " } else { "at " }, name(scene, callout)),
        at: a.last_contact_at.map(instant),
        warn: a.is_unsafe() || a.check_call_due.is_some(),
        callout: Some(callout.id.to_string()),
        alarm: None,
    })
}

fn alarm_name(scene: &Scene, alarm: &Alarm) -> String {
    let site = alarm.site.and_then(|id| scene.world().sites.get(&id));
    let place = site.map_or_else(|| format!("account {}", alarm.source.account), |s| s.name.clone());
    format!("{} {} · {place}", u8::from(alarm.priority), alarm.kind.title())
}

fn of_alarm(scene: &Scene, alarm: &Alarm) -> HandoverLine {
    HandoverLine {
        head: alarm_name(scene, alarm),
        text: if alarm.state == AlarmState::New { "not looked at" } else { "looked at" }.into(),
        at: Some(instant(alarm.received_at)),
        warn: true,
        callout: None,
        alarm: Some(alarm.id.to_string()),
    }
}

fn of_shelved(scene: &Scene, alarm: &Alarm) -> HandoverLine {
    let shelved = alarm.shelved.as_ref();
    HandoverLine {
        head: alarm_name(scene, alarm),
        text: shelved.map_or_else(String::new, |s| format!("{}, by {}", s.reason, scene.account_name(s.by))),
        at: shelved.map(|s| instant(s.until)),
        warn: false,
        callout: None,
        alarm: Some(alarm.id.to_string()),
    }
}

fn of_held(scene: &Scene, callout: &Callout) -> HandoverLine {
    HandoverLine {
        head: name(scene, callout),
        text: callout.hold.as_ref().map_or_else(String::new, |h| h.reason.clone()),
        at: callout.hold_ends_at().map(instant),
        warn: false,
        callout: Some(callout.id.to_string()),
        alarm: None,
    }
}

fn of_unread(scene: &Scene, callout: &Callout) -> Option<HandoverLine> {
    let unread: Vec<_> = callout.unread(Reader::Control).collect();
    let first = unread.first()?;
    Some(HandoverLine {
        head: name(scene, callout),
        text: if unread.len() == 1 { "1 message".into() } else { format!("{} messages", unread.len()) },
        at: Some(instant(first.at)),
        warn: false,
        callout: Some(callout.id.to_string()),
        alarm: None,
    })
}

/// A source that should report and does not is itself something to hand over.
fn silent(scene: &Scene) -> Vec<HandoverLine> {
    let world = scene.world();
    let panels = world.panels.values().filter_map(|panel| {
        let since = panel.line_fault_since?;
        let site = panel.site.and_then(|id| world.sites.get(&id)).map_or("", |s| s.name.as_str());
        Some(HandoverLine {
            head: format!("Panel {}", panel.account),
            text: site.to_owned(),
            at: Some(instant(since)),
            ..HandoverLine::default()
        })
    });
    let units = world.units.values().filter(|u| world.officers_of(u.id).next().is_some()).filter_map(|unit| {
        let fix = scene.fixes.get(unit.id).map(|live| live.fix.at);
        let old = fix.is_none_or(|at| scene.now - at > FIX_AGE_MAX);
        old.then(|| HandoverLine {
            head: unit.call_sign.clone(),
            text: if fix.is_some() { "no position since" } else { "no position at all" }.into(),
            at: fix.map(instant),
            ..HandoverLine::default()
        })
    });
    panels.chain(units).collect()
}

/// What people would want to know that happened after they began to read.
fn changed(scene: &Scene, since: i64) -> Vec<HandoverLine> {
    let world = scene.world();
    let mut lines: Vec<(i64, HandoverLine)> = Vec::new();
    for callout in world.callouts.values() {
        for entry in callout.timeline.iter().filter(|e| e.seq > since) {
            let line = HandoverLine {
                head: callout.number.clone(),
                text: entry.text.clone(),
                at: Some(instant(entry.at)),
                warn: callout.is_open() && matches!(callout.state, CalloutState::Unresourced | CalloutState::Aborted),
                callout: Some(callout.id.to_string()),
                alarm: None,
            };
            lines.push((entry.seq, line));
        }
    }
    for alarm in world.alarms.values().filter(|a| a.seq > since) {
        lines.push((alarm.seq, HandoverLine { text: "new alarm".into(), ..of_alarm(scene, alarm) }));
    }
    lines.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    lines.into_iter().take(CHANGED).map(|(_, line)| line).collect()
}

fn earlier(scene: &Scene) -> Vec<SignedHandover> {
    let mut signed: Vec<&Handover> =
        scene.world().handovers.values().map(|h| &**h).filter(|h| h.signed.is_some()).collect();
    signed.sort_by_key(|h| std::cmp::Reverse(h.signed.as_ref().map(|s| s.at)));
    let view = |h: &Handover| {
        let s = h.signed.as_ref()?;
        Some(SignedHandover {
            id: h.id.to_string(),
            at: instant(s.at),
            from: s.from.clone(),
            to: s.to.clone(),
            account: scene.account_name(s.by.account),
            read_at: i32::try_from(s.read_at).unwrap_or(i32::MAX),
            watch_outs: h.watch_outs.clone(),
            text: s.text.clone(),
        })
    };
    signed.into_iter().take(EARLIER).filter_map(view).collect()
}

/// The same as the screen, for paper.
fn text(scene: &Scene, view: &HandoverView) -> String {
    let zone: Tz = scene.world().settings.zone.parse().unwrap_or(chrono_tz::Europe::London);
    let civil = |at: Instant, how: &str| at.with_timezone(&zone).format(how).to_string();
    let mut lines = vec![
        format!("Handover, {}", civil(scene.now, "%A %-d %B %Y, %H:%M %Z")),
        format!("{}, log position {}", scene.world().settings.service_name, view.read_at),
    ];
    if scene.world().settings.demonstration {
        lines.push("DEMONSTRATION, NOT REAL".into());
    }
    for section in &view.sections {
        lines.push(String::new());
        lines.push(section.title.to_uppercase());
        if section.lines.is_empty() {
            lines.push(section.none.clone());
        }
        for line in &section.lines {
            let at = line.at.as_ref().and_then(|at| at.parse::<Instant>().ok());
            let at = at.map_or_else(String::new, |at| format!(" ({})", civil(at, "%-d %b %H:%M")));
            let mark = if line.warn { "! " } else { "- " };
            let text = if line.text.is_empty() { String::new() } else { format!(": {}", line.text) };
            lines.push(format!("{mark}{}{text}{at}", line.head));
        }
    }
    lines.push(String::new());
    lines.push("WATCH-OUTS".into());
    lines.push(if view.watch_outs.trim().is_empty() { "None written.".into() } else { view.watch_outs.clone() });
    lines.join("\n")
}
