use foldlog::{
    core::{
        AggregateId, EventId,
        append::{AggregateState, StoredAppend},
    },
    storage::StorageError,
};

use crate::{
    append::{aggregate_state, stored_appends},
    log::Log,
    sql,
    tables::uuid,
};

/// Where an aggregate stands; none if it has no events.
pub(crate) async fn aggregate(log: &Log, id: &AggregateId) -> Result<Option<AggregateState>, StorageError> {
    let rows = log.query((sql::AGGREGATES, &[&&*log.name, &vec![id.as_str()]])).await?;
    rows.first().map(|row| aggregate_state(row, 0)).transpose()
}

/// The append that stored the event with this id.
pub(crate) async fn find_append(log: &Log, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
    let rows = log
        .query((sql::FIND_APPENDS, &[&&*log.name, &vec![uuid(id.as_bytes())]]))
        .await?;
    Ok(stored_appends(&rows)?.pop())
}
