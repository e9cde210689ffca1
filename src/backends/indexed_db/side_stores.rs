//! Snapshots and checkpoints: small records beside the log.

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{Transaction, string},
    schema::{self, CHECKPOINTS, SNAPSHOTS},
};
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, Head, ReducerIdentity,
        append::CheckpointMove,
        fold::Snapshot,
        record::{checked, read_checked},
    },
    storage::{CheckpointError, StorageError},
};

/// Keeps a snapshot, unless a newer one of the same history is there.
pub(super) async fn save_snapshot(log: &Log, new: &Snapshot) -> Result<(), StorageError> {
    let key = schema::snapshot_key(&new.aggregate_id, &new.reducer);
    if let Some(kept) = snapshot(log, &new.aggregate_id, &new.reducer).await?
        && kept.aggregate_version > new.aggregate_version
        && kept.is_valid_at(log.place(Some(kept.place.sequence_number)).await?)
    {
        return Ok(());
    }
    let mut text = String::new();
    new.write_json(&mut text);
    log.write(Transaction::put_value(SNAPSHOTS, &key, Some(&checked(&key, &text))))
        .await
        .map(drop)
}

/// The stored snapshot; one that cannot be read, or is not as it was written, is as good as none.
pub(super) async fn snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<Option<Snapshot>, StorageError> {
    let key = schema::snapshot_key(id, reducer);
    let found = log.call(Transaction::get_value(SNAPSHOTS, &key)).await?;
    Ok(string(&found.value).and_then(|value| Snapshot::read_json(read_checked(&key, &value)?).ok()))
}

/// Removes a snapshot.
pub(super) async fn delete_snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<(), StorageError> {
    let key = schema::snapshot_key(id, reducer);
    log.write(Transaction::put_value(SNAPSHOTS, &key, None)).await.map(drop)
}

/// The stored position of a consumer.
pub(super) async fn checkpoint(log: &Log, name: &CheckpointName) -> Result<Option<Cursor>, StorageError> {
    let found = log.call(Transaction::get_value(CHECKPOINTS, name.as_str())).await?;
    read_cursor(&found.value)
}

/// Moves the stored position of a consumer, compared and set in one transaction.
pub(super) async fn save_checkpoint(log: &Log, step: &CheckpointMove) -> Result<(), CheckpointError> {
    let (from, to) = (step.from.map(|from| from.to_cursor()), step.to.to_cursor());
    let exchange = Transaction::exchange(CHECKPOINTS, step.name.as_str(), from.as_deref(), &to);
    let found = log.write(exchange).await?;
    let actual = read_cursor(&found.value)?;
    // The second time may find what the first one stored.
    if actual == step.from || (found.repeated && actual == Some(step.to)) {
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
