//! Saving what was raised.

use std::time::Duration;

use foldlog::{
    core::append::AppendRejection,
    engine::repository::SaveOptions,
    storage::AppendError,
    testing::{Fault, aggregate_id, label},
};
use pollster::block_on;

use crate::bench::{Bench, counted, state};

#[test]
fn a_save_appends_with_the_version_that_was_loaded() {
    let bench = Bench::new();
    let (one, two) = (bench.repository(), bench.repository());
    let id = aggregate_id("c");
    let mut mine = block_on(one.load(&id)).unwrap();
    let mut other = block_on(two.load(&id)).unwrap();
    one.raise(&mut mine, counted(2)).unwrap();
    one.raise(&mut mine, counted(3)).unwrap();
    assert_eq!((*mine.state(), mine.version(), mine.stored_version()), (5, 2, 0));
    let options = SaveOptions {
        caused_by: Some(label("someone")),
        ..SaveOptions::default()
    };
    let receipt = block_on(one.save(&mut mine, &options)).unwrap().unwrap();
    assert_eq!(
        (
            receipt.last_sequence_number,
            mine.stored_version(),
            mine.uncommitted().len()
        ),
        (2, 2, 0)
    );
    assert_eq!(block_on(one.save(&mut mine, &options)).unwrap(), None);
    two.raise(&mut other, counted(9)).unwrap();
    let failed = block_on(two.save(&mut other, &options));
    assert!(matches!(
        failed,
        Err(AppendError::Rejected(AppendRejection::ConcurrencyConflict(_)))
    ));
    assert_eq!(other.uncommitted().len(), 1, "a failed save keeps the events");
    assert_eq!(state(&one), 5);
}

#[test]
fn a_second_save_finds_out_an_unknown_outcome() {
    for (fault, replayed) in [
        (Fault::AnswerLost, true),
        (Fault::RequestLost, false),
        (Fault::Refused, false),
    ] {
        let bench = Bench::new();
        let repository = bench.failing([fault]);
        let mut root = block_on(repository.load(&aggregate_id("c"))).unwrap();
        repository.raise(&mut root, counted(1)).unwrap();
        let options = SaveOptions::default();
        assert!(block_on(repository.save(&mut root, &options)).is_err());
        bench.environment.advance(Duration::from_secs(60));
        let receipt = block_on(repository.save(&mut root, &options)).unwrap().unwrap();
        assert_eq!(receipt.replayed, replayed, "{fault:?}");
        assert_eq!(state(&repository), 1);
    }
}
