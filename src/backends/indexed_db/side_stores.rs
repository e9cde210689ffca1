//! Snapshots and checkpoints: small records beside the log.

use std::cell::Cell;

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{Mode, request, string},
    read,
    schema::{self, CHECKPOINTS, SNAPSHOTS},
};
use crate::{
    core::{AggregateId, CheckpointName, Cursor, Head, ReducerIdentity, append::CheckpointMove, fold::Snapshot},
    storage::{CheckpointError, StorageError},
};

/// Keeps a snapshot, unless a newer one of the same history is there. Relaxed: a snapshot that is lost only costs folding.
pub(super) async fn save_snapshot(log: &Log, snapshot: &Snapshot) -> Result<(), StorageError> {
    let key = JsValue::from_str(&schema::snapshot_key(&snapshot.aggregate_id, &snapshot.reducer));
    if let Some(kept) = self::snapshot(log, &snapshot.aggregate_id, &snapshot.reducer).await? {
        let is_newer = kept.aggregate_version > snapshot.aggregate_version;
        if is_newer && kept.is_valid_at(read::place(log, kept.place.sequence_number).await?) {
            return Ok(());
        }
    }
    let mut text = String::new();
    snapshot.write_json(&mut text);
    let value = JsValue::from_str(&text);
    log.write(&[SNAPSHOTS], Mode::WriteRelaxed, async |transaction| {
        request(transaction.store(SNAPSHOTS)?.put_with_key(&value, &key)).await?;
        Ok(())
    })
    .await
}

/// The stored snapshot; one that cannot be read is as good as none.
pub(super) async fn snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<Option<Snapshot>, StorageError> {
    let key = JsValue::from_str(&schema::snapshot_key(id, reducer));
    let found = log
        .read(&[SNAPSHOTS], async |transaction| {
            Ok(request(transaction.store(SNAPSHOTS)?.get(&key)).await?)
        })
        .await?;
    Ok(string(&found).and_then(|text| Snapshot::read_json(&text).ok()))
}

/// Removes a snapshot.
pub(super) async fn delete_snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<(), StorageError> {
    let key = JsValue::from_str(&schema::snapshot_key(id, reducer));
    log.write(&[SNAPSHOTS], Mode::WriteRelaxed, async |transaction| {
        request(transaction.store(SNAPSHOTS)?.delete(&key)).await?;
        Ok(())
    })
    .await
}

/// The stored position of a consumer.
pub(super) async fn checkpoint(log: &Log, name: &CheckpointName) -> Result<Option<Cursor>, StorageError> {
    let key = JsValue::from_str(name.as_str());
    let found = log
        .read(&[CHECKPOINTS], async |transaction| {
            Ok(request(transaction.store(CHECKPOINTS)?.get(&key)).await?)
        })
        .await?;
    read_cursor(&found)
}

/// Moves the stored position of a consumer, compared and set in one transaction.
pub(super) async fn save_checkpoint(log: &Log, step: &CheckpointMove) -> Result<(), CheckpointError> {
    let key = JsValue::from_str(step.name.as_str());
    let to = JsValue::from_str(&step.to.to_cursor());
    let issued = Cell::new(false);
    let actual = log
        .write(&[CHECKPOINTS], Mode::WriteStrict, async |transaction| {
            let store = transaction.store(CHECKPOINTS)?;
            let actual = read_cursor(&request(store.get(&key)).await?)?;
            // This very move may be stored already: it was issued before the handle was lost.
            if actual != step.from && !(issued.get() && actual == Some(step.to)) {
                return Ok(Err(actual));
            }
            issued.set(true);
            request(store.put_with_key(&to, &key)).await?;
            Ok(Ok(()))
        })
        .await?;
    actual.map_err(|actual| CheckpointError::Conflict { actual })
}

fn read_cursor(value: &JsValue) -> Result<Option<Cursor>, StorageError> {
    let Some(text) = string(value) else { return Ok(None) };
    Head::from_cursor(&text)
        .map(Some)
        .map_err(|_| StorageError::corrupted(0, "a stored checkpoint is damaged"))
}
