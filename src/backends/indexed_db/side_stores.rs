//! Snapshots and checkpoints: small records beside the log.

use std::cell::Cell;

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{port, string},
    read,
    schema::{self, CHECKPOINTS, SNAPSHOTS},
};
use crate::{
    core::{AggregateId, CheckpointName, Cursor, Head, ReducerIdentity, append::CheckpointMove, fold::Snapshot},
    storage::{CheckpointError, StorageError},
};

/// Keeps a snapshot, unless a newer one of the same history is there.
pub(super) async fn save_snapshot(log: &Log, new: &Snapshot) -> Result<(), StorageError> {
    let key = schema::snapshot_key(&new.aggregate_id, &new.reducer);
    if let Some(kept) = snapshot(log, &new.aggregate_id, &new.reducer).await?
        && kept.aggregate_version > new.aggregate_version
        && kept.is_valid_at(read::place(log, kept.place.sequence_number).await?)
    {
        return Ok(());
    }
    let mut text = String::new();
    new.write_json(&mut text);
    log.write(&|database| port().put_value(database, SNAPSHOTS, &key, Some(&text)))
        .await
        .map(drop)
}

/// The stored snapshot; one that cannot be read is as good as none.
pub(super) async fn snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<Option<Snapshot>, StorageError> {
    let key = schema::snapshot_key(id, reducer);
    let found = log
        .call(&|database| port().get_value(database, SNAPSHOTS, &key))
        .await?;
    Ok(string(&found).and_then(|text| Snapshot::read_json(&text).ok()))
}

/// Removes a snapshot.
pub(super) async fn delete_snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<(), StorageError> {
    let key = schema::snapshot_key(id, reducer);
    log.write(&|database| port().put_value(database, SNAPSHOTS, &key, None))
        .await
        .map(drop)
}

/// The stored position of a consumer.
pub(super) async fn checkpoint(log: &Log, name: &CheckpointName) -> Result<Option<Cursor>, StorageError> {
    read_cursor(
        &log.call(&|database| port().get_value(database, CHECKPOINTS, name.as_str()))
            .await?,
    )
}

/// Moves the stored position of a consumer, compared and set in one transaction.
pub(super) async fn save_checkpoint(log: &Log, step: &CheckpointMove) -> Result<(), CheckpointError> {
    let (from, to) = (step.from.map(|from| from.to_cursor()), step.to.to_cursor());
    let calls = Cell::new(0);
    let found = log
        .write(&|database| {
            calls.set(calls.get() + 1);
            port().exchange(database, CHECKPOINTS, step.name.as_str(), from.as_deref(), &to)
        })
        .await?;
    let actual = read_cursor(&found)?;
    // A second call after the handle was lost may find what the first one stored.
    if actual == step.from || (calls.get() > 1 && actual == Some(step.to)) {
        return Ok(());
    }
    Err(CheckpointError::Conflict { actual })
}

fn read_cursor(value: &JsValue) -> Result<Option<Cursor>, StorageError> {
    let Some(text) = string(value) else { return Ok(None) };
    Head::from_cursor(&text)
        .map(Some)
        .map_err(|_| StorageError::corrupted(0, "a stored checkpoint is damaged"))
}
