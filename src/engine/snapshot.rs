use super::{EventStore, SnapshotError, place};
use crate::{
    core::{
        AggregateId, AggregateType, Head, InvalidInput, JsonText, ReducerIdentity, fold::Snapshot, read::PageLimits,
    },
    storage::{ReadAggregate, Storage, StorageError},
};

impl<S: Storage> EventStore<S> {
    /// Keeps the state of an aggregate at a version, for one reducer, unless a newer one is kept.
    ///
    /// The snapshot is tied to the place of that version's event: in another history it is ignored.
    ///
    /// # Errors
    ///
    /// - [`SnapshotError::Invalid`] if the aggregate does not have the version.
    /// - [`SnapshotError::TypeMismatch`] if the aggregate has another type.
    /// - [`SnapshotError::Storage`] if the storage fails.
    pub async fn create_snapshot(
        &self,
        id: &AggregateId,
        aggregate_type: &AggregateType,
        version: u64,
        data: JsonText,
        reducer: &ReducerIdentity,
    ) -> Result<(), SnapshotError> {
        let state = self.storage.aggregate(id.clone()).await?;
        let current = state.as_ref().map_or(0, |state| state.version);
        if let Some(state) = state
            && state.aggregate_type != *aggregate_type
        {
            return Err(SnapshotError::TypeMismatch {
                aggregate_id: id.clone(),
                actual: state.aggregate_type,
                given: aggregate_type.clone(),
            });
        }
        if version == 0 || version > current {
            let reason = format!("is {version}; the aggregate has versions 1 to {current}");
            return Err(InvalidInput::argument("version", reason).into());
        }
        let snapshot = Snapshot {
            aggregate_id: id.clone(),
            aggregate_type: aggregate_type.clone(),
            reducer: reducer.clone(),
            aggregate_version: version,
            place: self.place_of_version(id, version).await?,
            created_at: self.environment.now(),
            data,
        };
        Ok(self.storage.save_snapshot(snapshot).await?)
    }

    /// The newest snapshot of an aggregate for a reducer; none if there is none that belongs to this log's history.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn snapshot(
        &self,
        id: &AggregateId,
        reducer: &ReducerIdentity,
    ) -> Result<Option<Snapshot>, StorageError> {
        let Some(snapshot) = self.storage.snapshot(id.clone(), reducer.clone()).await? else {
            return Ok(None);
        };
        let there = place::of(&*self.storage, snapshot.place.sequence_number).await?;
        let valid = snapshot.aggregate_id == *id && snapshot.reducer == *reducer && snapshot.is_valid_at(there);
        Ok(valid.then_some(snapshot))
    }

    /// Removes the snapshot of an aggregate for a reducer, if there is one.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn delete_snapshot(&self, id: &AggregateId, reducer: &ReducerIdentity) -> Result<(), StorageError> {
        self.storage.delete_snapshot(id.clone(), reducer.clone()).await
    }

    async fn place_of_version(&self, id: &AggregateId, version: u64) -> Result<Head, StorageError> {
        let request = ReadAggregate {
            id: id.clone(),
            from_version: version,
            to_version: Some(version),
            limits: PageLimits {
                events: 1,
                ..PageLimits::default()
            },
        };
        let page = self.storage.read_aggregate(request).await?;
        let number = page.entries().first().map_or(0, |entry| entry.sequence_number);
        let place = self.storage.place(Some(number)).await?;
        place
            .filter(|_| number > 0)
            .ok_or_else(|| StorageError::corrupted(number, format!("version {version} of the aggregate is missing")))
    }
}
