//! Executing commands.

use std::{cell::Cell, time::Duration};

use foldlog::{
    core::{append::AppendRejection, command_event_id},
    engine::repository::{ExecuteError, ExecuteOptions},
    environment::Environment,
    storage::AppendError,
    testing::{aggregate_id, join_all},
};
use pollster::block_on;

use crate::bench::{Bench, command, count_one, counted, state};

#[test]
fn a_command_without_a_decision_appends_nothing_and_an_error_passes_through() {
    let repository = Bench::new().repository();
    let id = aggregate_id("c");
    let nothing = block_on(repository.execute(&id, |_| Ok::<_, String>(Vec::new()), &command("k"))).unwrap();
    assert_eq!(nothing, None);
    let failed = block_on(repository.execute(&id, |_| Err("no".to_owned()), &command("k")));
    assert!(matches!(failed, Err(ExecuteError::Decide(reason)) if reason == "no"));
    assert_eq!(state(&repository), 0);
}

#[test]
fn a_repeated_command_returns_its_first_receipt_without_deciding() {
    let bench = Bench::new();
    let id = aggregate_id("c");
    let two = |_: &u64| Ok::<_, String>(vec![counted(1), counted(10)]);
    let first = block_on(bench.repository().execute(&id, two, &command("k")))
        .unwrap()
        .unwrap();
    block_on(bench.repository().execute(&id, count_one, &command("other"))).unwrap();
    bench.environment.advance(Duration::from_secs(86_400));
    let again = block_on(
        bench
            .repository()
            .execute(&id, |_| panic!("it decides again"), &command("k")),
    );
    let again: Result<_, ExecuteError<String>> = again;
    let again = again.unwrap().unwrap();
    assert!(again.replayed && again.head == first.head);
    assert_eq!(state(&bench.repository()), 12);
    let found = block_on(bench.repository().store().find_append(command_event_id("k", 1))).unwrap();
    assert_eq!(found, Some(again));
}

#[test]
fn a_command_id_that_another_aggregate_used_is_refused() {
    let bench = Bench::new();
    block_on(
        bench
            .repository()
            .execute(&aggregate_id("other"), count_one, &command("k")),
    )
    .unwrap();
    let refused = block_on(bench.repository().execute(&aggregate_id("c"), count_one, &command("k")));
    let duplicate = matches!(
        refused,
        Err(ExecuteError::Append(AppendError::Rejected(
            AppendRejection::DuplicateEvent { .. }
        )))
    );
    assert!(duplicate);
}

#[test]
fn a_conflict_is_decided_again_on_the_new_state() {
    let bench = Bench::new();
    let (repository, intruder) = (bench.repository(), bench.repository());
    let id = aggregate_id("c");
    let rounds = Cell::new(0);
    let decide = |state: &u64| {
        if rounds.replace(rounds.get() + 1) < 3 {
            block_on(intruder.execute(&id, count_one, &ExecuteOptions::default())).unwrap();
        }
        Ok::<_, String>(vec![counted(100 + *state)])
    };
    let before = bench.environment.now();
    let receipt = block_on(repository.execute(&id, decide, &command("k")))
        .unwrap()
        .unwrap();
    assert_eq!((rounds.get(), receipt.versions[0].1), (4, 4));
    assert_eq!(state(&repository), 3 + 103);
    assert!(bench.environment.now() > before, "it waits before it decides again");
}

#[test]
fn retries_and_deadline_end_a_command() {
    let bench = Bench::new();
    let (repository, intruder) = (bench.repository(), bench.repository());
    let id = aggregate_id("c");
    let attempts = |options: &ExecuteOptions| {
        let rounds = Cell::new(0);
        let decide = |_: &u64| {
            rounds.set(rounds.get() + 1);
            block_on(intruder.execute(&id, count_one, &ExecuteOptions::default())).unwrap();
            Ok::<_, String>(vec![counted(1)])
        };
        let failed = block_on(repository.execute(&id, decide, options));
        let conflict = matches!(
            failed,
            Err(ExecuteError::Append(AppendError::Rejected(
                AppendRejection::ConcurrencyConflict(_)
            )))
        );
        assert!(conflict);
        rounds.get()
    };
    let options = |retries, deadline| ExecuteOptions {
        retries,
        deadline,
        ..ExecuteOptions::default()
    };
    assert_eq!(attempts(&options(0, None)), 1);
    assert_eq!(attempts(&options(4, None)), 5);
    let limited = attempts(&options(1_000_000, Some(Duration::from_secs(5))));
    assert!(
        (5..100).contains(&limited),
        "{limited} attempts in five seconds with a ceiling of one"
    );
}

#[test]
fn the_same_command_at_once_is_executed_once() {
    let bench = Bench::new();
    let repositories: Vec<_> = (0..5).map(|_| bench.repository()).collect();
    let (id, options) = (aggregate_id("c"), command("k"));
    let executed = join_all(
        repositories
            .iter()
            .map(|repository| repository.execute(&id, count_one, &options)),
    );
    let receipts: Vec<_> = block_on(executed)
        .into_iter()
        .map(|receipt| receipt.unwrap().unwrap())
        .collect();
    assert_eq!(receipts.iter().filter(|receipt| !receipt.replayed).count(), 1);
    assert_eq!(state(&repositories[0]), 1);
}

#[test]
fn the_same_command_decided_otherwise_meanwhile_returns_what_was_stored() {
    let bench = Bench::new();
    let (repository, intruder) = (bench.repository(), bench.repository());
    let id = aggregate_id("c");
    let decide = |_: &u64| {
        block_on(intruder.execute(&id, |_| Ok::<_, String>(vec![counted(5)]), &command("k"))).unwrap();
        Ok::<_, String>(vec![counted(7)])
    };
    let receipt = block_on(repository.execute(&id, decide, &command("k")))
        .unwrap()
        .unwrap();
    assert!(receipt.replayed);
    assert_eq!(state(&repository), 5);
}
