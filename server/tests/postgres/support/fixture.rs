use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use foldlog::{
    core::append::Durability,
    environment::{Environment, system},
    storage::StorageError,
    testing::{Fixture, TestEnvironment},
};
use foldlog_server::{Isolation, LogName, OpenLog, PostgresDatabase, PostgresOptions, PostgresStorage};
use tokio::runtime::{Builder, Runtime};

use super::server;

/// The runtime of all tests.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    });
    &RUNTIME
}

/// The options of an instance in these tests: few connections, since there are many instances.
pub(crate) fn options() -> PostgresOptions {
    PostgresOptions {
        pool_size: 3,
        pool_timeout: Duration::from_secs(30),
        ..PostgresOptions::new(server().service())
    }
}

/// A name that no other test has.
pub(crate) fn log_name() -> LogName {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    LogName::parse(&format!("log-{}", NUMBER.fetch_add(1, Ordering::Relaxed))).unwrap()
}

/// The log as a new instance opens it.
pub(crate) async fn open(
    options: PostgresOptions,
    name: LogName,
    environment: Arc<dyn Environment>,
) -> Result<(PostgresDatabase, PostgresStorage), StorageError> {
    let opening = async move {
        let database = PostgresDatabase::connect(options, environment).await?;
        let storage = database.open_log(name, OpenLog { create: true }).await?;
        Ok((database, storage))
    };
    runtime().spawn(opening).await.unwrap()
}

/// A log in the tests' PostgreSQL. Each handle is an instance of its own.
pub(crate) struct PostgresFixture<const SERIALIZABLE: bool> {
    name: LogName,
    environment: Arc<TestEnvironment>,
}

impl<const SERIALIZABLE: bool> Fixture for PostgresFixture<SERIALIZABLE> {
    type Storage = PostgresStorage;

    async fn new() -> Self {
        static SEEDS: AtomicU64 = AtomicU64::new(1);
        Self {
            name: log_name(),
            environment: TestEnvironment::sleeping_in(system(), SEEDS.fetch_add(1, Ordering::Relaxed)),
        }
    }

    fn environment(&self) -> Arc<TestEnvironment> {
        Arc::clone(&self.environment)
    }

    async fn open(&self) -> Result<PostgresStorage, StorageError> {
        let options = PostgresOptions {
            isolation: if SERIALIZABLE {
                Isolation::Serializable
            } else {
                Isolation::ReadCommitted
            },
            ..options()
        };
        let environment: Arc<dyn Environment> = self.environment.clone();
        Ok(open(options, self.name.clone(), environment).await?.1)
    }

    fn durability(&self) -> Durability {
        Durability::Remote
    }
}
