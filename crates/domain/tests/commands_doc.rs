//! `docs/commands.md` is true: every kind has an example, the examples run in the order of the page against an empty
//! hub, the roles named beside each are the ones the rules allow, and every refusal code is named.

use chrono::{TimeDelta, TimeZone, Utc};
use domain::command::{Author, Command, CommandBody, Role};
use domain::decide::{Ctx, decide};
use domain::event::{EventBody, Recorded};
use domain::id::{AccountId, CommandId, EventId, OfficerId, derived};
use domain::nearest::NoFixes;
use domain::{Instant, Refusal, World};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What the hub alone sends; the page says so in place of roles.
const HUB_ONLY: &str = "the hub only";
const ROLES: [Role; 8] = [
    Role::Operator,
    Role::Cctv,
    Role::Supervisor,
    Role::Officer,
    Role::Supplier,
    Role::Customer,
    Role::Partner,
    Role::Administrator,
];

/// One block of the page.
struct Example {
    line: usize,
    kind: String,
    target: String,
    role: Role,
    body: String,
}

fn page() -> String {
    std::fs::read_to_string(crate_dir().join("../../docs/commands.md")).expect("docs/commands.md")
}

fn crate_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every ```json block, each with the comment right above it.
fn examples(page: &str) -> Vec<Example> {
    let lines: Vec<&str> = page.lines().collect();
    let mut examples = Vec::new();
    for (start, _) in lines.iter().enumerate().filter(|(_, line)| **line == "```json") {
        let comment = lines[start - 1];
        let parts = comment.strip_prefix("<!-- command: ").and_then(|c| c.strip_suffix(" -->")).and_then(|c| {
            let (kind, rest) = c.split_once(" target: ")?;
            let (target, role) = rest.split_once(" as: ")?;
            Some((kind, target, role))
        });
        let (kind, target, role) = parts.unwrap_or_else(|| panic!("line {}: a block without its comment", start + 1));
        let role = if role == "system" { Some(Role::System) } else { Role::parse(role) };
        let body = lines[start + 1..].iter().take_while(|line| **line != "```").copied().collect::<Vec<_>>().join("\n");
        examples.push(Example {
            line: start + 1,
            kind: kind.into(),
            target: target.into(),
            role: role.unwrap_or_else(|| panic!("line {}: an unknown role", start + 1)),
            body,
        });
    }
    examples
}

/// The text under each `### kind` heading.
fn sections(page: &str) -> BTreeMap<&str, String> {
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    let mut current = None;
    for line in page.lines() {
        match line.strip_prefix("### `").and_then(|l| l.strip_suffix('`')) {
            Some(kind) => {
                current = Some(kind);
                assert!(sections.insert(kind, String::new()).is_none(), "{kind} has two sections");
            }
            None if line.starts_with('#') => current = None,
            None => {}
        }
        if let Some(text) = current.and_then(|kind| sections.get_mut(kind)) {
            text.push_str(line);
            text.push(' ');
        }
    }
    sections
}

/// The roles a section names after **Who:**.
fn who(kind: &str, section: &str) -> BTreeSet<String> {
    let named = section.split_once("**Who:** ").and_then(|(_, rest)| rest.split_once(". **Target:**"));
    let (roles, _) = named.unwrap_or_else(|| panic!("{kind}: no line **Who:** … **Target:** …"));
    roles.split(", ").filter(|role| *role != HUB_ONLY).map(str::to_owned).collect()
}

/// An empty hub in memory: decides, records, and knows what the placeholders stand for.
struct Hub {
    world: World,
    now: Instant,
    start: Instant,
    seq: i64,
    made: u64,
    callout: String,
    alarm: Option<String>,
    /// Log position of the last review.
    reviewed: i64,
}

impl Hub {
    fn new() -> Self {
        let start = Utc.with_ymd_and_hms(2026, 11, 22, 21, 40, 0).unwrap();
        Self {
            world: World::default(),
            now: start,
            start,
            seq: 0,
            made: 0,
            callout: String::new(),
            alarm: None,
            reviewed: 0,
        }
    }

    fn officer() -> OfficerId {
        OfficerId(derived("doc-officer", &[]))
    }

    fn fresh(&mut self) -> uuid::Uuid {
        self.made += 1;
        derived("doc", &[&self.made.to_be_bytes()])
    }

    fn author(role: Role) -> Author {
        let officer = (role == Role::Officer).then(Self::officer);
        if role == Role::Customer {
            // Whoever holds the writing link of the page.
            return Author { account: domain::writing::writer_account(&"5a".repeat(32)), role, officer };
        }
        Author { account: AccountId(derived("doc-account", &[role.name().as_bytes()])), role, officer }
    }

    /// Puts values in the place of placeholders.
    fn filled(&mut self, text: &str) -> String {
        let start = self.start;
        let after = |delta: TimeDelta| (start + delta).to_rfc3339();
        let mut text = text
            .replace("CALLOUT_ID", &self.callout)
            .replace("ALARM_ID", self.alarm.as_deref().unwrap_or("ALARM_ID"))
            .replace("OFFICER_ID", &Self::officer().to_string())
            .replace("CONTACT_ID", &derived("doc-contact", &[]).to_string())
            .replace("HANDOVER_ID", &derived("doc-handover", &[]).to_string())
            .replace("SHA256", &"5a".repeat(32))
            .replace("REVIEW_SEQ", &self.reviewed.to_string())
            .replace("IN_1_HOUR", &after(TimeDelta::hours(1)))
            .replace("IN_7_DAYS", &after(TimeDelta::days(7)));
        while text.contains("UUID") {
            text = text.replacen("UUID", &self.fresh().to_string(), 1);
        }
        text
    }

    fn command(&mut self, example: &Example) -> Command {
        if example.kind == "callout.create" {
            self.callout = self.fresh().to_string();
        }
        let body = self.filled(&example.body);
        let body = serde_json::from_str(&body).unwrap_or_else(|e| panic!("line {}: {e}", example.line));
        Command {
            id: CommandId(self.fresh()),
            at: self.now,
            kind: example.kind.clone(),
            v: 1,
            target: self.filled(&example.target),
            after: vec![],
            on_behalf_of: None,
            sent_at: None,
            age_ms: None,
            body,
        }
    }

    fn decide(&self, role: Role, command: &Command) -> Result<Vec<domain::Event>, Refusal> {
        let ctx = Ctx {
            author: Self::author(role),
            now: self.now,
            at: command.corrected_at(self.now),
            fixes: &NoFixes,
            has_media: &|_| false,
            number: &|world| world.next_number(self.now),
            can_offer: true,
        };
        decide(&self.world, command, &ctx)
    }

    fn record(&mut self, role: Role, command: &Command, events: Vec<domain::Event>) {
        for event in events {
            self.seq += 1;
            if let EventBody::AlarmRaised(raised) = &event.body {
                self.alarm.get_or_insert_with(|| raised.id.to_string());
            }
            if let EventBody::ReportReviewed(_) = &event.body {
                self.reviewed = self.seq;
            }
            self.world.evolve(&Recorded {
                seq: self.seq,
                stream: event.stream,
                version: self.world.version(event.stream) + 1,
                id: EventId(derived("doc-event", &[&self.seq.to_be_bytes()])),
                command_id: command.id,
                at: self.now,
                recorded_at: self.now,
                by: Self::author(role),
                body: event.body,
            });
        }
        self.now += TimeDelta::seconds(10);
    }
}

#[test]
fn every_kind_of_command_has_a_section_and_an_example_of_its_own() {
    let page = page();
    let kinds: BTreeSet<&str> = CommandBody::KINDS.iter().copied().collect();
    let examples = examples(&page);
    let shown: BTreeSet<&str> = examples.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(shown, kinds, "kinds with an example, and kinds there are");
    assert_eq!(sections(&page).into_keys().filter(|k| k.contains('.')).collect::<BTreeSet<_>>(), kinds);
}

#[test]
fn the_examples_run_in_the_order_of_the_page_against_an_empty_hub() {
    let mut hub = Hub::new();
    for example in examples(&page()) {
        let command = hub.command(&example);
        let events = hub
            .decide(example.role, &command)
            .unwrap_or_else(|refusal| panic!("line {}: {} is refused: {refusal}", example.line, example.kind));
        assert!(!events.is_empty(), "line {}: {} changes nothing", example.line, example.kind);
        hub.record(example.role, &command, events);
    }
    let states: BTreeSet<_> = hub.world.callouts.values().map(|c| format!("{:?}", c.state)).collect();
    // The one that was opened again waits for a person to offer it.
    assert_eq!(states, BTreeSet::from(["Closed".into(), "StoodDown".into(), "Triaged".into()]));
}

#[test]
fn the_roles_named_beside_each_kind_are_the_ones_that_may_send_it() {
    let page = page();
    let sections = sections(&page);
    let mut hub = Hub::new();
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for example in examples(&page) {
        let command = hub.command(&example);
        let not_allowed = |role| hub.decide(role, &command).is_err_and(|refusal| refusal.code == "not_allowed");
        let may: BTreeSet<String> =
            ROLES.into_iter().filter(|role| !not_allowed(*role)).map(|role| role.name().to_owned()).collect();
        // An example may name a target that is not everybody's, such as another officer's shift; all together do not.
        all.entry(example.kind.clone()).or_default().extend(may.iter().cloned());
        assert_eq!(example.role == Role::System, may.is_empty(), "{} is the hub's own", example.kind);
        let events = hub.decide(example.role, &command).unwrap_or_default();
        hub.record(example.role, &command, events);
    }
    for (kind, may) in all {
        assert_eq!(who(&kind, &sections[kind.as_str()]), may, "who may send {kind}");
    }
}

#[test]
fn every_refusal_code_of_the_rules_is_named_on_the_page() {
    let page = page();
    let mut codes = BTreeSet::new();
    collect_codes(&crate_dir().join("src"), &mut codes);
    assert!(codes.len() > 40, "the codes were not found");
    let unnamed: Vec<&String> = codes.iter().filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(unnamed.is_empty(), "docs/commands.md does not name {unnamed:?}");
}

/// The first argument of each `Refusal::new`, where it is a literal.
fn collect_codes(dir: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(dir).expect("the sources").map(|e| e.expect("a readable entry").path()) {
        if entry.is_dir() {
            collect_codes(&entry, codes);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&entry).expect("a source");
            let found = text.split("Refusal::new(").chain(text.split("Self::new(")).skip(1);
            let literal = found.filter_map(|after| after.trim_start().strip_prefix('"')?.split('"').next());
            codes.extend(literal.filter(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')).map(str::to_owned));
        }
    }
}
