//! Who is asking: bearer tokens for programs, an HttpOnly cookie for browsers; both are random and only their digests
//! are kept. And whether the request came to one of our names, from one of our pages.

use crate::problem::{Answer, Problem};
use crate::reached::{Reached, host_name, host_of};
use crate::state::Hub;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::command::{Author, Role};
use domain::id::{AccountId, AggregateKind, Stream};
use domain::people::Account;
use domain::{Instant, World};
use rand::RngExt;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::{Store, StoreError};

pub const COOKIE: &str = "watchhouse";

/// A fresh secret of 256 bits and the digest that is kept of it.
pub fn new_token() -> (String, [u8; 32]) {
    let mut bytes = [0u8; 32];
    rand::rng().fill(&mut bytes);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let digest = digest(&token);
    (token, digest)
}

pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A signed-in account. As an extractor it refuses requests without a valid credential.
#[derive(Clone, Debug)]
pub struct Signed {
    pub author: Author,
    pub name: String,
    pub digest: [u8; 32],
}

impl Signed {
    /// Refuses everybody without one of these roles.
    pub fn must_be(&self, roles: &[Role]) -> Answer<()> {
        if roles.contains(&self.author.role) {
            return Ok(());
        }
        Err(Problem::forbidden(format!("The role {} may not see or do this.", self.author.role.name())))
    }

    /// Everybody in the control room.
    pub fn must_be_staff(&self) -> Answer<()> {
        self.must_be(&[Role::Operator, Role::Cctv, Role::Supervisor, Role::Administrator])
    }
}

impl Signed {
    /// Who signs in with this digest, if anybody may.
    async fn find(store: &Store, world: &World, digest: [u8; 32], now: Instant) -> Result<Option<Self>, StoreError> {
        let Some(credential) = store.credential(&digest).await?.filter(|c| c.is_valid(now)) else { return Ok(None) };
        let account = account_of(store, world, credential.account).await?.filter(|a| !a.disabled);
        Ok(account.map(|account| {
            let author = Author { account: account.id, role: account.role, officer: account.officer };
            Self { author, name: account.name.clone(), digest }
        }))
    }

    /// Whether a request that is still open would be let in again, as the same.
    pub async fn still_holds(&self, store: &Store, world: &World, now: Instant) -> bool {
        let found = Self::find(store, world, self.digest, now).await;
        found.is_ok_and(|found| found.is_some_and(|found| found.author == self.author))
    }

    /// The same as far as the world in memory tells, for whoever has to ask at every event.
    pub fn account_holds(&self, world: &World) -> bool {
        let same = |a: &Arc<Account>| !a.disabled && a.role == self.author.role && a.officer == self.author.officer;
        world.accounts.get(&self.author.account).is_none_or(same)
    }
}

impl FromRequestParts<Arc<Hub>> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Problem> {
        let token = credential(&parts.headers).ok_or_else(Problem::unauthenticated)?;
        let found = Self::find(&hub.store, &hub.world(), digest(&token), hub.clock.now()).await?;
        found.ok_or_else(Problem::unauthenticated)
    }
}

/// From the world, or from disk for one that the command line has just made.
async fn account_of(store: &Store, world: &World, id: AccountId) -> Result<Option<Arc<Account>>, StoreError> {
    if let Some(account) = world.accounts.get(&id) {
        return Ok(Some(account.clone()));
    }
    let stored = store.aggregate(Stream::new(AggregateKind::Account, id)).await?;
    Ok(stored.and_then(|(_, state)| serde_json::from_value(state).ok()).map(Arc::new))
}

fn credential(headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("bearer ")))
        .map(|t| t.trim().to_owned());
    bearer.or_else(|| cookie(headers))
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned))
}

/// The user and password of HTTP Basic (RFC 7617).
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let encoded = value.strip_prefix("Basic ").or_else(|| value.strip_prefix("basic "))?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The cookie a phone keeps. `Secure` whenever the phone speaks HTTPS; on loopback nobody does.
pub fn set_cookie(reached: &Reached, token: &str) -> String {
    let secure = if reached.https { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000{secure}")
}

/// Answers only to our own names (no DNS rebinding), and lets no other page write through somebody's browser.
pub async fn own_names_and_pages(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = host_of(headers, request.uri());
    let name = host_name(&host);
    if !hub.hosts.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", "This hub does not answer to that name.")
            .detail("Add the name to `hosts` in the hub's configuration.")
            .into_response();
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if writes && let Some(origin) = headers.get(header::ORIGIN) {
        let same = origin.to_str().is_ok_and(|o| {
            o.strip_prefix("http://")
                .or_else(|| o.strip_prefix("https://"))
                .is_some_and(|o| o.eq_ignore_ascii_case(&host))
        });
        if !same {
            return Problem::new(StatusCode::FORBIDDEN, "foreign_origin", "Another site's page may not write here.")
                .into_response();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=b; watchhouse=token; c=d".parse().unwrap());
        assert_eq!(credential(&headers).as_deref(), Some("token"));
        headers.insert(header::AUTHORIZATION, "Bearer other".parse().unwrap());
        assert_eq!(credential(&headers).as_deref(), Some("other"));
    }
}
