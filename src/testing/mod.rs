//! What tests of the engine and of backends stand on: an environment without surprises, fixtures, the conformance suite and the model.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![allow(
    clippy::missing_errors_doc,
    reason = "the helpers pass on what the calls below document"
)]

pub mod conformance;
pub mod model;

mod chain_reference;
mod environment;
mod faulty;
mod fixture;
mod fixtures;
#[cfg(all(feature = "indexed-db", target_family = "wasm", target_os = "unknown"))]
mod indexed_db_fixture;
mod join;
mod random;

pub use chain_reference::{reference_digest, reference_epoch_link, reference_link};
pub use environment::TestEnvironment;
pub use faulty::{Fault, FaultyStorage};
pub use fixture::{Fixture, MemoryFixture};
pub use fixtures::{aggregate_id, aggregate_type, each, event, event_id, label, read_all, reducer};
#[cfg(all(feature = "indexed-db", target_family = "wasm", target_os = "unknown"))]
pub use indexed_db_fixture::IndexedDbFixture;
pub use join::{in_time, join_all, yield_now};
pub use random::Random;
