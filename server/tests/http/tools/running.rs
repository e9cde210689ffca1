use std::{net::SocketAddr, sync::Arc};

use foldlog::environment::system;
use foldlog_server::{
    LogName, OpenLog, PostgresDatabase, PostgresOptions, PostgresStorage, RateOptions,
    http::{HttpOptions, HttpServer},
};
use tokio::{sync::oneshot, task::JoinHandle};

use super::{Client, hs256_options};
use crate::support::options;

/// A server that runs until it is told to end or dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) ops: SocketAddr,
    pub(crate) client: Client,
    database: PostgresDatabase,
    shutdown: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Options without authentication.
pub(crate) fn local() -> HttpOptions {
    HttpOptions::default()
}

/// Options that ask for tokens, and count nothing.
pub(crate) fn with_tokens() -> HttpOptions {
    HttpOptions {
        tokens: Some(hs256_options()),
        rates: RateOptions {
            requests: 0,
            events: 0,
            bytes: 0,
        },
        ..HttpOptions::default()
    }
}

impl Running {
    pub(crate) async fn start(http: HttpOptions) -> Self {
        Self::start_on(http, options()).await
    }

    pub(crate) async fn start_on(http: HttpOptions, postgres: PostgresOptions) -> Self {
        let database = PostgresDatabase::connect(postgres, system()).await.unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let server = HttpServer::bind(any, Some(any), http, database.clone(), system())
            .await
            .unwrap();
        let (address, ops) = (server.local_addr().unwrap(), server.ops_addr().unwrap());
        let (shutdown, told) = oneshot::channel();
        let task = tokio::spawn(server.run(async move {
            let _ = told.await;
        }));
        Self {
            address,
            ops,
            client: Client::new(address),
            database,
            shutdown: Some(shutdown),
            task,
        }
    }

    /// Tells it to end, and gives what ends with it.
    pub(crate) fn end(&mut self) -> &mut JoinHandle<()> {
        if let Some(shutdown) = self.shutdown.take() {
            let _ = shutdown.send(());
        }
        &mut self.task
    }

    /// A log that exists, as the database has it.
    pub(crate) async fn create(&self, name: &LogName) -> Arc<PostgresStorage> {
        let opened = self.database.open_log(name.clone(), OpenLog { create: true }).await;
        Arc::new(opened.unwrap())
    }
}
