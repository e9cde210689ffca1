use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use foldlog::{core::Limits, engine::EventStore, environment::Environment, storage::StorageError};

use super::HttpOptions;
use crate::{Fanout, FanoutOptions, LogName, OpenLog, PostgresDatabase, PostgresStorage};

/// A log as all requests of the server share it.
pub(crate) type SharedLog = Arc<OpenedLog>;

/// A log with the streams that follow it.
pub(crate) struct OpenedLog {
    pub(crate) store: EventStore<PostgresStorage>,
    pub(crate) fanout: Fanout,
}

/// The logs that requests use: one handle each, so that the appends of all requests share transactions.
pub(crate) struct OpenLogs {
    database: PostgresDatabase,
    environment: Arc<dyn Environment>,
    limits: Limits,
    streams: FanoutOptions,
    most: usize,
    logs: Mutex<HashMap<LogName, Kept>>,
}

struct Kept {
    log: SharedLog,
    used: Instant,
}

impl OpenLogs {
    pub(crate) fn new(database: PostgresDatabase, environment: Arc<dyn Environment>, options: &HttpOptions) -> Self {
        Self {
            database,
            environment,
            limits: options.limits,
            streams: options.streams,
            most: options.open_logs.max(1),
            logs: Mutex::default(),
        }
    }

    /// The log, if it exists or is to be created.
    pub(crate) async fn open(&self, name: &LogName, how: OpenLog) -> Result<SharedLog, StorageError> {
        if let Some(kept) = self.lock().get_mut(name) {
            kept.used = Instant::now();
            return Ok(Arc::clone(&kept.log));
        }
        let storage = self.database.open_log(name.clone(), how).await?;
        let store = EventStore::new(storage, Arc::clone(&self.environment), self.limits);
        let fanout = Fanout::new(store.clone(), self.streams);
        let mut logs = self.lock();
        if logs.len() >= self.most {
            make_room(&mut logs);
        }
        // Of two that were opened at the same time, the first is everybody's.
        let kept = logs.entry(name.clone()).or_insert_with(|| Kept {
            log: Arc::new(OpenedLog { store, fanout }),
            used: Instant::now(),
        });
        Ok(Arc::clone(&kept.log))
    }

    /// As much work as [`OpenLogs::open`] has with a log that does not exist.
    pub(crate) async fn miss(&self) -> Result<(), StorageError> {
        self.database.miss().await
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Lets go what nobody has used for so long.
    pub(crate) fn forget_idle(&self, idle: Duration) {
        self.lock()
            .retain(|_, kept| Arc::strong_count(&kept.log) > 1 || kept.used.elapsed() < idle);
    }

    /// Ends every stream, each with the position to go on from at another instance.
    pub(crate) fn end_streams(&self) {
        for kept in self.lock().values() {
            kept.log.fanout.close();
        }
    }

    /// How many streams are open, and how many bytes of events they share.
    pub(crate) fn streams(&self) -> (usize, usize) {
        let logs = self.lock();
        let stats = logs.values().map(|kept| kept.log.fanout.stats());
        stats.fold((0, 0), |(streams, bytes), stats| {
            (streams + stats.streams, bytes + stats.ring_bytes)
        })
    }

    /// Waits for the appends of all logs, and takes none from then on.
    pub(crate) async fn close(&self) {
        let logs: Vec<_> = self.lock().drain().map(|(_, kept)| kept.log).collect();
        for log in logs {
            log.store.close().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LogName, Kept>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes those that were used longest ago, an eighth at once, so that not every request has to look for one.
fn make_room(logs: &mut HashMap<LogName, Kept>) {
    let mut idle: Vec<_> = logs
        .iter()
        .filter(|(_, kept)| Arc::strong_count(&kept.log) == 1)
        .map(|(name, kept)| (kept.used, name.clone()))
        .collect();
    idle.sort_unstable();
    for (_, name) in idle.iter().take((logs.len() / 8).max(1)) {
        logs.remove(name);
    }
}
