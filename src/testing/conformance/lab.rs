use std::{cell::RefCell, sync::Arc};

use crate::{
    core::{
        AggregateId, EventId, Head, InvalidInput, Limits,
        append::{AppendRejection, GivenExpectations, Receipt, VersionConflict},
        event::{NewEvent, RecordedEvent},
        read::EventFilter,
    },
    engine::EventStore,
    storage::{AppendError, Storage},
    testing::{Fixture, TestEnvironment, read_all},
};

/// A fixture with an open store, and the words that the tests are written in.
pub(super) struct Lab<F: Fixture> {
    pub(super) fixture: F,
    pub(super) environment: Arc<TestEnvironment>,
    pub(super) store: EventStore<F::Storage>,
    opened: RefCell<Vec<EventStore<F::Storage>>>,
}

impl<F: Fixture> Lab<F> {
    pub(super) async fn new() -> Self {
        let fixture = F::new().await;
        let environment = fixture.environment();
        let store = EventStore::new(fixture.open().await.unwrap(), environment.clone(), Limits::default());
        Self {
            opened: RefCell::new(vec![store.clone()]),
            fixture,
            environment,
            store,
        }
    }

    /// Another handle on the same log, as another tab has.
    pub(super) async fn another_tab(&self) -> EventStore<F::Storage> {
        let storage = self.fixture.open().await.unwrap();
        let store = EventStore::new(storage, self.environment.clone(), Limits::default());
        self.opened.borrow_mut().push(store.clone());
        store
    }

    /// Closes the store and opens it again.
    pub(super) async fn reopen(&mut self) {
        self.store.close().await;
        self.store = self.another_tab().await;
    }

    pub(super) async fn maintain(&self) {
        self.fixture.maintain(self.store.storage()).await;
    }

    pub(super) async fn append(
        &self,
        events: Vec<NewEvent>,
        expectations: GivenExpectations,
    ) -> Result<Receipt, AppendError> {
        self.store.append(events, expectations).await
    }

    /// Appends what must succeed.
    pub(super) async fn add(&self, events: Vec<NewEvent>) -> Receipt {
        let mut ids: Vec<AggregateId> = events.iter().map(|event| event.aggregate_id.clone()).collect();
        ids.sort();
        ids.dedup();
        let expectations = GivenExpectations {
            of_the_aggregate: None,
            of_each: ids
                .into_iter()
                .map(|id| (id, crate::core::append::Expectation::Any))
                .collect(),
        };
        self.append(events, expectations).await.unwrap()
    }

    pub(super) async fn head(&self) -> Head {
        self.store.head().await.unwrap()
    }

    pub(super) async fn version(&self, id: &str) -> u64 {
        self.store.aggregate_version(&super::aggregate_id(id)).await.unwrap()
    }

    /// Every event of the log.
    pub(super) async fn all(&self) -> Vec<RecordedEvent> {
        read_all(&self.store, &EventFilter::default(), 100).await.unwrap()
    }

    /// Proves the chain intact, closes every handle and removes the log.
    pub(super) async fn finish(self) {
        let last = self.another_tab().await;
        let head = last.head().await.unwrap();
        let verified = last.verify(None).await.unwrap();
        assert_eq!((verified.head, verified.events), (head, head.sequence_number));
        for store in self.opened.take() {
            store.close().await;
        }
        self.fixture.remove().await;
    }
}

/// The conflicts of an append that must have been rejected for them.
pub(super) fn conflicts(result: Result<Receipt, AppendError>) -> Vec<VersionConflict> {
    match result {
        Err(AppendError::Rejected(AppendRejection::ConcurrencyConflict(conflicts))) => conflicts,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

/// The id and place that an append must have been rejected for.
pub(super) fn duplicate(result: Result<Receipt, AppendError>) -> (EventId, u64) {
    match result {
        Err(AppendError::Rejected(AppendRejection::DuplicateEvent {
            event_id,
            sequence_number,
        })) => (event_id, sequence_number),
        other => panic!("expected a duplicate, got {other:?}"),
    }
}

/// What an append must have been refused for before the log was looked at.
pub(super) async fn refused<S: Storage>(
    store: &EventStore<S>,
    events: Vec<NewEvent>,
    given: GivenExpectations,
) -> InvalidInput {
    match store.append(events, given).await {
        Err(AppendError::Invalid(invalid)) => invalid,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The original receipt, as a replay gives it.
pub(super) fn replayed(receipt: &Receipt) -> Receipt {
    Receipt {
        replayed: true,
        ..receipt.clone()
    }
}
