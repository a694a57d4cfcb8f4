//! Acting: decided here by the domain's rules, on disk before anybody is told it is done.

use crate::overlay::decide_here;
use crate::state::Core;
use crate::{Desk, Inner};
use domain::command::Command;
use domain::id::{CommandId, OfficerId, Stream};
use domain::{Event, EventBody, Refusal, World};
use protocol::view::{Act, Acted, RefusalView};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::desk::OutboxWrite;
use sync::{Change, LinkState, Pending};
use uuid::Uuid;

impl Desk {
    /// Does something, or says why not. What the hub thinks of it comes later.
    pub async fn act(&self, act: Act) -> Acted {
        let inner = self.inner.clone();
        // A task of its own: a caller that goes away must not leave disk and memory in two minds.
        let acting = tokio::spawn(async move { inner.act(act).await });
        acting.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an action broke off");
            refused(String::new(), &Refusal::new("desk_fault", "This desk made a mistake; nothing was done."))
        })
    }
}

impl Inner {
    async fn act(self: Arc<Self>, act: Act) -> Acted {
        let id = CommandId(Uuid::now_v7());
        let on_behalf_of = match act.on_behalf_of.as_deref().filter(|o| !o.is_empty()) {
            None => None,
            Some(officer) => match self.shown().world.officer(officer) {
                Some(officer) => Some(officer.id),
                None => match Uuid::try_parse(officer) {
                    Ok(id) => Some(OfficerId(id)),
                    Err(_) => return refused(id.to_string(), &Refusal::not_found("officer", officer)),
                },
            },
        };
        let command = Command {
            id,
            at: self.now(),
            kind: act.kind,
            v: 1,
            // What does not exist yet gets its name here, where the person acted.
            target: if act.target.is_empty() { Uuid::now_v7().to_string() } else { act.target },
            after: vec![],
            on_behalf_of,
            sent_at: None,
            age_ms: None,
            body: act.body,
        };
        let mut core = self.core.lock().await;
        if names_callout(&command.kind) && core.overlay.world.callout(&command.target).is_none() {
            // A note on a call-out that was closed long ago.
            match core.recall(&self.store, &command.target).await {
                Ok(true) => core.rebuild(&self.fixes()),
                Ok(false) => {}
                Err(error) => return refused(id.to_string(), &store_refusal(&error)),
            }
        }
        match self.commit(&mut core, command, None).await {
            Ok(acted) => acted,
            Err(refusal) => refused(id.to_string(), &refusal),
        }
    }

    /// Decides, writes, shows. `replacing` are changes that belong into the same transaction: a redo.
    pub(crate) async fn commit(
        &self,
        core: &mut Core,
        command: Command,
        replacing: Option<Replacing<'_>>,
    ) -> Result<Acted, Refusal> {
        let mut command = knowing(core, command);
        let decided = self.decide(core, &command)?;
        if let (Some(number), Some(body)) = (&decided.number, command.body.as_object_mut()) {
            // Said on the radio while the hub was away, it must find the call-out afterwards too.
            body.insert("provisional".into(), number.as_str().into());
        }
        let made = made(&core.overlay.world, &decided.events);
        let acted = Acted { command: command.id.to_string(), made, refusal: None };
        if decided.events.is_empty()
            && matches!(command.kind.as_str(), "alarm.view" | "message.read")
            && replacing.is_none()
        {
            // Looking again is nothing new to anybody.
            return Ok(acted);
        }
        let pos = core.outbox.next_pos();
        let pending = Pending::new(pos, Command { after: decided.after, ..command }, decided.streams, decided.number);
        let (id, shown) = (pending.id(), pending.command.clone());
        let next = pending.number.is_some().then_some(core.provisional_next + 1);
        let mut write = OutboxWrite { provisional_next: next, ..OutboxWrite::default() };
        let rebuilds = replacing.is_some();
        let changes = match replacing {
            None => vec![Change::put(pending)],
            Some(Replacing { make, settled }) => {
                write.settled = settled;
                make(core, pending)
            }
        };
        let now = self.now();
        core.change(&self.store, &changes, write, now).await.map_err(|error| {
            tracing::error!(%error, "an action cannot be written");
            self.set_store_problem(Some(format!("This desk cannot write its own records: {error}.")));
            store_refusal(&error)
        })?;
        self.set_store_problem(None);
        core.made.insert(id, self.steady());
        if rebuilds {
            core.rebuild(&self.fixes());
        } else {
            let me = core.me.clone();
            core.overlay.add(&decided.events, &shown, &me);
        }
        self.show(core);
        self.send.notify_one();
        Ok(acted)
    }

    fn decide(&self, core: &Core, command: &Command) -> Result<Decided, Refusal> {
        let fixes = self.fixes();
        let reachable = self.link_state() != LinkState::Offline;
        let number = format!("D{}-{:04}", self.config.desk_number, core.provisional_next);
        let shown = &core.overlay.world;
        let events = decide_here(shown, command, &core.me, &*fixes, &number, reachable)?;
        let mut streams: BTreeSet<Stream> = events.iter().map(|e| e.stream).collect();
        streams.extend(target_stream(shown, command));
        let opens = events.iter().any(|e| matches!(e.body, EventBody::CalloutCreated(_)));
        // It builds on what is pending there only if without it the answer would be another.
        let alone = decide_here(&core.replica.world, command, &core.me, &*fixes, &number, reachable);
        let after = if alone.as_ref() == Ok(&events) { vec![] } else { core.outbox.touching(&streams) };
        Ok(Decided { events, streams, after, number: opens.then_some(number) })
    }
}

/// From the new pending command to every change of the outbox that goes with it.
type Make<'a> = dyn FnOnce(&Core, Pending) -> Vec<Change> + Send + 'a;

/// What else a transaction does.
pub(crate) struct Replacing<'a> {
    pub make: Box<Make<'a>>,
    pub settled: Vec<store::desk::SettledRow>,
}

struct Decided {
    events: Vec<Event>,
    streams: BTreeSet<Stream>,
    after: Vec<CommandId>,
    /// The provisional number it uses up, when it opens a call-out.
    number: Option<String>,
}

/// What ends something says up to where this desk knew the log: news that it did not know makes it a question.
fn knowing(core: &Core, mut command: Command) -> Command {
    if matches!(command.kind.as_str(), "escalation.stand_down" | "callout.stand_down")
        && let Some(body) = command.body.as_object_mut()
    {
        body.insert("seen".into(), core.replica.head.into());
    }
    command
}

/// The aggregate a command names, whether or not it changes it.
fn target_stream(world: &World, command: &Command) -> Option<Stream> {
    use domain::id::AggregateKind as K;
    let target = command.target.as_str();
    let family = command.kind.split('.').next().unwrap_or_default();
    match family {
        "alarm" => world.alarm(target).map(|a| Stream::new(K::Alarm, a.id)),
        "panel" => world.panel(target).map(|p| Stream::new(K::Panel, p.id)),
        "call" => world.call(target).map(|c| Stream::new(K::Call, c.id)),
        "handover" => uuid::Uuid::try_parse(target).ok().map(|id| Stream::new(K::Handover, id)),
        "checklist" if !names_callout(&command.kind) => {
            world.checklist(target).map(|c| Stream::new(K::Checklist, c.id))
        }
        "shift" => world.officer(target).map(|o| Stream::new(K::Officer, o.id)),
        _ if names_callout(&command.kind) => world.callout(target).map(|c| Stream::new(K::Callout, c.id)),
        _ => None,
    }
}

/// Whether the target of commands of this kind is a call-out that exists.
fn names_callout(kind: &str) -> bool {
    const FAMILIES: [&str; 19] = [
        "assignment",
        "callout",
        "check_call",
        "contact",
        "contacts",
        "dra",
        "escalation",
        "forced_entry",
        "inspection",
        "liaison",
        "location",
        "message",
        "note",
        "premises",
        "rams",
        "report",
        "stand_down",
        "step",
        "tracking",
    ];
    let family = kind.split('.').next().unwrap_or_default();
    match family {
        // The rest of them is about the list itself.
        "checklist" => kind == "checklist.answer",
        _ => FAMILIES.contains(&family) && !matches!(kind, "callout.create" | "rams.put"),
    }
}

/// The aggregate that is new with these events, a call-out before anything else; also the one that an alarm joined.
fn made(world: &World, events: &[Event]) -> Option<String> {
    let answers = |e: &&Event| matches!(e.body, EventBody::CalloutCreated(_) | EventBody::AlarmJoined(_));
    let callout = events.iter().find(answers);
    let new = || events.iter().find(|e| world.version(e.stream) == 0);
    callout.or_else(new).map(|e| e.stream.id.to_string())
}

fn store_refusal(error: &store::desk::DeskStoreError) -> Refusal {
    Refusal::new("desk_store", format!("Nothing was done: this desk cannot write its own records ({error})."))
        .mend("Free some space on this machine's disk, or work at another desk.")
}

pub(crate) fn refused(command: String, refusal: &Refusal) -> Acted {
    let refusal = RefusalView { code: refusal.code.clone(), text: refusal.text.clone(), mend: refusal.mend.clone() };
    Acted { command, made: None, refusal: Some(refusal) }
}
