//! The engine: what a user of a log does with it, the same on every backend.
//!
//! [`EventStore`] appends, reads, verifies and subscribes; [`AggregateRepository`](repository::AggregateRepository) loads, saves and
//! executes commands on one kind of aggregate.

pub mod repository;

mod append;
mod closing;
mod error;
mod export;
mod import;
mod place;
mod read;
mod snapshot;
mod store;
mod subscribe;
mod subscription;
mod verify;
mod walk;

pub use append::AppendOptions;
pub use error::{ReadError, SnapshotError, VerifyError};
pub use export::Export;
pub use import::{Import, ImportError, ImportProgress};
pub use store::EventStore;
pub use subscribe::SubscribeFrom;
pub use subscription::EventSubscription;
