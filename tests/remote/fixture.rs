use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use foldlog::{
    backends::remote::{RemoteOptions, RemoteStorage},
    core::append::Durability,
    environment::{Environment, system},
    storage::StorageError,
    testing::{Fixture, Random, TestEnvironment},
};

use crate::{
    line::{Faults, Line},
    server::Server,
};

/// A log on a server of its own.
pub(crate) struct RemoteFixture<const FAULTS: bool> {
    server: Arc<Server>,
    environment: Arc<TestEnvironment>,
    random: Arc<Mutex<Random>>,
}

impl<const FAULTS: bool> Fixture for RemoteFixture<FAULTS> {
    type Storage = RemoteStorage<Line>;

    async fn new() -> Self {
        static SEEDS: AtomicU64 = AtomicU64::new(1);
        let seed = SEEDS.fetch_add(1, Ordering::Relaxed);
        let environment = TestEnvironment::sleeping_in(system(), seed);
        Self {
            server: Server::new(environment.clone()),
            environment,
            random: Arc::new(Mutex::new(Random::new(seed))),
        }
    }

    fn environment(&self) -> Arc<TestEnvironment> {
        Arc::clone(&self.environment)
    }

    async fn open(&self) -> Result<Self::Storage, StorageError> {
        let faults = if FAULTS {
            Faults::Random(Arc::clone(&self.random))
        } else {
            Faults::None
        };
        let line = Line::new(Arc::clone(&self.server), faults);
        RemoteStorage::open(
            line,
            "a log",
            options(),
            self.environment.clone() as Arc<dyn Environment>,
        )
        .await
    }

    fn knows_who_stored(&self) -> bool {
        !FAULTS
    }

    fn durability(&self) -> Durability {
        Durability::Remote
    }
}

/// Short pauses: the tests wait for them.
pub(crate) fn options() -> RemoteOptions {
    RemoteOptions {
        create: true,
        first_pause: Duration::from_millis(1),
        ..RemoteOptions::default()
    }
}
