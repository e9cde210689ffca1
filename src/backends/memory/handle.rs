use std::{
    future::{Future, ready},
    sync::{
        Arc, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_channel::oneshot;

use super::{
    pages,
    shared::{Shared, State},
};
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, InvalidInput, ReducerIdentity,
        append::{AggregateState, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    environment::Environment,
    maybe_send::MaybeSend,
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, ImportError, ImportRequest, Outcome,
        ReadAggregate, ReadEvents, Storage, StorageError,
    },
};

/// A log in memory, gone with its last handle.
///
/// A clone is another open handle on the same log, as another tab would be: each is closed by itself, and each learns at once of
/// what the others append. Handles may be used from many threads. An append takes effect inside the call, before its future is polled.
pub struct MemoryStorage {
    shared: Arc<Shared>,
    number: u64,
    closed: AtomicBool,
}

impl MemoryStorage {
    /// A new, empty log in an epoch of its own.
    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "in a browser everything stays on one thread, natively it is both"
    )]
    pub fn new(environment: Arc<dyn Environment>) -> Self {
        Self::on(Arc::new(Shared::new(environment)))
    }

    fn on(shared: Arc<Shared>) -> Self {
        Self {
            number: shared.next_handle(),
            shared,
            closed: AtomicBool::new(false),
        }
    }

    /// The state of the log, for one piece of work, unless this handle is closed.
    fn open(&self) -> Result<MutexGuard<'_, State>, StorageError> {
        let state = self.shared.lock();
        // Set and read under the lock only.
        if self.closed.load(Ordering::Relaxed) {
            Err(StorageError::closed())
        } else {
            Ok(state)
        }
    }

    fn append_now(&self, request: &AppendRequest) -> Result<Receipt, AppendError> {
        refuse_extras(request)?;
        let now = self.shared.environment.now();
        let mut state = self
            .open()
            .map_err(|closed| closed.with_outcome(Outcome::NotCommitted))?;
        if state.log.is_mirror() {
            return Err(StorageError::is_mirror().with_outcome(Outcome::NotCommitted).into());
        }
        let receipt = state.log.append(&request.append, now).map_err(AppendError::Rejected)?;
        let woken = state.waiters.take_reached(receipt.last_sequence_number);
        // Outside the lock: a waker may run code of the executor.
        drop(state);
        woken.wake();
        Ok(receipt)
    }

    fn wait(&self, after: u64) -> Result<Option<oneshot::Receiver<()>>, StorageError> {
        let mut state = self.open()?;
        let reached = state.log.head().sequence_number > after;
        Ok((!reached).then(|| state.waiters.add(self.number, after)))
    }
}

impl Clone for MemoryStorage {
    /// Another open handle on the same log, even if this one is closed.
    fn clone(&self) -> Self {
        Self::on(Arc::clone(&self.shared))
    }
}

impl Storage for MemoryStorage {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            conditions: false,
            checkpoints_in_appends: false,
        }
    }

    fn append(&self, request: AppendRequest) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<> {
        ready(self.append_now(&request))
    }

    async fn read_events(&self, request: ReadEvents) -> Result<EventPage, StorageError> {
        let state = self.open()?;
        if request.backward {
            pages::backward(&state.log, &request)
        } else {
            pages::forward(&state.log, &request)
        }
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        Ok(pages::of_aggregate(&self.open()?.log, &request))
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        Ok(self.open()?.log.state_of(&id))
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        let log = &self.open()?.log;
        Ok(match sequence_number {
            None => Some(log.head()),
            Some(number) => log.place(number),
        })
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        Ok(self.open()?.log.find(id))
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        Ok(pages::records(&self.open()?.log, after, bytes))
    }

    async fn import(&self, request: ImportRequest) -> Result<Head, ImportError> {
        let mut state = self.open()?;
        let was_mirror = state.log.is_mirror();
        state.log.import(request)?;
        let head = state.log.head();
        let changes = state.log.is_mirror() != was_mirror;
        let woken = state.waiters.take_reached(head.sequence_number);
        drop(state);
        woken.wake();
        if changes {
            self.shared.environment.health_changed();
        }
        Ok(head)
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        let State { log, snapshots, .. } = &mut *self.open()?;
        snapshots.save(snapshot, log);
        Ok(())
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        Ok(self.open()?.snapshots.get(&id, &reducer))
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        self.open()?.snapshots.delete(&id, &reducer);
        Ok(())
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        Ok(self.open()?.checkpoints.get(&name).copied())
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        let checkpoints = &mut self.open()?.checkpoints;
        let actual = checkpoints.get(&step.name).copied();
        if actual == step.from {
            checkpoints.insert(step.name, step.to);
            Ok(())
        } else {
            Err(CheckpointError::Conflict { actual })
        }
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        match self.wait(after)? {
            None => Ok(()),
            // The sender is used by an append and dropped by a close.
            Some(woken) => woken.await.map_err(|_| StorageError::closed()),
        }
    }

    async fn health(&self) -> Health {
        let state = self.shared.lock();
        // Set and read under the lock only.
        let closed = self.closed.load(Ordering::Relaxed);
        Health {
            backend: "memory",
            durability: "memory",
            persisted: None,
            quota: None,
            eviction_risk: "none",
            handle: if closed { "closed" } else { "open" },
            is_mirror: Some(state.log.is_mirror()),
            last_error: None,
        }
    }

    async fn close(&self) {
        let abandoned = {
            let mut state = self.shared.lock();
            self.closed.store(true, Ordering::Relaxed);
            state.waiters.take_of(self.number)
        };
        drop(abandoned);
    }
}

fn refuse_extras(request: &AppendRequest) -> Result<(), AppendError> {
    let refused = |field| {
        Err(AppendError::Invalid(InvalidInput::argument(
            field,
            "is not supported by this backend",
        )))
    };
    match request {
        AppendRequest { condition: Some(_), .. } => refused("condition"),
        AppendRequest {
            checkpoint: Some(_), ..
        } => refused("checkpoint"),
        _ => Ok(()),
    }
}
