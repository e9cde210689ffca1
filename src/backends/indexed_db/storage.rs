use std::{future::Future, rc::Rc, sync::Arc, time::Duration};

use super::{
    append, facts, health, log::Log, open::open_log, options::IndexedDbOptions, read, read_aggregate, read_by_type,
    seal, side_stores,
};
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, ReducerIdentity,
        append::{AggregateState, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    environment::Environment,
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, ReadAggregate, ReadEvents, Storage,
        StorageError,
    },
};

/// A log in one IndexedDB database of this origin; several tabs and workers may have it open at once.
pub struct IndexedDbStorage {
    log: Rc<Log>,
}

impl IndexedDbStorage {
    /// Opens the log of this name, or creates it if the options allow.
    ///
    /// How long that takes does not depend on the length of the log.
    ///
    /// # Errors
    ///
    /// `log_not_found` if it does not exist and may not be created; `blocked` if another tab stands in the way for too long;
    /// `log_rewound`, `log_diverged` or `epoch_changed` if it does not hold the expected head; `unsupported_format`,
    /// `storage_corrupted`, `storage_unavailable` and `quota_exceeded` as the storage is.
    pub async fn open(
        name: &str,
        options: IndexedDbOptions,
        environment: Arc<dyn Environment>,
    ) -> Result<Self, StorageError> {
        Ok(Self {
            log: open_log(name, options, environment).await?,
        })
    }

    /// Seals all that can be sealed now, instead of when it is due. Nothing that is read changes.
    ///
    /// # Errors
    ///
    /// Whatever the storage fails with; the log is as good as before.
    pub async fn seal(&self) -> Result<(), StorageError> {
        self.log.check_open()?;
        seal::seal_all(&self.log).await
    }
}

impl Drop for IndexedDbStorage {
    fn drop(&mut self) {
        self.log.is_closed.set(true);
        self.log.hints.wake(0);
    }
}

impl Storage for IndexedDbStorage {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            conditions: false,
            checkpoints_in_appends: false,
        }
    }

    fn append(&self, request: AppendRequest) -> impl Future<Output = Result<Receipt, AppendError>> + use<> {
        append::enqueue(&self.log, request.append)
    }

    async fn read_events(&self, request: ReadEvents) -> Result<EventPage, StorageError> {
        self.log.check_open()?;
        if request.backward {
            self.log.noting(read::read_backward(&self.log, &request).await)
        } else if request.filter.event_types.is_some() && request.filter.aggregate_ids.is_none() {
            self.log.noting(read_by_type::read_forward(&self.log, &request).await)
        } else {
            self.log.noting(read::read_forward(&self.log, &request).await)
        }
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        self.log.check_open()?;
        self.log
            .noting(read_aggregate::read_aggregate(&self.log, &request).await)
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        self.log.check_open()?;
        self.log.current_head().await?;
        if let Ok(known) = self.log.tip.borrow().known_aggregate(&id) {
            return Ok(known);
        }
        self.log.noting(facts::sealed_aggregate(&self.log, &id).await)
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        self.log.check_open()?;
        self.log.noting(self.log.place(sequence_number).await)
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        self.log.check_open()?;
        self.log.current_head().await?;
        let may_be_sealed = {
            let tip = self.log.tip.borrow();
            if let Some(found) = tip.unsealed_append_with(id) {
                return Ok(Some(found));
            }
            tip.may_be_sealed(id)
        };
        if !may_be_sealed {
            return Ok(None);
        }
        self.log.noting(facts::sealed_append_with(&self.log, id).await)
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        self.log.check_open()?;
        self.log.noting(read::whole_records(&self.log, after, bytes).await)
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        self.log.check_open()?;
        side_stores::save_snapshot(&self.log, &snapshot).await
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        self.log.check_open()?;
        side_stores::snapshot(&self.log, &id, &reducer).await
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        self.log.check_open()?;
        side_stores::delete_snapshot(&self.log, &id, &reducer).await
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        self.log.check_open()?;
        side_stores::checkpoint(&self.log, &name).await
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        self.log.check_open()?;
        side_stores::save_checkpoint(&self.log, &step).await
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        self.log.check_open()?;
        if self.log.hints.heard() > after {
            // What was heard may be wrong; the log is asked, so that a wrong hint does not keep the reader busy.
            let last = self.log.current_head().await?.sequence_number;
            self.log.hints.correct(last);
            if last > after {
                return Ok(());
            }
        }
        self.log.hints.news().await;
        self.log.check_open()
    }

    async fn health(&self) -> Health {
        health::health(&self.log).await
    }

    async fn close(&self) {
        if self.log.is_closed.replace(true) {
            return;
        }
        self.log.hints.wake(0);
        append::until_idle(&self.log).await;
        self.log.connection.close();
        // Whoever waits for an append hears of it before whoever waits for the close.
        self.log.environment.sleep(Duration::ZERO).await;
    }
}
