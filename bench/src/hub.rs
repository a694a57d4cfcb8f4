//! A hub with panels, for the benchmarks that speak to one.

use std::path::Path;
use tokio::task::JoinSet;
use watchhouse_tests::programs::Hub;

/// Panels registered at the same time.
const REGISTERING: usize = 16;

pub struct Registered {
    pub hub: Hub,
    /// An administrator's token.
    pub token: String,
}

/// Starts a hub in a fresh directory and registers panels.
pub async fn with_panels(dir: &Path, accounts: &[String], key: Option<&str>) -> anyhow::Result<Registered> {
    std::fs::create_dir_all(dir)?;
    let hub = Hub::start(dir)?;
    let token = hub.token("Bench", "administrator")?;
    let admin = simulate::hub::Hub::new(&hub.url())?.session(&token);
    for some in accounts.chunks(REGISTERING) {
        let mut registering = JoinSet::new();
        for account in some {
            let (admin, account, key) = (admin.clone(), account.clone(), key.map(str::to_owned));
            registering.spawn(async move { admin.add_panel(&account, key.as_deref()).await });
        }
        for done in registering.join_all().await {
            done?;
        }
    }
    Ok(Registered { hub, token })
}
