//! A data directory as the disk has it, from the trace of who wrote to it.
//!
//! What a flush covered is there. Of what was written since, a disk may have any part in any order: each write is there
//! or not, and the last one is torn. What was being flushed when the power went counts as not flushed. The files' names
//! do not come and go: the model insists on it rather than guess.

use crate::trace::Call;
use anyhow::{Context, bail};
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::path::Path;

/// The database and its log. The third file, `-shm`, is shared memory and means nothing after a restart.
const FILES: [&str; 2] = ["hub.db", "hub.db-wal"];

/// Whether a flush does what it says.
#[derive(Clone, Copy, PartialEq)]
pub enum Flush {
    Works,
    Lies,
}

pub struct Disk<'a>(BTreeMap<&'static str, File<'a>>);

struct File<'a> {
    path: String,
    flushed: Vec<u8>,
    /// In the order they began.
    unflushed: Vec<(Change<'a>, usize)>,
}

#[derive(Clone, Copy)]
enum Change<'a> {
    Write { at: usize, data: &'a [u8] },
    Length(usize),
}

impl<'a> Disk<'a> {
    /// The directory as it is now, all of it flushed.
    pub fn of(data: &Path) -> anyhow::Result<Self> {
        let file = |name: &'static str| {
            let path = data.join(name);
            let flushed = std::fs::read(&path).with_context(|| path.display().to_string())?;
            Ok((name, File { path: path.display().to_string(), flushed, unflushed: vec![] }))
        };
        Ok(Self(FILES.into_iter().map(file).collect::<anyhow::Result<_>>()?))
    }

    /// What the disk and the drive's memory hold when line `cut` of the trace has been reached.
    pub fn at(before: &Self, calls: &'a [Call], cut: usize, flush: Flush) -> anyhow::Result<Self> {
        let copy = |file: &File<'a>| File { path: file.path.clone(), flushed: file.flushed.clone(), unflushed: vec![] };
        let mut disk = Self(before.0.iter().map(|(name, file)| (*name, copy(file))).collect());
        // A flush counts when it ended, a write when it began: both by their lines.
        let mut flushes: BTreeMap<usize, &Call> = BTreeMap::new();
        for call in calls.iter().take_while(|call| call.began <= cut) {
            while let Some(over) = flushes.first_entry().filter(|over| *over.key() < call.began) {
                disk.flush(over.remove());
            }
            let Some(file) = disk.0.values_mut().find(|file| file.path == call.on || names(call, file)) else {
                continue;
            };
            match call.name.as_str() {
                "pwrite64" => file.unflushed.push((write(call)?, call.ended)),
                "ftruncate" => file.unflushed.push((Change::Length(number(call)?), call.ended)),
                "fsync" | "fdatasync" if flush == Flush::Lies || call.result != Some(0) => {}
                "fsync" | "fdatasync" => drop(flushes.insert(call.ended, call)),
                "read" => {}
                "openat" if call.result.is_none_or(|fd| fd >= 0) => {}
                other => bail!("{other} on {}: the model does not know it", file.path),
            }
        }
        for (_, over) in flushes.range(..=cut) {
            disk.flush(over);
        }
        Ok(disk)
    }

    fn flush(&mut self, call: &Call) {
        for file in self.0.values_mut().filter(|file| file.path == call.on) {
            let covers = |(_, ended): &mut (Change<'_>, usize)| *ended < call.began;
            let covered: Vec<_> = file.unflushed.extract_if(.., covers).collect();
            covered.into_iter().for_each(|(change, _)| change.apply(&mut file.flushed));
        }
    }

    /// How many writes a cut now would put at risk.
    pub fn at_risk(&self) -> usize {
        self.0.values().map(|file| file.unflushed.len()).sum()
    }

    /// Writes what a power cut leaves. Of the writes at risk, `kept` of all survive.
    pub fn leave(&self, data: &Path, kept: f64, random: &mut StdRng) -> anyhow::Result<()> {
        std::fs::create_dir_all(data)?;
        for (name, file) in &self.0 {
            let mut left = file.flushed.clone();
            let last = file.unflushed.len().saturating_sub(1);
            for (place, (change, _)) in file.unflushed.iter().enumerate() {
                match *change {
                    Change::Write { at, data } if place == last => {
                        Change::Write { at, data: &data[..random.random_range(0..data.len())] }.apply(&mut left);
                    }
                    change if random.random_bool(kept) => change.apply(&mut left),
                    Change::Write { .. } | Change::Length(_) => {}
                }
            }
            std::fs::write(data.join(name), left)?;
        }
        Ok(())
    }
}

impl Change<'_> {
    fn apply(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Length(length) => bytes.resize(length, 0),
            Self::Write { at, data } => {
                // What lies before it and never came reads as zeros.
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[at..at + data.len()].copy_from_slice(data);
            }
        }
    }
}

/// Calls that name a file by its path, not by an open descriptor.
fn names(call: &Call, file: &File<'_>) -> bool {
    call.data == file.path.as_bytes()
}

/// A call that never came back may have written, too.
fn write(call: &Call) -> anyhow::Result<Change<'_>> {
    let whole = call.result.is_none_or(|written| written == call.data.len() as i64);
    anyhow::ensure!(whole, "{} bytes were written as {:?}", call.data.len(), call.result);
    Ok(Change::Write { at: number(call)?, data: &call.data })
}

fn number(call: &Call) -> anyhow::Result<usize> {
    Ok(usize::try_from(call.last.with_context(|| format!("{} without a number", call.name))?)?)
}
