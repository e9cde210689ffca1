use std::{
    collections::VecDeque,
    future::Future,
    sync::{Mutex, PoisonError},
};

use super::yield_now;
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, ReducerIdentity,
        append::{AggregateState, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    maybe_send::MaybeSend,
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, ImportError, ImportRequest, Outcome,
        ReadAggregate, ReadEvents, Storage, StorageError, StorageErrorKind,
    },
};

/// A storage whose appends and snapshots fail as they are told to; everything else passes through.
///
/// Reads let others run before they answer, so that what happens at the same time really does.
pub struct FaultyStorage<S> {
    inner: S,
    appends: Mutex<VecDeque<Fault>>,
    snapshots_fail: bool,
}

/// How an append fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not fail.
    None,
    /// It is refused before anything is done, and says so.
    Refused,
    /// It is lost, and nobody can say whether it was stored.
    RequestLost,
    /// It is stored, and nobody can say so.
    AnswerLost,
    /// It is refused for good: the store is closed.
    Closed,
}

impl<S: Storage> FaultyStorage<S> {
    /// The next appends fail in this way, in order; those after them do not.
    pub fn new(inner: S, appends: impl IntoIterator<Item = Fault>) -> Self {
        Self {
            inner,
            appends: Mutex::new(appends.into_iter().collect()),
            snapshots_fail: false,
        }
    }

    /// The same, with snapshots that cannot be saved.
    #[must_use]
    pub fn without_snapshots(mut self) -> Self {
        self.snapshots_fail = true;
        self
    }

    fn next_fault(&self) -> Fault {
        let mut appends = self.appends.lock().unwrap_or_else(PoisonError::into_inner);
        appends.pop_front().unwrap_or(Fault::None)
    }
}

fn unavailable(outcome: Outcome) -> StorageError {
    StorageError::new(StorageErrorKind::StorageUnavailable, "told to fail").with_outcome(outcome)
}

impl<S: Storage> Storage for FaultyStorage<S> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn append(
        &self,
        request: AppendRequest,
    ) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<S> {
        let fault = self.next_fault();
        let stored = matches!(fault, Fault::None | Fault::AnswerLost).then(|| self.inner.append(request));
        async move {
            let answer = match stored {
                Some(stored) => Some(stored.await),
                None => None,
            };
            match (fault, answer) {
                (Fault::None, Some(answer)) => answer,
                (Fault::Refused, _) => Err(unavailable(Outcome::NotCommitted).into()),
                (Fault::Closed, _) => Err(StorageError::closed().with_outcome(Outcome::NotCommitted).into()),
                _ => Err(unavailable(Outcome::Unknown).into()),
            }
        }
    }

    async fn read_events(&self, request: ReadEvents) -> Result<EventPage, StorageError> {
        let page = self.inner.read_events(request).await;
        yield_now().await;
        page
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        self.inner.read_aggregate(request).await
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        self.inner.aggregate(id).await
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        self.inner.place(sequence_number).await
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        self.inner.find_append(id).await
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        self.inner.read_records(after, bytes).await
    }

    async fn import(&self, request: ImportRequest) -> Result<Head, ImportError> {
        self.inner.import(request).await
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        if self.snapshots_fail {
            return Err(unavailable(Outcome::NotCommitted));
        }
        self.inner.save_snapshot(snapshot).await
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        self.inner.snapshot(id, reducer).await
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        self.inner.delete_snapshot(id, reducer).await
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        self.inner.checkpoint(name).await
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        self.inner.save_checkpoint(step).await
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        self.inner.changed(after).await
    }

    async fn health(&self) -> Health {
        self.inner.health().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
