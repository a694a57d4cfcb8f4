//! Pictures and reports: from this machine when they are here, else from the hub.

use crate::Desk;
use protocol::outside::OutsideView;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What the cache may hold: some thousand pictures.
const CACHE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// As on the hub.
const DOCUMENT_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Every phone that gets the list loads it over its signal.
const HINT_BYTES_MAX: usize = 5 * 1024 * 1024;
/// It stands beside what is known here anyway: nobody waits long for it.
const OUTSIDE_TIMEOUT: Duration = Duration::from_secs(5);

impl Desk {
    /// The bytes of a picture, checked against its name.
    pub async fn picture(&self, callout: &str, sha256: &str) -> Result<Vec<u8>, String> {
        let sha256 = named(sha256)?;
        let address = match self.callout_id(callout) {
            Ok(id) => format!("/v1/media/{sha256}?callout={id}"),
            // One that was opened before is here whatever became of its call-out.
            Err(_) => format!("/v1/media/{sha256}"),
        };
        self.kept_or_asked(&sha256, &address).await
    }

    async fn kept_or_asked(&self, sha256: &str, address: &str) -> Result<Vec<u8>, String> {
        let dir = self.inner.config.dir.join("pictures");
        let path = dir.join(sha256);
        if let Ok(bytes) = tokio::fs::read(&path).await
            && digest(&bytes) == sha256
        {
            return Ok(bytes);
        }
        let bytes = self.inner.hub.bytes(address).await.map_err(|error| error.to_string())?;
        if digest(&bytes) != sha256 {
            return Err("It arrived damaged. Try again.".into());
        }
        let kept = bytes.clone();
        // The picture is shown whether or not it can be kept.
        let keeping = tokio::task::spawn_blocking(move || keep(&dir, &path, &kept));
        if let Ok(Err(error)) = keeping.await {
            tracing::warn!(%error, "a picture cannot be kept");
        }
        Ok(bytes)
    }

    /// The call-out's report as PDF, made by the hub.
    pub async fn report_pdf(&self, callout: &str) -> Result<Vec<u8>, String> {
        let callout = self.callout_id(callout)?;
        let address = format!("/v1/callouts/{callout}/report.pdf");
        self.inner.hub.bytes(&address).await.map_err(|error| error.to_string())
    }

    /// A version of the report that was kept, as it was.
    pub async fn kept_report(&self, callout: &str, version: u32) -> Result<Vec<u8>, String> {
        let callout = self.callout_id(callout)?;
        let address = format!("/v1/callouts/{callout}/report.pdf?version={version}");
        self.inner.hub.bytes(&address).await.map_err(|error| error.to_string())
    }

    /// What only the hub knows of a call-out: what its customer looked at, where its report went.
    pub async fn outside(&self, callout: &str) -> Result<OutsideView, String> {
        let callout = self.callout_id(callout)?;
        let path = format!("/v1/callouts/{callout}/outside");
        self.inner.hub.get(&path, OUTSIDE_TIMEOUT).await.map_err(|error| error.to_string())
    }

    /// Has the hub send again what was refused or given up.
    pub async fn send_again(&self, callout: &str) -> Result<OutsideView, String> {
        let callout = self.callout_id(callout)?;
        let path = format!("/v1/callouts/{callout}/letters");
        let answer = self.inner.hub.post(&path, &serde_json::json!({})).await.map_err(|error| error.to_string())?;
        serde_json::from_value(answer).map_err(|error| format!("The hub's answer cannot be read: {error}."))
    }

    /// Puts a document onto the hub and gives its digest. The hub looks at it as well.
    pub async fn attach_document(&self, bytes: Vec<u8>) -> Result<String, String> {
        if !bytes.starts_with(b"%PDF-") {
            return Err("This file is no PDF. Save or print the document as a PDF and attach that.".into());
        }
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err("The document has more than 20 MB. Scan it in grey or at a lower resolution.".into());
        }
        let sha256 = digest(&bytes);
        self.inner.hub.put(&format!("/v1/documents/{sha256}"), bytes).await.map_err(|error| error.to_string())?;
        Ok(sha256)
    }

    /// Puts a picture of what good looks like onto the hub and gives its digest.
    pub async fn attach_picture(&self, bytes: Vec<u8>) -> Result<String, String> {
        let picture = bytes.starts_with(&[0xFF, 0xD8, 0xFF])
            || bytes.starts_with(b"\x89PNG\r\n\x1A\n")
            || bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        if !picture {
            return Err("This file is no JPEG, PNG or WebP picture.".into());
        }
        if bytes.len() > HINT_BYTES_MAX {
            return Err("The picture has more than 5 MB. Phones keep it: make it smaller.".into());
        }
        let sha256 = digest(&bytes);
        self.inner.hub.put(&format!("/v1/media/{sha256}"), bytes).await.map_err(|error| error.to_string())?;
        Ok(sha256)
    }

    /// A document's bytes: from this machine when they are here, else from the hub.
    pub async fn document(&self, sha256: &str) -> Result<Vec<u8>, String> {
        let sha256 = named(sha256)?;
        let address = format!("/v1/documents/{sha256}");
        self.kept_or_asked(&sha256, &address).await
    }

    /// What stands in an address: never what the page sent as it came.
    fn callout_id(&self, callout: &str) -> Result<String, String> {
        let shown = self.inner.shown();
        match shown.world.callout(callout) {
            Some(callout) => Ok(callout.id.to_string()),
            None => uuid::Uuid::try_parse(callout)
                .map(|id| id.to_string())
                .map_err(|_| format!("There is no call-out “{callout}”.")),
        }
    }
}

/// The digest as it stands in an address and in a file's name.
fn named(sha256: &str) -> Result<String, String> {
    let sha256 = sha256.to_ascii_lowercase();
    match sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => Ok(sha256),
        false => Err("A picture or a document is named by its SHA-256.".into()),
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn keep(dir: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let half = path.with_extension("part");
    std::fs::write(&half, bytes)?;
    std::fs::rename(&half, path)?;
    make_room(dir, CACHE_BYTES_MAX)
}

/// Oldest first, until the rest fits.
fn make_room(dir: &Path, bytes_max: u64) -> std::io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let about = entry.metadata()?;
        files.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len(), entry.path()));
    }
    let mut held: u64 = files.iter().map(|(_, length, _)| length).sum();
    files.sort();
    for (_, length, path) in files {
        if held <= bytes_max {
            break;
        }
        std::fs::remove_file(path)?;
        held -= length;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_oldest_pictures_make_room() {
        let dir = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (age_s, name) in [(30, "a"), (20, "b"), (10, "c")] {
            let path = dir.path().join(name);
            std::fs::write(&path, [0u8; 10]).unwrap();
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(now - Duration::from_secs(age_s)).unwrap();
        }
        make_room(dir.path(), 20).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["b", "c"]);
    }
}
