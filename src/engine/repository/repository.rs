use std::{fmt, num::NonZeroU64, sync::Arc};

use super::{LoadError, snapshots::SnapshotPolicy};
use crate::{
    core::{
        AggregateType, InvalidInput, ReducerIdentity,
        fold::{Aggregate, UpcasterRegistry},
    },
    engine::{EventStore, SnapshotError},
    storage::Storage,
};

/// Load, save and execute for one kind of aggregate.
pub struct AggregateRepository<S, A> {
    pub(super) store: EventStore<S>,
    pub(super) aggregate: A,
    pub(super) aggregate_type: AggregateType,
    pub(super) upcasters: UpcasterRegistry,
    pub(super) snapshots: Option<SnapshotPolicy>,
    on_warning: Option<WarningHandler>,
}

type WarningHandler = Arc<dyn Fn(&RepositoryWarning) + Send + Sync>;

/// What went wrong without changing the outcome of the operation.
#[derive(Debug)]
pub enum RepositoryWarning {
    /// The state for a snapshot could not be folded.
    SnapshotNotFolded(LoadError),
    /// A snapshot was not saved.
    SnapshotNotSaved(SnapshotError),
    /// The aggregate gave a snapshot that is not JSON; it was not saved.
    SnapshotNotJson,
}

impl fmt::Display for RepositoryWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SnapshotNotFolded(error) => write!(f, "no snapshot was made: {error}"),
            Self::SnapshotNotSaved(error) => write!(f, "no snapshot was made: {error}"),
            Self::SnapshotNotJson => f.write_str("no snapshot was made: the aggregate's state did not become JSON"),
        }
    }
}

impl<S: Storage, A: Aggregate> AggregateRepository<S, A> {
    /// A repository without upcasters and snapshots.
    ///
    /// # Errors
    ///
    /// `invalid_argument` if the aggregate's type is not a name.
    pub fn new(store: EventStore<S>, aggregate: A) -> Result<Self, InvalidInput> {
        let aggregate_type = AggregateType::parse(aggregate.aggregate_type())
            .map_err(|reason| InvalidInput::argument("aggregateType", reason))?;
        Ok(Self {
            store,
            aggregate,
            aggregate_type,
            upcasters: UpcasterRegistry::default(),
            snapshots: None,
            on_warning: None,
        })
    }

    /// Brings events to their current schema versions before the aggregate sees them.
    #[must_use]
    pub fn with_upcasters(mut self, upcasters: UpcasterRegistry) -> Self {
        self.upcasters = upcasters;
        self
    }

    /// Makes a snapshot whenever a save passes a multiple of `every` versions, and loads from snapshots.
    ///
    /// `reducer` declares what the state depends on: a new one is due whenever the aggregate or its upcasters fold differently.
    #[must_use]
    pub fn with_snapshots(mut self, every: NonZeroU64, reducer: ReducerIdentity) -> Self {
        self.snapshots = Some(SnapshotPolicy { every, reducer });
        self
    }

    /// Hears of what went wrong without changing an outcome: a snapshot that could not be made.
    #[must_use]
    pub fn on_warning(mut self, handler: impl Fn(&RepositoryWarning) + Send + Sync + 'static) -> Self {
        self.on_warning = Some(Arc::new(handler));
        self
    }

    /// The store below.
    pub fn store(&self) -> &EventStore<S> {
        &self.store
    }

    pub(super) fn warn(&self, warning: &RepositoryWarning) {
        if let Some(handler) = &self.on_warning {
            handler(warning);
        }
    }
}
