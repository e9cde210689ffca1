use std::{future::Future, sync::Arc};

use super::TestEnvironment;
use crate::{
    backends::memory::MemoryStorage,
    core::append::Durability,
    storage::{Storage, StorageError},
};

/// One log of a backend, for one test.
pub trait Fixture: Sized + 'static {
    /// The backend.
    type Storage: Storage;

    /// A fixture whose log does not exist yet, apart from the logs of all other fixtures.
    fn new() -> impl Future<Output = Self>;

    /// The environment that storages of this fixture are opened with.
    fn environment(&self) -> Arc<TestEnvironment>;

    /// A new handle on the fixture's log, as another tab would have, or the same tab after closing; the first call creates the log.
    fn open(&self) -> impl Future<Output = Result<Self::Storage, StorageError>>;

    /// What receipts of this backend say.
    fn durability(&self) -> Durability;

    /// Whether a call always knows if it or another one stored an append. Not if answers are lost: of several calls that send the same
    /// append at the same time each may then take it for its own.
    fn knows_who_stored(&self) -> bool {
        true
    }

    /// Does at once what the backend otherwise does in idle moments, such as sealing.
    fn maintain(&self, _storage: &Self::Storage) -> impl Future<Output = ()> {
        async {}
    }

    /// Removes what the log left behind.
    fn remove(self) -> impl Future<Output = ()> {
        async {}
    }
}

/// A log in memory.
pub struct MemoryFixture {
    environment: Arc<TestEnvironment>,
    log: MemoryStorage,
}

impl Fixture for MemoryFixture {
    type Storage = MemoryStorage;

    async fn new() -> Self {
        // One seed for each log, so that no two have the same epoch.
        static SEEDS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        let environment = TestEnvironment::new(SEEDS.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        Self {
            log: MemoryStorage::new(environment.clone()),
            environment,
        }
    }

    fn environment(&self) -> Arc<TestEnvironment> {
        Arc::clone(&self.environment)
    }

    async fn open(&self) -> Result<MemoryStorage, StorageError> {
        Ok(self.log.clone())
    }

    fn durability(&self) -> Durability {
        Durability::Memory
    }
}
