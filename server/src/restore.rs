//! Setting a log back to an earlier point, for operators.

use std::{error::Error, fmt};

use foldlog::{
    core::{Epoch, Head, append::epoch_link},
    environment::Environment,
};
use tokio_postgres::{Row, Transaction, types::ToSql};

use crate::{
    LogName, MigrateError, migrate, sql,
    tables::{head_of, number, number_of, time, time_of, uuid},
};

/// A log that was set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the log ended.
    pub from: Head,
    /// Where it ends now: in a new epoch.
    pub head: Head,
    /// The number of this restore of the log, by which the archived rows can be found.
    pub restore_number: u64,
    /// How many events were archived.
    pub archived_events: u64,
}

/// Why a log was not set back; it is as it was.
#[derive(Debug)]
pub enum RestoreError {
    /// There is no such log.
    LogNotFound,
    /// It is a mirror, whose epoch is that of its source.
    Mirror,
    /// It ends here, before that.
    Beyond(u64),
    /// The sequence number is within an append, which is atomic. The append before it ends here.
    WithinAppend(u64),
    /// The DSN cannot be used, or the database failed.
    Database(MigrateError),
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogNotFound => f.write_str("the log does not exist"),
            Self::Mirror => {
                f.write_str("the log is a mirror or an unfinished restore: import the rest of its export first")
            }
            Self::Beyond(end) => write!(f, "the log ends at sequence number {end}: give one up to it"),
            Self::WithinAppend(end) => write!(
                f,
                "the sequence number is within an append, which stays whole: the append before it ends at {end}"
            ),
            Self::Database(MigrateError::Dsn(error)) => error.fmt(f),
            Self::Database(_) => f.write_str("the database failed; the log is as it was"),
        }
    }
}

impl Error for RestoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for RestoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Sets a log back so that it ends at a sequence number, in a new epoch, as the role that owns the schema.
///
/// One transaction: what stood behind the point is moved to `archived_events` and `archived_appends`, where nobody removes it. Instances
/// may go on serving the log: appends under way come before or after it. Cursors up to the point stay valid; beyond it a client is told
/// `log_rewound`, and `epoch_changed` once the log has grown again. A log that is restored to its very end only begins a new epoch, as it
/// should after the database was restored from a backup.
///
/// # Errors
///
/// [`RestoreError`]; nothing was changed.
pub async fn restore(
    dsn: &str,
    log: &LogName,
    to_sequence: u64,
    environment: &dyn Environment,
) -> Result<Restored, RestoreError> {
    let mut client = migrate::connect(dsn).await.map_err(RestoreError::Database)?;
    let transaction = client.transaction().await?;
    let name: &(dyn ToSql + Sync) = &log.as_str();
    let locked = transaction.query_opt(sql::LOCK_HEAD, &[name]).await?;
    let locked = locked.ok_or(RestoreError::LogNotFound)?;
    let from = head_of(&locked);
    if locked.get("is_mirror") {
        return Err(RestoreError::Mirror);
    }
    if to_sequence > from.sequence_number {
        return Err(RestoreError::Beyond(from.sequence_number));
    }
    let to = transaction
        .query_one(sql::RESTORE_POINT, &[name, &number(to_sequence)])
        .await?;
    let place = head_of(&to);
    if place.sequence_number != to_sequence {
        return Err(RestoreError::WithinAppend(place.sequence_number));
    }
    let now = environment.now().max(time_of(&locked, "last_recorded_at"));
    let epoch = environment.mint_epoch();
    let step = Step {
        name,
        from,
        place,
        last_append: number_of(&to, "append_number"),
        recorded_at: time(now),
        head: Head {
            epoch,
            sequence_number: to_sequence,
            link: epoch_link(epoch, &place, now),
        },
    };
    let (restore_number, archived_events) = step.archive(&transaction).await?;
    step.begin_epoch(&transaction).await?;
    transaction.commit().await?;
    Ok(Restored {
        from,
        head: step.head,
        restore_number,
        archived_events,
    })
}

struct Step<'a> {
    name: &'a (dyn ToSql + Sync),
    from: Head,
    place: Head,
    /// The append that the log is to end with.
    last_append: u64,
    recorded_at: std::time::SystemTime,
    /// The epoch that begins after it.
    head: Head,
}

impl Step<'_> {
    /// Moves what stands behind the place to the archive; gives the restore's number and how many events it moved.
    async fn archive(&self, transaction: &Transaction<'_>) -> Result<(u64, u64), tokio_postgres::Error> {
        let last_event = number(self.place.sequence_number);
        let last_append = number(self.last_append);
        let noted: Row = transaction
            .query_one(
                sql::NOTE_RESTORE,
                &[
                    self.name,
                    &self.recorded_at,
                    &bytes(self.from.epoch),
                    &number(self.from.sequence_number),
                    &&self.from.link.as_bytes()[..],
                    &last_event,
                    &last_append,
                    &bytes(self.head.epoch),
                ],
            )
            .await?;
        let restore: i64 = noted.get("restore_number");
        for (archive, last) in [(sql::ARCHIVE_APPENDS, &last_append), (sql::ARCHIVE_EVENTS, &last_event)] {
            transaction.execute(archive, &[self.name, &restore, last]).await?;
        }
        let events = transaction
            .execute(sql::REMOVE_EVENTS, &[self.name, &last_event])
            .await?;
        transaction
            .execute(sql::REMOVE_APPENDS, &[self.name, &last_append])
            .await?;
        // They are of a history that is no more, and could be mistaken for newer ones.
        transaction
            .execute(sql::REMOVE_SNAPSHOTS, &[self.name, &last_event])
            .await?;
        Ok((number_of(&noted, "restore_number"), events))
    }

    async fn begin_epoch(&self, transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
        let (epoch, link) = (bytes(self.head.epoch), &self.head.link.as_bytes()[..]);
        let sequence_number = number(self.head.sequence_number);
        let append = number(self.last_append + 1);
        let begun: [&(dyn ToSql + Sync); 6] = [self.name, &append, &epoch, &sequence_number, &self.recorded_at, &link];
        transaction.execute(sql::BEGIN_EPOCH, &begun).await?;
        let moved: [&(dyn ToSql + Sync); 8] = [
            self.name,
            &epoch,
            &sequence_number,
            &link,
            &append,
            &self.recorded_at,
            &false,
            &None::<i64>,
        ];
        transaction.execute(sql::MOVE_HEAD, &moved).await?;
        Ok(())
    }
}

fn bytes(epoch: Epoch) -> uuid::Uuid {
    uuid(epoch.as_bytes())
}
