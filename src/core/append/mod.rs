//! Appending: expectations, planning, replay recognition and the receipt.

mod condition;
mod expectation;
mod expectation_input;
mod link;
mod plan;
mod prepare;
mod receipt;
mod rejection;
mod stored_append;

pub use condition::{AppendCondition, CheckpointMove};
pub use expectation::{Expectation, Expectations, GivenExpectations};
pub(crate) use expectation_input::{read_each, read_expectation};
pub use link::{LinkedEvent, append_link, epoch_link};
pub use plan::{AggregateState, GroupPlan, LogView};
pub use prepare::{PreparedAppend, PreparedEvent};
pub use receipt::{Durability, Receipt};
pub use rejection::{AppendRejection, VersionConflict};
pub use stored_append::{StoredAppend, StoredEventKey};
