//! The export format, byte for byte, against golden files that other code computed from `docs/export-format.md`.

#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]
#![allow(clippy::unwrap_used, reason = "a malformed vector fails the test")]

use std::sync::Arc;

use foldlog::{
    backends::memory::MemoryStorage,
    core::Limits,
    engine::{EventStore, ImportProgress},
    testing::TestEnvironment,
};
use pollster::block_on;

const WHOLE: &str = include_str!("vectors/export-1.jsonl");
const AFTER_1: &str = include_str!("vectors/export-1-after-1.jsonl");

fn empty_log() -> EventStore<MemoryStorage> {
    let environment: Arc<TestEnvironment> = TestEnvironment::new(1);
    EventStore::new(MemoryStorage::new(environment.clone()), environment, Limits::default())
}

fn import(store: &EventStore<MemoryStorage>, text: &str) -> ImportProgress {
    block_on(async {
        let mut import = store.import().await.unwrap();
        for line in text.lines() {
            import.push(line).await.unwrap();
        }
        import.finish(true).await.unwrap()
    })
}

fn export(store: &EventStore<MemoryStorage>, after: u64) -> String {
    let mut export = store.export(after, None);
    let mut text = String::new();
    while let Some(lines) = block_on(export.page()).unwrap() {
        text.push_str(&lines);
    }
    text
}

#[test]
fn the_golden_files_are_read_and_written_byte_for_byte() {
    let store = empty_log();
    let imported = import(&store, WHOLE);
    assert_eq!((imported.imported, imported.head.sequence_number), (10, 10));
    assert_eq!(export(&store, 0), WHOLE);
    assert_eq!(export(&store, 1), AFTER_1);
}

#[test]
fn the_golden_parts_continue_a_mirror() {
    let store = empty_log();
    // The first append, as a file of its own.
    let [header, genesis, first, ..] = WHOLE.lines().collect::<Vec<_>>()[..] else {
        panic!("the file has too few lines");
    };
    let place = AFTER_1
        .lines()
        .next()
        .unwrap()
        .strip_prefix("{\"foldlogExport\":1,\"after\":")
        .unwrap();
    let end = format!("{{\"end\":{place}");
    assert_eq!(import(&store, &[header, genesis, first, &end].join("\n")).imported, 1);
    assert_eq!(import(&store, AFTER_1).imported, 9);
    assert_eq!(export(&store, 0), WHOLE);
}
