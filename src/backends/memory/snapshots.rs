use super::log::Log;
use crate::core::{AggregateId, IndexMap, ReducerIdentity, fold::Snapshot};

/// The newest snapshot of each aggregate and reducer; none where it was deleted.
#[derive(Default)]
pub(super) struct Snapshots(IndexMap<String, Option<Snapshot>>);

impl Snapshots {
    /// Keeps a snapshot, unless a newer one that belongs to this log is kept already.
    pub(super) fn save(&mut self, snapshot: Snapshot, log: &Log) {
        let key = key(&snapshot.aggregate_id, &snapshot.reducer);
        let newer_is_kept = self.0.get(&key).into_iter().flatten().any(|kept| {
            kept.aggregate_version > snapshot.aggregate_version
                && kept.is_valid_at(log.place(kept.place.sequence_number))
        });
        if !newer_is_kept {
            self.0.insert(key, Some(snapshot));
        }
    }

    pub(super) fn get(&self, id: &AggregateId, reducer: &ReducerIdentity) -> Option<Snapshot> {
        self.0.get(&key(id, reducer)).cloned().flatten()
    }

    pub(super) fn delete(&mut self, id: &AggregateId, reducer: &ReducerIdentity) {
        self.0.insert(key(id, reducer), None);
    }
}

/// No id holds NUL.
fn key(id: &AggregateId, reducer: &ReducerIdentity) -> String {
    format!("{id}\0{reducer}")
}
