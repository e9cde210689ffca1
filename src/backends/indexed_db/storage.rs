use std::{future::Future, rc::Rc, sync::Arc, time::Duration};

use super::{
    append, copies, facts, health, import,
    log::Log,
    open::open_log,
    options::IndexedDbOptions,
    read::Forward,
    read_aggregate::OfAggregate,
    read_backward::Backward,
    read_by_type::ByType,
    read_records::WholeRecords,
    seal, side_stores,
    work::{ReadPage, Waiting},
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
        AppendError, AppendRequest, Capabilities, CheckpointError, Derived, Health, ImportError, ImportRequest,
        ReadAggregate, ReadEvents, Storage, StorageError,
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

    fn read_page<'a>(&'a self, mut work: Box<dyn ReadPage + 'a>) -> Waiting<'a, EventPage> {
        Box::pin(async move {
            self.log.noting(self.log.work(&mut *work).await)?;
            Ok(work.page())
        })
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
        let filter = &request.filter;
        let work: Box<dyn ReadPage> = if request.backward {
            let end = self.log.current_head().await?.sequence_number;
            Box::new(Backward::new(request, end))
        } else if filter.event_types.is_some() && filter.aggregate_ids.is_none() {
            Box::new(ByType::new(request))
        } else {
            Box::new(Forward::new(request))
        };
        self.read_page(work).await
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        self.log.check_open()?;
        self.read_page(Box::new(OfAggregate::new(request))).await
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
        let mut work = WholeRecords::new(after, bytes);
        self.log.noting(self.log.work(&mut work).await)?;
        Ok(work.into_records())
    }

    async fn check_derived(&self, record: Record, so_far: Derived) -> Result<Derived, StorageError> {
        copies::check(&self.log, record, so_far).await
    }

    async fn check_all_derived(&self, all: Derived) -> Result<(), StorageError> {
        copies::check_nothing_else(&self.log, all).await
    }

    fn distrust(&self, damage: &StorageError) {
        self.log.note(damage);
    }

    async fn import(&self, request: ImportRequest) -> Result<Head, ImportError> {
        import::import(&self.log, request).await
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
