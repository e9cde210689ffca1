//! What a caller is told of a write whose answers are lost (G11), and that nothing is done twice or out of order (G4, G5).

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use foldlog::{
    backends::remote::{RemoteOptions, RemoteStorage},
    core::{
        CheckpointName, Limits,
        append::{CheckpointMove, Expectation, GivenExpectations, Receipt},
    },
    engine::EventStore,
    environment::{Environment, system},
    storage::{AppendError, Outcome, Storage, StorageError, StorageErrorKind},
    testing::{TestEnvironment, event, event_id, join_all},
};
use pollster::block_on;

use crate::{
    fixture::options,
    line::{Fault, Faults, Line},
    server::Server,
};

type Store = EventStore<RemoteStorage<Line>>;

/// A store whose line has these faults, the first of which meets the first call after opening.
fn store(faults: &[Fault]) -> Store {
    let environment = TestEnvironment::sleeping_in(system(), 1);
    let opening = [Fault::None].iter().chain(faults).copied();
    let line = Line::new(Server::new(environment.clone()), Faults::these(opening));
    let options = RemoteOptions {
        deadline: Duration::from_millis(40),
        ..options()
    };
    let environment: Arc<dyn Environment> = environment;
    let storage = block_on(RemoteStorage::open(line, "a log", options, environment.clone())).unwrap();
    EventStore::new(storage, environment, Limits::default())
}

fn append(store: &Store) -> Result<Receipt, AppendError> {
    let events = vec![event("a", "1").with_id(event_id(1))];
    block_on(store.append(events, GivenExpectations::exactly(0)))
}

fn storage_error(result: Result<Receipt, AppendError>) -> StorageError {
    match result {
        Err(AppendError::Storage(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn length(store: &Store) -> u64 {
    block_on(store.head()).unwrap().sequence_number
}

#[test]
fn g11_a_lost_answer_is_found_by_sending_the_same_again() {
    for fault in [
        Fault::AnswerLost,
        Fault::Late,
        Fault::RequestLost,
        Fault::BadGateway,
        Fault::Doubled,
    ] {
        let store = store(&[fault]);
        let receipt = append(&store).unwrap();
        assert_eq!(
            (receipt.first_sequence_number, receipt.replayed),
            (1, fault == Fault::Doubled),
            "{fault:?}"
        );
        assert!(append(&store).unwrap().replayed);
        assert_eq!(length(&store), 1);
    }
}

#[test]
fn g11_after_the_deadline_it_is_looked_for_by_its_id() {
    // So long a pause is chosen after some attempts that no further one is in time; then the look is answered.
    let mut faults = vec![Fault::AnswerLost; 200];
    for (answered, outcome) in [(true, None), (false, Some(Outcome::Unknown))] {
        faults.truncate(200);
        let store = store(&faults);
        if answered {
            store.storage().transport().forgive_reads();
        }
        match (append(&store), outcome) {
            (Ok(receipt), None) => assert!(!receipt.replayed),
            (other, outcome) => {
                let error = storage_error(other);
                assert_eq!((error.kind, error.outcome), (StorageErrorKind::Network, outcome));
                assert!(error.kind.is_retryable());
            }
        }
    }
}

#[test]
fn g11_what_was_not_done_is_not_in_doubt() {
    for (fault, kind) in [
        (Fault::RateLimited, StorageErrorKind::RateLimited),
        (Fault::Unavailable, StorageErrorKind::StorageUnavailable),
        (Fault::Unauthenticated, StorageErrorKind::Unauthenticated),
    ] {
        let store = store(&[fault; 200]);
        store.storage().transport().refuse_tokens();
        let error = storage_error(append(&store));
        assert_eq!(
            (error.kind, error.outcome),
            (kind, Some(Outcome::NotCommitted)),
            "{fault:?}"
        );
    }
}

#[test]
fn g11_a_conflict_that_a_lost_attempt_may_outlive_is_in_doubt() {
    let events = || vec![event("a", "1").with_id(event_id(9))];
    for given in [
        GivenExpectations::exactly(5),
        GivenExpectations {
            of_the_aggregate: Some(Expectation::Exists),
            ..GivenExpectations::default()
        },
    ] {
        let store = store(&[Fault::RequestLost]);
        let error = storage_error(block_on(store.append(events(), given.clone())));
        assert_eq!(
            (error.kind, error.outcome),
            (StorageErrorKind::Network, Some(Outcome::Unknown))
        );
        // Without a lost attempt there is no doubt.
        let refused = block_on(store.append(events(), given));
        assert!(matches!(refused, Err(AppendError::Rejected(_))), "{refused:?}");
    }
    // A version that was passed does not come back.
    let store = store(&[Fault::None, Fault::RequestLost]);
    append(&store).unwrap();
    let refused = block_on(store.append(events(), GivenExpectations::exactly(0)));
    assert!(matches!(refused, Err(AppendError::Rejected(_))), "{refused:?}");
}

#[test]
fn g4_a_lost_answer_does_not_let_the_next_append_pass() {
    let store = store(&[
        Fault::RequestLost,
        Fault::Late,
        Fault::AnswerLost,
        Fault::RateLimited,
        Fault::Late,
    ]);
    let appends: Vec<_> = (0..5)
        .map(|n: u64| store.append(vec![event("a", &n.to_string())], GivenExpectations::exactly(n)))
        .collect();
    let receipts = block_on(join_all(appends));
    for (receipt, n) in receipts.into_iter().zip(1..) {
        assert_eq!(receipt.unwrap().first_sequence_number, n);
    }
}

#[test]
fn a_checkpoint_whose_answer_was_lost_has_moved() {
    for fault in [Fault::AnswerLost, Fault::Late, Fault::Delayed] {
        let store = store(&[Fault::None, fault, Fault::None]);
        let to = block_on(store.head()).unwrap();
        let step = CheckpointMove {
            name: CheckpointName::parse("mailer").unwrap(),
            from: None,
            to,
        };
        block_on(store.save_checkpoint(step.clone())).unwrap();
        assert_eq!(block_on(store.checkpoint(&step.name)).unwrap(), Some(to));
        assert!(block_on(store.save_checkpoint(step)).is_err());
    }
}

#[test]
fn closing_wakes_readers_while_the_network_is_down() {
    let environment = TestEnvironment::sleeping_in(system(), 1);
    let line = Line::new(
        Server::new(environment.clone()),
        Faults::these([Fault::None].into_iter().chain([Fault::RequestLost; 200])),
    );
    let options = RemoteOptions {
        first_pause: Duration::from_secs(600),
        deadline: Duration::from_secs(6_000),
        ..options()
    };
    let storage = block_on(RemoteStorage::open(line, "a log", options, environment)).unwrap();
    let begun = Instant::now();
    thread::scope(|scope| {
        let readers = [
            scope.spawn(|| block_on(storage.changed(0))),
            scope.spawn(|| block_on(storage.place(None)).map(drop)),
        ];
        // Long enough that the reads are in their pause; if they are not, they are told at once.
        thread::sleep(Duration::from_millis(100));
        block_on(storage.close());
        for reader in readers {
            assert_eq!(reader.join().unwrap().unwrap_err().kind, StorageErrorKind::Closed);
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn health_tells_of_a_server_that_does_not_answer() {
    let store = store(&[Fault::RequestLost; 200]);
    assert_eq!(block_on(store.health()).handle, "open");
    assert!(block_on(store.head()).is_err());
    let health = block_on(store.health());
    assert_eq!((health.handle, health.last_error), ("lost", Some("network")));
    assert_eq!((health.backend, health.durability), ("remote", "remote"));
}
