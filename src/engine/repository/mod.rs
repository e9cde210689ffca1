//! Aggregates in the hands of Rust code: load, change, save, and execute commands.

mod aggregate_root;
mod attempts;
mod error;
mod execute;
mod load;
mod options;
mod raised_event;
#[expect(clippy::module_inception)]
mod repository;
mod save;
mod snapshots;

pub use aggregate_root::AggregateRoot;
pub use error::{ExecuteError, LoadError};
pub use options::{ExecuteOptions, SaveOptions};
pub use raised_event::RaisedEvent;
pub use repository::{AggregateRepository, RepositoryWarning};
