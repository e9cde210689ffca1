use foldlog::{
    core::{Epoch, Head, Link},
    storage::{StorageError, StorageErrorKind},
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{array, number, number_of};
use crate::{database::Failure, log::Log, sql};

/// The place that a row names.
pub(crate) fn head_of(row: &Row) -> Head {
    Head {
        epoch: Epoch::from_bytes(row.get::<_, Uuid>("epoch").into_bytes()),
        sequence_number: number_of(row, "sequence_number"),
        link: Link::from_bytes(array(row, "link")),
    }
}

/// Where a log ends.
pub(crate) async fn head(log: &Log) -> Result<Head, StorageError> {
    let rows = log.query((sql::HEAD, &[&&*log.name])).await?;
    rows.first().map(head_of).ok_or_else(gone)
}

/// Where a log ends, and whether it is a mirror.
pub(crate) async fn info(log: &Log) -> Result<(Head, bool), StorageError> {
    let rows = log.query((sql::HEAD, &[&&*log.name])).await?;
    let row = rows.first().ok_or_else(gone)?;
    Ok((head_of(row), row.get("is_mirror")))
}

/// The place of a sequence number; none if the log does not reach that far.
pub(crate) async fn place(log: &Log, sequence_number: u64) -> Result<Option<Head>, StorageError> {
    let rows = log
        .query((sql::PLACE, &[&&*log.name, &number(sequence_number)]))
        .await?;
    Ok(rows.first().map(head_of))
}

/// The error of a log that was there when it was opened.
pub(crate) fn gone() -> StorageError {
    StorageError::new(
        StorageErrorKind::LogNotFound,
        "the log is not in the database any more: has another database taken its place?",
    )
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        failure.into_error()
    }
}
