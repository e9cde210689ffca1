use std::collections::HashMap;

use super::log::Log;
use crate::core::{AggregateId, ReducerIdentity, fold::Snapshot};

/// The newest snapshot of each aggregate and reducer.
#[derive(Default)]
pub(super) struct Snapshots(HashMap<(AggregateId, ReducerIdentity), Snapshot>);

impl Snapshots {
    /// Keeps a snapshot, unless a newer one that belongs to this log is kept already.
    pub(super) fn save(&mut self, snapshot: Snapshot, log: &Log) {
        let key = (snapshot.aggregate_id.clone(), snapshot.reducer.clone());
        let newer_is_kept = self.0.get(&key).is_some_and(|kept| {
            kept.aggregate_version > snapshot.aggregate_version
                && kept.is_valid_at(log.place(kept.place.sequence_number))
        });
        if !newer_is_kept {
            self.0.insert(key, snapshot);
        }
    }

    pub(super) fn get(&self, key: &(AggregateId, ReducerIdentity)) -> Option<Snapshot> {
        self.0.get(key).cloned()
    }

    pub(super) fn delete(&mut self, key: &(AggregateId, ReducerIdentity)) {
        self.0.remove(key);
    }
}
