//! Between reading a group's frames and its first acknowledgement, the log's flush.
//!
//! The trace shows when a frame was read, which pages of the write-ahead log hold it, when the disk was waited for, and
//! when its ACK began to leave. With `synchronous=NORMAL` SQLite flushes that file only before a checkpoint, with `OFF`
//! never: no group would have its flush.

use crate::load::{Frame, Load, accounts, prepare};
use crate::trace::{Call, Traced, acknowledgements, impossible, reads};
use anyhow::Context;
use std::collections::{HashMap, HashSet};
use watchhouse_tests::skip;

const PANELS: usize = 12;
/// Some dozens of groups; their trace is about 20 MB.
const FRAMES: u64 = 240;
/// A frame of SQLite's write-ahead log is a header, then a page. (SQLite's file format, section 4.1.)
const HEADER: usize = 24;
const PAGE: usize = 4096;

/// The frames that one transaction stored, and where it wrote its pages.
struct Group {
    frames: Vec<Frame>,
    began: usize,
    ended: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_flush_lies_between_reading_a_groups_frames_and_its_first_acknowledgement() -> anyhow::Result<()> {
    if let Some(why) = impossible() {
        skip("flush", &why);
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let accounts = accounts('A', PANELS);
    prepare(&data, &accounts)?;
    let traced = Traced::start(&data)?;
    let load = Load::start(&accounts);
    load.goes_on_at(&traced.hub);
    load.acknowledges(FRAMES).await?;
    let done = load.finish().await?;
    let calls = traced.end().await?;

    let wal = data.join("hub.db-wal");
    let wal = wal.to_str().context("a path of this test is no text")?;
    let groups = groups(&calls, wal)?;
    let acknowledged: HashMap<Frame, usize> = acknowledgements(&calls)?.into_iter().collect();
    let stored: HashSet<&Frame> = groups.iter().flat_map(|group| &group.frames).collect();
    let never: Vec<_> = done.frames.iter().filter(|frame| !stored.contains(frame)).collect();
    assert!(never.is_empty(), "acknowledged, and never written: {never:?}");
    assert!(groups.iter().any(|group| group.frames.len() > 1), "no two frames ever went together");

    let flushes: Vec<&Call> = calls.iter().filter(|call| call.flushes(wal)).collect();
    let reads = reads(&calls);
    for group in &groups {
        let read = group.frames.iter().filter_map(|frame| Some(reads.get(frame)?.ended)).max();
        let read = read.context("a group that nobody sent")?;
        assert!(read < group.began, "{:?} were written before they were read", group.frames);
        assert!(is_flushed(group, &flushes, &acknowledged), "{:?} were acknowledged before the flush", group.frames);
    }
    // The same look at the same trace, had nobody waited for the disk.
    assert!(!groups.iter().any(|group| is_flushed(group, &[], &acknowledged)));
    Ok(())
}

/// Whether a flush began after the group's last page and was over before its first ACK began to leave.
fn is_flushed(group: &Group, flushes: &[&Call], acknowledged: &HashMap<Frame, usize>) -> bool {
    let first = group.frames.iter().filter_map(|frame| acknowledged.get(frame)).min();
    first.is_some_and(|first| flushes.iter().any(|flush| group.ended < flush.began && flush.ended < *first))
}

/// The transactions in the order of the file. Each frame belongs to the first that holds it; later ones write the same
/// page again.
fn groups(calls: &[Call], wal: &str) -> anyhow::Result<Vec<Group>> {
    let (mut groups, mut known) = (vec![], HashSet::new());
    let mut group: Option<Group> = None;
    let mut commits = false;
    for call in calls.iter().filter(|call| call.writes(wal)) {
        let open = group.get_or_insert_with(|| Group { frames: vec![], began: call.began, ended: 0 });
        match call.data.len() {
            // The size of the database stands in the last header of a transaction, and in no other.
            HEADER => commits = call.data[4..8] != [0; 4],
            PAGE => {
                open.frames.extend(Frame::marked_in(&call.data).filter(|frame| known.insert(frame.clone())));
                open.ended = call.ended;
                if commits {
                    groups.extend(group.take().filter(|group| !group.frames.is_empty()));
                }
            }
            // The file's own header, before the first transaction.
            32 if call.last == Some(0) => group = None,
            other => anyhow::bail!("{other} bytes in a write-ahead log"),
        }
    }
    Ok(groups)
}
