use std::{future::Future, sync::Arc};

use foldlog::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, InvalidInput, ReducerIdentity,
        append::{AggregateState, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, ImportError, ImportRequest, ReadAggregate,
        ReadEvents, Storage, StorageError,
    },
};

use crate::{
    append::{enqueue, import, until_idle},
    log::Log,
    read, tables,
};

/// A log in PostgreSQL, as one handle has it open.
///
/// Handles on one log, in this process or another, are what tabs are in a browser: each is closed by itself, and each learns soon of what
/// the others append. Appends on one handle share transactions. All work runs on the tokio runtime that the database was connected in, so
/// the futures may be polled anywhere.
pub struct PostgresStorage {
    log: Arc<Log>,
}

impl PostgresStorage {
    pub(crate) fn new(log: Log) -> Self {
        Self { log: Arc::new(log) }
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Work on the runtime, which goes on when nobody waits for it any more.
    async fn work<T, E, W>(&self, work: impl FnOnce(Arc<Log>) -> W + Send) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        W: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.log.check_open()?;
        let running = self.log.database.runtime.spawn(work(Arc::clone(&self.log)));
        // It fails only if the runtime ends.
        running.await.unwrap_or_else(|_| Err(StorageError::closed().into()))
    }
}

impl PostgresStorage {
    /// Where the log ends, and whether it is a mirror, which takes imports only.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub async fn info(&self) -> Result<(Head, bool), StorageError> {
        self.work(|log| async move { tables::info(&log).await }).await
    }
}

impl Storage for PostgresStorage {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            conditions: false,
            checkpoints_in_appends: false,
        }
    }

    fn append(&self, request: AppendRequest) -> impl Future<Output = Result<Receipt, AppendError>> + Send + use<> {
        let refused = refused(&request);
        let outcome = refused.is_none().then(|| enqueue(&self.log, request.append));
        async move {
            match (refused, outcome) {
                (Some(error), _) => Err(error),
                (None, Some(outcome)) => outcome.await,
                (None, None) => Err(StorageError::closed().into()),
            }
        }
    }

    async fn read_events(&self, request: ReadEvents) -> Result<EventPage, StorageError> {
        self.work(|log| async move { read::read_events(&log, &request).await })
            .await
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        self.work(|log| async move { read::read_aggregate(&log, &request).await })
            .await
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        self.work(|log| async move { read::aggregate(&log, &id).await }).await
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        self.work(|log| async move {
            match sequence_number {
                None => tables::head(&log).await.map(Some),
                Some(number) => tables::place(&log, number).await,
            }
        })
        .await
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        self.work(|log| async move { read::find_append(&log, id).await }).await
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        self.work(|log| async move { read::read_records(&log, after, bytes).await })
            .await
    }

    fn distrust(&self, damage: &StorageError) {
        self.log.lock().damage = Some(damage.clone());
    }

    async fn import(&self, request: ImportRequest) -> Result<Head, ImportError> {
        self.work(|log| async move { import(&log, request.record, request.step).await })
            .await
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        self.work(|log| async move { tables::save_snapshot(&log, &snapshot).await })
            .await
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        self.work(|log| async move { tables::read_snapshot(&log, id, reducer).await })
            .await
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        self.work(|log| async move { tables::delete_snapshot(&log, &id, &reducer).await })
            .await
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        self.work(|log| async move { tables::read_checkpoint(&log, &name).await })
            .await
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        self.work(|log| async move { tables::save_checkpoint(&log, &step).await })
            .await
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        self.work(|log| async move { read::changed(&log, after).await }).await
    }

    async fn health(&self) -> Health {
        let looked = self.info().await;
        let state = self.log.lock();
        let handle = match (self.log.is_closed(), state.damage.is_some(), looked.is_ok()) {
            (true, _, _) => "closed",
            (_, true, _) => "read_only",
            (_, _, true) => "open",
            _ => "lost",
        };
        Health {
            backend: "postgres",
            durability: "remote",
            persisted: None,
            quota: None,
            eviction_risk: "none",
            handle,
            is_mirror: looked.ok().map(|(_, is_mirror)| is_mirror),
            last_error: state.last_error.map(foldlog::storage::StorageErrorKind::code),
        }
    }

    async fn close(&self) {
        {
            let _state = self.log.lock();
            self.log.closing.send_replace(true);
        }
        until_idle(&self.log).await;
    }
}

/// What an append asks for beyond what this backend can.
fn refused(request: &AppendRequest) -> Option<AppendError> {
    let field = if request.condition.is_some() {
        "condition"
    } else if request.checkpoint.is_some() {
        "checkpoint"
    } else {
        return None;
    };
    let reason = "is not supported by this backend";
    Some(AppendError::Invalid(InvalidInput::argument(field, reason)))
}
