//! Linux: the notification service of the session bus (Desktop Notifications Specification 1.2).
//!
//! One connection hears every button and closes by id, where a library that waits on one notification each would
//! cost a thread an alarm in a storm.

use super::{About, Pressed, Room, Shown};
use futures_util::StreamExt;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, Mutex};
use zbus::zvariant::Value;

/// A notification server that does not answer must not hold anything up.
const LIMIT: Duration = Duration::from_secs(2);
const CRITICAL: u8 = 2;
const NORMAL: u8 = 1;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

#[derive(Clone)]
pub struct Notifier {
    proxy: NotificationsProxy<'static>,
    shown: Arc<Mutex<Shown>>,
}

impl Notifier {
    /// Joins the session bus and starts to listen for buttons. None where there is no bus.
    pub async fn start(pressed: mpsc::Sender<Pressed>) -> Option<Self> {
        let connected = async {
            let connection = zbus::Connection::session().await?;
            NotificationsProxy::new(&connection).await
        };
        let proxy = match tokio::time::timeout(LIMIT, connected).await {
            Ok(Ok(proxy)) => proxy,
            Ok(Err(error)) => {
                tracing::warn!(%error, "no notification service; alarms show and sound in the window only");
                return None;
            }
            Err(_) => return None,
        };
        let notifier = Self { proxy, shown: Arc::default() };
        let listening = notifier.clone();
        tokio::spawn(async move {
            if let Err(error) = listening.listen(pressed).await {
                tracing::warn!(%error, "buttons of notifications are not heard");
            }
        });
        Some(notifier)
    }

    async fn listen(&self, pressed: mpsc::Sender<Pressed>) -> zbus::Result<()> {
        let mut actions = self.proxy.receive_action_invoked().await?;
        let mut closed = self.proxy.receive_notification_closed().await?;
        loop {
            tokio::select! {
                Some(signal) = actions.next() => {
                    let args = signal.args()?;
                    let Some(about) = self.shown.lock().await.about(args.id) else { continue };
                    let what = match args.action_key {
                        "take" => Pressed::Take(about),
                        _ => Pressed::Show(about),
                    };
                    if pressed.send(what).await.is_err() {
                        return Ok(());
                    }
                }
                Some(signal) = closed.next() => {
                    let id = signal.args()?.id;
                    self.shown.lock().await.0.retain(|_, (shown, _)| *shown != id);
                }
                else => return Ok(()),
            }
        }
    }

    pub async fn raise(&self, about: About, priority: u8, title: &str, body: &str) {
        // Held until the number is known: a button may be pressed before the answer with it has been read.
        let mut shown = self.shown.lock().await;
        let gone = match shown.room(&about, priority) {
            Room::Free => None,
            Room::InPlaceOf(other) => shown.0.remove(&other),
            Room::None => return,
        };
        let urgency = if priority <= 2 { CRITICAL } else { NORMAL };
        let hints = HashMap::from([
            ("urgency", Value::U8(urgency)),
            ("category", Value::Str("im.received".into())),
            ("desktop-entry", Value::Str("watchhouse".into())),
        ]);
        let actions: &[&str] = match about {
            About::Alarm(_) => &["take", "Take", "show", "Show", "default", "Show"],
            About::Callout(_) => &["show", "Show", "default", "Show"],
        };
        let sent = self.proxy.notify("Watchhouse", 0, "", title, body, actions, hints, 0);
        match tokio::time::timeout(LIMIT, sent).await {
            Ok(Ok(id)) => drop(shown.0.insert(about, (id, priority))),
            Ok(Err(error)) => tracing::warn!(%error, "a notification was not taken"),
            Err(_) => tracing::warn!("the notification service does not answer"),
        }
        drop(shown);
        if let Some((id, _)) = gone {
            let _ = tokio::time::timeout(LIMIT, self.proxy.close_notification(id)).await;
        }
    }

    pub async fn close(&self, about: &About) {
        let Some((id, _)) = self.shown.lock().await.0.remove(about) else { return };
        let _ = tokio::time::timeout(LIMIT, self.proxy.close_notification(id)).await;
    }

    pub async fn close_all(&self) {
        let shown: Vec<About> = self.shown.lock().await.0.keys().cloned().collect();
        for about in shown {
            self.close(&about).await;
        }
    }
}
