use std::sync::Arc;

use foldlog::{
    core::{append::Durability, record::Record},
    storage::{StorageError, StorageErrorKind},
};

use super::{Log, LogName};
use crate::{
    PostgresStorage,
    database::Database,
    sql,
    tables::{time, uuid},
};

/// How a log is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLog {
    /// Whether a log that does not exist is created, in an epoch of its own.
    pub create: bool,
}

/// Opens a log of a database.
pub(crate) async fn open_log(
    database: &Arc<Database>,
    name: LogName,
    how: OpenLog,
) -> Result<PostgresStorage, StorageError> {
    let log = Log::new(name.into_text(), Arc::clone(database));
    let is_there = || async { Ok::<_, StorageError>(!log.query((sql::HEAD, &[&&*log.name])).await?.is_empty()) };
    if !is_there().await? {
        if !how.create {
            return Err(StorageError::new(
                StorageErrorKind::LogNotFound,
                "the log does not exist: create it first",
            ));
        }
        create(&log).await?;
    }
    Ok(PostgresStorage::new(log))
}

/// Creates the log, unless another instance has just done so.
async fn create(log: &Log) -> Result<(), StorageError> {
    let environment = &log.database.environment;
    let now = environment.now();
    let genesis = Record::genesis(environment.mint_epoch(), now, Durability::Remote)
        .directory()
        .head();
    log.query((
        sql::CREATE_LOG,
        &[
            &&*log.name,
            &uuid(genesis.epoch.as_bytes()),
            &&genesis.link.as_bytes()[..],
            &time(now),
            &3_i16,
        ],
    ))
    .await?;
    Ok(())
}
