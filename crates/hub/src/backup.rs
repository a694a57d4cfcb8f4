//! A copy of the data directory, and bringing it back.

use crate::media::is_finished;
use domain::event::PersonErased;
use domain::id::PersonId;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use store::Store;

pub async fn make(data: &Path, to: &Path) -> anyhow::Result<()> {
    let store = Store::open(data, store::Key::None).await?;
    store.backup(to).await?;
    copy_media(data, to)
}

fn copy_media(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (from, to) = (from.join("media"), to.join("media"));
    for folder in std::fs::read_dir(&from).into_iter().flatten().flatten() {
        let target = to.join(folder.file_name());
        store::private::directory(&target)?;
        for file in std::fs::read_dir(folder.path())?.flatten() {
            if is_finished(&file.path()) {
                std::fs::copy(file.path(), target.join(file.file_name()))?;
            }
        }
    }
    Ok(())
}

/// Who was erased in these directories.
async fn erasures(dirs: &[PathBuf]) -> anyhow::Result<Vec<PersonErased>> {
    let mut all = Vec::new();
    for dir in dirs {
        anyhow::ensure!(dir.join("hub.db").is_file(), "{} holds no hub and no backup", dir.display());
        let store = Store::open(dir, store::Key::None).await?;
        all.extend(store.erasures().await?);
    }
    all.sort_by_key(|erased| erased.person);
    all.dedup_by_key(|erased| erased.person);
    Ok(all)
}

/// What came back, and who has still to be erased in it.
pub struct Restored {
    pub events: u64,
    pub erased: Vec<PersonErased>,
}

pub async fn restore(data: &Path, from: &Path, erased_in: &[PathBuf]) -> anyhow::Result<Restored> {
    // Read first: what cannot be read must not leave somebody unforgotten.
    let mut erased = erasures(erased_in).await?;
    anyhow::ensure!(from.join("hub.db").is_file(), "{} holds no backup", from.display());
    anyhow::ensure!(!data.join("hub.db").exists(), "{} is not empty", data.display());
    store::private::directory(data)?;
    // Closed to others before there is something in it; a copy takes over how open its original was.
    std::io::copy(&mut std::fs::File::open(from.join("hub.db"))?, &mut store::private::file(&data.join("hub.db"))?)?;
    copy_media(from, data)?;
    let store = Store::open(data, store::Key::None).await?;
    let found = store.verify().await?;
    anyhow::ensure!(found.problems.is_empty(), "the backup is not clean: {}", found.problems.join("; "));
    let known: BTreeSet<PersonId> = store.erasures().await?.into_iter().map(|erased| erased.person).collect();
    erased.retain(|erased| !known.contains(&erased.person));
    Ok(Restored { events: found.events, erased })
}
