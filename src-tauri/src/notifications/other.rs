//! Windows and macOS: through the system's toasts. Written, not yet tried there (see the README).

use super::{About, Pressed, Room, Shown};
use std::sync::Arc;
use tokio::sync::{mpsc, Mutex};

#[derive(Clone)]
pub struct Notifier {
    shown: Arc<Mutex<Shown>>,
    /// The toasts give no number that we could use: these are our own, in order.
    next: Arc<std::sync::atomic::AtomicU32>,
}

impl Notifier {
    pub async fn start(_pressed: mpsc::Sender<Pressed>) -> Option<Self> {
        Some(Self { shown: Arc::default(), next: Arc::default() })
    }

    pub async fn raise(&self, about: About, priority: u8, title: &str, body: &str) {
        let mut shown = self.shown.lock().await;
        match shown.room(&about, priority) {
            Room::Free => {}
            Room::InPlaceOf(other) => drop(shown.0.remove(&other)),
            Room::None => return,
        }
        let id = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        shown.0.insert(about, (id, priority));
        drop(shown);
        let (title, body) = (title.to_owned(), body.to_owned());
        let sent = tokio::task::spawn_blocking(move || {
            notify_rust::Notification::new().summary(&title).body(&body).show().map(drop)
        });
        if let Ok(Err(error)) = sent.await {
            tracing::warn!(%error, "a notification was not taken");
        }
    }

    pub async fn close(&self, about: &About) {
        self.shown.lock().await.0.remove(about);
    }

    pub async fn close_all(&self) {
        self.shown.lock().await.0.clear();
    }
}
