//! From pages to the ring and back, while the log grows.

use std::{sync::Arc, time::Duration};

use foldlog::{
    core::{EventType, read::EventFilter},
    engine::SubscribeFrom,
    testing::{aggregate_id, read_all},
};
use foldlog_server::{EndReason, FanoutOptions, StreamItem, StreamRequest};

use super::{Instance, follow, request};
use crate::support::{log_name, options, runtime};

/// A ring that holds next to nothing, and small pages.
fn small() -> FanoutOptions {
    FanoutOptions {
        ring_events: 10,
        page_events: 7,
        ..FanoutOptions::default()
    }
}

#[test]
fn streams_that_begin_while_the_log_grows_miss_nothing_and_get_nothing_twice() {
    let name = log_name();
    runtime().block_on(async {
        let instance = Arc::new(Instance::new(&name, options(), small()).await);
        let total = 600;
        let writer = {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move {
                for _ in 0..total / 3 {
                    instance.append("a", 3).await;
                }
            })
        };
        let mut followers = Vec::new();
        for begins in 0..40_u64 {
            let instance = Arc::clone(&instance);
            followers.push(tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(begins * 10)).await;
                let end = instance.store.head().await.unwrap().sequence_number;
                let after = if begins % 2 == 0 { 0 } else { end };
                let mut stream = instance.after(after).await;
                let (numbers, _) = follow(&mut stream, total).await;
                assert_eq!(numbers, (after + 1..=total).collect::<Vec<_>>());
            }));
        }
        writer.await.unwrap();
        for follower in followers {
            follower.await.unwrap();
        }
    });
}

#[test]
fn a_stream_that_falls_behind_the_ring_reads_pages_again() {
    let name = log_name();
    runtime().block_on(async {
        let instance = Instance::new(&name, options(), small()).await;
        let mut stream = instance.after(0).await;
        let (none, _) = follow(&mut stream, 0).await;
        assert_eq!(none, [0; 0]);
        for _ in 0..30 {
            instance.append("a", 4).await;
        }
        let mut other = instance.after(120).await;
        instance.append("a", 1).await;
        assert_eq!(follow(&mut other, 121).await.0, [121]);
        assert!(instance.fanout.stats().ring_events <= 10);
        assert_eq!(follow(&mut stream, 121).await.0, (1..=121).collect::<Vec<_>>());
        // And it is live again.
        instance.append("a", 2).await;
        assert_eq!(follow(&mut stream, 123).await.0, [122, 123]);
    });
}

#[test]
fn a_stream_that_does_not_take_what_it_is_given_is_ended_and_can_be_resumed() {
    let name = log_name();
    runtime().block_on(async {
        let fanout = FanoutOptions {
            patience: Duration::from_millis(300),
            ..small()
        };
        let instance = Instance::new(&name, options(), fanout).await;
        let mut stream = instance.after(0).await;
        instance.append("a", 50).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(instance.fanout.stats().streams, 0, "it holds nothing any more");
        let mut numbers = Vec::new();
        let cursor = loop {
            match stream.next().await.unwrap() {
                StreamItem::Events { page, .. } => {
                    numbers.extend(page.entries().iter().map(|entry| entry.sequence_number));
                }
                StreamItem::Position(_) => {}
                StreamItem::End {
                    reason: EndReason::Slow,
                    cursor,
                } => break cursor,
                StreamItem::End { reason, .. } => panic!("{reason:?}"),
            }
        };
        assert!(stream.next().await.is_none());
        assert!(cursor.sequence_number < 50);
        let resumed = instance.fanout.stream(request(SubscribeFrom::Cursor(cursor))).await;
        numbers.extend(follow(&mut resumed.unwrap(), 50).await.0);
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    });
}

#[test]
fn a_filter_means_the_same_in_pages_and_live() {
    let name = log_name();
    runtime().block_on(async {
        let fanout = FanoutOptions {
            skipped: 20,
            ..FanoutOptions::default()
        };
        let instance = Instance::new(&name, options(), fanout).await;
        let filters = [
            EventFilter {
                aggregate_ids: Some([aggregate_id("b")].into()),
                ..EventFilter::default()
            },
            EventFilter {
                from_version: Some(9),
                to_sequence: Some(70),
                ..EventFilter::default()
            },
            EventFilter {
                event_types: Some([EventType::parse("Nothing").unwrap()].into()),
                ..EventFilter::default()
            },
        ];
        let mut streams = Vec::new();
        for half in 0..2 {
            for filter in &filters {
                let asked = StreamRequest {
                    filter: filter.clone(),
                    ..request(SubscribeFrom::Sequence(0))
                };
                streams.push((filter.clone(), instance.fanout.stream(asked).await.unwrap()));
            }
            for _ in 0..10 {
                instance.append("a", 3).await;
                instance.append("b", 1 + half).await;
            }
        }
        let end = instance.store.head().await.unwrap().sequence_number;
        for (filter, mut stream) in streams {
            let due = read_all(&instance.store, &filter, 100).await.unwrap();
            let due: Vec<_> = due.iter().map(|event| event.sequence_number).collect();
            // Past what does not match a stream is told its position after so many.
            let (numbers, _) = follow(&mut stream, end - 20).await;
            let last = due
                .iter()
                .rposition(|number| *number <= end - 20)
                .map_or(0, |last| last + 1);
            assert!(
                numbers.starts_with(&due[..last]) && due.starts_with(&numbers),
                "{numbers:?}, {due:?}"
            );
        }
    });
}
