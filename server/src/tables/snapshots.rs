use foldlog::{
    core::{AggregateId, AggregateType, JsonText, ReducerIdentity, fold::Snapshot},
    storage::StorageError,
};

use super::{head_of, number, number_of, time, time_of, uuid};
use crate::{log::Log, sql};

/// Keeps a snapshot, unless a newer one of the same reducer and history is kept.
pub(crate) async fn save_snapshot(log: &Log, snapshot: &Snapshot) -> Result<(), StorageError> {
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 10] = [
        &&*log.name,
        &snapshot.aggregate_id.as_str(),
        &snapshot.reducer.as_str(),
        &snapshot.aggregate_type.as_str(),
        &number(snapshot.aggregate_version),
        &uuid(snapshot.place.epoch.as_bytes()),
        &number(snapshot.place.sequence_number),
        &&snapshot.place.link.as_bytes()[..],
        &time(snapshot.created_at),
        &snapshot.data.as_str(),
    ];
    log.query((sql::SAVE_SNAPSHOT, &parameters)).await?;
    Ok(())
}

/// The snapshot of a reducer; none if what is stored is none, since it is only a cache.
pub(crate) async fn read_snapshot(
    log: &Log,
    id: AggregateId,
    reducer: ReducerIdentity,
) -> Result<Option<Snapshot>, StorageError> {
    let rows = log
        .query((sql::SNAPSHOT, &[&&*log.name, &id.as_str(), &reducer.as_str()]))
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (Ok(aggregate_type), Ok(data)) = (
        AggregateType::parse(row.get("aggregate_type")),
        JsonText::parse(row.get("data")),
    ) else {
        return Ok(None);
    };
    Ok(Some(Snapshot {
        aggregate_id: id,
        aggregate_type,
        reducer,
        aggregate_version: number_of(row, "aggregate_version"),
        place: head_of(row),
        created_at: time_of(row, "created_at"),
        data,
    }))
}

/// Removes the snapshot of a reducer.
pub(crate) async fn delete_snapshot(
    log: &Log,
    id: &AggregateId,
    reducer: &ReducerIdentity,
) -> Result<(), StorageError> {
    log.query((sql::DELETE_SNAPSHOT, &[&&*log.name, &id.as_str(), &reducer.as_str()]))
        .await?;
    Ok(())
}
