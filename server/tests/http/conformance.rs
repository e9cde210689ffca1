//! The conformance suite over HTTP: the remote backend against two servers on one database.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use foldlog::{
    backends::remote::{
        RemoteOptions, RemoteStorage,
        http::{Http, Token},
    },
    core::append::Durability,
    environment::{Environment, system},
    storage::StorageError,
    testing::{Fixture, TestEnvironment},
};
use foldlog_server::{PostgresDatabase, http::HttpServer};
use tokio::sync::oneshot;

use crate::{
    support::{log_name, options, runtime},
    tools::{token, with_tokens},
};

foldlog::storage_conformance!(HttpFixture);

/// A log of two servers, which handles have open in turn.
struct HttpFixture {
    name: String,
    servers: [(SocketAddr, oneshot::Sender<()>); 2],
    opened: AtomicUsize,
    environment: Arc<TestEnvironment>,
}

impl Fixture for HttpFixture {
    type Storage = RemoteStorage<Http>;

    async fn new() -> Self {
        static SEEDS: AtomicU64 = AtomicU64::new(1);
        let environment = TestEnvironment::sleeping_in(system(), SEEDS.fetch_add(1, Ordering::Relaxed));
        Self {
            name: log_name().to_string(),
            servers: [serve(environment.clone()).await, serve(environment.clone()).await],
            opened: AtomicUsize::new(0),
            environment,
        }
    }

    fn environment(&self) -> Arc<TestEnvironment> {
        Arc::clone(&self.environment)
    }

    async fn open(&self) -> Result<Self::Storage, StorageError> {
        let (server, _) = &self.servers[self.opened.fetch_add(1, Ordering::Relaxed) % 2];
        let transport = {
            let _in_runtime = runtime().enter();
            Http::new(&format!("http://{server}"), Token::Fixed(token(&self.name)))?
        };
        let options = RemoteOptions {
            create: true,
            ..RemoteOptions::default()
        };
        RemoteStorage::open(transport, &self.name, options, self.environment.clone()).await
    }

    fn durability(&self) -> Durability {
        Durability::Remote
    }
}

/// A server that runs until what it comes with is dropped.
async fn serve(environment: Arc<dyn Environment>) -> (SocketAddr, oneshot::Sender<()>) {
    // Outside of the runtime: it may start PostgreSQL, which blocks.
    let options = options();
    let starting = async move {
        let database = PostgresDatabase::connect(options, environment.clone()).await.unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let server = HttpServer::bind(any, None, with_tokens(), database, environment)
            .await
            .unwrap();
        let address = server.local_addr().unwrap();
        let (end, told) = oneshot::channel();
        tokio::spawn(server.run(async {
            let _ = told.await;
        }));
        (address, end)
    };
    runtime().spawn(starting).await.unwrap()
}
