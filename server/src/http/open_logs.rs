use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use foldlog::{core::Limits, engine::EventStore, environment::Environment, storage::StorageError};

use crate::{LogName, OpenLog, PostgresDatabase, PostgresStorage};

/// A log as all requests of the server share it.
pub(crate) type SharedLog = Arc<EventStore<PostgresStorage>>;

/// The logs that requests use: one handle each, so that the appends of all requests share transactions.
pub(crate) struct OpenLogs {
    database: PostgresDatabase,
    environment: Arc<dyn Environment>,
    limits: Limits,
    most: usize,
    logs: Mutex<HashMap<LogName, Kept>>,
}

struct Kept {
    log: SharedLog,
    used: Instant,
}

impl OpenLogs {
    pub(crate) fn new(
        database: PostgresDatabase,
        environment: Arc<dyn Environment>,
        limits: Limits,
        most: usize,
    ) -> Self {
        Self {
            database,
            environment,
            limits,
            most: most.max(1),
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
        let opened = EventStore::new(storage, Arc::clone(&self.environment), self.limits);
        let mut logs = self.lock();
        if logs.len() >= self.most {
            make_room(&mut logs);
        }
        // Of two that were opened at the same time, the first is everybody's.
        let kept = logs.entry(name.clone()).or_insert_with(|| Kept {
            log: Arc::new(opened),
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

    /// Waits for the appends of all logs, and takes none from then on.
    pub(crate) async fn close(&self) {
        let logs: Vec<_> = self.lock().drain().map(|(_, kept)| kept.log).collect();
        for log in logs {
            log.close().await;
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
