use std::{
    pin::pin,
    task::{Context, Waker},
};

use super::{
    Lab,
    batches::{batch, numbers, until_caught_up},
    event,
};
use crate::{
    core::{
        Cursor, Epoch, Link,
        append::GivenExpectations,
        read::{EventFilter, SubscriptionBatch},
    },
    engine::SubscribeFrom,
    storage::StorageErrorKind,
    testing::{Fixture, join_all, yield_now},
};

/// Closing it, or its store, ends a waiting call; closing another tab does not.
pub async fn g7_closing_ends_it<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let other = lab.another_tab().await;
    let own = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::End)
        .await
        .unwrap();
    let of_the_store = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::End)
        .await
        .unwrap();
    let of_the_other = other
        .subscribe(EventFilter::default(), SubscribeFrom::End)
        .await
        .unwrap();
    for subscription in [&own, &of_the_store, &of_the_other] {
        assert!(batch(subscription, 10).await.caught_up);
    }
    let close = async {
        yield_now().await;
        own.close();
        yield_now().await;
        lab.store.close().await;
        None
    };
    let both: [std::pin::Pin<Box<dyn Future<Output = Option<SubscriptionBatch>>>>; 3] = [
        Box::pin(async { own.next(10).await.unwrap() }),
        Box::pin(async { of_the_store.next(10).await.unwrap() }),
        Box::pin(close),
    ];
    assert_eq!(join_all(both).await, [None, None, None]);
    assert_eq!(own.next(10).await.unwrap(), None);
    assert_eq!(of_the_store.next(10).await.unwrap(), None);
    other
        .append(vec![event("a", "1")], GivenExpectations::exactly(0))
        .await
        .unwrap();
    assert_eq!(numbers(&batch(&of_the_other, 10).await), [1]);
    lab.finish().await;
}

/// A cursor resumes right after its batch, in another tab and after reopening and maintenance.
pub async fn g7_a_cursor_resumes<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    for n in 0..10 {
        lab.add(vec![event("a", &n.to_string()), event("b", "1"), event("c", "1")])
            .await;
    }
    let mut cursor = Cursor::from_cursor(&lab.store.place(0).await.unwrap().unwrap().to_cursor()).unwrap();
    let mut delivered = Vec::new();
    for round in 0.. {
        if round % 3 == 2 {
            lab.maintain().await;
            lab.reopen().await;
        }
        let subscription = lab
            .store
            .subscribe(EventFilter::default(), SubscribeFrom::Cursor(cursor))
            .await
            .unwrap();
        let batch = batch(&subscription, 4).await;
        delivered.extend(numbers(&batch));
        cursor = Cursor::from_cursor(&batch.cursor.to_cursor()).unwrap();
        if batch.caught_up {
            break;
        }
    }
    let due: Vec<u64> = (1..=30).collect();
    assert_eq!(delivered, due);
    lab.finish().await;
}

/// A cursor that is not a place of this log is refused, with the reason.
pub async fn g7_a_foreign_cursor_is_refused<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1"), event("a", "2")]).await;
    let head = lab.head().await;
    let cases = [
        (
            Cursor {
                sequence_number: 3,
                ..head
            },
            StorageErrorKind::LogRewound,
        ),
        (
            Cursor {
                link: Link::from_bytes([7; 32]),
                ..head
            },
            StorageErrorKind::LogDiverged,
        ),
        (
            Cursor {
                epoch: Epoch::from_random([7; 16]),
                ..head
            },
            StorageErrorKind::EpochChanged,
        ),
        (
            Cursor {
                sequence_number: 0,
                ..head
            },
            StorageErrorKind::LogDiverged,
        ),
    ];
    for (cursor, due) in cases {
        let refused = lab
            .store
            .subscribe(EventFilter::default(), SubscribeFrom::Cursor(cursor))
            .await;
        assert_eq!(refused.err().map(|error| error.kind), Some(due));
    }
    let inside = Cursor {
        sequence_number: 1,
        ..head
    };
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Cursor(inside))
        .await
        .unwrap();
    assert_eq!(until_caught_up(&subscription, 10).await, [2]);
    lab.finish().await;
}

/// A call that is dropped while it reads or waits loses nothing, and calls at the same time share the events among them.
pub async fn g7_dropped_and_simultaneous_calls_lose_nothing<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for n in 0..20 {
        lab.add(vec![event("a", &n.to_string())]).await;
    }
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))
        .await
        .unwrap();
    let mut delivered = Vec::new();
    for _ in 0..3 {
        let polled = pin!(subscription.next(2));
        if let std::task::Poll::Ready(batch) = polled.poll(&mut Context::from_waker(Waker::noop())) {
            delivered.extend(numbers(&batch.unwrap().unwrap()));
        }
    }
    let mut batches: Vec<_> = join_all((0..3).map(|_| subscription.next(2)))
        .await
        .into_iter()
        .map(|batch| numbers(&batch.unwrap().unwrap()))
        .collect();
    // Which call gets which batch depends on whose answer comes first.
    batches.sort_unstable();
    delivered.extend(batches.concat());
    delivered.extend(until_caught_up(&subscription, 3).await);
    let due: Vec<u64> = (1..=20).collect();
    assert_eq!(delivered, due);
    lab.finish().await;
}
