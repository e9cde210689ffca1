use super::{Lab, aggregate_id, event, reducer};
use crate::{
    core::{
        Epoch, Head, JsonText, Link,
        fold::{Aggregate, Snapshot, UpcastEvent},
    },
    engine::{SnapshotError, repository::AggregateRepository},
    storage::Storage,
    testing::{Fixture, Random, aggregate_type},
};

fn json(text: &str) -> JsonText {
    JsonText::parse(text).unwrap()
}

/// Folds the payloads, so that any event left out, repeated or out of order shows.
struct Listing;

impl Aggregate for Listing {
    type State = String;

    fn aggregate_type(&self) -> &'static str {
        "thing"
    }

    fn initial(&self) -> String {
        String::new()
    }

    fn evolve(&self, state: String, event: &UpcastEvent<'_>) -> Option<String> {
        Some(format!("{state}/{}", event.event_data))
    }

    fn to_snapshot(&self, state: &String) -> Option<String> {
        Some(format!("\"{state}\""))
    }

    fn from_snapshot(&self, data: &str) -> Option<String> {
        Some(data.trim_matches('"').to_owned())
    }
}

/// Whatever snapshots there are, made by the way or forged, an aggregate is what folding its events gives, at every version.
pub async fn g8_a_load_is_the_fold_of_every_event<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let reducer = reducer("listing/1");
    let every = std::num::NonZeroU64::new(3).unwrap();
    let cached = AggregateRepository::new(lab.store.clone(), Listing)
        .unwrap()
        .with_snapshots(every, reducer.clone());
    let plain = AggregateRepository::new(lab.store.clone(), Listing).unwrap();
    let mut random = Random::new(8);
    for round in 0..8 {
        for id in ["a", "b"] {
            let mut root = cached.load(&aggregate_id(id)).await.unwrap();
            for _ in 0..=random.below(4) {
                let data = random.below(100).to_string();
                let raised = crate::engine::repository::RaisedEvent::new("Happened", &data).unwrap();
                cached.raise(&mut root, raised).unwrap();
            }
            let saved = root.state().clone();
            cached
                .save(&mut root, &crate::engine::repository::SaveOptions::default())
                .await
                .unwrap();
            assert_eq!(*plain.load(&aggregate_id(id)).await.unwrap().state(), saved);
        }
        if round % 3 == 1 {
            forge(lab.store.storage(), &reducer.clone(), lab.head().await, round).await;
        }
    }
    assert!(
        lab.store
            .snapshot(&aggregate_id("b"), &reducer)
            .await
            .unwrap()
            .is_some()
    );
    for id in ["a", "b"].map(aggregate_id) {
        let current = lab.store.aggregate_version(&id).await.unwrap();
        assert_eq!(
            cached.load(&id).await.unwrap().state(),
            plain.load(&id).await.unwrap().state()
        );
        for version in 0..=current {
            let (left, right) = (
                cached.load_version(&id, version).await,
                plain.load_version(&id, version).await,
            );
            assert_eq!(left.unwrap().state(), right.unwrap().state());
        }
        assert!(cached.load_version(&id, current + 1).await.is_err());
    }
    lab.finish().await;
}

/// Saves a snapshot of aggregate `a` that belongs to another log or epoch.
async fn forge<S: Storage>(storage: &S, reducer: &crate::core::ReducerIdentity, head: Head, round: u64) {
    let place = if round.is_multiple_of(2) {
        Head {
            epoch: Epoch::from_random([9; 16]),
            ..head
        }
    } else {
        Head {
            link: Link::from_bytes([9; 32]),
            ..head
        }
    };
    let forged = Snapshot {
        aggregate_id: aggregate_id("a"),
        aggregate_type: aggregate_type("thing"),
        reducer: reducer.clone(),
        aggregate_version: 1_000 + round,
        place,
        created_at: crate::core::Timestamp::from_millis(0),
        data: json("\"forged\""),
    };
    storage.save_snapshot(forged).await.unwrap();
}

/// A snapshot is found for its reducer only, at its place, and until it is deleted.
pub async fn g8_a_snapshot_belongs_to_its_reducer<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    lab.add((0..5).map(|n| event("a", &n.to_string())).collect()).await;
    lab.add(vec![event("b", "1"), event("a", "6")]).await;
    let (id, kind) = (aggregate_id("a"), aggregate_type("thing"));
    let (one, two) = (reducer("one"), reducer("two"));
    lab.store
        .create_snapshot(&id, &kind, 5, json("{\"n\": 5.0}"), &one)
        .await
        .unwrap();
    lab.store.create_snapshot(&id, &kind, 6, json("6"), &two).await.unwrap();
    lab.maintain().await;
    lab.reopen().await;
    let found = lab.store.snapshot(&id, &one).await.unwrap().unwrap();
    assert_eq!((found.aggregate_version, found.data.as_str()), (5, "{\"n\": 5.0}"));
    assert_eq!(Some(found.place), lab.store.place(5).await.unwrap());
    let found = lab.store.snapshot(&id, &two).await.unwrap().unwrap();
    assert_eq!(Some(found.place), lab.store.place(7).await.unwrap());
    assert_eq!(lab.store.snapshot(&id, &reducer("three")).await.unwrap(), None);
    assert_eq!(lab.store.snapshot(&aggregate_id("b"), &one).await.unwrap(), None);
    lab.store.delete_snapshot(&id, &one).await.unwrap();
    lab.store.delete_snapshot(&id, &one).await.unwrap();
    assert_eq!(lab.store.snapshot(&id, &one).await.unwrap(), None);
    assert!(lab.store.snapshot(&id, &two).await.unwrap().is_some());
    lab.finish().await;
}

/// The newest snapshot is kept, unless it belongs to another history.
pub async fn g8_the_newest_snapshot_of_this_log_is_kept<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add((0..9).map(|n| event("a", &n.to_string())).collect()).await;
    let (id, kind, reducer) = (aggregate_id("a"), aggregate_type("thing"), reducer("r"));
    for (version, kept) in [(4, 4), (7, 7), (5, 7), (7, 7), (9, 9), (1, 9)] {
        lab.store
            .create_snapshot(&id, &kind, version, json("0"), &reducer)
            .await
            .unwrap();
        let found = lab.store.snapshot(&id, &reducer).await.unwrap().unwrap();
        assert_eq!(found.aggregate_version, kept);
    }
    forge(lab.store.storage(), &reducer, lab.head().await, 1).await;
    assert_eq!(
        lab.store.snapshot(&id, &reducer).await.unwrap(),
        None,
        "a forged snapshot is used"
    );
    lab.store
        .create_snapshot(&id, &kind, 2, json("2"), &reducer)
        .await
        .unwrap();
    let found = lab.store.snapshot(&id, &reducer).await.unwrap().unwrap();
    assert_eq!(found.aggregate_version, 2);
    lab.finish().await;
}

/// A snapshot of a version that the aggregate does not have, or of another type, is refused.
pub async fn g8_a_snapshot_of_what_is_not_there_is_refused<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1"), event("a", "2")]).await;
    let (id, kind, reducer) = (aggregate_id("a"), aggregate_type("thing"), reducer("r"));
    for (id, version) in [(&id, 0), (&id, 3), (&aggregate_id("b"), 1), (&id, u64::MAX)] {
        match lab.store.create_snapshot(id, &kind, version, json("0"), &reducer).await {
            Err(SnapshotError::Invalid(invalid)) => assert_eq!(invalid.field, "version"),
            other => panic!("{other:?}"),
        }
    }
    let other_type = lab
        .store
        .create_snapshot(&id, &aggregate_type("other"), 1, json("0"), &reducer)
        .await;
    assert!(matches!(other_type, Err(SnapshotError::TypeMismatch { actual, .. }) if actual == kind));
    assert_eq!(lab.store.snapshot(&id, &reducer).await.unwrap(), None);
    lab.finish().await;
}
