//! The fuzz corpus, replayed on every change without a fuzzer.

use std::path::Path;

use feeds::fuzzing;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs = 0;
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        run(&std::fs::read(&path).expect("a readable input"));
        inputs += 1;
    }
    assert!(inputs > 0, "{target} has no corpus");
}

#[test]
fn corpus_replays_without_panic() {
    replay("splitter", fuzzing::splitter);
    replay("frame", fuzzing::frame);
    replay("message", fuzzing::message);
    replay("owntracks", fuzzing::owntracks);
}
