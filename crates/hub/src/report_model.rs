//! From the record of a call-out to the words of its report.
//!
//! The report depends on nothing but the call-out's events and the pictures: made twice from the same log position it
//! is the same file.

use crate::state::Hub;
use crate::words::Civil;
use domain::World;
use domain::alarm::Alarm;
use domain::callout::facts::{secure_words, spell};
use domain::callout::steps::{StepState, steps};
use domain::callout::{Answer, Assignment, Callout, Given};
use domain::command::{Author, DraDecision, EntryVerdict, FindingResult, InspectionSection, OpeningResult, Risk, Role};
use domain::documents::Item;
use report::{
    Assessment, Attendance, Checklist, ChecklistItem, EarlierAnswer, Escalation, Finding, ForcedEntry, Hazard,
    LabelValue, LiaisonEntry, LogRange, MissingPicture, Note, Picture, Place, Report, Review, Securing, Service, Side,
    Signature, Step, TargetRow, TimeRow, Version,
};
use store::StoredEvent;

struct Maker<'a> {
    world: &'a World,
    callout: &'a Callout,
    alarm: Option<&'a Alarm>,
    civil: Civil,
}

/// The report as the record stands, for whom.
pub fn made_for(
    hub: &Hub,
    callout: &Callout,
    alarm: Option<&Alarm>,
    events: &[StoredEvent],
    version: Version,
) -> Report {
    let mut report = of(hub, callout, alarm, events);
    if version == Version::Customer {
        crate::report_redact::for_customer(&mut report, callout);
    }
    report
}

/// `alarm` is the call-out's, open or closed.
fn of(hub: &Hub, callout: &Callout, alarm: Option<&Alarm>, events: &[StoredEvent]) -> Report {
    let world = hub.world();
    let m = Maker { world: &world, callout, alarm, civil: Civil::new(&world.settings.zone) };
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
        targets: m.targets(),
        attendance: m.attendance(),
        steps: m.steps(),
        narrative: callout.report.as_ref().map_or_else(String::new, |r| r.what.narrative.clone()),
        checklists: m.checklist().into_iter().chain(m.questions()).collect(),
        assessments: m.assessments(),
        findings: m.findings(),
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

    fn targets(&self) -> Vec<TargetRow> {
        let target = self.callout.times().arrive(self.callout.priority);
        let lead = self.callout.lead();
        let took = lead.and_then(|a| Some(a.arrived.as_ref()?.confirmed_at? - a.accepted_at?));
        vec![TargetRow {
            label: "On scene after acceptance".into(),
            target: format!("within {} min", target.num_minutes()),
            actual: took.map_or_else(String::new, spell),
            result: match took {
                Some(took) if took <= target => "met",
                Some(_) => "missed",
                None => "not measured",
            }
            .into(),
            note: String::new(),
        }]
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
        };
        self.callout.assignments.iter().filter(came).map(row).collect()
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
                Finding {
                    side,
                    what: f.what.replace('_', " "),
                    result: match f.result {
                        FindingResult::Ok => "OK",
                        FindingResult::Issue => "issue",
                        FindingResult::NotChecked => "not checked",
                    }
                    .into(),
                    severity: String::new(),
                    note: f.note.clone(),
                    pictures: f.pictures.clone(),
                }
            }));
        }
        rows
    }

    fn forced_entry(&self) -> Option<ForcedEntry> {
        let record = &self.callout.forced_entry.as_ref()?.what;
        let row = |label: &str, value: String| LabelValue { label: label.into(), value };
        let mut rows: Vec<LabelValue> = record
            .openings
            .iter()
            .map(|o| {
                let result = match o.result {
                    OpeningResult::Intact => "intact",
                    OpeningResult::Attempted => "attempted",
                    OpeningResult::Forced => "forced",
                    OpeningResult::NotChecked => "not checked",
                };
                let note = if o.note.is_empty() { String::new() } else { format!(": {}", o.note) };
                row(&o.what, format!("{result}{note}"))
            })
            .collect();
        if let Some(police) = &record.police {
            let value = match (police.informed, police.reference.is_empty()) {
                (true, true) => "informed".into(),
                (true, false) => format!("informed, reference {}", police.reference),
                (false, _) => format!("not informed: {}", police.reason),
            };
            rows.push(row("Police", value));
        }
        if let Some(preserved) = record.scene_preserved {
            rows.push(row("Scene preserved", if preserved { "yes" } else { "no" }.into()));
        }
        if !record.note.is_empty() {
            rows.push(row("Note", record.note.clone()));
        }
        let verdict = match record.verdict {
            EntryVerdict::None => "No sign of forced entry",
            EntryVerdict::Attempted => "Entry was attempted",
            EntryVerdict::Entry => "Somebody got in",
            EntryVerdict::CannotTell => "Cannot tell",
        };
        Some(ForcedEntry { verdict: verdict.into(), rows })
    }

    fn securing(&self) -> Option<Securing> {
        let secured = &self.callout.secured.as_ref()?.what;
        let rows = [
            ("Alarm on leaving", secured.alarm.replace('_', " ")),
            ("Reset by", secured.reset_by.clone().unwrap_or_default()),
            ("Interim cover", secured.cover.clone()),
            ("Told", secured.told.clone()),
            ("Keys", secured.keys.clone()),
        ];
        Some(Securing {
            final_status: secure_words(secured.status).into(),
            rows: rows
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(label, value)| LabelValue { label: label.into(), value })
                .collect(),
        })
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

fn band(risk: Risk) -> &'static str {
    match risk.score() {
        0..=4 => "low",
        5..=9 => "medium",
        10..=15 => "high",
        _ => "extreme",
    }
}
