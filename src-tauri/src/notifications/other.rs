//! Windows and macOS: through the system's toasts. Written, not yet tried there (see the README).

use super::{Pressed, SHOWN_MAX};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::{mpsc, Mutex};

#[derive(Clone)]
pub struct Notifier {
    shown: Arc<Mutex<HashSet<String>>>,
}

impl Notifier {
    pub async fn start(_pressed: mpsc::Sender<Pressed>) -> Option<Self> {
        Some(Self { shown: Arc::default() })
    }

    pub async fn raise(&self, alarm: &str, _priority: u8, title: &str, body: &str) {
        let mut shown = self.shown.lock().await;
        if shown.len() >= SHOWN_MAX || !shown.insert(alarm.to_owned()) {
            return;
        }
        let (title, body) = (title.to_owned(), body.to_owned());
        let sent = tokio::task::spawn_blocking(move || {
            notify_rust::Notification::new().summary(&title).body(&body).show().map(drop)
        });
        if let Ok(Err(error)) = sent.await {
            tracing::warn!(%error, "a notification was not taken");
        }
    }

    pub async fn close(&self, alarm: &str) {
        self.shown.lock().await.remove(alarm);
    }

    pub async fn close_all(&self) {
        self.shown.lock().await.clear();
    }
}
