//! The two round trips of a transaction that writes: the head is locked and read, then all is written and committed.

use foldlog::{
    core::{AggregateId, EventId, record::Record},
    storage::StorageError,
};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{facts::Facts, write::Columns};
use crate::{
    database::{Failure, Isolation, Lease},
    log::Log,
    sql,
    tables::{gone, number, time, uuid},
};

/// A transaction that holds the lock of the log's head, and what it read behind it.
pub(super) struct Locked {
    lease: Lease,
    pub(super) facts: Facts,
}

/// Why a transaction did not end as it should.
pub(super) enum Trouble {
    /// The log does not take it; nothing was written.
    Refused(StorageError),
    /// The database or the connection failed.
    Failed {
        failure: Failure,
        /// Whether what was to be written had been sent.
        writing: bool,
    },
}

/// What becomes of the log's row beside its head.
pub(super) struct Change {
    pub(super) is_mirror: bool,
    /// Whether the record begins the log's history.
    pub(super) begins: bool,
}

impl Trouble {
    pub(super) fn before_writing(failure: Failure) -> Self {
        Self::Failed {
            failure,
            writing: false,
        }
    }
}

/// Begins a transaction, locks the log's head, and only then looks at ids and aggregates, each with a statement of its own: under read
/// committed a statement sees what was committed before it began, so these see all that the last holder of the lock wrote.
pub(super) async fn lock(log: &Log, ids: &[EventId], aggregates: &[&AggregateId]) -> Result<Locked, Trouble> {
    let ids: Vec<Uuid> = ids.iter().map(|id| uuid(id.as_bytes())).collect();
    let aggregates: Vec<&str> = aggregates.iter().map(|id| id.as_str()).collect();
    let begin = match log.database.options.isolation {
        Isolation::ReadCommitted => sql::BEGIN_READ_COMMITTED,
        Isolation::Serializable => sql::BEGIN_SERIALIZABLE,
    };
    let mut lease = log.database.lease().await.map_err(Trouble::before_writing)?;
    lease.begin();
    let name: &(dyn ToSql + Sync) = &&*log.name;
    let answer = lease
        .all(&[
            (begin, &[]),
            (sql::LOCK_HEAD, &[name]),
            (sql::FIND_APPENDS, &[name, &ids]),
            (sql::AGGREGATES, &[name, &aggregates]),
        ])
        .await;
    let rows = match answer {
        Ok(rows) => rows,
        Err(failure) => {
            lease.roll_back().await;
            return Err(Trouble::before_writing(failure));
        }
    };
    let facts = match rows[1].first() {
        None => Err(gone()),
        Some(head) => Facts::read(head, &rows[2], &rows[3]),
    };
    match facts {
        Ok(facts) => Ok(Locked { lease, facts }),
        Err(error) => {
            lease.roll_back().await;
            Err(Trouble::Refused(error))
        }
    }
}

impl Locked {
    /// Ends the transaction without writing; what was read was true while the lock was held.
    pub(super) async fn release(self) {
        self.lease.roll_back().await;
    }

    /// Writes a record, moves the head onto its end and commits.
    pub(super) async fn commit(mut self, log: &Log, record: &Record, change: Change) -> Result<(), Trouble> {
        let first_append = self.facts.append_number + 1;
        let columns = match Columns::of(record, first_append) {
            Ok(columns) => columns,
            Err(error) => {
                self.release().await;
                return Err(Trouble::Refused(error));
            }
        };
        let name: &(dyn ToSql + Sync) = &&*log.name;
        let head = record.directory().head();
        let recorded_at = record.directory().last_recorded_at();
        let last_recorded_at =
            time(recorded_at.unwrap_or(foldlog::core::append::LogView::last_recorded_at(&self.facts)));
        let begins = change.begins.then(|| number(first_append));
        let answers = self
            .lease
            .pipeline(&[
                (sql::INSERT_APPENDS, &of_log(name, &columns.appends())),
                (sql::INSERT_EVENTS, &of_log(name, &columns.events())),
                (
                    sql::MOVE_HEAD,
                    &[
                        name,
                        &uuid(head.epoch.as_bytes()),
                        &number(head.sequence_number),
                        &&head.link.as_bytes()[..],
                        &columns.last_append_number(),
                        &last_recorded_at,
                        &change.is_mirror,
                        &begins,
                    ],
                ),
                (sql::COMMIT, &[]),
            ])
            .await;
        // All were asked to run: after a failure COMMIT ends the transaction as ROLLBACK does. If not even all could be prepared, the
        // connection is let go with it.
        if answers.len() == 4 && answers[3].is_ok() {
            self.lease.ended();
        }
        match answers.into_iter().find_map(Result::err) {
            None => Ok(()),
            Some(failure) => {
                self.lease.roll_back().await;
                Err(Trouble::Failed { failure, writing: true })
            }
        }
    }
}

/// Parameters that begin with the log.
fn of_log<'a>(name: &'a (dyn ToSql + Sync), rest: &[&'a (dyn ToSql + Sync)]) -> Vec<&'a (dyn ToSql + Sync)> {
    std::iter::once(name).chain(rest.iter().copied()).collect()
}
