use super::{Lab, aggregate_id, conflicts, each, event};
use crate::{
    core::{
        append::{AppendRejection, Expectation, GivenExpectations, VersionConflict},
        event::NewEvent,
    },
    storage::AppendError,
    testing::{Fixture, join_all},
};

/// Of concurrent appends with the same exact expectation one succeeds; the others learn the version that made them fail.
pub async fn g3_of_concurrent_appends_with_one_expectation_one_succeeds<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let tabs = [lab.store.clone(), lab.another_tab().await, lab.another_tab().await];
    for round in 0..5 {
        let appends = (0..9).map(|n: usize| {
            let data = (n * 10 + round).to_string();
            tabs[n % 3].append(vec![event("a", &data)], GivenExpectations::exactly(round as u64))
        });
        let (won, lost): (Vec<_>, Vec<_>) = join_all(appends).await.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        for result in lost {
            let expected = VersionConflict {
                aggregate_id: aggregate_id("a"),
                expected: Expectation::Exact(round as u64),
                actual: round as u64 + 1,
            };
            assert_eq!(conflicts(result), [expected]);
        }
    }
    assert_eq!(lab.version("a").await, 5);
    lab.finish().await;
}

/// Writers that take turns by conflict lose nothing and repeat nothing.
pub async fn g3_writers_of_one_aggregate_lose_nothing<F: Fixture>() {
    const EACH: u64 = 15;
    let lab = Lab::<F>::new().await;
    let tabs = [lab.store.clone(), lab.another_tab().await, lab.another_tab().await];
    join_all(tabs.iter().zip(0..).map(|(tab, writer): (_, u32)| async move {
        let mut version = 0;
        for n in 0..EACH {
            let data = format!("[{writer},{n}]");
            loop {
                let result = tab
                    .append(vec![event("a", &data)], GivenExpectations::exactly(version))
                    .await;
                if let Ok(receipt) = result {
                    version = receipt.versions[0].1;
                    break;
                }
                version = conflicts(result)[0].actual;
            }
        }
    }))
    .await;
    let stored = lab.all().await;
    assert_eq!(stored.len() as u64, EACH * 3);
    let mut data: Vec<_> = stored.iter().map(|event| event.content.event_data.as_str()).collect();
    data.sort_unstable();
    data.dedup();
    assert_eq!(data.len() as u64, EACH * 3);
    lab.finish().await;
}

/// Every expectation that fails is reported, each with the actual version.
pub async fn g3_every_conflict_is_reported<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1"), event("a", "2"), event("b", "1")]).await;
    let expected = [
        ("a", Expectation::Exact(1)),
        ("b", Expectation::Exact(1)),
        ("c", Expectation::Exists),
        ("d", Expectation::Exact(4)),
        ("e", Expectation::Any),
    ];
    let events = expected.map(|(id, _)| event(id, "3"));
    let found: Vec<_> = conflicts(lab.append(events.to_vec(), each(&expected)).await)
        .into_iter()
        .map(|conflict| (conflict.aggregate_id.to_string(), conflict.expected, conflict.actual))
        .collect();
    let due = [
        ("a".to_owned(), Expectation::Exact(1), 2),
        ("c".to_owned(), Expectation::Exists, 0),
        ("d".to_owned(), Expectation::Exact(4), 0),
    ];
    assert_eq!(found, due);
    assert_eq!(lab.head().await.sequence_number, 3);
    lab.finish().await;
}

/// Appends that share a transaction have each its own outcome.
pub async fn g3_a_neighbour_does_not_make_an_append_fail<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("taken", "0")]).await;
    let append = |n: u64| -> (Vec<NewEvent>, GivenExpectations) {
        let own = format!("a{n}");
        match n % 4 {
            0 => (vec![event(&own, "1")], GivenExpectations::exactly(0)),
            1 => (vec![event("taken", "1")], GivenExpectations::exactly(0)),
            2 => (
                vec![event(&own, "1"), event("taken", "2")],
                each(&[(&own, Expectation::Exact(0)), ("taken", Expectation::Exact(0))]),
            ),
            _ => {
                let mut other_type = event("taken", "1");
                other_type.aggregate_type = crate::testing::aggregate_type("other");
                (vec![other_type], GivenExpectations::any())
            }
        }
    };
    let results = join_all((0..40).map(|n| {
        let (events, expectations) = append(n);
        lab.store.append(events, expectations)
    }))
    .await;
    for (result, n) in results.into_iter().zip(0..40_u64) {
        match n % 4 {
            0 => assert_eq!(result.unwrap().versions, [(aggregate_id(&format!("a{n}")), 1)]),
            1 | 2 => assert_eq!(conflicts(result)[0].actual, 1),
            _ => assert!(matches!(
                result,
                Err(AppendError::Rejected(AppendRejection::AggregateTypeMismatch { .. }))
            )),
        }
    }
    assert_eq!(lab.head().await.sequence_number, 11);
    lab.finish().await;
}

/// What each expectation accepts, on an aggregate without events and on one with three.
pub async fn g3_expectations_mean_what_they_say<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let cases = [
        (Expectation::Exact(0), true, false),
        (Expectation::Exact(2), false, false),
        (Expectation::Exact(3), false, true),
        (Expectation::Exact(4), false, false),
        (Expectation::Any, true, true),
        (Expectation::Exists, false, true),
    ];
    for ((expectation, on_empty, on_three), n) in cases.into_iter().zip(0..) {
        let (empty, three) = (format!("empty{n}"), format!("three{n}"));
        lab.add(vec![event(&three, "1"), event(&three, "2"), event(&three, "3")])
            .await;
        for (id, due) in [(&empty, on_empty), (&three, on_three)] {
            let given = GivenExpectations {
                of_the_aggregate: Some(expectation),
                of_each: Vec::new(),
            };
            let result = lab.append(vec![event(id, "4")], given).await;
            assert_eq!(result.is_ok(), due, "{expectation:?} of {id}");
        }
    }
    lab.finish().await;
}

/// An aggregate that gets no event is checked and not written; the events' own versions are expectations too.
pub async fn g3_expectations_may_stand_elsewhere<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("account", "1")]).await;
    let given = |version| {
        each(&[
            ("order", Expectation::Exact(0)),
            ("account", Expectation::Exact(version)),
        ])
    };
    let failed = lab.append(vec![event("order", "1")], given(0)).await;
    assert_eq!(conflicts(failed)[0].aggregate_id, aggregate_id("account"));
    let receipt = lab.append(vec![event("order", "1")], given(1)).await.unwrap();
    assert_eq!(receipt.versions, [(aggregate_id("order"), 1)]);
    assert_eq!(lab.version("account").await, 1);

    let numbered = |version| NewEvent {
        aggregate_version: Some(version),
        ..event("account", "2")
    };
    let stale = lab.append(vec![numbered(1)], GivenExpectations::default()).await;
    assert_eq!(conflicts(stale)[0].actual, 1);
    lab.append(vec![numbered(2), numbered(3)], GivenExpectations::default())
        .await
        .unwrap();
    assert_eq!(lab.version("account").await, 3);
    lab.finish().await;
}

/// The type of an aggregate is fixed by its first event, also inside a group.
pub async fn g3_an_aggregate_keeps_its_type<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let typed = |kind: &str| NewEvent {
        aggregate_type: crate::testing::aggregate_type(kind),
        ..event("a", "1")
    };
    let first = lab.store.append(vec![typed("one")], GivenExpectations::any());
    let second = lab.store.append(vec![typed("two")], GivenExpectations::any());
    let results = join_all([first, second]).await;
    assert!(results[0].is_ok());
    match &results[1] {
        Err(AppendError::Rejected(AppendRejection::AggregateTypeMismatch { actual, given, .. })) => {
            assert_eq!((actual.as_str(), given.as_str()), ("one", "two"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(lab.head().await.sequence_number, 1);
    lab.finish().await;
}
