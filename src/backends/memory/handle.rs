use std::{
    future::{Future, ready},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_channel::oneshot;

use super::{
    log::Log,
    pages,
    shared::{Shared, State},
};
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, InvalidInput, ReducerIdentity,
        append::{AggregateState, AppendRejection, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    environment::Environment,
    maybe_send::MaybeSend,
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, Outcome, ReadAggregate, ReadEvents, Storage,
        StorageError,
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

    /// Does work on the log in one piece, unless this handle is closed.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> Result<T, StorageError> {
        let mut state = self.shared.lock();
        // Set and read under the lock only.
        if self.closed.load(Ordering::Relaxed) {
            return Err(StorageError::closed());
        }
        Ok(work(&mut state))
    }

    fn read<T>(&self, work: impl FnOnce(&Log) -> T) -> Result<T, StorageError> {
        self.with(|state| work(&state.log))
    }

    fn append_now(&self, request: &AppendRequest) -> Result<Receipt, AppendError> {
        refuse_extras(request)?;
        let now = self.shared.environment.now();
        let appended = self.with(|state| {
            let receipt = state.log.append(&request.append, now)?;
            let woken = state.waiters.take_reached(receipt.last_sequence_number);
            Ok::<_, AppendRejection>((receipt, woken))
        });
        let (receipt, woken) = appended
            .map_err(|closed| closed.with_outcome(Outcome::NotCommitted))?
            .map_err(AppendError::Rejected)?;
        // Outside the lock: a waker may run code of the executor.
        woken.wake();
        Ok(receipt)
    }

    fn wait(&self, after: u64) -> Result<Option<oneshot::Receiver<()>>, StorageError> {
        self.with(|state| {
            let reached = state.log.head().sequence_number > after;
            (!reached).then(|| state.waiters.add(self.number, after))
        })
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
        self.read(|log| {
            if request.backward {
                pages::backward(log, &request)
            } else {
                pages::forward(log, &request)
            }
        })?
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        self.read(|log| pages::of_aggregate(log, &request))
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        self.read(|log| log.state_of(&id))
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        self.read(|log| match sequence_number {
            None => Some(log.head()),
            Some(number) => log.place(number),
        })
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        self.read(|log| log.find(id))
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        self.read(|log| pages::records(log, after, bytes))
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        self.with(|State { log, snapshots, .. }| snapshots.save(snapshot, log))
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        self.with(|state| state.snapshots.get(&id, &reducer))
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        self.with(|state| state.snapshots.delete(&id, &reducer))
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        self.with(|state| state.checkpoints.get(&name).copied())
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        self.with(|state| {
            let actual = state.checkpoints.get(&step.name).copied();
            if actual == step.from {
                state.checkpoints.insert(step.name, step.to);
                Ok(())
            } else {
                Err(CheckpointError::Conflict { actual })
            }
        })?
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        match self.wait(after)? {
            None => Ok(()),
            // The sender is used by an append and dropped by a close.
            Some(woken) => woken.await.map_err(|_| StorageError::closed()),
        }
    }

    async fn health(&self) -> Health {
        let open = self.with(|_| ()).is_ok();
        Health {
            backend: "memory",
            durability: "memory",
            persisted: None,
            quota: None,
            eviction_risk: "none",
            handle: if open { "open" } else { "closed" },
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
