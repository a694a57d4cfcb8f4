//! The certificate: read again when its files change, so that a renewal needs no restart.

use crate::state::Hub;
use anyhow::Context;
use axum_server::tls_rustls::RustlsConfig;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    seen: [Option<(SystemTime, u64)>; 2],
    pub config: RustlsConfig,
}

impl Certificate {
    pub async fn read(cert: PathBuf, key: PathBuf) -> anyhow::Result<Self> {
        let seen = state_of(&cert, &key);
        let config = RustlsConfig::from_pem_file(&cert, &key)
            .await
            .with_context(|| format!("{} and {} are no certificate and key", cert.display(), key.display()))?;
        Ok(Self { cert, key, seen, config })
    }

    /// Follows the files until the hub stops. Connections that are open keep the certificate they began with.
    pub async fn follow(mut self, hub: Arc<Hub>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = hub.stopping.cancelled() => return,
            }
            let now = state_of(&self.cert, &self.key);
            if now == self.seen {
                continue;
            }
            self.seen = now;
            match self.config.reload_from_pem_file(&self.cert, &self.key).await {
                Ok(()) => tracing::info!(cert = %self.cert.display(), "a renewed certificate is used"),
                // One file may have been renewed and the other not yet; the next change is looked at again.
                Err(error) => {
                    tracing::warn!(%error, cert = %self.cert.display(), "a changed certificate cannot be used; the old one stays");
                }
            }
        }
    }
}

/// When each file was written, and how long it is.
fn state_of(cert: &Path, key: &Path) -> [Option<(SystemTime, u64)>; 2] {
    [cert, key].map(|path| {
        let metadata = path.metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}
