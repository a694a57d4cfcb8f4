//! What only the hub can make: panels with keys, enrolment codes; and the customer's link, whose token is made here.

use crate::act::refused;
use crate::hub::HubError;
use crate::media::hex;
use crate::{Desk, lock};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::Refusal;
use protocol::view::{Act, Acted};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How long a customer may follow a call-out: into the next day.
const LINK_LIFE: TimeDelta = TimeDelta::hours(24);

impl Desk {
    /// Makes a link for the customer. The token never leaves this desk but in the link; the log holds its digest.
    pub async fn tracking_link(&self, callout: &str) -> (Acted, Option<String>) {
        let expires_at = self.inner.now() + LINK_LIFE;
        self.link("t", "tracking.issue", callout, json!({"expires_at": expires_at})).await
    }

    /// Makes a link by which a customer writes a checklist, in the same way.
    pub async fn writing_link(&self, list: &str, days: u32, to: &str, message: &str) -> (Acted, Option<String>) {
        let expires_at = self.inner.now() + TimeDelta::days(days.into());
        let body = json!({"expires_at": expires_at, "to": to, "message": message});
        self.link("w", "checklist.invite", list, body).await
    }

    async fn link(&self, page: &str, kind: &str, target: &str, mut body: Value) -> (Acted, Option<String>) {
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let digest = hex(&Sha256::digest(token.as_bytes()));
        let url = format!("{}/{page}/{token}", self.inner.hub.base());
        // Kept first: an address that works and nobody can show again would be worse than one that does not.
        if let Err(error) = self.inner.store.put_tracking_link(&digest, target, &url).await {
            let refusal = Refusal::new("desk_store", format!("The link cannot be kept: {error}."));
            return (refused(String::new(), &refusal), None);
        }
        lock(&self.inner.links).insert(digest.clone(), url.clone());
        body["token_sha256"] = digest.as_str().into();
        let act = Act { kind: kind.into(), target: target.to_owned(), body, on_behalf_of: None };
        let acted = self.act(act).await;
        if acted.refusal.is_some() {
            lock(&self.inner.links).remove(&digest);
            if let Err(error) = self.inner.store.remove_tracking_link(&digest).await {
                tracing::warn!(%error, "a link that came to nothing cannot be removed");
            }
            return (acted, None);
        }
        (acted, Some(url))
    }

    /// Registers a panel at the hub: `{account, site, key?}`. The key goes straight there and is not kept here.
    pub async fn add_panel(&self, panel: Value) -> Acted {
        match self.inner.hub.post("/v1/panels", &panel).await {
            Ok(answer) => {
                let made = answer.get("panel").and_then(Value::as_str).map(str::to_owned);
                Acted { command: String::new(), made, refusal: None }
            }
            Err(error) => refused(String::new(), &of_hub(error)),
        }
    }

    /// A one-time code for an officer's phone: `{code, url, qr_svg, expires_at}`.
    pub async fn enrol_code(&self, officer: &str) -> Result<Value, String> {
        self.inner.hub.post("/v1/enrol-codes", &json!({"officer": officer})).await.map_err(|error| error.to_string())
    }
}

/// Why the hub did not do what only it can.
fn of_hub(error: HubError) -> Refusal {
    let text = error.to_string();
    match error {
        HubError::Status { code, .. } => Refusal::new(code.as_deref().unwrap_or("hub_refused"), text),
        HubError::NotReached | HubError::Timeout | HubError::Broken | HubError::Unreadable(_) => {
            Refusal::new("no_hub", text).mend("Try again when the link is back.")
        }
    }
}
