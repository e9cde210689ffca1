//! Loading, with upcasters and snapshots.

use std::{
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use foldlog::{
    core::{
        append::GivenExpectations,
        fold::{FoldError, UpcasterRegistry},
    },
    engine::repository::{ExecuteOptions, LoadError, RaisedEvent, SaveOptions},
    testing::{FaultyStorage, aggregate_id, aggregate_type, event, reducer},
};
use pollster::block_on;

use crate::bench::{Bench, count_one, counted, state};

#[test]
fn an_unknown_id_is_the_initial_state() {
    let repository = Bench::new().repository();
    let id = aggregate_id("c");
    let root = block_on(repository.load(&id)).unwrap();
    assert_eq!((root.version(), *root.state()), (0, 0));
    assert!(matches!(
        block_on(repository.load_existing(&id)),
        Err(LoadError::NotFound(_))
    ));
    assert!(matches!(
        block_on(repository.load_version(&id, 1)),
        Err(LoadError::Invalid(_))
    ));
    assert_eq!(block_on(repository.load_version(&id, 0)).unwrap().version(), 0);
}

#[test]
fn snapshots_are_made_and_used_and_a_failed_one_is_only_a_warning() {
    let bench = Bench::new();
    let every = NonZeroU64::new(3).unwrap();
    let (id, reducer) = (aggregate_id("c"), reducer("counter/1"));
    let snapshots = bench.repository().with_snapshots(every, reducer.clone());
    let version = || {
        let found = block_on(snapshots.store().snapshot(&id, &reducer)).unwrap();
        found.map(|snapshot| (snapshot.aggregate_version, snapshot.data.as_str().to_owned()))
    };
    for (saved, due) in [
        (1, None),
        (2, None),
        (3, Some(3)),
        (4, Some(3)),
        (5, Some(3)),
        (6, Some(6)),
    ] {
        block_on(snapshots.execute(&id, count_one, &ExecuteOptions::default())).unwrap();
        assert_eq!(
            version(),
            due.map(|version: u64| (version, version.to_string())),
            "after {saved}"
        );
    }
    // A snapshot with another state shows that loads begin with it.
    let wrong = foldlog::core::JsonText::parse("1000").unwrap();
    block_on(
        snapshots
            .store()
            .create_snapshot(&id, &aggregate_type("thing"), 6, wrong, &reducer),
    )
    .unwrap();
    assert_eq!((state(&snapshots), state(&bench.repository())), (1_000, 6));
    assert_eq!(*block_on(snapshots.load_version(&id, 5)).unwrap().state(), 5);

    let warnings = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&warnings);
    let failing = bench
        .on(FaultyStorage::new(bench.log.clone(), []).without_snapshots())
        .with_snapshots(NonZeroU64::MIN, reducer.clone())
        .on_warning(move |_| {
            heard.fetch_add(1, Ordering::Relaxed);
        });
    let mut root = block_on(failing.load(&id)).unwrap();
    failing.raise(&mut root, counted(1)).unwrap();
    assert!(
        block_on(failing.save(&mut root, &SaveOptions::default()))
            .unwrap()
            .is_some()
    );
    assert_eq!(warnings.load(Ordering::Relaxed), 1);
}

#[test]
fn what_cannot_be_folded_is_told() {
    let bench = Bench::new();
    let repository = bench.repository();
    let any = GivenExpectations::any;
    block_on(repository.store().append(vec![event("c", "1")], any())).unwrap();
    let unknown = block_on(repository.load(&aggregate_id("c")));
    assert!(matches!(
        unknown,
        Err(LoadError::Fold(FoldError::UnknownEventType { sequence_number: 1, .. }))
    ));
    let mut root = block_on(repository.load(&aggregate_id("d"))).unwrap();
    let unknown = RaisedEvent::new("Other", "1").unwrap();
    assert!(repository.raise(&mut root, unknown).is_err());
    assert_eq!((root.version(), root.uncommitted().len()), (0, 0));

    let mut other_type = event("e", "1");
    other_type.aggregate_type = aggregate_type("other");
    block_on(repository.store().append(vec![other_type], any())).unwrap();
    let mismatch = block_on(repository.load(&aggregate_id("e")));
    assert!(matches!(mismatch, Err(LoadError::TypeMismatch { actual, .. }) if actual.as_str() == "other"));
}

#[test]
fn old_events_are_upcast_before_they_are_folded() {
    let bench = Bench::new();
    let mut old = event("c", "\"seven\"");
    old.event_type = foldlog::core::EventType::parse("Counted").unwrap();
    block_on(
        bench
            .repository()
            .store()
            .append(vec![old.clone()], GivenExpectations::any()),
    )
    .unwrap();
    let mut upcasters = UpcasterRegistry::default();
    upcasters.declare(old.event_type.clone(), 2);
    let missing = bench.repository().with_upcasters(upcasters.clone());
    assert!(matches!(
        block_on(missing.load(&aggregate_id("c"))),
        Err(LoadError::Fold(FoldError::Upcast(_)))
    ));
    upcasters.add(old.event_type, 1, |_| Ok((None, "7".to_owned())));
    let repository = bench.repository().with_upcasters(upcasters);
    assert_eq!(state(&repository), 7);
}
