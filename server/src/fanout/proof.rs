use foldlog::{
    core::{Head, read::EventFilter},
    engine::{EventStore, SubscribeFrom},
    storage::StorageError,
};
use tokio_postgres::types::ToSql;

use crate::{
    PostgresStorage,
    log::Log,
    sql,
    tables::{head_of, number},
};

/// Checks, after a read that went from one place of the log to another, that both are still in it.
///
/// A log that was restored meanwhile could have given some events of each history. Since a link stands for all that is before it, and the
/// places are looked for after the read, what was read then is the history that leads from one to the other.
pub(super) async fn prove(
    log: &Log,
    store: &EventStore<PostgresStorage>,
    before: &Head,
    after: &Head,
) -> Result<(), StorageError> {
    let name: &(dyn ToSql + Sync) = &&*log.name;
    let (first, last) = (number(before.sequence_number), number(after.sequence_number));
    let found = log
        .queries(&[(sql::PLACE, &[name, &first]), (sql::PLACE, &[name, &last])])
        .await?;
    for (place, rows) in [before, after].into_iter().zip(&found) {
        if rows.first().map(head_of) != Some(*place) {
            still_has(store, place).await?;
        }
    }
    Ok(())
}

/// Checks that the log leads through a place, also one after which an epoch has begun.
///
/// # Errors
///
/// `log_rewound`, `epoch_changed` or `log_diverged`.
pub(super) async fn still_has(store: &EventStore<PostgresStorage>, place: &Head) -> Result<(), StorageError> {
    store
        .subscribe(EventFilter::default(), SubscribeFrom::Cursor(*place))
        .await
        .map(drop)
}
