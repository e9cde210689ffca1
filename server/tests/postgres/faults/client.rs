use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use foldlog::{
    core::{
        EventId,
        append::{AppendRejection, GivenExpectations},
        read::EventFilter,
    },
    engine::SubscribeFrom,
    environment::system,
    storage::{AppendError, StorageErrorKind},
    testing::{aggregate_id, event, read_all},
};
use foldlog_server::{EndReason, StreamItem};

use super::checker::{Answer, Attempt, Stored};
use crate::fanout::{Instance, request};

/// A client of an instance, which tries again as the remote backend does: the same append with the same ids, until it is answered.
pub(crate) struct Client {
    pub(crate) instance: Arc<Instance>,
    pub(crate) begun: Instant,
    /// How long it tries.
    pub(crate) patience: Duration,
    pub(crate) history: Vec<Attempt>,
}

impl Client {
    pub(crate) fn new(instance: &Arc<Instance>, begun: Instant) -> Self {
        Self {
            instance: Arc::clone(instance),
            begun,
            patience: Duration::from_secs(90),
            history: Vec::new(),
        }
    }

    /// Appends one event at the version that is read first, or that a conflict told, until that succeeds.
    pub(crate) async fn append(&mut self, aggregate: &str, data: &str) {
        let mut expected = self.version(aggregate).await;
        loop {
            let id = system().mint_event_id();
            let called = self.begun.elapsed().as_nanos();
            let answer = self.answer(aggregate, data, id, expected).await;
            self.history.push(Attempt {
                id,
                aggregate: aggregate.to_owned(),
                expected,
                called,
                answered: self.begun.elapsed().as_nanos(),
                answer: answer.clone(),
            });
            match answer {
                Answer::Conflict { actual } => expected = actual,
                Answer::Stored { .. } => return,
                Answer::Unknown => panic!("no answer within {:?}", self.patience),
            }
        }
    }

    async fn answer(&self, aggregate: &str, data: &str, id: EventId, expected: u64) -> Answer {
        let begun = Instant::now();
        while begun.elapsed() < self.patience {
            let events = vec![event(aggregate, data).with_id(id)];
            match self
                .instance
                .store
                .append(events, GivenExpectations::exactly(expected))
                .await
            {
                Ok(receipt) => {
                    return Answer::Stored {
                        sequence_number: receipt.first_sequence_number,
                        version: receipt.versions[0].1,
                        head: receipt.head,
                    };
                }
                Err(AppendError::Rejected(AppendRejection::ConcurrencyConflict(conflicts))) => {
                    return Answer::Conflict {
                        actual: conflicts[0].actual,
                    };
                }
                Err(AppendError::Storage(error)) if error.kind == StorageErrorKind::StorageUnavailable => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        Answer::Unknown
    }

    async fn version(&self, aggregate: &str) -> u64 {
        let begun = Instant::now();
        loop {
            match self.instance.store.aggregate_version(&aggregate_id(aggregate)).await {
                Ok(version) => return version,
                Err(error) => assert!(begun.elapsed() < self.patience, "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The sequence numbers that a subscriber gets up to a number; it goes on from its cursor when its stream ends.
pub(crate) async fn subscribe(instance: Arc<Instance>, until: u64) -> Vec<u64> {
    let (mut numbers, mut position) = (Vec::new(), SubscribeFrom::Sequence(0));
    loop {
        let Ok(mut stream) = instance.fanout.stream(request(position)).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while let Some(item) = stream.next().await {
            match item {
                StreamItem::Events { page, cursor, .. } => {
                    numbers.extend(page.entries().iter().map(|entry| entry.sequence_number));
                    position = SubscribeFrom::Cursor(cursor);
                    if cursor.sequence_number >= until {
                        return numbers;
                    }
                }
                StreamItem::End {
                    reason: EndReason::Problem(error),
                    ..
                } => panic!("{error:?}"),
                StreamItem::Position(_) | StreamItem::End { .. } => {}
            }
        }
    }
}

/// The log as it stands in the end, verified.
pub(crate) async fn whole(instance: &Instance) -> Vec<Stored> {
    let head = instance.store.head().await.unwrap();
    let verified = instance.store.verify(None).await.unwrap();
    assert_eq!((verified.head, verified.events), (head, head.sequence_number));
    let all = read_all(&instance.store, &EventFilter::default(), 1_000).await.unwrap();
    all.into_iter()
        .map(|event| Stored {
            sequence_number: event.sequence_number,
            id: event.content.id,
            aggregate: event.content.aggregate_id.as_str().to_owned(),
            version: event.aggregate_version,
        })
        .collect()
}
