//! Commands whose outcome is not known at once.

use std::cell::Cell;

use foldlog::{
    engine::repository::{ExecuteError, ExecuteOptions},
    storage::{AppendError, Outcome, StorageErrorKind},
    testing::{Fault, aggregate_id},
};
use pollster::block_on;

use crate::bench::{Bench, count_one, counted, state};

#[test]
fn after_an_unknown_outcome_the_same_events_are_sent_again() {
    let faults = [Fault::RequestLost, Fault::AnswerLost, Fault::Refused];
    for first in faults {
        for second in faults {
            let bench = Bench::new();
            let repository = bench.failing([first, second]);
            let decisions = Cell::new(0);
            let decide = |_: &u64| {
                decisions.set(decisions.get() + 1);
                Ok::<_, String>(vec![counted(1)])
            };
            let options = ExecuteOptions::default();
            let receipt = block_on(repository.execute(&aggregate_id("c"), decide, &options))
                .unwrap()
                .unwrap();
            assert_eq!(
                (decisions.get(), receipt.last_sequence_number),
                (1, 1),
                "{first:?}, {second:?}"
            );
            assert_eq!(state(&repository), 1);
        }
    }
}

#[test]
fn without_a_deadline_a_command_that_is_never_stored_ends_with_its_retries() {
    let bench = Bench::new();
    let repository = bench.failing(vec![Fault::Refused; 10_000]);
    let options = ExecuteOptions {
        retries: 3,
        deadline: None,
        ..ExecuteOptions::default()
    };
    let executed = block_on(repository.execute(&aggregate_id("c"), count_one, &options));
    match executed {
        Err(ExecuteError::Append(AppendError::Storage(error))) => {
            assert_eq!(error.outcome, Some(Outcome::NotCommitted));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_outcome_that_stays_unknown_is_told_so() {
    let bench = Bench::new();
    let outcome = |faults: Vec<Fault>| {
        let repository = bench.failing(faults);
        match block_on(repository.execute(&aggregate_id("c"), count_one, &ExecuteOptions::default())) {
            Err(ExecuteError::Append(AppendError::Storage(error))) => (error.kind, error.outcome),
            other => panic!("{other:?}"),
        }
    };
    let unavailable = StorageErrorKind::StorageUnavailable;
    assert_eq!(
        outcome(vec![Fault::RequestLost; 10_000]),
        (unavailable, Some(Outcome::Unknown))
    );
    assert_eq!(
        outcome(vec![Fault::Refused; 10_000]),
        (unavailable, Some(Outcome::NotCommitted))
    );
    assert_eq!(
        outcome(vec![Fault::Closed]),
        (StorageErrorKind::Closed, Some(Outcome::NotCommitted))
    );
    let then_closed = outcome(vec![Fault::AnswerLost, Fault::Closed]);
    assert_eq!(then_closed, (StorageErrorKind::Closed, Some(Outcome::Unknown)));
}
