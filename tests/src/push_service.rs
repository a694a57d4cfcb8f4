//! A push service (RFC 8030) on a free port, as strict as a real one about who calls (RFC 8292), and phones that read
//! what it carries (RFC 8291). Written from the standards, not from the hub.

use anyhow::Context;
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey as Point, agree};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub struct PushService {
    pub origin: String,
    inner: Arc<Inner>,
}

struct Inner {
    origin: String,
    state: Mutex<Carried>,
}

#[derive(Default)]
struct Carried {
    /// Which hub's key a phone subscribed with.
    keys: HashMap<String, String>,
    behaviours: HashMap<String, VecDeque<Behaviour>>,
    requests: Vec<(String, Pushed)>,
}

/// What the service does with the next request for a phone; after the last it takes everything.
#[derive(Clone, Copy)]
pub enum Behaviour {
    Answer(u16),
    /// Never answers; the last of these stays for good.
    Hang,
}

/// One request as it came.
#[derive(Clone)]
pub struct Pushed {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// What the service answered; none while it hangs.
    pub status: Option<u16>,
}

impl Pushed {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

impl PushService {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::new(Inner { origin: origin.clone(), state: Mutex::default() });
        let app = Router::new().route("/push/{phone}", post(take)).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin, inner }
    }

    /// A phone that subscribes with the hub's key.
    pub fn phone(&self, name: &str, hubs_key: &str) -> Phone {
        self.inner.lock().keys.insert(name.into(), hubs_key.into());
        let mut auth = [0; 16];
        rand::rng().fill(&mut auth);
        let key = PrivateKey::generate(&ECDH_P256).expect("a key");
        Phone { name: name.into(), endpoint: format!("{}/push/{name}", self.origin), key, auth }
    }

    pub fn behave(&self, phone: &Phone, behaviours: &[Behaviour]) {
        self.inner.lock().behaviours.insert(phone.name.clone(), behaviours.iter().copied().collect());
    }

    /// Every request for this phone so far.
    pub fn requests(&self, phone: &Phone) -> Vec<Pushed> {
        self.inner.lock().requests.iter().filter(|(name, _)| *name == phone.name).map(|(_, r)| r.clone()).collect()
    }

    /// What has reached the phone, read.
    pub fn messages(&self, phone: &Phone) -> Vec<(Pushed, Value)> {
        let taken = self.requests(phone).into_iter().filter(|r| r.status == Some(201));
        taken.map(|r| (r.clone(), phone.read(&r.body).expect("the phone can read it"))).collect()
    }

    /// The first message of this kind.
    pub async fn message(&self, phone: &Phone, what: &str) -> (Pushed, Value) {
        crate::eventually(what, async || self.messages(phone).into_iter().find(|(_, text)| text["what"] == what)).await
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Carried> {
        self.state.lock().expect("no test panics in here")
    }
}

async fn take(
    State(service): State<Arc<Inner>>,
    Path(phone): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let checked = {
        let state = service.lock();
        let key = state.keys.get(&phone).ok_or((StatusCode::NOT_FOUND, "no such phone".into()))?;
        check(&headers, &service.origin, key)
    };
    let mut status = match &checked {
        Ok(()) => Some(201),
        Err(_) => Some(400),
    };
    {
        let mut state = service.lock();
        let next = state.behaviours.get_mut(&phone);
        match next.and_then(|queue| if queue.len() == 1 { queue.front().copied() } else { queue.pop_front() }) {
            Some(Behaviour::Hang) => status = None,
            Some(Behaviour::Answer(code)) if checked.is_ok() => status = Some(code),
            _ => {}
        }
        state.requests.push((phone, Pushed { headers, body: body.to_vec(), status }));
    }
    checked.map_err(|error| (StatusCode::BAD_REQUEST, format!("{error:#}")))?;
    match status.and_then(|code| StatusCode::from_u16(code).ok()) {
        Some(code) => Ok(code),
        None => std::future::pending().await,
    }
}

/// RFC 8030, section 5, and RFC 8292, sections 2 and 4.2.
fn check(headers: &HeaderMap, origin: &str, key: &str) -> anyhow::Result<()> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).with_context(|| format!("no {name}"));
    header("ttl")?.parse::<u32>().context("TTL is no number")?;
    anyhow::ensure!(header("content-encoding")? == "aes128gcm", "another encoding");
    let topic = header("topic")?;
    let alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    anyhow::ensure!(topic.len() <= 32 && topic.chars().all(alphabet), "the topic {topic}");

    let vapid = header("authorization")?.strip_prefix("vapid t=").context("no vapid")?;
    let (token, k) = vapid.split_once(", k=").context("no key")?;
    anyhow::ensure!(k == key, "the phone subscribed with another key");
    let (signed, signature) = token.rsplit_once('.').context("no signature")?;
    let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(k)?);
    let valid = verifier.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature)?);
    anyhow::ensure!(valid.is_ok(), "the signature is another's");
    let (head, claims) = signed.split_once('.').context("no claims")?;
    let read = |part: &str| -> anyhow::Result<Value> { Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part)?)?) };
    anyhow::ensure!(read(head)? == json!({ "typ": "JWT", "alg": "ES256" }), "another algorithm");
    let claims = read(claims)?;
    anyhow::ensure!(claims["aud"] == origin, "meant for {}", claims["aud"]);
    let left = claims["exp"].as_i64().context("no end")? - chrono::Utc::now().timestamp();
    anyhow::ensure!((1..=24 * 3600).contains(&left), "good for {left} s");
    let subject = claims["sub"].as_str().context("no contact")?;
    anyhow::ensure!(subject.starts_with("mailto:") || subject.starts_with("https://"), "the contact {subject}");
    Ok(())
}

/// One browser's subscription.
pub struct Phone {
    name: String,
    pub endpoint: String,
    key: PrivateKey,
    auth: [u8; 16],
}

impl Phone {
    fn point(&self) -> Vec<u8> {
        self.key.compute_public_key().expect("a point").as_ref().to_vec()
    }

    /// As a browser's `PushSubscription` writes itself.
    pub fn subscription(&self) -> Value {
        let keys = json!({ "p256dh": URL_SAFE_NO_PAD.encode(self.point()), "auth": URL_SAFE_NO_PAD.encode(self.auth) });
        json!({ "endpoint": self.endpoint, "expirationTime": null, "keys": keys })
    }

    fn read(&self, body: &[u8]) -> anyhow::Result<Value> {
        let (salt, rest) = body.split_at_checked(16).context("no salt")?;
        let (size, rest) = rest.split_at_checked(4).context("no record size")?;
        anyhow::ensure!(rest.len() <= u32::from_be_bytes(size.try_into()?) as usize, "more than one record");
        let (length, rest) = rest.split_first().context("no key id")?;
        let (theirs, sealed) = rest.split_at_checked(usize::from(*length)).context("no key")?;
        let mac = |key: &[u8], text: &[&[u8]]| hmac::sign(&hmac::Key::new(HMAC_SHA256, key), &text.concat());
        let secret = agree(&self.key, Point::new(&ECDH_P256, theirs), anyhow::anyhow!("no shared secret"), |shared| {
            let first = mac(&self.auth, &[shared]);
            Ok(mac(first.as_ref(), &[b"WebPush: info\0", &self.point(), theirs, &[1]]))
        })?;
        let first = mac(salt, &[secret.as_ref()]);
        let key = mac(first.as_ref(), &[b"Content-Encoding: aes128gcm\0\x01"]);
        let nonce = mac(first.as_ref(), &[b"Content-Encoding: nonce\0\x01"]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key.as_ref()[..16])?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce.as_ref()[..12])?;
        let mut record = sealed.to_vec();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record)?;
        let end = plain.iter().rposition(|byte| *byte != 0).context("nothing but zeros")?;
        anyhow::ensure!(plain[end] == 2, "not the last record");
        Ok(serde_json::from_slice(&plain[..end])?)
    }
}
