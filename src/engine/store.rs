use std::sync::Arc;

use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, Limits,
        append::{CheckpointMove, Receipt},
    },
    environment::Environment,
    storage::{Capabilities, CheckpointError, Health, Storage, StorageError, StorageErrorKind},
};

/// An event store on one log.
///
/// Clones share the log and its handle: closing one closes all. Everything else is documented at the operations.
pub struct EventStore<S> {
    pub(super) storage: Arc<S>,
    pub(super) environment: Arc<dyn Environment>,
    pub(super) limits: Limits,
}

impl<S: Storage> EventStore<S> {
    /// A store on an open storage.
    pub fn new(storage: S, environment: Arc<dyn Environment>, limits: Limits) -> Self {
        Self {
            storage: Arc::new(storage),
            environment,
            limits,
        }
    }

    /// The storage below.
    pub fn storage(&self) -> &S {
        &self.storage
    }

    /// Where the store takes time and randomness from.
    pub fn environment(&self) -> &Arc<dyn Environment> {
        &self.environment
    }

    /// What the backend can do beyond the rest.
    pub fn capabilities(&self) -> Capabilities {
        self.storage.capabilities()
    }

    /// The head of the log: against one that was kept elsewhere, [`EventStore::verify`] proves that nothing before it is missing.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn head(&self) -> Result<Head, StorageError> {
        let head = self.storage.place(None).await?;
        head.ok_or_else(|| StorageError::new(StorageErrorKind::StorageCorrupted, "the log has no beginning"))
    }

    /// The place of a sequence number; none if the log does not reach that far.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn place(&self, sequence_number: u64) -> Result<Option<Head>, StorageError> {
        super::place::of(&*self.storage, sequence_number).await
    }

    /// Checks that the log still has a place that was kept elsewhere.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: `log_rewound` if the log ends before it, `epoch_changed` or `log_diverged` if it has another one there, or what the
    /// storage fails with.
    pub async fn check_place(&self, kept: &Head) -> Result<(), StorageError> {
        super::place::check(&*self.storage, kept).await
    }

    /// The version of an aggregate; 0 without events.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn aggregate_version(&self, id: &AggregateId) -> Result<u64, StorageError> {
        let state = self.storage.aggregate(id.clone()).await?;
        Ok(state.map_or(0, |state| state.version))
    }

    /// The receipt of the append that stored the event with this id, marked as replayed; none if no event has it.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn find_append(&self, id: EventId) -> Result<Option<Receipt>, StorageError> {
        let stored = self.storage.find_append(id).await?;
        Ok(stored.map(|stored| stored.receipt()))
    }

    /// The stored position of a consumer; none if it stored none.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn checkpoint(&self, name: &CheckpointName) -> Result<Option<Cursor>, StorageError> {
        self.storage.checkpoint(name.clone()).await
    }

    /// Moves the stored position of a consumer, in one step that another consumer of the same name cannot come between.
    ///
    /// # Errors
    ///
    /// - [`CheckpointError::Conflict`] if it stands elsewhere than expected; nothing was moved.
    /// - [`CheckpointError::Storage`] if the storage fails.
    pub async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        self.storage.save_checkpoint(step).await
    }

    /// How the log is kept and how safe it is; also of a closed store.
    pub async fn health(&self) -> Health {
        self.storage.health().await
    }

    /// Takes no further calls, waits for appends under way, then ends subscriptions. A second call does nothing.
    pub async fn close(&self) {
        self.storage.close().await;
    }
}

impl<S> Clone for EventStore<S> {
    fn clone(&self) -> Self {
        Self {
            storage: Arc::clone(&self.storage),
            environment: Arc::clone(&self.environment),
            limits: self.limits,
        }
    }
}
