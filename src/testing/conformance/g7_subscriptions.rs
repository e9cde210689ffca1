use super::{
    Lab,
    batches::{batch, numbers, until_caught_up},
    event,
};
use crate::{
    core::{EventType, append::GivenExpectations, read::EventFilter},
    engine::SubscribeFrom,
    storage::StorageErrorKind,
    testing::{Fixture, join_all, yield_now},
};

/// From whatever position it begins, it delivers exactly what follows, then waits.
pub async fn g7_it_begins_at_any_position<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for n in 0..6 {
        lab.add(vec![event("a", &n.to_string()), event("b", "1")]).await;
    }
    for from in 0..=12 {
        let subscription = lab
            .store
            .subscribe(EventFilter::default(), SubscribeFrom::Sequence(from))
            .await
            .unwrap();
        let due: Vec<u64> = (from + 1..=12).collect();
        assert_eq!(until_caught_up(&subscription, 5).await, due);
        assert!(subscription.caught_up());
    }
    let end = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::End)
        .await
        .unwrap();
    assert!(until_caught_up(&end, 5).await.is_empty());
    lab.add(vec![event("a", "7")]).await;
    assert_eq!(numbers(&batch(&end, 5).await), [13]);
    let beyond = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(14))
        .await;
    assert_eq!(beyond.err().map(|error| error.kind), Some(StorageErrorKind::LogRewound));
    lab.finish().await;
}

/// Events that are appended while it catches up and goes live, here and in another tab, come once and in order.
pub async fn g7_the_hand_over_loses_and_repeats_nothing<F: Fixture>() {
    const EVENTS: u64 = 150;
    let lab = Lab::<F>::new().await;
    for n in 0..30 {
        lab.add(vec![event("a", &n.to_string())]).await;
    }
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))
        .await
        .unwrap();
    let tabs = [lab.store.clone(), lab.another_tab().await];
    let write = async {
        for n in 30..EVENTS {
            let tab = &tabs[usize::try_from(n % 2).unwrap()];
            tab.append(vec![event("a", &n.to_string())], GivenExpectations::any())
                .await
                .unwrap();
            for _ in 0..n % 3 {
                yield_now().await;
            }
        }
        Vec::new()
    };
    let read = async {
        let mut delivered = Vec::new();
        while delivered.last() != Some(&EVENTS) {
            delivered.extend(numbers(&batch(&subscription, 7).await));
        }
        delivered
    };
    let both: [std::pin::Pin<Box<dyn Future<Output = Vec<u64>>>>; 2] = [Box::pin(write), Box::pin(read)];
    let delivered = join_all(both).await.pop().unwrap();
    let due: Vec<u64> = (1..=EVENTS).collect();
    assert_eq!(delivered, due);
    lab.finish().await;
}

/// Only what matches is delivered; the position moves over the rest, so that resuming does not read it again.
pub async fn g7_a_filter_moves_the_position_over_the_rest<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for n in 1..=40 {
        let mut event = event("a", "1");
        if n % 10 == 0 {
            event.event_type = EventType::parse("Tenth").unwrap();
        }
        lab.add(vec![event]).await;
    }
    let filter = EventFilter {
        event_types: Some([EventType::parse("Tenth").unwrap()].into()),
        ..EventFilter::default()
    };
    let subscription = lab
        .store
        .subscribe(filter.clone(), SubscribeFrom::Sequence(0))
        .await
        .unwrap();
    assert_eq!(until_caught_up(&subscription, 3).await, [10, 20, 30, 40]);
    lab.add(vec![event("a", "1"), event("b", "1")]).await;
    let moved = batch(&subscription, 3).await;
    assert_eq!(
        (numbers(&moved), moved.cursor, moved.caught_up),
        (vec![], lab.head().await, true)
    );

    let bounded = EventFilter {
        to_sequence: Some(5),
        ..EventFilter::default()
    };
    let subscription = lab.store.subscribe(bounded, SubscribeFrom::Sequence(0)).await.unwrap();
    assert_eq!(until_caught_up(&subscription, 100).await, [1, 2, 3, 4, 5]);
    assert_eq!(
        subscription.cursor(),
        lab.head().await,
        "it would look at the rest of the log again and again"
    );
    lab.finish().await;
}

/// It says that it has caught up: on an empty log at once, later whenever it has seen all that there is.
pub async fn g7_it_tells_when_it_has_caught_up<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))
        .await
        .unwrap();
    let empty = batch(&subscription, 10).await;
    assert_eq!(
        (numbers(&empty), empty.caught_up, empty.cursor),
        (vec![], true, lab.head().await)
    );
    lab.add(vec![event("a", "1"), event("a", "2"), event("a", "3")]).await;
    let first = batch(&subscription, 2).await;
    assert_eq!((numbers(&first), first.caught_up), (vec![1, 2], false));
    assert!(!subscription.caught_up());
    let second = batch(&subscription, 2).await;
    assert_eq!((numbers(&second), second.caught_up), (vec![3], true));
    lab.finish().await;
}

/// A consumer that takes one event at a time, long after they were appended, gets each.
pub async fn g7_a_slow_consumer_gets_every_event<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))
        .await
        .unwrap();
    for n in 0..20 {
        lab.add((0..5).map(|m| event("a", &format!("[{n},{m}]"))).collect())
            .await;
    }
    let due: Vec<u64> = (1..=100).collect();
    assert_eq!(until_caught_up(&subscription, 1).await, due);
    lab.finish().await;
}

/// A subscription that waits is woken by an append in another tab.
pub async fn g7_an_append_in_another_tab_wakes_it<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))
        .await
        .unwrap();
    assert!(batch(&subscription, 10).await.caught_up);
    let other = lab.another_tab().await;
    let write = async {
        for _ in 0..3 {
            yield_now().await;
        }
        other
            .append(vec![event("a", "1")], GivenExpectations::exactly(0))
            .await
            .unwrap();
        Vec::new()
    };
    let read = async { numbers(&batch(&subscription, 10).await) };
    let both: [std::pin::Pin<Box<dyn Future<Output = Vec<u64>>>>; 2] = [Box::pin(write), Box::pin(read)];
    assert_eq!(join_all(both).await[1], [1]);
    lab.finish().await;
}
