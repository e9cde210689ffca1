use std::sync::Arc;

use foldlog::environment::Environment;
use tokio::sync::{Semaphore, watch};

use super::{HttpOptions, OpenLogs, metrics::Metrics, stream_room::StreamRoom};
use crate::{
    PostgresDatabase,
    auth::{Rates, Tokens},
};

/// What all requests share.
pub(crate) struct Service {
    pub(crate) options: HttpOptions,
    pub(crate) database: PostgresDatabase,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) rates: Rates,
    pub(crate) logs: OpenLogs,
    pub(crate) metrics: Metrics,
    /// Room for requests.
    pub(crate) requests: Arc<Semaphore>,
    /// Room for what reads a log from end to end.
    pub(crate) scans: Arc<Semaphore>,
    /// Room for streams.
    pub(crate) streams: Arc<StreamRoom>,
    /// Says that the server ends.
    pub(crate) closing: watch::Sender<bool>,
}

impl Service {
    pub(crate) fn new(
        options: HttpOptions,
        database: PostgresDatabase,
        environment: Arc<dyn Environment>,
    ) -> Result<Arc<Self>, String> {
        let tokens = options.tokens.as_ref().map(Tokens::new).transpose()?;
        if tokens.is_none() && options.origins.iter().any(|origin| origin == "*") {
            return Err(
                "without authentication every page could call the server: name its origins instead of *".to_owned(),
            );
        }
        Ok(Arc::new(Self {
            tokens,
            rates: Rates::new(&options.rates),
            logs: OpenLogs::new(database.clone(), Arc::clone(&environment), &options),
            metrics: Metrics::new(),
            requests: Arc::new(Semaphore::new(options.requests)),
            scans: Arc::new(Semaphore::new(options.scans)),
            streams: StreamRoom::new(options.stream_count, options.streams_a_subject),
            closing: watch::Sender::new(false),
            environment,
            database,
            options,
        }))
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }
}
