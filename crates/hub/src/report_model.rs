//! From the record of a call-out to the words of its report.
//!
//! The report depends on nothing but the call-out's events and the pictures: made twice from the same log position it
//! is the same file.

use crate::state::Hub;
use crate::words::Civil;
use chrono::TimeDelta;
use domain::World;
use domain::alarm::Alarm;
use domain::callout::facts::{secure_words, spell};
use domain::callout::findings::{FoundKind, what_words};
use domain::callout::recorded::Line;
use domain::callout::steps::{StepState, steps};
use domain::callout::{Answer, Assignment, Callout, Given};
use domain::command::{Author, DraDecision, FindingResult, InspectionSection, Risk, Role};
use domain::documents::Item;
use protocol::found::{FoundView, SitePlanView};
use report::{
    Assessment, Attendance, Checklist, ChecklistItem, EarlierAnswer, Escalation, Finding, ForcedEntry, Hazard,
    LabelValue, LiaisonEntry, LogRange, MissingPicture, Note, Picture, Pin, Place, Plan, Report, Review, Securing,
    Service, Side, Signature, Step, TimeRow, Version,
};
use store::StoredEvent;

struct Maker<'a> {
    world: &'a World,
    callout: &'a Callout,
    alarm: Option<&'a Alarm>,
    civil: Civil,
    version: Version,
}

/// The report as the record stands, for whom.
pub fn made_for(
    hub: &Hub,
    callout: &Callout,
    alarm: Option<&Alarm>,
    events: &[StoredEvent],
    version: Version,
) -> Report {
    let mut report = of(hub, callout, alarm, events, version);
    if version == Version::Customer {
        crate::report_redact::for_customer(&mut report, callout);
    }
    report
}

/// `alarm` is the call-out's, open or closed.
fn of(hub: &Hub, callout: &Callout, alarm: Option<&Alarm>, events: &[StoredEvent], version: Version) -> Report {
    let world = hub.world();
    let m = Maker { world: &world, callout, alarm, civil: Civil::new(&world.settings.zone), version };
    let last = events.last();
    let made_at = last.map_or(callout.created_at, |e| e.recorded_at);
    let site = callout.site.and_then(|id| world.sites.get(&id));
    let (pictures, missing_pictures) = m.pictures(hub);
    // What is written after the approval is added to the report, never into it.
    let approved = callout.reviews.last().filter(|r| r.what.approve).map(|r| r.seq);
    Report {
        service: m.service(),
        title: callout.title.clone(),
        priority: format!("P{}, {}", u8::from(callout.priority), callout.priority.word().to_lowercase()),
        site: site.map_or_else(String::new, |s| s.name.clone()),
        address: match site {
            Some(site) if callout.address.is_empty() => site.address.clone(),
            _ => callout.address.clone(),
        },
        place: Place {
            lat_lon: format!("{:.5}, {:.5}", callout.point.lat, callout.point.lon),
            grid_reference: crate::words::grid_reference(callout.point).unwrap_or_default(),
            what3words: site.and_then(|s| s.words_at(callout.point)).map(str::to_owned),
            given: callout.place.clone(),
        },
        date: m.civil.date(callout.signal_at),
        source: m.source(),
        outcome: m.outcome(),
        version: Version::Full,
        draft: !callout.is_over(),
        log: LogRange {
            from: events.first().map_or(0, |e| e.seq),
            to: last.map_or(0, |e| e.seq),
            chain_head: last.map_or_else(String::new, |e| crate::media::hex(&e.chain)[..16].to_owned()),
        },
        made_at_text: m.civil.full(made_at),
        times: m.times(),
        targets: crate::report_targets::of(callout, events),
        attendance: m.attendance(),
        steps: m.steps(),
        narrative: callout.report.as_ref().map_or_else(String::new, |r| r.what.narrative.clone()),
        checklists: m.checklist().into_iter().chain(m.questions()).collect(),
        assessments: m.assessments(),
        conclusions: m.conclusions(),
        follow_ups: m.follow_ups(),
        exhibits: m.exhibits(),
        findings: m.findings(),
        plans: m.plans(hub),
        forced_entry: m.forced_entry(),
        securing: m.securing(),
        liaison: m.liaison(),
        escalations: m.escalations(),
        notes: m.notes(|seq| approved.is_none_or(|end| seq < end)),
        addenda: m.notes(|seq| approved.is_some_and(|end| seq > end)),
        pictures,
        missing_pictures,
        signature: callout.report.as_ref().map(|r| Signature {
            name: r.what.signature.name.clone(),
            when: m.civil.full(r.at),
            strokes: r.what.signature.strokes.clone(),
        }),
        review: callout.reviews.last().map(|r| Review {
            by: m.name(&r.by),
            when: m.civil.full(r.at),
            outcome: if r.what.approve { "Approved".into() } else { "Returned".into() },
            comments: r.what.comments.clone(),
        }),
        ..Report::new(callout.number.clone(), made_at)
    }
}

impl Maker<'_> {
    fn service(&self) -> Service {
        let settings = &self.world.settings;
        let contact = [&settings.contact.telephone, &settings.contact.email, &settings.contact.web];
        let contact: Vec<&str> = contact.into_iter().filter(|c| !c.is_empty()).map(String::as_str).collect();
        Service {
            name: settings.service_name.clone(),
            council: settings.council.clone(),
            contact: contact.join(" · "),
            demonstration: settings.demonstration,
        }
    }

    fn notes(&self, wanted: impl Fn(i64) -> bool) -> Vec<Note> {
        let row = |n: &Given<domain::command::NoteAdd>| Note {
            when: self.civil.exact(n.at),
            by: self.by(&n.by),
            text: n.what.text.clone(),
        };
        self.callout.notes.iter().filter(|n| wanted(n.seq)).map(row).collect()
    }

    fn by(&self, author: &Author) -> String {
        match (author.role, author.officer) {
            (Role::Officer, Some(officer)) => self
                .callout
                .assignments
                .iter()
                .rev()
                .find(|a| a.officer == officer)
                .map_or_else(|| "officer".into(), |a| a.call_sign.clone()),
            (Role::System, _) => "the system".into(),
            _ => "control room".into(),
        }
    }

    /// Who answers for it by name.
    fn name(&self, author: &Author) -> String {
        let account = self.world.accounts.get(&author.account).map_or("", |a| a.name.as_str());
        if account.is_empty() { self.by(author) } else { format!("{account}, {}", author.role.name()) }
    }

    fn source(&self) -> String {
        match self.alarm {
            Some(alarm) => {
                let zone = alarm.source.zone.as_ref().map_or_else(String::new, |z| format!(" zone {z}"));
                format!(
                    "{}: {} {}{zone}, account {}",
                    alarm.text, alarm.source.protocol, alarm.source.code, alarm.source.account
                )
            }
            None if self.callout.text.is_empty() => "The control room".into(),
            None => self.callout.text.clone(),
        }
    }

    fn outcome(&self) -> String {
        let callout = self.callout;
        match &callout.stood_down {
            Some(stamp) => format!("Stood down: {}", stamp.reason),
            None => callout.outcome().unwrap_or_else(|| "Not finished".into()),
        }
    }

    fn times(&self) -> Vec<TimeRow> {
        let signal = self.callout.signal_at;
        self.callout
            .timeline
            .iter()
            .filter(|e| e.step.is_some() || e.share)
            .map(|e| {
                let late = (e.recorded_at - e.at).num_seconds() > 60;
                let detail = match late {
                    true => format!("{}; known {}", e.who, self.civil.exact(e.recorded_at)),
                    false => e.who.clone(),
                };
                TimeRow {
                    label: e.text.clone(),
                    at: self.civil.exact(e.at),
                    elapsed_s: Some((e.at - signal).num_seconds()),
                    detail,
                    seq: Some(e.seq),
                }
            })
            .collect()
    }

    fn attendance(&self) -> Vec<Attendance> {
        let clock = |t: Option<domain::Instant>| t.map_or_else(String::new, |t| self.civil.exact(t));
        let came = |a: &&Assignment| a.accepted_at.is_some();
        let row = |a: &Assignment| Attendance {
            call_sign: a.call_sign.clone(),
            officer: self.world.officers.get(&a.officer).map_or_else(String::new, |o| o.name.clone()),
            role: if Some(a.id) == self.callout.lead { report::Role::Lead } else { report::Role::Support },
            accepted: clock(a.accepted_at),
            arrived: clock(a.arrived.as_ref().map(|x| x.confirmed_at.unwrap_or(x.at))),
            clear: clock(a.left_at),
            rams: self.rams(a),
        };
        self.callout.assignments.iter().filter(came).map(row).collect()
    }

    /// Which version the officer signed, when, and for how long it was open on the phone.
    fn rams(&self, a: &Assignment) -> String {
        let Some(signed) = &a.rams else {
            return if self.callout.rams.is_some() { "RAMS not signed".into() } else { String::new() };
        };
        let how = match (signed.again, signed.opened_ms) {
            (Some(before), _) => format!("unchanged since signed on {}, confirmed", self.civil.date(before)),
            (None, _) => "read and signed".into(),
        };
        let open = match signed.opened_ms.and_then(|ms| i64::try_from(ms).ok()).and_then(TimeDelta::try_milliseconds) {
            Some(open) => format!(", open for {}", spell(open)),
            None => String::new(),
        };
        format!("RAMS version {} {how} {}{open}", signed.version, self.civil.exact(signed.at))
    }

    fn steps(&self) -> Vec<Step> {
        steps(self.callout)
            .into_iter()
            .map(|s| Step {
                n: s.n,
                title: s.title,
                state: match s.state {
                    StepState::Done => report::StepState::Done,
                    StepState::Skipped => report::StepState::Skipped,
                    StepState::Pending | StepState::Current => report::StepState::Pending,
                },
                when: s.at.map_or_else(String::new, |t| self.civil.exact(t)),
                detail: s.detail,
            })
            .collect()
    }

    fn checklist(&self) -> Option<Checklist> {
        let checklist = self.callout.checklist.as_ref()?;
        let items = self.callout.visible_items().map(|item| {
            let answers = self.callout.answers.get(&item.id).map_or(&[][..], Vec::as_slice);
            let (last, earlier) = answers.split_last().map_or((None, &[][..]), |(l, e)| (Some(l), e));
            ChecklistItem {
                id: item.id.clone(),
                heading: !item.asks(),
                place: item.place(),
                question: item.text.clone(),
                answer: last.map_or_else(String::new, |a| item.words(&a.what)),
                when: last.map_or_else(String::new, |a| self.civil.exact(a.at)),
                by: last.map_or_else(String::new, |a| self.by(&a.by)),
                note: last.map_or_else(String::new, |a| a.what.note.clone()),
                pictures: last.map_or_else(Vec::new, |a| a.what.pictures.clone()),
                corrected: earlier.iter().map(|a| self.earlier(item, a)).collect(),
            }
        });
        Some(Checklist {
            title: checklist.title.clone(),
            version: checklist.version.to_string(),
            items: items.collect(),
        })
    }

    /// What the procedure asked, with every answer.
    fn questions(&self) -> Option<Checklist> {
        let procedure = self.callout.known_procedure().ok()?;
        let items = self.callout.asked().filter_map(|(_, ask, answers)| {
            let (last, earlier) = answers.split_last()?;
            Some(ChecklistItem {
                question: ask.text.clone(),
                answer: ask.words(&last.what.choices),
                when: self.civil.exact(last.at),
                by: self.by(&last.by),
                note: last.what.note.clone(),
                pictures: last.what.pictures.clone(),
                corrected: earlier
                    .iter()
                    .map(|a| EarlierAnswer {
                        answer: ask.words(&a.what.choices),
                        when: self.civil.exact(a.at),
                        by: self.by(&a.by),
                    })
                    .collect(),
                ..ChecklistItem::default()
            })
        });
        let items: Vec<ChecklistItem> = items.collect();
        (!items.is_empty()).then(|| Checklist {
            title: procedure.title.clone(),
            version: procedure.version.to_string(),
            items,
        })
    }

    fn earlier(&self, item: &Item, a: &Answer) -> EarlierAnswer {
        EarlierAnswer { answer: item.words(&a.what), when: self.civil.exact(a.at), by: self.by(&a.by) }
    }

    fn assessments(&self) -> Vec<Assessment> {
        let mut made: Vec<&Given<_>> = self.callout.assignments.iter().flat_map(|a| &a.assessments).collect();
        made.sort_by_key(|a| (a.at, a.seq));
        made.into_iter()
            .zip(1..)
            .map(|(dra, version)| Assessment {
                version,
                when: self.civil.exact(dra.at),
                by: self.by(&dra.by),
                decision: match dra.what.decision {
                    DraDecision::Proceed => "safe to go on",
                    DraDecision::ProceedWithControls => "go on with controls",
                    DraDecision::ExternalOnly => "outside only",
                    DraDecision::Wait => "wait",
                    DraDecision::Withdraw => "withdraw and call for back-up",
                }
                .into(),
                hazards: self.hazards(&dra.what),
                seen: capital(&dra.what.seen().join(", ")),
                note: dra.what.note.clone(),
            })
            .collect()
    }

    fn hazards(&self, dra: &domain::command::DraRecord) -> Vec<Hazard> {
        let row = |name: String, risk: Risk| Hazard {
            hazard: name,
            likelihood: risk.likelihood,
            severity: risk.severity,
            score: risk.score(),
            band: band(risk).into(),
            controls: dra.controls.join(", ").replace('_', " "),
            residual: format!("{}, {}", dra.residual.score(), band(dra.residual)),
        };
        match dra.hazards.is_empty() {
            true => vec![row("none named".into(), dra.residual)],
            false => dra.hazards.iter().map(|h| row(h.kind.replace('_', " "), h.risk)).collect(),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut rows = Vec::new();
        let found = self.callout.found();
        let mut numbers = found.iter().filter(|f| matches!(f.kind, FoundKind::Issue(..))).map(|f| f.n);
        for (section, inspection) in &self.callout.inspections {
            let side = match section {
                InspectionSection::Outside => Side::Outside,
                InspectionSection::Inside => Side::Inside,
            };
            if let Some(why) = &inspection.not_entered {
                let (what, result) = ("Inside".into(), "not entered".into());
                rows.push(Finding { side, what, result, note: why.clone(), ..Finding::default() });
            }
            rows.extend(inspection.findings.iter().map(|f| {
                let (result, n) = match f.result {
                    FindingResult::Ok => ("OK", None),
                    FindingResult::Issue => ("issue", numbers.next()),
                    FindingResult::NotChecked => ("not checked", None),
                };
                Finding {
                    n,
                    side,
                    what: what_words(&f.what, f.place.as_ref()),
                    place: f.place.as_ref().map_or_else(String::new, |p| p.words()),
                    result: result.into(),
                    severity: f.severity.map_or_else(String::new, |s| s.word().into()),
                    note: f.note.clone(),
                    pictures: f.pictures.clone(),
                }
            }));
        }
        rows
    }

    /// The site's drawings that something was found on, as they were when the pins were set.
    fn plans(&self, hub: &Hub) -> Vec<Plan> {
        let site = self.callout.site.and_then(|id| self.world.sites.get(&id));
        let found = protocol::found::found(self.callout);
        let plans = protocol::found::plans_of(self.callout, site.map(|s| s.as_ref()));
        let drawn = |plan: SitePlanView| {
            let on_it = found.iter().filter(|f| f.plan.as_deref() == Some(&plan.sha256));
            let pins: Vec<Pin> = on_it.filter_map(|f| Some(pin(f, f.x?, f.y?))).collect();
            if pins.is_empty() {
                return None;
            }
            let bytes = hub.media.read(&plan.sha256).map(|(bytes, _)| bytes).unwrap_or_default();
            Some(Plan { name: plan.name, bytes, sha256: plan.sha256, pins })
        };
        plans.into_iter().filter_map(drawn).collect()
    }

    fn forced_entry(&self) -> Option<ForcedEntry> {
        let record = &self.callout.forced_entry.as_ref()?.what;
        let lines = record.lines(&self.callout.found(), |at| self.civil.exact(at));
        Some(ForcedEntry { verdict: record.verdict.words().into(), rows: self.rows(lines) })
    }

    fn securing(&self) -> Option<Securing> {
        let secured = &self.callout.secured.as_ref()?.what;
        let lines = secured.lines().into_iter().skip(1).collect();
        Some(Securing { final_status: secure_words(secured.status).into(), rows: self.rows(lines) })
    }

    fn rows(&self, lines: Vec<Line>) -> Vec<LabelValue> {
        let shown = lines.into_iter().filter(|line| self.version == Version::Full || !line.inside);
        shown.map(|line| LabelValue { label: capital(&line.label), value: line.says }).collect()
    }

    fn follow_ups(&self) -> Vec<report::FollowUp> {
        let submitted = self.callout.report.iter().flat_map(|r| &r.what.follow_ups);
        let row = |f: &domain::command::FollowUp| report::FollowUp {
            what: f.what.clone(),
            owner: f.owner.clone(),
            due: f.due.map_or_else(String::new, |at| self.civil.date(at)),
        };
        submitted.map(row).collect()
    }

    fn exhibits(&self) -> Vec<report::Exhibit> {
        let submitted = self.callout.report.iter().flat_map(|r| &r.what.exhibits);
        let row = |e: &domain::command::Exhibit| report::Exhibit {
            reference: e.reference.clone(),
            what: e.what.clone(),
            held: e.held.clone(),
        };
        submitted.map(row).collect()
    }

    /// What the officer said beside the account. Injuries and people at risk are never the customer's.
    fn conclusions(&self) -> Vec<LabelValue> {
        let Some(report) = &self.callout.report else { return vec![] };
        // A supervisor who knows better than the officer says so when the report is reviewed.
        let reviewed = self.callout.reviews.last().and_then(|r| r.what.cause.as_deref());
        let cause = reviewed.map_or_else(|| report.what.cause_words(), domain::urn::cause_word);
        let rows = [
            ("Cause", cause.to_owned(), true),
            ("Injury or near miss", report.what.injury_words(), false),
            ("Safeguarding", report.what.safeguarding.clone(), false),
        ];
        rows.into_iter()
            .filter(|(_, value, shared)| !value.is_empty() && (*shared || self.version == Version::Full))
            .map(|(label, value, _)| LabelValue { label: label.into(), value })
            .collect()
    }

    /// What was agreed with whoever comes: "expected 22:40, agreed by J. Marsh, up to £400".
    fn agreed(&self, liaison: &domain::command::LiaisonRecord) -> String {
        let due = liaison.due_at.map(|at| format!("expected {}", self.civil.exact(at)));
        let by = Some(&liaison.authorised_by).filter(|by| !by.is_empty()).map(|by| format!("agreed by {by}"));
        let cap = liaison.cost_cap.map(|cap| format!("up to £{cap}"));
        [due, by, cap].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn liaison(&self) -> Vec<LiaisonEntry> {
        let row = |l: &Given<domain::command::LiaisonRecord>| LiaisonEntry {
            when: self.civil.exact(l.at),
            whom: l.what.whom.replace('_', "-"),
            channel: l.what.channel.replace('_', " "),
            direction: String::new(),
            summary: [l.what.outcome.replace('_', " "), self.agreed(&l.what), l.what.summary.clone()]
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect::<Vec<_>>()
                .join(": "),
            reference: l.what.reference.clone(),
        };
        let tried = |t: &Given<domain::command::ContactTried>| LiaisonEntry {
            when: self.civil.exact(t.at),
            whom: "contact".into(),
            channel: "telephone".into(),
            direction: String::new(),
            summary: [crate::views::word(t.what.outcome).replace('_', " "), t.what.note.clone()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(": "),
            reference: String::new(),
        };
        let spoken = self.callout.liaison.iter().map(|l| (l.at, row(l)));
        let rung = self.callout.contacts_tried.iter().map(|t| (t.at, tried(t)));
        let mut all: Vec<_> = spoken.chain(rung).collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, entry)| entry).collect()
    }

    fn escalations(&self) -> Vec<Escalation> {
        let row = |e: &domain::callout::Escalation| Escalation {
            when: self.civil.exact(e.raised.at),
            by: self.by(&e.raised.by),
            level: match (e.raised.what.emergency, e.raised.what.level) {
                (true, _) => "Emergency button".into(),
                (false, 1) => "Level 1, assist".into(),
                (false, 2) => "Level 2, urgent".into(),
                (false, n) => format!("Level {n}, emergency"),
            },
            reason: e.raised.what.reason.clone(),
            outcome: e.stood_down.as_ref().map_or_else(|| "stands".into(), |s| format!("stood down: {}", s.reason)),
        };
        self.callout.escalations.iter().map(row).collect()
    }

    fn pictures(&self, hub: &Hub) -> (Vec<Picture>, Vec<MissingPicture>) {
        let mut named: Vec<_> = self.callout.media.iter().collect();
        named.sort_by_key(|(sha256, m)| (m.taken_at, sha256.to_string()));
        let (mut here, mut missing) = (Vec::new(), Vec::new());
        for (sha256, media) in named {
            let (taken_at, by) = (self.civil.exact(media.taken_at), self.by(&media.by));
            match hub.media.read(sha256) {
                Ok((bytes, _)) => here.push(Picture {
                    id: sha256.clone(),
                    bytes,
                    caption: media.caption.clone(),
                    taken_at,
                    by,
                    sha256: sha256.clone(),
                    alt: format!("Photograph: {}", media.caption),
                }),
                Err(_) => missing.push(MissingPicture {
                    id: sha256.clone(),
                    caption: media.caption.clone(),
                    taken_at,
                    by,
                    sha256: sha256.clone(),
                }),
            }
        }
        (here, missing)
    }
}

fn pin(found: &FoundView, x: f64, y: f64) -> Pin {
    let place = if found.place.is_empty() { String::new() } else { format!(", {}", found.place.to_lowercase()) };
    Pin { n: found.n, x, y, what: format!("{}{place}", found.what) }
}

/// A label begins a line; a number before it stays.
fn capital(text: &str) -> String {
    let at = text.find(char::is_alphabetic).unwrap_or(0);
    let (head, rest) = text.split_at(at);
    let mut letters = rest.chars();
    letters.next().map_or_else(String::new, |first| format!("{head}{}{}", first.to_uppercase(), letters.as_str()))
}

fn band(risk: Risk) -> &'static str {
    match risk.score() {
        0..=4 => "low",
        5..=9 => "medium",
        10..=15 => "high",
        _ => "extreme",
    }
}
