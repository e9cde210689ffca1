//! The database: connections, what can go wrong with them, and news of appends.

#[expect(
    clippy::module_inception,
    reason = "the folder is about databases, the file is the database"
)]
mod database;
mod dsn;
mod failure;
mod keeper;
mod lease;
mod listener;
mod news;
mod notifier;
mod options;
mod readiness;
mod tls;

pub(crate) use database::Database;
pub use database::{Counters, PostgresDatabase};
pub(crate) use dsn::Dsn;
pub(crate) use failure::{Failure, FailureKind};
pub(crate) use lease::{Lease, Statement};
pub use options::{Isolation, PostgresOptions};
pub use readiness::PoolUse;
