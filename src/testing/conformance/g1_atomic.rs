use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

use super::{Lab, aggregate_id, each, event, event_id};
use crate::{
    core::append::{Expectation, GivenExpectations},
    testing::Fixture,
};

/// One wrong expectation among several leaves nothing of any aggregate.
pub async fn g1_a_rejected_append_of_several_aggregates_leaves_nothing<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1")]).await;
    let before = lab.head().await;
    let events = ["a", "b", "c"].map(|id| event(id, "2"));
    let ids = [event_id(1), event_id(2), event_id(3)];
    let events = events
        .into_iter()
        .zip(ids)
        .map(|(event, id)| event.with_id(id))
        .collect();
    let expected = [
        ("a", Expectation::Exact(1)),
        ("b", Expectation::Exact(0)),
        ("c", Expectation::Exact(7)),
    ];
    assert!(lab.append(events, each(&expected)).await.is_err());
    assert_eq!(lab.head().await, before);
    assert_eq!(
        (lab.version("a").await, lab.version("b").await, lab.version("c").await),
        (1, 0, 0)
    );
    for id in ids {
        assert_eq!(lab.store.find_append(id).await.unwrap(), None);
    }
    assert_eq!(lab.all().await.len(), 1);
    lab.finish().await;
}

/// A large append over many aggregates is stored whole, and is whole in another tab.
pub async fn g1_an_append_of_many_events_is_stored_whole<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let events: Vec<_> = (0..1_000)
        .map(|n| event(&format!("a{}", n % 7), &n.to_string()))
        .collect();
    let receipt = lab.add(events).await;
    assert_eq!(
        (receipt.first_sequence_number, receipt.last_sequence_number),
        (1, 1_000)
    );
    let other = lab.another_tab().await;
    assert_eq!(other.head().await.unwrap(), receipt.head);
    let stored = lab.all().await;
    assert!(
        stored
            .iter()
            .zip(0..)
            .all(|(event, n): (_, u32)| event.content.event_data.as_str() == n.to_string())
    );
    assert_eq!(stored.len(), 1_000);
    lab.finish().await;
}

/// An append that nobody waits for is stored whole or not at all.
pub async fn g1_a_dropped_append_is_whole_or_nothing<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let events = || vec![event("a", "1"), event("b", "2"), event("a", "3")];
    let any = || each(&[("a", Expectation::Any), ("b", Expectation::Any)]);
    drop(lab.store.append(events(), any()));
    {
        let polled = pin!(lab.store.append(events(), any()));
        let _ = polled.poll(&mut Context::from_waker(Waker::noop()));
    }
    // Its place in the order is after the dropped ones, so that they have been decided when it is.
    lab.append(vec![event("c", "4")], GivenExpectations::exactly(0))
        .await
        .unwrap();
    let stored = lab.all().await;
    let of = |id: &str| {
        stored
            .iter()
            .filter(|event| event.content.aggregate_id == aggregate_id(id))
            .count()
    };
    assert_eq!(of("a"), of("b") * 2, "a part of an append is stored");
    assert!(of("b") <= 2);
    lab.finish().await;
}
