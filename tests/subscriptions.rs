//! Subscriptions on a storage that takes its time.
#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]

use std::{
    future::Future,
    pin::pin,
    task::{Context, Waker},
};

use foldlog::{
    backends::memory::MemoryStorage,
    core::{Limits, append::GivenExpectations, read::EventFilter},
    engine::{EventStore, EventSubscription, SubscribeFrom},
    testing::{FaultyStorage, TestEnvironment, event, in_time, join_all},
};
use pollster::block_on;

type Slow = FaultyStorage<MemoryStorage>;

/// A subscription to a log of events 1 to 20, from its beginning.
async fn subscription() -> EventSubscription<Slow> {
    let environment = TestEnvironment::new(5);
    let storage = FaultyStorage::new(MemoryStorage::new(environment.clone()), []);
    let store = EventStore::new(storage, environment, Limits::default());
    for n in 0..20 {
        let appended = store.append(vec![event("a", &n.to_string())], GivenExpectations::exactly(n));
        assert!(appended.await.is_ok());
    }
    let subscribed = store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))
        .await;
    subscribed.expect("a log has its beginning")
}

async fn next(subscription: &EventSubscription<Slow>, max: usize) -> Vec<u64> {
    let batch = subscription
        .next(max)
        .await
        .expect("memory does not fail")
        .expect("it is open");
    batch.page.entries().iter().map(|entry| entry.sequence_number).collect()
}

#[test]
fn calls_at_the_same_time_share_the_events_among_them() {
    block_on(in_time(async {
        let subscription = subscription().await;
        let mut delivered: Vec<u64> = join_all([1, 4, 2, 5, 3, 9].map(|max| next(&subscription, max)))
            .await
            .concat();
        delivered.sort_unstable();
        let due: Vec<u64> = (1..=delivered.len() as u64).collect();
        assert_eq!(delivered, due);
    }));
}

#[test]
fn a_call_that_is_dropped_while_it_reads_loses_nothing() {
    block_on(in_time(async {
        let subscription = subscription().await;
        for _ in 0..3 {
            let reading = pin!(next(&subscription, 3));
            assert!(reading.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(next(&subscription, 3).await, [1, 2, 3]);
    }));
}

#[test]
fn closing_while_a_call_reads_ends_it() {
    block_on(in_time(async {
        let subscription = subscription().await;
        let mut reading = pin!(subscription.next(3));
        assert!(
            reading
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        subscription.close();
        assert_eq!(reading.await.expect("closing is not a failure"), None);
    }));
}
