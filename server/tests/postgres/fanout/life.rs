//! How streams begin, beat and end.

use std::time::Duration;

use foldlog::{core::Head, engine::SubscribeFrom, storage::StorageErrorKind};
use foldlog_server::{EndReason, EventStream, FanoutOptions, StreamItem, StreamRequest};
use tokio::time::{Instant, timeout};

use super::{Instance, follow, request};
use crate::support::{log_name, options, runtime};

async fn next(stream: &mut EventStream) -> StreamItem {
    let item = timeout(Duration::from_secs(20), stream.next()).await;
    item.expect("the stream is silent").expect("the stream has ended")
}

async fn end(stream: &mut EventStream) -> (EndReason, Head) {
    loop {
        if let StreamItem::End { reason, cursor } = next(stream).await {
            assert!(stream.next().await.is_none());
            return (reason, cursor);
        }
    }
}

fn beating() -> FanoutOptions {
    FanoutOptions {
        heartbeat: Duration::from_millis(50),
        ..FanoutOptions::default()
    }
}

#[test]
fn a_stream_tells_its_position_at_first_and_when_nothing_happens() {
    let name = log_name();
    runtime().block_on(async {
        let instance = Instance::new(&name, options(), beating()).await;
        let head = instance.append("a", 2).await.head;
        let mut stream = instance.after(2).await;
        assert!(matches!(next(&mut stream).await, StreamItem::Position(cursor) if cursor == head));
        let StreamItem::Events {
            page,
            caught_up,
            cursor,
        } = next(&mut stream).await
        else {
            panic!("it has caught up at once");
        };
        assert_eq!((page.entries().len(), caught_up, cursor), (0, true, head));
        for _ in 0..3 {
            assert!(matches!(next(&mut stream).await, StreamItem::Position(cursor) if cursor == head));
        }
    });
}

#[test]
fn a_stream_without_events_tells_how_far_the_log_reaches() {
    let name = log_name();
    runtime().block_on(async {
        let instance = Instance::new(&name, options(), FanoutOptions::default()).await;
        let head = instance.append("a", 5).await.head;
        let asked = StreamRequest {
            events: false,
            ..request(SubscribeFrom::Sequence(1))
        };
        let mut stream = instance.fanout.stream(asked).await.unwrap();
        assert!(matches!(next(&mut stream).await, StreamItem::Position(cursor) if cursor == head));
        let head = instance.append("a", 5).await.head;
        assert!(matches!(next(&mut stream).await, StreamItem::Position(cursor) if cursor == head));
        let silence = timeout(Duration::from_millis(300), stream.next()).await;
        assert!(silence.is_err());
    });
}

#[test]
fn every_stream_ends_with_a_reason_and_a_cursor() {
    let name = log_name();
    runtime().block_on(async {
        let instance = Instance::new(&name, options(), beating()).await;
        let head = instance.append("a", 3).await.head;
        let until = |millis| StreamRequest {
            deadline: Some(Instant::now() + Duration::from_millis(millis)),
            ..request(SubscribeFrom::Sequence(0))
        };
        let mut expires = instance.fanout.stream(until(300)).await.unwrap();
        assert!(matches!(end(&mut expires).await, (EndReason::Expired, cursor) if cursor == head));
        // Also one that nobody takes from.
        let mut stuck = instance.fanout.stream(until(100)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(instance.fanout.stats().streams, 0);
        assert!(matches!(end(&mut stuck).await.0, EndReason::Expired));
        let mut shut_down = instance.after(3).await;
        follow(&mut shut_down, 3).await;
        let other = Instance::new(&name, options(), beating()).await;
        let mut closed = other.after(0).await;
        instance.fanout.close();
        assert!(matches!(end(&mut shut_down).await, (EndReason::Shutdown, cursor) if cursor == head));
        let refused = instance.fanout.stream(request(SubscribeFrom::End)).await.err().unwrap();
        assert_eq!(refused.kind, StorageErrorKind::Closed);
        // The appends of a fan-out that is closed go on, until the store is closed as well.
        let head = instance.append("a", 1).await.head;
        assert_eq!(follow(&mut closed, 4).await, (vec![1, 2, 3, 4], head));
        other.store.close().await;
        let (reason, cursor) = end(&mut closed).await;
        assert!(matches!(reason, EndReason::Shutdown), "{reason:?}");
        assert_eq!(cursor, head);
    });
}

#[test]
fn a_cursor_that_is_not_in_the_log_is_refused_before_the_stream() {
    let (name, other) = (log_name(), log_name());
    runtime().block_on(async {
        let instance = Instance::new(&name, options(), FanoutOptions::default()).await;
        let other = Instance::new(&other, options(), FanoutOptions::default()).await;
        let head = instance.append("a", 3).await.head;
        let foreign = other.append("a", 3).await.head;
        let refused = async |after| instance.fanout.stream(request(after)).await.err().unwrap().kind;
        assert_eq!(
            refused(SubscribeFrom::Cursor(foreign)).await,
            StorageErrorKind::EpochChanged
        );
        assert_eq!(refused(SubscribeFrom::Sequence(4)).await, StorageErrorKind::LogRewound);
        let ahead = Head {
            sequence_number: 9,
            ..head
        };
        assert_eq!(
            refused(SubscribeFrom::Cursor(ahead)).await,
            StorageErrorKind::LogRewound
        );
        assert_eq!(instance.fanout.stats().streams, 0);
    });
}
