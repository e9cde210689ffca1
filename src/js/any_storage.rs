use std::{future::Future, pin::Pin};

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
        AppendError, AppendRequest, Capabilities, CheckpointError, Derived, Health, ImportError, ImportRequest,
        ReadAggregate, ReadEvents, Storage, StorageError,
    },
};

/// Any backend of the package: the engine is in the wasm once, not once a backend.
pub(super) enum AnyStorage {
    Memory(MemoryStorage),
    #[cfg(feature = "indexed-db")]
    IndexedDb(crate::backends::indexed_db::IndexedDbStorage),
    #[cfg(feature = "remote")]
    Remote(crate::backends::remote::RemoteStorage<crate::backends::remote::fetch::Fetch>),
}

/// Calls the same method of whatever backend it is. Boxed, so that what awaits it holds a pointer and not the work of all backends.
macro_rules! forward {
    ($self:ident . $method:ident ( $($argument:ident),* )) => {{
        let pending: Pin<Box<dyn Future<Output = _> + '_>> = match $self {
            Self::Memory(storage) => Box::pin(storage.$method($($argument),*)),
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => Box::pin(storage.$method($($argument),*)),
            #[cfg(feature = "remote")]
            Self::Remote(storage) => Box::pin(storage.$method($($argument),*)),
        };
        pending
    }};
}

impl Storage for AnyStorage {
    fn capabilities(&self) -> Capabilities {
        match self {
            Self::Memory(storage) => storage.capabilities(),
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => storage.capabilities(),
            #[cfg(feature = "remote")]
            Self::Remote(storage) => storage.capabilities(),
        }
    }

    fn append(&self, request: AppendRequest) -> impl Future<Output = Result<Receipt, AppendError>> + use<> {
        // The call takes the place in the queue, so it must not wait for the first poll.
        let pending: BoxFuture<_> = match self {
            Self::Memory(storage) => Box::pin(storage.append(request)),
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => Box::pin(storage.append(request)),
            #[cfg(feature = "remote")]
            Self::Remote(storage) => Box::pin(storage.append(request)),
        };
        pending
    }

    fn read_events(&self, request: ReadEvents) -> impl Future<Output = Result<EventPage, StorageError>> {
        forward!(self.read_events(request))
    }

    fn read_aggregate(&self, request: ReadAggregate) -> impl Future<Output = Result<EventPage, StorageError>> {
        forward!(self.read_aggregate(request))
    }

    fn aggregate(&self, id: AggregateId) -> impl Future<Output = Result<Option<AggregateState>, StorageError>> {
        forward!(self.aggregate(id))
    }

    fn place(&self, sequence_number: Option<u64>) -> impl Future<Output = Result<Option<Head>, StorageError>> {
        forward!(self.place(sequence_number))
    }

    fn find_append(&self, id: EventId) -> impl Future<Output = Result<Option<StoredAppend>, StorageError>> {
        forward!(self.find_append(id))
    }

    fn read_records(
        &self,
        after: Option<u64>,
        bytes: usize,
    ) -> impl Future<Output = Result<Vec<Record>, StorageError>> {
        forward!(self.read_records(after, bytes))
    }

    fn check_derived(&self, record: Record, so_far: Derived) -> impl Future<Output = Result<Derived, StorageError>> {
        forward!(self.check_derived(record, so_far))
    }

    fn check_all_derived(&self, all: Derived) -> impl Future<Output = Result<(), StorageError>> {
        forward!(self.check_all_derived(all))
    }

    fn distrust(&self, damage: &StorageError) {
        match self {
            Self::Memory(storage) => storage.distrust(damage),
            #[cfg(feature = "indexed-db")]
            Self::IndexedDb(storage) => storage.distrust(damage),
            #[cfg(feature = "remote")]
            Self::Remote(storage) => storage.distrust(damage),
        }
    }

    fn import(&self, request: ImportRequest) -> impl Future<Output = Result<Head, ImportError>> {
        forward!(self.import(request))
    }

    fn save_snapshot(&self, snapshot: Snapshot) -> impl Future<Output = Result<(), StorageError>> {
        forward!(self.save_snapshot(snapshot))
    }

    fn snapshot(
        &self,
        id: AggregateId,
        reducer: ReducerIdentity,
    ) -> impl Future<Output = Result<Option<Snapshot>, StorageError>> {
        forward!(self.snapshot(id, reducer))
    }

    fn delete_snapshot(
        &self,
        id: AggregateId,
        reducer: ReducerIdentity,
    ) -> impl Future<Output = Result<(), StorageError>> {
        forward!(self.delete_snapshot(id, reducer))
    }

    fn checkpoint(&self, name: CheckpointName) -> impl Future<Output = Result<Option<Cursor>, StorageError>> {
        forward!(self.checkpoint(name))
    }

    fn save_checkpoint(&self, step: CheckpointMove) -> impl Future<Output = Result<(), CheckpointError>> {
        forward!(self.save_checkpoint(step))
    }

    fn changed(&self, after: u64) -> impl Future<Output = Result<(), StorageError>> {
        forward!(self.changed(after))
    }

    fn health(&self) -> impl Future<Output = Health> {
        forward!(self.health())
    }

    fn close(&self) -> impl Future<Output = ()> {
        forward!(self.close())
    }
}
