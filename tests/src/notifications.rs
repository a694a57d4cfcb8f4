//! A real notification service on the session bus: keeps what it is sent and presses buttons.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

#[derive(Clone, Debug)]
pub struct Shown {
    pub id: u32,
    pub summary: String,
    pub body: String,
    pub actions: Vec<String>,
    /// 0 low, 1 normal, 2 critical.
    pub urgency: u8,
    /// In milliseconds; 0 is never.
    pub expire: i32,
}

#[derive(Clone, Default)]
struct Service(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    all: Vec<Shown>,
    open: Vec<u32>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire: i32,
    ) -> u32 {
        let mut state = self.0.lock().expect("nothing panics while it holds this");
        let id = state.all.len() as u32 + 1;
        let urgency = hints.get("urgency").and_then(|u| u8::try_from(u).ok()).unwrap_or(1);
        state.all.push(Shown { id, summary, body, actions, urgency, expire });
        state.open.push(id);
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        self.0.lock().expect("nothing panics while it holds this").open.retain(|open| *open != id);
        Self::notification_closed(&emitter, id, 3).await?;
        Ok(())
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".into(), "body".into(), "persistence".into()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("watchhouse-tests".into(), "watchhouse".into(), "1".into(), "1.2".into())
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

pub struct Notifications {
    connection: zbus::Connection,
    service: Service,
}

const PATH: &str = "/org/freedesktop/Notifications";

impl Notifications {
    /// Owns the name before any program asks for it.
    pub async fn serve() -> anyhow::Result<Self> {
        let service = Service::default();
        let connection = zbus::connection::Builder::session()?
            .name("org.freedesktop.Notifications")?
            .serve_at(PATH, service.clone())?
            .build()
            .await?;
        Ok(Self { connection, service })
    }

    pub fn shown(&self) -> Vec<Shown> {
        self.service.0.lock().expect("nothing panics while it holds this").all.clone()
    }

    pub fn is_open(&self, id: u32) -> bool {
        self.service.0.lock().expect("nothing panics while it holds this").open.contains(&id)
    }

    /// A person presses a button of a notification.
    pub async fn press(&self, id: u32, action: &str) -> anyhow::Result<()> {
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Service::action_invoked(&emitter, id, action).await?;
        Ok(())
    }
}
