use foldlog::storage::StorageError;

use super::{Failure, PostgresDatabase};
use crate::{migrate, sql};

/// How the connections of a pool are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// The most that there may be.
    pub most: usize,
    /// Those that are open.
    pub open: usize,
    /// Those that nobody uses.
    pub idle: usize,
    /// Calls that wait for one.
    pub awaited: usize,
}

impl PostgresDatabase {
    /// Whether the database answers and, if so, whether its schema is that of this version.
    ///
    /// # Errors
    ///
    /// The outer one if it does not answer; the inner one if its schema is another.
    pub async fn check(&self) -> Result<Result<(), StorageError>, StorageError> {
        let rows = self.inner().query((sql::NEWEST_MIGRATION, &[])).await;
        let rows = rows.map_err(Failure::into_error)?;
        Ok(migrate::check(rows.first().map_or(0, |row| row.get("number"))))
    }

    /// Whether it hears of what other instances append; if it does not, a poll finds it later. True without notifications.
    pub fn is_listening(&self) -> bool {
        let inner = self.inner();
        !inner.options.notifications || inner.news.is_connected()
    }

    /// How the connections are used.
    pub fn pool(&self) -> PoolUse {
        let status = self.inner().pool_status();
        PoolUse {
            most: status.max_size,
            open: status.size,
            idle: status.available,
            awaited: status.waiting,
        }
    }

    /// Looks for a log that cannot exist: as much work as a log that does not.
    pub(crate) async fn miss(&self) -> Result<(), StorageError> {
        let no_log = "$";
        let found = self.inner().query((sql::HEAD, &[&no_log])).await;
        found.map(drop).map_err(Failure::into_error)
    }
}
