//! A server that does not have what it had: rewound, forked, restored in another epoch.

use std::sync::Arc;

use foldlog::{
    backends::{memory::MemoryStorage, remote::RemoteStorage},
    core::{
        Head, Limits,
        append::{Durability, GivenExpectations, epoch_link},
        record::RecordBuilder,
    },
    engine::EventStore,
    environment::{Environment, system},
    storage::{AppendError, ImportRequest, ImportStep, Outcome, Storage, StorageErrorKind},
    testing::{TestEnvironment, event},
};
use pollster::block_on;

use crate::{
    fixture::options,
    line::{Faults, Line},
    server::Server,
};

/// A log of so many events; logs of the same seed begin with the same epoch.
fn log(seed: u64, events: u64, data: &str) -> MemoryStorage {
    let environment = TestEnvironment::new(seed);
    let log = MemoryStorage::new(environment.clone());
    let store = EventStore::new(log.clone(), environment, Limits::default());
    for version in 0..events {
        block_on(store.append(vec![event("a", data)], GivenExpectations::exactly(version))).unwrap();
    }
    log
}

fn opened(on: MemoryStorage) -> (Arc<Server>, EventStore<RemoteStorage<Line>>) {
    let environment = TestEnvironment::sleeping_in(system(), 9);
    let server = Server::new(environment.clone());
    server.replace(on);
    let line = Line::new(Arc::clone(&server), Faults::None);
    let environment: Arc<dyn Environment> = environment;
    let storage = block_on(RemoteStorage::open(line, "a log", options(), environment.clone())).unwrap();
    (server, EventStore::new(storage, environment, Limits::default()))
}

fn head(log: &MemoryStorage) -> Head {
    block_on(log.place(None)).unwrap().unwrap()
}

#[test]
fn g10_a_head_that_was_seen_must_stay() {
    for (other, kind) in [
        (log(1, 2, "1"), StorageErrorKind::LogRewound),
        (log(1, 3, "2"), StorageErrorKind::LogDiverged),
        (log(2, 3, "1"), StorageErrorKind::EpochChanged),
        (log(2, 9, "1"), StorageErrorKind::EpochChanged),
    ] {
        let (server, store) = opened(log(1, 3, "1"));
        server.replace(other);
        assert_eq!(block_on(store.head()).unwrap_err().kind, kind);
        // It is not forgotten.
        assert_eq!(block_on(store.head()).unwrap_err().kind, kind);
    }
}

/// A restored copy: all appends in records of their own, as a server keeps them, and a new epoch.
fn restored(log: &MemoryStorage, seed: u64) -> MemoryStorage {
    let environment = TestEnvironment::new(seed);
    let copy = MemoryStorage::new(environment.clone());
    let import = |record, step| block_on(copy.import(ImportRequest { record, step })).unwrap();
    let mut step = ImportStep::Begin;
    for record in block_on(log.read_records(None, usize::MAX)).unwrap() {
        import(record, step);
        step = ImportStep::Continue;
    }
    let (before, epoch, now) = (head(log), environment.mint_epoch(), environment.now());
    let mut builder = RecordBuilder::after(&before);
    builder.change_epoch(epoch, now, Durability::Memory, epoch_link(epoch, &before, now));
    import(builder.finish(), ImportStep::Finish);
    copy
}

#[test]
fn g10_a_second_change_of_epoch_at_a_place_that_was_seen_is_no_other_history() {
    let second = restored(&log(1, 3, "1"), 2);
    let (server, store) = opened(second.clone());
    server.replace(restored(&second, 3));
    assert_eq!(block_on(store.head()).unwrap().sequence_number, 3);
    assert!(block_on(store.append(vec![event("b", "1")], GivenExpectations::exactly(0))).is_ok());
}

#[test]
fn g10_changes_of_epoch_right_before_a_place_that_was_seen_do_not_hide_it() {
    let second = restored(&log(1, 3, "1"), 2);
    let store = EventStore::new(second.clone(), TestEnvironment::new(4), Limits::default());
    block_on(store.append(vec![event("b", "1")], GivenExpectations::exactly(0))).unwrap();
    let (server, store) = opened(second.clone());
    server.replace(restored(&second, 3));
    assert_eq!(block_on(store.head()).unwrap().sequence_number, 4);
}

#[test]
fn g10_an_append_to_a_rewound_log_is_told_of_it() {
    let (server, store) = opened(log(1, 3, "1"));
    server.replace(log(1, 1, "1"));
    match block_on(store.append(vec![event("b", "1")], GivenExpectations::exactly(0))) {
        Err(AppendError::Storage(error)) => {
            assert_eq!(
                (error.kind, error.outcome),
                (StorageErrorKind::LogRewound, Some(Outcome::Committed))
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn g10_a_place_that_was_kept_is_checked() {
    let kept = head(&log(1, 3, "1"));
    let longer = log(1, 5, "1");
    let (_, store) = opened(longer);
    block_on(store.check_place(&kept)).unwrap();
    for (other, kind) in [
        (log(1, 2, "1"), StorageErrorKind::LogRewound),
        (log(1, 5, "2"), StorageErrorKind::LogDiverged),
        (log(2, 5, "1"), StorageErrorKind::EpochChanged),
    ] {
        let (_, store) = opened(other);
        assert_eq!(block_on(store.check_place(&kept)).unwrap_err().kind, kind);
    }
}

#[test]
fn a_log_that_is_not_there_is_told() {
    let environment = TestEnvironment::sleeping_in(system(), 9);
    let line = Line::new(Server::new(environment.clone()), Faults::None);
    let opened = block_on(RemoteStorage::open(line, "b", options(), environment));
    assert_eq!(
        opened.err().map(|error| error.kind),
        Some(StorageErrorKind::LogNotFound)
    );
}
