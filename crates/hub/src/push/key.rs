//! The hub's own key, by which push services know it (VAPID, RFC 8292). Phones subscribe to this key: it is made once
//! and lies beside the database, readable by its owner only.

use anyhow::Context;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The key's file in the data directory: PKCS #8.
pub const FILE: &str = "push-key.p8";
/// How long a signature is good for; services refuse more than 24 h (RFC 8292, section 2). A phone's clock plays no
/// part, but ours may be wrong by hours.
const GOOD_FOR_S: i64 = 12 * 3600;

pub struct Key {
    pair: EcdsaKeyPair,
    /// Made just now: whoever subscribed before did so with another.
    pub is_new: bool,
}

impl Key {
    /// The key of this directory; a new one when there is none.
    pub fn of_directory(data: &Path) -> anyhow::Result<Self> {
        let path = data.join(FILE);
        let read = || std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()));
        let is_new = !path.exists();
        if is_new {
            make(&path)?;
        }
        let bytes = read()?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes)
            .map_err(|_| anyhow::anyhow!("{} holds no P-256 key", path.display()))?;
        Ok(Self { pair, is_new })
    }

    /// What a page subscribes with: `applicationServerKey`.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    /// The `Authorization` of one request to the service at `origin`. Only that service can use it.
    pub fn authorization(&self, origin: &str, subject: &str, now_s: i64) -> anyhow::Result<String> {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({ "aud": origin, "exp": now_s + GOOD_FOR_S, "sub": subject });
        let signed = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| anyhow::anyhow!("the push key cannot sign"))?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Ok(format!("vapid t={signed}.{signature}, k={}", self.public()))
    }
}

/// Whole or not at all; of two that make one at once, the first counts for both.
fn make(path: &Path) -> anyhow::Result<()> {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| anyhow::anyhow!("no key could be made"))?;
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let written = (|| {
        let mut file = owners_only().open(&draft)?;
        file.write_all(key.as_ref())?;
        file.sync_all()?;
        match std::fs::hard_link(&draft, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            done => done,
        }
    })();
    let _ = std::fs::remove_file(&draft);
    written.with_context(|| format!("{} cannot be written", path.display()))
}

fn owners_only() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = Key::of_directory(dir.path()).unwrap().public();
        assert_eq!(Key::of_directory(dir.path()).unwrap().public(), first);
        let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, [FILE]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_key_is_said_and_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "nothing").unwrap();
        assert!(Key::of_directory(dir.path()).is_err());
        assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), b"nothing");
    }

    #[test]
    fn a_signature_names_the_service_the_contact_and_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let key = Key::of_directory(dir.path()).unwrap();
        let header = key.authorization("https://push.example.net", "mailto:control@example.org", 1000).unwrap();
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let point = URL_SAFE_NO_PAD.decode(public).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &signature).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let expected = json!({ "aud": "https://push.example.net", "exp": 44_200, "sub": "mailto:control@example.org" });
        assert_eq!(claims, expected);
    }
}
