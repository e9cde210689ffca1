#![doc = include_str!("../README.md")]

//! Foldlog's logs in PostgreSQL: [`PostgresStorage`] keeps the guarantees of every other backend, shared by many instances.
//!
//! A [`PostgresDatabase`] is a pool of connections and a listener; it opens logs. The rules of a log are the core's; what stands here is
//! when a transaction begins and ends. All SQL is in `.sql` files. The schema is made by [`migrate`], by a role that owns it; the service
//! uses another role, which can neither change nor remove what is stored.

mod append;
mod auth;
mod database;
mod fanout;
pub mod http;
mod log;
mod migrate;
mod read;
mod restore;
mod sql;
mod storage;
mod tables;

pub use auth::{RateOptions, Right, TokenAlgorithm, TokenKey, TokenOptions};
pub use database::{Counters, Isolation, PoolUse, PostgresDatabase, PostgresOptions};
pub use fanout::{EndReason, EventStream, Fanout, FanoutOptions, FanoutStats, StreamItem, StreamRequest};
pub use log::{LogName, OpenLog};
pub use migrate::{MigrateError, grant_service, migrate, migrate_to};
pub use restore::{RestoreError, Restored, restore};
pub use storage::PostgresStorage;
