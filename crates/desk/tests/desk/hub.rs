//! A hub small enough to read: the domain's own rules over a log in memory, behind real HTTP, with faults to order.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event as SseEvent, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::command::{Author, Command, Role};
use domain::decide::{Ctx, decide};
use domain::id::{AccountId, AggregateKind, CommandId, EventId, Stream, derived};
use domain::nearest::NoFixes;
use domain::{Event, EventBody, Instant, Recorded, Refusal, World};
use protocol::api::*;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// The account the desk signs in with.
pub fn operator() -> Author {
    Author { account: AccountId(derived("operator", &[])), role: Role::Operator, officer: None }
}

pub fn other_operator() -> Author {
    Author { account: AccountId(derived("other", &[])), role: Role::Operator, officer: None }
}

pub fn system() -> Author {
    Author { account: AccountId(Uuid::nil()), role: Role::System, officer: None }
}

pub struct Hub {
    pub shared: Arc<Shared>,
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

pub struct Shared {
    pub state: Mutex<HubState>,
    grown: watch::Sender<i64>,
}

pub struct HubState {
    pub world: World,
    pub log: Vec<LogLine>,
    answers: HashMap<CommandId, CommandResult>,
    /// How often each command was asked for.
    pub asked: HashMap<CommandId, u32>,
    /// Requests to answer with this status after doing them, newest last.
    pub after_doing: Vec<u16>,
    /// Requests to answer with this status without doing anything.
    pub instead_of_doing: Vec<u16>,
    /// Log positions the stream leaves out, once each.
    pub leave_out: BTreeSet<i64>,
    pub snapshots: u32,
    pub positions: Vec<Position>,
    pub now: Option<Instant>,
    pub rate: f64,
    versions: HashMap<String, i64>,
}

impl Hub {
    pub fn start() -> Self {
        let state = HubState {
            world: World::default(),
            log: vec![],
            answers: HashMap::new(),
            asked: HashMap::new(),
            after_doing: vec![],
            instead_of_doing: vec![],
            leave_out: BTreeSet::new(),
            snapshots: 0,
            positions: vec![],
            now: None,
            rate: 1.0,
            versions: HashMap::new(),
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), grown: watch::Sender::new(0) });
        let mut hub = Self { shared, address: ([127, 0, 0, 1], 0).into(), runtime: None };
        hub.listen();
        hub.seed();
        hub
    }

    /// Listens, at the same port as before.
    pub fn listen(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = loop {
            match std::net::TcpListener::bind(self.address) {
                Ok(listener) => break listener,
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        self.address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let app = router(self.shared.clone());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        self.runtime = Some(runtime);
    }

    /// The machine goes away with all its connections; what was answered stays on its disk.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn state(&self) -> MutexGuard<'_, HubState> {
        self.shared.state.lock().unwrap()
    }

    /// How many events there are of each kind.
    pub fn counts<const N: usize>(&self, kinds: [&str; N]) -> [usize; N] {
        let state = self.state();
        kinds.map(|kind| state.count(kind))
    }

    /// Does something at the hub itself.
    pub fn act_as(&self, author: Author, kind: &str, target: &str, body: Value) -> CommandResult {
        let command = command(kind, target, body);
        let result = self.state().submit(&command, &author);
        self.shared.tell();
        assert_eq!(result.refusal, None, "{kind}");
        result
    }

    /// An intruder alarm from the boiler house; its id.
    pub fn alarm(&self) -> String {
        let source = json!({"protocol": "SIA-DCS", "account": "1234", "code": "BA", "qualifier": "new", "partition": null,
            "zone": "004", "user": null, "panel_seq": 7, "raw": "", "remote": null, "panel_at": null, "point": null});
        let body = json!({"source": source, "meaning": {"is": "alarm", "kind": "intruder"}, "text": "Intruder alarm",
            "known_account": true});
        self.act_as(system(), "signal.receive", "1234", body);
        let state = self.state();
        state.log.iter().rev().find(|l| l.kind == "alarm.raised").unwrap().stream.split_once('-').unwrap().1.to_owned()
    }

    /// A line no program of today knows.
    pub fn strange_line(&self, stream: &str) {
        let mut state = self.state();
        let version = state.versions.get(stream).copied().unwrap_or(0) + 1;
        state.versions.insert(stream.to_owned(), version);
        let seq = state.log.len() as i64 + 1;
        let at = state.clock();
        state.log.push(LogLine {
            seq,
            stream: stream.to_owned(),
            version,
            kind: "moon.landed".into(),
            at,
            recorded_at: at,
            by: system(),
            event_id: Uuid::now_v7(),
            command_id: Uuid::now_v7(),
            body: json!({"crater": "Tycho"}),
            personal: None,
        });
        drop(state);
        self.shared.tell();
    }

    fn seed(&self) {
        let put = |kind: &str, body: Value| drop(self.act_as(system(), kind, &Uuid::now_v7().to_string(), body));
        self.act_as(
            system(),
            "account.put",
            &operator().account.to_string(),
            json!({"name": "Desk", "role": "operator"}),
        );
        self.act_as(
            system(),
            "account.put",
            &other_operator().account.to_string(),
            json!({"name": "Priya", "role": "operator"}),
        );
        put("estate.put", json!({"ref": "GO", "name": "Gospel Oak", "centre": {"lat": 51.553, "lon": -0.151}}));
        put("rams.put", json!({"ref": "R1", "title": "Intruder response", "first": "Stay outside until it is safe."}));
        put(
            "checklist.put",
            json!({"ref": "C1", "title": "Boiler house", "items": [
            {"id": "door", "text": "Door closed?", "type": "yes_no", "picture_if": "no", "gate": "before_dra"},
            {"id": "temp", "text": "Temperature", "type": "number", "unit": "°C"}]}),
        );
        put(
            "site.put",
            json!({"ref": "S1", "name": "Boiler house", "estate": "GO", "address": "Lismore Circus NW5",
            "lat": 51.5531, "lon": -0.1512, "rams": "R1", "checklist": "C1", "response": "keyholder",
            "zones": [{"zone": "4", "name": "door"}],
            "contacts": [{"role": "caretaker", "name": "Wilhelmina Featherstone", "telephone": "020 7946 0018"}]}),
        );
        self.act_as(system(), "panel.put", "1234", json!({"account": "1234", "site": "S1"}));
        for (unit, officer) in [("RSP-1", "O1"), ("RSP-2", "O2")] {
            put("unit.put", json!({"call_sign": unit, "kind": "vehicle"}));
            put("officer.put", json!({"ref": officer, "name": format!("Officer {officer}")}));
            self.act_as(system_operator(), "shift.sign_on", officer, json!({"unit": unit}));
        }
    }
}

/// Signing on is nothing a machine does.
fn system_operator() -> Author {
    Author { role: Role::Supervisor, ..system() }
}

pub fn command(kind: &str, target: &str, body: Value) -> Command {
    Command {
        id: CommandId(Uuid::now_v7()),
        at: chrono::Utc::now(),
        kind: kind.into(),
        v: 1,
        target: target.into(),
        after: vec![],
        on_behalf_of: None,
        sent_at: None,
        age_ms: None,
        body,
    }
}

impl Shared {
    fn tell(&self) {
        let head = self.state.lock().unwrap().log.len() as i64;
        self.grown.send_replace(head);
    }
}

impl HubState {
    pub fn clock(&self) -> Instant {
        self.now.unwrap_or_else(chrono::Utc::now)
    }

    pub fn count(&self, kind: &str) -> usize {
        self.log.iter().filter(|l| l.kind == kind).count()
    }

    pub fn submit(&mut self, command: &Command, author: &Author) -> CommandResult {
        *self.asked.entry(command.id).or_default() += 1;
        if let Some(known) = self.answers.get(&command.id) {
            let outcome = if known.refusal.is_some() { Outcome::Refused } else { Outcome::Duplicate };
            return CommandResult { outcome, ..known.clone() };
        }
        let now = self.clock();
        let at = command.corrected_at(now);
        let ctx = Ctx {
            author: author.clone(),
            now,
            at,
            fixes: &NoFixes,
            has_media: &|_| false,
            number: &|world| world.next_number(now),
            can_offer: true,
        };
        let answer = match decide(&self.world, command, &ctx) {
            Ok(events) => self.append(events, command, author, at, now),
            Err(refusal) => self.refused(command, refusal),
        };
        self.answers.insert(command.id, answer.clone());
        answer
    }

    fn refused(&self, command: &Command, refusal: Refusal) -> CommandResult {
        CommandResult { id: command.id.to_string(), outcome: Outcome::Refused, seq: None, refusal: Some(refusal) }
    }

    fn append(
        &mut self,
        events: Vec<Event>,
        command: &Command,
        by: &Author,
        at: Instant,
        now: Instant,
    ) -> CommandResult {
        let first = self.log.len() as i64 + 1;
        for event in events {
            let seq = self.log.len() as i64 + 1;
            let stream = event.stream.to_string();
            let version = self.versions.get(&stream).copied().unwrap_or(0) + 1;
            self.versions.insert(stream.clone(), version);
            let (body, personal) = event.split().unwrap();
            let id = Uuid::now_v7();
            self.log.push(LogLine {
                seq,
                stream,
                version,
                kind: event.body.kind().into(),
                at,
                recorded_at: now,
                by: by.clone(),
                event_id: id,
                command_id: command.id.0,
                body,
                personal,
            });
            if let EventBody::PersonErased(erased) = &event.body {
                self.erase(erased.person.0);
            }
            self.world.evolve(&Recorded {
                seq,
                stream: event.stream,
                version,
                id: EventId(id),
                command_id: command.id,
                at,
                recorded_at: now,
                by: by.clone(),
                body: event.body,
            });
        }
        let last = self.log.len() as i64;
        let seq = (last >= first).then_some([first, last]);
        CommandResult { id: command.id.to_string(), outcome: Outcome::Accepted, seq, refusal: None }
    }

    fn erase(&mut self, person: Uuid) {
        for line in &mut self.log {
            let contact = line.body.get("contact").and_then(|c| c.get("id")).and_then(Value::as_str);
            if contact == Some(&person.to_string()) {
                line.personal = None;
            }
        }
    }

    fn snapshot(&mut self) -> Snapshot {
        self.snapshots += 1;
        let mut aggregates = Vec::new();
        for (name, version) in &self.versions {
            let Some(stream) = Stream::parse(name).filter(|s| s.kind != AggregateKind::Person) else {
                continue;
            };
            if let Some(state) = self.world.snapshot(stream).filter(|_| self.world.is_open(stream)) {
                aggregates.push(SnapshotAggregate { stream: name.clone(), version: *version, state: state.unwrap() });
            }
        }
        Snapshot { seq: self.log.len() as i64, schema: 1, aggregates }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.stop();
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/commands", post(commands))
        .route("/v1/log", get(log))
        .route("/v1/snapshot", get(async |State(hub): State<Arc<Shared>>| Json(hub.state.lock().unwrap().snapshot())))
        .route(
            "/v1/positions",
            get(async |State(hub): State<Arc<Shared>>| {
                Json(Positions { positions: hub.state.lock().unwrap().positions.clone(), roads: vec![] })
            }),
        )
        .route(
            "/v1/status",
            get(async || {
                let me = operator();
                Json(json!({"me": {"account": me.account, "name": "Desk", "role": "operator", "officer": null}}))
            }),
        )
        .route("/v1/media/{sha256}", get(async || "a picture"))
        .with_state(shared)
}

async fn commands(State(hub): State<Arc<Shared>>, Json(request): Json<CommandsRequest>) -> Response {
    let answered = |status: u16| StatusCode::from_u16(status).unwrap().into_response();
    let response = {
        let mut state = hub.state.lock().unwrap();
        if let Some(status) = state.instead_of_doing.pop() {
            return answered(status);
        }
        let results = request.commands.iter().map(|c| state.submit(c, &operator())).collect();
        match state.after_doing.pop() {
            Some(status) => answered(status),
            None => Json(CommandsAnswer { results }).into_response(),
        }
    };
    hub.tell();
    response
}

#[derive(serde::Deserialize)]
struct After {
    after: i64,
}

async fn log(
    State(hub): State<Arc<Shared>>,
    Query(query): Query<After>,
) -> Sse<impl futures_util::Stream<Item = Result<SseEvent, Infallible>>> {
    let (send, receive) = tokio::sync::mpsc::channel::<Result<SseEvent, Infallible>>(64);
    tokio::spawn(async move {
        let mut grown = hub.grown.subscribe();
        let mut sent = query.after;
        loop {
            let (lines, ping) = {
                let mut state = hub.state.lock().unwrap();
                let lines: Vec<LogLine> = state.log.iter().skip(sent.max(0) as usize).cloned().collect();
                sent = sent.max(state.log.len() as i64);
                let lines: Vec<LogLine> = lines.into_iter().filter(|l| !state.leave_out.remove(&l.seq)).collect();
                let head = state.log.len() as i64;
                (lines, Ping { head, protocol: 1, now: state.clock(), clock_rate: state.rate })
            };
            for line in lines {
                let event = SseEvent::default().event("log").id(line.seq.to_string()).json_data(&line).unwrap();
                if send.send(Ok(event)).await.is_err() {
                    return;
                }
            }
            let _ = send.send(Ok(SseEvent::default().event("ping").json_data(&ping).unwrap())).await;
            let _ = tokio::time::timeout(Duration::from_millis(500), grown.changed()).await;
            if send.is_closed() {
                return;
            }
        }
    });
    Sse::new(tokio_stream::wrappers::ReceiverStream::new(receive))
}
