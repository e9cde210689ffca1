use std::future::Future;

use crate::{
    backends::memory::MemoryStorage,
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, ReducerIdentity,
        append::{AggregateState, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    environment::BoxFuture,
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, ReadAggregate, ReadEvents, Storage,
        StorageError,
    },
};

/// Any backend of the package: the engine is in the wasm once, not once a backend.
pub(super) enum AnyStorage {
    Memory(MemoryStorage),
    #[cfg(feature = "indexed-db")]
    IndexedDb(crate::backends::indexed_db::IndexedDbStorage),
}

/// Awaits the same method of whatever backend it is.
macro_rules! forward {
    ($self:ident . $method:ident ( $($argument:ident),* )) => {
        match $self {
            Self::Memory(storage) => storage.$method($($argument),*).await,
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => storage.$method($($argument),*).await,
        }
    };
}

impl Storage for AnyStorage {
    fn capabilities(&self) -> Capabilities {
        match self {
            Self::Memory(storage) => storage.capabilities(),
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => storage.capabilities(),
        }
    }

    fn append(&self, request: AppendRequest) -> impl Future<Output = Result<Receipt, AppendError>> + use<> {
        // The call takes the place in the queue, so it must not wait for the first poll.
        let pending: BoxFuture<_> = match self {
            Self::Memory(storage) => Box::pin(storage.append(request)),
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => Box::pin(storage.append(request)),
        };
        pending
    }

    async fn read_events(&self, request: ReadEvents) -> Result<EventPage, StorageError> {
        forward!(self.read_events(request))
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        forward!(self.read_aggregate(request))
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        forward!(self.aggregate(id))
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        forward!(self.place(sequence_number))
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        forward!(self.find_append(id))
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        forward!(self.read_records(after, bytes))
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        forward!(self.save_snapshot(snapshot))
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        forward!(self.snapshot(id, reducer))
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        forward!(self.delete_snapshot(id, reducer))
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        forward!(self.checkpoint(name))
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        forward!(self.save_checkpoint(step))
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        forward!(self.changed(after))
    }

    async fn health(&self) -> Health {
        forward!(self.health())
    }

    async fn close(&self) {
        forward!(self.close());
    }
}
