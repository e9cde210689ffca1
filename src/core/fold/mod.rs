//! Folding: what an aggregate is, its bookkeeping, snapshots and upcasters.

mod aggregate;
mod folded;
mod snapshot;
mod upcaster;

pub use aggregate::Aggregate;
pub use folded::{FoldError, Folded};
pub use snapshot::Snapshot;
pub use upcaster::{UpcastError, UpcastEvent, UpcasterRegistry};
