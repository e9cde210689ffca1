use std::{error::Error as _, fmt, io, sync::Arc};

use deadpool_postgres::PoolError;
use foldlog::storage::{StorageError, StorageErrorKind};
use tokio_postgres::error::SqlState;

/// What went wrong with a statement or a connection.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    cause: DatabaseCause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The connection is gone, or none could be had: whether a statement that was sent took effect is not known.
    Lost,
    /// The transaction met another one and was rolled back; the same may succeed now.
    Serialization,
    /// A lock or a statement took too long; it was rolled back.
    Timeout,
    /// No room; it was rolled back.
    Full,
    /// What is stored contradicts itself: a head and the events behind it.
    Integrity,
    /// The schema is not there, or is another one.
    Schema,
    /// The database refused the statement.
    Refused,
}

/// What PostgreSQL said, without what it says about values.
#[derive(Clone, Debug)]
struct DatabaseCause(String);

impl fmt::Display for DatabaseCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DatabaseCause {}

impl Failure {
    /// Whether another connection may fare better.
    pub(crate) fn is_lost(&self) -> bool {
        self.kind == FailureKind::Lost
    }

    /// As an error of the seam.
    pub(crate) fn into_error(self) -> StorageError {
        let (kind, message) = match self.kind {
            FailureKind::Lost => (
                StorageErrorKind::StorageUnavailable,
                "the database cannot be reached: see that it runs and takes connections",
            ),
            FailureKind::Serialization => (
                StorageErrorKind::StorageUnavailable,
                "other writers of the log were faster each time: try again",
            ),
            FailureKind::Timeout => (
                StorageErrorKind::StorageUnavailable,
                "the database took too long: try again",
            ),
            FailureKind::Full => (
                StorageErrorKind::QuotaExceeded,
                "the database has no room left: free or add some",
            ),
            FailureKind::Integrity => (
                StorageErrorKind::StorageCorrupted,
                "the log's head and its events contradict each other: verify the log",
            ),
            FailureKind::Schema => (
                StorageErrorKind::StorageUnavailable,
                "the database does not have the schema of this version: migrate it",
            ),
            FailureKind::Refused => (
                StorageErrorKind::StorageUnavailable,
                "the database refused a statement: see the SQLSTATE in the cause",
            ),
        };
        StorageError::new(kind, message).with_cause(Arc::new(self.cause))
    }

    fn lost(cause: &str) -> Self {
        Self {
            kind: FailureKind::Lost,
            cause: DatabaseCause(cause.to_owned()),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(state) => Self {
                kind: kind_of(state),
                cause: DatabaseCause(format!("SQLSTATE {}", state.code())),
            },
            None if error.is_closed() => Self::lost("the connection was closed"),
            None if is_of_tls(&error) => Self::lost(
                "the TLS handshake failed: see the DSN's sslmode and sslrootcert, and the server's certificate",
            ),
            // Neither value nor address may stand in an error, and this one could hold both.
            None if error
                .source()
                .is_some_and(<dyn std::error::Error + 'static>::is::<io::Error>) =>
            {
                Self::lost("the connection failed")
            }
            None => Self {
                kind: FailureKind::Refused,
                cause: DatabaseCause("the client could not send the statement".to_owned()),
            },
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self {
                kind: FailureKind::Lost,
                ..Self::from(error)
            },
            PoolError::Timeout(_) => Self {
                kind: FailureKind::Timeout,
                cause: DatabaseCause("no connection of the pool became free".to_owned()),
            },
            _ => Self::lost("the pool of connections is closed"),
        }
    }
}

/// Whether a handshake failed.
fn is_of_tls(error: &tokio_postgres::Error) -> bool {
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    io.and_then(io::Error::get_ref)
        .is_some_and(<dyn std::error::Error + Send + Sync + 'static>::is::<rustls::Error>)
}

fn kind_of(state: &SqlState) -> FailureKind {
    match state.code() {
        "40001" | "40P01" => FailureKind::Serialization,
        "55P03" | "57014" => FailureKind::Timeout,
        // Ended while idle in a transaction: nothing of it is left, and neither is the connection.
        "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => FailureKind::Lost,
        "42P01" | "3F000" | "42703" => FailureKind::Schema,
        code if code.starts_with("08") => FailureKind::Lost,
        code if code.starts_with("53") => FailureKind::Full,
        code if code.starts_with("23") => FailureKind::Integrity,
        _ => FailureKind::Refused,
    }
}
