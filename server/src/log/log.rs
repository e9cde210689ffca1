use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use foldlog::storage::{StorageError, StorageErrorKind};
use tokio::sync::watch;
use tokio_postgres::Row;

use crate::{
    append::Pending,
    database::{Database, Failure, Statement},
};

/// What the calls on one handle share.
pub(crate) struct Log {
    pub(crate) name: Arc<str>,
    pub(crate) database: Arc<Database>,
    /// Hears of the log's appends, of this handle and others.
    pub(crate) news: watch::Receiver<u64>,
    /// Says that the handle is closed.
    pub(crate) closing: watch::Sender<bool>,
    /// Whether a task works on the queue.
    pub(crate) is_flushing: watch::Sender<bool>,
    state: Mutex<LogState>,
}

#[derive(Default)]
pub(crate) struct LogState {
    pub(crate) queue: VecDeque<Pending>,
    /// Why it takes no appends, if it was found damaged.
    pub(crate) damage: Option<StorageError>,
    pub(crate) last_error: Option<StorageErrorKind>,
}

impl Log {
    pub(crate) fn new(name: Arc<str>, database: Arc<Database>) -> Self {
        Self {
            news: database.news.subscribe(&name),
            name,
            database,
            closing: watch::Sender::new(false),
            is_flushing: watch::Sender::new(false),
            state: Mutex::default(),
        }
    }

    /// Held for one piece of work and never across an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.closing.borrow()
    }

    pub(crate) fn check_open(&self) -> Result<(), StorageError> {
        if self.is_closed() {
            Err(StorageError::closed())
        } else {
            Ok(())
        }
    }

    /// The rows of a statement that may be run again.
    pub(crate) async fn query(&self, statement: Statement<'_>) -> Result<Vec<Row>, StorageError> {
        Ok(self.queries(&[statement]).await?.pop().unwrap_or_default())
    }

    /// The rows of statements that may be run again, sent at once.
    pub(crate) async fn queries(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, StorageError> {
        self.database.queries(statements).await.map_err(Failure::into_error)
    }

    /// Remembers an error for `health`.
    pub(crate) fn note(&self, error: &StorageError) {
        self.lock().last_error = Some(error.kind);
    }

    /// Tells everyone who waits that the log has grown.
    pub(crate) fn announce(&self) {
        self.database.news.wake(&self.name);
        if let Some(notifier) = &self.database.notifier {
            notifier.tell(&self.name);
        }
    }
}
