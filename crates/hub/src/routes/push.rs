//! A phone's consent to be called while its page is closed. It holds for one shift.

use super::officer::officer_of;
use crate::auth::Signed;
use crate::problem::{Answer, Problem};
use crate::push::{self, Push};
use crate::state::Hub;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::PushSubscription;

/// What the browser's `PushSubscription` says of itself, and whether to let the phone ring once.
#[derive(Deserialize)]
pub struct Subscribe {
    endpoint: String,
    keys: Keys,
    #[serde(default, rename = "try")]
    a_try: bool,
}

#[derive(Deserialize)]
pub struct Keys {
    p256dh: String,
    auth: String,
}

fn of(hub: &Hub) -> Answer<&Arc<Push>> {
    hub.push.as_ref().ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "push_off", "This hub cannot call phones.")
            .detail("Keep the page open. The administrator finds the cause in the hub's log.")
    })
}

/// The key to subscribe with, and whether this phone is called.
pub async fn state(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<Json<Value>> {
    officer_of(&signed)?;
    let on = hub.store.has_push_subscription(&signed.digest).await?;
    Ok(Json(json!({ "key": of(&hub)?.public_key(), "on": on })))
}

pub async fn subscribe(
    State(hub): State<Arc<Hub>>,
    signed: Signed,
    Json(asked): Json<Subscribe>,
) -> Answer<(StatusCode, Json<Value>)> {
    let officer = officer_of(&signed)?;
    let push = of(&hub)?;
    let bad = || Problem::bad_request("bad_subscription", "This phone's push service or its keys cannot be used.");
    let p256dh = bytes(&asked.keys.p256dh).ok_or_else(bad)?;
    let auth = bytes(&asked.keys.auth).ok_or_else(bad)?;
    if !push.accepts(&asked.endpoint, &p256dh, &auth) {
        return Err(bad());
    }
    let (credential, account) = (signed.digest, signed.author.account);
    let created_at = hub.clock.now();
    let to = PushSubscription { endpoint: asked.endpoint, credential, account, officer, p256dh, auth, created_at };
    let on_shift = |hub: &Hub| match push::may_ring(&hub.world(), &to) {
        true => Ok(()),
        false => Err(Problem::new(StatusCode::CONFLICT, "off_shift", "Phones are called on shift only.")),
    };
    on_shift(&hub)?;
    hub.store.put_push_subscription(&to).await?;
    // The shift may have ended meanwhile, and nobody looks at this phone again after that.
    if let Err(off_shift) = on_shift(&hub) {
        push::revoke(&hub, &to.credential).await?;
        return Err(off_shift);
    }
    if asked.a_try {
        push.try_out(&hub, to);
    }
    Ok((StatusCode::CREATED, Json(json!({ "on": true }))))
}

/// Also when there was none: the answer says that this phone is not called any more.
pub async fn unsubscribe(State(hub): State<Arc<Hub>>, signed: Signed) -> Answer<StatusCode> {
    officer_of(&signed)?;
    push::revoke(&hub, &signed.digest).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Browsers write base64url without padding; some libraries pad it.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?.try_into().ok()
}
