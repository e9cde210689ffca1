use super::{AggregateRepository, AggregateRoot, LoadError};
use crate::{
    core::{
        AggregateId, InvalidInput,
        event::RecordedEvent,
        fold::{Aggregate, Folded},
        read::{EventPage, PageLimits},
    },
    storage::{ReadAggregate, Storage, StorageError},
};

impl<S: Storage, A: Aggregate> AggregateRepository<S, A> {
    /// The aggregate at its current version; at version 0, in its initial state, if it has no events.
    ///
    /// The state is the one that folding every event from version 1 gives, whatever snapshots there are.
    ///
    /// # Errors
    ///
    /// - [`LoadError::TypeMismatch`] if the aggregate has another type.
    /// - [`LoadError::Fold`] if an event is of an unknown type or cannot be upcast.
    /// - [`LoadError::Storage`] if the storage fails.
    pub async fn load(&self, id: &AggregateId) -> Result<AggregateRoot<A::State>, LoadError> {
        let folded = self.fold(id, None).await?;
        Ok(AggregateRoot::stored(id.clone(), folded))
    }

    /// As [`AggregateRepository::load`], of an aggregate that must have events.
    ///
    /// # Errors
    ///
    /// As [`AggregateRepository::load`]; [`LoadError::NotFound`] if it has none.
    pub async fn load_existing(&self, id: &AggregateId) -> Result<AggregateRoot<A::State>, LoadError> {
        let root = self.load(id).await?;
        if root.version() == 0 {
            return Err(LoadError::NotFound(id.clone()));
        }
        Ok(root)
    }

    /// The aggregate as it was at a version.
    ///
    /// # Errors
    ///
    /// As [`AggregateRepository::load`]; [`LoadError::Invalid`] if the aggregate does not have the version.
    pub async fn load_version(&self, id: &AggregateId, version: u64) -> Result<AggregateRoot<A::State>, LoadError> {
        let folded = self.fold(id, Some(version)).await?;
        if folded.version < version {
            let reason = format!("is {version}; the aggregate is at version {}", folded.version);
            return Err(LoadError::Invalid(InvalidInput::argument("version", reason)));
        }
        Ok(AggregateRoot::stored(id.clone(), folded))
    }

    pub(super) async fn fold(&self, id: &AggregateId, to: Option<u64>) -> Result<Folded<A::State>, LoadError> {
        let cached = self.folded_in_snapshot(id, to).await;
        let mut folded = cached.unwrap_or_else(|| Folded::initial(&self.aggregate));
        while to.is_none_or(|to| folded.version < to) {
            let page = self.page_after(id, folded.version, to).await?;
            for event in events_of(&page)? {
                self.check_type(&event)?;
                folded.fold(&self.aggregate, &self.upcasters, &event)?;
            }
            if page.done {
                break;
            }
        }
        Ok(folded)
    }

    async fn page_after(&self, id: &AggregateId, version: u64, to: Option<u64>) -> Result<EventPage, LoadError> {
        let request = ReadAggregate {
            id: id.clone(),
            from_version: version + 1,
            to_version: to,
            limits: PageLimits::default(),
        };
        Ok(self.store.read_aggregate(request).await?)
    }

    fn check_type(&self, event: &RecordedEvent) -> Result<(), LoadError> {
        let content = &event.content;
        if content.aggregate_type == self.aggregate_type {
            return Ok(());
        }
        Err(LoadError::TypeMismatch {
            aggregate_id: content.aggregate_id.clone(),
            actual: content.aggregate_type.clone(),
        })
    }
}

fn events_of(page: &EventPage) -> Result<Vec<RecordedEvent>, StorageError> {
    let first = page.entries().first().map_or(0, |entry| entry.sequence_number);
    page.events()
        .map_err(|damage| StorageError::corrupted(first, damage.reason.clone()))
}
