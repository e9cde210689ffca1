use std::num::NonZeroU64;

use super::{AggregateRepository, RepositoryWarning};
use crate::{
    core::{
        AggregateId, JsonText, ReducerIdentity,
        fold::{Aggregate, Folded},
    },
    storage::Storage,
};

/// When a repository makes snapshots, and whose they are.
pub(super) struct SnapshotPolicy {
    pub(super) every: NonZeroU64,
    pub(super) reducer: ReducerIdentity,
}

impl<S: Storage, A: Aggregate> AggregateRepository<S, A> {
    /// The state to go on folding from, not beyond version `to`; none if there is no snapshot that can be used.
    pub(super) async fn folded_in_snapshot(&self, id: &AggregateId, to: Option<u64>) -> Option<Folded<A::State>> {
        let policy = self.snapshots.as_ref()?;
        // A snapshot is only a cache: one that cannot be read costs time, and a broken storage fails again at the events.
        let snapshot = self.store.snapshot(id, &policy.reducer).await.ok()??;
        if snapshot.aggregate_type != self.aggregate_type || to.is_some_and(|to| snapshot.aggregate_version > to) {
            return None;
        }
        Some(Folded {
            state: self.aggregate.from_snapshot(snapshot.data.as_str())?,
            version: snapshot.aggregate_version,
        })
    }

    /// Makes a snapshot if a save from one version to another passed a multiple of the policy's; warns if it fails.
    pub(super) async fn snapshot_if_due(&self, id: &AggregateId, before: u64, after: u64) {
        let Some(policy) = &self.snapshots else {
            return;
        };
        if before / policy.every == after / policy.every {
            return;
        }
        if let Err(warning) = self.make_snapshot(id, after, &policy.reducer).await {
            self.warn(&warning);
        }
    }

    async fn make_snapshot(
        &self,
        id: &AggregateId,
        version: u64,
        reducer: &ReducerIdentity,
    ) -> Result<(), RepositoryWarning> {
        // Folded from what is stored, since only that has the positions and times that a later load folds.
        let folded = self
            .fold(id, Some(version))
            .await
            .map_err(RepositoryWarning::SnapshotNotFolded)?;
        let Some(data) = self.aggregate.to_snapshot(&folded.state) else {
            return Ok(());
        };
        let data = JsonText::parse(&data).map_err(|_| RepositoryWarning::SnapshotNotJson)?;
        self.store
            .create_snapshot(id, &self.aggregate_type, folded.version, data, reducer)
            .await
            .map_err(RepositoryWarning::SnapshotNotSaved)
    }
}
