//! Places: codes against their published vectors, properties, and what the operator is told when claims disagree.

mod agreement;
mod plus_codes;
mod properties;

use std::path::Path;

/// The fuzz corpus, replayed on every change without a fuzzer.
#[test]
fn corpus_replays_without_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/typed");
    let entries: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(entries.len() > 20, "the corpus is not here");
    for path in entries {
        domain::places::fuzzing::typed(&std::fs::read(&path).unwrap());
    }
}
