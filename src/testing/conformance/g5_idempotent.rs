use std::time::Duration;

use super::{Lab, conflicts, duplicate, each, event, event_id, replayed};
use crate::{
    core::{
        append::{Expectation, GivenExpectations},
        event::NewEvent,
    },
    testing::{Fixture, join_all},
};

fn pair(first: u64) -> Vec<NewEvent> {
    vec![
        event("a", "{\"amount\": 1.10}").with_id(event_id(first)),
        event("b", "2").with_id(event_id(first + 1)),
    ]
}

fn new_pair() -> GivenExpectations {
    each(&[("a", Expectation::Exact(0)), ("b", Expectation::Exact(0))])
}

/// A repeated append returns the original receipt and writes nothing, though its expectations no longer hold.
pub async fn g5_a_repeated_append_returns_the_original_receipt<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let original = lab.append(pair(1), new_pair()).await.unwrap();
    assert!(!original.replayed);
    assert_eq!(lab.append(pair(1), new_pair()).await.unwrap(), replayed(&original));
    lab.add(vec![event("a", "3"), event("b", "4"), event("c", "5")]).await;
    let before = lab.head().await;
    assert_eq!(lab.append(pair(1), new_pair()).await.unwrap(), replayed(&original));
    assert_eq!(
        lab.append(
            pair(1),
            each(&[("a", Expectation::Exact(77)), ("b", Expectation::Exists)])
        )
        .await
        .unwrap(),
        replayed(&original)
    );
    assert_eq!(lab.head().await, before);
    lab.finish().await;
}

/// A repeated append is recognised in another tab, after reopening, a day later, and after maintenance.
pub async fn g5_a_repeated_append_is_recognised_for_ever<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let original = lab.append(pair(1), new_pair()).await.unwrap();
    let other = lab.another_tab().await;
    assert_eq!(other.append(pair(1), new_pair()).await.unwrap(), replayed(&original));
    for n in 0..40 {
        lab.add(vec![event(&format!("c{n}"), "1")]).await;
    }
    lab.reopen().await;
    lab.environment.advance(Duration::from_secs(86_400));
    assert_eq!(lab.append(pair(1), new_pair()).await.unwrap(), replayed(&original));
    lab.maintain().await;
    assert_eq!(lab.append(pair(1), new_pair()).await.unwrap(), replayed(&original));
    lab.reopen().await;
    assert_eq!(lab.append(pair(1), new_pair()).await.unwrap(), replayed(&original));
    assert_eq!(lab.head().await.sequence_number, 42);
    lab.finish().await;
}

/// `createdAt` is compared only if the repeating caller gives it.
pub async fn g5_created_at_counts_only_if_given<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let at = |millis: i64| crate::core::Timestamp::from_millis(1_700_000_000_000 + millis);
    let given = |id, created_at| {
        vec![NewEvent {
            created_at,
            ..event("a", "1").with_id(event_id(id))
        }]
    };
    let any = GivenExpectations::any;
    let with_time = lab.append(given(1, Some(at(0))), any()).await.unwrap();
    let without_time = lab.append(given(2, None), any()).await.unwrap();
    let stored = lab.all().await;
    lab.environment.advance(Duration::from_secs(3_600));

    assert_eq!(
        lab.append(given(1, Some(at(0))), any()).await.unwrap(),
        replayed(&with_time)
    );
    assert_eq!(lab.append(given(1, None), any()).await.unwrap(), replayed(&with_time));
    assert_eq!(
        duplicate(lab.append(given(1, Some(at(1))), any()).await),
        (event_id(1), 1)
    );
    assert_eq!(
        lab.append(given(2, None), any()).await.unwrap(),
        replayed(&without_time)
    );
    let minted = stored[1].content.created_at;
    assert_eq!(
        lab.append(given(2, Some(minted)), any()).await.unwrap(),
        replayed(&without_time)
    );
    assert_eq!(
        duplicate(lab.append(given(2, Some(at(0))), any()).await),
        (event_id(2), 2)
    );
    assert_eq!(lab.all().await, stored);
    lab.finish().await;
}

/// The same events split otherwise, in another order, fewer or more of them: each is a duplicate.
pub async fn g5_another_split_is_a_duplicate<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let make = |n: u64| event("a", &n.to_string()).with_id(event_id(n));
    lab.add(vec![make(1), make(2), make(3)]).await;
    lab.add(vec![make(4)]).await;
    let stored = lab.all().await;
    let cases: [(&[u64], u64); 9] = [
        (&[1], 1),
        (&[1, 2], 1),
        (&[2, 3], 2),
        (&[3], 3),
        (&[2, 1, 3], 2),
        (&[1, 2, 3, 4], 1),
        (&[4, 5], 4),
        (&[5, 4], 4),
        (&[5, 6, 2], 2),
    ];
    for (ids, found) in cases {
        let events = ids.iter().map(|n| make(*n)).collect();
        let result = lab.append(events, GivenExpectations::any()).await;
        assert_eq!(duplicate(result), (event_id(found), found), "{ids:?}");
    }
    for id in [5, 6] {
        assert_eq!(lab.store.find_append(event_id(id)).await.unwrap(), None);
    }
    assert_eq!(lab.all().await, stored);
    lab.finish().await;
}

/// The same ids with any field different are a duplicate; texts are compared byte for byte.
pub async fn g5_other_content_is_a_duplicate<F: Fixture>() {
    use crate::testing::{aggregate_id, aggregate_type, label};
    let lab = Lab::<F>::new().await;
    let json = |text| crate::core::JsonText::parse(text).unwrap();
    let original = || NewEvent {
        metadata: Some(json("{\"m\":1}")),
        tags: vec![label("x"), label("y")],
        caused_by: Some(label("someone")),
        correlation_id: Some(label("business")),
        causation_id: Some(label("command")),
        schema_version: 2,
        ..event("a", "{\"amount\":1.10}").with_id(event_id(1))
    };
    let receipt = lab.add(vec![original()]).await;
    let changes: [fn(&mut NewEvent); 12] = [
        |event| event.event_data = crate::core::JsonText::parse("{\"amount\":1.1}").unwrap(),
        |event| event.event_data = crate::core::JsonText::parse("{\"amount\": 1.10}").unwrap(),
        |event| event.metadata = None,
        |event| event.metadata = Some(crate::core::JsonText::parse("{\"m\":2}").unwrap()),
        |event| event.tags.reverse(),
        |event| event.tags.clear(),
        |event| event.caused_by = Some(label("somebody")),
        |event| event.correlation_id = None,
        |event| event.causation_id = Some(label("business")),
        |event| event.schema_version = 1,
        |event| event.aggregate_id = aggregate_id("b"),
        |event| event.aggregate_type = aggregate_type("b"),
    ];
    for (change, n) in changes.into_iter().zip(0..) {
        let mut altered = original();
        change(&mut altered);
        let result = lab.append(vec![altered], GivenExpectations::any()).await;
        assert_eq!(duplicate(result), (event_id(1), 1), "change {n}");
    }
    assert_eq!(
        lab.append(vec![original()], GivenExpectations::any()).await.unwrap(),
        replayed(&receipt)
    );
    lab.finish().await;
}

/// The same append sent several times at once, from several tabs, is stored once, and all get its receipt.
pub async fn g5_the_same_append_at_once_is_stored_once<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let tabs = [lab.store.clone(), lab.another_tab().await];
    for round in 0..5_u64 {
        let first = round * 2 + 1;
        let given = || each(&[("a", Expectation::Exact(round)), ("b", Expectation::Exact(round))]);
        let receipts: Vec<_> = join_all((0..6).map(|n| tabs[n % 2].append(pair(first), given())))
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let stored = receipts.iter().filter(|receipt| !receipt.replayed).count();
        assert!(stored == 1 || !lab.fixture.knows_who_stored(), "{stored}");
        assert!(
            receipts
                .iter()
                .all(|receipt| replayed(receipt) == replayed(&receipts[0]))
        );
    }
    assert_eq!(lab.head().await.sequence_number, 10);
    lab.finish().await;
}

/// Ids that the store minted are as unique as those that a caller brings.
pub async fn g5_minted_ids_are_enforced_too<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let receipt = lab.add(vec![event("a", "1")]).await;
    let minted = lab.all().await[0].content.id;
    assert!(minted.is_time_ordered());
    let again = lab
        .append(vec![event("a", "1").with_id(minted)], GivenExpectations::exactly(0))
        .await;
    assert_eq!(again.unwrap(), replayed(&receipt));
    let other = lab
        .append(vec![event("b", "1").with_id(minted)], GivenExpectations::exactly(0))
        .await;
    assert_eq!(duplicate(other), (minted, 1));
    lab.finish().await;
}

/// A rejected append leaves its ids free.
pub async fn g5_the_ids_of_a_rejected_append_are_free<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let rejected = lab
        .append(
            pair(1),
            each(&[("a", Expectation::Exact(0)), ("b", Expectation::Exists)]),
        )
        .await;
    assert_eq!(conflicts(rejected).len(), 1);
    assert!(!lab.append(pair(1), new_pair()).await.unwrap().replayed);
    lab.finish().await;
}

/// A repeated append that was first sent in the same group gets the same receipt as one that comes later.
pub async fn g5_a_repetition_inside_a_group_is_recognised<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let other = || vec![event("c", "1"), event("c", "2")];
    let results = join_all([
        lab.store.append(pair(1), new_pair()),
        lab.store.append(other(), GivenExpectations::exactly(0)),
        lab.store.append(pair(1), new_pair()),
        lab.store
            .append(vec![event("b", "2").with_id(event_id(2))], GivenExpectations::any()),
    ])
    .await;
    let mut results = results.into_iter();
    let first = results.next().unwrap().unwrap();
    assert_eq!(results.next().unwrap().unwrap().versions[0].1, 2);
    assert_eq!(results.next().unwrap().unwrap(), replayed(&first));
    assert_eq!(duplicate(results.next().unwrap()), (event_id(2), 2));
    assert_eq!(lab.append(pair(1), new_pair()).await.unwrap(), replayed(&first));
    lab.finish().await;
}
