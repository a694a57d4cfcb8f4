//! What the session's Secret Service holds, asked as any other program would.

use std::collections::HashMap;
use zbus::zvariant::OwnedObjectPath;

/// How many secrets lie there for a service.
pub async fn secrets_of(service: &str) -> anyhow::Result<usize> {
    let bus = zbus::Connection::session().await?;
    let reply = bus
        .call_method(
            Some("org.freedesktop.secrets"),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "SearchItems",
            &HashMap::from([("service", service)]),
        )
        .await?;
    let (open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = reply.body().deserialize()?;
    anyhow::ensure!(locked.is_empty(), "the keyring is locked");
    Ok(open.len())
}
