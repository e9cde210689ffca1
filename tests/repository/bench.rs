//! A log in memory, repositories on it, and an aggregate to try them with.

use std::sync::Arc;

use foldlog::{
    backends::memory::MemoryStorage,
    core::{
        Limits,
        fold::{Aggregate, UpcastEvent},
    },
    engine::{
        EventStore,
        repository::{AggregateRepository, ExecuteOptions, RaisedEvent},
    },
    storage::Storage,
    testing::{Fault, FaultyStorage, TestEnvironment, aggregate_id, label},
};
use pollster::block_on;

/// Adds up what was counted.
pub(crate) struct Counter;

impl Aggregate for Counter {
    type State = u64;

    fn aggregate_type(&self) -> &'static str {
        "thing"
    }

    fn initial(&self) -> u64 {
        0
    }

    fn evolve(&self, state: u64, event: &UpcastEvent<'_>) -> Option<u64> {
        (event.event_type == "Counted").then(|| state + event.event_data.parse::<u64>().unwrap())
    }

    fn to_snapshot(&self, state: &u64) -> Option<String> {
        Some(state.to_string())
    }

    fn from_snapshot(&self, data: &str) -> Option<u64> {
        data.parse().ok()
    }
}

pub(crate) type Repository<S> = AggregateRepository<S, Counter>;

pub(crate) struct Bench {
    pub(crate) environment: Arc<TestEnvironment>,
    pub(crate) log: MemoryStorage,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let environment = TestEnvironment::new(7);
        Self {
            log: MemoryStorage::new(environment.clone()),
            environment,
        }
    }

    pub(crate) fn on<S: Storage>(&self, storage: S) -> Repository<S> {
        let store = EventStore::new(storage, self.environment.clone(), Limits::default());
        AggregateRepository::new(store, Counter).unwrap()
    }

    pub(crate) fn repository(&self) -> Repository<MemoryStorage> {
        self.on(self.log.clone())
    }

    pub(crate) fn failing(&self, faults: impl IntoIterator<Item = Fault>) -> Repository<FaultyStorage<MemoryStorage>> {
        self.on(FaultyStorage::new(self.log.clone(), faults))
    }
}

pub(crate) fn counted(by: u64) -> RaisedEvent {
    RaisedEvent::new("Counted", &by.to_string()).unwrap()
}

#[expect(
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape of a decision"
)]
pub(crate) fn count_one(_: &u64) -> Result<Vec<RaisedEvent>, String> {
    Ok(vec![counted(1)])
}

pub(crate) fn command(id: &str) -> ExecuteOptions {
    ExecuteOptions {
        command_id: Some(label(id)),
        ..ExecuteOptions::default()
    }
}

pub(crate) fn state<S: Storage>(repository: &Repository<S>) -> u64 {
    *block_on(repository.load(&aggregate_id("c"))).unwrap().state()
}
