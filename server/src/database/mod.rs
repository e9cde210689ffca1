//! The database: connections, what can go wrong with them, and news of appends.

#[expect(
    clippy::module_inception,
    reason = "the folder is about databases, the file is the database"
)]
mod database;
mod failure;
mod lease;
mod listener;
mod news;
mod notifier;
mod options;
mod readiness;

pub(crate) use database::Database;
pub use database::{Counters, PostgresDatabase};
pub(crate) use failure::{Failure, FailureKind};
pub(crate) use lease::{Lease, Statement};
pub use options::{Isolation, PostgresOptions};
pub use readiness::PoolUse;
