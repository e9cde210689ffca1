//! The schema, made and brought up to date by numbered migrations.

use std::{error::Error, fmt};

use foldlog::storage::{StorageError, StorageErrorKind};
use tokio_postgres::Client;

use crate::{database::Dsn, sql};

struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// In order; the first has number 1. What is released is never changed, only followed.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "log",
        sql: include_str!("../migrations/0001_log.sql"),
    },
    Migration {
        name: "snapshots_and_checkpoints",
        sql: include_str!("../migrations/0002_snapshots_and_checkpoints.sql"),
    },
    Migration {
        name: "immutable",
        sql: include_str!("../migrations/0003_immutable.sql"),
    },
    Migration {
        name: "service_role",
        sql: include_str!("../migrations/0004_service_role.sql"),
    },
    Migration {
        name: "restore",
        sql: include_str!("../migrations/0005_restore.sql"),
    },
];

/// Why a database was not migrated.
#[derive(Debug)]
pub enum MigrateError {
    /// A newer version has migrated it to this number; this one knows fewer.
    Newer(i32),
    /// The DSN cannot be used.
    Dsn(StorageError),
    /// It failed, and is as it was before.
    Database(tokio_postgres::Error),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(number) => write!(
                f,
                "the database is at migration {number}, this version knows {}: use the newer version",
                MIGRATIONS.len()
            ),
            Self::Dsn(error) => error.fmt(f),
            Self::Database(_) => f.write_str("the migration failed; the database is as it was before"),
        }
    }
}

impl Error for MigrateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Newer(_) => None,
            Self::Dsn(error) => error.source(),
            Self::Database(error) => Some(error),
        }
    }
}

impl From<tokio_postgres::Error> for MigrateError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

/// Brings the schema up to date, from any earlier migration or none, as the role that the DSN names and that will own it.
///
/// One transaction under an advisory lock: all or nothing, and harmless when many instances begin at once. Returns how many migrations
/// were applied.
///
/// # Errors
///
/// [`MigrateError`]; nothing was changed.
pub async fn migrate(dsn: &str) -> Result<usize, MigrateError> {
    migrate_to(dsn, MIGRATIONS.len()).await
}

/// As [`migrate`], up to and including a number: what an earlier version would have done.
///
/// # Errors
///
/// As [`migrate`].
pub async fn migrate_to(dsn: &str, last: usize) -> Result<usize, MigrateError> {
    let mut client = connect(dsn).await?;
    let transaction = client.transaction().await?;
    transaction.batch_execute(sql::PREPARE_MIGRATIONS).await?;
    let applied: i32 = transaction.query_one(sql::NEWEST_MIGRATION, &[]).await?.get("number");
    let first = usize::try_from(applied).unwrap_or(0);
    if first > MIGRATIONS.len() {
        return Err(MigrateError::Newer(applied));
    }
    let mut count = 0;
    for (migration, number) in MIGRATIONS.iter().zip(1_i32..).take(last).skip(first) {
        transaction.batch_execute(migration.sql).await?;
        transaction
            .execute(sql::NOTE_MIGRATION, &[&number, &migration.name])
            .await?;
        count += 1;
    }
    transaction.commit().await?;
    Ok(count)
}

/// Gives a role, which exists, what the service needs and no more; as the role that owns the schema.
///
/// # Errors
///
/// The role does not exist, or the DSN's role does not own the schema.
pub async fn grant_service(dsn: &str, role: &str) -> Result<(), MigrateError> {
    connect(dsn).await?.execute(sql::GRANT_SERVICE, &[&role]).await?;
    Ok(())
}

/// Whether this version can work with a database at that migration.
pub(crate) fn check(number: i32) -> Result<(), StorageError> {
    match usize::try_from(number).unwrap_or(0) {
        number if number < MIGRATIONS.len() => Err(StorageError::new(
            StorageErrorKind::StorageUnavailable,
            format!(
                "the database is at migration {number} of {}: migrate it",
                MIGRATIONS.len()
            ),
        )),
        number if number > MIGRATIONS.len() => Err(StorageError::new(
            StorageErrorKind::Superseded,
            "a newer version has migrated the database: use that version",
        )),
        _ => Ok(()),
    }
}

pub(crate) async fn connect(dsn: &str) -> Result<Client, MigrateError> {
    let dsn = Dsn::parse(dsn).map_err(MigrateError::Dsn)?;
    let (client, connection) = dsn.config.connect(dsn.tls).await?;
    // Ends with the client; a failure is told to whoever waits for a statement.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}
